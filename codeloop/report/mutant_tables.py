"""What the visible tests would not notice in the programs that a run handed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from codeloop.attempts import StageReport, Trajectory
from codeloop.report.terminal import TableRows

_NOTES = frozenset({"score", "left-out"})


def rows(trajectories: Sequence[Trajectory]) -> Iterator[TableRows]:
    """Give the table; none of a run without a mutation stage."""
    reports = _reports(trajectories)
    if reports:
        languages = tuple(dict.fromkeys(language for language, _ in reports))
        figures = {name: _figures([report for each, report in reports if each == name]) for name in languages}
        lines = [(label, *(str(figures[name][label]) for name in languages)) for label in _figures([])]
        yield "mutants that the visible tests do not notice, in programs handed over", ("", *languages), lines


def as_json(trajectories: Sequence[Trajectory]) -> dict[str, Any]:
    """Give the same for ``results.json``; empty of a run without a mutation stage."""
    reports = _reports(trajectories)
    return {"mutants": _figures([report for _, report in reports])} if reports else {}


def _figures(reports: Sequence[StageReport]) -> dict[str, int]:
    unnoticed = [sum(item.rule not in _NOTES for item in report.diagnostics) for report in reports]
    return {"programs": len(reports), "unnoticed mutants": sum(unnoticed), "programs without": unnoticed.count(0)}


def _reports(trajectories: Sequence[Trajectory]) -> list[tuple[str, StageReport]]:
    handed = ((t.language, t.attempts[t.attempts[-1].handed_over]) for t in trajectories if t.attempts)
    found = ((language, attempt.verdict.report("mutate")) for language, attempt in handed)
    return [(language, report) for language, report in found if report is not None]
