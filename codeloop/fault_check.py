"""Fault check: before a run, faulty programs must be noticed, or their repair would be a repair of nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import anyio

from codeloop.attempts import Candidate, Status, Verdict
from codeloop.inject import must_not_compile
from codeloop.stages.check import Check
from codeloop.tasks import Task


class LeftOut(StrEnum):
    """Why a faulty program is no part of a run."""

    PASSES = "passes the hidden tests"
    COMPILES = "compiles, which its kind must not"
    ERRORED = "could not be judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFault:
    """A task's faulty program, and what the tests say of it."""

    task: Task
    visible: Verdict
    hidden: Verdict

    @property
    def kinds(self) -> tuple[str, ...]:
        """Name the kinds of the program's faults."""
        return tuple(fault.kind for fault in self.task.faults)

    @property
    def left_out(self) -> LeftOut | None:
        """Say why the program is no benchmark of repairs; ``None`` for one that is."""
        if Status.ERRORED in (self.hidden.status, self.visible.status):
            return LeftOut.ERRORED
        if self.hidden.status is Status.PASSED:
            return LeftOut.PASSES
        compiles = self.hidden.reports[0].status is Status.PASSED
        if compiles and any(must_not_compile(kind, self.task.language) for kind in self.kinds):
            return LeftOut.COMPILES
        return None

    @property
    def finding(self) -> tuple[str, str] | None:
        """Give stage and outcome by which visible tests find the fault; ``None`` where they pass all the same."""
        last = self.visible.last
        return None if self.visible.status is Status.PASSED else (last.stage, last.outcome)


async def check_faults(
    tasks: Sequence[Task], check: Check, on_judged: Callable[[int, int], None] = lambda _done, _all: None
) -> tuple[JudgedFault, ...]:
    """Judge the faulty program of every task that has one, in the order of the tasks. Raises SandboxError.

    ``on_judged`` is told how many are done, and of how many.
    """
    faulty = [task for task in tasks if task.faults]
    judged: dict[str, JudgedFault] = {}

    async def one(task: Task) -> None:
        program = Candidate(code=task.start)
        visible = await check(task, program, task.visible)
        judged[task.id] = JudgedFault(task=task, visible=visible, hidden=await check(task, program, task.hidden))
        on_judged(len(judged), len(faulty))

    async with anyio.create_task_group() as group:
        for task in faulty:
            group.start_soon(one, task)
    return tuple(judged[task.id] for task in faulty)
