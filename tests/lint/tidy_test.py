import json
import tempfile
import unittest
from pathlib import Path

import tidy
import tree as lint


class Tidy(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name).resolve()
        self.build = self.root / "build"
        self.build.mkdir()
        (self.root / "hub").mkdir()
        (self.root / ".clang-tidy").write_text((lint.ROOT / ".clang-tidy").read_text())
        self.write("hub/a.h", "#pragma once\nint twice(int a);\n")
        self.command = f"clang++ -std=c++20 -I{self.root} -c hub/a.cc"

    def write(self, path, text):
        (self.root / path).write_text(text)

    def check(self):
        (self.build / "compile_commands.json").write_text(
            json.dumps([{"directory": str(self.root), "file": "hub/a.cc", "command": self.command}])
        )
        return tidy.check(self.root, self.build, lambda path: True, 1)

    def test_a_wrong_name_is_found_and_stays_found(self):
        self.write("hub/a.cc", "int TwiceAsMuch(int a) { return 2 * a; }\n")
        for _ in range(2):
            self.assertIn("invalid case style for function 'TwiceAsMuch'", self.check()["hub/a.cc"])

    def test_what_passed_is_noted_until_a_header_below_it_changes(self):
        self.write("hub/a.cc", '#include "hub/a.h"\nint twice(int a) { return 2 * a; }\n')
        self.assertEqual(self.check(), {})
        notes = set((self.build / "tidy").iterdir())
        self.assertEqual(self.check(), {})
        self.assertEqual(set((self.build / "tidy").iterdir()), notes)
        self.write("hub/a.h", "#pragma once\nint twice(int a);\nint NewAndWrong();\n")
        self.assertIn("NewAndWrong", self.check()["hub/a.cc"])

    def test_another_compile_command_is_another_question(self):
        self.write("hub/a.cc", "#ifdef OTHER\nint Wrong();\n#endif\n")
        self.assertEqual(self.check(), {})
        self.command += " -DOTHER"
        self.assertIn("Wrong", self.check()["hub/a.cc"])


if __name__ == "__main__":
    unittest.main()
