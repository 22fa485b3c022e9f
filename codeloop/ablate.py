"""Ablate: several policies over the same tasks and draws, each a recorded run of its own.

The first answers are the same in all arms without further ado: a reply is recorded under the model and all that it was
sent, so the arms after the first one take it from the store. For the same reason an ablation that was killed goes on
where it was, and a later one that shares arms with it pays for the new ones only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from codeloop.attempts import Attempt, Ending, Trajectory
from codeloop.bench import Bench
from codeloop.comparison import RESAMPLE, control_of, loop_of
from codeloop.errors import ConfigError, ModelError, SuiteError
from codeloop.models.port import Model
from codeloop.policy import Policy
from codeloop.records import tokens_of
from codeloop.stages.check import Check
from codeloop.store import Store
from codeloop.tasks import Task, natural_key

Budgets = Mapping[tuple[str, int], int]
"""Tokens by task and draw."""


class Watcher(Protocol):
    """Is told of what happens in an arm."""

    async def on_end(self, trajectory: Trajectory) -> None:
        """Take note of an ended trajectory."""
        ...

    async def on_attempt(self, task_id: str, draw: int, attempt: Attempt) -> None:
        """Take note of an attempt."""
        ...


Watch = Callable[[str, int, int], AbstractContextManager[Watcher]]
"""Of an arm, how many trajectories it has, and how many of them ended before."""


class NoBudget(ModelError):
    """The loop's trajectory errored, so its control has no budget yet: a resumed ablation gives it one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """Everything that an ablation needs; ``run`` may be called again and goes on where it was."""

    run_id: str
    tasks: tuple[Task, ...]
    draws: int
    arms: tuple[Policy, ...]
    """By name; a control is known by the first word of its name (``comparison.CONTROLS``)."""
    model: Model
    check_of: Callable[[Policy], Check]
    store: Store
    workers: int = 4

    async def run(self, watch: Watch) -> tuple[tuple[str, tuple[Trajectory, ...]], ...]:
        """Run the main loop, whose tokens are the budget of ``resample``, then the others; give them in their order.

        Raises ConfigError where that budget cannot be told: the model's endpoint counts no tokens.
        """
        main = loop_of([policy.name for policy in self.arms])
        done: dict[str, tuple[Trajectory, ...]] = {}
        budgets: Budgets = {}
        for policy in sorted(self.arms, key=lambda policy: policy.name != main):  # stable: the others as they stand
            done[policy.name] = await self._arm(policy, budgets, watch)
            if policy.name == main and any(control_of(arm.name) == RESAMPLE for arm in self.arms):
                budgets = budgets_of(done[main])
        return tuple((policy.name, done[policy.name]) for policy in self.arms)

    async def _arm(self, policy: Policy, budgets: Budgets, watch: Watch) -> tuple[Trajectory, ...]:
        def policy_of(task: Task, draw: int) -> Policy:
            if control_of(policy.name) != RESAMPLE:
                return policy
            if (task.id, draw) not in budgets:
                raise NoBudget("the loop that it controls errored here, so its budget is unknown")
            return replace(policy, token_budget=budgets[task.id, draw])

        bench = Bench(
            run_id=arm_run_id(self.run_id, policy.name),
            tasks=self.tasks,
            draws=self.draws,
            policy_of=policy_of,
            model=self.model,
            check=self.check_of(policy),
            store=self.store,
            workers=self.workers,
        )
        with watch(policy.name, len(self.tasks) * self.draws, len(await bench.ended())) as watcher:
            return await bench.run(watcher.on_end, watcher.on_attempt)


def arm_run_id(run_id: str, arm: str) -> str:
    """Name the run of an arm."""
    return f"{run_id}.{arm}"


def require_arms(arms: Sequence[str]) -> None:
    """Refuse arms that cannot be compared. Raises ConfigError."""
    if len(set(arms)) < len(arms) or len(arms) < 2:
        raise ConfigError(f"--arms {','.join(arms)!r}: give at least two, each once, such as default,single")
    if any(control_of(arm) == RESAMPLE for arm in arms) and not loop_of(arms):
        raise ConfigError("resample spends the tokens of a loop: add one to --arms, such as default")


def budgets_of(trajectories: Sequence[Trajectory]) -> Budgets:
    """Give what each trajectory spent; errored ones are left out. Raises ConfigError where tokens were not counted."""
    budgets: dict[tuple[str, int], int] = {}
    for t in trajectories:
        spent = tokens_of([completion for attempt in t.attempts for completion in attempt.completions])
        if spent is None:
            raise ConfigError(
                "the model's endpoint counts no tokens, so resample has no budget: leave it out of --arms"
            )
        if t.ending not in (Ending.ERRORED, Ending.CANCELLED):
            budgets[t.task_id, t.draw] = spent
    return budgets


def of_numbers(tasks: Sequence[Task], which: str) -> tuple[Task, ...]:
    """Choose the tasks with ``even`` or ``odd`` numbers, or ``all``. Raises SuiteError for a task without a number."""
    if which == "all":
        return tuple(tasks)
    return tuple(task for task in tasks if _number(task) % 2 == (which == "odd"))


def _number(task: Task) -> int:
    found = re.search(r"(\d+)\D*$", task.number)
    if found is None:
        raise SuiteError(f"task {task.id} has no number, so it is neither even nor odd: use --numbers all")
    return int(found[1])


def shard_of(tasks: Sequence[Task], shard: int, shards: int) -> tuple[Task, ...]:
    """Give the tasks of a shard, from 1: every ``shards``-th number, so that a problem's languages stay together."""
    numbers = sorted({task.number for task in tasks}, key=natural_key)
    mine = set(numbers[shard - 1 :: shards])
    return tuple(task for task in tasks if task.number in mine)
