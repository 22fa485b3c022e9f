"""Warm cells judge as cold containers do: the same programs both ways, every report compared.

    python benchmarks/cold_and_warm.py --lang python,java,cpp,javascript,go,rust --every 1

Programs are the reference and the known-bad program of each task. Cold is ``--isolation container``: a container for each
check, every program started by exec, every compiler new. Warm is ``--isolation cell``: resident compilers, forked
programs, prelinked parts. What is compared is what a user can see: each stage's status and outcome, each case with its
values, each diagnostic with its place. Exit status 1 when anything differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

import anyio

from codeloop import config
from codeloop.attempts import StageReport
from codeloop.grade import Graded, Sample, grade, known_bad_samples, reference_samples
from codeloop.registry import open_checker
from codeloop.suites import load_suite
from codeloop.tasks import Suite

LANGUAGES = ("python", "java", "cpp", "javascript", "go", "rust")
JOBS = 2


def programs(suite: Suite, every: int) -> tuple[Sample, ...]:
    """Make the samples of every n-th task of each language: its reference, and its known-bad program."""
    chosen: list[Sample] = []
    for made in (reference_samples(suite), known_bad_samples(suite)):
        for language in dict.fromkeys(sample.task.language for sample in made):
            chosen += [sample for sample in made if sample.task.language == language][::every]
    return tuple(chosen)


def seen(graded: Graded) -> tuple[object, ...]:
    """Give what a user sees of a verdict, without what measures time."""
    if graded.verdict is None:
        return ("errored", graded.error)
    return tuple(_stage(report) for report in graded.verdict.reports)


def _stage(report: StageReport) -> tuple[object, ...]:
    return (report.stage, report.status, report.outcome, report.cases, report.diagnostics)


async def judged(samples: Sequence[Sample], isolation: str) -> tuple[Graded, ...]:
    """Judge all samples with one isolation."""
    languages = tuple(dict.fromkeys(sample.task.language for sample in samples))

    async def ignore(_: Graded) -> None:
        return None

    choice = config.SandboxChoice(kind="docker", isolation=isolation)
    async with open_checker(f"compare-{isolation}", languages, JOBS, lambda _: None, choice) as check:
        return await grade(samples, check, ignore)


def both_ways(samples: Sequence[Sample]) -> tuple[tuple[Graded, ...], tuple[Graded, ...]]:
    """Judge all samples cold, then warm."""
    return anyio.run(judged, samples, "container"), anyio.run(judged, samples, "cell")


def differences(samples: Sequence[Sample]) -> list[str]:
    """Judge both ways; tell of every program of which a user would see something else."""
    found = []
    began = time.monotonic()
    for cold, warm in zip(*both_ways(samples), strict=True):
        if seen(cold) != seen(warm):
            kind = "reference" if cold.sample.candidate.code.endswith(cold.sample.task.reference) else "known-bad"
            found.append(f"{cold.sample.task.id} {kind}:\n  cold {seen(cold)}\n  warm {seen(warm)}")
    languages = ", ".join(dict.fromkeys(sample.task.language for sample in samples))
    print(f"{languages}: {len(samples)} programs, {time.monotonic() - began:.0f} s", flush=True)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lang", default=",".join(LANGUAGES))
    parser.add_argument("--suite", default="humaneval-x")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th task of a language")
    options = parser.parse_args()
    count, found = 0, []
    for language in options.lang.split(","):
        samples = programs(
            load_suite(options.suite, (language,), data_dir=config.data_dir(), cache_dir=config.cache_dir()),
            options.every,
        )
        count += len(samples)
        found += differences(samples)
    print("\n".join([*found, f"{count} programs, {len(found)} judged differently"]))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
