"""Files of tickets (V6): what is taken and what is refused, to the region and to the site that takes
the ticket over, across cuts and kills, forgotten with the person, in backups and in `opora verify`.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from urllib.parse import quote

import harness
from demo_lib.http_client import Api, Unreachable, until
from pictures import pdf, png
from schema_test import Checked, hold_to_contract


class Attachments(harness.RegionTest):
    SITES = 2
    PROXIED = True

    def setUp(self):
        self.addCleanup(self.region.restore, self.node)
        self.here = self.user("operator", self.node)
        self.number = self._ticket()
        self.path = f"/api/v1/tickets/{self.number}/attachments"

    def _ticket(self) -> str:
        made = self.here.post("/api/v1/contacts", harness.ticket_contact())
        return made["ticket"]["number"]

    def _send(self, content: bytes, name: str = "снимок.png", key: str = "", path: str = ""):
        target = f"{path or self.path}?name={quote(name)}"
        headers = {
            "Idempotency-Key": key or uuid.uuid4().hex,
            "Content-Type": "application/octet-stream",
        }
        answer = self.here.request("POST", target, content, headers)
        hold_to_contract(self, "POST", target, answer)
        return answer

    def _attach(self, content: bytes, name: str = "снимок.png", key: str = "") -> dict:
        answer = self._send(content, name, key)
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json()

    def _refused(self, answer, status: int, code: str, path: str) -> None:
        said = answer.json()
        self.assertEqual((answer.status, said["code"], said["path"]), (status, code, path), said)

    def _item(self, api, path: str = "") -> dict:
        return api.get(path or self.path)["items"][0]

    def _files(self, member) -> dict:
        return self.admin(member).get("/api/v1/sync")["files"]

    def _hub_has(self) -> dict:
        hub = self.admin(self.hub)
        return until(
            lambda: [i for i in hub.get(self.path)["items"] if i["state"] == "here"],
            "the region has the file",
            harness.PATIENCE_S,
        )[0]

    def test_a_picture_is_kept_without_its_author_and_shown_and_a_pdf_only_downloaded(self):
        made = self._attach(png())
        self.assertEqual(
            (made["name"], made["kind"], made["state"], made["receipt"]),
            ("снимок.png", "png", "here", "node"),
        )
        got = self.here.send("GET", f"{self.path}/{made['id']}")
        self.assertEqual((got.status, got.headers["content-type"]), (200, "image/png"))
        self.assertEqual(len(got.body), made["bytes"])
        self.assertNotIn(b"Petrova", got.body)
        self.assertTrue(got.headers["content-disposition"].startswith("inline;"))
        paper = self._attach(pdf(), 'справка "1".pdf')
        got = self.here.send("GET", f"{self.path}/{paper['id']}")
        self.assertEqual(got.body, pdf())
        self.assertTrue(got.headers["content-disposition"].startswith("attachment;"))
        self.assertNotIn('"1"', got.headers["content-disposition"])
        for header, value in (
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cache-control", "no-store"),
        ):
            self.assertEqual(got.headers[header], value)
        page = self._attach(pdf(), "страница.html")
        got = self.here.send("GET", f"{self.path}/{page['id']}")
        self.assertTrue(got.headers["content-disposition"].endswith(".html.pdf"))
        card = self.here.get(f"/api/v1/tickets/{self.number}")
        self.assertEqual(card["files"], 3)
        self.assertEqual([e["type"] for e in card["timeline"]].count("attached"), 3)

    def test_what_is_refused_is_named_and_leaves_nothing(self):
        before = self._files(self.node)
        self._refused(self._send(b"GIF89a" + bytes(50)), 415, "unsupported", "content")
        self._refused(self._send(b"<html><script>"), 415, "unsupported", "content")
        self._refused(self._send(png()[:-30]), 422, "invalid", "content")
        self._refused(self._send(pdf()[:-30]), 422, "invalid", "content")
        self._refused(self._send(b""), 422, "invalid", "content")
        self._refused(self._send(png(1_100)), 413, "too_large", "content")
        self._refused(self._send(png(), name=""), 422, "invalid", "name")
        self._refused(self._send(png(), name="x" * 256), 422, "invalid", "name")
        # Shown as "счёт‑gpj.exe" would be what ends in ".jpg"; none of them breaks a line of a log.
        for unseen in ("\u202e", "\u2066", "\u200f", "\u2028", "\u0085"):
            name = f"счёт-{unseen}gpj.png"
            self._refused(self._send(png(), name=name), 422, "invalid", "name")
        for control in ("\n", "\t", "\0", "\x7f"):
            target = f"{self.path}?name={quote(f'a{control}b.png')}"
            answer = self.here.request("POST", target, png(), {"Idempotency-Key": uuid.uuid4().hex})
            self.assertEqual((answer.status, answer.json()["code"]), (400, "invalid"), control)
        nowhere = "/api/v1/tickets/17-004198-9/attachments"
        self.assertEqual(self._send(png(), path=nowhere).status, 404)
        answer = self.here.request("POST", f"{self.path}?name=a", png())
        self._refused(answer, 422, "invalid", "Idempotency-Key")
        self._refused(self.here.send("GET", f"{self.path}/ab"), 422, "invalid", "id")
        self._refused(self.here.send("GET", f"{self.path}/{'ab' * 32}"), 404, "not_found", "id")
        self.assertEqual(self.here.get(self.path)["items"], [])
        self.assertEqual(self._files(self.node), before)

    def test_who_may_not_read_tickets_gets_no_file_and_adds_none(self):
        made = self._attach(png())
        auditor = self.user("auditor", self.node)
        for method, path in (("GET", self.path), ("GET", f"{self.path}/{made['id']}")):
            self.assertEqual(auditor.send(method, path).status, 403)
        self.assertEqual(auditor.request("POST", f"{self.path}?name=a", png()).status, 403)
        stranger = Api(self.node.url)
        self.addCleanup(stranger.close)
        self.assertEqual(stranger.send("GET", f"{self.path}/{made['id']}").status, 401)

    def test_a_download_is_a_read_that_the_auditor_sees(self):
        made = self._attach(png())
        reader = self.user("operator", self.node)
        reader.send("GET", f"{self.path}/{made['id']}")
        auditor = self.user("auditor", self.node)
        login = reader.get("/api/v1/session")["user"]["login"]
        until(
            lambda: [
                row
                for row in auditor.get("/api/v1/audit")["items"]
                if row["user"]["login"] == login
            ],
            "the read is listed",
        )

    def test_the_same_key_is_one_file_and_another_body_is_refused(self):
        key = uuid.uuid4().hex
        first = self._attach(png(), key=key)
        bytes_before = self._files(self.node)["bytes"]
        self.assertEqual(self._attach(png(), key=key)["id"], first["id"])
        self._refused(self._send(png(noise=2), key=key), 422, "key_reused", "Idempotency-Key")
        self.assertEqual(len(self.here.get(self.path)["items"]), 1)
        self.assertEqual(self._files(self.node)["bytes"], bytes_before)

    def test_a_killed_node_answers_the_repeated_upload_and_keeps_no_half(self):
        content, key = png(900), uuid.uuid4().hex
        for _ in range(3):
            before = self._files(self.node)
            try:
                self._send_and_kill(content, key)
            finally:
                self.node.restart()
            made = until(lambda: self._again(content, key), "the node answers", 60)
            self.assertEqual(made["state"], "here")
            got = self.here.send("GET", f"{self.path}/{made['id']}")
            self.assertEqual(len(got.body), made["bytes"])
            after = self._files(self.node)
            self.assertIn(after["bytes"] - before["bytes"], (0, made["bytes"]))
        self.assertEqual(len(self.here.get(self.path)["items"]), 1)

    def _again(self, content: bytes, key: str):
        answer = self._send(content, key=key)
        return answer.json() if answer.status == 201 else None

    def _send_and_kill(self, content: bytes, key: str) -> None:
        killer = threading.Timer(random.uniform(0.0, 0.08), self.node.daemon.kill)
        killer.start()
        try:
            self._send(content, key=key)
        except Unreachable:
            pass
        killer.join()

    def test_a_file_reaches_the_region_behind_its_record_and_the_receipt_says_so(self):
        self.region.cut(self.node)
        made = self._attach(png(600))
        self.assertEqual(self._item(self.here)["receipt"], "node")
        self.assertEqual(self._files(self.node)["unsent"], 1)
        self.region.restore(self.node)
        there = self._hub_has()
        self.assertEqual((there["id"], there["name"]), (made["id"], "снимок.png"))
        got = self.admin(self.hub).send("GET", f"{self.path}/{made['id']}")
        self.assertEqual(got.body, self.here.send("GET", f"{self.path}/{made['id']}").body)
        until(lambda: self._item(self.here)["receipt"] == "region", "✓✓")
        until(lambda: self._files(self.node)["unsent"] == 0, "nothing waits")

    def test_it_goes_on_where_a_cut_and_a_kill_have_left_it(self):
        self._attach(png(900))
        for _ in range(4):
            time.sleep(random.uniform(0.02, 0.2))
            self.region.cut(self.node)
            self.region.restore(self.node)
        self.hub.daemon.kill()
        self.hub.restart()
        self._hub_has()
        self.wait_whole()
        self.assertEqual(self._files(self.hub)["missing"], 0)

    def test_who_takes_the_ticket_over_gets_its_files_and_nobody_else_does(self):
        made = self._attach(png(300))
        self._hub_has()
        other = self.region.sites[2]
        there = self.user("supervisor", other)
        self.assertEqual(there.send("GET", self.path).status, 404)
        self.assertEqual(self._files(other), {"unsent": 0, "missing": 0, "bytes": 0})
        at_home = self.user("supervisor", self.node)
        action = f"/api/v1/tickets/{self.number}/actions"
        at_home.post(action, {"action": "offer", "to": 2, "text": "к вам"})
        until(lambda: there.send("GET", self.path).status == 200, "the ticket is there")
        until(lambda: self._item(there)["state"] == "here", "its file is there", 60)
        got = there.send("GET", f"{self.path}/{made['id']}")
        self.assertEqual(len(got.body), made["bytes"])
        self.assertEqual(self._item(there)["receipt"], "region")

    def test_erased_it_is_gone_everywhere(self):
        made = self._attach(png(300))
        self._hub_has()
        self.admin(self.node).post(
            "/api/v1/erasures",
            {"ticket_number": self.number, "basis": "Заявление от 01.03.2026"},
        )
        self.wait_whole()
        for api in (self.here, self.admin(self.hub)):
            until(lambda: self._item(api)["state"] == "erased", "erased")
            item = self._item(api)
            self.assertIsNone(item["name"])
            answer = api.send("GET", f"{self.path}/{made['id']}")
            self._refused(answer, 404, "not_found", "id")
        self._refused(self._send(png()), 409, "conflict", "number")

    def test_verify_reads_files_and_finds_them_whole(self):
        self._attach(png(300))
        self._hub_has()
        self.node.daemon.stop()
        done = self.verify(self.node)
        self.node.restart()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"[1-9]\d* files")


class Quota(harness.RegionTest):
    """A site that keeps files of one MB in all, and takes pictures alone."""

    SITES = 0

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        options = {"--attachments-quota-mb": "1", "--attachment-kinds": "png,jpeg"}
        cls.small = cls.region.add_site(harness.spec(2), options=options)

    def test_v6_a_kind_that_this_site_does_not_take_is_refused_and_it_says_what_it_takes(self):
        operator = self.user("operator", self.small)
        made = operator.post("/api/v1/contacts", harness.ticket_contact())
        path = f"/api/v1/tickets/{made['ticket']['number']}/attachments"
        target = "/api/v1/attachments/settings"
        said = Checked(self, operator)("GET", target)
        self.assertEqual(said, {"kinds": ["jpeg", "png"], "max_bytes": 3 << 20})
        headers = {
            "Idempotency-Key": uuid.uuid4().hex,
            "Content-Type": "application/octet-stream",
        }
        refused = operator.request("POST", f"{path}?name=a.pdf", pdf(), headers)
        said = hold_to_contract(self, "POST", path, refused)
        self.assertEqual(
            (refused.status, said["code"], said["path"]), (415, "unsupported", "content"), said
        )

    def test_v6_what_is_over_the_quota_is_refused_whole_and_a_smaller_file_still_goes(self):
        operator = self.user("operator", self.small)
        made = operator.post("/api/v1/contacts", harness.ticket_contact())
        path = f"/api/v1/tickets/{made['ticket']['number']}/attachments"

        def send(content: bytes, key: str = ""):
            target = f"{path}?name=a.png"
            headers = {
                "Idempotency-Key": key or uuid.uuid4().hex,
                "Content-Type": "application/octet-stream",
            }
            answer = operator.request("POST", target, content, headers)
            hold_to_contract(self, "POST", target, answer)
            return answer

        def kept() -> int:
            return self.admin(self.small).get("/api/v1/sync")["files"]["bytes"]

        key = uuid.uuid4().hex
        first = send(png(500), key)  # three quarters of it
        self.assertEqual(first.status, 201, first.body)
        before = kept()
        for content in (png(500, noise=2), png(620)):
            refused = send(content)
            said = refused.json()
            self.assertEqual(
                (refused.status, said["code"], said["path"]), (507, "no_room", "content"), said
            )
            self.assertEqual(kept(), before)
        self.assertEqual(len(operator.get(path)["items"]), 1)
        self.assertEqual(send(png(500), key).json()["id"], first.json()["id"], "asked again")
        smaller = send(png(200))
        self.assertEqual(smaller.status, 201, smaller.body)
        self.assertEqual(kept(), before + smaller.json()["bytes"])
        # A restart neither forgets what is kept nor finds rests of what was refused.
        self.small.daemon.stop()
        self.small.restart()
        self.assertEqual(kept(), before + smaller.json()["bytes"])
        self.assertEqual(send(png(500, noise=3)).status, 507)
        self.small.daemon.stop()
        done = self.verify(self.small)
        self.small.restart()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("2 files", done.stdout)


if __name__ == "__main__":
    harness.main()
