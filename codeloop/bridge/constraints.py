"""What a function may be given: ranges and letters by path, conditions, how pointers are meant. From a suite's file.

A path names a parameter and goes on as C would: ``n``, ``a[]`` (each element), ``p.x``, ``nodes[].next``, ``m[][]``. Of a
text, ``s`` is its length and ``s[]`` its letters. Ends of ranges and conditions are C expressions of the arguments; in a
range of elements ``i`` is the element's index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codeloop.csource import BadRole, Function, arguments_of

_KEYS = frozenset({"inputs", "requires", "roles", "ulps"})


class BadConstraint(Exception):
    """A constraint that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Both ends belong to it; each a number, or an expression in C."""

    low: str
    high: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """The letters that stand in a text."""

    letters: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A function to be compared, and what it may be given."""

    function: Function
    inputs: Mapping[str, Range | Alphabet] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    """Conditions in C; calls that do not fulfil them are not made."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """How a pointer is meant: see ``csource.roles``."""
    ulps: int = 0
    """By how many steps of their last place floating-point results may differ."""


def read_constraints(function: Function, given: Mapping[str, Any]) -> Entry:
    """Read an entry point's ``inputs``, ``requires``, ``roles`` and ``ulps``. Raises BadConstraint."""
    if unknown := sorted(set(map(str, given)) - _KEYS):
        raise BadConstraint(f"{function.name}: {unknown[0]!r} is none of {', '.join(sorted(_KEYS))}")
    inputs = {
        str(path): _bound(str(path), said)
        for path, said in mapping_of(f"{function.name}: inputs", given.get("inputs")).items()
    }
    names = {each.name for each in function.parameters}
    for path in inputs:
        if path.split(".")[0].split("[")[0] not in names:
            raise BadConstraint(f"{function.name}: inputs: {path} is no parameter's")
    requires = given.get("requires") or ()
    roles = roles_of(function.name, given)
    try:
        arguments_of(function, roles)
    except BadRole as exc:
        raise BadConstraint(f"{function.name}: roles: {exc}") from exc
    return Entry(
        function=function,
        inputs=inputs,
        requires=(requires,) if isinstance(requires, str) else tuple(str(each) for each in requires),
        roles=roles,
        ulps=int(given.get("ulps", 0)),
    )


def roles_of(name: str, given: Mapping[str, Any]) -> Mapping[str, str]:
    """Read an entry point's ``roles`` alone: parameter to word. Raises BadConstraint."""
    return {str(key): str(word) for key, word in mapping_of(f"{name}: roles", given.get("roles")).items()}


def mapping_of(what: str, said: object) -> Mapping[str, Any]:
    """Give what a file says as a mapping; nothing said is an empty one. Raises BadConstraint."""
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise BadConstraint(f"{what}: {said!r} is no mapping")
    return said


def _bound(path: str, said: object) -> Range | Alphabet:
    if isinstance(said, str) and said:
        return Alphabet(letters=said)
    if isinstance(said, list) and len(said) == 2 and not any(isinstance(each, bool) for each in said):
        return Range(low=str(said[0]), high=str(said[1]))
    raise BadConstraint(f"inputs: {path}: {said!r} is neither [LOW, HIGH] nor letters")
