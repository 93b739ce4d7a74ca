"""A node on a small disk that really fills up: a desk finishes its calls, nothing is said to be saved
that is not, and it goes on by itself when there is room (OFF).

The disk is a tmpfs of its own, so this needs the right to mount one.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import unittest
from pathlib import Path

import harness
from demo_lib.http_client import Refused, Unreachable, until
from demo_lib.processes import NotReady

MIB = 1 << 20
# The store's logs and its reserve, twice the limit of disk_room.h, and some room to work in.
DISK = 220 * MIB
_LIBC = ctypes.CDLL(None, use_errno=True)


def mount(folder: Path, size: int) -> None:
    """Raises PermissionError where nobody may mount."""
    options = f"size={size},mode=700".encode()
    if _LIBC.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 0, options) != 0:
        code = ctypes.get_errno()
        raise PermissionError(code, os.strerror(code))


def unmount(folder: Path) -> None:
    _LIBC.umount2(str(folder).encode(), 2)  # MNT_DETACH: it goes when nobody uses it


class FullDisk(harness.RegionTest):
    SITES = 0

    def setUp(self) -> None:
        self.site = self.region.add_site(harness.spec(self._next() + 20))
        self.addCleanup(self.site.daemon.kill)
        self.site.daemon.stop()
        self.disk = self.site.daemon.data
        self.move_to_small_disk()
        self.site.restart()
        self.filler = self.disk / "filler"

    def move_to_small_disk(self) -> None:
        large = self.disk.rename(self.disk.with_suffix(".large"))
        self.disk.mkdir()
        try:
            mount(self.disk, DISK)
        except PermissionError as reason:
            self.skipTest(f"no right to mount a small disk: {reason}")
        self.addCleanup(unmount, self.disk)
        shutil.copytree(large, self.disk, dirs_exist_ok=True)

    def free(self) -> int:
        room = os.statvfs(self.disk)
        return room.f_bavail * room.f_frsize

    def leave(self, size: int) -> None:
        """Another program writes until so many bytes are free."""
        with self.filler.open("ab") as out:
            missing = self.free() - size
            os.posix_fallocate(out.fileno(), out.tell(), max(1, missing))

    def ready(self) -> str:
        answer = self.program(self.site).send("GET", "/readyz")
        return answer.body.decode() if answer.status == 200 else ""

    def register(self, **more) -> str:
        """The number of the ticket; the form may be told to be a long one."""
        form = harness.ticket_contact(**more)
        return self.program(self.site).post("/api/v1/contacts", form)["ticket"]["number"]

    def assert_here(self, numbers: list[str]) -> None:
        api = self.program(self.site)
        for number in numbers:
            self.assertIn("терапевту", api.get(f"/api/v1/tickets/{number}")["summary"])

    def test_calls_are_taken_down_all_else_waits_and_room_is_enough_to_go_on(self):
        made = [self.register()]
        operator = self.user("operator", self.site)
        comment = {"action": "comment", "text": "Ждём"}
        actions = f"/api/v1/tickets/{made[0]}/actions"
        self.leave(40 * MIB)
        until(lambda: "disk is full" in self.ready(), "the disk is low", 30)
        self.assertFalse((self.disk / "reserve").exists())

        made.append(self.register())
        with self.assertRaises(Refused) as refused:
            operator.post(actions, comment)
        problem = refused.exception.answer.json()
        self.assertEqual((problem["code"], problem["path"]), ("unavailable", "disk"))
        self.assertIn("диск заполнен", problem["detail"])

        self.filler.unlink()
        until(lambda: self.ready() == "ready", "there is room again", 30)
        self.assertTrue((self.disk / "reserve").exists())
        operator.post(actions, comment)
        self.assert_here(made)

    def try_register(self) -> str | None:
        """One attempt; nothing when it was not said to be saved. A daemon that ended is started
        again, as a service manager would.
        """
        form = harness.ticket_contact(note="долгая история " * 250)
        api = self.program(self.site)
        try:
            answer = api.send("POST", "/api/v1/contacts", form)
            if answer.status == 201:
                return answer.json()["ticket"]["number"]
        except Unreachable:
            pass
        self.keep_running()
        return None

    def keep_running(self) -> None:
        daemon = self.site.daemon
        until(lambda: not daemon.alive() or self.answers(), "the node serves or has ended", 60)
        if not daemon.alive():
            with contextlib.suppress(NotReady):
                self.site.restart()

    def answers(self) -> bool:
        try:
            return self.program(self.site).send("GET", "/livez").status == 200
        except Unreachable:
            return False

    def test_a_disk_without_a_byte_left_loses_nothing_that_was_said_to_be_saved(self):
        made = [self.register()]
        self.leave(0)
        # The reserve takes some hundreds of long forms, after a new start at the latest.
        refusals = 0
        while refusals < 5 and len(made) < 10_000:
            number = self.try_register()
            refusals = 0 if number else refusals + 1
            made += [number] if number else []
        self.assertEqual(refusals, 5, "the disk never filled up")
        self.assertGreater(len(made), 100, "the reserve let nobody finish a call")

        self.filler.unlink()
        self.keep_running()
        until(lambda: self.ready() == "ready", "there is room again", 60)
        made.append(self.register())
        self.assert_here(made)
        self.wait_whole(self.site.spec.no)


if __name__ == "__main__":
    unittest.main()
