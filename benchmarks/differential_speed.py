"""How many inputs a second the differential check compares: each reference of ``c-basics`` against its original, one core.

Printed: executions by wall and by processor time (the fuzzer is one thread, so the second is what a core of its own would
give on a machine that does other things as well), inputs on which C is undefined, and what of C was reached. At the end the
median of those functions that take nothing but numbers. Wants ``codeloop/c-rust``; builds it where it is missing.
"""

from __future__ import annotations

import argparse
import statistics

import anyio

from codeloop import host, images
from codeloop.csource import Role, arguments_of
from codeloop.languages.c_rust import LANGUAGE
from codeloop.languages.c_rust_comparison import Comparison
from codeloop.languages.c_rust_tests import IMAGE, Budget, NotBuilt
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.differential import compare
from codeloop.suites.c_functions import Original, load_basics


def is_scalar(original: Original) -> bool:
    """Say whether every entry point takes numbers only."""
    roles = {each.role for entry in original.entries for each in arguments_of(entry.function, entry.roles)}
    return roles <= {Role.VALUE} and not any(entry.function.globals for entry in original.entries)


async def measured(names: list[str], budget: Budget) -> list[tuple[Original, Comparison]]:
    """Compare one after another, each in a check of its own."""
    found = []
    sandbox = DockerSandbox(run_id="differential-speed")
    try:
        for original in load_basics():
            if names and original.name not in names:
                continue
            async with sandbox.open(IMAGE, memory_bytes=LANGUAGE.memory_bytes) as cell:
                answer = await compare(cell, original.unit, original.entries, original.reference, budget)
            if isinstance(answer, NotBuilt):
                raise SystemExit(f"{original.name}: {answer.step}: {answer.output}")
            found.append((original, answer))
            print(line(original, answer), flush=True)
    finally:
        await sandbox.aclose()
    return found


def line(original: Original, answer: Comparison) -> str:
    """One row of the table."""
    kind = "scalar" if is_scalar(original) else "memory"
    covered = sum(each.n_covered for each in answer.reached)
    regions = sum(each.n_all for each in answer.reached)
    return (
        f"{original.name:20} {kind:7} {answer.n_executions:9,} {answer.n_executions / answer.seconds:11,.0f}/s "
        f"{answer.n_executions / answer.cpu_seconds:11,.0f}/cpu-s  undefined {answer.n_undefined:8,}  regions {covered}/{regions}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="files of c-basics; all of them if none is given")
    parser.add_argument("--runs", type=int, default=500_000)
    options = parser.parse_args()
    images.ensure_images([IMAGE], print)
    print(host.description())
    found = anyio.run(measured, options.names, Budget(runs=options.runs, seconds=120))
    rates = [answer.n_executions / answer.cpu_seconds for original, answer in found if is_scalar(original)]
    if rates:
        print(
            f"scalar functions: median {statistics.median(rates):,.0f} executions per second of one core, slowest {min(rates):,.0f}"
        )


if __name__ == "__main__":
    main()
