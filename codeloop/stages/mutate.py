"""The mutation stage: compile all mutants of a program once, and run the tests on each that they can reach."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from codeloop.attempts import CaseStatus, StageReport, Status
from codeloop.commands import Command, CommandResult
from codeloop.diagnostics import Severity
from codeloop.languages import Language, ManyMutants
from codeloop.languages.port import FIRST_FAILURE_VARIABLE, OUT_OF_FUEL
from codeloop.mutation.guards import FUEL_VARIABLE, MARK, MUTANT_VARIABLE, read_traces
from codeloop.mutation.mutants import Mutant, find_mutants, mutated
from codeloop.mutation.operators import Operator
from codeloop.mutation.program import Program
from codeloop.mutation.results import MutantResult, MutantStatus, MutationReport
from codeloop.mutation.schemata import Schemata, render, without
from codeloop.sandbox.port import Cell
from codeloop.stages.compile import compile_stage
from codeloop.stages.test import run_tests
from codeloop.tasks import Task

_ROUNDS = 5  # compiles of the schemata: past it, what the compiler still refuses takes compiles of its own
_MIN_FUEL = 100_000
_FACTOR = 10  # of the original's steps, and of its seconds for what burns no fuel, such as one call without an end
_MIN_CPU_S = 1.0
_LATE = frozenset({"timeout", "wall_timeout", OUT_OF_FUEL})


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationSettings:
    """What is mutated and how much of it: ``max_mutants`` are drawn by ``seed``; ``max_s`` seconds end the run."""

    operators: frozenset[Operator] = frozenset(Operator)
    max_mutants: int | None = None
    only: frozenset[int] | None = None
    """Ids of mutants that are asked for; ``None``: all."""
    max_s: float | None = None
    max_alone: int = 10
    """Mutants that may take a compile of their own; the rest of them is not run."""
    seed: int = 0
    names_all: bool = False
    """Whether a mutant's run goes on after its first failing case, so that ``killed_by`` names every one."""
    has_schemata: bool = True
    """Whether one program holds all; without, each mutant is compiled alone (and ``max_alone`` does not count)."""


async def mutate_stage(
    cell: Cell, language: Language, task: Task, code: str, tests: str, cpu_s: float, settings: MutationSettings
) -> MutationReport:
    """Judge every mutant of ``code``, which has passed ``tests``. Raises SandboxError when the machine failed."""
    return await _Run(cell, language, task, code, tests, cpu_s, settings).report()


