"""One check: a candidate and one set of tests, in one cell, stage by stage, cheap before expensive."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from codeloop.attempts import Candidate, StageReport, Status, Verdict
from codeloop.diagnostics import Diagnostic
from codeloop.languages import get_language
from codeloop.mutation.results import MutationReport
from codeloop.sandbox.port import Sandbox
from codeloop.stages.compile import compile_stage
from codeloop.stages.lint import LintSettings, given_findings, lint_stage
from codeloop.stages.mutate import MutationSettings, mutate_stage
from codeloop.stages.mutation_findings import stage_report
from codeloop.stages.test import test_stage
from codeloop.stages.turnstile import Turnstile
from codeloop.stages.vacuity import vacuous_cases
from codeloop.tasks import HiddenTests, Task, VisibleTests

Tests = VisibleTests | HiddenTests


class Check(Protocol):
    """Judge one candidate with one set of tests."""

    async def __call__(self, task: Task, candidate: Candidate, tests: Tests) -> Verdict:
        """Give the verdict; raises SandboxError when the machine failed."""
        ...


LIMIT_FACTOR = 10.0
"""A candidate may use this many times the reference's CPU seconds: enough for another algorithm, too little for a worse class."""

_REFERENCE_CPU_S = 120.0  # of a reference that is measured: past it the host is too slow for any verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """The check that everything uses: bench, grade and the reference check.

    The limit of a test stage is CPU time: ``cpu_s``, or ``LIMIT_FACTOR`` times what the task's reference needs on this
    host where that is more. The reference is measured only when a candidate meets the lower limit, once per task and set
    of tests: who passes within ``cpu_s`` passes within any higher limit, so the verdicts are those of measuring it first.
    """

    sandbox: Sandbox
    cpu_s: float = 10.0
    """CPU seconds of a test stage: the references of HumanEval-X need less than one on any machine in use."""
    lint: LintSettings | None = None
    """How visible checks that passed are analysed; ``None``: not at all."""
    mutation: MutationSettings | None = None
    """How much of the programs that passed visible tests is mutated; ``None``: nothing."""
    _turnstile: Turnstile = field(default_factory=Turnstile, repr=False)
    _vacuous: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _limits: dict[tuple[str, str], float] = field(default_factory=dict, repr=False)
    _given: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    async def __call__(self, task: Task, candidate: Candidate, tests: Tests) -> Verdict:
        """Compile, test, lint, mutate; blank tests are not run, hidden ones not followed by lint or mutation.

        An answer without code fails without a cell.
        """
        if not candidate.code.strip():
            return Verdict(reports=(_no_code(candidate),))
        verdict = await self._judged(task, candidate, tests)
        if not isinstance(tests, VisibleTests):
            return verdict
        if verdict.last.cases:
            verdict = _marked(verdict, await self._vacuous_cases(task))
        if self.lint is not None and verdict.status is Status.PASSED:
            verdict = await self._linted(task, candidate.code, verdict, self.lint)
        if self.mutation is not None and verdict.status is Status.PASSED and verdict.cases:
            report = stage_report(await self.mutate(task, candidate.code, tests.code, self.mutation))
            verdict = replace(verdict, reports=(*verdict.reports, report))
        return verdict

    async def run(self, task: Task, code: str, tests: str) -> Verdict:
        """Compile ``code`` and run written ``tests``; no vacuity, no lint. Raises SandboxError when the machine failed."""
        return await self._at_limit(task, code, VisibleTests(code=tests), self.cpu_s)

    async def mutate(self, task: Task, code: str, tests: str, settings: MutationSettings) -> MutationReport:
        """Judge the mutants of ``code``, which passes ``tests``; raises SandboxError when the machine failed."""
        language = get_language(task.language)
        async with (
            self._turnstile.together(),
            self.sandbox.open(language.name, memory_bytes=language.memory_bytes) as cell,
        ):
            return await mutate_stage(cell, language, task, code, tests, self.cpu_s, settings)

    async def _linted(self, task: Task, code: str, verdict: Verdict, settings: LintSettings) -> Verdict:
        """Add what analysers find; nothing where the language has none."""
        language = get_language(task.language)
        if not language.analysers:
            return verdict
        async with (
            self._turnstile.together(),
            self.sandbox.open(language.name, memory_bytes=language.memory_bytes) as cell,
        ):
            if task.digest not in self._given:
                self._given[task.digest] = await given_findings(cell, language, task)
            report = await lint_stage(cell, language, task, code, settings, self._given[task.digest])
        return replace(verdict, reports=(*verdict.reports, report))

    async def _vacuous_cases(self, task: Task) -> frozenset[str]:
        if task.digest not in self._vacuous:
            async with self._turnstile.together():
                self._vacuous[task.digest] = await vacuous_cases(task, self.sandbox, self.cpu_s)
        return self._vacuous[task.digest]

    async def _judged(self, task: Task, candidate: Candidate, tests: Tests) -> Verdict:
        limit = self._limits.get((task.digest, tests.code), self.cpu_s)
        verdict = await self._at_limit(task, candidate.code, tests, limit)
        if verdict.last.outcome == "timeout" and (calibrated := await self._calibrate(task, tests)) > limit:
            verdict = await self._at_limit(task, candidate.code, tests, calibrated)
        return verdict

    async def _calibrate(self, task: Task, tests: Tests) -> float:
        """Give the limit for a task's tests, measuring its reference if that has not been done."""
        key = (task.digest, tests.code)
        if key not in self._limits:
            used = 0.0
            if task.reference.strip():
                measured = await self._at_limit(task, task.prompt + task.reference, tests, _REFERENCE_CPU_S)
                used = measured.last.cpu_s if measured.status is Status.PASSED else 0.0
            self._limits[key] = max(self.cpu_s, LIMIT_FACTOR * used)
        return self._limits[key]

    async def _at_limit(self, task: Task, code: str, tests: Tests, cpu_s: float) -> Verdict:
        """Check once; once more, alone, where the wall backstop ended a program that had hardly run."""
        async with self._turnstile.together():
            verdict = await self._once(task, code, tests, cpu_s)
        if _was_starved(verdict, cpu_s):
            async with self._turnstile.alone():
                verdict = await self._once(task, code, tests, cpu_s)
        return verdict

    async def _once(self, task: Task, code: str, tests: Tests, cpu_s: float) -> Verdict:
        language = get_language(task.language)
        async with self.sandbox.open(language.name, memory_bytes=language.memory_bytes) as cell:
            compiled = await compile_stage(cell, language, task, code, tests.code)
            reports = [compiled.report]
            if compiled.report.status is Status.PASSED and tests.code.strip():
                reports.append(await test_stage(cell, language, task, code, tests.code, compiled.artifact, cpu_s))
            return Verdict(reports=tuple(reports), image=cell.image)


def _marked(verdict: Verdict, vacuous: frozenset[str]) -> Verdict:
    """Mark the cases of the deciding report that are evidence of nothing."""
    if not vacuous:
        return verdict
    cases = tuple(replace(case, is_vacuous=case.name in vacuous) for case in verdict.last.cases)
    last = replace(verdict.last, cases=cases)
    return replace(verdict, reports=tuple(last if report is verdict.last else report for report in verdict.reports))


def _was_starved(verdict: Verdict, cpu_s: float) -> bool:
    """Say whether the wall backstop ended a program that had used little CPU: a busy machine, perhaps, or a sleeper."""
    return verdict.last.outcome == "wall_timeout" and verdict.last.cpu_s < cpu_s / 4


def _no_code(candidate: Candidate) -> StageReport:
    message = "the answer holds no code: " + (", ".join(candidate.notes) or "empty")
    finding = Diagnostic(stage="compile", tool="codeloop", rule="no-code", message=message)
    return StageReport(stage="compile", status=Status.FAILED, outcome="no_code", diagnostics=(finding,))


__all__ = ["LIMIT_FACTOR", "Check", "Checker", "Tests"]
