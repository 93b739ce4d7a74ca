"""Every C++ file as .clang-format has it, every Python file as black has it (pyproject.toml)."""

import re
import subprocess
import tempfile
from pathlib import Path

import tree as lint
from tree import Finding

# Many files a call, since starting the program costs more than formatting a file.
FILES_A_CALL = 40


def formatter_says(command, paths, root):
    """What the program writes about these paths, a bounded number of them a call."""
    calls = (paths[at : at + FILES_A_CALL] for at in range(0, len(paths), FILES_A_CALL))
    return "".join(
        subprocess.run([*command, *some], cwd=root, capture_output=True, text=True).stderr
        for some in calls
    )


def check_cpp(tree, root=lint.ROOT):
    said = formatter_says(["clang-format", "--dry-run"], tree.paths(".cc", ".h"), root)
    found = {}
    for match in re.finditer(r"^(.+?):(\d+):\d+: (?:warning|error):", said, re.MULTILINE):
        found.setdefault(match.group(1), int(match.group(2)))
    return [
        Finding(path, line, "not formatted", f"clang-format -i {path}")
        for path, line in sorted(found.items())
    ]


def check_python(tree, root=lint.ROOT):
    scripts = [p for p in tree.scripts() if "python" in tree.text(p).split("\n")[0]]
    said = formatter_says(["black", "--check"], tree.paths(".py") + scripts, root)
    found = re.findall(r"^(?:would reformat|error: cannot format) ([^:\n]+)", said, re.MULTILINE)
    return [
        Finding(str((Path(root) / path).relative_to(root)), 1, "not formatted", "black -q on it")
        for path in found
    ]


def on_disk(check, name, text):
    """For the self-test: the check on a tree of one file with the repository's style."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for style in (".clang-format", "pyproject.toml"):
            (root / style).write_bytes((lint.ROOT / style).read_bytes())
        (root / name).write_text(text)
        return check(lint.Tree({name: text}), root)


if __name__ == "__main__":
    lint.run(check_cpp, check_python)
