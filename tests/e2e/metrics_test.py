"""GET /metrics of both daemons: a strict reader understands each line, what an operator of the region
has to know is there and true, nobody is named, and nobody reads it from elsewhere without a right.
"""

from __future__ import annotations

import re
import unittest
from dataclasses import dataclass, field

import harness
from demo_lib.http_client import Api, until

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_SAMPLE = re.compile(rf"({_NAME})(?:\{{(.*)\}})? (\S+)")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"')
# What a number is of, when it is no plain count: the name ends in it, before _total.
_UNITS = ("_seconds", "_bytes")
_TYPES = {"gauge", "counter", "histogram"}


@dataclass
class Family:
    help: str
    type: str = ""
    samples: dict[tuple[str, frozenset], float] = field(default_factory=dict)


def read_labels(text: str) -> frozenset:
    labels = _LABEL.findall(text)
    if ",".join(f'{name}="{value}"' for name, value in labels) != text:
        raise ValueError(f"labels {text!r}")
    if len({name for name, _ in labels}) != len(labels):
        raise ValueError(f"a label twice: {text!r}")
    return frozenset(labels)


def belongs(sample: str, name: str, kind: str) -> bool:
    if kind != "histogram":
        return sample == name
    return sample in (f"{name}_bucket", f"{name}_sum", f"{name}_count")


def parse(text: str) -> dict[str, Family]:
    """Raises ValueError with the line that Prometheus' text format 0.0.4 does not have."""
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    families: dict[str, Family] = {}
    name = ""
    for line in text[:-1].split("\n"):
        try:
            if line.startswith("# HELP "):
                _, _, name, told = line.split(" ", 3)
                if name in families or not told.strip():
                    raise ValueError("a family twice, or no help")
                families[name] = Family(told)
            elif line.startswith("# TYPE "):
                _, _, typed, kind = line.split(" ")
                if typed != name or families[name].type or kind not in _TYPES:
                    raise ValueError("a type of another family, twice, or of no kind")
                families[name].type = kind
            else:
                sample, labels, value = _SAMPLE.fullmatch(line).groups()
                here = families[name]
                key = (sample, read_labels(labels or ""))
                if not belongs(sample, name, here.type) or key in here.samples:
                    raise ValueError("a sample of another family, or twice")
                here.samples[key] = float(value)
        except (ValueError, AttributeError, KeyError) as why:
            raise ValueError(f"{line!r}: {why}") from why
    return families


def check_histogram(name: str, family: Family) -> None:
    buckets = sorted(
        (float(dict(labels)["le"]), count)
        for (sample, labels), count in family.samples.items()
        if sample.endswith("_bucket")
    )
    counts = [count for _, count in buckets]
    if counts != sorted(counts) or buckets[-1][0] != float("inf"):
        raise ValueError(f"{name}: {buckets}")
    if family.samples[(f"{name}_count", frozenset())] != counts[-1]:
        raise ValueError(f"{name}: its count is not that of its last bucket")


def check(families: dict[str, Family]) -> None:
    for name, family in families.items():
        if not name.startswith("opora_") or not family.samples:
            raise ValueError(f"{name}: not ours, or without samples")
        if (family.type == "counter") != name.endswith("_total"):
            raise ValueError(f"{name}: counters, and they alone, end in _total")
        if re.search(r"_(ms|us|s|kb|mb|minutes|hours)(_total)?$", name):
            raise ValueError(f"{name}: units are {_UNITS}")
        if family.type == "histogram":
            check_histogram(name, family)


class Strictness(unittest.TestCase):
    """The reader itself."""

    GOOD = '# HELP a_total Help.\n# TYPE a_total counter\na_total{x="1"} 2\n'

    def test_it_reads_what_is_right(self):
        self.assertEqual(
            parse(self.GOOD)["a_total"].samples, {("a_total", frozenset({("x", "1")})): 2.0}
        )

    def test_it_refuses_what_is_not(self):
        for bad in (
            self.GOOD[:-1],
            "a 1\n",
            self.GOOD + self.GOOD,
            self.GOOD + 'a_total{x="1"} 3\n',
            self.GOOD + "b_total 3\n",
            self.GOOD + "a_total{x=1} 3\n",
            self.GOOD + 'a_total{x="2",} 3\n',
            self.GOOD + "a_total three\n",
            self.GOOD + "\n",
            "# HELP a\n# TYPE a gauge\na 1\n",
            "# TYPE a gauge\na 1\n",
        ):
            with self.subTest(bad), self.assertRaises(ValueError):
                parse(bad)


BOTH = """
opora_resident_bytes opora_http_connections_total opora_http_connections_open opora_http_requests_total
opora_http_answers_total opora_http_refused_total opora_http_problems_total opora_exceptions_caught_total
opora_websockets_open opora_live_sessions opora_sign_in_sessions opora_sign_ins_total
opora_engine_waiting_commands opora_engine_waiting_batches opora_engine_refused_commands_total
opora_engine_group_commands opora_store_commit_duration_seconds opora_store_table_bytes
opora_store_log_bytes opora_store_memtable_bytes opora_store_healthy opora_disk_free_bytes
opora_disk_reserve_bytes opora_disk_low opora_worker_waiting_jobs opora_worker_refused_jobs_total
opora_link_up opora_link_state_age_seconds opora_link_ups_total opora_link_downs_total
opora_unsent_events opora_data_age_seconds opora_journal_events
""".split()
NODE = """
opora_region_pending_events opora_region_data_age_seconds opora_region_heard_age_seconds
opora_mail_letters_total opora_mail_waiting opora_mail_to_phone
""".split()


