"""A site without the region: it signs in, registers, reports and says so; afterwards the region has
everything (OFF).
"""

from __future__ import annotations

import unittest
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import harness
from demo_lib.http_client import until

NOTICED_S = 15.0


class Offline(harness.RegionTest):
    PROXIED = True

    def setUp(self):
        self.addCleanup(self.region.restore, self.node)

    def _cut(self, how: str = "closed") -> None:
        self.region.cut(self.node, how)
        api = self.program(self.node)
        until(
            lambda: not api.get("/api/v1/sync")["connected"], "the node notices the cut", NOTICED_S
        )

    def test_a_site_that_is_cut_off_works_and_the_region_gets_it_all_later(self):
        operator = self.user("operator", self.node, "offline1")
        self.wait_whole()
        self._cut()
        # A session that begins without the region, and work in it.
        operator.sign_in("offline1", "secret-of-offline1")
        before = self.program(self.node).get("/api/v1/sync")
        made = [
            operator.post("/api/v1/contacts", harness.ticket_contact(phone=f"+7 900 000-77-{i:02}"))
            for i in range(5)
        ]
        number = made[0]["ticket"]["number"]
        done = operator.post(
            f"/api/v1/tickets/{number}/actions",
            {"action": "complete", "text": "Записан на четверг"},
        )
        self.assertEqual(done["status"], "done")
        sync = self.program(self.node).get("/api/v1/sync")
        # A contact and its ticket are two records, what closed one is a third; keys do not count.
        self.assertEqual(sync["pending"] - before["pending"], 11)
        self.assertEqual(sync["forms_pending"] - before["forms_pending"], 6)
        self.assertEqual(
            [item["number"] for item in sync["items"]][-6:],
            [ticket["ticket"]["number"] for ticket in made] + [number],
        )
        self.assertFalse(sync["connected"])
        self.assertIsNotNone(sync["oldest_pending_at"])
        self.assertTrue(sync["items"])
        self.assertEqual(
            operator.get(f"/api/v1/contacts/{made[0]['contact_id']}")["receipt"], "node"
        )
        hub = self.admin(self.hub)
        self.assertEqual(hub.send("GET", f"/api/v1/contacts/{made[0]['contact_id']}").status, 404)

        self.region.restore(self.node)
        self.wait_whole()
        for one in made:
            self.assertEqual(
                hub.get(f"/api/v1/contacts/{one['contact_id']}")["id"], one["contact_id"]
            )
            self.assertEqual(
                operator.get(f"/api/v1/contacts/{one['contact_id']}")["receipt"], "region"
            )
        self.assertEqual(hub.get(f"/api/v1/tickets/{number}")["status"], "done")
        self.wait_whole()  # that the operator looked is noted, and goes up as well
        self.assertEqual(self.program(self.node).get("/api/v1/sync")["items"], [])
        self.assert_same_state()

    def test_a_site_that_is_cut_off_reports_its_own_row_and_the_region_shows_it_as_behind(self):
        self.wait_whole()
        now = datetime.now(ZoneInfo(harness.ZONE))
        path = f"/api/v1/reports/daily?date={now.date()}"
        hub = self.program(self.hub)
        self._cut("silent")
        until(
            lambda: not self.region.hub_sites(hub)[1]["connected"],
            "the hub notices the cut",
            NOTICED_S,
        )
        at = [
            (now - timedelta(seconds=s)).isoformat(timespec="milliseconds")
            for s in (90, 86, 81, 31)
        ]
        program = self.program(self.node)
        program.post(
            "/api/v1/telephony/events",
            harness.events(
                "offline-1",
                ("queued", at[0]),
                ("ringing", at[1]),
                ("answered", at[2]),
                ("ended", at[3]),
            ),
        )
        own = program.get(path)["rows"]
        self.assertEqual(
            [(r["received"], r["accepted"], r["avg_wait_s"], r["avg_talk_s"]) for r in own],
            [(1, 1, 9, 50)],
        )
        self.assertFalse(own[0]["behind"], "a site is never behind itself")
        until(
            lambda: hub.get(path)["rows"][0]["behind"], "a site that is behind is shown as behind"
        )
        self.assertEqual(hub.get(path)["rows"][0]["received"], 0)
        self.region.restore(self.node)
        self.wait_whole()
        until(lambda: not hub.get(path)["rows"][0]["behind"], "the site is no longer behind")
        self.assertEqual(hub.get(path)["rows"][0]["received"], 1)

    def test_a_site_that_starts_while_the_region_is_away_serves_its_people(self):
        operator = self.user("operator", self.node, "offline2")
        self.wait_whole()
        self._cut()
        self.node.daemon.stop()
        self.node.restart()
        operator.sign_in("offline2", "secret-of-offline2")
        self.assertEqual(
            len(operator.get("/api/v1/catalogues/rubricator")["topics"]), len(harness.TOPICS)
        )
        made = operator.post("/api/v1/contacts", harness.contact())
        self.region.restore(self.node)
        self.wait_whole()
        self.assertEqual(
            self.admin(self.hub).get(f"/api/v1/contacts/{made['contact_id']}")["site"], 1
        )

    def test_the_region_edits_and_closes_what_a_site_opened_and_its_word_stands(self):
        """T9: a site that is away must not keep its problem on every desk."""
        form = {
            "kind": "schedule",
            "name": "Не открывается расписание",
            "started_at": "2026-01-05T08:00:00Z",
            "site": None,
        }
        node, hub = self.admin(self.node), self.admin(self.hub)
        problem = f"/api/v1/problems/{node.post('/api/v1/problems', form)['id']}"

        def at(api) -> dict | None:
            wanted = [p for p in api.get("/api/v1/problems")["items"] if p["id"] in problem]
            return wanted[0] if wanted else None

        until(lambda: at(hub), "the region hears of it")
        self.wait_whole()
        self._cut()
        hub.post(problem, {**form, "name": "Нет связи с сервером записи"}, method="PUT")
        # The site has not heard of it.
        node.post(problem, {**form, "name": "Расписание не работает"}, method="PUT")
        self.region.restore(self.node)
        for api in (node, hub):
            until(lambda api=api: at(api)["name"] == "Нет связи с сервером записи", "one word")
            self.assertEqual((at(api)["origin_site"], at(api)["kept_by"]), (1, 0))
        self.wait_whole()
        self.assertEqual(node.send("PUT", problem, form).status, 409)
        hub.post(f"{problem}/close", {})
        until(lambda: at(node) is None, "closed at the site too")

    def test_what_the_region_edits_during_a_cut_arrives_afterwards(self):
        self.wait_whole()
        self._cut()
        hub = self.admin(self.hub)
        problem = hub.post(
            "/api/v1/problems",
            {
                "kind": "schedule",
                "name": "Не открывается расписание",
                "started_at": "2026-01-05T08:00:00Z",
                "site": None,
            },
        )
        hub.post(
            "/api/v1/users",
            {
                "login": "late",
                "name": "Поздний",
                "password": "secret-of-late",
                "roles": ["operator"],
                "sites": [1],
            },
        )
        node = self.admin(self.node)
        self.assertNotIn(problem["id"], [p["id"] for p in node.get("/api/v1/problems")["items"]])
        self.region.restore(self.node)
        until(
            lambda: problem["id"] in [p["id"] for p in node.get("/api/v1/problems")["items"]],
            "the problem arrives",
        )
        late = self.program(self.node)
        until(lambda: late.sign_in("late", "secret-of-late"), "the new user signs in at the site")


