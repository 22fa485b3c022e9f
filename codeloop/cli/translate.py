"""``codeloop translate``: programs in another language, checked against what they were translated from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from codeloop.attempts import COMPARED, Ending, Trajectory
from codeloop.cli.files import write_whole
from codeloop.cli.options import budget_options, default_jobs, option, perturb_option, policy_help, say
from codeloop.cli.running import conduct, new_run_id
from codeloop.config import RunConfig
from codeloop.errors import ConfigError
from codeloop.languages import NAMES as LANGUAGES
from codeloop.languages.rust_audit import ALLOWED
from codeloop.models import none
from codeloop.moves import best, evidence
from codeloop.policies import get_policy
from codeloop.project.reading import text_of
from codeloop.report.text import escape
from codeloop.suites import siblings, translations

_GATE = 1
_OF_C = "repair:lint=gate:mend=on"
"""Every reference translation of c-basics passes clippy's gate, and what a tool can mend need not be asked for."""
_OF_SIBLINGS = "repair"
_SUFFIXES = {"python": "py", "java": "java", "cpp": "cpp", "javascript": "js", "go": "go", "rust": "rs", "c-rust": "rs"}


@click.command()
@click.argument("source")
@option("--to", "target", default="rust", help="Language to translate into; of C only rust.")
@option("--from", "origin", default="c", help="Language of SOURCE; of a suite's references any of the six.")
@option(
    "--model", default="local", help="local, local:1.5b, replay:CASSETTE, a litellm string; none: check --start only."
)
@option("--api-base", default="", help="Endpoint of an OpenAI-compatible server.")
@option("--draws", type=click.IntRange(min=1), help="Independent tries of each.  [default: one of each wording]")
@option("--limit", type=click.IntRange(min=1), help="So many of a suite: a fixed stratified choice.")
@option("--tasks", default="", help="Task ids of a suite, comma-separated, instead of a choice.")
@option("--policy", help=f"{policy_help()}  [default: {_OF_C} of C, else {_OF_SIBLINGS}]")
@option("--max-iterations", type=click.IntRange(min=0), help="Attempts after the first.  [default: the policy's]")
@option("--seed", type=int, default=0, help="Seed of sampling and of the choice.")
@option("--jobs", type=click.IntRange(min=1), default=default_jobs, help="Cells at once.")
@perturb_option
@option(
    "--allow-unsafe",
    type=click.IntRange(min=0),
    help="Places that may be unsafe, of C only.  [default: the suite's, 0]",
)
@option("--fuzz-runs", type=click.IntRange(min=1), help="Inputs that a check tries, of C only.  [default: 300,000]")
@option("--fuzz-s", type=click.FloatRange(min=1, max=3600), help="Seconds that it searches at most.  [default: 20]")
@option(
    "--start",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A translation to begin with, of one C file: it is checked, and the model asked only where it fails.",
)
@budget_options
@option("--record", default="", help="Append the model's answers to this cassette.")
@click.option(
    "--out",
    default="translated",
    type=click.Path(path_type=Path, file_okay=False),
    show_default=True,
    help="Folder of the programs.",
)
@click.option("--json", "as_json", is_flag=True, help="Standard output is one JSON object.")
def command(
    source: str,
    target: str,
    origin: str,
    tasks: str,
    policy: str | None,
    max_iterations: int | None,
    draws: int | None,
    perturb: int,
    start: Path | None,
    out: Path,
    as_json: bool,
    **rest: Any,
) -> int:
    """Translate SOURCE and check the result: a C file, a folder of them with a suite.yaml, c-basics; or a suite's references.

    C becomes Rust that compiles, is safe, and does what the C does on fuzzed inputs; counterexamples go back to the model.
    References of a suite (humaneval-x --from java --to python) are judged by the tests of the language translated into.
    Exit status 0: everything is translated, 1: something is not.
    """
    suite = _suite(source, origin, target)
    if rest["model"] == none.NAME:
        if start is None:
            raise ConfigError("--model none only checks: give the translation as --start FILE")
        max_iterations = 0
    policy = policy or (_OF_C if suite == source else _OF_SIBLINGS)
    settings = RunConfig(
        suite=suite,
        languages=(),
        policy=policy,
        draws=draws or 1 + perturb,
        perturb=perturb,
        start=None if start is None else text_of(start),
        max_iterations=get_policy(policy).max_repairs if max_iterations is None else max_iterations,
        task_ids=tuple(part.strip() for part in tasks.split(",") if part.strip()),
        **rest,
    )
    code, report = conduct(settings, new_run_id(), is_new=True, may_substitute=False)
    chosen = [*_best(report.trajectories)]
    for trajectory in chosen:
        _write(trajectory, out)
    click.echo(json.dumps(report.as_json()) if as_json else "\n".join(map(_told, chosen)))
    say(f"programs: {out}; each step: codeloop report {report.run_id} --task {chosen[0].task_id}" if chosen else "")
    return code or (0 if all(t.ending is Ending.SOLVED for t in chosen) else _GATE)


