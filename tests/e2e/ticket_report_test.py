"""The report of accepted and completed tickets (A19): every figure opens as many tickets as it says, site and hub agree, and
the files say the same.
"""

from __future__ import annotations

import csv
import io
import json
import time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import harness
import paths
from demo_lib.http_client import until
from schema_test import Checked
from ticket_life_test import TimedRegion

FIGURES = "accepted accepted_late completed in_time late late_cut_off no_deadline rejected reopened merged reacted reacted_in_time reacted_late".split()
CONTACTS = "contacts contacts_other solved".split()
REASON = "not_reproducible"
GROUPS = {"day": None, "line": "line", "urgency": "urgency", "topic": "topic", "site": "site"}


def words(keys: list[str], language: str) -> list[str]:
    catalogue = json.loads((paths.TOP / f"web/ui/messages/{language}.json").read_text())
    return [catalogue[key] for key in keys]


def column_words(columns: list[str], language: str) -> list[str]:
    return words([f"file_{column}" for column in columns], language)


def urgency_words(report: dict, language: str) -> list[str]:
    return words([f"urgency_{row['value']}" for row in report["rows"]], language)


class TicketReport(TimedRegion):
    def setUp(self):
        self.operator = self.user("operator", self.node)
        self.specialist = self.user("specialist", self.node)
        self.at_node = Checked(self, self.user("supervisor", self.node))
        self.at_hub = Checked(self, self.admin(self.hub))
        now = datetime.now(ZoneInfo(harness.ZONE))
        # Around midnight the day's figures would be of two days.
        self.days = f"from={(now - timedelta(days=1)).date()}&to={now.date()}"

    def open(self, urgency: str = "high", **changes) -> str:
        body = harness.contact(outcome="ticket", urgency=urgency, **changes)
        return self.operator.post("/api/v1/contacts", body)["ticket"]["number"]

    def act(self, number: str, action: str, **fields) -> None:
        self.specialist.post(f"/api/v1/tickets/{number}/actions", {"action": action, **fields})

    def live_through_everything(self) -> dict[str, list[str]]:
        """Figures of this test's tickets: their numbers."""
        late = self.open("critical")
        opened = time.monotonic()
        in_time, rejected, again, passed_up = (self.open() for _ in range(4))
        received = datetime.now(timezone.utc) - timedelta(hours=2)
        typed_late = self.open(occurred_at=received.isoformat(timespec="seconds"))
        wish = self.open("low", kind="wish")
        self.act(in_time, "complete", text="Готово")
        self.act(rejected, "reject", reason=REASON)
        self.act(again, "complete", text="Готово")
        self.act(again, "reopen", text="Всё ещё не работает")
        self.act(passed_up, "assign", line=2, assignee=None, reason="Вторая линия")
        self.act(wish, "complete", text="Учтём")
        # Its norm is a minute.
        time.sleep(max(0.0, 62 - (time.monotonic() - opened)))
        self.act(late, "complete", text="Готово")
        return {
            "accepted": [late, in_time, rejected, again, passed_up, typed_late],
            "accepted_late": [typed_late],
            "completed": [late, in_time],
            "in_time": [in_time],
            "late": [late],
            "late_cut_off": [],
            "no_deadline": [],
            "rejected": [rejected],
            f"rejected_{REASON}": [rejected],
            "reopened": [again],
            "merged": [],
            "line 2": [passed_up],
            "wishes": [wish],
        }

    def report(self, api: Checked, by: str, kind: str = "tickets") -> dict:
        return api("GET", f"/api/v1/reports/tickets?{self.days}&by={by}&kind={kind}&site=1")

    def opened(self, api: Checked, figure: str, **narrowed) -> list[str]:
        asked = "".join(f"&{name}={value}" for name, value in narrowed.items())
        days = "" if "from" in narrowed else f"&{self.days}"
        path = f"/api/v1/reports/tickets/items?figure={figure}{days}{asked}"
        out, cursor = [], ""
        while True:  # in small pages: a cursor goes on where the last one ended
            page = api("GET", f"{path}&limit=3{cursor}")
            out += [item["ticket"]["number"] for item in page["items"]]
            if page["next_cursor"] is None:
                return out
            cursor = f"&cursor={page['next_cursor']}"

    def test_every_figure_opens_its_tickets_at_the_site_and_at_the_hub(self):
        expected = self.live_through_everything()
        self.wait_whole()
        self.assert_same_state()
        wishes = expected.pop("wishes")
        on_line_2 = expected.pop("line 2")
        for by, name in GROUPS.items():
            here, there = self.report(self.at_node, by), self.report(self.at_hub, by)
            self.assertEqual(self._figures(here["rows"]), self._figures(there["rows"]), by)
            for row in here["rows"]:
                narrowed = {} if name is None else {name: row["value"]}
                if name is None:
                    narrowed = {"from": row["value"], "to": row["value"]}
                for figure in FIGURES:
                    for api in (self.at_node, self.at_hub):
                        found = self.opened(api, figure, **{"site": 1} | narrowed)
                        self.assertEqual(len(found), row[figure], (by, row["value"], figure))
        total = self.report(self.at_node, "day")["total"]
        for figure, numbers in expected.items():
            for api in (self.at_node, self.at_hub):
                self.assertEqual(sorted(self.opened(api, figure, site=1)), sorted(numbers), figure)
            if figure in total:
                self.assertEqual(total[figure], len(numbers), figure)
        self.assertEqual(total["rejected_for"][REASON], 1)
        self.assertEqual(total["in_time_pct"], 50)
        self.assertEqual(self.opened(self.at_hub, "accepted", line=2, site=1), on_line_2)
        self.assertEqual(self.report(self.at_hub, "day", "wishes")["total"]["in_time"], 1)
        self.assertEqual(self.opened(self.at_node, "completed", kind="wishes"), wishes)
        self._files_say_the_same()

    def test_solved_on_the_line_is_counted_whatever_the_channel(self):
        """A12."""
        before = {by: self.report(self.at_node, by)["total"] for by in ("day", "urgency")}
        self.assertEqual(
            *({name: before[by][name] for name in CONTACTS} for by in ("day", "urgency")),
            "contacts have no urgency; the total is of all of them",
        )
        mine = Checked(self, self.user("operator", self.node, "solver"))
        made = [
            mine("POST", "/api/v1/contacts", harness.contact(**more), status=201)
            for more in ({}, {"channel": "email"}, {"direction": "out"})
        ]
        ticket = harness.contact(outcome="ticket", urgency="low")
        mine("POST", "/api/v1/contacts", ticket, status=201)
        self.wait_whole()
        self.assert_same_state()
        for api in (self.at_node, self.at_hub):
            total = self.report(api, "day")["total"]
            grown = [total[name] - before["day"][name] for name in CONTACTS]
            self.assertEqual(grown, [4, 2, 3])
            by_operator = {r["name"]: r for r in self.report(api, "operator")["rows"]}
            row = next(r for name, r in by_operator.items() if r["contacts"] == 4 and name)
            self.assertEqual([row[name] for name in CONTACTS], [4, 2, 3])
            self.assertEqual((row["solved_pct"], row["accepted"]), (75, 1))
            for name in CONTACTS:
                found = self.behind(api, name, operator=row["value"])
                self.assertEqual(len(found), row[name], name)
                self.assertTrue(all(one["ticket"] is None for one in found))
            solved = {
                one["contact"]["id"] for one in self.behind(api, "solved", operator=row["value"])
            }
            self.assertEqual(solved, {one["contact_id"] for one in made})
            for by, name in GROUPS.items():
                for told in self.report(api, by)["rows"]:
                    narrowed = {name: told["value"]} if name else {}
                    if name is None:
                        narrowed = {"from": told["value"], "to": told["value"]}
                    if by != "urgency":
                        found = self.behind(api, "solved", **narrowed)
                        self.assertEqual(len(found), told["solved"], (by, told["value"]))
        refused = self.at_node(
            "GET", "/api/v1/reports/tickets/items?figure=solved&operator=zz", status=422
        )
        self.assertEqual(refused["path"], "operator")

    def behind(self, api: Checked, figure: str, **narrowed) -> list[dict]:
        asked = "".join(f"&{name}={value}" for name, value in ({"site": 1} | narrowed).items())
        days = "" if "from" in narrowed else f"&{self.days}"
        path = f"/api/v1/reports/tickets/items?figure={figure}{days}{asked}&limit=200"
        return api("GET", path)["items"]

    def _figures(self, rows: list[dict]) -> dict:
        return {row["value"]: [row[figure] for figure in FIGURES + CONTACTS] for row in rows}

    def _files_say_the_same(self) -> None:
        for by in GROUPS:
            report = self.report(self.at_node, by)
            path = f"/api/v1/reports/tickets?{self.days}&by={by}"
            tsv = self.at_node("GET", f"{path}&format=tsv").decode()
            tables = [list(csv.reader(io.StringIO(tsv), delimiter="\t"))]
            columns = tables[0][0]
            for language in ("ru", "en"):
                text = self.at_node("GET", f"{path}&format=csv&lang={language}")
                rows = csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""), delimiter=";")
                tables.append(list(rows))
                self.assertEqual(tables[-1][0], column_words(columns, language))
                if by == "urgency":
                    names = [row[1] for row in tables[-1][1:]]
                    self.assertEqual(names, urgency_words(report, language))
            self.assertTrue(self.at_node("GET", f"{path}&format=xlsx").startswith(b"PK"))
            for table in tables:
                rows = [dict(zip(columns, row)) for row in table[1:]]
                self.assertEqual([row[by] for row in rows], [r["value"] for r in report["rows"]])
                for row, told in zip(rows, report["rows"]):
                    for figure in FIGURES + CONTACTS:
                        self.assertEqual(int(row[figure]), told[figure], figure)
                    reason = f"rejected_{REASON}"
                    self.assertEqual(int(row[reason]), told["rejected_for"][REASON])

    def test_what_cannot_be_asked_is_refused_with_its_name(self):
        report, items = "/api/v1/reports/tickets?", "/api/v1/reports/tickets/items?"
        for path, field in (
            (f"{report}from=yesterday00", "from"),
            (f"{report}to=2026-02-30", "to"),
            (f"{report}from=2026-02-02&to=2026-02-01", "to"),
            (f"{report}from=2020-01-01&to=2021-01-01", "to"),
            (f"{report}by=colour", "by"),
            (f"{report}kind=all", "kind"),
            (f"{report}site=2", "site"),
            (f"{report}format=pdf", "format"),
            (f"{report}colour=1", "colour"),
            (items, "figure"),
            (f"{items}figure=lost", "figure"),
            (f"{items}figure=late&by=colour", "by"),
            (f"{items}figure=late&line=4", "line"),
            (f"{items}figure=late&urgency=huge", "urgency"),
            (f"{items}figure=late&cursor=zz", "cursor"),
        ):
            refused = self.at_node("GET", path, status=422)
            self.assertEqual((refused["code"], refused["path"]), ("invalid", field), path)

    def test_a_year_is_a_report_and_days_without_tickets_are_zeros(self):
        year = self.at_hub("GET", "/api/v1/reports/tickets?from=2024-01-01&to=2024-12-31")
        self.assertEqual(len(year["rows"]), 366)
        self.assertEqual(year["total"]["accepted"], 0)
        self.assertIsNone(year["total"]["in_time_pct"])


if __name__ == "__main__":
    harness.main()
