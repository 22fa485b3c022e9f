"""Judging: every gate of a project on every run that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codeloop import baselines
from codeloop.changes import Changes, changes
from codeloop.ci.plan import Planned
from codeloop.ci.results import CiRun, Judged
from codeloop.drops import ALPHA
from codeloop.errors import UnknownName
from codeloop.gates import Gate, GateResult, Metric, Outcome, judge
from codeloop.project.gate import Gate as ProjectGate
from codeloop.project.load import Loaded
from codeloop.snapshots import Snapshot
from codeloop.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A gate, and a run that it is about."""

    gate: Gate
    number: int
    """Of the gate in the configuration, from 0."""
    label: str
    """Of the run; empty: there is none."""
    baseline: Snapshot | None = None
    """Of a relative gate; ``None``: there is none of that name yet."""
    baseline_name: str = ""


def assign(loaded: Loaded, planned: Sequence[Planned], store: Store) -> tuple[Assigned, ...]:
    """Say which gate is about which run, and read the baselines, before anything is run.

    A baseline ``NAME`` of the store is looked for as ``NAME/LABEL`` first. Raises ConfigError for one that cannot be read.
    """
    return tuple(
        each
        for number, gate in enumerate(loaded.project.gates)
        for each in _assigned(loaded, gate, number, planned, store)
    )


def judge_runs(assigned: Sequence[Assigned], runs: Sequence[CiRun], lines: Sequence[int | None]) -> tuple[Judged, ...]:
    """Judge. The relative gates of all runs share the level of the test: together one false alarm in twenty (Bonferroni).

    A baseline is of one suite: runs of others are left out, unless that would leave none.
    """
    by_label = {run.label: run for run in runs}
    mine = [each for each in assigned if _pairs(each, by_label) or not _any_pairs(each, assigned, by_label)]
    alpha = ALPHA / max(1, sum(each.gate.is_relative for each in mine))
    return tuple(
        Judged(label=each.label, result=_judged(each, by_label.get(each.label), alpha), line=lines[each.number])
        for each in mine
    )


def compare_runs(assigned: Sequence[Assigned], runs: Sequence[CiRun]) -> tuple[tuple[str, Changes], ...]:
    """Give each run beside each baseline that a gate compares it with; nothing where their tasks differ."""
    measured = {run.label: run.snapshot for run in runs if run.snapshot}
    pairs = {
        (each.label, each.baseline.name): (each.baseline, measured[each.label])
        for each in assigned
        if each.baseline and each.label in measured
    }
    return tuple(
        (label, changes(before, after, by=("tag", "language")))
        for (label, _), (before, after) in pairs.items()
        if before.facts.suite_sha256 == after.facts.suite_sha256
    )


def gate_of(gate: ProjectGate) -> Gate:
    """Give a gate of the configuration as one that can be judged."""
    bounds: dict[str, float | None] = {"at_least": gate.min, "at_most": gate.max}
    metric = Metric.PASS if gate.k else Metric(gate.metric)
    if gate.is_relative:
        metric, bounds = Metric.REGRESSION, {"at_most": gate.max_regression}
    return Gate(
        metric=metric,
        k=gate.k or 1,
        iteration=gate.iteration,
        language=gate.language or "",
        tag=gate.tag or "",
        strict=gate.strict,
        max_missing=gate.max_missing,
        **bounds,
    )


def _assigned(
    loaded: Loaded, gate: ProjectGate, number: int, planned: Sequence[Planned], store: Store
) -> Iterator[Assigned]:
    about = [each.label for each in planned if _is_about(gate, each)]
    for label in about or [""]:
        baseline = _baseline(loaded, gate, label, store) if gate.is_relative else None
        name = gate.baseline or ""
        yield Assigned(gate=gate_of(gate), number=number, label=label, baseline=baseline, baseline_name=name)


def _is_about(gate: ProjectGate, planned: Planned) -> bool:
    languages = planned.suite.languages
    return (not gate.tag or gate.tag in planned.suite.tags) and (
        not gate.language or not languages or gate.language in languages
    )


def _baseline(loaded: Loaded, gate: ProjectGate, label: str, store: Store) -> Snapshot | None:
    if gate.baseline_file:
        return baselines.read_file(Path(loaded.baseline(gate)))
    for name in (f"{gate.baseline}/{label}", gate.baseline or ""):
        try:
            return baselines.baseline(store, name)
        except UnknownName:
            continue
    return None


def _pairs(each: Assigned, runs: Mapping[str, CiRun]) -> bool:
    """Say whether the run is of the suite that the baseline is of; of gates and runs that have none, that nothing speaks against it."""
    run = runs.get(each.label)
    return not each.baseline or not run or not run.snapshot or each.baseline.facts.suite == run.snapshot.facts.suite


def _any_pairs(each: Assigned, assigned: Sequence[Assigned], runs: Mapping[str, CiRun]) -> bool:
    return any(_pairs(other, runs) for other in assigned if other.number == each.number)


def _judged(each: Assigned, run: CiRun | None, alpha: float) -> GateResult:
    if run is None or run.snapshot is None:
        why = (
            "it is about no run of this project" if run is None else f"nothing was recorded: {run.problem or 'no task'}"
        )
        return GateResult(gate=each.gate, outcome=Outcome.CANNOT_TELL, why=why)
    if each.gate.is_relative and each.baseline is None:
        why = f"there is no baseline {each.baseline_name} yet: codeloop baseline set {each.baseline_name} {run.run_id}"
        return GateResult(gate=each.gate, outcome=Outcome.CANNOT_TELL, why=why)
    if each.gate.metric is Metric.ERRORED and run.unrecorded:
        why = (
            f"the cassette lacks {len(run.unrecorded)} prompts, which is no fault of machine or model: record it again"
        )
        return GateResult(gate=each.gate, outcome=Outcome.CANNOT_TELL, why=why)
    result = judge(each.gate, run.snapshot, each.baseline, alpha=alpha)
    if not run.is_partial or not result.is_met:
        return result
    why = f"{result.why}; but only {run.n_recorded} of {run.n_expected or 'unknown'} trajectories are recorded"
    return replace(result, outcome=Outcome.CANNOT_TELL, why=why)
