"""Recordings of calls (O6, A18): a conversation is found, played and forgotten; what cuts in between
loses none. Cases for a node that drives a simulated PBX, whose class gives `node`, `pbx`,
`supervisor`, `first` (an agent), queue(), ready(), comes(), talks(), ends(), ask() and until().
"""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from schema_test import Checked

SOON_S = 30.0


class RecordingCases:
    def recordings(self, **query: str) -> list[dict]:
        return self.supervisor("GET", f"/api/v1/recordings?{urlencode(query)}")["items"]

    def recorded(self) -> dict:
        """A talk of which the sound is here, and nothing is left at the PBX."""
        channel, number = self.talks()
        self.ends(channel)
        self.until("its recording is here", lambda: self.recordings(phone=number))
        (one,) = self.recordings(phone=number)
        self.until("the PBX's copy is gone", lambda: self.pbx.recordings() == "")
        return one

    def listen(self, one: dict, purpose: str = "complaint", **headers: str):
        """As a browser's player asks: (status, headers, body)."""
        request = Request(
            f"{self.node.url}/api/v1/recordings/{one['id']}/sound?purpose={purpose}",
            headers={"Cookie": self.supervisor._api._headers["Cookie"], **headers},
        )
        try:
            with urlopen(request, timeout=SOON_S) as answer:
                return answer.status, answer.headers, answer.read()
        except HTTPError as refused:
            with refused:
                return refused.status, refused.headers, refused.read()

    def test_61_a_conversation_is_found_played_and_forgotten(self):
        one = self.recorded()
        self.assertEqual((one["agent"], one["state"], one["duration_ms"]), ("201", "here", 3_000))
        self.assertEqual(self.recordings(call=one["call_id"]), [one])
        self.assertIn(one, self.recordings(agent="201", line="Регистратура", min_s="3"))
        self.assertEqual(self.recordings(call=one["call_id"], agent="202"), [])
        self.assertEqual(self.recordings(call=one["call_id"], min_s="4"), [])
        levels = self.supervisor("GET", f"/api/v1/recordings/{one['id']}")["levels"]
        self.assertGreater(max(levels), 30)
        self.plays(one)
        self.admin(self.node).post(
            "/api/v1/erasures", {"aggregate": one["id"], "basis": "Просьба пациента"}
        )
        self.assertEqual(self.listen(one)[0], 404)
        self.assertEqual(self.recordings(call=one["call_id"]), [])

    def plays(self, one: dict) -> None:
        status, _, whole = self.listen(one)
        self.assertEqual((status, len(whole), whole[:4]), (200, 44 + 2 * 24_000, b"RIFF"))
        status, headers, part = self.listen(one, Range="bytes=40001-40100")
        self.assertEqual((status, part), (206, whole[40_001:40_101]))
        self.assertEqual(headers["Content-Range"], f"bytes 40001-40100/{len(whole)}")
        self.assertEqual(self.listen(one, Range="bytes=99999-")[0], 416)
        for purpose in ("", "pleasure"):
            self.assertEqual(self.listen(one, purpose)[0], 422)
        auditor = Checked(self, self.user("auditor", self.node))
        auditor("GET", f"/api/v1/recordings/{one['id']}", status=403)

        def noted() -> list[dict]:
            return auditor("GET", f"/api/v1/audit?record={one['id']}")["items"]

        self.until("that it was listened to is noted", noted)
        self.assertEqual([read["purpose"] for read in noted()], ["complaint"])

    def test_62_a_kill_between_the_call_and_its_recording_loses_nothing(self):
        self.ready(self.first)
        channel, number = self.comes()
        self.until("the phone rings", lambda: self.pbx.rings("PJSIP/201") == "yes")
        self.pbx.answers("PJSIP/201")
        self.until("it is recorded", lambda: "recording" in self.pbx.recordings())
        self.node.daemon.kill()
        self.pbx.hangs_up(channel)
        self.node.daemon.start()
        self.node.daemon.wait_ready()
        self.until("its recording is here", lambda: self.recordings(phone=number))
        self.assertEqual({one["state"] for one in self.recordings(phone=number)}, {"here"})
        self.until("nobody is left", lambda: not self.queue()["calls"])

    def test_91_a_pbx_that_does_not_record_disturbs_no_call_and_is_seen(self):
        self.pbx.breaks_recordings()
        channel, number = self.talks()
        self.ask(self.first, "hold")
        self.ask(self.first, "resume")
        self.ends(channel)
        self.until("it is said", lambda: self.recordings(phone=number))
        said = {(one["state"], one["fault"]) for one in self.recordings(phone=number)}
        self.assertEqual(said, {("missed", "refused")})
