"""A ticket's life with its deadlines: worked on, waiting for the applicant, done, reopened; by when, at
the site and at the region alike; who is told that time runs out, once, also across a kill.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import harness
from calendars_test import norm
from demo_lib.http_client import Api, until
from schema_test import Checked

_DAY = {"spans": [{"from": "00:00", "to": "24:00"}]}
ALWAYS = {
    "version": 0,
    "name_ru": "Круглосуточно",
    "name_en": "Always",
    "zone": "",
    "disabled": False,
    "holidays": "ignored",
    "week": [_DAY] * 7,
    "own_days": [],
}
MINUTES = {"low": 15_120, "medium": 7_200, "high": 480, "critical": 1}


def queue(line: int, version: int = 0, **changed: int) -> dict:
    minutes = MINUTES | changed
    return {
        "version": version,
        "name_ru": f"Линия {line}",
        "name_en": f"Line {line}",
        "disabled": False,
        "line": line,
        "calendar": "always",
        "norms": [
            {"urgency": urgency, "registration": norm(60), "completion": norm(completion)}
            for urgency, completion in minutes.items()
        ],
        "reactions": [{"category": None, "norm": norm(120)}],
        "region_after": None,
    }


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class TimedRegion(harness.RegionTest):
    """With queues of lines 1 and 2 that work round the clock, known at the site."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        hub = cls.region.hub.admin()
        hub.send("PUT", "/api/v1/catalogues/calendars/always", ALWAYS)
        for line in (1, 2):
            hub.send("PUT", f"/api/v1/catalogues/queues/line-{line}", queue(line))
        hub.close()
        site = cls.region.sites[1].admin()
        queues = "/api/v1/catalogues/queues"
        until(lambda: len(site.get(queues)["items"]) == 2, "both queues at the site", 20)
        site.close()


