"""T5 computed the slow and plain way from the requests that a node got: what every report is measured
against.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

PHANTOM_MS = 5_000


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def half_up(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()


class Fold:
    """All events and contacts of one desk, in any order and any number of times."""

    def __init__(self, zone: str = "Europe/Moscow"):
        self.zone = ZoneInfo(zone)
        self.calls: dict[tuple[str, str], dict[int, dict]] = {}
        self.contacts: dict[str, dict] = {}

    def events(self, body: bytes) -> None:
        value = json.loads(body)
        for event in value.get("events", [value]):
            self.calls.setdefault((event["source"], event["call_id"]), {})[event["seq"]] = event

    def contact(self, key: str, body: bytes) -> None:
        self.contacts[key] = json.loads(body)

    def _on(self, text: str, day: date) -> bool:
        return datetime.fromtimestamp(ms(text) / 1000, self.zone).date() == day

    def row(self, day: date) -> dict:
        found = {"received": 0, "accepted": 0, "lost": 0, "phantom": 0}
        agents, wait, talk, answer = set(), 0, 0, 0
        for events in self.calls.values():
            steps = {e["type"]: e for e in events.values()}
            if any(e.get("direction") == "out" for e in events.values()) or not self._on(
                steps["queued"]["at"], day
            ):
                continue
            found["received"] += 1
            at = {kind: ms(e["at"]) for kind, e in steps.items()}
            if "answered" in at:
                found["accepted"] += 1
                agents.add(steps["answered"]["agent"])
                wait += at["answered"] - at["queued"]
                talk += at["ended"] - at["answered"]
                answer += at["answered"] - max(
                    ms(e["at"])
                    for e in events.values()
                    if e["type"] == "ringing" and e["agent"] == steps["answered"]["agent"]
                )
            else:
                found["phantom" if at["ended"] - at["queued"] <= PHANTOM_MS else "lost"] += 1
        n = found["accepted"]
        for name, total in (("avg_wait_s", wait), ("avg_talk_s", talk), ("avg_answer_s", answer)):
            found[name] = half_up(Fraction(total, 1000 * n)) if n else None
        found["agents"] = len(agents)
        found["registered"] = sum(
            1
            for c in self.contacts.values()
            if c["channel"] == "phone"
            and c["direction"] == "in"
            and self._on(c["occurred_at"], day)
        )
        return found
