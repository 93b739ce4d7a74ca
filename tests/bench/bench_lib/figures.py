"""Figures: what was measured, against what in the same run, and within which limit."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


def median(values: Iterable[float]) -> float:
    return statistics.median(list(values))


@dataclass(frozen=True)
class Limit:
    value: float
    at_least: bool = False  # otherwise: at most

    def holds(self, ratio: float) -> bool:
        return ratio >= self.value if self.at_least else ratio <= self.value

    def text(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.value:g}"


@dataclass(frozen=True)
class Figure:
    """One row: the values of all rounds, and how they stand to `ratio_to`."""

    name: str
    unit: str
    values: tuple[float, ...]
    ratio_to: str
    ratio: float
    limit: Limit

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def holds(self) -> bool:
        return self.limit.holds(self.ratio)

    def as_json(self) -> dict:
        return {
            "name": self.name,
            "unit": self.unit,
            "median": round(self.median, 4),
            "min": round(min(self.values), 4),
            "max": round(max(self.values), 4),
            "ratio_to": self.ratio_to,
            "ratio": round(self.ratio, 4),
        }


def table(figures: list[Figure]) -> str:
    rows = [("figure", "median", "min … max", "unit", "ratio", "limit", "", "ratio to")]
    for f in figures:
        rows.append(
            (
                f.name,
                f"{f.median:,.1f}",
                f"{min(f.values):,.1f} … {max(f.values):,.1f}",
                f.unit,
                f"{f.ratio:.2f}",
                f.limit.text(),
                "ok" if f.holds else "MISSED",
                f.ratio_to,
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in rows]
    return "\n".join(lines)


def write_json(figures: list[Figure], path: Path) -> None:
    path.write_text(json.dumps([f.as_json() for f in figures], ensure_ascii=False, indent=1) + "\n")
