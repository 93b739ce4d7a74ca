"""Telling the applicant (A15): letters through a real relay with TLS, compared as files; the officer, the
telephone; a relay that is away, refuses, asks for patience; a kill in the middle; the region away.
"""

from __future__ import annotations

import os
import re
import threading
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

import harness
from demo_lib.http_client import Refused, until
from mail_sink import Authority, MailSink, Script
from schema_test import Checked

GOLDEN = Path(__file__).parent / "golden"
MAIL = "ivanova@clinic.example"
OFFICER = "it@hospital.example"
SOON_S = 30.0


def without_what_differs(text: str) -> str:
    """Numbers and times are of the run."""
    text = re.sub(r"\b\d+-\d{6}-\d\b", "N-NNNNNN-N", text)
    text = re.sub(r"\b\d{2}\.\d{2}\.\d{4} \d{2}:\d{2}\b", "DD.MM.YYYY HH:MM", text)
    return re.sub(r"\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}\b", "YYYY-MM-DD HH:MM", text)


class MailTest(harness.RegionTest):
    """A site whose relay is the sink; officers are of site 1 itself."""

    PROXIED = True
    SITES = 0
    SINK: dict = {}

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.authority = Authority.make(cls.root / "authority")
        cls.sink = MailSink(cls.authority, **cls.SINK)
        cls.sink.start()
        cls.addClassCleanup(cls.sink.stop)
        cls.region.add_site(harness.spec(1), proxied="site 1", options=cls.node_options())

    @classmethod
    def node_options(cls) -> dict[str, str]:
        return cls.sink.options()

    def setUp(self) -> None:
        self.operator = self.user("operator", self.node)
        self.specialist = Checked(self, self.user("specialist", self.node))
        self.sink.script = Script()
        self.sink.hold = None

    def open(self, **changes) -> str:
        """A ticket on paper: nobody was told anything yet. No booking: of such nobody writes."""
        told = {"outcome": "ticket", "urgency": "high", "channel": "paper", "kind": None}
        body = harness.contact(**(told | changes))
        return self.operator.post("/api/v1/contacts", body)["ticket"]["number"]

    def act(self, number: str, action: str, status: int = 200, **fields) -> dict:
        path = f"/api/v1/tickets/{number}/actions"
        return self.specialist("POST", path, {"action": action, **fields}, status)

    def card(self, number: str) -> dict:
        return self.specialist("GET", f"/api/v1/tickets/{number}")

    def told(self, number: str) -> list[dict]:
        return [entry["told"] for entry in self.card(number)["timeline"] if entry["told"]]

    def wait_told(self, number: str, how: str, count: int = 1) -> dict:
        def found():
            entries = [one for one in self.told(number) if one["how"] == how]
            return entries[-1] if len(entries) >= count else None

        return until(found, f"{number} is {how}", SOON_S)

    def mail(self) -> dict:
        return self.specialist("GET", "/api/v1/sync")["mail"]

    def to_phone(self, by: str = "phone") -> dict[str, dict]:
        items = self.specialist("GET", f"/api/v1/untold?by={by}&limit=200")["items"]
        return {item["number"]: item for item in items}

    def assert_golden(self, name: str, text: str) -> None:
        path = GOLDEN / name
        text = without_what_differs(text)
        if os.environ.get("OPORA_WRITE_GOLDEN"):
            path.write_text(text)
        self.assertEqual(text, path.read_text(), f"differs from {path}")


