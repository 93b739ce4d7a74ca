"""The plan of a day: its calls and contacts, folded the plain way, give the row that they were planned
from.
"""

import json
import random
import unittest
from collections import Counter
from datetime import date

import paths
import t5_fold
from demo_lib import day_file, day_plan, day_traffic, rubricator

DAY = date(2026, 11, 20)
ZONE = "Europe/Moscow"
WINDOW = day_plan.Window.of(DAY, ZONE, now_ms=4_000_000_000_000)
TOPICS = rubricator.read(paths.TOP / "deploy/sample/rubricator.tsv")


def desk(
    accepted=7, lost=2, phantom=1, registered=8, agents=2, wait=5, talk=60, answer=4
) -> day_file.DeskDay:
    averages = (wait, talk, answer) if accepted else (None, None, None)
    return day_file.DeskDay(
        1,
        "Больница",
        accepted + lost + phantom,
        accepted,
        lost,
        phantom,
        registered,
        agents,
        *averages,
        0,
        0,
    )


def folded(row: day_file.DeskDay, seed: str, window: day_plan.Window = WINDOW) -> t5_fold.Fold:
    fold = t5_fold.Fold(ZONE)
    for request in day_traffic.plan_desk(row, window, TOPICS, seed):
        if request.path == day_traffic.EVENTS_PATH:
            fold.events(request.body)
        else:
            fold.contact(request.key, request.body)
    return fold


class PlannedDay(unittest.TestCase):
    def assert_plays(
        self, row: day_file.DeskDay, seed: str, window: day_plan.Window = WINDOW
    ) -> None:
        expected = {name: getattr(row, name) for name in (*day_file.COUNTS, *day_file.AVERAGES)}
        self.assertEqual(folded(row, seed, window).row(DAY), expected)

    def test_every_desk_of_the_sample_day_comes_out_as_printed(self):
        day = day_file.parse((paths.TOP / "deploy/sample/region_day.tsv").read_bytes())
        for row in day.desks:
            with self.subTest(row.name):
                self.assert_plays(row, f"{row.line}")

    def test_rows_at_the_edges_come_out_as_printed(self):
        rows = {
            "nothing at all": desk(0, 0, 0, 0, 0),
            "one call": desk(1, 0, 0, 1, 1),
            "nothing accepted, contacts all the same": desk(0, 3, 2, 5, 0),
            "all times zero": desk(9, 0, 0, 9, 3, 0, 0, 0),
            "answered as long as waited": desk(9, 1, 1, 9, 9, 7, 30, 7),
            "every agent took one call": desk(50, 0, 0, 0, 50),
            "one agent, more talk than the day has": desk(900, 0, 0, 0, 1, 9, 300, 3),
            "calls of hours": desk(3, 0, 0, 0, 3, 36_000, 36_000, 36_000),
            "one call of most of the day": desk(1, 0, 0, 0, 1, 10, day_file.MAX_CALL_S - 10, 10),
            "a wait of hours, no talk": desk(4, 1, 0, 0, 2, 18_000, 0, 0),
        }
        for what, row in rows.items():
            for seed in range(5):
                with self.subTest(what, seed=seed):
                    self.assert_plays(row, f"s{seed}")

    def test_random_rows_come_out_as_drawn(self):
        rng = random.Random(1)
        for i in range(150):
            accepted, wait = rng.choice((0, 1, 2, rng.randrange(60))), rng.randrange(40)
            row = desk(
                accepted,
                rng.randrange(5),
                rng.randrange(5),
                rng.randrange(60),
                rng.randint(1, accepted) if accepted else 0,
                wait,
                rng.randrange(400),
                rng.randint(0, wait),
            )
            with self.subTest(row=row):
                self.assert_plays(row, f"r{i}")

    def test_a_day_that_still_runs_is_played_in_the_part_that_has_passed(self):
        now = WINDOW.start + 3_600_000
        window = day_plan.Window.of(DAY, ZONE, now)
        self.assert_plays(desk(20, 3, 2, 25, 4), "early", window)
        for request in day_traffic.plan_desk(desk(20, 3, 2, 25, 4), window, TOPICS, "early"):
            self.assertLess(request.at, now)

    def test_a_day_too_short_for_its_calls_is_refused(self):
        window = day_plan.Window.of(DAY, ZONE, WINDOW.start + 60_000)
        with self.assertRaises(day_plan.DoesNotFit):
            day_plan.plan_calls(desk(talk=61), window, "x")

    def test_a_day_has_the_hours_that_its_zone_gives_it(self):
        hours = {
            d: day_plan.Window.of(d, "Europe/Berlin", 4_000_000_000_000).length // 3_600_000
            for d in (date(2026, 3, 29), date(2026, 10, 25), DAY)
        }
        self.assertEqual(list(hours.values()), [23, 25, 24])

    def test_the_same_seed_gives_the_same_day_and_another_seed_another(self):
        plan = [day_traffic.plan_desk(desk(), WINDOW, TOPICS, seed) for seed in ("a", "a", "b")]
        self.assertEqual(plan[0], plan[1])
        self.assertNotEqual(plan[0], plan[2])


