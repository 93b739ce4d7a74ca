"""Operators needed (T14) at a site and at the hub, against a recount of the very calls that were sent, and
against formulas of the test's own.
"""

from __future__ import annotations

import csv
import io
import math
import random
import unittest
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import harness
import paths  # noqa: F401
from demo_lib.http_client import until

ZONE = ZoneInfo(harness.ZONE)
DAYS = 42
PATH = "/api/v1/reports/workforce"
TRAFFIC = "/api/v1/reports/traffic"
FIGURES = ("received", "accepted", "lost", "phantom")
WRAP_UP_S = 30


def erlang_c_within(erlangs: float, operators: int, handling_s: float, within_s: float) -> float:
    """By the textbook's sums, not by a recursion."""
    if operators <= erlangs:
        return 0.0
    below = sum(erlangs**k / math.factorial(k) for k in range(operators))
    full = erlangs**operators / math.factorial(operators) * operators / (operators - erlangs)
    waits = full / (below + full)
    return 1 - waits * math.exp(-(operators - erlangs) * within_s / handling_s)


def needed(calls: float, handling_s: float, goal: float = 0.8, within_s: float = 20) -> int:
    operators = 1
    erlangs = calls / 900 * handling_s
    while erlang_c_within(erlangs, operators, handling_s, within_s) < goal:
        operators += 1
    return operators


