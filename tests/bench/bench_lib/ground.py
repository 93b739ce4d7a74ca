"""Where a bench stands: the build under test, folders on its disk, daemons over filled stores and
the small C++ programs of this folder. Everything that was started ends with the Ground.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from demo_lib.http_client import Api
from demo_lib.processes import Binaries, Daemon, ask_to_stop

PROGRAM_PATIENCE_S = 1_800  # the largest store takes minutes to fill on a slow disk
PASSWORD = "secret of a bench"
# Hundredths of a second of processor time within a second: timers and pings take less.
QUIET_TICKS = 3


@dataclass(frozen=True)
class Scale:
    """How long and how large: `full` is what the limits are for, `short` shows that it works."""

    full: bool
    rounds: int
    round_ms: int
    contacts: int
    calls: int
    settle_s: float
    quiet_s: float  # how long a first start may work on
    long_rounds: int  # of what takes half a minute each
    piled_up: int  # events at a cut site
    piled_up_rows: int  # the same for what takes ten times as long
    live_s: float
    sites: tuple[int, int, int]
    returning: tuple[int, int]  # sites that come back at once
    returned: int  # contacts that they bring in all
    tickets: int  # open ones with deadlines
    calls_at_once: int
    agents: int
    turns: int  # of a round: ten are a second


FULL = Scale(
    True,
    rounds=7,
    round_ms=1_500,
    contacts=1_000_000,
    calls=1_000_000,
    settle_s=5.0,
    quiet_s=300.0,
    long_rounds=3,
    piled_up=500_000,
    piled_up_rows=100_000,
    live_s=5.0,
    sites=(10, 100, 1_000),
    returning=(8, 50),
    returned=100_000,
    tickets=1_000_000,
    calls_at_once=300,
    agents=60,
    turns=300,
)
SHORT = Scale(
    False,
    rounds=1,
    round_ms=200,
    contacts=10_000,
    calls=20_000,
    settle_s=0.2,
    quiet_s=2.0,
    long_rounds=1,
    piled_up=5_000,
    piled_up_rows=500,
    live_s=1.0,
    sites=(2, 5, 10),
    returning=(2, 5),
    returned=1_000,
    tickets=2_000,
    calls_at_once=12,
    agents=4,
    turns=20,
)


class Ground:
    def __init__(self, build: Path, scale: Scale):
        self.build = build
        self.scale = scale
        self.binaries = Binaries.of_build(build)
        # Beside the build: temporary folders of a system may be in memory, where a sync is free.
        self.root = Path(tempfile.mkdtemp(prefix="bench-data-", dir=build))
        self._daemons: list[Daemon] = []
        self._noop: subprocess.Popen | None = None
        self._noop_port = 0

    def close(self) -> None:
        ask_to_stop(self._daemons)
        if self._noop:
            self._noop.stdin.close()
            self._noop.wait(10)
        shutil.rmtree(self.root, ignore_errors=True)

    def tool(self, name: str, *arguments) -> str:
        """The standard output of one of our programs."""
        argv = [str(self.build / "tests/bench" / name), *map(str, arguments)]
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROGRAM_PATIENCE_S,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{name} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def folder(self, name: str) -> Path:
        path = self.root / name
        path.mkdir()
        return path

    def append_and_sync(self, *rate: int) -> dict:
        """The yardstick: one thread that appends 600 bytes and syncs, again and again or `rate`
        times a second.
        """
        return json.loads(self.tool("bench_disk", self.root, 600, self.scale.round_ms, *rate))

    def load(
        self, port: int, method: str, path: str, token: str, clients: int, body: str = ""
    ) -> dict:
        arguments = [port, method, path, token, clients, self.scale.round_ms]
        return json.loads(self.tool("bench_load", *arguments, *([body] if body else [])))

    def noop(self, clients: int, body: str) -> dict:
        """POSTs that do nothing, at the same server library."""
        if self._noop is None:
            self._noop = subprocess.Popen(
                [self.build / "tests/bench/bench_noop"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            self._noop_port = int(self._noop.stdout.readline())
        return self.load(self._noop_port, "POST", "/api/v1/noop", "no-token", clients, body)

    def node(self, contacts: int, more: tuple[str, ...] = ()) -> Served:
        """A site of its own with so many contacts; it looks for a region that is not there."""
        data = self.root / f"node-{contacts}"
        self.tool("bench_fill", "node", data, contacts)
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            away = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        options = ["--listen", "127.0.0.1:0", "--hub", away, "--hub-enrol", away, *more]
        return self._served(self.binaries.node, data, options)

    def hub(self, calls: int, sites: int) -> Served:
        """The region with so many calls, all of one day."""
        return self._hub("hub", calls, sites)

    def hub_of_tickets(self, tickets: int, sites: int) -> Served:
        """The region with so many tickets of thirty days."""
        return self._hub("tickets", tickets, sites)

    def _hub(self, what: str, count: int, sites: int) -> Served:
        data = self.root / f"{what}-{count}"
        self.tool("bench_fill", what, data, count, sites)
        ports = ["--link", "tcp://127.0.0.1:*", "--enrol", "tcp://127.0.0.1:*"]
        return self._served(self.binaries.hub, data, ["--listen", "127.0.0.1:0", *ports])

    def _served(self, binary: Path, data: Path, options: list[str]) -> Served:
        password, token = data.with_suffix(".password"), data.with_suffix(".token")
        password.write_text(PASSWORD + "\n")
        files = ["--password-file", password, "--program-token-file", token]
        subprocess.run(
            [self.binaries.tool, "init-admin", "--data", data, "--login", "admin", *files],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        argv = [str(binary), "--data", str(data), *options]
        daemon = Daemon(data.name, argv, data, data.with_suffix(".log"))
        self._daemons.append(daemon)
        return Served(daemon, token.read_text().strip())


@dataclass(frozen=True)
class Served:
    """A daemon over a filled store."""

    daemon: Daemon
    token: str

    def start(self) -> Served:
        self.daemon.start()
        self.daemon.wait_ready()
        return self

    @property
    def port(self) -> int:
        return int(self.daemon.url.rsplit(":", 1)[1])

    @contextlib.contextmanager
    def api(self):
        with contextlib.closing(Api(self.daemon.url, self.token)) as api:
            yield api

    def wait_quiet(self, seconds: float) -> None:
        """Until the daemon has done nothing worth mentioning for a second, at most so long."""
        deadline = time.monotonic() + seconds
        before = self._cpu_ticks()
        while time.monotonic() < deadline:
            time.sleep(1)
            now = self._cpu_ticks()
            if now - before <= QUIET_TICKS:
                return
            before = now

    def _cpu_ticks(self) -> int:
        fields = Path(f"/proc/{self.daemon.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])  # user and system time

    def resident_mb(self, field: str = "VmRSS") -> float:
        """VmRSS is now, VmHWM the most that it ever was."""
        text = Path(f"/proc/{self.daemon.process.pid}/status").read_text()
        line = next(line for line in text.splitlines() if line.startswith(field + ":"))
        return int(line.split()[1]) / 1024