class Metrics(harness.RegionTest):
    SITES = 2
    PROXIED = True

    def read(self, member) -> dict[str, Family]:
        api = Api(member.url)
        self.addCleanup(api.close)
        answer = api.send("GET", "/metrics")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
        families = parse(answer.body.decode())
        check(families)
        return families

    def value(self, member, name: str, **labels: str) -> float | None:
        found = self.read(member).get(name)
        return found and found.samples.get((name, frozenset(labels.items())))

    def test_each_line_is_read_and_what_has_to_be_known_is_there(self):
        for place, member, more in (("node", self.node, NODE), ("hub", self.hub, [])):
            self.wait_whole()
            with self.subTest(place):
                self.assertEqual(sorted({*BOTH, *more} - self.read(member).keys()), [])

    def test_a_cut_link_shows_at_both_ends_and_its_mending_too(self):
        self.wait_whole()
        here, there = {}, {"site": "1"}
        downs = self.value(self.hub, "opora_link_downs_total", **there)
        self.region.cut(self.node)
        self.addCleanup(self.region.restore, self.node)
        for member, labels in ((self.node, here), (self.hub, there)):
            until(
                lambda m=member, of=labels: self.value(m, "opora_link_up", **of) == 0,
                "the cut is seen",
                30,
            )
        self.assertEqual(self.value(self.hub, "opora_link_downs_total", **there), downs + 1)
        self.assertEqual(self.value(self.hub, "opora_link_up", site="2"), 1)
        self.program(self.node).post("/api/v1/contacts", harness.contact())
        self.assertGreater(self.value(self.node, "opora_unsent_events"), 0)
        self.assertGreaterEqual(self.value(self.node, "opora_unsent_oldest_age_seconds"), 0)
        # What waits at a site that is cut off is not known.
        self.assertIsNone(self.value(self.hub, "opora_unsent_events", **there))
        until(
            lambda: self.value(self.hub, "opora_data_age_seconds", **there) > 5, "the age grows", 30
        )
        self.region.restore(self.node)
        self.wait_whole(1)
        self.assertEqual(self.value(self.node, "opora_link_up"), 1)
        until(lambda: self.value(self.node, "opora_unsent_events") == 0, "all is sent", 30)
        self.assertIsNone(self.value(self.node, "opora_unsent_oldest_age_seconds"))

    def test_the_journal_grows_in_commits_that_are_counted_and_timed(self):
        def figures():
            families = self.read(self.node)
            return [
                families[family].samples[(name, frozenset())]
                for family, name in (
                    ("opora_journal_events", "opora_journal_events"),
                    (
                        "opora_store_commit_duration_seconds",
                        "opora_store_commit_duration_seconds_count",
                    ),
                    ("opora_engine_group_commands", "opora_engine_group_commands_sum"),
                )
            ]

        before = figures()
        for _ in range(5):
            self.program(self.node).post("/api/v1/contacts", harness.contact())
        # A command is answered before its group is counted.
        until(
            lambda: all(now >= was + 5 for was, now in zip(before, figures())),
            "all five are counted",
            30,
        )

    def test_a_refusal_and_a_wrong_password_are_counted(self):
        def counts():
            return [
                self.value(self.node, "opora_http_problems_total", code="unauthenticated"),
                self.value(self.node, "opora_sign_ins_total", outcome="wrong"),
                self.value(self.node, "opora_sign_ins_total", outcome="let_in"),
            ]

        before = counts()
        user = {"login": "nobody", "password": "wrong-password"}
        api = Api(self.node.url)
        self.addCleanup(api.close)
        self.assertEqual(api.send("POST", "/api/v1/session", user).status, 401)
        self.user("operator", self.node)
        after = counts()
        self.assertEqual(after[0], before[0] + 1)
        self.assertEqual(after[1], before[1] + 1)
        self.assertGreaterEqual(after[2], before[2] + 1)

    def test_nobody_is_named(self):
        self.program(self.node).post(
            "/api/v1/contacts", harness.contact(applicant="Редкая Фамилия", phone="+79991112233")
        )
        self.user("operator", self.node, "rare.login")
        self.wait_whole(1)
        for member in (self.node, self.hub):
            api = Api(member.url)
            self.addCleanup(api.close)
            text = api.send("GET", "/metrics").body.decode()
            for secret in ("Редкая", "9991112233", "rare.login", "Больница"):
                self.assertNotIn(secret, text)

    def test_what_a_proxy_passes_on_from_elsewhere_needs_a_right(self):
        operator, administrator = self.user("operator", self.node), self.admin(self.node)
        for field in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            headers = {field: "203.0.113.7"}
            stranger = Api(self.node.url)
            self.addCleanup(stranger.close)
            for api, status in (
                (stranger, 401),
                (operator, 403),
                (administrator, 200),
                (self.program(self.node), 200),
            ):
                answer = api.request("GET", "/metrics", None, headers)
                self.assertEqual(answer.status, status, field)


if __name__ == "__main__":
    harness.main()
