"""Running: one run from its settings to its report, as ``bench``, ``ci`` and ``resume`` do it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio

from codeloop import config, host
from codeloop.attempts import Ending, Prompt, Trajectory
from codeloop.bench import CUT_SHORT, Bench
from codeloop.budget import Budget
from codeloop.cli.faults import noticed
from codeloop.cli.noted import note_origin
from codeloop.cli.options import say
from codeloop.cli.progress import RunProgress
from codeloop.config import RunConfig
from codeloop.errors import EmptySuite, ReferenceCheckFailed, StoreError, SuiteError
from codeloop.models.names import check_model_name
from codeloop.models.port import Model
from codeloop.models.replay import ReplayModel
from codeloop.originals import faults_of
from codeloop.policies import get_policy
from codeloop.policy import Policy
from codeloop.prompts import own
from codeloop.reference_check import check_references
from codeloop.registry import open_checker, open_model, with_rules
from codeloop.report.run_report import RunReport
from codeloop.rewording import check_rewordable, verified_variants, with_wordings
from codeloop.stages.check import Checker
from codeloop.store import RunStatus, Store
from codeloop.suites import c_functions, choose, load_suite, select, translations
from codeloop.tasks import Suite, Task


def new_run_id() -> str:
    """Give an id that sorts by time."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}"


def conduct(
    settings: RunConfig,
    run_id: str,
    *,
    is_new: bool,
    publish: Callable[[RunReport], None] = lambda _: None,
    noted: Mapping[str, Any] | None = None,
    may_substitute: bool = True,
) -> tuple[int, RunReport]:
    """Run, or go on with a run; give the exit code and the report. ``publish`` is called before the run counts as finished.

    ``noted``: facts for the run to keep. Without ``may_substitute`` a suite that cannot be had is an error: what is run in its
    place answers another question. Raises SuiteError, EmptySuite where nothing can be run, ReferenceCheckFailed, and what model,
    sandbox and store raise. Whatever ends it, everything recorded stays, and the run can be gone on with.
    """
    check_model_name(settings.model)
    suite = load_for(settings, may_substitute=may_substitute)
    tasks = chosen(suite, settings)
    if not tasks:
        raise EmptySuite("nothing to run: no task matches")
    if settings.perturb:
        check_rewordable(tasks)
    store = Store.open(config.store_url())
    try:
        if is_new:
            store.new_run(run_id, settings.as_dict())
        store.claim(run_id)
        store.note_facts(run_id, {**(noted or {}), "n_expected": len(tasks) * settings.draws})
        trajectories = anyio.run(_session, settings, run_id, suite, tasks, store)
        report = RunReport.from_store(store, run_id)
        publish(report)
        is_finished = not any(t.ending in CUT_SHORT for t in trajectories)
        store.release(run_id, RunStatus.FINISHED if is_finished else RunStatus.INTERRUPTED)
        return exit_code(trajectories), report
    except EmptySuite:
        store.release(run_id, RunStatus.FINISHED)  # another try would find nothing either
        raise
    finally:
        with suppress(StoreError):  # it would hide what ended the run; a dead owner's claim is taken over anyway
            store.release(run_id, RunStatus.INTERRUPTED)  # nothing, once released
        store.close()


async def _session(
    settings: RunConfig, run_id: str, suite: Suite, tasks: tuple[Task, ...], store: Store
) -> tuple[Trajectory, ...]:
    """Run what has not ended."""
    started = time.monotonic()
    names = tuple(dict.fromkeys(task.language for task in tasks))
    say(f"run {run_id}: {len(tasks)} tasks of {suite.name}, {settings.draws} draw(s), model {settings.model}")
    lints = get_policy(settings.policy).gate("lint") is not None
    choice = replace(settings.sandbox_choice, needs_analysers=lints)
    async with open_checker(run_id, names, settings.jobs, say, choice) as checker:
        if settings.suite.endswith(".c"):
            suite = await _compilable(settings, checker)
            tasks = chosen(suite, settings)
        await trust(tasks, checker, frozenset(task_id for task_id, _ in suite.errata))
        tasks = await noticed(tasks, checker, store, run_id)
        if not tasks:
            raise EmptySuite("nothing to run: no test notices any of the faults")
        tasks = await _reworded(tasks, settings, checker, store, run_id)
        trajectories = await _trajectories(settings, run_id, suite, tasks, store, checker)
    earlier_s = store.load_run(run_id).config["facts"].get("wall_s", 0.0)
    store.note_facts(run_id, {"wall_s": round(earlier_s + time.monotonic() - started, 3)})
    return trajectories


