"""Reads what a daemon says by itself (/api/v1/live): a WebSocket client that only listens, without
extensions and for short frames.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from urllib.parse import urlsplit


class Closed(EOFError):
    """The daemon ended the connection by a close frame."""

    def __init__(self, code: int, reason: str):
        super().__init__(f"closed with {code}: {reason}")
        self.code = code


class LiveReader:
    """One connection with a bearer token or a session's cookie. Raises OSError, EOFError, ValueError."""

    def __init__(
        self,
        url: str,
        token: str = "",
        cookie: str = "",
        seconds: float = 20.0,
        path: str = "/api/v1/live",
    ):
        where = urlsplit(url)
        self._socket = socket.create_connection((where.hostname, where.port), seconds)
        self._stream = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
        )
        # A cookie without an Origin is refused: it would be somebody else's page.
        head += (
            f"Origin: {url}\r\nCookie: {cookie}\r\n\r\n"
            if cookie
            else f"Authorization: Bearer {token}\r\n\r\n"
        )
        self._socket.sendall(head.encode())
        status = self._stream.readline()
        if b" 101 " not in status:
            raise ValueError(f"no WebSocket: {status!r}")
        while self._stream.readline() not in (b"\r\n", b""):
            pass

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def ping(self) -> None:
        """The API's own ping, which is answered by a message."""
        self._send(0x1, b'{"type":"ping"}')

    def message(self) -> dict:
        """The next text frame."""
        while True:
            kind, body = self._frame()
            if kind == 0x1:
                return json.loads(body)
            if kind == 0x9:
                self._send(0xA, body)
            if kind == 0x8:
                if len(body) < 2:
                    raise EOFError("the daemon closed the connection")
                raise Closed(struct.unpack(">H", body[:2])[0], body[2:].decode())

    def of_type(self, name: str) -> dict:
        """The next message of this type; others are passed over."""
        while (message := self.message())["type"] != name:
            pass
        return message

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._exactly(2)
        if not first & 0x80 or second & 0x80:
            raise ValueError("a frame in parts, or masked")
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", self._exactly(2))
        elif length == 127:
            raise ValueError("a frame of more than 64 KiB")
        return first & 0x0F, self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        got = self._stream.read(count)
        if len(got) < count:
            raise EOFError("the connection broke")
        return got

    def _send(self, kind: int, body: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(b ^ mask[i % 4] for i, b in enumerate(body))
        self._socket.sendall(bytes((0x80 | kind, 0x80 | len(body))) + mask + masked)
