"""Reads the file of a day: a TSV with one row a desk, as regional reports print it (T5).

Pure: text in, a Day or a list of Faults out. Every fault names its line and its column, and all of
them are reported at once, so that a file is mended in one go. Nothing starts before a file is
without faults.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

COUNTS = ("received", "accepted", "lost", "phantom", "registered", "agents")
AVERAGES = ("avg_wait_s", "avg_talk_s", "avg_answer_s")
PERCENTAGES = ("availability_pct", "registered_pct")
COLUMNS = ("desk", *COUNTS, *AVERAGES, *PERCENTAGES, "consistent")

MAX_DESKS = 200  # one process a desk: what one machine still starts and watches
MAX_NAME = 200  # characters; the limit of names in the API
MAX_COUNT = 100_000  # calls or contacts of a desk in a day: ten times what a whole region has
MAX_BYTES = 4 << 20  # two hundred rows are a few dozen KiB: anything larger is another kind of file
DAY_S = 24 * 3600
# Waiting and talking of an average call must leave room in the day to place calls that differ from
# the average.
MAX_CALL_S = DAY_S - 4 * 3600

_NUMBER = re.compile(r"[0-9]+\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ufffe]")


@dataclass(frozen=True)
class Fault:
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}"
        if self.column:
            where += f", column {self.column}"
        return f"{where}: {self.message}"


class BadDay(Exception):
    """The file cannot be played; `faults` says why, in the order of its lines."""

    def __init__(self, faults: list[Fault]):
        super().__init__("; ".join(str(f) for f in faults))
        self.faults = faults


@dataclass(frozen=True)
class DeskDay:
    """One row. Averages are None when no call was accepted; percentages are None where the file
    prints none.
    """

    line: int
    name: str
    received: int
    accepted: int
    lost: int
    phantom: int
    registered: int
    agents: int
    avg_wait_s: int | None
    avg_talk_s: int | None
    avg_answer_s: int | None
    availability_pct: int | None
    registered_pct: int | None


@dataclass(frozen=True)
class Day:
    columns: tuple[str, ...]  # COLUMNS in the order of the file
    desks: list[DeskDay]  # the consistent rows, in the order of the file
    skipped: list[DeskDay]  # the rows that the file itself marks as inconsistent
    ignored_columns: tuple[str, ...] = ()


@dataclass
class _Reader:
    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int, column: str, message: str) -> None:
        self.faults.append(Fault(line, column, message))

    def number(self, line: int, cells: dict[str, str], column: str, most: int) -> int | None:
        """None after a fault."""
        text = cells[column]
        if not _NUMBER.match(text) or not text.isascii():
            shown = f"'{text[:40]}'" if text else "empty"
            self.fault(line, column, f"{shown}: a whole number from 0 to {most} is needed")
            return None
        digits = text.lstrip("0") or "0"
        if len(digits) > len(str(most)) or int(digits) > most:
            self.fault(line, column, f"{digits[:40]} is more than {most}")
            return None
        return int(digits)


def parse(data: bytes) -> Day:
    """The whole file, or BadDay."""
    reader = _Reader()
    lines = _lines(data)
    numbered = [
        (i, text) for i, text in enumerate(lines, 1) if text.strip() and not text.startswith("#")
    ]
    if not numbered:
        raise BadDay(
            [
                Fault(
                    max(len(lines), 1),
                    "desk",
                    "no header line: the file is empty or has comments only",
                )
            ]
        )
    header_line, header_text = numbered[0]
    header = _header(reader, header_line, header_text)
    desks: list[DeskDay] = []
    skipped: list[DeskDay] = []
    seen: dict[str, int] = {}
    for line, text in numbered[1:]:
        cells = _cells(reader, line, header, text)
        if cells is None:
            continue
        _name(reader, line, cells["desk"], seen)
        _row(reader, line, cells, desks, skipped)
    if not numbered[1:]:
        reader.fault(header_line, "desk", "no desks: at least one row is needed below the header")
    elif len(numbered) - 1 > MAX_DESKS:
        reader.fault(numbered[MAX_DESKS + 1][0], "desk", f"more than {MAX_DESKS} desks")
    elif not reader.faults and not desks:
        reader.fault(skipped[0].line, "consistent", "no consistent row: nothing can be played")
    if reader.faults:
        raise BadDay(sorted(reader.faults, key=lambda f: f.line))
    extra = tuple(name for name in header if name not in COLUMNS)
    return Day(tuple(name for name in header if name in COLUMNS), desks, skipped, extra)


def _lines(data: bytes) -> list[str]:
    if len(data) > MAX_BYTES:
        raise BadDay([Fault(1, "", f"more than {MAX_BYTES} bytes: not the file of a day")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadDay([Fault(line, "", f"not UTF-8 (byte {error.start + 1} of the file)")]) from None
    return [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]


def _header(reader: _Reader, line: int, text: str) -> list[str]:
    """Column names by position; without COLUMNS complete there is nothing to read rows by, so
    faults are raised at once.
    """
    names = [name.strip() for name in text.split("\t")]
    while names and not names[-1]:
        names.pop()
    for name in COLUMNS:
        if names.count(name) != 1:
            reader.fault(
                line, name, "missing in the header" if name not in names else "twice in the header"
            )
    if reader.faults:
        raise BadDay(reader.faults)
    return names


def _cells(reader: _Reader, line: int, header: list[str], text: str) -> dict[str, str] | None:
    cells = [cell.strip() for cell in text.split("\t")]
    if len(cells) < len(header):
        reader.fault(
            line,
            header[len(cells)],
            f"missing: {len(cells)} cells where the header has {len(header)} columns",
        )
        return None
    if any(cells[len(header) :]):
        reader.fault(
            line,
            header[-1],
            f"followed by more: {len(cells)} cells where the header has {len(header)} columns",
        )
        return None
    return dict(zip(header, cells))


def _name(reader: _Reader, line: int, name: str, seen: dict[str, int]) -> None:
    if not name:
        reader.fault(line, "desk", "empty: a desk needs a name")
    elif len(name) > MAX_NAME:
        reader.fault(line, "desk", f"longer than {MAX_NAME} characters")
    elif _CONTROL.search(name):
        reader.fault(line, "desk", "has a control character")
    elif name in seen:
        reader.fault(line, "desk", f"'{name}' is already on line {seen[name]}")
    else:
        seen[name] = line


def _row(
    reader: _Reader, line: int, cells: dict[str, str], desks: list[DeskDay], skipped: list[DeskDay]
) -> None:
    before = len(reader.faults)
    consistent = cells["consistent"]
    if consistent not in ("yes", "no"):
        reader.fault(line, "consistent", f"'{consistent[:40]}': yes or no is needed")
    values: dict[str, int | None] = {
        name: reader.number(line, cells, name, MAX_COUNT) for name in COUNTS
    }
    # What is divided by nothing has no value: such a cell may be empty, also where a report prints
    # 0.
    for name in AVERAGES:
        empty = not cells[name] and values["accepted"] == 0
        values[name] = None if empty else reader.number(line, cells, name, DAY_S)
    for name, base in (("availability_pct", "received"), ("registered_pct", "accepted")):
        empty = not cells[name] and values[base] == 0
        values[name] = None if empty else reader.number(line, cells, name, 100 * MAX_COUNT)
    if len(reader.faults) > before:
        return
    if consistent == "no":
        skipped.append(DeskDay(line, cells["desk"], **values))  # type: ignore[arg-type]
        return
    _relations(reader, line, values)
    if values["accepted"] == 0:
        values.update(dict.fromkeys(AVERAGES))
    desks.append(DeskDay(line, cells["desk"], **values))  # type: ignore[arg-type]


def _relations(reader: _Reader, line: int, v: dict[str, int | None]) -> None:
    """What must hold between the numbers of a row that is not marked as inconsistent."""
    total = v["accepted"] + v["lost"] + v["phantom"]
    if v["received"] != total:
        reader.fault(
            line,
            "received",
            f"{v['received']} is not accepted + lost + phantom = {total}, and the row is not marked",
        )
    if v["agents"] > v["accepted"]:
        reader.fault(line, "agents", f"{v['agents']} agents answered only {v['accepted']} calls")
    if v["accepted"] == 0:
        for name in AVERAGES:
            if v[name]:
                reader.fault(line, name, f"{v[name]}, but no call was accepted")
        return
    if v["agents"] == 0:
        reader.fault(line, "agents", f"0, but {v['accepted']} calls were accepted")
    if v["avg_answer_s"] > v["avg_wait_s"]:
        reader.fault(
            line,
            "avg_answer_s",
            f"{v['avg_answer_s']} is more than avg_wait_s {v['avg_wait_s']}, which it is a part of",
        )
    if v["avg_wait_s"] + v["avg_talk_s"] > MAX_CALL_S:
        reader.fault(
            line,
            "avg_talk_s",
            f"with avg_wait_s more than {MAX_CALL_S}: such calls do not fit into a day",
        )
