"""The demo's HTTP client against a server that breaks connections off: what it repeats and what it
does not.
"""

from __future__ import annotations

import socket
import threading
import unittest

import paths
from demo_lib.http_client import Api, Unreachable

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server(threading.Thread):
    """Takes one connection after the other. Of each it is told how many requests it answers before
    it breaks off: at the next request, or at once.
    """

    def __init__(self, *answers: int, at_once: bool = False):
        super().__init__(daemon=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._answers = answers
        self._at_once = at_once
        self.requests: list[bytes] = []
        self.broke_off = threading.Event()

    def run(self) -> None:
        for answers in self._answers:
            connection, _ = self._listener.accept()
            with connection:
                self._serve(connection, answers)
            self.broke_off.set()
        self._listener.close()

    def _serve(self, connection: socket.socket, answers: int) -> None:
        for i in range(answers + (not self._at_once)):
            got = b""
            while b"\r\n\r\n" not in got:
                part = connection.recv(65536)
                if not part:
                    return
                got += part
            self.requests.append(got)
            if i < answers:
                connection.sendall(OK)


class Connections(unittest.TestCase):
    def start(self, *answers: int, at_once: bool = False) -> tuple[Server, Api]:
        server = Server(*answers, at_once=at_once)
        server.start()
        api = Api(server.url)
        self.addCleanup(api.close)
        return server, api

    def test_a_connection_is_kept_from_request_to_request(self):
        server, api = self.start(3)
        for _ in range(3):
            self.assertEqual(api.get("/"), {})
        self.assertEqual(len(server.requests), 3)

    def test_a_kept_connection_that_ended_meanwhile_is_replaced(self):
        server, api = self.start(1, 1, at_once=True)
        api.get("/first")
        server.broke_off.wait(10)
        self.assertEqual(api.get("/second"), {})
        self.assertEqual([r.split()[1] for r in server.requests], [b"/first", b"/second"])

    def test_a_request_that_broke_a_kept_connection_goes_out_once_more_with_its_key(self):
        server, api = self.start(1, 1)
        api.get("/first")
        self.assertEqual(api.send("POST", "/second", {}, "key-1").status, 200)
        self.assertEqual(len(server.requests), 3)
        self.assertEqual([b"key-1" in r for r in server.requests], [False, True, True])

    def test_a_new_connection_that_breaks_is_not_tried_again(self):
        server, api = self.start(0, 1)
        with self.assertRaises(Unreachable):
            api.get("/")
        self.assertEqual(len(server.requests), 1)

    def test_nothing_goes_out_three_times(self):
        server, api = self.start(1, 0, 1)
        api.get("/first")
        with self.assertRaises(Unreachable):
            api.get("/second")
        self.assertEqual(len(server.requests), 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
