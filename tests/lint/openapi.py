"""The routes that the daemons register are those of web/api/openapi.yaml, on the daemon that it says,
and each of its operations names who may.

Whether answers have the shape that it promises is checked on running daemons (tests/e2e); that the
UI agrees with it, by the types generated from it (lint.ui).
"""

import re

import tree as lint
from tree import Finding

CONTRACT = "web/api/openapi.yaml"
# Every operation says who may, or that it asks nobody who he is.
SAYS_WHO = re.compile(r"      (x-roles: \[\w|security: \[\]$)")
METHODS = "get|post|put|delete|patch"
# Which folder's routes which daemon serves.
SERVED_BY = {"web/app/": {"node", "hub"}, "node/": {"node"}, "hub/": {"hub"}}
ROUTE = re.compile(r'(?:Method::k(\w+),\s*)?"(/(?:api/v1/[\w/{}.-]*|livez|readyz|metrics))"(,?)')


def registered(tree):
    """{path: {method or None: (folders' daemons, file, line)}}; None where a helper of the file knows the method."""
    found = {}
    for folder, daemons in SERVED_BY.items():
        for path in tree.paths(".cc", under=folder):
            text = tree.text(path)
            for match in ROUTE.finditer(text):
                if not match[3]:
                    continue  # a path in a comparison or a link, not in a registration
                method = match[1].lower() if match[1] else None
                line = text.count("\n", 0, match.start(2)) + 1
                known = found.setdefault(match[2], {}).get(method, (set(), path, line))
                found[match[2]][method] = (known[0] | daemons, path, line)
    return found


def promised(tree):
    """{path: {method: (daemons, line)}}"""
    found, section, path, method = {}, None, None, None
    for number, line in tree.lines(CONTRACT):
        if re.match(r"\w", line):
            section, path = line.split(":")[0], None
        elif section == "paths" and (match := re.match(r"  (/[^:]*):", line)):
            path = match[1]
        elif path and (match := re.match(rf"    ({METHODS}):", line)):
            method = match[1]
            found.setdefault(path, {})[method] = ({"node", "hub"}, number)
        elif path and method and (match := re.match(r"      x-served-by: \[(.*)\]", line)):
            daemons = {part.strip() for part in match[1].split(",")}
            found[path][method] = (daemons, found[path][method][1])
    return found


def untold(tree):
    """Operations of the contract that do not say who may: [(path, method, line)]"""
    operations, section, path = [], None, None
    for number, line in tree.lines(CONTRACT):
        if re.match(r"\w", line):
            section, path = line.split(":")[0], None
        elif section == "paths" and (match := re.match(r"  (/[^:]*):", line)):
            path = match[1]
        elif path and (match := re.match(rf"    ({METHODS}):", line)):
            operations.append([path, match[1], number, False])
        elif path and operations and SAYS_WHO.match(line):
            operations[-1][3] = True
    return [tuple(operation[:3]) for operation in operations if not operation[3]]


def check(tree):
    if CONTRACT not in tree:
        return [Finding(CONTRACT, 1, "missing", "the formal contract of the API (OpenAPI 3.1)")]
    routes, contract = registered(tree), promised(tree)
    found = []
    for path, methods in sorted(routes.items()):
        for method, (_, file, line) in methods.items():
            if path not in contract or (method and method not in contract[path]):
                found.append(
                    Finding(
                        file,
                        line,
                        f"{method or 'a route'} {path} is not in the contract",
                        f"describe it in {CONTRACT}, with its answers and errors",
                    )
                )
    for path, methods in sorted(contract.items()):
        for method, (daemons, line) in methods.items():
            known = routes.get(path, {})
            if method not in known and None not in known:
                found.append(
                    Finding(
                        CONTRACT,
                        line,
                        f"{method} {path} is served by nobody",
                        "register it (router.on), or take it out of the contract",
                    )
                )
            # A route of web/app may be left out by one of the two; the running daemons show that.
            elif method in known and not daemons <= known[method][0]:
                served = ", ".join(sorted(known[method][0]))
                found.append(
                    Finding(
                        CONTRACT,
                        line,
                        f"{method} {path} is served by {served} alone",
                        f"x-served-by: [{served}], or register it in web/app",
                    )
                )
    for path, method, line in untold(tree):
        found.append(
            Finding(
                CONTRACT,
                line,
                f"{method} {path} does not say who may",
                "x-roles: […] by protocol/domain/access.cc, or security: [] when it is public",
            )
        )
    return found


if __name__ == "__main__":
    lint.run(check)
