"""Who may do what, at both daemons, asked from outside (A7): every route, every role, deny by default.
"""

from __future__ import annotations

import http.client
import json
import time
import unittest
from urllib.parse import urlsplit

import harness
import paths
from demo_lib.http_client import Api
from schema_check import Document

ROLES = ("operator", "specialist", "expert", "supervisor", "administrator", "auditor", "program")
_LINES = "operator specialist expert supervisor"
_STAFF = f"{_LINES} administrator"
_ALL = f"{_STAFF} auditor program"
_REGION = "specialist expert supervisor administrator"
_MANAGERS = "supervisor administrator"
_ADMIN = "administrator"
_SUPERVISORS = "supervisor"
_CLOSERS = "specialist expert supervisor administrator"
_ID = "0" * 31 + "7"

# method, path, roles at a node, roles at the hub. None: the daemon does not serve it (404).
TABLE = [
    ("POST", "/api/v1/telephony/events", "program administrator", None),
    ("GET", "/api/v1/calls", _STAFF, _REGION),
    ("GET", "/api/v1/calls/live", _STAFF, None),
    ("GET", "/api/v1/call_backs", _STAFF, None),
    ("POST", f"/api/v1/call_backs/{_ID}", _LINES, None),
    ("GET", "/api/v1/recordings", _SUPERVISORS, _SUPERVISORS),
    ("GET", f"/api/v1/recordings/{_ID}", _SUPERVISORS, _SUPERVISORS),
    ("GET", f"/api/v1/recordings/{_ID}/sound?purpose=quality", _SUPERVISORS, _SUPERVISORS),
    ("POST", "/api/v1/contacts", f"{_LINES} program", None),
    ("GET", "/api/v1/contacts", _STAFF, _REGION),
    ("GET", f"/api/v1/contacts/{_ID}", _STAFF, _REGION),
    ("GET", "/api/v1/callers?phone=1", _STAFF, _REGION),
    ("GET", "/api/v1/untold", _STAFF, None),
    ("GET", "/api/v1/notices", _LINES, _SUPERVISORS),
    ("GET", "/api/v1/notices/count", _LINES, _SUPERVISORS),
    ("POST", "/api/v1/notices/read", _LINES, _SUPERVISORS),
    ("GET", "/api/v1/ticket_filters", _STAFF, _REGION),
    ("POST", "/api/v1/ticket_filters", _STAFF, _REGION),
    ("DELETE", f"/api/v1/ticket_filters/{_ID}", _STAFF, _REGION),
    ("GET", "/api/v1/tickets", _STAFF, _REGION),
    ("GET", "/api/v1/tickets/1-000001-1", _STAFF, _REGION),
    ("POST", "/api/v1/tickets/1-000001-1/actions", _LINES, _REGION),
    ("GET", "/api/v1/tickets/similar", _STAFF, _REGION),
    ("GET", "/api/v1/tickets/1-000001-1/ties", _STAFF, _REGION),
    ("POST", "/api/v1/tickets/1-000001-1/parts", _LINES, None),
    ("GET", "/api/v1/attachments/settings", _STAFF, None),
    ("GET", "/api/v1/tickets/1-000001-1/attachments", _STAFF, _REGION),
    ("POST", "/api/v1/tickets/1-000001-1/attachments", _LINES, None),
    ("GET", f"/api/v1/tickets/1-000001-1/attachments/{_ID}{_ID}", _STAFF, _REGION),
    ("GET", "/api/v1/problems", f"{_STAFF} program", f"{_STAFF} program"),
    ("POST", "/api/v1/problems", _STAFF, _STAFF),
    ("PUT", f"/api/v1/problems/{_ID}", _STAFF, _STAFF),
    ("POST", f"/api/v1/problems/{_ID}/affected", _STAFF, _STAFF),
    ("POST", f"/api/v1/problems/{_ID}/close", _CLOSERS, _CLOSERS),
    ("GET", f"/api/v1/problems/{_ID}/callers", _LINES, _REGION),
    ("POST", f"/api/v1/problems/{_ID}/callers/{_ID}", _LINES, _REGION),
    ("GET", "/api/v1/catalogues/rubricator", _ALL, _ALL),
    ("PUT", "/api/v1/catalogues/rubricator", None, _ADMIN),
    ("GET", "/api/v1/catalogues/sites", _ALL, _ALL),
    ("GET", "/api/v1/catalogues/support_codes/482918", _ALL, _ALL),
    ("GET", "/api/v1/catalogues/production", _ALL, _ALL),
    ("PUT", "/api/v1/catalogues/production/2026", None, _ADMIN),
    ("POST", "/api/v1/catalogues/production/import", None, _ADMIN),
    ("GET", "/api/v1/catalogues/calendars", _ALL, _ALL),
    ("PUT", "/api/v1/catalogues/calendars/office", None, _ADMIN),
    ("GET", "/api/v1/catalogues/queues", _ALL, _ALL),
    ("PUT", "/api/v1/catalogues/queues/line-1", None, _ADMIN),
    ("GET", "/api/v1/catalogues/competence", _ALL, _ALL),
    ("PUT", "/api/v1/catalogues/competence/price", None, _ADMIN),
    ("GET", "/api/v1/catalogues/templates", _ALL, _ALL),
    ("PUT", "/api/v1/catalogues/templates/greeting", None, _ADMIN),
    ("POST", "/api/v1/deadlines/preview", _ALL, _ALL),
    ("GET", "/api/v1/users", _MANAGERS, _MANAGERS),
    ("POST", "/api/v1/users", _ADMIN, _ADMIN),
    ("PUT", f"/api/v1/users/{_ID}", _ADMIN, _ADMIN),
    ("POST", f"/api/v1/users/{_ID}/token", _ADMIN, _ADMIN),
    ("PUT", f"/api/v1/users/{_ID}/absence", "supervisor administrator", "supervisor administrator"),
    ("POST", "/api/v1/tickets/take_next", _LINES, None),
    ("GET", "/api/v1/waiting_list", _STAFF, None),
    ("GET", "/api/v1/facility_notices", f"{_STAFF} program", f"{_STAFF} program"),
    ("POST", "/api/v1/facility_notices", "supervisor administrator", "supervisor administrator"),
    (
        "PUT",
        f"/api/v1/facility_notices/{_ID}",
        "supervisor administrator",
        "supervisor administrator",
    ),
    ("GET", "/api/v1/agents", _STAFF, _MANAGERS),
    ("PUT", "/api/v1/agents/me", _LINES, None),
    ("GET", "/api/v1/call_queue", _STAFF, None),
    ("POST", "/api/v1/call_queue/asks", _LINES, None),
    ("GET", "/api/v1/reports/daily", _ALL, _ALL),
    ("GET", "/api/v1/reports/tickets", _ALL, _ALL),
    ("GET", "/api/v1/reports/tickets/items?figure=late", _STAFF, _REGION),
    ("GET", "/api/v1/reports/traffic", _ALL, _ALL),
    ("GET", "/api/v1/reports/workforce", _MANAGERS, _MANAGERS),
    ("GET", "/api/v1/shift", _ALL, _ALL),
    ("GET", "/api/v1/sync", _ALL, _ALL),
    ("GET", "/api/v1/sites", None, _ALL),
    ("POST", "/api/v1/sites", None, "administrator program"),
    ("PUT", "/api/v1/sites/999", None, "administrator program"),
    ("DELETE", "/api/v1/sites/999", None, "administrator program"),
    ("POST", "/api/v1/sites/999/enrolment", None, "administrator program"),
    ("POST", "/api/v1/sites/999/support_code", None, "administrator program"),
    ("POST", "/api/v1/sites/999/fork", None, "administrator program"),
    ("POST", "/api/v1/erasures", _ADMIN, _ADMIN),
    ("GET", "/api/v1/erasures", "administrator auditor", "administrator auditor"),
    ("GET", "/api/v1/audit", "auditor", "auditor"),
    ("GET", "/api/v1/backups", "administrator program", "administrator program"),
    ("POST", "/api/v1/backups", "administrator program", "administrator program"),
    ("GET", "/api/v1/digest?site=1", "administrator program", "administrator program"),
]
# What is asked with, where the rights depend on it; an empty object elsewhere.
BODIES = {"/api/v1/tickets/1-000001-1/actions": {"action": "comment", "text": "Позвонил"}}
# Served without a table: for everybody, for whoever is signed in, or by another protocol.
ELSEWHERE = {
    ("POST", "/api/v1/session"),
    ("GET", "/api/v1/session"),
    ("DELETE", "/api/v1/session"),
    ("GET", "/api/v1/openapi.yaml"),
    ("GET", "/livez"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/api/v1/live"),
}


class Roles(harness.RegionTest):
    def places(self):
        """(name, member, column of TABLE)"""
        return (("node", self.node, 2), ("hub", self.hub, 3))

    def test_every_route_and_role_answers_as_the_table_says(self):
        for name, member, column in self.places():
            for role in ROLES:
                api = self.only_a_program(member) if role == "program" else self.user(role, member)
                for row in TABLE:
                    with self.subTest(at=name, role=role, route=row[:2]):
                        self.assert_answer(
                            api, row, None if row[column] is None else role in row[column].split()
                        )

    def only_a_program(self, member: harness.Member) -> Api:
        """The region's first program is an administrator too; this one is not."""
        place = member.spec.no if member.spec else 0
        admin = self.admin(member)
        user = admin.post(
            "/api/v1/users",
            {
                "login": f"program{self._next()}",
                "name": "Программа",
                "roles": ["program"],
                "sites": [place],
            },
        )
        api = Api(member.url, admin.post(f"/api/v1/users/{user['id']}/token", {})["token"])
        self.addCleanup(api.close)
        return api

    def assert_answer(self, api: Api, row: tuple, may: bool | None) -> None:
        # An empty object is a wrong body nearly everywhere: who may pass gets as far as that.
        answer = api.send(row[0], row[1], None if row[0] == "GET" else BODIES.get(row[1], {}))
        if may is None:
            self.assertEqual(answer.status, self.elsewhere(row, api), answer.body)
        elif may:
            self.assertNotIn(answer.status, (401, 403, 500), answer.body)
        else:
            self.assertEqual((answer.status, answer.json()["code"]), (403, "denied"))

    def elsewhere(self, row: tuple, api: Api) -> int:
        """How a route of the other daemon is answered: 405 where the path has another method here."""
        column = 3 if api.url == self.hub.url else 2
        here = {other[1] for other in TABLE if other[column] is not None}
        # «take_next» stands where the hub has a ticket's number.
        return 405 if row[1] in here or row[1].endswith("/take_next") else 404

    def test_the_contract_names_the_roles_of_the_table(self):
        document = Document.of_file(paths.TOP / "web/api/openapi.yaml")
        for method, path, at_node, at_hub in TABLE:
            operation = document.operation(method, path)
            roles = operation.get("x-roles", [])
            with self.subTest(route=(method, path)):
                for expected, named in (
                    (at_node, roles),
                    (at_hub, operation.get("x-roles-at-hub", roles)),
                ):
                    if expected is not None:
                        self.assertEqual(set(named), set(expected.split()))
                served = [n for n, r in (("node", at_node), ("hub", at_hub)) if r is not None]
                self.assertEqual(operation.get("x-served-by", ["node", "hub"]), served)

    def test_without_a_session_or_token_every_route_says_unauthenticated(self):
        for name, member, column in self.places():
            for api in (Api(member.url), Api(member.url, "wrong"), Api(member.url, "0" * 64)):
                self.addCleanup(api.close)
                for row in TABLE:
                    if row[column] is None:
                        continue
                    with self.subTest(at=name, route=row[:2]):
                        answer = api.send(row[0], row[1], None if row[0] == "GET" else {})
                        self.assertEqual(
                            (answer.status, answer.json()["code"]), (401, "unauthenticated")
                        )

    def test_the_table_knows_every_route_of_the_contract(self):
        document = Document.of_file(paths.TOP / "web/api/openapi.yaml")
        known = [document.operation(row[0], row[1]) for row in TABLE]
        for method, template, operation in document.operations():
            if (method, template) not in ELSEWHERE:
                self.assertIn(operation, known, f"{method} {template} is not in the table")

    def test_what_is_served_to_everybody_tells_nothing(self):
        for _, member, _ in self.places():
            api = Api(member.url)
            self.addCleanup(api.close)
            self.assertEqual(api.send("GET", "/livez").status, 200)
            self.assertEqual(api.send("GET", "/readyz").status, 200)
            self.assertEqual(api.send("GET", "/api/v1/live").status // 100, 4)
            self.assertEqual(api.send("GET", "/api/v1/none").status, 404)


class Sessions(harness.RegionTest):
    def test_a_wrong_password_and_an_unknown_login_answer_alike(self):
        self.user("operator", self.node, "alike")
        answers = []
        for login, password in (
            ("alike", "wrong-password"),
            ("nobody", "wrong-password"),
            ("alike", ""),
        ):
            api = Api(self.node.url)
            self.addCleanup(api.close)
            answers.append(
                api.send("POST", "/api/v1/session", {"login": login, "password": password})
            )
        self.assertEqual([a.status for a in answers[:2]], [401, 401])
        self.assertEqual(answers[0].body, answers[1].body)
        self.assertIn(answers[2].status, (401, 422))

    def test_a_change_by_cookie_needs_the_sessions_csrf_token(self):
        api = self.user("operator", self.node)
        cookie = api._headers["Cookie"]
        for token in (None, "", "wrong"):
            headers = {
                "Cookie": cookie,
                "Idempotency-Key": f"csrf-{self._next()}",
                "Content-Type": "application/json",
            }
            headers |= {} if token is None else {"X-CSRF-Token": token}
            answer = api.request(
                "POST", "/api/v1/contacts", b"{}", headers | {"X-CSRF-Token": token or ""}
            )
            self.assertEqual(answer.status, 403)
        self.assertEqual(api.send("POST", "/api/v1/contacts", harness.contact()).status, 201)

    def test_the_cookie_is_kept_from_scripts_and_from_other_sites(self):
        self.user("operator", self.node, "cookie")
        api = Api(self.node.url)
        self.addCleanup(api.close)
        answer = api.send(
            "POST", "/api/v1/session", {"login": "cookie", "password": "secret-of-cookie"}
        )
        parts = {p.strip().lower() for p in answer.headers["set-cookie"].split(";")}
        self.assertTrue({"httponly", "samesite=strict"} <= parts, parts)

    def test_signing_out_ends_the_session_at_once(self):
        api = self.user("operator", self.node)
        self.assertEqual(api.send("GET", "/api/v1/session").status, 200)
        self.assertEqual(api.send("DELETE", "/api/v1/session").status, 204)
        self.assertEqual(api.send("GET", "/api/v1/session").status, 401)

    def test_disabling_a_user_ends_the_session_at_once_and_for_good(self):
        api = self.user("operator", self.node, "disabled")
        admin = self.admin(self.node)
        user = next(u for u in self.pages(admin, "/api/v1/users") if u["login"] == "disabled")
        admin.post(f"/api/v1/users/{user['id']}", {"disabled": True}, method="PUT")
        self.assertEqual(api.send("GET", "/api/v1/tickets").status, 401)
        again = Api(self.node.url)
        self.addCleanup(again.close)
        answer = again.send(
            "POST", "/api/v1/session", {"login": "disabled", "password": "secret-of-disabled"}
        )
        self.assertEqual(answer.status, 401)

    def test_a_user_of_one_site_is_nobody_at_the_hub(self):
        self.admin(self.hub).post(
            "/api/v1/users",
            {
                "login": "onlysite",
                "name": "Только узел",
                "password": "secret-of-onlysite",
                "roles": ["administrator"],
                "sites": [1],
            },
        )
        api = Api(self.hub.url)
        self.addCleanup(api.close)
        answer = api.send(
            "POST", "/api/v1/session", {"login": "onlysite", "password": "secret-of-onlysite"}
        )
        self.assertEqual(answer.status, 401)

    def test_a_new_token_ends_the_one_before(self):
        admin = self.admin(self.node)
        user = admin.post(
            "/api/v1/users", {"login": "robot", "name": "Робот", "roles": ["program"], "sites": [1]}
        )
        first, second = (
            admin.post(f"/api/v1/users/{user['id']}/token", {})["token"] for _ in range(2)
        )
        for token, status in ((first, 401), (second, 200)):
            api = Api(self.node.url, token)
            self.addCleanup(api.close)
            self.assertEqual(api.send("GET", "/api/v1/sync").status, status)


class Guessing(harness.RegionTest):
    def _attempt(self, address: str, login: str, password: str) -> int:
        """The status of a sign-in from another address of this machine."""
        where = urlsplit(self.node.url)
        connection = http.client.HTTPConnection(
            where.hostname, where.port, timeout=30, source_address=(address, 0)
        )
        try:
            body = json.dumps({"login": login, "password": password})
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/api/v1/session", body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def test_who_guesses_pauses_neither_his_victim_elsewhere_nor_those_behind_his_proxy(self):
        for login in ("victim", "neighbour"):
            self.user("operator", self.node, login)
        guesses = [self._attempt("127.0.0.2", "victim", f"guess-{i}") for i in range(14)]
        self.assertIn(429, guesses)
        self.assertEqual(self._attempt("127.0.0.3", "victim", "secret-of-victim"), 200)
        self.assertEqual(self._attempt("127.0.0.2", "neighbour", "secret-of-neighbour"), 200)

    def test_one_password_tried_on_many_logins_of_one_address_is_slowed_down(self):
        self.user("operator", self.node, "calm")
        statuses = [self._attempt("127.0.0.4", f"login{i}", "Qwerty123") for i in range(130)]
        self.assertEqual(set(statuses[:100]), {401})
        self.assertIn(429, statuses[100:])
        self.assertEqual(self._attempt("127.0.0.5", "calm", "secret-of-calm"), 200)

    def test_guessing_a_password_is_slowed_down_and_others_still_sign_in_later(self):
        self.user("operator", self.node, "target")
        api = Api(self.node.url)
        self.addCleanup(api.close)
        answers = [
            api.send("POST", "/api/v1/session", {"login": "target", "password": f"guess-{i}"})
            for i in range(40)
        ]
        statuses = [answer.status for answer in answers]
        self.assertIn(429, statuses)
        self.assertEqual(set(statuses), {401, 429})
        for answer in answers:
            if answer.status == 429:
                self.assertIn(int(answer.headers["retry-after"]), range(1, 61))
        # The pause grows with the failures: some 40 guesses in a row cannot make it long.
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            answer = api.send(
                "POST", "/api/v1/session", {"login": "target", "password": "secret-of-target"}
            )
            if answer.status == 200:
                return
            self.assertEqual(answer.status, 429)
            time.sleep(0.2)
        self.fail("the right password is not let in within half a minute")


if __name__ == "__main__":
    harness.main()
