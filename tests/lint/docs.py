"""The documents stay true: every path they name exists, every folder has a README, and every row of
the README's feature table has a place in the code and a test that names its mission id.

The table's form is `| id | what | where | tests |`. A row of what is not there yet has "not yet" in
its `where` column and nothing in `tests`.
"""

import re

import tree as lint
from tree import Finding

FOLDERS = ["deploy", "hub", "node", "protocol", "sync", "tests", "web"]
ROOT_DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# A path in code marks: starts at the top level, or at the folder of the document with "./".
NAMED = re.compile(
    r"`((?:(?:"
    + "|".join(FOLDERS)
    + r"|\.ci)/|\./)[\w./*-]*[\w*/]|[A-Z][\w]*\.(?:txt|json|md))[^`]*`"
)
ROW = re.compile(r"^\|(?P<id>[^|]*)\|(?P<what>[^|]*)\|(?P<where>[^|]*)\|(?P<tests>[^|]*)\|\s*$")
ID = re.compile(r"^(?:[A-Z]{1,3}\d*[a-z]?|A-esc)$")
NOT_YET = "not yet"


def documents(tree):
    return [p for p in tree.paths(".md") if "/corpus/" not in p]


def exists(tree, path):
    folder = path.rstrip("/*") + "/"
    return path in tree or any(p.startswith(folder) for p in tree.paths())


def resolve(document, target):
    base = document.rpartition("/")[0]
    parts = []
    for part in (f"{base}/{target}" if base else target).split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def named_paths(document, line):
    for target in LINK.findall(line):
        if "://" not in target:
            yield resolve(document, target)
    for target in NAMED.findall(line):
        yield resolve(document, target) if target.startswith("./") else target


def check_paths(tree):
    return [
        Finding(
            document,
            number,
            f"names {path}, which does not exist",
            "the path as it is now, or nothing: a document says what holds today",
        )
        for document in documents(tree)
        for number, line in tree.lines(document)
        for path in named_paths(document, line)
        if not path.startswith("build") and not exists(tree, path)
    ]


def check_readmes(tree):
    wanted = ROOT_DOCUMENTS + [f"{folder}/README.md" for folder in FOLDERS]
    return [
        Finding(path, 1, "missing", "what the folder is, in the order in which one reads it")
        for path in wanted
        if path not in tree
    ]


def rows(tree):
    for number, line in tree.lines("README.md"):
        match = ROW.match(line)
        if match:
            ids = [part.strip() for part in match["id"].split(",")]
            if all(ID.match(part) for part in ids):
                yield number, ids, match["where"].strip(), match["tests"].strip()


def files_of(tree, cell):
    """The files that a cell's `paths` stand for."""
    for path in re.findall(r"`([^`]+)`", cell):
        folder = path.rstrip("/") + "/"
        yield from (p for p in tree.paths() if p == path or p.startswith(folder))


def check_row(tree, number, ids, where, tests):
    if where.startswith(NOT_YET):
        if tests:
            yield Finding(
                "README.md",
                number,
                f"{', '.join(ids)}: tests of what is not there yet",
                "name where it is, or leave the tests empty",
            )
        return
    for column, cell in (("where", where), ("tests", tests)):
        if not list(files_of(tree, cell)):
            yield Finding(
                "README.md",
                number,
                f"{', '.join(ids)}: no file in the column '{column}'",
                f"paths in code marks, or '{NOT_YET}' in the column 'where'",
            )
    for one in ids:
        if not any(
            re.search(rf"\b{re.escape(one)}\b", tree.text(p)) for p in files_of(tree, tests)
        ):
            yield Finding(
                "README.md",
                number,
                f"{one}: none of its tests names it",
                f"write the id into the comment of the test that shows it ('{one}: …')",
            )


def check_features(tree):
    if "README.md" not in tree:
        return [
            Finding("README.md", 1, "missing", "a feature table: | id | what | where | tests |")
        ]
    found = [f for row in rows(tree) for f in check_row(tree, *row)]
    if not list(rows(tree)):
        found.append(Finding("README.md", 1, "no feature table", "| id | what | where | tests |"))
    return found


if __name__ == "__main__":
    lint.run(check_paths, check_readmes, check_features)
