"""What deploy/demo refuses before anything starts: exit code 2, a reason on standard error, nothing on
standard output.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from datetime import date, timedelta
from pathlib import Path

import paths

HEADER = (
    "desk	received	accepted	lost	phantom	registered	agents	avg_wait_s	avg_talk_s	avg_answer_s	availability_pct"
    "	registered_pct	consistent"
)
GOOD = "А	7	7	0	0	7	2	5	60	4	100	100	yes"


class Refused(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def demo(self, *arguments: str) -> subprocess.CompletedProcess:
        """With a build folder that has no daemon: whatever starts one fails with another exit code."""
        argv = [sys.executable, "-B", "-m", "demo_lib", *arguments, "--binaries", str(self.folder)]
        environment = {**os.environ, "PYTHONPATH": str(paths.TOP / "deploy")}
        return subprocess.run(
            argv, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60
        )

    def day(self, *rows: str) -> str:
        (self.folder / "day.tsv").write_text("\n".join([HEADER, *rows]) + "\n")
        return "day.tsv"

    def assert_refused(self, done: subprocess.CompletedProcess, *words: str) -> None:
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_a_bad_row_is_named_by_file_line_and_column(self):
        path = self.day(GOOD, GOOD.replace("А	7", "Б	8"))
        self.assert_refused(self.demo("--once", "--day", path), "day.tsv: line 3, column received:")

    def test_a_file_that_is_not_there_is_named(self):
        self.assert_refused(self.demo("--once", "--day", "none.tsv"), "none.tsv")
        self.assert_refused(self.demo("--once", "--day", "."), ".")

    def test_options_without_their_meaning_are_refused(self):
        path = self.day(GOOD)
        for arguments in (
            ["--once"],
            ["--day", path],
            ["--kill", "1"],
            ["--once", "--day", path, "--keep"],
            ["--what"],
        ):
            with self.subTest(arguments):
                self.assert_refused(self.demo(*arguments))

    def test_bad_numbers_dates_and_zones_are_refused(self):
        path = self.day(GOOD)
        for option, value in (
            ("--cut", "-1"),
            ("--kill", "x"),
            ("--cut", "1.5"),
            ("--date", "20.11.2026"),
            ("--date", "2026-02-30"),
            ("--date", "1999-12-31"),
            ("--zone", "Mars/Olympus"),
        ):
            with self.subTest(option=option, value=value):
                self.assert_refused(self.demo("--once", "--day", path, f"{option}={value}"), option)

    def test_a_wrong_date_is_called_so_and_shows_how_one_looks(self):
        done = self.demo("--once", "--day", self.day(GOOD), "--date", "2026-13-01")
        self.assert_refused(done, "'2026-13-01' is no date, as 2026-11-20 is")

    def test_a_day_that_has_not_begun_is_refused(self):
        later = date.today() + timedelta(days=2)
        self.assert_refused(
            self.demo("--once", "--day", self.day(GOOD), "--date", str(later)), str(later)
        )

    def test_an_outage_needs_a_demo_that_runs(self):
        done = self.demo("cut", "3", "--folder", str(self.folder))
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("No demo runs", done.stderr)

    def test_an_outage_needs_sites_that_are_there(self):
        described = {"sites": [{"no": 1, "line": "up"}, {"no": 3, "line": "up"}]}
        (self.folder / "region.json").write_text(json.dumps(described))
        here = ["--folder", str(self.folder)]
        self.assert_refused(self.demo("cut", "2", *here), "No site 2 here, only 1, 3")
        self.assert_refused(self.demo("cut", "three", *here), "three")
        self.assert_refused(self.demo("break", *here), "break")
        self.assert_refused(self.demo("mend", "--keep", *here), "mend")

    def test_check_accepts_a_good_day_and_starts_nothing(self):
        done = self.demo("--check", "--once", "--day", self.day(GOOD))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
