"""Stores that lost what they had promised, and what a start does about it: the head file, the check of
the logs, the safety journal on a second device (OFF: nothing is lost; A7: nothing is destroyed in
silence)."""

from __future__ import annotations

import shutil
import subprocess
import unittest
from pathlib import Path

import harness
from demo_lib.http_client import until
from demo_lib.processes import Binaries, NotReady


def cut_log(store: Path, lose: int = 6_000) -> Path:
    """Makes the newest log with content end early, by a form or two; which one it was."""
    # A log may have been given its length beforehand: zeros behind what was written.
    logs = [log for log in sorted(store.glob("*.log")) if log.read_bytes().strip(b"\0")]
    log = logs[-1]
    written = log.read_bytes().rstrip(b"\0")
    log.write_bytes(written[: max(0, len(written) - lose)])
    return log


class Stores(harness.RegionTest):
    SITES = 0

    def new_site(self, **options: str) -> None:
        self.no = self._next() + 10
        self.site = self.region.add_site(harness.spec(self.no), options=options)
        self.addCleanup(self.site.daemon.kill)
        self.api = None

    def register(self, count: int = 1) -> list[dict]:
        api = self.program(self.site)
        return [api.post("/api/v1/contacts", harness.ticket_contact()) for _ in range(count)]

    def assert_here(self, made: list[dict]) -> None:
        api = self.program(self.site)
        for one in made:
            card = api.get(f"/api/v1/tickets/{one['ticket']['number']}")
            self.assertIn("терапевту", card["summary"])

    def alarms(self) -> dict[str, str]:
        """The texts by code."""
        found: dict[str, str] = {}
        for alarm in self.program(self.site).get("/api/v1/sync")["alarms"]:
            found[alarm["code"]] = found.get(alarm["code"], "") + alarm["text"] + "\n"
        return found

    def status(self) -> str:
        token = self.root / f"status-{self.no}.token"
        token.write_text(self.site.token + "\n")
        tool = Binaries.of_build(harness.BUILD).tool
        argv = [tool, "status", "--url", self.site.url, "--token-file", token]
        return subprocess.run(argv, capture_output=True, text=True, timeout=60).stdout

    def region_away(self) -> None:
        self.hub.daemon.kill()
        self.addCleanup(lambda: self.hub.daemon.alive() or self.hub.restart())

    def restart_after_recall(self) -> None:
        """The daemon ends once it has its lost records, to put them in place at the next start."""
        self.site.daemon.start()
        process = self.site.daemon.process
        until(lambda: process.poll() is not None, "the lost records are here", 60)
        self.site.restart()

    @property
    def store(self) -> Path:
        return self.site.daemon.data / "store"


class Damage(Stores):
    def test_a_site_whose_log_is_cut_says_what_it_lost_and_gets_it_back_from_the_region(self):
        self.new_site()
        made = self.register(6)
        self.wait_whole(self.no)
        self.site.daemon.kill()
        log = cut_log(self.store)
        self.site.daemon.start()
        process = self.site.daemon.process
        until(lambda: process.poll() is not None, "the lost records are here", 60)
        self.assertIn(log.name, self.site.daemon.log_end())
        self.site.restart()
        self.assert_here(made)
        alarms = self.alarms()
        self.assertIn("store_loss_mended", alarms)
        self.assertRegex(alarms["store_loss_mended"], r"records \d+ to \d+ .* here again")
        self.assertIn(log.name, self.status())
        self.register()
        self.wait_whole(self.no)
        self.assert_same_state(self.no)

    def test_a_site_that_nobody_can_help_works_and_never_hides_it(self):
        self.new_site()
        self.register(2)
        self.region_away()
        self.register(4)
        self.site.daemon.kill()
        cut_log(self.store)
        self.site.restart()
        self.register(2)
        self.assertRegex(self.alarms()["store_loss"], r"offset \d+.*records \d+ to \d+ .*not here")
        self.assertIn("store_loss", self.status())
        self.site.daemon.kill()
        self.site.restart()
        self.assertIn("store_loss", self.alarms())
        self.site.daemon.kill()
        self.assertEqual(self.verify(self.site).returncode, 0)

    def test_a_site_can_be_told_to_refuse(self):
        self.new_site(**{"--after-damage": "refuse"})
        self.register(4)
        self.site.daemon.kill()
        shutil.rmtree(self.store)
        with self.assertRaises(NotReady) as refused:
            self.site.restart()
        self.assertIn("opora restore", str(refused.exception))


