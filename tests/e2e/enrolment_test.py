"""Enrolment: only a code that the hub issued, once, in time and for its site makes a node a part of
the region.
"""

from __future__ import annotations

import subprocess

import harness
from demo_lib.region import Member, Region


class Enrolment(harness.RegionTest):
    SITES = 1

    def _code(self, no: int) -> str:
        hub = self.admin(self.hub)
        if no not in self.region.hub_sites(hub):
            hub.post("/api/v1/sites", harness.spec(no).as_json())
        return hub.post(f"/api/v1/sites/{no}/enrolment", {})["code"]

    def _start(self, no: int, code: str) -> Member:
        """A node with this code that works."""
        member = self.region.new_node(harness.spec(no))
        member.daemon.argv += ["--enrolment-code", code]
        member.restart()
        return member

    def _refused(self, member: Member, why: str) -> None:
        """The node gets its number at enrolment: without one it ends and says why."""
        member.daemon.start()
        try:
            code = member.daemon.process.wait(harness.PATIENCE_S)
        except subprocess.TimeoutExpired:
            member.daemon.kill()
            self.fail(f"still running after {harness.PATIENCE_S:.0f} s: {member.daemon.log_end()}")
        self.assertIn(code, (1, 2), member.daemon.log_end())
        self.assertRegex(member.daemon.log_end(), why)

    def test_a_code_of_the_hub_makes_a_node_its_site(self):
        member = self._start(11, self._code(11))
        self.region.wait_connected(member)
        sync = self.program(member).get("/api/v1/sync")
        self.assertEqual((sync["site"], sync["enrolled"]), (11, True))
        site = self.region.hub_sites(self.admin(self.hub))[11]
        self.assertTrue(site["enrolled"] and site["connected"])

    def test_an_enrolled_node_comes_back_without_a_code(self):
        before = self.program(self.node).get("/api/v1/sync")["site"]
        self.node.daemon.kill()
        self.node.restart()
        self.region.wait_connected(self.node)
        self.assertEqual(self.program(self.node).get("/api/v1/sync")["site"], before)

    def test_a_code_is_good_for_one_node_only(self):
        code = self._code(12)
        first = self._start(12, code)
        self.region.wait_connected(first)
        second = self.new_region("second")
        second.hub = None
        self._refused(self._stranger(second, 12, code), "used")
        self.assertTrue(
            self.program(first).get("/api/v1/sync")["connected"], "the first one is not disturbed"
        )

    def _stranger(self, region: Region, no: int, code: str) -> Member:
        """A node in a folder of its own that knows the hub's address and a code; not started."""
        region.hub = self.hub
        try:
            member = region.new_node(harness.spec(no))
        finally:
            region.hub = None
        member.daemon.argv += ["--enrolment-code", code]
        return member

    def _is_enrolled(self, no: int) -> bool:
        return self.region.hub_sites(self.admin(self.hub))[no]["enrolled"]

    def test_a_newer_code_ends_the_one_before(self):
        old, new = self._code(13), self._code(13)
        strangers = self.new_region("older")
        self._refused(self._stranger(strangers, 13, old), "unknown_code|expired")
        member = self._start(13, new)
        self.region.wait_connected(member)

    def test_codes_that_the_hub_never_issued_are_refused(self):
        good = self._code(14)
        middle = len(good) // 2
        flipped = good[:middle] + ("A" if good[middle] != "A" else "B") + good[middle + 1 :]
        for i, code in enumerate(("nonsense", "", flipped, good[:-4], good * 20)):
            with self.subTest(code=code[:40]):
                stranger = self._stranger(self.new_region(f"wrong-{i}"), 14, code)
                self._refused(stranger, "enrolment-code|unknown_code")
        self.assertFalse(self._is_enrolled(14))

    def test_a_code_of_another_region_is_refused_because_the_hub_has_another_key(self):
        other = self.new_region("other")
        other.start_hub("Другой регион")
        with other.at_hub() as hub:
            hub.post("/api/v1/sites", harness.spec(15).as_json())
            code = hub.post("/api/v1/sites/15/enrolment", {})["code"]
        self._code(15)
        self._refused(self._stranger(self.new_region("astray"), 15, code), "another key")
        self.assertFalse(self._is_enrolled(15))

    def test_a_repeated_key_makes_no_second_code_and_the_first_stays_good(self):
        hub = self.admin(self.hub)
        hub.post("/api/v1/sites", harness.spec(17).as_json())
        target = "/api/v1/sites/17/enrolment"
        first = hub.send("POST", target, {}, "code-once")
        again = hub.send("POST", target, {}, "code-once")
        self.assertEqual((again.status, again.json()["code"]), (409, "already_issued"))
        self.region.wait_connected(self._start(17, first.json()["code"]))

    def test_a_site_that_does_not_exist_gets_no_code(self):
        answer = self.admin(self.hub).send("POST", "/api/v1/sites/999/enrolment", {})
        self.assertEqual(answer.status, 404)

    def test_a_node_without_a_code_has_no_number_and_does_not_start(self):
        member = self.region.new_node(harness.spec(16))
        self._refused(member, "enrolment-code")
        self.assertEqual(member.daemon.process.returncode, 2)
        self.assertFalse((member.daemon.data / "run.json").exists())


if __name__ == "__main__":
    harness.main()
