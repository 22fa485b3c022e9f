"""Page: one HTML string that needs nothing else. Nothing of the run is markup in it, and nothing else may run in it.

Data of the run stands in script blocks of no executable type, deflated and in base64, and reaches the document through
``textContent`` alone. A policy in the page allows the scripts and the style by their hashes and nothing else: no network.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from typing import Any

from codeloop.attempts import Trajectory
from codeloop.report.html import about, figures, glossary
from codeloop.report.html.about import RunData
from codeloop.report.html.steps import steps
from codeloop.report.html.texts import LADDER, Limits, Lines, pack, shown

MAX_BYTES = 3_000_000
_TOGETHER = 10
"""Trajectories that share a block, and with it their lines: all draws of a task, or a few tasks; a block opens at once."""
_SCRIPTS = ("dom.js", "charts.js", "overview.js", "table.js", "code.js", "checks.js", "trajectory.js", "main.js")
_STYLES = ("uPlot.css", "page.css")


def page(run: RunData) -> str:
    """Give the page, cut until it is below ``MAX_BYTES`` where that is possible."""
    text = ""
    for step, limits in enumerate(LADDER):
        text = _page(run, limits, _cut_note(step))
        if len(text.encode()) < MAX_BYTES:
            break
    return text


def _page(run: RunData, limits: Limits, cut_note: str) -> str:
    blocks, rows = _blocks(run, limits)
    overview = {
        "run_id": shown(run.run_id),
        "about": about.rows(run),
        "warnings": about.warnings(run, cut_note),
        "errata": [[shown(text) for text in pair] for pair in run.errata],
        "totals": _totals(run),
        "curves": figures.curves(run.summaries),
        "funnel": figures.funnel(run.trajectories),
        "transitions": figures.transitions(run.trajectories),
        "spending": figures.spending(run.trajectories),
        "tables": [_table(*table) for table in run.more_tables],
        "rows": rows,
    }
    data = [f'<script type="application/octet-stream" id="data">{pack(overview)}</script>']
    data += [f'<script type="application/octet-stream" id="block-{n}">{b}</script>' for n, b in enumerate(blocks)]
    style = "\n".join(_asset(name) for name in _STYLES)
    scripts = [_asset("uPlot.js"), _program()]
    filled = {
        "title": _escaped(f"{run.run_id} · codeloop"),
        "policy": _policy(scripts, style),
        "style": style,
        "glossary": _glossary(),
        "licence": _escaped_lines(_asset("uPlot.LICENSE")),
        "data": "\n".join(data),
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    head, *parts = _asset("page.html").split("{{")
    return head + "".join(filled[name] + rest for name, _, rest in (part.partition("}}") for part in parts))


def _blocks(run: RunData, limits: Limits) -> tuple[list[str], list[dict[str, Any]]]:
    """Give the packed steps of all trajectories, and their rows, which say in which block and where each stands."""
    blocks, rows, tags = [], [], about.tags(run)
    for number, together in enumerate(_together(run.trajectories)):
        lines = Lines()
        content = [steps(trajectory, lines, limits) for trajectory in together]
        blocks.append(pack({"lines": lines.shown, "trajectories": content}))
        for place, trajectory in enumerate(together):
            row = figures.row(trajectory, int(run.settings["max_iterations"]), tags)
            rows.append(row | {"block": number, "place": place})
    return blocks, rows


def _together(trajectories: Sequence[Trajectory]) -> Iterator[list[Trajectory]]:
    """Give the trajectories by task, never fewer than ``_TOGETHER`` but at the end."""
    tasks: dict[str, list[Trajectory]] = {}
    for trajectory in trajectories:
        tasks.setdefault(trajectory.task_id, []).append(trajectory)
    waiting: list[Trajectory] = []
    for mine in tasks.values():
        waiting += mine
        if len(waiting) >= _TOGETHER:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _totals(run: RunData) -> dict[str, Any]:
    total = run.summaries[-1]
    counts = ("tasks", "draws", "attempts", "errored", "unscored", "out_of_budget", "solved", "stalled")
    sums = ("prompt_tokens", "completion_tokens", "cost_usd", "model_s")
    return {name: getattr(total, name) for name in (*counts, *sums)}


def _table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> dict[str, Any]:
    cells = [[shown(cell) for cell in row] for row in rows]
    return {"title": shown(title), "columns": [shown(name) for name in columns], "rows": cells}


def _cut_note(step: int) -> str:
    if not step:
        return ""
    cut = LADDER[step]
    return (
        f"So that this file stays small, messages are cut to {cut.message:,} characters, programs to {cut.code:,}, values to "
        f"{cut.value:,}, and at most {cut.n_cases} cases of a check are shown; the store has all."
    )


def _glossary() -> str:
    """Give the glossary as definition lists: it is our own text."""
    parts = []
    for title, terms in glossary.GROUPS:
        entries = "".join(
            f'<div id="g-{_escaped(key)}"><dt>{_escaped(term.label)}</dt><dd>{_escaped(term.text)}</dd></div>\n'
            for key, term in terms.items()
        )
        parts.append(f"<section><h3>{_escaped(title)}</h3>\n<dl>\n{entries}</dl></section>")
    return "\n".join(parts)


def _program() -> str:
    program = "\n".join(_asset(name) for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{program}\n}})();\n'


def _policy(scripts: Iterable[str], style: str) -> str:
    """Give the content security policy: what runs is what stands here."""
    allowed = " ".join(f"'sha256-{_sha256(script)}'" for script in scripts)
    rules = ("default-src 'none'", f"script-src {allowed}", f"style-src 'sha256-{_sha256(style)}'")
    return "; ".join((*rules, "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"))


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _escaped(text: str) -> str:
    return html.escape(shown(text.replace("\n", " "))).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _escaped_lines(text: str) -> str:
    return "\n".join(_escaped(line) for line in text.split("\n"))


def _asset(name: str) -> str:
    return files("codeloop.report.html").joinpath("assets", name).read_text("utf-8").strip("\n")
