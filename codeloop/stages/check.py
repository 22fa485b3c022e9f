"""One check: a candidate and one set of tests, in one cell, stage by stage, cheap before expensive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import anyio

from codeloop.attempts import Candidate, StageReport, Status, Verdict
from codeloop.diagnostics import Diagnostic
from codeloop.languages import get_language
from codeloop.sandbox.port import Sandbox
from codeloop.stages.compile import compile_stage
from codeloop.stages.test import test_stage
from codeloop.tasks import HiddenTests, Task, VisibleTests

Tests = VisibleTests | HiddenTests


class Check(Protocol):
    """Judge one candidate with one set of tests."""

    async def __call__(self, task: Task, candidate: Candidate, tests: Tests) -> Verdict:
        """Give the verdict; raises SandboxError when the machine failed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """The check that everything uses: bench, grade and the reference check."""

    sandbox: Sandbox
    cpu_s: float = 10.0
    """CPU seconds of a test stage: the references of HumanEval-X need less than one on any machine in use."""

    async def __call__(self, task: Task, candidate: Candidate, tests: Tests) -> Verdict:
        """Compile, then test; blank tests stop after compile. An answer without code fails without a cell."""
        if not candidate.code.strip():
            return Verdict(reports=(_no_code(candidate),))
        verdict = await self._once(task, candidate, tests)
        if _was_starved(verdict, self.cpu_s):
            async with _ALONE:
                verdict = await self._once(task, candidate, tests)
        return verdict

    async def _once(self, task: Task, candidate: Candidate, tests: Tests) -> Verdict:
        language = get_language(task.language)
        async with self.sandbox.open(language.name, memory_bytes=language.memory_bytes) as cell:
            compiled = await compile_stage(cell, language, task, candidate.code, tests.code)
            reports = [compiled.report]
            if compiled.report.status is Status.PASSED and tests.code.strip():
                reports.append(
                    await test_stage(cell, language, task, candidate.code, tests.code, compiled.artifact, self.cpu_s)
                )
            return Verdict(reports=tuple(reports), image=cell.image)


_ALONE = anyio.Lock()


def _was_starved(verdict: Verdict, cpu_s: float) -> bool:
    """Say whether the wall backstop ended a program that had used little CPU: a busy machine, perhaps, or a sleeper."""
    return verdict.last.outcome == "wall_timeout" and verdict.last.cpu_s < cpu_s / 4


def _no_code(candidate: Candidate) -> StageReport:
    message = "the answer holds no code: " + (", ".join(candidate.notes) or "empty")
    finding = Diagnostic(stage="compile", tool="codeloop", rule="no-code", message=message)
    return StageReport(stage="compile", status=Status.FAILED, outcome="no_code", diagnostics=(finding,))


__all__ = ["Check", "Checker", "Tests"]
