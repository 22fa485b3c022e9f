"""Repairs: of the programs that started with a known fault, the share that is right by iteration. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codeloop.attempts import Trajectory
from codeloop.metrics import TOTAL, Estimate, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """Trajectories that started with a fault of one kind, or all of them (``total``)."""

    kind: str
    rates: tuple[Estimate, ...]
    """By iteration: the share whose handed-over program passes the hidden tests; ``n_tasks`` counts trajectories."""


def repair_rates(
    trajectories: Sequence[Trajectory], kinds_of: Mapping[str, Sequence[str]], max_iterations: int
) -> tuple[Repairs, ...]:
    """Give one row for each kind, in the order of their names, then the total; nothing where no task has a fault.

    ``kinds_of`` gives the kinds of a task's faults. A program with several counts for each of its kinds, and is repaired
    when nothing is wrong with it any more. Trajectories without a hidden verdict are left out, as in pass@k.
    """
    mine = [t for t in trajectories if kinds_of.get(t.task_id)]
    kinds = sorted({kind for t in mine for kind in kinds_of[t.task_id]})
    rows = [(kind, [t for t in mine if kind in kinds_of[t.task_id]]) for kind in kinds]
    iterations = range(max_iterations + 1)
    return tuple(
        Repairs(kind=kind, rates=tuple(_rate(chosen, i) for i in iterations))
        for kind, chosen in [*rows, *([(TOTAL, mine)] if mine else [])]
    )


def _rate(trajectories: Sequence[Trajectory], iteration: int) -> Estimate:
    known = [passed for t in trajectories if (passed := t.passed_by(iteration)) is not None]
    interval = wilson(sum(known), len(known))
    if interval is None:
        return Estimate()
    low, high = interval
    return Estimate(value=sum(known) / len(known), low=low, high=high, n_tasks=len(known), method="wilson")
