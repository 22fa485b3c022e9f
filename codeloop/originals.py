"""Originals: what of a C file no compiler takes, found out before anything is asked about the rest.

The grammar knows what parses; that a name is declared, a header there, a function defined anywhere, only clang and a linker
know. One such mistake would keep every function of the file from being compared.
"""

from __future__ import annotations

from codeloop.csource import Unit, read_unit
from codeloop.errors import SandboxUnavailable, SuiteError
from codeloop.languages import get_language
from codeloop.languages.c_rust_tests import IMAGE, NotBuilt, read_build, read_faults, whole_command
from codeloop.sandbox.port import Cell, Sandbox


async def faults_of(name: str, text: str, sandbox: Sandbox) -> dict[int, str]:
    """Give the lines of what clang and the linker refuse, with what they say; empty for a sound file, whose ``name`` is for errors.

    ``read_unit(text, faults)`` leaves the definitions there out, and what is left compiles. Raises SuiteError where a mistake
    has no line in the file, and SandboxError.
    """
    faults: dict[int, str] = {}
    async with sandbox.open(IMAGE, memory_bytes=get_language(IMAGE).memory_bytes) as cell:
        while failed := await _built(cell, read_unit(text, faults)):
            found = {line: said for line, said in read_faults(failed.output).items() if line not in faults}
            if not found:
                raise SuiteError(f"{name}: clang refuses it: {' '.join(failed.output.split())[:500]}")
            faults |= found
    return faults


async def _built(cell: Cell, unit: Unit) -> NotBuilt | None:
    try:
        return read_build(await cell.run(whole_command(unit.text)))
    except ValueError as exc:
        raise SandboxUnavailable(str(exc)) from exc
