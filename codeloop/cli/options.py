"""Options that several commands share, each with its environment variable."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
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


def budget_options(command: _F) -> _F:
    """Add the three bounds of what a run may spend."""
    bounds = (
        option("--budget-tokens", type=click.IntRange(min=0), help="Stop calling the model at this many tokens."),
        option("--budget-cost", type=click.FloatRange(min=0), help="Stop calling the model at this cost, US dollars."),
        option("--budget-s", type=click.FloatRange(min=0), help="Stop calling the model after this many seconds."),
    )
    for bound in reversed(bounds):
        command = bound(command)
    return command


def sandbox_options(command: _F) -> _F:
    """Add how checks are kept apart."""
    kinds = click.Choice(["cell", "container"])
    chosen = (
        option("--isolation", type=kinds, default="cell", help="Warm containers, or a container for each check."),
        option(
            "--runtime",
            default="",
            help="Container runtime, such as runsc.  [default: the engine's]",
            show_default=False,
        ),
    )
    for each in reversed(chosen):
        command = each(command)
    return command


def languages(value: str) -> tuple[str, ...]:
    """Read a comma-separated list of languages. Raises UnknownName."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in value.split(",") if name.strip()))
    for name in names:
        if name not in NAMES:
            raise UnknownName("language", name, NAMES)
    return names


def say(text: str) -> None:
    """Print a progress line to standard error: standard output belongs to the result. Untrusted text cannot act."""
    with suppress(OSError):  # a log on a full disk, a closed pipe: no reason to end a run
        click.echo(escape(text), err=True)


def default_jobs() -> int:
    """Give the number of cores this process may use: a cell uses about one."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 2)
