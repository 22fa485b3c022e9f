"""Mutation of reference solutions with their hidden tests: the share in schemata, equivalence with switches off, scores.

    python benchmarks/mutation_references.py --lang python,java,cpp,javascript,go,rust --every 1 --jobs 2

Every n-th task of each language, all mutants (or ``--mutants`` of each task, drawn by ``--seed``). A reference that does
not pass its tests is named and left out. ``in schemata``: mutants that shared one compile, of all that were judged;
``compile s`` and ``run s`` are summed over tasks, which run ``--jobs`` at a time; ``ms a run``: ``run s`` by mutants that
were run, the two rehearsals of each task included.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

import anyio
from mutation_programs import Reference, in_parallel, options_of, passing, per, print_head, references_of, suite_of

from codeloop.mutation.results import MutantStatus, MutationReport
from codeloop.registry import open_checker
from codeloop.stages.mutate import MutationSettings

Row = tuple[str, MutationReport]
_RUN = (MutantStatus.KILLED, MutantStatus.TIMED_OUT, MutantStatus.SURVIVED, MutantStatus.ERRORED)
_REFUSED = "the compiler refuses the schemata:"
HEAD = (
    f"{'language':11} {'tasks':>5} {'found':>6} {'judged':>6} {'in schemata':>11} {'equivalent':>10} {'killed':>6}"
    f" {'timed out':>9} {'survived':>8} {'unreached':>9} {'withdrawn':>9} {'not run':>7} {'errored':>7} {'score':>6}"
    f" {'compile s':>9} {'run s':>7} {'s a task':>8} {'ms a run':>8}"
)


def line_of(language: str, rows: Sequence[Row], wall_s: float) -> str:
    """Sum a language's reports into its line of the table."""
    reports = [report for _, report in rows]
    counts: Counter[MutantStatus] = Counter()
    for report in reports:
        counts.update(report.counts)
    whole = MutationReport(results=tuple(result for report in reports for result in report.results))
    n_run = sum(counts[status] for status in _RUN)
    run_s = sum(report.run_s for report in reports)
    n_equivalent = sum(report.is_equivalent for report in reports)
    statuses = (
        f"{counts[MutantStatus.KILLED]:6} {counts[MutantStatus.TIMED_OUT]:9} {counts[MutantStatus.SURVIVED]:8}"
        f" {counts[MutantStatus.NO_COVERAGE]:9} {counts[MutantStatus.WITHDRAWN]:9} {counts[MutantStatus.NOT_RUN]:7}"
        f" {counts[MutantStatus.ERRORED]:7}"
    )
    return (
        f"{language:11} {len(rows):5} {sum(report.n_found for report in reports):6} {len(whole.results):6}"
        f" {percent(whole.in_schemata):>11} {n_equivalent:10} {statuses} {percent(whole.score):>6}"
        f" {sum(report.compile_s for report in reports):9.1f} {run_s:7.1f} {per(wall_s, len(rows)):8.2f}"
        f" {1000 * per(run_s, n_run):8.1f}"
    )


def percent(share: float | None) -> str:
    """Write a share; ``-`` where there is none."""
    return "-" if share is None else f"{100 * share:.1f}%"


def notes_of(rows: Sequence[Row]) -> list[str]:
    """List what did not go as it should: notes, schemata that are not the original, what took a compile of its own.

    What a compiler said is not written: it quotes the program, which is the suite's.
    """
    lines = []
    for task_id, report in rows:
        lines += [f"{task_id}: {_REFUSED if note.startswith(_REFUSED) else note}" for note in report.notes]
        if not report.is_equivalent and not report.notes:
            lines.append(f"{task_id}: not equivalent")
        for why, chosen in (
            ("alone", [r for r in report.results if r.is_alone]),
            ("errored", [r for r in report.results if r.status is MutantStatus.ERRORED]),
        ):
            if chosen and report.is_equivalent:
                operators = Counter(f"{result.mutant.operator} {result.status}" for result in chosen)
                lines.append(f"{task_id}: {why}: {', '.join(f'{n} {name}' for name, n in sorted(operators.items()))}")
    return lines


async def mutate(language: str, references: list[Reference], settings: MutationSettings, jobs: int) -> None:
    """Judge the mutants of a language's references and print its line and notes."""
    rows: list[Row] = []
    async with open_checker("mutation", (language,), jobs, lambda _: None) as check:
        good, failed = await passing(check, references, jobs)

        async def one(each: Reference) -> None:
            rows.append((each.task.id, await check.mutate(each.task, each.code, each.task.hidden.code, settings)))

        wall_s = await in_parallel(good, one, jobs)
    order = {each.task.id: number for number, each in enumerate(good)}
    rows.sort(key=lambda row: order[row[0]])
    print(line_of(language, rows, wall_s), flush=True)
    for text in (*(f"left out, fails its tests: {name}" for name in failed), *notes_of(rows)):
        print(f"{'':11} {text}", flush=True)


def main() -> int:
    """Run and print."""
    parser = options_of(__doc__, every=1, jobs=2, seed=0)
    parser.add_argument("--mutants", type=int, help="of each task, drawn by --seed; all without it")
    options = parser.parse_args()
    languages = options.lang.split(",")
    settings = MutationSettings(max_mutants=options.mutants, seed=options.seed)
    print_head(languages)
    drawn = (
        "all mutants" if options.mutants is None else f"at most {options.mutants} mutants a task, seed {options.seed}"
    )
    print(f"{options.suite}, every {options.every}. task of each language, {drawn}, {options.jobs} workers\n\n{HEAD}")
    for language in languages:
        tasks = suite_of(options.suite, language).tasks[:: options.every]
        anyio.run(mutate, language, references_of(tasks), settings, options.jobs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
