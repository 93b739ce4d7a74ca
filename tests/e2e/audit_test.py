"""Who saw a patient's record is noted where it was read, and the region holds it as well (Trust)."""

from __future__ import annotations

import unittest
from urllib.parse import quote

import harness
from demo_lib.http_client import Api, until

NAME = "Соколова Анна Сергеевна"
PHONE = "+7 900 123-45-67"


class Audit(harness.RegionTest):
    PROXIED = True

    def setUp(self):
        made = self.program(self.node).post(
            "/api/v1/contacts", harness.ticket_contact(applicant=NAME, phone=PHONE)
        )
        self.contact, self.number = made["contact_id"], made["ticket"]["number"]
        self.ticket = made["ticket"]["id"]
        self.auditor = self.user("auditor", self.node)

    def reader(self, member: harness.Member | None = None) -> tuple[Api, str]:
        """Somebody who may read, and the id that reads are noted under."""
        api = self.user("supervisor", member or self.node)
        return api, api.get("/api/v1/session")["user"]["id"]

    def reads(self, user: str, auditor: Api | None = None) -> list[dict]:
        return self.pages(auditor or self.auditor, f"/api/v1/audit?user={user}")

    def noted(self, user: str, count: int, auditor: Api | None = None) -> list[dict]:
        """The reads of this user, once there are so many."""
        until(
            lambda: len(self.reads(user, auditor)) >= count,
            f"{count} reads are noted",
            harness.PATIENCE_S,
        )
        found = self.reads(user, auditor)
        self.assertEqual(len(found), count, found)
        return found

    def test_each_way_to_a_patient_is_noted_by_ids_alone(self):
        phone = quote(PHONE)
        ways = {
            "contact": f"/api/v1/contacts/{self.contact}",
            "ticket": f"/api/v1/tickets/{self.number}",
            "caller": f"/api/v1/callers?phone={phone}",
            "contacts": f"/api/v1/contacts?phone={phone}",
            "tickets": f"/api/v1/tickets?q={phone}",
        }
        for way, path in ways.items():
            with self.subTest(way):
                api, user = self.reader()
                api.get(path)
                (read,) = self.noted(user, 1)
                self.assertEqual((read["from"], read["site"]), (way, 1))
                shown = read["contacts"] + [ticket["id"] for ticket in read["tickets"]]
                self.assertTrue({self.contact, self.ticket} & set(shown), read)
                numbers = [ticket["number"] for ticket in read["tickets"]]
                self.assertTrue(all(number.startswith("1-") for number in numbers), numbers)
                body = self.auditor.send("GET", f"/api/v1/audit?user={user}").body.decode()
                for secret in (NAME, PHONE, "9001234567"):
                    self.assertNotIn(secret, body)

    def test_the_same_record_is_noted_once_and_another_user_again(self):
        first, first_id = self.reader()
        second, second_id = self.reader()
        for _ in range(3):
            first.get(f"/api/v1/contacts/{self.contact}")
        second.get(f"/api/v1/contacts/{self.contact}")
        self.noted(second_id, 1)
        self.noted(first_id, 1)

    def test_a_read_that_is_refused_or_finds_nothing_is_not_noted(self):
        api, user = self.reader()
        api.send("GET", f"/api/v1/contacts/{'0' * 31}1")
        api.send("GET", "/api/v1/contacts?limit=0")
        api.get(f"/api/v1/callers?phone={quote('+7 900 000-99-99')}")
        api.get(f"/api/v1/contacts/{self.contact}")
        (read,) = self.noted(user, 1)
        self.assertEqual(read["contacts"], [self.contact])

    def test_who_read_one_record_is_found_by_the_record(self):
        api, user = self.reader()
        api.get(f"/api/v1/tickets/{self.number}")
        self.noted(user, 1)
        path = f"/api/v1/audit?record={self.ticket}"
        self.assertIn(user, [read["user"]["id"] for read in self.pages(self.auditor, path)])
        self.assertEqual(self.pages(self.auditor, f"/api/v1/audit?record={'0' * 31}7"), [])

    def test_what_was_read_while_cut_off_survives_a_kill_and_reaches_the_region(self):
        self.region.cut(self.node)
        api, user = self.reader()
        api.get(f"/api/v1/contacts/{self.contact}")
        (read,) = self.noted(user, 1)
        self.node.daemon.kill()
        self.node.restart()
        self.region.restore(self.node)
        self.wait_whole()
        at_hub = self.noted(user, 1, self.user("auditor", self.hub))
        self.assertEqual((at_hub[0]["id"], at_hub[0]["site"]), (read["id"], 1))
        self.assert_same_state()

    def test_a_read_at_the_hub_is_noted_in_the_hubs_own_journal(self):
        self.wait_whole()
        api, user = self.reader(self.hub)
        api.get(f"/api/v1/contacts/{self.contact}")
        (read,) = self.noted(user, 1, self.user("auditor", self.hub))
        self.assertEqual(read["site"], 0)


if __name__ == "__main__":
    harness.main()
