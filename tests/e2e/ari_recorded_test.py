"""The simulated Asterisk against what was recorded of a real one, 22.10 (tests/support/recorded): each
answer of its REST is in the catalogue, each field of its events in a sample of that event, of the
same kind; and the order of events is the recorded one. What the node does with a simulator is worth
as much as this.
"""

from __future__ import annotations

import json
import re
import unittest
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import harness
from live_reader import LiveReader
from pbx_sim import PbxSim

RECORDED = Path(__file__).parents[1] / "support/recorded"
SOON_S = 20.0
PHONE = "PJSIP/201"


def catalogue() -> set[tuple[str, str, int, str]]:
    """(method, path, status, message) of each line."""
    rows = (RECORDED / "rest-catalogue.tsv").read_text().splitlines()
    fields = [row.split("\t") for row in rows]
    return {(method, path, int(status), said) for method, path, status, _, said, _ in fields}


def pattern(path: str) -> str:
    """Of the catalogue: what a path names is {…} there."""
    known = {row[1] for row in catalogue()}
    if path in known:
        return path
    for each in sorted(known):
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(each)), path):
            return each
    return path


def strange(value, sample, at: str = "") -> list[str]:
    """What `value` has that the sample has not, or as something else."""
    if isinstance(value, dict) and isinstance(sample, dict):
        out = [f"{at}.{key}" for key in value.keys() - sample.keys()]
        for key in value.keys() & sample.keys():
            out += strange(value[key], sample[key], f"{at}.{key}")
        return out
    if isinstance(value, list) and isinstance(sample, list):
        return [s for each in value for s in (strange(each, sample[0], at) if sample else [])]
    return [] if type(value) is type(sample) else [f"{at} is {value!r}"]


class Strictness(unittest.TestCase):
    """The comparison itself."""

    def test_it_sees_what_was_not_recorded(self):
        sample = {"a": 1, "b": {"c": "x"}, "d": [{"e": 1}]}
        self.assertEqual(strange({"a": 2, "b": {}}, sample), [])
        self.assertEqual(strange({"z": 2}, sample), [".z"])
        self.assertEqual(strange({"b": {"z": 1}}, sample), [".b.z"])
        self.assertEqual(strange({"d": [{"e": 1}, {"e": "1"}]}, sample), [".d.e is '1'"])

    def test_it_knows_which_request_it_is(self):
        self.assertEqual(pattern("/ari/channels/x/play/y"), "/ari/channels/{id}/play/{id}")
        self.assertEqual(pattern("/ari/channels/create"), "/ari/channels/create")
        self.assertEqual(pattern("/ari/elsewhere"), "/ari/elsewhere")


