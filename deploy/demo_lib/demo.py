"""`deploy/demo`: the region with sample data, running until Ctrl-C."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Set
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import sample
from .live_calls import LiveCalls
from .outages import DESCRIBED, Outages
from .processes import Binaries, Daemon, NotReady, stop_leftovers, undisturbed
from .region import ADMIN, Member, Region
from .rubricator import read
from .show import Step, say

# Where people look first; any free port when one is taken.
_HUB_PORT = 8080
# A daemon that ends at once, again and again, is started at most this often.
_RESTART_PAUSE_S = 5.0


def run(binaries: Binaries, sample_folder: Path, folder: Path, *, keep: bool) -> int:
    """Until KeyboardInterrupt, which passes through when everything is stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    described = folder / DESCRIBED
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say(f"A demo already runs here: see {described}")
            return 1
        described.unlink(missing_ok=True)
        stop_leftovers(folder / "data")
        region, fresh = _region(folder / "data", binaries, keep)
        try:
            _start(region, sample_folder, fresh)
            calls = LiveCalls([*region.sites.values()], sample.GOING_ON if fresh else {})
            try:
                _watch(region, Outages(region, folder), described)
            finally:
                with undisturbed():
                    calls.close()
        finally:
            with undisturbed():
                described.unlink(missing_ok=True)
                say("\nStopping")
                region.stop()
    return 0


def _region(data: Path, binaries: Binaries, keep: bool) -> tuple[Region, bool]:
    """The region, and whether it has no data yet. A first start that was broken off counts as none."""
    password_file = data / "complete"
    if keep and password_file.exists():
        return Region(data, binaries, password=password_file.read_text().strip()), False
    if keep:
        say("No data of an earlier demo: starting with new data")
    shutil.rmtree(data, ignore_errors=True)
    return Region(data, binaries, password=f"opora-{secrets.randbelow(9000) + 1000}"), True


def _start(region: Region, sample_folder: Path, fresh: bool) -> None:
    topics = read(sample_folder / "rubricator.tsv")
    with Step("Starting the hub"):
        region.start_hub(sample.HUB_NAME, _HUB_PORT)
        if fresh:
            region.publish(topics)
            region.publish_catalogues(sample_folder / "catalogues.json")
    with Step("Starting sites", len(sample.SITES)) as step:
        for spec in sample.SITES:
            if fresh:
                region.add_site(spec, proxied=f"site {spec.no}", port=_HUB_PORT + spec.no)
            else:
                node = region.new_node(spec, proxied=f"site {spec.no}", port=_HUB_PORT + spec.no)
                node.restart()
            step.advance()
    region.take_programs_rights()
    if not fresh:
        return
    sample.create_users(region, region.password)
    now_ms = int(time.time() * 1000)
    with Step("Filling in sample data", len(sample.SITES)) as step, ThreadPoolExecutor(2) as pool:
        for done in [
            pool.submit(sample.fill_site, m, topics, region.password, now_ms)
            for m in region.sites.values()
        ]:
            done.result()
            step.advance()
        sample.open_problems(region, region.password, now_ms)
    complete = os.open(region.root / "complete", os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(complete, "w") as out:
        out.write(region.password + "\n")


def describe(region: Region, off: Set[int] = frozenset()) -> dict:
    """The region for scripts: hub and sites with name, url and sign-ins by role; `off`: sites whose
    lines are cut.
    """

    def member(m: Member, no: int, name: str) -> dict:
        sign_ins = {
            "administrator": {"login": ADMIN, "password": m.password},
            "program": {"token": m.token},
        }
        for user in reversed(sample.users()):
            if user.site == no:
                sign_ins[user.role] = {"login": user.login, "password": region.password}
        return {
            "no": no,
            "name": name,
            "url": m.url,
            "pid": m.daemon.info["pid"],
            "sign_ins": sign_ins,
        }

    sites = [
        member(m, no, m.spec.name) | {"line": "cut" if no in off else "up"}
        for no, m in region.sites.items()
    ]
    return {"hub": member(region.hub, 0, sample.HUB_NAME), "sites": sites}


def _describe(region: Region, off: Set[int], path: Path) -> None:
    """Appears whole or not at all, readable for its owner only: it has passwords."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(
        os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as out:
        json.dump(describe(region, off), out, ensure_ascii=False, indent=2)
        out.write("\n")
    part.rename(path)


def _print_table(region: Region) -> None:
    password = f"(one password for all: {region.password})"
    print(f"\n{'address':<24}{'who':<16}{'role':<16}where   {password}")
    members = [(region.hub, 0, sample.HUB_NAME)]
    members += [(m, no, m.spec.name) for no, m in region.sites.items()]
    for member, no, name in members:
        print(f"\n{member.url:<24}{ADMIN:<16}{'administrator':<16}{name}")
        for user in sample.users():
            if user.site == no:
                print(f"{member.url:<24}{user.login:<16}{user.role:<16}{name}")
    print(
        "\ndeploy/demo cut 3 takes site 3 off the network, deploy/demo mend 3 puts it back (in another terminal)."
        "\nCtrl-C stops everything; deploy/demo --keep goes on with these data.",
        flush=True,
    )


def _watch(region: Region, outages: Outages, described: Path) -> None:
    """Starts again what ended by itself, as a service manager would, and makes the outages that are
    asked for. What it describes is always as it is.
    """
    daemons = [region.hub.daemon, *(m.daemon for m in region.sites.values())]
    _describe(region, outages.off, described)
    _print_table(region)
    while True:
        time.sleep(0.5)
        ended = [daemon for daemon in daemons if not daemon.alive()]
        for daemon in ended:
            _revive(daemon)
        if outages.obey() or ended:
            _describe(region, outages.off, described)


def _revive(daemon: Daemon) -> None:
    say(
        f"  {daemon.name} ended with {daemon.process.returncode}, starting it again; its log is {daemon.log}"
    )
    daemon.start()
    try:
        daemon.wait_ready()
    except NotReady as trouble:
        say(f"  {trouble}")
        time.sleep(_RESTART_PAUSE_S)
