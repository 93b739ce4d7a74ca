"""A TCP proxy that can lose the network: cuts and restores links behind the back of both ends.

Runs as a process of its own (`python3 -m demo_lib.proxy`), one for any number of links, told what
to do by lines of JSON on standard input, each answered by one line on standard output; it ends with
its input. Three ways to be worse than a wire:
  closed  connections break at once and new ones are reset, as when a router refuses
  silent  nothing moves and nothing breaks, as when a cable is pulled; on restore held bytes move on
  flaky   bytes come late, and now and then a connection breaks under them
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

_CHUNK = 64 << 10
# A mobile modem on a bad day: a third of a second there and back, and one piece in twenty breaks the
# connection.
_LATE_S = 0.15
_BREAKS = 0.05


class Link:
    """One listening port that leads to one target."""

    def __init__(self, host: str, port: int):
        self._target = (host, port)
        self._flows = asyncio.Event()
        self._flows.set()
        self._refuses = False
        self._flaky: random.Random | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def listen(self, port: int = 0) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        return self._server.sockets[0].getsockname()[1]

    def cut(self, how: str) -> None:
        if how == "silent":
            self._flows.clear()
            return
        if how == "flaky":
            self._flaky = random.Random(1)
            return
        self._refuses = True
        for writer in list(self._open):
            _reset(writer)

    def restore(self) -> None:
        self._refuses = False
        self._flaky = None
        self._flows.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._refuses:
                return _reset(writer)
            await self._flows.wait()
            up_reader, up_writer = await asyncio.open_connection(*self._target)
        except OSError:
            return _reset(writer)
        finally:
            self._open.discard(writer)
        pair = {writer, up_writer}
        self._open |= pair
        try:
            await asyncio.gather(self._pump(reader, up_writer), self._pump(up_reader, writer))
        finally:
            self._open -= pair
            for end in pair:
                end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(_CHUNK):
                await self._flows.wait()
                if self._flaky:
                    await asyncio.sleep(_LATE_S)
                    if self._flaky and self._flaky.random() < _BREAKS:
                        return _reset(writer)
                writer.write(data)
                await writer.drain()
            writer.write_eof()
        except OSError:
            writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes with RST: nothing that is still buffered arrives."""
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _obey() -> None:
    links: dict[str, Link] = {}
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(commands), sys.stdin
    )
    while line := await commands.readline():
        command = json.loads(line)
        link = links.get(command["link"])
        answer = {}
        if command["do"] == "open":
            link = links[command["link"]] = Link(command["host"], command["port"])
            answer = {"port": await link.listen()}
        elif command["do"] == "cut":
            link.cut(command["how"])
        elif command["do"] == "restore":
            link.restore()
        print(json.dumps(answer), flush=True)


class Proxy:
    """The proxy process, for whoever starts it. Any thread may call; links of one site are named by
    what they carry.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "demo_lib.proxy"],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def open(self, link: str, endpoint: str) -> str:
        """An endpoint tcp://… that leads to `endpoint`."""
        host, port = endpoint.removeprefix("tcp://").rsplit(":", 1)
        answer = self._tell({"do": "open", "link": link, "host": host, "port": int(port)})
        return f"tcp://127.0.0.1:{answer['port']}"

    def cut(self, link: str, how: str = "closed") -> None:
        self._tell({"do": "cut", "link": link, "how": how})

    def restore(self, link: str) -> None:
        self._tell({"do": "restore", "link": link})

    def close(self) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _tell(self, command: dict) -> dict:
        with self._lock:
            self._process.stdin.write(json.dumps(command).encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the proxy has ended")
        return json.loads(line)


if __name__ == "__main__":
    try:
        asyncio.run(_obey())
    except KeyboardInterrupt:
        pass
