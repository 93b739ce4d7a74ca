"""A trunk between two simulated telephone systems: what the first dials at an endpoint comes in at the
second, with the headers that it was given, and each hears what the other does. A simulator's.
"""

from __future__ import annotations

import threading
import time

from ari_sim import AriSim

LOOK_S = 0.02


class Trunk:
    """From `near`, where it is `endpoint`, to `far`, where it is `name` and leads to `line`. Runs from
    start() to stop().
    """

    def __init__(self, near: AriSim, endpoint: str, far: AriSim, name: str, line: str):
        self._near, self._endpoint = near, endpoint
        self._far, self._name, self._line = far, name, line
        self._calls: dict[str, str] = {}  # channel there → channel here
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.has_room = True  # else every line of it is taken
        near.registers(endpoint)

    def start(self) -> None:
        self._thread.start()

    def calls(self) -> list[str]:
        """Channels there."""
        return list(self._calls.values())

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._ending.is_set():
            self._take_new()
            for near, far in list(self._calls.items()):
                self._carry(near, far)
            time.sleep(LOOK_S)

    def _take_new(self) -> None:
        rings = self._near.leaves_by(self._endpoint).split()
        if not rings or rings[0] in self._calls:
            return
        if not self.has_room:
            self._near.refuses(self._endpoint, "34")
            return
        channel, number, *headers = rings
        self._calls[channel] = self._far.comes_by(self._name, self._line, number, *headers)

    def _carry(self, near: str, far: str) -> None:
        here, there = self._near.fate(near), self._far.fate(far)
        if here.startswith("gone"):
            self._far.hangs_up(far)
            del self._calls[near]
        elif there.startswith("gone"):
            if here == "Ringing":
                self._near.refuses(self._endpoint, there.split()[1])
            else:
                self._near.hangs_up(near)
            del self._calls[near]
        elif there == "Up" and here == "Ringing":
            self._near.answers(self._endpoint)
