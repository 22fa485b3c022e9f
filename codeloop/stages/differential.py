"""Differential: a translation from C to Rust, or a variant of the C, compared with its original outside of a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codeloop.bridge import Entry, texts_between
from codeloop.commands import Command, CommandResult, End
from codeloop.csource import Unit
from codeloop.errors import SandboxUnavailable
from codeloop.languages.c_rust_comparison import Comparison, read_comparison
from codeloop.languages.c_rust_tests import (
    Budget,
    NotBuilt,
    build_command,
    build_twins_command,
    fuzz_command,
    read_build,
)
from codeloop.sandbox.port import Cell


async def compare(
    cell: Cell,
    unit: Unit,
    entries: Sequence[Entry],
    rust: str,
    budget: Budget | None = None,
    corpus: Sequence[bytes] = (),
) -> Comparison | NotBuilt:
    """Build a translation and fuzz it against its original. Raises SandboxUnavailable."""
    return await _compared(cell, build_command(texts_between(unit, entries), rust), budget, corpus)


async def compare_originals(
    cell: Cell, texts: Mapping[str, str], variant: str, budget: Budget | None = None
) -> Comparison | NotBuilt:
    """Build a variant of the C and fuzz it against the C: the variant is what findings are about. Raises SandboxUnavailable.

    ``texts``: those of ``bridge.texts_between``. A variant that is undefined on an input on which the original is not has
    ``panicked``.
    """
    return await _compared(cell, build_twins_command({**texts, "variant.c": variant}), budget, ())


async def _compared(
    cell: Cell, build: Command, budget: Budget | None, corpus: Sequence[bytes]
) -> Comparison | NotBuilt:
    try:
        failed = read_build(await cell.run(build))
    except ValueError as exc:
        raise SandboxUnavailable(str(exc)) from exc
    if failed:
        return failed
    answer = read_comparison(_said(await cell.run(fuzz_command(budget or Budget(), corpus))))
    if answer.trouble:
        raise SandboxUnavailable(answer.trouble)
    return answer


def _said(result: CommandResult) -> str:
    if result.end is not End.EXITED or result.code:
        said = result.stderr.decode("utf-8", "replace")[-2000:]
        raise SandboxUnavailable(f"the fuzzer ended otherwise than expected: {result.end} {result.code} {said}")
    return result.stdout.decode("utf-8", "replace")
