import unittest

import format as formatting


class Format(unittest.TestCase):
    def test_formatted_text_passes(self):
        self.assertEqual(formatting.check_text("int f(int a) { return a; }\n"), [])

    def test_the_first_wrong_line_is_named_with_its_cure(self):
        found = formatting.check_text("int a;\nint  f(int a){return a;}\nint  b;\n")
        self.assertEqual([(f.path, f.line, f.instead) for f in found], [("a.cc", 2, "clang-format -i a.cc")])


if __name__ == "__main__":
    unittest.main()
