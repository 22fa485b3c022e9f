"""Declarations of C: what type a declarator gives to a name, structs and enums."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codeloop.csource.refusals import line_of
from codeloop.csource.scalars import INT, scalar_of
from codeloop.csource.words import Array, Enum, Field, Named, Pointer, Struct, Type
from codeloop.languages.syntax import parse, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPES = {"n": 10, "t": 9, "r": 13, "0": 0, "\\": 92, "'": 39, '"': 34}


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
    enums: dict[str, Enum] = field(default_factory=dict)
    values: dict[str, int] = field(default_factory=dict)
    """Constants and members of enums."""

    def value(self, text: str) -> int | None:
        """Work out a constant expression of whole numbers; ``None`` where it is none."""
        root = parse("tree_sitter_c", f"int x = {text};")
        node = root.named_children[0] if root.named_children else None
        declarator = node.child_by_field_name("declarator") if node is not None else None
        value = declarator.child_by_field_name("value") if declarator is not None else None
        return None if not text or root.has_error or value is None else self.value_of(value)

    def value_of(self, node: Node) -> int | None:
        """Work out a node of a constant expression."""
        text = text_of(node)
        match node.type:
            case "number_literal":
                return _number(text)
            case "identifier":
                return self.values.get(text)
            case "char_literal":
                return _letter(text[1:-1])
            case "parenthesized_expression" | "unary_expression" | "binary_expression":
                return self._of_parts(node)
            case _:
                return None

    def _of_parts(self, node: Node) -> int | None:
        parts = [self.value_of(child) for child in node.named_children if child.type != "comment"]
        known = [part for part in parts if part is not None]
        if len(known) != len(parts):
            return None
        if node.type == "binary_expression":
            return _binary(text_of(node.child_by_field_name("operator")), known[0], known[1])
        operator = "" if node.type == "parenthesized_expression" else text_of(node.child_by_field_name("operator"))
        return {"": known[0], "+": known[0], "-": -known[0]}.get(operator)


def _letter(inside: str) -> int | None:
    if inside.startswith("\\"):
        return _ESCAPES.get(inside[1:])
    return ord(inside) if len(inside) == 1 else None


def _number(text: str) -> int | None:
    digits = text.rstrip("uUlL").lower()
    try:
        return int(digits, 8) if digits.isdigit() and digits.startswith("0") else int(digits, 0)
    except ValueError:
        return None


def _binary(operator: str, left: int, right: int) -> int | None:
    if operator in ("<<", ">>") and not 0 <= right < 64:
        return None
    if operator in ("/", "%"):
        return None if right <= 0 or left < 0 else left // right if operator == "/" else left % right
    results = {"+": left + right, "-": left - right, "*": left * right, "|": left | right, "&": left & right}
    return {"<<": left << right, ">>": left >> right}[operator] if operator in ("<<", ">>") else results.get(operator)


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
        struct = scope.structs.get(spelled) or _typedef_of(kind, scope)
        if struct is None:
            raise NotTranslated(line_of(kind), spelled.strip(), "its members are not known here, or not translated")
        return Named(name=struct.name, c=struct.c)
    if text in scope.typedefs:
        return scope.typedefs[text]
    scalar = scalar_of(text)
    if scalar is None:
        raise NotTranslated(line_of(kind), f"type {text}", "it is not known here, or not translated")
    return scalar


def _typedef_of(kind: Node, scope: Scope) -> Struct | None:
    """Find the struct without a tag that a typedef has just defined at this very place."""
    return next((each for each in scope.structs.values() if each.line == line_of(kind)), None)


def typed(node: Node, declarator: Node, scope: Scope, *, is_parameter: bool = False) -> tuple[str, Type | None, bool]:
    """Give the name that a declarator declares, its type, and whether the words before it say ``const``."""
    found = base_type(node, scope)
    is_const = any(text_of(child) == "const" for child in node.children if child.type == "type_qualifier")
    lengths: list[int | None] = []
    current: Node | None = declarator
    while current is not None and current.type not in ("identifier", "field_identifier", "type_identifier"):
        if current.type == "pointer_declarator":
            if isinstance(found, Pointer):
                raise NotTranslated(line_of(current), "pointer to a pointer", "only pointers to values are translated")
            found = Pointer(target=found, is_const=is_const)
        elif current.type == "array_declarator":
            lengths.append(_length(current, scope, is_open=is_parameter))
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
    value = scope.value_of(size) if size is not None else None
    if value is None and is_open:
        return None  # int a[n]: n is what csource.indexing finds
    if value is None or not 0 < value <= 65536:
        raise NotTranslated(line_of(node), "array", "its length is not a constant that can be read here")
    return value


def read_struct(node: Node, alias: str, scope: Scope) -> None:
    """Read a struct's members and enter it, as ``struct TAG`` or, without a tag, under its typedef's name."""
    tag = text_of(node.child_by_field_name("name"))
    spelled = f"struct {tag}" if tag else alias
    body = node.child_by_field_name("body")
    if body is None or not spelled or spelled in scope.structs:
        return
    fields: list[Field] = []
    for member in body.named_children:
        if member.type != "field_declaration":
            continue
        if any(child.type == "bitfield_clause" for child in member.children):
            raise NotTranslated(line_of(member), f"bit-field in {spelled}", "Rust has none")
        declarators = member.children_by_field_name("declarator")
        if not declarators:
            raise NotTranslated(line_of(member), f"member without a name in {spelled}", "Rust has none")
        for declarator in declarators:
            name, found, _ = typed(member, declarator, scope)
            if found is None or isinstance(found, Pointer):
                reason = "whose it is and how long cannot be seen: use an index"
                raise NotTranslated(line_of(member), f"pointer {name} in {spelled}", reason)
            fields.append(Field(name=name, type=found))
    scope.structs[spelled] = Struct(
        name=_free_name(tag or alias, scope), c=spelled, fields=tuple(fields), line=line_of(node)
    )


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
        value = following if given is None else scope.value_of(given)
        if value is None:
            raise NotTranslated(
                line_of(member), f"enumerator {name}", "its value is not a constant that can be read here"
            )
        scope.values[name], following = value, value + 1
        members.append((name, value))
    name = text_of(node.child_by_field_name("name")) or alias
    scope.enums[name or f"line {line_of(node)}"] = Enum(name=name, members=tuple(members), line=line_of(node))
