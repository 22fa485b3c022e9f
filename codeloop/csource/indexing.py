"""Which pointers a function uses as arrays, and which parameter says how long they are: read off its body.

Names alone (``csource.roles``) miss ``int sum(int rows, const int *v)``. Taken for a pointer to one value, nearly every input
would be a read outside, which is undefined and left out: a comparison of next to nothing, that passes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_COMPARING = frozenset({"<", "<=", ">", ">=", "!=", "=="})


@dataclass(slots=True)
class _Use:
    """What is done with one pointer."""

    is_array: bool = False
    indices: set[str] = field(default_factory=set)
    """Names in its subscripts and offsets."""
    factors: set[str] = field(default_factory=set)
    """Those of them that are multiplied there."""
    ends: set[str] = field(default_factory=set)
    """Names that are added to it where nothing is read: ``end = p + n``; or in its own declarator: ``int p[n]``."""


def lengths_of(definition: Node, pointers: Collection[str], numbers: Collection[str]) -> Mapping[str, str]:
    """Give each pointer that is used as an array the parameter that its index is held against; empty: which is not clear.

    ``pointers``, ``numbers``: names of parameters; only the latter can be lengths.
    """
    uses = {name: _Use() for name in pointers}
    aliases = {name: name for name in pointers} | dict(_aliases(definition, pointers))
    for node in walk(definition):
        _note(node, aliases, uses)
    compared, counted = list(_comparisons(definition)), set(_counted_down(definition))
    return {name: _length(use, compared, counted, numbers) for name, use in uses.items() if use.is_array}


def _length(
    use: _Use, compared: Sequence[tuple[set[str], set[str]]], counted: Collection[str], numbers: Collection[str]
) -> str:
    """Choose by the best evidence that there is: an end, what the index is held against, what counts down."""
    if use.factors & {*numbers}:
        return ""  # rows of that width: what they are long together is no parameter
    for found in (
        use.ends & {*numbers},
        {name for name in numbers for one, other in compared if name in one and other & (use.indices - {name})},
        {name for name in numbers if name in counted and not use.indices},
    ):
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def _aliases(definition: Node, pointers: Collection[str]) -> Iterator[tuple[str, str]]:
    """Find the local pointers that begin where a parameter points: ``const int *p = v;``."""
    for node in walk(definition):
        if node.type == "init_declarator":
            left, right = node.child_by_field_name("declarator"), node.child_by_field_name("value")
        elif node.type == "assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        else:
            continue
        if text_of(right) in pointers and left is not None and left.type in ("pointer_declarator", "identifier"):
            yield text_of(left).lstrip("* "), text_of(right)


def _note(node: Node, aliases: Mapping[str, str], uses: Mapping[str, _Use]) -> None:
    """Note what one node does with a pointer."""
    pointer, offset = _access(node, aliases)
    use = uses.get(aliases.get(text_of(pointer), ""))
    if use is None or text_of(offset) == "0":
        return
    names, is_name = _names(offset), offset is not None and offset.type == "identifier"
    if node.type == "array_declarator":
        use.ends |= names if is_name else set()
        return
    use.is_array = True
    if node.type == "binary_expression" and is_name and not _is_read(node):
        use.ends |= names
    else:
        use.indices |= names
    for inner in walk(offset) if offset is not None else ():
        if inner.type == "binary_expression" and text_of(inner.child_by_field_name("operator")) == "*":
            use.factors |= _names(inner)


def _access(node: Node, aliases: Collection[str]) -> tuple[Node | None, Node | None]:
    """Give the pointer and the offset of ``p[i]``, ``p + i``, ``p += i``, ``p++`` and the declarator ``p[n]``; else nothing."""
    operator = text_of(node.child_by_field_name("operator"))
    match node.type:
        case "subscript_expression":
            return node.child_by_field_name("argument"), node.child_by_field_name("index")
        case "binary_expression" if operator in ("+", "-"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            return (left, right) if text_of(left) in aliases else (right, left)
        case "assignment_expression" if operator in ("+=", "-="):
            return node.child_by_field_name("left"), node.child_by_field_name("right")
        case "update_expression":
            return node.child_by_field_name("argument"), None
        case "array_declarator":
            return node.child_by_field_name("declarator"), node.child_by_field_name("size")
        case _:
            return None, None


def _is_read(node: Node) -> bool:
    """Say whether what stands at an address is wanted: ``*(p + i)``, ``(p + i)->x``; also what is handed on."""
    around = node.parent
    while around is not None and around.type == "parenthesized_expression":
        around = around.parent
    return around is None or around.type in (
        "pointer_expression",
        "field_expression",
        "subscript_expression",
        "argument_list",
    )


def _comparisons(definition: Node) -> Iterator[tuple[set[str], set[str]]]:
    """Give the names on both sides of each comparison, both ways round."""
    for node in walk(definition):
        if node.type == "binary_expression" and text_of(node.child_by_field_name("operator")) in _COMPARING:
            left, right = _names(node.child_by_field_name("left")), _names(node.child_by_field_name("right"))
            yield left, right
            yield right, left


def _counted_down(definition: Node) -> Iterator[str]:
    for node in walk(definition):
        if node.type == "update_expression" and text_of(node.child_by_field_name("operator")) == "--":
            yield from _names(node)


def _names(node: Node | None) -> set[str]:
    return {text_of(inner) for inner in walk(node) if inner.type == "identifier"} if node is not None else set()
