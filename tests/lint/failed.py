"""What failed, said once more and last: the end of each failed test's output from ctest's junit.xml.

A build service may keep only the last lines of a run; a name alone does not say why. Exit status 0.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

LINES = 12
TESTS = 8


def ends(junit: str) -> list[str]:
    """One text per failed test, TESTS at most: its name and the last LINES lines that it printed."""
    failed = [
        t for t in ElementTree.fromstring(junit).iter("testcase") if t.get("status") == "fail"
    ]
    texts = [
        "\n".join([f"-- {test.get('name')}", *_printed(test)[-LINES:]]) for test in failed[:TESTS]
    ]
    if len(failed) > TESTS:
        texts.append(f"-- and {len(failed) - TESTS} more")
    return texts


def _printed(test: ElementTree.Element) -> list[str]:
    lines = (test.findtext("system-out") or "").splitlines()
    return [line.rstrip() for line in lines if line.strip()]


def main() -> int:
    path = Path(sys.argv[1])
    if path.exists():
        print("\n".join(ends(path.read_text(encoding="utf-8", errors="replace"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
