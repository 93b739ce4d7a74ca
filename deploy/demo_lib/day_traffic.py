"""Turns a planned day of a desk into the requests that its node gets, in the order of the day.

Pure and seeded. Besides what counts, a desk sees what a real one sees and what T5 must not count:
calls and contacts of the days before and after, a few milliseconds over midnight; outgoing calls;
contacts by e-mail; events that come late, in another order, or twice.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from . import people
from .day_file import DeskDay
from .day_plan import Call, Window, plan_calls

EVENTS_PATH = "/api/v1/telephony/events"
CONTACTS_PATH = "/api/v1/contacts"
MAX_BATCH = (
    50  # events in one request: what a telephone system that saves up for a minute would send
)
_LATE_SHARE = 0.05  # events that come out of order
_TWICE_SHARE = 0.05  # batches that come twice
_RANG_BEFORE_SHARE = 0.1  # answered calls that rang elsewhere first
_TICKET_SHARE = 0.15  # contacts that open a ticket
_OFFSETS = (timezone.utc, timezone(timedelta(hours=3)), timezone(timedelta(hours=5, minutes=30)))


@dataclass(frozen=True)
class Topic:
    id: str
    kind: str
    group: str
    name: str


@dataclass(frozen=True)
class Request:
    at: int  # the time of the day at which it is sent, ms
    path: str
    body: bytes
    key: str = ""  # Idempotency-Key; empty for events, which carry their own identity


def plan_desk(
    desk: DeskDay, window: Window, topics: list[Topic], seed: str, desk_no: int = 1
) -> list[Request]:
    """Everything that the desk's node gets, in the order in which it is sent. Raises DoesNotFit."""
    rng = random.Random(f"traffic {seed}")
    calls = plan_calls(desk, window, seed)
    requests = [
        *_telephony(rng, calls + _foreign_calls(calls, window, seed), desk_no),
        *_contacts(rng, desk, calls, window, topics, seed, desk_no),
    ]
    return sorted(requests, key=lambda r: r.at)


