"""Mutants of statements: a call, an assignment or a jump that is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of, walk
from codeloop.mutation.operators import Operator
from codeloop.mutation.program import Draft, Program

if TYPE_CHECKING:
    from tree_sitter import Node

_TARGETS = frozenset({"subscript", "attribute", "subscript_expression", "index_expression", "array_access"})
_TARGETS |= {"field_access", "member_expression", "selector_expression", "field_expression", "pointer_expression"}
_STEPS = frozenset({"update_expression", "inc_statement", "dec_statement"})


def deletion_mutants(program: Program, node: Node) -> Iterator[Draft]:
    """Leave a statement out where it stands alone in a block and what it does has a substitute: an older value, nothing."""
    parent = node.parent
    if parent is None or parent.type not in program.shapes.holders | {"program", "module"} or not node.is_named:
        return
    inner = _inner(program, node)
    if inner is not None and _may_go(program, inner):
        yield Draft(operator=Operator.SDL, node=node, text=program.grammar.nothing, is_statement=True)


def _inner(program: Program, node: Node) -> Node | None:
    """Give what a statement does; ``None`` where it is more than one thing, or (Python) not on lines of its own."""
    if node.type in program.grammar.deleted | program.shapes.updates:
        return node
    if node.type not in {"expression_statement"} or node.named_child_count != 1:
        return None
    is_own = program.language != "python" or program.is_alone(node)
    return node.named_children[0] if is_own else None


def _may_go(program: Program, inner: Node) -> bool:
    if inner.type in program.grammar.deleted:
        return inner.child_count == 1 or program.language != "rust"  # Rust's break gives the loop's value
    if inner.type in program.grammar.calls:
        return program.grammar.shows.fullmatch(program.called(inner)) is None
    if inner.type in _STEPS:
        return True
    return inner.type in program.shapes.updates and _has_value(program, inner)


def _has_value(program: Program, node: Node) -> bool:
    """Say whether the target of an assignment had a value before; a name's first assignment is its declaration."""
    left = node.child_by_field_name("left")
    if left is not None and left.type == "expression_list" and left.named_child_count == 1:
        left = left.named_children[0]
    if left is None:
        return False
    is_augmented = any(child.type.endswith("=") and len(child.type) > 1 for child in node.children)
    if is_augmented or left.type in _TARGETS:
        return True
    if program.language in {"python", "rust"}:
        return left.type in program.syntax.names and _was_bound(program, node, text_of(left))
    return left.type in program.syntax.names


def _was_bound(program: Program, node: Node, name: str) -> bool:
    """Say whether an earlier statement of the function, or a parameter, gave the name a value on every way to here.

    In a loop or a branch that alone knows the name it may be the first one; a binding in an enclosing block is needed.
    """
    function = program.function(node)
    around = set()
    current = node.parent
    while current is not None:
        around.add(current.id)
        current = current.parent
    for inner in walk(function if function is not None else program.root):
        if inner.start_byte >= node.start_byte:
            continue
        if inner.type in {"assignment", "let_declaration"} and _gives(inner, name) and _block(inner) in around:
            return True
        if inner.type in {"parameters", "for_statement"} and inner.id in around | _heads(function):
            head = inner.child_by_field_name("left") if inner.type == "for_statement" else inner
            if head is not None and any(text_of(leaf) == name for leaf in walk(head)):
                return True
    return False


def _gives(node: Node, name: str) -> bool:
    target = node.child_by_field_name("left") or node.child_by_field_name("pattern")
    value = node.child_by_field_name("right") or node.child_by_field_name("value")
    return value is not None and target is not None and any(text_of(leaf) == name for leaf in walk(target))


def _block(node: Node) -> int:
    """Give the id of the block in which a statement stands."""
    parent = node.parent
    while parent is not None and parent.type in {"expression_statement", "assignment"}:
        parent = parent.parent
    return parent.id if parent is not None else 0


def _heads(function: Node | None) -> set[int]:
    parameters = function.child_by_field_name("parameters") if function is not None else None
    return {parameters.id} if parameters is not None else set()
