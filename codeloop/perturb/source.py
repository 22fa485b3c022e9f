"""A C text as rewrites see it: its tree, names that are taken, the functions that are read without errors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

from codeloop.csource import read_unit
from codeloop.csource.scalars import scalar_of
from codeloop.languages.syntax import parse, text_of, to_bytes, to_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

GRAMMAR = "tree_sitter_c"
INDENT = "    "
_WORD = re.compile(r"[A-Za-z_]\w*")
_PURE = frozenset(
    ["identifier", "field_identifier", "number_literal", "char_literal", "true", "false", "null", "parenthesized_expression", "binary_expression", "unary_expression", "subscript_expression", "field_expression", "pointer_expression", "cast_expression", "conditional_expression", "sizeof_expression", "type_descriptor", "primitive_type", "sized_type_specifier", "type_identifier", "comment", "character", "escape_sequence"]
)  # fmt: skip
_EXTRAORDINARY = ("function_definition", "preproc_if", "preproc_ifdef", "gnu_asm_expression", "labels_as_values")
_ATOMS = ("identifier", "number_literal", "char_literal", "parenthesized_expression", "subscript_expression", "field_expression", "call_expression")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Bytes from ``start`` up to ``end`` become ``text``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A change that preserves what the text does. ``line``: where it begins; ``what``: in a few words."""

    edits: tuple[Edit, ...]
    line: int
    what: str


def rewrite(node: Node, text: str, what: str) -> Rewrite:
    """Put a text in the place of a node."""
    return rewrites(node, what, (Edit(start=node.start_byte, end=node.end_byte, text=text),))


def rewrites(node: Node, what: str, edits: Sequence[Edit]) -> Rewrite:
    """Make several edits, which begin at a node's line."""
    return Rewrite(edits=tuple(edits), line=int(node.start_point[0]) + 1, what=what)


def replaced(node: Node, text: str) -> Edit:
    """Put a text in the place of a node, as one of several edits."""
    return Edit(start=node.start_byte, end=node.end_byte, text=text)


def inner_name(declarator: Node | None) -> str:
    """Give the name that a declarator declares."""
    while declarator is not None and declarator.type != "identifier":
        declarator = declarator.child_by_field_name("declarator")
    return text_of(declarator)


def children(node: Node | None) -> list[Node]:
    """Give a node's named children but comments."""
    return [] if node is None else [child for child in node.named_children if child.type != "comment"]


def unwrapped(node: Node | None) -> Node | None:
    """Take the parentheses off a condition."""
    inside = children(node)
    return inside[0] if node is not None and node.type == "parenthesized_expression" and len(inside) == 1 else node


def in_parentheses(node: Node) -> str:
    """Give an operand's text so that any operator may stand beside it."""
    return text_of(node) if node.type in _ATOMS else f"({text_of(node)})"


