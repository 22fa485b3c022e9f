"""How far attempts got, and what followed what kind of failure: the page's funnel and transitions as plain rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from codeloop.attempts import Trajectory
from codeloop.error_classes import ErrorClass
from codeloop.fixes import PASSES
from codeloop.report.html import figures
from codeloop.report.terminal import TableRows


def rows(trajectories: Sequence[Trajectory]) -> Iterator[TableRows]:
    """Give both tables; none of what did not happen."""
    found = figures.funnel(trajectories)
    if found:
        yield _funnel(found)
    counts: Counter[tuple[str, str]] = Counter()
    for _, before, after, number in figures.transitions(trajectories):
        counts[before, after] += number
    if counts:
        yield _transitions(counts)


def _funnel(found: Sequence[figures.Reached]) -> TableRows:
    stages = [
        name for place, (name, _, _) in enumerate(found[0]["stages"]) if any(r["stages"][place][1] for r in found)
    ]
    lines: list[tuple[str, ...]] = [("attempts", *(str(each["attempts"]) for each in found))]
    lines.append(("code found", *(str(each["code"]) for each in found)))
    for stage in stages:
        cells = (
            next((f"{passed} of {n}" for name, n, passed in each["stages"] if name == stage), "") for each in found
        )
        lines.append((stage, *cells))
    return "stages passed of reached, by iteration", ("", *(str(each["iteration"]) for each in found)), lines


def _transitions(counts: Counter[tuple[str, str]]) -> TableRows:
    words = [*(kind.value for kind in ErrorClass), PASSES]
    before = [word for word in words if any(word == first for first, _ in counts)]
    after = [word for word in words if any(word == second for _, second in counts)]
    lines = [(name, *(str(counts[name, other] or "") for other in after)) for name in before]
    return "error class of an attempt (row) and of the next one", ("", *after), lines
