"""The mutation stage in a loop: what the visible tests would not notice in a program that passed them, told and no more.

It gates nothing: a program is not wrong because its tests are weak, and no repair of the program would mend them.
"""

from __future__ import annotations

from codeloop.attempts import StageReport, Status
from codeloop.diagnostics import Diagnostic, Severity
from codeloop.mutation.results import MutantResult, MutantStatus, MutationReport

STAGE = "mutate"
_MOST = 50  # survivors of one program in its report
_UNNOTICED = {MutantStatus.SURVIVED: "no test notices", MutantStatus.NO_COVERAGE: "no test gets there"}


def stage_report(report: MutationReport) -> StageReport:
    """Give a report with the score as its first note, then the mutants that live, in the program's order."""
    alive = [result for result in report.results if result.status in _UNNOTICED]
    left_out = [_note("left-out", f"{len(alive) - _MOST} more mutants live")] if len(alive) > _MOST else []
    return StageReport(
        stage=STAGE,
        status=Status.PASSED,
        outcome="survivors" if alive else "ok",
        diagnostics=(_note("score", _score(report)), *map(_finding, alive[:_MOST]), *left_out),
        duration_s=report.compile_s + report.run_s,
    )


def _score(report: MutationReport) -> str:
    counts = report.counts
    killed = counts[MutantStatus.KILLED] + counts[MutantStatus.TIMED_OUT]
    alive = counts[MutantStatus.SURVIVED] + counts[MutantStatus.NO_COVERAGE]
    share = "no mutant could be killed" if report.score is None else f"mutation score {100 * report.score:.1f} %"
    drawn = f", drawn of {report.n_found} by seed {report.seed}" if len(report.results) < report.n_found else ""
    return f"{share}: {killed} of {killed + alive} mutants are noticed{drawn}"


def _finding(result: MutantResult) -> Diagnostic:
    mutant = result.mutant
    change = (
        f"{mutant.original} becomes {mutant.replacement}" if mutant.replacement else f"{mutant.original} is left out"
    )
    return Diagnostic(
        stage=STAGE,
        tool="codeloop",
        rule=mutant.operator.value,
        message=f"{_UNNOTICED[result.status]} when {' '.join(change.split())[:200]}",
        severity=Severity.NOTE,
        line=mutant.line,
        column=mutant.column,
        end_line=mutant.end_line,
        end_column=mutant.end_column,
    )


def _note(rule: str, message: str) -> Diagnostic:
    return Diagnostic(stage=STAGE, tool="codeloop", rule=rule, message=message, severity=Severity.NOTE)


__all__ = ["STAGE", "stage_report"]
