"""Calls that SIPp makes to the simulated PBX appear in the queue of a real node, and its report says of
them what SIPp says that it did (T5, T5b, O3, T4). Whatever is lost, doubled, turned round, refused or
cut between the node and the PBX, each call has one end and nobody is left. What it shows is a
simulator's.
"""

from __future__ import annotations

import os
import signal
import time
import unittest
from collections import Counter

import harness
from ari_sim import AriSim
from demo_lib.http_client import Api
from phone_desk import QUEUE, PhoneDesk
from schema_test import Checked
from sipp import Caller, Did, Sipp

PLAN = {
    "home": "desk",
    "queues": [
        {"no": 1, "name": "desk", "desk": 1, "line": "Регистратура", "wrap_up_s": 0},
        {"no": 2, "name": "children", "desk": 1, "line": "Дети", "wrap_up_s": 0},
    ],
    "menus": [
        {
            "no": 1,
            "name": "clinics",
            "digit_s": 30,
            "digits": [{"digit": "1", "queue": "children"}],
            "otherwise": {"queue": "desk"},
        }
    ],
    "lines": [
        {"number": "100", "otherwise": {"queue": "desk"}},
        {"number": "122", "otherwise": {"menu": "clinics"}},
    ],
    "agents": [
        {"name": "201", "serves": [{"queue": "desk"}, {"queue": "children"}]},
        {"name": "202", "serves": [{"queue": "desk"}, {"queue": "children"}]},
    ],
}
AGENTS = ("201", "202")
PHANTOM_MS = 5_000  # the node's default
_callers = iter(range(84951000000, 84951999999))


def callers(count: int, line: str = "100", **how) -> list[Caller]:
    return [Caller(line, str(next(_callers)), **how) for _ in range(count)]


def expected(did: Did) -> str:
    """How a report has it (T5b): nobody answers who is not served."""
    if did.what == "was_hung_up":
        return "accepted"
    return "phantom" if int(did.how) < PHANTOM_MS else "lost"


