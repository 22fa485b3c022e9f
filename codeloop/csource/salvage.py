"""What is left of a C file around what does not parse: its whole definitions, and the text without the rest.

A missing brace or bracket makes the parser take what follows for a part of what is broken; whole definitions in there are
found again. What is left out becomes spaces: every line keeps its number, and a compiler sees only what parses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from codeloop.csource.declarations import declared_name
from codeloop.languages.syntax import to_bytes, to_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_DEFINING = (
    "definition",
    "declaration",
    "specifier",
    "preproc_def",
    "preproc_include",
    "preproc_function_def",
    "preproc_call",
)


def whole_nodes(broken: Node) -> Iterator[Node]:
    """Find the definitions that a node which does not parse has swallowed: what begins a line and has no error itself.

    None in a node that parses. What is indented belongs to the broken one, but for a function where no function is around it.
    """
    is_function = broken.type == "function_definition"
    stack = [*reversed(broken.children)] if broken.has_error else []
    while stack:
        node = stack.pop()
        is_at_start = node.start_point[1] == 0 or (node.type == "function_definition" and not is_function)
        if node.type.endswith(_DEFINING) and is_at_start and not node.has_error:
            yield node
        else:
            stack.extend(reversed(node.children))


def without(text: str, broken: Sequence[Node]) -> str:
    """Give the text with spaces in the place of these nodes; what ``whole_nodes`` finds in them stays."""
    given = to_bytes(text)
    data = bytearray(given)
    for node in broken:
        data[node.start_byte : node.end_byte] = _spaces(given[node.start_byte : node.end_byte])
        for whole in whole_nodes(node):
            after = whole.next_sibling
            end = after.end_byte if after is not None and after.type == ";" else whole.end_byte
            data[whole.start_byte : end] = given[whole.start_byte : end]
    return to_text(bytes(data))


def first_error(node: Node) -> Node:
    """Give the first place in a node that does not parse; the node itself where a brace is missed only at its end."""
    found = (inner for inner in walk(node) if inner.is_error or (inner.is_missing and inner.type != "}"))
    return next(found, node)


def broken_name(node: Node) -> str:
    """Name the function whose beginning stands in text that is no definition; empty: none does."""
    heads = (child for child in node.children if child.type == "function_declarator")
    return next(filter(None, map(declared_name, heads)), "")


def _spaces(data: bytes) -> bytes:
    return bytes(byte if byte == 0x0A else 0x20 for byte in data)