def rfc3339(ms: int, zone: timezone = timezone.utc) -> str:
    text = datetime.fromtimestamp(ms // 1000, zone).strftime("%Y-%m-%dT%H:%M:%S")
    offset = datetime.fromtimestamp(0, zone).strftime("%z")
    return f"{text}.{ms % 1000:03}" + ("Z" if offset == "+0000" else f"{offset[:3]}:{offset[3:]}")


def events_of(rng: random.Random, call: Call, desk_no: int) -> list[dict]:
    """The events of one call by seq, which is also their order in time."""
    steps = [
        ("queued", call.queued, ""),
        ("ringing", call.ringing, call.agent),
        ("answered", call.answered, call.agent),
        ("ended", call.ended, ""),
    ]
    if call.answered is not None and rng.random() < _RANG_BEFORE_SHARE:
        steps.insert(
            1, ("ringing", call.queued, "199")
        )  # at somebody who did not answer: no agent, no speed of answer
    events = []
    for kind, at, agent in steps:
        if at is None:
            continue
        event = {
            "source": "pbx1",
            "call_id": call.call_id,
            "seq": len(events),
            "type": kind,
            "desk": desk_no,
            "at": rfc3339(at, rng.choice(_OFFSETS)),
            "_at": at,
        }
        if agent:
            event["agent"] = agent
        if kind == "queued":
            event |= {"phone": call.phone, "line": call.line}
        if call.outgoing:
            event["direction"] = "out"
        events.append(event)
    return events


def _foreign_calls(calls: list[Call], window: Window, seed: str) -> list[Call]:
    """Calls that belong to other days or are no incoming calls, by agents of their own: none of
    them may show.
    """
    if not calls:
        return []
    before = Call(f"{seed}-before", -1_001, -1, phone="+79000000001", line="справка")
    straddling = Call(
        f"{seed}-over", -1, 60_000, 3_000, 4_000, agent="298", phone="+79000000002", line="справка"
    )
    middle = (calls[0].queued + calls[-1].queued) // 2
    outgoing = Call(
        f"{seed}-out", 0, 30_000, 0, 9_000, agent="297", phone="+79000000003", outgoing=True
    )
    foreign = [before.moved(window.start), straddling.moved(window.start), outgoing.moved(middle)]
    if window.whole:
        after = Call(
            f"{seed}-after",
            0,
            8_000,
            1_000,
            2_000,
            agent="299",
            phone="+79000000004",
            line="справка",
        )
        foreign.append(after.moved(window.end))
    return foreign


def _telephony(rng: random.Random, calls: list[Call], desk_no: int) -> Iterator[Request]:
    events = [event for call in calls for event in events_of(rng, call, desk_no)]
    # Sorted by the time of sending, which for a few is after that of others that happened later.
    delay = [rng.randint(1, 1_800_000) if rng.random() < _LATE_SHARE else 0 for _ in events]
    order = sorted(range(len(events)), key=lambda i: events[i]["_at"] + delay[i])
    most = min(MAX_BATCH, max(1, len(events) // 6))  # a small desk's day is not one request either
    start = 0
    while start < len(order):
        size = rng.randint(1, most)
        batch = [events[i] for i in order[start : start + size]]
        start += size
        request = Request(max(e["_at"] for e in batch), EVENTS_PATH, _events_body(batch))
        yield request
        if (
            start >= len(order) or rng.random() < _TWICE_SHARE
        ):  # the last one always: every desk has it
            yield request


def _events_body(batch: list[dict]) -> bytes:
    sent = [{k: v for k, v in event.items() if k != "_at"} for event in batch]
    return _json(sent[0] if len(sent) == 1 else {"events": sent})


def _contacts(
    rng: random.Random,
    desk: DeskDay,
    calls: list[Call],
    window: Window,
    topics: list[Topic],
    seed: str,
    desk_no: int,
) -> Iterator[Request]:
    accepted = [c for c in calls if c.answered is not None]
    for i in range(desk.registered):
        # Registered while talking; more contacts than calls happen too (one caller, two matters).
        call = accepted[i % len(accepted)] if accepted else None
        at = (
            rng.randint(call.answered, call.ended)
            if call
            else rng.randrange(window.start, window.end)
        )
        phone = call.phone if call else people.mobile(rng)
        yield _contact(rng, f"{seed}-c{i}", at, phone, rng.choice(topics), desk=desk_no)
    edges = [window.start - 1] + ([window.end] if window.whole else [])
    for i, at in enumerate(edges):
        yield _contact(
            rng, f"{seed}-n{i}", at, people.mobile(rng), rng.choice(topics), desk=desk_no
        )
    other = ({"channel": "email"}, {"direction": "out"}, {"channel": "chat"})
    for i, changes in enumerate(other):
        at = rng.randrange(window.start, window.end)
        yield _contact(
            rng, f"{seed}-o{i}", at, people.mobile(rng), rng.choice(topics), desk=desk_no, **changes
        )


def _contact(
    rng: random.Random, key: str, at: int, phone: str, topic: Topic, **changes: object
) -> Request:
    body = {
        "channel": "phone",
        "direction": "in",
        "occurred_at": rfc3339(at, rng.choice(_OFFSETS)),
        "phone": phone,
        "applicant": people.person(rng),
        "municipality": rng.choice(people.MUNICIPALITIES),
        "topic": topic.id,
        "details": people.details(rng),
        "summary": people.summary(rng, topic.id),
        "outcome": "solved",
        **changes,
    }
    if rng.random() < _TICKET_SHARE:
        body |= {"outcome": "ticket", "urgency": rng.choice(("low", "medium", "high", "critical"))}
    return Request(at, CONTACTS_PATH, _json(body), key)


def _json(value: dict) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