class Hub(Stores):
    def test_a_hub_with_a_damaged_log_refuses_and_names_file_and_offset(self):
        self.new_site()
        self.register(4)
        self.wait_whole(self.no)
        self.hub.daemon.kill()
        store = self.hub.daemon.data / "store"
        kept = self.root / "hub-store"
        shutil.copytree(store, kept)
        log = cut_log(store)
        with self.assertRaises(NotReady) as refused:
            self.hub.restart()
        self.assertIn(log.name, str(refused.exception))
        self.assertIn("offset", str(refused.exception))
        shutil.rmtree(store)
        kept.rename(store)
        self.hub.restart()
        self.wait_whole(self.no)


class Safety(Stores):
    def setUp(self):
        self.folder = self.root / f"safety-{self._next()}"
        self.new_site(**{"--safety": str(self.folder)})

    def test_a_cut_log_is_repaired_from_the_second_device_while_the_region_is_away(self):
        made = self.register(2)
        self.region_away()
        made += self.register(6)
        self.site.daemon.kill()
        cut_log(self.store)
        self.site.restart()
        self.assert_here(made)
        alarms = self.alarms()
        self.assertNotIn("store_loss", alarms)
        self.assertRegex(alarms["store_loss_mended"], "safety journal")
        made += self.register(1)
        self.assertEqual(len({one["ticket"]["number"] for one in made}), len(made))
        self.site.daemon.kill()
        self.assertEqual(self.verify(self.site).returncode, 0)
        self.site.restart()
        self.hub.restart()
        self.wait_whole(self.no)
        self.assert_same_state(self.no)

    def test_an_answered_form_that_is_sent_again_after_a_repair_is_the_same_form(self):
        self.region_away()
        api = self.program(self.site)
        key = "the-same-form-of-this-test"
        first = api.send("POST", "/api/v1/contacts", harness.ticket_contact(), key)
        self.assertEqual(first.status, 201)
        self.site.daemon.kill()
        cut_log(self.store, 1_000)
        self.site.restart()
        api = self.program(self.site)
        again = api.send("POST", "/api/v1/contacts", harness.ticket_contact(), key)
        self.assertEqual(again.body, first.body)

    def test_a_store_that_is_gone_comes_back_from_the_second_device(self):
        self.region_away()
        made = self.register(5)
        self.site.daemon.kill()
        shutil.rmtree(self.store)
        self.site.restart()
        self.assert_here(made)
        self.assertRegex(self.alarms()["store_loss_mended"], "safety journal; records 1 to")
        self.hub.restart()
        self.wait_whole(self.no)
        self.assert_same_state(self.no)

    def let_go_of_what_the_region_has(self) -> None:
        """A start writes the safety journal anew, without what the region is known to have."""

        def small() -> bool:
            self.site.daemon.kill()
            self.site.restart()
            return sum(file.stat().st_size for file in self.folder.glob("*.segment")) < 1_000

        until(small, "the region's records are gone from the safety journal", 60, 3.0)

    def test_a_store_that_is_gone_comes_back_from_the_region_and_the_second_device_together(self):
        made = self.register(5)
        self.wait_whole(self.no)
        self.let_go_of_what_the_region_has()
        self.region_away()
        only_here = self.register(3)
        self.site.daemon.kill()
        shutil.rmtree(self.store)
        self.hub.restart()
        self.restart_after_recall()
        self.assert_here(made + only_here)
        numbers = [one["ticket"]["number"] for one in made + only_here + self.register()]
        self.assertEqual(len(set(numbers)), len(numbers), "a number was given twice")
        self.assertNotIn("store_loss", self.alarms())
        self.wait_whole(self.no)
        self.assert_same_state(self.no)
        self.assertEqual(list(self.folder.glob("aside-*")), [])

    def test_a_second_device_that_fails_stops_nobody_and_says_so(self):
        self.assertEqual(self.program(self.site).get("/api/v1/sync")["safety"], "on")
        self.site.daemon.kill()
        shutil.rmtree(self.folder)
        self.folder.write_text("not a folder")
        self.site.restart()
        self.assert_here(self.register(2))
        self.assertEqual(self.program(self.site).get("/api/v1/sync")["safety"], "failed")
        self.assertIn("safety_failed", self.alarms())
        self.site.daemon.kill()
        self.folder.unlink()
        self.site.restart()
        self.assertEqual(self.program(self.site).get("/api/v1/sync")["safety"], "on")


if __name__ == "__main__":
    harness.main()
