"""Stores that are not the last ones, with real daemons: a hub that comes back from a backup, and a
site that runs on two machines (OFF: nothing is lost; sync/README.md)."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import harness
from demo_lib.http_client import Unreachable, until
from demo_lib.processes import Binaries, Daemon
from demo_lib.region import Member


class Copies(harness.RegionTest):
    def tool(self, *arguments: str | Path) -> str:
        argv = [Binaries.of_build(harness.BUILD).tool, *arguments]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def hub_tool(self, command: str, *more: str) -> str:
        token = self.root / "hub.token"
        token.write_text(self.hub.token + "\n")
        return self.tool(command, "--url", self.hub.url, "--token-file", token, *more)

    def register(self, member: Member, times: int = 1) -> list[dict]:
        api = self.program(member)
        return [api.post("/api/v1/contacts", harness.ticket_contact()) for _ in range(times)]

    def assert_at_the_hub(self, made: list[dict]) -> None:
        hub = self.program(self.hub)
        for one in made:
            card = hub.get(f"/api/v1/tickets/{one['ticket']['number']}")
            self.assertIn("терапевту", card["summary"])
        numbers = {one["ticket"]["number"] for one in made}
        self.assertEqual(len(numbers), len(made), "a number was given twice")

    def at_hub(self, no: int) -> dict:
        return self.region.hub_sites(self.program(self.hub))[no]

    def supervised_until(self, member: Member, what: str, holds) -> None:
        """A daemon ends by itself once what it had lost is here; the service's supervisor starts it
        again, and so does this.
        """

        def look() -> bool:
            if not member.daemon.alive():
                member.restart()
            try:
                return holds()
            except Unreachable:
                return False

        until(look, what, harness.PATIENCE_S)

    def supervised_until_whole(self, member: Member) -> None:
        no = member.spec.no

        def whole() -> bool:
            sync, site = self.program(member).get("/api/v1/sync"), self.at_hub(no)
            caught_up = sync["connected"] and sync["pending"] == 0
            path = f"/api/v1/digest?site={no}"
            return (
                caught_up
                and site["connected"]
                and self.program(member).get(path)["digest"]
                == self.program(self.hub).get(path)["digest"]
            )

        self.supervised_until(member, f"site {no} and the hub are one again", whole)


class RestoredHub(Copies):
    SITES = 2

    def board(self, member: Member) -> list[str]:
        return [one["id"] for one in self.program(member).get("/api/v1/problems")["items"]]

    def test_gets_back_from_its_sites_what_it_had_lost(self):
        backups = self.root / "hub-backups"
        self.hub.daemon.stop()
        self.hub.daemon.argv += ["--backup", str(backups)]
        self.hub.restart()
        other = self.region.sites[2]
        made = self.register(self.node) + self.register(other)
        forgotten = self.register(other)[0]
        self.wait_whole()
        self.assertEqual(self.hub_tool("backup"), "taken and read back\n")
        made += self.register(self.node, 3) + self.register(other, 2)
        self.admin(self.hub).post(
            "/api/v1/erasures",
            {"ticket_number": forgotten["ticket"]["number"], "basis": "Заявление пациента"},
        )
        until((backups / "erasures").exists, "the erasure stands beside the backups", 20)
        # The region's own word, which nobody can give back.
        problem = self.admin(self.hub).post(
            "/api/v1/problems",
            {
                "kind": "schedule",
                "name": "Не открывается расписание",
                "started_at": "2026-01-05T08:00:00Z",
                "site": None,
            },
        )["id"]
        for member in (self.node, other):
            until(lambda m=member: problem in self.board(m), "the problem is everywhere", 20)
        self.wait_whole()

        self.hub.daemon.kill()
        made += self.register(self.node)
        done = self.tool("restore", "--data", self.hub.daemon.data, "--from", backups)
        self.assertRegex(done, r"[12] erasures of after the backup repeated")
        self.hub.restart()
        for member in (self.node, other):
            self.supervised_until_whole(member)
        self.assert_at_the_hub(made)
        for member in (self.hub, other):
            contact = self.program(member).get(f"/api/v1/contacts/{forgotten['contact_id']}")
            self.assertTrue(contact["erased"])
        self.assertEqual([self.at_hub(no)["fork"] for no in (1, 2)], [None, None])
        for member in (self.hub, self.node, other):
            self.supervised_until(
                member,
                "what the region has lost is gone",
                lambda m=member: problem not in self.board(m),
            )
        made += self.register(self.node) + self.register(other)
        for member in (self.node, other):
            self.supervised_until_whole(member)
        self.assert_at_the_hub(made)
        self.hub.daemon.stop()
        self.addCleanup(self.hub.restart)
        self.assertEqual(self.verify(self.hub).returncode, 0)


class ClonedSite(Copies):
    SITES = 0

    def setUp(self):
        self.no = self._next() + 10
        self.original = self.region.add_site(harness.spec(self.no), proxied=f"site {self.no}")
        self.made = self.register(self.original)
        self.wait_whole(self.no)
        self.original.daemon.stop()
        self.copy = self.copy_of_the_machine()
        self.original.restart()
        self.addCleanup(self.original.daemon.kill)
        self.addCleanup(self.copy.daemon.kill)
        self.made += self.register(self.original)
        self.wait_whole(self.no)

    def copy_of_the_machine(self) -> Member:
        """The same store and keys on another machine, with a line of its own to the hub."""
        daemon = self.original.daemon
        data = self.root / f"copy-{self.no}"
        shutil.copytree(daemon.data, data)
        options = {
            **self.original.options,
            "--listen": f"127.0.0.1:{self.region.free_port()}",
            "--hub": self.hub.options["--link"],
            "--hub-enrol": self.hub.options["--enrol"],
        }
        parts = (part for pair in options.items() for part in pair)
        argv = [daemon.argv[0], "--data", str(data), *parts]
        copy = Daemon(f"copy-{self.no}", argv, data, self.root / f"copy-{self.no}.log")
        return replace(self.original, daemon=copy, link="", options=options)

    def work_at_both(self) -> None:
        """The original is cut off and works on; the copy joins, works, and is stopped for good."""
        self.region.cut(self.original, "closed")
        self.made += self.register(self.original, 2)
        self.copy.restart()
        self.supervised_until_whole(self.copy)
        self.made += self.register(self.copy, 2)
        self.supervised_until_whole(self.copy)
        self.copy.daemon.stop()
        self.region.restore(self.original)
        until(lambda: self.at_hub(self.no)["fork"], "the fork is reported", harness.PATIENCE_S)

    def test_is_refused_while_the_original_lives_and_told_of(self):
        self.copy.restart()
        until(
            lambda: "doubled" in str(self.at_hub(self.no)["alarms"]),
            "the hub tells of the second machine",
            harness.PATIENCE_S,
        )
        self.assertIn("two nodes work with one key", self.hub_tool("status"))
        self.copy.daemon.stop()
        self.made += self.register(self.original)
        self.supervised_until_whole(self.original)
        self.assert_at_the_hub(self.made)

    def test_forks_the_journal_and_a_person_joins_both_branches(self):
        self.work_at_both()
        only_here = self.register(self.original)  # its desk works on
        self.assertIn("fork", self.hub_tool("status"))
        self.assertGreater(self.program(self.original).get("/api/v1/sync")["pending"], 0)
        self.hub_tool("fork", "--site", str(self.no), "--decision", "adopt")
        self.supervised_until_whole(self.original)
        self.assert_at_the_hub(self.made + only_here)
        self.assertIsNone(self.at_hub(self.no)["fork"])
        self.register(self.original)
        self.supervised_until_whole(self.original)
        self.original.daemon.stop()
        self.assertEqual(self.verify(self.original).returncode, 0)

    def test_has_its_branch_set_aside_when_a_person_decides_so(self):
        common = list(self.made)
        self.work_at_both()
        self.hub_tool("fork", "--site", str(self.no), "--decision", "set_aside")
        self.supervised_until_whole(self.original)
        self.assertIsNone(self.at_hub(self.no)["fork"])
        self.assert_at_the_hub(common + self.made[-2:])  # and what the copy made
        lost = self.made[len(common)]["ticket"]["number"]
        self.assertEqual(self.program(self.hub).send("GET", f"/api/v1/tickets/{lost}").status, 404)
        self.original.daemon.stop()
        self.assertEqual(self.verify(self.original).returncode, 0)


if __name__ == "__main__":
    harness.main()
