"""A simulated telephone system beside a daemon, as a process that is driven by lines: its commands are
methods. What it shows is a simulator's.
"""

from __future__ import annotations

import signal
import subprocess
import threading
from pathlib import Path


class PbxSim:
    """Ends with stop(). Commands answer with a text; see tests/support/*_simulator_main.cc. Any
    thread.
    """

    def __init__(self, binary: Path):
        self._process = subprocess.Popen(
            [binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._one_at_a_time = threading.Lock()  # a command and its answer are two lines
        self.port = int(self._process.stdout.readline())

    def freeze(self) -> None:
        """It stays connected and says nothing; a command would wait for thaw()."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.thaw()
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def __getattr__(self, command: str):
        def run(*words: str) -> str:
            with self._one_at_a_time:
                self._process.stdin.write(" ".join([command, *words]) + "\n")
                self._process.stdin.flush()
                answer = self._process.stdout.readline().rstrip("\n")
            if answer.startswith("error:"):
                raise ValueError(answer)
            return answer

        return run

    @staticmethod
    def password(folder: Path, name: str) -> Path:
        """Written there, for the node alone."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / name
        file.write_text("secret\n")
        file.chmod(0o600)
        return file