class Letters(MailTest):
    def test_1_the_four_letters_of_a_ticket(self):
        number = self.open(email=MAIL)
        self.wait_told(number, "mailed", 1)
        self.act(number, "start")
        self.act(number, "wait", reason="files", text="Пришлите снимок экрана с ошибкой")
        self.wait_told(number, "mailed", 2)
        self.act(number, "resume")
        self.act(number, "complete", text="Принтер подключён заново")
        self.wait_told(number, "mailed", 3)
        letters = self.sink.to(MAIL)
        self.assertEqual([one.sender for one in letters], ["support@clinic.example"] * 3)
        self.assertTrue(all(one.encrypted for one in letters))
        self.assertEqual(len({one.id for one in letters}), 3)
        for name, letter in zip(("registered", "asked", "done"), letters, strict=True):
            self.assert_golden(f"letter_{name}.txt", letter.text)
            for secret in ("Соколова", "900", "терапевту"):
                self.assertNotIn(secret, letter.text, "no more than is needed")
        self.assertEqual(self.told(number)[0]["address"], MAIL)
        self.assertEqual(self.card(number)["to_tell"], [])

    def test_2_in_the_language_of_the_applicant(self):
        address = "smith@clinic.example"
        number = self.open(email=address, language="en")
        self.act(number, "reject", reason="outside_competence", text="")
        self.wait_told(number, "mailed")
        self.assert_golden("letter_rejected_en.txt", self.sink.to(address)[-1].text)

    def test_3_who_left_no_address_is_told_by_his_officer(self):
        hub = self.admin(self.hub)
        self.name_officer(hub, "it@nowhere", 422)
        self.name_officer(hub, OFFICER)
        until(lambda: self.officer_is_written_to(), "the officer is known at the site", SOON_S)
        letter = self.sink.to(OFFICER)[-1]
        self.assert_golden("letter_officer.txt", letter.text)
        self.name_officer(hub, "")

    def name_officer(self, hub, address: str, status: int = 200) -> None:
        site = harness.spec(1)
        desks = [{"no": 1, "name": site.name}]
        body = {"name": site.name, "zone": harness.ZONE, "desks": desks, "officer_email": address}
        answer = hub.send("PUT", "/api/v1/sites/1", body)
        self.assertEqual(answer.status, status, answer.body)
        if status == 200:
            self.assertEqual(answer.json()["officer_email"], address or None)
        else:
            self.assertEqual(answer.json()["path"], "officer_email")

    def officer_is_written_to(self) -> bool:
        number = self.open(facility=1, kind="support")
        told = until(lambda: self.told(number), "something is said", SOON_S)[0]
        return told["how"] == "mailed" and told["whom"] == "officer"

    def test_4_where_there_is_nobody_somebody_calls(self):
        number = self.open()
        self.assertEqual(self.wait_told(number, "to_phone")["why"], "no_address")
        item = self.to_phone()[number]
        self.assertEqual(item["phone"], "+7 900 000-00-01")
        telling = item["tellings"][0]
        self.assertEqual((telling["what"], telling["by"]), ("registered", "phone"))
        self.act(number, "told", 422, telling="x", result="phoned")
        self.act(number, "told", 422, telling=telling["telling"], result="maybe")
        self.assertEqual(
            self.act(number, "told", 409, telling="1.99", result="phoned")["path"], "telling"
        )
        card = self.act(
            number, "told", telling=telling["telling"], result="phoned", text="Записал номер"
        )
        self.assertEqual(card["to_tell"], [])
        self.assertEqual(card["timeline"][-1]["text"], "Записал номер")
        self.assertNotIn(number, self.to_phone())
        self.assertEqual(
            self.act(number, "told", 409, telling=telling["telling"], result="phoned")["path"],
            "telling",
        )

    def test_4b_calls_that_do_not_reach_him_are_counted_within_a_deadline(self):
        number = self.open()
        self.wait_told(number, "to_phone")
        telling = self.card(number)["to_tell"][0]
        self.assertEqual((telling["calls"], telling["called_by"]), (0, None))
        self.assertLess(telling["warn_at"], telling["due_at"])
        due = telling["due_at"]
        place = telling["telling"]
        tried = self.act(number, "told", telling=place, result="no_answer", text="Гудки")
        self.assertEqual(tried["to_tell"][0]["calls"], 1)
        caller = self.specialist("GET", "/api/v1/session")["user"]["login"]
        self.assertEqual(tried["to_tell"][0]["called_by"], caller)
        self.assertEqual(tried["to_tell"][0]["due_at"], due, "nobody gains time")
        self.assertEqual(tried["timeline"][-1]["type"], "call_tried")
        for result in ("phoned", "asked_later"):
            wrong = {"again_at": "2030-01-01T10:00:00Z"} if result == "phoned" else {}
            refused = self.act(number, "told", 422, telling=place, result=result, **wrong)
            self.assertEqual(refused["path"], "again_at")
        later = datetime.now(timezone.utc) + timedelta(hours=30)
        again = later.strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = self.act(number, "told", telling=place, result="asked_later", again_at=again)
        asked = asked["to_tell"][0]
        self.assertEqual((asked["calls"], asked["call_again_at"][:19]), (2, again[:19]))
        self.assertEqual(asked["warn_at"], asked["call_again_at"])
        self.assertGreater(asked["due_at"], again)
        self.assertIn(number, self.to_phone())
        done = self.act(number, "told", telling=place, result="phoned")
        self.assertEqual(done["to_tell"], [])

    def test_4c_the_applicant_of_a_duplicate_is_told_when_the_other_is_done(self):
        number = self.open(email="first@clinic.example")
        duplicate = self.open(email="second@clinic.example")
        undone = self.open(email="third@clinic.example")
        for one in (number, duplicate, undone):
            self.wait_told(one, "mailed")
        for one in (duplicate, undone):
            self.act(one, "merge", into=number)
        self.act(undone, "unmerge")
        self.act(number, "complete", text="Иванову Петру выдан новый пароль")
        self.wait_told(number, "mailed", 2)
        self.wait_told(duplicate, "mailed", 2)
        letters = self.sink.to("second@clinic.example")
        self.assertEqual(len(letters), 2)
        self.assert_golden("letter_duplicate_done.txt", letters[-1].text)
        self.assertNotIn("Иванову", letters[-1].text, "what was written to another is not for him")
        self.assertEqual(len(self.sink.to("third@clinic.example")), 1, "it is not done")
        self.act(undone, "complete", text="Сделано")
        self.wait_told(undone, "mailed", 2)
        self.assertEqual(len(self.sink.to("second@clinic.example")), 2, "once")

    def test_5_an_address_that_is_none_is_refused(self):
        for bad in ("nobody", "a@b.ru\r\nBcc: c@d.ru", "<a@b.ru>", "a b@c.ru"):
            with self.assertRaises(Refused) as refused:
                self.open(email=bad)
            answer = refused.exception.answer
            self.assertEqual((answer.status, answer.json()["path"]), (422, "email"))

    def test_6_a_mailbox_that_is_not_there_is_a_call_to_make(self):
        self.sink.script = Script({"RCPT": ["550 no such user <gone@clinic.example>"]})
        number = self.open(email="gone@clinic.example")
        self.assertEqual(self.wait_told(number, "to_phone")["why"], "refused")
        self.assertIn(number, self.to_phone())
        self.assertNotIn("gone@", self.node.daemon.log.read_text("utf-8"))

    def test_7_a_mailbox_that_asks_for_patience_is_asked_again_with_the_same_letter(self):
        address = "later@clinic.example"
        self.sink.script = Script({"BODY": ["451 greylisted"]})
        number = self.open(email=address)
        until(
            lambda: (self.card(number)["to_tell"] or [{}])[0].get("tries"), "it was tried", SOON_S
        )
        self.assertIsNotNone(self.card(number)["to_tell"][0]["next_try_at"])
        self.wait_told(number, "mailed")
        self.assertEqual(len(self.sink.to(address)), 1)

    def test_8_a_relay_that_is_away_is_waited_for(self):
        self.sink.stop()
        number = self.open(email="away@clinic.example")
        trouble = until(lambda: self.mail()["trouble"], "the relay is missed", SOON_S)
        self.assertEqual(trouble["stage"], "connect")
        self.assertEqual(self.card(number)["to_tell"][0]["waits_for"], "relay")
        self.assertIn(number, self.to_phone("mail"))
        self.assertNotIn(number, self.to_phone())
        self.sink.start()
        self.wait_told(number, "mailed")
        until(lambda: self.mail()["trouble"] is None, "the relay is back", SOON_S)

    def test_9_killed_between_the_relays_word_and_ours_it_is_the_same_letter(self):
        address = "killed@clinic.example"
        self.sink.hold = threading.Event()
        number = self.open(email=address)
        until(lambda: self.sink.to(address), "the relay has it", SOON_S)
        self.node.daemon.kill()
        self.sink.hold.set()
        self.sink.hold = None
        self.node.restart()
        self.setUp()
        self.wait_told(number, "mailed")
        letters = self.sink.to(address)
        self.assertEqual(len(letters), 2)
        self.assertEqual(letters[0].wire, letters[1].wire)
        self.assertEqual(len(self.told(number)), 1)

    def test_a_letters_wait_for_the_region_and_say_so(self):
        address = "offline@clinic.example"
        self.region.cut(self.node)
        until(lambda: not self.specialist("GET", "/api/v1/sync")["connected"], "cut off", SOON_S)
        number = self.open(email=address)
        until(lambda: self.mail()["waits_for"] == "region", "it waits for the region", SOON_S)
        self.assertEqual(self.card(number)["to_tell"][0]["waits_for"], "region")
        self.assertEqual(self.sink.to(address), [])
        self.region.restore(self.node)
        self.wait_told(number, "mailed")
        self.assertEqual(len(self.sink.to(address)), 1)

    def test_b_an_erased_ticket_sends_nothing_and_keeps_no_address(self):
        address = "erased@clinic.example"
        self.region.cut(self.node)
        until(lambda: not self.specialist("GET", "/api/v1/sync")["connected"], "cut off", SOON_S)
        number = self.open(email=address)
        admin = self.admin(self.node)
        admin.post("/api/v1/erasures", {"ticket_number": number, "basis": "По заявлению"})
        self.region.restore(self.node)
        other = self.open(email="other@clinic.example")
        self.wait_told(other, "mailed")
        self.assertEqual(self.sink.to(address), [])
        card = self.card(number)
        self.assertEqual((card["email"], card["to_tell"]), (None, []))
        self.assertNotIn(number, self.to_phone("mail"))

    def test_c_counts_have_no_address(self):
        metrics = self.program(self.node).send("GET", "/metrics").body.decode()
        self.assertIn('opora_mail_letters_total{outcome="taken"}', metrics)
        self.assertNotIn("@", metrics)


