"""Function definitions of C: their signatures, and the role of every parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from codeloop.csource.declarations import NotTranslated, Scope, declared_name, parameter_list, typed
from codeloop.csource.indexing import LIBRARY, Slices, uses_of
from codeloop.csource.refusals import line_of
from codeloop.csource.returned import returned_by
from codeloop.csource.roles import Argument, BadRole, Role, arguments_of
from codeloop.csource.words import Array, Function, Kind, Parameter, Place, Pointer, Scalar, Text
from codeloop.languages.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

Roles = Mapping[str, Mapping[str, str]]
"""A user's words on pointers, by function and parameter: see ``csource.roles``."""
_WHOLE = (Kind.SIGNED, Kind.UNSIGNED)
_ROUNDS = 8
"""How deep pointers are followed from function to function."""


def read_function(node: Node, scope: Scope, roles: Roles, slices: Slices) -> Function:
    """Read a definition, with a role for every parameter. Raises NotTranslated."""
    function = _used(node, scope, slices)
    try:
        arguments = arguments_of(function, _words(function, roles))
    except BadRole as error:
        raise NotTranslated(line_of(node), error.construct, error.reason) from error
    if reason := _unsaid(function, {each.name: each for each in arguments}):
        raise NotTranslated(line_of(node), "pointer returned", reason)
    return function


def _unsaid(function: Function, arguments: Mapping[str, Argument]) -> str:
    """Say why a returned pointer cannot be told by the role of the argument into which it leads; empty: it can."""
    match function.returns:
        case Place(parameter=name):
            is_one = arguments[name].role is Role.REFERENCE and not isinstance(arguments[name].type, Array)
            return f"it leads to {name}, which is one value" if is_one else ""
        case Text(borrows=names) if others := [name for name in names if not _is_text(arguments[name])]:
            return f"it leads into {' or '.join(names)}, and {others[0]} is no text that stays as it is"
        case _:
            return ""


def _is_text(argument: Argument) -> bool:
    return argument.role is Role.TEXT and not argument.is_mutable


def slices_of(definitions: Sequence[Node], scope: Scope, roles: Roles) -> Slices:
    """Give the arrays that the file's functions take, followed through the calls among them, beside those of the library."""
    found: Slices = LIBRARY
    for _ in range(_ROUNDS):
        taken = {name_of(node): _arrays(node, scope, roles, found) for node in definitions}
        if (more := {**LIBRARY, **taken}) == found:
            break
        found = more
    return found


def name_of(definition: Node) -> str:
    """Name the function that a definition defines."""
    return declared_name(definition.child_by_field_name("declarator"))


def is_static(definition: Node) -> bool:
    """Say whether only this file may call it."""
    return any(text_of(child) == "static" for child in definition.children)


def _arrays(node: Node, scope: Scope, roles: Roles, slices: Slices) -> Mapping[int, int | None]:
    try:
        function = _used(node, scope, slices)
    except NotTranslated:
        return {}
    places = {each.name: at for at, each in enumerate(function.parameters)}
    try:
        arguments = arguments_of(function, _words(function, roles))
    except BadRole:
        return {places[each.name]: None for each in function.parameters if each.use is not None}
    return {places[each.name]: places.get(each.length) for each in arguments if each.role is Role.SLICE}


def _used(node: Node, scope: Scope, slices: Slices) -> Function:
    """Read the signature, and what the body does with its pointers."""
    function = _signature(node, scope)
    pointers = {each.name for each in function.parameters if isinstance(each.type, Pointer)}
    numbers = {each.name for each in function.parameters if isinstance(each.type, Scalar) and each.type.kind in _WHOLE}
    uses = uses_of(node, pointers, numbers, slices)
    return replace(function, parameters=tuple(replace(each, use=uses.get(each.name)) for each in function.parameters))


def _words(function: Function, roles: Roles) -> Mapping[str, str]:
    """Give a user's words on this function; those on no parameter are told where they are read."""
    names = {each.name for each in function.parameters}
    return {name: word for name, word in roles.get(function.name, {}).items() if name in names}


def _signature(node: Node, scope: Scope) -> Function:
    outer, listed = node.child_by_field_name("declarator"), parameter_list(node)
    if outer is None or listed is None:
        raise NotTranslated(line_of(node), "definition", "its parameters cannot be read")
    _, returns, _ = typed(node, outer, scope)
    if isinstance(returns, Array):
        raise NotTranslated(line_of(node), "array returned", "it is not C")
    parameters = tuple(_parameters(listed, scope))
    return Function(
        name=name_of(node),
        parameters=parameters,
        returns=returned_by(node, returns, parameters) if isinstance(returns, Pointer) else returns,
        globals=(),
        line=line_of(node),
        end_line=int(node.end_point[0]) + 1,
        is_static=is_static(node),
    )


def _parameters(listed: Node, scope: Scope) -> Iterator[Parameter]:
    scope.parameters = {declared_name(child.child_by_field_name("declarator")) for child in listed.named_children}
    for child in listed.named_children:
        if child.type == "comment":
            continue
        declarator = child.child_by_field_name("declarator")
        if child.type == "parameter_declaration" and declarator is None and text_of(child) == "void":
            continue
        if declarator is None:
            raise NotTranslated(line_of(child), "parameter", "it has no name")
        name, found, is_const = typed(child, declarator, scope, is_parameter=True)
        if not name:
            raise NotTranslated(line_of(child), "parameter", "it has no name")
        if found is None:
            raise NotTranslated(line_of(child), f"parameter {name}", "it has no type")
        yield Parameter(name=name, type=found, is_const=is_const)
