"""The proxy that loses the network: bytes pass, break or stall, and pass again."""

import socket
import threading
import unittest

import paths
from demo_lib.proxy import Proxy

PATIENCE_S = 10.0


class Echo:
    """A server that sends back what it gets."""

    def __init__(self):
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)  # close() alone leaves accept() waiting
        except OSError:
            pass  # closed before
        self._socket.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._echo, args=(connection,), daemon=True).start()

    @staticmethod
    def _echo(connection):
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data)
            except OSError:
                pass


class ProxyTest(unittest.TestCase):
    def setUp(self):
        self.echo = Echo()
        self.addCleanup(self.echo.close)
        self.proxy = Proxy()
        self.addCleanup(self.proxy.close)
        self.endpoint = self.proxy.open("a", self.echo.endpoint)

    def connect(self, endpoint: str = "") -> socket.socket:
        host, port = (endpoint or self.endpoint).removeprefix("tcp://").split(":")
        connection = socket.create_connection((host, int(port)), PATIENCE_S)
        self.addCleanup(connection.close)
        return connection

    def assert_echoes(self, connection: socket.socket, data: bytes = b"hello"):
        connection.sendall(data)
        got = b""
        while len(got) < len(data):
            part = connection.recv(65536)
            self.assertTrue(part, "the connection ended")
            got += part
        self.assertEqual(got, data)

    def assert_broken(self, connection: socket.socket):
        with self.assertRaises(OSError):
            connection.sendall(b"x")
            if connection.recv(1) == b"":
                raise ConnectionResetError
        connection.close()

    def assert_refused(self):
        try:
            connection = self.connect()
        except OSError:
            return  # the reset came while connecting
        self.assert_broken(connection)

    def test_bytes_pass_in_both_directions(self):
        self.assert_echoes(self.connect(), b"x" * 1_000_000)

    def test_a_closed_link_breaks_connections_and_refuses_new_ones_until_it_is_restored(self):
        open_before = self.connect()
        self.assert_echoes(open_before)
        self.proxy.cut("a", "closed")
        self.assert_broken(open_before)
        self.assert_refused()
        self.proxy.restore("a")
        self.assert_echoes(self.connect())

    def test_a_silent_link_holds_bytes_and_new_connections_until_it_is_restored(self):
        open_before = self.connect()
        self.assert_echoes(open_before)
        self.proxy.cut("a", "silent")
        open_before.sendall(b"held")
        later = self.connect()
        later.sendall(b"too")
        for connection in (open_before, later):
            connection.settimeout(0.2)
            with self.assertRaises(TimeoutError):
                connection.recv(1)
            connection.settimeout(PATIENCE_S)
        self.proxy.restore("a")
        self.assertEqual(open_before.recv(100), b"held")
        self.assertEqual(later.recv(100), b"too")

    def test_a_flaky_link_breaks_connections_under_their_bytes_and_takes_new_ones(self):
        self.proxy.cut("a", "flaky")
        broken = 0
        for _ in range(100):  # a piece breaks in twenty, there and back
            try:
                self.assert_echoes(self.connect())
            except (OSError, AssertionError):
                broken += 1
                break
        self.assertTrue(broken)
        self.proxy.restore("a")
        self.assert_echoes(self.connect(), b"x" * 1_000_000)

    def test_one_link_is_cut_without_the_other(self):
        other = self.connect(self.proxy.open("b", self.echo.endpoint))
        self.proxy.cut("a")
        self.assert_echoes(other)

    def test_a_target_that_is_away_breaks_the_connection(self):
        self.echo.close()
        self.assert_refused()


if __name__ == "__main__":
    unittest.main()