class PlannedCalls(unittest.TestCase):
    def setUp(self):
        self.calls = day_plan.plan_calls(desk(200, 20, 20, agents=6), WINDOW, "calls")

    def test_sums_sit_anywhere_between_the_bounds_that_round_to_the_average(self):
        sums = {
            sum(c.ended - c.answered for c in day_plan.plan_calls(desk(10, 0, 0), WINDOW, f"{i}"))
            for i in range(60)
        }
        self.assertTrue({595_000, 604_999} <= sums)
        self.assertTrue(595_000 <= min(sums) and max(sums) <= 604_999 and len(sums) > 10)

    def test_single_calls_differ_from_their_average(self):
        talks = [c.ended - c.answered for c in self.calls if c.answered is not None]
        self.assertGreater(len(set(talks)), 150)
        self.assertGreater(max(talks) - min(talks), 30_000)

    def test_each_call_has_its_times_in_order_within_the_day(self):
        for c in self.calls:
            times = [t for t in (c.queued, c.ringing, c.answered, c.ended) if t is not None]
            self.assertEqual(times, sorted(times))
            self.assertTrue(WINDOW.start <= times[0] and times[-1] < WINDOW.end)

    def test_the_first_and_the_last_millisecond_of_the_day_are_used(self):
        self.assertEqual(min(c.queued for c in self.calls), WINDOW.start)
        self.assertEqual(max(c.ended for c in self.calls), WINDOW.end - 1)

    def test_agents_do_not_talk_to_two_callers_at_once_while_the_day_has_room(self):
        busy: dict[str, int] = {}
        overlaps = 0
        for c in sorted((c for c in self.calls if c.answered is not None), key=lambda c: c.ringing):
            overlaps += c.ringing < busy.get(c.agent, 0)
            busy[c.agent] = c.ended
        self.assertEqual(overlaps, 0)

    def test_lost_calls_wait_longer_than_phantoms_by_a_millisecond_at_least(self):
        waits = sorted(c.ended - c.queued for c in self.calls if c.answered is None)
        self.assertTrue(waits[19] <= day_plan.PHANTOM_MS < waits[20])
        self.assertIn(day_plan.PHANTOM_MS, waits)
        self.assertIn(day_plan.PHANTOM_MS + 1, waits)

    def test_spread_numbers_add_up_and_keep_their_bound(self):
        rng = random.Random(3)
        for _ in range(300):
            count, most = rng.randint(1, 40), rng.randint(0, 5000)
            total = rng.randint(0, count * most)
            parts = day_plan.spread(rng, count, total, most)
            self.assertEqual((len(parts), sum(parts)), (count, total))
            self.assertTrue(0 <= min(parts) and max(parts) <= most)


class PlannedTraffic(unittest.TestCase):
    def setUp(self):
        self.requests = day_traffic.plan_desk(desk(120, 9, 6, 130, 5), WINDOW, TOPICS, "t")
        self.batches = [
            json.loads(r.body) for r in self.requests if r.path == day_traffic.EVENTS_PATH
        ]
        self.events = [e for b in self.batches for e in b.get("events", [b])]
        self.contacts = [r for r in self.requests if r.path == day_traffic.CONTACTS_PATH]

    def test_requests_come_in_the_order_of_the_day_in_batches_of_many_sizes(self):
        self.assertEqual([r.at for r in self.requests], sorted(r.at for r in self.requests))
        sizes = {len(b.get("events", [b])) for b in self.batches}
        self.assertGreater(len(sizes), 5)
        self.assertLessEqual(max(sizes), day_traffic.MAX_BATCH)

    def test_some_events_come_twice_and_some_before_an_earlier_one(self):
        seen = Counter((e["call_id"], e["seq"]) for e in self.events)
        self.assertGreater(max(seen.values()), 1)
        first = {}
        for e in self.events:
            first.setdefault(e["call_id"], []).append(e["seq"])
        self.assertTrue(any(seqs != sorted(seqs) for seqs in first.values()))

    def test_every_contact_has_a_key_of_its_own(self):
        keys = [r.key for r in self.contacts]
        self.assertEqual(len(set(keys)), len(keys))
        self.assertTrue(all(0 < len(k) <= 64 for k in keys))

    def test_what_must_not_count_is_there(self):
        bodies = [json.loads(r.body) for r in self.contacts]
        self.assertTrue({"email", "chat"} <= {b["channel"] for b in bodies})
        self.assertIn("out", {b["direction"] for b in bodies})
        self.assertIn("out", {e.get("direction") for e in self.events})
        times = [t5_fold.ms(b["occurred_at"]) for b in bodies]
        self.assertEqual((min(times), max(times)), (WINDOW.start - 1, WINDOW.end))

    def test_times_come_with_different_offsets_and_mean_the_same(self):
        texts = {e["at"][23:] for e in self.events}
        self.assertEqual(texts, {"Z", "+03:00", "+05:30"})
        self.assertEqual(t5_fold.ms(day_traffic.rfc3339(1_234_567_890_123)), 1_234_567_890_123)

    def test_tickets_have_an_urgency_and_a_summary(self):
        for body in (json.loads(r.body) for r in self.contacts):
            self.assertEqual(body["outcome"] == "ticket", "urgency" in body)
            self.assertTrue(body["summary"])


if __name__ == "__main__":
    unittest.main()
