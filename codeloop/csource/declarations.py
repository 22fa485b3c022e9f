"""Declarations of C: what type a declarator gives to a name, structs and enums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codeloop.csource.constants import Whole, constant_of
from codeloop.csource.refusals import line_of
from codeloop.csource.scalars import INT, scalar_of
from codeloop.csource.words import Array, Enum, Field, Named, Pointer, Struct, Type
from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node


_NAMES = ("identifier", "field_identifier", "type_identifier", "primitive_type")
"""What a declarator may end in; the last of ``typedef unsigned char bool;``."""


_OF_RUST = frozenset({
    "Self", "String", "Vec", "Box", "Option", "Some", "None", "Result", "Ok", "Err", "ToString", "ToOwned", "Clone", "Copy",
    "Send", "Sync", "Sized", "Unpin", "Drop", "Fn", "FnMut", "FnOnce", "AsRef", "AsMut", "Into", "From", "TryInto", "TryFrom",
    "Default", "Iterator", "Extend", "IntoIterator", "FromIterator", "DoubleEndedIterator", "ExactSizeIterator", "Eq",
    "PartialEq", "Ord", "PartialOrd",
})  # fmt: skip
"""Names of Rust's prelude, which a struct would hide."""


class NotTranslated(Exception):
    """A declaration that has no counterpart: where, what and why."""

    def __init__(self, line: int, construct: str, reason: str) -> None:
        super().__init__(f"line {line}: {construct}: {reason}")
        self.line, self.construct, self.reason = line, construct, reason


@dataclass(slots=True)
class Scope:
    """What the file has declared so far."""

    typedefs: dict[str, Type] = field(default_factory=dict)
    structs: dict[str, Struct] = field(default_factory=dict)
    """By C's spelling."""
    by_place: dict[int, Struct] = field(default_factory=dict)
    """The same by the place of their definition in the file, for those without a tag."""
    pending: dict[str, list[str]] = field(default_factory=dict)
    """Structs that are not defined yet, to their other names: ``typedef struct stack stack;``."""
    is_packed: bool = False
    """Below ``#pragma pack(1)``."""
    enums: dict[str, Enum] = field(default_factory=dict)
    values: dict[str, Whole] = field(default_factory=dict)
    """Constants and members of enums."""
    parameters: set[str] = field(default_factory=set)
    """Names of the function whose parameters are being read: ``int a[n]``."""


def declared_name(declarator: Node | None) -> str:
    """Name what a declarator declares; empty for nothing."""
    for inner in walk(declarator) if declarator is not None else ():
        if inner.type == "identifier":
            return text_of(inner)
    return ""


def parameter_list(definition: Node) -> Node | None:
    """Give the list of a function's parameters; ``None`` where its declarator is none of a function."""
    declarator = definition.child_by_field_name("declarator")
    while declarator is not None and declarator.type != "function_declarator":
        declarator = declarator.child_by_field_name("declarator")
    return declarator.child_by_field_name("parameters") if declarator is not None else None


def rust_name(name: str) -> str:
    """Spell a struct's name as Rust does: ``ring_buffer_t`` is ``RingBuffer``."""
    parts = [part for part in name.removesuffix("_t").split("_") if part]
    return "".join(part[0].upper() + part[1:] for part in parts)


def _free_name(name: str, scope: Scope) -> str:
    """Give a struct the name that no other has, nor Rust: ``Vec`` is ``VecStruct``, and the next ``VecStruct2``."""
    taken = {*_OF_RUST, *(each.name for each in scope.structs.values())}
    plain = rust_name(name)
    if plain[:1].isalpha() and plain not in taken:
        return plain
    longer = f"{plain}Struct" if plain[:1].isalpha() else f"Struct{plain}"
    number = 1
    while (found := longer if number == 1 else f"{longer}{number}") in taken:
        number += 1
    return found


