"""Which folder may include what: the one table of allowed edges (ARCHITECTURE.md, "Layers").

Fails on an include of ours that the table does not allow, on a third-party header outside its
adapter, on a header that no row knows, on a cycle between folders and on a new top-level folder.
"""

import re

import tree as lint
from tree import Finding

PROTOCOL = [
    "protocol/base",
    "protocol/schema",
    "protocol/domain",
    "protocol/codec",
    "protocol/link",
]
SYNC = [
    "sync/core",
    "sync/journal",
    "sync/projection",
    "sync/engine",
    "sync/exchange",
    "sync/replicator",
    "sync/feed",
    "sync/search",
]
EVERYTHING = [""]

# Folder (with what lies below it, unless that has a row) -> what it may include of ours, itself
# aside. The longest row that fits a path counts.
MAY_INCLUDE = {
    "protocol/base": [],
    "protocol/schema": ["protocol/base"],
    "protocol/domain": ["protocol/base"],
    "protocol/codec": ["protocol/base", "protocol/domain", "protocol/schema"],
    "protocol/link": ["protocol/base"],
    "sync/core": PROTOCOL,
    "sync/journal": PROTOCOL,
    "sync/projection": PROTOCOL + ["sync/journal"],
    "sync/engine": PROTOCOL + ["sync/core", "sync/journal", "sync/projection"],
    "sync/search": PROTOCOL + ["sync/journal", "sync/projection"],
    "sync/exchange": PROTOCOL + ["sync/core"],
    "sync/replicator": PROTOCOL + ["sync/core", "sync/exchange"],
    "sync/feed": PROTOCOL + ["sync/core", "sync/journal", "sync/engine", "sync/exchange"],
    "web/server": ["protocol/base"],
    "web/client": ["protocol/base"],
    "web/app": PROTOCOL + SYNC + ["web/server"],
    "node": PROTOCOL
    + SYNC
    + ["web/server", "web/app", "web/client", "node/guard", "node/media", "node/telephony"],
    "node/guard": ["protocol/base", "web/app", "web/client", "node/telephony"],
    "node/media": ["protocol/base", "protocol/domain"],
    "node/telephony": PROTOCOL
    + ["sync/journal", "sync/projection", "sync/engine", "web/server", "node/telephony/queue"],
    "node/telephony/queue": ["protocol/base", "protocol/domain"],
    "node/telephony/ari": ["protocol/base", "node/telephony", "web/server", "web/client"],
    "node/telephony/check": ["protocol/base", "node/telephony/ari", "web/server", "web/client"],
    "node/telephony/ami": ["protocol/base", "protocol/domain", "web/server", "web/client"],
    "hub": PROTOCOL + SYNC + ["web/server", "web/app"],
    "deploy/tool": PROTOCOL + SYNC + ["web/server", "web/app", "hub"],
    "tests": EVERYTHING,
}

# Header prefix -> the folders that may see it; the first row that fits counts. Tests may see all.
ADAPTERS = [
    ("capnp/", ["protocol/codec"]),
    ("kj/", ["protocol/codec"]),
    ("zmq", ["protocol/link"]),
    ("rocksdb/", ["sync/journal"]),
    ("sqlite3.h", ["sync/search"]),
    ("hunspell/", ["sync/search"]),
    ("libstemmer", ["sync/search"]),
    ("boost/", ["web/server", "web/client"]),
    ("openssl/", ["web/server"]),
    ("curl/", ["node/mail", "node/telephony", "web/client", "deploy/tool"]),
    ("xlsxwriter", ["web/app/export"]),
    ("sodium", ["protocol/base", "protocol/codec"]),
    ("date/", ["protocol/base", "protocol/domain", "web/app"]),
    ("prometheus/", ["web/app"]),
    ("systemd/", ["web/app"]),
    ("jpeglib.h", ["node/media"]),
    ("jerror.h", ["node/media"]),
    ("png.h", ["node/media"]),
    ("zlib.h", ["node/media"]),
    ("gtest/", ["tests"]),
    ("gmock/", ["tests"]),
    ("benchmark/", ["tests"]),
] + [
    (
        name,
        [
            "protocol/base",
            "protocol/codec",
            "protocol/link",
            "sync",
            "web",
            "node",
            "hub",
            "deploy/tool",
        ],
    )
    for name in ("spdlog/", "fmt/", "CLI/", "toml++/")
]

