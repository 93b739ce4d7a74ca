import unittest

import format as formatting


class Cpp(unittest.TestCase):
    def check(self, text):
        return formatting.on_disk(formatting.check_cpp, "a.cc", text)

    def test_formatted_text_passes(self):
        self.assertEqual(self.check("int f(int a) { return a; }\n"), [])

    def test_the_first_wrong_line_is_named_with_its_cure(self):
        found = self.check("int a;\nint  f(int a){return a;}\nint  b;\n")
        self.assertEqual(
            [(f.path, f.line, f.instead) for f in found], [("a.cc", 2, "clang-format -i a.cc")]
        )


class Python(unittest.TestCase):
    def check(self, text):
        return [f.path for f in formatting.on_disk(formatting.check_python, "a.py", text)]

    def test_formatted_text_passes(self):
        self.assertEqual(self.check("a = {1: 2}\n"), [])

    def test_other_text_and_broken_text_are_found(self):
        self.assertEqual(self.check("a = {1:2}\n"), ["a.py"])
        self.assertEqual(self.check("a = {\n"), ["a.py"])


if __name__ == "__main__":
    unittest.main()
