"""Idempotency-Key and telephone events: the same again changes nothing, another body under the same
key is refused.
"""

from __future__ import annotations

import json
import threading
import unittest
from collections.abc import Callable
from contextlib import closing

import harness
from demo_lib.http_client import Answer, Api

CONTACTS = "/api/v1/contacts"
EVENTS = "/api/v1/telephony/events"


def at_once(count: int, connect: Callable[[], Api], ask: Callable[[Api], Answer]) -> list[Answer]:
    """The answers to one question that many ask at the same time, each over a connection of its own."""
    answers = []

    def run() -> None:
        with closing(connect()) as api:
            answers.append(ask(api))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class Keys(harness.RegionTest):
    def setUp(self):
        self.program = self.program(self.node)

    def _key(self) -> str:
        return f"key-{self._next()}"

    def test_the_same_key_and_body_get_the_first_answer_again(self):
        key, body = self._key(), harness.ticket_contact()
        first, second = (self.program.send("POST", CONTACTS, body, key) for _ in range(2))
        self.assertEqual(first.status, 201)
        self.assertEqual((second.status, second.json()), (first.status, first.json()))

    def test_the_first_answer_survives_sigkill(self):
        key, body = self._key(), harness.ticket_contact(phone="+7 900 000-55-55")
        first = self.program.send("POST", CONTACTS, body, key)
        self.node.daemon.kill()
        self.node.restart()
        second = self.program.post(CONTACTS, body, key)
        self.assertEqual(second, first.json())
        admin = self.admin(self.node)
        self.assertEqual(len(self.pages(admin, f"{CONTACTS}?phone=%2B79000005555")), 1)

    def test_another_body_under_the_same_key_is_refused_also_after_sigkill(self):
        key = self._key()
        self.program.post(CONTACTS, harness.contact(), key)
        for _ in range(2):
            answer = self.program.send("POST", CONTACTS, harness.contact(summary="Другое"), key)
            self.assertEqual((answer.status, answer.json()["code"]), (422, "key_reused"))
            self.node.daemon.kill()
            self.node.restart()
            self.program.close()

    def test_many_at_once_with_one_key_make_one_contact(self):
        key, body = self._key(), harness.contact(phone="+7 900 000-66-66")
        answers = at_once(12, self.node.api, lambda api: api.send("POST", CONTACTS, body, key))
        self.assertEqual({a.status for a in answers}, {201})
        self.assertEqual(len({a.json()["contact_id"] for a in answers}), 1)

    def test_a_missing_or_malformed_key_is_refused(self):
        body = json.dumps(harness.contact()).encode()
        for key in (None, "", "k" * 65, "пробел", "a b", "a/b", "a.b"):
            headers = {"Content-Type": "application/json"} | (
                {} if key is None else {"Idempotency-Key": key.encode()}
            )
            with self.subTest(key=key):
                self.assertIn(
                    self.program.request("POST", CONTACTS, body, headers).status, (400, 422)
                )
        self.assertEqual(
            self.program.send("POST", CONTACTS, harness.contact(), "k" * 64).status, 201
        )

    def test_a_refused_body_does_not_use_up_its_key(self):
        key = self._key()
        self.assertEqual(
            self.program.send("POST", CONTACTS, harness.contact(topic="none"), key).status, 422
        )
        self.assertEqual(self.program.send("POST", CONTACTS, harness.contact(), key).status, 201)


class Secrets(harness.RegionTest):
    """What is shown once is neither shown nor made a second time under its key."""

    def setUp(self):
        self.administrator = self.admin(self.node)
        user = self.administrator.post(
            "/api/v1/users",
            {"login": f"robot{self._next()}", "name": "Робот", "roles": ["program"], "sites": [1]},
        )
        self.path = f"/api/v1/users/{user['id']}/token"

    def works(self, token: str) -> bool:
        api = Api(self.node.url, token)
        self.addCleanup(api.close)
        return api.send("GET", "/api/v1/sync").status == 200

    def assert_already_issued(self, answer) -> None:
        self.assertEqual(answer.status, 409, answer.body)
        self.assertEqual(answer.json()["code"], "already_issued")
        self.assertEqual(answer.json()["path"], "Idempotency-Key")

    def test_a_repeated_key_makes_no_second_token_also_after_sigkill(self):
        key = f"token-{self._next()}"
        first = self.administrator.send("POST", self.path, {}, key)
        self.assertEqual(first.status, 201)
        token = first.json()["token"]
        self.assert_already_issued(self.administrator.send("POST", self.path, {}, key))
        self.assertTrue(self.works(token))
        self.node.daemon.kill()
        self.node.restart()
        self.assert_already_issued(self.admin(self.node).send("POST", self.path, {}, key))
        self.assertTrue(self.works(token))

    def test_many_at_once_with_one_key_make_one_token(self):
        key = f"token-{self._next()}"
        answers = at_once(8, self.node.admin, lambda api: api.send("POST", self.path, {}, key))
        made = [answer for answer in answers if answer.status == 201]
        self.assertEqual(len(made), 1)
        self.assertTrue(self.works(made[0].json()["token"]))
        for answer in answers:
            if answer is not made[0]:
                self.assert_already_issued(answer)

    def test_a_new_key_makes_a_new_token_and_ends_the_lost_one(self):
        lost, found = (self.administrator.post(self.path, {})["token"] for _ in range(2))
        self.assertFalse(self.works(lost))
        self.assertTrue(self.works(found))

    def test_a_token_needs_a_key(self):
        headers = {"Content-Type": "application/json"}
        answer = self.administrator.request("POST", self.path, b"{}", headers)
        self.assertEqual((answer.status, answer.json()["path"]), (422, "Idempotency-Key"))


