"""The calls that go on while the demo runs, so that a desk is never dead and no call lasts for hours:
at every site somebody talks to the second operator, and now and then somebody waits for him.

Every call comes to its end: it is queued, rings at the first operator, is answered by the second one
when he is free, and ends after some minutes.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

from . import people
from .day_traffic import EVENTS_PATH, MAX_BATCH, rfc3339
from .http_client import Api, Refused, Unreachable
from .region import Member
from .show import say

FIRST, SECOND = "101", "102"
# A patient's matter takes a minute or three; who waits for its end waits less than a minute.
_TALK_S = (70, 200)
_WAIT_S = (15, 45)
_SETTLE_S = 4  # between two calls of one operator
_LOOK_S = 1.0
_GOODBYE_S = 10.0  # a node that does not answer at the end keeps nobody


def calls(rng: random.Random, name: str, begin_ms: int) -> Iterator[tuple[int, dict]]:
    """Events with their times, in the order of time and without end. The first call comes at once."""
    queued = begin_ms
    free = begin_ms + rng.randint(*_WAIT_S) * 1000
    n = 0
    hang_up: tuple[int, dict] | None = None
    while True:
        n += 1
        who = {"source": "pbx1", "call_id": f"{name}-{n}", "desk": 1}
        answered = free + 2 * _SETTLE_S * 1000
        coming = [
            (queued, {"type": "queued", "phone": people.mobile(rng), "line": "запись"}),
            (queued + _SETTLE_S * 1000, {"type": "ringing", "agent": FIRST}),
            (free + _SETTLE_S * 1000, {"type": "ringing", "agent": SECOND}),
            (answered, {"type": "answered", "agent": SECOND}),
        ]
        timed = [(at, who | {"seq": seq} | step) for seq, (at, step) in enumerate(coming)]
        yield from sorted(timed + ([hang_up] if hang_up else []), key=lambda step: step[0])
        free = answered + rng.randint(*_TALK_S) * 1000
        hang_up = (free, who | {"seq": len(coming), "type": "ended"})
        queued = free - rng.randint(*_WAIT_S) * 1000


class LiveCalls:
    """A thread that plays them at all sites until close(), which ends the calls that are left."""

    def __init__(self, members: list[Member], going_on: dict[str, int]):
        """`going_on`: calls that every site has already, each with its next seq; they end soon."""
        now_ms = int(time.time() * 1000)
        self._sites = [Site(member.api, member.spec.no, now_ms, going_on) for member in members]
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join(_GOODBYE_S)

    def _play(self) -> None:
        while not self._closing.wait(_LOOK_S):
            for site in self._sites:
                site.play(int(time.time() * 1000))
        for site in self._sites:
            site.end(int(time.time() * 1000))


class Site:
    """The calls of one site. Used by one thread."""

    def __init__(
        self, connect: Callable[[], Api], no: int, now_ms: int, going_on: dict[str, int]
    ) -> None:
        self._connect = connect
        self._open = dict(going_on)  # the next seq of every call that has not ended
        self._others = list(going_on)
        self._others_end = now_ms + _WAIT_S[1] * 1000
        begin_ms = self._others_end if going_on else now_ms
        self._coming = calls(random.Random(f"live {no} {now_ms}"), f"live-{now_ms}", begin_ms)
        self._next = next(self._coming)
        self._unsent: list[dict] = []

    def play(self, now_ms: int) -> None:
        """Sends what has happened by now; what the node did not take comes with the next."""
        if self._others and now_ms >= self._others_end:
            self._unsent += [self._ended(call, now_ms) for call in self._others]
            self._others = []
        while self._next[0] <= now_ms:
            at, event = self._next
            self._unsent.append(event | {"at": rfc3339(at)})
            self._open[event["call_id"]] = event["seq"] + 1
            if event["type"] == "ended":
                del self._open[event["call_id"]]
            self._next = next(self._coming)
        self._send()

    def end(self, now_ms: int) -> None:
        self._unsent += [self._ended(call, now_ms) for call in list(self._open)]
        self._send()

    def _ended(self, call: str, now_ms: int) -> dict:
        seq = self._open.pop(call)
        return {
            "source": "pbx1",
            "call_id": call,
            "desk": 1,
            "seq": seq,
            "type": "ended",
            "at": rfc3339(now_ms),
        }

    def _send(self) -> None:
        while batch := self._unsent[:MAX_BATCH]:
            try:
                with closing(self._connect()) as api:
                    api.post(EVENTS_PATH, {"events": batch})
            except Unreachable:
                return  # sent again: a node knows an event by its source, call and seq
            except Refused as refused:
                say(f"  sample calls: {refused}")
            del self._unsent[: len(batch)]
