"""Faults in expressions: operators, comparisons, conditions, positions, constants, types, the order of operands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from codeloop.inject.source import Edit, Source, returned
from codeloop.languages.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_STRICTER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_OPPOSITE = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "!=", "!=": "==", "===": "!==", "!==": "==="}
_OPPOSITE |= {"in": "not in", "not in": "in"}
_OTHER = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "/", "//": "/", "**": "*", "&": "|", "|": "&"}
_OTHER |= {"+=": "-=", "-=": "+=", "*=": "+=", "/=": "*=", "//=": "/="}
_OTHER |= {"&&": "||", "||": "&&", "and": "or", "or": "and"}
_ORDERED = frozenset({"-", "/", "//", "%", "**"})
_COMMUTES = re.compile(
    r"(?:\w*::|\w*\.)*(?:max|min|Max|Min|gcd|__gcd|lcm|fmax|fmin|equals|make)"
)  # and Go's make takes a type


def _operators(source: Source, others: Mapping[str, str]) -> Iterator[Edit]:
    for node in source.of(source.shapes.operations):
        for token in node.children:
            is_pythons = token.type != "in" or node.type == "comparison_operator"  # JavaScript has no "not in"
            if not token.is_named and token.type in others and is_pythons:
                yield _instead(token, others[token.type])


def off_by_one(source: Source) -> Iterator[Edit]:
    """Take a bound in or leave it out; move an index, a slice's end or a range's by one."""
    yield from _operators(source, _STRICTER)
    for position in positions(source):
        text = text_of(position)
        if text.isdecimal():
            yield _instead(position, str(int(text) + 1))
            if int(text) > 0:
                yield _instead(position, str(int(text) - 1))
        elif position.type not in {"slice", "string", "string_literal", "range_expression"}:
            yield _instead(position, f"{text} + 1")
            yield _instead(position, f"{text} - 1")


def positions(source: Source) -> Iterator[Node]:
    """Give the nodes that are an index or a bound."""
    for node in source.of(source.shapes.indexes):
        yield from node.named_children[source.shapes.indexes[node.type] :]
    for node in source.of(source.shapes.arguments):
        called = text_of(node.parent.named_children[0]) if node.parent else ""
        name = text_of(node.parent.child_by_field_name("name")) if node.parent else ""
        if {re.split(r"\W", called)[-1], name} & source.shapes.bounded:
            yield from node.named_children


def wrong_operator(source: Source) -> Iterator[Edit]:
    """Replace an arithmetic or logical operator."""
    return _operators(source, _OTHER)


def wrong_comparison(source: Source) -> Iterator[Edit]:
    """Turn a comparison round."""
    return _operators(source, _OPPOSITE)


def negated_condition(source: Source) -> Iterator[Edit]:
    """Ask the opposite; of a negation, what it negates."""
    for node in source.of(source.shapes.conditions):
        condition = _condition(source, node)
        if condition is None or condition.type in {"let_condition", "let_chain"}:
            continue
        if condition.type in {"parenthesized_expression", "condition_clause"} and condition.named_child_count == 1:
            condition = condition.named_children[0]
        operator = condition.children[0] if condition.children else None
        if condition.type in source.shapes.negations and operator is not None and operator.type in {"not", "!"}:
            yield Edit(start=condition.start_byte, end=condition.named_children[0].start_byte, text="")
        else:
            before, after = source.shapes.negation
            is_close = source.code[condition.start_byte - 1 : condition.start_byte].isalnum()  # "if(a) and b"
            yield _instead(condition, " " * is_close + before + text_of(condition) + after)


def _condition(source: Source, node: Node) -> Node | None:
    place = source.shapes.conditions[node.type]
    if isinstance(place, str):
        return node.child_by_field_name(place)
    return node.named_children[place] if place < node.named_child_count else None


def wrong_constant(source: Source) -> Iterator[Edit]:
    """Change a number that is no position by one, a truth value to the other, and drop a text's last character."""
    places = {node.id for node in positions(source)}
    for node in source.of(source.shapes.numbers):
        match = re.fullmatch(r"(\d+)((?:\.\d+)?[a-zA-Z]*\d*)", text_of(node))
        if match and node.id not in places:
            yield _instead(node, f"{int(match[1]) + 1}{match[2]}")
            if int(match[1]) > 1:
                yield _instead(node, f"{int(match[1]) - 1}{match[2]}")
    for node in source.of(source.shapes.booleans):
        if node.child_count == 0:
            yield _instead(node, source.shapes.booleans[node.type])
    for node in source.of(source.shapes.strings):
        text = text_of(node)
        around = node.parent.parent if node.parent is not None else None
        is_docstring = around is not None and around.type in source.shapes.statements
        if len(text) > 1 and re.fullmatch(r"[ -~]*", text) and not set(text) & set("\\%{}") and not is_docstring:
            yield Edit(start=node.end_byte - 1, end=node.end_byte, text="")


def wrong_type(source: Source) -> Iterator[Edit]:
    """Put a number in quotes, or return text."""
    for node in source.of(source.shapes.numbers):
        if text_of(node).isdecimal():
            yield _instead(node, f'"{text_of(node)}"')
    for node in source.of(source.syntax.returns):
        value = returned(node)
        is_list = value is not None and value.type == "expression_list" and value.named_child_count > 1
        if value is not None and not is_list and not _gives_text(source, node):
            yield _instead(value, source.shapes.as_text.replace("VALUE", text_of(value)))


def _gives_text(source: Source, node: Node) -> bool:
    """Say whether the function around a node is declared to return text: turning that into text would do nothing."""
    function: Node | None = node
    while function is not None and function.type not in source.syntax.functions:
        function = function.parent
    types = (function.child_by_field_name(name) for name in ("return_type", "type", "result") if function is not None)
    return any(re.fullmatch(r"(?:std::)?(?:str|String|string)", text_of(given)) for given in types)


def swapped_arguments(source: Source) -> Iterator[Edit]:
    """Change the places of a call's first two arguments, or of the operands of what does not commute."""
    for node in source.of(source.shapes.arguments):
        called = source.text(node.parent.start_byte, node.start_byte) if node.parent else ""
        arguments = [child for child in node.named_children if child.type not in source.syntax.comments]
        if len(arguments) > 1 and not _COMMUTES.fullmatch(called):
            yield from _swap(source, *arguments[:2])
    for node in source.of(source.shapes.operations):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is not None and right is not None and operator is not None and operator.type in _ORDERED:
            yield from _swap(source, left, right)


def _swap(source: Source, first: Node, second: Node) -> Iterator[Edit]:
    between = source.text(first.end_byte, second.start_byte)
    is_signed = text_of(first)[:1] in {"-", "+"}  # of "-i-1" would come "1--i"
    if text_of(first) != text_of(second) and not (is_signed and between.strip() in _ORDERED):
        yield Edit(start=first.start_byte, end=second.end_byte, text=text_of(second) + between + text_of(first))


def _instead(node: Node, text: str) -> Edit:
    return Edit(start=node.start_byte, end=node.end_byte, text=text)
