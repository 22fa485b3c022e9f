"""Metrics: pass@k by iteration with intervals. Pure: trajectories in, numbers out; missing stays missing, never 0."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from codeloop.attempts import LOSSES, Attempt, CaseStatus, Ending, Status, Trajectory, Verdict

TOTAL = "total"
_N = TypeVar("_N", int, float)
Interval = tuple[float, float]
Outcome = Callable[[Trajectory], bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Mean of pass@k over tasks, in 0..1, with its 95 % interval; ``None`` where the data gives none."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n_tasks: int = 0
    """Tasks in the mean: those with at least k scored draws."""
    method: str = ""
    """``wilson``, ``cluster_bootstrap``, ``wilson_clusters`` (clusters all alike), or empty: no interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassAt:
    """pass@k of what the loop would hand over after ``iteration`` repairs; iteration 0 is the single shot."""

    k: int
    iteration: int
    headline: Estimate
    without_errata: Estimate
    hidden_only: Estimate
    """Same estimator over the hidden cases that the loop could not have seen."""
    oracle: Estimate
    """Same estimator for "any attempt up to ``iteration`` passed": what the best choice among them would give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionCount:
    """How often extraction did one thing to an answer: a failure among these may be its fault, not the model's."""

    note: str
    """A word of ``Note``."""
    attempts: int
    failed: int
    """Of these, attempts that did not pass the visible tests."""
    is_loss: bool
    """Something that the model wrote is not in the program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One row of a report: a language, or ``total``. Sums cover every recorded attempt, errored draws included."""

    language: str
    rows: tuple[PassAt, ...]
    tasks: int
    draws: int
    errored: int
    """Draws that ended errored or were cancelled: in no estimate."""
    unscored: int
    """Draws that ended otherwise, but whose last handed-over attempt has no hidden verdict: in no estimate."""
    out_of_budget: int
    """Draws that the budget cut short: those with an attempt count as far as they got."""
    stalled: int
    solved: int
    """Draws whose last candidate passed the *visible* tests."""
    no_visible_tests: int
    """Tasks without a visible test: the loop had compile findings only."""
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    model_s: float
    attempts: int = 0
    extraction: tuple[ExtractionCount, ...] = ()
    """By kind, losses first, then the most frequent; empty when every answer was taken as it was."""


def pass_at_k(n: int, c: int, k: int) -> float | None:
    """Estimate pass@k without bias from ``c`` of ``n`` draws that pass: 1 - C(n-c, k) / C(n, k).

    ``None`` for n < k: the data does not hold k draws, and neither 0 nor 1 would be true. Raises ValueError for
    c outside 0..n or k < 1. Source: Chen et al. 2021, arXiv:2107.03374, eq. 1; exact integers, so no product is needed.
    """
    exact = _pass_at_k(n, c, k)
    return None if exact is None else float(exact)


def _pass_at_k(n: int, c: int, k: int) -> Fraction | None:
    if k < 1 or not 0 <= c <= n:
        raise ValueError(f"pass@k needs k >= 1 and 0 <= c <= n, not n={n}, c={c}, k={k}")
    return None if n < k else 1 - Fraction(math.comb(n - c, k), math.comb(n, k))


_OF_LANGUAGES = frozenset({"c", "c++", "cpp", "go", "java", "javascript", "js", "python", "rust", "humaneval"})


def cluster_of(task_id: str) -> str:
    """Name the problem of a task: its id without the parts that say a language, as ``Java/12`` and ``Python/12`` are one problem.

    HumanEval's ``HumanEval/12`` is that of HumanEval-X. All else in an id tells problems apart: ``auth/basic``, ``billing/basic``.
    """
    return "/".join(part for part in task_id.split("/") if part.lower() not in _OF_LANGUAGES) or task_id


def wilson(passed: int, n: int) -> Interval | None:
    """Give the 95 % Wilson score interval of a proportion; ``None`` for n = 0.

    It stays inside 0..1 and has a width at 0 and n passed, where the normal interval has none (Wilson 1927).
    """
    if n == 0:
        return None
    from scipy.stats import binomtest

    interval = binomtest(passed, n).proportion_ci(confidence_level=0.95, method="wilson")
    return float(interval.low), float(interval.high)


