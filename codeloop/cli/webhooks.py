"""``codeloop webhooks``: what was delivered, and whether a project's addresses can be reached."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from codeloop.cli.compare import opened_store
from codeloop.cli.options import say
from codeloop.errors import ConfigError
from codeloop.events import Event, EventName, Try
from codeloop.project import NAME
from codeloop.report.text import escape
from codeloop.urls import shown


@click.group("webhooks")
def command() -> None:
    """See what was told to a project's webhooks, and try them."""


@command.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Newest tries to show.")
@click.option("--json", "as_json", is_flag=True, help="Standard output is a list of JSON objects.")
def list_(limit: int, *, as_json: bool) -> None:
    """List the tries to deliver events, the newest last."""
    with opened_store() as store:
        tries = store.tries(limit)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in tries], indent=1))
        return
    for each in tries:
        click.echo(_line(each))
    if not tries:
        say("no webhook has been told of anything")


@command.command()
@click.argument("file", default=NAME, type=click.Path(path_type=Path))
@click.option("--trust", is_flag=True, help="Let FILE name webhooks, images, endpoints and files outside its folder.")
def test(file: Path, *, trust: bool) -> int:
    """Send the event `ping` to every webhook of FILE (codeloop.yaml); exit status 3 where one does not take it."""
    from codeloop.cli.telling import tell
    from codeloop.cli.validate import command_options
    from codeloop.project import load  # pydantic takes a while

    webhooks = load.load(file, command_options(), is_trusted=trust).project.webhooks
    if not webhooks:
        raise ConfigError(f"{file} has no webhooks: add some, such as 'webhooks: [{{url: https://example.org/hook}}]'")
    ping = Event(name=EventName.PING, created_s=time.time(), codeloop=version("codeloop"))
    # A webhook need not ask for it: the user does.
    everyone = [entry.model_copy(update={"events": (EventName.PING,)}) for entry in webhooks]
    with opened_store() as store:
        failures = tell(everyone, [ping], store)
    _say_delivered([shown(entry.url) for entry in webhooks], failures)
    return 3 if failures else 0


def _say_delivered(urls: Sequence[str], failures: Sequence[str]) -> None:
    for url in urls:
        if not any(line.startswith(f"webhook {url}:") for line in failures):
            say(f"webhook {url}: ping delivered")


def _line(tried: Try) -> str:
    when = datetime.fromtimestamp(tried.began_s, UTC)
    came = tried.error or f"HTTP {tried.status}"
    parts = (
        f"{when:%Y-%m-%d %H:%M:%S} UTC",
        tried.event,
        tried.url,
        f"try {tried.number}",
        f"{tried.took_s:.2f} s",
        came,
    )
    return "\t".join(map(escape, (*parts, tried.delivery)))
