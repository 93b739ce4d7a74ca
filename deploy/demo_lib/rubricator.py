"""The sample rubricator (T7) from its TSV."""

from __future__ import annotations

from pathlib import Path

from .day_traffic import Topic


def read(path: Path) -> list[Topic]:
    """Topics by id; the file is ours, so anything wrong in it is an error of the program."""
    rows = [
        line.split("\t")
        for line in path.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert rows[0] == ["id", "kind", "group", "topic"], rows[0]
    return [Topic(*row) for row in rows[1:]]


def as_json(topics: list[Topic]) -> dict:
    return {
        "topics": [{"id": t.id, "kind": t.kind, "group": t.group, "name": t.name} for t in topics]
    }
