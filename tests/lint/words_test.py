import unittest

import words
from tree import Tree


def found(check, text, path="hub/a.cc"):
    return len(check(Tree({path: text})))


class LeftOvers(unittest.TestCase):
    def test_every_word_is_found(self):
        for word in ("TO" "DO: later", "FIX" "ME", "X" "XX", "not " "implemented"):
            with self.subTest(word):
                self.assertEqual(found(words.check_left_overs, f"// {word}\n"), 1)

    def test_scripts_without_an_ending_are_read(self):
        text = "#!/usr/bin/env bash\n# TO" "DO\n"
        self.assertEqual(found(words.check_left_overs, text, "deploy/install"), 1)

    def test_ordinary_words_pass(self):
        self.assertEqual(found(words.check_left_overs, "// todos los santos, method\n"), 0)


class Paths(unittest.TestCase):
    def test_machine_paths_are_found(self):
        for path in ("/wo" "rk/main", '"/tm' 'p/x"', "/ho" "me/user/x"):
            with self.subTest(path):
                self.assertEqual(found(words.check_machine_paths, f"open({path})\n"), 1)

    def test_paths_below_something_of_ours_pass(self):
        self.assertEqual(found(words.check_machine_paths, "${root}/tm" "p/x build/wo" "rk/y\n"), 0)

    def test_registry_hosts_are_found_in_any_file(self):
        self.assertEqual(
            found(words.check_registries, "https://registry.npm" "js.org/x", "web/ui/.npmrc"), 1
        )
        self.assertEqual(found(words.check_registries, "https://deb.deb" "ian.org", "README.md"), 1)


class Binaries(unittest.TestCase):
    def test_bytes_that_are_no_text_are_found(self):
        self.assertEqual(found(words.check_binaries, b"\x89PNG\r\n\x1a\n\0", "deploy/a.png"), 1)
        self.assertEqual(found(words.check_binaries, b"a\0b", "deploy/a"), 1)

    def test_russian_text_is_text(self):
        self.assertEqual(found(words.check_binaries, "обращение", "deploy/a.tsv"), 0)


class Headers(unittest.TestCase):
    def test_a_header_opens_with_a_comment_and_a_guard(self):
        self.assertEqual(found(words.check_headers, "// What it is.\n#pragma once\n", "hub/a.h"), 0)
        self.assertEqual(found(words.check_headers, "#pragma once\n", "hub/a.h"), 1)
        self.assertEqual(found(words.check_headers, "// What it is.\n", "hub/a.h"), 1)


class BoolParameters(unittest.TestCase):
    def test_values_are_found_in_any_place(self):
        for text in (
            "void f(bool deep);",
            "void f(int a, bool deep = false, int b);",
            "void f(const bool deep);",
            "  Row row(bool open) const;",
        ):
            with self.subTest(text):
                self.assertEqual(found(words.check_bool_parameters, text, "sync/core/a.h"), 1)

    def test_results_members_references_and_reasons_pass(self):
        for text in (
            "bool f();",
            "bool open = false;",
            "void archive(A& a, bool& v);",
            "void put(bool value);  // bool: the datum itself",
            "// f(bool x) was bad",
        ):
            with self.subTest(text):
                self.assertEqual(found(words.check_bool_parameters, text, "sync/core/a.h"), 0)

    def test_other_folders_are_not_asked(self):
        self.assertEqual(
            found(words.check_bool_parameters, "void f(bool a);", "tests/support/a.h"), 0
        )


class Asserts(unittest.TestCase):
    def test_only_the_droppable_one_is_found(self):
        self.assertEqual(found(words.check_asserts, "  assert(a);\n"), 1)
        self.assertEqual(
            found(words.check_asserts, "static_assert(a); OPORA_CHECK(b); x.assert(c);\n"), 0
        )


if __name__ == "__main__":
    unittest.main()
