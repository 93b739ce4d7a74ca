"""The verdict on a report: what counts as equal, the order of T5, and what the table of differences
says.
"""

import unittest

import paths
from demo_lib import day_file, day_report

COLUMNS = [c for c in day_file.COLUMNS if c != "consistent"] + ["data_through"]


def desk(name: str, accepted=10, lost=0, phantom=0, registered=10, **changes) -> day_file.DeskDay:
    row = dict(
        line=2,
        name=name,
        received=accepted + lost + phantom,
        accepted=accepted,
        lost=lost,
        phantom=phantom,
        registered=registered,
        agents=2,
        avg_wait_s=5,
        avg_talk_s=60,
        avg_answer_s=4,
        availability_pct=100,
        registered_pct=100,
    )
    return day_file.DeskDay(**{**row, **changes})


def day_of(*desks: day_file.DeskDay) -> day_file.Day:
    return day_file.Day(day_file.COLUMNS, list(desks), [])


def report_of(*desks: day_file.DeskDay) -> list[dict[str, str]]:
    rows = []
    for d in desks:
        row = {name: getattr(d, name) for name in (*day_file.COUNTS, *day_file.AVERAGES)}
        row |= {
            "desk": d.name,
            "data_through": "2026-11-21T10:00:00.000Z",
            "availability_pct": day_report.percent(d.accepted, d.received),
            "registered_pct": day_report.percent(d.registered, d.accepted),
        }
        rows.append({k: "" if v is None else str(v) for k, v in row.items()})
    return rows


class Order(unittest.TestCase):
    def names(self, *desks: day_file.DeskDay) -> list[str]:
        return [d.name for d in day_report.t5_order(list(desks))]

    def test_availability_is_compared_exactly_not_as_printed(self):
        # 99.83 % and 99.82 %: both print 100.
        self.assertEqual(self.names(desk("а", 571, 1, 0), desk("б", 577, 1, 0)), ["б", "а"])

    def test_the_registered_share_breaks_ties_exactly(self):
        self.assertEqual(
            self.names(desk("а", 300, registered=301), desk("б", 200, registered=201)), ["б", "а"]
        )

    def test_then_more_calls_come_first_and_then_names_by_code_point(self):
        rows = [desk("я"), desk("ё"), desk("а"), desk("Я"), desk("Z"), desk("б", 20, registered=20)]
        self.assertEqual(self.names(*rows), ["б", "Z", "Я", "а", "я", "ё"])

    def test_desks_without_calls_come_last(self):
        nothing, all_lost = desk("а", 0, registered=0), desk("б", 0, 3, registered=0)
        self.assertEqual(self.names(nothing, all_lost, desk("в", 1, 9)), ["в", "б", "а"])


