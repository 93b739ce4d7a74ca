"""What ties tickets together (A9): duplicates and parts, things to do, callers of a problem (T9); what
looks alike while a form is typed (T10). Cases for a region of two sites, whose class gives `here` (an
operator at site 1), `there` (at site 2), `number`, `path`, act(), done() and hand_over().
"""

from __future__ import annotations

from datetime import datetime, timezone
from urllib.parse import quote

import harness
from demo_lib.http_client import Api, until
from schema_test import Checked


class TiesCases:
    def _ties(self, api: Api, number: str) -> dict:
        return Checked(self, api)("GET", f"/api/v1/tickets/{number}/ties")

    def _another(self, **fields) -> tuple[str, str]:
        """Number and path of a ticket that was opened after the others."""
        made = self.here.post("/api/v1/contacts", harness.ticket_contact(**fields))
        number = made["ticket"]["number"]
        return number, f"/api/v1/tickets/{number}"

    def _on(self, path: str, action: str, status: int = 200, **fields) -> dict:
        body = {"action": action, **fields}
        return Checked(self, self.here)("POST", f"{path}/actions", body, status)

    def _numbers(self, api: Api, query: str) -> list[str]:
        return [one["number"] for one in api.get(f"/api/v1/tickets?limit=200&{query}")["items"]]

    def test_a_duplicate_is_merged_and_taken_apart_again(self):
        number, path = self._another()
        before = self.here.get(path)
        self.assertEqual(self._on(self.path, "merge", 409, into=number)["path"], "into_order")
        self.assertEqual(self._on(path, "merge", 422, into="17-999999-9")["path"], "into")
        self.assertEqual(self._on(path, "merge", 422, into=number)["path"], "into")
        self.assertEqual(self._on(path, "unmerge", 409)["path"], "action")
        merged = self._on(path, "merge", into=self.number, text="Тот же звонок")
        self.assertEqual(merged["status"], "merged")
        self.assertEqual(self._on(path, "complete", 409, text="Готово")["path"], "action")
        self.assertIn(number, self._numbers(self.here, "status=merged"))
        self.assertNotIn(number, self._numbers(self.here, "status=open"))
        self.wait_whole()
        for api in (self.here, self.admin(self.hub)):
            self.assertEqual(self._ties(api, number)["merged_into"]["number"], self.number)
            tied = [one["number"] for one in self._ties(api, self.number)["merged"]]
            self.assertEqual(tied, [number])
            figure = "/api/v1/reports/tickets/items?figure=merged&limit=200"
            counted = Checked(self, self.admin(self.hub))("GET", figure)["items"]
            self.assertIn(number, [one["ticket"]["number"] for one in counted])
        after = self._on(path, "unmerge")
        for name in ("status", "completion_due", "assignee", "line", "closed_at"):
            self.assertEqual(after[name], before[name], name)
        self.assertIsNone(self._ties(self.here, number)["merged_into"])
        self.assertEqual(self._ties(self.here, self.number)["merged"], [])
        self.wait_whole()
        self.assert_same_state(1)

    def test_a_ticket_is_not_merged_into_another_sites(self):
        number, path = self._another()
        self.hand_over()
        self.assertEqual(self._on(path, "merge", 409, into=self.number)["path"], "into_owner")
        refused = self.there.send("POST", f"{path}/actions", {"action": "merge", "into": number})
        self.assertEqual(refused.status, 404, "it does not know that one")

    def test_a_part_becomes_a_ticket_and_is_returned_and_forgotten_with_its_origin(self):
        self.done(self.here, "comment", text="И ещё не печатает принтер")
        said = next(e for e in self.here.get(self.path)["timeline"] if e["type"] == "commented")
        here = Checked(self, self.here)
        body = {"summary": "Не печатает принтер", "comment_at": said["at"], "urgency": "low"}
        part = here("POST", f"{self.path}/parts", body, 201)
        wrong = {"summary": "x", "comment_at": "2026-01-01T00:00:00.000Z"}
        self.assertEqual(here("POST", f"{self.path}/parts", wrong, 422)["path"], "comment_at")
        card = here("GET", f"/api/v1/tickets/{part['number']}")
        origin = here("GET", self.path)
        self.assertEqual((card["summary"], card["urgency"]), ("Не печатает принтер", "low"))
        for name in ("phone", "applicant", "facility", "owner", "contact_id"):
            self.assertEqual(card[name], origin[name], name)
        self.assertEqual(self._ties(self.here, part["number"])["part_of"]["number"], self.number)
        parts = [one["number"] for one in self._ties(self.here, self.number)["parts"]]
        self.assertEqual(parts, [part["number"]])
        back = self._on(f"/api/v1/tickets/{part['number']}", "merge", into=self.number)
        self.assertEqual(back["status"], "merged")
        basis = {"ticket_number": self.number, "basis": "Заявление пациента"}
        self.admin(self.node).post("/api/v1/erasures", basis)
        self.assertIsNone(here("GET", f"/api/v1/tickets/{part['number']}")["summary"])

    def test_things_to_do_are_added_ticked_and_removed(self):
        for text in ("Позвонить в аптеку", "Проверить сертификат"):
            self._on(self.path, "add_item", text=text)
        self._on(self.path, "tick_item", item=2)
        self.assertEqual(self._on(self.path, "tick_item", 409, item=2)["path"], "item")
        self.assertEqual(self._on(self.path, "tick_item", 422, item=9)["path"], "item")
        self.assertEqual(self._on(self.path, "add_item", 422, text="x" * 201)["path"], "text")
        self.wait_whole()
        for api in (self.here, self.admin(self.hub)):
            items = self._ties(api, self.number)["items"]
            self.assertEqual(
                [(one["item"], one["text"], one["done"]) for one in items],
                [(1, "Позвонить в аптеку", False), (2, "Проверить сертификат", True)],
            )
        self._on(self.path, "untick_item", item=2)
        self._on(self.path, "remove_item", item=1)
        self.assertEqual([one["item"] for one in self._ties(self.here, self.number)["items"]], [2])
        self.done(self.here, "complete", text="Готово")

    def test_what_looks_alike_is_found_while_somebody_types(self):
        phone = "+7 902 700-11-22"
        number, _ = self._another(phone=phone, summary="Пропал снегоуборщик во дворе")
        here = Checked(self, self.here)

        def why(query: str) -> list[str] | None:
            items = here("GET", f"/api/v1/tickets/similar?{query}")["items"]
            return next((one["why"] for one in items if one["ticket"]["number"] == number), None)

        self.assertEqual(why(f"phone={quote(phone)}"), ["phone"])
        until(lambda: why(f"q={quote('снегоуборщики')}") == ["words"], "the words are found")
        topic = harness.TOPICS[0].id
        self.assertIsNone(why(f"topic={topic}"), "a topic alone is no likeness")
        self.assertIsNone(why(""))
        for wrong in ("facility=0", "q=" + "x" * 201, "colour=red"):
            here("GET", f"/api/v1/tickets/similar?{wrong}", status=422)

    def test_callers_of_a_problem_are_called_back_when_it_is_over(self):
        boss = self.user("supervisor", self.node)
        here, at_hub = Checked(self, self.here), Checked(self, self.admin(self.hub))
        started = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        form = {"kind": "no_link", "name": "Нет связи", "started_at": started, "site": 1}
        problem = boss.post("/api/v1/problems", form)["id"]
        callers = f"/api/v1/problems/{problem}/callers"
        contact = self.here.post(
            "/api/v1/contacts", harness.contact(problem=problem, phone="+7 902 700-33-44")
        )["contact_id"]
        self._on(self.path, "link_problem", problem=problem)
        self.assertEqual(
            self._on(self.path, "link_problem", 409, problem=problem)["path"], "problem"
        )
        self.assertEqual(self._ties(self.here, self.number)["problem"]["id"], problem)
        early = here("POST", f"{callers}/{contact}", {"outcome": "reached"}, 409)
        self.assertEqual(early["path"], "id")
        boss.post(f"/api/v1/problems/{problem}/close", {})
        listed = here("GET", callers)
        self.assertEqual((listed["total"], listed["left"]), (2, 2))
        self.assertEqual({one["ticket_number"] for one in listed["items"]}, {None, self.number})
        here("POST", f"{callers}/{'7' * 32}", {"outcome": "reached"}, 404)
        self.assertEqual(here("POST", f"{callers}/{contact}", {}, 422)["path"], "outcome")
        called = here("POST", f"{callers}/{contact}", {"outcome": "no_answer"})
        self.assertEqual((called["outcome"], called["calls"]), ("no_answer", 1))
        self.assertEqual(here("GET", callers)["left"], 2, "he is still to be called")
        # The region calls as well, and both see it.
        until(lambda: at_hub("GET", callers)["total"] == 2, "the region has the callers")
        at_hub("POST", f"{callers}/{contact}", {"outcome": "reached"})
        until(lambda: here("GET", callers)["left"] == 1, "the site sees that he was reached")
        told = next(
            c for c in here("GET", f"{callers}?which=all")["items"] if c["caller"] == contact
        )
        self.assertEqual((told["outcome"], told["calls"]), ("reached", 2))
        self.wait_whole()
        self.assert_same_state(1)
