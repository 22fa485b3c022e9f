"""Rules by which a mutant is left out: it would do what the original does, or is no fault that a test could see.

Each rule has a name, which stands in reports with the number of mutants that it took.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of, walk
from codeloop.mutation.operators import Operator
from codeloop.mutation.program import Draft, Program

if TYPE_CHECKING:
    from tree_sitter import Node


def reason(program: Program, draft: Draft) -> str:
    """Give the name of the first rule that leaves a mutant out; empty where none does."""
    return next((name for name, rule in RULES.items() if rule(program, draft)), "")


def _neutral_operand(program: Program, draft: Draft) -> bool:
    """See ``x + 0`` and ``x - 0``: each is the other's mutant."""
    if draft.operator is not Operator.AOR or draft.is_statement:
        return False
    del program
    is_sum = any(child.type in {"+", "-"} for child in draft.node.children)
    return is_sum and text_of(draft.node.child_by_field_name("right")) in {"0", "0.0"}


def _extremum(program: Program, draft: Draft) -> bool:
    """See ``if (x > best) best = x``: for equal values the assignment changes nothing."""
    node = draft.node
    if draft.operator is not Operator.ROR or not _is_boundary(draft):
        return False
    sides = {_text(node.child_by_field_name("left")), _text(node.child_by_field_name("right"))}
    if program.language == "python":
        sides = {_text(child) for child in node.named_children}
    body = _body_of_if(program, node)
    if body is None or len(sides) != 2:
        return False
    statements = [child for child in body.named_children if child.type not in program.syntax.comments]
    if len(statements) == 1 and statements[0].type == "statement_list":
        statements = statements[0].named_children
    inner = statements[0] if len(statements) == 1 else body if body.type == "expression_statement" else None
    while inner is not None and inner.type == "expression_statement" and inner.named_child_count == 1:
        inner = inner.named_children[0]
    if inner is None or inner.type not in program.shapes.assignments | {"assignment", "assignment_expression"}:
        return False
    is_plain = any(child.type == "=" for child in inner.children)
    assigned = {_text(inner.child_by_field_name("left")), _text(inner.child_by_field_name("right"))}
    return is_plain and assigned == sides


def _text(node: Node | None) -> str:
    return re.sub(r"\s+", "", text_of(node))


def _is_boundary(draft: Draft) -> bool:
    """Say whether only the equal case changed."""
    signs = [child.type for child in draft.node.children if child.type in {"<", "<=", ">", ">="}]
    return len(signs) == 1 and {signs[0], *re.findall(r"[<>]=?", draft.text)} in ({"<", "<="}, {">", ">="})


def _body_of_if(program: Program, node: Node) -> Node | None:
    """Give what an ``if`` does whose whole condition this is and that has no ``else``."""
    holder = node.parent
    while holder is not None and holder.type in {"parenthesized_expression", "condition_clause"}:
        holder = holder.parent
    if holder is None or holder.type not in program.shapes.ifs or holder.child_by_field_name("alternative") is not None:
        return None
    return holder.child_by_field_name("consequence") or holder.child_by_field_name("body")


def _absolute_minus(program: Program, draft: Draft) -> bool:
    """See ``abs(-x)``: the sign is dropped anyway."""
    if draft.operator is not Operator.UOD or not text_of(draft.node).startswith("-"):
        return False
    around = draft.node.parent
    call = around.parent if around is not None else None
    if call is None or call.type not in program.grammar.calls:
        return False
    return re.search(r"(?:^|\W)f?abs$", program.called(call)) is not None


def _length_below_zero(program: Program, draft: Draft) -> bool:
    """See ``len(x) >= 0`` forced to true: it always is."""
    del program
    return (
        draft.operator is Operator.COND
        and re.fullmatch(r"(?:len\([\w.]+\)|[\w.]+\.(?:length|size|len)(?:\(\))?) >= 0", text_of(draft.node))
        is not None
        and draft.text in {"true", "True"}
    )


def _endless(program: Program, draft: Draft) -> bool:
    """See the condition of ``while (true)``: a compiler's flow analysis builds on it, and false ends every loop alike."""
    constants = frozenset(program.grammar.constants) | {"boolean_literal"}
    if draft.node.type not in constants:
        return False
    holder = draft.node.parent
    while holder is not None and holder.type in {"parenthesized_expression", "condition_clause"}:
        holder = holder.parent
    return holder is not None and holder.type in program.grammar.loops


def _self_assignment(program: Program, draft: Draft) -> bool:
    """See the deletion of ``x = x``."""
    del program
    if draft.operator is not Operator.SDL:
        return False
    for inner in walk(draft.node):
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is not None and right is not None and any(child.type == "=" for child in inner.children):
            return text_of(left) == text_of(right)
    return False


def _last_continue(program: Program, draft: Draft) -> bool:
    """See a ``continue`` with nothing after it in its loop."""
    if draft.operator is not Operator.SDL or not text_of(draft.node).startswith("continue"):
        return False
    node: Node | None = draft.node
    while node is not None and node.type not in program.grammar.loops:
        after = node.next_named_sibling
        if after is not None and after.type not in program.syntax.comments | {"else_clause", "elif_clause"}:
            return False
        node = node.parent
    return True


def _already_default(program: Program, draft: Draft) -> bool:
    """See the default in place of an empty value: ``return ""``, ``return []`` where the default is that."""
    if draft.operator is not Operator.RET:
        return False
    value = re.sub(r"\s+", "", text_of(draft.node)).removeprefix("return").rstrip(";")
    new = re.sub(r"\s+", "", draft.text).removeprefix("return").rstrip(";")
    empty = {"String::new()", "vec![]", "Vec::new()", 'String::from("")', '"".to_string()', "HashMap::new()", "None"}
    is_empty = new == "Default::default()" and value in empty | {'""', "0.0", "()"}
    is_braces = program.language == "cpp" and value in {"{}", '""', "nullptr", "NULL"}
    return value == new or is_empty or is_braces


Rule = Callable[[Program, Draft], bool]

RULES: Mapping[str, Rule] = {
    "neutral-operand": _neutral_operand,
    "extremum": _extremum,
    "absolute-minus": _absolute_minus,
    "length-below-zero": _length_below_zero,
    "endless-loop": _endless,
    "self-assignment": _self_assignment,
    "last-continue": _last_continue,
    "already-default": _already_default,
}
"""In this order; ``same-text`` (what stands there already, or another mutant's text) is the collector's own."""
