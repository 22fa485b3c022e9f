"""Examples: the calls with results that a Python docstring gives, as visible tests.

Read are doctest's own form (Python library reference, "doctest") and ``f(1) == 2`` with the other signs that people put
between a call and its result::

    >>> add(2, 3)                 select([1], 2) ==> []
    5                             count('ab') returns 0
"""

from __future__ import annotations

import ast
import doctest
import re
import warnings
from collections.abc import Collection

_SIGN = re.compile(
    r"\s*(?:==>|=>|==|->|=|➞|→|(?:#\s*)?(?:=>|->|==>)|(?:#\s*)?(?:should\s+)?returns?\b|should\s+be\b)\s*",
    re.IGNORECASE,
)
_WORDS = {"true": "True", "false": "False", "none": "None", "null": "None"}


def python_check(docstring: str, entry_point: str, *, without: Collection[str] = ()) -> str:
    """Give ``def check(f)`` with one assertion per example, and its call; blank when the docstring holds none.

    Only literals count, on both sides: an example is data, and what cannot be read for sure is left out, as are the
    calls in ``without``.
    """
    pairs = [*_doctests(docstring, entry_point), *_lines(docstring, entry_point)]
    found = dict.fromkeys(pair for pair in pairs if pair[0] not in without)
    if not found:
        return ""
    lines = [f"    assert {call} == {value}" for call, value in found]
    return "\n".join([f"def check({entry_point}):", *lines, f"check({entry_point})", ""])


def _doctests(docstring: str, entry_point: str) -> list[tuple[str, str]]:
    try:
        examples = doctest.DocTestParser().get_examples(docstring)
    except ValueError:  # its indentation is not doctest's
        return []
    pairs = [(example.source.strip(), _value(example.want)) for example in examples]
    return [(call, value) for call, value in pairs if value and _call(call, entry_point) == call]


def _lines(docstring: str, entry_point: str) -> list[tuple[str, str]]:
    found = []
    for line in docstring.splitlines():
        start = re.search(rf"(?<![\w.]){re.escape(entry_point)}\(", line)
        call = _call(line[start.start() :], entry_point) if start else ""
        sign = _SIGN.match(line, start.start() + len(call)) if start and call else None
        value = _value(line[sign.end() :]) if sign else ""
        if value:
            found.append((call, value))
    return found


def _call(text: str, entry_point: str) -> str:
    """Give the call that a text begins with, if its arguments are literals; else ``""``."""
    for end in (i + 1 for i, character in enumerate(text) if character == ")"):
        tree = _parsed(text[:end])
        if tree is not None:
            is_ours = isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == entry_point
            return text[:end] if is_ours and isinstance(tree, ast.Call) and _are_literals(tree) else ""
    return ""


def _are_literals(call: ast.Call) -> bool:
    return all(_is_literal(node) for node in [*call.args, *(keyword.value for keyword in call.keywords)])


def _value(text: str) -> str:
    """Give a result as a literal; ``""`` when the rest of the text is no result, or more than one."""
    text = re.sub(r"\s+#.*$", "", text.strip(), flags=re.S).rstrip(".;").strip()
    text = _WORDS.get(text.lower(), text)
    tree = _parsed(text)
    return text if tree is not None and _is_literal(tree) else ""


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _parsed(text: str) -> ast.expr | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
