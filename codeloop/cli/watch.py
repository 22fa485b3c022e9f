"""``codeloop watch``: the same prompts to the same models, again and again by the user's cron, until something changes."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import click

from codeloop import config, watching
from codeloop.ci.plan import Planned, plan
from codeloop.cli import GATE, INFRASTRUCTURE, INTERRUPTED, NOTHING_RAN, OK, REFERENCE, USAGE, code_of, first_of
from codeloop.cli.ci_runs import CiSession
from codeloop.cli.compare import opened_store
from codeloop.cli.options import default_jobs, say
from codeloop.cli.running import chosen, conduct, load_for, new_run_id
from codeloop.cli.telling import tell
from codeloop.cli.validate import command_options
from codeloop.config import RunConfig
from codeloop.errors import CodeloopError, ConfigError, EmptySuite
from codeloop.events import Event, EventName
from codeloop.project import NAME, load
from codeloop.report.drift_report import FORMAT, NEEDED, DriftReport
from codeloop.store import Store
from codeloop.urls import without_userinfo
from codeloop.watching import Series

_GRAVE = (INTERRUPTED, REFERENCE, USAGE)
"""Codes of a series that go before a drift found in another: no verdict, or not all of them."""


@click.command()
@click.argument("file", default=NAME, type=click.Path(path_type=Path))
@click.option("--restart", is_flag=True, help="Begin new series with this call, for instance after a drift was found.")
@click.option("--trust", is_flag=True, help="Let FILE name images, endpoints, webhooks and files outside its folder.")
@click.option("--jobs", type=click.IntRange(min=1), help="Cells at once.  [default: the file's, else one per core]")
@click.option("--json", "as_json", is_flag=True, help="Standard output is one JSON object.")
def command(file: Path, *, restart: bool, trust: bool, jobs: int | None, as_json: bool) -> int:
    """Run what FILE (codeloop.yaml) asks for once more, and say whether anything changed since the watch began.

    For cron. The test may be looked at after every run: of series in which nothing changes, at most one in twenty ever
    raises an alarm. Exit status 0: no drift seen, 1: drift found, 3: machine or model failed, 5: nothing ran.
    """
    loaded = load.load(file, command_options(), is_trusted=trust)
    planned = plan(loaded)
    for each in planned:
        if each.model.model.startswith("replay:"):
            raise ConfigError(f"{each.model.model} gives recorded answers, which never change: name a model")
    if not planned:
        say(f"codeloop: nothing to run: {file} names no suite")
    session = CiSession(loaded, new_run_id(), jobs=jobs or loaded.project.jobs or default_jobs())
    watched: list[tuple[DriftReport, int]] = []
    for number, each in enumerate(planned):
        watched.append(_watched(session, each, f"watch-{session.run_id(number)}", is_restart=restart))
        if watched[-1][1] == INTERRUPTED:
            break
    reports = [report for report, _ in watched]
    code = _code(watched)
    _tell(session, reports)
    data = {"format": FORMAT, "evidence_needed": NEEDED, "series": [report.as_json() for report in reports]}
    click.echo(json.dumps({**data, "exit_code": code}) if as_json else "\n".join(report.text for report in reports))
    return code


def _watched(session: CiSession, planned: Planned, run_id: str, *, is_restart: bool) -> tuple[DriftReport, int]:
    """Run once, add the point, judge; give the exit code of this series beside."""
    series = _series(planned)
    with opened_store() as store:
        known = frozenset(point.run_id for point in store.points(series.id))
        for late in watching.catch_up(store, series):
            say(f"run {late} of an earlier call is recorded now")
    code, problem = OK, ""
    try:
        settings = _settings(session, planned, run_id)
        noted = series.noted(is_restart=is_restart)
        code, _ = conduct(settings, run_id, is_new=True, noted=noted, may_substitute=False)
    except KeyboardInterrupt:
        code, problem = INTERRUPTED, "interrupted"
    except (CodeloopError, BaseExceptionGroup) as exc:
        code, problem = _ended_by(first_of(exc))
    with opened_store() as store:
        if not problem and not watching.record(store, series, run_id):
            problem, code = "no draw of this run has a verdict", code or INFRASTRUCTURE
        report = _report(series, run_id, problem, known, store)
    if problem:
        say(config.redacted(f"codeloop: {planned.label}: {problem}"))
    return report, code


def _settings(session: CiSession, planned: Planned, run_id: str) -> RunConfig:
    """Give a run's settings: its own seed, and the tasks by name, since the project's seed also chooses among them."""
    settings = session.settings_of(planned)
    tasks = chosen(load_for(settings, may_substitute=False), settings)
    if not tasks:
        raise EmptySuite("nothing to run: no task matches")
    return replace(
        settings, task_ids=tuple(task.id for task in tasks), limit=None, seed=watching.seed_of(run_id), record=""
    )


def _series(planned: Planned) -> Series:
    endpoint = f"@{without_userinfo(planned.model.api_base)}" if planned.model.api_base else ""
    return Series(
        suite=planned.suite.name,
        model=f"{planned.model.model}{endpoint}",
        prompt=planned.prompt.name if planned.prompt else "",
    )


def _report(series: Series, run_id: str, problem: str, known: frozenset[str], store: Store) -> DriftReport:
    return DriftReport(
        suite=series.suite,
        model=series.model,
        prompt=series.prompt,
        run_id=run_id,
        problem=problem,
        judgement=watching.standing(store, series),
        known=known,
    )


def _ended_by(exc: BaseException) -> tuple[int, str]:
    """Give the exit code and the line of what ended a run; a bug is raised."""
    if isinstance(exc, KeyboardInterrupt):
        return INTERRUPTED, "interrupted"
    if isinstance(exc, CodeloopError):
        return code_of(exc), " ".join(str(exc).split())
    raise exc


def _code(watched: Sequence[tuple[DriftReport, int]]) -> int:
    """Give the first that holds: what leaves verdicts out, a drift, a run without a verdict, 0; 5 where there was none."""
    codes = [code for _, code in watched]
    if not codes:
        return NOTHING_RAN
    grave = [code for code in _GRAVE if code in codes]
    if grave:
        return grave[0]
    if any(report.is_drift for report, _ in watched):
        return GATE
    return next((code for code in (INFRASTRUCTURE, NOTHING_RAN) if code in codes), OK)


def _tell(session: CiSession, reports: Sequence[DriftReport]) -> None:
    news = [(report, line) for report in reports for line in report.news]
    if not news:
        return
    event = Event(
        name=EventName.DRIFT_FOUND,
        created_s=time.time(),
        codeloop=version("codeloop"),
        outcome="drift found",
        runs=tuple(report.figures for report in reports if any(each is report for each, _ in news)),
        drift=tuple(line for _, line in news),
    )
    with opened_store() as store:
        tell(session.loaded.project.webhooks, [event], store)
