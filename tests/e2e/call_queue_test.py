"""The call queue of a real node with a simulated Asterisk (O3, O4, O6, N3, T13): a call from the line to the
report, what agents and supervisors may ask, calls back, recordings, cuts, a kill in the middle, a guard,
another plan; and an Asterisk that keeps its own queue and is only watched.
"""

from __future__ import annotations

import json
import subprocess
import unittest

import harness
from ari_sim import AriSim
from button_cases import ButtonCases
from demo_lib.http_client import Api
from greeting_cases import Greetings  # noqa: F401: run with the others
from guard_cases import SILENCE_S, GuardCases
from phone_desk import QUEUE, PhoneDesk
from recording_cases import RecordingCases
from schema_test import Checked
from watched_cases import TelephonyCheck, Watched  # noqa: F401: run with the others

PLAN = {
    "home": "desk",
    "queues": [
        {
            "no": 1,
            "name": "desk",
            "desk": 1,
            "line": "Регистратура",
            "wrap_up_s": 0,
            "record": "all",
        },
        {"no": 2, "name": "children", "desk": 1, "line": "Дети", "wrap_up_s": 0},
    ],
    "lines": [
        {"number": "100", "otherwise": {"queue": "desk"}},
        {"number": "200", "otherwise": {"closed": True, "calls_back": "desk"}},
    ],
    "call_backs": {"hours": "00:00-24:00", "attempts": 2, "retry_s": 3600},
    "agents": [
        {"name": "201", "serves": [{"queue": "desk"}]},
        {"name": "202", "serves": [{"queue": "children"}]},
    ],
    "reserves": [{"no": 1, "agents": ["202"], "queue": "desk"}],
}
CALL_BACKS = "/api/v1/call_backs"
_callers = iter(range(84951000000, 84951999999))


