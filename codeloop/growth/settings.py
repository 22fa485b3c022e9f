"""Settings of growth."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthSettings:
    """How many tests are asked for, and for how long."""

    n_tests: int = 10
    """Tests asked for at once, from the statement."""
    n_properties: int = 0
    """Properties asked for at once, from the statement; 0: none."""
    n_inputs: int = 10
    """Instances of a property, at most: each is a test in every run and for every mutant."""
    n_programs: int = 3
    """Independent programs that are asked where a test fails, beside the one at hand."""
    max_questions: int = 6
    """About surviving mutants."""
    asked_at_most: int = 2
    """Questions about one mutant: past it, it is a probable equivalent."""
    max_stall: int = 3
    """Questions in a row that gain nothing."""
    target: float = 1.0
    """Mutation score, 0..1, at which the loop stops."""
    max_mutants: int | None = 200
    """Drawn by ``seed`` where a program has more."""
    max_tokens: int = 512
    temperature: float = 0.4
    max_repairs: int = 1
    """Of a program that its tests show wrong."""
    seed: int = 0
