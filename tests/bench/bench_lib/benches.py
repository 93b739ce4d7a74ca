"""Each bench: a function of the ground that gives its figures. Figures that are compared are
measured in turns, round by round, so that whatever else the machine does meets both.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from .call_benches import calls
from .figures import Figure, Limit, median
from .ground import Ground, Served
from .peer_benches import catchup, live

TOP = Path(__file__).resolve().parents[3]

LINK_RATE = 200  # contacts a second
# As the desk sends it; "########" becomes the number of the request.
CONTACT = json.dumps(
    {
        "channel": "phone",
        "direction": "in",
        "phone": "+7########",
        "applicant": "Соколова Анна Сергеевна",
        "topic": "appointment",
        "summary": "Просит записать к терапевту на ближайший свободный день",
        "outcome": "solved",
    },
    ensure_ascii=False,
    separators=(",", ":"),
)

# One that somebody has to work on: deadlines, a queue, a number of its own.
TICKET = CONTACT.replace('"outcome":"solved"', '"outcome":"ticket","urgency":"high"')


def _rounds(ground: Ground, *measures) -> list[tuple[dict, ...]]:
    return [tuple(measure() for measure in measures) for _ in range(ground.scale.rounds)]


def _register(ground: Ground, node: Served, clients: int, body: str = CONTACT):
    return lambda: ground.load(node.port, "POST", "/api/v1/contacts", node.token, clients, body)


def register_1(ground: Ground) -> list[Figure]:
    """One client's wait for a contact, and for a ticket, that is registered, synced and answered."""
    node = ground.node(0).start()
    rounds = _rounds(
        ground,
        ground.append_and_sync,
        lambda: ground.noop(1, CONTACT),
        _register(ground, node, 1),
        _register(ground, node, 1, TICKET),
    )
    node.daemon.stop()
    against = (
        f"append+fdatasync of 600 B ({median(r[0]['median_us'] for r in rounds):.0f} µs)"
        f" + no-op POST ({median(r[1]['median_us'] for r in rounds):.0f} µs)"
    )
    return [
        Figure(
            name,
            "µs",
            tuple(r[at]["median_us"] for r in rounds),
            against,
            median(r[at]["median_us"] / (r[0]["median_us"] + r[1]["median_us"]) for r in rounds),
            Limit(1.5),
        )
        for name, at in (("register_1", 2), ("register_ticket_1", 3))
    ]


def register_64(ground: Ground) -> list[Figure]:
    """What 64 keep-alive clients get registered a second: contacts, and tickets."""
    node = ground.node(0).start()
    rounds = _rounds(
        ground,
        ground.append_and_sync,
        lambda: ground.noop(64, CONTACT),
        _register(ground, node, 64),
        _register(ground, node, 64, TICKET),
    )
    node.daemon.stop()
    against = (
        f"smaller of 3 × append+fdatasync ({median(r[0]['rate'] for r in rounds):,.0f}/s)"
        f" and 0.15 × no-op POST ({median(r[1]['rate'] for r in rounds):,.0f}/s)"
    )
    return [
        Figure(
            name,
            "1/s",
            tuple(r[at]["rate"] for r in rounds),
            against,
            median(r[at]["rate"] / min(3 * r[0]["rate"], 0.15 * r[1]["rate"]) for r in rounds),
            Limit(1, at_least=True),
        )
        for name, at in (("register_64", 2), ("register_ticket_64", 3))
    ]


def link_200(ground: Ground) -> list[Figure]:
    """From the commit at a site to applied and synced at the hub, at 200 contacts a second."""
    count = iter(range(ground.scale.rounds))

    def link() -> dict:
        arguments = [ground.folder(f"link-{next(count)}"), LINK_RATE, 2 * ground.scale.round_ms]
        return json.loads(ground.tool("bench_link", *arguments))

    # At the same pace: after a rest of milliseconds a sync alone takes several times as long.
    rounds = _rounds(ground, lambda: ground.append_and_sync(LINK_RATE), link)
    return [
        Figure(
            "link_200",
            "µs",
            tuple(link["median_us"] for _, link in rounds),
            "append+fdatasync of 600 B at the same pace"
            f" ({median(d['median_us'] for d, _ in rounds):.0f} µs)",
            median(link["median_us"] / d["median_us"] for d, link in rounds),
            Limit(4),
        )
    ]