async def _compilable(settings: RunConfig, checker: Checker) -> Suite:
    """Load a C file by itself without what no compiler takes of it, and say what is not translated. Raises SuiteError."""
    path = Path(settings.suite)
    faults = await faults_of(settings.suite, path.read_text("utf-8", "replace"), checker.sandbox)
    for line in c_functions.refusals(path, c_functions.load_file(path, faults).unit):
        say(f"not translated: {line}")
    return translations.of_file(path, settings.demands, faults)


async def _reworded(
    tasks: tuple[Task, ...], settings: RunConfig, checker: Checker, store: Store, run_id: str
) -> tuple[Task, ...]:
    """Give the tasks with their other wordings, which a resumed run has noted: draws are shared out by their number."""
    if not settings.perturb:
        return tasks
    facts = store.load_run(run_id).config["facts"]
    if "wordings" not in facts:
        say(f"perturbations: up to {settings.perturb} variants of each of {len(tasks)} originals, held against it")
        variants = await verified_variants(tasks, checker.sandbox, settings.perturb, settings.seed)
        facts = {"wordings": variants}
        store.note_facts(run_id, facts)
        n = sum(map(len, variants.values()))
        say(f"{n} variants do what their originals do")
    return with_wordings(tasks, facts["wordings"])


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
    note_origin(store, run_id, settings, tasks)
    lacking: dict[str, str] = {}
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
            lacking=lacking,
        )
        with RunProgress(len(tasks) * settings.draws, len(await bench.ended())) as progress:
            return await bench.run(progress.on_end, progress.on_attempt)
    finally:
        if isinstance(model, ReplayModel):
            store.note_facts(
                run_id, {"unrecorded": [_without_reply(prompt, lacking) for prompt in model.unrecorded.values()]}
            )
        with anyio.CancelScope(shield=True):
            await model.aclose()


def _without_reply(prompt: Prompt, tasks: Mapping[str, str]) -> dict[str, Any]:
    asked = {name: getattr(prompt, name) for name in ("draw", "iteration", "template", "digest")}
    return {"task_id": tasks.get(prompt.digest, ""), **asked}


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
        "container_engine": host.container_engine(checker.sandbox.description),
        "codeloop": version("codeloop"),
    }


def exit_code(trajectories: tuple[Trajectory, ...]) -> int:
    """Give 3 where the machine or the model failed every time, 5 where the budget let nothing be tried."""
    if all(t.ending is Ending.ERRORED for t in trajectories):
        return 3
    return 5 if all(t.ending is Ending.OUT_OF_BUDGET and not t.attempts for t in trajectories) else 0


def load_for(settings: RunConfig, *, may_substitute: bool = True) -> Suite:
    """Load the suite; where HumanEval-X cannot be had at all, run the next best thing and say so."""
    names = [settings.suite]
    if may_substitute and settings.suite == "humaneval-x" and not settings.task_ids:
        names += ["humaneval", "basics"] if "python" in settings.languages else ["basics"]
    suite = _first_of(names, settings)
    for language, line in suite.unavailable:
        say(line)
        if suite.name == "humaneval-x" and language == "python":
            say("HumanEval's own Python tasks: codeloop bench humaneval --lang python")
    return suite


def _first_of(names: list[str], settings: RunConfig) -> Suite:
    """Load the first suite that can be had, saying what is run instead; raises the last one's SuiteError."""
    places = {"data_dir": config.data_dir(), "cache_dir": config.cache_dir(), "say": say}
    for name, instead in pairwise([*names, ""]):
        try:
            return load_suite(name, settings.languages, demands=settings.demands, **places)  # type: ignore[arg-type]  # a keyword bundle
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
