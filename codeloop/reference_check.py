"""Reference check: before a run, right programs must pass and wrong ones must fail, or no verdict can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import anyio

from codeloop.attempts import Candidate, Status, Verdict
from codeloop.languages import get_language
from codeloop.languages.c_rust_tests import IMAGE
from codeloop.stages.check import Check
from codeloop.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistrust:
    """One reason not to trust the verdicts of a task."""

    task_id: str
    reason: str


async def check_references(tasks: Sequence[Task], check: Check, *, errata: frozenset[str]) -> tuple[Mistrust, ...]:
    """Check the reference (hidden and visible tests) and a known-bad program of every task.

    Tasks without a reference and errata tasks are left out; of a translation without one it is seen that its original and its
    tests can be built, which are the user's. A known-bad program must compile and fail in the test stage.
    Raises SandboxError.
    """
    found: list[Mistrust] = []
    async with anyio.create_task_group() as group:
        for task in tasks:
            if task.reference.strip() and task.id not in errata:
                group.start_soon(_check_one, task, check, found)
            elif task.language == IMAGE and task.id not in errata:
                group.start_soon(_check_built, task, check, found)
    return tuple(sorted(found, key=lambda item: item.task_id))


async def _check_one(task: Task, check: Check, found: list[Mistrust]) -> None:
    right = Candidate(code=task.prompt + task.reference)
    wrong = Candidate(code=get_language(task.language).stub(task).code)
    for name, tests in (("hidden", task.hidden), ("visible", task.visible)):
        verdict = await check(task, right, tests)
        if verdict.status is not Status.PASSED:
            found.append(Mistrust(task_id=task.id, reason=f"the reference fails its {name} tests: {_why(verdict)}"))
    verdict = await check(task, wrong, task.hidden)
    if verdict.status is Status.PASSED:
        found.append(Mistrust(task_id=task.id, reason="a known-bad program passes the hidden tests"))
    elif verdict.last.stage != "test":
        found.append(Mistrust(task_id=task.id, reason=f"a known-bad program does not compile: {_why(verdict)}"))


async def _check_built(task: Task, check: Check, found: list[Mistrust]) -> None:
    stub = Candidate(code=get_language(task.language).stub(task).code)
    verdict = await check(task, stub, task.visible)
    if verdict.last.status is Status.ERRORED:
        found.append(Mistrust(task_id=task.id, reason=f"its tests cannot be built: {_why(verdict)}"))


def _why(verdict: Verdict) -> str:
    report = verdict.last
    message = report.diagnostics[0].message if report.diagnostics else ""
    return f"{report.stage}: {report.outcome} {message}".strip()[:200]
