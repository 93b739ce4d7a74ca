"""A file is read in one sitting and a function on one screen (CONTRIBUTING.md, "Style").

The limits are hard: a file of 500 lines, a function of 70 (in C++ and Python).
"""

import ast
import re

import tree as lint
from tree import Finding

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 70
SOURCES = (".cc", ".h", ".ts", ".js", ".mjs", ".svelte", ".css", ".py", ".capnp", ".cmake", ".sh")
# Written by a program or compared with one: nobody reads them as code.
NOT_WRITTEN_BY_HAND = re.compile(r"(^|/)(golden|generated|node_modules)/|\.d\.ts$|lock\.json$")

# What C++ text looks like to a brace counter once comments and literals are blanked.
NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL,
)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
CONTAINER = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()]*$")


def written(tree, *endings):
    return [path for path in tree.paths(*endings) if not NOT_WRITTEN_BY_HAND.search(path)]


def check_files(tree):
    found = []
    for path in written(tree, *SOURCES) + tree.scripts():
        count = tree.text(path).count("\n")
        if count > MAX_FILE_LINES:
            found.append(
                Finding(
                    path,
                    MAX_FILE_LINES,
                    f"{count} lines",
                    f"split it where its header comment would need an 'and'; {MAX_FILE_LINES} is the limit",
                )
            )
    return found


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def cpp_functions(text):
    """(first line, last line) of each outermost function body's declaration and block."""
    text = PREPROCESSOR.sub(blank, NOISE.sub(blank, text))
    open_blocks, start, begin = [], 0, None
    for at, char in enumerate(text):
        if char == "{":
            head = text[start:at].strip()
            is_function = begin is None and "(" in head and not CONTAINER.search(head)
            if is_function:
                begin = (
                    len(open_blocks),
                    start + len(text[start:at]) - len(text[start:at].lstrip()),
                )
            open_blocks.append(at)
            start = at + 1
        elif char == "}" and open_blocks:
            open_blocks.pop()
            if begin and begin[0] == len(open_blocks):
                yield text.count("\n", 0, begin[1]) + 1, text.count("\n", 0, at) + 1
                begin = None
            start = at + 1
        elif char == ";":
            start = at + 1


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno


def check_functions(tree):
    found = []
    for endings, functions in (((".cc", ".h"), cpp_functions), ((".py",), python_functions)):
        for path in written(tree, *endings):
            for first, last in functions(tree.text(path)):
                if last - first + 1 > MAX_FUNCTION_LINES:
                    found.append(
                        Finding(
                            path,
                            first,
                            f"a function of {last - first + 1} lines",
                            "keep the branches here and move each branch's work into a named "
                            f"function; {MAX_FUNCTION_LINES} lines is the limit",
                        )
                    )
    return found


if __name__ == "__main__":
    lint.run(check_files, check_functions)
