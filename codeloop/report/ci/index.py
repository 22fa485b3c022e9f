"""Index: the page over the pages of several runs. Plain markup, no script; nothing of the runs is markup in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as escaped
from importlib.resources import files
from urllib.parse import quote

from codeloop.ci.results import CiResult
from codeloop.gates import Outcome
from codeloop.report.ci import summary
from codeloop.report.html.words import mood
from codeloop.report.text import escape

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{parts}
</main>
</body>
</html>
"""


def index(result: CiResult) -> str:
    """Give the gates, a row for each run with a link to its page, and what went wrong."""
    links = [_link(run.label, is_there=run.snapshot is not None) for run in result.runs]
    parts = [_table(*rows) for rows in summary.tables(result)]
    parts += [_list(title, lines) for title, lines in summary.lists(result)]
    pages = f"<h2>Pages</h2>\n<ul>\n{chr(10).join(links)}\n</ul>" if links else ""
    style = (files("codeloop.report.html") / "assets" / "page.css").read_text("utf-8")
    return _PAGE.format(title=_shown(summary.headline(result)), style=style, parts="\n".join([pages, *parts]))


def _link(label: str, *, is_there: bool) -> str:
    if not is_there:
        return f"<li>{_shown(label)}: nothing was recorded</li>"
    return f'<li><a href="runs/{quote(label)}/report.html">{_shown(label)}</a></li>'


def _table(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{_shown(name)}</th>' for name in columns)
    has_outcomes = title == "gates"
    body = "\n".join(
        f"<tr>{_outcome(row[0]) if has_outcomes else _cells(row[:1])}{_cells(row[1:])}</tr>" for row in rows
    )
    table = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    kind = ' class="gates"' if has_outcomes else ""
    region = f'<div class="scroll" tabindex="0" role="region" aria-label="{_shown(title)}">'
    return f"<h2>{_shown(title)}</h2>\n{region}<table{kind}>\n{table}</div>"


def _cells(texts: Sequence[str]) -> str:
    return "".join(f"<td>{_shown(text)}</td>" for text in texts)


def _outcome(text: str) -> str:
    return f'<td class="verdict {mood(Outcome(text))}">{_shown(text)}</td>'


def _list(title: str, lines: list[str]) -> str:
    items = "\n".join(f"<li>{_shown(line)}</li>" for line in lines)
    return f"<h2>{_shown(title)}</h2>\n<ul>\n{items}\n</ul>"


def _shown(text: str) -> str:
    return escaped(escape(text))
