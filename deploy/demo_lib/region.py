"""A region of processes on loopback: a hub and nodes, each with a store of its own, enrolled through
the hub's API.

Used by the demo, by the day and by the end-to-end tests. A Region belongs to whoever made it;
add_site may be called from several threads. stop() ends everything that was started, whatever
happened before.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import shutil
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

from .day_traffic import Topic
from .http_client import Api, until
from .processes import Binaries, Daemon, ask_to_stop
from .proxy import Proxy
from .rubricator import as_json

ADMIN = "admin"
# Below the range from which the kernel takes ports of outgoing connections, so that a restarted
# daemon gets its port back.
_PORTS = range(20_000, 32_000)
# A site enrols, connects and has the catalogues within this time, also with 200 others at it.
ENROL_S = 60.0


@dataclass(frozen=True)
class SiteSpec:
    no: int
    name: str
    desks: tuple[str, ...]  # names of desks 1, 2, …
    zone: str = "Europe/Moscow"

    def as_json(self) -> dict:
        desks = [{"no": i, "name": name} for i, name in enumerate(self.desks, 1)]
        return {"no": self.no, "name": self.name, "zone": self.zone, "desks": desks}


@dataclass
class Member:
    """The hub or a site: its process and the secrets of its local administrator and its program.

    The first program is an administrator too, until Region.take_programs_rights.
    """

    daemon: Daemon
    password: str
    token: str
    spec: SiteSpec | None = None
    link: str = ""  # its link in the proxy; empty when it has none
    options: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.daemon.url

    def api(self) -> Api:
        """A new connection as the program."""
        return Api(self.url, self.token)

    def admin(self) -> Api:
        """A new connection, signed in as the local administrator."""
        api = Api(self.url)
        api.sign_in(ADMIN, self.password)
        return api

    def restart(self) -> None:
        self.daemon.start()
        self.daemon.wait_ready()


class Region:
    def __init__(self, root: Path, binaries: Binaries, host: str = "127.0.0.1", password: str = ""):
        self.root = root
        self.password = password  # of all administrators; one each at random when empty
        self._binaries = binaries
        self._host = host
        self._lock = threading.Lock()  # guards the hub's session, the list of sites and taken ports
        self._taken: set[int] = set()
        self._hub_admin: Api | None = None
        self._proxy: Proxy | None = None
        self.hub: Member | None = None
        self.sites: dict[int, Member] = {}
        root.mkdir(parents=True, exist_ok=True)

    def start_hub(self, name: str = "Регион", port: int = 0, zone: str = "Europe/Moscow") -> Member:
        """On the store of an earlier Region in this folder, or a new one. Raises NotReady."""
        options = {
            "--listen": f"{self._host}:{self.free_port(port)}",
            "--link": f"tcp://{self._host}:{self.free_port()}",
            "--enrol": f"tcp://{self._host}:{self.free_port()}",
            "--name": name,
            "--zone": zone,
        }
        self.hub = self._member("hub", self._binaries.hub, options)
        self.hub.restart()
        return self.hub

    def publish(self, topics: list[Topic]) -> None:
        with self.at_hub() as hub:
            path = "/api/v1/catalogues/rubricator"
            form = as_json(topics) | {"version": hub.get(path)["version"]}
            hub.post(path, form, method="PUT")

    def publish_catalogues(self, path: Path) -> None:
        """The catalogues of a JSON file, on a hub that has none of them yet."""
        sample = json.loads(path.read_text("utf-8"))
        with self.at_hub() as hub:
            for kind in ("calendars", "queues", "competence", "templates"):
                for record in sample[kind]:
                    form = {k: v for k, v in record.items() if k != "id"} | {"version": 0}
                    hub.post(f"/api/v1/catalogues/{kind}/{record['id']}", form, method="PUT")

    def add_site(
        self,
        spec: SiteSpec,
        *,
        proxied: str = "",
        port: int = 0,
        options: dict[str, str] | None = None,
    ) -> Member:
        """Declares the site at the hub, enrols it and waits until it has the catalogues. `proxied`
        names its links.
        """
        with self.at_hub() as hub:
            hub.post("/api/v1/sites", spec.as_json())
            code = hub.post(f"/api/v1/sites/{spec.no}/enrolment", {})["code"]
        member = self.new_node(spec, proxied=proxied, port=port, options=options)
        # The code is good for one start only and belongs to no later one.
        plain = list(member.daemon.argv)
        member.daemon.argv = [*plain, "--enrolment-code", code]
        member.restart()
        member.daemon.argv = plain
        self.wait_connected(member)
        return member

    def new_node(
        self,
        spec: SiteSpec,
        *,
        proxied: str = "",
        port: int = 0,
        options: dict[str, str] | None = None,
    ) -> Member:
        """A site's node, with the store of an earlier Region in this folder or a new one with an
        administrator; not started.
        """
        link, enrol = self.hub.options["--link"], self.hub.options["--enrol"]
        if proxied:
            link, enrol = self.proxy.open(f"{proxied} link", link), self.proxy.open(
                f"{proxied} enrol", enrol
            )
        chosen = {
            "--listen": f"{self._host}:{self.free_port(port)}",
            "--hub": link,
            "--hub-enrol": enrol,
            **(options or {}),
        }
        member = self._member(f"site-{spec.no:03}", self._binaries.node, chosen, spec)
        member.link = proxied
        with self._lock:
            self.sites[spec.no] = member
        return member

    def wait_connected(self, member: Member) -> None:
        api = member.api()
        with contextlib.closing(api):
            until(
                lambda: api.get("/api/v1/sync")["connected"],
                f"{member.spec.name} is connected",
                ENROL_S,
            )
            until(
                lambda: api.get("/api/v1/catalogues/rubricator")["topics"],
                f"{member.spec.name} has the rubricator",
                ENROL_S,
            )

    @property
    def proxy(self) -> Proxy:
        with self._lock:
            if self._proxy is None:
                self._proxy = Proxy()
            return self._proxy

    def cut(self, member: Member, how: str = "closed") -> None:
        for port in ("link", "enrol"):
            self.proxy.cut(f"{member.link} {port}", how)

    def restore(self, member: Member) -> None:
        for port in ("link", "enrol"):
            self.proxy.restore(f"{member.link} {port}")

    @staticmethod
    def hub_sites(hub: Api) -> dict[int, dict]:
        """What the hub says of each site."""
        return {item["no"]: item for item in hub.get("/api/v1/sites")["items"]}

    def free_port(self, wanted: int = 0) -> int:
        """`wanted` if it is free, else any."""
        port = wanted or random.choice(_PORTS)
        with self._lock:
            while port in self._taken or not port_is_free(self._host, port):
                port = random.choice(_PORTS)
            self._taken.add(port)
        return port

    def stop(self) -> None:
        """Nodes first: what they still have goes to the hub or stays in their journals."""
        ask_to_stop([m.daemon for m in self.sites.values()])
        if self.hub:
            ask_to_stop([self.hub.daemon])
        if self._proxy:
            self._proxy.close()
            self._proxy = None

    @contextlib.contextmanager
    def at_hub(self):
        """The hub as its administrator, one caller at a time."""
        with self._lock:
            if self._hub_admin is None:
                self._hub_admin = self.hub.admin()
            yield self._hub_admin

    def take_programs_rights(self) -> None:
        """From here on every member's program is one that is nothing else, the same at each start."""
        for member in (self.hub, *self.sites.values()):
            token_file = self.root / "secrets" / f"{member.daemon.name}.program"
            if not token_file.exists():
                _write_secret(token_file, _new_program(member))
            member.token = token_file.read_text().strip()

    def _member(
        self, name: str, binary: Path, options: dict[str, str], spec: SiteSpec | None = None
    ) -> Member:
        data = self.root / name
        secret = self.root / "secrets"
        secret.mkdir(mode=0o700, exist_ok=True)
        password_file, token_file = secret / f"{name}.password", secret / f"{name}.token"
        if not token_file.exists():
            _write_secret(password_file, self.password or secrets.token_urlsafe(12))
            _init_admin(self._binaries.tool, data, password_file, token_file)
        argv = [
            str(binary),
            "--data",
            str(data),
            *(part for pair in options.items() for part in pair),
        ]
        daemon = Daemon(name, argv, data, self.root / f"{name}.log")
        return Member(
            daemon,
            password_file.read_text().strip(),
            token_file.read_text().strip(),
            spec,
            options=options,
        )


def _new_program(member: Member) -> str:
    """A user of this place that is a program and nothing else: its token."""
    no = member.spec.no if member.spec else 0
    form = {"login": f"robot{no}", "name": "Программа", "roles": ["program"], "sites": [no]}
    with contextlib.closing(member.admin()) as admin:
        user = admin.post("/api/v1/users", form)
        return admin.post(f"/api/v1/users/{user['id']}/token", {})["token"]


def _init_admin(tool: Path, data: Path, password_file: Path, token_file: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    done = subprocess.run(
        [
            tool,
            "init-admin",
            "--data",
            data,
            "--login",
            ADMIN,
            "--password-file",
            password_file,
            "--program-token-file",
            token_file,
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(
            f"opora init-admin for {data} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )


def _write_secret(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text + "\n")


def port_is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
