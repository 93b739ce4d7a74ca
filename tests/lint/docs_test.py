import unittest

import docs
from tree import Tree

TABLE = "| id | what | where | tests |\n|---|---|---|---|\n"


def whats(check, files):
    return [f.what for f in check(Tree(files))]


class Paths(unittest.TestCase):
    def test_links_and_named_paths_must_exist(self):
        text = "[a](hub/README.md) `hub/main.cc` `./b.md` [c](gone.md) `node/gone.h` `tests/run unit`\n"
        self.assertEqual(
            whats(
                docs.check_paths,
                {
                    "README.md": text,
                    "hub/README.md": "",
                    "hub/main.cc": "",
                    "b.md": "",
                    "tests/run": "",
                },
            ),
            ["names gone.md, which does not exist", "names node/gone.h, which does not exist"],
        )

    def test_links_are_read_from_the_documents_own_folder(self):
        files = {
            "hub/README.md": "[up](../README.md) [wrong](README2.md) [web](https://a.example/b)\n",
            "README.md": "",
        }
        self.assertEqual(
            whats(docs.check_paths, files), ["names hub/README2.md, which does not exist"]
        )

    def test_a_folder_is_a_path(self):
        self.assertEqual(
            whats(
                docs.check_paths, {"README.md": "`sync/core/` `sync/core/*`\n", "sync/core/a.h": ""}
            ),
            [],
        )


class Readmes(unittest.TestCase):
    def test_a_missing_one_is_found(self):
        files = {f"{folder}/README.md": "" for folder in docs.FOLDERS}
        files.update({name: "" for name in docs.ROOT_DOCUMENTS})
        self.assertEqual(docs.check_readmes(Tree(files)), [])
        del files["sync/README.md"]
        self.assertEqual([f.path for f in docs.check_readmes(Tree(files))], ["sync/README.md"])


class Features(unittest.TestCase):
    FILES = {"hub/report.cc": "", "tests/unit/report_test.cc": "// T5: the daily report.\n"}

    def check(self, row):
        return whats(docs.check_features, {**self.FILES, "README.md": TABLE + row + "\n"})

    def test_a_row_with_a_place_and_a_test_that_names_it_passes(self):
        self.assertEqual(self.check("| T5 | report | `hub/report.cc` | `tests/unit/` |"), [])

    def test_a_test_that_does_not_name_the_id_is_found(self):
        self.assertEqual(
            self.check("| T5, T5b | report | `hub/` | `tests/unit/` |"),
            ["T5b: none of its tests names it"],
        )

    def test_a_row_without_files_is_found(self):
        self.assertEqual(len(self.check("| T5 | report | `hub/gone.cc` | `tests/unit/` |")), 1)
        self.assertEqual(len(self.check("| T5 | report | `hub/` | |")), 2)

    def test_what_is_not_yet_there_has_no_tests(self):
        self.assertEqual(self.check("| T14 | forecast | not yet | |"), [])
        self.assertEqual(len(self.check("| T14 | forecast | not yet | `tests/unit/` |")), 1)

    def test_a_readme_without_a_table_is_found(self):
        self.assertEqual(whats(docs.check_features, {"README.md": "text\n"}), ["no feature table"])


if __name__ == "__main__":
    unittest.main()
