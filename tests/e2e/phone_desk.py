"""What tests of a site whose telephones a simulated PBX has do all alike: agents who sign in and have
a screen open, and the queue as a supervisor sees it.
"""

from __future__ import annotations

import harness
from demo_lib.http_client import Api, until
from live_reader import LiveReader
from schema_test import Checked

QUEUE = "/api/v1/call_queue"


class PhoneDesk(harness.RegionTest):
    SITES = 0
    SOON_S = 30.0
    supervisor: Checked

    @classmethod
    def until(cls, what: str, holds) -> None:
        until(holds, what, cls.SOON_S)

    def sign_in(self, name: str) -> Api:
        """A new agent of this name; as long as the class lives."""
        user = {"login": f"agent{name}", "name": f"Агент {name}", "roles": ["operator"]}
        of = {"password": f"secret-of-{name}", "sites": [1], "agent": name}
        self.admin(self.node).post("/api/v1/users", user | of)
        api = Api(self.node.url)
        api.sign_in(f"agent{name}", f"secret-of-{name}")
        type(self).addClassCleanup(api.close)
        return api

    def listens(self, api: Api) -> LiveReader:
        """An open screen, until the test ends."""
        cookie = api._headers["Cookie"]
        reader = LiveReader(self.node.url, cookie=cookie, seconds=harness.PATIENCE_S)
        self.addCleanup(reader.close)
        return reader

    def queue(self) -> dict:
        return self.supervisor("GET", QUEUE)

    def line_of(self, name: str) -> dict:
        return next(a for a in self.queue()["agents"] if a["agent"] == name)
