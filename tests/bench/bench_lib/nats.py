"""A site and a region made of NATS JetStream: a leaf node with a stream of its own and a hub whose
stream sources it. Debian's nats-server, on loopback, with its own defaults for syncing (it does not
wait for the disk). The client speaks the text protocol over a plain socket.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import shutil
import socket
import subprocess
import time
from pathlib import Path

from .peers import Absent, Started, free_port, median_and_p99, wait_for

MESSAGE_BYTES = 600
_PUBLISHED_AT_ONCE = 100
_HUB = """listen: 127.0.0.1:{port}
server_name: hub
jetstream {{ store_dir: "{folder}", domain: hub, max_file: 20G }}
leafnodes {{ listen: "127.0.0.1:{link}" }}
"""
_LEAF = """listen: 127.0.0.1:{port}
server_name: leaf
jetstream {{ store_dir: "{folder}", domain: leaf, max_file: 20G }}
leafnodes {{ remotes: [ {{ url: "nats://127.0.0.1:{link}" }} ] }}
"""


class Client:
    """One connection. Requests and deliveries are read in turn, by one thread."""

    def __init__(self, port: int):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._input = self._socket.makefile("rb")
        self._input.readline()  # INFO
        options = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True}
        self.send(f"CONNECT {json.dumps(options)}\r\nSUB _INBOX.> 1\r\n".encode())
        self._requests = 0

    def close(self) -> None:
        self._input.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def next_message(self) -> tuple[str, bytes]:
        """Subject and body without headers (empty when nobody responds)."""
        while line := self._input.readline():
            words = line.split()
            if words[0] == b"PING":
                self.send(b"PONG\r\n")
            elif words[0] == b"MSG":
                return words[1].decode(), self._input.read(int(words[-1]) + 2)[:-2]
            elif words[0] == b"HMSG":
                headers, size = int(words[-2]), int(words[-1])
                return words[1].decode(), self._input.read(size + 2)[headers:-2]
            elif words[0] == b"-ERR":
                raise RuntimeError(f"nats-server: {line.decode().strip()}")
        raise ConnectionError("nats-server closed the connection")

    def request(self, subject: str, body: dict | None = None) -> dict:
        self._requests += 1
        reply = f"_INBOX.{self._requests}"
        data = json.dumps(body).encode() if body is not None else b""
        self.send(f"PUB {subject} {reply} {len(data)}\r\n".encode() + data + b"\r\n")
        while True:
            subject_of, answer = self.next_message()
            if subject_of == reply:
                return json.loads(answer or b"{}")

    def create(self, subject: str, body: dict) -> None:
        answer = self.request(subject, body)
        if "error" in answer or not answer:
            raise RuntimeError(f"{subject}: {answer.get('error', 'nobody answers')}")

    def messages(self, stream: str) -> int:
        return self.request(f"$JS.API.STREAM.INFO.{stream}").get("state", {}).get("messages", 0)


class Server:
    """One nats-server; ends by its process id."""

    def __init__(self, folder: Path, config: str, link: int):
        self.port = free_port()
        self._folder = folder
        folder.mkdir()
        text = config.format(port=self.port, link=link, folder=folder / "data")
        (folder / "config").write_text(text)
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        argv = ["nats-server", "-c", self._folder / "config", "-l", self._folder / "log"]
        self._process = subprocess.Popen(argv)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(60)
        self._process = None

    def client(self) -> contextlib.closing[Client]:
        return contextlib.closing(Client(self.port))


class Region(Started):
    """The leaf's stream EVENTS and the hub's stream REGION, which sources it."""

    def __init__(self, folder: Path):
        if not shutil.which("nats-server"):
            raise Absent("nats-server is not installed")
        folder.mkdir()
        self.link = free_port()
        self.hub = Server(folder / "hub", _HUB, self.link)
        self.leaf = Server(folder / "leaf", _LEAF, self.link)

    def _stop(self) -> None:
        self.hub.stop()
        self.leaf.stop()

    def _start(self) -> None:
        for server in (self.hub, self.leaf):
            server.start()
            wait_for(lambda server=server: _listens(server.port), 10, "nats-server")
        with self.leaf.client() as leaf, self.hub.client() as hub:
            leaf.create("$JS.API.STREAM.CREATE.EVENTS", {"name": "EVENTS", "subjects": ["event"]})
            source = {"name": "EVENTS", "external": {"api": "$JS.leaf.API"}}
            hub.create("$JS.API.STREAM.CREATE.REGION", {"name": "REGION", "sources": [source]})
            publish(leaf, 1)
            wait_for(lambda: hub.messages("REGION") == 1, 30, "the first message at the hub")

    def catch_up(self, messages: int) -> dict:
        """The hub goes away, `messages` pile up at the leaf, the hub comes back."""
        self.hub.stop()
        with self.leaf.client() as leaf:
            publish(leaf, messages)
            wait_for(lambda: leaf.messages("EVENTS") == messages + 1, 120, "all at the leaf")
        self.hub.start()
        wait_for(lambda: _listens(self.link), 30, "the hub's return", pause_s=0.001)
        back = time.monotonic()
        wait_for(lambda: _listens(self.hub.port), 30, "the hub's return", pause_s=0.001)
        first = None
        with self.hub.client() as hub:
            while (there := hub.messages("REGION")) <= messages:
                if first is None and there > 1:
                    first = time.monotonic()
                time.sleep(0.01)
        end = time.monotonic()
        return {"first_ms": ((first or end) - back) * 1e3, "seconds": end - back}

    def live(self, rate: int, seconds: float) -> dict:
        """From a publication at the leaf to its delivery out of the hub's stream."""
        count = int(rate * seconds)
        consumer = {"deliver_subject": "live", "ack_policy": "none", "deliver_policy": "new"}
        with self.hub.client() as hub:
            hub.send(b"SUB live 2\r\n")
            body = {"stream_name": "REGION", "config": consumer}
            hub.create("$JS.API.CONSUMER.CREATE.REGION", body)
            # A process of its own: its pace must not depend on what is read here.
            sender = multiprocessing.Process(target=_pace, args=(self.leaf.port, rate, count))
            sender.start()
            times = []
            while len(times) < count:
                subject, text = hub.next_message()
                if subject == "event":  # as it was published
                    times.append((time.monotonic_ns() - int(text[:20])) / 1e3)
            sender.join()
        return median_and_p99(times[rate // 2 :])  # half a second to get warm


def _pace(port: int, rate: int, count: int) -> None:
    client = Client(port)
    begin = time.monotonic()
    for i in range(count):
        time.sleep(max(0.0, begin + i / rate - time.monotonic()))
        text = b"%020d" % time.monotonic_ns()
        padding = b"x" * (MESSAGE_BYTES - len(text))
        client.send(b"PUB event %d\r\n" % MESSAGE_BYTES + text + padding + b"\r\n")
    client.close()


def publish(client: Client, messages: int) -> None:
    one = b"PUB event %d\r\n" % MESSAGE_BYTES + b"x" * MESSAGE_BYTES + b"\r\n"
    several = one * _PUBLISHED_AT_ONCE
    for _ in range(messages // _PUBLISHED_AT_ONCE):
        client.send(several)
    client.send(one * (messages % _PUBLISHED_AT_ONCE))


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
