"""Sample data in Russian for the demo: who works where, and what happened there yesterday and today.

All of it goes in through the API, as people and telephone systems would do it. People are invented.
"""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from . import people
from .day_file import DeskDay
from .day_plan import DoesNotFit, Window
from .day_traffic import EVENTS_PATH, Topic, plan_desk, rfc3339
from .http_client import Api, Refused, until
from .region import Member, Region, SiteSpec

HUB_NAME = "Светлогорская область"
CENTRE = 1
SITES = (
    SiteSpec(1, "Региональный контактный центр 122", ("Линия 122", "Горячая линия министерства")),
    SiteSpec(2, "ГУЗ Заречная районная больница", ("ГУЗ Заречная районная больница",)),
    SiteSpec(
        3,
        "ГУЗ Городская больница № 2 г. Светлогорье",
        (
            "ГУЗ Городская больница № 2 г. Светлогорье",
            "ГУЗ Городская больница № 2 г. Светлогорье (второй пост)",
        ),
    ),
    SiteSpec(4, "ГУЗ Лесная участковая больница", ("ГУЗ Лесная участковая больница",)),
)
_HUB_ROLES = ("supervisor", "expert", "auditor")
_SITE_ROLES = ("operator", "specialist", "expert", "supervisor", "auditor")
_HUB_SITE = 0  # the hub among the places where somebody works


@dataclass(frozen=True)
class User:
    login: str
    role: str
    site: int
    name: str
    agent: str = ""

    def as_json(self, password: str) -> dict:
        value = {
            "login": self.login,
            "name": self.name,
            "password": password,
            "roles": [self.role],
            "sites": [self.site],
        }
        return value | ({"agent": self.agent, "desk": 1} if self.agent else {})


def users() -> list[User]:
    rng = random.Random("people")
    found = [User(role, role, _HUB_SITE, people.person(rng)) for role in _HUB_ROLES]
    for spec in SITES:
        for role in _SITE_ROLES:
            agent = "101" if role == "operator" else ""
            found.append(User(f"{role}{spec.no}", role, spec.no, people.person(rng), agent))
        found.append(User(f"operator{spec.no}b", "operator", spec.no, people.person(rng), "102"))
    return found


def create_users(region: Region, password: str) -> None:
    """When the sites are declared: nobody works at a site that is not there."""
    with region.at_hub() as hub:
        for user in users():
            hub.post("/api/v1/users", user.as_json(password), key=f"user-{user.login}")


# Calls of the sample that have not ended, with the next seq of each.
GOING_ON = {"live-talks": 3, "live-waits": 2}


def fill_site(member: Member, topics: list[Topic], password: str, now_ms: int) -> None:
    """Yesterday and today up to now: calls, contacts, work on tickets, and calls that go on at this
    moment.
    """
    no = member.spec.no
    rng = random.Random(f"site {no}")
    with closing(member.api()) as telephony, closing(
        _signed_in(member, f"operator{no}", password)
    ) as operator:
        today = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(member.spec.zone)).date()
        for desk_no, name in enumerate(member.spec.desks, 1):
            for day in (today - timedelta(days=1), today):
                window = Window.of(day, member.spec.zone, now_ms)
                _play(
                    plan(rng, name, window),
                    window,
                    f"{day:%y%m%d}-{desk_no}",
                    topics,
                    desk_no,
                    telephony,
                    operator,
                )
        _live_calls(rng, telephony, now_ms)
    _work_on_tickets(member, password)


def plan(rng: random.Random, name: str, window: Window) -> DeskDay:
    """A row like those of a real day, smaller for a day that has only begun."""
    part = window.length / (window.next_midnight - window.start)
    accepted = max(4, int(rng.randint(50, 130) * part))
    lost, phantom, wait = rng.randint(0, 5), rng.randint(0, 4), rng.randint(4, 14)
    return DeskDay(
        0,
        name,
        accepted + lost + phantom,
        accepted,
        lost,
        phantom,
        int(accepted * rng.uniform(0.9, 1.05)),
        min(accepted, 4),
        wait,
        rng.randint(45, 95),
        rng.randint(2, wait),
        None,
        None,
    )


