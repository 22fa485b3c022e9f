"""The kinds of faults that models make, each as the edits that would put it into a program.

A kind gives every place where it fits; ``program`` chooses. What a kind does in a language is told by that language's
``shapes``; a kind that finds no place in a program is not one of that program's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from codeloop.inject.names import missing_import, unused_variable, wrong_name, wrong_variable
from codeloop.inject.source import Edit, Source, without
from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node


class Kind(StrEnum):
    """What is wrong. Each has one value in reports and in a suite's ``kinds=``."""

    WRONG_NAME = "wrong_name"
    """A use of a name is misspelt: nothing is called so."""
    WRONG_VARIABLE = "wrong_variable"
    """A use of a variable is another one of the same type that is seen there."""
    MISSING_IMPORT = "missing_import"
    """A library's name is used without what brings it in: its import is gone, or its qualifier (``math.``)."""
    UNUSED_VARIABLE = "unused_variable"
    """A new value goes into a new name that nothing reads, so that the old one stays. (A variable that is only too
    many does no harm outside Go: no test could notice, and a repair could not be told from doing nothing.)"""
    OFF_BY_ONE = "off_by_one"
    """A bound is taken in or left out (``<`` for ``<=``), or a position is one too high or low."""
    WRONG_OPERATOR = "wrong_operator"
    """Another arithmetic or logical operator."""
    WRONG_COMPARISON = "wrong_comparison"
    """The opposite comparison."""
    NEGATED_CONDITION = "negated_condition"
    WRONG_CONSTANT = "wrong_constant"
    """Another number, truth value or text."""
    WRONG_TYPE = "wrong_type"
    """Text in place of a number, or of what is returned."""
    SWAPPED_ARGUMENTS = "swapped_arguments"
    """The first two arguments of a call, or the operands of ``-``, ``/`` or ``%``, change places."""
    MISSING_CASE = "missing_case"
    """A branch or a guard is left out."""
    MISSING_RETURN = "missing_return"
    INFINITE_LOOP = "infinite_loop"
    """The update that would end a loop is left out."""
    SYNTAX = "syntax"
    """A bracket, colon or semicolon is left out."""


_TYPED = frozenset({"java", "cpp", "go", "rust"})
_NO_COMPILE: Mapping[Kind, frozenset[str]] = {
    Kind.SYNTAX: _TYPED | {"python", "javascript"},
    Kind.WRONG_NAME: _TYPED,
    Kind.MISSING_IMPORT: _TYPED,
    Kind.MISSING_RETURN: frozenset({"java", "go", "rust"}),
    Kind.UNUSED_VARIABLE: frozenset({"go"}),
}


def must_not_compile(kind: str, language: str) -> bool:
    """Say whether a program with this fault must fail the compile stage; one that does not has another fault, or none."""
    return language in _NO_COMPILE.get(Kind(kind), frozenset())


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
        value = _returned(node)
        is_list = value is not None and value.type == "expression_list" and value.named_child_count > 1
        if value is not None and not is_list and not _gives_text(source, node):
            yield _instead(value, source.shapes.as_text.replace("VALUE", text_of(value)))


def _returned(node: Node) -> Node | None:
    """Give what a ``return`` gives; a list in braces is no value that could stand alone."""
    value = node.named_children[0] if node.type.startswith("return") and node.named_child_count else None
    return None if value is not None and value.type == "initializer_list" else value


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
        value = _returned(node) if node.type in source.syntax.returns else None
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


def _instead(node: Node, text: str) -> Edit:
    return Edit(start=node.start_byte, end=node.end_byte, text=text)


Operator = Callable[[Source], Iterator[Edit]]

KINDS: Mapping[Kind, Operator] = {
    Kind.WRONG_NAME: wrong_name,
    Kind.WRONG_VARIABLE: wrong_variable,
    Kind.MISSING_IMPORT: missing_import,
    Kind.UNUSED_VARIABLE: unused_variable,
    Kind.OFF_BY_ONE: off_by_one,
    Kind.WRONG_OPERATOR: wrong_operator,
    Kind.WRONG_COMPARISON: wrong_comparison,
    Kind.NEGATED_CONDITION: negated_condition,
    Kind.WRONG_CONSTANT: wrong_constant,
    Kind.WRONG_TYPE: wrong_type,
    Kind.SWAPPED_ARGUMENTS: swapped_arguments,
    Kind.MISSING_CASE: missing_case,
    Kind.MISSING_RETURN: missing_return,
    Kind.INFINITE_LOOP: infinite_loop,
    Kind.SYNTAX: syntax,
}
"""What each kind does."""
