"""Split and join expressions: compound assignments, steps, and variables that hold a value for one use.

A fresh variable has the type to which its value would have been converted anyway: of what is returned or assigned. So no
promotion changes; and it is worked out where it was, so no order does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of
from codeloop.perturb.source import (
    Body,
    Edit,
    Rewrite,
    Source,
    apply,
    children,
    in_parentheses,
    names_in,
    rewrite,
    unwrapped,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_FRESH = ("outcome", "answer", "worth", "found_value", "holds", "asked")
_COMPOUND = ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>")


def split_and_join(source: Source) -> Iterator[Rewrite]:
    """Take one expression apart, or put two together."""
    for body in source.bodies:
        for node in body.nodes:
            match node.type:
                case "assignment_expression":
                    yield from _assignment(source, body, node)
                case "update_expression":
                    yield from _step(source, body, node)
                case "return_statement":
                    yield from _returned(source, body, node)
                case "expression_statement":
                    yield from _statement(source, body, node)
                case "if_statement":
                    yield from _asked(source, node)


def _is_used(node: Node) -> bool:
    """Say whether anybody takes an expression's value."""
    parent = node.parent
    is_step = parent is not None and parent.type == "for_statement" and parent.child_by_field_name("update") == node
    return parent is None or not (parent.type == "expression_statement" or is_step)