class Calls:
    """Of two desks over weeks: who came when, and how long they talked."""

    def __init__(self, today: date) -> None:
        dice = random.Random(14)
        self.came: dict[int, Counter] = {1: Counter(), 2: Counter()}  # (day, quarter) by desk
        self.talked: dict[int, list[float]] = {1: [], 2: []}  # of the last four weeks
        # By weekday and hour: received, accepted, lost, phantom (O7b).
        self.hours: dict[tuple[int, int, int], Counter] = defaultdict(Counter)
        self.events: list[dict] = []
        for ago in range(DAYS, 0, -1):
            day = today - timedelta(days=ago)
            for desk, usual in ((1, 40), (2, 16)):
                calls = usual if day.weekday() < 5 else usual // 4
                for _ in range(calls + dice.randint(-3, 3)):
                    self._call(desk, day, dice, ago <= 28)

    def _call(self, desk: int, day: date, dice: random.Random, lately: bool) -> None:
        minute = dice.randint(8 * 60, 16 * 60 - 1)
        at = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(minutes=minute)
        phantom, lost = dice.random() < 0.05, dice.random() < 0.1
        steps = [("queued", 0)]
        if phantom:
            steps.append(("ended", 1))
        elif lost:
            steps.append(("ended", 70))
        else:
            talk = dice.randint(60, 240)
            steps += [("ringing", 4), ("answered", 10), ("ended", 10 + talk)]
            if lately:
                self.talked[desk].append(talk)
        if not phantom:
            self.came[desk][(day, minute // 15)] += 1
        fate = "phantom" if phantom else "lost" if lost else "accepted"
        self.hours[(desk, day.isoweekday(), minute // 60)].update(("received", fate))
        number = len(self.events)
        for seq, (kind, second) in enumerate(steps, 1):
            event = {"source": "pbx1", "call_id": f"wf-{number}", "seq": seq, "type": kind}
            event |= {"desk": desk, "at": (at + timedelta(seconds=second)).isoformat()}
            if kind in ("ringing", "answered"):
                event["agent"] = "101"
            self.events.append(event)

    def of_day(self, desk: int, day: date) -> int:
        return sum(n for (its, _), n in self.came[desk].items() if its == day)

    def naive(self, desk: int, days: list[date]) -> tuple[float, float]:
        """WAPE of the same weekday a week before: by quarters, by days."""
        quarters = days_off = total = 0
        for day in days:
            week = day - timedelta(days=7)
            for q in range(96):
                quarters += abs(self.came[desk][(day, q)] - self.came[desk][(week, q)])
            days_off += abs(self.of_day(desk, day) - self.of_day(desk, week))
            total += self.of_day(desk, day)
        return 100 * quarters / total, 100 * days_off / total


class Workforce(harness.RegionTest):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.region.add_site(harness.spec(2, desks=2))
        cls.today = datetime.now(ZONE).date()
        cls.calls = Calls(cls.today)
        api = cls.region.sites[2].api()
        for at in range(0, len(cls.calls.events), 500):
            api.post("/api/v1/telephony/events", {"events": cls.calls.events[at : at + 500]})
        api.close()

    def setUp(self) -> None:
        self.wait_whole(2)
        self.site = self.user("supervisor", self.region.sites[2])
        self.region_wide = self.user("supervisor", self.hub)

    def report(self, query: str = "", at=None) -> dict:
        return (at or self.site).get(f"{PATH}?wrap_up_s={WRAP_UP_S}{query}")

    def desk(self, report: dict, desk: int) -> dict:
        return next(row for row in report["rows"] if (row["site"], row["desk"]) == (2, desk))

    def test_operators_are_those_of_erlangs_formula_for_the_calls_that_are_expected(self):
        report = self.report("&days=7&desks=2.1&patience_s=0")
        row = self.desk(report, 1)
        handling = row["talk_s"] + WRAP_UP_S
        checked = 0
        for quarter in report["quarters"]:
            calls = quarter["calls"]
            if calls < 0.03:  # as rounded: at the bound of who sits there at all
                continue
            # Rounded figures may stand on either side of a step.
            near = {
                needed(max(0.001, calls + c), handling + h)
                for c in (-0.006, 0.006)
                for h in (-0.5, 0.5)
            }
            self.assertIn(quarter["needed"], near, quarter)
            checked += 1
        self.assertGreater(checked, 100)
        self.assertEqual(sum(q["needed"] for q in report["quarters"]) / 4, row["needed_hours"])
        self.assertEqual(max(q["needed"] for q in report["quarters"]), row["needed_peak"])
        self.assertAlmostEqual(sum(q["calls"] for q in report["quarters"]), row["calls"], delta=2)

    def traffic(self, query: str, at=None) -> dict:
        span = f"from={self.today - timedelta(days=DAYS)}&to={self.today}"
        return (at or self.site).get(f"{TRAFFIC}?{span}{query}")

    def expected_hour(self, desks: tuple[int, ...], weekday: int, hour: int) -> dict:
        sums: Counter = Counter()
        for desk in desks:
            sums += self.calls.hours[(desk, weekday, hour)]
        return {figure: sums[figure] for figure in FIGURES}

    def test_calls_by_hour_and_weekday_are_those_that_were_sent(self):
        """O7b, at the site and at the hub, of one desk and of both."""
        asked = (("&desk=2", (2,), self.site), ("", (1, 2), self.site))
        asked += (("&site=2", (1, 2), self.region_wide), ("&site=2&desk=1", (1,), self.region_wide))
        for query, desks, at in asked:
            report = self.traffic(query, at)
            self.assertEqual([row["weekday"] for row in report["rows"]], list(range(1, 8)))
            self.assertEqual(sum(row["days"] for row in report["rows"]), DAYS + 1)
            for row in report["rows"]:
                for hour, counts in enumerate(row["hours"]):
                    self.assertEqual(counts, self.expected_hour(desks, row["weekday"], hour))
                for figure in FIGURES:
                    self.assertEqual(row[figure], sum(one[figure] for one in row["hours"]))
                    self.assertEqual(
                        report["total"][figure], sum(one[figure] for one in report["rows"])
                    )
        self.assertGreater(report["total"]["lost"], 0)
        # The whole region's is of the other sites too, which had no calls.
        self.assertEqual(
            self.traffic("", self.region_wide)["total"], self.traffic("", self.site)["total"]
        )

    def test_a_day_of_the_hours_is_the_daily_report(self):
        """One truth: the same calls as T5 has them."""
        day = next(
            d for ago in range(1, 8) if (d := self.today - timedelta(days=ago)).weekday() < 5
        )
        hours = self.site.get(f"{TRAFFIC}?from={day}&to={day}")["total"]
        daily = self.site.get(f"/api/v1/reports/daily?date={day}")["total"]
        self.assertGreater(hours["received"], 0)
        for figure in FIGURES:
            self.assertEqual(hours[figure], daily[figure])

    def test_the_file_of_the_hours_says_what_the_report_says(self):
        text = self.site.send(
            "GET", f"{TRAFFIC}?from={self.today - timedelta(days=DAYS)}&format=tsv"
        ).body.decode()
        rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
        self.assertEqual(len(rows), 7 * 24)
        for row in rows:
            expected = self.expected_hour((1, 2), int(row["weekday"]), int(row["hour"][:2]))
            self.assertEqual({figure: int(row[figure]) for figure in FIGURES}, expected)
        words = self.site.send("GET", f"{TRAFFIC}?format=csv").body.decode("utf-8-sig")
        self.assertIn("понедельник", words)

    def test_nonsense_about_hours_is_named(self):
        for query, field in (
            ("from=yesterday", "from"),
            (f"from={self.today}&to={self.today - timedelta(days=1)}", "to"),
            (f"from={self.today - timedelta(days=366)}", "to"),
            ("site=1", "site"),
            ("desk=0", "desk"),
            ("hour=5", "hour"),
        ):
            answer = self.site.send("GET", f"{TRAFFIC}?{query}")
            self.assertEqual((answer.status, answer.json()["path"]), (422, field), query)
        answer = self.region_wide.send("GET", f"{TRAFFIC}?desk=1")
        self.assertEqual((answer.status, answer.json()["path"]), (422, "desk"))

    def test_what_came_is_what_was_sent_and_the_forecast_is_near_it(self):
        first = self.today - timedelta(days=14)
        report = self.report(f"&from={first}&days=14&desks=2.1")
        start = datetime(first.year, first.month, first.day, tzinfo=ZONE)
        self.assertEqual(len(report["quarters"]), 14 * 96)
        for i, quarter in enumerate(report["quarters"]):
            at = datetime.fromisoformat(quarter["at"]).astimezone(ZONE)
            self.assertEqual(at, start + timedelta(minutes=15 * i))
            sent = self.calls.came[1][(at.date(), at.hour * 4 + at.minute // 15)]
            self.assertEqual(quarter["came"], sent, quarter)
        came = sum(q["came"] for q in report["quarters"])
        self.assertAlmostEqual(sum(q["calls"] for q in report["quarters"]), came, delta=0.15 * came)

    def test_talk_is_the_mean_of_what_was_answered_in_four_weeks(self):
        report = self.report("&days=1")
        for desk in (1, 2):
            talked = self.calls.talked[desk]
            row = self.desk(report, desk)
            self.assertEqual(row["talk_of"], "desk")
            self.assertAlmostEqual(row["talk_s"], sum(talked) / len(talked), delta=1)
            self.assertGreaterEqual(row["history_days"], DAYS)

    def test_the_naive_error_is_that_of_the_calls_that_were_sent(self):
        weekday = self.today + timedelta(days=1)
        report = self.report(f"&from={weekday}")
        end = self.today  # not whole yet
        held_out = [
            d
            for d in (end - timedelta(days=n) for n in range(1, 29))
            if d.weekday() == weekday.weekday()
        ]
        self.assertEqual(len(held_out), 4)
        # The first of them has fewer than two weeks behind the week before it.
        for desk in (1, 2):
            error = self.desk(report, desk)["error"]
            known = [
                d
                for d in held_out
                if (d - timedelta(days=7) - (end - timedelta(days=DAYS))).days + 1 >= 14
            ]
            self.assertEqual(error["days"], len(known))
            quarters, days = self.calls.naive(desk, known)
            self.assertAlmostEqual(error["naive_wape_pct"], quarters, delta=0.06)
            self.assertAlmostEqual(error["naive_day_wape_pct"], days, delta=0.06)
            self.assertLess(error["wape_pct"], error["naive_wape_pct"])

    def test_one_queue_of_both_desks_needs_fewer(self):
        report = self.report("&days=7")
        total, together = report["total"], report["together"]
        apart = sum(row["needed_hours"] for row in report["rows"])
        self.assertEqual(total["needed_hours"], apart)
        self.assertGreater(together["saved_hours"], 0)
        self.assertEqual(together["needed_hours"] + together["saved_hours"], apart)
        for quarter in report["quarters"]:
            self.assertLessEqual(quarter["together"], quarter["needed"])
        alone = self.report("&days=7&desks=2.2")
        self.assertEqual(alone["together"]["saved_hours"], 0)

    def test_a_plan_stands_against_what_is_needed(self):
        monday = self.today + timedelta(days=7 - self.today.weekday())
        plan = "&plan=2.1%3D1-5%2008:00-16:00%201"
        report = self.report(f"&from={monday}{plan}")
        row = self.desk(report, 1)
        usual = self.desk(self.report(f"&from={monday}"), 1)
        self.assertEqual(usual["planned_hours"], None)
        alone = self.report(f"&from={monday}&desks=2.1{plan}")["quarters"]
        self.assertEqual(row["planned_hours"], sum(q["planned"] for q in alone) / 4)
        missing = [q["needed"] - q["planned"] for q in alone if q["needed"] > q["planned"]]
        self.assertEqual(row["missing_hours"], sum(missing) / 4)
        self.assertEqual(row["short_quarters"], len(missing))
        self.assertGreater(len(missing), 0)
        self.assertLess(row["planned_level_pct"], 95)
        self.assertEqual(self.desk(report, 2)["planned_hours"], None)

    def test_the_region_says_the_same_as_the_site(self):
        query = "&days=3&desks=2.1,2.2"
        until(
            lambda: self.report(query, self.region_wide)["quarters"]
            == self.report(query)["quarters"],
            "both say the same",
        )
        here, there = self.report(query), self.report(query, self.region_wide)
        for row in here["rows"] + there["rows"]:
            row.pop("data_through")
            row.pop("behind")
        self.assertEqual(here["rows"], there["rows"])
        sites = {row["site"] for row in self.report("", self.region_wide)["rows"]}
        self.assertEqual(sites, {1, 2})
        # A desk of which nothing is known says so, and needs nobody.
        empty = next(r for r in self.report("", self.region_wide)["rows"] if r["site"] == 1)
        self.assertEqual((empty["history_days"], empty["calls"], empty["needed_hours"]), (0, 0, 0))

    def test_the_file_has_the_quarters_of_each_desk(self):
        answer = self.site.send("GET", f"{PATH}?days=2&format=tsv")
        rows = list(csv.DictReader(io.StringIO(answer.body.decode()), delimiter="\t"))
        columns = "desk quarter calls came needed planned handling_s".split()
        self.assertEqual(list(rows[0]), columns)
        hours = sum(int(row["needed"]) for row in rows) / 4
        self.assertEqual(hours, self.report("&days=2")["total"]["needed_hours"])

    def test_what_cannot_be_asked_is_refused_by_name(self):
        for query, path in (
            ("days=15", "days"),
            ("from=today", "from"),
            (f"from={self.today + timedelta(days=120)}", "from"),
            ("desks=1.1", "desks"),
            ("desks=2", "desks"),
            ("plan=2.1", "plan"),
            ("plan=2.1%3D8%2008:00-09:00%201", "plan"),
            ("goal_pct=100", "goal_pct"),
            ("patience_s=3601", "patience_s"),
        ):
            with self.subTest(query):
                answer = self.site.send("GET", f"{PATH}?{query}")
                self.assertEqual((answer.status, answer.json()["path"]), (422, path))


if __name__ == "__main__":
    harness.main()
