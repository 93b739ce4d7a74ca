"""A simulated Asterisk beside a daemon: opora-ari-sim, its commands as methods. What it shows is a
simulator's.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path


class AriSim:
    """Ends with stop(). Commands answer with a text; see tests/support/ari_simulator_main.cc."""

    def __init__(self, binary: Path):
        self._process = subprocess.Popen(
            [binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = int(self._process.stdout.readline())

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def __getattr__(self, command: str):
        def run(*words: str) -> str:
            self._process.stdin.write(" ".join([command, *words]) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline().rstrip("\n")
            if answer.startswith("error:"):
                raise ValueError(answer)
            return answer

        return run

    def options(self, folder: Path, plan: dict) -> dict[str, str]:
        """Of a node that has this plan of calls; the files are written into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        password = folder / "ari.password"
        password.write_text("secret\n")
        password.chmod(0o600)
        (folder / "plan.json").write_text(json.dumps(plan))
        settings = {
            "host": "127.0.0.1",
            "port": self.port,
            "user": "opora",
            "endpoint": "PJSIP/{agent}",
            "trunk": "PJSIP/{number}@trunk",
        }
        (folder / "ari.json").write_text(json.dumps(settings))
        return {
            "--call-plan": str(folder / "plan.json"),
            "--ari": str(folder / "ari.json"),
            "--ari-password-file": str(password),
        }
