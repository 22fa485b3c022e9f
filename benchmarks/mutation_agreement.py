"""Schemata and one compile per mutant agree: the same drawn mutants both ways, and every difference.

    python benchmarks/mutation_agreement.py --lang python,java,cpp,javascript,go,rust --mutants 1000 --seed 0

Mutants are spread evenly over the languages, and ``--each`` are drawn in each of so many tasks, which lie evenly over the
suite. The same seed draws the same mutants for both ways; with ``--whole`` the schemata hold the task's others too. Alone, a
mutant has the check's whole CPU time and no fuel; what no test reaches in schemata must survive alone. Counted apart and
listed: ``noticed``, killed one way and timed out the other; ``refused``, judged in schemata where the compiler takes no such
program alone. Exit status 1 on any other difference.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import anyio
from mutation_programs import Reference, in_parallel, options_of, passing, print_head, references_of, suite_of

from codeloop.mutation.mutants import find_mutants
from codeloop.mutation.results import MutantResult, MutantStatus, MutationReport
from codeloop.registry import open_checker
from codeloop.stages.mutate import MutationSettings
from codeloop.tasks import Suite

_UNKNOWN = {MutantStatus.NOT_RUN, MutantStatus.ERRORED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One mutant both ways."""

    task_id: str
    together: MutantResult
    alone: MutantResult

    @property
    def kind(self) -> str:
        """``same``, ``unknown`` where one way has no verdict, ``noticed``, ``refused``, else ``different``."""
        statuses = (self.together.status, self.alone.status)
        if set(statuses) & _UNKNOWN:
            return "unknown"
        if statuses[0] is statuses[1] or statuses == (MutantStatus.NO_COVERAGE, MutantStatus.SURVIVED):
            return "same"
        if set(statuses) == {MutantStatus.KILLED, MutantStatus.TIMED_OUT}:
            return "noticed"
        if statuses[1] is MutantStatus.WITHDRAWN:
            return "refused"
        return "different"

    def __str__(self) -> str:
        mutant = self.together.mutant
        ways = " / ".join(
            f"{result.status} ({result.outcome or '-'})" + (" own compile" if result.is_alone else "")
            for result in (self.together, self.alone)
        )
        return f"{self.task_id} mutant {mutant.id} {mutant.operator} line {mutant.line}: {ways}"


def paired(task_id: str, together: MutationReport, alone: MutationReport) -> list[Pair]:
    """Put both results of each mutant that was judged alone side by side. Raises ValueError where schemata lack it."""
    known = {result.mutant: result for result in together.results}
    if missing := [result.mutant.id for result in alone.results if result.mutant not in known]:
        raise ValueError(f"{task_id}: mutants {missing} were not judged in schemata")
    return [Pair(task_id=task_id, together=known[result.mutant], alone=result) for result in alone.results]


def spread(sizes: Sequence[int], wanted: int) -> list[int]:
    """Give as few places, evenly apart, as hold ``wanted`` together; all where that is too little."""
    for count in range(1, len(sizes)):
        places = [number * len(sizes) // count for number in range(count)]
        if sum(sizes[place] for place in places) >= wanted:
            return places
    return list(range(len(sizes)))


def drawn(suite: Suite, language: str, wanted: int, each: int) -> list[Reference]:
    """Choose references without known faults of the suite, that have ``wanted`` mutants at ``each`` or less of each."""
    errata = {task_id for task_id, _ in suite.errata}
    references = references_of([task for task in suite.tasks if task.id not in errata])
    sizes = [min(each, len(find_mutants(language, reference.code))) for reference in references]
    return [references[place] for place in spread(sizes, wanted)]


def table_of(pairs: Sequence[Pair]) -> list[str]:
    """Count the mutants by both statuses; rows are schemata."""
    counts = Counter((pair.together.status, pair.alone.status) for pair in pairs)
    columns = [status for status in MutantStatus if any(alone is status for _, alone in counts)]
    lines = [f"{'schemata, alone:':16}" + "".join(f" {status:>11}" for status in columns)]
    for row in MutantStatus:
        if any(together is row for together, _ in counts):
            lines.append(f"{row:16}" + "".join(f" {counts[row, column]:11}" for column in columns))
    return lines


async def both_ways(language: str, references: list[Reference], options: argparse.Namespace) -> list[Pair]:
    """Judge the drawn mutants of the references both ways, in the same cells."""
    found: dict[str, list[Pair]] = {}
    async with open_checker("agreement", (language,), options.jobs, lambda _: None) as check:
        good, failed = await passing(check, references, options.jobs)

        async def one(reference: Reference) -> None:
            task = reference.task
            alone = MutationSettings(max_mutants=options.each, seed=options.seed, has_schemata=False)
            together = replace(alone, has_schemata=True, max_alone=10**6)
            if options.whole:
                together = replace(together, max_mutants=None)
            reports = [
                await check.mutate(task, reference.code, task.hidden.code, settings) for settings in (together, alone)
            ]
            found[task.id] = paired(task.id, *reports)

        await in_parallel(good, one, options.jobs)
    for name in failed:
        print(f"{language}: left out, fails its tests: {name}", flush=True)
    return [pair for reference in good for pair in found[reference.task.id]]


def main() -> int:
    """Run and print."""
    parser = options_of(__doc__, mutants=1000, each=4, seed=0, jobs=2)
    parser.add_argument(
        "--whole", action="store_true", help="schemata hold all mutants of a task, not only the drawn ones"
    )
    options = parser.parse_args()
    languages = options.lang.split(",")
    print_head(languages)
    wanted = math.ceil(options.mutants / len(languages))
    print(f"{options.suite}, {wanted} mutants of each language, {options.each} of a task, seed {options.seed}\n")
    print(
        f"{'language':11} {'tasks':>5} {'mutants':>7} {'same':>5} {'noticed':>7} {'refused':>7} {'different':>9} {'unknown':>7}"
    )
    pairs: list[Pair] = []
    for language in languages:
        chosen = drawn(suite_of(options.suite, language), language, wanted, options.each)
        found = anyio.run(both_ways, language, chosen, options)
        print(line_of(language, found), flush=True)
        pairs += found
    print("\n".join([line_of("all", pairs), "", *table_of(pairs), ""]))
    print(
        "noticed: killed one way, timed out the other; refused: no program alone; unknown: not run, or the machine failed"
    )
    for pair in pairs:
        if pair.kind != "same":
            print(f"{pair.kind}: {pair}")
    return int(any(pair.kind == "different" for pair in pairs))


def line_of(language: str, pairs: Sequence[Pair]) -> str:
    """Count a language's pairs by kind."""
    kinds = Counter(pair.kind for pair in pairs)
    n_tasks = len({pair.task_id for pair in pairs})
    return (
        f"{language:11} {n_tasks:5} {len(pairs):7} {kinds['same']:5} {kinds['noticed']:7} {kinds['refused']:7} {kinds['different']:9}"
        f" {kinds['unknown']:7}"
    )


if __name__ == "__main__":
    sys.exit(main())