class SipCalls(PhoneDesk):
    SOON_S = 60.0

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.pbx = AriSim(harness.BUILD / "tests/support/opora-ari-sim")
        cls.addClassCleanup(cls.pbx.stop)
        cls.port = cls.pbx.sip_port()
        sounds = {"menus": [{"no": 1, "media": "sound:opora/clinics"}]}
        options = cls.pbx.options(cls.root / "calls", PLAN, sounds=sounds)
        cls.region.add_site(harness.spec(1), options=options)
        cls.apis: dict[str, Api] = {}
        for name in AGENTS:
            # He answers whatever rings.
            cls.pbx.has_somebody_at(f"PJSIP/{name}")

    def setUp(self) -> None:
        self.supervisor = Checked(self, self.user("supervisor", self.node))
        self.agents = [self.agent(name) for name in AGENTS]
        self.until("the telephone system is heard", lambda: self.queue()["connected"])

    def agent(self, name: str) -> Checked:
        """Signed in with an open screen, on a break."""
        if name not in self.apis:
            self.apis[name] = self.sign_in(name)
        self.listens(self.apis[name])
        return Checked(self, self.apis[name])

    def are(self, state: str) -> None:
        body = {"state": state} | ({"reason": "rest"} if state == "break" else {})
        for agent in self.agents:
            agent("PUT", "/api/v1/agents/me", body)

    def call(self, scenario: str, who: list[Caller], at_once: int = 64) -> Sipp:
        sipp = Sipp(self.root / "sipp", self.port, scenario, who, at_once)
        self.addCleanup(sipp.stop)
        return sipp

    def serve(self, sipp: Sipp) -> list[Did]:
        """Each talk is ended by its agent, for the callers wait for that."""
        while sipp.runs():
            for name, agent in zip(AGENTS, self.agents, strict=True):
                talking = self.line_of(name)["call"] is not None
                if talking:
                    agent._api.send("POST", f"{QUEUE}/asks", {"do": "hang_up"})
            time.sleep(0.2)
        return sipp.end()

    def numbers(self) -> set[str]:
        """Of all who are in the queue now, as the PBX told them."""
        calls = self.pages(self.supervisor._api, "/api/v1/calls")
        return {(c["phone"] or "")[-10:] for c in calls if c["ended_at"] is None}

    def nobody_is_left(self) -> None:
        self.until("nobody is in the queue", lambda: not self.queue()["calls"])
        self.until("the PBX has no channel", lambda: self.pbx.channels() == "0")
        self.until("SIP has no call", lambda: self.pbx.sip_calls() == "0")

    def told(self, did: list[Did]) -> Counter:
        """Those that are over, as the journal has them; more than one of a number are more."""
        ours = {each.number[-10:] for each in did}
        calls = self.pages(self.supervisor._api, "/api/v1/calls")
        found = [c for c in calls if c["ended_at"] and (c["phone"] or "")[-10:] in ours]
        return Counter((call["phone"][-10:], call["class"]) for call in found)

    def day(self) -> Counter:
        """T5's counts of today."""
        total = self.supervisor("GET", "/api/v1/reports/daily")["total"]
        return Counter({key: total[key] for key in ("received", "accepted", "lost", "phantom")})

    def check(self, did: list[Did], before: Counter) -> None:
        """The journal and the report say what SIPp says."""
        wanted = Counter((each.number[-10:], expected(each)) for each in did)
        self.until("each call is told", lambda: self.told(did).total() >= len(did))
        self.assertEqual(self.told(did), wanted)
        classes = Counter(expected(each) for each in did)
        classes["received"] = len(did)
        self.until("the report has them", lambda: self.day() - before == classes)

    # ---- what SIPp did is what the report says

    def test_1_thirty_calls_are_in_the_queue_and_in_the_report_as_they_went(self):
        before = self.day()
        self.are("break")
        short, long = callers(10, stays_ms=1_000), callers(6, stays_ms=9_000)
        hang_up = self.call("hangs_up", short + long)
        numbers = {each.number[-10:] for each in long}
        self.until("who waits is in the queue", lambda: self.numbers() == numbers)
        waiting = [call for call in self.queue()["calls"] if call["phase"] == "waiting"]
        self.assertEqual(sorted(c["position"] for c in waiting), [1, 2, 3, 4, 5, 6])
        did = hang_up.end()
        self.nobody_is_left()
        self.are("ready")
        did += self.serve(self.call("is_hung_up", callers(14)))
        self.nobody_is_left()
        kinds = Counter(each.what for each in did)
        self.assertEqual(kinds, {"hung_up": 16, "was_hung_up": 14})
        self.check(did, before)

    def test_2_a_digit_leads_through_the_menu(self):
        self.are("ready")
        sipp = self.call("presses", callers(1, "122", stays_ms=500, digit="1"))
        self.until("an agent has it", lambda: self.phases() == ["talking"])
        (call,) = self.queue()["calls"]
        self.assertEqual(call["queue"], 2)
        (did,) = self.serve(sipp)
        self.assertEqual((did.what, did.how), ("pressed", "1"))
        self.nobody_is_left()

    def phases(self) -> list[str]:
        return [call["phase"] for call in self.queue()["calls"]]

    def test_3_who_gives_up_before_an_answer_is_a_phantom_call(self):
        before = self.day()
        self.are("break")
        pid = self.node.daemon.process.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            did = self.call("cancels", callers(3, stays_ms=300)).end()
        finally:
            os.kill(pid, signal.SIGCONT)
        self.nobody_is_left()
        self.check(did, before)

    def test_4_what_is_lost_on_the_way_is_said_again_and_is_one_call(self):
        before = self.day()
        self.are("break")
        self.pbx.sip_loses("4")
        did = self.call("hangs_up", callers(3, stays_ms=1_000)).end()
        self.nobody_is_left()
        self.check(did, before)

    def test_5_calls_of_a_node_that_is_away_have_the_pbxs_own_queue(self):
        self.are("break")
        self.node.daemon.kill()
        self.until("the PBX has nobody to tell", lambda: self.pbx.heard() == "no")
        sipp = self.call("hangs_up", callers(2, stays_ms=1_000))
        did = sipp.end()  # they were answered
        self.node.daemon.start()
        self.node.daemon.wait_ready()
        self.assertEqual({each.what for each in did}, {"hung_up"})
        self.nobody_is_left()

    # ---- faults between the node and the PBX

    def test_8_failures_stalls_and_cuts_leave_one_end_a_call(self):
        before = self.day()
        self.are("break")
        sipp = self.call("hangs_up", callers(8, stays_ms=9_000))
        self.until("they wait", lambda: self.phases() == ["waiting"] * 8)
        self.pbx.fail_next("5")
        self.pbx.cut()
        self.pbx.fail_behind("3")
        self.until("it is heard again", lambda: self.pbx.heard() == "yes")
        self.pbx.stall()
        time.sleep(1)
        self.pbx.go_on()
        self.pbx.flood("ChannelVarset", "500")
        did = sipp.end()
        self.nobody_is_left()
        self.check(did, before)

    def test_9_events_twice_and_turned_round_leave_one_end_a_call(self):
        self.pbx.duplicate()
        self.pbx.reorder()
        before = self.day()
        self.are("break")
        did = self.call("hangs_up", callers(5, stays_ms=12_000)).end()
        self.nobody_is_left()
        self.are("ready")
        did += self.serve(self.call("is_hung_up", callers(6)))
        self.nobody_is_left()
        self.check(did, before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
