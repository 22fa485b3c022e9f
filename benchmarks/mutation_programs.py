"""What the mutation benchmarks share: the programs, a pool of workers, and the head of a table."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import anyio

from codeloop import host
from codeloop.attempts import Candidate, Status
from codeloop.languages import NAMES, get_language
from codeloop.stages.check import Checker
from codeloop.suites import load_suite
from codeloop.tasks import Suite, Task

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A task and its whole reference program, which passes the hidden tests in ``cpu_s`` CPU seconds."""

    task: Task
    code: str
    cpu_s: float = 0.0


def options_of(description: str | None, **defaults: int) -> argparse.ArgumentParser:
    """Make the parser with what every one of them takes; ``defaults`` are further whole numbers."""
    parser = argparse.ArgumentParser(description=(description or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--lang", default=",".join(NAMES))
    parser.add_argument("--suite", default="humaneval-x")
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser


def suite_of(name: str, language: str) -> Suite:
    """Load one language of a suite."""
    data = os.environ.get("CODELOOP_DATA_DIR")
    return load_suite(name, (language,), data_dir=Path(data) if data else None)


def references_of(tasks: Sequence[Task]) -> list[Reference]:
    """Make whole programs of the references: what the loop would make of them (Go's lack their imports)."""
    return [
        Reference(task=task, code=get_language(task.language).completed(task, task.prompt + task.reference)[0])
        for task in tasks
    ]


async def passing(check: Checker, references: Sequence[Reference], jobs: int) -> tuple[list[Reference], list[str]]:
    """Split them into those that pass the hidden tests, in their order, and the ids of the others with what failed."""
    found: dict[str, Reference] = {}
    failed: list[str] = []

    async def one(each: Reference) -> None:
        verdict = await check(each.task, Candidate(code=each.code), each.task.hidden)
        if verdict.status is Status.PASSED:
            found[each.task.id] = Reference(task=each.task, code=each.code, cpu_s=verdict.last.cpu_s)
        else:
            failed.append(f"{each.task.id} ({verdict.last.outcome})")

    await in_parallel(references, one, jobs)
    return [found[each.task.id] for each in references if each.task.id in found], sorted(failed)


async def in_parallel(items: Sequence[Item], one: Callable[[Item], Awaitable[None]], jobs: int) -> float:
    """Do all, ``jobs`` at a time in their order; give the seconds that it took."""
    waiting = list(reversed(items))
    began = time.monotonic()

    async def work() -> None:
        while waiting:
            await one(waiting.pop())

    async with anyio.create_task_group() as group:
        for _ in range(jobs):
            group.start_soon(work)
    return time.monotonic() - began


def print_head(languages: Sequence[str]) -> None:
    """Say what was run when, on what, and which images judged."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    arguments = " ".join([f"benchmarks/{Path(sys.argv[0]).name}", *sys.argv[1:]])
    print(f"python {arguments}")
    print(f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, commit {commit.stdout.strip()}")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()};"
        f" load before: {os.getloadavg()[0]:.1f}"
    )
    print(f"images: {', '.join(host.image_tag(language) for language in languages)}", flush=True)


def per(whole: float, n: int) -> float:
    """Divide; 0 of nothing."""
    return whole / n if n else 0.0