def report(ground: Ground) -> list[Figure]:
    """The daily report of a region of 36 sites, over few calls and over many, all of that day."""
    path = "/api/v1/reports/daily?date=2026-03-02"
    few, many = (ground.hub(calls, 36).start() for calls in (1_000, ground.scale.calls))
    rounds = _rounds(
        ground,
        *(lambda hub=hub: ground.load(hub.port, "GET", path, hub.token, 1) for hub in (few, many)),
    )
    with many.api() as api:
        received = api.get(path)["total"]["received"]
    if received != ground.scale.calls // 36 * 36:
        raise RuntimeError(f"the report counts {received} calls")
    for hub in (few, many):
        hub.daemon.stop()
    times = tuple(m["median_us"] / 1_000 for _, m in rounds)
    calls = f"{ground.scale.calls:,}".replace(",", " ")
    return [
        Figure(
            "report",
            "ms",
            times,
            f"over 1 000 calls ({median(f['median_us'] for f, _ in rounds) / 1_000:.2f} ms);"
            f" this one over {calls}",
            median(m["median_us"] / f["median_us"] for f, m in rounds),
            Limit(2),
        ),
        Figure("report_time", "ms", times, "5 ms", median(times) / 5, Limit(1)),
    ]


def report_tickets(ground: Ground) -> list[Figure]:
    """The report of tickets of a region of 36 sites and thirty days, over few tickets and over many."""
    few_count, many_count = ground.scale.tickets // 100, ground.scale.tickets
    few, many = (ground.hub_of_tickets(n, 36).start() for n in (few_count, many_count))
    days = "from=2026-03-02&to=2026-04-01"
    with many.api() as api:
        counted = api.get(f"/api/v1/reports/tickets?{days}&by=topic")["total"]["accepted"]
    if counted != many_count // 36 * 36:
        raise RuntimeError(f"the report counts {counted} tickets")
    out = []
    for by in ("topic", "site"):
        path = f"/api/v1/reports/tickets?{days}&by={by}"
        rounds = _rounds(
            ground,
            *(
                lambda hub=hub: ground.load(hub.port, "GET", path, hub.token, 1)
                for hub in (few, many)
            ),
        )
        times = tuple(m["median_us"] / 1_000 for _, m in rounds)
        small = median(f["median_us"] for f, _ in rounds) / 1_000
        against = f"over {few_count} tickets ({small:.2f} ms); this one over {many_count}"
        ratio = median(m["median_us"] / f["median_us"] for f, m in rounds)
        out.append(Figure(f"report_tickets_{by}", "ms", times, against, ratio, Limit(2)))
    for hub in (few, many):
        hub.daemon.stop()
    return out


# What a figure of the report opens: a page, of what there is much of, little of, and nothing of.
OPENED = {
    "much": "figure=completed&by=day&limit=20",
    "little": "figure=late&by=topic&topic=topic-3&limit=20",
    "nothing": "figure=reopened&by=line&line=2&limit=20",
}


def open_figure(ground: Ground) -> list[Figure]:
    """The tickets behind a figure of thirty days at the hub's API, over few tickets and over many."""
    few_count, many_count = ground.scale.tickets // 100, ground.scale.tickets
    hubs = [ground.hub_of_tickets(n, 36).start() for n in (few_count, many_count)]
    out = []
    for name, query in OPENED.items():
        path = f"/api/v1/reports/tickets/items?from=2026-03-02&to=2026-04-01&{query}"
        for hub in hubs:
            with hub.api() as api:
                found = len(api.get(path)["items"])
            if found == 0 and name != "nothing" and ground.scale.full:
                raise RuntimeError(f"{query} opens nothing")
        rounds = _rounds(
            ground,
            *(lambda hub=hub: ground.load(hub.port, "GET", path, hub.token, 1) for hub in hubs),
        )
        times = tuple(many["median_us"] / 1_000 for _, many in rounds)
        small = median(few["median_us"] for few, _ in rounds) / 1_000
        against = f"over {few_count} tickets ({small:.2f} ms); this one over {many_count}"
        ratio = median(many["median_us"] / few["median_us"] for few, many in rounds)
        out.append(Figure(f"open_figure_{name}", "ms", times, against, ratio, Limit(2)))
    for hub in hubs:
        hub.daemon.stop()
    return out


# Of all states, so that the smaller store has more rows than a page looks at.
LISTS = {
    "first": "status=all&limit=100",  # the first page, with its count
    "deep": "status=all&limit=100",  # one that goes on from the middle
    "sparse": "status=all&limit=100&topic=nobody-asks-it",
    "mine": "status=open&limit=100&assignee=agent-1-0",
}
OPEN_AN_AGENT = 60  # as bench_fill gives them


