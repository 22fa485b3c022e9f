"""``codeloop grade``: judge given samples against the hidden tests."""

from __future__ import annotations

import json
import time
from pathlib import Path

import anyio
import click

from codeloop import config, grade
from codeloop.attempts import Status
from codeloop.cli.faults import grade_faults
from codeloop.cli.files import write_whole
from codeloop.cli.options import default_jobs, languages, option, sandbox_options, say
from codeloop.config import SandboxChoice
from codeloop.errors import ConfigError
from codeloop.registry import open_checker
from codeloop.report.text import escape
from codeloop.suites import load_suite
from codeloop.suites.injected import is_injected
from codeloop.tasks import Suite


@click.command()
@click.argument("samples", required=False, type=click.Path(path_type=Path))
@option("--suite", default="humaneval-x", help="Suite name, or a YAML or JSONL file.")
@option("--lang", default="python,java", help="Languages, comma-separated.")
@click.option("--reference", is_flag=True, help="Judge the reference solutions: all must pass.")
@click.option("--known-bad", is_flag=True, help="Judge known-bad programs: all must fail.")
@option("--jobs", type=click.IntRange(min=1), default=default_jobs, help="Cells at once.")
@sandbox_options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write one JSON line per sample.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML.")
@click.option("--json", "as_json", is_flag=True, help="Standard output is one JSON object.")
def command(
    samples: Path | None,
    suite: str,
    lang: str,
    reference: bool,
    known_bad: bool,
    jobs: int,
    sandbox: str,
    isolation: str,
    runtime: str,
    allow_weak: tuple[str, ...],
    out: Path | None,
    junit: Path | None,
    as_json: bool,
) -> int:
    """Judge SAMPLES (.jsonl or .jsonl.gz) against the hidden tests of a suite.

    Instead of a file, injected/LANGUAGE[:SETTINGS] judges that suite's faulty programs: where the tests find them.
    """
    choice = SandboxChoice(kind=sandbox, isolation=isolation, runtime=runtime, allow_weak=allow_weak)
    if samples is not None and is_injected(str(samples)):
        if reference or known_bad or out or junit:
            raise ConfigError(
                f"{samples} takes none of --reference, --known-bad, --out, --junit: it has a report of its own"
            )
        return grade_faults(str(samples), jobs, choice, as_json=as_json)
    if (samples is not None) + reference + known_bad != 1:
        raise ConfigError("give one of: a SAMPLES file, --reference, --known-bad")
    loaded = load_suite(suite, languages(lang), data_dir=config.data_dir(), cache_dir=config.cache_dir(), say=say)
    for _, line in loaded.unavailable:
        say(line)
    chosen = _samples(samples, loaded, reference=reference)
    if not chosen:
        raise ConfigError("nothing to judge: no task of these languages is in the suite")
    started = time.monotonic()
    graded, description = anyio.run(_grade, chosen, jobs, choice)
    summary = grade.summarise(graded, loaded, time.monotonic() - started) | {"isolation": description}
    _write(graded, out, junit)
    click.echo(json.dumps(summary) if as_json else _table(summary))
    return _exit_code(graded, loaded, reference=reference, known_bad=known_bad)


def _samples(path: Path | None, suite: Suite, *, reference: bool) -> tuple[grade.Sample, ...]:
    if path is not None:
        return grade.read_samples(path, suite)
    return grade.reference_samples(suite) if reference else grade.known_bad_samples(suite)


async def _grade(
    samples: tuple[grade.Sample, ...], jobs: int, choice: SandboxChoice
) -> tuple[tuple[grade.Graded, ...], str]:
    """Judge them; what came of it, and what they were judged in."""
    names = tuple(dict.fromkeys(sample.task.language for sample in samples))
    started, step = time.monotonic(), max(1, len(samples) // 20)
    done = 0

    async def on_graded(_: grade.Graded) -> None:
        nonlocal done
        done += 1
        if done % step == 0 or done == len(samples):
            left = (time.monotonic() - started) / done * (len(samples) - done)
            say(f"{done}/{len(samples)} judged, about {left:.0f} s left")

    async with open_checker("grade", names, jobs, say, choice) as checker:
        started = time.monotonic()
        return await grade.grade(samples, checker, on_graded), checker.sandbox.description


def _write(graded: tuple[grade.Graded, ...], out: Path | None, junit: Path | None) -> None:
    if out:
        write_whole(out, "".join(json.dumps(_row(item)) + "\n" for item in graded))
    if junit:
        from codeloop.report.junit import verdicts

        rows = [(item.sample.task.id, item.sample.draw, 0, item.verdict, None, item.error) for item in graded]
        write_whole(junit, verdicts(rows))


def _row(item: grade.Graded) -> dict[str, object]:
    report = item.verdict.last if item.verdict else None
    return {
        "task_id": item.sample.task.id,
        "draw": item.sample.draw,
        "outcome": item.status.value,
        "passed": item.status is Status.PASSED,
        "reason": report.outcome if report else "errored",
        "stage": report.stage if report else None,
        "duration_s": round(item.wall_s, 4),
        "image": item.verdict.image if item.verdict else None,
        "notes": list(item.sample.candidate.notes),
        "error": item.error or None,
        "diagnostics": [
            {"stage": d.stage, "tool": d.tool, "rule": d.rule, "line": d.line, "message": d.message}
            for d in (report.diagnostics if report else ())
        ],
    }


def _table(summary: dict[str, object]) -> str:
    lines = []
    languages_: dict[str, dict[str, object]] = summary["languages"]  # type: ignore[assignment]  # JSON-shaped
    for name, row in languages_.items():
        lines.append(
            f"{name:<12} {row['passed']}/{row['tasks']} tasks passed, {row['passed_samples']}/{row['samples']} samples"
        )
        lines += [f"  {word}: {escape(', '.join(row[word]))}" for word in ("failed", "errored", "errata") if row[word]]  # type: ignore[arg-type]
        done: dict[str, int] = row["extraction"]  # type: ignore[assignment]  # JSON-shaped
        if done:
            lines.append("  extraction: " + ", ".join(f"{note} {n}" for note, n in sorted(done.items())))
    lines.append(f"isolation {escape(str(summary['isolation']))}; {summary['wall_s']} s")
    return "\n".join(lines)


def _exit_code(graded: tuple[grade.Graded, ...], suite: Suite, *, reference: bool, known_bad: bool) -> int:
    """Give 3 for a machine fault, 4 when references fail or known-bad programs pass, else 0 whatever the verdicts."""
    errata = {task_id for task_id, _ in suite.errata}
    statuses = {item.status for item in graded if item.sample.task.id not in errata}
    if Status.ERRORED in statuses:
        return 3
    if (reference and Status.FAILED in statuses) or (known_bad and Status.PASSED in statuses):
        return 4
    return 0