class CallQueueTest(ButtonCases, GuardCases, RecordingCases, PhoneDesk):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.pbx = AriSim(harness.BUILD / "tests/support/opora-ari-sim")
        cls.addClassCleanup(cls.pbx.stop)
        cls.folder = cls.root / "calls"
        cls.options = cls.pbx.options(cls.folder, PLAN)
        beat = {"--guard-beat": str(cls.folder / "beat"), "--guard-silence": SILENCE_S}
        cls.region.add_site(harness.spec(1), options=cls.options | beat)
        cls.pbx.registers("PJSIP/201")
        cls.pbx.registers("PJSIP/202")
        cls.agents: dict[str, tuple[Api, str]] = {}

    def setUp(self) -> None:
        self.supervisor = Checked(self, self.user("supervisor", self.node))
        self.first = self.agent("201")
        self.until("the telephone system is heard", lambda: self.queue()["connected"])

    def agent(self, name: str) -> Checked:
        """Signed in with an open screen, as long as the class lives."""
        if name not in self.agents:
            api = self.sign_in(name)
            self.agents[name] = (api, f"secret-of-{name}")
        api = self.agents[name][0]
        self.listens(api)
        self.until(f"{name} is here", lambda: self.line_of(name)["here"])
        return Checked(self, api)

    def ask(self, who: Checked, what: str, status: int = 204, **fields) -> dict:
        return who("POST", f"{QUEUE}/asks", {"do": what, **fields}, status)

    def ready(self, who: Checked) -> None:
        shown = who("PUT", "/api/v1/agents/me", {"state": "ready"})
        self.assertEqual(shown["state"], "ready")

    def away(self, who: Checked) -> None:
        who("PUT", "/api/v1/agents/me", {"state": "break", "reason": "rest"})

    def comes(self, number: str = "") -> tuple[str, str]:
        """A caller: the PBX's channel, and his number."""
        number = number or str(next(_callers))
        return self.pbx.comes("100", number), number

    def talks(self, number: str = "") -> tuple[str, str]:
        self.ready(self.first)
        channel, number = self.comes(number)
        self.until("the phone rings", lambda: self.pbx.rings("PJSIP/201") == "yes")
        self.pbx.answers("PJSIP/201")
        self.until("they talk", lambda: self.pbx.bridge_of(channel).startswith("opora-t-"))
        return channel, number

    def ends(self, channel: str) -> None:
        self.pbx.hangs_up(channel)
        self.until("nobody is left", lambda: not self.queue()["calls"])
        self.until("all channels are gone", lambda: self.pbx.channels() == "0")

    # ---- a call

    def test_1_a_call_goes_from_the_line_to_the_report(self):
        channel, number = self.talks()
        (call,) = self.queue()["calls"]
        self.assertEqual((call["phase"], call["legs"][0]["agent"]), ("talking", "201"))
        self.assertEqual(self.line_of("201")["call"], call["no"])
        told = self.told(call["call"])
        self.assertEqual((told["phone"][-10:], told["agent"]), (number[-10:], "201"))
        self.assertEqual(told["line"], "Регистратура")
        self.ends(channel)
        self.until("the journal has its end", lambda: self.told(call["call"])["ended_at"])

    def told(self, call: str) -> dict:
        """As any telephone system's calls are shown."""
        return next(c for c in self.pages(self.supervisor._api, "/api/v1/calls") if c["id"] == call)

    def test_2_who_waits_has_a_place_and_may_be_picked_up(self):
        self.away(self.first)
        channel, _ = self.comes()
        self.until("he waits", lambda: self.pbx.bridge_of(channel) == "opora-q-1")
        (call,) = self.queue()["calls"]
        self.assertEqual((call["phase"], call["position"]), ("waiting", 1))
        self.assertIsNone(call["expected_wait_ms"])  # nobody is there: never 0
        self.ask(self.first, "pick_up", call=call["no"])
        self.until("the phone rings", lambda: self.pbx.rings("PJSIP/201") == "yes")
        self.pbx.answers("PJSIP/201")
        self.until("they talk", lambda: self.queue()["calls"][0]["phase"] == "talking")
        self.ask(self.first, "hold")
        self.until("he is held", lambda: self.pbx.bridge_of(channel).startswith("opora-h-"))
        self.assertEqual(self.ask(self.first, "hold", 409)["path"], "do")
        self.ask(self.first, "resume")
        self.until("they talk", lambda: self.pbx.bridge_of(channel).startswith("opora-t-"))
        self.ask(self.first, "hang_up")
        self.until("he is gone", lambda: self.pbx.channels() == "0")

    def test_3_a_transfer_reaches_the_other_agent(self):
        channel, _ = self.talks()
        second = self.agent("202")
        self.ready(second)
        self.ask(self.first, "transfer", to={"agent": "202"})
        self.until("the other phone rings", lambda: self.pbx.rings("PJSIP/202") == "yes")
        rings = lambda: self.supervisor("GET", "/api/v1/calls/live")  # noqa: E731
        self.until(
            "who is rung is named", lambda: [c["agent"] for c in rings()["ringing"]] == ["202"]
        )
        self.assertEqual((rings()["talking"], self.talking()), ([], []))
        self.pbx.answers("PJSIP/202")
        self.until("he has it", lambda: self.line_of("202")["call"] is not None)
        self.assertIsNone(self.line_of("201")["call"])
        self.until("all screens say so", lambda: self.talking() == ["202"])
        (told,) = self.supervisor("GET", "/api/v1/calls/live")["talking"]
        self.assertEqual((told["agent"], told["class"]), ("202", "talking"))
        self.ends(channel)
        self.away(second)

    def talking(self) -> list[str]:
        """By the board of agents (T13)."""
        board = self.supervisor("GET", "/api/v1/agents")["items"]
        return [line["agent"] for line in board if line["state"] == "talking"]

    def test_4_a_supervisor_opens_the_reserve_and_closes_it(self):
        self.away(self.first)
        second = self.agent("202")
        self.ready(second)
        channel, _ = self.comes()
        self.until("he waits", lambda: self.pbx.bridge_of(channel) == "opora-q-1")
        self.assertEqual(self.ask(self.first, "open_reserve", 403, group=1)["path"], "do")
        self.ask(self.supervisor, "open_reserve", group=1)
        self.until("the reserve rings", lambda: self.pbx.rings("PJSIP/202") == "yes")
        self.ask(self.supervisor, "close_reserve", group=1)
        self.assertEqual(self.line_of("202")["lent"], [])
        self.ends(channel)
        self.ask(self.supervisor, "set_state_of", agent="202", state="offline")
        self.assertEqual(self.line_of("202")["state"], "offline")

    def test_5_a_dialled_call_rings_the_agent_and_then_the_person(self):
        self.ready(self.first)
        self.pbx.registers("PJSIP/+74951234567@trunk")
        self.ask(self.first, "dial", number="+7 (495) 123-45-67")
        self.until("his phone rings", lambda: self.pbx.rings("PJSIP/201") == "yes")
        self.pbx.answers("PJSIP/201")
        person = "PJSIP/+74951234567@trunk"
        self.until("the person is rung", lambda: self.pbx.rings(person) == "yes")
        self.pbx.answers(person)
        self.until("they talk", lambda: self.queue()["calls"][0]["phase"] == "talking")
        self.ask(self.first, "hang_up")
        self.until("all is over", lambda: self.pbx.channels() == "0")

    def test_6_what_cannot_be_done_is_refused_with_its_field(self):
        for path, fields in {
            "do": {"do": "sing"},
            "call": {"do": "pick_up", "call": "x"},
            "to": {"do": "transfer"},
            "to.agent": {"do": "transfer", "to": {"agent": "999"}},
            "to.queue": {"do": "consult", "to": {"queue": 1}},
            "number": {"do": "dial", "number": "call me"},
            "reason": {"do": "set_state", "state": "break"},
            "volume": {"do": "hold", "volume": 11},
        }.items():
            refused = self.first("POST", f"{QUEUE}/asks", fields, 422)
            self.assertEqual(refused["path"], path, fields)
        self.away(self.first)
        self.assertEqual(self.ask(self.first, "hang_up", 409)["path"], "call")
        outsider = Checked(self, self.user("operator", self.node))
        self.assertEqual(self.ask(outsider, "hang_up", 409)["path"], "me")

    # ---- calls back (O7)

    def call_backs(self, show: str = "open") -> list[dict]:
        return self.supervisor("GET", f"{CALL_BACKS}?show={show}")["items"]

    def task_of(self, number: str, show: str = "open") -> dict | None:
        found = [t for t in self.call_backs(show) if (t["phone"] or "")[-10:] == number[-10:]]
        self.assertLess(len(found), 2, "one a number")
        return found[0] if found else None

    def says(self, who: Checked, task: dict, what: str, status: int = 200, **fields) -> dict:
        return who("POST", f"{CALL_BACKS}/{task['id']}", {"do": what, **fields}, status)

    def is_lost(self, number: str) -> dict:
        harness.lose_call(self.admin(self.node), f"lost-{next(_callers)}", number)
        return self.task_of(number)

    def test_a1_lost_calls_of_a_number_are_one_call_back(self):
        number = "+7" + str(next(_callers))[1:]
        task = self.is_lost(number)
        self.assertEqual((task["state"], task["calls"], task["limit"]), ("due", 1, 2))
        self.assertEqual(self.is_lost(number)["calls"], 2)
        claimed = self.says(self.first, task, "claim")
        self.assertEqual((claimed["state"], claimed["claimed_by"]), ("claimed", "agent201"))
        self.assertEqual(self.says(self.supervisor, task, "claim", 409)["path"], "claim")
        self.assertEqual(self.says(self.supervisor, task, "reached", 409)["path"], "claim")
        tried = self.says(self.first, task, "no_answer")
        self.assertEqual((tried["state"], tried["tried"]), ("later", 1))
        self.assertEqual(self.says(self.first, task, "claim", 409)["path"], "again_at")
        # He calls again and gets through.
        channel, _ = self.talks(number)
        self.until("it is over", lambda: self.task_of(number) is None)
        over = self.task_of(number, "over")
        self.assertEqual((over["state"], over["end"]), ("over", "got_through"))
        self.ends(channel)
        self.assertEqual(self.says(self.first, task, "claim", 409)["path"], "state")

    def test_a2_who_asks_for_it_keeps_his_place_and_is_called_when_it_is_his_turn(self):
        self.away(self.first)
        number = str(next(_callers))
        channel = self.pbx.comes("200", number)
        self.until("he hears it", lambda: [c["phase"] for c in self.queue()["calls"]] == ["closed"])
        self.pbx.presses(channel, "1")
        self.until(
            "he stands in the queue", lambda: (self.task_of(number) or {}).get("state") == "queued"
        )
        task = self.task_of(number)
        self.assertTrue(task["keeps_place"])
        self.assertEqual(self.says(self.first, task, "claim", 409)["path"], "queue")
        person = f"PJSIP/{number}@trunk"
        self.pbx.registers(person)
        self.ready(self.first)
        self.until("the phone rings", lambda: self.pbx.rings("PJSIP/201") == "yes")
        self.pbx.answers("PJSIP/201")
        self.until("the person is rung", lambda: self.pbx.rings(person) == "yes")
        self.pbx.refuses(person, "17")
        self.until("it is tried", lambda: (self.task_of(number) or {}).get("last_result") == "busy")
        self.assertEqual(self.task_of(number)["state"], "later")
        self.until("all is over", lambda: not self.queue()["calls"])

    def test_a3_a_phone_that_nobody_takes_is_a_break_that_says_so(self):
        self.ready(self.first)
        channel, _ = self.comes()
        self.until("the phone rings", lambda: self.pbx.rings("PJSIP/201") == "yes")
        self.pbx.refuses("PJSIP/201", "19")
        self.until("he is on a break", lambda: self.line_of("201")["reason"] == "no_answer")

        def shown() -> tuple:
            agents = self.supervisor("GET", "/api/v1/agents")["items"]
            return next((a["state"], a["reason"]) for a in agents if a["agent"] == "201")

        self.until("the shift sees it", lambda: shown() == ("break", "no_answer"))
        self.assertEqual(self.queue()["calls"][0]["phase"], "waiting")
        self.ends(channel)
        refused = self.first(
            "PUT", "/api/v1/agents/me", {"state": "break", "reason": "no_answer"}, 422
        )
        self.assertEqual(refused["path"], "reason")

    def test_a4_what_cannot_be_done_with_one_is_refused(self):
        task = self.is_lost("+7" + str(next(_callers))[1:])
        self.assertEqual(self.says(self.first, task, "sing", 422)["path"], "do")
        self.assertEqual(self.says(self.first, task, "route", 422)["path"], "to")
        self.assertEqual(self.says(self.first, task, "route", 403, to=2, lease_s=600)["path"], "do")
        self.assertEqual(
            self.says(self.supervisor, task, "route", 422, to=1, lease_s=600)["path"], "to"
        )
        self.assertEqual(
            self.says(self.supervisor, task, "route", 422, to=2, lease_s=1)["path"], "lease_s"
        )
        self.says(self.supervisor, {"id": "0" * 31 + "7"}, "claim", 404)

    # ---- faults

    def test_6b_only_who_can_be_reached_is_offered(self):
        # Its settings have a trunk, and no region.
        self.assertEqual(self.queue()["reaches"], {"number": True, "region": False})
        for what in ("transfer", "consult"):
            refused = self.ask(self.first, what, 409, to={"region": True})
            self.assertEqual(refused["path"], "to.region")

    def test_7_a_browser_that_goes_is_no_break_of_its_agent(self):
        second = self.sign_in_again("202")
        reader = self.listens(second)
        self.until("he is here", lambda: self.line_of("202")["here"])
        Checked(self, second)("PUT", "/api/v1/agents/me", {"state": "ready"})
        reader.close()
        self.until("he is not", lambda: not self.line_of("202")["here"])
        self.assertEqual(self.line_of("202")["state"], "ready")

    def sign_in_again(self, name: str) -> Api:
        api = Api(self.node.url)
        api.sign_in(f"agent{name}", f"secret-of-{name}")
        self.addCleanup(api.close)
        return api

    def test_8_a_cut_and_a_kill_leave_nobody_alone(self):
        channel, _ = self.talks()
        self.pbx.cut()
        self.pbx.hangs_up(channel)
        self.until("what ended meanwhile is seen", lambda: not self.queue()["calls"])
        channel, _ = self.talks()
        self.node.daemon.kill()
        self.until("the PBX has nobody to tell", lambda: self.pbx.heard() == "no")
        self.pbx.hangs_up(channel)
        own, _ = self.comes()
        self.assertEqual(self.pbx.own_queue(own), "yes")
        self.node.daemon.start()
        self.node.daemon.wait_ready()
        self.until("the end is seen after the start", lambda: self.pbx.channels() == "1")
        self.pbx.hangs_up(own)
        self.until("nobody is left", lambda: not self.queue()["calls"])

    def metrics(self) -> dict[str, float]:
        text = self.first._api.send("GET", "/metrics").body.decode()
        lines = (line.split() for line in text.splitlines() if line.startswith("opora_"))
        return {line[0]: float(line[1]) for line in lines if len(line) == 2}

    def test_8b_the_metrics_say_who_waits_and_that_the_telephone_system_is_away(self):
        self.away(self.first)
        channel, _ = self.comes()
        self.until("he waits", lambda: self.metrics()["opora_calls_waiting"] == 1)
        self.until("he waits", lambda: self.metrics()["opora_calls_longest_wait_seconds"] > 0)
        self.ends(channel)
        self.assertEqual(self.metrics()["opora_calls_waiting"], 0)
        self.assertEqual(self.metrics()["opora_pbx_connected"], 1)
        self.pbx.freeze()
        try:
            away = lambda: self.metrics()["opora_pbx_connected"] == 0  # noqa: E731
            self.until("it is away", away)
        finally:
            self.pbx.thaw()
        self.until("it is back", lambda: self.metrics()["opora_pbx_connected"] == 1)

    def test_9_another_plan_is_read_and_a_wrong_one_is_not(self):
        plan = self.folder / "plan.json"
        plan.write_text(json.dumps(PLAN | {"home": "nowhere"}))
        changed = json.loads(json.dumps(PLAN))
        changed["queues"][1]["line"] = "Детская поликлиника"

        def lines() -> list[str]:
            return [queue["line"] for queue in self.queue()["queues"]]

        self.assertEqual(lines()[1], "Дети")
        plan.write_text(json.dumps(changed))
        self.until("the other plan is there", lambda: lines()[1] == "Детская поликлиника")