def _check_mine(hub: Served, tickets: int, sites: int) -> None:
    """As many as somebody has, of however many there are: every fourth of a site's is open."""
    with hub.api() as api:
        mine = len(api.get(f"/api/v1/tickets?{LISTS['mine']}")["items"])
    if mine != min(OPEN_AN_AGENT, (tickets // sites + 3) // 4):
        raise RuntimeError(f"of {tickets} tickets somebody has {mine}")


def _middle(hub: Served, query: str) -> str:
    """The cursor behind so many pages."""
    with hub.api() as api:
        page = api.get(f"/api/v1/tickets?{query}")
        for _ in range(20):
            page = api.get(f"/api/v1/tickets?{query}&cursor={page['next_cursor']}")
    return page["next_cursor"]


def list_tickets(ground: Ground) -> list[Figure]:
    """Pages of a hub's ticket list: the first, a deep one, one of nothing, one of what somebody has."""
    few_count, many_count = ground.scale.tickets // 100, ground.scale.tickets
    hubs = [ground.hub_of_tickets(n, 36).start() for n in (few_count, many_count)]
    for hub, count in zip(hubs, (few_count, many_count)):
        _check_mine(hub, count, 36)
    out = []
    for name, query in LISTS.items():
        paths = [f"/api/v1/tickets?{query}"] * len(hubs)
        if name == "deep" and few_count >= 10_000:
            paths = [f"{paths[0]}&cursor={_middle(hub, query)}" for hub in hubs]
        rounds = _rounds(
            ground,
            *(
                lambda hub=hub, path=path: ground.load(hub.port, "GET", path, hub.token, 1)
                for hub, path in zip(hubs, paths)
            ),
        )
        times = tuple(many["median_us"] / 1_000 for _, many in rounds)
        small = median(few["median_us"] for few, _ in rounds) / 1_000
        against = f"of {few_count} tickets ({small:.2f} ms); this one of {many_count}"
        ratio = median(many["median_us"] / few["median_us"] for few, many in rounds)
        out.append(Figure(f"list_tickets_{name}", "ms", times, against, ratio, Limit(2)))
    for hub in hubs:
        hub.daemon.stop()
    return out


def sites_1000(ground: Ground) -> list[Figure]:
    """What a site costs the hub's process, from ten sites with light traffic to a thousand."""
    measured = []
    for count in ground.scale.sites:
        arguments = [ground.folder(f"sites-{count}"), count, 3 * ground.scale.round_ms]
        measured.append(json.loads(ground.tool("bench_sites", *arguments)))
    out = []
    for name, key, unit, factor in (
        ("sites_cpu", "cpu_ms_a_second", "µs/s a site", 1_000),
        ("sites_memory", "resident_mb", "KB a site", 1_024),
    ):
        few, some, many = measured
        # What one more site costs: what the process takes with none would hide it.
        before = factor * (some[key] - few[key]) / (some["sites"] - few["sites"])
        more = factor * (many[key] - some[key]) / (many["sites"] - some["sites"])
        whole = ", ".join(f"{one['sites']}: {one[key]:.0f}" for one in measured)
        what = (
            f"each more up to {some['sites']} ({before:.0f}), this one up to {many['sites']};"
            f" in all, {key} at {whole}"
        )
        out.append(Figure(name, unit, (more,), what, more / max(before, 1e-9), Limit(1.2)))
    return out


def sites_return(ground: Ground) -> list[Figure]:
    """Fifty sites come back after a week: the hub's memory holds as many as catch up, not all."""
    few, many = ground.scale.returning
    measured = []
    for sites in (few, many):
        contacts = ground.scale.returned // sites
        arguments = [ground.folder(f"return-{sites}"), sites, contacts]
        measured.append(json.loads(ground.tool("bench_return", *arguments)))
    small, large = (one["peak_mb"] - one["before_mb"] for one in measured)
    what = (
        f"as many contacts of {few} sites ({small:.0f} MB); {measured[1]['contacts']} of each of"
        f" {many}, in {measured[1]['seconds']:.1f} s"
    )
    return [Figure("sites_return", "MB more", (large,), what, large / max(small, 1), Limit(1.5))]


def due(ground: Ground) -> list[Figure]:
    """What time brings: found and told of by a site with few open tickets, and with many."""
    many, fired = ground.scale.tickets, min(1_000, ground.scale.tickets // 10)
    measured = json.loads(
        ground.tool("bench_due", ground.folder("due"), fired, many, fired, ground.scale.rounds)
    )
    few, large = (
        [found + told for found, told in zip(measured[size]["find_us"], measured[size]["fire_us"])]
        for size in ("few", "many")
    )
    first = " and ".join(f"{median(measured[size]['find_us']):.0f}" for size in ("few", "many"))
    against = (
        f"with {fired} open tickets ({median(few):.0f} µs); this one with {many};"
        f" of that the first row alone {first} µs"
    )
    return [Figure("due", "µs", tuple(large), against, median(large) / median(few), Limit(2))]


def _queue_rates(ground: Ground) -> dict[str, float]:
    told = ground.tool(
        "call_queue_bench",
        "--benchmark_filter=^decide/",
        "--benchmark_format=json",
        f"--benchmark_min_time={0.5 if ground.scale.full else 0.02}",
    )
    return {one["name"]: one["items_per_second"] for one in json.loads(told)["benchmarks"]}


def call_queue(ground: Ground) -> list[Figure]:
    """The rules of the call queue alone: events a second of processor time."""
    rounds = [_queue_rates(ground) for _ in range(ground.scale.rounds)]
    many = tuple(rates["decide/300"] for rates in rounds)
    growth = tuple(rates["decide/30"] / rates["decide/300"] for rates in rounds)
    return [
        Figure(
            "call_queue",
            "events/s",
            many,
            "1 000 000 a second",
            median(many) / 1_000_000,
            Limit(1, at_least=True),
        ),
        Figure(
            "call_queue_growth",
            "×",
            growth,
            "an event with 30 calls at once; this one with 300",
            median(growth),
            Limit(2),
        ),
    ]


def _start_seconds(node: Served) -> float:
    began = time.monotonic()
    node.daemon.start()
    node.daemon.wait_ready(pause=0.002)
    return time.monotonic() - began


def node_start(ground: Ground) -> list[Figure]:
    """A node with a year's contacts: its start and its memory; and an idle one's memory."""
    node = ground.node(ground.scale.contacts).start()
    # The first start takes in the first users and indexes the tickets; that is not the daily one.
    node.wait_quiet(ground.scale.quiet_s)
    starts, resident = [], []
    for _ in range(3 if ground.scale.full else 1):
        node.daemon.stop()
        starts.append(_start_seconds(node))
        _look_around(ground, node)
        resident.append(node.resident_mb("VmHWM"))
    node.daemon.stop()
    idle = ground.node(0).start()
    time.sleep(ground.scale.settle_s)
    idle_mb = idle.resident_mb()
    idle.daemon.stop()
    return [
        Figure("node_start", "s", tuple(starts), "1 s", median(starts) / 1, Limit(1)),
        Figure("node_resident", "MB", tuple(resident), "150 MB", median(resident) / 150, Limit(1)),
        Figure("idle_resident", "MB", (idle_mb,), "40 MB", idle_mb / 40, Limit(1)),
    ]


def _look_around(ground: Ground, node: Served) -> None:
    """What a desk asks for in the morning, and some work, so that caches fill."""
    with node.api() as api:
        for path in (
            "contacts?limit=200",
            "tickets?status=all&limit=200",
            f"tickets?status=all&q={quote('расписание')}",
            "callers?phone=%2B79000000001",
            "reports/daily?date=2026-03-02",
            "shift",
        ):
            api.get(f"/api/v1/{path}")
    ground.load(node.port, "POST", "/api/v1/contacts", node.token, 8, CONTACT)
    time.sleep(ground.scale.settle_s)


_FIRST_LOAD = re.compile(r"first load, (\w+): ([\d.]+) KB")


def ui_builds() -> list[Path]:
    """Of the UI, in this tree's build folders, the newest last."""
    manifests = TOP.glob("build/*/web/ui/dist/manifest.json")
    return sorted(manifests, key=lambda path: path.stat().st_mtime)


def ui_size(_: Ground) -> list[Figure]:
    """The first load of the two first screens, gzipped."""
    built = ui_builds()
    if not built:
        print("ui_size: no build of the UI here; left out")
        return []
    done = subprocess.run(
        [TOP / "deploy/npm", "run", "--silent", "size"],
        cwd=TOP / "web/ui",
        env={**os.environ, "OPORA_UI_OUT": str(built[-1].parent)},
        capture_output=True,
        text=True,
    )
    sizes = tuple(float(kb) for _, kb in _FIRST_LOAD.findall(done.stdout))
    if not sizes:
        raise RuntimeError(f"npm run size: {done.stdout}{done.stderr}")
    return [Figure("ui_size", "KB gzip", sizes, "100 KB", max(sizes) / 100, Limit(1))]


ALL = {
    bench.__name__: bench
    for bench in (
        register_1,
        register_64,
        link_200,
        report,
        report_tickets,
        open_figure,
        list_tickets,
        call_queue,
        node_start,
        ui_size,
        sites_1000,
        sites_return,
        due,
        calls,
        catchup,
        live,
    )
}
