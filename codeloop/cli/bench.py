"""``codeloop bench``: run the loop on a suite and report pass@k by iteration."""

from __future__ import annotations

import json
from typing import Any

import click

from codeloop import config
from codeloop.cli.files import write_whole
from codeloop.cli.options import (
    budget_options,
    languages,
    option,
    own_prompt,
    perturb_option,
    policy_help,
    run_options,
    say,
    words,
)
from codeloop.cli.running import conduct, new_run_id
from codeloop.config import RunConfig
from codeloop.errors import ConfigError
from codeloop.policies import get_policy
from codeloop.report.run_report import RunReport


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
@perturb_option
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
    return run_bench(settings, new_run_id(), is_new=True, as_json=as_json)


def run_bench(settings: RunConfig, run_id: str, *, is_new: bool, as_json: bool) -> int:
    """Run or go on with a run, and print its report."""
    try:
        code, report = conduct(settings, run_id, is_new=is_new, publish=_write)
    except KeyboardInterrupt:
        say(f"interrupted; everything finished is recorded. Go on with: codeloop resume {run_id}")
        return 130
    click.echo(json.dumps(report.as_json()) if as_json else report.as_text())
    if not as_json and settings.limit:
        say("This was a choice of tasks; the whole: codeloop bench without --limit (make bench LIMIT=).")
    return code


def ks_of(text: str) -> tuple[int, ...]:
    """Read ``--k``. Raises ConfigError."""
    try:
        numbers = tuple(sorted({int(part) for part in text.split(",") if part.strip()}))
    except ValueError:
        numbers = ()
    if not numbers or numbers[0] < 1:
        raise ConfigError(f"--k {text!r}: give whole numbers from 1, such as 1,10")
    return numbers


def _write(report: RunReport) -> None:
    folder = config.runs_dir() / "runs" / report.run_id
    files = report.write()
    for name, content in files.items():
        write_whole(folder / name, content)
    say(f"results: {folder}: {', '.join(files)}")
