"""Judging: every gate of a project on every run that it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    remedy: str = ""
    """Of a relative gate: the name to keep a baseline of this run alone under; empty where it names a file."""
    is_shared: bool = False
    """Other runs take the same baseline: whether it is this one's is known by what it is of."""
    has_rivals: bool = False
    """The same suite is run by other models, or with other prompts, too."""


def assign(loaded: Loaded, planned: Sequence[Planned], store: Store) -> tuple[Assigned, ...]:
    """Say which gate is about which run, and read the baselines, before anything is run.

    A baseline ``NAME`` of the store is looked for as ``NAME/LABEL`` first; ``NAME`` alone, as a file, is of one suite, model and
    prompt, which ``judge_runs`` looks at. Raises ConfigError for one that cannot be read.
    """
    return tuple(
        each
        for number, gate in enumerate(loaded.project.gates)
        for each in _assigned(loaded, gate, number, planned, store)
    )


def judge_runs(assigned: Sequence[Assigned], runs: Sequence[CiRun], lines: Sequence[int | None]) -> tuple[Judged, ...]:
    """Judge. The relative gates of all runs share the level of the test: together one false alarm in twenty (Bonferroni).

    A baseline is of one suite, model and prompt. A run that it is not of cannot tell; it is left out only where another gate
    like this one has the run's own baseline.
    """
    by_label = {run.label: run for run in runs}
    own = [each for each in assigned if not _stranger(each, by_label)]
    mine = [each for each in assigned if each in own or not _is_told_elsewhere(each, own)]
    alpha = ALPHA / max(1, sum(each.gate.is_relative for each in mine))
    return tuple(
        Judged(label=each.label, result=_judged(each, by_label, alpha), line=lines[each.number]) for each in mine
    )


