"""Faults in names: misspelt, mistaken for another, used without what brings them in, or written to in vain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeloop.inject.source import Edit, Source, without
from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node


def wrong_name(source: Source) -> Iterator[Edit]:
    """Misspell a use of a name that occurred before."""
    for leaf in _uses(source):
        yield Edit(start=leaf.start_byte, end=leaf.end_byte, text=misspelt(text_of(leaf), source.names))


def misspelt(name: str, taken: frozenset[str]) -> str:
    """Swap two neighbouring letters, the first that differ after the first letter; else say a letter again until it is new."""
    for i in range(1, len(name) - 1):
        swapped = name[:i] + name[i + 1] + name[i] + name[i + 2 :]
        if swapped not in taken and swapped != name and name[i].isalpha() and name[i + 1].isalpha():
            return swapped
    longer = name + name[-1]
    while longer in taken:
        longer += name[-1]
    return longer


def _uses(source: Source) -> Iterator[Node]:
    """Give the names in the reference that occurred before and bind nothing, not even by an assignment."""
    seen: set[str] = set()
    for leaf in walk(source.root):
        if leaf.type not in source.syntax.names or leaf.child_count:
            continue
        name, parent = text_of(leaf), leaf.parent
        is_assigned = parent is not None and parent.type in source.shapes.assignments
        is_assigned = is_assigned and parent.child_by_field_name("left") == leaf  # type: ignore[union-attr]  # seen above
        is_use = name in seen and leaf.id not in source.binders and not is_assigned and name != "_"
        if is_use and leaf.start_byte >= source.start:
            yield leaf
        seen.add(name)


def wrong_variable(source: Source) -> Iterator[Edit]:
    """Take another variable of the same written type that is seen where one is used."""
    selected = {node.id for node in _selected(source)}
    for leaf in _uses(source):
        at, name = leaf.start_byte, text_of(leaf)
        seen = [b for b in source.bindings if b.at < at and b.scope[0] <= at < b.scope[1]]
        types = {b.type for b in seen if b.name == name}
        if leaf.id in selected or not types:
            continue
        for other in dict.fromkeys(b.name for b in seen if b.name != name and b.type in types):
            yield Edit(start=at, end=leaf.end_byte, text=other)


def _selected(source: Source) -> Iterator[Node]:
    """Give the names that are looked up in something."""
    places = dict(source.syntax.selectors) | {kind: rest for kind, (_, rest) in source.shapes.qualified.items()}
    for node in source.of(places):
        found = node.child_by_field_name(places[node.type])
        if found is not None:
            yield found


def missing_import(source: Source) -> Iterator[Edit]:
    """Leave out an import of the reference, or a library's qualifier. (Those of the task are given back by extraction.)"""
    for node in source.of(source.syntax.imports):
        yield without(source, node)
    for node in source.of(source.shapes.qualified):
        place, rest = (node.child_by_field_name(name) for name in source.shapes.qualified[node.type])
        if place is not None and rest is not None and _is_library(source, text_of(place)):
            yield Edit(start=place.start_byte, end=rest.start_byte, text="")


def _is_library(source: Source, qualifier: str) -> bool:
    pattern = source.shapes.qualifiers
    return qualifier in source.imported if pattern is None else pattern.fullmatch(qualifier) is not None


def unused_variable(source: Source) -> Iterator[Edit]:
    """Write an assignment's value into a new name."""
    for node in source.of(source.shapes.assignments):
        left, right = (_only(node.child_by_field_name(name)) for name in ("left", "right"))
        is_statement = _is_in_block(source, node)
        if left is None or right is None or left.type not in source.syntax.names or not is_statement:
            continue
        name, sign = text_of(left), source.text(left.end_byte, right.start_byte).strip().removesuffix("=")
        if any(b.name == name and b.at < left.start_byte for b in source.bindings):
            value = f"{name} {sign} {_atom(right)}" if sign else text_of(right)
            declared = source.shapes.declaration.replace("NAME", _new_name(source, name))
            yield Edit(start=node.start_byte, end=node.end_byte, text=declared.replace("VALUE", value))


def _is_in_block(source: Source, node: Node) -> bool:
    """Say whether an assignment is a statement in a block: a declaration may not be an ``if``'s only statement."""
    parent = node.parent
    if parent is None or parent.type not in source.shapes.statements:
        return False
    holder = parent if parent.type in source.shapes.holders else parent.parent
    return holder is not None and holder.type in source.shapes.holders


def _only(node: Node | None) -> Node | None:
    """Give the member of a list of one; lists of more have none."""
    if node is None or node.type != "expression_list":
        return node
    return node.named_children[0] if node.named_child_count == 1 else None


def _atom(node: Node) -> str:
    text = text_of(node)
    is_compound = any(word in node.type for word in ("operator", "binary", "conditional", "ternary", "cast", "lambda"))
    return f"({text})" if is_compound else text


def _new_name(source: Source, name: str) -> str:
    pattern = source.shapes.new_name
    has_words = "_" in pattern
    new = pattern.replace("NAME", name if has_words else name[:1].upper() + name[1:])
    while new in source.names:
        new += "2"
    return new
