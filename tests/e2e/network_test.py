"""Networks that are worse than a wire: a hub and a site in network namespaces of their own, whose cable
is pulled, whose answers vanish, whose packets are late or lost; and a modem that breaks connections
(OFF, P: nothing lost, nothing twice).

Namespaces need root; late and lost packets need netem in the kernel. Where they are missing the proxy
shows what it can.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import subprocess
import unittest

import harness
from demo_lib.http_client import until
from demo_lib.processes import Binaries
from demo_lib.region import Member, Region

_LIBC = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000
_HUB_ADDRESS, _SITE_ADDRESS = "10.231.77.1", "10.231.77.2"
_FORMS = 12


def ip(*arguments: str) -> None:
    """Raises CalledProcessError with what ip said."""
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@contextlib.contextmanager
def inside(name: str):
    """This thread is in that namespace: what it connects to is there."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        if _LIBC.setns(there, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        yield
    finally:
        _LIBC.setns(home, _CLONE_NEWNET)
        os.close(there)
        os.close(home)


class Apart(Region):
    """Hub and sites each in a namespace: their HTTP is on that namespace's own loopback."""

    def __init__(self, root, binaries: Binaries, hub_space: str, site_space: str):
        super().__init__(root, binaries)
        self._spaces = {"hub": hub_space, "site": site_space}
        self._space_of_port: dict[int, str] = {}
        self._connect = socket.create_connection
        socket.create_connection = self._connect_inside

    def close(self) -> None:
        socket.create_connection = self._connect

    def _connect_inside(self, address, *rest, **named):
        space = self._space_of_port.get(address[1])
        with inside(space) if space else contextlib.nullcontext():
            return self._connect(address, *rest, **named)

    def _member(self, name, binary, options, spec=None) -> Member:
        if name == "hub":
            for door in ("--link", "--enrol"):
                options[door] = options[door].replace("127.0.0.1", _HUB_ADDRESS)
        member = super()._member(name, binary, options, spec)
        space = self._spaces[name.split("-")[0]]
        self._space_of_port[int(options["--listen"].rsplit(":", 1)[1])] = space
        member.daemon.argv = ["ip", "netns", "exec", space, *member.daemon.argv]
        return member


class Namespaces(harness.RegionTest):
    SITES = 0

    @classmethod
    def setUpClass(cls) -> None:
        cls.hub_space, cls.site_space = (f"opora-{end}-{os.getpid()}" for end in ("hub", "site"))
        try:
            cls.lay_cable()
        except (subprocess.CalledProcessError, FileNotFoundError) as reason:
            raise unittest.SkipTest(f"no network namespaces here: {reason}") from None
        super().setUpClass()
        cls.region.add_site(harness.spec(1))

    @classmethod
    def lay_cable(cls) -> None:
        for space in (cls.hub_space, cls.site_space):
            ip("netns", "add", space)
            cls.addClassCleanup(ip, "netns", "delete", space)
            ip("-n", space, "link", "set", "lo", "up")
        ends = ("type", "veth", "peer", "name", "cable", "netns", cls.site_space)
        ip("-n", cls.hub_space, "link", "add", "cable", *ends)
        for space, address in ((cls.hub_space, _HUB_ADDRESS), (cls.site_space, _SITE_ADDRESS)):
            ip("-n", space, "address", "add", f"{address}/30", "dev", "cable")
            ip("-n", space, "link", "set", "cable", "up")

    @classmethod
    def new_region(cls, folder: str) -> Region:
        binaries = Binaries.of_build(harness.BUILD)
        region = Apart(cls.root / folder, binaries, cls.hub_space, cls.site_space)
        cls.addClassCleanup(region.close)
        cls.addClassCleanup(cls._end, region)
        return region

    def linked(self) -> bool:
        return self.program(self.node).get("/api/v1/sync")["connected"]

    def register(self) -> list[str]:
        api = self.program(self.node)
        made = [api.post("/api/v1/contacts", harness.ticket_contact()) for _ in range(_FORMS)]
        return [one["ticket"]["number"] for one in made]

    def assert_whole(self, numbers: list[str]) -> None:
        """Each of them at the hub, once, and the same state at both ends."""
        self.wait_whole(1)
        self.assert_same_state(1)
        at_hub = [t["number"] for t in self.pages(self.admin(self.hub), "/api/v1/tickets?site=1")]
        for number in numbers:
            self.assertEqual(at_hub.count(number), 1, number)

    def test_a_pulled_cable_with_a_kill_loses_nothing(self):
        before = self.register()
        self.assert_whole(before)
        ip("-n", self.site_space, "link", "set", "cable", "down")
        until(lambda: not self.linked(), "the site notices", 30)
        apart = self.register()
        self.node.daemon.kill()
        self.node.restart()
        apart += self.register()
        self.assertGreater(self.program(self.node).get("/api/v1/sync")["pending"], 0)
        ip("-n", self.site_space, "link", "set", "cable", "up")
        self.assert_whole(before + apart)

    def test_answers_that_vanish_are_noticed_and_nothing_is_applied_twice(self):
        gone = ("route", "add", "blackhole", f"{_SITE_ADDRESS}/32")
        self.addCleanup(self.heal)
        ip("-n", self.hub_space, *gone)
        made = self.register()
        until(lambda: not self.linked(), "the site notices", 60)
        made += self.register()
        self.heal()
        self.assert_whole(made)

    def heal(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            ip("-n", self.hub_space, "route", "delete", "blackhole", f"{_SITE_ADDRESS}/32")

    def test_packets_that_are_late_and_lost_arrive_in_the_end(self):
        worse = ["netem", "delay", "150ms", "50ms", "loss", "8%"]
        for space in (self.hub_space, self.site_space):
            qdisc = ["ip", "netns", "exec", space, "tc", "qdisc"]
            added = subprocess.run(
                [*qdisc, "add", "dev", "cable", "root", *worse], capture_output=True, text=True
            )
            if added.returncode != 0:
                self.skipTest(f"no netem in this kernel (a flaky proxy below): {added.stderr}")
            self.addCleanup(subprocess.run, [*qdisc, "delete", "dev", "cable", "root"])
        self.assert_whole(self.register())


class FlakyModem(harness.RegionTest):
    PROXIED = True

    def test_late_bytes_and_breaking_connections_lose_nothing(self):
        site = self.node
        self.region.cut(site, "flaky")
        api = self.program(site)
        numbers = []
        for _ in range(_FORMS):
            made = api.post("/api/v1/contacts", harness.ticket_contact())
            numbers.append(made["ticket"]["number"])
            until(
                lambda: api.get("/api/v1/sync")["pending"] == 0, "it is in the region all the same"
            )
        self.region.restore(site)
        self.wait_whole(1)
        self.assert_same_state(1)
        at_hub = [t["number"] for t in self.pages(self.admin(self.hub), "/api/v1/tickets?site=1")]
        self.assertEqual(sorted(at_hub), sorted(numbers))


if __name__ == "__main__":
    unittest.main()
