"""Results: what became of each mutant of a program, and the score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from codeloop.mutation.mutants import Mutant


class MutantStatus(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    """A test failed."""
    TIMED_OUT = "timed_out"
    """Its fuel or its time ended."""
    SURVIVED = "survived"
    """Every test passed: a fault that nothing noticed, or none."""
    NO_COVERAGE = "no_coverage"
    """No test gets to it, so none could notice."""
    WITHDRAWN = "withdrawn"
    """The compiler refuses it, so it is no program."""
    NOT_RUN = "not_run"
    """The budget of time, or of compiles for one mutant alone, ended before."""
    ERRORED = "errored"
    """The machine failed, twice: nothing is known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """One mutant. ``killed_by`` names cases that failed, of which the first may be the only one that was run; ``is_alone``: it took a compile of its own."""

    mutant: Mutant
    status: MutantStatus
    killed_by: tuple[str, ...] = ()
    outcome: str = ""
    duration_s: float = 0.0
    is_alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationReport:
    """All results of one program and one set of tests.

    ``n_found``: mutants that the operators give, before sampling; ``left_out``: rule → mutants that are none.
    ``notes`` says what did not go as it should: schemata that behave differently, a compiler that refuses them all.
    """

    results: tuple[MutantResult, ...] = ()
    n_found: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0
    rounds: int = 0
    """Compiles of the schemata until the compiler took them."""
    is_equivalent: bool = True
    """With every switch off, the schemata passed all tests."""
    compile_s: float = 0.0
    run_s: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[MutantStatus, int]:
        """How many mutants have each status; every status is named."""
        found = Counter(result.status for result in self.results)
        return {status: found[status] for status in MutantStatus}

    @property
    def score(self) -> float | None:
        """Killed and timed out of all that could be: 0..1, ``None`` where there is none to be killed."""
        counts = self.counts
        killed = counts[MutantStatus.KILLED] + counts[MutantStatus.TIMED_OUT]
        alive = counts[MutantStatus.SURVIVED] + counts[MutantStatus.NO_COVERAGE]
        return killed / (killed + alive) if killed + alive else None

    @property
    def in_schemata(self) -> float | None:
        """The share of mutants that shared one compile: 0..1, ``None`` without mutants."""
        unknown = {MutantStatus.NOT_RUN, MutantStatus.ERRORED}
        judged = [result for result in self.results if result.status not in unknown]
        shared = sum(not result.is_alone and result.status is not MutantStatus.WITHDRAWN for result in judged)
        return shared / len(judged) if judged else None