def base_type(node: Node, scope: Scope) -> Type | None:
    """Give the type that a declaration's words name; ``None`` for ``void``."""
    kind = node.child_by_field_name("type")
    if kind is None:
        raise NotTranslated(line_of(node), "declaration", "it names no type")
    text = " ".join(text_of(kind).split())
    if text == "void":
        return None
    if kind.type == "enum_specifier":
        return INT
    if kind.type == "union_specifier":
        raise NotTranslated(line_of(kind), "union", "its bytes have more than one meaning, which safe Rust has not")
    if kind.type == "struct_specifier":
        spelled = f"struct {text_of(kind.child_by_field_name('name'))}"
        struct = scope.structs.get(spelled) or scope.by_place.get(kind.start_byte)
        if struct is None:
            raise NotTranslated(line_of(kind), spelled.strip(), "its members are not known here, or not translated")
        return Named(name=struct.name, c=struct.c)
    if text in scope.typedefs:
        return scope.typedefs[text]
    scalar = scalar_of(text)
    if scalar is None:
        raise NotTranslated(line_of(kind), f"type {text}", "it is not known here, or not translated")
    return scalar


def typed(
    node: Node, declarator: Node, scope: Scope, *, is_parameter: bool = False, open_length: int | None = None
) -> tuple[str, Type | None, bool]:
    """Give the name that a declarator declares, its type, and whether the words before it say ``const``.

    ``open_length``: of ``int a[]``, where what initialises it says so.
    """
    found = base_type(node, scope)
    is_const = any(text_of(child) == "const" for child in node.children if child.type == "type_qualifier")
    lengths: list[int | None] = []
    current: Node | None = declarator
    while current is not None and current.type not in _NAMES:
        if current.type == "pointer_declarator":
            if isinstance(found, Pointer):
                raise NotTranslated(line_of(current), "pointer to a pointer", "only pointers to values are translated")
            found = Pointer(target=found, is_const=is_const)
        elif current.type == "array_declarator":
            is_first = open_length is not None and current.child_by_field_name("size") is None
            lengths.append(open_length if is_first else _length(current, scope, is_open=is_parameter))
        elif current.type == "function_declarator" and not is_parameter and node.type == "function_definition":
            pass
        elif current.type == "function_declarator":
            raise NotTranslated(line_of(current), "function pointer", "the other side could not call it")
        elif current.type == "parenthesized_declarator":
            raise NotTranslated(line_of(current), "declarator in parentheses", "write a pointer to an array as m[][3]")
        elif current.type == "bitfield_clause":
            raise NotTranslated(line_of(current), "bit-field", "Rust has none")
        current = current.child_by_field_name("declarator") or next(
            (child for child in current.named_children if child.type.endswith(("declarator", "identifier"))), None
        )
    name = text_of(current)
    # The outermost declarator is the last dimension: int m[2][3] nests as (m[2])[3].
    for length in lengths:
        found = _array(found, length, is_const, line_of(declarator), name)
    return name, found, is_const


def _array(element: Type | None, length: int | None, is_const: bool, line: int, name: str) -> Type:
    if element is None or isinstance(element, Pointer):
        raise NotTranslated(line, f"array {name}", "only arrays of values are translated")
    return Pointer(target=element, is_const=is_const) if length is None else Array(element=element, length=length)


def _length(node: Node, scope: Scope, *, is_open: bool) -> int | None:
    size = node.child_by_field_name("size")
    if size is None and is_open:
        return None
    if (
        is_open
        and size is not None
        and any(text_of(inner) in scope.parameters for inner in walk(size) if inner.type == "identifier")
    ):
        return None  # int a[n]: n is what csource.indexing finds
    found = constant_of(size, scope.values) if size is not None else None
    value = found.value if found is not None else None
    if value is None or not 0 < value <= 65536:
        raise NotTranslated(line_of(node), "array", "its length is not a constant that can be read here")
    return value


