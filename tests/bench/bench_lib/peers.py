"""What the benches with other programs have in common."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Callable


class Absent(Exception):
    """A program to compare with is not here; says which."""


class Started:
    """What runs between its two ends: stopped also when it does not start."""

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self._stop()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(holds: Callable[[], bool], seconds: float, what: str, pause_s: float = 0.02) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not within {seconds} s: {what}")
        time.sleep(pause_s)


def median_and_p99(times_us: list[float]) -> dict:
    ordered = sorted(times_us)
    return {
        "median_us": statistics.median(ordered),
        "p99_us": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
    }
