"""Policy: the settings of one trajectory, put together from small objects, and what comes next by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from codeloop.attempts import Attempt, Ending, Status
from codeloop.ladders import ByIteration, Ladder
from codeloop.moves import ByCause, Fresh, Move, Plan, RestartWhenStalled
from codeloop.prompts.own import Template
from codeloop.stages.check import Checker
from codeloop.stages.lint import LintSettings
from codeloop.stages.mutate import MutationSettings
from codeloop.tellers import Stateless, Teller

STAGE_ORDER = ("compile", "test", "lint", "mutate")
"""Everywhere: cheap before expensive, and no lint or mutation finding of a program that fails its tests."""


MAX_MUTANTS = 100
"""Of one program in a loop: a function of HumanEval-X has 16; what is drawn of more is said in the report."""


class Gate(StrEnum):
    """What a stage's findings do."""

    GATES = "gate"
    """The program counts as solved only without them."""
    INFORMS = "inform"
    """They stand in the reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRule:
    """A stage that a policy runs."""

    name: str
    gate: Gate = Gate.GATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Settings of one trajectory; presets by name are in ``codeloop.policies``.

    Without settings it is the default, which is what an ablation with a small model confirmed
    (``benchmarks/README.md``): a wrong answer is followed by a warm fresh draw, what does not compile or raises by one
    repair first.
    """

    name: str = "default"
    stages: tuple[StageRule, ...] = (StageRule(name="compile"), StageRule(name="test"))
    plan: Plan = RestartWhenStalled(ByCause())  # noqa: RUF009 - frozen
    ladder: Ladder = ByIteration()  # noqa: RUF009 - frozen
    teller: Teller = Stateless()  # noqa: RUF009 - frozen
    max_repairs: int = 3
    """Attempts after the first: two or three take most of the gain (field notes, section 2)."""
    mend: bool = False
    """Whether changes that compilers and analysers vouch for are made at once, without a call (``codeloop.mends``)."""
    max_tokens: int = 768
    """Of an answer: HumanEval-X solutions need under 400."""
    seed: int = 0
    first: Template | None = None
    """The user's own first prompt; ``None``: codeloop's."""
    token_budget: int | None = None
    """Prompt and completion tokens; when they are spent no further attempt starts. ``None``: no bound."""

    def __post_init__(self) -> None:
        """Refuse stages out of order. Raises ValueError."""
        places = [STAGE_ORDER.index(rule.name) for rule in self.stages]
        if places != sorted(set(places)) or not places:
            raise ValueError(f"stages run in the order {', '.join(STAGE_ORDER)}")
        if self.gate("mutate") is Gate.GATES:
            raise ValueError("mutants say how good the tests are, not the program: mutate can only inform")

    def next(self, attempts: Sequence[Attempt]) -> Move | Ending:
        """Give the next move, or why the trajectory ends."""
        if not attempts:
            return Fresh()
        if attempts[-1].verdict.status is Status.PASSED:
            return Ending.SOLVED
        move = self.plan.next(attempts)
        if move is None:
            return Ending.STALLED
        is_over = len(attempts) > self.max_repairs or self._is_spent(attempts)
        return Ending.EXHAUSTED if is_over else move

    def checker(self, checker: Checker) -> Checker:
        """Give the checker that runs this policy's stages; cells and caches are shared with the one given."""
        gate = self.gate("lint")
        rules = checker.lint.rules if checker.lint else ()
        lint = LintSettings(is_gating=gate is Gate.GATES, rules=rules) if gate else None
        mutation = MutationSettings(max_mutants=MAX_MUTANTS, seed=self.seed) if self.gate("mutate") else None
        return replace(checker, lint=lint, mutation=mutation)

    def gate(self, stage: str) -> Gate | None:
        """Say what a stage does by this policy; ``None``: it is not run."""
        return next((rule.gate for rule in self.stages if rule.name == stage), None)

    def _is_spent(self, attempts: Sequence[Attempt]) -> bool:
        """Say whether the budget is used up; tokens that the provider did not count are none."""
        usages = [completion.usage for attempt in attempts for completion in attempt.completions]
        spent = sum((usage.prompt_tokens or 0) + (usage.completion_tokens or 0) for usage in usages)
        return self.token_budget is not None and spent >= self.token_budget
