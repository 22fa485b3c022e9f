"""Reports of mutation: the mutation-testing-elements schema, its page for one file on disk, and a table.

Source: stryker-mutator/mutation-testing-elements, report schema 2 (``mutation-testing-report-schema`` 3.8.4). The page
holds the element's script (3.9.0, Apache-2.0, ``assets/``), so that it opens without a network.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from importlib.resources import files
from typing import Any

from codeloop.mutation.results import MutantResult, MutantStatus, MutationReport
from codeloop.report.text import escape

_STATUS = {
    MutantStatus.KILLED: "Killed",
    MutantStatus.TIMED_OUT: "Timeout",
    MutantStatus.SURVIVED: "Survived",
    MutantStatus.NO_COVERAGE: "NoCoverage",
    MutantStatus.WITHDRAWN: "CompileError",
    MutantStatus.NOT_RUN: "Pending",
    MutantStatus.ERRORED: "RuntimeError",
}
_HIGH, _LOW = 80, 60
_ASSET = "mutation-test-elements.js"


def document(
    path: str,
    language: str,
    code: str,
    report: MutationReport,
    cases: Iterable[str] = (),
    suspects: Collection[int] = (),
) -> dict[str, Any]:
    """Give the report as the schema's JSON object: one file, ``path``, and its mutants; ``cases`` names the tests.

    ``suspects``: ids of survivors that look like programs that do the same.
    Program and names are untrusted and stand in it as they are: a reader of JSON escapes what it shows.
    """
    names = sorted({*cases, *(name for result in report.results for name in result.killed_by)})
    file = {"language": language, "source": code, "mutants": [_mutant(result, suspects) for result in report.results]}
    tests = [{"id": name, "name": name} for name in names]
    config = {"seed": report.seed, "found": report.n_found, "leftOut": dict(report.left_out), "notes": [*report.notes]}
    return {
        "schemaVersion": "2",
        "thresholds": {"high": _HIGH, "low": _LOW},
        "framework": {"name": "codeloop", "branding": {"homepageUrl": "https://pypi.org/project/codeloop/"}},
        "config": config,
        "files": {path: file},
        "testFiles": {"tests": {"tests": tests}} if tests else {},
    }


def _mutant(result: MutantResult, suspects: Collection[int]) -> dict[str, Any]:
    mutant = result.mutant
    found: dict[str, Any] = {
        "id": str(mutant.id),
        "mutatorName": mutant.operator.value,
        "replacement": mutant.replacement,
        "location": {
            "start": {"line": mutant.line, "column": mutant.column},
            "end": {"line": mutant.end_line, "column": mutant.end_column},
        },
        "status": _STATUS[result.status],
        "duration": round(result.duration_s * 1000, 3),
    }
    if result.killed_by:
        found["killedBy"] = list(dict.fromkeys(result.killed_by))
    if result.outcome and result.outcome != "ok":
        found["statusReason"] = result.outcome.replace("_", " ")
    elif mutant.id in suspects:
        found["statusReason"] = "probably equivalent: tests against it were asked for in vain"
    return found


def page(found: dict[str, Any], title: str) -> str:
    """Give the report as one page that needs nothing else; nothing of the program can end the script that holds it."""
    script = files("codeloop.report").joinpath("assets", _ASSET).read_text("utf-8")
    data = json.dumps(found).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    name = escape(title).replace("&", "&amp;").replace("<", "&lt;")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<script>{script}</script>\n</head>\n<body>\n"
        '<mutation-test-report-app titlePostfix="codeloop"></mutation-test-report-app>\n'
        f"<script>document.querySelector('mutation-test-report-app').report = {data};</script>\n</body>\n</html>\n"
    )


def table(report: MutationReport) -> str:
    """Give score, counts by operator, and every mutant that lives, by line; text of programs is escaped."""
    counts = report.counts
    score = "no mutant could be killed" if report.score is None else f"mutation score {100 * report.score:.1f} %"
    told = ", ".join(f"{number} {status.value.replace('_', ' ')}" for status, number in counts.items() if number)
    drawn = (
        "" if len(report.results) == report.n_found else f", {len(report.results)} of them drawn by seed {report.seed}"
    )
    lines = [f"{score}: {report.n_found} mutants{drawn}; {told or 'none judged'}"]
    lines += [f"  {line}" for line in _by_operator(report)]
    if report.left_out:
        lines.append("left out: " + ", ".join(f"{number} {rule}" for rule, number in sorted(report.left_out.items())))
    lines += [f"note: {escape(note)}" for note in report.notes]
    alive = {MutantStatus.SURVIVED, MutantStatus.NO_COVERAGE}
    survivors = [result for result in report.results if result.status in alive]
    lines += ["", "not noticed by any test:"] if survivors else []
    lines += [f"  {_survivor(result)}" for result in survivors]
    return "\n".join(lines) + "\n"


def _by_operator(report: MutationReport) -> Iterable[str]:
    noticed = {MutantStatus.KILLED, MutantStatus.TIMED_OUT}
    alive = {MutantStatus.SURVIVED, MutantStatus.NO_COVERAGE}
    judged = Counter(r.mutant.operator for r in report.results if r.status in noticed | alive)
    killed = Counter(r.mutant.operator for r in report.results if r.status in noticed)
    return (f"{operator.value:<5} {killed[operator]}/{number}" for operator, number in sorted(judged.items()))


def _survivor(result: MutantResult) -> str:
    mutant = result.mutant
    unreached = " (no test gets there)" if result.status is MutantStatus.NO_COVERAGE else ""
    replacement = mutant.replacement.strip(";") or "nothing"
    return f"line {mutant.line}: {mutant.operator.value} {_short(mutant.original)} → {_short(replacement)}{unreached}"


def _short(text: str) -> str:
    shown = escape(" ".join(text.split()))
    return shown if len(shown) <= 60 else shown[:59] + "…"
