"""``codeloop ci``: run what a project asks for, judge it by its gates, write the reports."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

import click

from codeloop import config
from codeloop.ci.events import events_of
from codeloop.ci.judging import assign, compare_runs, judge_runs
from codeloop.ci.plan import Planned, plan
from codeloop.ci.results import INFRASTRUCTURE, PASSED, REVIEW, CiResult
from codeloop.cli import github
from codeloop.cli.ci_runs import CiSession
from codeloop.cli.compare import opened_store
from codeloop.cli.files import write_whole
from codeloop.cli.options import default_jobs, say
from codeloop.cli.running import new_run_id
from codeloop.cli.telling import tell
from codeloop.cli.validate import command_options
from codeloop.errors import CodeloopError, ConfigError
from codeloop.project import NAME, load
from codeloop.report.ci.files import CiReport
from codeloop.report.ci.summary import as_markdown, as_text
from codeloop.report.run_report import RunReport

_OURS = ("results.json", "summary.md", "junit.xml", "findings.sarif", "report.html")

_OF_RUN = ("report.html", "baseline.json")


@click.command()
@click.argument("file", default=NAME, type=click.Path(path_type=Path))
@click.option(
    "--out", default="codeloop-out", type=click.Path(path_type=Path), show_default=True, help="Folder of the reports."
)
@click.option("--replay", default="", help="Take every answer from this cassette; no model is called.")
@click.option("--record", default="", help="Append the models' answers to this cassette.")
@click.option("--trust", is_flag=True, help="Let FILE name images, endpoints, webhooks and files outside its folder.")
@click.option("--jobs", type=click.IntRange(min=1), help="Cells at once.  [default: the file's, else one per core]")
@click.option("--resume", default="", metavar="SESSION", help="Go on with a session that was interrupted or killed.")
@click.option("--json", "as_json", is_flag=True, help="Standard output is results.json.")
def command(
    file: Path, out: Path, replay: str, record: str, trust: bool, jobs: int | None, resume: str, as_json: bool
) -> int:
    """Run what FILE (codeloop.yaml) asks for: every suite by every model with every prompt, judged by every gate.

    Writes junit.xml, findings.sarif, summary.md, report.html and results.json. Exit status 0: all gates are met, 1: one is not,
    6: cannot tell, a person must look; 2 to 5: see the README.
    """
    if replay and record:
        raise ConfigError("--replay calls no model, so there is nothing to record: give one of --replay and --record")
    if not trust:
        _refuse_linked_state(record)
    loaded = load.load(file, command_options(), is_trusted=trust)
    for problem in loaded.warnings:
        say(f"warning: {problem.text(str(file))}")
    session = CiSession(loaded, resume or new_run_id(), replay=replay, record=record, jobs=_jobs(jobs, loaded))
    planned = plan(loaded)
    if resume:
        session.require_known(planned)
    if not trust:
        _refuse_links(out, file.parent, planned)
    _make_folder(out)
    job = config.github_job()
    with github.commands_stopped() if job else nullcontext():
        result, reports = _carry_out(session, planned, str(file))
        report = CiReport(result=result, reports=reports)
        bugs: list[Exception] = []
        unwritten = _write(report, out, bugs)
        trouble = (*unwritten, *_untold(session, result))
        if trouble:  # what was written before must say so
            report = report.with_trouble(trouble)
            _write(report, out, bugs, only=("results.json", "summary.md"))
        say(f"reports: {out}: {', '.join(name for name in _OURS if (out / name).exists())}")
        click.echo(json.dumps(report.as_json()) if as_json else as_text(report.result))
    if job:
        _tell_github(job, report.result)
    session.raise_bug()
    for bug in bugs:
        raise bug
    return INFRASTRUCTURE if unwritten and result.exit_code in (PASSED, REVIEW) else result.exit_code


def _refuse_linked_state(record: str) -> None:
    """Refuse a store or a cassette to be written that a fork's link leads elsewhere. Where the caller named them, they are his.

    Raises ConfigError.
    """
    is_named = "CODELOOP_STORE" in os.environ or "CODELOOP_RUNS_DIR" in os.environ
    state = [] if is_named else [config.runs_dir(), Path(config.store_url())]
    for path in (*state, *([Path(record)] if record and not Path(record).is_absolute() else [])):
        if ".." not in path.parts and _leads_out(path, Path.cwd()):
            raise ConfigError(f"{path}: leads out of the folder by a link: needs --trust")


def _refuse_links(out: Path, folder: Path, planned: Sequence[Planned]) -> None:
    """Refuse to write through a link that a fork may have committed. A folder outside that the caller named is the caller's.

    Raises ConfigError.
    """
    for top in (Path.cwd(), folder.absolute()):
        is_below = Path(os.path.normpath(out.absolute())).is_relative_to(os.path.normpath(top))
        if is_below and _leads_out(out, top):
            raise ConfigError(f"{out}: leads out of the folder by a link: needs --trust")
    runs = [out / "runs" / each.label for each in planned]
    files = [*(out / name for name in _OURS), *(run / name for run in runs for name in _OF_RUN)]
    for path in (out / "runs", *runs, *files):
        if _leads_out(path, out):
            raise ConfigError(f"{path}: leads out of the folder by a link: needs --trust")


def _leads_out(path: Path, top: Path) -> bool:
    try:
        return not path.resolve().is_relative_to(top.resolve())
    except (OSError, RuntimeError):  # links in a circle
        return True


def _make_folder(out: Path) -> None:
    """Make the reports' folder before anything is run, which may take hours. Raises ConfigError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        is_fit = os.access(out, os.W_OK | os.X_OK) and ((out / "runs").is_dir() or not (out / "runs").exists())
    except (OSError, ValueError) as exc:  # ValueError: a NUL in the name
        reason = getattr(exc, "strerror", None) or exc
        raise ConfigError(f"--out {out}: no folder can be made there: {reason}: name another") from exc
    if not is_fit:
        raise ConfigError(f"--out {out}: nothing can be written there: name another folder")


