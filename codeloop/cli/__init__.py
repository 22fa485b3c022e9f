"""The command line: one file per command; this one holds the group, the exit codes and the only broad ``except``."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from importlib import import_module
from importlib.metadata import version
from typing import TextIO

import click

from codeloop import config
from codeloop.cli import defaults
from codeloop.cli.options import say
from codeloop.errors import CodeloopError, DiskFull, EmptySuite, InvalidProject, ReferenceCheckFailed, UsageError
from codeloop.project import WITHOUT_DEFAULTS

OK, GATE, USAGE, INFRASTRUCTURE, REFERENCE, NOTHING_RAN, REVIEW, BUG, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 70, 130

_COMMANDS = (
    "bench",
    "ci",
    "ablate",
    "grade",
    "translate",
    "resume",
    "report",
    "compare",
    "baseline",
    "mutate",
    "grow-tests",
    "export-tests",
    "doctor",
    "setup",
    "sandbox",
    "cache",
    "init",
    "validate",
    "watch",
    "webhooks",
)


class _LazyGroup(click.Group):
    """Import a command's file only when it is asked for: ``--version`` must not wait for a sandbox library."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"codeloop.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if name and command and name not in WITHOUT_DEFAULTS:
            ctx.default_map = {name: defaults.for_command(name, command, config.file_defaults().get(name, {}))}
        return name, command, rest


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(version("codeloop"), prog_name="codeloop")
def cli() -> None:
    """Generate code with a model, check it in sandboxes, feed the findings back, measure what that buys."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit by the table of the README."""
    logging.captureWarnings(True)  # a library's warning may quote a reply; log records are redacted
    code = run(arguments)
    is_printed = _flush(sys.stdout)
    _flush(sys.stderr)
    sys.exit(code if is_printed or code else INFRASTRUCTURE)


def _flush(stream: TextIO) -> bool:
    """Write out what is left; where that fails, let it go: Python would try again at its end and exit with 120."""
    try:
        stream.flush()
    except BrokenPipeError:
        is_flushed = True  # the reader has gone: its right
    except OSError:
        is_flushed = False
    else:
        return True
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
    return is_flushed


def run(arguments: list[str] | None = None) -> int:  # noqa: PLR0911 - one return per kind of ending
    """Run the command line; give the exit code. One line for every expected error, never a traceback."""
    try:
        result = cli.main(arguments, standalone_mode=False)
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as exc:
        exc.show()
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BaseExceptionGroup as group:
        return _report(first_of(group))
    except Exception as exc:  # noqa: BLE001 - the one place where everything ends
        return _report(exc)
    return result if isinstance(result, int) else OK


def first_of(exc: BaseException) -> BaseException:
    """Give the error itself, or the first of a group's."""
    return first_of(exc.exceptions[0]) if isinstance(exc, BaseExceptionGroup) else exc


def code_of(exc: CodeloopError) -> int:
    """Give the exit code of an expected error."""
    if isinstance(exc, ReferenceCheckFailed):
        return REFERENCE
    if isinstance(exc, EmptySuite):
        return NOTHING_RAN
    return USAGE if isinstance(exc, UsageError) else INFRASTRUCTURE


def _report(exc: BaseException) -> int:
    if isinstance(exc, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(exc, OSError) and DiskFull.is_cause(exc):  # any file: standard output, the cache, a temporary one
        exc = DiskFull(exc.filename or "the output")
    if isinstance(exc, CodeloopError):
        for line in exc.lines if isinstance(exc, InvalidProject) else (f"codeloop: {exc}",):
            say(config.redacted(" ".join(line.split())))
        return code_of(exc)
    if isinstance(exc, BrokenPipeError):
        return OK
    say("codeloop: a bug; please report it with what follows")
    click.echo(config.redacted("".join(traceback.format_exception(exc))), err=True, nl=False)
    return BUG
