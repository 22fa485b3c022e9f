"""The test stage: run every case; only the language's own closed report can make it pass."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

from codeloop.attempts import StageReport
from codeloop.commands import Command, CommandResult
from codeloop.languages import Language
from codeloop.sandbox.port import Cell
from codeloop.tasks import Task

_OUTPUT_CHARACTERS = 4000  # of the candidate's own output kept in a report: enough to see, too little to flood


async def test_stage(
    cell: Cell, language: Language, task: Task, code: str, tests: str, artifact: bytes, cpu_s: float
) -> StageReport:
    """Run ``tests`` against compiled ``code`` within ``cpu_s`` seconds of CPU time."""
    report, _ = await run_tests(cell, language, task, code, tests, artifact, cpu_s)
    return report


async def run_tests(
    cell: Cell,
    language: Language,
    task: Task,
    code: str,
    tests: str,
    artifact: bytes,
    cpu_s: float,
    told: Callable[[Command], Command] = lambda command: command,
) -> tuple[StageReport, CommandResult]:
    """Run ``tests`` as the test stage does, and give what became of the process too; ``told`` may add to the command."""
    nonce = secrets.token_hex(16)
    result = await cell.run(told(language.test(task, code, tests, artifact, nonce, cpu_s)))
    report = language.read_test(result, nonce, code)
    report = replace(report, duration_s=result.wall_s, cpu_s=result.cpu_s, limit_s=cpu_s, output=_printed(result))
    return report, result


def _printed(result: CommandResult) -> str:
    return (result.stdout + result.stderr).decode("utf-8", "replace")[:_OUTPUT_CHARACTERS]
