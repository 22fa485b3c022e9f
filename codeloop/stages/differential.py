"""Differential: a Rust translation is built with its C original, and both are given the same inputs by a fuzzer.

The compiler's user builds; the candidate's user runs what was built. What a check of the same original has found worth
keeping is replayed first: ``corpus``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from codeloop.bridge import Entry, calls_header, driver_source, layer_source, shim_source
from codeloop.bridge.comparison import Comparison, read_comparison
from codeloop.commands import Command, CommandResult, End, Limits, Role
from codeloop.csource import Unit
from codeloop.errors import SandboxUnavailable
from codeloop.sandbox.port import Cell

IMAGE = "c-rust"
MEMORY_BYTES = 2 * 1024**3
"""The linker and rustc side by side; ASan's shadow is not touched where no memory is."""
_PROGRAMS = "/opt/codeloop/c_rust"
_BUILD_LIMITS = Limits(cpu_s=120, wall_s=300, output_bytes=1 << 20, file_bytes=64 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How long is searched for a difference: until either bound."""

    runs: int = 300_000
    """Two seconds for scalars on one core; a wrong translation of `c-basics` takes less than a tenth."""
    seconds: float = 20.0
    seed: int = 1
    max_len: int = 512
    """Bytes of one input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBuilt:
    """What could not be compiled. ``step``: ``candidate``, ``layer`` (the translation's declarations are not the
    contract's), ``original``, ``driver`` or ``link``.
    """

    step: str
    output: str

    @property
    def is_candidates(self) -> bool:
        """Say whether the translation is at fault."""
        return self.step in ("candidate", "layer")


def build_command(unit: Unit, entries: Sequence[Entry], rust: str) -> Command:
    """Build the fuzzer, and C alone for what of it is reached and for what it never wrote."""
    texts = {
        "original.c": unit.text,
        "calls.h": calls_header(unit, entries),
        "shim.c": shim_source(unit, entries),
        "driver.c": driver_source(unit, entries),
        "layer.rs": layer_source(unit, entries),
        "candidate.rs": rust,
    }
    return Command(
        argv=("python3", "-I", "-B", f"{_PROGRAMS}/build.py", "fuzz", "memory", "reach"),
        role=Role.COMPILER,
        files=tuple((path, text.encode("utf-8", "surrogatepass")) for path, text in texts.items()),
        limits=_BUILD_LIMITS,
    )


def fuzz_command(budget: Budget, corpus: Sequence[bytes] = ()) -> Command:
    """Fuzz what was built in the same cell."""
    bounds: dict[str, object] = {
        "seed": budget.seed,
        "runs": budget.runs,
        "seconds": budget.seconds,
        "max_len": budget.max_len,
    }
    settings: dict[str, object] = bounds | {"corpus": [each.hex() for each in corpus]}
    return Command(
        argv=("python3", "-I", "-B", f"{_PROGRAMS}/fuzz.py", "{compiled}", "settings.json"),
        files=(("settings.json", json.dumps(settings).encode()),),
        limits=Limits(cpu_s=60 + 4 * budget.seconds, wall_s=60 + 4 * budget.seconds, output_bytes=4 << 20),
    )


async def compare(
    cell: Cell,
    unit: Unit,
    entries: Sequence[Entry],
    rust: str,
    budget: Budget | None = None,
    corpus: Sequence[bytes] = (),
) -> Comparison | NotBuilt:
    """Build a translation and fuzz it against its original. Raises SandboxUnavailable."""
    built = _said(await cell.run(build_command(unit, entries, rust)), "the build")
    if failed := json.loads(built)["failed"]:
        return NotBuilt(step=failed["step"], output=failed["output"])
    answer = read_comparison(_said(await cell.run(fuzz_command(budget or Budget(), corpus)), "the fuzzer"))
    if answer.trouble:
        raise SandboxUnavailable(answer.trouble)
    return answer


def _said(result: CommandResult, who: str) -> str:
    if result.end is not End.EXITED or result.code:
        said = result.stderr.decode("utf-8", "replace")[-2000:]
        raise SandboxUnavailable(f"{who} ended otherwise than expected: {result.end} {result.code} {said}")
    return result.stdout.decode("utf-8", "replace")