def _suite(source: str, origin: str, target: str) -> str:
    """Give the suite that is meant. Raises ConfigError."""
    if translations.is_source(source):
        if (origin, target) != ("c", "rust"):
            raise ConfigError(f"{source} is C, which is translated into rust only: leave --from out, and --to rust")
        return source
    if origin == "c":
        known = ", ".join(LANGUAGES)
        raise ConfigError(
            f"{source} is no C file: name one, or say which of {known} a suite's references are taken from by --from"
        )
    return siblings.parse(f"{siblings.PREFIX}{origin}/{target}:of={source}").name


def _best(trajectories: Iterable[Trajectory]) -> Iterable[Trajectory]:
    """Give of each task the trajectory whose program has the most visible evidence, the first of equals."""
    found: dict[str, Trajectory] = {}
    for trajectory in trajectories:
        known = found.get(trajectory.task_id)
        if known is None or _evidence(trajectory) > _evidence(known):
            found[trajectory.task_id] = trajectory
    return found.values()


def _evidence(trajectory: Trajectory) -> tuple[float, ...]:
    """Order trajectories: none without an attempt comes before one with a program."""
    return evidence(best(trajectory.attempts).verdict) if trajectory.attempts else ()


def _write(trajectory: Trajectory, out: Path) -> None:
    if trajectory.attempts:
        last = trajectory.attempts[trajectory.attempts[-1].handed_over]
        name = trajectory.task_id.rsplit("/", 1)[-1]
        write_whole(out / f"{name}.{_SUFFIXES[trajectory.language]}", last.candidate.code)


def _told(trajectory: Trajectory) -> str:
    """Say what came of one: whether its checks passed, and the first finding where they did not."""
    if not trajectory.attempts:
        return escape(f"{trajectory.task_id}: {trajectory.ending}: {trajectory.error}")
    last = trajectory.attempts[trajectory.attempts[-1].handed_over]
    looked_at = last.verdict.compared
    if trajectory.ending is Ending.SOLVED:
        found = [item for report in last.verdict.reports for item in report.diagnostics]
        notes = "; ".join(item.message for item in found if item.rule in (COMPARED, ALLOWED))
        tools = ", ".join(dict.fromkeys(mend.tool for mend in last.candidate.mends))
        how = f", mended as suggested by {tools}" if tools else ""
        return escape(f"{trajectory.task_id}: translated{how}" + (f": {notes}" if notes else ""))
    told = last.verdict.last
    first = told.diagnostics[0] if told.diagnostics else None
    said = f": {first.expression + ': ' if first.expression else ''}{first.message}" if first else ""
    line = f"{trajectory.task_id}: not translated ({trajectory.ending}): {told.stage}: {told.outcome}{said}"[:400]
    return escape(line + (f"; {looked_at}" if looked_at else ""))
