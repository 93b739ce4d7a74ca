"""Plays entries of many sites in the order of the day by a few threads.

The clock of the day is the earliest entry that is left: a site that is away and tried again does
not hold up the others. An entry says where in the day it stands and does one step at a time; only
one thread is in an entry at any moment.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol

# Two cores shared with the daemons: more threads only wait for each other, fewer leave a disk idle.
WORKERS = 6


class Entry(Protocol):
    @property
    def at(self) -> int:
        """The time of the day of the next step, ms."""

    def step(self) -> float | None:
        """Does the next step. Seconds until it may go on, or None when it is finished."""


class Action:
    """Something that happens once."""

    def __init__(self, at: int, act: Callable[[], None]):
        self.at = at
        self._act = act

    def step(self) -> None:
        self._act()


class Timeline:
    def __init__(self, entries: Iterable[Entry]):
        self._changed = threading.Condition()
        self._count = itertools.count()  # breaks ties of the heaps
        self._ready = [(entry.at, next(self._count), entry) for entry in entries]
        heapq.heapify(self._ready)
        self._paused: list[tuple[float, int, Entry]] = []  # by the time from which they may go on
        self._running = 0
        self._error: BaseException | None = None

    def play(self) -> None:
        """Returns when all entries are finished; raises the first error of any."""
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException as interrupted:  # Ctrl-C comes to this thread
            self.fail(interrupted)
            raise
        if self._error:
            raise self._error

    def fail(self, error: BaseException) -> None:
        """Ends the play; any thread may call."""
        with self._changed:
            self._error = self._error or error
            self._changed.notify_all()

    def _work(self) -> None:
        while (entry := self._next()) is not None:
            try:
                pause = entry.step()
            except Exception as error:
                self.fail(error)
                return
            self._put_back(entry, pause)

    def _next(self) -> Entry | None:
        with self._changed:
            while not self._error:
                now = time.monotonic()
                while self._paused and self._paused[0][0] <= now:
                    entry = heapq.heappop(self._paused)[2]
                    heapq.heappush(self._ready, (entry.at, next(self._count), entry))
                if self._ready:
                    self._running += 1
                    return heapq.heappop(self._ready)[2]
                if not self._running and not self._paused:
                    return None
                self._changed.wait(self._paused[0][0] - now if self._paused else None)
        return None

    def _put_back(self, entry: Entry, pause: float | None) -> None:
        with self._changed:
            self._running -= 1
            if pause:
                heapq.heappush(self._paused, (time.monotonic() + pause, next(self._count), entry))
            elif pause is not None:
                heapq.heappush(self._ready, (entry.at, next(self._count), entry))
            # Who waits may have to wait for an earlier moment now, or for nothing more.
            if pause != 0 or not self._ready:
                self._changed.notify_all()
            else:
                self._changed.notify()
