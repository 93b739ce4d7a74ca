"""The benches beside other programs: what piled up at a cut site, and what happens live. Each program
is measured in the same run on the same disk; one that is not installed is left out with a message.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

from . import nats, postgres
from .figures import Figure, Limit, median
from .ground import Ground
from .peers import Absent, free_port

FIRST_ACK_MS = 100
LIVE_RATES = (200, 2_000)  # contacts a second


def _if_there(name: str, measure: Callable[[], list[dict]]) -> list[dict]:
    try:
        return measure()
    except Absent as absent:
        print(f"{name}: {absent}; not compared (tests/bench/packages.txt)")
        return []


def _opora_catches_up(ground: Ground) -> list[dict]:
    filled = ground.folder("catchup")
    ground.tool("bench_catchup", "fill", filled, ground.scale.piled_up)
    out = []
    for turn in range(ground.scale.long_rounds):
        here = ground.root / f"catchup-{turn}"
        shutil.copytree(filled, here)
        out.append(json.loads(ground.tool("bench_catchup", "run", here, free_port())))
        shutil.rmtree(here)
    shutil.rmtree(filled)
    return out


def _nats_catches_up(ground: Ground) -> list[dict]:
    out = []
    for turn in range(ground.scale.long_rounds):
        folder = ground.root / f"nats-{turn}"
        with nats.Region(folder) as region:
            out.append(region.catch_up(ground.scale.piled_up))
        shutil.rmtree(folder)
    return out


def _postgres_catches_up(ground: Ground) -> list[dict]:
    with postgres.Region(ground.build) as region:
        return [region.catch_up(ground.scale.piled_up_rows)]


def catchup(ground: Ground) -> list[Figure]:
    """What piled up at a cut site: from the link's return to the last event at the hub."""
    ours = _opora_catches_up(ground)
    by_nats = _if_there("catchup_nats", lambda: _nats_catches_up(ground))
    by_postgres = _if_there("catchup_postgres", lambda: _postgres_catches_up(ground))
    took = tuple(one["seconds"] for one in ours)
    first = tuple(one["first_ack_ms"] for one in ours)
    text = tuple(one["text_seconds"] for one in ours)
    out = [
        Figure(
            "catchup_first_ack",
            "ms",
            first,
            f"{FIRST_ACK_MS} ms",
            median(first) / FIRST_ACK_MS,
            Limit(1),
        ),
        Figure(
            "catchup_text",
            "s",
            text,
            f"all but the full text ({median(took):.2f} s); this is how far the text was behind",
            median(text) / median(took),
            Limit(1),
        ),
    ]
    if by_nats:
        theirs = median(one["seconds"] for one in by_nats)
        waited = median(one["first_ms"] for one in by_nats)
        what = f"NATS JetStream ({theirs:.2f} s, its first after {waited:.0f} ms)"
        ratio = median(took) / theirs
        out.append(Figure("catchup_nats", "s", took, what, ratio, Limit(1)))
    if by_postgres:
        rate = median(one["steady_rate"] for one in by_postgres)
        rates = tuple(one["steady_rate"] for one in ours)
        what = f"PostgreSQL's logical apply, three indexes ({rate:,.0f}/s)"
        ratio = median(rates) / rate
        limit = Limit(2, at_least=True)
        out.append(Figure("catchup_postgres", "1/s", rates, what, ratio, limit))
    return out


def live(ground: Ground) -> list[Figure]:
    """From the commit at a site to applied and synced at the hub, beside the same of others."""
    seconds = ground.scale.live_s
    ours = {rate: _opora_live(ground, rate) for rate in LIVE_RATES}

    def by_nats() -> list[dict]:
        with nats.Region(ground.root / "nats-live") as region:
            return [region.live(rate, seconds) for rate in LIVE_RATES]

    def by_postgres() -> list[dict]:
        with postgres.Region(ground.build) as region:
            return [region.live(rate, seconds) for rate in LIVE_RATES]

    out = []
    for name, words, limit, measure in (
        ("postgres", "PostgreSQL, remote_apply", 1, by_postgres),
        ("nats", "NATS JetStream, no sync", 0.8, by_nats),
    ):
        for rate, theirs in zip(LIVE_RATES, _if_there(f"live_{name}", measure)):
            for key, suffix in (("median_us", ""), ("p99_us", "_p99")):
                values = tuple(one[key] for one in ours[rate])
                what = f"{words} ({theirs[key]:.0f} µs)"
                ratio = median(values) / theirs[key]
                figure = f"live_{rate}_{name}{suffix}"
                out.append(Figure(figure, "µs", values, what, ratio, Limit(limit)))
    return out


def _opora_live(ground: Ground, rate: int) -> list[dict]:
    out = []
    for turn in range(ground.scale.long_rounds):
        folder = ground.folder(f"live-{rate}-{turn}")
        arguments = [folder, rate, round(1_000 * ground.scale.live_s)]
        out.append(json.loads(ground.tool("bench_link", *arguments)))
        shutil.rmtree(folder)
    return out
