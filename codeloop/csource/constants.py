"""Constant expressions of whole numbers, worked out as C does on Linux with 64 bits (C17, 6.3.1.8, 6.4.4.1, 6.6).

What cannot be worked out, or is undefined (signed overflow, a division by zero), is no constant here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import add, and_, eq, ge, gt, le, lt, mul, ne, or_, sub, xor
from typing import TYPE_CHECKING

from codeloop.csource.scalars import scalar_of
from codeloop.csource.words import Kind
from codeloop.languages.syntax import parse, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPES = {"n": 10, "t": 9, "r": 13, "\\": 92, "'": 39, '"': 34, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27}
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)([uUlL]*)")
_ARITHMETIC: Mapping[str, Callable[[int, int], int]] = {"+": add, "-": sub, "*": mul, "|": or_, "&": and_, "^": xor}
_RELATIONS: Mapping[str, Callable[[int, int], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}
_COMPOUND = frozenset({"parenthesized_expression", "unary_expression", "binary_expression", "conditional_expression"})
_LOOSE = frozenset({"binary_expression", "conditional_expression", "unary_expression", "cast_expression"})


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number with its type. ``is_loose``: of a macro whose body has no parentheses around it."""

    value: int
    bits: int = 32
    is_signed: bool = True
    is_loose: bool = False


def read_constant(text: str, names: Mapping[str, Whole]) -> Whole | None:
    """Work out a macro's body; ``None`` where it is no constant."""
    root = parse("tree_sitter_c", f"int x = {text};")
    node = root.named_children[0] if root.named_children else None
    declarator = node.child_by_field_name("declarator") if node is not None else None
    value = declarator.child_by_field_name("value") if declarator is not None else None
    if not text or root.has_error or value is None or len(root.children) != 1:
        return None
    found = constant_of(value, names)
    return found and Whole(found.value, found.bits, found.is_signed, is_loose=value.type in _LOOSE)


def constant_of(node: Node, names: Mapping[str, Whole]) -> Whole | None:
    """Work out an expression; ``names`` are constants, members of enumerations and macros."""
    match node.type:
        case "number_literal":
            return _number(text_of(node))
        case "char_literal":
            return _letter(text_of(node)[1:-1])
        case "true" | "false":
            return Whole(int(node.type == "true"))
        case "identifier":
            return _named(node, names)
        case "sizeof_expression" | "cast_expression":
            return _of_type(node, names)
        case _:
            return _of_parts(node, names) if node.type in _COMPOUND else None


def _named(node: Node, names: Mapping[str, Whole]) -> Whole | None:
    """Give a name's value; a macro without parentheses becomes another expression inside a larger one."""
    found = names.get(text_of(node))
    is_inside = node.parent is not None and node.parent.type in _LOOSE
    return None if found is not None and found.is_loose and is_inside else found


def _of_parts(node: Node, names: Mapping[str, Whole]) -> Whole | None:
    found = [constant_of(child, names) for child in node.named_children if child.type != "comment"]
    parts = [each for each in found if each is not None]
    if len(parts) != len(found) or not parts:
        return None
    operator = text_of(node.child_by_field_name("operator"))
    match node.type:
        case "parenthesized_expression":
            return parts[0]
        case "conditional_expression":
            return parts[1] if parts[0].value else parts[2]
        case "unary_expression":
            return _unary(operator, parts[0])
        case _:
            return _binary(operator, parts[0], parts[1])


