"""Telephone systems that a node does not drive: an Asterisk that keeps its own queue and is only watched
over AMI (T13, T5), and one that is asked whether a node could drive it (A3, O4). Run by
call_queue_test.py.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
from ami_sim import AmiSim
from ari_sim import AriSim
from phone_desk import QUEUE, PhoneDesk
from schema_test import Checked

_callers = iter(range(84952000000, 84952999999))


class TelephonyCheck(unittest.TestCase):
    """opora-node --telephony-check, here against the simulator: its results are a simulator's."""

    def check(self, pbx: AriSim) -> subprocess.CompletedProcess:
        folder = Path(tempfile.mkdtemp(prefix="opora-e2e-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        options = pbx.options(folder, {})
        argv = [harness.BUILD / "node/opora-node", "--data", folder / "none", "--telephony-check"]
        for option in ("--ari", "--ari-password-file"):
            argv += [option, options[option]]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120)
        self.assertFalse((folder / "none").exists())
        return done

    def test_each_scenario_is_shown_and_the_status_says_whether_all_are_good(self):
        pbx = AriSim(harness.BUILD / "tests/support/opora-ari-sim")
        self.addCleanup(pbx.stop)
        without = self.check(pbx)
        self.assertEqual(without.returncode, 1)
        self.assertIn("FAIL  dial with an id of ours: ", without.stdout)
        pbx.has_somebody_at("Local/answers@opora-check")
        pbx.ends_at("Local/busy@opora-check", "17")
        pbx.ends_at("Local/silent@opora-check", "19")
        done = self.check(pbx)
        print(f"simulator:\n{done.stdout}")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 19)
        self.assertEqual(pbx.channels(), "0")


class Watched(PhoneDesk):
    """The site's Asterisk decides by itself: calls and states are heard, nothing is offered."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.pbx = AmiSim(harness.BUILD / "tests/support/opora-ami-sim")
        cls.addClassCleanup(cls.pbx.stop)
        cls.folder = cls.root / "calls"
        cls.pbx.adds("desk", "PJSIP/201")
        cls.region.add_site(harness.spec(1), options=cls.pbx.options(cls.folder))

    def setUp(self) -> None:
        self.supervisor = Checked(self, self.user("supervisor", self.node))
        self.until("it is watched", lambda: self.supervisor("GET", QUEUE)["connected"])

    def live(self, kind: str) -> list[str]:
        """Numbers of who waits, is rung for, talks, was missed."""
        return [call["phone"][-10:] for call in self.supervisor("GET", "/api/v1/calls/live")[kind]]

    def of(self, number: str) -> list[dict]:
        calls = self.pages(self.supervisor._api, "/api/v1/calls")
        return [call for call in calls if (call["phone"] or "").endswith(number[-10:])]

    def comes(self) -> tuple[str, str]:
        number = str(next(_callers))
        return self.pbx.comes("desk", number), number

    def state(self) -> tuple[str, str | None]:
        agents = self.supervisor("GET", "/api/v1/agents")["items"]
        (agent,) = [one for one in agents if one["agent"] == "201"]
        return agent["state"], agent["reason"]

    def test_1_a_call_of_the_pbxs_own_queue_is_in_the_journal(self):
        call, number = self.comes()
        self.until("he waits", lambda: self.live("waiting") == [number[-10:]])
        self.pbx.rings(call, "PJSIP/201")
        self.until("it rings", lambda: self.live("ringing") == [number[-10:]])
        self.pbx.answers(call, "PJSIP/201")
        self.until("they talk", lambda: self.live("talking") == [number[-10:]])
        self.pbx.hangs_up(call)
        self.until("nobody talks", lambda: not self.live("talking"))
        (told,) = self.of(number)
        self.assertEqual((told["class"], told["agent"]), ("accepted", "201"))
        self.assertEqual(told["line"], "Регистратура")
        self.assertIsNotNone(told["wait_ms"])

    def test_2_the_pbx_says_who_is_on_a_break_and_nobody_else(self):
        self.until("he is ready", lambda: self.state() == ("ready", None))
        self.pbx.pauses("PJSIP/201", "lunch")
        self.until("he is on a break", lambda: self.state() == ("break", "rest"))
        self.pbx.resumes("PJSIP/201")
        self.until("he is ready", lambda: self.state() == ("ready", None))
        agent = Checked(self, self.sign_in("201"))
        page = agent("GET", QUEUE)
        offered = [page[field] for field in ("driven", "controls", "keeps_my_state")]
        self.assertEqual(offered, [False, False, True])
        refused = agent("PUT", "/api/v1/agents/me", {"state": "break", "reason": "rest"}, 409)
        self.assertEqual(refused["path"], "state")
        agent("POST", f"{QUEUE}/asks", {"do": "hold"}, 409)

    def test_3_what_happens_in_a_cut_and_over_a_kill_is_told_once(self):
        gone, number_gone = self.comes()
        stays, number_stays = self.comes()
        self.until("both wait", lambda: len(self.live("waiting")) == 2)
        self.pbx.cut()
        self.pbx.hangs_up(gone)
        self.until("one is left", lambda: self.live("waiting") == [number_stays[-10:]])
        self.assertIn(self.of(number_gone)[0]["class"], ("phantom", "lost"))
        self.node.daemon.kill()
        self.pbx.answers(stays, "PJSIP/201")
        new, number_new = self.comes()
        self.node.daemon.start()
        self.node.daemon.wait_ready()
        self.until("they talk", lambda: self.live("talking") == [number_stays[-10:]])
        self.until("the new one waits", lambda: self.live("waiting") == [number_new[-10:]])
        self.pbx.hangs_up(stays)
        self.pbx.hangs_up(new)
        self.until("nobody is left", lambda: not self.live("talking") + self.live("waiting"))
        self.assertEqual(len(self.of(number_stays)), 1)
        self.assertEqual(self.of(number_stays)[0]["class"], "accepted")
