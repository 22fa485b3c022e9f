"""Absolute gates: a figure of the run and its bound."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence

from codeloop.gates.results import GateResult, Outcome
from codeloop.gates.settings import RATES, Gate, Metric
from codeloop.metrics import Estimate, cluster_bootstrap, cluster_of, estimate, wilson
from codeloop.records import END
from codeloop.snapshots import Draw, sum_known


def judge_absolute(gate: Gate, draws: Sequence[Draw]) -> GateResult:
    """Judge the draws that the gate is about."""
    found, n_with, reason = _figure(gate, draws)
    n_missing = len(draws) - n_with
    outcome, why = _outcome(gate, found, n_missing, len(draws)) if found.value is not None else (None, reason)
    return GateResult(
        gate=gate,
        outcome=outcome or Outcome.CANNOT_TELL,
        why=why,
        value=found.value,
        low=found.low,
        high=found.high,
        n_tasks=len({row.task_id for row in draws}),
        n_draws=n_with,
        n_missing=n_missing,
    )


def _figure(gate: Gate, draws: Sequence[Draw]) -> tuple[Estimate, int, str]:
    """Give the figure, the draws that have a part in it, and why there is none."""
    if not draws:
        return Estimate(), 0, "no draw is of this language or tag"
    if gate.metric is Metric.PASS:
        return _pass_at(gate, draws)
    if gate.metric is Metric.MUTATION_SCORE:
        return _mutation(draws)
    if gate.metric is Metric.ERRORED:
        return Estimate(value=sum(row.is_errored for row in draws) / len(draws)), len(draws), ""
    whole = [row for row in draws if not row.is_errored]  # the others would have cost more
    if gate.metric is Metric.SECONDS:
        return Estimate(value=math.fsum(row.model_s + row.check_s for row in draws)), len(whole), ""
    unknown = sum(row.cost_usd is None for row in draws)
    cost = sum_known([row.cost_usd for row in draws])
    n_with = sum(row.cost_usd is not None for row in whole)
    return Estimate(value=cost), n_with, f"the cost of {unknown} of {len(draws)} draws is unknown"


def _pass_at(gate: Gate, draws: Sequence[Draw]) -> tuple[Estimate, int, str]:
    outcomes: defaultdict[str, list[bool]] = defaultdict(list)
    for row in draws:
        passed = row.passed_by(END if gate.iteration is None else gate.iteration)
        if passed is not None:
            outcomes[row.task_id].append(passed)
    n_scored = sum(len(passed) for passed in outcomes.values() if len(passed) >= gate.k)  # others have no part in it
    reason = f"no task has {gate.k} scored draw(s)" if outcomes else f"none of {len(draws)} draws has a hidden verdict"
    return estimate(outcomes, gate.k), n_scored, reason


def _mutation(draws: Sequence[Draw]) -> tuple[Estimate, int, str]:
    """Give the share over all mutants, its interval by problem. A draw that failed has no program to mutate: it is not missing; one that errored is."""
    told = [row for row in draws if row.mutants]
    clusters: defaultdict[Hashable, list[float]] = defaultdict(list)
    for row in told:
        killed, mutants = row.killed or 0, row.mutants or 0
        clusters[cluster_of(row.task_id)] += [1.0] * killed + [0.0] * (mutants - killed)
    flat = [value for values in clusters.values() for value in values]
    if not flat and all(row.is_errored for row in draws):
        return Estimate(), 0, f"all {len(draws)} draws errored"
    if not flat:
        return Estimate(), 0, "no program that was handed over has mutants: run with mutate=inform"
    value = math.fsum(flat) / len(flat)
    low, high = cluster_bootstrap(clusters, 0) or (None, None)
    if low is not None and low == high:  # all alike: no spread to resample, yet no certainty
        low, high = wilson(round(len(clusters) * value), len(clusters)) or (None, None)
    return (
        Estimate(value=value, low=low, high=high, n_tasks=len(clusters)),
        sum(not row.is_errored for row in draws),
        "",
    )


def _outcome(gate: Gate, found: Estimate, n_missing: int, n_draws: int) -> tuple[Outcome, str]:
    value, ends = found.value, (found.low, found.high)
    assert value is not None  # noqa: S101 - the caller looked
    more = _more_digits(gate, value)
    shown = f"{_what(gate)} is {_number(gate, value, more)}" + _interval(gate, found)
    tested = (value, value) if not gate.strict else ends
    if tested[0] is None or tested[1] is None:
        return Outcome.CANNOT_TELL, f"{shown}, and one problem alone gives no interval"
    wanted = _wanted(gate, more)
    if not _holds(gate, tested[1], tested[0]):
        return Outcome.FAILED, f"{shown}, wanted {wanted}"
    if not _holds(gate, tested[0], tested[1]):
        return Outcome.CANNOT_TELL, f"{shown}: the interval lies on both sides of what is wanted, {wanted}"
    if n_missing > gate.max_missing * n_draws:
        return Outcome.CANNOT_TELL, f"{shown}, but {n_missing} of {n_draws} draws {_lack(gate)}"
    is_close = not gate.strict and found.low is not None and found.high is not None
    is_close = is_close and not _holds(gate, found.low or 0.0, found.high or 0.0)
    doubt = "; its interval reaches beyond that (strict would not let it pass)" if is_close else ""
    return Outcome.PASSED, f"{shown}, wanted {wanted}{doubt}"


def _lack(gate: Gate) -> str:
    if gate.metric is not Metric.PASS:
        return "errored"
    return "have no verdict" + (f", or are of tasks with fewer than {gate.k}" if gate.k > 1 else "")


def _holds(gate: Gate, against_least: float, against_most: float) -> bool:
    is_enough = gate.at_least is None or against_least >= gate.at_least
    return is_enough and (gate.at_most is None or against_most <= gate.at_most)


def _what(gate: Gate) -> str:
    if gate.metric is Metric.PASS:
        return f"pass@{gate.k}" + ("" if gate.iteration is None else f" after {gate.iteration} repair(s)")
    words = {
        Metric.MUTATION_SCORE: "the mutation score",
        Metric.COST_USD: "the cost",
        Metric.SECONDS: "the time of models and checks",
        Metric.ERRORED: "the share of errored draws",
    }
    return words[gate.metric]


def _number(gate: Gate, value: float, more: int = 0) -> str:
    if gate.metric is Metric.COST_USD:
        return f"${value:.{4 + more}f}"
    digits = 1 + more
    return f"{value:.{digits}f} s" if gate.metric is Metric.SECONDS else f"{100 * value:.{digits}f} %"


def _more_digits(gate: Gate, value: float) -> int:
    """Count the digits that tell a figure from a bound that it only comes near: 2 of 3 do not reach 0.667."""
    others = [bound for bound in (gate.at_least, gate.at_most) if bound is not None and bound != value]
    clear = (
        more for more in range(9) if all(_number(gate, each, more) != _number(gate, value, more) for each in others)
    )
    return next(clear, 9)


def _interval(gate: Gate, found: Estimate) -> str:
    if found.low is None or found.high is None or gate.metric not in RATES:
        return ""
    return f" [{100 * found.low:.1f}, {100 * found.high:.1f}]"


def _wanted(gate: Gate, more: int) -> str:
    ends = (("at least", gate.at_least), ("at most", gate.at_most))
    return " and ".join(f"{word} {_number(gate, bound, more)}" for word, bound in ends if bound is not None)
