"""Options out of ``defaults`` of ``codeloop.yaml``: named as flags are, and refused where a command has no such option."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import click

from codeloop.errors import UnknownName

_PLAIN_TYPES = (type(click.INT), type(click.FLOAT), type(click.BOOL), click.IntRange, click.FloatRange, click.Choice)


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


def known_options(group: click.Group, names: Iterable[str]) -> dict[str, dict[str, Callable[[Any], str]]]:
    """Give the commands and their options' names, with those spellings that ``for_command`` takes, and what refuses a value."""
    context = click.Context(group)
    commands = {name: group.get_command(context, name) for name in names}
    return {name: _options(command) for name, command in commands.items() if command is not None}


def _options(command: click.Command) -> dict[str, Callable[[Any], str]]:
    if isinstance(command, click.Group):  # what stands below its commands is not looked at
        return dict.fromkeys(command.commands, _takes_all)
    parameters = {parameter.name: parameter for parameter in command.params}
    return {name: partial(_refusal, parameters[own]) for name, own in names_of(command).items()}


def _takes_all(_: Any) -> str:
    return ""


def _refusal(parameter: click.Parameter, value: Any) -> str:
    """Say why click would not take a value; empty where it does, or where that depends on the folder or on other values."""
    if value is None or not isinstance(parameter.type, _PLAIN_TYPES):
        return ""
    try:
        parameter.type_cast_value(click.Context(click.Command(None)), value)
    except click.BadParameter as exc:
        return exc.message.removesuffix(".")
    except TypeError:  # a list where one number belongs
        return f"{value!r} is not a valid {parameter.type.name}"
    return ""


def _plain(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_")
