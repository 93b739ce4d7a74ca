"""SIGKILL of hub and nodes at random moments while traffic goes on: nothing lost, nothing applied
twice.

OPORA_E2E_LONG is the number of seconds of traffic (default 40); OPORA_E2E_SEED repeats a course of
kills.
"""

from __future__ import annotations

import itertools
import os
import random
import sys
import threading
import time
import unittest

import harness
import paths
import t5_fold
from datetime import date
from demo_lib import day_traffic
from demo_lib.day_file import DeskDay
from demo_lib.day_plan import Window
from demo_lib.http_client import Unreachable, busy, retry
from demo_lib.region import Member

SECONDS = float(os.environ.get("OPORA_E2E_LONG", "40"))
SEED = os.environ.get("OPORA_E2E_SEED", "1")
DAY = date(2026, 3, 14)
AWAY_S = 90.0  # longer than any restart; a daemon that stays away longer has failed


class Sender(threading.Thread):
    """One telephone system and one operator at a site: repeats each request until it is answered."""

    def __init__(self, member: Member, stop: threading.Event):
        super().__init__(daemon=True)
        self.member, self._ending = member, stop
        self.acknowledged: dict[str, dict] = {}  # Idempotency-Key → answer
        self.fold = t5_fold.Fold(member.spec.zone)
        self.error: Exception | None = None
        self.retries = 0

    def run(self) -> None:
        try:
            for request in self._requests():
                self._send(request)
                time.sleep(0.002)  # room for the killer on two cores
        except Exception as error:
            self.error = error

    def _requests(self):
        """Whole days, all on one date, until it is enough: no call is left without its end."""
        no = self.member.spec.no
        window = Window.of(DAY, self.member.spec.zone, int(time.time() * 1000))
        for part in itertools.count():
            if self._ending.is_set():
                return
            row = DeskDay(0, "", 60, 50, 6, 4, 50, 5, 6, 60, 4, None, None)
            yield from day_traffic.plan_desk(row, window, harness.TOPICS, f"kb{SEED}-{no}-{part}")

    def _send(self, request: day_traffic.Request) -> None:
        api = self.member.api()

        def attempt():
            try:
                answer = api.send("POST", request.path, request.body, request.key)
            except Unreachable:
                self.retries += 1
                raise
            self.retries += busy(answer)
            return answer

        answer = retry(attempt, AWAY_S)
        api.close()
        if request.key:
            assert answer.status == 201, answer
            self.acknowledged[request.key] = answer.json()
            self.fold.contact(request.key, request.body)
        else:
            assert answer.status == 200, answer
            self.fold.events(request.body)


class KillBoth(harness.RegionTest):
    SITES = 2

    def test_everything_acknowledged_exists_once_on_both_sides_after_random_kills(self):
        rng = random.Random(f"kills {SEED}")
        stop = threading.Event()
        senders = [Sender(member, stop) for member in self.region.sites.values()]
        for sender in senders:
            sender.start()
        kills = self._kill_until(rng, time.monotonic() + SECONDS)
        stop.set()
        for sender in senders:
            sender.join(AWAY_S)
            self.assertFalse(sender.is_alive(), "a sender is stuck")
            if sender.error:
                raise sender.error
        self.wait_whole()
        print(
            f"{kills} kills, {sum(s.retries for s in senders)} retries, "
            f"{sum(len(s.acknowledged) for s in senders)} contacts",
            file=sys.stderr,
        )
        self.assertGreater(kills, SECONDS / 10)
        for sender in senders:
            self.assert_nothing_lost_or_doubled(sender)
        self.assert_report(senders)
        self.assert_stores_verify()

    def _kill_until(self, rng: random.Random, deadline: float) -> int:
        """One of them, or all at once, again and again; also while one is still starting."""
        kills = 0
        everybody = [self.hub, *self.region.sites.values()]
        while time.monotonic() < deadline:
            time.sleep(rng.uniform(0.05, 1.5))
            victims = everybody if rng.random() < 0.2 else [rng.choice(everybody)]
            for member in victims:
                member.daemon.kill()
                kills += 1
            if rng.random() < 0.3:  # before it is ready
                for member in victims:
                    member.daemon.start()
                time.sleep(rng.uniform(0.01, 0.3))
                for member in victims:
                    member.daemon.kill()
                    kills += 1
            for member in victims:
                member.daemon.start()
            for member in victims:
                member.daemon.wait_ready()
        return kills

    def assert_nothing_lost_or_doubled(self, sender: Sender) -> None:
        no = sender.member.spec.no
        expected = sorted(answer["contact_id"] for answer in sender.acknowledged.values())
        self.assertEqual(len(set(expected)), len(expected), "two keys got one contact")
        for where in (sender.member, self.hub):
            found = sorted(
                c["id"] for c in self.pages(self.admin(where), f"/api/v1/contacts?site={no}")
            )
            self.assertEqual(found, expected, f"contacts of site {no} at {where.daemon.name}")
        numbers = [a["ticket"]["number"] for a in sender.acknowledged.values() if a["ticket"]]
        self.assertEqual(len(set(numbers)), len(numbers), "two tickets have one number")
        self.assert_same_state(no)

    def assert_report(self, senders: list[Sender]) -> None:
        """T5 at the hub and at the sites is what the requests say, to the call."""
        path = f"/api/v1/reports/daily?date={DAY}"
        at_hub = {row["site"]: row for row in self.program(self.hub).get(path)["rows"]}
        for sender in senders:
            expected = sender.fold.row(DAY)
            at_site = self.program(sender.member).get(path)["rows"][0]
            for where, row in (("hub", at_hub[sender.member.spec.no]), ("site", at_site)):
                self.assertEqual(
                    {name: row[name] for name in expected}, expected, f"at the {where}"
                )

    def assert_stores_verify(self) -> None:
        for member in (*self.region.sites.values(), self.hub):
            member.daemon.stop()
            done = self.verify(member)
            self.assertEqual(
                done.returncode, 0, f"{member.daemon.name}: {done.stdout}{done.stderr}"
            )


if __name__ == "__main__":
    harness.main()
