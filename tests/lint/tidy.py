"""clang-tidy over the product's C++, each file once per content: by default the folders of SHORT (a
whole pass takes a quarter of an hour on two cores), with --product all of it, with --all the tests too.

A file is asked again only when it, a header of ours below it, its compile command or .clang-tidy
changed: what passed is noted by hash under the build folder. Needs a configured build folder with
the generated headers (OPORA_BUILD_DIR, by default build/dev).
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tree as lint

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
# What clang does not know or has another opinion on; the compiler that builds is gcc.
FLAGS = ["--quiet", "--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-error"]


# The fixed short form: the rules, the store, the link and the daemons; most files of these cost 3 to
# 12 s of one core, ten minutes of two in all. Left to the long form: web/, where Beast and the JSON
# of the API cost as much again, and deploy/.
SHORT = ("hub/", "node/", "protocol/", "sync/")


class Runner:
    def __init__(self, root, build, cache):
        self.root, self.build, self.cache = root, build, cache
        self.cache.mkdir(parents=True, exist_ok=True)
        self.closures = {}
        version = subprocess.run(
            ["clang-tidy", "--version"], capture_output=True, text=True, check=True
        )
        self.common = version.stdout.split("Host CPU")[0] + "".join(
            (root / name).read_text()
            for name in (".clang-tidy", "tests/.clang-tidy")
            if (root / name).exists()
        )

    def below(self, path):
        """The files of ours that `path` includes, directly or not, itself among them."""
        if path not in self.closures:
            found = self.closures[path] = {path}
            for header in INCLUDE.findall((self.root / path).read_text()):
                if (self.root / header).is_file():
                    found |= self.below(header)
        return self.closures[path]

    def key(self, path, command):
        state = hashlib.sha256((self.common + command).encode())
        for name in sorted(self.below(path)):
            state.update(name.encode() + b"\0" + (self.root / name).read_bytes())
        return state.hexdigest()

    def check(self, path, command):
        """(path, what clang-tidy says); nothing when it is, or was noted as, in order."""
        note = self.cache / self.key(path, command)
        if note.exists():
            return path, ""
        run = subprocess.run(
            ["clang-tidy", "-p", str(self.build), *FLAGS, path],
            cwd=self.root,
            capture_output=True,
            text=True,
        )
        if run.returncode == 0:
            note.touch()
            return path, ""
        return path, run.stdout + run.stderr


def commands(root, build):
    """{source: compile command} of everything in the tree that this build folder compiles."""
    listed = json.loads((build / "compile_commands.json").read_text())
    return {
        os.path.relpath(os.path.join(c["directory"], c["file"]), root): c["command"] for c in listed
    }


def check(root, build, choose, jobs):
    """{path: text of the findings} for the chosen sources."""
    runner = Runner(root, build, build / "tidy")
    chosen = {p: c for p, c in sorted(commands(root, build).items()) if choose(p)}
    found = {}
    with ThreadPoolExecutor(jobs) as pool:
        for done, (path, text) in enumerate(pool.map(runner.check, chosen, chosen.values()), 1):
            if text:
                found[path] = text
                print(text, flush=True)
            if done % 20 == 0 or done == len(chosen):
                print(f"clang-tidy: {done} of {len(chosen)} files", flush=True)
    return found


def give_way():
    """Only what others leave of the cores: tests with real time in them run beside this one."""
    if hasattr(os, "sched_setscheduler"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def main():
    give_way()
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true", help="the tests' own code too")
    parser.add_argument("--product", action="store_true", help="everything but the tests")
    parser.add_argument("paths", nargs="*", help="only sources below these folders")
    options = parser.parse_args()
    build = Path(os.environ.get("OPORA_BUILD_DIR", lint.ROOT / "build/dev"))

    def choose(path):
        if path.startswith(("..", "build/")):
            return False
        if options.paths:
            return path.startswith(tuple(options.paths))
        if options.product or options.all:
            return options.all or not path.startswith("tests/")
        return path.startswith(SHORT)

    found = check(lint.ROOT, build, choose, os.cpu_count() or 1)
    if found:
        print(
            f"{len(found)} file(s); instead: what each message proposes, or a NOLINTNEXTLINE(check) with its "
            "reason in the line above"
        )
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