class TicketLife(TimedRegion):
    def setUp(self):
        self.operator = self.user("operator", self.node)
        self.specialist = Checked(self, self.user("specialist", self.node))

    def open(self, urgency: str = "high", **changes) -> str:
        body = harness.contact(outcome="ticket", urgency=urgency, **changes)
        made = self.operator.post("/api/v1/contacts", body)
        self.ticket = made["ticket"]
        return self.ticket["number"]

    def act(self, number: str, action: str, status: int = 200, **fields) -> dict:
        """By the specialist, held against the contract."""
        path = f"/api/v1/tickets/{number}/actions"
        return self.specialist("POST", path, {"action": action, **fields}, status)

    def card(self, number: str) -> dict:
        return self.specialist("GET", f"/api/v1/tickets/{number}")

    def due(self, kind: str) -> list[str]:
        items = self.specialist("GET", f"/api/v1/tickets?due={kind}&limit=200")["items"]
        return [item["number"] for item in items]

    def row(self, number: str) -> dict:
        (item,) = self.specialist("GET", f"/api/v1/tickets?q={number}")["items"]
        return item

    def missed(self, how: str) -> list[str]:
        path = f"/api/v1/tickets?missed={how}&status=all&limit=200"
        return [item["number"] for item in self.specialist("GET", path)["items"]]

    def notices(self, reader: Checked, number: str) -> list[dict]:
        told = reader("GET", "/api/v1/notices")
        self.assertEqual(told["unread"], sum(not item["read"] for item in told["items"]))
        return [item for item in told["items"] if item["number"] == number]

    def types(self, number: str) -> list[str]:
        return [entry["type"] for entry in self.card(number)["timeline"]]

    def test_1_a_registration_promises_when_it_will_be_done(self):
        number = self.open()
        card = self.card(number)
        self.assertEqual(card["queue"], "line-1")
        self.assertEqual(card["completion_due"], self.ticket["completion_due"])
        opened = moment(card["registered_at"])
        self.assertEqual(moment(card["completion_due"]) - opened, timedelta(hours=8))
        self.assertEqual(moment(card["reaction_due"]) - opened, timedelta(hours=2))
        self.assertEqual((card["deadline"], card["completion_used_percent"]), ("in_time", 0))
        asked = {name: card[name] for name in ("urgency", "topic", "registered_at")}
        # Not `opened_at`: an event is stamped behind its decision, sometimes a millisecond later.
        asked["received_at"] = card["registered_at"]
        promise = self.specialist("POST", "/api/v1/deadlines/preview", asked)
        self.assertEqual(promise["queue"], "line-1", "as a desk asks before it registers")
        self.assertEqual(promise["completion"]["due_at"], card["completion_due"])
        self.assertEqual(promise["reaction"]["due_at"], card["reaction_due"])

    def test_2_it_is_worked_on_waits_is_done_and_is_reopened(self):
        number = self.open()
        promised = moment(self.card(number)["completion_due"])
        self.assertEqual(self.act(number, "resume", 409)["path"], "action")
        started = self.act(number, "start")
        self.assertEqual((started["status"], started["deadline"]), ("in_work", "in_time"))
        self.assertIsNotNone(started["reacted_at"])
        self.assertEqual(self.act(number, "wait", 422, reason="files", text=" ")["path"], "text")
        self.assertEqual(
            self.act(number, "wait", 422, reason="remote_session", text="Сеанс")["path"], "until"
        )
        waiting = self.act(number, "wait", reason="files", text="Пришлите снимок экрана")
        self.assertEqual((waiting["status"], waiting["paused_for"]), ("waiting", "files"))
        self.assertEqual((waiting["completion_due"], waiting["deadline"]), (None, "paused"))
        resumed = self.act(number, "resume")
        stood = moment(resumed["completion_due"]) - promised
        self.assertGreater(stood, timedelta(0))
        self.assertLess(stood, timedelta(minutes=5))
        raised = self.act(number, "reclassify", urgency="low", text="Есть обход")
        later = moment(raised["completion_due"]) - moment(resumed["completion_due"])
        # Days are counted in parts of a day, which end within a millisecond.
        self.assertAlmostEqual(later, timedelta(hours=252 - 8), delta=timedelta(seconds=1))
        done = self.act(number, "complete", text="Заменил картридж")
        self.assertGreater(moment(done["reopen_until"]), moment(done["closed_at"]))
        again = self.act(number, "reopen", text="Снова не печатает")
        self.assertEqual((again["status"], again["reopened"]), ("assigned", 1))
        self.assertIsNone(again["closed_at"])
        self.assertIsNone(self.card(number)["resolution"], "what was done did not stand")
        self.act(number, "start")
        self.act(number, "complete", text="Заменил принтер")
        closed = self.act(number, "close", text="Заявитель доволен")
        self.assertEqual(closed["status"], "closed")
        self.assertEqual(self.act(number, "reopen", 409, text="Поздно")["path"], "action")
        self.assertEqual(self.act(number, "comment", text="Спасибо")["status"], "closed")

    def test_2_who_waits_for_the_applicant_is_reminded_and_found(self):
        number = self.open()
        self.act(number, "start")
        session = datetime.now(UTC) + timedelta(seconds=8)
        until_text = session.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        waiting = self.act(number, "wait", reason="remote_session", text="Сеанс", until=until_text)
        self.assertGreater(moment(waiting["silence_at"]), session + timedelta(days=2))
        listed = self.specialist("GET", "/api/v1/tickets?status=waiting&limit=200")["items"]
        self.assertIn(number, [item["number"] for item in listed])
        self.assertIn(number, self.due("soon"), "the session is in two hours at most")
        until(lambda: self.notices(self.specialist, number), "the session is remembered", 20)
        (notice,) = self.notices(self.specialist, number)
        self.assertEqual((notice["what"], notice["clock"]), ("deadline", "session"))
        self.assertIn("reminded", self.types(number))
        self.act(number, "resume")
        self.assertEqual(self.notices(self.specialist, number), [])
        listed = self.specialist("GET", "/api/v1/tickets?status=waiting&limit=200")["items"]
        self.assertNotIn(number, [item["number"] for item in listed])

    def test_2_whose_hands_it_went_through_hears_what_became_of_it(self):
        opener = Checked(self, self.operator)
        number = self.open()
        self.act(number, "assign", line=2, reason="Нестандартный вопрос")
        self.act(number, "start")
        went = opener("GET", "/api/v1/tickets?was=me&limit=200")["items"]
        self.assertIn(number, [item["number"] for item in went])
        mine = self.specialist("GET", "/api/v1/tickets?was=me&limit=200")["items"]
        self.assertNotIn(number, [item["number"] for item in mine])
        path = "/api/v1/tickets?was=you"
        self.assertEqual(self.specialist("GET", path, status=422)["path"], "was")
        self.act(number, "complete", text="Заменил картридж")
        (notice,) = self.notices(opener, number)
        self.assertEqual((notice["what"], notice["clock"]), ("answered", None))
        self.assertIsNotNone(notice["by_name"])
        self.assertEqual(self.notices(self.specialist, number), [], "who did it knows it")

    def test_3_the_region_gives_the_same_answer(self):
        number = self.open()
        self.act(number, "start")
        self.act(number, "wait", reason="information", text="Какой кабинет?")
        self.act(number, "resume")
        here = self.card(number)
        self.wait_whole()
        there = self.admin(self.hub).get(f"/api/v1/tickets/{number}")
        for name in ("status", "queue", "reaction_due", "completion_due", "reacted_at", "deadline"):
            self.assertEqual(here[name], there[name], name)
        self.assert_same_state()

    def test_4_what_is_due_is_listed_in_the_order_of_time(self):
        later = self.open("high")
        self.assertNotIn(later, self.due("late"))
        self.assertIn(later, self.due("soon"), "the reaction is due in two hours")
        listed = self.row(later)
        self.assertEqual((listed["reaction"], listed["deadline"]), ("in_time", "in_time"))
        self.assertEqual(listed["next_due"]["clock"], "reaction", "what `due` went by")
        self.assertEqual(listed["next_due"]["at"], listed["reaction_due"])
        due, warned = (moment(listed["next_due"][name]) for name in ("at", "warn_at"))
        self.assertEqual(due - warned, timedelta(minutes=30), "a quarter of the norm is left")
        found = self.specialist("GET", f"/api/v1/tickets?due=soon&status=all&q={later}")["items"]
        self.assertEqual([item["number"] for item in found], [later])
        found = self.specialist("GET", f"/api/v1/tickets?due=late&q={later}")["items"]
        self.assertEqual(found, [])
        started = self.act(later, "start")
        self.assertEqual(started["reaction"], "in_time")
        self.assertEqual(started["next_due"]["clock"], "completion")
        self.assertEqual(started["next_due"]["at"], started["completion_due"])
        waits = self.act(later, "wait", reason="files", text="Пришлите снимок экрана")
        self.assertEqual((waits["reaction"], waits["deadline"]), ("in_time", "paused"))
        self.assertEqual(waits["next_due"]["clock"], "silence")
        self.assertEqual(waits["next_due"]["at"], waits["silence_at"])
        self.assertIsNone(waits["next_due"]["warn_at"])
        self.act(later, "resume")
        self.assertIsNone(self.act(later, "complete", text="Готово")["next_due"])
        self.assertIn(later, self.missed("no"))
        path = "/api/v1/tickets?missed=perhaps"
        self.assertEqual(self.specialist("GET", path, status=422)["path"], "missed")
        path = "/api/v1/tickets?due=late&status=done"
        self.assertEqual(self.specialist("GET", path, status=422)["path"], "due")

    def test_5_another_calendar_moves_what_is_open(self):
        number = self.open()
        before = moment(self.card(number)["completion_due"])
        changed = queue(1, version=1, high=600)
        self.admin(self.hub).send("PUT", "/api/v1/catalogues/queues/line-1", changed)

        def moved():
            return moment(self.card(number)["completion_due"]) - before == timedelta(hours=2)

        until(moved, "the site says the new deadline", 30)
        self.assertEqual(self.types(number), ["opened", "retimed"])

    def test_6_who_is_told_is_told_once_whatever_is_killed(self):
        number = self.open("critical")
        self.act(number, "start")
        due = moment(self.card(number)["completion_due"])
        self.node.daemon.kill()
        # The norm is a minute: it passes while nobody is there to see it.
        time.sleep(max(0.0, (due - datetime.now(due.tzinfo)).total_seconds()) + 1)
        self.node.restart()
        self.setUp()
        wanted = ["opened", "started", "deadline_near", "deadline_missed"]
        until(lambda: self.types(number) == wanted, "both thresholds are said", 30)
        self.assertEqual(self.card(number)["deadline"], "late")
        self.assertIn(number, self.due("late"))
        self.node.daemon.stop()
        self.node.restart()
        self.setUp()
        time.sleep(5)  # two turns of whoever looks what is due
        self.assertEqual(self.types(number), wanted)
        self.wait_whole()
        there = self.admin(self.hub).get(f"/api/v1/tickets/{number}")
        self.assertEqual(there["deadline"], "late")

    def test_7_a_breach_is_told_to_whom_it_concerns_until_it_is_done(self):
        login = "reader7"
        self.specialist = Checked(self, self.user("specialist", self.node, login))
        supervisor = Checked(self, self.user("supervisor", self.node))
        region = Checked(self, self.user("supervisor", self.hub))
        other = Checked(self, self.user("operator", self.node))
        number = self.open("critical")
        self.act(number, "start")
        untold = self.open("critical", kind=None)  # of a booking nobody is told
        self.act(untold, "complete", text="Заменил картридж")
        until(lambda: self.notices(self.specialist, number), "three quarters are told", 70)
        (near,) = self.notices(self.specialist, number)
        self.assertEqual((near["threshold"], near["clock"]), ("warned", "completion"))
        self.assertEqual(self.notices(supervisor, number), [])
        until(lambda: self.notices(supervisor, number), "the breach is told", 40)
        (notice,) = self.notices(self.specialist, number)
        self.assertEqual((notice["threshold"], notice["link"]), ("missed", "there"))
        self.assertEqual(self.notices(other, number), [])
        self.check_who_was_not_told(untold, other, supervisor)
        until(lambda: self.notices(region, number), "the region is told", 20)
        marked = self.specialist("POST", "/api/v1/notices/read", {"ids": [notice["id"]]})
        self.assertEqual(marked, self.specialist("GET", "/api/v1/notices/count"))
        self.assertTrue(self.notices(self.specialist, number)[0]["read"])
        self.assertFalse(self.notices(supervisor, number)[0]["read"], "each has marks of his own")
        self.node.daemon.stop()
        self.node.restart()
        again = Api(self.node.url)
        again.sign_in(login, f"secret-of-{login}")
        self.addCleanup(again.close)
        self.specialist = Checked(self, again)
        self.assertTrue(self.notices(self.specialist, number)[0]["read"], "kept over a restart")
        self.assertIn(number, self.missed("yes"))
        self.assertNotIn(number, self.missed("cut_off"))
        self.act(number, "complete", text="Заменил картридж")
        self.assertEqual(self.notices(self.specialist, number), [])
        until(lambda: not self.notices(region, number), "it is over for the region", 20)
        self.assertIn(number, self.missed("yes"), "it was missed all the same")

    def check_who_was_not_told(self, number: str, line_1: Checked, supervisor: Checked) -> None:
        """A15: nobody told the applicant of a completion within its deadline."""
        until(lambda: self.notices(supervisor, number), "the supervisor knows", 20)
        (notice,) = self.notices(line_1, number)
        self.assertEqual((notice["clock"], notice["threshold"]), ("telling", "missed"))
        self.assertEqual(notice["due"], notice["moment"])
        self.assertEqual(self.types(number)[-2:], ["telling_near", "telling_missed"])
        telling = self.card(number)["to_tell"][0]["telling"]
        self.act(number, "told", telling=telling, result="phoned")
        self.assertEqual(self.notices(line_1, number) + self.notices(supervisor, number), [])

    def promise_critical_within(self, minutes: int) -> None:
        """By line 1's queue, until the site goes by it."""
        queues = "/api/v1/catalogues/queues"

        def version(reader: Api) -> int:
            return next(q["version"] for q in reader.get(queues)["items"] if q["id"] == "line-1")

        hub, site = self.admin(self.hub), self.admin(self.node)
        known = version(hub)
        hub.send("PUT", f"{queues}/line-1", queue(1, known, critical=minutes))
        until(lambda: version(site) > known, "the site knows the queue", 20)

    def test_8_what_was_missed_while_cut_off_says_so(self):
        self.promise_critical_within(2)
        self.hub.daemon.kill()
        # Two minutes of silence are a cut, and so is the norm: what is opened a quarter of a minute
        # into the silence is warned of (90 s) well before the cut and missed well after it.
        time.sleep(15)
        number = self.open("critical")
        self.act(number, "start")
        until(lambda: self.card(number)["missed"] != "no", "the breach is said", 150)
        card = self.card(number)
        self.assertEqual(card["missed"], "cut_off")
        near, missed = card["timeline"][-2:]
        self.assertEqual((near["type"], near["link"]), ("deadline_near", "there"))
        self.assertEqual((missed["type"], missed["link"]), ("deadline_missed", "cut_off"))
        self.assertLess(moment(missed["cut_since"]), moment(card["opened_at"]))
        self.assertIn(number, self.missed("cut_off"))
        (notice,) = self.notices(self.specialist, number)
        self.assertEqual(notice["cut_since"], missed["cut_since"])
        self.hub.restart()
        self.wait_whole()
        there = self.admin(self.hub).get(f"/api/v1/tickets/{number}")
        self.assertEqual(there["missed"], "cut_off")
        self.assertEqual(there["timeline"][-1]["cut_since"], missed["cut_since"])
        self.assert_same_state()


if __name__ == "__main__":
    harness.main()
