"""The main job: a small day with a cut and a kill through deploy/demo's own program, as a user runs
it.
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import paths
from demo_lib import day_file
from harness import BUILD

ROWS = """# three desks
desk	received	accepted	lost	phantom	registered	agents	avg_wait_s	avg_talk_s	avg_answer_s	availability_pct	registered_pct	consistent
Городская больница «Север» № 1	41	36	3	2	38	4	7	62	5	88	106	yes
Лесная амбулатория	3	0	2	1	1	0	0	0	0	0	0	yes
Не сходится	10	8	1	0	8	2	5	60	4	80	100	no
Амбулатория "Юг"	25	25	0	0	25	3	4	59	4	100	99	yes
"""


def demo(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(paths.TOP / "deploy")}
    argv = [sys.executable, "-B", "-m", "demo_lib", *map(str, arguments), "--binaries", str(BUILD)]
    return subprocess.run(
        argv, cwd=cwd, env=environment, capture_output=True, text=True, timeout=400
    )


class SmallDay(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "day.tsv").write_text(ROWS)

    def test_three_desks_with_a_cut_and_a_kill_come_out_as_in_the_file(self):
        done = demo("--once", "--day", "day.tsv", "--cut", "1", "--kill", "1", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0].split("\t"), [*day_file.COLUMNS, "data_through"])
        rows = [dict(zip(lines[0].split("\t"), line.split("\t"))) for line in lines[1:]]
        self.assertEqual(
            [r["desk"] for r in rows],
            ['Амбулатория "Юг"', "Городская больница «Север» № 1", "Лесная амбулатория"],
        )
        wanted = {line.split("\t")[0]: line.split("\t")[1:7] for line in ROWS.splitlines()[2:]}
        for row in rows:
            self.assertEqual([row[name] for name in day_file.COUNTS], wanted[row["desk"]])
            self.assertTrue(row["data_through"])
        self.assertIn("line 5, Не сходится", done.stderr)
        self.assertRegex(done.stderr, r"(?m)^  off the network: sites [123]$")
        self.assertRegex(done.stderr, r"(?m)^  killed and started again: sites [123]$")
        self.assertIn("line 6", done.stderr)  # a printed 99 % where the counts give 100

    def test_another_date_and_every_site_cut_and_killed(self):
        done = demo(
            "--once",
            "--day",
            "day.tsv",
            "--cut",
            "9",
            "--kill",
            "9",
            "--date",
            "2026-02-28",
            "--seed",
            "7",
            cwd=self.folder,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), 4)
        for what in ("off the network", "killed and started again"):
            said = f"  {what}: sites 1, 2, 3 (9 were asked for; the day has 3 desks)\n"
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
