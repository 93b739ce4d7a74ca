"""Live answers of both daemons against web/api/openapi.yaml: good ones, refused ones, empty and full
lists.
"""

from __future__ import annotations

import unittest
from datetime import datetime, timedelta, timezone
from urllib.parse import quote
from zoneinfo import ZoneInfo

import harness
import paths
from demo_lib.http_client import Answer, Api, until
from live_reader import LiveReader
from schema_check import Document

DOCUMENT = Document.of_file(paths.TOP / "web/api/openapi.yaml")


# What is not answered without.
NEEDED = {"/api/v1/digest": "?site=1", "/api/v1/reports/tickets/items": "?figure=accepted"}


def hold_to_contract(test: unittest.TestCase, method: str, target: str, answer: Answer):
    """Fails unless the answer is as the document says; its body, read when it is JSON."""
    kind = answer.headers.get("content-type", "")
    body = answer.json() if "json" in kind else (answer.body or None)
    faults = DOCUMENT.answer_faults(method, target, answer.status, kind, body)
    test.assertEqual(faults, [], f"{method} {target}")
    return body


class Checked:
    """An Api each of whose answers is held against the document."""

    def __init__(self, test: unittest.TestCase, api: Api):
        self._test, self._api = test, api

    def __call__(self, method: str, target: str, value=None, status: int = 200):
        answer: Answer = self._api.send(method, target, value)
        self._test.assertEqual(answer.status, status, f"{method} {target}: {answer.body[:400]!r}")
        return hold_to_contract(self._test, method, target, answer)


