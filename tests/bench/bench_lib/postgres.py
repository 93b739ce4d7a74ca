"""A site and a region made of PostgreSQL: one-row transactions at the site, applied at the region by
logical replication into a table with three indexes. Debian's postgresql, two clusters on loopback.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from .peers import Absent, Started, free_port, median_and_p99, wait_for

ROW_BYTES = 600
_INSTALLED = Path("/usr/lib/postgresql")
# As many indexes as a call has look-up rows: by number, by time, by telephone number. The body is
# what is left of 600 bytes.
_TABLE = """
create table event (n bigint primary key, aggregate uuid not null, at timestamptz not null,
                    phone text not null, body bytea not null);
create index on event (at);
create index on event (phone, at);
"""
_ROW = """{n}, md5(({n})::text)::uuid, now(), '+7900' || lpad((({n}) % 300000)::text, 7, '0'),
          decode(repeat(md5(({n})::text), 34), 'hex')"""
_FILL = f"""
create procedure fill(rows int) language plpgsql as $$
begin
  for i in 1..rows loop
    insert into event values ({_ROW.format(n="i")});
    commit;
  end loop;
end $$;
create sequence live start 1000000000;
"""
_LIVE = f"insert into event select {_ROW.format(n='n')} from nextval('live') as n;\n"


def _programs() -> Path:
    found = sorted(_INSTALLED.glob("*/bin/initdb"))
    if not found:
        raise Absent("postgresql is not installed")
    return found[-1].parent


def _account() -> str | None:
    """It refuses to run as root: then as its own user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Absent("postgresql needs a user other than root")


class Cluster:
    def __init__(self, folder: Path, settings: dict[str, str]):
        self.port = free_port()
        self._programs = _programs()
        self._account = _account()
        self._folder = folder
        self._process: subprocess.Popen | None = None
        self._settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_wal_size": "8GB",  # no checkpoint in the middle of a round
            **settings,
        }
        self._run("initdb", "-D", folder, "-A", "trust", "-U", "postgres", "--no-sync")

    def _argv(self, program: str, *arguments) -> list[str]:
        argv = [str(self._programs / program), *map(str, arguments)]
        return ["runuser", "-u", self._account, "--", *argv] if self._account else argv

    def _run(self, program: str, *arguments) -> str:
        argv = self._argv(program, *arguments)
        done = subprocess.run(argv, capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr.strip()}")
        return done.stdout

    def start(self) -> None:
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        log = self._folder / "log.txt"
        self._run("pg_ctl", "-D", self._folder, "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """By the process id in its folder."""
        if (self._folder / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self._folder, "-w", "-m", "immediate", "stop")

    def sql(self, text: str) -> str:
        return self._run("psql", *self.address(), "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", text)

    def address(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]

    def bench(self, folder: Path, *arguments) -> list[list[int]]:
        """The lines of pgbench's log: numbers, the third is the time in µs."""
        script = folder / "live.sql"
        script.write_text(_LIVE)
        prefix = folder / "live"
        address = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]
        flags = ["-n", "-l", "--log-prefix", prefix, "-f", script]
        self._run("pgbench", *address, *flags, *arguments, "postgres")
        lines = [log.read_text().splitlines() for log in folder.glob("live.*[0-9]*")]
        return [[int(word) for word in line.split()] for log in lines for line in log]


class Region(Started):
    """A publisher and its subscriber, whose apply waits for the disk."""

    def __init__(self, build: Path):
        _programs()
        account = _account()
        # A folder that the other user can enter; ours are closed to others.
        self._folder = Path(tempfile.mkdtemp(prefix="bench-postgres-", dir=build))
        if account:
            shutil.chown(self._folder, account)
        self.site = self.hub = None

    def _stop(self) -> None:
        for cluster in (self.hub, self.site):
            if cluster:
                cluster.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        self.site = Cluster(self._folder / "site", {"wal_level": "logical"})
        self.hub = Cluster(self._folder / "hub", {})
        for cluster in (self.site, self.hub):
            cluster.start()
            cluster.sql(_TABLE)
        for statement in _FILL.split("\n\n"):
            self.site.sql(statement)
        self.site.sql("create publication events for table event")
        where = f"host=127.0.0.1 port={self.site.port} user=postgres dbname=postgres"
        self.hub.sql(
            f"create subscription region connection '{where}' publication events"
            " with (synchronous_commit = on)"
        )
        ready = "select count(*) from pg_subscription_rel where srsubstate <> 'r'"
        wait_for(lambda: self.hub.sql(ready).strip() == "0", 60, "the subscription")

    def _count(self) -> int:
        return int(self.hub.sql("select coalesce(max(n), 0) from event"))

    def catch_up(self, rows: int) -> dict:
        """One-row transactions pile up while the subscription is disabled."""
        self.hub.sql("alter subscription region disable")
        # How fast they pile up is not measured; every one is a transaction all the same.
        self.site.sql("alter system set synchronous_commit = off")
        self.site.sql("select pg_reload_conf()")
        self.site.sql(f"call fill({rows})")
        self.hub.sql("alter subscription region enable")
        back = time.monotonic()
        seen: list[tuple[float, int]] = []
        while not seen or seen[-1][1] < rows:
            if count := self._count():
                seen.append((time.monotonic(), count))
            time.sleep(0.05)
        began = next(one for one in seen if one[1] > rows / 10 or one is seen[-1])
        passed = seen[-1][0] - began[0]
        # Too few to measure between two looks: a trial of the bench, not a figure.
        rate = (rows - began[1]) / passed if passed > 0 else rows / (seen[-1][0] - back)
        return {
            "first_ms": (seen[0][0] - back) * 1e3,
            "seconds": seen[-1][0] - back,
            "steady_rate": rate,
        }

    def live(self, rate: int, seconds: float) -> dict:
        """Synchronous: a commit returns when the subscriber has applied and synced it."""
        self.site.sql("alter system set synchronous_standby_names = 'region'")
        self.site.sql("alter system set synchronous_commit = remote_apply")
        self.site.sql("select pg_reload_conf()")
        scratch = self._folder / "live"
        scratch.mkdir()
        scratch.chmod(0o777)
        clients = ["-c", "8", "-j", "2", "--rate", str(rate), "-T", str(max(1, round(seconds)))]
        lines = self.site.bench(scratch, *clients)
        shutil.rmtree(scratch)
        # The wait for the moment at which it was to start is no time of the commit.
        return median_and_p99([line[2] - (line[6] if len(line) > 6 else 0) for line in lines])