def _of_type(node: Node, names: Mapping[str, Whole]) -> Whole | None:
    """Work out ``sizeof(unsigned)`` and ``(uint8_t)x``; of arithmetic types only."""
    kind = scalar_of(" ".join(text_of(node.child_by_field_name("type")).split()))
    if kind is None:
        return None
    if node.type == "sizeof_expression":
        return Whole(kind.bits // 8, 64, is_signed=False)
    value = node.child_by_field_name("value")
    found = constant_of(value, names) if value is not None else None
    if found is None or kind.kind is Kind.FLOAT:
        return None
    if kind.kind is Kind.BOOL:
        return Whole(int(found.value != 0))
    is_signed = kind.kind is not Kind.UNSIGNED
    return _promoted(Whole(_wrapped(found.value, kind.bits, is_signed), kind.bits, is_signed))


def _number(text: str) -> Whole | None:
    """Read a literal; the grammar takes a sign for a part of it."""
    if text[:1] in ("-", "+"):
        inner = _number(text[1:].lstrip())
        return inner and _unary(text[0], inner)
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    digits, suffix = found[1].lower(), found[2].lower()
    is_octal = digits.isdigit() and digits.startswith("0")
    value = int(digits, 8 if is_octal else 0) if not is_octal or not set(digits) & {"8", "9"} else -1
    is_decimal = digits.isdigit() and not is_octal
    for bits in (32, 64) if "l" not in suffix else (64,):
        if "u" not in suffix and 0 <= value < 2 ** (bits - 1):
            return Whole(value, bits)
        if ("u" in suffix or not is_decimal) and 0 <= value < 2**bits:
            return Whole(value, bits, is_signed=False)
    return None


def _letter(inside: str) -> Whole | None:
    if not inside.startswith("\\"):
        return Whole(ord(inside)) if len(inside) == 1 and ord(inside) < 128 else None
    rest = inside[1:]
    if rest in _ESCAPES:
        return Whole(_ESCAPES[rest])
    base = 16 if rest.startswith("x") else 8
    try:
        return Whole(_wrapped(int(rest.removeprefix("x"), base), 8, is_signed=True))
    except ValueError:
        return None


def _unary(operator: str, part: Whole) -> Whole | None:
    part = _promoted(part)
    if operator == "!":
        return Whole(int(not part.value))
    results = {"+": part.value, "-": -part.value, "~": ~part.value}
    return _fitting(results[operator], part.bits, part.is_signed) if operator in results else None


def _binary(operator: str, left: Whole, right: Whole) -> Whole | None:
    left, right = _promoted(left), _promoted(right)
    if operator in ("<<", ">>"):
        return _shifted(operator, left, right)
    if operator in ("&&", "||"):
        both = bool(left.value), bool(right.value)
        return Whole(int(all(both) if operator == "&&" else any(both)))
    bits = max(left.bits, right.bits)
    is_signed = all(each.is_signed for each in (left, right) if each.bits == bits)
    one, other = (each.value if is_signed else each.value % 2**bits for each in (left, right))
    if operator in _RELATIONS:
        return Whole(int(_RELATIONS[operator](one, other)))
    if operator in ("/", "%"):
        if not other:
            return None
        quotient = abs(one) // abs(other) * (1 if (one < 0) == (other < 0) else -1)
        return _fitting(quotient if operator == "/" else one - quotient * other, bits, is_signed)
    return _fitting(_ARITHMETIC[operator](one, other), bits, is_signed) if operator in _ARITHMETIC else None


def _shifted(operator: str, left: Whole, right: Whole) -> Whole | None:
    if not 0 <= right.value < left.bits or (operator == "<<" and left.value < 0):
        return None
    return _fitting(
        left.value << right.value if operator == "<<" else left.value >> right.value, left.bits, left.is_signed
    )


def _promoted(part: Whole) -> Whole:
    return part if part.bits >= 32 else Whole(part.value)


def _fitting(value: int, bits: int, is_signed: bool) -> Whole | None:
    """Give what an operation leaves: wrapped if it has no sign, nothing where a sign overflows."""
    wrapped = _wrapped(value, bits, is_signed)
    return None if is_signed and wrapped != value else Whole(wrapped, bits, is_signed)


def _wrapped(value: int, bits: int, is_signed: bool) -> int:
    value %= 2**bits
    return value - 2**bits if is_signed and value >= 2 ** (bits - 1) else value
