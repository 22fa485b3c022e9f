"""A task of one file: somebody's program and tests, without a statement and without a model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codeloop.errors import SuiteError
from codeloop.languages import get_language
from codeloop.languages.syntax import parse, text_of, to_bytes, to_text, walk
from codeloop.suites.files import read_tests
from codeloop.tasks import HiddenTests, Task, VisibleTests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_DECLARATORS = frozenset({"function_declarator", "pointer_declarator", "reference_declarator"})


def task_of_file(name: str, language: str, code: str, tests: str, entry_point: str = "") -> Task:
    """Make a task whose ``prompt + reference`` is ``code``; the tests are hidden ones.

    The entry point is the function that the tests name, of several the first that they name; ``entry_point`` chooses.
    Raises SuiteError, UnknownName.
    """
    syntax = get_language(language).syntax
    program = read_tests(f"tests of {name}", language, _without_import(tests, name) if language == "python" else tests)
    functions = {_name(node): node for node in walk(parse(syntax, code)) if node.type in syntax.functions}
    functions.pop("", None)
    chosen = entry_point or next(iter(_named(program, functions)), "")
    if chosen not in functions:
        known = ", ".join(sorted(functions)) or "none"
        raise SuiteError(
            f"{name}: no function {entry_point or 'that the tests call'}; name it with --entry-point: {known}"
        )
    at = _begin(functions[chosen])
    data = to_bytes(code)
    return Task(
        id=name,
        language=language,
        statement=name,
        prompt=to_text(data[:at]),
        entry_point=chosen,
        visible=VisibleTests(code=""),
        hidden=HiddenTests(code=program),
        reference=to_text(data[at:]),
    )


def _name(node: Node) -> str:
    """Name a function; in C++ the name stands in declarators, behind its qualifiers."""
    name = node.child_by_field_name("name")
    declarator = node.child_by_field_name("declarator")
    while name is None and declarator is not None:
        inner = declarator.child_by_field_name("declarator")
        if inner is None and declarator.type in _DECLARATORS and declarator.named_child_count:
            inner = declarator.named_children[-1]
        if inner is None:
            name = declarator
        declarator = inner
    return text_of(name)


def _named(tests: str, functions: dict[str, Node]) -> Iterator[str]:
    for word in re.findall(r"\w+", tests):
        if word in functions:
            yield word


def _begin(function: Node) -> int:
    """Give where the body begins: behind its brace, or at its first line's beginning."""
    body = function.child_by_field_name("body")
    if body is None:
        return function.end_byte
    return body.start_byte + 1 if text_of(body).startswith("{") else body.start_byte


def _without_import(tests: str, name: str) -> str:
    """Leave out what imports the file itself, and call the test functions that a runner would find."""
    stem = re.escape(name.rpartition("/")[2].rpartition(".")[0])
    kept = re.sub(
        rf"^[ \t]*(?:from[ \t]+{stem}[ \t]+import[ \t]+(?:\([^)]*\)|[^\n(]*)|import[ \t]+{stem}[ \t]*)$",
        "",
        tests,
        flags=re.M,
    )
    found = re.findall(r"^def[ \t]+(test_\w*)\(\)", kept, re.M)
    calls = "".join(f"{test}()\n" for test in found if not re.search(rf"^{test}\(\)", kept, re.M))
    return kept.rstrip("\n") + "\n" + calls if calls else kept
