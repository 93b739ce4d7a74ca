"""Queues by topic and facility, who is given what, what another has in work, and the next ticket."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import harness
import ticket_life_test
from demo_lib.http_client import Api, until
from schema_test import Checked

QUEUES = "/api/v1/catalogues/queues"
TAKE = "/api/v1/tickets/take_next"
BOOKING, INFO = harness.TOPICS[0], next(t for t in harness.TOPICS if t.id == "info-address")


class Queues(ticket_life_test.TimedRegion):
    def setUp(self):
        self.operator_api = self.user("operator", self.node)
        self.operator = Checked(self, self.operator_api)
        self.supervisor_api = self.user("supervisor", self.node)
        self.supervisor = Checked(self, self.supervisor_api)
        self.today = datetime.now(ZoneInfo(harness.ZONE)).date()

    def login(self, api: Api) -> str:
        return api.get("/api/v1/session")["user"]["login"]

    def open(self, urgency: str = "high", topic: str = BOOKING.id) -> str:
        body = harness.contact(outcome="ticket", urgency=urgency, topic=topic)
        return self.operator("POST", "/api/v1/contacts", body, 201)["ticket"]["number"]

    def act(self, who: Checked, number: str, action: str, status: int = 200, **fields) -> dict:
        path = f"/api/v1/tickets/{number}/actions"
        return who("POST", path, {"action": action, **fields}, status)

    def user_id(self, login: str) -> str:
        items = self.admin(self.node).get("/api/v1/users?limit=200")["items"]
        return next(item["id"] for item in items if item["login"] == login)

    def absent(self, login: str, days: int = 3, status: int = 200, **fields) -> dict:
        body = {"from": str(self.today), "to": str(self.today + timedelta(days)), **fields}
        path = f"/api/v1/users/{self.user_id(login)}/absence"
        return self.supervisor("PUT", path, body, status)

    def take(self, api: Api, key: str = "") -> str | None:
        answer = api.send("POST", TAKE, {}, key)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()["ticket"]

    def take_all(self, api: Api) -> list[str]:
        """Whatever earlier tests have left as well."""
        out = []
        while (number := self.take(api)) is not None:
            out.append(number)
        return out

    def test_1_a_second_queue_takes_what_it_is_meant_for(self):
        hub = Checked(self, self.admin(self.hub))
        narrow = ticket_life_test.queue(1) | {"topics": [INFO.group], "sites": [1]}
        made = hub("PUT", f"{QUEUES}/desk-info", narrow)
        self.assertEqual((made["topics"], made["sites"]), ([INFO.group], [1]))
        refused = hub("PUT", f"{QUEUES}/other", narrow | {"topics": ["a", "a"]}, 422)
        self.assertEqual(refused["path"], "topics[1]")
        until(lambda: len(self.operator("GET", QUEUES)["items"]) == 3, "it is at the site", 20)
        number, other = self.open(topic=INFO.id), self.open()
        card = self.operator("GET", f"/api/v1/tickets/{number}")
        self.assertEqual(card["queue"], "desk-info")
        self.assertEqual(self.operator("GET", f"/api/v1/tickets/{other}")["queue"], "line-1")
        listed = self.operator("GET", "/api/v1/tickets?queue=desk-info")["items"]
        self.assertIn(number, [item["number"] for item in listed])
        self.assertNotIn(other, [item["number"] for item in listed])
        moved = self.act(self.operator, other, "assign", line=1, queue="desk-info")
        self.assertEqual(moved["queue"], "desk-info")
        again = self.act(self.operator, other, "reclassify", urgency="low", text="Подождёт")
        self.assertEqual(again["queue"], "desk-info", "where somebody has put it")

    def test_2_a_ticket_is_given_to_somebody_who_is_there(self):
        number = self.open()
        colleague = self.login(self.user("operator", self.node))
        gone = self.login(self.user("operator", self.node))
        auditor = self.login(self.user("auditor", self.node))
        self.user("specialist", self.node)

        def refused(status: int, to: str, who: Checked = self.operator, line: int = 1, **more):
            fields = {"line": line, "assignee": to, "reason": "Передаю", **more}
            return self.act(who, number, "assign", status, **fields)["path"]

        self.admin(self.node).send("PUT", f"/api/v1/users/{self.user_id(gone)}", {"disabled": True})
        self.assertEqual(refused(422, "nobody"), "assignee")
        self.assertEqual(refused(422, gone), "assignee")
        self.assertEqual(refused(422, auditor), "assignee")
        self.assertEqual(refused(422, colleague, line=2), "assignee_line")
        self.assertEqual(
            self.absent(colleague, substitute="nobody", status=422)["path"], "substitute"
        )
        self.assertEqual(self.absent(colleague, days=-1, status=422)["path"], "to")
        self.assertEqual(self.absent(colleague)["absence"]["from"], str(self.today))
        self.assertEqual(refused(409, colleague), "assignee_absent")
        self.assertEqual(refused(403, colleague, even_absent=True), "even_absent")
        fields = {"line": 1, "assignee": colleague, "even_absent": True}
        given = self.act(self.supervisor, number, "assign", **fields)
        self.assertEqual(given["assignee"], colleague)
        agents = {a["user"]: a for a in self.operator("GET", "/api/v1/agents")["items"]}
        there = agents[colleague]
        self.assertEqual((there["open_tickets"], there["lines"]), (1, [1]))
        self.assertEqual(there["own_lines"], [1])
        boss = agents[self.login(self.supervisor_api)]
        self.assertEqual((boss["lines"], boss["own_lines"]), ([1, 2, 3], []))
        self.assertEqual(there["away_until"], str(self.today + timedelta(3)))
        path = f"/api/v1/users/{self.user_id(colleague)}/absence"
        self.operator("PUT", path, {}, 403)
        self.assertIsNone(self.supervisor("PUT", path, {})["absence"])

    def test_3_what_another_has_in_work_is_taken_over_first(self):
        number = self.open()
        other_api = self.user("operator", self.node)
        other, login = Checked(self, other_api), self.login(other_api)
        self.act(self.operator, number, "start")
        text = {"text": "Готово"}
        self.assertEqual(self.act(other, number, "complete", 409, **text)["path"], "assignee")
        self.assertEqual(self.act(other, number, "offer", 409, to=0)["path"], "assignee")
        self.act(other, number, "comment", **text)
        self.absent(self.login(self.operator_api), substitute=login)
        self.assertEqual(
            self.act(other, number, "reclassify", urgency="low", **text)["urgency"], "low"
        )
        self.supervisor(
            "PUT", f"/api/v1/users/{self.user_id(self.login(self.operator_api))}/absence", {}
        )
        self.assertEqual(self.act(other, number, "complete", 409, **text)["path"], "assignee")
        self.act(other, number, "assign", line=1, assignee=login)
        self.assertEqual(self.act(other, number, "complete", **text)["status"], "done")
        second = self.open()
        self.act(self.operator, second, "start")
        self.assertEqual(self.act(self.supervisor, second, "complete", **text)["status"], "done")

    def test_4_the_next_ticket_is_the_most_urgent_that_nobody_has(self):
        self.take_all(self.operator_api)
        late, soon = self.open("low"), self.open("critical")
        key = str(uuid.uuid4())
        self.assertEqual(self.take(self.operator_api, key), soon)
        self.assertEqual(self.take(self.operator_api, key), soon, "asked again after a lost answer")
        card = self.operator("GET", f"/api/v1/tickets/{soon}")
        self.assertEqual(
            (card["status"], card["assignee"]), ("in_work", self.login(self.operator_api))
        )
        self.assertEqual(self.take(self.operator_api), late)
        self.assertEqual(self.operator("POST", TAKE, {}), {"ticket": None})
        self.assertEqual(self.operator("POST", TAKE, {"queue": 7}, 422)["path"], "queue")
        auditor = Checked(self, self.user("auditor", self.node))
        auditor("POST", TAKE, {}, 403)

    def test_5_nobody_is_given_what_he_has_no_skill_for(self):
        self.take_all(self.operator_api)
        booking, info = self.open(), self.open(topic=INFO.id)
        skilled = self.user("operator", self.node)
        path = f"/api/v1/users/{self.user_id(self.login(skilled))}"
        changed = Checked(self, self.admin(self.node))("PUT", path, {"skills": [INFO.group]})
        self.assertEqual(changed["skills"], [INFO.group])
        self.assertEqual(self.take_all(skilled), [info])
        self.assertEqual(self.take_all(self.operator_api), [booking])

    def test_6_two_desks_that_ask_at_once_get_two_tickets(self):
        self.take_all(self.operator_api)
        numbers = {self.open() for _ in range(6)}
        desks = [self.user("operator", self.node) for _ in range(6)]
        with ThreadPoolExecutor(len(desks)) as pool:
            taken = list(pool.map(self.take, desks))
        self.assertEqual(set(taken), numbers)

    def test_7_who_takes_the_next_ends_the_reaction_as_if_he_had_started_it(self):
        """V3: a supervisor is no specialist, on whatever line he takes a ticket."""
        boss = self.user("supervisor", self.node)
        self.take_all(boss)
        started, taken = self.open(), self.open()
        for number in (started, taken):
            self.act(self.operator, number, "assign", line=2, reason="Нестандартный вопрос")
        self.act(Checked(self, boss), started, "start")
        self.assertEqual(self.take(boss), taken)
        for number in (started, taken):
            card = self.operator("GET", f"/api/v1/tickets/{number}")
            self.assertEqual((card["status"], card["reacted_at"]), ("in_work", None), number)
        specialist = self.login(self.user("specialist", self.node))
        given = self.act(self.supervisor, taken, "assign", line=2, assignee=specialist)
        self.assertIsNotNone(given["reacted_at"])


if __name__ == "__main__":
    harness.main()
