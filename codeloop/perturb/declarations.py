"""Split and join declarations: several in one, one in several, with a value or given it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of, to_bytes, to_text
from codeloop.perturb.source import (
    Body,
    Edit,
    Rewrite,
    Source,
    children,
    inner_name,
    names_in,
    rewrite,
    rewrites,
    words_before,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def split_declarations(source: Source) -> Iterator[Rewrite]:
    """Take one declaration apart, or put two together."""
    for body in source.bodies:
        for node in body.nodes:
            is_in_block = node.parent is not None and node.parent.type == "compound_statement"
            if node.type == "declaration" and is_in_block and _is_simple(source, node):
                yield from _apart(source, node)
                yield from _afterwards(source, body, node)
                yield from _together(source, node)
                yield from _at_once(source, body, node)


def _is_simple(source: Source, node: Node) -> bool:
    """Say whether its type is only named, and it is an ordinary local."""
    kind = node.child_by_field_name("type")
    defines = kind is None or kind.child_by_field_name("body") is not None
    return not defines and not words_before(node) & {"static", "extern", "register"} and source.is_clear(node)


def _head(node: Node) -> str:
    """Give the words before the first declarator."""
    first = node.children_by_field_name("declarator")[0]
    n = first.start_byte - node.start_byte
    return to_text(to_bytes(text_of(node))[:n]).rstrip()


def _apart(source: Source, node: Node) -> Iterator[Rewrite]:
    declarators = node.children_by_field_name("declarator")
    if len(declarators) > 1:
        lines = [f"{_head(node)} {text_of(each)};" for each in declarators]
        yield rewrite(node, source.block(node, lines), "a declaration becomes several")


def _afterwards(source: Source, body: Body, node: Node) -> Iterator[Rewrite]:
    declarators = node.children_by_field_name("declarator")
    if len(declarators) != 1 or declarators[0].type != "init_declarator" or "const" in words_before(node):
        return
    name, value = inner_name(declarators[0]), declarators[0].child_by_field_name("value")
    inner = declarators[0].child_by_field_name("declarator")
    if value is None or inner is None or name not in body.plain or value.type == "initializer_list":
        return
    if any(each.type == "type_qualifier" for each in inner.children):  # a pointer that is const itself
        return
    lines = (f"{_head(node)} {text_of(inner)};", f"{name} = {text_of(value)};")
    yield rewrite(node, source.block(node, lines), "a variable gets its value after its declaration")


def _together(source: Source, node: Node) -> Iterator[Rewrite]:
    after = node.next_named_sibling
    if after is None or after.type != "declaration" or not _is_simple(source, after) or _head(after) != _head(node):
        return
    if source.code[node.end_byte : after.start_byte].strip():
        return
    listed = [*node.children_by_field_name("declarator"), *after.children_by_field_name("declarator")]
    text = f"{_head(node)} {', '.join(text_of(each) for each in listed)};"
    yield rewrites(node, "two declarations become one", [Edit(start=node.start_byte, end=after.end_byte, text=text)])


def _at_once(source: Source, body: Body, node: Node) -> Iterator[Rewrite]:
    """``int x; x = e;`` is ``int x = e;``."""
    declarators, after = node.children_by_field_name("declarator"), node.next_named_sibling
    inside = children(after) if after is not None and after.type == "expression_statement" else []
    if len(declarators) != 1 or not inside or inside[0].type != "assignment_expression" or after is None:
        return
    name, value = inner_name(declarators[0]), inside[0].child_by_field_name("right")
    is_it = (
        text_of(inside[0].child_by_field_name("left")) == name
        and text_of(inside[0].child_by_field_name("operator")) == "="
    )
    is_free = value is not None and name not in names_in(value) and name in body.plain
    if not is_it or not is_free or declarators[0].type == "init_declarator" or not source.is_clear(after):
        return
    if source.code[node.end_byte : after.start_byte].strip():
        return
    text = f"{_head(node)} {text_of(declarators[0])} = {text_of(value)};"
    yield rewrites(
        node,
        "a variable gets its value in its declaration",
        [Edit(start=node.start_byte, end=after.end_byte, text=text)],
    )
