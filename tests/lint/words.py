"""What must not stand in the tree: left-overs, machine paths, registry hosts, binary files, and
three habits of headers (no opening comment, no include guard, bool parameters).
"""

import re

import tree as lint
from tree import Finding

CODE = (
    ".cc",
    ".h",
    ".ts",
    ".js",
    ".mjs",
    ".svelte",
    ".css",
    ".html",
    ".py",
    ".capnp",
    ".cmake",
    "CMakeLists.txt",
)
# In pieces, so that this file does not find itself.
LEFT_OVER = re.compile(
    "|".join(["TO" "DO", "FIX" "ME", "X" "XX", "not " "implemented", "un" "implemented"])
)
MACHINE_PATH = re.compile(
    r"(?<![\w.}/-])/(" + "|".join(["wo" "rk", "tm" "p", "ro" "ot", "ho" "me", "Us" "ers"]) + ")/"
)
REGISTRY = re.compile(
    "|".join(
        [
            "deb.deb" r"ian\.org",
            r"registry\.npm" r"js\.org",
            r"npm" r"js\.com",
            r"py" r"pi\.org",
            r"cra" r"tes\.io",
        ]
    )
)
# A parameter of type bool by value. References carry a value out; they name themselves at the call.
BOOL_PARAMETER = re.compile(r"[(,]\s*(?:const\s+)?bool\s+\w+\s*(?:=[^,)]*)?(?=[,)])")
BOOL_REASON = re.compile(r"//.*\bbool: \w")
PLAIN_ASSERT = re.compile(r"(?<![\w.])assert\(")


def search(tree, paths, pattern, what, instead):
    return [
        Finding(path, number, f"{what}: {match.group(0).strip()}", instead)
        for path in paths
        for number, line in tree.lines(path)
        for match in [pattern.search(line)]
        if match
    ]


def texts(tree, *endings):
    return [path for path in tree.paths(*endings) if b"\0" not in tree.bytes(path)]


def check_left_overs(tree):
    return search(
        tree,
        tree.paths(*CODE) + tree.scripts(),
        LEFT_OVER,
        "left-over",
        "do it, or write an issue; a comment says what holds now",
    )


def check_machine_paths(tree):
    return search(
        tree,
        texts(tree),
        MACHINE_PATH,
        "path of a machine",
        "take it from an option, from the repository's root or from the system's temporary folder",
    )


def check_registries(tree):
    return search(
        tree,
        texts(tree),
        REGISTRY,
        "registry host",
        "leave the address to the package manager's configuration",
    )


def check_binaries(tree):
    def is_binary(data):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return True
        return b"\0" in data

    return [
        Finding(
            path, 1, "binary file", "make it by a script at build time, or take it from a package"
        )
        for path in tree.paths()
        if is_binary(tree.bytes(path))
    ]


def check_headers(tree):
    found = []
    for path in tree.paths(".h"):
        text = tree.text(path)
        if not text.startswith("//"):
            found.append(
                Finding(
                    path,
                    1,
                    "a header without an opening comment",
                    "open it with what it is, who owns it, which thread, which guarantee",
                )
            )
        if "#pragma once" not in text:
            found.append(
                Finding(
                    path, 1, "a header without a guard", "#pragma once below the opening comment"
                )
            )
    return found


def check_bool_parameters(tree):
    found = []
    for path in tree.paths(".h", under="protocol/") + tree.paths(".h", under="sync/"):
        for number, line in tree.lines(path):
            if BOOL_PARAMETER.search(line.split("//")[0]) and not BOOL_REASON.search(line):
                found.append(
                    Finding(
                        path,
                        number,
                        "a bool parameter",
                        "an enum class whose values name the two ways (or, where the value is "
                        "itself the datum, end the line with '// bool: why')",
                    )
                )
    return found


def check_asserts(tree):
    paths = [p for p in tree.paths(".cc", ".h") if not p.startswith("tests/")]
    return search(
        tree,
        paths,
        PLAIN_ASSERT,
        "an assertion that a release build drops",
        "OPORA_CHECK (protocol/base/check.h) for bugs, Result for input",
    )


if __name__ == "__main__":
    lint.run(
        check_left_overs,
        check_machine_paths,
        check_registries,
        check_binaries,
        check_headers,
        check_bool_parameters,
        check_asserts,
    )
