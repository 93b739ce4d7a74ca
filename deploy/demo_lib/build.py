"""Builds the daemons and the UI with CMake, showing one calm line instead of the output of compilers.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import deque
from pathlib import Path

from .processes import Binaries
from .show import Step, say

TARGETS = ("opora-node", "opora-hub", "opora")
_STATUS = re.compile(r"^\[(\d+)/(\d+)\] (.*)")
_KEPT_LINES = 60  # the end of a failed build, which has the error


class BuildFailed(Exception):
    """The message has the end of the output."""


def build(top: Path, preset: str = "release") -> Binaries:
    """Raises BuildFailed."""
    folder = top / "build" / preset
    if not os.access(top / "build" if (top / "build").exists() else top, os.W_OK):
        raise BuildFailed(
            f"{top / 'build'} belongs to somebody else: run as that user, or remove it"
        )
    say(f"Building in {folder}")
    _run(["cmake", "--preset", preset], top, "Configuring")
    _run(["cmake", "--build", str(folder), "--target", *TARGETS], top, "Compiling")
    return Binaries.of_build(folder)


def _run(argv: list[str], cwd: Path, title: str) -> None:
    environment = {**os.environ, "NINJA_STATUS": "[%f/%t] ", "TERM": "dumb"}
    kept: deque[str] = deque(maxlen=_KEPT_LINES)
    with Step(title) as step:
        # Its own output goes through a pipe: standard output belongs to the report.
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        with process:
            for line in process.stdout:
                kept.append(line.rstrip())
                if found := _STATUS.match(line):
                    step.set(int(found[1]), int(found[2]), found[3].rsplit("/", 1)[-1])
    if process.returncode != 0:
        raise BuildFailed("\n".join(kept))
