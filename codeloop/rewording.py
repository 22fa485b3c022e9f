"""Rewording: behaviour-preserving variants of what a translation task shows the model, each held against its original first.

A variant that cannot be shown to do what the original does is left out: a model would be asked for another program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import anyio

from codeloop.errors import ConfigError
from codeloop.languages import get_language
from codeloop.languages.c_rust_tests import IMAGE, Budget, DifferentialTests, NotBuilt
from codeloop.perturb import Variant, perturbed
from codeloop.sandbox.port import Sandbox
from codeloop.stages.differential import compare_originals
from codeloop.suites.translations import reworded
from codeloop.tasks import Task

_BUDGET = Budget(runs=60_000, seconds=5)
_TRIED = 3
"""Variants that are tried for each that is wanted."""

Texts = Mapping[str, Sequence[Sequence[str]]]
"""Task id to its variants: the text, then the kinds of rewrites in it. Plain data, for a run to note."""


def check_rewordable(tasks: Sequence[Task]) -> None:
    """See that there is something to rewrite. Raises ConfigError."""
    if not all(task.language == IMAGE for task in tasks):
        raise ConfigError("--perturb rewrites C: give c-basics, a C file or a folder of them, or leave it out")


async def verified_variants(
    tasks: Sequence[Task], sandbox: Sandbox, n: int, seed: int, on_done: Callable[[int, int], None] = lambda *_: None
) -> dict[str, list[list[str]]]:
    """Give up to ``n`` variants of each task's original that agree with it on fuzzed inputs; fewer where no more were found.

    ``on_done`` is told how many tasks are done, and of how many. Raises SandboxError.
    """
    found: dict[str, list[list[str]]] = {}

    async def one(task: Task) -> None:
        chosen = await _agreeing(task, sandbox, n, seed)
        found[task.id] = [[each.text, *sorted(each.kinds)] for each in chosen]
        on_done(len(found), len(tasks))

    async with anyio.create_task_group() as group:
        for task in tasks:
            group.start_soon(one, task)
    return {task.id: found[task.id] for task in tasks}


def with_wordings(tasks: Sequence[Task], texts: Texts) -> tuple[Task, ...]:
    """Give the tasks that can be put in these ways beside their own."""
    return tuple(
        replace(task, wordings=tuple(reworded(task, text, kinds) for text, *kinds in texts.get(task.id, ())))
        for task in tasks
    )


async def _agreeing(task: Task, sandbox: Sandbox, n: int, seed: int) -> list[Variant]:
    """Try variants until enough agree."""
    tests = DifferentialTests.read(task.hidden.code)
    chosen: list[Variant] = []
    async with sandbox.open(task.language, memory_bytes=get_language(task.language).memory_bytes) as cell:
        for variant in perturbed(tests.files["original.c"], seed, _TRIED * n, keep=tests.entry_points):
            compared = await compare_originals(cell, tests.files, variant.text, _BUDGET)
            if not isinstance(compared, NotBuilt) and compared.agrees:
                chosen.append(variant)
            if len(chosen) == n:
                break
    return chosen
