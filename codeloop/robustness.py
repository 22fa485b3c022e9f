"""Robustness: how much success depends on how a task is put, over rewrites of it that ask for the same. Pure."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance

from codeloop.attempts import Ending, Trajectory

N_SHUFFLES = 2_000
Rates = Mapping[str, Mapping[int, Sequence[bool]]]
"""Task id to wording to the outcomes of its draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far apart the wordings' shares of success are, over the tasks that were drawn in each of them."""

    shares: tuple[float, ...]
    """In 0..1 by wording, the task's own first: mean over tasks of the share of draws that pass."""
    spread: float
    """The greatest less the least."""
    by_chance: float
    """The mean spread where each task's outcomes are dealt out to the wordings at random: draws alone differ as much."""
    p: float
    """Share of such deals whose shares vary as much as those that were seen, the seen one counted in: Cochran's Q, permuted."""
    changing: int
    """Tasks whose share of success is not the same in every wording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """The figure of a run with several wordings. A trajectory counts as the wording of its first attempt."""

    first: Spread
    """Of first answers."""
    end: Spread
    """Of what was handed over."""
    n_tasks: int
    """Tasks drawn in every wording; the rest have no part in it."""
    left_out: int


def robustness(trajectories: Sequence[Trajectory]) -> Robustness | None:
    """Compare the wordings on hidden tests; ``None``: there is one only, or no task was drawn in all of them."""
    wordings = sorted({each.attempts[0].wording for each in trajectories if each.attempts})
    first, end = _outcomes(trajectories, 0), _outcomes(trajectories, None)
    whole = [task for task in end if all(end[task].get(w) and first[task].get(w) for w in wordings)]
    if len(wordings) < 2 or not whole:
        return None
    return Robustness(
        first=_spread({task: first[task] for task in whole}, wordings),
        end=_spread({task: end[task] for task in whole}, wordings),
        n_tasks=len(whole),
        left_out=len({each.task_id for each in trajectories}) - len(whole),
    )


def _outcomes(trajectories: Sequence[Trajectory], iteration: int | None) -> dict[str, dict[int, list[bool]]]:
    """Gather hidden outcomes at an iteration, ``None`` for the last; what has no verdict is left out."""
    found: defaultdict[str, dict[int, list[bool]]] = defaultdict(dict)
    for each in trajectories:
        if not each.attempts or each.ending in (Ending.ERRORED, Ending.CANCELLED):
            continue
        passed = each.passed_by(len(each.attempts) - 1 if iteration is None else iteration)
        if passed is not None:
            found[each.task_id].setdefault(each.attempts[0].wording, []).append(passed)
    return found


def _spread(rates: Rates, wordings: Sequence[int]) -> Spread:
    seen = _shares(rates, wordings)
    rng = random.Random(0)  # noqa: S311  the same run, the same figure
    deals = [_shares(_dealt(rates, rng), wordings) for _ in range(N_SHUFFLES)]
    as_varied = sum(pvariance(deal) >= pvariance(seen) - 1e-12 for deal in deals)
    return Spread(
        shares=seen,
        spread=max(seen) - min(seen),
        by_chance=fmean(max(deal) - min(deal) for deal in deals),
        p=(1 + as_varied) / (1 + N_SHUFFLES),
        changing=sum(len({fmean(outcomes) for outcomes in by.values()}) > 1 for by in rates.values()),
    )


def _shares(rates: Rates, wordings: Sequence[int]) -> tuple[float, ...]:
    return tuple(fmean(fmean(rates[task][wording]) for task in rates) for wording in wordings)


def _dealt(rates: Rates, rng: random.Random) -> dict[str, dict[int, list[bool]]]:
    """Deal each task's outcomes out anew; every wording gets as many as it had."""
    dealt = {}
    for task, by in rates.items():
        pool = [outcome for outcomes in by.values() for outcome in outcomes]
        rng.shuffle(pool)
        left = iter(pool)
        dealt[task] = {wording: [next(left) for _ in outcomes] for wording, outcomes in by.items()}
    return dealt
