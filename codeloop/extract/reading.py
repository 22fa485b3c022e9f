"""Reading: what a piece of an answer is, seen from the task: a program, a body, a stub, other code, or no code."""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from codeloop.languages.port import Language
from codeloop.languages.syntax import braces, parse, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#39|#x27);")


class Shape(IntEnum):
    """How good a piece is as the program, worst first."""

    NOTHING = 0
    CODE = 1
    """Code of the language that neither defines the entry point nor is its body."""
    STUB = 2
    """Defines the entry point, with nothing in it."""
    BROKEN = 3
    """Declares the entry point in code with a fault in it: cut, or wrong."""
    BODY = 4
    """The entry point's body alone."""
    WHOLE = 5
    """Defines the entry point, with no fault in the definition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of an answer, read. ``order`` is its place in the answer: of equal pieces the last counts."""

    code: str
    shape: Shape
    order: int
    is_ours: bool = True
    """Tagged with the task's language, or not tagged."""
    is_fenced: bool = True
    is_open: bool = False
    """Nothing but the end of the answer ended it."""
    is_unescaped: bool = False


def read(language: Language, entry_point: str, text: str) -> tuple[str, Shape, bool]:
    """Give code, shape, and whether HTML entities had to be read: done only where that mends a fault."""
    code = textwrap.dedent(text) if _is_indented_program(language, text) else text
    shape = shape_of(language, entry_point, code)
    if _ENTITY.search(code) and parse(language.syntax, code).has_error:
        plain = html.unescape(code)
        better = shape_of(language, entry_point, plain)
        if better > shape or not parse(language.syntax, plain).has_error:
            return plain, better, True
    return code, shape, False


def shape_of(language: Language, entry_point: str, code: str) -> Shape:
    """Say what ``code`` is."""
    if looks_like_body(language, code):
        return Shape.BODY
    root = parse(language.syntax, code)
    entries = entry_nodes(language, root, entry_point)
    whole = [node for node in entries if not node.has_error]
    if whole:
        return Shape.STUB if all(is_stub(language, node) for node in whole) else Shape.WHOLE
    if entries or declares(language, entry_point, code):
        return Shape.BROKEN
    if _is_body(language, entry_point, code):
        return Shape.BODY
    syntax = language.syntax
    sound = {node.type for node in root.children if not node.has_error}
    return Shape.CODE if sound & (syntax.functions | syntax.types | syntax.imports) else Shape.NOTHING


def declares(language: Language, name: str, code: str) -> bool:
    """Say whether broken text declares ``name``."""
    return bool(re.search(language.syntax.declares.replace("NAME", re.escape(name)), code, re.M))


def entry_nodes(language: Language, root: Node, name: str) -> list[Node]:
    """Give the statements that define ``name``: at the top, and in types where a type must hold it."""
    found = []
    for node in root.children:
        if name in language.bound(node):
            found.append(node)
        elif language.syntax.holder and node.type in language.syntax.types:
            found += [inner for inner in _members(language, node) if name in language.bound(inner)]
    return found


def _members(language: Language, node: Node) -> list[Node]:
    """Give the functions in a type and in the types inside it."""
    syntax = language.syntax
    return [inner for inner in walk(node, syntax.functions) if inner.type in syntax.functions]


def is_stub(language: Language, node: Node) -> bool:
    """Say whether a definition does nothing: comments, a docstring, ``pass``."""
    syntax = language.syntax
    functions = [inner for inner in walk(node, syntax.functions) if inner.type in syntax.functions]
    if not functions:
        return False
    body = functions[0].child_by_field_name("body")
    statements = [child for child in body.named_children if child.type not in syntax.comments] if body else []
    return all(_is_filler(language, child) for child in statements)


def _is_filler(language: Language, node: Node) -> bool:
    inner = node.named_children[0] if node.type == "expression_statement" and node.named_child_count == 1 else node
    return inner.type in language.syntax.fillers or "NotImplemented" in text_of(node)


def _first_line(code: str) -> str:
    return next((line for line in code.split("\n") if line.strip()), "")


def _is_indented_program(language: Language, text: str) -> bool:
    first = _first_line(text)
    return first[:1].isspace() and bool(language.syntax.starts.match(first.strip()))


def looks_like_body(language: Language, code: str) -> bool:
    """Say whether the first line stands two columns in and begins no program: text that continues the prompt."""
    first = _first_line(code)
    return bool(re.match(r"\t| {2,}", first)) and not language.syntax.starts.match(first.strip())


def _is_body(language: Language, entry_point: str, code: str) -> bool:
    """Say whether ``code`` ends a function it is not in, or does something without defining or calling anything of ours."""
    syntax = language.syntax
    if syntax.has_braces:
        code = code[: next((place - 1 for place, depth in braces(code) if depth < 0), len(code))]
    root = parse(syntax, code)
    if any(node.type in syntax.returns for node in walk(root, syntax.nested)):
        return not root.has_error
    kinds = {node.type for node in root.named_children}
    acts = kinds - syntax.comments - syntax.imports
    if root.has_error or not acts or kinds & (syntax.functions | syntax.types | syntax.packages):
        return False
    used = {text_of(leaf) for leaf in walk(root) if leaf.type in syntax.names}
    return entry_point not in used and not used & syntax.shows and any(not _is_idle(language, n) for n in root.children)


def _is_idle(language: Language, node: Node) -> bool:
    """Say whether a statement does nothing at all, as words of prose that happen to parse."""
    syntax = language.syntax
    if node.type in syntax.comments or node.type in syntax.imports:
        return True
    types = {inner.type for inner in walk(node)}
    return not any("assignment" in kind or "call" in kind or "invocation" in kind or "return" in kind for kind in types)


__all__ = ["Piece", "Shape", "declares", "entry_nodes", "is_stub", "looks_like_body", "read", "shape_of"]
