"""Moves: what the next attempt is, given those so far. Small objects that can be put into each other.

A plan sees attempts and their *visible* verdicts only. It answers with a move, or with ``None``: nothing more is worth a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from codeloop.attempts import Attempt, Status, Verdict
from codeloop.findings import matters


@dataclass(frozen=True, slots=True)
class Fresh:
    """Ask as if for the first time: an independent draw."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Ask for a repair of an earlier attempt's program."""

    base: Attempt


Move = Fresh | Repair


class Plan(Protocol):
    """Choose the next move after at least one attempt, the last of which did not pass."""

    def next(self, attempts: Sequence[Attempt]) -> Move | None:
        """Give the move, ``None`` to stop."""
        ...


@dataclass(frozen=True, slots=True)
class RepairBest:
    """Repair the best program so far; an answer that never held code is asked for afresh."""

    def next(self, attempts: Sequence[Attempt]) -> Move | None:
        """Give a repair of the best."""
        base = best(attempts)
        return Repair(base) if base.candidate.code.strip() else Fresh()


@dataclass(frozen=True, slots=True)
class DrawAfresh:
    """Draw independently each time: the control of repairs."""

    def next(self, attempts: Sequence[Attempt]) -> Move | None:
        """Give a fresh draw."""
        del attempts
        return Fresh()


@dataclass(frozen=True, slots=True)
class Alternate:
    """Repair the best, then draw afresh, in turns."""

    def next(self, attempts: Sequence[Attempt]) -> Move | None:
        """Give a repair after a fresh draw, a fresh draw after a repair."""
        return RepairBest().next(attempts) if attempts[-1].repairs is None else Fresh()


@dataclass(frozen=True, slots=True)
class ByCause:
    """Repair what does not compile or raises; draw afresh where the answer is wrong.

    A finding with a place says what to change; a wrong value says only that the idea was wrong.
    """

    def next(self, attempts: Sequence[Attempt]) -> Move | None:
        """Decide by the outcome of the best."""
        return Fresh() if best(attempts).verdict.last.outcome == "wrong_answer" else RepairBest().next(attempts)


@dataclass(frozen=True, slots=True)
class StopWhenStalled:
    """End when the last attempt repeats an earlier one: the same feedback would be given again."""

    plan: Plan
    also_on_repeated_error: bool = True
    """Not only the same program: another one that fails just as an earlier one did counts as a repetition."""

    def next(self, attempts: Sequence[Attempt]) -> Move | None:
        """Stop, or ask the plan inside."""
        return None if has_stalled(attempts, also_on_error=self.also_on_repeated_error) else self.plan.next(attempts)


@dataclass(frozen=True, slots=True)
class RestartWhenStalled:
    """Draw afresh when the last attempt repeats an earlier one; what came before the restart is not repaired again."""

    plan: Plan
    most_repairs: int | None = None
    """Between two draws; ``None``: as many as do not repeat."""

    def next(self, attempts: Sequence[Attempt]) -> Move | None:
        """Restart, or ask the plan inside about the attempts since the last fresh draw."""
        start = max(index for index, attempt in enumerate(attempts) if attempt.repairs is None)
        current = attempts[start:]
        is_spent = self.most_repairs is not None and len(current) > self.most_repairs
        has_ended = is_spent or has_stalled(current, also_on_error=True) or _is_known(attempts)
        return Fresh() if has_ended else self.plan.next(current)


def _is_known(attempts: Sequence[Attempt]) -> bool:
    return attempts[-1].candidate.digest in {other.candidate.digest for other in attempts[:-1]}


def has_stalled(attempts: Sequence[Attempt], *, also_on_error: bool) -> bool:
    """Say whether the last attempt is a program that was there before or, ``also_on_error``, fails as another one did."""
    if _is_known(attempts):
        return True
    earlier = {other.verdict.fingerprint for other in attempts[:-1]}
    return also_on_error and attempts[-1].verdict.fingerprint in earlier


def best(attempts: Sequence[Attempt]) -> Attempt:
    """Give the attempt with the most visible evidence, the earliest of equals. Raises ValueError for none."""
    return max(attempts, key=lambda attempt: (evidence(attempt.verdict), -attempt.iteration))


def evidence(verdict: Verdict) -> tuple[int, int, float, int]:
    """Order verdicts by visible evidence: stages passed, cases passed, agreement with an original, fewest findings."""
    passed = sum(report.status is Status.PASSED for report in verdict.reports)
    found = [item for item in verdict.last.diagnostics if verdict.last.stage != "lint" or matters(item)]
    return (passed, verdict.last.n_passed, verdict.last.agreement or 0.0, -len(found))
