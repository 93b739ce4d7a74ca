"""The clock of the day: order across sites, pauses that hold up nobody else, errors that end
everything.
"""

import threading
import time
import unittest

import paths
from demo_lib.timeline import Action, Timeline


class Recorded:
    """Steps at the given times; `pauses` says how often a step asks to come again."""

    def __init__(
        self, name: str, times: list[int], log: list, pauses: dict[int, int] | None = None
    ):
        self.name, self.times, self.log, self.pauses = name, list(times), log, pauses or {}
        self._inside = threading.Lock()

    @property
    def at(self) -> int:
        return self.times[0]

    def step(self) -> float | None:
        if not self._inside.acquire(blocking=False):
            raise AssertionError("two threads in one entry")
        try:
            at = self.times[0]
            if self.pauses.get(at, 0) > 0:
                self.pauses[at] -= 1
                return 0.01
            self.log.append((self.name, at))
            self.times.pop(0)
            return 0.0 if self.times else None
        finally:
            self._inside.release()


class Timelines(unittest.TestCase):
    def test_every_step_of_every_entry_happens_once_and_in_its_own_order(self):
        log: list = []
        entries = [Recorded(f"{i}", [10 * k + i for k in range(100)], log) for i in range(9)]
        Timeline(entries).play()
        self.assertEqual(len(log), 900)
        for i in range(9):
            self.assertEqual(
                [at for name, at in log if name == f"{i}"], [10 * k + i for k in range(100)]
            )

    def test_an_entry_that_is_away_does_not_hold_up_the_others(self):
        log: list = []
        away = Recorded("away", [5, 6], log, pauses={5: 20})
        Timeline([away, Recorded("here", list(range(50)), log)]).play()
        self.assertEqual(log[-2:], [("away", 5), ("away", 6)])

    def test_an_action_happens_when_the_day_reaches_it(self):
        log: list = []
        entry = Recorded("a", list(range(0, 1000, 10)), log)
        Timeline([entry, Action(495, lambda: log.append(("action", 495)))]).play()
        place = log.index(("action", 495))
        # Others go on meanwhile: a step per thread at most.
        self.assertTrue(50 <= place <= 57, place)

    def test_an_error_ends_the_play_and_is_raised(self):
        def broken():
            raise ValueError("broken")

        endless = Recorded("a", [1], [], pauses={1: 10**9})
        with self.assertRaisesRegex(ValueError, "broken"):
            Timeline([endless, Action(0, broken)]).play()

    def test_an_error_from_outside_ends_the_play_too(self):
        timeline = Timeline([Recorded("a", [1], [], pauses={1: 10**9})])
        threading.Timer(0.05, timeline.fail, [RuntimeError("from outside")]).start()
        with self.assertRaisesRegex(RuntimeError, "from outside"):
            timeline.play()

    def test_nothing_to_play_is_over_at_once(self):
        began = time.monotonic()
        Timeline([]).play()
        self.assertLess(time.monotonic() - began, 5)


if __name__ == "__main__":
    unittest.main()
