"""Refusal: what is one whole expression and nothing else may be written into a file that a user will run.

A condition is a model's text. In a cell a test that breaks out of its place does no harm; in a user's folder it is a program
of its own. So each is parsed once more where it is written, whoever let it in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codeloop.languages import get_language
from codeloop.languages.syntax import parse, text_of, walk
from codeloop.testgen.dialects import DIALECTS

if TYPE_CHECKING:
    from tree_sitter import Node

_BODIES = frozenset({"block", "compound_statement"})
_WHOLE = frozenset({"expression_statement", "assert_statement"})
_NO_VALUE = re.compile(
    r"comma_expression|sequence_expression|expression_list|tuple|tuple_expression|block|.*assignment.*|return_expression"
)
"""Types of what is more than one value, or none: an assertion takes the second for a message, the last for the condition."""
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`""")


def refusal(language: str, condition: str) -> str:
    """Say why a condition is not written; empty where it may be."""
    bare = re.sub(r"^assert\b(?!!)\s*(?=[^\s.])", "", condition) if language == "python" else condition.rstrip("; ")
    if not bare.strip():
        return "it is empty"
    if not bare.isprintable():  # a new line, a control character, or one that turns the direction of reading
        return "it holds more than one line, or characters that are not shown"
    escapes = DIALECTS[language].escapes
    if escapes is not None and escapes.search(bare):
        return "it holds an escape that the compiler reads before strings"
    if language == "javascript" and "<!--" in _STRING.sub("", bare):
        return "it holds a comment"  # in a script; the grammar reads it as operators
    return _unsound(language, bare)


def _unsound(language: str, bare: str) -> str:
    syntax, (start, end) = get_language(language).syntax, DIALECTS[language].wrap
    root = parse(syntax, f"{start}{bare}{end}")
    if root.has_error:
        return "it is no whole expression"
    if any("comment" in node.type for node in walk(root)):
        return "it holds a comment"
    statements = _statements(root, is_wrapped=bool(start))
    if len(statements) != 1 or text_of(statements[0]).rstrip("; ") != bare.strip():
        return "it is more than one statement"
    (whole,) = statements
    is_statement = whole.type in _WHOLE
    if not is_statement and not whole.type.endswith(("_expression", "invocation", "identifier", "literal")):
        return "it is no expression"
    value = whole.named_children[0] if is_statement and whole.named_children else whole
    is_one = not _NO_VALUE.fullmatch(value.type) and (not is_statement or len(whole.named_children) == 1)
    return "" if is_one else "it is not one value"


def _statements(root: Node, *, is_wrapped: bool) -> list[Node]:
    """Give the statements of a line; none where it ended the function that was put round it."""
    body = root
    if is_wrapped:
        *before, function = root.named_children
        if any(node.type != "package_clause" for node in before):
            return []
        body = next((node for node in function.named_children if node.type in _BODIES), root)
        if [node.type for node in body.named_children] == ["statement_list"]:
            body = body.named_children[0]
    return [node for node in body.named_children if text_of(node).strip("; ")]


__all__ = ["refusal"]
