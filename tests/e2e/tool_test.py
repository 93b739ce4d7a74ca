"""opora, the administrator's tool, against daemons that run: what it says, what it refuses and with
which exit code.
"""

from __future__ import annotations

import subprocess
import unittest
from pathlib import Path

import harness
from demo_lib.http_client import Api
from demo_lib.processes import Binaries


class Tool(harness.RegionTest):
    def tool(self, *arguments: str | Path) -> subprocess.CompletedProcess:
        argv = [Binaries.of_build(harness.BUILD).tool, *arguments]
        return subprocess.run(argv, capture_output=True, text=True, timeout=120)

    def remote(self, member: harness.Member, token: str = "") -> list[str | Path]:
        """Options that name this daemon and its program."""
        file = self.root / f"tool{self._next()}.token"
        file.write_text((token or member.token) + "\n")
        return ["--url", member.url, "--token-file", file]

    def test_verify_finds_nothing_beside_running_daemons_and_leaves_nothing_behind(self):
        self.program(self.node).post("/api/v1/contacts", harness.ticket_contact())
        self.wait_whole()
        for member in (self.node, self.hub):
            before = sorted(p.name for p in member.daemon.data.iterdir())
            done = self.tool("verify", "--data", member.daemon.data)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertNotIn("FINDING", done.stdout)
            self.assertEqual(sorted(p.name for p in member.daemon.data.iterdir()), before)

    def test_digest_says_what_the_daemon_says_and_agrees_at_both_ends(self):
        self.program(self.node).post("/api/v1/contacts", harness.contact())
        self.wait_whole()
        self.assert_same_state()
        at_site, at_hub = self.digests()
        for member in (self.node, self.hub):
            done = self.tool("digest", "--data", member.daemon.data, "--site", "1")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"digest {at_site['digest']}\n", done.stdout)
        self.assertEqual(at_site["digest"], at_hub["digest"])
        own = self.tool("digest", "--data", self.node.daemon.data).stdout.splitlines()
        self.assertEqual([line.split()[:2] for line in own], [["site", "1"]])

    def test_status_names_the_sites_of_a_region_and_the_link_of_a_site(self):
        self.wait_whole()
        region = self.tool("status", *self.remote(self.hub))
        self.assertEqual(region.returncode, 0, region.stderr)
        self.assertRegex(region.stdout, r"region: 1 of \d+ sites connected")
        self.assertRegex(
            region.stdout, r"Больница 1: connected.*; \d+ records here, \d+ of them in a verified"
        )
        site = self.tool("status", *self.remote(self.node))
        self.assertEqual(site.returncode, 0, site.stderr)
        self.assertIn("site 1: connected to the region", site.stdout)
        self.assertRegex(
            site.stdout,
            r"journal to the region: \d+ received, \d+ of them in a verified backup; nothing",
        )
        self.assertRegex(site.stdout, r"common from the region: \d+ received")

    def test_enrol_makes_a_site_and_gives_another_code_when_asked_again(self):
        arguments = ["enrol", *self.remote(self.hub), "--site", "77", "--name", "Поликлиника 77"]
        arguments += ["--zone", "Europe/Samara", "--desk", "1=Регистратура", "--desk", "2=Call"]
        codes = []
        for _ in range(2):
            done = self.tool(*arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(len(done.stdout.splitlines()), 1)
            codes.append(done.stdout)
        self.assertNotEqual(*codes)
        sites = self.program(self.hub).get("/api/v1/catalogues/sites")["items"]
        made = next(s for s in sites if s["no"] == 77)
        self.assertEqual((made["name"], made["zone"]), ("Поликлиника 77", "Europe/Samara"))
        self.assertEqual([d["name"] for d in made["desks"]], ["Регистратура", "Call"])

    def test_what_cannot_be_done_has_an_exit_code_and_a_reason(self):
        erase = ["--basis", "Заявление", "--ticket"]
        for code, word, arguments in (
            (1, "unauthenticated", ["status", *self.remote(self.hub, "0" * 64)]),
            (
                3,
                "unavailable",
                ["status", *self.remote(self.hub)[2:], "--url", "http://127.0.0.1:1"],
            ),
            (2, "token-file", ["status", "--url", self.hub.url, "--token-file", "none.token"]),
            (
                2,
                "zone",
                ["enrol", *self.remote(self.hub), "--site", "78", "--name", "Х", "--zone", "X/Y"],
            ),
            (2, "Exactly 1", ["erase", *self.remote(self.hub), *erase[:2]]),
            (1, "no store", ["verify", "--data", self.root / "none"]),
            (2, "subcommand", []),
        ):
            with self.subTest(arguments):
                done = self.tool(*arguments)
                self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
                self.assertIn(word, done.stderr)

    def test_first_users_work_at_once_and_their_file_is_gone(self):
        self.assertFalse((self.hub.daemon.data / "first-users.json").exists())
        api = Api(self.hub.url, self.hub.token)
        self.addCleanup(api.close)
        self.assertEqual(api.send("GET", "/api/v1/users").status, 200)


if __name__ == "__main__":
    harness.main()
