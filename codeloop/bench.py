"""Bench: many trajectories of one run, each recorded as it goes, then scored on hidden tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import anyio

from codeloop.asking import RecordedModel, threaded
from codeloop.attempts import Attempt, Ending, Trajectory, Verdict
from codeloop.budget import UNBOUNDED, Budget, BudgetSpent, Meter
from codeloop.errors import ModelError, NoRecording, SandboxError
from codeloop.loop import has_evidence, run_trajectory
from codeloop.models.port import Model
from codeloop.policy import Policy
from codeloop.stages.check import Check
from codeloop.store import Store
from codeloop.tasks import Task

CUT_SHORT = (Ending.ERRORED, Ending.CANCELLED, Ending.OUT_OF_BUDGET)
"""Endings that a resumed run goes on with."""
OnEnd = Callable[[Trajectory], Awaitable[None]]
OnAttempt = Callable[[str, int, Attempt], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Everything a run needs; ``run`` may be called again on the same run id and goes on where it was."""

    run_id: str
    tasks: tuple[Task, ...]
    draws: int
    policy_of: Callable[[Task, int], Policy]
    """Of a task and a draw: a control's budget is not the same for all."""
    model: Model
    check: Check
    store: Store
    budget: Budget = UNBOUNDED
    workers: int = 4
    lacking: dict[str, str] = field(default_factory=dict)
    """Ids of tasks by the digest of a prompt of theirs that no cassette has a reply to."""

    async def ended(self) -> dict[tuple[str, int], Trajectory]:
        """Give the recorded trajectories that need no more work; those that were cut short are gone on with."""
        recorded = await threaded(self.store.trajectories, self.run_id)
        return {(t.task_id, t.draw): t for t in recorded if t.ending not in CUT_SHORT}

    async def run(self, on_end: OnEnd, on_attempt: OnAttempt | None = None) -> tuple[Trajectory, ...]:
        """Run every trajectory that has not ended; give all of them, in the order of tasks and draws."""
        done = await self.ended()
        meter = await self._meter()
        limiter = anyio.CapacityLimiter(self.workers)

        async def one(task: Task, draw: int) -> None:
            async with limiter:
                trajectory = await self._trajectory(task, draw, meter, on_attempt)
            done[task.id, draw] = trajectory
            await on_end(trajectory)

        async with anyio.create_task_group() as group:
            for draw in range(self.draws):
                for task in self.tasks:
                    if (task.id, draw) not in done:
                        group.start_soon(one, task, draw)
        return tuple(done[task.id, draw] for task in self.tasks for draw in range(self.draws))

    async def _meter(self) -> Meter:
        """Start a meter with what earlier sessions of the run have paid for."""
        meter = Meter(budget=self.budget, clock=anyio.current_time)
        for task in self.tasks if self.budget != UNBOUNDED else ():
            for draw in range(self.draws):
                for attempt in await threaded(self.store.attempts, self.run_id, task.id, draw):
                    for completion in attempt.completions:
                        meter.add(completion)
        return meter

    async def _trajectory(self, task: Task, draw: int, meter: Meter, on_attempt: OnAttempt | None) -> Trajectory:
        async def record(attempt: Attempt) -> None:
            await threaded(self.store.record_attempt, self.run_id, task.id, draw, attempt)
            if on_attempt is not None:
                await on_attempt(task.id, draw, attempt)

        recorded = await threaded(self.store.attempts, self.run_id, task.id, draw)
        try:
            trajectory = await run_trajectory(
                task,
                draw,
                complete=RecordedModel(run_id=self.run_id, model=self.model, store=self.store, meter=meter),
                check=self.check,
                record=record,
                policy=self.policy_of(task, draw),
                recorded=recorded,
            )
            trajectory = replace(trajectory, hidden=await self._score(task, trajectory))
        except (ModelError, SandboxError) as exc:
            if isinstance(exc, NoRecording):
                self.lacking[exc.digest] = task.id
            trajectory = await self._cut_short(task, draw, Ending.ERRORED, str(exc))
        except BudgetSpent as exc:
            trajectory = await self._cut_short(task, draw, Ending.OUT_OF_BUDGET, str(exc))
            trajectory = replace(trajectory, hidden=await self._score(task, trajectory))
        await threaded(self.store.end_trajectory, self.run_id, trajectory)
        return trajectory

    async def _cut_short(self, task: Task, draw: int, ending: Ending, error: str) -> Trajectory:
        attempts = await threaded(self.store.attempts, self.run_id, task.id, draw)
        return Trajectory(
            task_id=task.id,
            language=task.language,
            draw=draw,
            ending=ending,
            attempts=attempts,
            error=error,
            has_visible_tests=has_evidence(task, attempts),
        )

    async def _score(self, task: Task, trajectory: Trajectory) -> tuple[Verdict | None, ...]:
        """Judge every attempt on the hidden tests, equal candidates once. The trajectory has ended: nothing flows back."""
        by_code: dict[str, Verdict] = {}
        verdicts: list[Verdict | None] = []
        for attempt in trajectory.attempts:
            key = attempt.candidate.digest
            if key not in by_code:
                by_code[key] = await self.check(task, attempt.candidate, task.hidden)
            verdicts.append(by_code[key])
            await threaded(
                self.store.record_hidden, self.run_id, task.id, trajectory.draw, attempt.iteration, by_code[key]
            )
        return tuple(verdicts)