# Pure folders: the same input gives the same output, so no clock, file, thread or chance.
PURE = ["protocol/domain", "sync/core", "sync/exchange", "node/telephony/queue"]
IMPURE = re.compile(
    r"^(fstream|iostream|filesystem|thread|mutex|shared_mutex|atomic|random|future"
    r"|condition_variable|ctime|cstdio|spdlog/.*|fmt/.*|CLI/.*|toml\+\+/.*)$"
)
SYSTEM = re.compile(r"^([a-z_0-9]+|(sys|netinet|arpa|net|linux)/[a-z_0-9]+\.h|[a-z_0-9]+\.h)$")

TOP_FOLDERS = {"protocol", "sync", "web", "node", "hub", "tests", "deploy"}
OURS = re.compile(r"^(protocol|sync|web|node|hub|tests|deploy)/")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def inside(path, folder):
    return folder == "" or path == folder or path.startswith(folder + "/")


def row_of(path):
    rows = [folder for folder in MAY_INCLUDE if inside(path, folder)]
    return max(rows, key=len, default=None)


def includes(tree):
    for path in tree.paths(".h", ".cc"):
        for number, line in tree.lines(path):
            match = INCLUDE.match(line)
            if match:
                yield path, number, match.group(1), match.group(2)


def check_ours(path, line, header):
    row = row_of(path)
    if row is None:
        return Finding(
            path,
            line,
            "this folder has no row in the layer table",
            "put the file into a folder of the table (tests/lint/layers.py), or add a row "
            "and say in ARCHITECTURE.md why the layer exists",
        )
    # Tests forge messages that the codec would never write.
    if header.endswith(".capnp.h") and row not in ("protocol/codec", "tests"):
        return Finding(
            path,
            line,
            f"{header}: generated schema outside protocol/codec",
            "use the plain structs of protocol/domain and the coder of protocol/codec",
        )
    if inside(header, row) and row_of(header) == row:
        return None
    if any(inside(header, allowed) for allowed in MAY_INCLUDE[row]):
        return None
    allowed = ", ".join(MAY_INCLUDE[row]) or "nothing but itself"
    return Finding(
        path,
        line,
        f"{row} must not include {header}",
        f"{row} may include {allowed}: move the code up a layer, or ask for what it needs "
        "through a small interface in its own header",
    )


def check_foreign(path, line, quote, header):
    if any(inside(path, folder) for folder in PURE) and IMPURE.match(header):
        return Finding(
            path,
            line,
            f"{header} in a pure folder",
            "take the value as an argument (now, random bytes, rows) and return what to do",
        )
    if inside(path, "tests"):
        return None
    for prefix, folders in ADAPTERS:
        if header.startswith(prefix):
            if any(inside(path, folder) for folder in folders):
                return None
            return Finding(
                path,
                line,
                f"{header} outside its adapter",
                f"only {', '.join(folders)} may include {prefix}*: call the adapter's own header",
            )
    if quote == "<" and SYSTEM.match(header):
        return None
    return Finding(
        path,
        line,
        f"{header} is in no row of the adapter table",
        'write includes of ours from the root ("protocol/base/ids.h"); for a new library add '
        "a row to ADAPTERS in tests/lint/layers.py with its one adapter folder",
    )


def check_edges(tree):
    found = (
        check_ours(path, line, header)
        if OURS.match(header)
        else check_foreign(path, line, quote, header)
        for path, line, quote, header in includes(tree)
    )
    return [finding for finding in found if finding]


def check_cycles(tree):
    """Folders as they lie on disk, so that a part and its own subfolder cannot need each other."""
    edges = {}
    for path, line, _, header in includes(tree):
        here, there = path.rpartition("/")[0], header.rpartition("/")[0]
        if OURS.match(header) and here != there and not inside(path, "tests"):
            edges.setdefault(here, {}).setdefault(there, (path, line))
    findings = []
    done = set()

    def visit(folder, trail):
        if folder in trail:
            loop = trail[trail.index(folder) :] + [folder]
            path, line = edges[loop[-2]][folder]
            findings.append(
                Finding(
                    path,
                    line,
                    "cycle between folders: " + " -> ".join(loop),
                    "move what both need into the lower of the two",
                )
            )
        elif folder not in done:
            for below in sorted(edges.get(folder, {})):
                visit(below, trail + [folder])
            done.add(folder)

    for folder in sorted(edges):
        visit(folder, [])
    return findings


def check_top(tree):
    tops = {path.split("/")[0]: path for path in tree.paths() if "/" in path}
    return [
        Finding(
            path,
            1,
            f"new top-level folder {top}/",
            f"the top level is fixed: {', '.join(sorted(TOP_FOLDERS))}; put it into one of them",
        )
        for top, path in sorted(tops.items())
        if top not in TOP_FOLDERS and not top.startswith(".")
    ]


if __name__ == "__main__":
    lint.run(check_edges, check_cycles, check_top)
