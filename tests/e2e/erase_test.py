"""Forgetting a person (design: Erased): gone at site and hub, figures and chain as before, replicas
equal.
"""

from __future__ import annotations

import subprocess
import time
import unittest
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import harness
from demo_lib.http_client import until
from demo_lib.processes import Binaries

WORD = "Неповторимова"
BASIS = "Заявление пациента от 01.03.2026"


class Erase(harness.RegionTest):
    PROXIED = True

    def setUp(self):
        self.addCleanup(self.region.restore, self.node)
        self.at_node, self.at_hub = self.admin(self.node), self.admin(self.hub)
        today = datetime.now(ZoneInfo(harness.ZONE)).date()
        self.report = f"/api/v1/reports/daily?date={today}"

    def _figures(self, api) -> list[dict]:
        ages = ("data_through", "behind")
        return [
            {k: v for k, v in row.items() if k not in ages} for row in api.get(self.report)["rows"]
        ]

    def _registered(self, phone: str) -> dict:
        made = self.program(self.node).post(
            "/api/v1/contacts",
            harness.ticket_contact(
                phone=phone,
                applicant=f"{WORD} Анна Сергеевна",
                summary=f"Просит {WORD} перезвонить",
                details=WORD,
            ),
        )
        self.wait_whole()
        return made

    def _erase(self, member, *what: str) -> subprocess.CompletedProcess:
        """The administrator's command, as a program would run it."""
        token = self.root / f"{member.daemon.name}.erase-token"
        token.write_text(self._admin_token(member))
        tool = Binaries.of_build(harness.BUILD).tool
        return subprocess.run(
            [tool, "erase", "--url", member.url, "--token-file", token, *what, "--basis", BASIS],
            capture_output=True,
            text=True,
        )

    def _admin_token(self, member) -> str:
        """A program that may erase has both roles; no other does."""
        place = member.spec.no if member.spec else 0
        made = self.admin(member).post(
            "/api/v1/users",
            {
                "login": f"eraser{self._next()}",
                "name": "Стирание",
                "roles": ["program", "administrator"],
                "sites": [place],
            },
        )
        return self.admin(member).post(f"/api/v1/users/{made['id']}/token", {})["token"]

    def assert_gone(self, api, made: dict) -> None:
        contact = api.get(f"/api/v1/contacts/{made['contact_id']}")
        self.assertEqual(
            (contact["erased"], contact["phone"], contact["applicant"], contact["summary"]),
            (True, None, None, None),
        )
        card = api.send("GET", f"/api/v1/tickets/{made['ticket']['number']}")
        self.assertEqual(card.status, 200)
        self.assertNotIn(WORD, card.body.decode())
        self.assertTrue(card.json()["erased"])
        self.assertIn("erased", [entry["type"] for entry in card.json()["timeline"]])
        number = made["ticket"]["number"]
        search = f"/api/v1/tickets?status=all&q={quote(WORD)}"
        # The search index follows the store a moment later.
        until(
            lambda: number not in [t["number"] for t in api.get(search)["items"]],
            "the search has forgotten",
        )

    def test_a_person_erased_at_the_site_is_gone_at_site_and_hub_and_figures_stay(self):
        made = self._registered("+7 900 000-31-31")
        figures = self._figures(self.at_node), self._figures(self.at_hub)
        done = self._erase(self.node, "--ticket", made["ticket"]["number"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.wait_whole()
        self.assert_gone(self.at_node, made)
        until(
            lambda: self.at_hub.get(f"/api/v1/contacts/{made['contact_id']}")["erased"],
            "the hub has forgotten",
        )
        self.assert_gone(self.at_hub, made)
        self.assertEqual((self._figures(self.at_node), self._figures(self.at_hub)), figures)
        self.assertEqual(self.at_node.get("/api/v1/callers?phone=%2B79000003131")["known"], [])
        self.assert_same_state()
        self._assert_verifies_and_text_is_gone()

    def test_a_person_erased_at_the_hub_is_gone_at_a_site_that_was_cut_off_once_it_is_back(self):
        made = self._registered("+7 900 000-32-32")
        self.region.cut(self.node)
        until(
            lambda: not self.region.hub_sites(self.at_hub)[1]["connected"],
            "the hub notices the cut",
        )
        erasure = self.at_hub.post(
            "/api/v1/erasures", {"contact_id": made["contact_id"], "basis": BASIS}
        )
        self.assertIn(1, erasure["pending_sites"], "a site not yet reached is shown as pending")
        self.assert_gone(self.at_hub, made)
        self.assertFalse(self.at_node.get(f"/api/v1/contacts/{made['contact_id']}")["erased"])
        self.region.restore(self.node)
        until(
            lambda: self.at_node.get(f"/api/v1/contacts/{made['contact_id']}")["erased"],
            "the site has forgotten",
        )
        self.assert_gone(self.at_node, made)
        mine = next(
            e
            for e in self.pages(self.at_hub, "/api/v1/erasures")
            if e["aggregates"] == erasure["aggregates"]
        )
        self.assertEqual(mine["basis"], BASIS)
        until(
            lambda: 1
            not in next(
                e
                for e in self.pages(self.at_hub, "/api/v1/erasures")
                if e["aggregates"] == erasure["aggregates"]
            )["pending_sites"],
            "the hub knows that the site has forgotten",
        )
        self.wait_whole()
        self.assert_same_state()

    def test_erasing_needs_a_basis_and_something_that_exists(self):
        made = self._registered("+7 900 000-33-33")
        for basis in ("", "да", "д" * 501):
            answer = self.at_node.send(
                "POST", "/api/v1/erasures", {"contact_id": made["contact_id"], "basis": basis}
            )
            self.assertEqual((answer.status, answer.json()["path"]), (422, "basis"))
        answer = self.at_node.send(
            "POST", "/api/v1/erasures", {"contact_id": "0" * 31 + "1", "basis": BASIS}
        )
        self.assertEqual(answer.status, 404)
        self.assertNotEqual(self._erase(self.node, "--ticket", "1-999999-9").returncode, 0)
        self.assertFalse(self.at_node.get(f"/api/v1/contacts/{made['contact_id']}")["erased"])

    def test_erasing_twice_changes_nothing_more(self):
        made = self._registered("+7 900 000-34-34")
        for _ in range(2):
            answer = self.at_node.send(
                "POST", "/api/v1/erasures", {"contact_id": made["contact_id"], "basis": BASIS}
            )
            self.assertIn(answer.status, (201, 409))
        self.wait_whole()
        self.assert_gone(self.at_node, made)
        self.assert_same_state()

    def _owed(self, phone: str) -> list[str]:
        """The calls back to this number (O7)."""
        tasks = self.at_node.get("/api/v1/call_backs?show=open")["items"]
        return [task["id"] for task in tasks if (task["phone"] or "")[-10:] == phone[-10:]]

    def test_the_call_back_that_a_number_is_owed_goes_with_the_last_who_is_known_by_it(self):
        phone = "+79000003535"
        harness.lose_call(self.at_node, f"lost-{self._next()}", phone)
        (task,) = self._owed(phone)
        first, second = self._registered(phone), self._registered(phone)
        for made, left in ((first, [task]), (second, [])):
            erasure = self.at_node.post(
                "/api/v1/erasures", {"contact_id": made["contact_id"], "basis": BASIS}
            )
            self.assertEqual(task in erasure["aggregates"], not left)
            self.assertEqual(self._owed(phone), left)
        self.wait_whole()
        self.assert_same_state()

    def _assert_verifies_and_text_is_gone(self) -> None:
        for member in (self.node, self.hub):
            # The search index follows the store a moment later; a stop in between leaves an erasure
            # to the next start, which carries it out.
            for _ in range(5):
                member.daemon.stop()
                done = self.verify(member)
                self.assertEqual(
                    done.returncode, 0, f"{member.daemon.name}: {done.stdout}{done.stderr}"
                )
                held = [
                    p
                    for p in member.daemon.data.rglob("*")
                    if p.is_file() and WORD.encode() in p.read_bytes()
                ]
                if not held:
                    break
                member.restart()
                time.sleep(1)
            self.assertEqual(held, [], f"{member.daemon.name} still has the text in its files")
            member.restart()
        self.wait_whole()


if __name__ == "__main__":
    harness.main()