class Verdict(unittest.TestCase):
    def check(self, day: day_file.Day, rows: list[dict[str, str]]) -> list[tuple[str, str]]:
        return [(d.desk, d.column) for d in day_report.check(day, rows).differences]

    def test_an_equal_report_has_no_difference(self):
        desks = [desk("а", 20, registered=30), desk("б")]
        self.assertEqual(self.check(day_of(*desks), report_of(*desks)), [])

    def test_every_count_and_average_that_differs_by_one_is_named(self):
        for name in (*day_file.COUNTS, *day_file.AVERAGES):
            with self.subTest(name):
                rows = report_of(desk("а"))
                rows[0][name] = str(int(rows[0][name]) + 1)
                self.assertIn(("а", name), self.check(day_of(desk("а")), rows))

    def test_missing_foreign_and_doubled_rows_are_differences(self):
        day = day_of(desk("а"), desk("б"))
        self.assertIn(("б", "desk"), self.check(day, report_of(desk("а"))))
        self.assertIn(("в", "desk"), self.check(day, report_of(desk("а"), desk("б"), desk("в"))))
        self.assertIn(("все", "rows"), self.check(day, report_of(desk("а"), desk("а"), desk("б"))))

    def test_two_rows_in_the_wrong_order_are_a_difference(self):
        a, b = desk("а", 20, registered=30), desk("б")
        self.assertEqual(self.check(day_of(b, a), report_of(b, a)), [("place 1", "order")])
        self.assertEqual(self.check(day_of(b, a), report_of(a, b)), [])

    def test_a_row_without_its_age_is_a_difference(self):
        rows = report_of(desk("а"))
        rows[0]["data_through"] = ""
        self.assertEqual(self.check(day_of(desk("а")), rows), [("а", "data_through")])

    def test_a_percentage_that_does_not_follow_from_the_counts_is_the_reports_fault(self):
        rows = report_of(desk("а"))
        rows[0]["registered_pct"] = "99"
        self.assertEqual(self.check(day_of(desk("а")), rows), [("а", "registered_pct")])

    def test_a_printed_percentage_that_differs_is_only_a_warning(self):
        day = day_of(desk("а", availability_pct=98, line=7))
        verdict = day_report.check(day, report_of(desk("а")))
        self.assertEqual(verdict.differences, [])
        self.assertEqual(len(verdict.warnings), 1)
        self.assertIn("line 7", verdict.warnings[0])

    def test_no_averages_equal_no_averages_and_nothing_else(self):
        empty = desk(
            "а",
            0,
            3,
            registered=0,
            agents=0,
            avg_wait_s=None,
            avg_talk_s=None,
            avg_answer_s=None,
            availability_pct=0,
            registered_pct=None,
        )
        self.assertEqual(self.check(day_of(empty), report_of(empty)), [])
        rows = report_of(empty)
        rows[0]["avg_wait_s"] = "0"
        self.assertEqual(self.check(day_of(empty), rows), [("а", "avg_wait_s")])

    def test_json_that_says_something_else_than_the_table_is_a_difference(self):
        rows = report_of(desk("а"), desk("б"))
        as_json = {
            "rows": [
                {"name": n, **{k: int(v) for k, v in r.items() if v.isdigit()}}
                for n, r in zip("аб", rows)
            ]
        }
        self.assertEqual(day_report.compare_json(rows, as_json), [])
        as_json["rows"][1]["lost"] = 5
        self.assertEqual([d.desk for d in day_report.compare_json(rows, as_json)], ["б"])
        del as_json["rows"][1]
        self.assertEqual(
            [d.column for d in day_report.compare_json(rows, as_json)], ["desks in JSON"]
        )


class Tables(unittest.TestCase):
    def test_the_report_is_printed_with_the_inputs_columns_in_the_inputs_order(self):
        columns = tuple(reversed(day_file.COLUMNS))
        lines = day_report.as_tsv(report_of(desk("а")), columns).splitlines()
        self.assertEqual(lines[0].split("\t"), [*columns, "data_through"])
        self.assertEqual(lines[1].split("\t")[0], "yes")
        self.assertEqual(lines[1].split("\t")[-2:], ["а", "2026-11-21T10:00:00.000Z"])

    def test_a_table_without_a_needed_column_or_with_ragged_rows_is_refused(self):
        good = "\t".join(COLUMNS) + "\n" + "\t".join("1" for _ in COLUMNS) + "\n"
        self.assertEqual(len(day_report.read_tsv("\ufeff" + good.replace("\n", "\r\n"))), 1)
        for bad in (good.replace("lost", "gone"), good + "1\t2\n", ""):
            with self.assertRaises(ValueError):
                day_report.read_tsv(bad)

    def test_percentages_are_half_up(self):
        cases = {
            (1, 8): 13,
            (995, 1000): 100,
            (994, 1000): 99,
            (0, 5): 0,
            (5, 4): 125,
            (3, 0): None,
        }
        for (part, whole), expected in cases.items():
            self.assertEqual(day_report.percent(part, whole), expected)

    def test_differences_read_as_a_table_and_are_counted_when_there_are_many(self):
        table = day_report.as_table([day_report.Difference("а", "lost", "1", "2")] * 5, most=2)
        self.assertEqual(table.splitlines()[0].split(), ["desk", "column", "file", "report"])
        self.assertIn("3 more", table)


if __name__ == "__main__":
    unittest.main()