@dataclass(slots=True)
class _Run:
    cell: Cell
    language: Language
    task: Task
    code: str
    tests: str
    cpu_s: float
    settings: MutationSettings
    rounds: int = 0
    is_equivalent: bool = True
    compile_s: float = 0.0
    run_s: float = 0.0
    fuel: int = 0
    notes: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    async def report(self) -> MutationReport:
        found = find_mutants(self.language.name, self.code, self.settings.operators)
        only = self.settings.only
        chosen = self._sample(tuple(each for each in found.all if only is None or each.id in only))
        results: dict[int, MutantResult] = {}
        if self.settings.has_schemata and chosen:
            async for result in self._together(chosen):
                results[result.mutant.id] = result
        alone = [mutant for mutant in chosen if mutant.id not in results]
        async for result in self._each_alone(alone):
            results[result.mutant.id] = result
        return MutationReport(
            results=tuple(results[mutant.id] for mutant in chosen),
            n_found=len(found),
            left_out=found.left_out,
            seed=self.settings.seed,
            rounds=self.rounds,
            is_equivalent=self.is_equivalent,
            compile_s=self.compile_s,
            run_s=self.run_s,
            notes=tuple(self.notes),
        )

    def _sample(self, mutants: tuple[Mutant, ...]) -> tuple[Mutant, ...]:
        wanted = self.settings.max_mutants
        if wanted is None or wanted >= len(mutants):
            return mutants
        drawn = random.Random(self.settings.seed).sample(range(len(mutants)), wanted)  # noqa: S311 - no secret
        return tuple(mutants[index] for index in sorted(drawn))

    async def _together(self, mutants: tuple[Mutant, ...]) -> AsyncIterator[MutantResult]:
        """Judge what one program holds; yields nothing about what the compiler refuses in it."""
        compiled = await self._schemata(mutants)
        if compiled is None:
            return
        schemata, artifact = compiled
        held = [mutant for mutant in mutants if mutant.id in schemata.mutants]
        reached = await self._rehearse(schemata, artifact)
        if reached is None:
            return
        asked = [mutant for mutant in held if mutant.id in reached]
        many = await self._many(schemata.code, artifact, asked) if isinstance(self.language, ManyMutants) else {}
        for mutant in held:
            if mutant.id not in reached:
                yield MutantResult(mutant=mutant, status=MutantStatus.NO_COVERAGE)
            elif mutant.id in many:
                yield many[mutant.id]
            elif self._is_over():
                yield MutantResult(mutant=mutant, status=MutantStatus.NOT_RUN)
            else:
                report, result = await self._run(schemata.code, artifact, mutant.id)
                yield _judged(mutant, report, result.stderr, is_alone=False)

    async def _many(self, code: str, artifact: bytes, mutants: list[Mutant]) -> dict[int, MutantResult]:
        """Judge many in one process; the one that ends it is left to a process of its own, and the next ones follow."""
        language = self.language
        found: dict[int, MutantResult] = {}
        left = {mutant.id: mutant for mutant in mutants}
        while left and isinstance(language, ManyMutants) and not self._is_over():
            reports, result = await self._in_one(language, code, artifact, tuple(left))
            for number, report in reports.items():
                each = replace(report, duration_s=result.wall_s / len(left))
                found[number] = _judged(left[number], each, b"", is_alone=False)
            left = {number: mutant for number, mutant in left.items() if number not in found}
            left.pop(next(iter(left), 0), None)
        return found

    async def _in_one(
        self, language: ManyMutants, code: str, artifact: bytes, numbers: tuple[int, ...]
    ) -> tuple[dict[int, StageReport], CommandResult]:
        nonce = secrets.token_hex(16)
        command = language.test_mutants(self.task, code, self.tests, artifact, nonce, self.cpu_s, numbers)
        result = await self.cell.run(self._told(command, 0))
        self.run_s += result.wall_s
        return language.read_mutants(result, nonce, code), result

    def _told(self, command: Command, number: int) -> Command:
        ends = "0" if self.settings.names_all else "1"
        chosen = ((MUTANT_VARIABLE, str(number)), (FUEL_VARIABLE, str(self.fuel)), (FIRST_FAILURE_VARIABLE, ends))
        peer = command.peer and replace(command.peer, env=(*command.peer.env, *chosen))
        return replace(command, env=(*command.env, *chosen), peer=peer)

    async def _schemata(self, mutants: tuple[Mutant, ...]) -> tuple[Schemata, bytes] | None:
        """Compile them, each time without those that the compiler names; ``None`` where it takes none of it."""
        program = Program(self.language.name, self.code)
        left = mutants
        for _ in range(_ROUNDS):
            try:
                schemata = render(program, left)
            except RecursionError:
                self.notes.append("the program nests too deeply for schemata")
                return None
            self.rounds += 1
            compiled = await compile_stage(self.cell, self.language, self.task, schemata.code, self.tests)
            self.compile_s += compiled.report.duration_s
            if compiled.report.status is Status.PASSED:
                return schemata, compiled.artifact
            blamed = _blamed(schemata, compiled.report)
            if not blamed:
                self.notes.append(f"the compiler refuses the schemata: {_said(compiled.report)}")
                return None
            left = without(left, blamed)
            if not left:
                break
        self.notes.append(f"the compiler refuses the schemata after {self.rounds} rounds")
        return None

    async def _rehearse(self, schemata: Schemata, artifact: bytes) -> frozenset[int] | None:
        """Run without a mutant, which must pass and says what is reached, and with all guards closed, which must fail."""
        report, result, forced = await self._originals(schemata.code, artifact)
        if report.status is not Status.PASSED:
            self.is_equivalent = False
            self.notes.append(
                f"with every switch off the schemata fail: {report.outcome}; each mutant is compiled alone"
            )
            return None
        traces = read_traces(result.stderr)
        self.fuel = max(_MIN_FUEL, _FACTOR * 2 * traces.steps)  # it took up to twice as many as its last line says
        self.cpu_s = min(self.cpu_s, _MIN_CPU_S + _FACTOR * result.cpu_s)
        if not traces.reached:
            return traces.reached
        if forced is None:
            forced, _ = await self._run(schemata.code, artifact, -1)
        if forced.status is Status.PASSED:
            self.is_equivalent = False
            self.notes.append("the guards are not asked; each mutant is compiled alone")
            return None
        return frozenset(schemata.mutants) if traces.is_cut else traces.reached

    async def _originals(self, code: str, artifact: bytes) -> tuple[StageReport, CommandResult, StageReport | None]:
        """Run without a mutant; where one process runs many, it runs with all guards closed as well, which may end it."""
        if isinstance(self.language, ManyMutants):
            reports, result = await self._in_one(self.language, code, artifact, (0, -1))
            if 0 in reports:
                return reports[0], result, reports.get(-1)
        return *(await self._run(code, artifact, 0)), None

    async def _each_alone(self, mutants: list[Mutant]) -> AsyncIterator[MutantResult]:
        is_bounded = self.settings.has_schemata and self.is_equivalent
        for number, mutant in enumerate(mutants):
            if self._is_over() or (is_bounded and number >= self.settings.max_alone):
                yield MutantResult(mutant=mutant, status=MutantStatus.NOT_RUN, is_alone=True)
            else:
                yield await self._alone(mutant)

    async def _alone(self, mutant: Mutant) -> MutantResult:
        code = mutated(self.code, mutant)
        compiled = await compile_stage(self.cell, self.language, self.task, code, self.tests)
        self.compile_s += compiled.report.duration_s
        if compiled.report.status is not Status.PASSED:
            outcome = compiled.report.outcome
            return MutantResult(mutant=mutant, status=MutantStatus.WITHDRAWN, outcome=outcome, is_alone=True)
        report, result = await self._run(code, compiled.artifact, 0)
        return _judged(mutant, report, result.stderr, is_alone=True)

    async def _run(
        self, code: str, artifact: bytes, number: int, *, is_first: bool = True
    ) -> tuple[StageReport, CommandResult]:
        """Run the tests with a mutant chosen; once more where the machine failed."""
        report, result = await run_tests(
            self.cell,
            self.language,
            self.task,
            code,
            self.tests,
            artifact,
            self.cpu_s,
            told=lambda command: self._told(command, number),
        )
        self.run_s += report.duration_s
        if report.status is Status.ERRORED and is_first:
            return await self._run(code, artifact, number, is_first=False)
        return report, result

    def _is_over(self) -> bool:
        limit = self.settings.max_s
        return limit is not None and time.monotonic() - self.started > limit


