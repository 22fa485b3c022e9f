"""Terminal: the summary table that a run ends with."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from codeloop.metrics import Estimate, PassAt, Summary
from codeloop.report.text import escape

_COUNTS = ("tasks", "draws", "attempts", "errored", "unscored", "solved", "stalled", "no_visible_tests")


def table(summaries: Sequence[Summary], *, width: int = 100) -> str:
    """Give the table by language as plain text without colours: pass@k by iteration, then counts and costs.

    An interval is 95 %; a missing number is ``–``, an unknown one ``unknown``.
    """
    parts = [_pass_table(summaries, k) for k in _ks(summaries)]
    return _render([*parts, _count_table(summaries), _extraction_table(summaries)], width)


def _ks(summaries: Sequence[Summary]) -> list[int]:
    return list(dict.fromkeys(row.k for summary in summaries for row in summary.rows))


def _pass_table(summaries: Sequence[Summary], k: int) -> Table:
    table_ = _table(f"pass@{k} on hidden tests, % [95 % interval]")
    for name in ("language", "repairs", f"pass@{k}", "without errata", "hidden-only", "tasks"):
        table_.add_column(name, justify="left" if name == "language" else "right")
    for summary in summaries:
        rows = [row for row in summary.rows if row.k == k]
        for index, row in enumerate(rows):
            is_last = index == len(rows) - 1
            table_.add_row(*_cells(summary.language if index == 0 else "", row), end_section=is_last)
    return table_


def _cells(language: str, row: PassAt) -> list[Text]:
    texts = [language, str(row.iteration), _estimate(row.headline), _estimate(row.without_errata)]
    return [Text(escape(text)) for text in [*texts, _estimate(row.hidden_only), str(row.headline.n_tasks)]]


def _count_table(summaries: Sequence[Summary]) -> Table:
    """Give one column per language: the other way round, eleven columns would be cut at 100 characters."""
    table_ = _table("what was run")
    for name in ("", *(summary.language for summary in summaries)):
        table_.add_column(Text(escape(name)), justify="right" if name else "left", overflow="fold")
    for name in _COUNTS:
        table_.add_row(name.replace("_", " "), *[str(getattr(summary, name)) for summary in summaries])
    for name in ("prompt_tokens", "completion_tokens"):
        table_.add_row(name.replace("_", " "), *[_known(getattr(summary, name)) for summary in summaries])
    table_.add_row("model seconds", *[f"{summary.model_s:.1f}" for summary in summaries])
    table_.add_row("cost, $", *[_dollars(summary.cost_usd) for summary in summaries])
    return table_


def _extraction_table(summaries: Sequence[Summary]) -> Table:
    """Give one row for each thing that extraction did to an answer; a lone row where it did nothing."""
    table_ = _table("what extraction did to answers: attempts (of these failed on visible tests)")
    for name in ("", *(summary.language for summary in summaries)):
        table_.add_column(Text(escape(name)), justify="right" if name else "left", overflow="fold")
    counts = {(s.language, count.note): count for s in summaries for count in s.extraction}
    notes = {count.note: count.is_loss for summary in summaries for count in summary.extraction}
    for note in sorted(notes, key=lambda note: not notes[note]):
        cells = [counts.get((summary.language, note)) for summary in summaries]
        texts = [f"{cell.attempts} ({cell.failed})" if cell else "0" for cell in cells]
        table_.add_row(Text(escape(f"{'lost' if notes[note] else 'changed'}: {note}")), *texts)
    if not notes:
        table_.add_row("every answer was taken as it was", *["" for _ in summaries])
    return table_


def _estimate(estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    value = f"{100 * estimate.value:.1f}"
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"


def _dollars(cost: float | None) -> str:
    return "unknown" if cost is None else f"{cost:.4f}"


def _known(count: int | None) -> str:
    return "unknown" if count is None else str(count)


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", title_style="", box=SIMPLE, pad_edge=False)


def _render(tables: Sequence[Table], width: int) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=width, color_system=None, force_terminal=False, legacy_windows=False, markup=False, emoji=False
    )
    for table_ in tables:
        console.print(table_)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip("\n")
