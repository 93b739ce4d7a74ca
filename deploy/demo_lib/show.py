"""A calm display of progress on standard error: one line a step, rewritten on a terminal, repeated
rarely elsewhere.
"""

from __future__ import annotations

import sys
import threading
import time

_QUIET_S = 5.0  # a log gets at most one line of a running step in this time


class Step:
    """with Step("Starting desks", 33) as step: … step.advance(). Any thread may advance it."""

    def __init__(self, title: str, total: int = 0):
        self._title = title
        self._total = total
        self._done = 0
        self._note = ""
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._shown = (
            0.0 if sys.stderr.isatty() else self._began
        )  # a terminal shows the step at once

    def __enter__(self) -> Step:
        self._show("\r")
        return self

    def __exit__(self, kind, _value, _trace) -> None:
        with self._lock:
            self._note = "" if kind is None else "stopped"
            self._show("\n", force=True)

    def advance(self, by: int = 1) -> None:
        with self._lock:
            self._done += by
            self._show("\r")

    def set(self, done: int, total: int, note: str = "") -> None:
        with self._lock:
            self._done, self._total, self._note = done, total, note
            self._show("\r")

    def _show(self, end: str, force: bool = False) -> None:
        now = time.monotonic()
        terminal = sys.stderr.isatty()
        if not force and now - self._shown < (0.1 if terminal else _QUIET_S):
            return
        self._shown = now
        count = f"{self._done} of {self._total}" if self._total else ""
        line = (
            f"  {self._title:<34}{count:>14}{now - self._began:>8.1f} s  {self._note[:40]}".rstrip()
        )
        if terminal:
            print(f"\r\033[K{line}", end=end if end == "\n" else "", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)


def say(text: str = "") -> None:
    print(text, file=sys.stderr, flush=True)
