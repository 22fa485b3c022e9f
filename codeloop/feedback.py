"""Feedback: what the next prompt is told about the program that it asks to repair. One stage's findings, root cause first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from codeloop.attempts import Candidate, CaseResult, CaseStatus, StageReport, Verdict
from codeloop.contrast import contrast
from codeloop.diagnostics import Diagnostic
from codeloop.findings import Cause, Group, cause_of, group, matters, of_case
from codeloop.languages.syntax import Syntax, parse, text_of, walk

_MAX_ANCHORS = 5
_MAX_NAMES = 5
_LONG_COMMENT = 40  # characters without blanks


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A group of findings as a prompt tells it: its cause, where else it shows, and what a tool suggests."""

    scope: str
    message: str
    source: str
    """The line, and below it a mark at the column where that is known. No line numbers: the program is shown shortened."""
    n_more: int
    """Other places with the same cause."""
    notes: tuple[str, ...] = ()
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The smallest failing case. It repairs better than the median or the longest (field notes, section 2)."""

    expression: str
    expected: str
    actual: str
    exception: str
    source: str
    """The line that raised."""
    frame: str
    contrast: str
    """How the two values differ, in a line; empty where nothing can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Plain data for a template; every text is already capped and free of control characters."""

    stage: str
    outcome: str
    findings: tuple[Finding, ...]
    n_left_out: int
    """Findings that are not shown."""
    failing: Failure | None
    n_failing: int
    n_cases: int
    passing: tuple[str, ...]
    """Expressions of cases that pass: a repair must keep them so."""
    n_passing: int
    names: tuple[str, ...]
    """Names that the program has and that look like the one it lacks."""
    output: str


def build(
    verdict: Verdict, candidate: Candidate, syntax: Syntax | None = None, *, entry_point: str = "", n_findings: int = 5
) -> Feedback:
    """Build feedback from a verdict on *visible* tests, with ``n_findings`` groups of findings at most."""
    report = verdict.last
    groups = group(item for item in report.diagnostics if report.stage != "lint" or matters(item))
    failing = [case for case in report.cases if case.status in (CaseStatus.FAILED, CaseStatus.RAISED)]
    passing = _anchors(verdict)
    smallest = min(failing, key=_size, default=None)
    found = of_case(smallest, code=candidate.code, syntax=syntax, entry_point=entry_point) if smallest else None
    lacking = [item.cause for item in groups] + ([found] if found else [])
    return Feedback(
        stage=report.stage,
        outcome=report.outcome,
        findings=tuple(_finding(item) for item in groups[:n_findings]),
        n_left_out=max(0, len(groups) - n_findings),
        failing=_failure(found) if found else None,
        n_failing=len(failing),
        n_cases=len(report.cases),
        passing=tuple(clean(text, 200) for text in passing[:_MAX_ANCHORS]),
        n_passing=len(passing),
        names=_similar(lacking, candidate.code, syntax) if syntax else (),
        output=clean(report.output, 600),
    )


def _size(case: CaseResult) -> tuple[bool, int]:
    """Order cases: those that are evidence first, then by the length of what is asked."""
    return (case.is_vacuous, len(case.expression))


def _anchors(verdict: Verdict) -> list[str]:
    tests: StageReport = verdict.report("test") or verdict.last
    return [c.expression for c in tests.cases if c.status is CaseStatus.PASSED and not c.is_vacuous and c.expression]


def _finding(item: Group) -> Finding:
    cause = item.cause
    # The message stands outside of a fence in some templates, so it must not open one either.
    message = re.sub(r"`{3,}|~{3,}", "'''", clean(cause.message, 500))
    return Finding(
        scope=clean(cause.scope, 100),
        message=message,
        source=_marked(cause),
        n_more=max(0, len(item.lines) - 1),
        notes=tuple(clean(note, 200) for note in cause.notes[:2]),
        fix=_suggested(cause),
    )


def _marked(item: Diagnostic) -> str:
    """Give the source line with a mark below the column; without one where the line is cut or the column is unknown."""
    line = clean(item.source_line.rstrip(), 200)
    if not line.strip() or not item.column or item.column > len(line) or line != item.source_line.rstrip():
        return line
    blanks = re.sub(r"[^\t]", " ", line[: item.column - 1])
    return f"{line}\n{blanks}^"


def _suggested(item: Diagnostic) -> str:
    """Give the first suggestion; nothing where the message says it already."""
    text = next((fix.message or fix.replacement for fix in item.fixes), "")
    return "" if text in item.message else clean(text, 200)


def _failure(found: Diagnostic) -> Failure:
    return Failure(
        expression=clean(found.expression, 400),
        expected=clean(found.expected, 300),
        actual=clean(found.actual, 300),
        exception=clean(found.exception, 300),
        source=_marked(found),
        frame=clean(found.frame, 100),
        contrast=clean(contrast(found.expected, found.actual), 300),
    )


def _similar(findings: Iterable[Diagnostic], code: str, syntax: Syntax) -> tuple[str, ...]:
    """Give the program's own names that are like one that a finding says is missing."""
    missing = next((match[1] for item in findings if (match := _missing_name(item))), "")
    if not missing:
        return ()
    known = {text_of(node) for node in walk(parse(syntax, code)) if node.type in syntax.names} - {missing}
    return tuple(clean(name, 60) for name in get_close_matches(missing, sorted(known), n=_MAX_NAMES))


def _missing_name(item: Diagnostic) -> re.Match[str] | None:
    is_name = cause_of(item) is Cause.NAME
    return re.search(r"[`'\"‘“]([\w$]+)[`'\"’”]", f"{item.message} {item.exception}") if is_name else None


def without_statement(code: str, given: str, syntax: Syntax) -> str:
    """Drop comments and docstrings that only repeat the given beginning: the prompt shows that already.

    A short comment stays, and so does one that is all that a function holds.
    """
    known = "".join(given.split())
    data = code.encode("utf-8", "surrogatepass")
    for node in reversed([*walk(parse(syntax, code))]):
        text = "".join(text_of(node).split())
        is_comment = node.type in syntax.comments or (
            node.type == "expression_statement" and [child.type for child in node.children] == ["string"]
        )
        has_others = node.next_named_sibling is not None
        if is_comment and has_others and len(text) >= _LONG_COMMENT and text in known:
            end = node.end_byte + (data[node.end_byte : node.end_byte + 1] == b"\n")
            start = data.rfind(b"\n", 0, node.start_byte) + 1
            start = start if not data[start : node.start_byte].strip() else node.start_byte
            data = data[:start] + data[end:]
    return data.decode("utf-8", "surrogatepass")


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