class Untrusted(MailTest):
    """The relay's certificate is of somebody else's authority: nothing is handed over."""

    @classmethod
    def node_options(cls) -> dict[str, str]:
        stranger = Authority.make(cls.root / "stranger")
        return cls.sink.options(**{"--mail-ca": str(stranger.ca)})

    def test_nothing_is_handed_over(self):
        number = self.open(email=MAIL)
        trouble = until(lambda: self.mail()["trouble"], "the relay is not trusted", SOON_S)
        self.assertEqual((trouble["stage"], trouble["reply"]), ("connect", None))
        self.assertEqual(self.sink.taken, [])
        self.assertEqual(self.card(number)["to_tell"][0]["by"], "mail")


class WithLogin(MailTest):
    """TLS from the start, a name and a password from a file."""

    SINK = {"tls_from_start": True, "login": "opora:geheim"}

    @classmethod
    def node_options(cls) -> dict[str, str]:
        cls.secret = cls.root / "relay.password"
        cls.secret.write_text("geheim\n")
        cls.secret.chmod(0o600)
        return cls.sink.options(**{"--mail-user": "opora", "--mail-password-file": str(cls.secret)})

    def test_1_the_name_is_taken(self):
        number = self.open(email=MAIL)
        self.wait_told(number, "mailed")
        self.assertEqual(self.sink.to(MAIL)[-1].user, "opora")

    def test_2_a_wrong_password_refuses_no_letter_for_good(self):
        self.secret.write_text("falsch\n")
        self.node.daemon.stop()
        self.node.restart()
        self.setUp()
        number = self.open(email=MAIL)
        until(lambda: self.mail()["trouble"], "the relay does not let us in", SOON_S)
        self.assertEqual(self.card(number)["to_tell"][0]["by"], "mail")
        self.assertNotIn("falsch", self.node.daemon.log.read_text("utf-8"))


class WithoutRelay(harness.RegionTest):
    """Says so, and everybody is to be called."""

    def test_everything_is_a_call_to_make(self):
        operator = Checked(self, self.user("operator", self.node))
        body = harness.contact(outcome="ticket", urgency="low", channel="paper", email=MAIL)
        number = operator("POST", "/api/v1/contacts", body, 201)["ticket"]["number"]
        self.assertFalse(operator("GET", "/api/v1/sync")["mail"]["configured"])
        self.assertIn("no mail relay is configured", self.node.daemon.log.read_text("utf-8"))
        item = operator("GET", "/api/v1/untold")["items"][0]
        self.assertEqual(item["number"], number)
        telling = item["tellings"][0]
        self.assertEqual((telling["by"], telling["waits_for"]), ("mail", "no_relay"))
        done = {"action": "told", "telling": telling["telling"], "result": "not_reached"}
        operator("POST", f"/api/v1/tickets/{number}/actions", done)
        self.assertEqual(operator("GET", "/api/v1/untold")["items"], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
