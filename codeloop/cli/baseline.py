"""``codeloop baseline``: runs to compare with, under names, and as small files for git."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from codeloop import baselines
from codeloop.cli.compare import opened_store
from codeloop.cli.files import write_whole
from codeloop.cli.options import say
from codeloop.report.snapshot_text import snapshot_text
from codeloop.report.text import escape
from codeloop.snapshots import write


@click.group("baseline")
def command() -> None:
    """Keep runs to compare with. They hold figures and hashes, and outlive the runs."""


@command.command("set")
@click.argument("name")
@click.argument("run_id", required=False)
def set_(name: str, run_id: str | None) -> None:
    """Keep RUN_ID (default: the newest run) under NAME; an earlier one of that name is replaced."""
    with opened_store() as store:
        snapshot = baselines.snapshot_of(store, store.find_run(run_id).run_id)
        baselines.set_baseline(store, name, snapshot)
    say(f"baseline {name}: run {snapshot.name}, {len(snapshot.draws)} draws")


@command.command("list")
def list_() -> None:
    """List names, the newest last."""
    with opened_store() as store:
        found = sorted(store.list_baselines(), key=lambda each: each.created_s)
    for each in found:
        when = datetime.fromtimestamp(each.created_s, UTC)
        click.echo(f"{escape(each.name)}\trun {escape(each.run_id)}\t{when:%Y-%m-%d %H:%M} UTC")


@command.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Standard output is the baseline's file.")
def show(name: str, *, as_json: bool) -> None:
    """Say what the baseline NAME, or an exported file, was run on and came to."""
    if baselines.is_file(name):
        snapshot = baselines.read_file(Path(name))
    else:
        with opened_store() as store:
            snapshot = baselines.baseline(store, name)
    click.echo(write(snapshot).rstrip("\n") if as_json else snapshot_text(snapshot))


@command.command()
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path))
def export(name: str, file: Path) -> None:
    """Write the baseline NAME to FILE, for git: a line for each draw."""
    with opened_store() as store:
        snapshot = baselines.baseline(store, name)
    write_whole(file, write(snapshot))
    say(f"baseline {name}: {file}")


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Name to keep it under.  [default: the file's]")
def import_(file: Path, name: str) -> None:
    """Keep the baseline that FILE holds."""
    snapshot = baselines.read_file(file)
    with opened_store() as store:
        baselines.set_baseline(store, name or file.stem, snapshot)
    say(f"baseline {name or file.stem}: run {snapshot.facts.run_id}, {len(snapshot.draws)} draws")
