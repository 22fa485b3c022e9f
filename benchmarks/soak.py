"""Thousands of hostile and honest checks, mixed, in the same cells: no wrong verdict, nothing left.

    python benchmarks/soak.py --checks 5000 --seed 1

Every check is drawn at random (seeded) from the hostile programs of all languages and the references of their tasks, two at
a time. A hostile program must get its outcome, a reference must pass; known limits are not drawn. Afterwards no container
of the run exists, and the report says how many cells served.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

import anyio

from codeloop import host
from codeloop.attempts import Candidate, Status
from codeloop.sandbox.docker import DockerSandbox
from codeloop.sandbox.owner import RUN_LABEL
from codeloop.stages.check import Checker

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from corpus import CORPUS, CPU_S, SLEEPER_S, TASKS, Hurried, Program

RUN = "soak"
JOBS = 2


class Counting(DockerSandbox):
    """Counts the containers that it starts."""

    started = 0

    def _create(self, *arguments: object) -> object:  # type: ignore[override]
        self.started += 1
        return super()._create(*arguments)  # type: ignore[arg-type]


async def soak(n_checks: int, seed: int) -> int:
    """Run the checks; give how many went wrong."""
    rng = random.Random(seed)
    drawn: list[Program | str] = [
        rng.choice(CORPUS) if rng.random() < 0.5 else rng.choice(sorted(TASKS)) for _ in range(n_checks)
    ]
    sandbox = Counting(run_id=RUN, jobs=JOBS)
    checker, patient = Checker(sandbox=sandbox, cpu_s=CPU_S), Checker(sandbox=sandbox)
    hurried = Checker(sandbox=Hurried(sandbox, SLEEPER_S), cpu_s=CPU_S)
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    began, left = time.monotonic(), list(enumerate(drawn))

    async def one(number: int, item: Program | str) -> None:
        is_hostile = isinstance(item, Program)
        task = item.task if isinstance(item, Program) else TASKS[item]
        code = item.code if isinstance(item, Program) else task.prompt + task.reference
        check = checker
        if isinstance(item, Program) and (item.waits or item.cpu_s != CPU_S):
            check = hurried if item.waits else patient
        verdict = await check(task, Candidate(code=code), task.hidden)
        outcomes[f"{'hostile' if is_hostile else 'honest'} {verdict.last.outcome}"] += 1
        name = f"{task.language}/{item.path.stem}" if isinstance(item, Program) else item
        expected = item.outcome.split(" or ") if isinstance(item, Program) else ["ok"]
        is_right = verdict.last.outcome in expected and (verdict.status is Status.PASSED) is not is_hostile
        if not is_right:
            wrong.append(
                f"check {number}: {name}: {verdict.status} {verdict.last.outcome}, expected {' or '.join(expected)}"
            )
            print(wrong[-1], flush=True)
        if number % 250 == 0:
            print(f"{number} checks, {time.monotonic() - began:.0f} s, {sandbox.started} containers", flush=True)

    async def work() -> None:
        while left:
            await one(*left.pop(0))

    try:
        async with anyio.create_task_group() as group:
            for _ in range(JOBS):
                group.start_soon(work)
    finally:
        await sandbox.aclose()
    print(f"{n_checks} checks, seed {seed}, {time.monotonic() - began:.0f} s, {sandbox.started} containers served")
    print(", ".join(f"{name} {count}" for name, count in sorted(outcomes.items())))
    print(f"{len(wrong)} wrong verdicts")
    return len(wrong) + containers_left()


def containers_left() -> int:
    """How many containers of this run exist."""
    client = host.connect()
    try:
        left = client.containers.list(all=True, filters={"label": f"{RUN_LABEL}={RUN}"}, ignore_removed=True)
        print(f"{len(left)} containers left")
        return len(left)
    finally:
        client.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checks", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(bool(anyio.run(soak, options.checks, options.seed)))
