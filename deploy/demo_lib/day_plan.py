"""Plans a desk's calls of one day so that T5's counts and averages come out as in its row.

Pure and seeded: the same row, window and seed give the same calls. Times are milliseconds since
1970 (UTC). Every sum of milliseconds is chosen first, anywhere in the range that rounds to the
row's seconds ("half up"), both ends of the range included; then it is spread over the calls, so
that no single call has the average.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from .day_file import DeskDay

# The nodes of a day run with this setting (T5b): unanswered and ended within it is a phantom.
PHANTOM_MS = 5_000
_OPEN_H, _CLOSE_H = (
    8,
    20,
)  # T: hospital desks work 8–20; a day with more calls than fit takes the whole day
_BUSY = 0.7  # share of its hours that a desk talks before its day gets longer
_SPREAD = 0.6  # calls differ from their average by up to this share
_LINES = ("справка", "вызов на дом", "запись", "covid")  # T4


class DoesNotFit(Exception):
    """The day's window is too short for the desk's calls."""


@dataclass(frozen=True)
class Window:
    """The local day [start, end) in which calls may lie; `end` is earlier than midnight for a day
    that still runs.
    """

    start: int
    end: int
    next_midnight: int

    @staticmethod
    def of(day: date, zone: str, now_ms: int) -> Window:
        start, midnight = (_midnight_ms(d, zone) for d in (day, day + timedelta(days=1)))
        return Window(start, min(midnight, now_ms), midnight)

    @property
    def whole(self) -> bool:
        return self.end == self.next_midnight

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Call:
    call_id: str
    queued: int
    ended: int
    ringing: int | None = None
    answered: int | None = None
    agent: str = ""
    phone: str = ""
    line: str = ""
    outgoing: bool = False

    def moved(self, by: int) -> Call:
        times = {
            n: getattr(self, n) + by
            for n in ("queued", "ringing", "answered", "ended")
            if getattr(self, n) is not None
        }
        return replace(self, **times)


def plan_calls(desk: DeskDay, window: Window, seed: str) -> list[Call]:
    """The calls that count, by time of entry."""
    rng = random.Random(f"calls {seed}")
    lengths = _accepted(rng, desk, window) + _unanswered(rng, desk)
    longest = max((c.ended for c in lengths), default=0)
    low, high = _hours(desk, window, longest)
    rng.shuffle(lengths)
    starts = sorted(
        low + int((high - longest - low) * ((i + rng.random()) / len(lengths)) ** 1.15)
        for i in range(len(lengths))
    )
    placed = [call.moved(start) for call, start in zip(lengths, starts)]
    placed = _edges(_staffed(placed, desk.agents, high), window)
    return [
        replace(
            c,
            call_id=f"{seed}-{i}",
            phone=f"+7 (487) {rng.randrange(200, 800)}-{i // 100 % 100:02}-{i % 100:02}",
            line=rng.choice(_LINES),
        )
        for i, c in enumerate(placed)
    ]


def half_up_seconds(total_ms: int, count: int) -> int:
    """T5's average: a sum of milliseconds over `count` calls, in seconds, half up; exact."""
    return (2 * total_ms + 1000 * count) // (2000 * count)


def spread(rng: random.Random, count: int, total: int, most: int) -> list[int]:
    """`count` numbers from 0 to `most` that add up to `total` (at most count * most)."""
    mean = total / count
    room = most / mean if mean else 1.0
    share = max(0.0, min(_SPREAD, (room - 1) / (room + 1)))
    weights = [1 + rng.uniform(-share, share) for _ in range(count)]
    scale = total / sum(weights)
    parts = [min(most, int(w * scale)) for w in weights]
    _top_up(parts, [most] * count, total)
    return parts


def _midnight_ms(day: date, zone: str) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def _sum_ms(rng: random.Random, seconds: int, count: int) -> int:
    """Any sum whose average rounds to `seconds`; often one of the two outermost, where a wrong
    rounding shows.
    """
    low = max(0, seconds * 1000 * count - 500 * count)
    high = seconds * 1000 * count + 500 * count - 1
    return rng.choice((low, high, rng.randint(low, high), rng.randint(low, high)))


