"""Wording tables: how much a run's success depends on how its tasks were put."""

from __future__ import annotations

from collections.abc import Iterator

from codeloop.report import terminal
from codeloop.robustness import Robustness, Spread

_COLUMNS = ("wording", "first answer", "handed over")


def rows(found: Robustness | None) -> Iterator[terminal.TableRows]:
    """Give the table of a run with several wordings: shares, their spread, and what chance alone would give."""
    if found is None:
        return
    names = ["as it stands", *(f"variant {number}" for number in range(1, len(found.first.shares)))]
    shares = zip(names, map(_percent, found.first.shares), map(_percent, found.end.shares), strict=True)
    title = f"pass@1 on hidden tests by wording, % of {found.n_tasks} tasks" + (
        f" ({found.left_out} not drawn in every wording)" if found.left_out else ""
    )
    yield title, _COLUMNS, [*shares, *(_row(name, found.first, found.end) for name in _FIGURES)]


_FIGURES = {
    "spread": lambda spread: _percent(spread.spread),
    "spread by chance": lambda spread: _percent(spread.by_chance),
    "p, permuted": lambda spread: f"{spread.p:.3f}",
    "tasks that change": lambda spread: str(spread.changing),
}


def _row(name: str, first: Spread, end: Spread) -> tuple[str, ...]:
    return (name, _FIGURES[name](first), _FIGURES[name](end))


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