@dataclass(frozen=True, kw_only=True)
class Body:
    """One function definition."""

    node: Node
    name: str
    is_static: bool
    outside: frozenset[str]
    """Names of the file: a local of the same name elsewhere in the function says nothing of them."""

    @property
    def block(self) -> Node | None:
        """Its outermost block."""
        return self.node.child_by_field_name("body")

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All that is inside of its block, in the text's order."""
        return tuple(walk(self.block)) if self.block is not None else ()

    @cached_property
    def parameters(self) -> tuple[tuple[str, Node], ...]:
        """Names and declarations."""
        heads = [each for each in walk(self.node, ("compound_statement",)) if each.type == "parameter_declaration"]
        return tuple((inner_name(each.child_by_field_name("declarator")), each) for each in heads)

    @cached_property
    def locals(self) -> tuple[tuple[str, Node, Node], ...]:
        """Names, declarators and declarations; those of other files or functions are not among them."""
        found = []
        for each in self.nodes:
            if each.type != "declaration" or "extern" in words_before(each):
                continue
            for declarator in each.children_by_field_name("declarator"):
                if not any(inner.type == "function_declarator" for inner in walk(declarator)):
                    found.append((inner_name(declarator), declarator, each))
        return tuple(found)

    @cached_property
    def address_taken(self) -> frozenset[str]:
        """Names after ``&``, however deep; ``(t) &x`` may be read as an operation on ``t``."""
        taken = [each for each in self.nodes if text_of(each.child_by_field_name("operator")) == "&"]
        taken = [each for each in taken if each.type == "pointer_expression" or _may_be_cast(each)]
        return frozenset().union(*map(names_in, taken))

    @cached_property
    def scalars(self) -> dict[str, str]:
        """Plain variables of arithmetic type that nothing points to, and that have one type wherever they are declared."""
        found: dict[str, set[str]] = {}
        for name, declarator, declaration in self.locals:
            is_plain = _is_plain(declarator) and not words_before(declaration)
            found.setdefault(name, set()).add(type_words(declaration) if is_plain else "")
        for name, each in self.parameters:
            is_plain = _is_plain(each.child_by_field_name("declarator")) and not words_before(each)
            found.setdefault(name, set()).add(type_words(each) if is_plain else "")
        one = {name: next(iter(kinds)) for name, kinds in found.items() if len(kinds) == 1}
        return {
            name: kind
            for name, kind in one.items()
            if scalar_of(kind) and name not in self.address_taken | self.outside
        }

    @cached_property
    def plain(self) -> frozenset[str]:
        """Variables, pointers among them, that only their own name reads or writes."""
        listed = list(self.locals)
        listed += [(name, each.child_by_field_name("declarator") or each, each) for name, each in self.parameters]
        others = {name for name, declarator, declaration in listed if not _is_own(declarator, declaration)}
        return frozenset(name for name, _, _ in listed) - others - self.address_taken - self.outside

    @property
    def returns(self) -> str:
        """The words of an arithmetic return type; empty for any other."""
        declarator = self.node.child_by_field_name("declarator")
        kind = type_words(self.node)
        is_plain = declarator is not None and declarator.type == "function_declarator"
        return kind if is_plain and scalar_of(kind) is not None else ""


def _may_be_cast(operation: Node) -> bool:
    left = operation.child_by_field_name("left")
    inside = unwrapped(left)
    return left is not inside and inside is not None and inside.type == "identifier"


def _is_ordinary(definition: Node) -> bool:
    """Say whether statements are what C says they are: no blocks with a value, no functions inside, nothing conditional."""
    inner = [each for each in walk(definition) if each is not definition]
    has_value = any(each.type == "compound_statement" and _is_operand(each) for each in inner)
    return not has_value and not any(each.type in _EXTRAORDINARY for each in inner)


def _is_operand(block: Node) -> bool:
    return block.parent is not None and block.parent.type.endswith("expression")


def words_before(declaration: Node) -> set[str]:
    """Give ``static``, ``const`` and the like."""
    return {
        text_of(each) for each in declaration.children if each.type in ("storage_class_specifier", "type_qualifier")
    }


def type_words(declaration: Node) -> str:
    """Spell the type that stands before a declarator."""
    return " ".join(text_of(declaration.child_by_field_name("type")).split())


def _is_plain(declarator: Node | None) -> bool:
    if declarator is not None and declarator.type == "init_declarator":
        declarator = declarator.child_by_field_name("declarator")
    return declarator is not None and declarator.type == "identifier"


def _is_own(declarator: Node, declaration: Node) -> bool:
    """Say whether it declares a number or a pointer: of an array, or a struct with one, there may be pointers without any ``&``."""
    kind = declaration.child_by_field_name("type")
    is_number = scalar_of(type_words(declaration)) is not None or (kind is not None and kind.type == "enum_specifier")
    inner: Node | None = declarator
    while inner is not None and inner.type in ("init_declarator", "pointer_declarator"):
        is_number = is_number or inner.type == "pointer_declarator"
        inner = inner.child_by_field_name("declarator")
    is_name = inner is not None and inner.type == "identifier"
    return is_name and is_number and "static" not in words_before(declaration)


