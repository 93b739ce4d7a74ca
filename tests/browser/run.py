"""Runs the browser tests on a region of their own: a hub and two sites with sample data and a
network that can be cut. Describes it in region.json, and obeys the tests' wishes on a port of
loopback: POST /cut|silence|restore|stop|start|freeze|thaw/SITE.

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

from demo_lib import demo, rubricator, sample  # noqa: E402
from demo_lib.processes import Binaries  # noqa: E402
from demo_lib.region import Member, Region  # noqa: E402

BUILD = Path(os.environ.get("OPORA_BUILD_DIR") or TOP / "build/release")
SITES = sample.SITES[1:3]
PASSWORD = "opora-browser"


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
def gear(region: Region):
    """The address on which wishes are heard."""

    class Wishes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            _, wish, no = self.path.split("/")
            try:
                obey(region, wish, int(no))
                status, text = 200, b""
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


def main(files: list[str]) -> int:
    root = Path(tempfile.mkdtemp(prefix="opora-browser-"))
    try:
        region = start(root / "region")
        try:
            described = root / "region.json"
            described.write_text(json.dumps(demo.describe(region), ensure_ascii=False))
            with gear(region) as address:
                return run_node(files, described, address)
        finally:
            region.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def run_node(files: list[str], described: Path, address: str) -> int:
    node = subprocess.run([TOP / "deploy/node-path"], capture_output=True, text=True, check=True)
    chosen = files or sorted(path.name for path in HERE.glob("*.test.mjs"))
    return subprocess.run(
        [f"{node.stdout.strip()}/node", "--test", "--test-concurrency=1", *chosen],
        cwd=HERE,
        env={**os.environ, "OPORA_REGION": str(described), "OPORA_CONTROL": address},
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
