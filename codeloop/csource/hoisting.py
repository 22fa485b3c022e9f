"""Variables that a function keeps from call to call, made variables of the file: only what is seen can be part of the state.

``static int n;`` in a body becomes one before the function, on the line where that begins: every line keeps its number. Where
another place says its name, it goes by ``function_name``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeloop.csource.declarations import declared_name
from codeloop.csource.functions import name_of
from codeloop.csource.modifiers import readable
from codeloop.csource.storage import is_state
from codeloop.languages.syntax import parse, text_of, to_bytes, to_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_OWN_TYPES = frozenset({"type_definition", "enumerator_list", "field_declaration_list"})
_NAMES = frozenset({"identifier", "type_identifier"})


@dataclass(frozen=True, slots=True)
class _Edit:
    """``text`` in the place of what stands from ``start`` to ``end``, in bytes."""

    start: int
    end: int
    text: bytes


def hoisted(text: str, grammar: str) -> str:
    """Give the text with such variables before their functions; what cannot be moved so stays, to be refused where it stands."""
    if "static" not in text:
        return text
    root = parse(grammar, readable(text))
    edits = [
        edit
        for node in root.named_children
        if node.type == "function_definition" and not node.has_error
        for edit in _of_function(node, root)
    ]
    return to_text(_edited(to_bytes(text), edits))


def _of_function(function: Node, root: Node) -> Iterator[_Edit]:
    macros, outside = set(_words_of_macros(root)), set(_said_outside(root, function))
    if any(node.type in _OWN_TYPES for node in walk(function)):
        return  # which are not known before it
    moved = [node for node in walk(function) if node.type == "declaration" and _is_movable(node, function, macros)]
    names = [name for node in moved for name in _declared(node)]
    taken = outside | {text_of(node) for node in walk(function) if node.type in _NAMES}
    new = {name: _free(f"{name_of(function)}_{name}", taken) if name in outside else name for name in names}
    if not new:
        return
    texts = [re.sub(r"\s*\n\s*", " ", _renamed(node, new)) for node in moved]
    yield _Edit(function.start_byte, function.start_byte, to_bytes(" ".join((*texts, ""))))
    for node in moved:
        yield _Edit(node.start_byte, node.end_byte, b";" + b"\n" * text_of(node).count("\n"))
    yield from (edit for edit in _renames(function, new) if not any(_is_inside(edit, node) for node in moved))


def _is_movable(node: Node, function: Node, macros: Collection[str]) -> bool:
    """Say whether a declaration can stand before the function: its names mean nothing else in there."""
    has_comment = any(inner.type == "comment" for inner in walk(node))
    is_plain = is_state(node) and not has_comment and "\\\n" not in text_of(node)
    return is_plain and all(_n_declared(function, name) == 1 and name not in macros for name in _declared(node))


def _renames(node: Node, new: Mapping[str, str]) -> Iterator[_Edit]:
    for use in walk(node):
        if use.type == "identifier" and new.get(name := text_of(use), name) != name:
            yield _Edit(use.start_byte, use.end_byte, to_bytes(new[name]))


def _renamed(node: Node, new: Mapping[str, str]) -> str:
    moved = (_Edit(each.start - node.start_byte, each.end - node.start_byte, each.text) for each in _renames(node, new))
    return to_text(_edited(to_bytes(text_of(node)), moved))


def _is_inside(edit: _Edit, node: Node) -> bool:
    return node.start_byte <= edit.start < node.end_byte


def _edited(data: bytes, edits: Iterable[_Edit]) -> bytes:
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        data = data[: edit.start] + edit.text + data[edit.end :]
    return data


def _declared(node: Node) -> list[str]:
    return [declared_name(each) for each in node.children_by_field_name("declarator")]


def _said_outside(root: Node, function: Node) -> Iterator[str]:
    """Give the names that are said outside of a function."""
    for child in root.children:
        if child != function:
            yield from (text_of(node) for node in walk(child) if node.type in _NAMES)


def _words_of_macros(root: Node) -> Iterator[str]:
    for node in walk(root):
        if node.type == "preproc_arg":
            yield from re.findall(r"\w+", text_of(node))


def _n_declared(function: Node, name: str) -> int:
    """Count the declarations of a name: parameters, and variables of any block."""
    kinds = ("declaration", "parameter_declaration")
    declaring = (node for node in walk(function) if node.type in kinds)
    declared = (each for node in declaring for each in node.children_by_field_name("declarator"))
    return sum(declared_name(each) == name for each in declared)


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name
