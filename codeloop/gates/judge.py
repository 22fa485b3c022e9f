"""Judging: one gate, or all of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from codeloop.drops import ALPHA
from codeloop.gates.absolute import judge_absolute
from codeloop.gates.relative import judge_relative
from codeloop.gates.results import NOT_MET, GateResult, Outcome
from codeloop.gates.settings import Gate
from codeloop.snapshots import Draw, Snapshot


def judge(gate: Gate, measured: Snapshot, baseline: Snapshot | None = None, *, alpha: float = ALPHA) -> GateResult:
    """Judge a run by one gate. A relative gate without a baseline, or with one of another suite, cannot tell."""
    tags = {row.task_id: row.tags for run in (baseline, measured) if run for row in run.draws}
    mine = _of(gate, measured.draws, tags)
    if not gate.is_relative:
        return judge_absolute(gate, mine)
    if baseline is None:
        return GateResult(gate=gate, outcome=Outcome.CANNOT_TELL, why="there is no baseline to compare with")
    if baseline.facts.suite_sha256 != measured.facts.suite_sha256:
        why = f"the baseline {baseline.name} is of another suite, so nothing pairs"
        return GateResult(gate=gate, outcome=Outcome.CANNOT_TELL, why=why, baseline=baseline.name)
    return judge_relative(gate, _of(gate, baseline.draws, tags), mine, baseline=baseline.name, alpha=alpha)


def judge_all(gates: Sequence[Gate], measured: Snapshot, baseline: Snapshot | None = None) -> tuple[GateResult, ...]:
    """Judge a run by all gates, the relative ones against one baseline."""
    alpha = shared_alpha(gates)
    return tuple(judge(gate, measured, baseline, alpha=alpha) for gate in gates)


def shared_alpha(gates: Sequence[Gate]) -> float:
    """Give the level of each relative gate: together they give a false alarm in at most 5 % of runs (Bonferroni)."""
    return ALPHA / max(1, sum(gate.is_relative for gate in gates))


def overall(results: Iterable[GateResult]) -> Outcome:
    """Give ``FAILED`` if any gate is not met (exit 1), ``CANNOT_TELL`` if any cannot tell (exit 6), else ``PASSED``."""
    outcomes = {result.outcome for result in results}
    if outcomes & NOT_MET:
        return Outcome.FAILED
    return Outcome.CANNOT_TELL if Outcome.CANNOT_TELL in outcomes else Outcome.PASSED


def _of(gate: Gate, draws: Sequence[Draw], tags: Mapping[str, Sequence[str]]) -> list[Draw]:
    """Give the draws of the gate's language and tag; a task is tagged as in the newer run."""
    return [
        row
        for row in draws
        if (not gate.language or row.language == gate.language) and (not gate.tag or gate.tag in tags[row.task_id])
    ]
