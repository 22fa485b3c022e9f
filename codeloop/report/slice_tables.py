"""Slice tables: pass@1 of a run by tag, language, or whatever else its draws are told apart by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codeloop.report import terminal
from codeloop.slices import RunSlice

_COLUMNS = ("first answer", "handed over", "draws", "errored", "tasks")


def rows(slices: Sequence[RunSlice]) -> Iterator[terminal.TableRows]:
    """Give one table for each name."""
    for by in dict.fromkeys(each.by for each in slices):
        mine = [_row(each) for each in slices if each.by == by]
        yield f"pass@1 on hidden tests by {by}, % [95 % interval]", (by, *_COLUMNS), mine


def _row(each: RunSlice) -> tuple[str, ...]:
    figures = (terminal.estimate(each.first), terminal.estimate(each.end))
    return (each.label, *figures, str(each.draws), str(each.errored), str(each.end.n_tasks))
