"""``codeloop bench``: run the loop on a suite and report pass@k by iteration."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
import click

from codeloop import config, host
from codeloop.attempts import Ending, Trajectory
from codeloop.bench import CUT_SHORT, Bench
from codeloop.budget import Budget
from codeloop.cli.faults import noticed
from codeloop.cli.files import write_whole
from codeloop.cli.options import budget_options, languages, option, own_prompt, policy_help, run_options, say, words
from codeloop.cli.progress import RunProgress
from codeloop.config import RunConfig
from codeloop.errors import CodeloopError, ConfigError, StoreError, SuiteError
from codeloop.models.names import check_model_name
from codeloop.models.port import Model
from codeloop.policies import get_policy
from codeloop.policy import Policy
from codeloop.prompts import own
from codeloop.reference_check import check_references
from codeloop.registry import open_checker, open_model, with_rules
from codeloop.report.run_report import RunReport
from codeloop.stages.check import Checker
from codeloop.store import RunStatus, Store
from codeloop.suites import choose, load_suite, select
from codeloop.tasks import Suite, Task


class ReferenceCheckFailed(CodeloopError):
    """References failed, or known-bad programs passed: no verdict of this run could be trusted."""


@click.command()
@click.argument("suite", default="humaneval-x")
@run_options
@option("--policy", default="default", help=policy_help())
@option(
    "--lint",
    type=click.Choice(["off", "inform", "gate"]),
    help="Analyse what passes its tests; findings are reported, or must be gone too.  [default: the policy's]",
    show_default=False,
)
@option(
    "--mutate",
    type=click.Choice(["off", "inform"]),
    help="Say what the visible tests would not notice in a program that passes them.  [default: the policy's]",
    show_default=False,
)
@option(
    "--max-iterations",
    type=click.IntRange(min=0),
    help="Attempts after the first.  [default: the policy's]",
    show_default=False,
)
@option(
    "--prompt",
    default="",
    callback=lambda _context, _parameter, value: own_prompt(value),
    help="Template of the first prompt, a Jinja2 file.  [default: codeloop's]",
    show_default=False,
)
@budget_options
@option("--record", default="", help="Append the model's answers to this cassette.")
@click.option("--json", "as_json", is_flag=True, help="Standard output is one JSON object.")
def command(
    suite: str,
    lang: str,
    tasks: str,
    ks: str,
    as_json: bool,
    max_iterations: int | None,
    policy: str,
    lint: str | None,
    mutate: str | None,
    **rest: Any,
) -> int:
    """Run SUITE (humaneval-x, humaneval, basics, injected/LANGUAGE, or a YAML or JSONL file) through the loop."""
    policy = f"{policy}:lint={lint}" if lint else policy
    policy = f"{policy}:mutate={mutate}" if mutate else policy
    settings = RunConfig(
        suite=suite,
        languages=languages(lang),
        ks=ks_of(ks),
        policy=policy,
        max_iterations=get_policy(policy).max_repairs if max_iterations is None else max_iterations,
        task_ids=words(tasks),
        **rest,
    )
    run_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}"
    return run_bench(settings, run_id, is_new=True, as_json=as_json)


def run_bench(settings: RunConfig, run_id: str, *, is_new: bool, as_json: bool) -> int:
    """Run or go on with a run, and print its report."""
    check_model_name(settings.model)
    suite = load_for(settings)
    tasks = chosen(suite, settings)
    if not tasks:
        say("codeloop: nothing to run: no task matches")
        return 5
    store = Store.open(config.store_url())
    try:
        if is_new:
            store.new_run(run_id, settings.as_dict())
        store.claim(run_id)
        code, status = anyio.run(_session, settings, run_id, suite, tasks, store, as_json)
        store.release(run_id, status)
        return code
    except ReferenceCheckFailed as exc:
        say(f"codeloop: {exc}")
        return 4
    except KeyboardInterrupt:
        say(f"interrupted; everything finished is recorded. Go on with: codeloop resume {run_id}")
        return 130
    finally:
        with suppress(StoreError):  # it would hide what ended the run; a dead owner's claim is taken over anyway
            store.release(run_id, RunStatus.INTERRUPTED)  # nothing, once released
        store.close()


async def _session(
    settings: RunConfig, run_id: str, suite: Suite, tasks: tuple[Task, ...], store: Store, as_json: bool
) -> tuple[int, RunStatus]:
    """Run what has not ended and report; give the exit code and how the run stands."""
    started = time.monotonic()
    names = tuple(dict.fromkeys(task.language for task in tasks))
    say(f"run {run_id}: {len(tasks)} tasks of {suite.name}, {settings.draws} draw(s), model {settings.model}")
    lints = get_policy(settings.policy).gate("lint") is not None
    choice = replace(settings.sandbox_choice, needs_analysers=lints)
    async with open_checker(run_id, names, settings.jobs, say, choice) as checker:
        await trust(tasks, checker, frozenset(task_id for task_id, _ in suite.errata))
        tasks = await noticed(tasks, checker, store, run_id)
        if not tasks:
            say("codeloop: nothing to run: no test notices any of the faults")
            return 5, RunStatus.FINISHED
        trajectories = await _trajectories(settings, run_id, suite, tasks, store, checker)
    earlier_s = store.load_run(run_id).config["facts"].get("wall_s", 0.0)
    store.note_facts(run_id, {"wall_s": round(earlier_s + time.monotonic() - started, 3)})
    report = RunReport.from_store(store, run_id)
    _write(report, config.runs_dir() / "runs" / run_id)
    click.echo(json.dumps(report.as_json()) if as_json else report.as_text())
    if not as_json and settings.limit:
        say("This was a choice of tasks; the whole: codeloop bench without --limit (make bench LIMIT=).")
    is_finished = not any(t.ending in CUT_SHORT for t in trajectories)
    return exit_code(trajectories), RunStatus.FINISHED if is_finished else RunStatus.INTERRUPTED


async def trust(tasks: tuple[Task, ...], checker: Checker, errata: frozenset[str]) -> None:
    """Judge reference and known-bad programs first. Raises ReferenceCheckFailed."""
    say(f"reference check: {len(tasks)} reference and {len(tasks)} known-bad programs")
    mistrusts = await check_references(tasks, checker, errata=errata)
    if mistrusts:
        shown = "; ".join(f"{item.task_id}: {item.reason}" for item in mistrusts[:5])
        raise ReferenceCheckFailed(f"reference check failed for {len(mistrusts)} task(s): {shown}")


async def _trajectories(
    settings: RunConfig, run_id: str, suite: Suite, tasks: tuple[Task, ...], store: Store, checker: Checker
) -> tuple[Trajectory, ...]:
    """Open the model and run what has not ended."""
    model = open_model(settings, say)
    store.note_facts(run_id, facts_of(suite, model, checker))
    try:
        policy = policy_of(settings)
        bench = Bench(
            run_id=run_id,
            tasks=tasks,
            draws=settings.draws,
            policy_of=lambda *_: policy,
            model=model,
            check=policy.checker(with_rules(checker, settings.lint_rules)),
            store=store,
            budget=Budget(tokens=settings.budget_tokens, cost_usd=settings.budget_cost, seconds=settings.budget_s),
        )
        with RunProgress(len(tasks) * settings.draws, len(await bench.ended())) as progress:
            return await bench.run(progress.on_end, progress.on_attempt)
    finally:
        with anyio.CancelScope(shield=True):
            await model.aclose()


def policy_of(settings: RunConfig) -> Policy:
    """Give the policy of every trajectory of a run."""
    name, text = settings.prompt or ("", "")
    first = own.parse(name, text, f"prompt {name}") if settings.prompt else None
    return replace(get_policy(settings.policy), max_repairs=settings.max_iterations, seed=settings.seed, first=first)


def facts_of(suite: Suite, model: Model, checker: Checker) -> dict[str, Any]:
    """Give what a report must say and the trajectories do not, for the run to note."""
    return {
        "suite": {"name": suite.name, "version": suite.version, "sha256": suite.digest},
        "errata": [list(pair) for pair in suite.errata],
        "model": model.identity,
        "model_details": dict(model.details),
        "isolation": checker.sandbox.description,
        "host": host.description(),
        "codeloop": version("codeloop"),
    }


def exit_code(trajectories: tuple[Trajectory, ...]) -> int:
    """Give 3 where the machine or the model failed every time, 5 where the budget let nothing be tried."""
    if all(t.ending is Ending.ERRORED for t in trajectories):
        return 3
    return 5 if all(t.ending is Ending.OUT_OF_BUDGET and not t.attempts for t in trajectories) else 0


def load_for(settings: RunConfig) -> Suite:
    """Load the suite; where HumanEval-X cannot be had at all, run the next best thing and say so."""
    names = [settings.suite]
    if settings.suite == "humaneval-x" and not settings.task_ids:
        names += ["humaneval", "basics"] if "python" in settings.languages else ["basics"]
    suite = _first_of(names, settings.languages)
    for language, line in suite.unavailable:
        say(line)
        if suite.name == "humaneval-x" and language == "python":
            say("HumanEval's own Python tasks: codeloop bench humaneval --lang python")
    return suite


def _first_of(names: list[str], wanted: tuple[str, ...]) -> Suite:
    """Load the first suite that can be had, saying what is run instead; raises the last one's SuiteError."""
    places = {"data_dir": config.data_dir(), "cache_dir": config.cache_dir(), "say": say}
    for name, instead in pairwise([*names, ""]):
        try:
            return load_suite(name, wanted, **places)  # type: ignore[arg-type]  # a keyword bundle
        except SuiteError as exc:
            if not instead:
                raise
            say(f"{exc}; running the suite {instead!r} instead")
    raise AssertionError("unreachable")


def chosen(suite: Suite, settings: RunConfig) -> tuple[Task, ...]:
    """Give the tasks that the settings name or choose."""
    if settings.task_ids:
        return select(suite, settings.task_ids)
    return choose(suite, settings.limit, settings.seed)


def ks_of(text: str) -> tuple[int, ...]:
    """Read ``--k``. Raises ConfigError."""
    try:
        numbers = tuple(sorted({int(part) for part in text.split(",") if part.strip()}))
    except ValueError:
        numbers = ()
    if not numbers or numbers[0] < 1:
        raise ConfigError(f"--k {text!r}: give whole numbers from 1, such as 1,10")
    return numbers


def _write(report: RunReport, folder: Path) -> None:
    files = report.write()
    for name, content in files.items():
        write_whole(folder / name, content)
    say(f"results: {folder}: {', '.join(files)}")
