"""``codeloop export-tests``: the grown tests of a run as suites that each language's ordinary runner executes."""

from __future__ import annotations

from pathlib import Path

import anyio
import click

from codeloop import config
from codeloop.cli.files import write_whole
from codeloop.cli.options import option, say, words
from codeloop.config import SandboxChoice
from codeloop.errors import ConfigError, UnknownName
from codeloop.registry import open_checker
from codeloop.regression import EXPORTERS, RegressionSuite, RegressionTest, minimised, unwritable
from codeloop.report import growth_report, mutation_report
from codeloop.report.text import escape
from codeloop.stages.exported import IMAGE, run_exported
from codeloop.store import Store
from codeloop.testgen.results import Growth

_GATE = 1


@click.command()
@click.argument("run_id", required=False)
@option("--task", default="", help="Task ids, comma-separated.", show_default="all that have grown tests")
@option("--draw", type=click.IntRange(min=0), default=0, help="Which draw of them.")
@click.option(
    "--all", "keep_all", is_flag=True, help="All kept tests, not only those that notice what all notice together."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("exported"),
    show_default=True,
    help="Folder; each task gets one in it.",
)
@click.option("--html", "with_html", is_flag=True, help="Beside each suite, a page with its program's mutants.")
@click.option(
    "--run", "is_run", is_flag=True, help="Run each suite by its runner, in a sandbox; exit 1 unless all are green."
)
def command(
    run_id: str | None,
    task: str,
    draw: int,
    keep_all: bool,
    out: Path,
    with_html: bool,
    is_run: bool,
) -> int:
    """Write the programs of RUN_ID (default: the newest run) and their grown tests: see `codeloop grow-tests`.

    Files for pytest, JUnit 5 (Maven), doctest, node --test, go test or cargo test; the tests are named after what they
    say, and those that notice nothing beyond the others are left out.
    """
    store = Store.open(config.store_url())
    try:
        run = store.find_run(run_id).run_id
        growths = {growth.task_id: growth for growth in store.growths(run) if growth.draw == draw and growth.kept}
    finally:
        store.close()
    if not growths:
        raise ConfigError(f"run {run} has no grown tests of draw {draw}: make them with codeloop grow-tests {run}")
    for name in words(task):
        if name not in growths:
            raise UnknownName("task with grown tests", name, growths)
    suites = {
        name: _suite(run, growth, keep_all=keep_all)
        for name, growth in growths.items()
        if not words(task) or name in words(task)
    }
    written = {name: EXPORTERS[suite.language](suite) for name, suite in suites.items()}
    for name, files in written.items():
        _write(out / _folder(name), growths[name], files, with_html=with_html)
        say(f"{escape(name)}: {len(suites[name].tests)} of {len(growths[name].kept)} tests: {out / _folder(name)}")
    if not is_run:
        return 0
    return anyio.run(_run, suites, written)


def _write(folder: Path, growth: Growth, files: dict[str, str], *, with_html: bool) -> None:
    """Write a task's files; say which of its tests are in none, and why."""
    for path, text in files.items():
        write_whole(folder / path, text)
    if with_html and growth.mutation is not None:
        page = mutation_report.page(growth_report.mutants_document(growth), f"Mutants of {growth.task_id}")
        write_whole(folder / "mutants.html", page)
    for test in growth.kept:
        if why := unwritable(growth.language, test.condition):
            say(f"{escape(growth.task_id)}: left out, {why}: {escape(test.condition)}")


def _suite(run: str, growth: Growth, *, keep_all: bool) -> RegressionSuite:
    tests = tuple(
        RegressionTest(
            condition=test.condition, origin=test.origin.value, property=test.property, kills=frozenset(test.kills)
        )
        for test in growth.kept
        if not unwritable(growth.language, test.condition)
    )
    return RegressionSuite(
        language=growth.language,
        entry_point=growth.entry_point,
        code=growth.code,
        tests=tests if keep_all else minimised(tests),
        source=f"Made by codeloop from run {_plain(run)}, task {_plain(growth.task_id)}.",
    )


def _plain(text: str) -> str:
    """Keep a name from ending the comment that it stands in."""
    return "".join(character if character.isalnum() or character in "-_./: " else "_" for character in text)[:100]


def _folder(task_id: str) -> str:
    """Give a folder's name for a task: no separator, no way up."""
    return "".join(character if character.isalnum() or character in "-_" else "_" for character in task_id) or "_"


async def _run(suites: dict[str, RegressionSuite], written: dict[str, dict[str, str]]) -> int:
    """Run every suite; say what came of it. One of which not every test is told about is not green."""
    n_red = 0
    choice = SandboxChoice(kind="docker")  # the runners are in an image: a host may have none of them
    async with open_checker("export-tests", (IMAGE,), 1, say, choice) as checker:
        for name, files in written.items():
            found = await run_exported(checker.sandbox, suites[name].language, files)
            n_red += not (found.is_green and len(found.tests) == len(suites[name].tests))
            failed = ", ".join(test for test, passed in found.tests.items() if not passed)
            end = "" if found.tests else ": " + escape(found.output.strip()[-300:])
            say(
                f"{escape(name)}: {sum(found.tests.values())} of {len(found.tests)} pass{escape(f' (failed: {failed})' if failed else '')}{end}"
            )
    return _GATE if n_red else 0


__all__ = ["command"]
