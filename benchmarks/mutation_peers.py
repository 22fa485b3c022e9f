"""Mutation of the same Python programs with the same tests by mutmut, cosmic-ray and codeloop, equal workers.

    python benchmarks/mutation_peers.py --every 1 --workers 2

Every n-th reference of the suite becomes a module, its hidden tests one test function, in a temporary project. Each tool is
used in the way that is fastest for it, and ends an endless mutant by the same rule, one second and ten times the original:

- mutmut: one project with all modules, one ``mutmut run``; it calls, in a fork that has pytest loaded, the tests that reach
  the function. End to end: the command. Without start-up: from its line "Running mutation testing" on (before it stand
  interpreter and pytest, making mutants, finding which test reaches what, the clean and the forced-fail run).
- cosmic-ray: it knows one test command a session, so a session a module, ``--workers`` sessions at a time (the local
  distributor runs one mutant at a time); the test command is bare ``python tests/test_m1.py``, without pytest. End to end:
  ``init`` and ``exec`` of all sessions. Without start-up: less ``init`` again and ``exec`` again with nothing left to do.
- codeloop: a process of its own. End to end: that process, from interpreter to the removal of its cells, sandboxed. Without
  start-up: from when the cells have judged a program each to the last mutant.

Operators differ, so counts do: ``mutants/s`` is of mutants run (mutmut's that no test reaches cost nothing and are counted in).
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from mutation_peer_tools import PACKAGES, Project, cosmic_ray_run, make_environment, mutmut_run
from mutation_programs import Reference, in_parallel, options_of, per, print_head, references_of, suite_of

from codeloop import config
from codeloop.attempts import Candidate
from codeloop.mutation.results import MutantStatus
from codeloop.registry import open_checker
from codeloop.stages.mutate import MutationSettings

TOOLS = ("codeloop", "mutmut", "cosmic-ray")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a tool: seconds end to end and without start-up, and how many mutants became what."""

    whole_s: float
    work_s: float
    counts: dict[str, int]


async def mutate_all(references: list[Reference], workers: int) -> dict[str, Any]:
    """Judge the mutants of all references; the clock starts when the cells have judged one program each."""
    counts: Counter[str] = Counter()
    async with open_checker("peers", ("python",), workers, lambda _: None) as check:

        async def first(each: Reference) -> None:
            await check(each.task, Candidate(code=each.code), each.task.hidden)

        async def one(each: Reference) -> None:
            report = await check.mutate(each.task, each.code, each.task.hidden.code, MutationSettings(max_alone=10**6))
            counts.update({status.value: n for status, n in report.counts.items()})

        await in_parallel(references[:1] * workers, first, workers)
        work_s = await in_parallel(references, one, workers)
    return {"work_s": work_s, "counts": dict(counts)}


def codeloop_run(suite: str, ids: list[str], workers: int) -> Run:
    """Run codeloop in a process of its own."""
    command = [sys.executable, __file__, "--suite", suite, "--workers", str(workers), "--only", ",".join(ids)]
    began = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    whole_s = time.monotonic() - began
    found = json.loads(done.stdout.splitlines()[-1])
    counts = {
        "killed": found["counts"][MutantStatus.KILLED],
        "timed out": found["counts"][MutantStatus.TIMED_OUT],
        "survived": found["counts"][MutantStatus.SURVIVED],
        "unreached": found["counts"][MutantStatus.NO_COVERAGE],
        "other": sum(found["counts"][status] for status in ("withdrawn", "not_run", "errored")),
    }
    return Run(whole_s=whole_s, work_s=found["work_s"], counts=counts)


def line_of(tool: str, runs: list[Run], ours: list[Run]) -> str:
    """Give a tool's medians and how many times as long as codeloop it takes."""
    whole, work = (statistics.median(getattr(run, name) for run in runs) for name in ("whole_s", "work_s"))
    counts = runs[0].counts
    total = sum(counts.values())
    our_whole, our_work = (statistics.median(getattr(run, name) for run in ours) for name in ("whole_s", "work_s"))
    ratio = f"{whole / our_whole:9.1f}x {work / our_work:13.1f}x"
    rate = f"{per(total, 1) / whole:9.1f} {per(total, 1) / work:13.1f}"
    names = ("killed", "timed out", "survived", "unreached", "other")
    return (
        f"{tool:11} {whole:12.1f} {work:11.1f} {total:7} {' '.join(f'{counts.get(name, 0):9}' for name in names)}"
        f" {rate} {ratio}"
    )


def measure(references: list[Reference], suite: str, workers: int, runs: int, tools: list[str]) -> None:
    """Run the tools in turn on one project and print the table."""
    found: dict[str, list[Run]] = {tool: [] for tool in tools}
    environment = make_environment(config.cache_dir() / "benchmarks" / "peers")
    with TemporaryDirectory(prefix="mutation-peers-") as folder:
        project = Project.made(Path(folder) / "first", references, environment)
        kept = [each for each in references if each.task.id in project.seconds]
        print(f"{len(kept)} programs pass their tests in the project; left out: {len(references) - len(kept)}\n")
        for number in range(runs):
            for tool in tools:
                if tool == "codeloop":
                    found[tool].append(codeloop_run(suite, [each.task.id for each in kept], workers))
                    continue
                copy = project.copied(Path(folder) / f"{tool}-{number}")
                way = mutmut_run if tool == "mutmut" else cosmic_ray_run
                found[tool].append(Run(**way(copy, workers)))
    print(
        f"{'tool':11} {'end to end s':>12} {'no start s':>11} {'mutants':>7} {'killed':>9} {'timed out':>9} {'survived':>9}"
        f" {'unreached':>9} {'other':>9} {'mutants/s':>9} {'without start':>13} {'codeloop is':>10} {'without start':>14}"
    )
    for tool in tools:
        print(line_of(tool, found[tool], found["codeloop"]), flush=True)


def main() -> int:
    """Run and print; with ``--only`` be codeloop's side."""
    parser = options_of(__doc__, every=1, workers=2, runs=1)
    parser.add_argument("--tools", default=",".join(TOOLS), help="codeloop first: the others are compared with it")
    parser.add_argument(
        "--only", help="ids of tasks: mutate these with codeloop, write JSON (used by the script itself)"
    )
    options = parser.parse_args()
    tasks = suite_of(options.suite, "python").tasks
    if options.only:
        ids = set(options.only.split(","))
        references = references_of([task for task in tasks if task.id in ids])
        print(json.dumps(anyio.run(mutate_all, references, options.workers)))
        return 0
    print_head(("python",))
    print(f"{' '.join(PACKAGES)}, Python {sys.version.split()[0]}; {options.workers} workers, {options.runs} runs")
    measure(
        references_of(tasks[:: options.every]), options.suite, options.workers, options.runs, options.tools.split(",")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
