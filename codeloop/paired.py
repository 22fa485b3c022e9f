"""Paired: the difference between two arms that ran on the same tasks and draws. Pure; missing stays missing.

Pairing takes out what a task's difficulty adds to both arms (Miller, arXiv:2411.00640, section 4.2), and the problem in
several languages is one cluster (section 2.2). With few tasks the normal interval is too narrow (Bowyer et al.,
arXiv:2503.01747), so the interval is a bootstrap, and a test that needs no large numbers stands beside it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from codeloop.metrics import Interval, cluster_bootstrap, cluster_of, pass_at_k, wilson

Draws = Mapping[str, Sequence[bool]]
"""Task id to whether each draw passed; of two arms, the same draws in the same order."""
MCNEMAR, PERMUTATION = "exact McNemar", "sign-flip permutation"
_ALPHA = 0.05
_FEWEST_DISCORDANT = 6  # all one way: 2 · 0.5⁶ = 0.031 is the first p below 0.05
_N_PERMUTATIONS = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Pass@k of one arm minus that of another, in -1..1; ``None`` where the data gives none."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    """The 95 % interval: a bootstrap of whole clusters of paired differences."""
    n_tasks: int = 0
    n_better: int = 0
    """Tasks where the first arm did better."""
    n_worse: int = 0
    p_value: float | None = None
    """Two-sided."""
    test: str = ""
    smallest: float | None = None
    """Smallest difference that this data would show four times in five."""

    @property
    def is_shown(self) -> bool:
        """Say whether the interval is clear of 0 and the test agrees: with few discordant tasks the interval alone may lie."""
        if self.low is None or self.high is None or self.p_value is None:
            return False
        return (self.low > 0 or self.high < 0) and self.p_value < _ALPHA


def difference(first: Draws, second: Draws, k: int, *, seed: int = 0, n_resamples: int = 2000) -> Difference:
    """Compare two arms on the tasks of both. Raises ValueError where a task's draws are not the same number in both.

    The test is exact McNemar for one draw of tasks that are all of different clusters, else a permutation of signs by cluster.
    """
    gains: dict[str, float] = {}
    for task_id in first.keys() & second.keys():
        ours, theirs = first[task_id], second[task_id]
        if len(ours) != len(theirs):
            raise ValueError(f"{task_id} has {len(ours)} and {len(theirs)} draws: they are no pairs")
        better, worse = (pass_at_k(len(draws), sum(draws), k) for draws in (ours, theirs))
        if better is not None and worse is not None:
            gains[task_id] = better - worse
    if not gains:
        return Difference()
    clusters: defaultdict[Hashable, list[float]] = defaultdict(list)
    for task_id in sorted(gains):  # sets have no order, and a bootstrap's seed needs one
        clusters[cluster_of(task_id)].append(gains[task_id])
    is_binary = len(clusters) == len(gains) and all(len(first[task_id]) == 1 for task_id in gains)
    n_better, n_worse = sum(gain > 0 for gain in gains.values()), sum(gain < 0 for gain in gains.values())
    low, high = _interval(clusters, seed, n_resamples) or (None, None)
    sums = [math.fsum(values) for values in clusters.values()]
    return Difference(
        value=math.fsum(gains.values()) / len(gains),
        low=low,
        high=high,
        n_tasks=len(gains),
        n_better=n_better,
        n_worse=n_worse,
        p_value=mcnemar(n_better, n_worse) if is_binary else sign_flips(sums, seed),
        test=MCNEMAR if is_binary else PERMUTATION,
        smallest=_smallest(clusters, sum(len(first[task_id]) for task_id in gains)),
    )


def mcnemar(n_better: int, n_worse: int) -> float:
    """Give the exact two-sided p-value of discordant pairs; 1 without any. At least six, all one way, give p < 0.05.

    Source: McNemar 1947, in its exact form: the discordant pairs are a fair coin's throws.
    """
    from scipy.stats import binomtest

    n = n_better + n_worse
    return float(binomtest(n_better, n, 0.5).pvalue) if n else 1.0


def sign_flips(gains: Sequence[float], seed: int) -> float:
    """Give the two-sided p-value of a permutation test on paired differences; 1 where all are 0.

    If the arms were alike, each cluster's gain could as well have the other sign. All ways are tried up to 13 clusters that
    differ, else 9,999 chosen by the seed.
    """
    import numpy as np
    from scipy.stats import permutation_test

    moved = [gain for gain in gains if gain]  # a 0 keeps its sign
    if len(moved) < 2:  # scipy wants two; of one gain, both signs are equally far from 0
        return 1.0
    result = permutation_test(
        (np.array(moved),), np.sum, permutation_type="samples", vectorized=True, n_resamples=_N_PERMUTATIONS, rng=seed
    )
    return float(result.pvalue)


def _interval(clusters: Mapping[Hashable, Sequence[float]], seed: int, n_resamples: int) -> Interval | None:
    """Bootstrap; where all clusters are alike, which shows no spread but is no certainty, as wide as 0 of n by Wilson."""
    interval = cluster_bootstrap(clusters, seed, n_resamples)
    if interval is None or interval[0] < interval[1]:
        return interval
    value, none = interval[0], wilson(0, len(clusters))
    width = none[1] if none else 0.0
    return max(-1.0, value - width), min(1.0, value + width)


def _smallest(clusters: Mapping[Hashable, Sequence[float]], n_draws: int) -> float | None:
    """Give the smallest difference with power 0.8 at level 0.05: 2.8 standard errors, and never less than six draws of all.

    Source: Miller, arXiv:2411.00640, section 5, with the clustered error of section 2.2. ``None`` with one cluster.
    """
    from scipy.stats import norm

    values = [value for cluster in clusters.values() for value in cluster]
    n, count = len(values), len(clusters)
    if count < 2:
        return None
    mean = math.fsum(values) / n
    squares = math.fsum(math.fsum(value - mean for value in cluster) ** 2 for cluster in clusters.values())
    error = math.sqrt(squares * count / (count - 1)) / n
    return min(1.0, max(float(norm.ppf(1 - _ALPHA / 2) + norm.ppf(0.8)) * error, _FEWEST_DISCORDANT / n_draws))
