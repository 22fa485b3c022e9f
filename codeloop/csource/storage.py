"""What the words of a declaration say of where a variable lives and whether it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node


def storage_of(node: Node) -> set[str]:
    """Give ``static``, ``extern`` and the like of a declaration."""
    return {text_of(child) for child in node.children if child.type == "storage_class_specifier"}


def is_const(node: Node, declarator: Node) -> bool:
    """Say whether the variable itself cannot change; of a pointer, that is said behind the star."""
    stars = [inner for inner in walk(declarator) if inner.type == "pointer_declarator"]
    words = stars[-1].children if stars else node.children
    return any(text_of(child) == "const" for child in words if child.type == "type_qualifier")


def is_state(node: Node) -> bool:
    """Say whether a declaration in a function declares what outlives the call and may change.

    A table of texts that do not change is taken for one that does not either: ``static const char *names[]``.
    """
    declarators = node.children_by_field_name("declarator")
    return "static" in storage_of(node) and not all(
        is_const(node, each) or _is_table(node, each) for each in declarators
    )


def _is_table(node: Node, declarator: Node) -> bool:
    """Say whether an array holds pointers to what is const."""
    is_array = any(inner.type == "array_declarator" for inner in walk(declarator))
    return is_array and any(text_of(child) == "const" for child in node.children)
