"""Catalogues: calendars, queues, what is answered (V9b), templates, edited at the hub and known at the
sites; both answer one deadline. Every answer is held against the contract.
"""

from __future__ import annotations

import copy

import harness
from demo_lib.http_client import until
from schema_test import Checked

_OFFICE_DAY = {"spans": [{"from": "08:30", "to": "12:00"}, {"from": "13:00", "to": "18:00"}]}
_OFF = {"spans": []}
OFFICE = {
    "version": 0,
    "name_ru": "Кабинеты",
    "name_en": "Offices",
    "zone": "Europe/Moscow",
    "disabled": False,
    "holidays": "observed",
    "week": [_OFFICE_DAY] * 5 + [_OFF] * 2,
    "own_days": [{"date": "2026-03-14", "spans": [{"from": "09:00", "to": "24:00"}]}],
}


def norm(minutes: int, running: str = "working_time", unit: str = "hours") -> dict:
    return {"minutes": minutes, "unit": unit, "running": running}


LINE_2 = {
    "version": 0,
    "name_ru": "Вторая линия",
    "name_en": "Line 2",
    "disabled": False,
    "line": 2,
    "calendar": "office",
    "norms": [
        {
            "urgency": "low",
            "registration": norm(480),
            "completion": norm(15_120, "round_the_clock", "weeks"),
        },
        {"urgency": "medium", "registration": norm(360), "completion": None},
        {"urgency": "high", "registration": norm(60), "completion": norm(480)},
        {"urgency": "critical", "registration": norm(10), "completion": norm(240)},
    ],
    "reactions": [
        {"category": "запись", "norm": norm(30)},
        {"category": None, "norm": norm(120)},
    ],
}
PRICE = {
    "version": 0,
    "name": "Сколько стоит услуга",
    "text": "Прейскурант ведёт учреждение.",
    "answered": False,
    "disabled": False,
}
CALL_BACK = {
    "version": 0,
    "name": "Перезвоним",
    "use": "answer",
    "text": "{имя}, Вам перезвонит {врач}.",
    "fields": [
        {"name": "имя", "filling": "applicant", "choices": []},
        {"name": "врач", "filling": "asked", "choices": ["терапевт", "хирург"]},
    ],
    "disabled": False,
}
# The evening before the May holidays of 2025.
ASKED = {
    "urgency": "high",
    "category": "запись",
    "queue": "line-2",
    "received_at": "2025-04-30T16:00:00+03:00",
    "registered_at": "2025-04-30T16:00:00+03:00",
    "pauses": [],
}


