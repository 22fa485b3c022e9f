"""``codeloop init``: a working example to begin with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from codeloop.cli.files import write_whole
from codeloop.cli.options import say
from codeloop.errors import ConfigError

EXAMPLE = {
    "codeloop.yaml": "codeloop.yaml",
    "tasks.yaml": "tasks.yaml",
    "prompts/first.j2": "prompts/first.j2",
    "cassettes/example.jsonl": "cassettes/example.jsonl",
    "workflow.yml": ".github/workflows/codeloop.yml",
}
"""File of the package to file of the user's folder."""


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
def command(folder: Path, force: bool) -> int:
    """Write an example into FOLDER: codeloop.yaml, two tasks, a prompt, recorded answers, and a workflow for GitHub."""
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder} is no folder: name one")
    there = [target for target in EXAMPLE.values() if (folder / target).exists() or (folder / target).is_symlink()]
    if there and not force:
        raise ConfigError(f"{folder} holds {', '.join(there)} already: name another folder, or overwrite by --force")
    for source, target in EXAMPLE.items():
        write_whole(folder / target, (files("codeloop.project") / "example" / source).read_text("utf-8"))
        say(f"wrote {folder / target}")
    say("next: codeloop ci")
    return 0