def cluster_bootstrap(
    clusters: Mapping[Hashable, Sequence[float]], seed: int, n_resamples: int = 2000
) -> Interval | None:
    """Give the 95 % percentile interval of the mean when whole clusters are drawn again.

    Values of one cluster rise and fall together (one problem in six languages), so drawing values one by one would give
    an interval that is too narrow (Miller, arXiv:2411.00640, section 2.2). ``None`` with fewer than two clusters: they
    show no spread. Equal values in all clusters give width 0, which is the method's limit, not certainty: see ``summarise``.
    """
    filled = [values for values in clusters.values() if values]
    if len(filled) < 2:
        return None
    import numpy as np

    sums = np.array([math.fsum(values) for values in filled])
    sizes = np.array([len(values) for values in filled])
    chosen = np.random.default_rng(seed).integers(0, len(filled), size=(n_resamples, len(filled)))
    means = sums[chosen].sum(axis=1) / sizes[chosen].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def summarise(
    trajectories: Sequence[Trajectory],
    *,
    ks: Sequence[int],
    max_iterations: int,
    errata: Collection[str] = (),
    seed: int = 0,
    n_resamples: int = 2000,
) -> tuple[Summary, ...]:
    """Summarise each language (in order of first appearance), then the total, which is always there.

    ``errata`` are task ids that stay in the headline and leave ``without_errata``. Intervals: Wilson for one draw per
    task, else bootstrap clustered by task number; the total is always clustered. Where all clusters are alike, Wilson over
    the clusters stands in for a bootstrap of width 0.
    """
    unseen = _UnseenCases(trajectories)
    settings = _Settings(
        ks=tuple(ks),
        max_iterations=max_iterations,
        errata=frozenset(errata),
        seed=seed,
        n_resamples=n_resamples,
        unseen=unseen,
    )
    languages = dict.fromkeys(t.language for t in trajectories)
    by_language = [_summary(name, [t for t in trajectories if t.language == name], settings) for name in languages]
    return (*by_language, _summary(TOTAL, trajectories, settings))


def hidden_only(trajectories: Sequence[Trajectory]) -> Callable[[Trajectory, int], bool | None]:
    """Give ``passed_by`` restricted to hidden cases that are not visible ones; all draws of a task must be given.

    Its answer is ``None`` where ``passed_by`` is, and for a task whose hidden cases are all visible.
    """
    return _UnseenCases(trajectories).passed_by


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    ks: tuple[int, ...]
    max_iterations: int
    errata: frozenset[str]
    seed: int
    n_resamples: int
    unseen: _UnseenCases


class _UnseenCases:
    """Which hidden cases of a task the loop could not have seen, known from the reports of all its draws.

    One draw is not enough: a program that does not compile reports no case, yet it fails the task's unseen ones.
    """

    def __init__(self, trajectories: Sequence[Trajectory]) -> None:
        self._visible: defaultdict[str, set[str]] = defaultdict(set)
        self._hidden: defaultdict[str, set[str]] = defaultdict(set)
        for trajectory in trajectories:
            task_id = trajectory.task_id
            self._visible[task_id].update(_expressions(attempt.verdict for attempt in trajectory.attempts))
            self._hidden[task_id].update(_expressions(v for v in trajectory.hidden if v is not None))

    def passed_by(self, trajectory: Trajectory, iteration: int) -> bool | None:
        passed = trajectory.passed_by(iteration)
        hidden, visible = self._hidden[trajectory.task_id], self._visible[trajectory.task_id]
        if passed is None or (hidden and hidden <= visible):
            return None
        if passed or not hidden:
            return passed
        attempt = trajectory.attempts[min(iteration, len(trajectory.attempts) - 1)]
        verdict = trajectory.hidden[attempt.handed_over]
        cases = verdict.cases if verdict else ()
        unseen = [case for case in cases if case.expression.strip() not in visible]
        # A failure that no seen case explains (forged, time-out after the last case) counts against the unseen ones.
        explained = any(c.status is not CaseStatus.PASSED for c in cases if c.expression.strip() in visible)
        return bool(unseen) and explained and all(case.status is CaseStatus.PASSED for case in unseen)


def _expressions(verdicts: Iterable[Verdict]) -> set[str]:
    return {case.expression.strip() for verdict in verdicts for case in verdict.cases}


