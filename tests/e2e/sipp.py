"""SIPp (Debian's sip-tester) as callers of the simulated PBX, with the scenarios of sipp/."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import harness

SCENARIOS = Path(__file__).parent / "sipp"
# Generous: nothing that works lasts so long.
LIMIT_S = 120


@dataclass(frozen=True)
class Caller:
    line: str
    number: str
    stays_ms: int = 0  # behind the answer, or before giving up
    digit: str = "0"


@dataclass(frozen=True)
class Did:
    """What SIPp says that a caller did: "hung_up", "was_hung_up", "pressed", "cancelled"."""

    number: str
    what: str
    how: str


class Sipp:
    """One run of a scenario, a call for each caller; `at_once` of them at the same time."""

    def __init__(self, folder: Path, port: str, scenario: str, callers: list[Caller], at_once=64):
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{scenario}-{callers[0].number}"
        self._did = folder / f"{name}.did"
        self._errors = folder / f"{name}.errors"
        calls = folder / f"{name}.csv"
        rows = [f"{c.line};{c.number};{c.stays_ms};{c.digit}" for c in callers]
        calls.write_text("\n".join(["SEQUENTIAL", *rows]) + "\n")
        self._process = subprocess.Popen(
            ["sipp", f"127.0.0.1:{port}", "-sf", SCENARIOS / f"{scenario}.xml", "-inf", calls]
            + ["-m", str(len(callers)), "-r", "20", "-l", str(at_once), "-i", "127.0.0.1"]
            + ["-nostdin", "-timeout", str(LIMIT_S), "-timeout_error", "-trace_logs"]
            + ["-log_file", self._did, "-trace_err", "-error_file", self._errors],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def runs(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        if self.runs():
            self._process.kill()
        self._process.wait(harness.PATIENCE_S)

    def end(self) -> list[Did]:
        """All of its calls went as the scenario says, or AssertionError with what did not."""
        status = self._process.wait(LIMIT_S + harness.PATIENCE_S)
        if status != 0:
            said = self._errors.read_text() if self._errors.exists() else ""
            raise AssertionError(f"sipp ended with {status}: {said[-2000:]}")
        return [Did(*line.split()) for line in self._did.read_text().splitlines() if line.strip()]