class Calendars(harness.RegionTest):
    def checked_admin(self, member) -> Checked:
        return Checked(self, self.admin(member))

    def refused(self, admin: Checked, target: str, body: dict, path: str, status: int = 422):
        method = "POST" if "import" in target or "preview" in target else "PUT"
        self.assertEqual(admin(method, target, body, status)["path"], path)

    def test_1_the_years_come_with_the_software_and_2027_is_preliminary(self):
        for member in (self.hub, self.node):
            years = self.checked_admin(member)("GET", "/api/v1/catalogues/production")["items"]
            status = {year["year"]: year["status"] for year in years}
            self.assertEqual(
                status,
                {2024: "decreed", 2025: "decreed", 2026: "decreed", 2027: "preliminary"},
            )
            self.assertEqual({year["version"] for year in years}, {0})

    def test_2_calendars_and_queues_reach_the_site(self):
        hub, site = self.checked_admin(self.hub), self.checked_admin(self.node)
        self.refused(hub, "/api/v1/catalogues/queues/line-2", LINE_2, "calendar")
        office = hub("PUT", "/api/v1/catalogues/calendars/office", OFFICE)
        self.assertEqual(office, OFFICE | {"id": "office", "version": 1} | _changed(office))
        line_2 = hub("PUT", "/api/v1/catalogues/queues/line-2", LINE_2)
        self.assertEqual(line_2["norms"], LINE_2["norms"])
        hub("PUT", "/api/v1/catalogues/calendars/office", OFFICE, 409)
        for kind, record in (("calendars", office), ("queues", line_2)):
            target = f"/api/v1/catalogues/{kind}"
            until(lambda t=target: site("GET", t)["items"], f"{kind} at the site", 20)
            self.assertEqual(site("GET", target)["items"], [record])
            self.assertEqual(hub("GET", target)["items"], [record])

    def test_3_site_and_hub_give_one_deadline_with_the_days_that_it_skips(self):
        hub, site = self.checked_admin(self.hub), self.checked_admin(self.node)
        answer = hub("POST", "/api/v1/deadlines/preview", ASKED)
        self.assertEqual(site("POST", "/api/v1/deadlines/preview", ASKED), answer)
        self.assertEqual(answer["zone"], "Europe/Moscow")
        self.assertEqual(answer["registration"]["due_at"], "2025-04-30T14:00:00.000Z")
        self.assertEqual(answer["reaction"]["due_at"], "2025-04-30T13:30:00.000Z")
        # One hour of the short Wednesday, then seven of Monday: 8:30–12:00 and 13:00–16:30.
        self.assertEqual(answer["completion"]["due_at"], "2025-05-05T13:30:00.000Z")
        skipped = [
            (day["date"], day["why"], day["shortened"]) for day in answer["completion"]["skipped"]
        ]
        self.assertEqual(
            skipped,
            [
                ("2025-04-30", "production", True),
                ("2025-05-01", "production", False),
                ("2025-05-02", "production", False),
                ("2025-05-03", "week", False),
                ("2025-05-04", "week", False),
            ],
        )
        self.assertEqual(answer["preliminary_years"], [], "2025 is decreed")
        waiting = ASKED | {"pauses": [{"from": "2025-04-30T16:30:00+03:00", "to": None}]}
        self.assertIsNone(hub("POST", "/api/v1/deadlines/preview", waiting)["completion"]["due_at"])
        over = {"from": "2025-05-05T09:00:00+03:00", "to": "2025-05-05T09:30:00+03:00"}
        paused = ASKED | {"pauses": [over]}
        moved = hub("POST", "/api/v1/deadlines/preview", paused)
        self.assertEqual(site("POST", "/api/v1/deadlines/preview", paused), moved)
        self.assertEqual(moved["completion"]["due_at"], "2025-05-05T14:00:00.000Z")
        self.assertEqual(moved["reaction"], answer["reaction"], "it had ended before")
        twice = ASKED | {"pauses": [over, over]}
        self.refused(hub, "/api/v1/deadlines/preview", twice, "pauses[1].from")
        unregistered = ASKED | {"registered_at": None}
        self.assertIsNone(hub("POST", "/api/v1/deadlines/preview", unregistered)["reaction"])

    def test_3_a_topic_stands_for_its_queue_and_one_that_no_queue_takes_says_so(self):
        site = self.checked_admin(self.node)
        asked = ASKED | {"queue": None, "category": None}
        self.refused(site, "/api/v1/deadlines/preview", asked, "queue")
        asked["topic"] = harness.TOPICS[0].id
        promised = site("POST", "/api/v1/deadlines/preview", asked)
        clocks = [promised[name] for name in ("queue", "registration", "reaction", "completion")]
        self.assertEqual(clocks, [None] * 4)

    def test_4_a_year_is_published_and_imported(self):
        hub, site = self.checked_admin(self.hub), self.checked_admin(self.node)
        table = "2027\tdecreed\n2027-01-01\toff\n2027-02-20\tworking\t2027-02-22\n2027-02-22\toff\n"
        target = "/api/v1/catalogues/production"
        years = hub("POST", f"{target}/import", {"tsv": table})["items"]
        self.assertEqual([y["version"] for y in years], [0, 0, 0, 1])
        self.assertEqual(hub("POST", f"{target}/import", {"tsv": table})["items"], years)
        self.refused(hub, f"{target}/import", {"tsv": "2027\tsurely\n"}, "tsv")
        changed = {"version": 1, "status": "preliminary", "days": years[3]["days"]}
        self.assertEqual(hub("PUT", f"{target}/2027", changed)["version"], 2)
        self.refused(hub, f"{target}/2027", changed, "version", 409)
        until(lambda: site("GET", target)["items"][3]["version"] == 2, "2027 at the site", 20)

    def test_5_what_is_wrong_is_named(self):
        hub = self.checked_admin(self.hub)
        calendar = "/api/v1/catalogues/calendars/night"
        for field, value, path in (
            ("zone", "Europe/Nowhere", "zone"),
            ("name_ru", "", "name_ru"),
            ("holidays", "sometimes", "holidays"),
            ("week", [_OFF] * 7, "week"),
            ("week", [_OFF] * 6, "week"),
        ):
            self.refused(hub, calendar, OFFICE | {field: value}, path)
        overlapping = copy.deepcopy(OFFICE)
        overlapping["week"][2] = {
            "spans": [{"from": "08:00", "to": "12:00"}, {"from": "11:00", "to": "13:00"}]
        }
        self.refused(hub, calendar, overlapping, "week[2]")
        overlapping["week"][2] = {"spans": [{"from": "8.00", "to": "12:00"}]}
        self.refused(hub, calendar, overlapping, "week[2].spans[0].from")
        self.refused(hub, "/api/v1/catalogues/calendars/Night", OFFICE, "id")
        year = {"version": 0, "status": "decreed"}
        days = [{"date": "2028-01-01", "kind": "working", "instead_of": None}]
        self.refused(hub, "/api/v1/catalogues/production/2028", year | {"days": days}, "days[0]")
        self.refused(hub, "/api/v1/catalogues/production/28", year | {"days": []}, "year")
        preview = "/api/v1/deadlines/preview"
        self.refused(hub, preview, ASKED | {"queue": "nobody"}, "queue")
        self.refused(hub, preview, ASKED | {"urgency": "whatever"}, "urgency")
        early = {"registered_at": "2025-04-30T15:00:00+03:00"}
        self.refused(hub, preview, ASKED | early, "registered_at")

    def test_6_what_is_answered_is_known_at_the_site(self):
        hub, site = self.checked_admin(self.hub), self.checked_admin(self.node)
        target = "/api/v1/catalogues/competence"
        price = hub("PUT", f"{target}/price", PRICE)
        self.assertEqual(price, PRICE | {"id": "price", "version": 1} | _changed(price))
        until(lambda: site("GET", target)["items"], "the clause at the site", 20)
        self.assertEqual(site("GET", target)["items"], [price])
        hub("PUT", f"{target}/price", PRICE, 409)
        withdrawn = PRICE | {"version": 1, "disabled": True}
        self.assertEqual(hub("PUT", f"{target}/price", withdrawn)["version"], 2)
        until(lambda: site("GET", target)["items"][0]["disabled"], "withdrawn at the site", 20)
        for field, value in (("name", " "), ("text", ""), ("text", "ы" * 2001), ("answered", 1)):
            self.refused(hub, f"{target}/other", PRICE | {field: value}, field)
        self.refused(hub, f"{target}/Price", PRICE, "id")
        self.assertEqual(len(hub("GET", target)["items"]), 1)

    def test_7_templates_keep_their_text_and_their_fields_together(self):
        hub, site = self.checked_admin(self.hub), self.checked_admin(self.node)
        target = "/api/v1/catalogues/templates"
        nothing = {"kind": None, "topic": None, "urgency": None, "items": []}
        answer = hub("PUT", f"{target}/call-back", CALL_BACK)
        self.assertEqual(
            answer, CALL_BACK | nothing | {"id": "call-back", "version": 1} | _changed(answer)
        )
        until(lambda: site("GET", target)["items"], "the template at the site", 20)
        self.assertEqual(site("GET", target)["items"], [answer])
        doctor = {"name": "врач", "filling": "asked", "choices": []}
        for change, path in (
            ({"text": "Перезвонит {врач"}, "text"),
            ({"text": "Перезвонит {врач}, {имя} и {день}"}, "text"),
            ({"text": "Перезвонит {врач}"}, "fields[0].name"),
            ({"fields": [doctor | {"filling": "whatever"}]}, "fields[0].filling"),
            ({"fields": [doctor | {"choices": [""]}]}, "fields[0].choices[0]"),
            ({"fields": [doctor] * 11}, "fields"),
            ({"use": "letter"}, "use"),
            ({"urgency": "high"}, "urgency"),
            ({"use": "ticket", "topic": "nowhere"}, "topic"),
            ({"use": "ticket", "fields": [doctor | {"filling": "number"}]}, "fields[0].filling"),
            ({"kind": "wish"}, "kind"),
            ({"items": ["Позвонить"]}, "items"),
            ({"use": "ticket", "items": ["Позвонить", ""]}, "items[1]"),
            ({"use": "ticket", "items": ["ы" * 201]}, "items[0]"),
            ({"use": "ticket", "items": ["Позвонить"] * 51}, "items"),
        ):
            with self.subTest(change=change):
                self.refused(hub, f"{target}/other", CALL_BACK | change, path)
        self.assertEqual(len(hub("GET", target)["items"]), 1)
        to_do = {"name": "Выезд", "use": "ticket", "text": "Выезд", "fields": []}
        to_do |= {"items": ["Позвонить", "Взять кабель"]}
        made = hub("PUT", f"{target}/visit", CALL_BACK | to_do)
        self.assertEqual(made["items"], to_do["items"])
        until(lambda: made in site("GET", target)["items"], "the list at the site", 20)

    def test_8_a_promise_says_on_which_years_without_a_decree_it_counts(self):
        hub, site = self.checked_admin(self.hub), self.checked_admin(self.node)

        def years(received: str, urgency: str = "high") -> list[int]:
            body = ASKED | {"received_at": received, "registered_at": received, "urgency": urgency}
            answer = hub("POST", "/api/v1/deadlines/preview", body)
            self.assertEqual(site("POST", "/api/v1/deadlines/preview", body), answer)
            return answer["preliminary_years"]

        self.assertEqual(years("2026-11-30T10:00:00+03:00"), [])
        self.assertEqual(years("2026-12-31T17:00:00+03:00"), [2027], "preliminary")
        self.assertEqual(years("2027-12-31T17:00:00+03:00"), [2027, 2028], "there is no 2028")
        self.assertEqual(years("2026-12-31T17:00:00+03:00", "critical"), [2027])
        clock = copy.deepcopy(LINE_2) | {"line": 1}
        for norms in clock["norms"]:
            norms |= {key: norm(60, "round_the_clock") for key in ("registration", "completion")}
        clock["norms"][0]["completion"] = norm(366 * 24 * 60, unit="weeks")
        clock["reactions"] = []
        hub("PUT", "/api/v1/catalogues/queues/line-1", clock)
        until(lambda: len(site("GET", "/api/v1/catalogues/queues")["items"]) == 2, "queue", 20)
        decreed = [
            year["year"]
            for year in site("GET", "/api/v1/catalogues/production")["items"]
            if year["status"] == "decreed"
        ]
        operator = self.user("operator", self.node)
        for urgency in ("low", "medium"):
            body = harness.ticket_contact() | {"urgency": urgency}
            made = operator.post("/api/v1/contacts", body)["ticket"]
            card = Checked(self, operator)("GET", f"/api/v1/tickets/{made['number']}")
            reached = range(int(card["opened_at"][:4]), int(card["completion_due"][:4]) + 1)
            counted = [year for year in reached if year not in decreed]
            self.assertEqual(card["preliminary_years"], counted if urgency == "low" else [])
            self.assertTrue(counted or urgency == "medium", "a year of working days ends in none")


def _changed(record: dict) -> dict:
    return {"changed_at": record["changed_at"]}


if __name__ == "__main__":
    harness.main()
