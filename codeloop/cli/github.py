"""GitHub's workflow commands: annotations and a job summary within its limits, and no commands by anybody else.

Source: docs.github.com, "Workflow commands for GitHub Actions": ten annotations of a kind for each step, and a summary of 1 MiB.
A log line that begins with ``::`` is a command, whoever wrote it: a task's text could be one. ``::stop-commands::TOKEN`` switches
them off until ``::TOKEN::``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from codeloop.ci.results import CiResult, Judged
from codeloop.gates import Outcome
from codeloop.report.text import escape

MOST = 10
"""Annotations of a kind that GitHub shows for a step."""


@contextmanager
def commands_stopped() -> Iterator[None]:
    """Let nothing that is printed meanwhile be taken for a command."""
    token = secrets.token_hex(16)
    click.echo(f"::stop-commands::{token}", err=True)
    try:
        yield
    finally:
        click.echo(f"::{token}::", err=True)


def annotated(result: CiResult) -> tuple[str, ...]:
    """Give the commands: an error for each gate not met and each run that broke, a warning for each doubt; the last counts the rest."""
    errors = [_at_gate("error", judged.line, result.project, judged.text) for judged in result.gates if _is_bad(judged)]
    errors += [
        _command("error", {"title": "codeloop"}, f"{run.label}: {run.problem}") for run in result.runs if run.problem
    ]
    warnings = [
        _at_gate("warning", judged.line, result.project, judged.text)
        for judged in result.gates
        if judged.result.outcome is Outcome.CANNOT_TELL
    ]
    for run in result.runs:
        if run.unrecorded:
            text = f"{run.label}: the cassette lacks {len(run.unrecorded)} prompts: record it again"
            warnings.append(_command("warning", {"title": "codeloop"}, text))
    warnings += [_command("warning", {"title": "codeloop"}, text) for text in result.trouble]
    return (*_within("error", errors), *_within("warning", warnings))


def append_summary(path: Path, markdown: str) -> None:
    """Add to the job summary. Raises OSError."""
    with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(markdown + "\n")


def _is_bad(judged: Judged) -> bool:
    return not judged.result.is_met and judged.result.outcome is not Outcome.CANNOT_TELL


def _at_gate(kind: str, line: int | None, file: str, text: str) -> str:
    place = {"file": file, "line": str(line)} if line else {"file": file}
    return _command(kind, {**place, "title": "codeloop gate"}, text)


def _command(kind: str, properties: dict[str, str], text: str) -> str:
    named = ",".join(f"{name}={_encoded(value, ':,')}" for name, value in properties.items())
    return f"::{kind} {named}::{_encoded(text)}"


def _encoded(text: str, more: str = "") -> str:
    shown = escape(text).replace("%", "%25")
    for character in more:
        shown = shown.replace(character, f"%{ord(character):02X}")
    return shown


def _within(kind: str, commands: list[str]) -> list[str]:
    if len(commands) <= MOST:
        return commands
    rest = f"{len(commands) - MOST + 1} more: the job's summary lists all"
    return [*commands[: MOST - 1], _command(kind, {"title": "codeloop"}, rest)]
