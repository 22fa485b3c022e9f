"""What each parameter is for: the mechanical reading of a C signature, which `bridge.contract` puts into Rust.

In the order in which they are tried:

1. A user's word (``roles`` of the suite's file) is taken: ``in``, ``out``, ``text``, or the name of a length.
2. Pointers that stand directly before a length (``size_t``, or a whole number called ``n``, ``len``, ``size``, ``count``,
   ``cap`` or with such an ending) are slices of that length, which Rust's slice holds itself; of ``void``, they are slices of bytes.
3. ``const char *`` is text that ends at a NUL; ``char *`` is such text, which the function may change but not lengthen.
4. Any other pointer is to one value: a reference. Arrays of a fixed length are references to arrays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from codeloop.csource.scalars import BYTE
from codeloop.csource.words import Array, Function, Kind, Named, Parameter, Pointer, Scalar, Type

_LENGTH = re.compile(r"(?:.*_)?(?:n|len|length|size|count|cap|capacity)(?:_.*)?|num|n[a-z]|[a-z]len")


class Role(StrEnum):
    """How an argument is handed over."""

    VALUE = "value"
    LENGTH = "length"
    """A whole number that Rust's slices hold themselves."""
    SLICE = "slice"
    REFERENCE = "reference"
    """A pointer to one value, or an array of a fixed length."""
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A parameter with its role. ``type``: of the value, of what is referred to, or of a slice's elements."""

    name: str
    role: Role
    type: Scalar | Named | Array
    is_mutable: bool = False
    length: str = ""
    """Of a slice: the parameter that says how long it is."""


class BadRole(Exception):
    """A signature, or a user's word on it, that gives no role."""


def arguments_of(function: Function, roles: Mapping[str, str] | None = None) -> tuple[Argument, ...]:
    """Give every parameter its role. Raises BadRole."""
    given = dict(roles or {})
    if unknown := sorted(set(given) - {each.name for each in function.parameters}):
        raise BadRole(f"{function.name} has no parameter {unknown[0]}")
    lengths = _lengths(function.parameters, given)
    measured = set(lengths.values())
    return tuple(_argument(each, given.get(each.name, ""), lengths.get(each.name, ""), each.name in measured) for each in function.parameters)  # fmt: skip


def _lengths(parameters: tuple[Parameter, ...], given: Mapping[str, str]) -> dict[str, str]:
    """Pair pointers with the length that follows them, or that a user names."""
    names = {each.name for each in parameters}
    found = {name: word for name, word in given.items() if word in names}
    waiting: list[str] = []
    for each in parameters:
        if isinstance(each.type, Pointer):
            waiting += [] if each.name in given else [each.name]
            continue
        if isinstance(each.type, Scalar) and _is_length(each.name, each.type):
            found |= dict.fromkeys(waiting, each.name)
        waiting = []
    return found


def _is_length(name: str, kind: Scalar) -> bool:
    if kind.kind not in (Kind.SIGNED, Kind.UNSIGNED):
        return False
    return kind.c == "size_t" or (kind.bits >= 32 and _LENGTH.fullmatch(name) is not None)


def _argument(parameter: Parameter, word: str, length: str, is_length: bool) -> Argument:
    name, kind = parameter.name, parameter.type
    if isinstance(kind, Array):
        return Argument(name=name, role=Role.REFERENCE, type=kind, is_mutable=not parameter.is_const)
    if not isinstance(kind, Pointer):
        return Argument(name=name, role=Role.LENGTH if is_length else Role.VALUE, type=kind)
    target = BYTE if kind.target is None and length else _target(name, kind.target)
    is_mutable = not kind.is_const
    if length:
        return Argument(name=name, role=Role.SLICE, type=target, is_mutable=is_mutable, length=length)
    is_text = isinstance(target, Scalar) and target.kind is Kind.CHAR
    if word == "text" or (not word and is_text):
        if not is_text:
            raise BadRole(f"{name} is not text: it points to no char")
        return Argument(name=name, role=Role.TEXT, type=target, is_mutable=is_mutable)
    if word not in ("", "in", "out"):
        raise BadRole(f"{name}: {word!r} is neither in, out, text nor a parameter")
    return Argument(name=name, role=Role.REFERENCE, type=target, is_mutable=is_mutable)


def _target(name: str, target: Type | None) -> Scalar | Named | Array:
    if target is None or isinstance(target, Pointer):
        raise BadRole(
            f"{name} points to void: what lies there cannot be seen from the signature: put a length behind it for bytes"
        )
    return target
