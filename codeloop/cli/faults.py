"""Faulty programs on the command line: judged by ``codeloop grade``, and chosen for a run of ``codeloop bench``."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

import anyio
import click

from codeloop import config
from codeloop.cli.options import say
from codeloop.config import SandboxChoice
from codeloop.fault_check import JudgedFault, LeftOut, check_faults
from codeloop.registry import open_checker
from codeloop.report import fault_tables, terminal
from codeloop.report.text import escape
from codeloop.stages.check import Check
from codeloop.store import Store
from codeloop.suites import load_suite
from codeloop.tasks import Suite, Task


def grade_faults(name: str, jobs: int, choice: SandboxChoice, *, as_json: bool) -> int:
    """Judge the faulty programs of an injected suite and print where they are found. Raises CodeloopError."""
    suite = load_suite(name, (), data_dir=config.data_dir(), cache_dir=config.cache_dir(), say=say)
    started = time.monotonic()
    judged, isolation = anyio.run(_judge, suite, jobs, choice)
    wall_s = round(time.monotonic() - started, 3)
    if as_json:
        facts = {"schema_version": 1, "suite": suite.name, "version": suite.version, "wall_s": wall_s}
        click.echo(json.dumps(facts | {"isolation": isolation, "programs": fault_tables.found(judged)}))
    else:
        click.echo(terminal.render([fault_tables.found_rows(judged)]))
        click.echo(escape(f"suite {suite.name} {suite.version}; isolation {isolation}; {wall_s} s"))
    return 3 if any(item.left_out is LeftOut.ERRORED for item in judged) else 0


async def _judge(suite: Suite, jobs: int, choice: SandboxChoice) -> tuple[tuple[JudgedFault, ...], str]:
    languages = tuple(dict.fromkeys(task.language for task in suite.tasks))
    async with open_checker("grade", languages, jobs, say, choice) as checker:
        say(f"judging {len(suite.tasks)} faulty programs on visible and hidden tests")
        return await check_faults(suite.tasks, checker, _progress), checker.sandbox.description


async def noticed(tasks: tuple[Task, ...], check: Check, store: Store, run_id: str) -> tuple[Task, ...]:
    """Leave out faulty programs that are no benchmark, and note the others' faults in the run; other tasks stay.

    Of a resumed run the choice stands: its report counts what was chosen first. Raises SandboxError.
    """
    if not any(task.faults for task in tasks):
        return tasks
    facts = store.load_run(run_id).config.get("facts", {})
    if "faults" not in facts:
        say(f"fault check: {len(tasks)} faulty programs")
        facts = _facts(await check_faults(tasks, check, _progress))
        store.note_facts(run_id, facts)
    for task_id, kinds, reason in facts["faults_left_out"]:
        say(f"left out: {task_id} ({kinds}) {reason}")
    return tuple(task for task in tasks if not task.faults or task.id in facts["faults"])


async def noticed_in_all(
    tasks: tuple[Task, ...], check: Check, store: Store, run_ids: Sequence[str]
) -> tuple[Task, ...]:
    """Choose once for several runs: each notes the same. Raises SandboxError."""
    chosen = await noticed(tasks, check, store, run_ids[0])
    facts = store.load_run(run_ids[0]).config["facts"]
    for run_id in run_ids[1:]:
        store.note_facts(run_id, {name: facts[name] for name in ("faults", "faults_left_out") if name in facts})
    return chosen


def kinds_of(store: Store, run_id: str) -> dict[str, tuple[str, ...]]:
    """Give the kinds of the faults that each task of a run begins with; empty where tasks have none."""
    facts = store.load_run(run_id).config["facts"]
    return {task_id: tuple(kind for kind, _ in faults) for task_id, faults in facts.get("faults", {}).items()}


def _progress(done: int, n: int) -> None:
    if done % max(10, n // 10) == 0 or done == n:
        say(f"{done}/{n} faulty programs judged")


def _facts(judged: tuple[JudgedFault, ...]) -> dict[str, Any]:
    """Give kinds and lines only: a store holds no text of a data set beyond what was sent."""
    return {
        "faults": {j.task.id: [[f.kind, f.line] for f in j.task.faults] for j in judged if j.left_out is None},
        "faults_left_out": [[j.task.id, "+".join(j.kinds), j.left_out.value] for j in judged if j.left_out],
    }
