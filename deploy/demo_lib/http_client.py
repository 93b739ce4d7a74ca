"""A small keep-alive HTTP client for the API of a daemon: JSON in and out, a bearer token or a
session.

One Api belongs to one thread at a time. Network trouble is Unreachable and leaves the outcome of
the request unknown: who repeats it needs an Idempotency-Key.
"""

from __future__ import annotations

import http.client
import json
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

# A daemon that takes longer for one answer is as good as away.
TIMEOUT_S = 20.0


class Unreachable(Exception):
    """No answer: refused, cut off in the middle, or too slow."""


class Refused(Exception):
    """An answer, but not the one that was needed."""

    def __init__(self, what: str, answer: Answer):
        super().__init__(f"{what}: {answer.status} {answer.body[:400].decode('utf-8', 'replace')}")
        self.answer = answer


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case; of a repeated header the last one
    body: bytes

    def json(self):
        return json.loads(self.body)


class Api:
    def __init__(self, url: str, token: str = ""):
        self.url = url.rstrip("/")
        self._headers: dict[str, str] = {"Authorization": f"Bearer {token}"} if token else {}
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One attempt. Raises Unreachable.

        A kept connection may have ended since its last answer, with the daemon that was restarted
        meanwhile. When it breaks before an answer, the same request goes out once more, on a new
        one; what changes something carries an Idempotency-Key, so that it is done once at most.
        """
        sent = {**self._headers, **(headers or {})}
        reused = self._connection is not None
        try:
            try:
                response = self._exchange(method, path, body, sent)
            except ConnectionError:
                if not reused:
                    raise
                self.close()
                response = self._exchange(method, path, body, sent)
            return Answer(
                response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
            )
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(f"{method} {self.url}{path}: {error!r}") from None

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """Up to the head of the answer."""
        if self._connection is None:
            where = urlsplit(self.url)
            self._connection = http.client.HTTPConnection(
                where.hostname, where.port, timeout=TIMEOUT_S
            )
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()

    def send(self, method: str, path: str, value=None, key: str = "") -> Answer:
        """One attempt with a JSON body; what changes something gets an Idempotency-Key (a new one
        when none is given).
        """
        headers = {}
        if method in ("POST", "PUT", "DELETE"):
            headers["Idempotency-Key"] = key or uuid.uuid4().hex
        body = None
        if value is not None:
            headers["Content-Type"] = "application/json"
            body = (
                value
                if isinstance(value, bytes)
                else json.dumps(value, ensure_ascii=False).encode()
            )
        return self.request(method, path, body, headers)

    def get(self, path: str):
        """The JSON of a 200 answer. Raises Unreachable, Refused."""
        answer = self.send("GET", path)
        if answer.status != 200:
            raise Refused(f"GET {self.url}{path}", answer)
        return answer.json()

    def post(self, path: str, value, key: str = "", method: str = "POST"):
        """The JSON of a 2xx answer (None when it is empty), tried again with the same key while the
        daemon is away.
        """
        key = key or uuid.uuid4().hex
        answer = retry(lambda: self.send(method, path, value, key))
        if answer.status // 100 != 2:
            raise Refused(f"{method} {self.url}{path}", answer)
        return answer.json() if answer.body else None

    def sign_in(self, login: str, password: str) -> dict:
        """From here on every request carries the session. Raises Unreachable, Refused."""
        answer = self.send("POST", "/api/v1/session", {"login": login, "password": password})
        if answer.status != 200:
            raise Refused(f"sign in as {login} at {self.url}", answer)
        cookie = answer.headers.get("set-cookie", "").split(";")[0]
        self._headers = {"Cookie": cookie, "X-CSRF-Token": answer.json()["csrf_token"]}
        return answer.json()


def busy(answer: Answer) -> bool:
    """The daemon asks to come again later."""
    return answer.status in (429, 503)


def retry(attempt, seconds: float = 30.0) -> Answer:
    """The first answer of `attempt` that is neither Unreachable nor busy; the last trouble after
    `seconds`.
    """
    deadline = time.monotonic() + seconds
    pause = 0.05
    while True:
        try:
            answer = attempt()
            if not busy(answer) or time.monotonic() > deadline:
                return answer
        except Unreachable:
            if time.monotonic() > deadline:
                raise
        time.sleep(pause)
        pause = min(1.0, pause * 1.5)


def until(holds, what: str, seconds: float = 30.0, pause: float = 0.05):
    """The first true value of `holds()`, asked again and again; Unreachable counts as not yet.
    Raises TimeoutError.
    """
    deadline = time.monotonic() + seconds
    last = ""
    while True:
        try:
            if value := holds():
                return value
        except (Unreachable, Refused) as error:
            last = f" ({error})"
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}{last}")
        time.sleep(pause)
