"""``codeloop report``: a run, or one trajectory of it, from the store alone."""

from __future__ import annotations

import json
from pathlib import Path

import click

from codeloop import config
from codeloop.cli.files import write_whole
from codeloop.cli.options import words
from codeloop.errors import UnknownName
from codeloop.report.run_report import RunReport
from codeloop.report.trajectory_text import trajectory_text
from codeloop.slices import SLICES
from codeloop.store import Store


@click.command()
@click.argument("run_id", required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json", "junit", "sarif", "html"]), default="text"
)
@click.option("--task", "task_id", default="", help="Tell one task's trajectories step by step.")
@click.option("--prompts", "with_prompts", is_flag=True, help="With --task: every message that was sent, too.")
@click.option(
    "--by", default="", help=f"Tables of pass@1 by {', '.join(SLICES)}, or a name of its metadata, comma-separated."
)
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file.")
def command(run_id: str | None, form: str, task_id: str, by: str, *, with_prompts: bool, out: Path | None) -> int:
    """Report on RUN_ID (default: the newest run) as far as it got; needs neither Docker nor a model."""
    store = Store.open(config.store_url())
    try:
        report = RunReport.from_store(store, store.find_run(run_id).run_id, words(by))
    finally:
        store.close()
    text = _story(report, task_id, with_prompts=with_prompts) if task_id else _written(report, form)
    if out:
        write_whole(out, text + "\n")
    else:
        click.echo(text)
    return 0


def _written(report: RunReport, form: str) -> str:
    if form == "json":
        return json.dumps(report.as_json(), indent=1)
    forms = {
        "text": report.as_text,
        "markdown": report.as_markdown,
        "junit": report.as_junit,
        "sarif": report.as_sarif,
        "html": report.as_html,
    }
    return forms[form]()


def _story(report: RunReport, task_id: str, *, with_prompts: bool) -> str:
    mine = [t for t in report.trajectories if t.task_id == task_id]
    if not mine:
        raise UnknownName("task of this run", task_id, dict.fromkeys(t.task_id for t in report.trajectories))
    return "\n\n".join(trajectory_text(trajectory, with_prompts=with_prompts) for trajectory in mine)