class Schema(harness.RegionTest):
    def setUp(self):
        now = datetime.now(ZoneInfo(harness.ZONE))
        self.now, self.today = now, now.date()

    def checked(self, api: Api) -> Checked:
        return Checked(self, api)

    def test_a_sites_answers_are_as_the_contract_says(self):
        admin, program = self.checked(self.admin(self.node)), self.checked(self.program(self.node))
        operator = self.checked(self.user("operator", self.node, "schema1"))
        self._read_all(admin, "node")  # empty lists
        times = [
            (self.now - timedelta(seconds=s)).isoformat(timespec="milliseconds")
            for s in (90, 85, 80, 10)
        ]
        kinds = ("queued", "ringing", "answered", "ended")
        program("POST", "/api/v1/telephony/events", harness.events("s1", *zip(kinds, times)))
        program("POST", "/api/v1/telephony/events", harness.events("s2", *zip(kinds[:3], times)))
        program("POST", "/api/v1/telephony/events", harness.events("s3", *zip(kinds[:2], times)))
        program(
            "POST",
            "/api/v1/telephony/events",
            harness.events("s4", ("queued", times[0]), ("ended", times[3])),
        )
        operator("POST", "/api/v1/contacts", harness.contact(), 201)
        made = operator("POST", "/api/v1/contacts", harness.ticket_contact(), 201)
        number = made["ticket"]["number"]
        for action in (
            {"action": "assign", "line": 2, "assignee": None, "reason": "Вторая линия"},
            {"action": "comment", "text": "Позвонил"},
            {"action": "complete", "text": "Записан"},
        ):
            operator("POST", f"/api/v1/tickets/{number}/actions", action)
        operator(
            "POST",
            f"/api/v1/tickets/{number}/actions",
            {"action": "complete", "text": "Снова"},
            409,
        )
        # Who has no name in the telephone system is known by the login.
        line = operator("PUT", "/api/v1/agents/me", {"state": "break", "reason": "rest"})
        self.assertEqual((line["agent"], line["user"]), ("schema1", "schema1"))
        listed = operator("GET", "/api/v1/agents")["items"]
        self.assertIn(line, [{name: one[name] for name in line} for one in listed])
        operator("PUT", "/api/v1/agents/me", {"state": "break"}, 422)
        problem = admin("POST", "/api/v1/problems", self._problem(), 201)
        operator(
            "POST", f"/api/v1/problems/{problem['id']}/affected", {"phone": "+7 900 000-00-09"}
        )
        admin("PUT", f"/api/v1/problems/{problem['id']}", self._problem(description="Подробнее"))
        self._read_all(admin, "node")
        for path in (
            f"/api/v1/tickets/{number}",
            f"/api/v1/tickets/{number}/attachments",
            f"/api/v1/contacts/{made['contact_id']}",
            "/api/v1/session",
            "/api/v1/callers?phone=%2B79000000001",
            "/api/v1/calls/live",
        ):
            operator("GET", path)
        self.assertIsNone(operator("GET", "/api/v1/callers?phone=zzz")["phone_normalised"])
        admin("POST", f"/api/v1/problems/{problem['id']}/close", {})
        admin(
            "POST",
            "/api/v1/erasures",
            {"ticket_number": number, "basis": "Заявление пациента"},
            201,
        )
        admin("GET", f"/api/v1/tickets/{number}")
        self._read_all(admin, "node")
        self._refusals(operator, number)

    def test_a_card_says_how_and_when_the_contact_came(self):
        operator = self.checked(self.user("operator", self.node, "paper1"))
        said = (self.now - timedelta(days=1)).astimezone(timezone.utc).replace(microsecond=0)
        changes = {
            "channel": "paper",
            "direction": "out",
            "occurred_at": said.isoformat(),
            "facility": 1,
            "details": "Талон 17",
            "refusal_reason": "no_slots",
        }
        made = operator("POST", "/api/v1/contacts", harness.ticket_contact(**changes), 201)
        self.wait_whole()
        for reader in (operator, self.checked(self.admin(self.hub))):
            card = reader("GET", f"/api/v1/tickets/{made['ticket']['number']}")
            told = {name: card[name] for name in changes}
            at = told["occurred_at"].replace("Z", "+00:00")
            told["occurred_at"] = datetime.fromisoformat(at).isoformat()
            self.assertEqual(told, changes)

    def test_records_name_the_people_beside_their_logins(self):
        operator = self.checked(self.user("operator", self.node, "named1"))
        name = "Пользователь named1"
        at = self.now.isoformat(timespec="milliseconds")
        steps = ("queued", at), ("ringing", at), ("answered", at)
        answered = harness.events("named", *steps, agent="named1")
        self.program(self.node).post("/api/v1/telephony/events", answered)
        made = operator("POST", "/api/v1/contacts", harness.ticket_contact(), 201)
        number = made["ticket"]["number"]
        hand = {"action": "assign", "line": 1, "assignee": "named1", "reason": None}
        operator("POST", f"/api/v1/tickets/{number}/actions", hand)
        operator("POST", "/api/v1/problems", self._problem(name="Названный"), 201)
        self.wait_whole()
        for reader in (operator, self.checked(self.admin(self.hub))):
            contact = reader("GET", f"/api/v1/contacts/{made['contact_id']}")
            self.assertEqual((contact["operator"], contact["operator_name"]), ("named1", name))
            card = reader("GET", f"/api/v1/tickets/{number}")
            self.assertEqual((card["assignee"], card["assignee_name"]), ("named1", name))
            self.assertEqual([entry["actor_name"] for entry in card["timeline"]], [name] * 2)
            self.assertEqual(card["timeline"][1]["assignee_name"], name)
            calls = reader("GET", "/api/v1/calls?class=talking&site=1&limit=200")["items"]
            self.assertIn(("named1", name), [(c["agent"], c["agent_name"]) for c in calls])
            problems = reader("GET", "/api/v1/problems?limit=200")["items"]
            self.assertIn(("Названный", name), [(p["name"], p["opened_by_name"]) for p in problems])

    def test_the_hubs_answers_are_as_the_contract_says(self):
        admin = self.checked(self.admin(self.hub))
        self._read_all(admin, "hub")
        site = admin("POST", "/api/v1/sites", harness.spec(40, desks=2).as_json(), 201)
        admin("POST", "/api/v1/sites", harness.spec(40).as_json(), 409)
        admin(
            "PUT",
            "/api/v1/sites/40",
            {"name": "Новое имя", "zone": "Europe/Samara", "desks": site["desks"]},
        )
        admin(
            "PUT",
            "/api/v1/sites/41",
            {"name": "Новое имя", "zone": "Europe/Samara", "desks": site["desks"]},
            404,
        )
        admin("POST", "/api/v1/sites/40/enrolment", {}, 201)
        admin("POST", "/api/v1/sites/40/fork", {"decision": "adopt"}, 409)
        admin("POST", "/api/v1/sites/40/fork", {"decision": "merge"}, 422)
        topics = [
            {"id": t.id, "kind": t.kind, "group": t.group, "name": t.name} for t in harness.TOPICS
        ]
        path = "/api/v1/catalogues/rubricator"
        base = {"version": admin("GET", path)["version"]}
        after = {"version": admin("PUT", path, base | {"topics": topics})["version"]}
        admin("PUT", path, after | {"topics": []}, 422)
        admin("PUT", path, {"version": 2**31, "topics": topics}, 409)

    def test_the_hubs_answers_about_users_are_as_the_contract_says(self):
        admin = self.checked(self.admin(self.hub))
        new = {
            "login": "schema2",
            "name": "Имя",
            "password": "secret-of-schema2",
            "roles": ["operator"],
            "sites": [1],
        }
        user = admin("POST", "/api/v1/users", new, 201)
        admin("POST", "/api/v1/users", new, 409)
        admin("PUT", f"/api/v1/users/{user['id']}", {"name": "Другое имя"})
        robot = admin(
            "POST",
            "/api/v1/users",
            {"login": "robot2", "name": "Робот", "roles": ["program"], "sites": [0]},
            201,
        )
        admin("POST", f"/api/v1/users/{robot['id']}/token", {}, 201)

    def test_the_hubs_answers_about_records_are_as_the_contract_says(self):
        admin = self.checked(self.admin(self.hub))
        problem = admin("POST", "/api/v1/problems", self._problem(), 201)
        admin(
            "POST",
            f"/api/v1/problems/{problem['id']}/affected",
            {"phone": None, "contact_id": None},
        )
        made = self.program(self.node).post("/api/v1/contacts", harness.ticket_contact())
        self.wait_whole()
        admin("GET", f"/api/v1/contacts/{made['contact_id']}")
        admin("GET", f"/api/v1/tickets/{made['ticket']['number']}")
        self._read_all(admin, "hub")
        admin(
            "POST",
            "/api/v1/erasures",
            {"contact_id": made["contact_id"], "basis": "Заявление пациента"},
            201,
        )
        admin("GET", "/api/v1/backups")
        admin("POST", "/api/v1/backups", {}, 404)  # this hub has no folder for them
        self._read_all(admin, "hub")
        path = f"/api/v1/problems/{problem['id']}"
        at_the_site = self.checked(self.admin(self.node))
        at_the_site("PUT", path, self._problem(), 409)
        at_the_site("POST", f"{path}/close", {}, 409)
        admin("POST", f"{path}/close", {})
        for change in ("close", "affected"):
            admin("POST", f"{path}/{change}", {}, 409)

    def test_what_no_directory_names_is_refused_and_nothing_of_it_is_kept(self):
        node, hub = self.admin(self.node), self.admin(self.hub)
        program = self.program(self.node)
        before = node.get("/api/v1/reports/daily")["rows"]
        nobody, absent = "0" * 32, "0" * 31 + "7"
        for path, wrong in (
            ("desk", {"desk": 2}),
            ("facility", {"facility": 999}),
            ("problem", {"problem": nobody}),
            ("problem", {"problem": absent}),
            ("call_id", {"call_id": nobody}),
        ):
            self._refused(program, "/api/v1/contacts", harness.contact(**wrong), path)
        queued = harness.events("declared", ("queued", self.now.isoformat()))["events"][0]
        batch = [queued | {"desk": 1}, queued | {"seq": 1, "type": "ended", "desk": 77}]
        self._refused(program, "/api/v1/telephony/events", {"events": batch}, "events[1].desk")
        self._refused(program, "/api/v1/telephony/events", batch[1], "desk")
        for api in (node, hub):
            self._refused(api, "/api/v1/problems", self._problem(site=999), "site")
        user = {"login": "nowhere", "name": "Имя", "password": "secret-of-nowhere"}
        user |= {"roles": ["operator"], "sites": [1, 999]}
        self._refused(hub, "/api/v1/users", user, "sites")
        self._refused(hub, "/api/v1/users", user | {"sites": [1], "desk": 100}, "desk")
        self._refused(node, "/api/v1/users", user | {"sites": [1], "desk": 100}, "desk")
        self._refused(program, "/api/v1/contacts", harness.contact(desk=100), "desk")
        self._refused(program, "/api/v1/telephony/events", queued | {"desk": 100}, "desk")
        site = harness.spec(41).as_json() | {"desks": [{"no": 100, "name": "Пост"}]}
        self._refused(hub, "/api/v1/sites", site, "desks[0].no")
        self.assertEqual(
            self._counts(node.get("/api/v1/reports/daily")["rows"]), self._counts(before)
        )
        # Corrected at the source, the same events are taken: none was kept of the refused body.
        batch[1]["desk"] = 1
        taken = program.post("/api/v1/telephony/events", {"events": batch})
        self.assertEqual(taken, {"accepted": 2, "duplicates": 0})

    def test_a_desk_that_the_users_site_does_not_have_is_no_desk_of_the_user(self):
        login, password = "elsewhere", "secret-of-elsewhere"
        user = {"login": login, "name": "Имя", "password": password, "roles": ["operator"]}
        admin = self.admin(self.node)
        self._refused(admin, "/api/v1/users", user | {"desk": 7}, "desk")
        # The region's user may have that desk at another site.
        self.admin(self.hub).post("/api/v1/users", user | {"sites": [1], "desk": 7})
        api = Api(self.node.url)
        self.addCleanup(api.close)
        until(
            lambda: login in [u["login"] for u in admin.get("/api/v1/users?limit=200")["items"]],
            "the user arrives at the site",
        )
        self.assertIsNone(api.sign_in(login, password)["user"]["desk"])
        state = api.post("/api/v1/agents/me", {"state": "ready"}, method="PUT")
        self.assertEqual(state["desk"], 1)

    @staticmethod
    def _counts(rows: list[dict]) -> list[tuple]:
        return [(row["desk"], row["received"], row["registered"]) for row in rows]

    def _refused(self, api: Api, target: str, value: dict, path: str) -> None:
        answer = api.send("POST", target, value)
        said = answer.json()
        self.assertEqual(
            (answer.status, said.get("code"), said.get("path")), (422, "invalid", path)
        )

    def test_what_needs_a_session_says_so_as_the_contract_says(self):
        for member in (self.node, self.hub):
            api = Api(member.url)
            self.addCleanup(api.close)
            checked = self.checked(api)
            checked("GET", "/api/v1/session", status=401)
            checked("POST", "/api/v1/session", {"login": "x", "password": "wrong-password"}, 401)
            checked("POST", "/api/v1/session", {"login": 5}, 422)
            self.assertEqual(
                checked("GET", "/api/v1/openapi.yaml"),
                (paths.TOP / "web/api/openapi.yaml").read_bytes(),
            )
            checked("GET", "/livez")
            checked("GET", "/readyz")
        operator = self.user("operator", self.node, "schema3")
        self.checked(operator)("DELETE", "/api/v1/session", status=204)

    def test_what_the_daemons_say_by_themselves_is_as_the_contract_says(self):
        schema = {"$ref": "#/components/schemas/LiveMessage"}
        for member in (self.node, self.hub):
            live = LiveReader(member.url, member.token)
            self.addCleanup(live.close)
            heard = [live.message()]
            self.assertEqual(heard[0]["type"], "hello")
            # Twice: it comes again although nothing changes.
            heard += [live.of_type("sync"), live.of_type("sync")]
            self.assertTrue(heard[-1]["connected"])
            self.admin(member).post("/api/v1/problems", self._problem())
            changed = live.of_type("changed")
            while "problems" not in changed["topics"]:
                heard.append(changed)
                changed = live.of_type("changed")
            live.ping()
            heard += [changed, live.of_type("pong")]
            for message in heard:
                faults = DOCUMENT.faults(schema, message) + DOCUMENT.unnamed([schema], message)
                self.assertEqual(faults, [], message)

    def test_the_audit_of_reads_is_as_the_contract_says(self):
        self.program(self.node).post("/api/v1/contacts", harness.ticket_contact())
        for member in (self.node, self.hub):
            self.wait_whole()
            auditor = self.checked(self.user("auditor", member))
            auditor("GET", "/api/v1/audit?limit=1")
            reader = self.user("supervisor", member)
            reader.get("/api/v1/contacts")
            reader.get("/api/v1/tickets?status=all")
            until(lambda: len(auditor("GET", "/api/v1/audit")["items"]) >= 2, "reads are noted")
            auditor("GET", f"/api/v1/audit?user={'0' * 32}")
            auditor("GET", "/api/v1/audit?user=nobody", status=422)

    def _problem(self, **changes) -> dict:
        return {
            "kind": "schedule",
            "name": "Не открывается расписание",
            "description": "",
            "doctor": None,
            "started_at": self.now.isoformat(),
            "site": 1,
            **changes,
        }

    def _read_all(self, api: Checked, where: str) -> None:
        for method, template, operation in DOCUMENT.operations():
            if (
                method != "GET"
                or "{" in template
                or operation.get("x-served-by", [where]) != [where]
            ):
                continue
            if template in ("/api/v1/live", "/api/v1/callers"):
                continue  # no plain read, needs a number
            if template.startswith(("/api/v1/audit", "/api/v1/notices", "/api/v1/recordings")):
                continue  # not for an administrator
            api("GET", template + NEEDED.get(template, ""))
        for query in (
            "calls?limit=1&class=received",
            f"calls?date={self.today}",
            "tickets?status=all&limit=2",
            f"tickets?q={quote('соколова')}",
            "contacts?limit=1",
            "problems?status=closed",
            f"reports/daily?date={self.today}",
            "reports/daily?format=tsv",
            "reports/daily?format=csv",
            "reports/daily?format=xlsx",
            "reports/tickets?by=topic",
            "reports/tickets?by=line&format=tsv",
            "reports/tickets?kind=wishes&format=csv",
            "reports/tickets?by=urgency&format=xlsx",
            "reports/traffic",
            "reports/traffic?format=tsv",
            "reports/traffic?format=csv&lang=en",
            "reports/traffic?format=xlsx",
            "reports/workforce?days=2&patience_s=0",
            "reports/workforce?format=tsv",
            "reports/workforce?format=csv&lang=en",
            "reports/workforce?format=xlsx",
        ):
            api("GET", f"/api/v1/{query}")
        for query in (
            "calls?class=none",
            "tickets?status=none",
            "contacts?limit=0",
            "reports/daily?date=today",
            "reports/traffic?from=2026-01-02&to=2026-01-01",
            "reports/traffic?desk=100",
            "reports/workforce?days=15",
            "reports/workforce?desks=1",
            "reports/workforce?plan=1.1",
        ):
            api("GET", f"/api/v1/{query}", status=422)

    def _refusals(self, api: Checked, number: str) -> None:
        wrong = {
            "channel": "pigeon",
            "direction": "up",
            "topic": "none",
            "outcome": "maybe",
            "occurred_at": "soon",
            "phone": "1" * 41,
            "applicant": "д" * 201,
            "summary": "д" * 4001,
            "desk": 70_000,
            "facility": "one",
        }
        for name, value in wrong.items():
            problem = api("POST", "/api/v1/contacts", harness.contact(**{name: value}), 422)
            self.assertEqual(problem["path"], name)
        api("POST", "/api/v1/contacts", harness.contact(outcome="ticket"), 422)
        api("GET", f"/api/v1/contacts/{'0' * 31}1", status=404)
        api("POST", f"/api/v1/tickets/{number}/actions", {"action": "sing"}, 422)
        api("POST", "/api/v1/users", {}, 403)


if __name__ == "__main__":
    harness.main()
