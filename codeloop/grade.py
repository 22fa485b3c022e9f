"""Grade: judge given samples against the hidden tests; no model, no loop."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from codeloop.attempts import Candidate, Completion, Status, Verdict
from codeloop.errors import SandboxError, SuiteError, UnknownName
from codeloop.extract import extract
from codeloop.languages import get_language
from codeloop.stages.check import Check
from codeloop.tasks import Suite, Task

_KEYS = ("solution", "completion", "generation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One program to judge; ``draw`` counts the samples of the same task."""

    task: Task
    draw: int
    candidate: Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """One judged sample; ``verdict`` is ``None`` when the machine failed, and ``error`` says how."""

    sample: Sample
    verdict: Verdict | None
    wall_s: float
    error: str = ""

    @property
    def status(self) -> Status:
        """Give the sample's outcome."""
        return self.verdict.status if self.verdict else Status.ERRORED


def read_samples(path: Path, suite: Suite) -> tuple[Sample, ...]:
    """Read a samples file (JSON lines, ``.gz`` allowed): ``task_id`` with ``solution``, ``completion`` or ``generation``.

    Raises SuiteError with file and line for anything malformed, UnknownName for a task id that the suite lacks.
    """
    tasks = {task.id: task for task in suite.tasks}
    draws: dict[str, int] = {}
    samples = []
    for number, line in _lines(path):
        sample = _sample(f"{path}:{number}", line, tasks, draws)
        samples.append(sample)
    if not samples:
        raise SuiteError(f"{path} holds no samples: one JSON object a line with task_id and solution or completion")
    return tuple(samples)


def reference_samples(suite: Suite) -> tuple[Sample, ...]:
    """Make a sample of every reference solution."""
    return tuple(
        Sample(task=task, draw=0, candidate=Candidate(code=task.prompt + task.reference))
        for task in suite.tasks
        if task.reference.strip()
    )


def known_bad_samples(suite: Suite) -> tuple[Sample, ...]:
    """Make a sample of every known-bad program: each must fail."""
    return tuple(
        Sample(task=task, draw=0, candidate=Candidate(code=get_language(task.language).stub(task).code))
        for task in suite.tasks
    )


async def grade(
    samples: Sequence[Sample], check: Check, on_graded: Callable[[Graded], Awaitable[None]]
) -> tuple[Graded, ...]:
    """Judge all samples, as many at once as the sandbox allows; results in the order of the samples."""
    results: dict[int, Graded] = {}

    async def judge(index: int, sample: Sample) -> None:
        started = time.monotonic()
        verdict, error = None, ""
        try:
            verdict = await check(sample.task, sample.candidate, sample.task.hidden)
        except SandboxError as exc:
            error = str(exc)
        graded = Graded(sample=sample, verdict=verdict, wall_s=time.monotonic() - started, error=error)
        results[index] = graded
        await on_graded(graded)

    limiter = anyio.CapacityLimiter(32)  # only bounds waiting coroutines; the sandbox bounds cells

    async def limited(index: int, sample: Sample) -> None:
        async with limiter:
            await judge(index, sample)

    async with anyio.create_task_group() as group:
        for index, sample in enumerate(samples):
            group.start_soon(limited, index, sample)
    return tuple(results[index] for index in range(len(samples)))


def summarise(graded: Sequence[Graded], suite: Suite, wall_s: float) -> dict[str, object]:
    """Make the ``--json`` object. A task counts as passed when all its samples passed."""
    errata = {task_id for task_id, _ in suite.errata}
    languages: dict[str, object] = {}
    for language in sorted({item.sample.task.language for item in graded}):
        mine = [item for item in graded if item.sample.task.language == language]
        ids = list(dict.fromkeys(item.sample.task.id for item in mine))
        errored = _ids(mine, Status.ERRORED)
        failed = [task_id for task_id in _ids(mine, Status.FAILED) if task_id not in errored]
        languages[language] = {
            "tasks": len(ids),
            "samples": len(mine),
            "passed": len(ids) - len(failed) - len(errored),
            "passed_samples": sum(item.status is Status.PASSED for item in mine),
            "failed": [task_id for task_id in failed if task_id not in errata],
            "errored": errored,
            "errata": [task_id for task_id in ids if task_id in errata],
            "extraction": dict(Counter(note for item in mine for note in item.sample.candidate.notes)),
            "wall_s": round(sum(item.wall_s for item in mine), 3),
        }
    return {"schema_version": 1, "wall_s": round(wall_s, 3), "languages": languages}


def _ids(graded: Iterable[Graded], status: Status) -> list[str]:
    return list(dict.fromkeys(item.sample.task.id for item in graded if item.status is status))


def _lines(path: Path) -> Iterable[tuple[int, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except FileNotFoundError as exc:
        raise SuiteError(f"no samples file {path}: give the path of a .jsonl or .jsonl.gz file") from exc
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as exc:
        raise SuiteError(f"{path} breaks off after line {number} ({exc}): make the file again or cut it there") from exc


def _sample(place: str, line: str, tasks: dict[str, Task], draws: dict[str, int]) -> Sample:
    try:
        row = json.loads(line)
    except ValueError as exc:
        raise SuiteError(f"{place} is not JSON ({exc}): one object a line is expected") from exc
    except RecursionError as exc:
        raise SuiteError(f"{place} is nested too deeply") from exc
    if not isinstance(row, dict) or not isinstance(row.get("task_id"), str):
        raise SuiteError(f"{place} has no task_id: an object with task_id and solution or completion is expected")
    key = next((key for key in _KEYS if isinstance(row.get(key), str)), None)
    if key is None:
        raise SuiteError(f"{place} has no program: one of {', '.join(_KEYS)} must be a string")
    if row["task_id"] not in tasks:
        raise UnknownName(f"task id at {place}", row["task_id"], tasks)
    task = tasks[row["task_id"]]
    draw = draws.get(task.id, 0)
    draws[task.id] = draw + 1
    # A file does not say how an answer ended; a word of ours keeps that apart from a model's own.
    return Sample(task=task, draw=draw, candidate=extract(task, Completion(text=row[key], finish_reason="given")))
