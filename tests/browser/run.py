"""Runs the browser tests on a region of their own: a hub and two sites with sample data and a
network that can be cut. Describes it in region.json, and obeys the tests' wishes on a port of
loopback: POST /cut|silence|restore|stop|start|freeze|thaw/SITE.

Files about work at the telephones (AT_TELEPHONES) have a region of their own, whose node drives a
simulated PBX (calls_region.py): POST /telephone has one of its commands, the answer is its own; the
other wishes are obeyed as well.

  tests/browser/run.py [FILE.test.mjs…]
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "deploy"))
sys.dont_write_bytecode = True

from calls_region import CallsRegion  # noqa: E402
from demo_lib import demo, rubricator, sample  # noqa: E402
from demo_lib.processes import Binaries  # noqa: E402
from demo_lib.region import Member, Region  # noqa: E402

BUILD = Path(os.environ.get("OPORA_BUILD_DIR") or TOP / "build/release")
SITES = sample.SITES[1:3]
PASSWORD = "opora-browser"
AT_TELEPHONES = {"shift.test.mjs"}


def start(root: Path) -> Region:
    region = Region(root, Binaries.of_build(BUILD), password=PASSWORD)
    try:
        region.start_hub(sample.HUB_NAME)
        topics = rubricator.read(TOP / "deploy/sample/rubricator.tsv")
        region.publish(topics)
        region.publish_catalogues(TOP / "deploy/sample/catalogues.json")
        for spec in SITES:
            region.add_site(
                spec,
                proxied=f"site {spec.no}",
                options={"--backup": str(root / f"backups-{spec.no}")},
            )
        here = {0, *region.sites}
        with region.at_hub() as hub:
            for user in sample.users():
                if user.site in here:
                    hub.post("/api/v1/users", user.as_json(PASSWORD))
        now_ms = int(time.time() * 1000)
        for member in region.sites.values():
            sample.fill_site(member, topics, PASSWORD, now_ms)
            end_sample_calls(member)
    except BaseException:
        region.stop()
        raise
    return region


def end_sample_calls(member: Member) -> None:
    """The sample leaves calls that go on: the tests' agents begin with a free phone."""
    at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    calls = [
        {"source": "pbx1", "call_id": f"live-{name}", "seq": 9, "type": "ended", "at": at}
        for name in ("talks", "waits")
    ]
    with closing(member.api()) as api:
        api.post("/api/v1/telephony/events", {"events": calls})


def obey(region: Region, wish: str, no: int) -> None:
    """Raises KeyError for a wish or a site that there is not."""
    member = region.sites[no]

    def restart() -> None:
        if not member.daemon.alive():
            member.restart()

    {
        "cut": lambda: region.cut(member),
        "silence": lambda: region.cut(member, "silent"),
        "restore": lambda: region.restore(member),
        "stop": member.daemon.stop,
        "start": restart,
        "freeze": lambda: member.daemon.process.send_signal(signal.SIGSTOP),
        "thaw": lambda: member.daemon.process.send_signal(signal.SIGCONT),
    }[wish]()


@contextmanager
def gear(hears):
    """The address on which wishes are heard; `hears` takes a path's parts and a body, and answers."""

    class Wishes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            try:
                status, text = 200, hears(self.path.split("/")[1:], body).encode()
            except Exception as error:  # told to the test that wished it
                status, text = 500, repr(error).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Wishes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@contextmanager
def sample_region(root: Path):
    """What describes it, and who hears its wishes."""
    region = start(root)

    def hears(wish: list[str], _: str) -> str:
        what, no = wish
        obey(region, what, int(no))
        return ""

    try:
        yield demo.describe(region), hears
    finally:
        region.stop()


@contextmanager
def telephones(root: Path):
    calls = CallsRegion(root, BUILD, PASSWORD)

    def hears(wish: list[str], body: str) -> str:
        if wish == ["telephone"]:
            return calls.telephone(body.split())
        what, no = wish
        obey(calls.region, what, int(no))
        return ""

    try:
        yield calls.describe(), hears
    finally:
        calls.stop()


def main(files: list[str]) -> int:
    chosen = files or sorted(path.name for path in HERE.glob("*.test.mjs"))
    parts = (
        (sample_region, [file for file in chosen if Path(file).name not in AT_TELEPHONES]),
        (telephones, [file for file in chosen if Path(file).name in AT_TELEPHONES]),
    )
    return max(run(region, part) for region, part in parts if part)


def run(region, files: list[str]) -> int:
    root = Path(tempfile.mkdtemp(prefix="opora-browser-"))
    try:
        with region(root / "region") as (described, hears), gear(hears) as address:
            file = root / "region.json"
            file.write_text(json.dumps(described, ensure_ascii=False))
            return run_node(files, file, address)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def run_node(files: list[str], described: Path, address: str) -> int:
    node = subprocess.run([TOP / "deploy/node-path"], capture_output=True, text=True, check=True)
    return subprocess.run(
        [f"{node.stdout.strip()}/node", "--test", "--test-concurrency=1", *files],
        cwd=HERE,
        env={**os.environ, "OPORA_REGION": str(described), "OPORA_CONTROL": address},
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
