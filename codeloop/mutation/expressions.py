"""Mutants of operators: relational, arithmetic, logical, and of a negation or a minus sign that is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of
from codeloop.mutation.operators import ARITHMETIC, ASSIGNING, LOGICAL, RELATIONAL, Operator
from codeloop.mutation.program import Draft, Program

if TYPE_CHECKING:
    from tree_sitter import Node

_TEXTS = frozenset({"string", "string_literal", "concatenated_string", "interpreted_string_literal", "template_string"})
_TEXTS |= {"raw_string_literal", "character_literal"}


def operator_mutants(program: Program, node: Node) -> Iterator[Draft]:
    """Replace each operator of a node by what stands for it; a chain of comparisons is kept whole around it."""
    if node.type not in program.shapes.operations:
        return
    if node.type in program.shapes.assignments:
        yield from _assigning(program, node)
        return
    for index, token in enumerate(node.children):
        if not token.is_named and index:
            for operator, text in _others(program, node, token.type):
                yield Draft(operator=operator, node=node, text=_with(program, node, index, text))


def _others(program: Program, node: Node, token: str) -> Iterator[tuple[Operator, str]]:
    is_comparison = node.type == "comparison_operator" or token not in {"in", "not in", "is", "is not"}
    for text in RELATIONAL.get(token, ()) if is_comparison else ():
        yield Operator.ROR, text
    if token in ARITHMETIC and token not in program.grammar.no_arithmetic and not _is_text(node):
        yield Operator.AOR, ARITHMETIC[token]
    if token in LOGICAL:
        yield Operator.LCR, LOGICAL[token]


def _is_text(node: Node) -> bool:
    """Say whether an operand is text as it stands: ``+`` joins then, and no other operator fits."""
    left = node.child_by_field_name("left")
    right = node.child_by_field_name("right")
    operands = [left, right]
    while left is not None and left.type == node.type:  # a + "b" + c
        operands += [left.child_by_field_name("right"), left := left.child_by_field_name("left")]
    return any(operand is not None and operand.type in _TEXTS - {"character_literal"} for operand in operands)


def _with(program: Program, node: Node, index: int, text: str) -> str:
    """Write the node again with another operator; operands in parentheses, for it may bind tighter than the old one."""
    is_chain = node.type == "comparison_operator"
    parts = [text if at == index else _part(program, child, is_chain) for at, child in enumerate(node.children)]
    return " ".join(parts)


def _part(program: Program, child: Node, is_chain: bool) -> str:
    return program.operand(child) if child.is_named and not is_chain else text_of(child)


def _assigning(program: Program, node: Node) -> Iterator[Draft]:
    """Replace ``+=``; a statement of it is replaced whole."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    token = next((child.type for child in node.children if child.type in ASSIGNING), "")
    is_text = right is not None and right.type in _TEXTS
    if token[:-1] in program.grammar.no_arithmetic or is_text or left is None or right is None or not token:
        return
    text = f"{text_of(left)} {ASSIGNING[token]} {text_of(right)}"
    statement = node.parent
    if statement is not None and statement.type == "expression_statement":
        end = text_of(statement)[len(text_of(node)) :]
        yield Draft(operator=Operator.AOR, node=statement, text=text + end, is_statement=True)
    else:  # a statement of Go, or a part of a loop's head
        yield Draft(operator=Operator.AOR, node=node, text=text, is_statement=program.language == "go")


def unary_mutants(program: Program, node: Node) -> Iterator[Draft]:
    """Leave out a prefix ``!``, ``not`` or ``-``."""
    if node.type not in program.grammar.unary or node.child_count != 2:
        return
    sign, operand = node.children
    if sign.type in {"!", "not", "-", "~", "^"}:
        yield Draft(operator=Operator.UOD, node=node, text=text_of(operand))
