"""The check: its limits follow the host's speed, and a busy machine changes no verdict."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator

import anyio
import pytest

from codeloop.attempts import Candidate, Status, Verdict
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import LIMIT_FACTOR, Checker
from codeloop.stages.turnstile import Turnstile
from codeloop.tasks import HiddenTests, Task, VisibleTests

BURN = """
    import time
    end = time.process_time() + {seconds}
    while time.process_time() < end:
        pass
    return x + 1
"""
PROMPT = "def burn(x):\n"
ENDLESS = PROMPT + "    while True:\n        pass\n"


def burn_task(seconds: float) -> Task:
    tests = "assert burn(1) == 2\n"
    return Task(
        id="Own/burn",
        language="python",
        statement="Add one, slowly.",
        prompt=PROMPT,
        entry_point="burn",
        visible=VisibleTests(code=tests),
        hidden=HiddenTests(code=tests),
        reference=BURN.format(seconds=seconds),
    )


def program(seconds: float) -> Candidate:
    return Candidate(code=PROMPT + BURN.format(seconds=seconds))


@pytest.mark.docker
def test_the_limit_follows_the_reference_and_is_in_the_report() -> None:
    task = burn_task(0.4)

    async def main() -> tuple[Verdict, Verdict, Verdict]:
        sandbox = DockerSandbox(run_id="test-limits")
        check = Checker(sandbox=sandbox, cpu_s=0.7)
        slow = await check(task, program(2.0), task.hidden)
        endless = await check(task, Candidate(code=ENDLESS), task.hidden)
        quick = await check(task, program(0.1), task.visible)
        await sandbox.aclose()
        return slow, endless, quick

    slow, endless, quick = anyio.run(main)
    assert slow.status is Status.PASSED
    assert slow.last.limit_s is not None
    assert slow.last.limit_s >= LIMIT_FACTOR * 0.4
    assert endless.last.outcome == "timeout"
    assert endless.last.limit_s == slow.last.limit_s
    assert endless.last.cpu_s >= slow.last.limit_s * 0.9
    assert quick.last.limit_s is not None
    assert quick.status is Status.PASSED


@pytest.fixture
def hogs() -> Iterator[None]:
    """Twice as many busy processes as cores."""
    processes = [multiprocessing.Process(target=_hog, daemon=True) for _ in range(2 * (os.cpu_count() or 2))]
    for process in processes:
        process.start()
    yield
    for process in processes:
        process.kill()
        process.join()


def _hog() -> None:
    while True:
        pass


@pytest.mark.docker
@pytest.mark.usefixtures("hogs")
def test_a_cpu_hog_beside_the_check_changes_no_verdict() -> None:
    task = burn_task(0.2)
    programs = {
        "right": program(0.2),
        "slow but right": program(1.2),
        "wrong": Candidate(code=PROMPT + "    return x\n"),
        "endless": Candidate(code=ENDLESS),
        "crash": Candidate(code=PROMPT + "    raise ValueError(x)\n"),
    }
    found: dict[str, str] = {}

    async def one(name: str, check: Checker) -> None:
        found[name] = (await check(task, programs[name], task.hidden)).last.outcome

    async def main() -> None:
        sandbox = DockerSandbox(run_id="test-hog", jobs=4)
        check = Checker(sandbox=sandbox, cpu_s=2.0)
        async with anyio.create_task_group() as group:
            for name in programs:
                group.start_soon(one, name, check)
        await sandbox.aclose()

    anyio.run(main)
    assert found == {
        "right": "ok",
        "slow but right": "ok",
        "wrong": "wrong_answer",
        "endless": "timeout",
        "crash": "exception",
    }


def test_one_alone_waits_for_all_others_and_keeps_newcomers_out() -> None:
    log: list[str] = []

    async def together(gate: Turnstile, name: str) -> None:
        async with gate.together():
            log.append(f"{name} in")
            await anyio.sleep(0.02)
            log.append(f"{name} out")

    async def alone(gate: Turnstile) -> None:
        async with gate.alone():
            log.append("alone in")
            await anyio.sleep(0.02)
            log.append("alone out")

    async def main() -> None:
        gate = Turnstile()
        async with anyio.create_task_group() as group:
            group.start_soon(together, gate, "a")
            group.start_soon(together, gate, "b")
            await anyio.sleep(0.005)
            group.start_soon(alone, gate)
            await anyio.sleep(0.005)
            group.start_soon(together, gate, "late")

    anyio.run(main)
    assert sorted(log[:4]) == ["a in", "a out", "b in", "b out"]
    assert log[4:] == ["alone in", "alone out", "late in", "late out"]


def test_a_cancelled_wait_for_being_alone_lets_the_others_go_on() -> None:
    async def main() -> None:
        gate = Turnstile()
        async with gate.together():
            with anyio.move_on_after(0.01):
                async with gate.alone():
                    raise AssertionError("somebody is inside")
        with anyio.fail_after(1):
            async with gate.together(), gate.together():
                pass

    anyio.run(main)
