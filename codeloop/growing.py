"""Growing: the tests of what a run handed over, grown one program after another, each recorded when it ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import anyio

from codeloop.asking import RecordedModel, threaded
from codeloop.attempts import Ending, Trajectory
from codeloop.budget import UNBOUNDED, Budget, Meter
from codeloop.growth import Bed, Coder, Growth, GrowthSettings, grow
from codeloop.growth.trial import Trial
from codeloop.languages import get_language
from codeloop.models.port import Model
from codeloop.stages.check import Check
from codeloop.store import Store
from codeloop.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Growing:
    """Everything it needs; ``run`` may be called again and goes on where it was."""

    run_id: str
    tasks: tuple[Task, ...]
    coder: Model
    writer: Model
    """Writes tests; may be the same."""
    check: Check
    bed: Bed
    store: Store
    settings: GrowthSettings
    budget: Budget = UNBOUNDED

    async def run(self, on_end: Callable[[Growth], Awaitable[None]]) -> tuple[Growth, ...]:
        """Grow the tests of every trajectory that ended solved and has none yet; give all, in the order of tasks and draws.

        When the budget is spent no further one is begun.
        """
        meter = Meter(budget=self.budget, clock=anyio.current_time)
        done = {(g.task_id, g.draw): g for g in await threaded(self.store.growths, self.run_id) if not g.error}
        by_task: dict[str, list[Trajectory]] = {}
        for trajectory in await threaded(self.store.trajectories, self.run_id):
            by_task.setdefault(trajectory.task_id, []).append(trajectory)
        for task in self.tasks:
            for trajectory in by_task.get(task.id, []):
                is_due = trajectory.ending is Ending.SOLVED and (task.id, trajectory.draw) not in done
                if is_due and not meter.is_spent:
                    growth = await self._growth(task, trajectory, by_task[task.id], meter)
                    done[task.id, trajectory.draw] = growth
                    await threaded(self.store.record_growth, self.run_id, growth)
                    await on_end(growth)
        order = {task.id: number for number, task in enumerate(self.tasks)}
        mine = [growth for growth in done.values() if growth.task_id in order]
        return tuple(sorted(mine, key=lambda growth: (order[growth.task_id], growth.draw)))

    async def _growth(self, task: Task, trajectory: Trajectory, siblings: list[Trajectory], meter: Meter) -> Growth:
        code = handed_over(trajectory)
        complete = RecordedModel(run_id=self.run_id, model=self.coder, store=self.store, meter=meter)
        write = RecordedModel(run_id=self.run_id, model=self.writer, store=self.store, meter=meter)
        others = tuple(each for each in independent_programs(siblings) if each != code)
        growth = await grow(
            task,
            trajectory.draw,
            code,
            write=write,
            coder=Coder(complete=complete, check=self.check, written=others),
            bed=self.bed,
            settings=self.settings,
        )
        return await self._scored(task, growth)

    async def _scored(self, task: Task, growth: Growth) -> Growth:
        """Ask the reference about every written test, when all is over: for the report alone."""
        if not task.reference.strip() or growth.error:
            return growth
        code, _ = get_language(task.language).completed(task, task.prompt + task.reference)
        right = await Trial(task=task, bed=self.bed).results(code, [test.condition for test in growth.tests])
        return replace(growth, tests=tuple(replace(test, is_right=right[test.condition]) for test in growth.tests))


def handed_over(trajectory: Trajectory) -> str:
    """Give the program that a trajectory hands over; empty where it has none."""
    if not trajectory.attempts:
        return ""
    return trajectory.attempts[trajectory.attempts[-1].handed_over].candidate.code


def independent_programs(trajectories: list[Trajectory]) -> tuple[str, ...]:
    """Give the programs that were written without sight of another one, each once."""
    attempts = (attempt for trajectory in trajectories for attempt in trajectory.attempts if attempt.repairs is None)
    return tuple(dict.fromkeys(attempt.candidate.code for attempt in attempts))


__all__ = ["Growing", "handed_over", "independent_programs"]
