"""Reorder: neighbours of which neither touches what the other writes.

Strict: nothing that calls, and all memory that is not a variable's own (elements, fields, what pointers point to, variables
of the file) counts as one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of, walk
from codeloop.perturb.source import Body, Rewrite, Source, inner_name, names_in, replaced, rewrites, words_before

if TYPE_CHECKING:
    from tree_sitter import Node

_MEMORY = "*"
_THROUGH = ("subscript_expression", "field_expression", "pointer_expression")
_CHANGES = ("assignment_expression", "update_expression")
_REFUSED = ("call_expression", "comma_expression", "compound_literal_expression", "generic_expression", "ERROR")
_TYPES_DEFINED = ("struct_specifier", "union_specifier", "enum_specifier")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Effects:
    reads: frozenset[str]
    writes: frozenset[str]

    def is_apart_from(self, other: _Effects) -> bool:
        touched = self.reads | self.writes
        return not self.writes & (other.reads | other.writes) and not other.writes & touched


def reorder(source: Source) -> Iterator[Rewrite]:
    """Swap two neighbours in a block, or two declarators of a declaration."""
    for body in source.bodies:
        for node in body.nodes:
            if node.type == "compound_statement":
                yield from _swaps(source, body, node.named_children, "statements")
            elif node.type == "declaration" and not words_before(node) & {"static", "extern"}:
                yield from _swaps(source, body, node.children_by_field_name("declarator"), "declarators")


def _swaps(source: Source, body: Body, nodes: list[Node], what: str) -> Iterator[Rewrite]:
    found = [_effects(source, body, node) for node in nodes]
    for at in range(len(nodes) - 1):
        left, right, first, second = found[at], found[at + 1], nodes[at], nodes[at + 1]
        if left is None or right is None or not left.is_apart_from(right) or text_of(first) == text_of(second):
            continue
        edits = (replaced(first, text_of(second)), replaced(second, text_of(first)))
        yield rewrites(first, f"two {what} change places", edits)


def _effects(source: Source, body: Body, node: Node) -> _Effects | None:
    """Say what a statement reads and writes; ``None`` where it may do anything else, too."""
    nodes = list(walk(node))
    if any(each.type in _REFUSED for each in nodes) or not source.is_clear(node):
        return None
    writes: set[str] = set()
    match node.type:
        case "expression_statement":
            pass
        case "declaration":
            is_new_type = any(each.type in _TYPES_DEFINED and each.child_by_field_name("body") for each in nodes)
            if is_new_type or words_before(node) & {"static", "extern"}:
                return None
            writes |= {inner_name(each) for each in node.children_by_field_name("declarator")}
        case "init_declarator" | "identifier" | "pointer_declarator" | "array_declarator":
            writes.add(inner_name(node))
        case _:
            return None
    for each in nodes:
        if each.type in _CHANGES:
            target = each.child_by_field_name("left") or each.child_by_field_name("argument")
            is_own = target is not None and target.type == "identifier" and text_of(target) in body.plain
            writes.add(text_of(target) if is_own else _MEMORY)
    reads = names_in(node)
    is_memory = any(each.type in _THROUGH for each in nodes) or bool(reads - body.plain - writes)
    return _Effects(reads=frozenset(reads | ({_MEMORY} if is_memory else set())), writes=frozenset(writes))
