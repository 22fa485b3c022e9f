"""Variables of a C file: state that is made explicit, tables that a translation has its own way with, and what cannot be had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codeloop.csource.constants import constant_of
from codeloop.csource.declarations import NotTranslated, Scope, declared_name, read_struct, typed
from codeloop.csource.refusals import line_of
from codeloop.csource.storage import is_const, storage_of
from codeloop.csource.words import Global, Pointer, Scalar
from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_INSIDE = {"subscript_expression": "argument", "field_expression": "argument", "parenthesized_expression": ""}


@dataclass(slots=True)
class Variables:
    """What was found. ``lost``: name to why functions that use it cannot be translated."""

    state: list[Global] = field(default_factory=list)
    lost: dict[str, NotTranslated] = field(default_factory=dict)


def read_variables(declarations: list[Node], root: Node, scope: Scope) -> Variables:
    """Read the variables that these declarations declare; ``root`` is all of the file, where they may be written."""
    found, written, promised = Variables(), set(_written(root)), dict[str, int]()
    for node in declarations:
        for declarator in node.children_by_field_name("declarator"):
            inner = declarator.child_by_field_name("declarator") if declarator.type == "init_declarator" else declarator
            if inner is None or _is_prototype(inner):
                continue
            name, value = declared_name(inner), declarator.child_by_field_name("value")
            if "extern" in storage_of(node) and value is None:
                promised.setdefault(name, line_of(inner))
                continue
            try:
                _one(node, inner, value, scope, found)
            except NotTranslated as error:
                if name in written:
                    found.lost[name] = error
    for name, line in promised.items():
        if name not in found.lost and all(each.name != name for each in found.state):
            found.lost[name] = NotTranslated(line, f"global {name}", "it is defined elsewhere")
    return found


def _one(node: Node, inner: Node, value: Node | None, scope: Scope, found: Variables) -> None:
    """Enter one variable, once. Raises NotTranslated."""
    kind = node.child_by_field_name("type")
    name = declared_name(inner)
    if kind is not None and kind.type == "struct_specifier" and kind.child_by_field_name("body") is not None:
        read_struct(kind, f"__typeof__({name})", scope, name)  # enters one without a tag; any other is there already
    if is_const(node, inner):
        constant = constant_of(value, scope.values) if value is not None and inner.type == "identifier" else None
        if constant is not None and isinstance(typed(node, inner, scope)[1], Scalar):
            scope.values.setdefault(name, constant)
        return
    _, type_, _ = typed(node, inner, scope, open_length=_n_initial(value))
    if type_ is None or isinstance(type_, Pointer):
        raise NotTranslated(line_of(inner), f"global {name}", "state that points somewhere is not made explicit")
    if all(each.name != name for each in found.state):
        found.state.append(Global(name=name, type=type_, line=line_of(inner)))


def _is_prototype(declarator: Node) -> bool:
    """Say whether a function is declared, and no pointer to one."""
    current: Node | None = declarator
    while current is not None and current.type == "pointer_declarator":
        current = current.child_by_field_name("declarator")
    inner = (
        current.child_by_field_name("declarator")
        if current is not None and current.type == "function_declarator"
        else None
    )
    return inner is not None and inner.type == "identifier"


def _n_initial(value: Node | None) -> int | None:
    """Count what an array without a length is initialised with; ``None`` where it is not just counted."""
    if value is None:
        return None
    if value.type == "initializer_list":
        given = [child for child in value.named_children if child.type != "comment"]
        return len(given) if given and all(child.type != "initializer_pair" for child in given) else None
    if value.type == "string_literal":
        parts = list(value.named_children)
        texts = [text_of(child) for child in parts]
        if all(child.type == "string_content" and text.isascii() for child, text in zip(parts, texts, strict=True)):
            return sum(map(len, texts)) + 1
    return None


def _written(root: Node) -> Iterator[str]:
    """Name what is assigned to, counted up or down, or handed out by its address."""
    for node in walk(root):
        target: Node | None = None
        if node.type == "assignment_expression":
            target = node.child_by_field_name("left")
        elif node.type == "update_expression" or (
            node.type == "pointer_expression" and text_of(node.child_by_field_name("operator")) == "&"
        ):
            target = node.child_by_field_name("argument")
        elif node.type == "argument_list":
            yield from (text_of(child) for child in node.named_children if child.type == "identifier")
        while target is not None and target.type in _INSIDE:
            target = (
                target.child_by_field_name(_INSIDE[target.type]) if _INSIDE[target.type] else target.named_children[0]
            )
        if target is not None and target.type == "identifier":
            yield text_of(target)
