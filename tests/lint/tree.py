"""The tree under check, as {path: text}, and the form in which every check reports.

A check is a function `check(tree) -> [Finding]`, so that its own test can feed it a tree made of
strings and prove that it can fail. Standard library only.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Only where git is missing (an exported archive): what a build leaves in the tree.
LEFTOVERS = {".git", "build", "node_modules", "dist", "paraglide", "__pycache__"}


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    what: str
    instead: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.what}\n    instead: {self.instead}"


class Tree:
    """Tracked and new files (not ignored ones), read on demand."""

    def __init__(self, files, root=None):
        self._files = dict(files)
        self._root = root

    @staticmethod
    def on_disk(root=ROOT):
        return Tree({path: None for path in list_files(root)}, root)

    def paths(self, *endings, under=""):
        chosen = (p for p in self._files if p.startswith(under))
        return sorted(p for p in chosen if not endings or p.endswith(endings))

    def bytes(self, path):
        known = self._files[path]
        if known is None:
            return (self._root / path).read_bytes()
        return known if isinstance(known, bytes) else known.encode()

    def text(self, path):
        return self.bytes(path).decode("utf-8", "replace")

    def lines(self, path):
        return enumerate(self.text(path).splitlines(), 1)

    def scripts(self):
        """Programs without an ending (deploy/install), known by their first line."""
        return [
            p
            for p in self.paths()
            if "." not in p.rpartition("/")[2] and self.bytes(p).startswith(b"#!")
        ]

    def __contains__(self, path):
        return path in self._files


def list_files(root):
    # safe.directory: the tree may belong to another user than the one who tests (sudo, containers).
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "-C",
        str(root),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    try:
        names = subprocess.run(command, check=True, capture_output=True).stdout.decode().split("\0")
        found = {name for name in names if name}
    except (OSError, subprocess.CalledProcessError):
        found = {
            str(p.relative_to(root))
            for p in Path(root).rglob("*")
            if not LEFTOVERS & set(p.relative_to(root).parts)
        }
    return [name for name in found if (Path(root) / name).is_file()]


def run(*checks):
    """Runs the checks on the tree on disk and exits 1 with every finding printed."""
    tree = Tree.on_disk()
    findings = [finding for check in checks for finding in check(tree)]
    for finding in sorted(findings, key=lambda f: (f.path, f.line)):
        print(finding)
    print(f"{len(findings)} finding(s) in {len(tree.paths())} files")
    sys.exit(1 if findings else 0)
