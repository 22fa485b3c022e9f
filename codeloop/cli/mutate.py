"""``codeloop mutate``: how many faults of a program its tests would notice."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import click

from codeloop.attempts import Candidate, Status
from codeloop.cli.files import write_whole
from codeloop.cli.options import languages, option, sandbox_options, say, words
from codeloop.config import SandboxChoice
from codeloop.errors import ConfigError, UnknownName
from codeloop.mutation.operators import Operator
from codeloop.mutation.results import MutationReport
from codeloop.registry import open_checker
from codeloop.report import mutation_report
from codeloop.report.text import escape
from codeloop.stages.mutate import MutationSettings
from codeloop.suites.single import task_of_file
from codeloop.tasks import Task

_SUFFIXES = {".py": "python", ".java": "java", ".cpp": "cpp", ".cc": "cpp", ".js": "javascript", ".mjs": "javascript"}
_SUFFIXES |= {".cjs": "javascript", ".go": "go", ".rs": "rust"}
_GATE = 1


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@option("--tests", required=True, type=click.Path(path_type=Path, dir_okay=False), help="Tests, or a condition a line.")
@option("--lang", default="", help="Language of FILE.", show_default="by its name")
@option("--entry-point", default="", help="Function under test.", show_default="the one that the tests call")
@option("--operators", default="", help="Mutation operators, comma-separated.", show_default="all")
@option("--max-mutants", type=click.IntRange(min=1), help="Judge so many, drawn by --seed.")
@option("--max-s", type=click.FloatRange(min=0), help="Judge no further mutant after so many seconds.")
@option("--seed", type=int, default=0, help="Seed of the drawing.")
@option("--min-score", type=click.FloatRange(0, 100), help="Exit 1 under this mutation score, %.")
@sandbox_options
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write mutation-testing-elements JSON.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the same as one page.")
@click.option("--json", "as_json", is_flag=True, help="Standard output is that JSON.")
def command(
    file: Path,
    tests: Path,
    lang: str,
    entry_point: str,
    operators: str,
    max_mutants: int | None,
    max_s: float | None,
    seed: int,
    min_score: float | None,
    sandbox: str,
    isolation: str,
    runtime: str,
    allow_weak: tuple[str, ...],
    report: Path | None,
    html: Path | None,
    as_json: bool,
) -> int:
    """Put small faults into FILE, one at a time, and count those that its tests notice.

    All are compiled at once, into one program. FILE as it is must pass the tests. TESTS are a test program of the
    language (assert statements, a class Main, main with assert, console.assert, Test functions, #[test] functions), or
    conditions such as f(2) == 4, one a line.
    """
    language = languages(lang or _SUFFIXES.get(file.suffix, ""))[0] if lang or file.suffix in _SUFFIXES else ""
    if not language:
        raise ConfigError(f"{file}: which language is it? give --lang")
    task = task_of_file(file.name, language, _text(file), _text(tests), entry_point)
    settings = MutationSettings(operators=_operators(operators), max_mutants=max_mutants, max_s=max_s, seed=seed)
    choice = SandboxChoice(kind=sandbox, isolation=isolation, runtime=runtime, allow_weak=allow_weak)
    found = anyio.run(_mutate, task, settings, choice)
    document = mutation_report.document(file.name, language, task.prompt + task.reference, found)
    text = json.dumps(document, indent=2) + "\n"
    if report is not None:
        write_whole(report, text)
    if html is not None:
        write_whole(html, mutation_report.page(document, f"Mutation of {file.name}"))
    click.echo(text if as_json else mutation_report.table(found), nl=False)
    is_low = min_score is not None and found.score is not None and 100 * found.score < min_score
    return _GATE if is_low else 0


async def _mutate(task: Task, settings: MutationSettings, choice: SandboxChoice) -> MutationReport:
    async with open_checker("mutate", (task.language,), jobs=1, say=say, choice=choice) as check:
        code = task.prompt + task.reference
        verdict = await check(task, Candidate(code=code), task.hidden)
        if verdict.status is not Status.PASSED:
            why = next((finding.message for finding in verdict.last.diagnostics), "")
            why = why or next((case.expression for case in verdict.last.cases if case.status != "passed"), "")
            raise ConfigError(
                f"{task.id} as it is does not pass the tests ({verdict.last.outcome}: {escape(why)[:200]}): mutate what passes"
            )
        return await check.mutate(task, code, task.hidden.code, settings)


def _operators(value: str) -> frozenset[Operator]:
    known = {operator.value: operator for operator in Operator}
    for word in words(value):
        if word.upper() not in known:
            raise UnknownName("mutation operator", word, known)
    return frozenset(known[word.upper()] for word in words(value)) or frozenset(Operator)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"{path} cannot be read: {exc}") from exc


__all__ = ["command"]
