"""Hostile programs in the real sandbox: none passes, each gets its right outcome, and the machine is fine afterwards.

The programs and what becomes of them are in ``hostile/``: see its README.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from anyio.from_thread import start_blocking_portal
from corpus import CONTROLS, CORPUS, CPU_S, LIMITS, SLEEPER_S, SUFFIXES, TASKS, Hurried, Program

from codeloop.attempts import Candidate, Status, Verdict
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.tasks import Task


def name_of(item: Program) -> str:
    return f"{item.task.language}-{item.path.stem}"


Judge = Callable[..., list[Verdict]]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """Judge programs one after another on the hidden tests, through the check that everything uses.

    All share one sandbox with one cell for each language, so every program runs where others ran before it.
    """
    with start_blocking_portal() as portal:
        sandbox = DockerSandbox(run_id="hostile", jobs=1)

        async def body(programs: tuple[tuple[Task, str], ...], wall_s: float | None, cpu_s: float) -> list[Verdict]:
            checks = [Checker(sandbox=Hurried(sandbox, wall_s) if wall_s else sandbox, cpu_s=cpu_s)]
            checks += [Checker(sandbox=sandbox, cpu_s=CPU_S)] * len(programs)
            pairs = zip(checks, programs, strict=False)
            return [await check(task, Candidate(code=code), task.hidden) for check, (task, code) in pairs]

        yield lambda *programs, wall_s=None, cpu_s=CPU_S: portal.call(body, programs, wall_s, cpu_s)
        portal.call(sandbox.aclose)


def reference(task: Task) -> tuple[Task, str]:
    return task, task.prompt + task.reference


@pytest.mark.docker(*SUFFIXES.values())
@pytest.mark.parametrize("item", CORPUS, ids=name_of)
def test_a_hostile_program_gets_its_outcome_and_harms_nothing(item: Program, judge: Judge) -> None:
    wall_s = SLEEPER_S if item.waits else None
    hostile, right = judge((item.task, item.code), reference(item.task), wall_s=wall_s, cpu_s=item.cpu_s)
    assert hostile.status is Status.FAILED, (item.attack, hostile.last.diagnostics)
    assert hostile.last.outcome in item.outcome.split(" or "), (item.attack, hostile.last)
    assert right.status is Status.PASSED, right.last


@pytest.mark.docker(*SUFFIXES.values())
@pytest.mark.parametrize("item", LIMITS, ids=name_of)
def test_a_known_limit_is_where_it_was(item: Program, judge: Judge) -> None:
    verdict, right = judge((item.task, item.code), reference(item.task))
    assert verdict.last.outcome == item.outcome, (item.attack, verdict.last)
    assert right.status is Status.PASSED, right.last


@pytest.mark.docker(*SUFFIXES.values())
@pytest.mark.parametrize("item", CONTROLS, ids=name_of)
def test_a_plain_wrong_program_is_just_wrong(item: Program, judge: Judge) -> None:
    (verdict,) = judge((item.task, item.code))
    assert (verdict.status, verdict.last.outcome) == (Status.FAILED, item.outcome)


@pytest.mark.docker(*SUFFIXES.values())
@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.id)
def test_the_reference_of_every_task_passes(task: Task, judge: Judge) -> None:
    (verdict,) = judge(reference(task))
    assert (verdict.status, verdict.last.outcome) == (Status.PASSED, "ok"), verdict.last
    assert verdict.last.cases
