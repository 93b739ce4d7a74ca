"""What end-to-end tests share: a region of real daemons in a folder of its own, and words for what
tests do with it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import paths
from demo_lib import rubricator
from demo_lib.http_client import Api, until
from demo_lib.processes import Binaries
from demo_lib.region import Member, Region, SiteSpec

BUILD = Path(os.environ.get("OPORA_BUILD_DIR") or paths.TOP / "build/release")
TOPICS = rubricator.read(paths.TOP / "deploy/sample/rubricator.tsv")
# Generous for sanitizers and a loaded machine; nothing that works waits so long.
PATIENCE_S = 60.0


def _quiet_zone() -> str:
    """A zone that is hours away from midnight, so that a test's "today" stays one day."""
    moscow = datetime.now(ZoneInfo("Europe/Moscow")).hour
    return "Asia/Krasnoyarsk" if moscow in (23, 0) else "Europe/Moscow"


ZONE = _quiet_zone()


def spec(no: int, desks: int = 1) -> SiteSpec:
    names = tuple(f"Больница {no}" + (f" (пост {i})" if i > 1 else "") for i in range(1, desks + 1))
    return SiteSpec(no, f"Больница {no}", names, ZONE)


def contact(**changes) -> dict:
    body = {
        "channel": "phone",
        "direction": "in",
        "phone": "+7 900 000-00-01",
        "applicant": "Соколова Анна Сергеевна",
        "topic": TOPICS[0].id,
        "summary": "Просит записать к терапевту",
        "outcome": "solved",
    }
    return {**body, **changes}


def ticket_contact(**changes) -> dict:
    return contact(outcome="ticket", urgency="medium", **changes)


def events(call_id: str, *steps: tuple[str, str], agent: str = "101") -> dict:
    """A batch of one call: (type, time) by seq."""
    found = []
    for seq, (kind, at) in enumerate(steps):
        event = {"source": "pbx1", "call_id": call_id, "seq": seq, "type": kind, "at": at}
        found.append(event | ({"agent": agent} if kind in ("ringing", "answered") else {}))
    return {"events": found}


def lose_call(api, call_id: str, phone: str) -> None:
    """He waited and hung up, as any telephone system tells of it."""
    for seq, (kind, ago) in enumerate((("queued", 60), ("ended", 1)), 1):
        at = (datetime.now(UTC) - timedelta(seconds=ago)).isoformat()
        of = {"source": "other", "call_id": call_id, "desk": 1, "phone": phone}
        api.post("/api/v1/telephony/events", of | {"seq": seq, "type": kind, "at": at})


class RegionTest(unittest.TestCase):
    """One region for all tests of a class; SITES of them, PROXIED when the tests cut links."""

    SITES = 1
    PROXIED = False
    region: Region

    @classmethod
    def setUpClass(cls) -> None:
        cls.root = Path(tempfile.mkdtemp(prefix="opora-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        cls.region = cls.new_region("region")
        cls.region.start_hub(zone=ZONE)
        cls.region.publish(TOPICS)
        for no in range(1, cls.SITES + 1):
            cls.region.add_site(spec(no), proxied=f"site {no}" if cls.PROXIED else "")

    @classmethod
    def new_region(cls, folder: str) -> Region:
        region = Region(cls.root / folder, Binaries.of_build(BUILD))
        cls.addClassCleanup(cls._end, region)
        return region

    @staticmethod
    def _end(region: Region) -> None:
        region.stop()
        for member in (region.hub, *region.sites.values()):
            code = member.daemon.process.returncode if member and member.daemon.process else 0
            # Killed on purpose (-9), ended by a signal that a test sent (-15) or of its own accord.
            if code not in (0, -9, -15):
                print(
                    f"{member.daemon.name} ended with {code}:\n{member.daemon.log_end()}",
                    file=sys.stderr,
                )

    @property
    def node(self) -> Member:
        return self.region.sites[1]

    @property
    def hub(self) -> Member:
        return self.region.hub

    def program(self, member: Member) -> Api:
        api = member.api()
        self.addCleanup(api.close)
        return api

    def admin(self, member: Member) -> Api:
        api = member.admin()
        self.addCleanup(api.close)
        return api

    def user(self, role: str, member: Member, login: str = "") -> Api:
        """A new user of this role at this place, signed in; made by the local administrator."""
        login = login or f"{role}{self._next()}"
        password = f"secret-of-{login}"
        place = member.spec.no if member.spec else 0
        self.admin(member).post(
            "/api/v1/users",
            {
                "login": login,
                "name": f"Пользователь {login}",
                "password": password,
                "roles": [role],
                "sites": [place],
            },
        )
        api = Api(member.url)
        api.sign_in(login, password)
        self.addCleanup(api.close)
        return api

    _made = 0

    @classmethod
    def _next(cls) -> int:
        RegionTest._made += 1
        return RegionTest._made

    def wait_whole(self, *nos: int) -> None:
        """Until these sites (all by default) have nothing to send and the hub agrees."""
        hub = self.admin(self.hub)
        for no in nos or self.region.sites:
            api = self.program(self.region.sites[no])

            def whole() -> bool:
                sync = api.get("/api/v1/sync")
                site = self.region.hub_sites(hub)[no]
                return (
                    sync["connected"]
                    and sync["pending"] == 0
                    and site["connected"]
                    and not site["pending"]
                )

            until(whole, f"site {no} is whole", PATIENCE_S)

    def digests(self, no: int = 1) -> tuple[dict, dict]:
        """Of one site's state, at the site and at the hub."""
        path = f"/api/v1/digest?site={no}"
        return self.program(self.region.sites[no]).get(path), self.program(self.hub).get(path)

    def assert_same_state(self, no: int = 1) -> None:
        """Additions of the hub reach a site a moment later than its own events reach the hub: asked
        until equal.
        """

        def equal() -> bool:
            at_site, at_hub = self.digests(no)
            return at_site["digest"] == at_hub["digest"]

        try:
            until(equal, "digests are equal", 20)
        except TimeoutError:
            self.fail(f"site {no}: {self.digests(no)}")

    def pages(self, api: Api, path: str) -> list[dict]:
        """All items of a list."""
        items: list[dict] = []
        cursor = ""
        joint = "&" if "?" in path else "?"
        while True:
            page = api.get(f"{path}{joint}limit=200{cursor}")
            items += page["items"]
            if not page["next_cursor"]:
                return items
            cursor = f"&cursor={page['next_cursor']}"

    def verify(self, member: Member):
        """`opora verify` on the store of a stopped daemon: the finished process."""
        tool = Binaries.of_build(BUILD).tool
        return subprocess.run(
            [tool, "verify", "--data", member.daemon.data], capture_output=True, text=True
        )


def main() -> None:
    unittest.main(verbosity=2)
