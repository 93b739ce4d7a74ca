"""Runs the day of a region: a hub and one node a desk, traffic through the nodes' API, cuts and kills
while it goes on.

All desks follow one clock, the time of the day that is played. Sites that are cut are off the
network from the moment when a quarter of the region's traffic is sent until three quarters are.
Every request is repeated until its node has answered it, as a telephone system or a browser would
do.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from .day_file import Day
from .day_plan import PHANTOM_MS, Window
from .day_traffic import EVENTS_PATH, Request, Topic, plan_desk
from .http_client import Answer, Refused, Unreachable, busy
from .region import Member, Region, SiteSpec
from .show import Step, say
from .timeline import Action, Timeline

# Starting is mostly waiting for disks and password hashes: a few at a time keep two cores busy.
_STARTERS = 4
# A site that gives no answer for so long is not coming back: the longest restart is far shorter.
_AWAY_S = 90.0
# Both heartbeats and broken connections are noticed within this; it only delays the restore, never
# decides the result.
_NOTICED_S = 10.0
_WHOLE_S = 180.0
_CUTS = ("closed", "silent")


@dataclass(frozen=True)
class Plan:
    day: Day
    on: date
    zone: str
    window: Window
    cuts: int
    kills: int
    seed: int


class Traffic:
    """The requests of one site, sent one after the other."""

    def __init__(self, member: Member, requests: list[Request], step: Step):
        self.member = member
        self.requests = requests
        self.in_flight = threading.Event()
        self._api = member.api()
        self._next = 0
        self._pause = 0.0
        self._away_since = 0.0
        self._step = step

    @property
    def at(self) -> int:
        return self.requests[self._next].at

    def step(self) -> float | None:
        request = self.requests[self._next]
        self.in_flight.set()
        try:
            trouble = self._send(request)
        finally:
            self.in_flight.clear()
        if trouble:
            return self._try_again(trouble)
        self._pause = 0.0
        self._next += 1
        self._step.advance()
        if self._next < len(self.requests):
            return 0.0
        self._api.close()
        return None

    def _send(self, request: Request) -> str:
        """Empty when it is done. Raises Refused: valid traffic must be taken."""
        try:
            answer = self._api.send("POST", request.path, request.body, request.key)
        except Unreachable as trouble:
            return str(trouble)
        if busy(answer):
            return f"{request.path}: {answer.status}"
        if answer.status != (200 if request.path == EVENTS_PATH else 201):
            raise Refused(
                f"{self.member.spec.name}: {request.body[:200].decode('utf-8', 'replace')}", answer
            )
        return ""

    def _try_again(self, trouble: str) -> float:
        now = time.monotonic()
        if not self._pause:
            self._away_since = now
        if now - self._away_since > _AWAY_S:
            raise TimeoutError(f"{self.member.spec.name} does not answer: {trouble}")
        self._pause = min(1.0, self._pause * 1.5 or 0.05)
        return self._pause


class DayRun:
    def __init__(self, region: Region, plan: Plan, topics: list[Topic]):
        self._region = region
        self._plan = plan
        self._topics = topics
        self._rng = random.Random(f"day {plan.seed}")
        numbers = range(1, len(plan.day.desks) + 1)
        self._cut = sorted(self._rng.sample(numbers, min(plan.cuts, len(numbers))))
        self._killed = sorted(self._rng.sample(numbers, min(plan.kills, len(numbers))))
        self._restarts: list[threading.Thread] = []

    def run(self) -> tuple[str, dict]:
        """The hub's report of the day as TSV and as JSON. The region is left running."""
        for what, wanted, numbers in (
            ("off the network", self._plan.cuts, self._cut),
            ("killed and started again", self._plan.kills, self._killed),
        ):
            say(f"  {what}: {chosen_sites(wanted, numbers)}")
        self._start()
        self._play()
        self._wait_whole()
        path = f"/api/v1/reports/daily?date={self._plan.on.isoformat()}"
        with self._region.at_hub() as hub:
            answer: Answer = hub.request("GET", f"{path}&format=tsv")
            if answer.status != 200:
                raise Refused(path, answer)
            return answer.body.decode(), hub.get(path)

    def _start(self) -> None:
        with Step("Starting the hub"):
            self._region.start_hub()
            self._region.publish(self._topics)
        desks = self._plan.day.desks
        with Step("Starting desks", len(desks)) as step, ThreadPoolExecutor(_STARTERS) as pool:
            started = [pool.submit(self._start_site, no) for no in range(1, len(desks) + 1)]
            try:
                for future in started:
                    future.result()
                    step.advance()
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _start_site(self, no: int) -> None:
        desk = self._plan.day.desks[no - 1]
        spec = SiteSpec(no, desk.name, (desk.name,), self._plan.zone)
        options = {"--phantom-seconds": str(PHANTOM_MS // 1000)}
        self._region.add_site(
            spec, proxied=f"site {no}" if no in self._cut else "", options=options
        )

    def _play(self) -> None:
        plan = self._plan
        planned = {
            no: plan_desk(desk, plan.window, self._topics, f"{plan.on:%y%m%d}-{plan.seed}-{no}")
            for no, desk in enumerate(plan.day.desks, 1)
        }
        times = sorted(request.at for requests in planned.values() for request in requests)
        with Step("Playing the day, requests", len(times)) as step:
            traffic = {
                no: Traffic(self._region.sites[no], requests, step)
                for no, requests in planned.items()
            }
            entries = [*traffic.values(), *self._cuts(times)]
            timeline = Timeline(
                [
                    *entries,
                    *(self._kill(traffic[no], lambda e: timeline.fail(e)) for no in self._killed),
                ]
            )
            try:
                timeline.play()
            finally:
                for thread in self._restarts:
                    thread.join()  # nobody may start a daemon once the region is being stopped

    def _cuts(self, times: list[int]) -> list[Action]:
        if not self._cut:
            return []
        quarter = len(times) // 4
        return [Action(times[quarter], self._cut_off), Action(times[-1 - quarter], self._restore)]

    def _cut_off(self) -> None:
        for i, no in enumerate(self._cut):
            self._region.cut(self._region.sites[no], _CUTS[i % len(_CUTS)])

    def _restore(self) -> None:
        """First lets the hub notice, so that a day of a few calls has a real cut too."""
        deadline = time.monotonic() + _NOTICED_S
        unnoticed = set(self._cut)
        while unnoticed and time.monotonic() < deadline:
            with self._region.at_hub() as hub:
                sites = self._region.hub_sites(hub)
            unnoticed = {no for no in self._cut if sites[no]["connected"]}
            time.sleep(0.1)
        for no in self._cut:
            self._region.restore(self._region.sites[no])
        if unnoticed:
            say(
                f"  the hub still shows as connected, {_NOTICED_S:.0f} s after the cut: sites {sorted(unnoticed)}"
            )

    def _kill(self, traffic: Traffic, fail) -> Action:
        count = len(traffic.requests)
        at = traffic.requests[self._rng.randint(count // 5, count * 4 // 5)].at

        def act() -> None:
            try:
                # In the middle of a request, if another comes soon: that is where something could
                # be lost or doubled.
                traffic.in_flight.wait(1.0)
                time.sleep(self._rng.uniform(0, 0.002))
                traffic.member.daemon.kill()
                traffic.member.restart()
            except BaseException as error:
                fail(error)

        def start() -> None:
            thread = threading.Thread(target=act, daemon=True)
            self._restarts.append(thread)
            thread.start()

        return Action(at, start)

    def _wait_whole(self) -> None:
        """Until every node has nothing left to send and the hub says the same of every site."""
        waiting = dict(self._region.sites)
        deadline = time.monotonic() + _WHOLE_S
        with Step("Waiting until the region is whole", len(waiting)) as step:
            while waiting:
                done = [no for no, member in waiting.items() if _nothing_to_send(member)]
                with self._region.at_hub() as hub:
                    sites = self._region.hub_sites(hub)
                for no in done:
                    if (
                        sites[no]["connected"]
                        and not sites[no]["pending"]
                        and sites[no]["data_through"]
                    ):
                        del waiting[no]
                        step.advance()
                if waiting and time.monotonic() > deadline:
                    names = ", ".join(member.spec.name for member in waiting.values())
                    raise TimeoutError(f"not whole after {_WHOLE_S:.0f} s: {names}")
                time.sleep(0.1 if waiting else 0)


def chosen_sites(wanted: int, numbers: list[int]) -> str:
    """Which sites the dice chose of as many as were wanted."""
    named = f"sites {', '.join(map(str, numbers))}" if numbers else "no site"
    fewer = f" ({wanted} were asked for; the day has {len(numbers)} desks)"
    return named + (fewer if len(numbers) < wanted else "")


def _nothing_to_send(member: Member) -> bool:
    with contextlib.closing(member.api()) as api:
        try:
            sync = api.get("/api/v1/sync")
        except Unreachable:
            return False
    return sync["connected"] and sync["pending"] == 0
