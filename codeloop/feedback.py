"""Feedback: what the next prompt is told about the best candidate so far. One stage's findings, root cause first."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from codeloop.attempts import CaseResult, CaseStatus, Verdict
from codeloop.diagnostics import Diagnostic

_MAX_FINDINGS = 5  # ungrouped long lists make repairs worse (field notes, section 2)
_MAX_ANCHORS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Plain data for a template; every text is already capped and free of control characters."""

    stage: str
    outcome: str
    findings: tuple[Diagnostic, ...]
    n_left_out: int
    failing: CaseResult | None
    """The smallest failing case: it repairs better than the median or the longest."""
    n_failing: int
    passing: tuple[str, ...]
    output: str


def build(verdict: Verdict) -> Feedback:
    """Build feedback from a verdict on *visible* tests."""
    report = verdict.last
    failing = [case for case in report.cases if case.status in (CaseStatus.FAILED, CaseStatus.RAISED)]
    smallest = min(failing, key=lambda case: len(case.expression), default=None)
    passing = [case.expression for case in report.cases if case.status is CaseStatus.PASSED and not case.is_vacuous]
    findings = [_clean_finding(item) for item in report.diagnostics]
    return Feedback(
        stage=report.stage,
        outcome=report.outcome,
        findings=tuple(findings[:_MAX_FINDINGS]),
        n_left_out=max(0, len(findings) - _MAX_FINDINGS),
        failing=_clean_case(smallest) if smallest else None,
        n_failing=len(failing),
        passing=tuple(clean(text, 200) for text in passing[:_MAX_ANCHORS] if text),
        output=clean(report.output, 600),
    )


def clean(text: str, limit: int) -> str:
    """Cap tool or candidate text and drop control characters and ANSI sequences: it is written by untrusted code."""
    text = re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]", "", text)
    text = "".join(c if c in "\n\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return text if len(text) <= limit else text[:limit] + " …[cut]"


def fenced(text: str, info: str = "") -> str:
    """Put text in a Markdown fence that it cannot end: one backtick longer than any run inside."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{text.rstrip()}\n{fence}"


def _clean_finding(item: Diagnostic) -> Diagnostic:
    """Clean a finding. Its message stands outside of a fence, so it must not open one either."""
    message = re.sub(r"`{3,}|~{3,}", "'''", clean(item.message, 500))
    return replace(item, message=message, source_line=clean(item.source_line, 200))


def _clean_case(case: CaseResult) -> CaseResult:
    return replace(
        case,
        expression=clean(case.expression, 400),
        expected=clean(case.expected, 300),
        actual=clean(case.actual, 300),
        exception=clean(case.exception, 300),
    )
