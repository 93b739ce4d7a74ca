"""An hour at one desk, through its node's API: who called before, who was missed, what became of it."""

from __future__ import annotations

import unittest
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import harness


class Desk(harness.RegionTest):
    def setUp(self):
        self.telephone = self.program(self.node)
        self.operator = self.user("operator", self.node)
        self.number = f"+7 900 001-{self._next():04}"

    def _call(
        self, name: str, *steps: tuple[str, float], phone: str = "", direction: str = "in"
    ) -> None:
        """A call whose steps happened so many seconds ago."""
        now = datetime.now(timezone.utc)
        batch = harness.events(
            name, *((kind, (now - timedelta(seconds=ago)).isoformat()) for kind, ago in steps)
        )
        batch["events"][0]["phone"] = phone or self.number
        for event in batch["events"]:
            event["direction"] = direction
        self.telephone.post("/api/v1/telephony/events", batch)

    def _missed(self) -> list[str]:
        return [call["phone"] for call in self.operator.get("/api/v1/calls/live")["missed"]]

    def test_a_caller_who_was_not_answered_is_on_the_list_of_missed_calls(self):
        """O7. A phantom (T5b) is nobody's to call back; an answered call is none either."""
        answered = (("queued", 40), ("ringing", 38), ("answered", 35), ("ended", 5))
        self._call("missed", ("queued", 50), ("ended", 30))
        self._call("phantom", ("queued", 50), ("ended", 48), phone="+7 900 002-00-01")
        self._call("answered", *answered, phone="+7 900 002-00-02")
        missed = self._missed()
        self.assertIn(self.number, missed)
        self.assertNotIn("+7 900 002-00-01", missed)
        self.assertNotIn("+7 900 002-00-02", missed)

    def test_who_called_yesterday_evening_is_called_back_today(self):
        """O7: not until midnight, but for 24 hours."""
        hour = 3600
        self._call("evening", ("queued", 23 * hour), ("ended", 23 * hour - 60))
        self._call(
            "long_ago", ("queued", 25 * hour), ("ended", 25 * hour - 60), phone="+7 900 002-00-03"
        )
        missed = self._missed()
        self.assertIn(self.number, missed)
        self.assertNotIn("+7 900 002-00-03", missed)

    def test_a_call_is_seen_while_it_waits_and_while_it_is_talked(self):
        self._call("live", ("queued", 9))
        self.assertIn(
            self.number, [c["phone"] for c in self.operator.get("/api/v1/calls/live")["waiting"]]
        )
        self._call("live", ("queued", 9), ("ringing", 5), ("answered", 2))
        live = self.operator.get("/api/v1/calls/live")
        self.assertIn(self.number, [c["phone"] for c in live["talking"]])
        self.assertNotIn(self.number, [c["phone"] for c in live["waiting"]])

    def test_the_form_knows_the_caller_however_the_number_is_written(self):
        """T10: the calls of seven days, who it was, what is still open."""
        self._call("before", ("queued", 600), ("ended", 500))
        self._call("back", ("queued", 400), ("ended", 300), direction="out")
        made = self.operator.post("/api/v1/contacts", harness.ticket_contact(phone=self.number))
        digits = "".join(c for c in self.number if c.isdigit())
        for written in (digits, "8" + digits[1:], f"8 ({digits[1:4]}) {digits[4:]}"):
            with self.subTest(written):
                caller = self.operator.get(f"/api/v1/callers?phone={quote(written)}")
                self.assertEqual(caller["calls_7_days"], 1)
                self.assertEqual(
                    [k["applicant"] for k in caller["known"]], ["Соколова Анна Сергеевна"]
                )
                self.assertEqual(
                    [t["number"] for t in caller["open_tickets"]], [made["ticket"]["number"]]
                )

    def test_the_form_knows_who_writes_by_his_address(self):
        mail = f"anna{self.number[-6:]}@example.org"
        body = harness.ticket_contact(phone="", email=mail)
        made = self.operator.post("/api/v1/contacts", body)
        caller = self.operator.get(f"/api/v1/callers?email={quote(mail.upper())}")
        self.assertEqual([t["number"] for t in caller["open_tickets"]], [made["ticket"]["number"]])
        self.assertEqual([c["id"] for c in caller["last_contacts"]], [made["contact_id"]])
        self.assertEqual((caller["phone_normalised"], caller["calls_7_days"]), (None, 0))
        for asked, path in (
            ("", "phone"),
            ("email=anna", "email"),
            ("applicant=Анна", "birth_date"),
            ("birth_date=1957-02-03", "applicant"),
        ):
            refused = self.operator.send("GET", f"/api/v1/callers?{quote(asked, safe='=&')}")
            self.assertEqual((refused.status, refused.json()["path"]), (422, path), asked)

    def test_a_phone_without_a_number_is_refused(self):
        """What nobody can be called back at is no phone; none at all is an answer."""
        for nonsense in ("абвгд", "--", "1"):
            with self.subTest(nonsense):
                refused = self.operator.send(
                    "POST", "/api/v1/contacts", harness.contact(phone=nonsense)
                )
                self.assertEqual((refused.status, refused.json()["path"]), (422, "phone"))
        self.operator.post("/api/v1/contacts", harness.contact(phone=""))

    def test_a_booking_that_was_refused_keeps_its_reason(self):
        """T11."""
        made = self.operator.post(
            "/api/v1/contacts", harness.contact(phone=self.number, refusal_reason="no_slots")
        )
        contact = self.operator.get(f"/api/v1/contacts/{made['contact_id']}")
        self.assertEqual(contact["refusal_reason"], "no_slots")
        refused = self.operator.send(
            "POST", "/api/v1/contacts", harness.contact(refusal_reason="moonlight")
        )
        self.assertEqual((refused.status, refused.json()["path"]), (422, "refusal_reason"))


if __name__ == "__main__":
    harness.main()
