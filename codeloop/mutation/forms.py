"""Forms: which node of the program a guard is put round, and how, so that one compiled program holds every mutant.

Where a language has a conditional expression, the guard stands round the mutated node itself. Go has none: there it
stands round the nearest comparison or condition (a function literal that gives a bool), round the nearest statement, or
the operation becomes a call of a generic helper.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of
from codeloop.mutation.operators import LOGICAL, RELATIONAL, Operator
from codeloop.mutation.program import Draft, Program

if TYPE_CHECKING:
    from tree_sitter import Node


class Form(StrEnum):
    """How a mutant is chosen at run time."""

    VALUE = "value"
    """A conditional expression."""
    STATEMENT = "statement"
    """An ``if`` round a statement."""
    ARITHMETIC = "arithmetic"
    """A helper with both operands as arguments (Go)."""
    LITERAL = "literal"
    """A helper with the constant and the other one as arguments (Go)."""
    ALONE = "alone"
    """Not at all: it takes a compile of its own."""


def form_of(program: Program, draft: Draft) -> tuple[Form, Node]:
    """Give the form, and the node that the guard is put round: the mutated one, or one that holds it."""
    if program.language == "java" and _decides_a_scope(draft):
        return Form.ALONE, draft.node
    if draft.is_statement:
        return (Form.STATEMENT if _is_guardable(program, draft.node) else Form.ALONE), draft.node
    if program.language == "go":
        return _gos_form(program, draft)
    if draft.node.type in program.shapes.assignments and program.language not in {"cpp", "javascript", "rust"}:
        return Form.ALONE, draft.node
    return Form.VALUE, draft.node


_LEAVES = frozenset({"break_statement", "continue_statement", "return_statement", "throw_statement", "yield_statement"})


def _decides_a_scope(draft: Draft) -> bool:
    """Say whether a name's scope hangs on this node: a pattern's variable is known where the test cannot have failed.

    So after ``if (!(o instanceof String s)) return;`` (Java Language Specification 17, 6.3.2.2): neither the test nor the
    statement that leaves may stand behind a guard.
    """
    if not draft.is_statement:
        return _binds(draft.node)
    node: Node | None = draft.node if draft.node.type in _LEAVES else None
    while node is not None and node.type not in {"if_statement", "while_statement"}:
        node = node.parent
    condition = node.child_by_field_name("condition") if node is not None else None
    return condition is not None and _binds(condition)


def _binds(node: Node) -> bool:
    is_pattern = node.type == "instanceof_expression" and any(node.child_by_field_name(n) for n in ("name", "pattern"))
    return is_pattern or any(_binds(child) for child in node.named_children)


def _is_guardable(program: Program, node: Node) -> bool:
    """Say whether an ``if`` may stand where a statement stands."""
    parent = node.parent
    if parent is None:
        return False
    if program.language == "python":
        return program.is_alone(node)
    if program.language in {"go", "rust"}:
        return parent.type in program.shapes.holders | program.grammar.blocks
    return node.type.endswith("statement")


_SWITCHES = frozenset({"expression_switch_statement", "type_switch_statement", "select_statement"})
_ENDS = frozenset({"short_var_declaration", "var_declaration", "func_literal", "block", "if_statement"}) | _SWITCHES
_ENDS |= {"for_statement", "for_clause", "range_clause", "go_statement", "defer_statement", "const_declaration"}
_STATEMENTS = frozenset({"assignment_statement", "return_statement", "expression_statement", "inc_statement"})
_STATEMENTS |= {"dec_statement", "send_statement"}
_HELPED = frozenset({"+", "-", "*", "/", "%", "&", "|", "^"})


def _gos_form(program: Program, draft: Draft) -> tuple[Form, Node]:
    if draft.operator is Operator.COND:
        return Form.VALUE, draft.node
    node: Node | None = draft.node
    while node is not None and node.type not in _ENDS:
        if is_bool(node):
            return Form.VALUE, node
        if node.type in _STATEMENTS and node.parent is not None and node.parent.type == "statement_list":
            return Form.STATEMENT, node
        node = node.parent
    return _gos_helped(draft)


def _gos_helped(draft: Draft) -> tuple[Form, Node]:
    """Take a helper where neither a truth value nor a statement is near: in ``:=``, ``range`` and the heads of loops."""
    node, parent = draft.node, draft.node.parent
    if draft.operator is Operator.AOR and operator_of(node) in _HELPED:
        return Form.ARITHMETIC, node
    if draft.operator is not Operator.CRP or parent is None:
        return (Form.LITERAL if _is_negative(node) else Form.ALONE), node
    if parent.type == "binary_expression" and operator_of(parent) in _HELPED:
        return Form.ARITHMETIC, parent
    return Form.LITERAL, parent if _is_negative(parent) else node


def _is_negative(node: Node) -> bool:
    """Say whether this is a number with a minus sign."""
    return node.type == "unary_expression" and node.children[-1].type in {"int_literal", "float_literal"}


def is_bool(node: Node) -> bool:
    """Say whether an expression of Go gives a truth value, as far as its shape tells."""
    if node.type in {"true", "false"}:
        return node.parent is None or node.parent.type != "literal_element"
    if node.type == "unary_expression":
        return text_of(node).startswith("!")
    return node.type == "binary_expression" and operator_of(node) in RELATIONAL.keys() | LOGICAL.keys()


def operator_of(node: Node) -> str:
    """Give the operator of a binary node; empty where it has none."""
    found = node.child_by_field_name("operator")
    return found.type if found is not None else ""
