"""Options that several commands share, each with its environment variable."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from codeloop.errors import UnknownName
from codeloop.languages import NAMES
from codeloop.report.text import escape

_F = TypeVar("_F", bound=Callable[..., Any])


def option(flag: str, *arguments: Any, **settings: Any) -> Callable[[_F], _F]:
    """Make an option whose variable is ``CODELOOP_`` and the flag's name."""
    name = flag.lstrip("-").replace("-", "_").upper()
    settings.setdefault("show_default", True)
    decorator: Callable[[_F], _F] = click.option(flag, *arguments, envvar=f"CODELOOP_{name}", **settings)
    return decorator


def languages(value: str) -> tuple[str, ...]:
    """Read a comma-separated list of languages. Raises UnknownName."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in value.split(",") if name.strip()))
    for name in names:
        if name not in NAMES:
            raise UnknownName("language", name, NAMES)
    return names


def say(text: str) -> None:
    """Print a progress line to standard error: standard output belongs to the result. Task ids and errors may be hostile."""
    click.echo(escape(text), err=True)


def default_jobs() -> int:
    """Give the number of cores this process may use: a cell uses about one."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 2)
