"""Who turns to a desk and for what: support codes (V2), roles (A5b), what a request must have (V5),
kinds of contact with fields of their own (T11, H1, H2, V13), the history of one person. Every answer
is held against the contract.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone

import harness
from demo_lib.http_client import Api, until
from schema_test import Checked

_SUPPORT = "support-clinic"
_phones = (f"+7 901 555-{n // 100:02}-{n % 100:02}" for n in itertools.count(1))


def other_digit(code: str) -> str:
    """The code with one digit misheard."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


class People(harness.RegionTest):
    SITES = 2

    def setUp(self):
        self.desk = self.user("operator", self.node)
        self.operator = Checked(self, self.desk)
        self.at_hub = Checked(self, self.admin(self.hub))

    def code(self, no: int) -> str:
        return next(s for s in self.at_hub("GET", "/api/v1/sites")["items"] if s["no"] == no)[
            "support_code"
        ]

    def register(self, status: int = 201, **fields) -> dict:
        body = harness.ticket_contact(**{"phone": next(_phones), **fields})
        return self.operator("POST", "/api/v1/contacts", body, status)

    def card(self, made: dict, at: Checked | None = None) -> dict:
        return (at or self.operator)("GET", f"/api/v1/tickets/{made['ticket']['number']}")

    def refused(self, path: str, **fields) -> None:
        self.assertEqual(self.register(422, **fields)["path"], path)

    # ---- A7b

    def numbering(self, wanted: bool) -> None:
        site = harness.spec(1).as_json()
        del site["no"]
        changed = self.at_hub("PUT", "/api/v1/sites/1", site | {"numbers_every_call": wanted})
        self.assertEqual(changed["numbers_every_call"], wanted)
        # Left out: as it was.
        self.assertEqual(self.at_hub("PUT", "/api/v1/sites/1", site)["numbers_every_call"], wanted)

    def solved(self) -> dict:
        body = harness.contact(phone=next(_phones))
        return self.operator("POST", "/api/v1/contacts", body, 201)

    def test_a_call_that_was_answered_at_once_has_a_number_where_the_site_gives_one(self):
        self.assertIsNone(self.solved()["number"])
        self.numbering(True)
        made = until(lambda: (lambda one: one["number"] and one)(self.solved()), "a number")
        self.assertIsNone(made["ticket"])
        ticket = self.register()
        self.assertEqual(ticket["number"], ticket["ticket"]["number"])
        self.assertNotEqual(ticket["number"], made["number"])

        found = "/api/v1/contacts?number="
        for api in (self.operator, self.at_hub):
            until(lambda: api("GET", found + made["number"])["items"], "the call is found")
            (one,) = api("GET", found + made["number"])["items"]
            self.assertEqual((one["id"], one["number"]), (made["contact_id"], made["number"]))
        self.assertEqual(self.operator("GET", found + ticket["number"])["items"], [])
        wrong = self.operator("GET", found + other_digit(made["number"]), status=422)
        self.assertEqual(wrong["path"], "number")

        self.numbering(False)
        until(lambda: self.solved()["number"] is None, "no number any more")

    # ---- V2

    def test_every_facility_has_a_code_of_its_own_that_its_users_see(self):
        codes = [self.code(1), self.code(2)]
        self.assertEqual(len(set(codes)), 2)
        for code in codes:
            self.assertRegex(code, r"^[1-9]\d\d-\d\d\d$")
        until(
            lambda: self.operator("GET", "/api/v1/session")["site"]["support_code"] == codes[0],
            "the site knows its code",
        )
        self.assertIsNone(self.at_hub("GET", "/api/v1/session")["site"]["support_code"])

    def test_a_code_is_kept_when_the_site_is_renamed(self):
        code = self.code(2)
        site = harness.spec(2).as_json() | {"name": "Больница имени Пирогова"}
        del site["no"]
        changed = self.at_hub("PUT", "/api/v1/sites/2", site)
        self.assertEqual(changed["support_code"], code)

    def test_a_code_names_its_facility_and_a_wrong_one_is_told(self):
        code = self.code(2)
        found = "/api/v1/catalogues/support_codes/"
        for typed in (code, code.replace("-", ""), code.replace("-", "%20")):
            for api in (self.at_hub, self.operator):
                self.assertEqual(api("GET", found + typed)["no"], 2)
        for wrong in (other_digit(code), "12345", "%D0%BA%D0%BE%D0%B4"):
            answer = self.operator("GET", found + wrong, status=422)
            self.assertEqual((answer["code"], answer["path"]), ("invalid", "support_code"))

    def test_a_new_code_ends_the_old_one_everywhere(self):
        site = harness.spec(3).as_json()
        old = self.at_hub("POST", "/api/v1/sites", site, 201)["support_code"]
        new = self.at_hub("POST", "/api/v1/sites/3/support_code", {})["support_code"]
        self.assertNotEqual(old, new)
        found = "/api/v1/catalogues/support_codes/"
        until(lambda: self.desk.send("GET", found + new).status == 200, "the new code")
        self.assertEqual(self.operator("GET", found + new)["no"], 3)
        for api in (self.at_hub, self.operator):
            api("GET", found + old, status=422)
        self.at_hub("POST", "/api/v1/sites/77/support_code", {}, 404)

    def test_who_says_a_code_speaks_for_its_facility(self):
        made = self.register(
            kind="support",
            topic=_SUPPORT,
            applicant_role="it_officer",
            support_code=self.code(2).replace("-", " "),
        )
        for at in (self.operator, self.at_hub):
            self.wait_whole()
            card = self.card(made, at)
            self.assertEqual(
                (card["facility"], card["facility_by_code"], card["applicant_role"], card["kind"]),
                (2, True, "it_officer", "support"),
            )
            contact = at("GET", f"/api/v1/contacts/{made['contact_id']}")
            self.assertEqual((contact["facility"], contact["facility_by_code"]), (2, True))
        self.assertTrue(self.register(support_code=self.code(2), facility=2)["ticket"])

    def test_a_wrong_code_is_refused_and_nothing_is_kept(self):
        phone = next(_phones)
        self.refused("support_code", phone=phone, support_code=other_digit(self.code(2)))
        self.refused("support_code", phone=phone, support_code="?")
        self.refused("support_code", phone=phone, support_code=self.code(2), facility=1)
        self.refused("applicant_role", phone=phone, applicant_role="boss")
        self.refused("kind", phone=phone, kind="complaint")
        self.assertEqual(self.history(phone), [])

    # ---- V5, V11

    def test_what_a_request_for_support_lacks_is_named(self):
        card = self.card(self.register(kind="support", topic=_SUPPORT, applicant=None))
        self.assertEqual(card["missing"], ["organisation", "applicant", "support_code"])
        whole = self.register(
            kind="support", topic=_SUPPORT, organisation="ГБ № 2", support_code=self.code(2)
        )
        self.assertEqual(self.card(whole)["missing"], [])
        self.assertEqual(self.card(self.register(applicant=None))["missing"], [])

    # ---- T11, H1, H2, V13

    def test_a_house_call_has_an_address_and_others_have_none(self):
        self.refused("address", kind="house_call")
        self.refused("address", kind="wish", address="ул. Мира, 5")
        self.refused("temperature", temperature="38.5")
        self.refused("temperature", kind="house_call", address="ул. Мира, 5", temperature="98.6")
        address = "ул. Мира, 5, кв. 17"
        made = self.register(kind="house_call", address=address, temperature="38.5")
        card = self.card(made)
        self.assertEqual((card["address"], card["temperature"]), (address, "38.5"))
        self.admin(self.node).post(
            "/api/v1/erasures", {"contact_id": made["contact_id"], "basis": "Заявление пациента"}
        )
        until(lambda: self.card(made)["erased"], "the erasure")
        card = self.card(made)
        self.assertEqual(
            (card["kind"], card["address"], card["temperature"]), ("house_call", None, None)
        )

    def test_a_card_tells_when_its_call_came_and_was_answered(self):
        at = [
            (datetime.now(timezone.utc) - timedelta(seconds=ago)).isoformat(timespec="milliseconds")
            for ago in (90, 80, 70, 10)
        ]
        batch = harness.events("t11", *zip(("queued", "ringing", "answered", "ended"), at))
        batch["events"][0]["line"] = "booking"
        self.program(self.node).post("/api/v1/telephony/events", batch)
        calls = self.operator("GET", "/api/v1/calls?limit=200")["items"]
        call = next(one for one in calls if one["line"] == "booking")
        made = self.register(kind="booking", call_id=call["id"], refusal_reason="no_slots")
        card = self.operator("GET", f"/api/v1/contacts/{made['contact_id']}")
        self.assertEqual(
            card["call"],
            {name: call[name] for name in ("line", "queued_at", "answered_at", "ended_at")},
        )
        self.assertIsNotNone(card["call"]["answered_at"])
        other = self.operator("GET", f"/api/v1/contacts/{self.register()['contact_id']}")
        self.assertIsNone(other["call"])

    def test_the_list_is_filtered_by_kind(self):
        made = [self.register(kind=kind)["ticket"]["number"] for kind in ("wish", "waiting_list")]
        for number, kind in zip(made, ("wish", "waiting_list"), strict=True):
            items = self.operator("GET", f"/api/v1/tickets?kind={kind}&limit=200")["items"]
            self.assertIn(number, [item["number"] for item in items])
            self.assertEqual({item["kind"] for item in items}, {kind})
        self.operator("GET", "/api/v1/tickets?kind=other", status=422)

    # ---- the history of one person

    def history(self, phone: str, api: Api | None = None) -> list[str]:
        """Two to a page."""
        reader = Checked(self, api or self.desk)
        path = f"/api/v1/tickets?status=all&limit=2&phone={phone.replace('+', '%2B')}"
        path = path.replace(" ", "%20")
        found, cursor = [], ""
        while True:
            page = reader("GET", path + cursor)
            self.assertLessEqual(len(page["items"]), 2)
            found += [item["number"] for item in page["items"]]
            if not page["next_cursor"]:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    def test_the_history_of_one_person_comes_by_pages_newest_first(self):
        phone, other = next(_phones), next(_phones)
        made = [self.register(phone=phone)["ticket"]["number"] for _ in range(3)]
        # T11: the number that was given finds him as well.
        made.append(
            self.register(phone=other, kind="booking", phone_given=phone)["ticket"]["number"]
        )
        self.operator(
            "POST", f"/api/v1/tickets/{made[1]}/actions", {"action": "complete", "text": "Записан"}
        )
        self.assertEqual(self.history(phone), made[::-1])
        self.assertEqual(self.history(other), made[-1:])
        self.wait_whole()
        self.assertEqual(self.history(phone, self.admin(self.hub)), made[::-1])
        for wrong in ("phone=none", "phone=5551&q=5551", "phone=5551&due=late"):
            answer = self.desk.send("GET", f"/api/v1/tickets?{wrong}")
            self.assertEqual((answer.status, answer.json()["path"]), (422, "phone"), wrong)

    def test_reading_a_history_is_noted(self):
        phone = next(_phones)
        ticket = self.register(phone=phone)["ticket"]
        reader = self.user("specialist", self.node)
        self.assertEqual(self.history(phone, reader), [ticket["number"]])
        audit = Checked(self, self.user("auditor", self.node))
        path = f"/api/v1/audit?record={ticket['id']}"
        until(lambda: audit("GET", path)["items"], "the read is noted")
        self.assertEqual(audit("GET", path)["items"][0]["from"], "tickets")


if __name__ == "__main__":
    harness.main()
