"""The lint stage: what analysers find in a candidate that passed its tests, without what its task's own code causes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from codeloop.attempts import StageReport, Status
from codeloop.diagnostics import Diagnostic, Severity
from codeloop.findings import capped, matters
from codeloop.languages import Language, rules
from codeloop.languages.rules import Rules
from codeloop.sandbox.port import Cell
from codeloop.tasks import Task

STAGE = "lint"
_MOST = 100
"""Findings of one program in its report: the 164 Python references of HumanEval-X have 115 together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintSettings:
    """What the lint stage's findings do, and who sorts them."""

    is_gating: bool = False
    """Whether a finding that matters fails the candidate; else it is told and no more."""
    rules: tuple[tuple[str, Rules], ...] = ()
    """Users' own, by language: asked before codeloop's."""

    def rules_of(self, language: str) -> Rules:
        """Give the rules of a language, the user's first."""
        return dict(self.rules).get(language, Rules()).over(rules.of_language(language))


async def lint_stage(
    cell: Cell, language: Language, task: Task, code: str, settings: LintSettings, given: Collection[str] = ()
) -> StageReport:
    """Analyse ``code``; findings whose fingerprint is ``given`` are the task's, not the candidate's."""
    result = await cell.run(language.lint(task, code))
    sorted_ = settings.rules_of(language.name).sort(language.read_lint(result, code))
    findings = _bounded([item for item in sorted_ if item.fingerprint not in given])
    has_findings = any(matters(item) for item in findings)
    return StageReport(
        stage=STAGE,
        status=Status.FAILED if has_findings and settings.is_gating else Status.PASSED,
        outcome="findings" if has_findings else "ok",
        diagnostics=findings,
        duration_s=result.wall_s,
        cpu_s=result.cpu_s,
    )


def _bounded(findings: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Keep what a store can hold of a hostile program's findings, those that matter first, and say how many are left out."""
    kept = capped(sorted(findings, key=lambda item: not matters(item)), _MOST)
    if not kept.n_left_out:
        return tuple(findings)
    message = f"{kept.n_left_out} more findings are left out"
    note = Diagnostic(stage=STAGE, tool="codeloop", rule="left-out", message=message, severity=Severity.NOTE)
    return (*kept.shown, note)


async def given_findings(cell: Cell, language: Language, task: Task) -> frozenset[str]:
    """Give the fingerprints of what analysers find in the task's own code, ended by a stub."""
    code = language.stub(task).code
    result = await cell.run(language.lint(task, code))
    return frozenset(item.fingerprint for item in language.read_lint(result, code))
