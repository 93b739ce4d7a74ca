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
from harness import BUILD, contact

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
        processes = [m["pid"] for m in (region["hub"], *self.as_described()["sites"])]
        running.send_signal(signal.SIGINT)
        self.assertEqual(running.wait(60), 0, self.said())
        self.assertFalse(self.described.exists())
        for pid in processes:
            self.assertFalse(Path(f"/proc/{pid}").exists(), self.said())

    def assert_everybody_gets_in(self, region: dict) -> None:
        for member in (region["hub"], *region["sites"]):
            for role, who in member["sign_ins"].items():
                with self.subTest(member["name"], role=role):
                    api = Api(member["url"], who.get("token", ""))
                    if "login" in who:
                        api.sign_in(who["login"], who["password"])
                    self.assertEqual(api.get("/api/v1/session")["user"]["roles"], [role])
                    api.close()

    def demo(self, *arguments: str) -> subprocess.CompletedProcess:
        """A second deploy/demo, which asks the one that runs."""
        argv = [sys.executable, "-B", "-m", "demo_lib", *arguments, "--folder", str(self.folder)]
        environment = {**os.environ, "PYTHONPATH": str(paths.TOP / "deploy")}
        return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60)

    def as_described(self) -> dict:
        return json.loads(self.described.read_text(encoding="utf-8"))

    def assert_desk_works_through_an_outage(self, site: dict) -> None:
        """What the README proposes: register a call, cut the line, go on, mend it."""
        no = str(site["no"])
        node = Api(site["url"], site["sign_ins"]["program"]["token"])
        self.addCleanup(node.close)
        done = self.demo("cut", no)
        self.assertEqual(
            (done.returncode, done.stdout), (0, f"off the network: {no}\n"), done.stderr
        )
        lines = {s["no"]: s["line"] for s in self.as_described()["sites"]}
        self.assertEqual(lines, {1: "up", 2: "cut", 3: "up", 4: "up"})
        until(lambda: not node.get("/api/v1/sync")["connected"], "the site sees the cut")
        desk = Api(site["url"])
        self.addCleanup(desk.close)
        who = site["sign_ins"]["operator"]
        desk.sign_in(who["login"], who["password"])
        desk.post("/api/v1/contacts", contact())
        self.assertGreater(node.get("/api/v1/sync")["pending"], 0)
        done = self.demo("mend")
        self.assertEqual(done.returncode, 0, done.stderr)
        until(
            lambda: (sync := node.get("/api/v1/sync"))["connected"] and not sync["pending"],
            "what was saved meanwhile is in the region",
        )

    def assert_a_killed_node_is_described_anew(self, site: dict) -> None:
        os.kill(site["pid"], signal.SIGKILL)

        def found() -> dict:
            return self.as_described()["sites"][site["no"] - 1]

        until(lambda: found()["pid"] != site["pid"], "region.json has the new process")
        self.assertEqual(found(), {**site, "pid": found()["pid"]})
        self.assertTrue(Path(f"/proc/{found()['pid']}").exists())

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
        self.assert_desk_works_through_an_outage(region["sites"][1])
        self.assert_a_killed_node_is_described_anew(region["sites"][2])
        self.stop(running, region)
        for member in (region["hub"], *region["sites"]):
            self.assertIn(member["url"], self.said())

        running = self.start("--keep")
        again = self.region_of(running)
        self.assertEqual(self.tickets(again), before)
        self.stop(running, again)


if __name__ == "__main__":
    unittest.main()