def compare_runs(assigned: Sequence[Assigned], runs: Sequence[CiRun]) -> tuple[tuple[str, Changes], ...]:
    """Give each run beside each baseline that a gate compares it with; nothing where their tasks differ."""
    by_label = {run.label: run for run in runs}
    measured = {run.label: run.snapshot for run in runs if run.snapshot}
    pairs = {
        (each.label, each.baseline.name): (each.baseline, measured[each.label])
        for each in assigned
        if each.baseline and each.label in measured and not _stranger(each, by_label)
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
    n_of_suite = Counter(each.suite.name for each in planned)
    found = Assigned(gate=gate_of(gate), number=number, label="")
    about = [each for each in planned if _is_about(gate, each)]
    if not about or not gate.is_relative:
        yield from (replace(found, label=label) for label in [each.label for each in about] or [""])
        return
    for each in about:
        own = "" if gate.baseline_file else f"{gate.baseline}/{each.label}"
        baseline = _named(store, own) if own else _of_file(loaded, gate)
        yield replace(
            found,
            label=each.label,
            baseline=baseline or _named(store, gate.baseline or ""),
            remedy=own if len(planned) > 1 else (own and gate.baseline) or "",
            is_shared=len(planned) > 1 and not (own and baseline),
            has_rivals=n_of_suite[each.suite.name] > 1,
        )


def _is_about(gate: ProjectGate, planned: Planned) -> bool:
    languages = planned.languages
    return (not gate.tag or gate.tag in planned.tags) and (
        not gate.language or not languages or gate.language in languages
    )


def _of_file(loaded: Loaded, gate: ProjectGate) -> Snapshot:
    """Read a file; it is named as it is written: two folders may hold a ``main.json``."""
    found = baselines.read_file(Path(loaded.baseline(gate)))
    return replace(found, name=gate.baseline or found.name)


def _named(store: Store, name: str) -> Snapshot | None:
    try:
        return baselines.baseline(store, name)
    except UnknownName:
        return None


def _stranger(each: Assigned, runs: Mapping[str, CiRun]) -> str:
    """Say why the baseline is not this run's; empty where nothing speaks against it, or where there is none of either."""
    run = runs.get(each.label)
    if not each.is_shared or not each.baseline or not run or not run.snapshot:
        return ""
    all_of = [(other.suite, other.snapshot) for other in runs.values() if other.snapshot]
    before, now = each.baseline, run.snapshot
    if _is_other(_suite, before, now, all_of):
        owner = next((name for name, of in all_of if _suite(of).exact == _suite(before).exact), before.facts.suite)
        return f"there is no baseline of suite {run.suite}: {before.name} is of {owner}"
    for what, mark in (("model", _model), ("prompt", _prompt)) if each.has_rivals else ():
        if _is_other(mark, before, now, all_of):
            was, known = mark(before), mark(now)
            names = (known.exact, was.exact) if was.name == known.name else (known.name, was.name)
            return f"there is no baseline of {what} {names[0]}: {before.name} is of {names[1]}"
    twin = each.has_rivals and next((other for other in runs.values() if _is_twin(run, other)), None)
    return f"there is no baseline of {run.label} alone: {before.name} may be of {twin.label}" if twin else ""


def _is_twin(run: CiRun, other: CiRun) -> bool:
    """Say whether two runs of one suite say that they are of the same model and prompt, as recorded ones may."""
    if run.label == other.label or run.suite != other.suite or not run.snapshot or not other.snapshot:
        return False
    return all(mark(run.snapshot) == mark(other.snapshot) for mark in (_model, _prompt))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """What a suite, a model or a prompt is known by."""

    exact: str
    """Another one has another; it also changes when tasks, weights or texts are edited."""
    name: str


def _suite(snapshot: Snapshot) -> _Mark:
    return _Mark(exact=snapshot.facts.suite_sha256, name=snapshot.facts.suite)


def _model(snapshot: Snapshot) -> _Mark:
    return _Mark(exact=snapshot.facts.model, name=snapshot.facts.model.partition("@")[0])


def _prompt(snapshot: Snapshot) -> _Mark:
    templates = sorted({row.template for row in snapshot.draws if row.template})
    return _Mark(exact=", ".join(templates), name=", ".join(sorted({each.partition("@")[0] for each in templates})))


def _is_other(
    mark: Callable[[Snapshot], _Mark], before: Snapshot, now: Snapshot, all_of: Sequence[tuple[str, Snapshot]]
) -> bool:
    """Say whether ``before`` is of something else than ``now``: by name only where no run has exactly what it was of."""
    was, known = mark(before), mark(now)
    if any(mark(other).exact == was.exact for _, other in all_of):
        return known.exact != was.exact
    return known.name != was.name


def _is_told_elsewhere(each: Assigned, own: Sequence[Assigned]) -> bool:
    """Say whether another gate like it, or a wider one, has the run's own baseline, and this gate's baseline has a run."""
    has_run = any(other.number == each.number for other in own)
    return has_run and any(
        other.label == each.label
        and other.baseline is not None
        and other.gate.iteration == each.gate.iteration
        and other.gate.language in ("", each.gate.language)
        and other.gate.tag in ("", each.gate.tag)
        for other in own
    )


def _judged(each: Assigned, runs: Mapping[str, CiRun], alpha: float) -> GateResult:
    run = runs.get(each.label)
    if run is None or run.snapshot is None:
        why = (
            "it is about no run of this project" if run is None else f"nothing was recorded: {run.problem or 'no task'}"
        )
        return GateResult(gate=each.gate, outcome=Outcome.CANNOT_TELL, why=why)
    if lacking := _lacking(each, runs, run):
        return GateResult(gate=each.gate, outcome=Outcome.CANNOT_TELL, why=lacking)
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


def _lacking(each: Assigned, runs: Mapping[str, CiRun], run: CiRun) -> str:
    """Say that a relative gate has no baseline of this run, and how to keep one; empty where it has."""
    why = _stranger(each, runs)
    if each.gate.is_relative and each.baseline is None:
        why = f"there is no baseline {each.remedy} yet"
    if why and not each.remedy:
        return f"{why}: give it a gate with a file of its own, from runs/{each.label}/baseline.json"
    return f"{why}: codeloop baseline set {each.remedy} {run.run_id}" if why else ""
