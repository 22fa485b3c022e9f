"""Conditions: branches change places under the opposite condition; comparisons are read from the other side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of
from codeloop.perturb.source import (
    INDENT,
    Rewrite,
    Source,
    children,
    in_parentheses,
    replaced,
    rewrite,
    rewrites,
    unwrapped,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITE = {"==": "!=", "!=": "=="}
"""Of the others the opposite is none where a side is no number (NaN)."""


def invert_conditions(source: Source) -> Iterator[Rewrite]:
    """Turn one condition around."""
    for body in source.bodies:
        for node in body.nodes:
            if node.type == "if_statement" and source.is_clear(node):
                yield from _branches(source, node)
                yield from _returns(node)
            elif node.type == "conditional_expression" and source.is_clear(node):
                yield from _choice(node)
            elif node.type == "binary_expression":
                yield from _comparison(source, node)


def negated(node: Node) -> str:
    """Give the opposite of a condition."""
    operator = text_of(node.child_by_field_name("operator"))
    if node.type == "binary_expression" and operator in _OPPOSITE:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        return f"{text_of(left)} {_OPPOSITE[operator]} {text_of(right)}"
    return f"!{in_parentheses(node)}"


def _parts(node: Node) -> tuple[Node, Node, Node | None] | None:
    condition, then = unwrapped(node.child_by_field_name("condition")), node.child_by_field_name("consequence")
    otherwise = node.child_by_field_name("alternative")
    if condition is None or then is None:
        return None
    other = children(otherwise)
    return condition, then, other[0] if otherwise is not None and other else None


def _braced(source: Source, node: Node, margin: str) -> str:
    return text_of(node) if node.type == "compound_statement" else f"{{\n{margin}{INDENT}{text_of(node)}\n{margin}}}"


def _branches(source: Source, node: Node) -> Iterator[Rewrite]:
    parts = _parts(node)
    if parts is None:
        return
    condition, then, other = parts
    margin = source.margin(node)
    is_not = condition.type == "unary_expression" and text_of(condition).startswith("!")
    opposite = text_of(condition.child_by_field_name("argument")) if is_not else negated(condition)
    first = _braced(source, other, margin) if other is not None else "{\n" + margin + "}"
    text = f"if ({opposite}) {first} else {_braced(source, then, margin)}"
    yield rewrite(node, text, "branches change places under the opposite condition")


def _returns(node: Node) -> Iterator[Rewrite]:
    """``if (a) return b; return c;`` is ``if (!a) return c; return b;``."""
    parts, after = _parts(node), node.next_named_sibling
    if parts is None or parts[2] is not None or after is None or after.type != "return_statement":
        return
    inside = children(parts[1]) if parts[1].type == "compound_statement" else [parts[1]]
    if len(inside) != 1 or inside[0].type != "return_statement" or node.parent is None:
        return
    if node.parent.type != "compound_statement":
        return
    edits = (replaced(parts[0], negated(parts[0])), replaced(inside[0], text_of(after)), replaced(after, text_of(inside[0])))  # fmt: skip
    yield rewrites(node, "returns change places under the opposite condition", edits)


def _choice(node: Node) -> Iterator[Rewrite]:
    condition, then = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    other = node.child_by_field_name("alternative")
    if condition is None or then is None or other is None:
        return
    inside = unwrapped(condition) or condition
    first = in_parentheses(other) if other.type == "conditional_expression" else text_of(other)
    second = (
        in_parentheses(then)
        if then.type in ("conditional_expression", "comma_expression", "assignment_expression")
        else text_of(then)
    )
    text = f"{negated(inside)} ? {first} : {second}"
    yield rewrite(node, text, "choices change places under the opposite condition")


def _comparison(source: Source, node: Node) -> Iterator[Rewrite]:
    operator = text_of(node.child_by_field_name("operator"))
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator not in _MIRRORED or left is None or right is None or not source.is_pure(node):
        return
    text = f"{_side(right)} {_MIRRORED[operator]} {_side(left)}"
    yield rewrite(node, text, "a comparison is read from the other side")


def _side(node: Node) -> str:
    """Give a side of a comparison; one that is a comparison itself would be read otherwise on the other side."""
    operator = text_of(node.child_by_field_name("operator"))
    is_loose = node.type == "binary_expression" and operator in (*_MIRRORED, "<<", ">>", "&", "|", "^", "&&", "||")
    return (
        f"({text_of(node)})"
        if is_loose or node.type in ("conditional_expression", "assignment_expression")
        else text_of(node)
    )
