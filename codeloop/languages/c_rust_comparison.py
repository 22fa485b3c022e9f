r"""What came of comparing a translation with its original: words, and the reading of what `sandboxes/c-rust/fuzz.py` says.

{"event": "different", "input": "0104", "expected": "return\t1\n", "actual": "return\t-1\n", "calls": ["f(…)"]}
{"event": "undefined", "line": 9, "kind": "signed addition overflows", "call": "f(…)"}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class How(StrEnum):
    """In what a translation is unlike its original."""

    DIFFERENT = "different"
    PANICKED = "panicked"
    DIED = "died"
    """Its process ended, or it did not end in time."""
    UNSTABLE = "unstable"
    """It does not do the same each time that it is given the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One thing that a call left: ``name`` is ``return``, a parameter's or a variable's."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A counterexample. ``calls``: made in this order from the initial state; the last one tells."""

    how: How
    calls: tuple[str, ...]
    expected: tuple[Value, ...]
    """What C left; of a difference, only what is not the same."""
    actual: tuple[Value, ...]
    message: str
    """What a panic said, or how the process ended."""
    input: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Undefined:
    """A place where the original itself is undefined: never the translation's fault. ``line`` 0: not known."""

    kind: str
    line: int
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How much of a C function the compared inputs ran."""

    function: str
    n_covered: int
    n_all: int
    missed_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of fuzzing. Counts are of inputs; those that were not compared do not count as evidence."""

    differences: tuple[Difference, ...]
    undefined: tuple[Undefined, ...]
    reached: tuple[Reached, ...]
    uncompared: tuple[str, ...]
    """Functions that were called on no input that was compared."""
    n_executions: int
    n_compared: int
    n_rejected: int
    """The constraints do not allow them."""
    n_undefined: int
    n_endless: int
    """C did not end in time on them."""
    n_deaths: int
    """How often C took the process along."""
    seconds: float
    cpu_seconds: float
    """Of the fuzzer and what it started."""
    corpus: tuple[bytes, ...]
    n_agreed: int
    n_given: int
    """Of the inputs that were there before the search, earlier checks' and the seed's: those that can be compared, and among
    them those on which both sides agree. They are the same for every translation, where counts of a search are not."""
    trouble: str
    """What went wrong that is neither side's fault; empty for nothing."""

    @property
    def speed(self) -> float:
        """Give the executions a second, of wall time; 0 where it took none."""
        return self.n_executions / self.seconds if self.seconds else 0.0

    @property
    def agreement(self) -> float:
        """Give the share of the given inputs on which both sides agree; 0 where none could be compared."""
        return self.n_agreed / self.n_given if self.n_given else 0.0

    @property
    def agrees(self) -> bool:
        """Say whether something was compared, and nothing was unlike."""
        return not self.differences and self.n_compared > 0 and not self.trouble


def ranges(lines: Iterable[int]) -> tuple[str, ...]:
    """Put lines that follow each other together: ``4-6``, ``9``."""
    runs: list[list[int]] = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return tuple(f"{first}-{last}" if last > first else str(first) for first, last in runs)


_UNSTABLE = "the same call does not do the same each time"


def read_comparison(text: str) -> Comparison:
    """Read the fuzzer's answer. Raises ValueError where it is none."""
    said: dict[str, Any] = json.loads(text)
    counters: Mapping[str, int] = said["counters"]
    return Comparison(
        differences=tuple(_difference(each) for each in said["findings"]),
        undefined=tuple(
            Undefined(kind=each["kind"], line=each.get("line", 0), call=each.get("call", ""))
            for each in said["undefined"]
        ),
        reached=tuple(
            Reached(
                function=name, n_covered=each["covered"], n_all=each["all"], missed_lines=tuple(each["missed_lines"])
            )
            for name, each in said["reached"].items()
        ),
        n_executions=counters["executions"],
        n_compared=counters["compared"],
        uncompared=tuple(map(str, said["uncompared"])),
        n_rejected=counters["rejected"],
        n_undefined=counters["undefined"],
        n_endless=counters["endless"],
        n_deaths=counters["deaths"],
        seconds=said["seconds"],
        cpu_seconds=said["cpu_seconds"],
        corpus=tuple(bytes.fromhex(each) for each in said["corpus"]),
        n_agreed=said["agreement"]["agreed"],
        n_given=said["agreement"]["all"],
        trouble=said["trouble"],
    )


def _difference(said: Mapping[str, Any]) -> Difference:
    expected, actual = _values(said.get("expected", "")), _values(said.get("actual", ""))
    if actual:
        pairs = [(left, right) for left, right in zip(expected, actual, strict=False) if left != right]
        expected, actual = tuple(left for left, _ in pairs), tuple(right for _, right in pairs)
    return Difference(
        how=How(said["event"]),
        calls=tuple(said.get("calls", ())),
        expected=expected,
        actual=actual,
        message=said.get("panic", "") or said.get("how", "") or (_UNSTABLE if said["event"] == How.UNSTABLE else ""),
        input=bytes.fromhex(said["input"]),
    )


def _values(text: str) -> tuple[Value, ...]:
    rows = [line.split("\t", 1) for line in text.splitlines() if "\t" in line]
    return tuple(Value(name=name, value=value) for name, value in rows)
