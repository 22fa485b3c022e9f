"""What a pointer that a function returns leads to: a place in one of its arguments, or text. Read off what its body returns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from codeloop.csource.declarations import NotTranslated, declared_name, parameter_list
from codeloop.csource.refusals import line_of
from codeloop.csource.words import Kind, Parameter, Place, Pointer, Scalar, Text, Type
from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node


class _Kind(StrEnum):
    ARGUMENT = "argument"
    NULL = "NULL"
    LITERAL = "literal"
    """Text that stands in the file and does not change."""
    NEW = "new memory"
    STATE = "the file's variables, which others may change"
    GONE = "a variable of the function, which is gone when it returns"
    UNKNOWN = "a place that cannot be seen from its body"


_From = tuple[_Kind, str]
"""Of an argument, with its name."""
_NULL, _LITERAL, _NEW = (_Kind.NULL, ""), (_Kind.LITERAL, ""), (_Kind.NEW, "")
_STATE, _GONE, _UNKNOWN = (_Kind.STATE, ""), (_Kind.GONE, ""), (_Kind.UNKNOWN, "")
_NEW_MEMORY = frozenset({"malloc", "calloc", "realloc", "strdup", "strndup"})
_INTO_FIRST = frozenset(
    {"strchr", "strrchr", "strstr", "strpbrk", "memchr", "strcpy", "strncpy", "strcat", "strncat", "memcpy", "memmove", "memset"}
)  # fmt: skip
_FINDS_NOTHING = frozenset({"strchr", "strrchr", "strstr", "strpbrk", "memchr"})
_NULLS = frozenset({"0", "NULL", "void*)0", "char*)0", "constchar*)0"})
_FOLLOWED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "parenthesized_expression": (),
        "cast_expression": ("value",),
        "comma_expression": ("right",),
        "assignment_expression": ("right",),
        "conditional_expression": ("consequence", "alternative"),
        "binary_expression": ("left", "right"),
        "update_expression": ("argument",),
    }
)
"""Expressions that lead where these parts of them do; without a name, the first."""
_LEAVES = MappingProxyType(
    {
        "null": frozenset({_NULL}),
        "string_literal": frozenset({_LITERAL}),
        "concatenated_string": frozenset({_LITERAL}),
        "char_literal": frozenset[_From](),
        "sizeof_expression": frozenset[_From](),
    }
)
_CONSTRUCT = "pointer returned"


@dataclass(frozen=True, slots=True)
class _Variable:
    """A local or a global. ``is_const``: of an array, its elements do not change."""

    is_array: bool
    has_pointers: bool
    is_const: bool
    is_static: bool
    values: Sequence[Node]
    """What initialises it, and what is assigned to it."""


@dataclass
class _Origins:
    """Follows the pointers of one definition. ``callers``: definitions that are being followed already."""

    definition: Node
    callers: tuple[str, ...] = ()
    seen: set[str] = field(default_factory=set)

    def returned(self) -> frozenset[_From]:
        """Say where all that is returned leads."""
        found = frozenset[_From]()
        for node in walk(self.definition.child_by_field_name("body") or self.definition):
            if node.type == "return_statement" and node.named_children:
                self.seen.clear()
                found |= self.of(node.named_children[0])
        return found

    def of(self, node: Node | None) -> frozenset[_From]:
        """Say where a pointer leads; a number leads nowhere."""
        if node is None:
            return frozenset()
        if node.type in _FOLLOWED:
            parts = [node.child_by_field_name(name) for name in _FOLLOWED[node.type]] or node.named_children[:1]
            found = frozenset[_From]().union(*map(self.of, parts))
            return found - {_NULL} if node.type == "binary_expression" else found
        if node.type in self._readers:
            return self._readers[node.type](node)
        return _LEAVES.get(node.type, frozenset({_UNKNOWN}))

    @cached_property
    def _readers(self) -> Mapping[str, Callable[[Node], frozenset[_From]]]:
        return {
            "number_literal": lambda node: frozenset({_NULL} if text_of(node) == "0" else ()),
            "identifier": lambda node: self._name(text_of(node)),
            "pointer_expression": self._pointed,
            "subscript_expression": lambda node: self._element(node.child_by_field_name("argument")),
            "call_expression": self._call,
        }

    def _name(self, name: str) -> frozenset[_From]:
        if name in self.seen:
            return frozenset()
        self.seen.add(name)
        if name in self.macros:
            return self.macros[name]
        found = frozenset[_From]()
        if name in self.parameters:
            found |= {(_Kind.ARGUMENT, name)} if self.parameters[name] else set()
        elif name in self.locals and self.locals[name].is_array:
            return frozenset({_of_array(self.locals[name])})
        elif name not in self.locals and name in self.globals:
            variable = self.globals[name]
            if variable.is_array:
                return frozenset({_of_array(variable) if variable.is_const else _STATE})
            return frozenset[_From]().union(*map(self.of, variable.values)) if variable.has_pointers else found
        is_pointer = self.parameters.get(name, False) or (name in self.locals and self.locals[name].has_pointers)
        values = self.locals[name].values if name in self.locals else self.assigned.get(name, ())
        return found.union(*map(self.of, values)) if is_pointer else found

    def _pointed(self, pointer: Node) -> frozenset[_From]:
        """``&v[i]`` leads where ``v`` does, and ``*p`` is read at a place that nobody follows."""
        if text_of(pointer.child_by_field_name("operator")) != "&":
            return frozenset({_UNKNOWN})
        node = pointer.child_by_field_name("argument")
        while node is not None and node.type == "parenthesized_expression":
            node = node.named_children[0]
        if node is not None and node.type == "subscript_expression":
            return self.of(node.child_by_field_name("argument"))
        if node is not None and node.type == "pointer_expression":  # &*p
            return self.of(node.child_by_field_name("argument"))
        is_local = node is not None and node.type == "identifier" and text_of(node) in self.locals
        return frozenset({_GONE if is_local else _UNKNOWN})

    def _element(self, array: Node | None) -> frozenset[_From]:
        """An element of a table of texts leads where any of them does; an element of another array is a number."""
        name = text_of(array)
        if array is None or array.type != "identifier" or name in self.parameters:
            return frozenset() if array is not None and array.type == "identifier" else frozenset({_UNKNOWN})
        variable = self.locals.get(name) or self.globals.get(name)
        if variable is None or not variable.has_pointers:
            return frozenset()
        if not variable.is_array:
            return frozenset({_UNKNOWN})
        return frozenset[_From]().union(*map(self._listed, variable.values))

    def _listed(self, value: Node) -> frozenset[_From]:
        if value.type == "initializer_pair":
            return self._listed(value.named_children[-1])
        if value.type == "initializer_list":
            entries = (child for child in value.named_children if child.type != "comment")
            return frozenset[_From]().union(*map(self._listed, entries))
        return self.of(value)

    def _call(self, node: Node) -> frozenset[_From]:
        name = text_of(node.child_by_field_name("function"))
        listed = node.child_by_field_name("arguments")
        given = [child for child in listed.named_children if child.type != "comment"] if listed is not None else []
        if name in self.definitions:
            return self._call_of(self.definitions[name], name, given)
        if name in _NEW_MEMORY:
            return frozenset({_NEW})
        if name in _INTO_FIRST and given:
            return self.of(given[0]) | ({_NULL} if name in _FINDS_NOTHING else set())
        return frozenset({_UNKNOWN})

    def _call_of(self, definition: Node, name: str, given: Sequence[Node]) -> frozenset[_From]:
        """What another function returns leads where its own arguments do."""
        if name in self.callers:
            return frozenset()
        inner = _Origins(definition, (*self.callers, name))
        found = set[_From]()
        for kind, argument in inner.returned():
            if kind is not _Kind.ARGUMENT:
                found.add((kind, ""))
            elif (at := list(inner.parameters).index(argument)) < len(given):
                found |= self.of(given[at])
        return frozenset(found)

    @cached_property
    def parameters(self) -> Mapping[str, bool]:
        """Names in their order, and whether they are pointers."""
        listed = parameter_list(self.definition)
        found = dict[str, bool]()
        for child in listed.named_children if listed is not None else ():
            inner = child.child_by_field_name("declarator")
            if inner is not None:
                found[declared_name(inner)] = inner.type in ("pointer_declarator", "array_declarator")
        return found

    @cached_property
    def assigned(self) -> Mapping[str, Sequence[Node]]:
        """Name to what is assigned to it."""
        found: dict[str, list[Node]] = {}
        for node in walk(self.definition):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if node.type == "assignment_expression" and left is not None and left.type == "identifier" and right:
                found.setdefault(text_of(left), []).append(right)
        return found

    @cached_property
    def locals(self) -> Mapping[str, _Variable]:
        """Variables of the body; of two with one name, what both are given."""
        nodes = [node for node in walk(self.definition) if node.type == "declaration"]
        return _variables(nodes, self.assigned)

    @cached_property
    def globals(self) -> Mapping[str, _Variable]:
        """Variables of the file."""
        return _variables([node for node in _root(self.definition).children if node.type == "declaration"], {})

    @cached_property
    def macros(self) -> Mapping[str, frozenset[_From]]:
        """Where ``NULL`` and the file's own names for it and for texts lead; those of numbers lead nowhere."""
        found = {"NULL": frozenset({_NULL})}
        for node in walk(_root(self.definition)):
            if node.type == "preproc_def":
                value = "".join(text_of(node.child_by_field_name("value")).split())
                leads = _LITERAL if value.startswith('"') else _NULL if value.strip("()") in _NULLS else None
                found[text_of(node.child_by_field_name("name"))] = frozenset({leads} if leads else ())
        return found

    @cached_property
    def definitions(self) -> Mapping[str, Node]:
        """Functions of the file."""
        nodes = [node for node in walk(_root(self.definition)) if node.type == "function_definition"]
        return {declared_name(node.child_by_field_name("declarator")): node for node in nodes}


