"""Scopes: where in a program a place lies: its line of source, and the functions and types around it, by tree-sitter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from codeloop.diagnostics import Diagnostic
from codeloop.languages.syntax import Syntax, parse, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_SEPARATORS = {"tree_sitter_cpp": "::", "tree_sitter_rust": "::"}
_OWNERS = {"tree_sitter_rust": "type", "tree_sitter_go": "receiver"}
"""Field in which ``impl Account`` and ``func (a *Account)`` name their type."""
_HOLDERS = {"variable_declarator": "name", "assignment_expression": "left", "pair": "key"}
"""JavaScript's ``const add = (a) => …`` names a function there."""
_DECLARATORS = 4  # pointers and references around a C++ function's name


def column_at(code: str, line: int, byte: int) -> int | None:
    """Give the column in code points of a byte's column (all from 1); nothing for a line that is not there."""
    rows = code.split("\n")
    if not 0 < line <= len(rows) or byte < 1:
        return None
    return len(rows[line - 1].encode("utf-8", "surrogatepass")[: byte - 1].decode("utf-8", "ignore")) + 1


def placed(findings: Iterable[Diagnostic], code: str, syntax: Syntax) -> tuple[Diagnostic, ...]:
    """Fill ``scope`` and ``source_line`` where a finding has a line and lacks them."""
    lines = code.split("\n")
    return tuple(_placed(item, code, lines, syntax) for item in findings)


def scope_of(code: str, line: int, column: int | None, syntax: Syntax) -> str:
    """Name the functions and types around a place (1-based; columns count code points): ``Account.deposit``; empty at the top.

    Without a column it is the first character of the line that is no blank.
    """
    lines = code.split("\n")
    if not 0 < line <= len(lines):
        return ""
    text = lines[line - 1]
    first = len(text) - len(text.lstrip())
    before = text[: first if column is None else max(0, column - 1)]
    point = (line - 1, len(before.encode("utf-8", "surrogatepass")))
    node = parse(syntax, code).descendant_for_point_range(point, point)
    names: list[str] = []
    while node is not None:
        names += _names(node, syntax)
        node = node.parent
    return _SEPARATORS.get(syntax.grammar, ".").join(reversed(names))


def _placed(item: Diagnostic, code: str, lines: list[str], syntax: Syntax) -> Diagnostic:
    if item.line is None or not 0 < item.line <= len(lines):
        return item
    scope = item.scope or scope_of(code, item.line, item.column, syntax)
    return replace(item, source_line=item.source_line or lines[item.line - 1].rstrip("\r"), scope=scope)


def _names(node: Node, syntax: Syntax) -> list[str]:
    """Name a node that makes a scope, innermost first; nothing for one that makes none or has no name."""
    if node.type == "impl_item":
        return _type_names(node, syntax)
    if node.type not in syntax.functions and node.type not in syntax.types:
        return []
    name = _name(node)
    if not name:
        return []
    return [name, *(_type_names(node, syntax) if node.type == "method_declaration" else [])]


def _name(node: Node) -> str:
    """Give the name in a definition: its own field, or at the heart of a C++ declarator, or what a function is given to."""
    named = node.child_by_field_name("name")
    if named is not None:
        return text_of(named)
    inner = node.child_by_field_name("declarator")
    for _ in range(_DECLARATORS):
        if inner is None or inner.type.endswith("identifier"):
            break
        last = inner.named_children[-1] if inner.named_children else None  # of a reference, which names no field
        inner = inner.child_by_field_name("declarator") or last
    if inner is not None:
        return text_of(inner) if inner.type.endswith("identifier") else ""
    holder = node.parent
    if holder is not None and holder.type in _HOLDERS:
        return text_of(holder.child_by_field_name(_HOLDERS[holder.type]))
    return ""


def _type_names(node: Node, syntax: Syntax) -> list[str]:
    """Name the type that a method belongs to where it is said beside the function."""
    field = _OWNERS.get(syntax.grammar)
    owner = node.child_by_field_name(field) if field else None
    found = (part for part in walk(owner) if part.type == "type_identifier") if owner else iter(())
    return [text_of(part) for part in found][:1]
