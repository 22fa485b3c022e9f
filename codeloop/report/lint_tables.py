"""What analysers found in the programs that a run handed over: by category, and the rules behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from codeloop.attempts import StageReport, Trajectory
from codeloop.diagnostics import Category
from codeloop.findings import matters
from codeloop.report.terminal import TableRows

_MOST = 15  # rules of a table; the JSON has them all
_ORDER = [*(category.value for category in Category if category.value), ""]


def rows(trajectories: Sequence[Trajectory]) -> Iterator[TableRows]:
    """Give the tables; none of a run without a lint stage. A number is findings, with the programs that have any."""
    reports = _reports(trajectories)
    if not reports:
        return
    languages = tuple(dict.fromkeys(language for language, _ in reports))
    named = [(name or "not understood", *(_count(reports, each, name) for each in languages)) for name in _ORDER]
    title = f"lint: findings in the {len(reports)} programs handed over that were analysed (programs with any)"
    yield title, ("", *languages), [row for row in named if set(row[1:]) != {"0"}]
    rules = _rules(reports)
    left_out = f", the {_MOST} most frequent of {len(rules)}" if len(rules) > _MOST else ""
    shown: list[tuple[str, ...]] = [
        (f"{tool} {rule}", category, str(n)) for (category, tool, rule), n in rules.most_common(_MOST)
    ]
    if shown:
        yield f"lint: findings by rule{left_out}", ("", "category", "findings"), shown


def as_json(trajectories: Sequence[Trajectory]) -> dict[str, Any]:
    """Give the same for ``results.json``; empty of a run without a lint stage."""
    reports = _reports(trajectories)
    if not reports:
        return {}
    return {
        "lint": {
            "programs": len(reports),
            "with_findings_that_matter": sum(any(map(matters, r.diagnostics)) for _, r in reports),
            "findings": [
                {"category": category, "tool": tool, "rule": rule, "findings": n}
                for (category, tool, rule), n in sorted(_rules(reports).items())
            ],
        }
    }


def _reports(trajectories: Sequence[Trajectory]) -> list[tuple[str, StageReport]]:
    handed = ((t.language, t.attempts[t.attempts[-1].handed_over]) for t in trajectories if t.attempts)
    found = ((language, attempt.verdict.report("lint")) for language, attempt in handed)
    return [(language, report) for language, report in found if report is not None]


def _rules(reports: Sequence[tuple[str, StageReport]]) -> Counter[tuple[str, str, str]]:
    return Counter((item.category.value, item.tool, item.rule) for _, report in reports for item in report.diagnostics)


def _count(reports: Sequence[tuple[str, StageReport]], language: str, category: str) -> str:
    counts = [
        sum(item.category.value == category for item in report.diagnostics)
        for name, report in reports
        if name == language
    ]
    n_programs = sum(count > 0 for count in counts)
    return f"{sum(counts)} ({n_programs})" if n_programs else "0"