def open_problems(region: Region, password: str, now_ms: int) -> None:
    """Two at the hub and one at a hospital (T9), with callers that it hit."""
    with region.at_hub() as hub:
        hub.post(
            "/api/v1/problems",
            {
                "kind": "no_link",
                "site": 4,
                "name": "Нет связи с филиалом",
                "doctor": "",
                "description": "Не отвечает канал до Лесной участковой больницы, провайдер ведёт работы до 18:00.",
                "started_at": rfc3339(now_ms - 95 * 60_000),
            },
            key="problem-link",
        )
        problem = hub.post(
            "/api/v1/problems",
            {
                "kind": "schedule",
                "site": 3,
                "name": "Не открывается расписание кардиолога",
                "doctor": "Орлов Павел Олегович",
                "description": "Талоны с понедельника не показываются, запись вести на лист ожидания.",
                "started_at": rfc3339(now_ms - 40 * 60_000),
            },
            key="problem-schedule",
        )
        for i in range(3):
            hub.post(
                f"/api/v1/problems/{problem['id']}/affected",
                {"phone": f"+7 900 000-01-{i:02}"},
                key=f"affected-{i}",
            )
    with closing(_signed_in(region.sites[2], "supervisor2", password)) as supervisor:
        supervisor.post(
            "/api/v1/problems",
            {
                "kind": "equipment",
                "site": 2,
                "name": "Не работает рентген-аппарат",
                "doctor": "",
                "description": "Снимки делают в городской больнице № 2 по направлению.",
                "started_at": rfc3339(now_ms - 3 * 3_600_000),
            },
            key="problem-x-ray",
        )


def _signed_in(member: Member, login: str, password: str) -> Api:
    """Users come down from the hub: at first they may not be there yet."""
    api = Api(member.url)

    def attempt() -> bool:
        try:
            api.sign_in(login, password)
        except Refused as refused:
            if refused.answer.status not in (401, 429):
                raise
            return False
        return True

    until(attempt, f"{login} can sign in at {member.spec.name}", pause=0.5)
    return api


def _play(
    desk: DeskDay,
    window: Window,
    seed: str,
    topics: list[Topic],
    desk_no: int,
    telephony: Api,
    operator: Api,
) -> None:
    try:
        requests = plan_desk(desk, window, topics, seed, desk_no)
    except DoesNotFit:
        return  # some minutes after midnight
    for request in requests:
        api = telephony if request.path == EVENTS_PATH else operator
        api.post(request.path, request.body, request.key)


def _live_calls(rng: random.Random, telephony: Api, now_ms: int) -> None:
    """One caller talks, one waits, one has just hung up and is to be called back (O7)."""
    events = []

    def call(name: str, *steps: tuple[str, int, str]) -> None:
        phone = people.mobile(rng)
        for seq, (kind, seconds_ago, agent) in enumerate(steps):
            event = {
                "source": "pbx1",
                "call_id": f"live-{name}",
                "seq": seq,
                "type": kind,
                "desk": 1,
                "at": rfc3339(now_ms - seconds_ago * 1000),
            }
            events.append(
                event
                | ({"agent": agent} if agent else {})
                | ({} if seq else {"phone": phone, "line": "запись"})
            )

    call("talks", ("queued", 70, ""), ("ringing", 62, "102"), ("answered", 58, "102"))
    call("waits", ("queued", 20, ""), ("ringing", 6, "101"))
    call("missed", ("queued", 240, ""), ("ended", 190, ""))
    telephony.post(EVENTS_PATH, {"events": events})


def _work_on_tickets(member: Member, password: str) -> None:
    """Every line does a part of its work (A9); most tickets stay open."""
    no = member.spec.no
    with closing(_signed_in(member, f"specialist{no}", password)) as specialist:
        tickets = specialist.get("/api/v1/tickets?status=open&limit=30")["items"]
        for i, ticket in enumerate(tickets):
            for action in actions_on(i, ticket["topic"], f"specialist{no}"):
                specialist.post(f"/api/v1/tickets/{ticket['number']}/actions", action)


def actions_on(i: int, topic: str, specialist: str) -> list[dict]:
    """What was done about the i-th ticket, in words that fit its topic."""
    assign = {
        "action": "assign",
        "line": 2,
        "assignee": specialist,
        "reason": "Нужна проверка специалиста",
    }
    comment = {"action": "comment", "text": people.noted(topic)}
    complete = {"action": "complete", "text": people.done(topic)}
    reject = {
        "action": "reject",
        "reason": "too_little_information",
        "text": "Заявитель трижды не ответил на звонок, подробностей нет.",
    }
    return ([], [assign], [assign, comment], [assign, comment, complete], [], [complete], [reject])[
        i % 7
    ]
