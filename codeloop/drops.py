"""Drops: whether a change made things worse on the same tasks and draws, and which drop may have gone unseen. Pure.

A gate asks one way only, so the test is one-sided; it is exact, because a gate that cries wolf is switched off. If nothing
changed, either run could as well have been the other, so each problem's balance of pairs won and lost could as well have the
other sign: all ways are counted. The interval answers the other question, how large a drop the data leave possible.
"""

from __future__ import annotations

import math
import operator
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from codeloop.metrics import cluster_of
from codeloop.paired import Draws

ALPHA = 0.05
"""False alarms at no change, at most. One-sided: a gain is no alarm."""
MCNEMAR, SIGN_FLIPS = "exact McNemar, one-sided", "exact sign flips by problem, one-sided"
_POWER = 0.8
_UNSEEN = 2.4
"""Squares of whole clusters added to those seen: 0 of n changed says no more than "below 3/n" (the rule of three), and 1.96 times the
root of 2.4 is 3.04. Where much varies it weighs nothing; where nothing does, a width of 0 would be no certainty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Pass@1 after minus pass@1 before, in -1..1: a drop is below 0. ``None`` where the data gives none."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    """The 95 % interval, clustered by problem, never narrower than what an unseen change leaves open."""
    p_value: float | None = None
    """One-sided: how often no change at all would look at least as bad."""
    test: str = ""
    smallest: float | None = None
    """The smallest drop that this data would show four times in five, above 0; ``None``: so few problems show none at all."""
    n_tasks: int = 0
    n_problems: int = 0
    """Clusters: the same problem in six languages is one."""
    n_pairs: int = 0
    n_won: int = 0
    n_lost: int = 0
    """Pairs (task, draw) that only one run passes: the second, the first."""


def change(before: Draws, after: Draws, *, alpha: float = ALPHA, tolerated: float = 0.0) -> Change:
    """Compare the draws of the tasks in both; a task's draws are pairs, in order. Raises ValueError where they are none.

    ``tolerated``: a drop, in 0..1, that a shown one must go beyond; it counts in ``smallest`` only.
    """
    task_ids = sorted(task_id for task_id in before.keys() & after.keys() if before[task_id])
    gains: defaultdict[str, list[Fraction]] = defaultdict(list)
    balances: defaultdict[str, int] = defaultdict(int)
    n_pairs = n_won = n_lost = 0
    for task_id in task_ids:
        first, second = before[task_id], after[task_id]
        if len(first) != len(second):
            raise ValueError(f"{task_id} has {len(first)} and {len(second)} draws: they are no pairs")
        won, lost = sum(map(operator.lt, first, second)), sum(map(operator.gt, first, second))
        n_pairs, n_won, n_lost = n_pairs + len(first), n_won + won, n_lost + lost
        gains[cluster_of(task_id)].append(Fraction(won - lost, len(first)))
        balances[cluster_of(task_id)] += won - lost
    if not task_ids:
        return Change()
    value, error = _mean_and_error(list(gains.values()))
    low, high = _interval(value, error, len(gains)) if error else (None, None)
    is_binary = len(gains) == n_pairs
    return Change(
        value=value,
        low=low,
        high=high,
        p_value=chance_of_less(list(balances.values())),
        test=MCNEMAR if is_binary else SIGN_FLIPS,
        smallest=_smallest(error, n_pairs, alpha, tolerated) if error and len(gains) >= fewest(alpha) else None,
        n_tasks=len(task_ids),
        n_problems=len(gains),
        n_pairs=n_pairs,
        n_won=n_won,
        n_lost=n_lost,
    )


def fewest(alpha: float) -> int:
    """Give the fewest problems that can show a drop: of n that all got worse, the test gives 2⁻ⁿ, and four do not reach 0.05."""
    return math.ceil(-math.log2(alpha))


def chance_of_less(balances: Sequence[int]) -> float:
    """Give the share of all ways to choose the signs whose sum is at most the one seen; 1 where all are 0.

    Exact: the sum of the negative ones is counted up, one balance after the other. With balances of one pair each this is the
    exact McNemar test (1947). 984 balances take some milliseconds.
    """
    import numpy as np

    sizes = sorted(
        abs(balance) for balance in balances if balance
    )  # a 0 keeps its sign; short sums stay short for long
    chances = np.zeros(sum(sizes) + 1)  # of the sum of those with a minus
    chances[0], reach = 1.0, 0
    for size in sizes:
        so_far = chances[: reach + 1] / 2
        chances[: reach + 1] = so_far
        chances[size : size + reach + 1] += so_far
        reach += size
    least = (sum(sizes) - sum(balances)) // 2
    return min(1.0, float(chances[least:].sum()))


def _mean_and_error(clusters: Sequence[Sequence[Fraction]]) -> tuple[float, float | None]:
    """Give the mean of all tasks and its standard error by clusters; ``None`` with one cluster, which shows no spread.

    The mean is the float nearest to the exact one: a drop just as large as what is tolerated is not larger.
    Source: Miller, arXiv:2411.00640, section 2.2, and ``_UNSEEN`` clusters of average size that changed altogether.
    """
    n, count = sum(map(len, clusters)), len(clusters)
    mean = float(sum((gain for gains in clusters for gain in gains), Fraction()) / n)
    if count < 2:
        return mean, None
    squares = math.fsum(math.fsum(gain - mean for gain in gains) ** 2 for gains in clusters) * count / (count - 1)
    return mean, math.sqrt(squares + _UNSEEN * (n / count) ** 2) / n


def _interval(value: float, error: float, n_clusters: int) -> tuple[float, float]:
    from scipy.special import stdtrit

    width = float(stdtrit(n_clusters - 1, 0.975)) * error
    return max(-1.0, value - width), min(1.0, value + width)


def _smallest(error: float, n_pairs: int, alpha: float, tolerated: float) -> float:
    """Give the drop that is both shown and beyond what is tolerated with power 0.8, and never less than a pair of the fewest problems."""
    from scipy.special import ndtri

    often = float(ndtri(_POWER))
    return min(1.0, max((float(ndtri(1 - alpha)) + often) * error, tolerated + often * error, fewest(alpha) / n_pairs))