def _blamed(schemata: Schemata, report: StageReport) -> frozenset[int]:
    errors = [found for found in report.diagnostics if found.severity is Severity.ERROR and found.line is not None]
    return frozenset(number for found in errors for number in schemata.blamed(found.line or 0, found.column))


def _said(report: StageReport) -> str:
    return next((found.message for found in report.diagnostics), report.outcome)[:200]


def _judged(mutant: Mutant, report: StageReport, stderr: bytes, *, is_alone: bool) -> MutantResult:
    failed = tuple(case.name for case in report.cases if case.status in {CaseStatus.FAILED, CaseStatus.RAISED})
    if report.status is Status.PASSED:
        status = MutantStatus.SURVIVED
    elif report.status is Status.ERRORED:
        status = MutantStatus.ERRORED
    elif report.outcome in _LATE or _is_out_of_fuel(report, stderr):
        status = MutantStatus.TIMED_OUT
    else:
        status = MutantStatus.KILLED
    return MutantResult(
        mutant=mutant,
        status=status,
        killed_by=failed,
        outcome=report.outcome,
        duration_s=report.duration_s,
        is_alone=is_alone,
    )


def _is_out_of_fuel(report: StageReport, stderr: bytes) -> bool:
    """Ask the guards' lines, or, where many share a stream that says nothing of one, what was raised in this one's cases."""
    raised = [case.exception for case in report.cases] + [found.message for found in report.diagnostics]
    return read_traces(stderr).is_out_of_fuel or any(f"{MARK} fuel" in text for text in raised)


__all__ = ["MutationSettings", "mutate_stage"]
