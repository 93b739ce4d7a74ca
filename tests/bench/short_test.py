"""Every bench runs and gives whole figures. How large they are is not asked here: that is for a
machine that does nothing else.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = os.environ["OPORA_BUILD_DIR"]
FIGURES = {
    "register_1",
    "register_ticket_1",
    "register_64",
    "register_ticket_64",
    "link_200",
    "report",
    "report_time",
    "report_tickets_topic",
    "report_tickets_site",
    "open_figure_much",
    "open_figure_little",
    "open_figure_nothing",
    "list_tickets_first",
    "list_tickets_deep",
    "list_tickets_sparse",
    "list_tickets_mine",
    "node_start",
    "node_resident",
    "idle_resident",
    "due",
    "call_queue",
    "call_queue_growth",
    "calls_p99",
    "calls_cpu",
    "calls_screens_p99",
    "calls_screens_cpu",
    "catchup_first_ack",
    "catchup_text",
    "sites_cpu",
    "sites_memory",
    "sites_return",
}
# What one site more costs is a difference of two figures: with the few sites of the short form it
# is smaller than the clock's tick, and either sign is right.
DIFFERENCES = {"sites_cpu", "sites_memory"}
# Only where there is something to compare with.
LIVE = tuple(f"live_{rate}" for rate in (200, 2000))
OF_NATS = {"catchup_nats"} | {f"{live}_nats{end}" for live in LIVE for end in ("", "_p99")}
OF_POSTGRES = {name.replace("nats", "postgres") for name in OF_NATS}


class ShortTest(unittest.TestCase):
    def run_short(self, *names: str) -> tuple[str, list[dict]]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "figures.json"
            done = subprocess.run(
                [sys.executable, HERE / "run", "--short", "--build", BUILD, "--json", path, *names],
                capture_output=True,
                text=True,
            )
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            return done.stdout, json.loads(path.read_text())

    def test_every_bench_gives_whole_figures(self):
        printed, figures = self.run_short()
        found = {figure["name"] for figure in figures}
        expected = set(FIGURES)
        if shutil.which("nats-server"):
            expected |= OF_NATS
        if list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
            expected |= OF_POSTGRES
        # The size of the UI only where it was built.
        self.assertEqual(found - {"ui_size"}, expected)
        for figure in figures:
            self.assertIn(figure["name"], printed)
            self.assertEqual(
                set(figure), {"name", "unit", "median", "min", "max", "ratio_to", "ratio"}
            )
            self.assertLessEqual(figure["min"], figure["median"], figure)
            self.assertLessEqual(figure["median"], figure["max"], figure)
            if figure["name"] in DIFFERENCES:
                self.assertRegex(figure["ratio_to"], r"\bat 2: \d+, 5: \d+, 10: \d+", figure)
            else:
                self.assertGreater(figure["min"], 0, figure)
                self.assertGreater(figure["ratio"], 0, figure)

    def test_a_bench_that_is_not_there_is_refused(self):
        done = subprocess.run(
            [sys.executable, HERE / "run", "--build", BUILD, "nothing"],
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn("no bench nothing", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
