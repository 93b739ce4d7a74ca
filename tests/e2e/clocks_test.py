"""Clocks that are wrong by years and jump while people work: nothing is lost, the order of what
happened is kept, and whose clock it is, is said (design rule of the hybrid clock).

A library that is loaded before the daemon (tests/support/false_clock.cc) tells it the time of day;
what it measures spans with stays true.
"""

from __future__ import annotations

import struct
from pathlib import Path

import harness
from demo_lib.http_client import until

LIBRARY = harness.BUILD / "tests/support/opora_false_clock.so"
TEN_YEARS = 3652 * 86_400


class FalseClock:
    """Of one daemon, which is started again with it."""

    def __init__(self, member):
        self._file: Path = member.daemon.data.with_suffix(".clock")
        self.set(0)
        member.daemon.stop()
        if member.daemon.argv[0] != "env":
            preload = [f"LD_PRELOAD={LIBRARY}", f"OPORA_FALSE_CLOCK={self._file}"]
            member.daemon.argv = ["env", *preload, *member.daemon.argv]
        member.restart()

    def set(self, seconds: int) -> None:
        """Wrong by so much from now on."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("=q", seconds))


class Clocks(harness.RegionTest):
    def alarms(self, member) -> set[str]:
        """Codes that this place shows: the hub of site 1, a site of its link."""
        api = self.program(member)
        if member is self.hub:
            return {alarm["code"] for alarm in self.region.hub_sites(api)[1]["alarms"]}
        return {alarm["code"] for alarm in api.get("/api/v1/sync")["alarms"]}

    def setUp(self) -> None:
        self.login = f"clocks{self._next()}"
        self.operator = self.user("operator", self.node, self.login)

    def comment(self, number: str, text: str) -> None:
        # A session does not outlive ten years.
        self.operator.sign_in(self.login, f"secret-of-{self.login}")
        path = f"/api/v1/tickets/{number}/actions"
        self.operator.post(path, {"action": "comment", "text": text})

    def texts(self, member, number: str) -> list[str]:
        timeline = self.program(member).get(f"/api/v1/tickets/{number}")["timeline"]
        return [entry["text"] for entry in timeline if entry.get("text")]

    def work_through(self, clock: FalseClock, courses: tuple[int, ...]) -> list[str]:
        """Registers under each of these clocks, and says something of the first ticket; its
        numbers.
        """
        numbers = []
        for turn, seconds in enumerate(courses):
            clock.set(seconds)
            phone = f"+7 900 000-55-{self._next():02}"
            made = self.program(self.node).post(
                "/api/v1/contacts", harness.ticket_contact(phone=phone)
            )
            numbers.append(made["ticket"]["number"])
            self.comment(numbers[0], f"turn {turn}")
        return numbers

    def expect_all(self, numbers: list[str], turns: int) -> None:
        self.wait_whole()
        for number in numbers:
            self.assertEqual(
                self.program(self.hub).get(f"/api/v1/tickets/{number}")["number"], number
            )
        expected = [f"turn {turn}" for turn in range(turns)]
        for place in (self.node, self.hub):
            said = [text for text in self.texts(place, numbers[0]) if text.startswith("turn")]
            self.assertEqual(said, expected, place.daemon.name)
        self.assert_same_state()

    def test_a_site_whose_clock_jumps_by_ten_years_loses_nothing_and_is_flagged(self):
        clock = FalseClock(self.node)
        self.region.wait_connected(self.node)
        clock.set(TEN_YEARS)
        until(lambda: "clock" in self.alarms(self.hub), "the region says whose clock is wrong", 30)
        courses = (0, TEN_YEARS, 0, -TEN_YEARS, 180, -180, 0)
        numbers = self.work_through(clock, courses)
        self.expect_all(numbers, len(courses))

    def test_a_site_that_starts_ten_years_behind_is_told_so(self):
        clock = FalseClock(self.node)
        clock.set(-TEN_YEARS)
        self.node.daemon.stop()
        self.node.restart()
        until(lambda: "clock" in self.alarms(self.node), "the site says that clocks differ", 30)
        courses = (-TEN_YEARS, -TEN_YEARS, 0)
        self.expect_all(self.work_through(clock, courses), len(courses))

    def test_a_region_whose_clock_jumps_takes_everything_and_its_sites_say_so(self):
        regions, sites = FalseClock(self.hub), FalseClock(self.node)
        self.region.wait_connected(self.node)
        regions.set(TEN_YEARS)
        numbers = self.work_through(sites, (0, 0))
        until(lambda: "clock" in self.alarms(self.node), "the site flags the region", 30)
        regions.set(0)
        self.comment(numbers[0], "turn 2")
        self.expect_all(numbers, 3)


if __name__ == "__main__":
    harness.main()
