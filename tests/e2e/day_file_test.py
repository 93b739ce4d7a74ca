"""The file of a day: what is read, and what is refused with which line and column."""

import unittest
from pathlib import Path

import paths
from demo_lib import day_file

HEADER = "\t".join(day_file.COLUMNS)
GOOD = {
    "desk": "Больница",
    "received": 10,
    "accepted": 7,
    "lost": 2,
    "phantom": 1,
    "registered": 8,
    "agents": 2,
    "avg_wait_s": 5,
    "avg_talk_s": 60,
    "avg_answer_s": 4,
    "availability_pct": 70,
    "registered_pct": 114,
    "consistent": "yes",
}


def row(**changes: object) -> str:
    return "\t".join(str(v) for v in {**GOOD, **changes}.values())


def text(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def faults(data: bytes) -> list[tuple[int, str]]:
    try:
        day_file.parse(data)
    except day_file.BadDay as bad:
        return [(f.line, f.column) for f in bad.faults]
    return []


class GoodFiles(unittest.TestCase):
    def test_the_sample_day_has_33_consistent_desks_and_names_two_that_are_not(self):
        day = day_file.parse((paths.TOP / "deploy/sample/region_day.tsv").read_bytes())
        self.assertEqual(len(day.desks), 33)
        self.assertEqual([d.line for d in day.skipped], [24, 34])
        self.assertEqual(
            sum(d.received for d in day.desks), 6485 - 578 - 49
        )  # the printed total is one of those that do not add up
        self.assertEqual(day.columns, day_file.COLUMNS)

    def test_comments_blank_lines_a_mark_of_order_and_windows_line_ends_are_no_rows(self):
        data = "\ufeff# head\r\n" + HEADER + "\r\n\r\n# between\r\n" + row() + "\r\n"
        day = day_file.parse(data.encode())
        self.assertEqual([(d.name, d.line, d.agents) for d in day.desks], [("Больница", 5, 2)])

    def test_columns_come_in_any_order_and_unknown_ones_are_ignored(self):
        names = ["note", *reversed(day_file.COLUMNS)]
        cells = ["x", *reversed(row().split("\t"))]
        day = day_file.parse(text("\t".join(cells), header="\t".join(names)))
        self.assertEqual(day.desks[0].received, 10)
        self.assertEqual(day.columns, tuple(reversed(day_file.COLUMNS)))
        self.assertEqual(day.ignored_columns, ("note",))

    def test_a_desk_that_accepted_nothing_has_no_averages_whether_printed_as_zero_or_as_nothing(
        self,
    ):
        nothing = dict(received=3, accepted=0, lost=3, phantom=0, agents=0, availability_pct=0)
        for cell in (0, ""):
            changes = dict.fromkeys((*day_file.AVERAGES, "registered_pct"), cell)
            day = day_file.parse(text(row(**nothing, **changes)))
            self.assertIsNone(day.desks[0].avg_wait_s)

    def test_a_desk_without_a_single_call_is_a_desk(self):
        zero = {name: 0 for name in (*day_file.COUNTS, *day_file.AVERAGES)}
        day = day_file.parse(text(row(**zero, availability_pct="", registered_pct="")))
        self.assertEqual((day.desks[0].received, day.desks[0].availability_pct), (0, None))

    def test_a_row_marked_inconsistent_may_contradict_itself(self):
        day = day_file.parse(
            text(row(), row(desk="Б", received=99, agents=50, avg_answer_s=9, consistent="no"))
        )
        self.assertEqual(
            ([d.name for d in day.desks], [d.name for d in day.skipped]), (["Больница"], ["Б"])
        )

    def test_the_limits_themselves_are_allowed(self):
        rows = [row(desk="д" * day_file.MAX_NAME)] + [
            row(desk=f"Пост {i}") for i in range(day_file.MAX_DESKS - 1)
        ]
        self.assertEqual(len(day_file.parse(text(*rows)).desks), day_file.MAX_DESKS)

    def test_leading_zeros_and_spaces_around_a_cell_do_not_matter(self):
        self.assertEqual(
            day_file.parse(text(row(lost=" " + "0" * 5000 + "2 ", desk="  А  "))).desks[0].name, "А"
        )


# What a file does wrong → where it is named.
BAD_ROWS = {
    "does not add up": (dict(received=11), "received"),
    "more agents than accepted calls": (dict(agents=8), "agents"),
    "accepted calls without an agent": (dict(agents=0), "agents"),
    "answering takes longer than waiting": (dict(avg_answer_s=6), "avg_answer_s"),
    "a negative count": (dict(lost=-1), "lost"),
    "a fraction": (dict(avg_wait_s="5.5"), "avg_wait_s"),
    "a decimal comma": (dict(avg_talk_s="5,5"), "avg_talk_s"),
    "a word": (dict(phantom="one"), "phantom"),
    "an empty count": (dict(registered=""), "registered"),
    "an empty average of accepted calls": (dict(avg_talk_s=""), "avg_talk_s"),
    "a percent sign": (dict(availability_pct="70%"), "availability_pct"),
    "an empty percentage": (dict(registered_pct=""), "registered_pct"),
    "digits of another script": (dict(received="١٠"), "received"),
    "a superscript": (dict(received="1²"), "received"),
    "an underscore in a number": (dict(received="1_0"), "received"),
    "a count beyond any day": (dict(registered=day_file.MAX_COUNT + 1), "registered"),
    "a number of a thousand digits": (dict(registered="9" * 1000), "registered"),
    "a number of five thousand digits": (dict(avg_wait_s="1" + "0" * 5000), "avg_wait_s"),
    "an average longer than the day": (dict(avg_talk_s=86401), "avg_talk_s"),
    "calls that do not fit into the day": (dict(avg_talk_s=86400), "avg_talk_s"),
    "neither yes nor no": (dict(consistent="maybe"), "consistent"),
    "an empty mark": (dict(consistent=""), "consistent"),
    "an empty name": (dict(desk=""), "desk"),
    "a blank name": (dict(desk="\u00a0 "), "desk"),
    "a name with a control character": (dict(desk="А\x07"), "desk"),
    "a name beyond the limit": (dict(desk="д" * 201), "desk"),
    "averages without an accepted call": (
        dict(received=3, accepted=0, agents=0, avg_talk_s=0, avg_answer_s=0),
        "avg_wait_s",
    ),
    "a bad value in a marked row": (dict(consistent="no", lost="x"), "lost"),
}


class BadFiles(unittest.TestCase):
    def test_each_bad_row_is_named_by_line_and_column(self):
        for what, (changes, column) in BAD_ROWS.items():
            with self.subTest(what):
                self.assertEqual(faults(text(row(desk="Другая"), row(**changes))), [(3, column)])

    def test_each_missing_column_is_named(self):
        for i, name in enumerate(day_file.COLUMNS):
            with self.subTest(name):
                names, cells = list(day_file.COLUMNS), row().split("\t")
                del names[i], cells[i]
                self.assertEqual(
                    faults(text("\t".join(cells), header="\t".join(names))), [(1, name)]
                )

    def test_a_column_that_comes_twice_is_named(self):
        self.assertEqual(faults(text(row() + "\t1", header=HEADER + "\tlost")), [(1, "lost")])

    def test_a_duplicate_name_is_named_also_against_a_marked_row(self):
        self.assertEqual(faults(text(row(), row(desk="Б"), row())), [(4, "desk")])
        self.assertEqual(faults(text(row(consistent="no"), row(desk=" Больница "))), [(3, "desk")])

    def test_a_short_row_names_its_first_missing_column_and_a_long_one_its_last(self):
        self.assertEqual(faults(text(row().rsplit("\t", 3)[0])), [(2, "availability_pct")])
        self.assertEqual(faults(text(row() + "\textra")), [(2, "consistent")])
        self.assertEqual(faults(text(row().replace("\t", " "))), [(2, "received")])

    def test_files_without_a_desk_to_play_are_refused(self):
        self.assertEqual(faults(b""), [(1, "desk")])
        self.assertEqual(faults(b"# only\n# comments\n"), [(3, "desk")])
        self.assertEqual(faults(text()), [(1, "desk")])
        self.assertEqual(faults(text(row(consistent="no"))), [(2, "consistent")])

    def test_more_than_200_desks_are_refused_at_the_first_too_many(self):
        rows = [row(desk=f"Пост {i}") for i in range(day_file.MAX_DESKS + 1)]
        self.assertEqual(faults(text(*rows)), [(day_file.MAX_DESKS + 2, "desk")])

    def test_bytes_that_are_not_utf_8_are_named_by_line(self):
        self.assertEqual(faults(text(row()) + row().encode("cp1251")), [(3, "")])
        self.assertEqual(faults(text(row()).decode().encode("utf-16")), [(1, "")])

    def test_a_huge_file_is_refused_without_being_read_through(self):
        self.assertEqual(faults(b"#" * (day_file.MAX_BYTES + 1)), [(1, "")])

    def test_all_faults_are_told_at_once(self):
        self.assertEqual(
            faults(text(row(lost="x", agents="y"), row(desk="Б", received=0))),
            [(2, "lost"), (2, "agents"), (3, "received")],
        )

    def test_a_fault_reads_as_a_sentence(self):
        self.assertEqual(str(day_file.Fault(7, "lost", "empty")), "line 7, column lost: empty")


if __name__ == "__main__":
    unittest.main()
