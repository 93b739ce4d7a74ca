"""What opora-sim refuses: a campaign of nothing must not look like one in which nothing was wrong."""

import os
import pathlib
import subprocess
import unittest

SIM = pathlib.Path(os.environ["OPORA_BUILD_DIR"]) / "tests" / "sim" / "opora-sim"


def run(*arguments):
    done = subprocess.run([SIM, *arguments], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


class Options(unittest.TestCase):
    def test_a_number_that_is_none_is_refused_by_the_name_of_its_option(self):
        for option in ("--seeds", "--start", "--replay", "--sites"):
            for value in ("0", "-1", "x", "", "18446744073709551615"):
                with self.subTest(option=option, value=value):
                    status, said = run(f"{option}={value}")
                    self.assertNotEqual(status, 0)
                    self.assertIn(option, said)

    def test_crashes_at_awaits_count_their_runs_and_refuse_a_first_beyond_them(self):
        status, said = run("--seeds", "1", "--crash-every", "100", "--crash-from", "98")
        self.assertEqual(status, 0, said)
        self.assertRegex(
            said.splitlines()[-2], "^awaits [0-9]{4,}, of which one in 100 was a crash$"
        )
        self.assertRegex(said.splitlines()[-1], "^seeds 2, .* crash at an await [1-9][0-9]")
        status, said = run("--crash-every", "100", "--crash-from", "100")
        self.assertNotEqual(status, 0)
        self.assertIn("--crash-from", said)
        for every in ("0", "19", "x"):
            status, said = run("--crash-every", every)
            self.assertNotEqual(status, 0)
            self.assertIn("--crash-every", said)
        self.assertNotEqual(run("--crash-runs", "3")[0], 0)

    def test_an_option_that_there_is_not_is_refused(self):
        status, said = run("--seed", "0")
        self.assertNotEqual(status, 0)
        self.assertIn("--seed", said)

    def test_a_mistake_that_there_is_not_is_refused_and_those_that_there_are_are_named(self):
        status, said = run("--planted", "none-of-them")
        self.assertNotEqual(status, 0)
        self.assertIn("ack-before-sync", said)

    def test_a_mistake_is_caught_by_a_seed_that_is_clean_without_it(self):
        status, said = run("--planted", "ack-before-sync", "--seeds", "20")
        self.assertEqual(status, 0, said)
        self.assertRegex(said, "ack-before-sync +found by seed")
        self.assertEqual(said.splitlines()[-1], "caught 1, void 0, escaped 0")

    def test_one_seed_ends_with_its_sum(self):
        status, said = run("--seeds", "1", "--start", "7", "--sites", "2")
        self.assertEqual(status, 0, said)
        self.assertRegex(said.splitlines()[-1], "^seeds 1, commands .* violations 0$")


if __name__ == "__main__":
    unittest.main()
