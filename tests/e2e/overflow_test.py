"""A clinic's callers go over to the regional centre (T23, N2): two real nodes with their hub, each with a
simulated Asterisk, and a trunk between the two. One journey at both sites, one call in the reports (T5),
whatever happens in between. What the telephones do is a simulator's.
"""

from __future__ import annotations

import json
import unittest
from collections import Counter
from datetime import datetime
from functools import partial
from pathlib import Path

import harness
from ari_sim import AriSim
from demo_lib.http_client import Api, until
from demo_lib.region import Member
from live_reader import LiveReader
from pbx_trunk import Trunk
from schema_test import Checked

QUEUE = "/api/v1/call_queue"
CALL_BACKS = "/api/v1/call_backs"
REGION_AT_CLINIC = "PJSIP/122@region"
CLINIC_AT_REGION = "PJSIP/clinic-1"
COUNTED = ("received", "accepted", "lost", "phantom", "handed_over", "to_call_back", "called_back")
SOON_S = 40.0
_callers = iter(range(84951000000, 84951999999))


def plan(line: str, agent: str, **queue) -> dict:
    only = {"no": 1, "name": "desk", "desk": 1, "line": line, "wrap_up_s": 0} | queue
    return {
        "home": "desk",
        "queues": [only],
        "lines": [{"number": "100", "otherwise": {"queue": "desk"}}],
        "call_backs": {"hours": "00:00-24:00", "region": {"site": 2, "after_s": 1}},
        "agents": [{"name": agent, "serves": [{"queue": "desk"}]}],
    }


CLINIC = plan(
    "Регистратура",
    "201",
    overflow={"to": "region", "nobody": "goes", "no_trunk": "calls_back"},
)
CLINIC["lines"].append({"number": "101", "otherwise": {"queue": "desk"}, "notice": "first"})
CLINIC["lines"].append({"number": "103", "otherwise": {"queue": "desk", "priority": 9}})
CENTRE = plan("122", "601", record="all") | {
    "lines": [{"number": "122", "otherwise": {"queue": "desk"}}]
}


class Site:
    """One of the two: its node, its telephone system, its only agent with an open screen."""

    def __init__(self, test: Overflow, no: int, agent: str, pbx: AriSim):
        self.test, self.no, self.agent, self.pbx = test, no, agent, pbx
        self.phone = f"PJSIP/{agent}"

    @property
    def node(self) -> Member:
        return self.test.region.sites[self.no]

    def opens(self) -> None:
        pbx, node = self.pbx, self.node
        pbx.registers(self.phone)
        self.test.until(f"{self.no} hears its PBX", lambda: pbx.heard() == "yes")
        user = {"login": f"agent{self.agent}", "name": f"Агент {self.agent}", "roles": ["operator"]}
        of = {"password": f"secret-of-{self.agent}", "sites": [self.no], "agent": self.agent}
        admin = node.admin()
        admin.post("/api/v1/users", user | of)
        admin.close()

    def signs_in(self) -> None:
        """Again after each restart of the node: the screen listens."""
        api = Api(self.node.url)
        api.sign_in(f"agent{self.agent}", f"secret-of-{self.agent}")
        self.test.addCleanup(api.close)
        reader = LiveReader(
            self.node.url, cookie=api._headers["Cookie"], seconds=harness.PATIENCE_S * 10
        )
        self.test.addCleanup(reader.close)
        self.ask = Checked(self.test, api)
        self.test.until(f"{self.agent} is here", self.is_here)

    def is_here(self) -> bool:
        queue = self.ask("GET", QUEUE)
        return queue["connected"] and queue["agents"][0]["here"]

    def is_(self, state: str) -> None:
        reason = {"reason": "rest"} if state == "break" else {}
        self.ask("PUT", "/api/v1/agents/me", {"state": state, **reason})

    def calls(self) -> list[dict]:
        return self.ask("GET", QUEUE)["calls"]

    def rings(self) -> bool:
        return self.pbx.rings(self.phone) == "yes"

    def answers(self) -> None:
        self.test.until(f"{self.agent}'s phone rings", self.rings)
        self.pbx.answers(self.phone)

    def told(self) -> list[dict]:
        """The calls of today."""
        return self.test.pages(self.ask._api, "/api/v1/calls")

    def of_journey(self, journey: str) -> list[dict]:
        return [call for call in self.told() if call["journey"] == journey]

    def is_killed(self) -> None:
        self.node.daemon.kill()
        self.test.until("the PBX has nobody to tell", lambda: self.pbx.heard() == "no")
        self.node.restart()
        self.signs_in()


