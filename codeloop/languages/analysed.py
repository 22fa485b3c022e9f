"""Analysers: which tools read a program without running it, the one command that runs them all, and what they said.

The command is ``sandboxes/agent/lint.py``, which is in every image. Each tool's output has a reader of its own, written from
real output (``tests/tool_output/``); what a reader does not understand is one ``unparsed`` note, never an empty list.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from codeloop.commands import Command, CommandResult, Limits, Role
from codeloop.diagnostics import Diagnostic, Severity, unparsed
from codeloop.languages import judged
from codeloop.languages.scopes import placed
from codeloop.languages.syntax import Syntax, parse, text_of, to_bytes, to_text, walk

STAGE = "lint"
RUNNER = "/opt/codeloop/agent/lint.py"
_EXTRA_S = 10.0  # the runner's own start and end
_NOT_UNDERSTOOD = (ValueError, KeyError, TypeError, IndexError, AttributeError)
"""What a reader may raise over output of another shape; ``json.JSONDecodeError`` is a ``ValueError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What one analyser wrote, and how it ended: ``exited``, ``signalled``, ``timed_out`` or ``missing``."""

    stdout: str = ""
    stderr: str = ""
    code: int = 0
    ended: str = "exited"
    is_cut: bool = False
    """It wrote more than is kept."""


Read = Callable[[Output, str], tuple[Diagnostic, ...]]
"""Output and the candidate's code to findings; raises ValueError (or stumbles) over what it does not understand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyser:
    """One tool. Its reader need fill neither ``scope``, ``source_line``, ``category`` nor ``tool_version``."""

    name: str
    """As the image's ``analysers.json`` and the rule files call it."""
    argv: tuple[str, ...]
    """It runs in the folder of the files: a file's name is enough; ``{folder}`` and ``{home}`` (empty) are full paths."""
    read: Read
    codes: frozenset[int] = frozenset({0, 1})
    """Exit codes of a run that worked, whether or not it found anything."""
    env: tuple[tuple[str, str], ...] = ()
    limit_s: float = 20.0
    """Wall seconds, and CPU seconds of one process."""


def unsilenced(code: str, syntax: Syntax, directives: re.Pattern[str]) -> str:
    """Take the words out of comments by which a program tells analysers to be silent; every place stays where it is.

    ``directives`` matches the words, in ASCII. For what no option of a tool switches off.
    """
    data = bytearray(to_bytes(code))
    for node in walk(parse(syntax, code)):
        if node.type in syntax.comments:
            text = directives.sub(lambda match: "-" * len(match[0]), text_of(node))
            data[node.start_byte : node.end_byte] = to_bytes(text)
    return to_text(bytes(data))


def command(
    source_name: str,
    code: str,
    analysers: Iterable[Analyser],
    *,
    files: Iterable[tuple[str, str]] = (),
    processes: int = 64,
) -> Command:
    """Build the command that runs ``analysers`` over ``code``; ``files`` (name, text) lie beside it: settings, modules."""
    tools = tuple(analysers)
    written = [(source_name, code), *files]
    job = {
        "files": [[name, base64.b64encode(to_bytes(text)).decode("ascii")] for name, text in written],
        "tools": [{"name": tool.name, "argv": tool.argv, "env": tool.env, "limit_s": tool.limit_s} for tool in tools],
    }
    seconds = sum(tool.limit_s for tool in tools) + _EXTRA_S
    return Command(
        argv=("python3", "-I", RUNNER),
        role=Role.COMPILER,
        channel=json.dumps(job).encode("ascii"),
        limits=Limits(cpu_s=seconds, wall_s=seconds, processes=processes),
    )


def read(result: CommandResult, code: str, analysers: Iterable[Analyser], syntax: Syntax) -> tuple[Diagnostic, ...]:
    """Read what every analyser found, placed in ``code``; a tool that failed in any way is one ``unparsed`` note."""
    lines = judged.read_lines(result.channel)
    found: list[Diagnostic] = []
    for tool in analysers:
        line = next((line for line in lines if line.get("tool") == tool.name), None)
        found += _one(tool, line, code) if line is not None else [_lost(tool, result)]
    return placed(found, code, syntax)


def read_output(tool: Analyser, output: Output, code: str) -> tuple[Diagnostic, ...]:
    """Read one analyser's output, or wrap it in one note."""
    if output.ended != "exited" or output.code not in tool.codes:
        return (_note(tool, f"{output.ended} {output.code}\n{_tail(output)}"),)
    try:
        found = tool.read(output, code)
    except _NOT_UNDERSTOOD:
        return (_note(tool, _tail(output)),)
    return (*found, _note(tool, _tail(output))) if output.is_cut else found


def _one(tool: Analyser, line: dict[str, Any], code: str) -> list[Diagnostic]:
    try:
        output = Output(
            stdout=str(line["stdout"]),
            stderr=str(line["stderr"]),
            code=int(line["code"]),
            ended=str(line["ended"]),
            is_cut=bool(line["is_cut"]),
        )
    except (KeyError, TypeError, ValueError):
        return [_note(tool, str(line))]
    version = str(line.get("version", ""))
    return [replace(item, tool_version=item.tool_version or version) for item in read_output(tool, output, code)]


def _lost(tool: Analyser, result: CommandResult) -> Diagnostic:
    """Say that the runner came to its end before this tool did."""
    stderr = result.stderr.decode("utf-8", "replace")
    return _note(tool, f"the analysers ended early: {judged.ENDS.get(result.end, result.end)} {result.code}\n{stderr}")


def _tail(output: Output) -> str:
    cut = "\n[cut]" if output.is_cut else ""
    return f"{output.stdout}\n{output.stderr}{cut}".strip()


def _note(tool: Analyser, text: str) -> Diagnostic:
    """Make the one finding of a tool that said nothing usable: a note, because the candidate may be sound."""
    return replace(unparsed(STAGE, tool.name, text), severity=Severity.NOTE)
