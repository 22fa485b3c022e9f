"""Mutation of reference solutions by their hidden tests, three measurements of it:

``references``: how many mutants share one compile, whether the schemata behave as the original, and the score, by language.
``agreement``: the same mutants judged in schemata and compiled alone, one by one; every difference is listed.
``speed``: the seconds of both ways for the same programs, all mutants, the same warm cells, interleaved; a ratio.

Nothing of a data set's text is printed. All want the machine alone.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import anyio

from codeloop import config
from codeloop.attempts import Candidate, Status
from codeloop.languages import NAMES, get_language
from codeloop.mutation.results import MutantStatus, MutationReport
from codeloop.registry import open_checker
from codeloop.stages.check import Checker
from codeloop.stages.mutate import MutationSettings
from codeloop.suites import load_suite
from codeloop.tasks import Task

JOBS = 2
DEAD = {MutantStatus.KILLED, MutantStatus.TIMED_OUT}
ALIVE = {MutantStatus.SURVIVED, MutantStatus.NO_COVERAGE}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def code_of(task: Task) -> str:
    """Give the whole reference program, with the imports that the prompt gives and it needs."""
    return get_language(task.language).completed(task, task.prompt + task.reference)[0]


async def mutated(
    check: Checker, tasks: list[Task], settings: MutationSettings
) -> AsyncIterator[tuple[Task, MutationReport | None, float]]:
    """Mutate references, ``JOBS`` at a time; ``None`` for one that its tests refuse. In the order in which they end."""
    send, receive = anyio.create_memory_object_stream[tuple[Task, MutationReport | None, float]](len(tasks))
    limiter = anyio.CapacityLimiter(JOBS)

    async def one(task: Task) -> None:
        async with limiter:
            began, code = time.monotonic(), code_of(task)
            verdict = await check(task, Candidate(code=code), task.hidden)
            report = (
                await check.mutate(task, code, task.hidden.code, settings) if verdict.status is Status.PASSED else None
            )
            await send.send((task, report, time.monotonic() - began))

    async with anyio.create_task_group() as group:
        for task in tasks:
            group.start_soon(one, task)
        for _ in tasks:
            yield await receive.receive()


async def references(check: Checker, language: str, tasks: list[Task], arguments: argparse.Namespace) -> None:
    began, statuses, alone, notes, refused = time.monotonic(), Counter[MutantStatus](), 0, [], []
    found = judged = n_tasks = 0
    compile_s = run_s = 0.0
    async for task, report, _ in mutated(check, tasks, MutationSettings(max_mutants=arguments.max_mutants)):
        if report is None:
            refused.append(task.id)
            continue
        n_tasks += 1
        found, judged = found + report.n_found, judged + len(report.results)
        statuses.update(result.status for result in report.results)
        alone += sum(result.is_alone for result in report.results)
        compile_s, run_s = compile_s + report.compile_s, run_s + report.run_s
        if report.notes or not report.is_equivalent:
            notes.append(f"{task.id}: {'' if report.is_equivalent else 'not equivalent: '}{'; '.join(report.notes)}")
    killed, alive = sum(statuses[each] for each in DEAD), sum(statuses[each] for each in ALIVE)
    counts = ", ".join(f"{status.value} {statuses[status]}" for status in MutantStatus if statuses[status])
    print(
        f"{language}: {n_tasks} programs; {judged} of {found} mutants; in schemata {100 * (1 - alone / judged):.2f} %"
    )
    print(f"  score {100 * killed / (killed + alive):.1f} %; {counts}")
    wall = time.monotonic() - began
    print(
        f"  {wall:.0f} s with {JOBS} cells; compiles {compile_s:.0f} s, runs {run_s:.0f} s, {1000 * run_s / judged:.0f} ms a mutant"
    )
    for line in [*notes, *(f"{name}: its tests refuse the reference" for name in refused)]:
        print(f"  {line}")


async def agreement(check: Checker, language: str, tasks: list[Task], arguments: argparse.Namespace) -> None:
    table, differences, compared = Counter[tuple[str, str]](), [], 0
    settings = MutationSettings(max_mutants=arguments.per_task, seed=arguments.seed)
    together = {task.id: report async for task, report, _ in mutated(check, tasks, settings) if report}
    async for task, report, _ in mutated(check, tasks, replace(settings, has_schemata=False)):
        if report is None:
            continue
        shared = {result.mutant.id: result for result in together[task.id].results}
        for result in report.results:
            pair = class_of(shared[result.mutant.id].status), class_of(result.status)
            compared += 1
            table[pair] += 1
            if pair[0] != pair[1]:
                mutant, other = result.mutant, shared[result.mutant.id]
                differences.append(
                    f"{task.id} line {mutant.line}, {mutant.operator.value}: in schemata {other.status.value} ({other.outcome}), "
                    f"alone {result.status.value} ({result.outcome})"
                )
    agreed = sum(count for (left, right), count in table.items() if left == right)
    print(f"{language}: {len(together)} programs, {compared} mutants, {agreed} judged alike")
    for (left, right), count in sorted(table.items()):
        print(f"  in schemata {left}, alone {right}: {count}")
    for line in differences:
        print(f"  {line}")


def class_of(status: MutantStatus) -> str:
    """What both ways must agree on: who is out of time was killed, what no test reaches survives."""
    return "killed" if status in DEAD else "survived" if status in ALIVE else status.value


async def speed(check: Checker, language: str, tasks: list[Task], arguments: argparse.Namespace) -> None:
    seconds: dict[bool, list[float]] = {True: [], False: []}
    n_mutants = 0
    for number in range(arguments.runs):
        for has_schemata in (True, False):
            began = time.monotonic()
            reports = [each async for each in mutated(check, tasks, MutationSettings(has_schemata=has_schemata))]
            seconds[has_schemata].append(time.monotonic() - began)
            n_mutants = sum(len(report.results) for _, report, _ in reports if report)
            say(
                f"{language} run {number + 1}, {'schemata' if has_schemata else 'alone'}: {seconds[has_schemata][-1]:.1f} s"
            )
    together, alone = (statistics.median(seconds[each]) for each in (True, False))
    print(
        f"{language}: {len(tasks)} programs, {n_mutants} mutants: schemata {together:.1f} s, one compile each {alone:.1f} s, {alone / together:.1f}x"
    )


MEASUREMENTS: dict[str, Callable[[Checker, str, list[Task], argparse.Namespace], Awaitable[None]]] = {
    "references": references,
    "agreement": agreement,
    "speed": speed,
}


async def main(arguments: argparse.Namespace) -> None:
    places = {"data_dir": config.data_dir(), "cache_dir": config.cache_dir(), "say": say}
    print(f"$ benchmarks/mutation.py {' '.join(sys.argv[1:])}")
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, {time.strftime('%Y-%m-%d')}; {arguments.suite}, every {arguments.every}. task\n"
    )
    for language in arguments.lang.split(","):
        suite = load_suite(arguments.suite, (language,), **places)  # type: ignore[arg-type]  # a keyword bundle
        errata = {task_id for task_id, _ in suite.errata}
        tasks = [task for task in suite.tasks[:: arguments.every] if task.id not in errata]
        async with open_checker("benchmark-mutation", (language,), JOBS, say) as check:
            await MEASUREMENTS[arguments.measurement](check, language, tasks, arguments)
        sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measurement", choices=MEASUREMENTS)
    parser.add_argument("--suite", default="humaneval-x")
    parser.add_argument("--lang", default=",".join(NAMES))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--max-mutants", type=int)
    parser.add_argument("--per-task", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=int, default=3)
    sys.path.insert(0, str(Path(__file__).parent))
    anyio.run(main, parser.parse_args())
