"""Ground: a program, its tests so far and its mutants: what test generation and the mutation loop both work on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from codeloop.attempts import Completion, Exchange, Prompt
from codeloop.growth.settings import GrowthSettings
from codeloop.growth.trial import Bed, Trial
from codeloop.loop import question_of
from codeloop.mutation.mutants import Mutant, find_mutants
from codeloop.mutation.results import MutantResult, MutantStatus, MutationReport
from codeloop.prompts import Question, Sampling
from codeloop.stages.mutate import MutationSettings
from codeloop.suites.files import tests_of
from codeloop.tasks import Task
from codeloop.testgen.conditions import conditions
from codeloop.testgen.results import Fate, Growth, Origin, WrittenTest
from codeloop.testgen.words import helpers_of

Write = Callable[[Prompt], Awaitable[Completion]]
FIRST_ITERATION = 1000
"""Of growth's own questions: no attempt of a loop has such a number, so no recorded reply of one is taken for another."""
_DEAD = frozenset({MutantStatus.KILLED, MutantStatus.TIMED_OUT})
_ALIVE = frozenset({MutantStatus.SURVIVED, MutantStatus.NO_COVERAGE})


@dataclass(slots=True, kw_only=True)
class Ground:
    """Grows; ``growth`` gives what there is at any time."""

    task: Task
    draw: int
    code: str
    write: Write
    bed: Bed
    settings: GrowthSettings
    tests: dict[str, WrittenTest] = field(default_factory=dict)
    n_properties: int = 0
    scores: list[tuple[str, float | None]] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    tried: dict[int, int] = field(default_factory=dict)
    mutation: MutationReport | None = None
    stopped: str = ""

    def growth(self, error: str = "") -> Growth:
        """Give it as a record."""
        return Growth(
            task_id=self.task.id,
            language=self.task.language,
            draw=self.draw,
            entry_point=self.task.entry_point,
            code=self.code,
            tests=tuple(self.tests.values()),
            n_properties=self.n_properties,
            scores=tuple(self.scores),
            mutation=self.mutation,
            tried=tuple(sorted(self.tried.items())),
            exchanges=tuple(self.exchanges),
            stopped=self.stopped,
            error=error,
        )

    @property
    def trial(self) -> Trial:
        """Run tests of this task."""
        return Trial(task=self.task, bed=self.bed)

    @property
    def question(self) -> Question:
        """What a prompt may say of the task."""
        return question_of(self.task)

    def sampling(self, number: int) -> Sampling:
        """Give the numbers of a question of its own."""
        return Sampling(
            temperature=self.settings.temperature,
            max_tokens=self.settings.max_tokens,
            seed=self.settings.seed + 1000 * self.draw + number,
            draw=self.draw,
            iteration=FIRST_ITERATION + number,
        )

    def kept(self, *origins: Origin) -> list[str]:
        """Give the tests of the suite, of all origins if none is named."""
        wanted = origins or tuple(Origin)
        return [each.condition for each in self.tests.values() if each.fate is Fate.KEPT and each.origin in wanted]

    def examples(self) -> list[str]:
        """Show the form of a test: some that are kept, or a made-up one where there are none."""
        return self.kept()[:4] or [f"{self.task.entry_point}(...) == ..."]

    def program(self, tests: Sequence[str]) -> str:
        """Make a test program."""
        return tests_of(self.task.language, list(tests))

    def read(self, text: str) -> tuple[str, ...]:
        """Take the tests out of a text; those that are known, but for blanks, are left out."""
        known = {" ".join(condition.split()) for condition in self.tests}
        found = conditions(self.task.language, self.task.entry_point, text, helpers_of(self.task))
        return tuple(each for each in found if " ".join(each.split()) not in known)

    async def ask(self, prompt: Prompt) -> tuple[str, ...]:
        """Ask the test-writer; give the tests of its answer that are new."""
        return self.read(await self.answer(prompt))

    async def answer(self, prompt: Prompt) -> str:
        """Ask the test-writer."""
        completion = await self.write(prompt)
        self.exchanges.append(Exchange(prompt=prompt, completion=completion))
        return completion.text

    async def fates(self, tests: Sequence[str]) -> dict[str, Fate]:
        """Run tests twice on the program: what becomes of each."""
        first = await self.trial.results(self.code, tests)
        again = await self.trial.results(self.code, [test for test in tests if first[test] is not None])
        fates = {}
        for test in tests:
            if first[test] is None:
                fates[test] = Fate.NOT_COMPILED
            elif again[test] is not first[test]:
                fates[test] = Fate.UNSTABLE
            else:
                fates[test] = Fate.KEPT if first[test] else Fate.CONTRADICTED
        return fates

    async def mutate(self, stage: Origin) -> None:
        """Judge the mutants with all tests of the suite; note the score, and what each test kills."""
        kept = self.kept()
        settings = MutationSettings(max_mutants=self.settings.max_mutants, seed=self.settings.seed, names_all=True)
        report = await self.bed.mutate(self.task, self.code, self.program(kept), settings) if kept else self._untested()
        for condition, kills in (await self._matrix(kept, report)).items():
            self.tests[condition] = replace(self.tests[condition], kills=kills)
        self.mutation = report
        self.scores.append((stage.value, report.score))

    def _untested(self) -> MutationReport:
        """Where there are no tests, no mutant is ever reached."""
        found = find_mutants(self.task.language, self.code)
        results = tuple(MutantResult(mutant=each, status=MutantStatus.NO_COVERAGE) for each in found)
        return MutationReport(results=results, n_found=len(found), left_out=found.left_out)

    async def kills(self, tests: list[str]) -> dict[str, tuple[int, ...]]:
        """Say of each test, all of which pass, which of the surviving mutants fail it."""
        survivors = frozenset(mutant.id for mutant in self.survivors())
        if not tests or not survivors:
            return {}
        report = await self.bed.mutate(
            self.task, self.code, self.program(tests), MutationSettings(only=survivors, names_all=True)
        )
        return await self._matrix(tests, report)

    async def _matrix(self, tests: list[str], report: MutationReport) -> dict[str, tuple[int, ...]]:
        """Read which mutants each test kills.

        A mutant that ends the process or the time leaves no failed case behind: the first test gets it, for want of better.
        """
        found: dict[str, list[int]] = {test: [] for test in tests}
        dead = [result for result in report.results if result.status in _DEAD]
        if dead:
            verdict = await self.bed.run(self.task, self.code, self.program(tests))
            names = {case.name: test for case, test in zip(verdict.last.cases, tests, strict=False)}
            for result in dead:
                for test in [names[name] for name in result.killed_by if name in names] or tests[:1]:
                    found[test].append(result.mutant.id)
        return {test: tuple(numbers) for test, numbers in found.items()}

    def survivors(self) -> list[Mutant]:
        """Give the mutants that no test of the suite kills."""
        killed = {number for test in self.tests.values() if test.fate is Fate.KEPT for number in test.kills}
        results = self.mutation.results if self.mutation else ()
        return [each.mutant for each in results if each.status in _ALIVE and each.mutant.id not in killed]

    def score(self) -> float | None:
        """Give the mutation score, with what tests have killed since the last report: 0..1, ``None`` without mutants."""
        results = self.mutation.results if self.mutation else ()
        total = sum(each.status in _DEAD | _ALIVE for each in results)
        return 1 - len(self.survivors()) / total if total else None


__all__ = ["FIRST_ITERATION", "Ground", "Write"]
