"""Configuring a build folder a second time changes no command of it: whoever starts again, starts at
once. (`deploy/demo` configures at every start.)
"""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import tree as lint


class Configure(unittest.TestCase):
    def configure(self, folder):
        """The commands that compile."""
        argv = ["cmake", "-S", lint.ROOT, "-B", folder, "-G", "Ninja", "-DOPORA_UI=OFF"]
        environment = {**os.environ, "LC_ALL": "C"}
        done = subprocess.run(argv, env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        rows = json.loads((folder / "compile_commands.json").read_text(encoding="utf-8"))
        return {row["command"] for row in rows}

    def test_a_second_time_changes_no_command(self):
        with tempfile.TemporaryDirectory() as folder:
            first = self.configure(Path(folder))
            second = self.configure(Path(folder))
        self.assertTrue(first)
        gone, come = sorted(first - second), sorted(second - first)
        self.assertEqual(len(gone), 0, f"{gone[:1]} became {come[:1]}")
        self.assertEqual(len(come), 0, come[:1])


if __name__ == "__main__":
    unittest.main()
