"""A mail relay for tests: SMTP on loopback, STARTTLS or TLS from the start under an authority of its own,
and answers as a test wants them. Keeps what it took, byte for byte.
"""

from __future__ import annotations

import base64
import email
import email.policy
import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_LINE = 1_000  # RFC 5321: no line is longer


@dataclass
class Taken:
    """One letter, as it was handed over."""

    sender: str
    recipient: str
    wire: bytes
    encrypted: bool
    user: str = ""

    @property
    def message(self):
        return email.message_from_bytes(self.wire, policy=email.policy.default)

    @property
    def id(self) -> str:
        return self.message["Message-ID"]

    @property
    def text(self) -> str:
        """What a person sees, without what differs from run to run."""
        message = self.message
        lines = [f"{name}: {message[name]}" for name in ("From", "To", "Subject")]
        return "\n".join(lines) + "\n\n" + message.get_content().replace("\r\n", "\n")


@dataclass
class Authority:
    """A certificate for this machine, and who signed it."""

    ca: Path
    cert: Path
    key: Path

    @staticmethod
    def make(folder: Path, host: str = "localhost") -> Authority:
        folder.mkdir(parents=True, exist_ok=True)
        made = Authority(folder / "ca.crt", folder / "relay.crt", folder / "relay.key")
        ca_key, request = folder / "ca.key", folder / "relay.csr"
        extensions = folder / "relay.ext"
        extensions.write_text(f"subjectAltName=DNS:{host},IP:127.0.0.1\n")
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        for arguments in (
            [
                "req",
                "-x509",
                *key,
                "-keyout",
                ca_key,
                "-out",
                made.ca,
                "-subj",
                "/CN=Authority of tests",
            ],
            ["req", *key, "-keyout", made.key, "-out", request, "-subj", f"/CN={host}"],
            ["x509", "-req", "-in", request, "-CA", made.ca, "-CAkey", ca_key, "-CAcreateserial"]
            + ["-extfile", extensions, "-out", made.cert],
        ):
            subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
        return made


@dataclass
class Script:
    """What the relay answers next, in place of yes: by command ("RCPT", "MAIL", "DATA", "BODY"). The
    last answer stays when `stay`. None instead of an answer breaks the line.
    """

    answers: dict[str, list[str | None]] = field(default_factory=dict)
    stay: bool = False

    def next(self, command: str) -> str | None:
        left = self.answers.get(command)
        if not left:
            return ""
        return left[0] if self.stay else left.pop(0)


class MailSink:
    """Use as a context; `port` is free to take again after stop()."""

    def __init__(self, authority: Authority, *, tls_from_start: bool = False, login: str = ""):
        self.authority = authority
        self.taken: list[Taken] = []
        self.script = Script()
        self.refused: list[str] = []  # commands that were not answered with yes
        # Set: a letter is kept, and its answer waits for this.
        self.hold: threading.Event | None = None
        self.port = 0
        self._tls_from_start = tls_from_start
        self._login = login
        self._server: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> MailSink:
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start(self) -> None:
        server = socket.create_server(("127.0.0.1", self.port))
        self.port = server.getsockname()[1]
        self._server = server
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def stop(self) -> None:
        """As a machine that is switched off: whoever talks is cut."""
        server, self._server = self._server, None
        if server is None:
            return
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def options(self, **more: str) -> dict[str, str]:
        """Of a node that sends through it."""
        return {
            "--mail-host": "localhost",
            "--mail-port": str(self.port),
            "--mail-tls": "tls" if self._tls_from_start else "starttls",
            "--mail-ca": str(self.authority.ca),
            "--mail-from": "support@clinic.example",
            **more,
        }

    def to(self, address: str) -> list[Taken]:
        return [one for one in self.taken if one.recipient == address]

    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.authority.cert, self.authority.key)
        return context

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, EOFError), _Talk(self, connection) as talk:
            if self._tls_from_start:
                talk.encrypt()
            talk.run()

    def track(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def secured(self, connection: socket.socket) -> ssl.SSLSocket:
        return self._context().wrap_socket(connection, server_side=True)

    def keep(self, letter: Taken) -> None:
        self.taken.append(letter)
        if self.hold is not None:
            self.hold.wait(60)


class _Talk:
    def __init__(self, sink: MailSink, connection: socket.socket):
        self.sink, self.encrypted = sink, False
        self.take(connection)
        self.sender = self.recipient = self.user = ""

    def __enter__(self) -> _Talk:
        return self

    def __exit__(self, *_) -> None:
        self.sink.forget(self.connection)
        self.reader.close()
        self.connection.close()

    def take(self, connection: socket.socket) -> None:
        self.connection = connection
        self.reader = connection.makefile("rb")
        self.sink.track(connection)

    def encrypt(self) -> None:
        self.sink.forget(self.connection)
        self.take(self.sink.secured(self.connection))
        self.encrypted = True

    def say(self, text: str) -> None:
        self.connection.sendall(text.encode() + b"\r\n")

    def line(self) -> str:
        line = self.reader.readline(_LINE + 2)
        if not line.endswith(b"\r\n"):
            raise EOFError
        return line[:-2].decode("ascii")

    def yes(self, command: str, answer: str = "250 ok") -> bool:
        """False: the script has another answer."""
        other = self.sink.script.next(command)
        if other is None:
            raise EOFError
        if other:
            self.sink.refused.append(command)
        self.say(other or answer)
        return not other

    def run(self) -> None:
        self.say("220 sink")
        while True:
            words = self.line()
            verb, rest = words[:4].upper(), words[5:]
            if verb == "QUIT":
                return self.say("221 bye")
            getattr(self, f"do_{verb.lower()}", self.unknown)(rest)

    def unknown(self, _: str) -> None:
        self.say("500 what?")

    def do_ehlo(self, _: str) -> None:
        offers = ["sink", "SIZE 1000000"]
        if not self.encrypted:
            offers.append("STARTTLS")
        elif self.sink._login:
            offers.append("AUTH PLAIN")
        for offer in offers[:-1]:
            self.say(f"250-{offer}")
        self.say(f"250 {offers[-1]}")

    def do_star(self, _: str) -> None:
        self.say("220 go")
        self.encrypt()

    def do_auth(self, rest: str) -> None:
        words = rest.split()
        if len(words) == 1:
            self.say("334 ")
            words.append(self.line())
        _, user, password = base64.b64decode(words[1]).decode().split("\0")
        if f"{user}:{password}" != self.sink._login:
            self.sink.refused.append("AUTH")
            return self.say("535 no")
        self.user = user
        self.say("235 ok")

    def do_mail(self, rest: str) -> None:
        if self.yes("MAIL"):
            self.sender = rest.split("<")[1].split(">")[0]

    def do_rcpt(self, rest: str) -> None:
        if self.yes("RCPT"):
            self.recipient = rest.split("<")[1].split(">")[0]

    def do_rset(self, _: str) -> None:
        self.say("250 ok")

    def do_data(self, _: str) -> None:
        if not self.yes("DATA", "354 go"):
            return
        lines = []
        while (line := self.line()) != ".":
            lines.append(line.removeprefix(".") if line.startswith("..") else line)
        wire = "".join(line + "\r\n" for line in lines).encode()
        if self.sink.script.answers.get("BODY"):
            self.yes("BODY")
            return
        self.sink.keep(Taken(self.sender, self.recipient, wire, self.encrypted, self.user))
        self.say("250 taken")
