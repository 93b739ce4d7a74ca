"""A ticket changes hands: offered, accepted, worked on elsewhere; what the first site did meanwhile is
late; a person at the region takes it over (design: ownership). What ties tickets together is
ties_cases.py's.
"""

from __future__ import annotations

import subprocess

import harness
from demo_lib.http_client import until
from demo_lib.processes import Binaries
from schema_test import hold_to_contract
from ties_cases import TiesCases

SOON_S = 20.0


def types_of(card: dict) -> list[str]:
    return [entry["type"] for entry in card["timeline"]]


class Owner(TiesCases, harness.RegionTest):
    SITES = 2
    PROXIED = True

    def setUp(self):
        self.other = self.region.sites[2]
        self.here = self.user("operator", self.node)
        self.there = self.user("operator", self.other)
        made = self.here.post("/api/v1/contacts", harness.ticket_contact())
        self.number = made["ticket"]["number"]
        self.path = f"/api/v1/tickets/{self.number}"

    def act(self, api, action: str, **fields):
        """The ticket after it, held against the contract."""
        target = f"{self.path}/actions"
        answer = api.send("POST", target, {"action": action, **fields})
        hold_to_contract(self, "POST", target, answer)
        return answer

    def done(self, api, action: str, **fields) -> dict:
        answer = self.act(api, action, **fields)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def seen(self, api, what: str, holds) -> dict:
        def look():
            answer = api.send("GET", self.path)
            return answer.status == 200 and holds(answer.json()) and answer.json()

        return until(look, what, SOON_S)

    def offered_to(self, api, site: int) -> list[str]:
        listed = api.get(f"/api/v1/tickets?offered_to={site}&limit=200")["items"]
        return [ticket["number"] for ticket in listed]

    def hand_over(self) -> None:
        self.done(self.here, "offer", to=2, text="Ваш пациент")
        self.seen(self.there, "the offer arrives", lambda t: t["offer"] and t["offer"]["to"] == 2)
        self.done(self.there, "accept")
        for api in (self.here, self.there):
            self.seen(api, "the ticket has changed hands", lambda t: t["owner"] == 2)
            # The new owner's deadlines are its first word.
            self.seen(api, "they are counted anew", lambda t: "retimed" in types_of(t))

    def assert_everywhere_alike(self) -> None:
        self.wait_whole()
        cards = [
            {name: value for name, value in api.get(self.path).items() if name in _ALIKE}
            for api in (self.here, self.there, self.admin(self.hub))
        ]
        self.assertEqual(cards[0], cards[1])
        self.assertEqual(cards[0], cards[2])
        self.assert_same_state(1)
        self.assert_same_state(2)

    def test_it_is_offered_accepted_and_worked_on_by_the_other_site(self):
        self.hand_over()
        refused = self.act(self.here, "complete", text="Готово")
        self.assertEqual((refused.status, refused.json()["path"]), (409, "owner"))
        self.done(self.here, "comment", text="Перезвонил")
        card = self.seen(self.there, "a comment", lambda t: "commented" in types_of(t))
        opened = self.here.get(self.path)
        self.assertEqual(card["summary"], opened["summary"])
        # The contact stayed where it was registered.
        self.assertEqual((opened["channel"], opened["direction"]), ("phone", "in"))
        self.assertIsNotNone(opened["occurred_at"])
        for name in ("occurred_at", "channel", "direction", "refusal_reason"):
            self.assertIsNone(card[name], name)
        self.done(self.there, "complete", text="Записан")
        self.seen(self.here, "it is done", lambda t: t["resolution"] == "Записан")
        listed = self.there.get("/api/v1/tickets?status=done&owner=2&site=1")["items"]
        self.assertIn(self.number, [one["number"] for one in listed])
        self.assert_everywhere_alike()

    def test_what_was_started_is_nobodys_at_the_next_site(self):
        started = self.done(self.here, "start")
        self.hand_over()
        card = self.there.get(self.path)
        self.assertEqual((card["status"], card["assignee"]), ("assigned", None))
        listed = self.there.get("/api/v1/tickets?assignee=none&limit=200")["items"]
        self.assertIn(self.number, [one["number"] for one in listed])
        had = [e["assignee"] for e in card["timeline"] if e["type"] == "started"]
        self.assertEqual(had, [started["assignee"]], "the story tells who had it")
        self.assertEqual(self.done(self.there, "start")["status"], "in_work")
        went = self.here.get("/api/v1/tickets?was=me&limit=200")["items"]
        self.assertIn(self.number, [one["number"] for one in went])
        self.assert_everywhere_alike()

    def test_what_is_declined_or_taken_back_stays(self):
        self.done(self.here, "offer", to=2)
        self.seen(self.there, "the offer arrives", lambda t: t["offer"])
        self.done(self.there, "decline", text="Не наш")
        self.seen(self.here, "the answer", lambda t: t["offer"] is None)
        self.done(self.here, "offer", to=2)
        self.done(self.here, "cancel_offer")
        self.assertEqual(self.act(self.here, "cancel_offer").json()["path"], "offer")
        self.assertEqual(self.act(self.here, "accept").json()["path"], "offer")
        # What becomes of it now is not the other site's to know.
        self.done(self.here, "comment", text="Решили сами")
        self.wait_whole()
        self.assertEqual(self.here.get(self.path)["owner"], 1)
        self.assert_same_state(1)
        self.seen(self.there, "the offer is over", lambda t: t["offer"] is None)
        told = [one["text"] for one in self.there.get(self.path)["timeline"]]
        self.assertNotIn("Решили сами", told)

    def queue(self) -> dict:
        """What waits at the hub for the other site alone."""
        return self.region.hub_sites(self.admin(self.hub))[2]["queue"]

    def on_disk(self, member: harness.Member, text: str) -> bool:
        files = [one for one in member.daemon.data.rglob("*") if one.is_file()]
        return any(text.encode() in one.read_bytes() for one in files)

    def test_what_waits_for_a_site_is_withdrawn_when_its_right_ends(self):
        self.wait_whole()
        until(lambda: self.queue() == {"records": 0, "withdrawn": 0}, "nothing waits", SOON_S)
        self.region.cut(self.other, "closed")
        self.addCleanup(self.region.restore, self.other)
        boss = self.admin(self.hub)
        login, phone = f"moved{self._next()}", "tel-4711-hidden"
        form = {"login": login, "name": "Сменщик", "password": "secret-of-a-mover"}
        form |= {"roles": ["operator"], "sites": [1, 2], "agent": phone}
        user = boss.post("/api/v1/users", form)["id"]
        self.done(self.here, "offer", to=2)
        self.seen(boss, "the offer comes", lambda t: t["offer"])
        until(lambda: self.queue()["records"] >= 3, "the queue fills", SOON_S)

        # The farewells are what is left of it.
        moved = {"sites": [1], "agent": "tel-12"}
        self.assertEqual(boss.send("PUT", f"/api/v1/users/{user}", moved).status, 200)
        self.done(self.here, "cancel_offer", text="Справимся сами")
        self.seen(boss, "it is taken back", lambda t: t["offer"] is None)
        until(lambda: self.queue()["withdrawn"] >= 3, "the queue is emptied", SOON_S)
        self.assertEqual(self.queue()["records"], 2)
        said = self.status_of_region()
        self.assertRegex(
            said, r"Больница 2: NOT connected.*; 2 wait for it; \d withdrawn, its right"
        )

        # So it is after a restart of the hub, which has not heard of the site since.
        left = self.queue()
        self.hub.daemon.stop()
        self.hub.restart()
        self.assertEqual(self.queue(), left)

        self.region.restore(self.other)
        self.wait_whole()
        until(lambda: self.queue() == {"records": 0, "withdrawn": 0}, "nothing waits", SOON_S)
        self.assertEqual(self.there.send("GET", self.path).status, 404)
        until(lambda: self.on_disk(self.node, phone), "the site where he works has it", SOON_S)
        self.assertFalse(self.on_disk(self.other, phone))
        # The stream went on behind it.
        self.done(self.here, "offer", to=2)
        card = self.seen(self.there, "another right", lambda t: t["offer"])
        self.assertEqual(card["summary"], self.here.get(self.path)["summary"])
        self.assertFalse(self.on_disk(self.other, phone))

    def status_of_region(self) -> str:
        token = self.root / f"status{self._next()}.token"
        token.write_text(self.hub.token + "\n")
        tool = Binaries.of_build(harness.BUILD).tool
        argv = [tool, "status", "--url", self.hub.url, "--token-file", token]
        return subprocess.run(argv, capture_output=True, text=True, timeout=60).stdout

    def test_what_a_cut_off_owner_does_after_a_takeover_is_late_and_shown(self):
        self.wait_whole()
        self.region.cut(self.node, "closed")
        self.addCleanup(self.region.restore, self.node)
        boss = self.admin(self.hub)
        without_reason = self.act(boss, "take_over", to=2, reason=" ")
        self.assertEqual((without_reason.status, without_reason.json()["path"]), (422, "reason"))
        self.done(boss, "take_over", to=2, reason="Связи с больницей нет")
        self.seen(self.there, "the ticket comes", lambda t: t["owner"] == 2)
        self.done(self.there, "assign", line=2, reason="Наш специалист")
        self.assertEqual(self.done(self.here, "complete", text="Сделали")["status"], "done")
        self.region.restore(self.node)
        card = self.seen(self.here, "the takeover is known", lambda t: t["owner"] == 2)
        self.assertEqual((card["status"], card["late_actions"]), ("assigned", 1))
        late = [one for one in card["timeline"] if not one["effective"]]
        self.assertEqual([(one["type"], one["text"]) for one in late], [("completed", "Сделали")])
        self.assertIsNone(card["resolution"])
        self.assert_everywhere_alike()

    def test_the_region_routes_what_is_offered_to_it_under_a_lease(self):
        self.done(self.here, "offer", to=0)
        boss = self.admin(self.hub)
        self.seen(boss, "the offer comes", lambda t: t["offer"] and t["offer"]["to"] == 0)
        self.assertIn(self.number, self.offered_to(boss, 0))
        self.assertNotIn(self.number, self.offered_to(boss, 2))
        self.done(boss, "route", to=2, lease_minutes=5)
        card = self.seen(self.there, "the ticket comes", lambda t: t["owner"] == 2)
        self.assertNotIn(self.number, self.offered_to(boss, 0))
        self.assertIsNotNone(card["lease_until"])
        self.done(self.there, "complete", text="Записан")
        self.assert_everywhere_alike()

    def test_an_erasure_reaches_whoever_holds_the_ticket_and_whoever_gets_it_later(self):
        self.hand_over()
        basis = {"ticket_number": self.number, "basis": "Заявление пациента"}
        self.admin(self.hub).post("/api/v1/erasures", basis)
        for api in (self.here, self.there):
            card = self.seen(api, "it is erased", lambda t: t["erased"])
            self.assertIsNone(card["summary"])
        self.assert_everywhere_alike()
        made = self.here.post("/api/v1/contacts", harness.ticket_contact())
        self.number = made["ticket"]["number"]
        self.path = f"/api/v1/tickets/{self.number}"
        self.admin(self.node).post("/api/v1/erasures", {**basis, "ticket_number": self.number})
        self.hand_over()
        self.assertTrue(self.seen(self.there, "it comes erased", lambda t: t["erased"]))
        self.done(self.there, "complete", text="Закрыто")
        self.assert_everywhere_alike()


# What does not depend on who reads it.
_ALIKE = {"status", "line", "assignee", "owner", "term", "offer", "late_actions", "summary"}

if __name__ == "__main__":
    harness.main()
