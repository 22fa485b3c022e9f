"""``codeloop sandbox``: look after containers."""

from __future__ import annotations

import anyio
import click


@click.group()
def command() -> None:
    """Look after sandbox containers."""


@command.command()
def clean() -> int:
    """Remove containers whose owner is dead; those of live runs stay."""
    from codeloop.sandbox.docker import DockerSandbox

    async def sweep() -> int:
        return await DockerSandbox("clean").clean()

    count = anyio.run(sweep)
    click.echo(f"{count} container(s) removed")
    return 0
