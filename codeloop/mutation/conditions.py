"""Mutants of conditions: always true, always false."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeloop.mutation.operators import Operator
from codeloop.mutation.program import Draft, Program

if TYPE_CHECKING:
    from tree_sitter import Node

_HOLDERS = frozenset({"parenthesized_expression", "condition_clause"})
_PATTERNS = frozenset({"let_condition", "let_chain", "declaration", "instanceof_expression"})


def condition_mutants(program: Program, node: Node) -> Iterator[Draft]:
    """Force a condition; of a loop only to false, for true is an endless loop whatever the tests are."""
    condition = condition_of(program, node)
    if condition is None or program.inside(condition, _PATTERNS) or condition.type in program.grammar.constants:
        return
    if node.type not in program.grammar.loop_conditions and node.type not in program.grammar.loops:
        yield Draft(operator=Operator.COND, node=condition, text=program.grammar.true)
    yield Draft(operator=Operator.COND, node=condition, text=program.grammar.false)


def condition_of(program: Program, node: Node) -> Node | None:
    """Give the condition that a node asks, without its parentheses."""
    place = program.grammar.loop_conditions.get(node.type, program.shapes.conditions.get(node.type))
    if place is None and node.type == "for_statement" and program.language == "go":
        return _gos(node)
    if place is None:
        return None
    found = node.child_by_field_name(place) if isinstance(place, str) else _child(node, place)
    while found is not None and found.type in _HOLDERS and found.named_child_count == 1:
        found = found.named_children[0]
    return None if found is None or found.type in _HOLDERS or not found.is_named or not found.byte_range else found


def _gos(node: Node) -> Node | None:
    """Give the condition of Go's ``for cond {``, whose child has no name."""
    head = node.named_children[0] if node.named_child_count else None
    return None if head is None or head.type in {"for_clause", "range_clause", "block"} else head


def _child(node: Node, index: int) -> Node | None:
    return node.named_children[index] if index < node.named_child_count else None