def _assignment(source: Source, body: Body, node: Node) -> Iterator[Rewrite]:
    """``x += e`` and ``x = x + (e)``: ``x`` is worked out twice or once, so it and ``e`` must change nothing."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = text_of(node.child_by_field_name("operator"))
    if left is None or right is None or not source.is_pure(left) or not source.is_pure(right):
        return
    if operator != "=" and operator.removesuffix("=") in _COMPOUND:
        text = f"{text_of(left)} = {text_of(left)} {operator.removesuffix('=')} {in_parentheses(right)}"
        yield rewrite(node, text, "a compound assignment is written out")
    first, second = right.child_by_field_name("left"), right.child_by_field_name("right")
    inside = text_of(right.child_by_field_name("operator"))
    is_plain = operator == "=" and right.type == "binary_expression" and inside in _COMPOUND
    if is_plain and second is not None and text_of(first) == text_of(left):
        yield rewrite(node, f"{text_of(left)} {inside}= {text_of(second)}", "an assignment becomes a compound one")


def _step(source: Source, body: Body, node: Node) -> Iterator[Rewrite]:
    """``x++`` whose value nobody takes."""
    target, operator = node.child_by_field_name("argument"), text_of(node.child_by_field_name("operator"))
    if target is None or _is_used(node) or not source.is_pure(target):
        return
    name, sign = text_of(unwrapped(target)), operator[0]
    yield rewrite(node, f"{name} {sign}= 1", "a step becomes a compound assignment")
    yield rewrite(node, f"{name} = {name} {sign} 1", "a step is written out")


def _returned(source: Source, body: Body, node: Node) -> Iterator[Rewrite]:
    given, before = children(node), node.prev_named_sibling
    if len(given) != 1 or given[0].type == "comma_expression" or not body.returns or not source.is_clear(node):
        return
    if given[0].type not in ("identifier", "number_literal"):
        fresh = source.fresh(_FRESH)
        lines = (f"{body.returns} {fresh} = {text_of(given[0])};", f"return {fresh};")
        yield rewrite(node, source.block(node, lines), "what is returned gets a variable")
    name = text_of(given[0])
    if before is None or given[0].type != "identifier" or body.scalars.get(name) != body.returns:
        return
    value = _assigned(before, name)
    is_local = name in {each for each, _, _ in body.locals} | {each for each, _ in body.parameters}
    is_block = node.parent is not None and node.parent.type == "compound_statement"
    if value is not None and is_local and is_block and source.is_clear(before):
        between = source.code[before.end_byte : node.start_byte].strip()
        if not between:
            text = f"return {text_of(value)};"
            yield _both(before, node, text, "a variable that is only returned is left out")


def _both(first: Node, second: Node, text: str, what: str) -> Rewrite:
    from_first = rewrite(first, text, what)
    edit = from_first.edits[0]
    return Rewrite(
        edits=(type(edit)(start=edit.start, end=second.end_byte, text=text),), line=from_first.line, what=what
    )


def _assigned(statement: Node, name: str) -> Node | None:
    """Give what a statement plainly puts into a variable, by declaring or assigning it and doing nothing else."""
    inside = children(statement)
    if statement.type == "expression_statement" and len(inside) == 1 and inside[0].type == "assignment_expression":
        is_plain = text_of(inside[0].child_by_field_name("operator")) == "="
        is_it = is_plain and text_of(inside[0].child_by_field_name("left")) == name
        return inside[0].child_by_field_name("right") if is_it else None
    listed = statement.children_by_field_name("declarator") if statement.type == "declaration" else []
    if len(listed) == 1 and listed[0].type == "init_declarator":
        is_it = text_of(listed[0].child_by_field_name("declarator")) == name
        value = listed[0].child_by_field_name("value") if is_it else None
        return None if value is None or value.type == "initializer_list" else value
    return None


def _statement(source: Source, body: Body, node: Node) -> Iterator[Rewrite]:
    inside = children(node)
    if len(inside) != 1 or inside[0].type != "assignment_expression" or not source.is_clear(node):
        return
    left, right = inside[0].child_by_field_name("left"), inside[0].child_by_field_name("right")
    operator = text_of(inside[0].child_by_field_name("operator"))
    if left is None or right is None:
        return
    name = text_of(left)
    is_simple = right.type in ("identifier", "number_literal", "char_literal")
    if operator == "=" and left.type == "identifier" and name in body.scalars and not is_simple:
        fresh = source.fresh(_FRESH)
        lines = (f"{body.scalars[name]} {fresh} = {text_of(right)};", f"{name} = {fresh};")
        yield rewrite(node, source.block(node, lines), "what is assigned gets a variable")
    yield from _stepping(source, body, node, left, right, operator)


def _stepping(source: Source, body: Body, node: Node, left: Node, right: Node, operator: str) -> Iterator[Rewrite]:
    """``*p++ = e;`` and ``a[i++] = e;``: what steps is not in ``e``, so that when it does is all the same."""
    steps = left.child_by_field_name("index" if left.type == "subscript_expression" else "argument")
    if (
        left.type not in ("subscript_expression", "pointer_expression")
        or steps is None
        or steps.type != "update_expression"
    ):
        return
    target, sign = steps.child_by_field_name("argument"), text_of(steps.child_by_field_name("operator"))
    name = text_of(target)
    is_after = text_of(steps).endswith(sign)
    whole = text_of(left)
    rest = whole.replace(text_of(steps), name, 1)
    if name not in body.plain or name in names_in(right) or not source.is_pure(right) or whole.count(name) != 1:
        return
    if not is_after or operator != "=" or (left.type == "subscript_expression" and not _is_plain_array(left)):
        return
    lines = (f"{rest} {operator} {text_of(right)};", f"{name}{sign};")
    yield rewrite(node, source.block(node, lines), "a step inside an assignment gets a statement")


def _is_plain_array(left: Node) -> bool:
    array = left.child_by_field_name("argument")
    return array is not None and array.type == "identifier"


def _asked(source: Source, node: Node) -> Iterator[Rewrite]:
    """Work out a condition before it is asked; in braces, also after an ``else``."""
    opens = node.child_by_field_name("condition")
    condition = unwrapped(opens)
    if opens is None or condition is None or not source.is_clear(condition):
        return
    fresh, start = source.fresh(_FRESH[::-1]), node.start_byte
    text, before, after = text_of(node), opens.start_byte - start, opens.end_byte - start
    asked = apply(text, [Edit(start=before, end=after, text=f"({fresh})")])
    lines = (f"int {fresh} = {in_parentheses(condition)} ? 1 : 0;", asked)
    yield rewrite(node, source.block(node, lines), "a condition gets a variable")
