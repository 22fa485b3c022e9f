"""Trial: written tests run on programs, each test by itself, though they share compiles and processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from codeloop.attempts import CaseStatus, Status, Verdict
from codeloop.errors import SandboxUnavailable
from codeloop.mutation.results import MutationReport
from codeloop.stages.mutate import MutationSettings
from codeloop.suites.files import tests_of
from codeloop.tasks import Task


class Bed(Protocol):
    """What runs tests and mutants: ``stages.check.Checker``, or a fake."""

    async def run(self, task: Task, code: str, tests: str) -> Verdict:
        """Compile ``code`` and run ``tests``; raises SandboxError when the machine failed."""
        ...

    async def mutate(self, task: Task, code: str, tests: str, settings: MutationSettings) -> MutationReport:
        """Judge the mutants of ``code``, which passes ``tests``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Runs tests of one task."""

    task: Task
    bed: Bed

    async def results(self, code: str, conditions: Sequence[str]) -> Mapping[str, bool | None]:
        """Say of each test whether it passes on ``code``; ``None``: it does not compile with it.

        One that ends the process has failed, and those behind it are run without it.
        """
        found: dict[str, bool | None] = {}
        left = list(conditions)
        while left:
            verdict = await self.bed.run(self.task, code, tests_of(self.task.language, left))
            if verdict.last.stage == "compile":  # for a suite's own tests the machine's fault, for written ones theirs
                return {**found, **await self._apart(code, left)}
            if verdict.status is Status.ERRORED:
                raise SandboxUnavailable(f"written tests could not be run: {verdict.last.outcome}")
            ended = self._ended(left, verdict)
            found |= ended
            left = [each for each in left if each not in ended]
        return found

    async def _apart(self, code: str, conditions: list[str]) -> Mapping[str, bool | None]:
        """Halve what does not compile until the tests that it is due to stand alone."""
        if len(conditions) == 1:
            return {conditions[0]: None}
        middle = len(conditions) // 2
        return {**await self.results(code, conditions[:middle]), **await self.results(code, conditions[middle:])}

    def _ended(self, conditions: list[str], verdict: Verdict) -> Mapping[str, bool | None]:
        """Read the results of those that ran; at least one, so that every turn gets on.

        Of several that do not report one by one the first is given up: which is to blame cannot be seen.
        """
        cases = verdict.last.cases
        if len(cases) != len(conditions):
            return {conditions[0]: verdict.status is Status.PASSED if len(conditions) == 1 else None}
        ran = {
            condition: case.status is CaseStatus.PASSED
            for condition, case in zip(conditions, cases, strict=True)
            if case.status is not CaseStatus.NOT_RUN
        }
        return ran or {conditions[0]: False}

    async def passing(self, code: str, conditions: Sequence[str]) -> frozenset[str]:
        """Give the tests that pass on ``code``."""
        return frozenset(condition for condition, passes in (await self.results(code, conditions)).items() if passes)


__all__ = ["Bed", "Trial"]
