"""What a newcomer sees first: deploy/demo starts a region with sample data, prints who can sign in
where, stops on Ctrl-C, and goes on with the same data when asked to keep them.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import paths
from demo_lib.http_client import Api, until
from harness import BUILD

# Four daemons, a day of calls for each: long for a loaded machine with sanitizers.
PATIENCE_S = 300.0


class Demo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.described = self.folder / "region.json"

    def start(self, *arguments: str) -> subprocess.Popen:
        argv = [sys.executable, "-B", "-m", "demo_lib", *arguments, "--binaries", str(BUILD)]
        environment = {**os.environ, "PYTHONPATH": str(paths.TOP / "deploy")}
        with (self.folder / "said").open("w") as said:
            running = subprocess.Popen(
                [*argv, "--folder", str(self.folder)], env=environment, stdout=said, stderr=said
            )
        self.addCleanup(self.end, running)
        return running

    @staticmethod
    def end(running: subprocess.Popen) -> None:
        """Also after a failure nothing of it goes on."""
        if running.poll() is None:
            running.send_signal(signal.SIGINT)
        running.wait(60)

    def region_of(self, running: subprocess.Popen) -> dict:
        until(
            lambda: self.described.exists() or running.poll() is not None,
            "the demo says where it is",
            seconds=PATIENCE_S,
        )
        self.assertIsNone(running.poll(), self.said())
        return json.loads(self.described.read_text(encoding="utf-8"))

    def said(self) -> str:
        return (self.folder / "said").read_text(encoding="utf-8")

    def stop(self, running: subprocess.Popen, region: dict) -> None:
        running.send_signal(signal.SIGINT)
        self.assertEqual(running.wait(60), 0, self.said())
        self.assertFalse(self.described.exists())
        for member in (region["hub"], *region["sites"]):
            self.assertFalse(Path(f"/proc/{member['pid']}").exists(), member["name"])

    def assert_everybody_gets_in(self, region: dict) -> None:
        for member in (region["hub"], *region["sites"]):
            for role, who in member["sign_ins"].items():
                with self.subTest(member["name"], role=role):
                    api = Api(member["url"], who.get("token", ""))
                    if "login" in who:
                        api.sign_in(who["login"], who["password"])
                    self.assertIn(role, api.get("/api/v1/session")["user"]["roles"])
                    api.close()

    def tickets(self, region: dict) -> list[str]:
        site = region["sites"][1]
        who = site["sign_ins"]["operator"]
        api = Api(site["url"])
        self.addCleanup(api.close)
        api.sign_in(who["login"], who["password"])
        return [t["number"] for t in api.get("/api/v1/tickets?limit=100")["items"]]

    def test_starts_with_sample_data_and_goes_on_with_them(self):
        running = self.start()
        region = self.region_of(running)
        self.assertEqual([site["no"] for site in region["sites"]], [1, 2, 3, 4])
        self.assert_everybody_gets_in(region)
        before = self.tickets(region)
        self.assertTrue(before)
        self.stop(running, region)
        for member in (region["hub"], *region["sites"]):
            self.assertIn(member["url"], self.said())

        running = self.start("--keep")
        again = self.region_of(running)
        self.assertEqual(self.tickets(again), before)
        self.stop(running, again)


if __name__ == "__main__":
    unittest.main()
