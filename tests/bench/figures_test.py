"""The arithmetic of the benches: limits, the table and the JSON."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from bench_lib.figures import Figure, Limit, table, write_json


def figure(ratio: float, limit: Limit = Limit(2)) -> Figure:
    return Figure("report", "ms", (3.0, 1.0, 2.5), "over 1 000 calls", ratio, limit)


class FiguresTest(unittest.TestCase):
    def test_a_limit_holds_up_to_itself(self):
        self.assertTrue(figure(2.0).holds)
        self.assertFalse(figure(2.01).holds)

    def test_a_lower_limit_holds_down_to_itself(self):
        self.assertTrue(figure(1.0, Limit(1, at_least=True)).holds)
        self.assertFalse(figure(0.99, Limit(1, at_least=True)).holds)

    def test_the_table_names_what_is_missed(self):
        lines = table([figure(1.5), figure(2.5)]).splitlines()
        self.assertNotIn("MISSED", lines[1])
        self.assertIn("MISSED", lines[2])

    def test_json_has_the_median_and_the_extremes(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "figures.json"
            write_json([figure(1.23456)], path)
            self.assertEqual(
                json.loads(path.read_text()),
                [
                    {
                        "name": "report",
                        "unit": "ms",
                        "median": 2.5,
                        "min": 1.0,
                        "max": 3.0,
                        "ratio_to": "over 1 000 calls",
                        "ratio": 1.2346,
                    }
                ],
            )


if __name__ == "__main__":
    unittest.main(verbosity=2)
