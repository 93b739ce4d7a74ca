"""`deploy/demo --once`: one day, the report on standard output, everything else on standard error, and
a verdict.
"""

from __future__ import annotations

import fcntl
import shutil
import sys
import tempfile
import time
from pathlib import Path

from . import day_report
from .day_run import DayRun, Plan
from .processes import Binaries, stop_leftovers, undisturbed
from .region import Region
from .rubricator import read
from .show import say


def run(plan: Plan, binaries: Binaries, sample: Path, scratch: Path) -> int:
    """The exit code: 0 when the report is the file's day in T5's order, else 1."""
    began = time.monotonic()
    for row in plan.day.skipped:
        say(f"  skipped, marked as inconsistent: line {row.line}, {row.name}")
    scratch.mkdir(parents=True, exist_ok=True)
    _sweep(scratch)
    root = Path(tempfile.mkdtemp(prefix="day-", dir=scratch))
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        region = Region(root / "region", binaries)
        try:
            tsv, report = DayRun(region, plan, read(sample / "rubricator.tsv")).run()
        except BaseException:
            say(f"  the stores and logs of this day stay in {root} until the next run")
            raise
        finally:
            with undisturbed():
                region.stop()
    code = _judge(plan, tsv, report)
    say(f"  {time.monotonic() - began:.1f} s")
    if code == 0:
        shutil.rmtree(root)
    else:
        say(f"  the stores and logs of this day stay in {root} until the next run")
    return code


def _judge(plan: Plan, tsv: str, report: dict) -> int:
    rows = day_report.read_tsv(tsv)
    sys.stdout.write(day_report.as_tsv(rows, plan.day.columns))
    sys.stdout.flush()
    verdict = day_report.check(plan.day, rows)
    verdict.differences += day_report.compare_json(rows, report)
    for warning in verdict.warnings:
        say(f"  warning: {warning}")
    if verdict.differences:
        say(f"\nThe report differs from the file in {len(verdict.differences)} places:")
        say(day_report.as_table(verdict.differences))
        return 1
    say(f"  {len(rows)} desks: every count and average equals the file, in T5's order")
    return 0


def _sweep(scratch: Path) -> None:
    """Removes what earlier days left, and ends their daemons, unless such a day still runs."""
    for old in scratch.glob("day-*"):
        try:
            with (old / "lock").open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop_leftovers(old)
                shutil.rmtree(old, ignore_errors=True)
        except OSError:
            continue