class Overflow(harness.RegionTest):
    SITES = 0

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.pbxs = [AriSim(harness.BUILD / "tests/support/opora-ari-sim") for _ in range(2)]
        for pbx in cls.pbxs:
            cls.addClassCleanup(pbx.stop)
        clinic, centre = cls.pbxs
        at_clinic = clinic.options(
            cls.root / "clinic",
            CLINIC,
            region=REGION_AT_CLINIC,
            sounds={"promise": "sound:opora/promise", "notice": "sound:opora/notice"},
        )
        at_centre = centre.options(
            cls.root / "centre", CENTRE, sites=[{"site": 1, "trunk": CLINIC_AT_REGION}]
        )
        # Who does not wait is lost nonetheless: the test's time is short.
        short = {"--phantom-seconds": "0"}
        cls.region.add_site(harness.spec(1), proxied="clinic", options=at_clinic | short)
        cls.region.add_site(harness.spec(2), proxied="centre", options=at_centre | short)
        cls.trunk = Trunk(clinic, REGION_AT_CLINIC, centre, CLINIC_AT_REGION, "122")
        cls.trunk.start()
        cls.addClassCleanup(cls.trunk.stop)
        cls.counts: Counter = Counter()  # what the reports have to say: (site, figure)
        cls.opened = False

    def setUp(self) -> None:
        self.clinic = Site(self, 1, "201", self.pbxs[0])
        self.centre = Site(self, 2, "601", self.pbxs[1])
        for site in (self.clinic, self.centre):
            if not self.opened:
                site.opens()
            site.signs_in()
            site.is_("break")
        type(self).opened = True

    def until(self, what: str, holds) -> None:
        until(holds, what, SOON_S)

    # ---- words

    def comes(self, line: str = "100") -> str:
        """To the clinic, where nobody is: the centre is rung."""
        number = str(next(_callers))
        self.number = number
        channel = self.pbxs[0].comes(line, number)
        return channel

    def comes_to_the_centre(self) -> str:
        channel = self.comes()
        self.until("the centre knows of him", lambda: self.centre.calls())
        return channel

    def is_answered_there(self, line: str = "100") -> str:
        self.centre.is_("ready")
        channel = self.comes(line)
        self.centre.answers()
        self.until("they talk", lambda: self.pbxs[0].bridge_of(channel).startswith("opora-t-"))
        return channel

    def all_is_over(self) -> None:
        for site in (self.clinic, self.centre):
            self.until(f"nobody is left at {site.no}", lambda site=site: not site.calls())
            self.until("no channel is left", lambda site=site: site.pbx.channels() == "0")

    def counts_at(self, site: int, *figures: str) -> None:
        for figure in figures:
            self.counts[site, figure] += 1

    def figures(self, api: Api, site: int) -> dict[str, int]:
        day = api.get("/api/v1/reports/daily")
        rows = [row for row in day["rows"] if row["site"] == site]
        return {figure: sum(row[figure] for row in rows) for figure in COUNTED}

    def check_reports(self) -> None:
        """Each site's own, and the hub's of both, are the naive count of what was done here."""
        hub = self.admin(self.hub)
        for site in (1, 2):
            own = self.admin(self.region.sites[site])
            expected = {figure: self.counts[site, figure] for figure in COUNTED}
            for where, api in (
                (f"site {site}", self.program(self.region.sites[site])),
                ("hub", hub),
            ):
                try:
                    until(lambda: self.figures(api, site) == expected, where, SOON_S)
                except TimeoutError:
                    self.fail(f"{site} at {where}: {self.figures(api, site)} not {expected}")

    def one_journey(self) -> tuple[dict, dict]:
        """The last call of the clinic and that of the centre, by the hub: one person's."""
        number = self.number[-10:]
        journey = next(c["journey"] for c in self.clinic.told() if c["phone"][-10:] == number)
        self.assertRegex(journey, "^[0-9a-f]{32}$")
        items = self.pages(self.admin(self.hub), "/api/v1/calls")
        found = {call["site"]: call for call in items if call["journey"] == journey}
        self.assertEqual({no: call["from_site"] for no, call in found.items()}, {1: None, 2: 1})
        return found[1], found[2]

    # ---- answered there

    def test_1_who_is_answered_at_the_centre_is_one_call_of_the_centre(self):
        channel = self.is_answered_there()
        (here,) = self.clinic.calls()
        (there,) = self.centre.calls()
        self.assertEqual((here["phase"], here["from_site"]), ("outside", None))
        self.assertEqual((there["phase"], there["from_site"]), ("talking", 1))
        self.assertEqual(here["journey"], there["journey"])
        self.pbxs[0].hangs_up(channel)
        self.all_is_over()
        self.counts_at(1, "handed_over")
        self.counts_at(2, "received", "accepted")
        self.check_reports()
        of_clinic, of_centre = self.one_journey()
        self.assertEqual((of_clinic["class"], of_centre["class"]), ("handed_over", "accepted"))
        # He waits from his first entry; how long the call takes from PBX to PBX is in between.
        entered = [datetime.fromisoformat(of["queued_at"]) for of in (of_clinic, of_centre)]
        apart = entered[1] - entered[0]
        self.assertLess(abs(apart.total_seconds()), 5)

    def test_2_until_an_agent_answers_he_is_the_clinics_and_hears_its_music(self):
        channel = self.comes_to_the_centre()
        self.assertEqual(self.pbxs[0].bridge_of(channel), "opora-q-1")
        (there,) = self.centre.calls()
        self.assertEqual((there["phase"], there["from_site"]), ("waiting", 1))
        (far,) = self.trunk.calls()
        self.assertEqual((self.pbxs[1].fate(far), self.pbxs[1].bridge_of(far)), ("Ring", ""))
        self.pbxs[0].hangs_up(channel)
        self.all_is_over()
        self.counts_at(1, "received", "lost", "to_call_back")
        self.check_reports()
        of_clinic, of_centre = self.one_journey()
        self.assertEqual((of_clinic["class"], of_centre["class"]), ("lost", "returned"))

    def test_3_who_is_answered_here_meanwhile_comes_back(self):
        channel = self.comes_to_the_centre()
        self.clinic.is_("ready")
        self.clinic.answers()
        self.until("they talk", lambda: self.pbxs[0].bridge_of(channel).startswith("opora-t-"))
        self.until("the centre lets him go", lambda: not self.centre.calls())
        self.pbxs[0].hangs_up(channel)
        self.all_is_over()
        self.counts_at(1, "received", "accepted")
        self.check_reports()

    # ---- no trunk is free

    def test_4_without_a_trunk_he_is_called_back_by_the_region_and_is_one_call(self):
        self.trunk.has_room = False
        channel = self.comes()
        self.until("he hears it", lambda: [c["phase"] for c in self.clinic.calls()] == ["closed"])
        self.trunk.has_room = True
        self.pbxs[0].hangs_up(channel)
        self.all_is_over()
        self.counts_at(1, "received", "lost", "to_call_back")
        task = self.task_at(self.centre)
        self.assertEqual((task["site"], task["owner"], task["calls"]), (1, 2, 1))
        (call,) = self.clinic.of_journey(task["journey"])
        self.assertEqual(call["class"], "lost")
        says = partial(self.centre.ask, "POST", f"{CALL_BACKS}/{task['id']}")
        says({"do": "claim"})
        says({"do": "reached"})
        self.counts_at(1, "called_back")
        self.check_reports()

    def task_at(self, site: Site) -> dict:
        def found() -> list[dict]:
            items = site.ask("GET", f"{CALL_BACKS}?show=open")["items"]
            return [
                t
                for t in items
                if (t["phone"] or "")[-10:] == self.number[-10:] and t["owner"] == 2
            ]

        self.until("the region has it", found)
        return found()[0]

    # ---- cuts and kills

    def test_5_a_centre_cut_off_from_the_hub_talks_on_and_the_reports_are_equal_afterwards(self):
        channel = self.is_answered_there()
        self.region.cut(self.centre.node)
        self.pbxs[0].hangs_up(channel)
        self.all_is_over()
        self.counts_at(1, "handed_over")
        other = self.is_answered_there()
        self.pbxs[0].hangs_up(other)
        self.all_is_over()
        self.counts_at(1, "handed_over")
        self.region.restore(self.centre.node)
        for _ in range(2):
            self.counts_at(2, "received", "accepted")
        self.check_reports()

    def test_6_a_clinic_that_is_killed_meanwhile_has_handed_him_over_once(self):
        channel = self.is_answered_there()
        self.clinic.is_killed()
        self.assertEqual([c["phase"] for c in self.clinic.calls()], ["outside"])
        self.pbxs[0].hangs_up(channel)
        self.all_is_over()
        self.counts_at(1, "handed_over")
        self.counts_at(2, "received", "accepted")
        self.check_reports()

    def test_7_a_centre_that_is_killed_while_it_rings_or_talks_counts_him_once(self):
        channel = self.comes_to_the_centre()
        self.centre.is_killed()
        self.centre.is_("ready")
        self.centre.answers()
        self.until("they talk", lambda: self.pbxs[0].bridge_of(channel).startswith("opora-t-"))
        self.centre.is_killed()
        self.assertEqual([c["phase"] for c in self.centre.calls()], ["talking"])
        self.pbxs[0].hangs_up(channel)
        self.all_is_over()
        self.counts_at(1, "handed_over")
        self.counts_at(2, "received", "accepted")
        self.check_reports()

    def test_8_what_a_stranger_says_of_a_journey_is_not_listened_to(self):
        journey = "a7" * 16
        channel = self.pbxs[1].comes_by(
            "PJSIP/trunk", "122", "84950000001", journey, "1", "60000", "1", "9", "-"
        )
        self.until("he waits", lambda: self.pbxs[1].bridge_of(channel) == "opora-q-1")
        (call,) = self.centre.calls()
        self.assertEqual((call["from_site"], call["journey"]), (None, None))
        self.assertEqual(call["priority"], 0)
        self.pbxs[1].hangs_up(channel)
        self.all_is_over()
        self.counts_at(2, "received", "lost", "to_call_back")
        self.check_reports()

    def test_9_he_is_recorded_there_when_he_has_heard_here_that_he_is(self):
        """O6, A18: the centre's queue is recorded; line 101 of the clinic says so, line 100 does not."""
        untold = self.is_answered_there()
        self.assertEqual(self.pbxs[1].recordings(), "")
        self.pbxs[0].hangs_up(untold)
        self.all_is_over()
        self.assertEqual(self.pbxs[1].recordings(), "")
        self.pbxs[0].ends_prompts()
        told = self.is_answered_there("101")
        self.until("he is recorded", lambda: "recording" in self.pbxs[1].recordings())
        self.pbxs[0].hangs_up(told)
        self.all_is_over()
        for _ in range(2):
            self.counts_at(1, "handed_over")
            self.counts_at(2, "received", "accepted")
        self.check_reports()

    def test_9a_an_erased_call_leads_to_no_other_and_is_counted_as_before(self):
        channel = self.is_answered_there()
        self.pbxs[0].hangs_up(channel)
        self.all_is_over()
        self.counts_at(1, "handed_over")
        self.counts_at(2, "received", "accepted")
        of_clinic, of_centre = self.one_journey()
        body = {"aggregate": of_clinic["id"], "basis": "he has asked for it"}
        self.admin(self.clinic.node).post("/api/v1/erasures", body)
        for api in (self.admin(self.clinic.node), self.admin(self.hub)):

            def shown(api=api) -> dict:
                calls = self.pages(api, "/api/v1/calls")
                return next(call for call in calls if call["id"] == of_clinic["id"])

            self.until("it is erased", lambda shown=shown: shown()["erased"])
            self.assertIsNone(shown()["journey"])
            self.assertEqual(shown()["class"], "handed_over")
        calls = self.pages(self.admin(self.hub), "/api/v1/calls")
        (left,) = [call for call in calls if call["journey"] == of_centre["journey"]]
        self.assertEqual(left["id"], of_centre["id"])
        self.check_reports()

    def test_9b_who_is_urgent_here_is_urgent_there(self):
        """A2b."""
        channel = self.is_answered_there("103")
        self.assertEqual([call["priority"] for call in self.centre.calls()], [9])
        self.pbxs[0].hangs_up(channel)
        self.all_is_over()
        self.counts_at(1, "handed_over")
        self.counts_at(2, "received", "accepted")
        self.check_reports()

    def test_a_site_that_takes_over_from_itself_does_not_start(self):
        node = self.centre.node
        settings = Path(node.options["--ari"])
        whole = json.loads(settings.read_text())
        node.daemon.kill()
        for site, trunk, field in ((2, CLINIC_AT_REGION, "site"), (1, "PJSIP/601", "trunk")):
            settings.write_text(json.dumps(whole | {"sites": [{"site": site, "trunk": trunk}]}))
            node.daemon.start()
            self.assertEqual(node.daemon.process.wait(harness.PATIENCE_S), 2)
            self.assertIn(f"{settings}: sites[0].{field}: ", node.daemon.log_end())
        settings.write_text(json.dumps(whole))
        node.restart()
        self.centre.signs_in()
        self.assert_same_state(1)
        self.assert_same_state(2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
