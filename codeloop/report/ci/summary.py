"""Summary: the outcome, why, and the figures behind it, for a job summary, a comment or a terminal.

A comment on GitHub holds 65,536 characters, a job summary 1 MiB for each step: the whole text stays below the smaller, so that
both can show the same. What matters most stands first; what does not fit is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from codeloop.changes import Changes, Flip
from codeloop.ci.results import WORDS, CiResult, CiRun, Judged
from codeloop.report import markdown, terminal
from codeloop.report.terminal import TableRows
from codeloop.report.text import escape
from codeloop.snapshots import pass_at_1, sum_known

MAX_CHARS = 60_000
"""Below GitHub's 65,536 for a comment: an action may put a line of its own on top."""
_ROOM = 100
"""For the line that says how much was cut."""
_MOST = 25  # of flips, problems and prompts: all of them are in results.json


def headline(result: CiResult) -> str:
    """Say in one line what came of it."""
    partial = " (partial results)" if result.is_partial else ""
    return f"codeloop: {WORDS[result.exit_code]}{partial}"


def as_markdown(result: CiResult) -> str:
    """Give GitHub-flavoured Markdown of at most ``MAX_CHARS`` characters."""
    parts = [f"# {markdown.cell(headline(result))}"]
    parts += [markdown.table(*rows).replace("---:", "---", _texts(rows)) for rows in tables(result)]
    parts += [_listed(title, lines) for title, lines in lists(result)]
    parts.append("Page with every step: `report.html`; data: `results.json`.")
    return _within("\n\n".join(parts), MAX_CHARS)


def as_text(result: CiResult) -> str:
    """Give the same for a terminal."""
    parts = [escape(headline(result)), "\n".join(escape(judged.text) for judged in result.gates)]
    parts += [terminal.render([rows]) for rows in tables(result)][bool(result.gates) :]
    parts += ["\n".join([title, *(f"  {escape(line)}" for line in lines)]) for title, lines in lists(result)]
    return "\n\n".join(filter(None, parts))


def tables(result: CiResult) -> Iterator[TableRows]:
    """Give gates, runs, and what moved against baselines."""
    if result.gates:
        yield "gates", ("outcome", "gate", "run", "why"), [_gate_row(judged) for judged in result.gates]
    yield "runs: pass@1 on hidden tests, % [95 % interval]", _COLUMNS, [_run_row(run) for run in result.runs]
    for label, changes in result.compared:
        yield _curve(label, changes)


def lists(result: CiResult) -> Iterator[tuple[str, list[str]]]:
    """Give what a person reads line by line, each list under its title; none is empty."""
    told = (
        ("What went wrong", _problems(result)),
        ("Lost against the baseline", _flips(result, is_won=False)),
        ("Won against the baseline", _flips(result, is_won=True)),
        ("Otherwise than the baseline", _otherwise(result)),
    )
    for title, lines in told:
        shown = lines[:_MOST] + ([f"… and {len(lines) - _MOST} more: results.json"] if len(lines) > _MOST else [])
        if shown:
            yield title, shown


_COLUMNS = ("run", "model", "tasks", "draws", "first answer", "at the end", "errored", "cost, $", "time, s")


def _gate_row(judged: Judged) -> tuple[str, ...]:
    return str(judged.result.outcome), judged.result.gate.name, judged.label or "–", judged.result.why


def _run_row(run: CiRun) -> tuple[str, ...]:
    draws = run.snapshot.draws if run.snapshot else ()
    cost = sum_known([draw.cost_usd for draw in draws])
    counted = str(len(draws)) if not run.is_partial else f"{len(draws)} of {run.n_expected or 'unknown'}"
    return (
        run.label,
        run.snapshot.facts.model.partition("@")[0] if run.snapshot else run.model,
        str(len({draw.task_id for draw in draws})),
        counted,
        terminal.estimate(pass_at_1(draws, 0)),
        terminal.estimate(pass_at_1(draws)),
        str(sum(draw.is_errored for draw in draws)),
        "unknown" if cost is None else f"{cost:.4f}",
        f"{sum(draw.model_s + draw.check_s for draw in draws):.0f}",
    )


def _curve(label: str, changes: Changes) -> TableRows:
    rows: list[tuple[str, ...]] = []
    for at in changes.curve:
        found = at.change
        name = "end" if at.iteration is None else str(at.iteration)
        moved = "–" if found.value is None else f"{100 * found.value:+.1f}"
        interval = (
            "" if found.low is None or found.high is None else f" [{100 * found.low:+.1f}, {100 * found.high:+.1f}]"
        )
        counts = f"{found.n_won} / {found.n_lost}"
        rows.append((name, terminal.value(at.before), terminal.value(at.after), moved + interval, counts))
    title = f"{label} beside {changes.before.name}, {changes.end.change.n_pairs} pairs: pass@1 by repair, %"
    return title, ("repairs", "before", "after", "change [95 %]", "won / lost"), rows


def _problems(result: CiResult) -> list[str]:
    lines = [f"{run.label}: {run.problem}" for run in result.runs if run.problem]
    for run in result.runs:
        if run.is_partial and run.n_expected is not None:
            lines.append(f"{run.label}: partial: {run.n_recorded} of {run.n_expected} trajectories are recorded")
        if run.unrecorded:
            lines.append(f"{run.label}: the cassette lacks {len(run.unrecorded)} prompts: record it again")
        lines += [
            f"{run.label}: no recording: {each.task_id or 'a task'}: {each.template}, draw {each.draw}, iteration {each.iteration}, digest {each.digest[:12]}"
            for each in run.unrecorded
        ]
    return [*lines, *result.trouble]


def _flips(result: CiResult, *, is_won: bool) -> list[str]:
    several = len(result.compared) > 1
    told: Callable[[str, Flip], str] = lambda label, flip: (  # noqa: E731 - two lines that read as one
        f"{label + ': ' if several else ''}{flip.task_id} draw {flip.draw}" + (f": {flip.error}" if flip.error else "")
    )
    return [told(label, flip) for label, changes in result.compared for flip in changes.flips if flip.is_won is is_won]


def _otherwise(result: CiResult) -> list[str]:
    return [
        f"{label}: {each.what}: {each.before} → {each.after}"
        for label, changes in result.compared
        for each in (*changes.otherwise, *changes.noted)
    ]


def _texts(rows: TableRows) -> int:
    """Count the columns behind the first that hold words and are aligned left: all of the gates'."""
    return len(rows[1]) if rows[0] == "gates" else 0


def _listed(title: str, lines: Iterable[str]) -> str:
    return f"**{markdown.cell(title)}**\n\n" + "\n".join(f"- {markdown.cell(line)}" for line in lines)


def _within(text: str, limit: int) -> str:
    """Cut at a line's end: half a row would break the table. What says so fits in, too."""
    if len(text) < limit:
        return text + "\n"
    kept = text[: limit - _ROOM].rpartition("\n")[0]
    return f"{kept}\n\n… cut: {len(text) - len(kept)} characters more are in results.json\n"
