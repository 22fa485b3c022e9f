"""What each parameter is for: the mechanical reading of a C signature, which `bridge.contract` puts into Rust.

In the order in which they are tried:

1. A user's word (``roles`` of the suite's file) is taken: ``in``, ``out``, ``text``, the name of a length, or a
   number of elements.
2. Pointers that stand directly before a length (``size_t``, unless it is called otherwise and the body holds no index against
   it, or a whole number called ``n``, ``len``, ``size``, ``count``,
   ``cap`` or with such an ending) are slices of that length, which Rust's slice holds itself; of ``void``, they are slices of
   bytes. As many pointers before as many lengths (``a, b, na, nb``) go together in their order. What the body reads beyond any
   parameter (``csource.indexing``) is no such slice, nor is a struct with which it does nothing that is done with an array.
3. A pointer that the body uses as an array is a slice of the parameter that its index is held against; a ``const`` one that is
   held against nothing, of the only whole number with a length's name. One to ``char`` is none where the body looks for the NUL.
4. ``const char *`` is text that ends at a NUL; ``char *`` is such text, which the function may change but not lengthen.
5. Other arrays have no role: how long they are is not clear, and a user's word is wanted.
6. Any other pointer is to one value: a reference. Arrays of a fixed length are references to arrays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from codeloop.csource.scalars import BYTE
from codeloop.csource.words import Array, Function, Kind, Named, Parameter, Pointer, Scalar, Type

_LENGTH = re.compile(r"(?:.*_)?(?:n|len|length|size|count|cap|capacity)(?:_.*)?|num|n[a-z]|[a-z]len")
_VOID = "what lies there cannot be seen from the signature: put a length behind it for bytes"
_UNCLEAR = (
    "how long it is cannot be seen: say by roles: {{{name}: ...}} in a .yaml beside the file which parameter tells, or how many "
    "elements it has, such as 64"
)
_MOST = 65536


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
    """Pair pointers with the length that a user names, that follows them, or that the body holds their index against."""
    names = {each.name for each in parameters}
    found = {name: word for name, word in given.items() if word in names}
    pointers = [each for each in parameters if isinstance(each.type, Pointer) and each.name not in given]
    by_name = dict(_lengths_that_follow([each for each in parameters if not _is_one(each)]))
    held = {each.use.length for each in pointers if each.use is not None}
    for each in pointers:
        length = by_name.get(each.name, "")
        if each.use is not None and not _LENGTH.fullmatch(length) and length not in each.use.among:
            length = ""  # a size_t may be a place as well
        if each.use is not None and (each.use.is_beyond or (length and length in held and not each.use.length)):
            length = ""  # it is the length of another, whose index is held against it
        elif each.use is not None and not length and not (each.use.is_ended and _is_chars(each)):
            length = each.use.length or _only_length(each, parameters)
        if length:
            found[each.name] = length
    return found


def _is_one(parameter: Parameter) -> bool:
    """Say whether a pointer is to one struct: the function has no index into it, and no callee takes it for an array."""
    kind = parameter.type
    return isinstance(kind, Pointer) and isinstance(kind.target, Named) and parameter.use is None


def _lengths_that_follow(parameters: Sequence[Parameter]) -> Iterator[tuple[str, str]]:
    """Pair pointers that stand directly before lengths: each with its own where there are as many, else all with the first."""
    at = 0
    while at < len(parameters):
        pointers = _names_while(parameters[at:], lambda each: isinstance(each.type, Pointer))
        lengths = _names_while(parameters[at + len(pointers) :], _is_length)
        if len(lengths) == len(pointers):
            yield from zip(pointers, lengths, strict=True)
        elif lengths:
            yield from ((name, lengths[0]) for name in pointers)
        at += len(pointers) + len(lengths) or 1


def _names_while(parameters: Sequence[Parameter], fits: Callable[[Parameter], bool]) -> list[str]:
    return [each.name for each in takewhile(fits, parameters)]


def _only_length(pointer: Parameter, parameters: tuple[Parameter, ...]) -> str:
    """Give the only parameter with a length's name; none for text, and for what is written somewhere that nothing bounds."""
    named = [each.name for each in parameters if _is_length(each) and _LENGTH.fullmatch(each.name)]
    is_read = isinstance(pointer.type, Pointer) and pointer.type.is_const and not _is_text(pointer.type.target)
    return named[0] if is_read and len(named) == 1 else ""


def _is_length(parameter: Parameter) -> bool:
    kind = parameter.type
    if not isinstance(kind, Scalar) or kind.kind not in (Kind.SIGNED, Kind.UNSIGNED):
        return False
    return kind.c == "size_t" or (kind.bits >= 32 and _LENGTH.fullmatch(parameter.name) is not None)


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
    if word.isdecimal():
        return Argument(name=name, role=Role.REFERENCE, type=_array(name, target, int(word)), is_mutable=is_mutable)
    is_text = _is_text(target)
    if word == "text" or (not word and is_text):
        if not is_text:
            raise BadRole(name, "it is not text: it points to no char")
        return Argument(name=name, role=Role.TEXT, type=target, is_mutable=is_mutable)
    if word not in ("", "in", "out"):
        raise BadRole(name, f"{word!r} is neither in, out, text, a parameter nor a number of elements")
    if parameter.use is not None and not word:
        raise BadRole(f"array {name}", _UNCLEAR.format(name=name))
    return Argument(name=name, role=Role.REFERENCE, type=target, is_mutable=is_mutable)


def _array(name: str, element: Type, length: int) -> Array:
    if not 0 < length <= _MOST:
        raise BadRole(name, f"an array has 1 to {_MOST:,} elements, not {length:,}")
    return Array(element=element, length=length)


def _is_chars(parameter: Parameter) -> bool:
    return isinstance(parameter.type, Pointer) and _is_text(parameter.type.target)


def _is_text(target: Type | None) -> bool:
    return isinstance(target, Scalar) and target.kind is Kind.CHAR


def _target(name: str, target: Type | None) -> Scalar | Named | Array:
    if target is None or isinstance(target, Pointer):
        raise BadRole(f"void pointer {name}", _VOID)
    return target
