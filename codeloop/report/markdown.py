"""Markdown: a run for a pull request or a job summary, GitHub's flavour."""

from __future__ import annotations

from collections.abc import Sequence

from codeloop.attempts import Trajectory
from codeloop.metrics import Summary
from codeloop.report import terminal
from codeloop.report.text import escape

_MAX_ROWS = 500  # a job summary holds 1 MiB; a row needs a few hundred bytes


def run(
    *,
    title: str,
    summaries: Sequence[Summary],
    trajectories: Sequence[Trajectory],
    notes: Sequence[str],
    more: Sequence[terminal.TableRows] = (),
) -> str:
    """Give the whole page, with the tables of ``more`` after the others. Untrusted text is escaped for Markdown and HTML."""
    parts = [f"# {cell(title)}"]
    parts += [table(headline, columns, rows) for headline, columns, rows in terminal.tables(summaries)]
    parts += [table(*rows) for rows in (terminal.outcome_rows(trajectories), *more)]
    parts.append("\n".join(f"- {cell(note)}" for note in notes))
    parts.append(_trajectories(trajectories))
    return "\n\n".join(parts) + "\n"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Give one table under its title; the first column is text, the others are numbers."""
    rule = ["---"] + ["---:"] * (len(columns) - 1)
    lines = [[cell(name) for name in columns], rule, *([cell(text) for text in row] for row in rows)]
    return f"**{cell(title)}**\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """Show text as it is: no HTML, no Markdown, no link, no mention, on one line."""
    text = escape(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = "".join(f"\\{c}" if c in r"\`*_{}[]()#+!|~$" else c for c in text)
    return text.replace("@", "@\N{ZERO WIDTH NON-JOINER}").replace("://", ":\N{ZERO WIDTH NON-JOINER}//")


def _trajectories(trajectories: Sequence[Trajectory]) -> str:
    rows = [_row(trajectory) for trajectory in trajectories[:_MAX_ROWS]]
    left = len(trajectories) - len(rows)
    title = f"trajectories{f' (the first {_MAX_ROWS}; {left} left out)' if left else ''}"
    columns = ("task", "draw", "ending", "attempts: visible outcome → hidden")
    text = table(title, columns, rows).replace("---:", "---")
    return f"<details><summary>{len(trajectories)} trajectories</summary>\n\n{text}\n\n</details>"


def _row(trajectory: Trajectory) -> tuple[str, str, str, str]:
    steps = []
    for attempt in trajectory.attempts:
        hidden = trajectory.hidden[attempt.iteration] if attempt.iteration < len(trajectory.hidden) else None
        steps.append(f"{attempt.verdict.last.outcome} → {hidden.last.outcome if hidden else '–'}")
    return trajectory.task_id, str(trajectory.draw), str(trajectory.ending), "; ".join(steps)