def _jobs(asked: int | None, loaded: load.Loaded) -> int:
    return asked or loaded.project.jobs or default_jobs()


def _carry_out(session: CiSession, planned: Sequence[Planned], project: str) -> tuple[CiResult, dict[str, RunReport]]:
    """Run everything and judge it. Baselines are read first: one that cannot be read costs no run."""
    if not planned:
        say(f"codeloop: nothing to run: {project} names no suite")
    with opened_store() as store:
        assigned = assign(session.loaded, planned, store)
    ran = [session.run(each, number) for number, each in enumerate(planned)]
    runs = [run for run, _ in ran]
    result = CiResult(
        project=project,
        session=session.session,
        created_s=time.time(),
        runs=tuple(runs),
        gates=judge_runs(assigned, runs, session.loaded.gate_lines) if runs else (),
        compared=compare_runs(assigned, runs),
    )
    return result, {run.label: report for run, report in ran if report}


def _write(report: CiReport, out: Path, bugs: list[Exception], only: Sequence[str] = ()) -> tuple[str, ...]:
    """Write every file that can be written; give a line for each that cannot. What is a bug is kept in ``bugs``, too."""
    if not only:
        _clear(out)
    files = {name: make for name, make in report.files().items() if not only or name in only}
    return tuple(line for name, make in files.items() if (line := _trouble_with(out / name, make, bugs)))


def _untold(session: CiSession, result: CiResult) -> tuple[str, ...]:
    """Tell the project's webhooks; give a line for each that did not take an event, which changes no exit code."""
    webhooks = session.loaded.project.webhooks
    if not webhooks:
        return ()
    try:
        with opened_store() as store:
            return tell(webhooks, events_of(result), store)
    except CodeloopError as exc:  # the log cannot be opened
        say(config.redacted(f"codeloop: webhooks were told nothing: {exc}"))
        return (f"webhooks were told nothing: {exc}",)


def _trouble_with(path: Path, make: Callable[[], str], bugs: list[Exception]) -> str:
    """Write one file; give the line where that fails."""
    try:
        write_whole(path, make())
    except CodeloopError as exc:
        line = str(exc)
    except Exception as exc:  # noqa: BLE001 - the other files are written first; it is raised afterwards
        bugs.append(exc)
        line = f"{path} cannot be made: a bug of codeloop: {type(exc).__name__}"
    else:
        return ""
    say(config.redacted(f"codeloop: {line}"))
    return line


def _clear(out: Path) -> None:
    """Take away what an earlier call wrote: it would be taken for this one's where a file cannot be written."""
    for path in (*(out / name for name in _OURS), *(path for name in _OF_RUN for path in out.glob(f"runs/*/{name}"))):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _tell_github(job: config.GitHubJob, result: CiResult) -> None:
    if job.summary:
        try:
            github.append_summary(job.summary, config.redacted(as_markdown(result)))
        except OSError as exc:
            say(f"codeloop: the job summary cannot be written: {exc.strerror}")
    for line in github.annotated(result):
        click.echo(config.redacted(line), err=True)
