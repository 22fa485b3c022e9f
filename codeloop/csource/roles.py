"""What each parameter is for: the mechanical reading of a C signature, which `bridge.contract` puts into Rust.

In the order in which they are tried:

1. A user's word (``roles`` of the suite's file) is taken: ``in``, ``out``, ``text``, or the name of a length.
2. Pointers that stand directly before a length (``size_t``, or a whole number called ``n``, ``len``, ``size``, ``count``,
   ``cap`` or with such an ending) are slices of that length, which Rust's slice holds itself; of ``void``, they are slices of bytes.
3. A pointer that the body uses as an array is a slice of the parameter that its index is held against (``csource.indexing``),
   else of the only other whole number with a length's name. Where neither is clear it has no role: a user's word is wanted.
4. ``const char *`` is text that ends at a NUL; ``char *`` is such text, which the function may change but not lengthen.
5. Any other pointer is to one value: a reference. Arrays of a fixed length are references to arrays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from codeloop.csource.scalars import BYTE
from codeloop.csource.words import Array, Function, Kind, Named, Parameter, Pointer, Scalar, Type

_LENGTH = re.compile(r"(?:.*_)?(?:n|len|length|size|count|cap|capacity)(?:_.*)?|num|n[a-z]|[a-z]len")
_VOID = "what lies there cannot be seen from the signature: put a length behind it for bytes"
_UNCLEAR = (
    "how long it is cannot be seen: say which parameter tells by roles: {{{name}: ...}} in a .yaml beside the file, or give it "
    "a length, {name}[8]"
)


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
    """A signature, or a user's word on it, that gives no role: what of it, and why."""

    def __init__(self, construct: str, reason: str) -> None:
        super().__init__(f"{construct}: {reason}")
        self.construct, self.reason = construct, reason


def arguments_of(function: Function, roles: Mapping[str, str] | None = None) -> tuple[Argument, ...]:
    """Give every parameter its role. Raises BadRole."""
    given = dict(roles or {})
    if unknown := sorted(set(given) - {each.name for each in function.parameters}):
        raise BadRole(unknown[0], f"{function.name} has no such parameter")
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
    return found | dict(_lengths_by_use(parameters, {*found, *given}))


def _lengths_by_use(parameters: tuple[Parameter, ...], settled: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pair what a body uses as an array; of ``char``, where the index is held against something: else it is text."""
    named = [each.name for each in parameters if isinstance(each.type, Scalar) and _is_length(each.name, each.type)]
    for each in parameters:
        if each.length is None or each.name in settled or not isinstance(each.type, Pointer):
            continue
        if each.length:
            yield each.name, each.length
        elif len(named) == 1 and not _is_text(each.type.target):
            yield each.name, named[0]


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
    is_text = _is_text(target)
    if word == "text" or (not word and is_text):
        if not is_text:
            raise BadRole(name, "it is not text: it points to no char")
        return Argument(name=name, role=Role.TEXT, type=target, is_mutable=is_mutable)
    if word not in ("", "in", "out"):
        raise BadRole(name, f"{word!r} is neither in, out, text nor a parameter")
    if parameter.length is not None and not word:
        raise BadRole(f"array {name}", _UNCLEAR.format(name=name))
    return Argument(name=name, role=Role.REFERENCE, type=target, is_mutable=is_mutable)


def _is_text(target: Type | None) -> bool:
    return isinstance(target, Scalar) and target.kind is Kind.CHAR


def _target(name: str, target: Type | None) -> Scalar | Named | Array:
    if target is None or isinstance(target, Pointer):
        raise BadRole(f"void pointer {name}", _VOID)
    return target
