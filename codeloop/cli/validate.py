"""``codeloop validate``: every mistake of a ``codeloop.yaml``, each with file, line, key and a suggestion."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from codeloop.cli.options import say
from codeloop.project import NAME


@click.command()
@click.argument("file", default=NAME, type=click.Path(path_type=Path))
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the file instead.")
@click.option("--untrusted", is_flag=True, help="Refuse what a fork's file may not say without codeloop ci --trust.")
def command(file: Path, schema: bool, untrusted: bool) -> int:
    """Check FILE (codeloop.yaml) and what it names; nothing is run.

    Mistakes are listed one a line, and the exit code is 2.
    """
    from codeloop.project import load, problems  # pydantic takes a while

    if schema:
        click.echo(json.dumps(problems.schema(), indent=2))
        return 0
    loaded = load.load(file, command_options(), is_trusted=not untrusted)
    for problem in loaded.warnings:
        say(f"warning: {problem.text(str(file))}")
    project = loaded.project
    counts = {"suite": project.suites, "prompt": project.prompts, "model": project.models, "gate": project.gates}
    shown = ", ".join(f"{len(items)} {name}{'s' * (len(items) != 1)}" for name, items in counts.items())
    click.echo(f"{file}: valid: {shown}, {loaded.n_tasks} tasks read")
    return 0


def command_options() -> dict[str, dict[str, Callable[[Any], str]]]:
    """Give every command's options and what refuses a value, for the project's ``defaults`` to be checked by."""
    from codeloop import cli
    from codeloop.cli.defaults import known_options

    return known_options(cli.cli, cli.cli.list_commands(click.Context(cli.cli)))
