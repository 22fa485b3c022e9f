"""Variants of a C text: rewrites of one or more kinds, one after the other, chosen by a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from codeloop.csource import Unit, read_unit
from codeloop.perturb.kinds import KINDS, Kind
from codeloop.perturb.source import Rewrite, Source, apply

MOST_REWRITES = 5
"""Of one variant."""
_TRIES = 4
"""For each variant that is wanted, before all single rewrites are tried in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One rewrite. ``line``: 1-based, in the text as it then was."""

    kind: Kind
    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A text that does the same as the one that it was made of, and how it came about."""

    text: str
    applied: tuple[Applied, ...]

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of rewrites in it."""
        return frozenset(each.kind for each in self.applied)


def perturbed(
    text: str, seed: int, n: int, *, kinds: Sequence[Kind] = tuple(Kind), keep: Collection[str] = ()
) -> tuple[Variant, ...]:
    """Give up to ``n`` variants, no two alike and none the text itself; fewer where no more were found.

    ``keep``: static functions that are called from outside all the same. A text that does not parse has no variants.
    """
    source = Source(text, keep)
    if source.root.has_error or n < 1 or not kinds:
        return ()
    contract, found = _contract(read_unit(text), keep), dict[str, Variant]()
    for variant in _candidates(source, seed, n, kinds):
        if variant.text != text and variant.text not in found and _keeps(variant.text, contract, keep):
            found[variant.text] = variant
        if len(found) == n:
            break
    return tuple(found.values())


def _candidates(source: Source, seed: int, n: int, kinds: Sequence[Kind]) -> Iterator[Variant]:
    for at in range(_TRIES * n):
        yield _chosen(source, f"{seed}/{at}", kinds)
    for kind in kinds:
        for each in KINDS[kind](source):
            yield _with(Variant(text=source.text, applied=()), kind, each)


def _chosen(source: Source, seed: str, kinds: Sequence[Kind]) -> Variant:
    """Make one variant: kinds in an order of the seed's, one rewrite of each, until there are enough."""
    variant = Variant(text=source.text, applied=())
    wanted = 1 + int(_share(seed, "number") * MOST_REWRITES)
    for kind in sorted(kinds, key=lambda kind: _share(seed, "order", kind)):
        if len(variant.applied) == wanted:
            break
        listed = list(KINDS[kind](Source(variant.text, source.keep)))
        if listed:
            variant = _with(variant, kind, listed[int(_share(seed, "place", kind) * len(listed))])
    return variant


def _with(variant: Variant, kind: Kind, change: Rewrite) -> Variant:
    applied = Applied(kind=kind, line=change.line, what=change.what)
    return Variant(text=apply(variant.text, change.edits), applied=(*variant.applied, applied))


def _contract(unit: Unit, keep: Collection[str]) -> object:
    """Give what others know of a unit, without places in the text."""
    return (
        [replace(each, line=0, end_line=0) for each in unit.functions if not each.is_static or each.name in keep],
        [replace(each, line=0) for each in unit.structs],
        [(each.name, each.members) for each in unit.enums],
        [replace(each, line=0) for each in unit.constants],
        [replace(each, line=0) for each in unit.globals],
        sorted((each.construct, each.reason) for each in unit.refusals if not each.function),
    )


def _keeps(text: str, contract: object, keep: Collection[str]) -> bool:
    """Say whether a text is still read as the original was: what a rewrite's author overlooked is not handed out."""
    return not Source(text).root.has_error and _contract(read_unit(text), keep) == contract


def _share(seed: str, *words: str) -> float:
    """Give a number in 0..1 that seed and words fix, on every machine."""
    text = "\x00".join([seed, *words])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) / 2**48