class Events(harness.RegionTest):
    STEPS = [
        ("queued", "2026-03-01T10:00:00Z"),
        ("ringing", "2026-03-01T10:00:02Z"),
        ("answered", "2026-03-01T10:00:05Z"),
        ("ended", "2026-03-01T10:01:00Z"),
    ]

    def _call(self) -> dict:
        return harness.events(f"call-{self._next()}", *self.STEPS)

    def test_events_that_come_twice_are_counted_as_duplicates_also_after_sigkill(self):
        program, batch = self.program(self.node), self._call()
        self.assertEqual(program.post(EVENTS, batch), {"accepted": 4, "duplicates": 0})
        self.assertEqual(program.post(EVENTS, batch), {"accepted": 0, "duplicates": 4})
        self.node.daemon.kill()
        self.node.restart()
        batch["events"].append(
            {**batch["events"][0], "seq": 9, "type": "ended", "at": "2026-03-01T10:01:00Z"}
        )
        self.assertEqual(program.post(EVENTS, batch), {"accepted": 1, "duplicates": 4})

    def test_any_order_of_arrival_gives_the_same_call(self):
        program, admin = self.program(self.node), self.admin(self.node)
        calls = []
        for order in ((0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)):
            batch = self._call()
            for i in order:
                program.post(EVENTS, batch["events"][i])
        for call in self.pages(admin, "/api/v1/calls?date=2026-03-01&class=accepted"):
            calls.append({k: v for k, v in call.items() if k not in ("id", "overlaps")})
        self.assertGreaterEqual(len(calls), 3)
        self.assertEqual(len({json.dumps(c, sort_keys=True) for c in calls}), 1, calls)
        self.assertEqual(
            (calls[0]["wait_ms"], calls[0]["answer_ms"], calls[0]["talk_ms"]), (5000, 3000, 55000)
        )

    def test_one_bad_event_refuses_the_whole_batch_and_is_named(self):
        program = self.program(self.node)
        bad = {
            "at": "yesterday",
            "type": "rang",
            "seq": -1,
            "source": "",
            "agent": "",
            "call_id": "x" * 129,
            "desk": "1",
        }
        for name, value in bad.items():
            batch = self._call()
            batch["events"][2][name] = value
            with self.subTest(name):
                answer = program.send("POST", EVENTS, batch)
                self.assertEqual((answer.status, answer.json()["path"]), (422, f"events[2].{name}"))
                self.assertEqual(program.post(EVENTS, self._clean(batch))["duplicates"], 0)

    @staticmethod
    def _clean(batch: dict) -> dict:
        return {"events": [e for i, e in enumerate(batch["events"]) if i != 2]}

    def test_more_than_a_thousand_events_or_none_are_refused(self):
        program, one = self.program(self.node), self._call()["events"][0]
        many = [{**one, "seq": i} for i in range(1001)]
        self.assertIn(program.send("POST", EVENTS, {"events": many}).status, (413, 422))
        self.assertEqual(program.send("POST", EVENTS, {"events": []}).status, 422)
        self.assertEqual(
            program.post(EVENTS, {"events": many[:1000]}), {"accepted": 1000, "duplicates": 0}
        )

    def test_calls_of_one_agent_that_overlap_are_flagged_not_refused(self):
        program, admin = self.program(self.node), self.admin(self.node)
        for name, start in (("a", 0), ("b", 30)):
            times = [
                f"2026-03-02T10:{(start + s) // 60:02}:{(start + s) % 60:02}Z"
                for s in (0, 1, 2, 60)
            ]
            steps = zip(("queued", "ringing", "answered", "ended"), times)
            self.assertEqual(
                program.post(EVENTS, harness.events(f"over-{name}", *steps, agent="150"))[
                    "accepted"
                ],
                4,
            )
        calls = self.pages(admin, "/api/v1/calls?date=2026-03-02")
        self.assertEqual([c["overlaps"] for c in calls], [True, True])


if __name__ == "__main__":
    harness.main()