def _summary(language: str, mine: Sequence[Trajectory], settings: _Settings) -> Summary:
    attempts = [attempt for t in mine for attempt in t.attempts]
    completions = [completion for attempt in attempts for completion in attempt.completions]
    stopped = (Ending.ERRORED, Ending.CANCELLED)
    return Summary(
        language=language,
        rows=tuple(
            _row(mine, k, iteration, settings, always_cluster=language == TOTAL)
            for k in settings.ks
            for iteration in range(settings.max_iterations + 1)
        ),
        tasks=len({t.task_id for t in mine}),
        draws=len(mine),
        errored=sum(t.ending in stopped for t in mine),
        unscored=sum(t.ending not in stopped and t.passed_by(settings.max_iterations) is None for t in mine),
        out_of_budget=sum(t.ending is Ending.OUT_OF_BUDGET for t in mine),
        stalled=sum(t.ending is Ending.STALLED for t in mine),
        solved=sum(t.ending is Ending.SOLVED for t in mine),
        no_visible_tests=len({t.task_id for t in mine if not t.has_visible_tests}),
        prompt_tokens=_sum_known([c.usage.prompt_tokens for c in completions]),
        completion_tokens=_sum_known([c.usage.completion_tokens for c in completions]),
        cost_usd=_sum_known([c.cost_usd for c in completions]),
        model_s=math.fsum(c.latency_s for c in completions),
        attempts=len(attempts),
        extraction=_extraction(attempts),
    )


def _extraction(attempts: Sequence[Attempt]) -> tuple[ExtractionCount, ...]:
    total: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for attempt in attempts:
        notes = set(attempt.candidate.notes)
        total.update(notes)
        failed.update(notes if attempt.verdict.status is not Status.PASSED else ())
    counts = [
        ExtractionCount(note=str(note), attempts=n, failed=failed[note], is_loss=note in LOSSES)
        for note, n in total.items()
    ]
    return tuple(sorted(counts, key=lambda count: (not count.is_loss, -count.attempts, count.note)))


def _row(mine: Sequence[Trajectory], k: int, iteration: int, settings: _Settings, *, always_cluster: bool) -> PassAt:
    def of(chosen: Sequence[Trajectory], outcome: Outcome) -> Estimate:
        draws, n_resamples = _outcomes(chosen, outcome), settings.n_resamples
        return estimate(draws, k, seed=settings.seed, n_resamples=n_resamples, always_cluster=always_cluster)

    sound = [t for t in mine if t.task_id not in settings.errata]
    return PassAt(
        k=k,
        iteration=iteration,
        headline=of(mine, lambda t: t.passed_by(iteration)),
        without_errata=of(sound, lambda t: t.passed_by(iteration)),
        hidden_only=of(mine, lambda t: settings.unseen.passed_by(t, iteration)),
        oracle=of(mine, lambda t: t.oracle_by(iteration)),
    )


def _outcomes(mine: Sequence[Trajectory], outcome: Outcome) -> dict[str, list[bool]]:
    draws: defaultdict[str, list[bool]] = defaultdict(list)
    for trajectory in mine:
        passed = outcome(trajectory)
        if passed is not None:
            draws[trajectory.task_id].append(passed)
    return draws


def estimate(
    draws: Mapping[str, Sequence[bool]], k: int, *, seed: int = 0, n_resamples: int = 2000, always_cluster: bool = False
) -> Estimate:
    """Give the mean of pass@k over tasks from each task's draws, with its interval (see ``summarise``).

    The mean is the float nearest to the exact one: a gate at 0.8 must not fail 1312 of 1640 draws for a rounding error.
    """
    clusters: defaultdict[Hashable, list[float]] = defaultdict(list)
    exact: Counter[Fraction] = Counter()
    for task_id, outcomes in draws.items():
        value = _pass_at_k(len(outcomes), sum(outcomes), k)
        if value is not None:
            exact[value] += 1
            clusters[cluster_of(task_id)].append(float(value))
    values = [value for cluster in clusters.values() for value in cluster]
    if not values:
        return Estimate()
    is_proportion = len(values) == len(clusters) and all(len(outcomes) == 1 for outcomes in draws.values())
    if is_proportion and not always_cluster:
        method, interval = "wilson", wilson(round(sum(values)), len(values))
    else:
        method, interval = "cluster_bootstrap", cluster_bootstrap(clusters, seed, n_resamples)
        if interval and interval[0] == interval[1]:  # all clusters alike: no spread to resample, yet no certainty
            method, interval = (
                "wilson_clusters",
                wilson(round(len(clusters) * sum(values) / len(values)), len(clusters)),
            )
    low, high = interval or (None, None)
    mean = float(sum(value * count for value, count in exact.items()) / len(values))
    return Estimate(value=mean, low=low, high=high, n_tasks=len(values), method=method if interval else "")


def _sum_known(values: Sequence[_N | None]) -> _N | None:
    """Add up, or give ``None`` if any is unknown: a sum of the known ones would look like the whole."""
    total = sum(value for value in values if value is not None)
    return None if None in values else total
