"""The compile stage: is it a program, and can the tests call it? Nothing of the candidate is executed."""

from __future__ import annotations

from dataclasses import replace

from codeloop.languages import Compiled, Language
from codeloop.sandbox.port import Cell
from codeloop.tasks import Task


async def compile_stage(cell: Cell, language: Language, task: Task, code: str, tests: str) -> Compiled:
    """Compile ``code``, and ``tests`` against it."""
    result = await cell.run(language.compile(task, code, tests))
    compiled = language.read_compile(result, code, tests)
    report = replace(compiled.report, duration_s=result.wall_s, cpu_s=result.cpu_s)
    return replace(compiled, report=report)
