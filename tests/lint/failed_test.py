"""The end of a run says why it failed."""

import unittest

import failed


def junit(*tests: tuple[str, str, str]) -> str:
    cases = "".join(
        f'<testcase name="{name}" status="{status}"><system-out>{out}</system-out></testcase>'
        for name, status, out in tests
    )
    return f"<testsuite>{cases}</testsuite>"


class Failed(unittest.TestCase):
    def test_only_what_failed_is_said_with_the_end_of_its_output(self):
        out = "\n".join(f"line {i}" for i in range(100)) + "\n\n"
        (text,) = failed.ends(junit(("good", "run", "fine"), ("bad", "fail", out)))
        lines = text.splitlines()
        self.assertEqual(lines[0], "-- bad")
        self.assertEqual(lines[-1], "line 99")
        self.assertEqual(len(lines), 1 + failed.LINES)

    def test_many_are_counted_instead_of_said(self):
        texts = failed.ends(junit(*((f"t{i}", "fail", "x") for i in range(failed.TESTS + 2))))
        self.assertEqual(len(texts), failed.TESTS + 1)
        self.assertEqual(texts[-1], "-- and 2 more")

    def test_a_test_that_printed_nothing_is_named(self):
        self.assertEqual(failed.ends(junit(("mute", "fail", ""))), ["-- mute"])


if __name__ == "__main__":
    unittest.main()
