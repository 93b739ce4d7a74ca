"""Who turns to a desk and for what: support codes (V2), roles (A5b), what a request must have (V5),
kinds of contact with fields of their own (T11, H1, H2, V13), the history of one person. Every answer
is held against the contract.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import harness
from demo_lib.http_client import Api, until
from schema_test import Checked
from topic_cases import TopicCases

_SUPPORT = "support-clinic"
_phones = (f"+7 901 555-{n // 100:02}-{n % 100:02}" for n in itertools.count(1))


def other_digit(code: str) -> str:
    """The code with one digit misheard."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


class People(TopicCases, harness.RegionTest):
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
        body = harness.ticket_contact(phone=next(_phones)) | fields
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

    # ---- V13, T2, T24

    def test_a_wish_says_what_it_is_for_and_a_hot_line_which_it_was(self):
        self.refused("wish_subject", kind="support", wish_subject="software")
        self.refused("wish_subject", kind="wish", wish_subject="weather")
        self.refused("hot_line", kind="wish", hot_line="122")
        self.refused("passed_to", passed_to="ministry")
        wish = self.register(kind="wish", wish_subject="documents")
        called = self.register(kind="hot_line", hot_line="ministry", passed_to="facility")
        self.assertEqual(self.card(wish)["wish_subject"], "documents")
        self.wait_whole()
        for at in (self.operator, self.at_hub):
            card = self.card(called, at)
            self.assertEqual((card["hot_line"], card["passed_to"]), ("ministry", "facility"))
            for kind, made, subject in (
                ("wishes", wish, "wish.documents"),
                ("tickets", called, "hot_line.ministry"),
            ):
                report = at("GET", f"/api/v1/reports/tickets?by=subject&kind={kind}")
                row = next(row for row in report["rows"] if row["value"] == subject)
                for figure in ("accepted", "contacts"):
                    total = sum(one[figure] for one in report["rows"])
                    self.assertEqual(report["total"][figure], total, (kind, figure))
                    path = f"/api/v1/reports/tickets/items?figure={figure}&kind={kind}&by=subject"
                    opened = at("GET", f"{path}&limit=200")["items"]
                    self.assertEqual(len(opened), total, (kind, figure))
                items = (
                    f"/api/v1/reports/tickets/items?figure=accepted&kind={kind}&subject={subject}"
                )
                behind = [item["ticket"]["number"] for item in at("GET", items)["items"]]
                self.assertEqual(len(behind), row["accepted"])
                self.assertIn(made["ticket"]["number"], behind)
        for kind, word in (("wishes", "документы"), ("tickets", "горячая линия министерства")):
            path = f"/api/v1/reports/tickets?by=subject&kind={kind}&format=csv"
            self.assertIn(word, self.desk.send("GET", path).body.decode())
        listed = self.operator("GET", "/api/v1/tickets?hot_line=ministry&kind=hot_line")["items"]
        self.assertIn(called["ticket"]["number"], [one["number"] for one in listed])
        for subject, check in (("documents", self.assertIn), ("software", self.assertNotIn)):
            listed = self.operator("GET", f"/api/v1/tickets?wish_subject={subject}")["items"]
            check(wish["ticket"]["number"], [one["number"] for one in listed])

    # ---- One person

    def of_person(self, at: Checked, query: str) -> tuple[list[str], list[str]]:
        """The tickets' numbers and the contacts' ids that are his."""
        tickets = at("GET", f"/api/v1/tickets?status=all&{query}")["items"]
        contacts = at("GET", f"/api/v1/contacts?{query}")["items"]
        return [one["number"] for one in tickets], [one["id"] for one in contacts]

    def test_a_person_is_found_by_mail_and_by_name_and_birth_until_he_is_erased(self):
        born = {"applicant": "Журавлёва Ольга Ивановна", "birth_date": "1951-05-09"}
        self.refused("birth_date", birth_date="2999-01-01")
        first = self.register(**born, email="Olga@home.example", phone=next(_phones))
        other = self.register(**born | {"birth_date": "1980-05-09"}, phone=next(_phones))
        name = quote("ольга ЖУРАВЛЕВА")
        self.wait_whole()
        by_name, by_mail = f"applicant={name}&birth_date=1951-05-09", "email=olga@HOME.example"
        by_other = f"applicant={name}&birth_date=1980-05-09"
        for at in (self.operator, self.at_hub):
            for query, made in ((by_name, first), (by_mail, first), (by_other, other)):
                his = [made["ticket"]["number"]], [made["contact_id"]]
                self.assertEqual(self.of_person(at, query), his, query)
        for query, path in (
            (f"applicant={name}", "birth_date"),
            ("phone=89131000001&email=a@b.example", "email"),
            ("number=17-000001-0&phone=89131000001", "number"),
            ("phone=89131000001&date=2026-03-02", "date"),
        ):
            answer = self.operator("GET", f"/api/v1/contacts?{query}", status=422)
            self.assertEqual(answer["path"], path, query)
        self.admin(self.node).post(
            "/api/v1/erasures", {"contact_id": first["contact_id"], "basis": "Заявление пациента"}
        )
        for at in (self.operator, self.at_hub):
            for query in (by_name, by_mail):
                until(lambda: self.of_person(at, query) == ([], []), "the erasure")
            his = [other["ticket"]["number"]], [other["contact_id"]]
            self.assertEqual(self.of_person(at, by_other), his)

    # ---- H1: passed, confirmed, the visit's result

    def act(self, made: dict, status: int = 200, at: Checked | None = None, **action) -> dict:
        path = f"/api/v1/tickets/{made['ticket']['number']}/actions"
        return (at or self.operator)("POST", path, action, status)

    def house_call(self) -> dict:
        return self.register(kind="house_call", address="ул. Мира, 5")

    def test_a_house_call_is_passed_confirmed_and_ends_with_a_result(self):
        made = self.house_call()
        self.assertEqual(self.card(made)["visit"]["stage"], "new")
        refused = self.act(made, 409, action="clinic_confirmed", who="Сидорова")
        self.assertEqual(refused["path"], "visit")
        self.assertEqual(self.act(made, 422, action="pass_to_clinic", clinic=77)["path"], "clinic")
        card = self.act(made, action="pass_to_clinic", clinic=2, who="Петрова")
        self.assertEqual((card["visit"]["stage"], card["visit"]["clinic"]), ("passed", 2))
        card = self.act(made, action="clinic_confirmed", who="Сидорова, регистратура")
        self.assertEqual((card["visit"]["stage"], card["status"]), ("confirmed", "in_work"))
        self.assertIn("Сидорова, регистратура", [entry["who"] for entry in card["timeline"]])
        number = made["ticket"]["number"]
        for stage, listed in (("confirmed", True), ("new", False)):
            items = self.operator("GET", f"/api/v1/tickets?visit={stage}&limit=200")["items"]
            self.assertEqual(number in [item["number"] for item in items], listed)
        self.assertEqual(self.act(made, 422, action="complete", text="Был")["path"], "result")
        wrong = self.act(made, 422, action="complete", result="booked")
        self.assertEqual(wrong["path"], "result")
        card = self.act(made, action="complete", result="hospitalised", text="В 3-ю больницу")
        self.assertEqual((card["result"], card["resolution"]), ("hospitalised", "В 3-ю больницу"))
        for result, listed in (("hospitalised", True), ("not_at_home", False)):
            path = f"/api/v1/tickets?status=done&result={result}&limit=200"
            items = self.operator("GET", path)["items"]
            self.assertEqual(number in [item["number"] for item in items], listed)
        self.wait_whole()
        self.assertEqual(self.card(made, self.at_hub)["result"], "hospitalised")

    def test_results_are_counted_and_each_figure_opens_its_tickets(self):
        made = self.house_call()
        self.act(made, action="complete", result="not_at_home")
        report = self.operator("GET", "/api/v1/reports/tickets?by=result")
        row = next(row for row in report["rows"] if row["value"] == "house_call.not_at_home")
        self.assertGreaterEqual(row["completed"], 1)
        path = "/api/v1/reports/tickets/items?figure=completed&result=house_call.not_at_home"
        items = self.operator("GET", path)["items"]
        self.assertEqual(len(items), row["completed"])
        self.assertIn(made["ticket"]["number"], [item["ticket"]["number"] for item in items])
        file = "/api/v1/reports/tickets?by=result&format="
        self.assertIn("house_call.not_at_home\thouse_call.not_at_home\t", self.text(file + "tsv"))
        for language, words in (
            ("ru", "Врач на дом: не застали дома"),
            ("en", "House call: not at home"),
        ):
            text = self.text(f"{file}csv&lang={language}")
            self.assertIn(f"house_call.not_at_home;{words};", text.replace('"', ""))
        self.assertTrue(self.operator("GET", file + "xlsx").startswith(b"PK"))

    def text(self, path: str) -> str:
        return self.operator("GET", path).decode("utf-8-sig")

    # ---- H2: the list, its order, claims and calls

    def waiting(self, speciality: str, **fields) -> dict:
        return self.register(kind="waiting_list", speciality=speciality, **fields)

    def listed(self, at: Checked | None = None, **query) -> list[str]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        page = (at or self.operator)("GET", f"/api/v1/waiting_list?limit=200&{asked}")
        self.assertEqual(page["attempts"], 3)
        return [item["number"] for item in page["items"]]

    def test_who_waits_has_said_for_whom_and_stands_in_order(self):
        self.refused("speciality", kind="waiting_list")
        self.refused("speciality", speciality="surgeon")
        self.refused("waits_at", kind="waiting_list", waits_at=2)
        self.refused("waits_at", kind="waiting_list", speciality="surgeon", waits_at=77)
        low = self.waiting("urologist", urgency="low")["ticket"]["number"]
        high = self.waiting("urologist", urgency="high")["ticket"]["number"]
        other = self.waiting("surgeon", waits_at=2, doctor="Петров")
        self.assertEqual(self.listed(speciality="urologist"), [high, low])
        card = self.act(other, action="wait_for", speciality="neurologist", waits_at=1)
        waits = card["waiting"]
        self.assertEqual(
            (waits["speciality"], waits["facility"], waits["doctor"]), ("neurologist", 1, None)
        )

    def test_a_slot_is_offered_down_the_list_and_by_one_desk_only(self):
        first, second = (self.waiting("oncologist") for _ in range(2))
        at = (datetime.now(timezone.utc) + timedelta(days=1)).isoformat(timespec="seconds")
        slot = {"speciality": "oncologist", "at": at, "facility": 1}
        asked = {
            "speciality": "oncologist",
            "facility": 1,
            "slot_at": at.replace("+", "%2B"),
            "show": "next",
        }
        both = [made["ticket"]["number"] for made in (first, second)]
        self.assertEqual(self.listed(**asked), both)
        card = self.act(first, action="claim", slot=slot)
        self.assertEqual(card["waiting"]["slot"]["speciality"], "oncologist")
        other = Checked(self, self.user("specialist", self.node))
        self.assertEqual(self.listed(other, **asked), both[1:])
        self.assertEqual(self.act(first, 409, other, action="claim")["path"], "claim")
        self.act(first, action="decline_slot")
        self.assertEqual(self.listed(**asked), both[1:])
        self.act(second, action="claim", slot=slot)
        card = self.act(second, action="complete", result="booked")
        self.assertEqual(card["result"], "booked")
        self.assertEqual(card["waiting"]["slot"]["facility"], 1)
        self.assertEqual(self.listed(speciality="oncologist"), both[:1])

    def test_who_does_not_answer_is_called_later_and_given_up_after_three_calls(self):
        made = self.waiting("dentist")
        self.act(made, 422, action="call_again", until="2001-01-01T00:00:00Z")
        for calls in range(1, 4):
            refused = self.act(made, 409, action="complete", result="not_reached")
            self.assertEqual(refused["path"], "attempts")
            card = self.act(made, action="no_answer")
            self.assertEqual(card["waiting"]["unanswered"], calls)
        self.assertEqual(self.listed(speciality="dentist", show="next"), [])
        self.assertEqual(self.act(made, action="complete", result="not_reached")["status"], "done")

    # ---- T11: notices of facilities

    def test_a_facility_says_what_desks_should_know_and_the_region_may_for_any(self):
        path = "/api/v1/facility_notices"
        supervisor = Checked(self, self.user("supervisor", self.node))
        form = {"facility": 1, "from": "2026-01-01", "until": None, "text": "Терапевт в отпуске"}
        self.operator("POST", path, form, 403)
        supervisor("POST", path, form | {"facility": 2}, 403)
        self.assertEqual(supervisor("POST", path, form | {"text": " "}, 422)["path"], "text")
        made = supervisor("POST", path, form, 201)
        self.assertEqual((made["kept_by"], made["editable"], made["holds"]), ("site", True, True))
        known = lambda api: {one["id"]: one for one in api("GET", path)["items"]}  # noqa: E731
        until(lambda: made["id"] in known(self.at_hub), "the region has it")
        self.assertEqual(known(self.at_hub)[made["id"]]["text"], "Терапевт в отпуске")
        stale = self.at_hub("PUT", f"{path}/{made['id']}", form | {"version": 7}, 409)
        self.assertEqual(stale["path"], "version")
        edit = form | {"text": "Терапевт вышел", "version": 1}
        self.at_hub("PUT", f"{path}/{made['id']}", edit)
        until(lambda: known(self.operator)[made["id"]]["text"] == "Терапевт вышел", "the edit")
        late = supervisor("PUT", f"{path}/{made['id']}", form | {"version": 2}, 409)
        self.assertEqual(late["path"], "id")
        self.at_hub("PUT", f"{path}/{made['id']}", edit | {"version": 2, "withdrawn": True})
        until(lambda: made["id"] not in known(self.operator), "it is gone")

    def test_the_list_is_filtered_by_kind(self):
        made = [
            self.register(kind="wish")["ticket"]["number"],
            self.waiting("therapist")["ticket"]["number"],
        ]
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