def read_struct(node: Node, alias: str, scope: Scope, name: str = "") -> None:
    """Read a struct's members and enter it, as ``struct TAG`` or, without a tag, under its typedef's name.

    ``name``: what it is called in Rust, where ``alias`` is an expression.
    """
    tag = text_of(node.child_by_field_name("name"))
    spelled = f"struct {tag}" if tag else alias
    body = node.child_by_field_name("body")
    if body is None or not spelled or spelled in scope.structs:
        return
    if scope.is_packed or _has_layout(node):
        raise NotTranslated(line_of(node), spelled, "it is packed or aligned: lay it out as C does by itself")
    fields: list[Field] = []
    for member in body.named_children:
        if member.type == "field_declaration":
            fields += _members(member, spelled, tag or name or alias, scope)
    struct = Struct(name=_free_name(tag or name or alias, scope), c=spelled, fields=tuple(fields), line=line_of(node))
    scope.structs[spelled] = scope.by_place[node.start_byte] = struct
    for other in scope.pending.pop(spelled, []):
        scope.typedefs[other] = Named(name=struct.name, c=struct.c)


def _members(member: Node, spelled: str, outer: str, scope: Scope) -> Iterator[Field]:
    """Read one declaration of members; a struct or an enumeration that is defined in it is entered first."""
    told = outer if spelled.startswith("__typeof__") else spelled
    if any(child.type == "bitfield_clause" for child in member.children):
        raise NotTranslated(line_of(member), f"bit-field in {told}", "Rust has none")
    declarators = member.children_by_field_name("declarator")
    if not declarators:
        raise NotTranslated(line_of(member), f"member without a name in {told}", "Rust has none")
    kind = member.child_by_field_name("type")
    for declarator in declarators:
        if kind is not None and kind.type == "enum_specifier":
            read_enum(kind, "", scope)
        elif kind is not None and kind.type == "struct_specifier" and declarator.type == "field_identifier":
            field_name = text_of(declarator)
            read_struct(
                kind, f"__typeof__((({spelled} *)0)->{field_name})", scope, f"{outer.removesuffix('_t')}_{field_name}"
            )
        elif kind is not None and kind.type == "struct_specifier":
            read_struct(kind, "", scope)
        if declarator.type == "pointer_declarator":
            name = next((text_of(each) for each in walk(declarator) if each.type == "field_identifier"), "")
            raise NotTranslated(
                line_of(member), f"pointer {name} in {told}", "where it leads cannot be seen: use an index"
            )
        name, found, _ = typed(member, declarator, scope)
        if found is None or isinstance(found, Pointer):
            raise NotTranslated(line_of(member), f"member {name} in {told}", "its type has no counterpart")
        yield Field(name=name, type=found)


def _has_layout(node: Node) -> bool:
    """Say whether a struct is laid out otherwise than C does by itself."""
    around = [*node.children, *(node.parent.children if node.parent is not None else ())]
    said = [text_of(child) for child in around if "attribute" in child.type or "alignas" in child.type]
    body = node.child_by_field_name("body")
    inside = (text_of(inner) for inner in walk(body) if "alignas" in inner.type) if body is not None else ()
    return any("packed" in each or "align" in each.lower() for each in (*said, *inside))


def read_enum(node: Node, alias: str, scope: Scope) -> None:
    """Read an enum's members into the scope's constants."""
    body = node.child_by_field_name("body")
    if body is None:
        return
    members: list[tuple[str, int]] = []
    following = 0
    for member in body.named_children:
        if member.type != "enumerator":
            continue
        name, given = text_of(member.child_by_field_name("name")), member.child_by_field_name("value")
        found = Whole(following) if given is None else constant_of(given, scope.values)
        if found is None:
            raise NotTranslated(
                line_of(member), f"enumerator {name}", "its value is not a constant that can be read here"
            )
        scope.values[name], following = found, found.value + 1
        members.append((name, found.value))
    name = text_of(node.child_by_field_name("name")) or alias
    scope.enums[name or f"line {line_of(node)}"] = Enum(name=name, members=tuple(members), line=line_of(node))
