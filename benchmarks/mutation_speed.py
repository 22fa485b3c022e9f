"""How much faster schemata are than one compile per mutant, in the same warm cells.

    python benchmarks/mutation_speed.py --lang java,cpp,go,rust --every 8 --runs 3

Whole wall over all mutants of every n-th reference, interleaved, medians, ``--jobs`` tasks at a time. Both ways have the same
limit of CPU time for a mutant (one second and ten times what the original needs), so that an endless mutant costs one compile
per mutant no more than its own rule would; only schemata have fuel. In neither figure: the start of the cells and the check
that the reference passes. Schemata's holds the mutants that needed a compile of their own, and the two rehearsals.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import replace

import anyio
from mutation_programs import Reference, in_parallel, options_of, passing, per, print_head, references_of, suite_of

from codeloop.mutation.results import MutantStatus, MutationReport
from codeloop.registry import open_checker
from codeloop.stages.check import Checker
from codeloop.stages.mutate import MutationSettings

_UNKNOWN = (MutantStatus.NOT_RUN, MutantStatus.ERRORED)
_TOGETHER = MutationSettings(max_alone=10**6)
_ALONE = MutationSettings(has_schemata=False)
Pass = tuple[float, list[MutationReport]]


def limit_of(cpu_s: float, most: float) -> float:
    """Give the limit that the stage sets itself once it has run the original."""
    return min(most, 1.0 + 10.0 * cpu_s)


async def timed(check: Checker, references: Sequence[Reference], settings: MutationSettings, jobs: int) -> Pass:
    """Judge all mutants of the references, in the check's cells."""
    reports: list[MutationReport] = []

    async def one(each: Reference) -> None:
        limited = replace(check, cpu_s=limit_of(each.cpu_s, check.cpu_s))
        reports.append(await limited.mutate(each.task, each.code, each.task.hidden.code, settings))

    return await in_parallel(references, one, jobs), reports


async def compare(language: str, references: list[Reference], runs: int, jobs: int) -> None:
    """Run both ways in turn and print the language's line."""
    async with open_checker("speed", (language,), jobs, lambda _: None) as check:
        good, failed = await passing(check, references, jobs)
        await timed(check, good[:1] * jobs, _TOGETHER, jobs)  # compilers and page cache are warm for both
        together: list[Pass] = []
        alone: list[Pass] = []
        for number in range(runs):
            for is_together in (True, False) if number % 2 == 0 else (False, True):
                ways, settings = (together, _TOGETHER) if is_together else (alone, _ALONE)
                ways.append(await timed(check, good, settings, jobs))
    print(line_of(language, len(good), together, alone), flush=True)
    for name in failed:
        print(f"{'':11} left out, fails its tests: {name}", flush=True)


def line_of(language: str, n_tasks: int, together: list[Pass], alone: list[Pass]) -> str:
    """Give medians, the ratio of medians and the ratios of the single runs."""
    ours, theirs = (statistics.median(wall for wall, _ in ways) for ways in (together, alone))
    ratios = " ".join(f"{b / a:.1f}" for (a, _), (b, _) in zip(together, alone, strict=True))
    n_mutants = sum(len(report.results) for report in together[0][1])
    unknown = sum(
        report.counts[status] for _, reports in (*together, *alone) for report in reports for status in _UNKNOWN
    )
    compiles = sum(report.compile_s for report in together[0][1])
    return (
        f"{language:11} {n_tasks:5} {n_mutants:7} {ours:10.1f} {theirs:9.1f} {theirs / ours:7.1f}x {ratios:>16}"
        f" {1000 * per(ours, n_mutants):11.1f} {1000 * per(theirs, n_mutants):11.1f} {compiles:9.1f} {unknown:8}"
    )


def main() -> int:
    """Run and print."""
    options = options_of(__doc__, every=8, runs=3, jobs=2).parse_args()
    languages = options.lang.split(",")
    print_head(languages)
    print(f"{options.suite}, every {options.every}. task, all mutants, {options.runs} runs, {options.jobs} workers\n")
    print(
        f"{'language':11} {'tasks':>5} {'mutants':>7} {'schemata s':>10} {'alone s':>9} {'faster':>8} {'each run':>16}"
        f" {'ms a mutant':>11} {'alone ms':>11} {'compile s':>9} {'no result':>9}"
    )
    for language in languages:
        tasks = suite_of(options.suite, language).tasks[:: options.every]
        anyio.run(compare, language, references_of(tasks), options.runs, options.jobs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
