"""``codeloop sandbox``: look after containers."""

from __future__ import annotations

import click


@click.group()
def command() -> None:
    """Look after sandbox containers."""


@command.command()
def clean() -> int:
    """Remove containers whose owner is dead; those of live runs stay."""
    from codeloop.sandbox import owner

    click.echo(f"{owner.clean()} container(s) removed")
    return 0