class WithoutPlan(harness.RegionTest):
    def test_a_node_that_drives_nothing_says_so(self):
        operator = Checked(self, self.user("operator", self.node))
        self.assertFalse(operator("GET", QUEUE)["driven"])
        operator("POST", f"{QUEUE}/asks", {"do": "hold"}, 409)

    def test_mistakes_end_the_start_with_the_option(self):
        folder = self.root / "wrong"
        pbx = AriSim(harness.BUILD / "tests/support/opora-ari-sim")
        self.addCleanup(pbx.stop)
        good = pbx.options(folder, PLAN)
        (folder / "open.password").write_text("secret\n")
        (folder / "open.password").chmod(0o644)
        bad = folder / "bad.json"
        bad.write_text("{}")
        for option, value in {
            "--call-plan": str(bad),
            "--ami": str(bad),
            "--ari": str(bad),
            "--ari-password-file": str(folder / "open.password"),
            "--guard-beat": str(folder),
        }.items():
            with self.subTest(option):
                self.assert_refused(option, good | {option: value})

    def assert_refused(self, option: str, options: dict[str, str]) -> None:
        node = self.node.daemon
        node.stop()
        given = [part for pair in options.items() for part in pair]
        ended = subprocess.run([*node.argv, *given], capture_output=True, text=True, timeout=60)
        node.start()
        node.wait_ready()
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn(option.removeprefix("--"), ended.stderr + ended.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
