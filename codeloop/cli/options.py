"""Options that several commands share, each with its environment variable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from codeloop.cli import noted
from codeloop.errors import ConfigError, UnknownName
from codeloop.languages import NAMES, PREPARABLE
from codeloop.languages.rules import parse
from codeloop.policies import PRESETS
from codeloop.prompts import own
from codeloop.report.text import escape
from codeloop.sandbox.port import Guarantee

_F = TypeVar("_F", bound=Callable[..., Any])


def option(flag: str, *arguments: Any, **settings: Any) -> Callable[[_F], _F]:
    """Make an option whose variable is ``CODELOOP_`` and the flag's name."""
    name = flag.lstrip("-").replace("-", "_").upper()
    settings.setdefault("show_default", True)
    decorator: Callable[[_F], _F] = click.option(flag, *arguments, envvar=f"CODELOOP_{name}", **settings)
    return decorator


def run_options(command: _F) -> _F:
    """Add what is run: tasks, model, draws, cells."""
    chosen = (
        option("--lang", default="python,java", help="Languages, comma-separated."),
        option("--model", default="local", help="local, local:1.5b, replay:CASSETTE, or a litellm string."),
        option("--api-base", default="", help="Endpoint of an OpenAI-compatible server."),
        option("--draws", type=click.IntRange(min=1), default=1, help="Independent trajectories per task."),
        option("--k", "ks", default="1", help="k of pass@k, comma-separated; needs at least k draws."),
        option("--limit", type=click.IntRange(min=1), help="Tasks per language: a fixed stratified choice."),
        option("--tasks", default="", help="Task ids, comma-separated, instead of a choice."),
        option("--seed", type=int, default=0, help="Seed of sampling and of the choice."),
        option("--jobs", type=click.IntRange(min=1), default=default_jobs, help="Cells at once."),
        option(
            "--tag",
            "tags",
            multiple=True,
            callback=noted.tags,
            help="A word that every task of the run carries, to slice by. May be given again.",
            show_default=False,
        ),
        option(
            "--metadata",
            multiple=True,
            callback=noted.metadata,
            help="NAME=VALUE that stands with the run in every report. May be given again.",
            show_default=False,
        ),
        sandbox_options,
        option(
            "--images",
            default="",
            callback=lambda _context, _parameter, value: own_images(value),
            help="LANGUAGE=IMAGE, comma-separated: Docker images of your own, built FROM codeloop's.",
            show_default=False,
        ),
        option(
            "--lint-rules",
            default="",
            callback=lambda _context, _parameter, value: lint_rules(value),
            help="LANGUAGE=FILE, comma-separated: what analysers' findings are about, asked before codeloop's own rules.",
            show_default=False,
        ),
    )
    for each in reversed(chosen):
        command = each(command)
    return command


def lint_rules(value: str | Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    """Read the files of ``LANGUAGE=FILE``: language, name, text. Raises UnknownName, ConfigError."""
    found = []
    for part in words(value) if isinstance(value, str) else value:
        name, _, path = part.partition("=")
        language = name.strip().lower()
        if not path or not language:
            raise ConfigError(f"--lint-rules {part!r}: give LANGUAGE=FILE, such as python=my.yaml")
        languages(language)
        try:
            text = Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as exc:
            raise ConfigError(f"rule file {path}: {exc}") from exc
        parse(text, Path(path).name)
        found.append((language, Path(path).name, text))
    return tuple(found)


def own_images(value: str | Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Read ``LANGUAGE=IMAGE``, comma-separated. Raises UnknownName, ConfigError."""
    found: dict[str, str] = {}
    for part in words(value) if isinstance(value, str) else value:
        language, _, image = (side.strip() for side in part.partition("="))
        if not image or not language or language in found:
            raise ConfigError(f"--images {part!r}: give each LANGUAGE=IMAGE once, such as python=ours/python:3")
        languages(language)
        found[language] = image
    return tuple(found.items())


def own_prompt(value: str | Iterable[str]) -> tuple[str, ...]:
    """Read a template's file: its name and its text; nothing of ``""``. Raises ConfigError."""
    if not isinstance(value, str) or not value:
        return ()
    from codeloop.project.reading import text_of

    path = Path(value)
    template = own.parse(path.stem, text_of(path), str(path))
    return (template.name, template.text)


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


def perturb_option(command: _F) -> _F:
    """Add how many ways each original is put in."""
    text = (
        "Show the model so many behaviour-preserving rewrites of each C original too: draws and restarts go round them."
    )
    return option("--perturb", type=click.IntRange(min=0, max=32), default=0, help=text)(command)


def policy_help() -> str:
    """Say what ``--policy`` takes: each preset with its line."""
    lines = "; ".join(f"{name}: {text}" for name, (_, text) in PRESETS.items())
    return f"How the loop goes on: {lines}. Fields may follow: default:plan=restart:temperatures=0.2+0.8:repairs=5."


def sandbox_option(command: _F) -> _F:
    """Add where checks run."""
    kinds = click.Choice(["auto", "docker", "bubblewrap"])
    text = "Where checks run; auto: Docker where an engine answers or can be started, else bubblewrap."
    return option("--sandbox", type=kinds, default="auto", help=text)(command)


def sandbox_options(command: _F) -> _F:
    """Add where checks run, and how they are kept apart."""
    kinds = click.Choice(["cell", "container"])
    chosen = (
        sandbox_option,
        option("--isolation", type=kinds, default="cell", help="Warm containers, or a container for each check."),
        option(
            "--runtime",
            default="",
            help="Container runtime, such as runsc.  [default: the engine's]",
            show_default=False,
        ),
        option(
            "--allow-weak",
            default="",
            callback=lambda _context, _parameter, value: guarantees(value),
            help="What the sandbox need not enforce: memory, pids, cpu, disk, comma-separated.",
            show_default=False,
        ),
    )
    for each in reversed(chosen):
        command = each(command)
    return command


def guarantees(value: str | Iterable[str]) -> tuple[str, ...]:
    """Read a comma-separated list of guarantees; from the configuration file also a list. Raises UnknownName."""
    parts = value.split(",") if isinstance(value, str) else value
    names = tuple(dict.fromkeys(name.strip().lower() for name in parts if name.strip()))
    for name in names:
        if name not in set(Guarantee):
            raise UnknownName("guarantee", name, Guarantee)
    return names


def words(value: str) -> tuple[str, ...]:
    """Read a comma-separated list."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def languages(value: str, known: tuple[str, ...] = NAMES) -> tuple[str, ...]:
    """Read a comma-separated list of languages. Raises UnknownName."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in value.split(",") if name.strip()))
    for name in names:
        if name not in known:
            raise UnknownName("language", name, known)
    return names


def preparable(value: str) -> tuple[str, ...]:
    """Read a list of what has an image, translations (``c-rust``) included. Raises UnknownName."""
    return languages(value, PREPARABLE)


def say(text: str) -> None:
    """Print a progress line to standard error: standard output belongs to the result. Untrusted text cannot act."""
    with suppress(OSError):  # a log on a full disk, a closed pipe: no reason to end a run
        click.echo(escape(text), err=True)


def default_jobs() -> int:
    """Give the number of cores this process may use: a cell uses about one."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 2)
