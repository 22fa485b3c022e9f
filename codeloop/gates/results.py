"""What came of a gate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from codeloop.gates.settings import Gate


class Outcome(StrEnum):
    """What came of a gate, in fixed words."""

    PASSED = "passed"
    FAILED = "failed"
    REGRESSED = "regressed"
    NOT_SHOWN_TO_REGRESS = "not shown to regress"
    CANNOT_TELL = "cannot tell"
    """Needs review: too few or too many missing data."""


NOT_MET = frozenset({Outcome.FAILED, Outcome.REGRESSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """The outcome with its figures, ``None`` where there are none, in the gate's unit: shares, dollars, seconds, points."""

    gate: Gate
    outcome: Outcome
    why: str
    """One sentence for a person."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """The 95 % interval."""
    p_value: float | None = None
    """One-sided, of no change; relative gates only, as all below but the counts."""
    smallest: float | None = None
    """The smallest drop, in points, that these tasks and draws would show four times in five."""
    n_tasks: int = 0
    n_draws: int = 0
    """Draws with a figure; of a relative gate, pairs."""
    n_missing: int = 0
    """Draws, or pairs, without one."""
    baseline: str = ""

    @property
    def is_met(self) -> bool:
        """Say whether the gate lets the run through."""
        return self.outcome in (Outcome.PASSED, Outcome.NOT_SHOWN_TO_REGRESS)
