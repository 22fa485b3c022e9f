"""A program as mutation reads it: its tree, its tables, and the nodes where something may be replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from codeloop.errors import UnknownName
from codeloop.languages import get_language
from codeloop.languages.shapes import SHAPES, Shapes
from codeloop.languages.syntax import Syntax, parse, text_of, to_bytes, to_text, walk
from codeloop.mutation.grammars import GRAMMARS, Grammar
from codeloop.mutation.operators import Operator

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mutant before it has a number: ``text`` in place of ``node``."""

    operator: Operator
    node: Node
    text: str
    is_statement: bool = False


class Program:
    """Source text with its tree. Raises UnknownName where mutation has no table for the language."""

    def __init__(self, language: str, code: str) -> None:
        if language not in GRAMMARS:
            raise UnknownName("language of mutation", language, GRAMMARS)
        self.language = language
        self.syntax: Syntax = get_language(language).syntax
        self.shapes: Shapes = SHAPES[language]
        self.grammar: Grammar = GRAMMARS[language]
        self.code = to_bytes(code)
        self.root = parse(self.syntax, code)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node in which something may be mutated, outermost first."""
        found: list[Node] = []
        stack = [self.root]
        while stack:
            node = stack.pop()
            if node.type in self.grammar.skipped or self._is_shown(node):
                continue
            found.append(node)
            stack.extend(reversed(list(self._inner(node))))
        return tuple(found)

    def _inner(self, node: Node) -> Iterator[Node]:
        for index, child in enumerate(node.children):
            if (node.type, node.field_name_for_child(index) or "") not in self.grammar.skipped_fields:
                yield child

    def _is_shown(self, node: Node) -> bool:
        """Say whether a node is a call that shows or logs: nothing in it is a fault of the program."""
        return node.type in self.grammar.calls and self.grammar.shows.fullmatch(self.called(node)) is not None

    def called(self, node: Node) -> str:
        """Give what a call calls, with its qualifiers: ``fmt.Println``."""
        name = node.child_by_field_name(self.grammar.calls[node.type])
        holder = node.child_by_field_name("object")
        return "".join(filter(None, (text_of(holder), "." if holder is not None else "", text_of(name))))

    def function(self, node: Node) -> Node | None:
        """Give the function around a node; a lambda or a function within counts as one."""
        current = node.parent
        kinds = self.syntax.functions | self.syntax.nested | self.grammar.lambdas
        while current is not None and current.type not in kinds:
            current = current.parent
        return current

    def is_alone(self, node: Node) -> bool:
        """Say whether a statement has its lines to itself: in Python, ``if`` cannot stand beside another one."""
        line = self.code[self.code.rfind(b"\n", 0, node.start_byte) + 1 : node.start_byte]
        end = self.code.find(b"\n", node.end_byte)
        after = self.code[node.end_byte : end if end >= 0 else None].strip()
        return not line.strip() and (not after or after.startswith(b"#"))

    def inside(self, node: Node, types: frozenset[str]) -> bool:
        """Say whether anything below a node, or itself, is of these types."""
        return any(inner.type in types for inner in walk(node))

    def operand(self, node: Node | None) -> str:
        """Give a node's text as an operand: in parentheses unless nothing could bind tighter."""
        text = text_of(node)
        if node is None or node.child_count == 0 or (text[:1] + text[-1:] in {"()", "[]"} and _is_closed(text)):
            return text
        return text if node.type in _TIGHT else f"({text})"

    def place(self, at: int) -> tuple[int, int]:
        """Give line and column of a byte, from 1 and in characters."""
        before = self.code[:at]
        start = before.rfind(b"\n") + 1
        return before.count(b"\n") + 1, len(to_text(before[start:])) + 1


_TIGHT = frozenset({"call", "call_expression", "method_invocation", "member_expression", "attribute", "subscript"})
_TIGHT |= {"subscript_expression", "array_access", "field_access", "index_expression", "selector_expression", "this"}
_TIGHT |= {"field_expression", "string", "string_literal", "interpreted_string_literal", "scoped_identifier", "integer"}
_TIGHT |= {"parenthesized_expression", "qualified_identifier", "number_literal", "char_literal", "character_literal"}


def _is_closed(text: str) -> bool:
    """Say whether the bracket at the beginning is closed at the very end."""
    depth = 0
    for index, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            return index == len(text) - 1
    return False
