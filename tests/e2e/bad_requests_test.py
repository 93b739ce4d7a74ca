"""Requests that no browser sends, byte by byte: each is answered with 4xx or the connection closes,
and the process lives.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import unittest
from urllib.parse import urlsplit

import harness
from demo_lib.http_client import Api, until

# Above every deadline of the server for a header or a slow body.
DEADLINE_S = 60.0
POST = b"POST /api/v1/contacts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"


def get(
    *headers: bytes,
    target: bytes = b"/livez",
    version: bytes = b"HTTP/1.1",
    host: bytes = b"Host: a",
) -> bytes:
    lines = [b"GET " + target + b" " + version, *([host] if host else []), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


# What is sent → why it is bad.
BAD = {
    "no host": get(host=b""),
    "two hosts": get(b"Host: b"),
    "an empty request line": b"\r\n\r\n\r\n",
    "no version": b"GET /livez\r\n\r\n",
    "a version of the future": get(version=b"HTTP/9.9"),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a TLS hello on a plain port": bytes.fromhex("160301020001 0001fc0303".replace(" ", ""))
    + b"\x00" * 500,
    "a zero byte in the target": get(target=b"/live\x00z"),
    "a control character in a header": get(b"X-A: a\x01b"),
    "a header without a colon": get(b"nonsense"),
    "a header name with a space": get(b"Content-Length : 5"),
    "a folded header": get(b"X-A: a\r\n  b"),
    "a header line of 100 KiB": get(b"X-A: " + b"a" * 100_000),
    "ten thousand headers": get(*(b"X-%d: a" % i for i in range(10_000))),
    "a target of 100 KiB": get(target=b"/" + b"a" * 100_000),
    "a broken escape in the target": get(target=b"/api/v1/tickets/%zz"),
    "a target that climbs out": get(target=b"/../../../etc/passwd"),
    "an encoded target that climbs out": get(target=b"/%2e%2e/%2e%2e/etc/passwd"),
    "a proxy's target": get(target=b"http://example.org:99999999/"),
    "a method of 10 KiB": b"X" * 10_000 + b" /livez HTTP/1.1\r\nHost: a\r\n\r\n",
    "an unknown method": b"BREW /livez HTTP/1.1\r\nHost: a\r\n\r\n",
    "CONNECT": b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
    "TRACE": b"TRACE /livez HTTP/1.1\r\nHost: a\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n{}",
    "a length that is no number": POST + b"Content-Length: 2x\r\n\r\n{}",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
    "a length beyond 64 bits": POST + b"Content-Length: 99999999999999999999\r\n\r\n{}",
    "a length of a terabyte": POST + b"Content-Length: 1099511627776\r\n\r\n{}",
    "length and chunks": CHUNKED + b"Content-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "gzip, chunked": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunked in two headers": CHUNKED + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "identity": POST + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n2\r\n{}\r\n0\r\n\r\n",
    "a chunk size that is no number": CHUNKED + b"\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a chunk size beyond 64 bits": CHUNKED + b"\r\n" + b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n",
    "a chunk extension of a megabyte": CHUNKED
    + b"\r\n2;a="
    + b"b" * 1_000_000
    + b"\r\n{}\r\n0\r\n\r\n",
    "extensions at each of 20 000 chunks": CHUNKED
    + b"\r\n"
    + b"1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=b\r\n \r\n" * 20_000,
    "a trailer of 70 KiB": CHUNKED + b"\r\n2\r\n{}\r\n0\r\nX-T: " + b"t" * 70_000 + b"\r\n\r\n",
    "trailers by the thousand": CHUNKED
    + b"\r\n2\r\n{}\r\n0\r\n"
    + b"X-T: t\r\n" * 20_000
    + b"\r\n",
    "two megabytes in chunks": CHUNKED
    + b"\r\n"
    + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 32
    + b"0\r\n\r\n",
    "an upgrade to something unknown": get(
        b"Connection: Upgrade", b"Upgrade: h2c", target=b"/api/v1/live"
    ),
    "a WebSocket without a key": get(
        b"Connection: Upgrade", b"Upgrade: websocket", target=b"/api/v1/live"
    ),
    "an expectation that nobody knows": POST + b"Content-Length: 2\r\nExpect: 300-wonder\r\n\r\n{}",
    "only noise": bytes(range(256)) * 300,
}

# Bodies that are no contact. Each is refused with a problem that has a code.
BAD_BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "more after the JSON": b"{} {}",
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "no UTF-8": b'{"summary":"\xff\xfe"}',
    "half a surrogate pair": b'{"summary":"\\ud800"}',
    "a zero byte in a text": json.dumps(harness.contact(applicant="a\0b")).encode(),
    "nested ten thousand deep": b"[" * 10_000,
    "nested objects, ten thousand deep": b'{"a":' * 10_000,
    "a number of a hundred thousand digits": b'{"desk":' + b"9" * 100_000 + b"}",
    "a number beyond every exponent": b'{"desk":1e999999}',
    "not a number": b'{"desk":NaN}',
    "a text beyond its limit": json.dumps(harness.contact(details="д" * 4001)).encode(),
    "a member twice": b'{"channel":"phone",' + json.dumps(harness.contact()).encode()[1:],
}


class BadRequests(harness.RegionTest):
    def tearDown(self):
        for member in self.members:
            self.assertTrue(
                member.daemon.alive(), f"{member.daemon.name}: {member.daemon.log_end()}"
            )
            api = Api(member.url)
            self.assertEqual(api.request("GET", "/livez").status, 200)
            api.close()

    @property
    def members(self):
        return [self.node, self.hub]

    def connect(self, member) -> socket.socket:
        where = urlsplit(member.url)
        connection = socket.create_connection((where.hostname, where.port), DEADLINE_S)
        self.addCleanup(connection.close)
        return connection

    def exchange(self, member, data: bytes) -> int:
        """The status of the first answer; 0 when the connection closed without one."""
        connection = self.connect(member)
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server may refuse before everything is sent
        return self.status(connection)

    @staticmethod
    def status(connection: socket.socket) -> int:
        got = b""
        try:
            while b"\r\n" not in got and len(got) < 4096:
                part = connection.recv(4096)
                if not part:
                    break
                got += part
        except ConnectionError:
            pass
        return int(got.split(b" ", 2)[1]) if got.startswith(b"HTTP/1.") else 0

    def test_each_bad_request_is_refused_or_closed_and_the_process_lives(self):
        for member in self.members:
            for what, data in BAD.items():
                with self.subTest(what, at=member.daemon.name):
                    status = self.exchange(member, data)
                    self.assertTrue(
                        status == 0 or 400 <= status < 500 or status in (501, 505), status
                    )
                    self.assertTrue(member.daemon.alive(), member.daemon.log_end())

    def test_each_bad_body_is_refused_with_a_problem_that_has_a_code(self):
        program = self.program(self.node)
        for what, body in BAD_BODIES.items():
            with self.subTest(what):
                headers = {
                    "Content-Type": "application/json",
                    "Idempotency-Key": f"bad-{self._next()}",
                }
                answer = program.request("POST", "/api/v1/contacts", body, headers)
                self.assertIn(answer.status, (400, 413, 422))
                self.assertEqual(
                    answer.headers["content-type"].split(";")[0], "application/problem+json"
                )
                self.assertTrue(answer.json()["code"])

    def test_a_body_that_does_not_say_that_it_is_json_is_refused_whatever_it_holds(self):
        """What a page of another site can make a browser send without asking."""
        body = json.dumps(harness.contact()).encode()
        for member in self.members:
            program = self.program(member)
            for kind in (
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "",
            ):
                for path in ("/api/v1/contacts", "/api/v1/session", "/api/v1/problems"):
                    with self.subTest(kind, at=member.daemon.name, path=path):
                        headers = {"Idempotency-Key": f"typed-{self._next()}"}
                        headers |= {"Content-Type": kind} if kind else {}
                        answer = program.request("POST", path, body, headers)
                        if answer.status == 405:  # the hub registers no contacts
                            self.assertEqual(member, self.hub)
                            continue
                        self.assertEqual(answer.status, 415)
                        self.assertEqual(
                            (answer.json()["code"], answer.json()["path"]),
                            ("unsupported", "Content-Type"),
                        )

    def test_a_body_beyond_the_limit_is_refused_before_it_is_read(self):
        status = self.exchange(
            self.node, POST + b"Content-Length: 5242880\r\n\r\n" + b" " * (5 << 20)
        )
        self.assertIn(status, (0, 401, 413))

    def assert_cut_off(self, connection: socket.socket, drop: bytes) -> None:
        """A byte every half second does not keep a connection open."""
        began = time.monotonic()
        connection.settimeout(0.5)
        try:
            while time.monotonic() - began < DEADLINE_S:
                connection.sendall(drop)
                try:
                    part = connection.recv(4096)
                except TimeoutError:
                    continue
                self.assertTrue(part == b"" or part.startswith(b"HTTP/1.1 4"), part)
                return
        except ConnectionError:
            return
        self.fail(f"still open after {DEADLINE_S} s")

    def test_a_header_that_never_ends_is_cut_off(self):
        connection = self.connect(self.node)
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\nX-A: ")
        self.assert_cut_off(connection, b"a")

    def test_a_body_that_drips_is_cut_off(self):
        connection = self.connect(self.node)
        authorization = b"Authorization: Bearer " + self.node.token.encode() + b"\r\n"
        connection.sendall(POST + authorization + b"Content-Length: 60000\r\n\r\n{")
        self.assert_cut_off(connection, b" ")

    def test_a_crowd_of_idle_connections_does_not_keep_others_out_for_good(self):
        crowd = []
        for _ in range(2000):
            try:
                where = urlsplit(self.node.url)
                crowd.append(socket.create_connection((where.hostname, where.port), 2))
            except OSError:
                break
        for connection in crowd:
            connection.close()
        api = Api(self.node.url)
        self.addCleanup(api.close)
        until(lambda: api.request("GET", "/livez").status == 200, "the node answers again")

    def test_requests_in_one_packet_are_answered_in_order(self):
        connection = self.connect(self.node)
        connection.sendall(get() * 20 + get(b"Connection: close"))
        got = b""
        while part := connection.recv(65536):
            got += part
        self.assertEqual(got.count(b"HTTP/1.1 200"), 21)

    def test_garbage_on_the_ports_of_the_link_does_no_harm(self):
        for option in ("--link", "--enrol"):
            host, port = self.hub.options[option].removeprefix("tcp://").rsplit(":", 1)
            for noise in (
                b"\0" * 100_000,
                bytes(range(256)) * 1000,
                b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\0NULL" + b"\0" * 48,
                get(),
            ):
                with socket.create_connection((host, int(port)), 5) as connection:
                    try:
                        connection.sendall(noise)
                        connection.settimeout(1)
                        connection.recv(1000)
                    except OSError:
                        pass
        until(
            lambda: self.program(self.node).get("/api/v1/sync")["connected"],
            "the node is connected",
            30,
        )

    def test_a_hundred_clients_that_break_off_in_the_middle_leave_nothing_behind(self):
        def break_off():
            try:
                where = urlsplit(self.node.url)
                with socket.create_connection((where.hostname, where.port), 5) as connection:
                    connection.sendall(POST + b'Content-Length: 5000\r\n\r\n{"channel":')
            except OSError:
                pass

        threads = [threading.Thread(target=break_off) for _ in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.program(self.node).send("GET", "/api/v1/sync").status, 200)


if __name__ == "__main__":
    harness.main()
