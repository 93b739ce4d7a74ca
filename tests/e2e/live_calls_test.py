"""The calls of the demo: each comes to its end, nobody waits or talks for hours, and a node that was
away gets all of them.
"""

import itertools
import json
import random
import unittest

import paths
from demo_lib import live_calls
from demo_lib.http_client import Unreachable

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


class Node:
    """Stands for a node's API: keeps what it is sent, unless it is away."""

    def __init__(self):
        self.events: dict[tuple[str, int], dict] = {}
        self.away = False

    def post(self, _path: str, body: dict) -> None:
        if self.away:
            raise Unreachable("away")
        for event in body["events"]:
            self.events[event["call_id"], event["seq"]] = event

    def close(self) -> None:
        pass

    def open_calls(self) -> set[str]:
        ended = {call for (call, _), event in self.events.items() if event["type"] == "ended"}
        return {call for call, _ in self.events} - ended


class LiveCalls(unittest.TestCase):
    def setUp(self):
        self.node = Node()

    def site(self, **going_on: int) -> live_calls.Site:
        return live_calls.Site(lambda: self.node, 1, 0, going_on)

    def test_events_come_in_the_order_of_time_and_of_each_call(self):
        for seed in range(20):
            steps = list(itertools.islice(live_calls.calls(random.Random(seed), "x", 0), 500))
            self.assertEqual([at for at, _ in steps], sorted(at for at, _ in steps))
            seqs: dict[str, int] = {}
            for _, event in steps:
                self.assertEqual(event["seq"], seqs.get(event["call_id"], -1) + 1)
                seqs[event["call_id"]] = event["seq"]

    def test_every_call_is_answered_soon_and_ends_within_minutes(self):
        steps = list(itertools.islice(live_calls.calls(random.Random(1), "x", 0), 500))
        times: dict[str, dict[str, int]] = {}
        for at, event in steps:
            times.setdefault(event["call_id"], {})[event["type"]] = at
        whole = [call for call in times.values() if "ended" in call]
        self.assertGreater(len(whole), 90)
        for call in whole:
            self.assertLess(call["answered"] - call["queued"], MINUTE_MS)
            self.assertLess(call["ended"] - call["answered"], 5 * MINUTE_MS)
        for one, next_one in zip(whole, whole[1:]):
            self.assertLess(one["ended"], next_one["answered"])  # one operator, one call

    def test_the_calls_of_the_sample_end_within_a_minute(self):
        site = self.site(talks=3, waits=2)
        site.play(MINUTE_MS)
        self.assertEqual(self.node.events["talks", 3]["type"], "ended")
        self.assertEqual(self.node.events["waits", 2]["type"], "ended")

    def test_what_a_node_did_not_take_comes_later(self):
        site = self.site()
        self.node.away = True
        site.play(HOUR_MS)
        self.assertFalse(self.node.events)
        self.node.away = False
        site.play(HOUR_MS)
        self.assertGreater(len(self.node.events), 40)

    def test_no_call_goes_on_when_the_demo_ends(self):
        site = self.site(talks=3)
        for minute in range(60):
            site.play(minute * MINUTE_MS)
        site.end(HOUR_MS)
        self.assertGreater(len(self.node.events), 40)
        self.assertFalse(self.node.open_calls())
        json.dumps([*self.node.events.values()])


if __name__ == "__main__":
    unittest.main()
