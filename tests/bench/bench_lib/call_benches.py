"""Calls at a real node that drives a simulated Asterisk (bench_calls): how soon it answers what the PBX
tells, and its processor, with an agent's screen before each telephone. What it shows is a simulator's.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
import threading
import time
from pathlib import Path

from ari_sim import node_options
from demo_lib.http_client import Api, Unreachable, until
from live_reader import LiveReader

from .figures import Figure, Limit, median
from .ground import PASSWORD, Ground, Served

BEYOND_MS = 5  # the simulator's own round trip
CORES = 0.5
# A call comes and one ends each turn. Slower than the pace is another load, and the figures mean
# nothing.
TURN_S = 0.1
TICK_S = 0.01
LEAST_PACE = 0.95
# The same of screens that load; they take the time of each load longer than their rest.
LEAST_LOADS = 0.75
FIRST_AGENT = 1_001
PATIENCE_S = 60.0
DECISIONS = 40  # a second, each with a sync: a call comes, is taken, ends, and the next is rung for
# Screens rest so long between two loads of what changed (web/ui/src/state/loader.svelte.ts).
REST_S = 0.4


class Pbx:
    """bench_calls, as a process."""

    def __init__(self, ground: Ground):
        numbers = (ground.scale.calls_at_once, ground.scale.agents, ground.scale.turns)
        self._process = subprocess.Popen(
            [ground.build / "tests/bench/bench_calls", *map(str, numbers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self._process.stdout.readline())

    def play(self, pid: int) -> dict:
        """One round. CPU is that of the process `pid`."""
        self._process.stdin.write(f"{pid}\n")
        self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            raise RuntimeError(f"bench_calls ended with {self._process.wait(10)}")
        return json.loads(line)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def options(self, folder: Path, agents: list[str]) -> tuple[str, ...]:
        """Of a node that has these agents in one queue, behind line 100."""
        desk = {"no": 1, "name": "desk", "desk": 1, "wrap_up_s": 0, "announce_every_s": 30}
        plan = {
            "home": "desk",
            "queues": [desk],
            "lines": [{"number": "100", "otherwise": {"queue": "desk"}}],
            "agents": [{"name": name, "serves": [{"queue": "desk"}]} for name in agents],
        }
        options = node_options(folder, self.port, plan)
        return tuple(itertools.chain.from_iterable(options.items()))


class Screen:
    """An agent's browser: it hears what changed, and loads the queue again when `loads` is set."""

    def __init__(self, node: Served, admin: Api, agent: str):
        user = {"login": f"agent{agent}", "name": f"Оператор {agent}", "password": PASSWORD}
        admin.post("/api/v1/users", user | {"roles": ["operator"], "sites": [1], "agent": agent})
        self._api = Api(node.daemon.url)
        self._api.sign_in(user["login"], PASSWORD)
        cookie = self._api._headers["Cookie"]
        self._reader = LiveReader(node.daemon.url, cookie=cookie, seconds=PATIENCE_S)
        self._stopping = False
        self._loads = threading.Event()
        self._changed = threading.Event()
        self.loaded = 0
        self._threads = [threading.Thread(target=run) for run in (self._listen, self._load)]
        for thread in self._threads:
            thread.start()

    def is_ready(self) -> None:
        """Says its agent: for calls. Before it loads anything."""
        self._api.post("/api/v1/agents/me", {"state": "ready"}, method="PUT")

    def loads(self, does: bool) -> None:
        (self._loads.set if does else self._loads.clear)()

    def close(self) -> None:
        """After the node has ended."""
        self._stopping = True
        self._loads.set()
        self._changed.set()
        for thread in self._threads:
            thread.join()
        self._api.close()
        self._reader.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError):
            while True:
                message = self._reader.message()
                if "call_queue" in message.get("topics", ()):
                    self._changed.set()

    def _load(self) -> None:
        while self._changed.wait() and self._loads.wait() and not self._stopping:
            self._changed.clear()
            with contextlib.suppress(Unreachable):
                self._api.get("/api/v1/call_queue")
                self.loaded += 1
            time.sleep(REST_S)


def _all_here(admin: Api, agents: int) -> bool:
    queue = admin.get("/api/v1/call_queue")
    return queue["connected"] and sum(agent["here"] for agent in queue["agents"]) == agents


