"""A live stream lasts as long as the right to it: whoever is signed out in any way hears nothing more.
"""

from __future__ import annotations

import unittest

import harness
from demo_lib.http_client import Api, until
from live_reader import Closed, LiveReader

PATIENCE_S = harness.PATIENCE_S
SIGNED_OUT = 1008


class LiveStreams(harness.RegionTest):
    def listen(self, api: Api, member: harness.Member) -> LiveReader:
        """The stream of this session, which has said hello."""
        reader = LiveReader(member.url, cookie=api._headers["Cookie"], seconds=PATIENCE_S)
        self.addCleanup(reader.close)
        reader.of_type("hello")
        return reader

    def id_of(self, login: str, member: harness.Member) -> str:
        users = self.pages(self.admin(member), "/api/v1/users")
        return next(user["id"] for user in users if user["login"] == login)

    def change(self, member: harness.Member, login: str, **changes) -> None:
        self.admin(member).post(f"/api/v1/users/{self.id_of(login, member)}", changes, method="PUT")

    def assert_signed_out(self, reader: LiveReader) -> None:
        with self.assertRaises(Closed) as closed:
            while True:
                reader.message()
        self.assertEqual(closed.exception.code, SIGNED_OUT)

    def assert_listening(self, reader: LiveReader) -> None:
        reader.ping()
        reader.of_type("pong")

    def test_signing_out_closes_the_stream_of_that_session_alone(self):
        first = self.user("operator", self.node, "twoseats")
        second = Api(self.node.url)
        self.addCleanup(second.close)
        second.sign_in("twoseats", "secret-of-twoseats")
        leaving, staying = self.listen(first, self.node), self.listen(second, self.node)
        self.assertEqual(first.send("DELETE", "/api/v1/session").status, 204)
        self.assert_signed_out(leaving)
        self.assert_listening(staying)

    def test_a_change_of_rights_or_password_closes_the_streams_of_that_user_alone(self):
        for member in (self.node, self.hub):
            colleague = self.listen(self.user("supervisor", member), member)
            for change in (
                {"disabled": True},
                {"roles": ["auditor"]},
                {"password": "another-secret"},
            ):
                with self.subTest(at=member.url, change=change):
                    login = f"changing{self._next()}"
                    reader = self.listen(self.user("supervisor", member, login), member)
                    self.change(member, login, **change)
                    self.assert_signed_out(reader)
            self.assert_listening(colleague)

    def test_a_new_name_closes_nothing(self):
        reader = self.listen(self.user("operator", self.node, "renamed"), self.node)
        self.change(self.node, "renamed", name="Новое Имя")
        reader.of_type("changed")
        self.assert_listening(reader)

    def test_a_new_token_closes_the_stream_of_the_one_before(self):
        admin = self.admin(self.node)
        user = admin.post(
            "/api/v1/users", {"login": "board", "name": "Табло", "roles": ["program"], "sites": [1]}
        )
        path = f"/api/v1/users/{user['id']}/token"
        reader = LiveReader(self.node.url, admin.post(path, {})["token"])
        self.addCleanup(reader.close)
        reader.of_type("hello")
        admin.post(path, {})
        self.assert_signed_out(reader)

    def test_what_the_region_revokes_closes_the_stream_at_the_site(self):
        for change in ({"disabled": True}, {"roles": ["auditor"]}, {"sites": [0]}):
            with self.subTest(change=change):
                login = f"regional{self._next()}"
                reader = self.regional_stream(login)
                self.change(self.hub, login, **change)
                self.assert_signed_out(reader)

    def test_what_the_site_says_of_a_user_of_the_region_closes_the_stream_and_goes_up(self):
        login = f"regional{self._next()}"
        reader = self.regional_stream(login)
        self.change(self.node, login, disabled=True)
        self.assert_signed_out(reader)
        self.wait_whole()
        self.assert_same_state()

    def regional_stream(self, login: str) -> LiveReader:
        """At the site, of a user whom the hub made."""
        form = {
            "login": login,
            "name": "Из региона",
            "password": f"secret-of-{login}",
            "roles": ["operator"],
            "sites": [1],
        }
        self.admin(self.hub).post("/api/v1/users", form)
        until(lambda: self.knows(self.node, login), f"{login} has reached the site", PATIENCE_S)
        api = Api(self.node.url)
        self.addCleanup(api.close)
        api.sign_in(login, form["password"])
        return self.listen(api, self.node)

    def knows(self, member: harness.Member, login: str) -> bool:
        users = self.pages(self.admin(member), "/api/v1/users")
        return any(user["login"] == login for user in users)


if __name__ == "__main__":
    harness.main()
