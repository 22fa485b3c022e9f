"""Results: what became of each written test, and how far the tests of a program have grown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from codeloop.attempts import Exchange
from codeloop.mutation.results import MutationReport
from codeloop.testgen.agreement import TestVerdict


class Origin(StrEnum):
    """Where a test comes from."""

    VISIBLE = "visible"
    """The task's own, of which the loop knew."""
    GENERATED = "generated"
    """Written from statement and signature."""
    MUTATION = "mutation"
    """Written against mutants that survived."""
    PROPERTY = "property"
    """An instance of a property that was written from statement and signature."""


class Fate(StrEnum):
    """What became of a written test."""

    KEPT = "kept"
    NOT_COMPILED = "not_compiled"
    UNSTABLE = "unstable"
    """It did not end alike in two runs."""
    CONTRADICTED = "contradicted"
    """It, or another instance of its property, fails on the program: ``verdict`` says who is believed."""
    NO_KILL = "no_kill"
    """It passes, and no mutant that had survived fails it (asked of tests written against mutants only)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTest:
    """One test. ``condition`` is a line as suites take it; ``kills`` are ids of mutants of the program."""

    condition: str
    origin: Origin
    fate: Fate
    verdict: TestVerdict = TestVerdict.RIGHT
    kills: tuple[int, ...] = ()
    is_right: bool | None = None
    """Whether the task's reference passes it: measured for reports when all is over, part of no prompt; ``None``: no reference."""
    property: str = ""
    """What it is an instance of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The tests of one program as they grew. Scores are 0..1, ``None`` where no mutant could be killed."""

    task_id: str
    language: str
    draw: int
    entry_point: str
    code: str
    """The program: the one handed over, or one that was repaired where its tests showed it wrong."""
    tests: tuple[WrittenTest, ...] = ()
    n_properties: int = 0
    """Properties that were asked for."""
    scores: tuple[tuple[str, float | None], ...] = ()
    """Mutation score of the visible tests, after test generation (properties among it), after the mutation loop: words of ``Origin``."""
    mutation: MutationReport | None = None
    """Of the last tests."""
    tried: tuple[tuple[int, int], ...] = ()
    """(mutant id, how often the test-writer was asked about it in vain)."""
    exchanges: tuple[Exchange, ...] = ()
    """Every question to the test-writer and its answer, in order."""
    stopped: str = ""
    """Why the mutation loop ended: ``target``, ``cap``, ``stall``, ``no survivors``."""
    error: str = ""
    """One line, where the machine or the model failed; what was found before is kept."""

    @property
    def kept(self) -> tuple[WrittenTest, ...]:
        """Give the tests of the suite."""
        return tuple(test for test in self.tests if test.fate is Fate.KEPT)

    def probable_equivalents(self, asked: int = 2) -> tuple[int, ...]:
        """Name survivors that ``asked`` questions in vain make look like programs that do the same."""
        return tuple(number for number, times in self.tried if times >= asked)


__all__ = ["Fate", "Growth", "Origin", "WrittenTest"]
