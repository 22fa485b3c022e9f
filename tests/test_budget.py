"""Budgets: no call after a bound is met, what was done counts, and a resumed run goes on from there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from codeloop.attempts import (
    Attempt,
    Candidate,
    CaseResult,
    CaseStatus,
    Completion,
    Ending,
    Prompt,
    StageReport,
    Status,
    Trajectory,
    Usage,
    Verdict,
)
from codeloop.bench import Bench
from codeloop.budget import Budget, BudgetSpent, Meter
from codeloop.errors import ConfigError
from codeloop.metrics import summarise
from codeloop.policy import Policy
from codeloop.stages.check import Tests
from codeloop.store import Store
from codeloop.tasks import HiddenTests, Task, VisibleTests
from codeloop.testing import FakeModel

PAID = Completion(text="", finish_reason="stop", usage=Usage(prompt_tokens=60, completion_tokens=40), cost_usd=0.25)


def task(number: int) -> Task:
    return Task(
        id=f"Python/{number}",
        language="python",
        statement=f"Give n, {number}.",
        prompt=f"def f(n):\n    # {number}\n",
        entry_point="f",
        visible=VisibleTests(code="assert f(1) == 1\n"),
        hidden=HiddenTests(code="assert f(2) == 2\n"),
        reference="    return n\n",
    )


async def wrong(task: Task, candidate: Candidate, tests: Tests) -> Verdict:
    case = CaseResult(name="1", status=CaseStatus.FAILED, actual=candidate.code)
    return Verdict(reports=(StageReport(stage="test", status=Status.FAILED, outcome="wrong_answer", cases=(case,)),))


class Counted:
    """A model that counts its calls and never gives the same program twice."""

    def __init__(self, paid: Completion = PAID) -> None:
        self.calls, self.paid = 0, paid

    def model(self) -> FakeModel:
        return FakeModel(self._answer)

    def _answer(self, prompt: Prompt) -> Completion:
        self.calls += 1
        return replace(self.paid, text=f"```python\ndef f(n):\n    return {self.calls} + 1\n```")


def bench(store: Store, counted: Counted, budget: Budget, **settings: int) -> Bench:
    return Bench(
        run_id="run",
        tasks=tuple(task(n) for n in range(4)),
        draws=1,
        policy_of=lambda *_: Policy(max_repairs=settings.get("max_repairs", 2)),
        model=counted.model(),
        check=wrong,
        store=store,
        budget=budget,
        workers=1,
    )


async def ignore(_: Trajectory) -> None:
    pass


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.open(tmp_path / "store.db")
    store.new_run("run", {})
    return store


@pytest.mark.parametrize(
    ("budget", "calls"),
    [
        (Budget(tokens=500), 5),
        (Budget(tokens=501), 6),
        (Budget(cost_usd=1.0), 4),
        (Budget(tokens=0), 0),
        (Budget(), 12),
    ],
)
def test_no_call_is_made_once_a_bound_is_met(store: Store, budget: Budget, calls: int) -> None:
    counted = Counted()
    trajectories = anyio.run(bench(store, counted, budget).run, ignore)
    assert counted.calls == calls
    assert sum(len(t.attempts) for t in trajectories) == calls
    cut = [t for t in trajectories if t.ending is Ending.OUT_OF_BUDGET]
    assert len(cut) == (0 if calls == 12 else 4 - calls // 3)
    assert all(len(t.hidden) == len(t.attempts) for t in trajectories)
    assert all(t.error.startswith("budget spent: ") for t in cut)


def test_what_was_done_counts_and_what_was_not_is_missing(store: Store) -> None:
    trajectories = anyio.run(bench(store, Counted(), Budget(tokens=400)).run, ignore)
    total = summarise(trajectories, ks=[1], max_iterations=2)[-1]
    assert (total.out_of_budget, total.errored, total.unscored) == (3, 0, 2)
    assert total.rows[0].headline.n_tasks == 2
    assert total.rows[0].headline.value == 0.0


def test_a_resumed_run_counts_what_it_had_paid_and_goes_on_with_more(store: Store) -> None:
    counted = Counted()
    anyio.run(bench(store, counted, Budget(tokens=400)).run, ignore)
    anyio.run(bench(store, counted, Budget(tokens=400)).run, ignore)
    assert counted.calls == 4
    anyio.run(bench(store, counted, Budget(tokens=700)).run, ignore)
    assert counted.calls == 7
    trajectories = anyio.run(bench(store, counted, Budget()).run, ignore)
    assert counted.calls == 12
    assert {t.ending for t in trajectories} == {Ending.EXHAUSTED}


def test_a_cached_answer_is_free_and_served_after_the_budget_is_spent(store: Store) -> None:
    counted = Counted()
    anyio.run(bench(store, counted, Budget()).run, ignore)
    store.new_run("again", {})
    again = replace(bench(store, counted, Budget(tokens=0)), run_id="again")
    trajectories = anyio.run(again.run, ignore)
    assert counted.calls == 12
    assert {t.ending for t in trajectories} == {Ending.EXHAUSTED}


def test_seconds_end_a_run_too() -> None:
    now = 10.0
    meter = Meter(budget=Budget(seconds=5), clock=lambda: now)
    meter.require()
    now = 15.0
    with pytest.raises(BudgetSpent, match="5 of 5 s"):
        meter.require()


@pytest.mark.parametrize(
    ("budget", "paid"),
    [
        (Budget(cost_usd=1.0), replace(PAID, cost_usd=None)),
        (Budget(tokens=9), replace(PAID, usage=Usage())),
    ],
)
def test_a_bound_on_an_unknown_figure_is_the_users_mistake(budget: Budget, paid: Completion) -> None:
    with pytest.raises(ConfigError, match="--budget-"):
        Meter(budget=budget, clock=lambda: 0.0).add(paid)


def test_attempts_are_told_as_they_come(store: Store) -> None:
    told: list[tuple[str, int, int]] = []

    async def on_attempt(task_id: str, draw: int, attempt: Attempt) -> None:
        told.append((task_id, draw, attempt.iteration))

    anyio.run(bench(store, Counted(), Budget(), max_repairs=1).run, ignore, on_attempt)
    assert sorted(told) == [(f"Python/{n}", 0, i) for n in range(4) for i in range(2)]
