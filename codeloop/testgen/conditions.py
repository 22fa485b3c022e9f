"""Conditions: the tests in a model's answer, or in a program of tests, one by one.

Each is a line as a suite's list of tests takes it (``suites.files``): a condition, in Go and Rust also an assertion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from codeloop.extract.fences import split
from codeloop.languages import get_language
from codeloop.languages.syntax import parse, text_of, to_bytes, to_text, walk
from codeloop.testgen.dialects import DIALECTS, Claim, Dialect

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_CHARACTERS = 400  # of one test: longer ones are floods, or inputs that nobody would read
_HEADS = ("function", "name", "macro")  # the field that says what is called
_BODIES = frozenset({"block", "compound_statement", "statement_list"})
_ACTS = re.compile(
    r"assignment|lambda|named_expression|closure|function|func_literal|class_body|update_expression|block|yield|await|comment|ERROR"
)  # types of nodes that do more than say a value
_COMPARES = re.compile(r"[=!]=|[<>]|\.equals\(|&&|\|\||\b(?:not|in|is|and|or)\b|^!")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SCALAR = re.compile(
    r"-?\s*(?:\d[\w.]*|[Tt]rue|[Ff]alse|None|null|nil|undefined|'(?:[^'\\]|\\.)'|[A-Z]\w+\.M(?:AX|IN)_VALUE)"
)
_LIST_MARK = re.compile(r"^\s*(?:[-*]|\d+[.)])\s+")


def conditions(language: str, entry_point: str, answer: str, helpers: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Give the tests of ``entry_point`` that a text holds, each once, in order; none where it holds none.

    The text is Markdown, a program of tests, or bare lines. Left out without a word: what does not ask the entry point,
    uses names other than the dialect's and ``helpers``, is longer than ``MAX_CHARACTERS``, or is no whole expression.
    """
    head, blocks = split(answer)
    found = dict.fromkeys(
        line
        for text in ([block.text for block in blocks] or [head])
        for line in _tests(language, entry_point, text)
        if is_condition(language, entry_point, line, helpers)
    )
    return tuple(found)


def is_condition(language: str, entry_point: str, line: str, helpers: frozenset[str] = frozenset()) -> bool:
    """Say whether a line is one whole test that asks ``entry_point``, does nothing else and uses no name that it may not."""
    dialect = DIALECTS[language]
    if not line or len(line) > MAX_CHARACTERS or not line.isprintable():
        return False
    if dialect.escapes is not None and dialect.escapes.search(line):
        return False
    if dialect.refused is not None and dialect.refused.search(_STRING.sub('""', line)):
        return False
    root = _parsed(language, dialect, line)
    statements = _statements(dialect, root)
    if root.has_error or len(statements) != 1 or any(_ACTS.search(node.type) for node in walk(statements[0])):
        return False
    names = {text_of(node) for node in walk(statements[0]) if _is_name(node)}
    return entry_point in names and names <= dialect.words | helpers | {entry_point}


def _is_name(node: Node) -> bool:
    """Say whether a leaf names something; the key of a literal names nothing outside it."""
    is_key = node.parent is not None and node.parent.type == "pair" and node.parent.child_by_field_name("key") == node
    return node.type.endswith("identifier") and not node.child_count and not is_key


def arguments_of(language: str, assertion: str) -> tuple[str, ...]:
    """Give the arguments of a line that is one call, as text; none where it is no call."""
    dialect = DIALECTS[language]
    calls = (node for node in walk(_parsed(language, dialect, assertion)) if node.type in dialect.calls)
    call = next(calls, None)
    return tuple(_arguments(call)) if call is not None else ()


def _parsed(language: str, dialect: Dialect, line: str) -> Node:
    start, end = dialect.wrap
    return parse(get_language(language).syntax, f"{start}{line}{end}")


def _statements(dialect: Dialect, root: Node) -> list[Node]:
    """Give the statements of a line: more than one means that it broke out of its place."""
    if dialect.wrap[0] and len(root.named_children) > 1 + dialect.wrap[0].count("\n"):
        return []
    body = next((node for node in walk(root) if node.type in _BODIES), root) if dialect.wrap[0] else root
    while len(body.named_children) == 1 and body.named_children[0].type in _BODIES:
        body = body.named_children[0]
    return [node for node in body.named_children if text_of(node).strip("; ")]