class Source:
    """A text, read once. ``keep``: functions whose names others know, though they are static."""

    def __init__(self, text: str, keep: Collection[str] = ()) -> None:
        self.text = text
        self.code = to_bytes(text)
        self.root = parse(GRAMMAR, text)
        self.keep = frozenset(keep)
        self.bodies = tuple(self._bodies())

    def _bodies(self) -> Iterator[Body]:
        others = [node for node in self.root.named_children if node.type != "function_definition"]
        outside = frozenset[str]().union(*map(names_in, others))
        for node in self.root.named_children:
            if node.type != "function_definition" or node.has_error or "volatile" in self.words:
                continue
            if _is_ordinary(node):
                name = inner_name(node.child_by_field_name("declarator"))
                yield Body(node=node, name=name, is_static="static" in words_before(node), outside=outside)

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the text: no fresh name is one of them."""
        return frozenset(_WORD.findall(self.text))

    @cached_property
    def opaque(self) -> frozenset[str]:
        """Macros that are no plain numbers: anything may be behind them."""
        constants = {each.name for each in read_unit(self.text).constants}
        macros = [each for each in walk(self.root) if each.type in ("preproc_def", "preproc_function_def")]
        return frozenset(text_of(each.child_by_field_name("name")) for each in macros) - constants

    @cached_property
    def outside(self) -> frozenset[str]:
        """Words that stand outside of function bodies: names of the file, macros and what is in them."""
        words: set[str] = set()
        for node in self.root.named_children:
            if node.type == "function_definition":
                words |= set(_WORD.findall(inner_name(node.child_by_field_name("declarator"))))
            elif node.type != "comment":
                words |= set(_WORD.findall(text_of(node)))
        return frozenset(words)

    def fresh(self, pool: Sequence[str], n: int = 0) -> str:
        """Give the n-th name of a pool that the text does not use."""
        free = [word for word in pool if word not in self.words]
        if n < len(free):
            return free[n]
        numbers = (f"{pool[n % len(pool)]}_{at}" for at in count(n))
        return next(word for word in numbers if word not in self.words)

    def margin(self, node: Node) -> str:
        """Give the blanks with which a node's line begins."""
        start = self.code.rfind(b"\n", 0, node.start_byte) + 1
        line = to_text(self.code[start : node.end_byte])
        return line[: len(line) - len(line.lstrip(" \t"))]

    def is_clear(self, node: Node) -> bool:
        """Say whether no macro hides what stands here, and nothing is said in assembly."""
        kinds = ("identifier", "type_identifier")
        return not any(
            (each.type in kinds and text_of(each) in self.opaque) or "asm" in each.type for each in walk(node)
        )

    def is_pure(self, node: Node) -> bool:
        """Say whether an expression changes nothing, so that how often and when it is worked out is all the same."""
        return self.is_clear(node) and all(each.type in _PURE for each in walk(node) if each.is_named)

    def block(self, node: Node, lines: Sequence[str]) -> str:
        """Write statements in the place of one, in braces where only one may stand."""
        margin = self.margin(node)
        if node.parent is not None and node.parent.type == "compound_statement":
            return f"\n{margin}".join(lines)
        inner = "".join(f"{margin}{INDENT}{line}\n" for line in lines)
        return f"{{\n{inner}{margin}}}"


def names_in(node: Node) -> set[str]:
    """Give the identifiers of a node; ``(a) - 1`` may be read as a cast, with ``a`` as a type."""
    return {text_of(each) for each in walk(node) if each.type in ("identifier", "type_identifier")}


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Make edits, which do not overlap."""
    code, end, parts = to_bytes(text), 0, []
    for edit in sorted(edits, key=lambda edit: edit.start):
        parts += [code[end : edit.start], to_bytes(edit.text)]
        end = edit.end
    return to_text(b"".join([*parts, code[end:]]))
