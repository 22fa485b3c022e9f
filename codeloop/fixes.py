"""Fixes: what became of failures, by class of error, from class to class, and by kind of known fault. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from codeloop.attempts import Ending, Status
from codeloop.error_classes import ErrorClass
from codeloop.metrics import TOTAL
from codeloop.records import END, AttemptRecord, Record

PASSES = "passes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """What became of failures of one class. Draws by the class of their *first* attempt, repairs by that of the program repaired."""

    error_class: ErrorClass
    draws: int
    solved: int
    """Of ``draws``: those whose last program handed over passes the hidden tests."""
    solved_visible: int
    repairs: int
    repaired: int
    """Of ``repairs``: those whose program passes the visible tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """How often the repair of a program of one class was of another; ``after`` may be ``passes``."""

    before: ErrorClass
    after: str
    repairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """Draws that began with a known fault of a kind, and those that end right."""

    kind: str
    draws: int
    solved: int
    """Of ``draws``: those whose last handed-over program passes the hidden tests."""


def fixes_of(mine: Sequence[Record]) -> tuple[Fixes, ...]:
    """Count by class, in the order of ``ErrorClass``."""
    draws, solved, visible, repairs, repaired = (Counter[ErrorClass]() for _ in range(5))
    for row in mine:
        kind = row.attempts[0].error_class
        if kind is not None:
            draws[kind] += 1
            solved[kind] += row.passed_by(END) is True
            visible[kind] += row.ending is Ending.SOLVED
        for base, attempt in _repairs(row):
            if base.error_class is not None:
                repairs[base.error_class] += 1
                repaired[base.error_class] += attempt.status is Status.PASSED
    return tuple(
        Fixes(
            error_class=kind,
            draws=draws[kind],
            solved=solved[kind],
            solved_visible=visible[kind],
            repairs=repairs[kind],
            repaired=repaired[kind],
        )
        for kind in ErrorClass
        if draws[kind] or repairs[kind]
    )


def transitions_of(mine: Sequence[Record]) -> tuple[Transition, ...]:
    """Count every repair by both classes."""
    counts = Counter(
        (base.error_class, str(attempt.error_class or PASSES)) for row in mine for base, attempt in _repairs(row)
    )
    words = [*ErrorClass, PASSES]
    return tuple(
        Transition(before=before, after=after, repairs=n)
        for (before, after), n in sorted(
            counts.items(), key=lambda item: (words.index(item[0][0] or PASSES), words.index(item[0][1]))
        )
        if before is not None
    )


def repaired_of(mine: Sequence[Record]) -> tuple[Repaired, ...]:
    """Count by kind of fault, then all of them."""
    kinds = sorted({kind for row in mine for kind in row.faults})
    rows = [(kind, [row for row in mine if kind in row.faults]) for kind in kinds]
    rows += [(TOTAL, [row for row in mine if row.faults])] if kinds else []
    return tuple(
        Repaired(kind=kind, draws=len(chosen), solved=sum(row.passed_by(END) is True for row in chosen))
        for kind, chosen in rows
    )


def _repairs(row: Record) -> list[tuple[AttemptRecord, AttemptRecord]]:
    """Pair each repair with the program that it repairs."""
    return [(row.attempts[a.repairs], a) for a in row.attempts if a.repairs is not None]
