"""Daemons as child processes: started, found ready by their run.json, killed, and stopped by their
process ids.

A Daemon is used by one thread at a time. Nothing is ever ended by name.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from .http_client import Api, Unreachable

READY_S = 60.0  # two hundred daemons start on two cores within this time each
STOP_S = (
    15.0  # a daemon that has not closed its store by then is killed; its journal is made for that
)


class NotReady(Exception):
    """A daemon ended or said nothing; the message has the end of its log."""


@dataclass(frozen=True)
class Binaries:
    node: Path
    hub: Path
    tool: Path

    @staticmethod
    def of_build(build: Path) -> Binaries:
        return Binaries(build / "node/opora-node", build / "hub/opora-hub", build / "deploy/opora")


@dataclass
class Daemon:
    name: str
    argv: list[str]
    data: Path
    log: Path
    process: subprocess.Popen | None = None
    info: dict = field(
        default_factory=dict
    )  # run.json of the process that was last found ready: pid, url and others

    @property
    def url(self) -> str:
        return self.info["url"]

    def start(self) -> None:
        """Does not wait. The daemon has a session of its own, so that Ctrl-C reaches only whoever
        stops it in order.
        """
        (self.data / "run.json").unlink(missing_ok=True)  # one that a killed process left
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def wait_ready(self, seconds: float = READY_S, pause: float = 0.05) -> None:
        """Until /readyz says 200. Raises NotReady."""
        deadline = time.monotonic() + seconds
        while True:
            if self.process.poll() is not None:
                raise NotReady(
                    f"{self.name} ended with {self.process.returncode}:\n{self.log_end()}"
                )
            if self._is_ready():
                return
            if time.monotonic() > deadline:
                raise NotReady(f"{self.name} is not ready after {seconds:.0f} s:\n{self.log_end()}")
            time.sleep(pause)

    def kill(self) -> None:
        """SIGKILL, without any chance to tidy up."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()

    def stop(self) -> int | None:
        """SIGTERM, some time, SIGKILL; the exit code."""
        ask_to_stop([self])
        return self.process.returncode if self.process else None

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def log_end(self) -> str:
        return self.log.read_text("utf-8", "replace")[-2000:] if self.log.exists() else ""

    def _is_ready(self) -> bool:
        try:
            info = json.loads((self.data / "run.json").read_text())
        except (OSError, ValueError):
            return False
        if info.get("pid") != self.process.pid:
            return False
        api = Api(info["url"])
        try:
            if api.request("GET", "/readyz").status != 200:
                return False
        except Unreachable:
            return False
        finally:
            api.close()
        self.info = info
        return True


def ask_to_stop(daemons: list[Daemon]) -> None:
    """All at once: SIGTERM, up to STOP_S for all together, SIGKILL for the rest."""
    running = [d for d in daemons if d.alive()]
    for daemon in running:
        daemon.process.terminate()
    deadline = time.monotonic() + STOP_S
    for daemon in running:
        try:
            daemon.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            daemon.kill()


@contextlib.contextmanager
def undisturbed():
    """For the main thread while it tidies up: another Ctrl-C would leave daemons behind."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_leftovers(root: Path) -> int:
    """Ends daemons that still run on stores below `root` although whoever started them is gone; how
    many there were.
    """
    found = 0
    for run in root.glob("**/run.json"):
        try:
            pid = int(json.loads(run.read_text())["pid"])
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError, KeyError, TypeError):
            continue
        # The id may belong to another program by now: only one that names this very store is ours.
        if str(run.parent).encode() in arguments:
            found += _end_foreign(pid)
    return found


def _end_foreign(pid: int) -> bool:
    """Ends a process that is not our child; False when it was gone already."""
    try:
        os.kill(pid, signal.SIGTERM)
        for _ in range(int(STOP_S / 0.1)):
            time.sleep(0.1)
            os.kill(pid, 0)
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return True