class Shift:
    """The telephone system, the node and the agents' screens, all at work."""

    def __init__(self, ground: Ground, ends: contextlib.ExitStack):
        self._ground = ground
        self._calls = ground.scale.calls_at_once
        agents = [str(FIRST_AGENT + no) for no in range(ground.scale.agents)]
        self._pbx = ends.enter_context(contextlib.closing(Pbx(ground)))
        self._node = ground.node(0, self._pbx.options(ground.folder("calls"), agents)).start()
        self._screens: list[Screen] = []
        ends.callback(lambda: [screen.close() for screen in self._screens])
        ends.callback(self._node.daemon.stop)
        self._admin = ends.enter_context(self._node.api())
        for agent in agents:
            self._screens.append(Screen(self._node, self._admin, agent))
        until(lambda: _all_here(self._admin, len(agents)), "all agents are here", PATIENCE_S)
        for screen in self._screens:
            screen.is_ready()

    def round(self, loads: bool) -> dict:
        for screen in self._screens:
            screen.loads(loads)
        before = sum(screen.loaded for screen in self._screens)
        played = self._pbx.play(self._node.daemon.process.pid)
        loaded = sum(screen.loaded for screen in self._screens) - before
        until(self._has_all_calls, "the node has as many calls as there are", PATIENCE_S)
        disk = self._ground.append_and_sync(DECISIONS)
        return played | {"loaded": loaded / played["seconds"], "disk": disk}

    def _has_all_calls(self) -> bool:
        return len(self._admin.get("/api/v1/call_queue")["calls"]) == self._calls


def _check_pace(ground: Ground, quiet: dict, loud: dict) -> None:
    if not ground.scale.full:
        return
    calls = min(ground.scale.turns * TURN_S / each["seconds"] for each in (quiet, loud))
    loads = loud["loaded"] / (ground.scale.agents / REST_S)
    if calls < LEAST_PACE or loads < LEAST_LOADS:
        raise RuntimeError(
            f"the machine is too busy: {calls:.0%} of the calls a second, {loads:.0%} of the loads"
        )


def _measured(ground: Ground) -> list[tuple[dict, dict]]:
    """Rounds in which screens only hear that the queue changed, in turns with such in which they load it."""
    with contextlib.ExitStack() as ends:
        shift = Shift(ground, ends)
        return [
            (shift.round(loads=False), shift.round(loads=True))
            for _ in range(ground.scale.long_rounds)
        ]


def _figures(ground: Ground, name: str, rounds: list[dict]) -> list[Figure]:
    way = median(each["round_trip"]["median_us"] for each in rounds) / 1_000
    beyond = tuple(
        max(each["all"]["p99_us"] - each["round_trip"]["median_us"], 1) / 1_000 for each in rounds
    )
    parts = ", ".join(
        f"{part} {median(each[part]['median_us'] for each in rounds) / 1_000:.2f}"
        f" and {median(each[part]['p99_us'] for each in rounds) / 1_000:.2f}"
        for part in ("came", "taken", "hung_up", "freed", "disk")
    )
    # A round of the short form may be less than the clock's tick.
    cores = tuple(max(each["cpu_seconds"], TICK_S) / each["seconds"] for each in rounds)
    loaded = median(each["loaded"] for each in rounds)
    return [
        Figure(
            f"{name}_p99",
            "ms",
            beyond,
            f"{BEYOND_MS} ms beyond the simulator's round trip ({way:.2f} ms); median and p99 of {parts}",
            median(beyond) / BEYOND_MS,
            Limit(1),
        ),
        Figure(
            f"{name}_cpu",
            "% of a core",
            tuple(100 * each for each in cores),
            f"{CORES:.0%} of a core; {loaded:.0f} loads of the queue by screens a second",
            median(cores) / CORES,
            Limit(1),
        ),
    ]


def calls(ground: Ground) -> list[Figure]:
    """300 calls at once, ten new ones a second: from what the PBX tells to the node's request; a simulator's."""
    rounds = _measured(ground)
    for quiet, loud in rounds:
        _check_pace(ground, quiet, loud)
    return [
        *_figures(ground, "calls", [quiet for quiet, _ in rounds]),
        *_figures(ground, "calls_screens", [loud for _, loud in rounds]),
    ]
