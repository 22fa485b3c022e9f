"""Terminal: the summary tables that a run ends with."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from codeloop.attempts import CallCounts, Trajectory
from codeloop.metrics import Estimate, PassAt, Summary
from codeloop.report.text import escape

TableRows = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
"""Title, column names, rows."""
_COUNTS = (
    "tasks",
    "draws",
    "attempts",
    "errored",
    "unscored",
    "out_of_budget",
    "solved",
    "stalled",
    "no_visible_tests",
)


def table(summaries: Sequence[Summary], *, width: int = 100) -> str:
    """Give the tables by language as plain text without colours: pass@k by iteration, then counts and costs.

    An interval is 95 %; a missing number is ``–``, an unknown one ``unknown``.
    """
    return render(tables(summaries), width)


def outcomes(trajectories: Sequence[Trajectory], *, width: int = 100) -> str:
    """Give the table of what became of the attempts on visible tests, by iteration."""
    return render([outcome_rows(trajectories)], width)


def calls(counts: CallCounts) -> str:
    """Give the line on model calls, over all sessions of the run."""
    lost = f"{counts.lost} lost to a kill or Ctrl-C" + (f" ({counts.repeated} made again)" if counts.lost else "")
    failed = f", {counts.failed} failed" if counts.failed else ""
    return f"model calls: {counts.made} made, {counts.from_store} answered from the store, {lost}{failed}"


def tables(summaries: Sequence[Summary]) -> Iterator[TableRows]:
    """Give the same as plain rows, for any writer."""
    for k in dict.fromkeys(row.k for summary in summaries for row in summary.rows):
        columns = ("language", "repairs", f"pass@{k}", "without errata", "hidden-only", "oracle@t", "tasks")
        rows = [_cells(s.language, row) for s in summaries for row in s.rows if row.k == k]
        yield f"pass@{k} on hidden tests, % [95 % interval]", columns, rows
    yield _counts(summaries)
    yield _extraction(summaries)


def outcome_rows(trajectories: Sequence[Trajectory]) -> TableRows:
    """Count the outcomes of visible checks by iteration, the most frequent first."""
    found = [(a.iteration, _outcome(t, a.iteration)) for t in trajectories for a in t.attempts]
    counts, iterations = Counter(found), sorted({iteration for iteration, _ in found})
    words = [word for word, _ in Counter(word for _, word in found).most_common()]
    rows = [(word, *[str(counts[iteration, word] or "") for iteration in iterations]) for word in words]
    return "visible outcome by iteration, attempts", ("", *map(str, iterations)), rows


def _outcome(trajectory: Trajectory, iteration: int) -> str:
    verdict = trajectory.attempts[iteration].verdict
    return verdict.last.outcome if verdict.last.outcome != "ok" else f"passes ({verdict.last.stage})"


def _cells(language: str, row: PassAt) -> tuple[str, ...]:
    estimates = (estimate(row.headline), estimate(row.without_errata), estimate(row.hidden_only), value(row.oracle))
    return ("" if row.iteration else language, str(row.iteration), *estimates, str(row.headline.n_tasks))


def _counts(summaries: Sequence[Summary]) -> TableRows:
    """Give one column per language: the other way round, a dozen columns would be cut at 100 characters."""
    rows = [(name.replace("_", " "), *[str(getattr(s, name)) for s in summaries]) for name in _COUNTS]
    for name in ("prompt_tokens", "completion_tokens"):
        rows.append((name.replace("_", " "), *[_known(getattr(s, name)) for s in summaries]))
    rows.append(("model seconds", *[f"{s.model_s:.1f}" for s in summaries]))
    rows.append(("cost, $", *[_dollars(s.cost_usd) for s in summaries]))
    return "what was run", ("", *(s.language for s in summaries)), rows


def value(estimate: Estimate) -> str:
    """Give the mean in per cent."""
    return "–" if estimate.value is None else f"{100 * estimate.value:.1f}"


def _extraction(summaries: Sequence[Summary]) -> TableRows:
    """Give one row for each thing that extraction did to an answer; a lone row where it did nothing."""
    counts = {(s.language, count.note): count for s in summaries for count in s.extraction}
    notes = {count.note: count.is_loss for summary in summaries for count in summary.extraction}
    rows: list[tuple[str, ...]] = []
    for note in sorted(notes, key=lambda note: not notes[note]):
        cells = [counts.get((summary.language, note)) for summary in summaries]
        texts = [f"{cell.attempts} ({cell.failed})" if cell else "0" for cell in cells]
        rows.append((f"{'lost' if notes[note] else 'changed'}: {note}", *texts))
    if not notes:
        rows.append(("every answer was taken as it was", *["" for _ in summaries]))
    title = "what extraction did to answers: attempts (of these failed on visible tests)"
    return title, ("", *(summary.language for summary in summaries)), rows


def estimate(found: Estimate) -> str:
    """Give the mean in per cent with its interval."""
    if found.low is None or found.high is None:
        return value(found)
    return f"{value(found)} [{100 * found.low:.1f}, {100 * found.high:.1f}]"


def _dollars(cost: float | None) -> str:
    return "unknown" if cost is None else f"{cost:.4f}"


def _known(count: int | None) -> str:
    return "unknown" if count is None else str(count)


def render(all_rows: Iterable[TableRows], width: int = 100) -> str:
    """Draw tables as plain text without colours."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, color_system=None, force_terminal=False, legacy_windows=False, markup=False, emoji=False
    )
    for title, columns, rows in all_rows:
        drawn = Table(
            title=title, title_justify="left", title_style="", box=SIMPLE, pad_edge=False, min_width=len(title)
        )
        for index, name in enumerate(columns):
            drawn.add_column(Text(escape(name)), justify="right" if index else "left", overflow="fold")
        for index, row in enumerate(rows):
            is_last = index + 1 < len(rows) and bool(rows[index + 1][0]) and not all(r[0] for r in rows)
            drawn.add_row(*[Text(escape(text)) for text in row], end_section=is_last)
        console.print(drawn)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip("\n")
