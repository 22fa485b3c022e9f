"""The test stage: run every case; only the language's own closed report can make it pass."""

from __future__ import annotations

import secrets
from dataclasses import replace

from codeloop.attempts import StageReport
from codeloop.commands import CommandResult
from codeloop.languages import Language
from codeloop.sandbox.port import Cell
from codeloop.tasks import Task

_OUTPUT_CHARACTERS = 4000  # of the candidate's own output kept in a report: enough to see, too little to flood


async def test_stage(
    cell: Cell, language: Language, task: Task, code: str, tests: str, artifact: bytes, cpu_s: float
) -> StageReport:
    """Run ``tests`` against compiled ``code`` within ``cpu_s`` seconds of CPU time."""
    nonce = secrets.token_hex(16)
    result = await cell.run(language.test(task, code, tests, artifact, nonce, cpu_s))
    report = language.read_test(result, nonce, code)
    return replace(report, duration_s=result.wall_s, cpu_s=result.cpu_s, limit_s=cpu_s, output=_printed(result))


def _printed(result: CommandResult) -> str:
    return (result.stdout + result.stderr).decode("utf-8", "replace")[:_OUTPUT_CHARACTERS]
