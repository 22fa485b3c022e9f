"""Faults in statements: a branch, a return, a loop's update or a bracket that is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from codeloop.inject.source import Edit, Source, returned, without
from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node


def missing_case(source: Source) -> Iterator[Edit]:
    """Leave out an ``else`` with what belongs to it, an ``if`` without one, or a branch of a ``switch``."""
    for node in source.of(source.shapes.ifs):
        others = [child for child in node.children if child.type in source.shapes.alternatives]
        for other in others:
            end = other if other.is_named else node  # a bare "else": all that follows belongs to it
            yield Edit(start=_after_code(source, other.start_byte), end=end.end_byte, text="")
        statement = node.parent if node.parent is not None and node.parent.type in source.shapes.statements else node
        statement = node if statement is None or statement.type in source.shapes.holders else statement
        if not others and statement.parent is not None and statement.parent.type in source.shapes.holders:
            yield without(source, statement)
    for node in source.of(source.shapes.cases):
        yield without(source, node)


def _after_code(source: Source, at: int) -> int:
    """Give where the code before a byte ends: a branch goes with the blanks before it."""
    return max(source.start, len(source.code[:at].rstrip()))


def missing_return(source: Source) -> Iterator[Edit]:
    """Give the value back to nobody, or leave the last statement out: whatever the language lets pass for a function."""
    for function in _functions(source):
        body = function.child_by_field_name("body")
        inner = body.named_children if body is not None else []
        if len(inner) == 1 and inner[0].type == "statement_list":
            inner = inner[0].named_children
        last = [node for node in inner if node.type not in source.syntax.comments][-1:]
        if source.shapes.dropped_return == "last":
            yield from (without(source, node) for node in last if node.type in source.syntax.returns)
        elif source.shapes.dropped_return == "tail":
            is_value = last and not last[0].type.endswith(("_statement", "_declaration", "_item", "_definition"))
            yield from (Edit(start=node.end_byte, end=node.end_byte, text=";") for node in last if is_value)
            yield from (e for node in last for e in _unreturned(source, [node, *node.named_children[:1]]))
    if source.shapes.dropped_return == "keyword":
        yield from _unreturned(source, source.nodes)


def _functions(source: Source) -> Iterator[Node]:
    """Give the functions that end in the reference: the entry point's begins in what the task gives."""
    found = (node for node in walk(source.root) if node.type in source.syntax.functions)
    return (node for node in found if node.end_byte > source.start)


def _unreturned(source: Source, nodes: Iterable[Node]) -> Iterator[Edit]:
    for node in nodes:
        value = returned(node) if node.type in source.syntax.returns else None
        if value is not None:
            yield Edit(start=node.start_byte, end=value.start_byte, text="")


def infinite_loop(source: Source) -> Iterator[Edit]:
    """Leave out a ``for``'s update, or the only statement that changes what a ``while`` asks about."""
    for node in source.of(source.shapes.for_updates):
        update = node.child_by_field_name(source.shapes.for_updates[node.type])
        if update is not None:
            yield Edit(start=_after_code(source, update.start_byte), end=update.end_byte, text="")
    for node in source.of(source.shapes.whiles):
        body, condition = node.child_by_field_name("body"), node.child_by_field_name("condition")
        head = condition or node.named_children[0]  # Go has one ``for`` for all
        if body is None or head.type in source.shapes.for_updates or head.type in {"range_clause", "block"}:
            continue
        asked = {text_of(leaf) for leaf in walk(head) if leaf.type in source.syntax.names}
        changes = [inner for inner in walk(body) if inner.type in source.shapes.updates and _changed(inner) in asked]
        statement = changes[0].parent if len(changes) == 1 else None
        if statement is not None and statement.type in source.shapes.statements:
            yield without(source, changes[0] if statement.type in source.shapes.holders else statement)


def _changed(node: Node) -> str:
    """Name the variable that an update changes."""
    left = node.child_by_field_name("left") or node.child_by_field_name("argument") or node.named_children[0]
    return text_of(left)


def syntax(source: Source) -> Iterator[Edit]:
    """Leave out a closing bracket, a colon or a semicolon."""
    for node in source.nodes:
        parent = node.parent.type if node.parent is not None else ""
        is_colon = node.type == ":" and parent in source.shapes.colons
        if not node.is_named and node.end_byte > node.start_byte and (node.type in source.shapes.closers or is_colon):
            yield Edit(start=node.start_byte, end=node.end_byte, text="")
