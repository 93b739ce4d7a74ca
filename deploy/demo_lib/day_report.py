"""Compares the hub's daily report with the file of the day. Pure.

The rows that are printed are the rows that are checked: the TSV of the hub, with the input's
columns in the input's order and data_through behind them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from .day_file import AVERAGES, COUNTS, PERCENTAGES, Day, DeskDay

_CHECKED = (*COUNTS, *AVERAGES)


@dataclass(frozen=True)
class Difference:
    desk: str
    column: str
    expected: str
    found: str


@dataclass
class Verdict:
    differences: list[Difference] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_tsv(text: str) -> list[dict[str, str]]:
    """Rows of the report by column. Raises ValueError when it is no table of one."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n").split("\n")
    header = lines[0].split("\t")
    rows = [line.split("\t") for line in lines[1:]]
    for name in ("desk", *_CHECKED, *PERCENTAGES, "data_through"):
        if header.count(name) != 1:
            raise ValueError(f"the report has the columns {header}: {name} is needed once")
    if any(len(row) != len(header) for row in rows):
        raise ValueError("a row of the report has another number of cells than its header")
    return [dict(zip(header, row)) for row in rows]


def as_tsv(rows: list[dict[str, str]], columns: tuple[str, ...]) -> str:
    """The input's columns, then data_through. Only consistent rows are played, so that column says
    yes.
    """
    lines = ["\t".join((*columns, "data_through"))]
    lines += [
        "\t".join({"consistent": "yes", **row}[name] for name in (*columns, "data_through"))
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def check(day: Day, rows: list[dict[str, str]]) -> Verdict:
    verdict = Verdict()
    by_name = {row["desk"]: row for row in rows}
    if len(by_name) != len(rows):
        verdict.differences.append(Difference("все", "rows", str(len(by_name)), str(len(rows))))
    names = {desk.name for desk in day.desks}
    for row in rows:
        if row["desk"] not in names:
            verdict.differences.append(Difference(row["desk"], "desk", "no such row", "a row"))
    for desk in day.desks:
        if desk.name in by_name:
            _check_row(verdict, desk, by_name[desk.name])
        else:
            verdict.differences.append(Difference(desk.name, "desk", "a row", "none"))
    _check_order(verdict, day, [row["desk"] for row in rows])
    return verdict


def compare_json(rows: list[dict[str, str]], report: dict) -> list[Difference]:
    """Both forms of the report come from one engine: row by row they must say the same."""
    found = [
        Difference(row["desk"], f"{name} in JSON", row[name], _text(other.get(name)))
        for row, other in zip(rows, report["rows"])
        for name in (*_CHECKED, *PERCENTAGES)
        if row[name] != _text(other.get(name))
    ]
    names = [[row["desk"] for row in rows], [row["name"] for row in report["rows"]]]
    if names[0] != names[1]:
        found.append(Difference("all", "desks in JSON", str(len(names[0])), str(len(names[1]))))
    return found


def t5_order(desks: list[DeskDay]) -> list[DeskDay]:
    """Exact availability, exact registered share and received descending, then name; a share of
    nothing comes last.
    """

    def key(desk: DeskDay):
        shares = (share(desk.accepted, desk.received), share(desk.registered, desk.accepted))
        return [(s is None, -(s or 0)) for s in shares], -desk.received, desk.name.encode()

    return sorted(desks, key=key)


def share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def percent(part: int, whole: int) -> int | None:
    """Half up; None where there is nothing to divide by."""
    return (200 * part + whole) // (2 * whole) if whole else None


def _check_row(verdict: Verdict, desk: DeskDay, row: dict[str, str]) -> None:
    for name in _CHECKED:
        expected = _text(getattr(desk, name))
        if row[name] != expected:
            verdict.differences.append(Difference(desk.name, name, expected, row[name]))
    if not row["data_through"]:
        verdict.differences.append(Difference(desk.name, "data_through", "a time", "none"))
    computed = (percent(desk.accepted, desk.received), percent(desk.registered, desk.accepted))
    for name, value in zip(PERCENTAGES, computed):
        if row[name] != _text(value):
            verdict.differences.append(Difference(desk.name, name, _text(value), row[name]))
        printed = getattr(desk, name)
        if printed is not None and printed != (value or 0):
            verdict.warnings.append(
                f"line {desk.line}, {desk.name}: {name} is printed as {printed}, the counts give {_text(value)}"
            )


def _check_order(verdict: Verdict, day: Day, found: list[str]) -> None:
    expected = [desk.name for desk in t5_order(day.desks)]
    for place, (right, is_there) in enumerate(zip(expected, found), 1):
        if right != is_there:
            verdict.differences.append(Difference(f"place {place}", "order", right, is_there))
            return


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def as_table(differences: list[Difference], most: int = 60) -> str:
    """For people: one line a difference, the rest counted."""
    rows = [
        ("desk", "column", "file", "report"),
        *((d.desk, d.column, d.expected, d.found) for d in differences[:most]),
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows
    ]
    if len(differences) > most:
        lines.append(f"… and {len(differences) - most} more")
    return "\n".join(lines)
