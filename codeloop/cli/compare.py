"""``codeloop compare``: two runs, baselines or exported files beside each other, from the store alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from codeloop import baselines, config
from codeloop.changes import changes
from codeloop.cli.files import write_whole
from codeloop.cli.options import words
from codeloop.gates import Outcome, judge_all, overall, parse_gate
from codeloop.report.change_report import ChangeReport
from codeloop.slices import SLICES
from codeloop.snapshots import Snapshot
from codeloop.store import Store

EXIT_CODES = {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.CANNOT_TELL: 6}
"""By what came of all gates together."""


@click.command()
@click.argument("before")
@click.argument("after")
@click.option(
    "--by", default="", help=f"Slices, comma-separated: {', '.join(SLICES)}, or a name of the runs' metadata."
)
@click.option(
    "--gate",
    "gates",
    multiple=True,
    help="What AFTER must reach: max_regression=2, pass@1>=0.8, cost_usd<=2, seconds<=600, errored<=0.05, mutation_score>=0.7. "
    "Fields may follow: :language=java:tag=parsing:iteration=0:strict. May be given again.",
)
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file.")
def command(
    before: str, after: str, by: str, gates: tuple[str, ...], form: str, *, as_json: bool, out: Path | None
) -> int:
    """Say what AFTER does otherwise than BEFORE: run ids, names of baselines, or exported files (NAME.json).

    Runs nothing. With --gate, exit status 0: met, 1: not met, 6: cannot tell, a person must look; also 6 where no pair has a verdict.
    """
    wanted = [parse_gate(text) for text in gates]
    first, second = _both(before, after)
    found = changes(first, second, by=words(by))
    report = ChangeReport(changes=found, gates=judge_all(wanted, second, first))
    text = _written(report, "json" if as_json else form)
    if out:
        write_whole(out, text.rstrip("\n") + "\n")
    else:
        click.echo(text)
    outcome = overall(report.gates)
    has_pairs = found.end.change.n_pairs > 0
    return EXIT_CODES[outcome if has_pairs or outcome is Outcome.FAILED else Outcome.CANNOT_TELL]


@contextmanager
def opened_store() -> Iterator[Store]:
    """Open the store and close it."""
    store = Store.open(config.store_url())
    try:
        yield store
    finally:
        store.close()


def _both(before: str, after: str) -> tuple[Snapshot, Snapshot]:
    """Read both; the store is opened only where one of them is in it."""
    if baselines.is_file(before) and baselines.is_file(after):
        return baselines.read_file(Path(before)), baselines.read_file(Path(after))
    with opened_store() as store:
        first, second = (
            baselines.read_file(Path(name)) if baselines.is_file(name) else baselines.find(store, name)
            for name in (before, after)
        )
    return first, second


def _written(report: ChangeReport, form: str) -> str:
    if form == "json":
        return json.dumps(report.as_json(), indent=1)
    return report.as_markdown() if form == "markdown" else report.as_text()
