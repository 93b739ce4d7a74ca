"""Every C++ file as .clang-format has it."""

import re
import subprocess
import tempfile
from pathlib import Path

import tree as lint
from tree import Finding

# Many files a call, since starting the program costs more than formatting a file.
FILES_A_CALL = 40


def check(tree, root=lint.ROOT):
    found = {}
    paths = tree.paths(".cc", ".h")
    for at in range(0, len(paths), FILES_A_CALL):
        run = subprocess.run(["clang-format", "--dry-run", *paths[at:at + FILES_A_CALL]], cwd=root,
                             capture_output=True, text=True, check=True)
        for match in re.finditer(r"^(.+?):(\d+):\d+: warning:", run.stderr, re.MULTILINE):
            found.setdefault(match.group(1), int(match.group(2)))
    return [Finding(path, line, "not formatted", f"clang-format -i {path}")
            for path, line in sorted(found.items())]


def check_text(text):
    """For the self-test: the check on a tree of one file with the repository's style."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, ".clang-format").write_bytes((lint.ROOT / ".clang-format").read_bytes())
        Path(folder, "a.cc").write_text(text)
        return check(lint.Tree({"a.cc": text}), folder)


if __name__ == "__main__":
    lint.run(check)