def _tests(language: str, entry_point: str, text: str) -> Iterator[str]:
    """Give the tests of a whole text, and, where it is no whole program, of its lines too; marks of a list are no part of it."""
    dialect, lines = DIALECTS[language], [line for line in text.split("\n") if line.strip()]
    if all(map(_LIST_MARK.match, lines)):
        text = "\n".join(_LIST_MARK.sub("", line, count=1) for line in lines)
    root = parse(get_language(language).syntax, text)
    whole = list(_collected(dialect, entry_point, root))
    yield from whole
    for line in lines if root.has_error or not whole else []:
        bare = _LIST_MARK.sub("", line, count=1).strip().rstrip(",;").strip("`")
        yield from _collected(dialect, entry_point, _parsed(language, dialect, bare))


def _collected(dialect: Dialect, entry_point: str, root: Node) -> Iterator[str]:
    """Give what is a test among a node and all below it; nothing within a test is one."""
    stack = [root]
    while stack:
        node = stack.pop()
        lines = [] if node.has_error else _tests_of(dialect, entry_point, node)
        yield from lines
        stack.extend([] if lines else reversed(node.children))


def _tests_of(dialect: Dialect, entry_point: str, node: Node) -> list[str]:
    """Give the tests that a node itself is: those of an assertion, or a condition that stands where a statement does."""
    if node.type in dialect.asserts:
        texts = [text_of(node.named_children[0])]
    elif node.type in dialect.calls and _callee(node) in dialect.claims:
        texts = _claimed(dialect, entry_point, _callee(node), _arguments(node))
    elif node.type in dialect.conditions and node.parent is not None and node.parent.type in dialect.statements:
        texts = [text_of(node)] if _COMPARES.search(text_of(node)) else []
    else:
        return []
    lines = [_called_on(dialect.receiver, entry_point, _one_line(text)) for text in texts]
    return [line for line in lines if re.search(rf"\b{re.escape(entry_point)}\b", line)]


def _claimed(dialect: Dialect, entry_point: str, name: str, arguments: list[str]) -> list[str]:
    """Give the conditions that an assertion makes of its arguments; messages behind them do not count."""
    claim, values = dialect.claims[name], [text for text in arguments if text not in dialect.handles]
    if claim is Claim.ITSELF:
        return [dialect.itself.format(name, ", ".join(values))]
    if claim is Claim.LISTED:
        return [text for text in values if _COMPARES.search(text)]
    if claim is Claim.EQUAL and len(values) > 1:
        answer, expected = values[:2] if re.search(rf"\b{re.escape(entry_point)}\b", values[0]) else values[1::-1]
        return [dialect.equal[not _SCALAR.fullmatch(expected.strip())].format(answer, expected)]
    if claim in {Claim.TRUE, Claim.FALSE} and values:
        return [dialect.truth.format(values[0]) if claim is Claim.TRUE else dialect.falsehood.format(values[0])]
    return []


def _callee(call: Node) -> str:
    """Name what is called, without what it is looked up in."""
    head = next(filter(None, map(call.child_by_field_name, _HEADS)), None)
    words: list[str] = re.findall(r"\w+", text_of(head))
    return words[-1] if words else ""


def _arguments(call: Node) -> list[str]:
    """Give the arguments as text, behind those of an inner call that it is looked up in: ``expect(a).toBe(b)`` has two."""
    tree = next((child for child in call.children if child.type == "token_tree"), None)
    if tree is not None:  # a Rust macro's arguments are not parsed: commas among its own tokens part them
        groups = groupby(tree.children[1:-1], key=lambda token: token.type == ",")
        parts = [list(tokens) for is_comma, tokens in groups if not is_comma]
        data, start = to_bytes(text_of(tree)), tree.start_byte
        return [to_text(data[tokens[0].start_byte - start : tokens[-1].end_byte - start]) for tokens in parts]
    listed = call.child_by_field_name("arguments")
    own = [text_of(child) for child in listed.named_children] if listed is not None else []
    head = call.child_by_field_name("function")
    inner = head.child_by_field_name("object") if head is not None else None
    is_chained = inner is not None and inner.type == call.type and _callee(inner) == "expect"
    return (_arguments(inner) if is_chained and inner is not None else []) + own


def _one_line(text: str) -> str:
    """Join lines; a text whose strings reach over them is none (they would change)."""
    lines = text.strip().split("\n")
    if len(lines) > 1 and any(line.count('"') % 2 or line.count("'") % 2 or "`" in line for line in lines):
        return ""
    return " ".join(line.strip() for line in lines)


def _called_on(receiver: str, entry_point: str, line: str) -> str:
    """Call the entry point as the language's tests do, where it is a method."""
    if not receiver:
        return line
    return re.sub(
        rf"(?:\bnew\s+\w+\s*\(\s*\)\s*\.\s*|\b\w+\s*\.\s*|(?<![\w.]))({re.escape(entry_point)})\s*\(",
        rf"{receiver}.\1(",
        line,
    )


__all__ = ["MAX_CHARACTERS", "arguments_of", "conditions", "is_condition"]