def _top_up(parts: list[int], most: list[int], total: int) -> None:
    """Raises numbers, none above its `most`, until they add up to `total`."""
    missing = total - sum(parts)
    i = 0
    while missing > 0:
        step = min(most[i] - parts[i], -(-missing // len(parts)))
        parts[i] += step
        missing -= step
        i = (i + 1) % len(parts)


def _accepted(rng: random.Random, desk: DeskDay, window: Window) -> list[Call]:
    """Accepted calls that begin at 0 and have no agent yet."""
    n = desk.accepted
    if n == 0:
        return []
    answer_sum = _sum_ms(rng, desk.avg_answer_s, n)
    wait_sum = max(_sum_ms(rng, desk.avg_wait_s, n), answer_sum)
    talk_sum = _sum_ms(rng, desk.avg_talk_s, n)
    # A call may take most of the window, not all: it must still be possible to place it.
    most = int(window.length * 0.95)
    if n * most < wait_sum + talk_sum:
        raise DoesNotFit(
            f"calls of {desk.avg_wait_s + desk.avg_talk_s} s do not fit into {window.length // 1000} s"
        )
    talk_most = most * talk_sum // (wait_sum + talk_sum) if talk_sum else 0
    waits = spread(rng, n, wait_sum, most - talk_most)
    answers = _answers(rng, waits, answer_sum)
    talks = spread(rng, n, talk_sum, talk_most)
    return [
        Call("", 0, wait + talk, ringing=wait - answer, answered=wait)
        for wait, answer, talk in zip(waits, answers, talks)
    ]


def _answers(rng: random.Random, waits: list[int], total: int) -> list[int]:
    """Speeds of answer: none above its call's wait, `total` (at most the waits' sum) together."""
    wait_sum = sum(waits)
    parts = [wait * total // wait_sum if wait_sum else 0 for wait in waits]
    _top_up(parts, waits, total)
    for i in range(len(parts) - 1):
        j = rng.randrange(len(parts))
        moved = rng.randint(0, min(parts[i], waits[j] - parts[j])) if i != j else 0
        parts[i] -= moved
        parts[j] += moved
    return parts


def _unanswered(rng: random.Random, desk: DeskDay) -> list[Call]:
    """Lost calls waited longer than the limit of phantoms, phantom ones ended within it; some rang
    at an agent.
    """
    lost = [
        rng.choice((PHANTOM_MS + 1, rng.randint(PHANTOM_MS + 1, 180_000))) for _ in range(desk.lost)
    ]
    phantom = [rng.choice((PHANTOM_MS, rng.randint(0, PHANTOM_MS))) for _ in range(desk.phantom)]
    # This agent never answers: ringing alone makes nobody an agent of the day.
    rang = [rng.random() < 0.3 for _ in (*lost, *phantom)]
    return [
        Call("", 0, ended, ringing=ended // 2 if r else None, agent="199" if r else "")
        for ended, r in zip((*lost, *phantom), rang)
    ]


def _hours(desk: DeskDay, window: Window, longest: int) -> tuple[int, int]:
    if longest > window.length:
        raise DoesNotFit(f"calls of {longest // 1000} s do not fit into {window.length // 1000} s")
    opened, closed = window.start + _OPEN_H * 3_600_000, window.start + _CLOSE_H * 3_600_000
    busy = (
        desk.accepted
        * ((desk.avg_talk_s or 0) + (desk.avg_answer_s or 0))
        * 1000
        / max(desk.agents, 1)
    )
    if closed > window.end or busy + longest > _BUSY * (closed - opened):
        return window.start, window.end
    return opened, closed


def _staffed(calls: list[Call], agents: int, high: int) -> list[Call]:
    """Gives each accepted call the agent who is idle longest, later if all talk; overlaps only
    where the day is full.
    """
    free_at = {f"{101 + i}": 0 for i in range(agents)}
    staffed = []
    for call in calls:
        if call.answered is None:
            staffed.append(call)
            continue
        agent = min(free_at, key=lambda a: (free_at[a], a))
        late = free_at[agent] - call.ringing
        if 0 < late <= high - call.ended:
            call = call.moved(late)
        free_at[agent] = call.ended
        staffed.append(replace(call, agent=agent))
    return staffed


def _edges(calls: list[Call], window: Window) -> list[Call]:
    """Puts one call at each end of the day, where a wrong zone or a wrong comparison would lose it."""
    if len(calls) < 4 or not window.whole:
        return calls
    first, last = calls[0], calls[-1]
    edged = [
        first.moved(window.start - first.queued),
        *calls[1:-1],
        last.moved(window.end - 1 - last.ended),
    ]
    return sorted(edged, key=lambda c: c.queued)