class Log(harness.RegionTest):
    """A region of its own: of a link that was cut often the log says less."""

    PROXIED = True

    def test_the_logs_of_both_ends_say_when_the_link_went_and_why_and_when_it_came_back(self):
        self.wait_whole()
        logs = (
            (self.node, "link: region is gone: ", "link: region is connected"),
            (self.hub, "link: site 1 is gone: ", "link: site 1 is connected"),
        )

        def said(member) -> str:
            return member.daemon.log.read_text(errors="replace")

        before = {member.daemon.name: len(said(member)) for member, _, _ in logs}

        def news(member) -> str:
            return said(member)[before[member.daemon.name] :]

        self.region.cut(self.node, "silent")
        self.addCleanup(self.region.restore, self.node)
        for member, gone, _ in logs:
            until(lambda m=member, of=gone: of in news(m), f"{gone} in the log", 30)
        self.region.restore(self.node)
        self.wait_whole()
        for member, gone, back in logs:
            lines = news(member).splitlines()
            [down] = [line for line in lines if gone in line]
            self.assertRegex(down, r"^\S+Z warning link: .* is gone: [a-z ]{10,}")
            up = [line for line in lines if back in line]
            self.assertEqual(len(up), 1, news(member))
            self.assertRegex(up[0], r"^\S+Z info link: .* is connected \(version [0-9.]+\)$")
            self.assertGreater(lines.index(up[0]), lines.index(down))


if __name__ == "__main__":
    harness.main()
