"""Options out of ``defaults`` of ``codeloop.yaml``: named as flags are, and refused where a command has no such option."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from codeloop.errors import UnknownName


def for_command(name: str, command: click.Command, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give what click takes as a command's defaults. Raises UnknownName for an option that it has not."""
    if isinstance(command, click.Group):  # its commands' own
        return dict(given)
    known = names_of(command)
    found = {}
    for option, value in given.items():
        if _plain(option) not in known:
            raise UnknownName(f"option of {name} under 'defaults' of codeloop.yaml", option, sorted(known))
        found[known[_plain(option)]] = value
    return found


def names_of(command: click.Command) -> dict[str, str]:
    """Give the names that a file may use for options and arguments, each with click's own."""
    found: dict[str, str] = {}
    for parameter in command.params:
        if parameter.name:
            found |= {_plain(flag): parameter.name for flag in parameter.opts}
    return found


def known_options(group: click.Group, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give the commands and their options' names, with those spellings that ``for_command`` takes."""
    context = click.Context(group)
    commands = {name: group.get_command(context, name) for name in names}
    return {
        name: tuple(command.commands) if isinstance(command, click.Group) else tuple(names_of(command))
        for name, command in commands.items()
        if command is not None
    }


def _plain(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_")
