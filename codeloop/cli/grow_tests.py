"""``codeloop grow-tests``: tests for what a run handed over, grown until its mutants die."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import anyio
import click

from codeloop import config
from codeloop.attempts import Ending
from codeloop.budget import Budget
from codeloop.cli.files import write_whole
from codeloop.cli.options import budget_options, option, say, words
from codeloop.cli.running import chosen, load_for
from codeloop.config import RunConfig
from codeloop.errors import ConfigError, UnknownName
from codeloop.growing import Growing
from codeloop.growth import Growth, GrowthSettings
from codeloop.models.names import check_model_name
from codeloop.registry import open_checker, open_model
from codeloop.report import growth_report
from codeloop.report.terminal import render
from codeloop.report.text import escape
from codeloop.store import Store
from codeloop.tasks import Task


@click.command()
@click.argument("run_id", required=False)
@option("--task", default="", help="Task ids, comma-separated.", show_default="all that the run solved")
@option("--limit", type=click.IntRange(min=1), help="The first so many of them, in the suite's order.")
@option("--test-model", default="", help="Model that writes tests, as bench --model.", show_default="the run's")
@option("--n-tests", type=click.IntRange(1, 50), default=10, help="Tests asked for from the statement.")
@option(
    "--properties",
    "n_properties",
    type=click.IntRange(0, 20),
    default=0,
    help="Properties asked for from the statement; each is tried on 10 inputs.",
)
@option("--n-programs", type=click.IntRange(0, 20), default=3, help="Independent programs that judge a failing test.")
@option(
    "--max-questions", type=click.IntRange(min=0), default=6, help="Questions about surviving mutants, per program."
)
@option("--target-score", type=click.FloatRange(0, 100), default=100, help="Mutation score, %, at which it stops.")
@option("--max-mutants", type=click.IntRange(min=1), default=200, help="Mutants of a program, drawn by the run's seed.")
@budget_options
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures and all tests here, as JSON."
)
@click.option("--json", "as_json", is_flag=True, help="Standard output is that JSON.")
def command(
    run_id: str | None,
    task: str,
    limit: int | None,
    test_model: str,
    n_tests: int,
    n_properties: int,
    n_programs: int,
    max_questions: int,
    target_score: float,
    max_mutants: int,
    budget_tokens: int | None,
    budget_cost: float | None,
    budget_s: float | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Write tests for the programs that RUN_ID (default: the newest run) handed over and that pass their visible tests.

    Tests come from the statement, then from surviving mutants; what is kept passes on the program, twice. Where a test
    fails on it, independent programs say who is wrong. `codeloop export-tests` writes the result as a suite. The same
    command goes on after a kill.
    """
    store = Store.open(config.store_url())
    try:
        run = store.find_run(run_id)
        settings = RunConfig.from_dict({name: value for name, value in run.config.items() if name != "facts"})
        tasks = _tasks(store, run.run_id, settings, words(task))[:limit]
        grown = GrowthSettings(
            n_tests=n_tests,
            n_properties=n_properties,
            n_programs=n_programs,
            max_questions=max_questions,
            target=target_score / 100,
            max_mutants=max_mutants,
            seed=settings.seed,
        )
        budget = Budget(tokens=budget_tokens, cost_usd=budget_cost, seconds=budget_s)
        growths = anyio.run(_grow, store, run.run_id, settings, test_model or settings.model, tasks, grown, budget)
    except KeyboardInterrupt:
        say("interrupted; every program that was finished is recorded. The same command goes on.")
        return 130
    finally:
        store.close()
    document = json.dumps(growth_report.as_json(growths), indent=1)
    if out is not None:
        write_whole(out, document + "\n")
    click.echo(document if as_json else render(growth_report.rows(growths), 100))
    return 3 if growths and all(growth.error for growth in growths) else 0


def _tasks(store: Store, run_id: str, settings: RunConfig, wanted: tuple[str, ...]) -> tuple[Task, ...]:
    """Give the tasks that the run solved, of those that are wanted. Raises UnknownName, ConfigError."""
    solved = {each.task_id for each in store.trajectories(run_id) if each.ending is Ending.SOLVED}
    known = {each.id: each for each in chosen(load_for(settings), settings)}
    for name in wanted:
        if name not in known:
            raise UnknownName("task of this run", name, known)
    tasks = tuple(each for name, each in known.items() if name in solved and (not wanted or name in wanted))
    if not tasks:
        raise ConfigError(f"run {run_id} has no program that passes its visible tests: nothing to grow tests for")
    return tasks


async def _grow(
    store: Store,
    run_id: str,
    settings: RunConfig,
    test_model: str,
    tasks: tuple[Task, ...],
    grown: GrowthSettings,
    budget: Budget,
) -> tuple[Growth, ...]:
    check_model_name(test_model)
    names = tuple(dict.fromkeys(task.language for task in tasks))
    count = 0

    async def on_end(growth: Growth) -> None:
        nonlocal count
        count += 1
        scores = " → ".join("none" if score is None else f"{100 * score:.0f} %" for _, score in growth.scores)
        say(
            f"{count}/{len(tasks)} {escape(growth.task_id)} draw {growth.draw}: mutation score {scores} {growth.error}".rstrip()
        )

    async with open_checker(run_id, names, settings.jobs, say, settings.sandbox_choice) as checker:
        coder = open_model(settings, say)
        writer = coder if test_model == settings.model else open_model(replace(settings, model=test_model), say)
        try:
            growing = Growing(
                run_id=run_id, tasks=tasks, coder=coder, writer=writer, check=checker, bed=checker, store=store, settings=grown,
                budget=budget,
            )  # fmt: skip
            return await growing.run(on_end)
        finally:
            with anyio.CancelScope(shield=True):
                await coder.aclose()
                if writer is not coder:
                    await writer.aclose()


__all__ = ["command"]
