"""The driver's memory over many checks: it must not grow with their number.

    python benchmarks/driver_memory.py --checks 100000

References of HumanEval-X in Python, over and over, two cells. After 1,000 checks and at each tenth of the way the driver's
resident set is printed (VmRSS of proc_pid_status(5), MiB). Exit status 1 when it ends more than a tenth above what it was
after the first thousand.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import count, cycle
from pathlib import Path

import anyio

from codeloop import config
from codeloop.attempts import Candidate, Status
from codeloop.registry import open_checker
from codeloop.suites import load_suite

FIRST = 1000
JOBS = 2
ALLOWED = 1.1


def resident_mib() -> float:
    """Give this process's resident set."""
    words = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(words.split()[1]) / 1024


async def run(n_checks: int) -> float:
    """Make the checks; give the last resident set as a share of the one after the first thousand."""
    suite = load_suite("humaneval-x", ("python",), data_dir=config.data_dir(), cache_dir=config.cache_dir())
    numbers, tasks = count(1), cycle(suite.tasks)
    began, seen = time.monotonic(), []
    marks = {FIRST, *range(n_checks // 10, n_checks + 1, max(1, n_checks // 10))}
    async with open_checker("driver-memory", ("python",), JOBS, lambda _: None) as check:

        async def work() -> None:
            while (number := next(numbers)) <= n_checks:
                task = next(tasks)
                verdict = await check(task, Candidate(code=task.prompt + task.reference), task.hidden)
                if verdict.status is not Status.PASSED:
                    raise SystemExit(f"check {number}: {task.id} {verdict.last.outcome}")
                if number in marks:
                    seen.append(resident_mib())
                    print(f"{number} checks, {time.monotonic() - began:.0f} s: {seen[-1]:.1f} MiB", flush=True)

        async with anyio.create_task_group() as group:
            for _ in range(JOBS):
                group.start_soon(work)
    return seen[-1] / seen[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checks", type=int, default=100_000)
    share = anyio.run(run, parser.parse_args().checks)
    print(f"at the end {share:.3f} times what it was after {FIRST} checks")
    sys.exit(share > ALLOWED)