def returned_by(definition: Node, pointer: Pointer, parameters: Sequence[Parameter]) -> Place | Text:
    """Say what the pointer that a function returns is. Raises NotTranslated."""
    try:
        found = _Origins(definition, (declared_name(definition.child_by_field_name("declarator")),)).returned()
    except RecursionError as error:
        raise NotTranslated(line_of(definition), _CONSTRUCT, "its expressions are nested too deeply") from error
    kinds, is_optional = {kind for kind, _ in found} - {_Kind.NULL}, _NULL in found
    arguments = sorted({name for kind, name in found if kind is _Kind.ARGUMENT})
    is_text = isinstance(pointer.target, Scalar) and pointer.target.kind is Kind.CHAR
    by_name: Mapping[str, Type] = MappingProxyType({each.name: each.type for each in parameters})
    if kinds == {_Kind.ARGUMENT} and len(arguments) == 1:
        if _is_of(pointer.target, by_name.get(arguments[0])):
            return Place(parameter=arguments[0], is_optional=is_optional)
        reason = f"it leads into {arguments[0]}, which has elements of another type"
    elif kinds and kinds <= {_Kind.LITERAL, _Kind.ARGUMENT} and is_text:
        return Text(is_new=False, is_optional=is_optional, borrows=tuple(arguments))
    elif kinds and kinds <= {_Kind.LITERAL, _Kind.NEW} and is_text:
        return Text(is_new=True, is_optional=is_optional)
    elif kinds == {_Kind.LITERAL}:
        reason = "it leads to a table of the file: hand back an index"
    elif kinds and kinds <= {_Kind.LITERAL, _Kind.NEW}:
        reason = "how long the new array is cannot be seen: only text is handed back so; write into an argument"
    else:
        reason = _reason(kinds, arguments)
    raise NotTranslated(line_of(definition), _CONSTRUCT, reason)


