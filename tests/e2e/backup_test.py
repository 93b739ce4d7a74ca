"""Backups of a site that runs, and the way back: `opora backup`, `backups`, `restore` (OFF: nothing is
lost; A7: whoever was forgotten stays forgotten)."""

from __future__ import annotations

import subprocess
import unittest
import uuid
from pathlib import Path

import harness
from demo_lib.http_client import until
from demo_lib.processes import Binaries
from pictures import png

WORD = "Неповторимова"


class Backup(harness.RegionTest):
    SITES = 0

    def setUp(self):
        self.no = self._next() + 10
        self.folder = self.root / f"backups-{self.no}"
        self.site = self.region.add_site(
            harness.spec(self.no), options={"--backup": str(self.folder)}
        )
        self.addCleanup(self.site.daemon.kill)

    def tool(self, *arguments: str | Path) -> subprocess.CompletedProcess:
        argv = [Binaries.of_build(harness.BUILD).tool, *arguments]
        return subprocess.run(argv, capture_output=True, text=True, timeout=120)

    def back_up(self) -> None:
        token = self.root / f"backup-{self.no}.token"
        token.write_text(self.site.token + "\n")
        done = self.tool("backup", "--url", self.site.url, "--token-file", token)
        self.assertEqual((done.returncode, done.stdout), (0, "taken and read back\n"), done.stderr)

    def restore(self, *more: str) -> subprocess.CompletedProcess:
        return self.tool("restore", "--data", self.site.daemon.data, "--from", self.folder, *more)

    def listed(self) -> None:
        """An erasure stands beside the backups at once, not only with the next one."""
        until((self.folder / "erasures").exists, "the erasure is in the list", 20)

    def register(self) -> dict:
        return self.program(self.site).post(
            "/api/v1/contacts",
            harness.ticket_contact(applicant=f"{WORD} Анна", summary=f"Просит {WORD}"),
        )

    def test_a_restored_site_gets_what_came_after_the_backup_from_the_region(self):
        first = self.register()
        self.back_up()
        second = self.register()
        self.wait_whole(self.no)
        refused = self.restore()
        self.assertEqual(refused.returncode, 1, "restored under a running daemon")
        self.assertIn("conflict", refused.stderr)

        self.site.daemon.kill()
        done = self.restore()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("0 erasures", done.stdout)
        self.assertEqual(self.verify(self.site).returncode, 0)

        self.restart_until_it_stays()
        api = self.program(self.site)
        for made in (first, second):
            card = api.get(f"/api/v1/tickets/{made['ticket']['number']}")
            self.assertIn(WORD, card["summary"])
        third = self.register()
        numbers = {made["ticket"]["number"] for made in (first, second, third)}
        self.assertEqual(len(numbers), 3, "a number was given twice")
        self.wait_whole(self.no)
        self.assert_same_state(self.no)

    def restart_until_it_stays(self) -> None:
        """As the service's supervisor does: the daemon ends once it has its lost records, to put
        them in place at the next start.
        """
        self.site.daemon.start()
        process = self.site.daemon.process
        until(lambda: process.poll() is not None, "the lost records are here", 60)
        self.site.restart()

    def attach(self, path: str, content: bytes) -> str:
        answer = self.user("operator", self.site).request(
            "POST", f"{path}?name=a.png", content, {"Idempotency-Key": uuid.uuid4().hex}
        )
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json()["id"]

    def states(self, member, path: str) -> dict:
        answer = self.admin(member).get(path)
        return {item["id"]: item["state"] for item in answer["items"]}

    def test_a_restored_site_has_its_files_and_gets_those_of_after_the_backup(self):
        path = f"/api/v1/tickets/{self.register()['ticket']['number']}/attachments"
        first = self.attach(path, png(200, noise=1))
        self.back_up()
        second = self.attach(path, png(300, noise=2))
        both = {first: "here", second: "here"}
        until(lambda: self.states(self.hub, path) == both, "the region has both")
        self.wait_whole(self.no)
        before = {one: self.admin(self.site).send("GET", f"{path}/{one}").body for one in both}
        self.site.daemon.kill()
        self.assertEqual(self.restore().returncode, 0)
        done = self.verify(self.site)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn(" 1 files", done.stdout)

        self.restart_until_it_stays()
        until(lambda: self.states(self.site, path) == both, "both are back")
        for one, content in before.items():
            self.assertEqual(self.admin(self.site).send("GET", f"{path}/{one}").body, content)

    def test_a_restored_site_has_no_file_of_what_was_forgotten_since(self):
        made = self.register()
        path = f"/api/v1/tickets/{made['ticket']['number']}/attachments"
        one = self.attach(path, png(300))
        self.back_up()
        self.admin(self.site).post(
            "/api/v1/erasures",
            {"ticket_number": made["ticket"]["number"], "basis": "Заявление пациента"},
        )
        self.listed()
        self.wait_whole(self.no)
        self.site.daemon.kill()
        self.assertEqual(self.restore("--backup", "1").returncode, 0)
        done = self.verify(self.site)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn(" 0 files", done.stdout, "gone before anything is served")
        self.restart_until_it_stays()
        self.assertEqual(self.states(self.site, path), {one: "erased"})
        self.assertEqual(self.admin(self.site).send("GET", f"{path}/{one}").status, 404)

    def test_a_site_that_the_region_cannot_help_works_with_what_the_backup_had(self):
        first = self.register()
        self.back_up()
        self.hub.daemon.kill()
        self.addCleanup(self.hub.restart)
        second = self.register()
        self.site.daemon.kill()
        self.assertEqual(self.restore().returncode, 0)
        self.site.restart()
        api = self.program(self.site)
        self.assertIn(WORD, api.get(f"/api/v1/tickets/{first['ticket']['number']}")["summary"])
        lost = api.send("GET", f"/api/v1/contacts/{second['contact_id']}")
        self.assertEqual(lost.status, 404)
        self.register()

    def test_a_person_forgotten_after_the_backup_stays_forgotten(self):
        made = self.register()
        self.back_up()
        self.admin(self.site).post(
            "/api/v1/erasures",
            {"contact_id": made["contact_id"], "basis": "Заявление пациента"},
        )
        self.listed()
        self.wait_whole(self.no)
        self.site.daemon.kill()
        done = self.restore("--backup", "1")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"[12] erasures of after the backup repeated")
        self.assertEqual(self.verify(self.site).returncode, 0)
        self.restart_until_it_stays()
        contact = self.program(self.site).get(f"/api/v1/contacts/{made['contact_id']}")
        self.assertTrue(contact["erased"])
        self.assertIsNone(contact["applicant"])

    def test_a_damaged_backup_is_found_and_never_put_in_place(self):
        self.register()
        self.back_up()
        listed = self.tool("backups", "--from", self.folder)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertRegex(listed.stdout, rf"backup 1  .*  site {self.no}  \d+ records")

        table = max((self.folder / "shared_checksum").iterdir(), key=lambda f: f.stat().st_size)
        content = bytearray(table.read_bytes())
        content[len(content) // 2] ^= 1
        table.write_bytes(content)
        self.assertEqual(self.tool("backups", "--from", self.folder).returncode, 1)
        self.site.daemon.kill()
        store = self.site.daemon.data / "store"
        before = sorted(f.name for f in store.iterdir())
        done = self.restore()
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("corrupt", done.stderr)
        self.assertEqual(sorted(f.name for f in store.iterdir()), before)
        self.assertFalse((self.site.daemon.data / "store.restoring").exists())

    def test_only_ones_own_backup_is_taken_back_and_never_without_the_key(self):
        self.register()
        self.back_up()
        other = self.region.add_site(harness.spec(self._next() + 50))
        self.addCleanup(other.daemon.kill)
        other.daemon.kill()
        done = self.tool("restore", "--data", other.daemon.data, "--from", self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"a backup of site {self.no}", done.stderr)
        empty = self.root / f"empty-{self.no}"
        empty.mkdir()
        done = self.tool("restore", "--data", empty, "--from", self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("site.key", done.stderr)
        self.assertEqual(list(empty.iterdir()), [])
        none = self.tool("backups", "--from", empty)
        self.assertEqual(none.returncode, 1)
        self.assertIn("not_found", none.stderr)

    def test_only_an_administrator_or_a_program_asks_for_a_backup(self):
        operator = self.user("operator", self.site)
        self.assertEqual(operator.send("POST", "/api/v1/backups", {}).status, 403)
        self.assertEqual(operator.send("GET", "/api/v1/backups").status, 403)
        hub = self.admin(self.hub)
        self.assertEqual(hub.send("POST", "/api/v1/backups", {}).status, 404)  # no folder there
        nothing = {"plan": None, "running": False, "next": None, "last": None, "items": []}
        self.assertEqual(hub.get("/api/v1/backups"), nothing)


if __name__ == "__main__":
    harness.main()
