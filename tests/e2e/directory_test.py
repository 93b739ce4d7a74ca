"""What the region declares: sites that are taken back, agents that are nobody else's, topics."""

from __future__ import annotations

import unittest

import harness
from demo_lib.http_client import until


class Directory(harness.RegionTest):
    def setUp(self):
        self.hub_admin = self.admin(self.hub)

    def _declare(self, no: int, name: str = "Пост по ошибке") -> None:
        desks = [{"no": 1, "name": name}]
        self.hub_admin.post(
            "/api/v1/sites", {"no": no, "name": name, "zone": "Europe/Moscow", "desks": desks}
        )

    def _site_numbers(self) -> list[int]:
        return [site["no"] for site in self.hub_admin.get("/api/v1/sites")["items"]]

    def _withdraw(self, no: int):
        return self.hub_admin.send("DELETE", f"/api/v1/sites/{no}", {})

    def test_a_site_that_is_not_set_up_yet_hides_nothing_of_the_others(self):
        """T5: no row of zeros for it, and the total says how far the others are."""
        until(
            lambda: self.hub_admin.get("/api/v1/reports/daily")["total"]["data_through"],
            "the site is heard of",
        )
        sites = self.hub_admin.get("/api/v1/sync")["sites"]
        self._declare(70)
        daily = self.hub_admin.get("/api/v1/reports/daily")
        self.assertNotIn(70, [row["site"] for row in daily["rows"]])
        self.assertIsNotNone(daily["total"]["data_through"])
        self.assertEqual(self.hub_admin.get("/api/v1/sync")["sites"], sites)
        self.assertIn(70, self._site_numbers())

    def test_a_site_that_was_declared_by_mistake_is_taken_back_and_its_number_free(self):
        self._declare(71)
        self.assertEqual(self._withdraw(71).status, 204)
        self.assertNotIn(71, self._site_numbers())
        self.assertEqual(self._withdraw(71).status, 404)
        code = self.hub_admin.send("POST", "/api/v1/sites/71/enrolment", {})
        self.assertEqual(code.status, 404)
        self._declare(71, "Пост, которого ждали")
        self.assertIn(71, self._site_numbers())

    def test_a_site_that_has_enrolled_stays(self):
        refused = self._withdraw(self.node.spec.no)
        self.assertEqual((refused.status, refused.json()["path"]), (409, "no"))
        self.assertIn(self.node.spec.no, self._site_numbers())

    def _desks(self, no: int) -> list[dict]:
        [site] = [one for one in self.hub_admin.get("/api/v1/sites")["items"] if one["no"] == no]
        return site["desks"]

    def _edit(self, no: int, desks: list[dict]):
        site = {"name": f"Больница {no}", "zone": harness.ZONE, "desks": desks}
        return self.hub_admin.send("PUT", f"/api/v1/sites/{no}", site)

    def test_a_desk_that_was_worked_at_stays_and_one_that_was_not_may_go(self):
        """T5: a desk's figures stand in reports for ever, and so does its name."""
        no = self.node.spec.no
        worked_at = self._desks(no)
        unused = {"no": 2, "name": "Пост, который не открыли"}
        self.program(self.node).post("/api/v1/contacts", harness.contact())
        self.wait_whole()
        self.assertEqual(self._edit(no, [*worked_at, unused]).status, 200)
        refused = self._edit(no, [unused])
        self.assertEqual(
            (refused.status, refused.json()["code"], refused.json()["path"]),
            (409, "conflict", "desks.1"),
        )
        self.assertIn(worked_at[0]["name"], refused.json()["detail"])
        self.assertEqual(self._desks(no), [*worked_at, unused])
        renamed = [{**worked_at[0], "name": "Пост после ремонта"}]
        self.assertEqual(self._edit(no, renamed).status, 200)
        self.assertEqual(self._desks(no), renamed)
        self.assertEqual(self._edit(no, worked_at).status, 200)

    def test_a_name_that_turns_the_direction_of_text_is_refused_at_its_field(self):
        """U+202E in front of a name shows another name."""
        turned = "Иванов\u202eвонавИ"
        desk = {"no": 1, "name": "Пост"}
        place = {"no": 79, "name": "Больница", "zone": harness.ZONE, "desks": [desk]}
        person = {"login": "turned", "name": turned, "password": "secret-of-turned"}
        topic = self.hub_admin.get("/api/v1/catalogues/rubricator")["topics"][0]
        version = self.hub_admin.get("/api/v1/catalogues/rubricator")["version"]
        program = self.program(self.node)
        for api, method, path, body, field in (
            (self.hub_admin, "POST", "/api/v1/sites", {**place, "name": turned}, "name"),
            (
                self.hub_admin,
                "POST",
                "/api/v1/sites",
                {**place, "desks": [{**desk, "name": turned}]},
                "desks[0].name",
            ),
            (
                self.hub_admin,
                "POST",
                "/api/v1/users",
                {**person, "roles": ["operator"], "sites": [1]},
                "name",
            ),
            (
                self.hub_admin,
                "PUT",
                "/api/v1/catalogues/rubricator",
                {"version": version, "topics": [{**topic, "name": turned}]},
                "topics[0].name",
            ),
            (
                self.hub_admin,
                "POST",
                "/api/v1/problems",
                {"kind": "other", "site": 1, "name": turned},
                "name",
            ),
            (program, "POST", "/api/v1/contacts", harness.contact(applicant=turned), "applicant"),
        ):
            with self.subTest(path, field=field):
                answer = api.send(method, path, body)
                self.assertEqual((answer.status, answer.json()["path"]), (422, field))
                self.assertIn("direction", answer.json()["detail"])

    def test_what_a_person_typed_freely_is_kept_as_it_was_typed(self):
        summary = "Просит \u202eтак\u202c и не иначе"
        phone = "\u202a+7 900 000-00-09\u202c"
        made = self.program(self.node).post(
            "/api/v1/contacts", harness.contact(summary=summary, phone=phone)
        )
        kept = self.program(self.node).get(f"/api/v1/contacts/{made['contact_id']}")
        self.assertEqual(kept["summary"], summary)
        self.assertEqual(kept["phone"], "+7 900 000-00-09")

    def _add_user(self, agent: str, sites: list[int]):
        login = f"agent{self._next()}"
        return self.hub_admin.send(
            "POST",
            "/api/v1/users",
            {
                "login": login,
                "name": f"Пользователь {login}",
                "password": f"secret-of-{login}",
                "roles": ["operator"],
                "sites": sites,
                "agent": agent,
            },
        )

    def test_an_agent_of_the_telephone_system_is_one_person_at_a_site(self):
        """T13: whose phone rings must not be a question."""
        here, other = self.node.spec.no, 72
        self._declare(other)
        first = self._add_user("7001", [here])
        self.assertEqual(first.status, 201)
        second = self._add_user("7001", [here, other])
        self.assertEqual((second.status, second.json()["path"]), (409, "agent"))
        elsewhere = self._add_user("7001", [other])
        self.assertEqual(elsewhere.status, 201)
        path = f"/api/v1/users/{elsewhere.json()['id']}"
        moved = self.hub_admin.send("PUT", path, {"sites": [here]})
        self.assertEqual((moved.status, moved.json()["path"]), (409, "agent"))
        # Who has gone leaves the number to another.
        gone = f"/api/v1/users/{first.json()['id']}"
        self.assertEqual(self.hub_admin.send("PUT", gone, {"disabled": True}).status, 200)
        self.assertEqual(self.hub_admin.send("PUT", path, {"sites": [here]}).status, 200)
        back = self.hub_admin.send("PUT", gone, {"disabled": False})
        self.assertEqual((back.status, back.json()["path"]), (409, "agent"))

    def test_the_rubricator_has_a_version_for_each_change_and_for_nothing_else(self):
        """T7."""
        path = "/api/v1/catalogues/rubricator"
        before = self.hub_admin.get(path)
        base = {"version": before["version"]}
        same = self.hub_admin.send("PUT", path, base | {"topics": before["topics"]})
        self.assertEqual((same.status, same.json()["version"]), (200, before["version"]))
        bad = [{**before["topics"][0], "id": "a b!"}]
        refused = self.hub_admin.send("PUT", path, base | {"topics": bad})
        self.assertEqual((refused.status, refused.json()["path"]), (422, "topics[0].id"))
        self.assertEqual(self.hub_admin.get(path)["version"], before["version"])

    def test_of_two_who_edit_one_version_of_the_rubricator_the_second_is_told(self):
        """T7."""
        path = "/api/v1/catalogues/rubricator"
        old = self.hub_admin.get(path)
        topic = old["topics"][0]

        def publish(version, name):
            topics = [*old["topics"], {**topic, "id": name, "name": name}]
            return self.hub_admin.send("PUT", path, {"version": version, "topics": topics})

        self.assertEqual(publish(old["version"], "first").status, 200)
        second = publish(old["version"], "second")
        self.assertEqual((second.status, second.json()["path"]), (409, "version"))
        new = self.hub_admin.get(path)
        self.assertEqual(new["version"], old["version"] + 1)
        self.assertEqual(new["topics"][-1]["id"], "first")
        missing = self.hub_admin.send("PUT", path, {"topics": old["topics"]})
        self.assertEqual((missing.status, missing.json()["path"]), (422, "version"))


if __name__ == "__main__":
    harness.main()