class Recorded(unittest.TestCase):
    def setUp(self) -> None:
        self.pbx = PbxSim(harness.BUILD / "tests/support/opora-ari-sim")
        self.addCleanup(self.pbx.stop)
        self.url = f"http://127.0.0.1:{self.pbx.port}"
        self.catalogue = catalogue()
        self.pbx.registers(PHONE)

    def listen(self) -> LiveReader:
        reader = LiveReader(self.url, path="/ari/events?app=opora", seconds=SOON_S)
        self.addCleanup(reader.close)
        # Until it is heard: what it says by itself comes back.
        while self.pbx.heard() != "yes":
            pass
        return reader

    def asks(self, method: str, target: str, status: int, body: dict | None = None):
        """Answered so, as Asterisk answers it."""
        data = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        request = Request(self.url + target, data, headers, method=method)
        try:
            with urlopen(request, timeout=SOON_S) as answer:
                got, text = answer.status, answer.read()
        except HTTPError as refused:
            with refused:
                got, text = refused.code, refused.read()
        self.assertEqual(got, status, target)
        said = ""
        if got >= 400:
            told = json.loads(text)
            said = re.sub("'.*'", "'…'", told.get("message") or told["error"])
        row = (method, pattern(target.partition("?")[0]), got, said)
        self.assertIn(row, self.catalogue)
        return json.loads(text) if text[:1] in (b"{", b"[") and got < 400 else None

    def heard(self, reader: LiveReader, *types: str) -> list[dict]:
        """Exactly these, each with nothing that its sample has not."""
        out = [reader.message() for _ in types]
        self.assertEqual([each["type"] for each in out], list(types))
        for each in out:
            name = "StasisStart-replace" if "replace_channel" in each else each["type"]
            sample = json.loads((RECORDED / f"{name}.json").read_text())
            self.assertEqual(strange(each, sample, name), [])
        return out

    def dial(self, channel: str, status: int = 200, **variables: str) -> None:
        self.asks(
            "POST",
            f"/ari/channels/{channel}?endpoint=PJSIP%2F201&app=opora&appArgs=leg%2C{channel}",
            status,
            {"variables": {"ACD_CALL_ID": "7", **variables}},
        )

    def test_a_call_from_the_line_to_its_end(self):
        reader = self.listen()
        caller = self.pbx.comes("100", "84951234567")
        (start,) = self.heard(reader, "StasisStart")
        self.assertEqual((start["args"], start["channel"]["state"]), (["in", "100"], "Ring"))
        self.asks("POST", f"/ari/channels/{caller}/ring", 204)
        self.asks("POST", f"/ari/channels/{caller}/answer", 204)
        self.heard(reader, "ChannelStateChange")
        self.asks("POST", "/ari/bridges/q?type=holding", 200)
        self.asks("POST", "/ari/bridges/q?type=holding", 409)
        self.asks("POST", f"/ari/bridges/q/addChannel?channel={caller}", 204)
        self.asks("POST", "/ari/bridges/q/moh", 204)
        self.asks("POST", f"/ari/channels/{caller}/play?media=sound:x", 201)
        self.pbx.presses(caller, "5")
        self.heard(reader, "ChannelDtmfReceived")
        self.dial("leg-1")
        self.dial("leg-1", 409)
        self.heard(reader, "ChannelStateChange")
        self.pbx.answers(PHONE)
        (_, leg) = self.heard(reader, "ChannelStateChange", "StasisStart")
        self.assertEqual(leg["args"], ["leg", "leg-1"])
        self.asks("POST", "/ari/bridges/t?type=mixing", 200)
        self.asks("POST", f"/ari/bridges/t/addChannel?channel={caller}%2Cleg-1", 204)
        self.records(reader)
        self.asks("GET", "/ari/bridges", 200)
        self.asks("GET", "/ari/channels", 200)
        self.pbx.hangs_up(caller)
        # All that comes of a caller (trap 4); his operator is still there, in a bridge (trap 6).
        self.heard(reader, "StasisEnd")
        self.assertEqual(self.pbx.bridge_of("leg-1"), "t")
        self.asks("DELETE", "/ari/channels/leg-1", 204)
        (_, gone) = self.heard(reader, "StasisEnd", "ChannelDestroyed")
        self.assertEqual(gone["cause"], 16)
        self.asks("POST", f"/ari/channels/{caller}/answer", 404)
        self.asks("POST", f"/ari/bridges/q/addChannel?channel={caller}", 400)
        self.asks("DELETE", "/ari/bridges/t", 204)
        self.asks("DELETE", "/ari/bridges/t", 404)

    def records(self, reader: LiveReader) -> None:
        record = "/ari/bridges/t/record?name=r1&format=wav"
        self.asks("POST", record, 201)
        self.asks("POST", record, 409)
        self.heard(reader, "RecordingStarted")
        self.asks("GET", "/ari/recordings/live/r1", 200)
        self.asks("POST", "/ari/recordings/live/r1/pause", 204)
        self.asks("DELETE", "/ari/recordings/live/r1/pause", 204)
        self.asks("POST", "/ari/recordings/live/r1/stop", 204)
        self.heard(reader, "RecordingFinished")
        self.asks("GET", "/ari/recordings/live/r1", 404)
        self.asks("GET", "/ari/recordings/stored/r1/file", 200)
        self.asks("DELETE", "/ari/recordings/stored/r1", 204)
        self.asks("POST", record, 201)
        self.heard(reader, "RecordingStarted")
        self.pbx.breaks_recordings()
        self.heard(reader, "RecordingFailed")

    def test_how_a_ring_ends_is_its_cause(self):
        reader = self.listen()
        for cause in (19, 17, 21):
            self.dial(f"leg-{cause}")
            self.pbx.refuses(PHONE, str(cause))
            (_, gone) = self.heard(reader, "ChannelStateChange", "ChannelDestroyed")
            self.assertEqual(gone["cause"], cause)
        self.dial("leg-26")
        self.asks("DELETE", "/ari/channels/leg-26?reason=answered_elsewhere", 204)
        (_, gone) = self.heard(reader, "ChannelStateChange", "ChannelDestroyed")
        self.assertEqual(gone["cause"], 26)
        self.asks("POST", "/ari/channels/leg-0?endpoint=PJSIP%2F999&app=opora", 500)
        self.asks("POST", "/ari/events/user/hb?application=opora", 204, {"variables": {"seq": "1"}})
        # Of what is not registered nothing is heard.
        (echo,) = self.heard(reader, "ChannelUserevent")
        self.assertEqual(echo["userevent"]["seq"], "1")

    def test_a_pick_up_and_a_way_out_of_the_application(self):
        reader = self.listen()
        self.dial("leg-1")
        other = self.pbx.picks_up(PHONE, "PJSIP/202")
        (_, gone, start) = self.heard(
            reader, "ChannelStateChange", "ChannelDestroyed", "StasisStart"
        )
        self.assertEqual((gone["channel"]["state"], gone["cause"]), ("Ringing", 16))
        self.assertEqual((start["channel"]["id"], start["args"]), (other, ["leg", "leg-1"]))
        caller = self.pbx.comes("100", "84951234567")
        self.heard(reader, "StasisStart")
        self.asks("POST", f"/ari/channels/{caller}/continue?context=x&extension=s&priority=1", 204)
        self.heard(reader, "StasisEnd")
        self.assertEqual(self.pbx.own_queue(caller), "yes")
        for what in ("answer", "play"):
            self.asks("POST", f"/ari/channels/{caller}/{what}", 409)
        self.asks("POST", "/ari/bridges/q?type=holding", 200)
        self.asks("POST", f"/ari/bridges/q/addChannel?channel={caller}", 422)
        self.asks("POST", f"/ari/bridges/nosuch/addChannel?channel={caller}", 404)
        self.asks("DELETE", "/ari/channels/nosuch", 404)

    def test_the_buttons_of_a_telephone(self):
        reader = self.listen()
        self.dial("leg-1", **{"PJSIP_TRANSFER_HANDLING()": "ari-only"})
        self.pbx.answers(PHONE)
        self.heard(reader, "ChannelStateChange", "ChannelStateChange", "StasisStart")
        self.pbx.holds(PHONE)
        self.pbx.unholds(PHONE)
        self.heard(reader, "ChannelHold", "ChannelUnhold")
        self.assertEqual(self.pbx.refers(PHONE, "203"), "yes")
        (asked,) = self.heard(reader, "ChannelTransfer")
        self.assertEqual(asked["refer_to"]["requested_destination"]["destination"], "203")
        self.assertEqual(asked["referred_by"]["source_channel"]["id"], "leg-1")
        self.assertNotIn("state", asked)
        progress = "/ari/channels/leg-1/transfer_progress?states=channel_declined"
        self.asks("POST", progress, 204)
        (told,) = self.heard(reader, "ChannelTransfer")
        self.assertEqual(told["state"], "channel_declined")
        self.asks("DELETE", "/ari/channels/leg-1", 204)
        self.dial("leg-2")
        self.pbx.answers(PHONE)
        self.assertEqual(self.pbx.refers(PHONE, "203"), "no", "the dialplan decides")

    def test_a_second_listener_takes_all_events_for_ever(self):
        first = self.listen()
        second = self.listen()
        self.heard(first, "ApplicationReplaced")
        self.pbx.comes("100", "84951234567")
        self.heard(second, "StasisStart")
        second.close()
        while self.pbx.heard() == "yes":
            pass
        # The first is open and hears nothing; the next caller goes to the PBX's own queue.
        self.asks("POST", "/ari/events/user/hb?application=opora", 204, {"variables": {"seq": "1"}})
        first._socket.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            first.message()
        self.assertEqual(self.pbx.own_queue(self.pbx.comes("100", "84951234568")), "yes")

    def test_a_flood_is_kept_away_by_a_filter_and_cuts_who_does_not_read(self):
        reader = self.listen()
        self.assertEqual(self.pbx.flood("ChannelVarset", "3"), "3")
        self.heard(reader, "ChannelVarset", "ChannelVarset", "ChannelVarset")
        self.asks(
            "PUT",
            "/ari/applications/opora/eventFilter",
            200,
            {"disallowed": [{"type": "ChannelVarset"}]},
        )
        self.assertEqual(self.pbx.flood("ChannelVarset", "3"), "0")
        self.pbx.flood("Dial", "50000")  # nobody reads
        for _ in range(2_000):
            if self.pbx.heard() == "no":
                return
        self.fail("it is still heard")


if __name__ == "__main__":
    unittest.main(verbosity=2)
