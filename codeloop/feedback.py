"""Feedback: what the next prompt is told about the best candidate so far. One stage's findings, root cause first."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from codeloop.attempts import CaseResult, CaseStatus, Verdict
from codeloop.diagnostics import Diagnostic

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


def build(verdict: Verdict, *, n_findings: int = 5) -> Feedback:
    """Build feedback from a verdict on *visible* tests, with ``n_findings`` findings of a tool at most.

    The smallest failing case is one that is evidence, where there is such a one.
    """
    report = verdict.last
    failing = [case for case in report.cases if case.status in (CaseStatus.FAILED, CaseStatus.RAISED)]
    smallest = min(failing, key=lambda case: (case.is_vacuous, len(case.expression)), default=None)
    passing = [case.expression for case in report.cases if case.status is CaseStatus.PASSED and not case.is_vacuous]
    findings = [_clean_finding(item) for item in report.diagnostics]
    return Feedback(
        stage=report.stage,
        outcome=report.outcome,
        findings=tuple(findings[:n_findings]),
        n_left_out=max(0, len(findings) - n_findings),
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


def tokens(text: str) -> int:
    """Estimate how many tokens a text is: a third of its UTF-8 bytes, rounded up.

    Above what the tokenizers in use need for code (3.2 to 4 bytes a token), so that a budget is kept with any of them.
    """
    return -(-len(text.encode("utf-8", "surrogatepass")) // 3)


def within(text: str, n_tokens: int) -> str:
    """Keep a text within a budget: the middle is cut out, with a mark that says how much; short texts stay as they are."""
    if tokens(text) <= n_tokens:
        return text
    mark = "\n…[{} characters cut]…\n"
    room = max(0, 3 * n_tokens - len(mark.format(len(text)).encode()))
    data = text.encode("utf-8", "surrogatepass")
    head = data[: room * 2 // 3].decode("utf-8", "ignore")
    tail = data[len(data) - room // 3 :].decode("utf-8", "ignore") if room >= 3 else ""
    return head + mark.format(len(text) - len(head) - len(tail)) + tail


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