def _reason(kinds: set[_Kind], arguments: Sequence[str]) -> str:
    for kind in (_Kind.STATE, _Kind.GONE):
        if kind in kinds:
            return f"it leads to {kind}"
    if kinds == {_Kind.ARGUMENT}:
        return f"it leads into {' or '.join(arguments)}: only a place in one argument is translated"
    if _Kind.UNKNOWN in kinds or not kinds:
        return f"it leads to {_Kind.UNKNOWN}"
    return "it leads to an argument or to new memory: only one of them is translated"


def _is_of(target: Type | None, argument: Type | None) -> bool:
    """Say whether a pointer to ``target`` is one to an argument's elements; bytes go by any name."""
    inner = argument.target if isinstance(argument, Pointer) else getattr(argument, "element", None)
    is_bytes = all(each is None or (isinstance(each, Scalar) and each.bits == 8) for each in (target, inner))
    return argument is not None and (target == inner or is_bytes)


def _of_array(variable: _Variable) -> _From:
    if variable.is_const and not variable.has_pointers and variable.is_static:
        return _LITERAL
    return _STATE if variable.is_static else _GONE


def _variables(declarations: Sequence[Node], assigned: Mapping[str, Sequence[Node]]) -> Mapping[str, _Variable]:
    found = dict[str, _Variable]()
    for node in declarations:
        words = {
            text_of(child) for child in node.children if child.type in ("storage_class_specifier", "type_qualifier")
        }
        is_global = node.parent is not None and node.parent.type in ("translation_unit", "ERROR")
        for declarator in node.children_by_field_name("declarator"):
            inner = declarator.child_by_field_name("declarator") if declarator.type == "init_declarator" else declarator
            if inner is None:
                continue
            name, shapes = declared_name(inner), set(_shapes(inner))
            if "function_declarator" in shapes:
                continue
            initial = [value] if (value := declarator.child_by_field_name("value")) is not None else []
            before = found[name].values if name in found else assigned.get(name, ())
            found[name] = _Variable(
                is_array="array_declarator" in shapes,
                has_pointers="pointer_declarator" in shapes,
                is_const="const" in words,
                is_static="static" in words or is_global,
                values=(*before, *initial),
            )
    return found


def _shapes(declarator: Node | None) -> Iterator[str]:
    while declarator is not None and declarator.type != "identifier":
        yield declarator.type
        declarator = declarator.child_by_field_name("declarator")


def _root(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node
