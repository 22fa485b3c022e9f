"""Steps: one trajectory as plain data for its timeline. Texts are numbers of lines (``Lines``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from codeloop.attempts import (
    COMPARED,
    Attempt,
    CaseResult,
    CaseStatus,
    Ending,
    Prompt,
    StageReport,
    Trajectory,
    Verdict,
)
from codeloop.diagnostics import Diagnostic
from codeloop.error_classes import error_class
from codeloop.findings import difference, of_report, regressions
from codeloop.report.html.texts import Limits, Lines, shown
from codeloop.report.origin import tools_of
from codeloop.report.text import mend_told

_MAX_DIFF_LINES = 1500
"""Of one program: comparing takes quadratic time, and a person reads no more."""
_SAME_CASES = {CaseStatus.PASSED: 0, CaseStatus.FAILED: 1, CaseStatus.RAISED: 2, CaseStatus.NOT_RUN: 3}
"""Numbers in place of words: cases are most of the page."""


def steps(trajectory: Trajectory, lines: Lines, limits: Limits) -> dict[str, Any]:
    """Give the trajectory: its attempts and why it stopped."""
    attempts, programs = [], [lines.of(a.candidate.code, limits.code) for a in trajectory.attempts]
    for attempt in trajectory.attempts:
        number = attempt.iteration
        base = attempt.repairs if attempt.repairs is not None else (number - 1 if number else None)
        hidden = trajectory.hidden[number] if number < len(trajectory.hidden) else None
        attempts.append(
            _head(attempt)
            | _asked(attempt, lines, limits)
            | {
                "code": programs[number],
                "base": base,
                "diff": None if base is None else changes(programs[base], programs[number]),
                "visible": _verdict(attempt.verdict, attempt.candidate.code, lines, limits),
                "hidden": _verdict(hidden, attempt.candidate.code, lines, limits) if hidden else None,
            }
            | (_compared(trajectory.attempts[attempt.repairs], attempt, lines) if attempt.repairs is not None else {})
        )
    return {"attempts": attempts, "stop": list(why(trajectory))}


def why(trajectory: Trajectory) -> Iterator[str]:
    """Say why it stopped, and what was handed over, in sentences."""
    attempts, ending = trajectory.attempts, trajectory.ending
    last = attempts[-1] if attempts else None
    if last is None:
        yield "It stopped before its first attempt was recorded."
    elif ending is Ending.SOLVED:
        yield f"Attempt {last.iteration} passed its visible tests and every stage that gates."
    elif ending is Ending.EXHAUSTED:
        yield f"All {len(attempts)} attempts that the policy allows were used, and none passed."
    elif ending is Ending.STALLED:
        yield _stalled(attempts)
    elif ending is Ending.OUT_OF_BUDGET:
        yield "The budget of the run cut it short; what it had counts."
    else:
        yield "The machine failed it or it was cancelled, so it stands in no estimate."
    if trajectory.error:
        yield shown(trajectory.error[:1000])
    if last is not None:
        best = trajectory.hidden[last.handed_over] if last.handed_over < len(trajectory.hidden) else None
        said = "were not run on it" if best is None else f"say: {best.status}"
        yield f"Attempt {last.handed_over} was handed over as the best by visible evidence; the hidden tests {said}."


def _stalled(attempts: Sequence[Attempt]) -> str:
    last = attempts[-1]
    for earlier in attempts[:-1]:
        if earlier.candidate.digest == last.candidate.digest:
            return (
                f"Attempt {last.iteration} gave the same program as attempt {earlier.iteration}, so the loop stopped."
            )
    for earlier in attempts[:-1]:
        if earlier.verdict.fingerprint == last.verdict.fingerprint:
            return f"Attempt {last.iteration} failed exactly as attempt {earlier.iteration} did, so the loop stopped."
    return f"After attempt {last.iteration} the policy saw no next move."


def changes(before: Sequence[int], after: Sequence[int]) -> list[list[int]]:
    """Give what two programs share: runs of lines as [start before, start after, length]. The rest is gone or new."""
    if max(len(before), len(after)) > _MAX_DIFF_LINES:
        return [[0, 0, len(after)]] if before == after else []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [[block.a, block.b, block.size] for block in matcher.get_matching_blocks() if block.size]


def _head(attempt: Attempt) -> dict[str, Any]:
    completion, prompt, kind = attempt.completion, attempt.prompt, error_class(attempt.verdict)
    return {
        "repairs": attempt.repairs,
        "handed_over": attempt.handed_over,
        "error_class": kind.value if kind else None,
        "notes": [shown(note) for note in attempt.candidate.notes],
        "mends": [shown(mend_told(mend)) for mend in attempt.candidate.mends],
        "template": shown(prompt.template),
        "temperature": prompt.temperature,
        "seed": prompt.seed,
        "wording": attempt.wording,
        "answered_by": shown(completion.answered_by),
        "image": shown(attempt.verdict.image),
        "tools": shown(tools_of(attempt.verdict)),
        "finish_reason": shown(completion.finish_reason[:200]),
        "prompt_tokens": completion.usage.prompt_tokens,
        "completion_tokens": completion.usage.completion_tokens,
        "cost_usd": completion.cost_usd,
        "model_s": round(completion.latency_s, 2),
        "is_cached": completion.is_cached,
    }


def _asked(attempt: Attempt, lines: Lines, limits: Limits) -> dict[str, Any]:
    before = [
        {"prompt": _messages(x.prompt, lines, limits), "answer": lines.of(x.completion.text, limits.message)}
        for x in attempt.before
    ]
    return {
        "prompt": _messages(attempt.prompt, lines, limits),
        "answer": lines.of(attempt.completion.text, limits.message),
        "before": before,
    }


def _messages(prompt: Prompt, lines: Lines, limits: Limits) -> list[list[Any]]:
    return [[shown(m.role), lines.of(m.content, limits.message)] for m in prompt.messages]


def _compared(base: Attempt, attempt: Attempt, lines: Lines) -> dict[str, Any]:
    """Say what the repair changed: findings gone, the same and new, and cases that passed before."""
    found = difference(of_report(base.verdict.last), of_report(attempt.verdict.last))
    broken = regressions(base.verdict, attempt.verdict)
    return {
        "changed": [len(found.fixed), len(found.persisting), len(found.new)],
        "broken": [lines.of(text, 300) for text in broken[:10]],
        "n_broken": len(broken),
    }


def _verdict(verdict: Verdict, code: str, lines: Lines, limits: Limits) -> dict[str, Any]:
    source = code.split("\n") if len(code) <= limits.code else []  # of a program that is cut, lines have other numbers
    return {
        "status": verdict.status.value,
        "image": shown(verdict.image),
        "compared": shown(verdict.compared),
        "stages": [_stage(report, source, lines, limits) for report in verdict.reports],
    }


def _stage(report: StageReport, source: Sequence[str], lines: Lines, limits: Limits) -> dict[str, Any]:
    diagnostics = [item for item in report.diagnostics if item.rule != COMPARED]
    cases = sorted(report.cases, key=lambda case: case.status is CaseStatus.PASSED)[: limits.n_cases]
    kept = {id(case) for case in cases}
    found: dict[str, Any] = {
        "stage": shown(report.stage),
        "status": report.status.value,
        "outcome": shown(report.outcome),
        "check_s": round(report.duration_s, 2),
        "n_passed": report.n_passed,
        "findings": [_finding(item, source, lines, limits) for item in diagnostics[: limits.n_findings]],
        "n_findings": len(diagnostics),
        "cases": [_case(case, lines, limits) for case in report.cases if id(case) in kept],
        "n_cases": len(report.cases),
    }
    if report.agreement is not None:
        found["agreement"] = round(report.agreement, 4)
    if report.limit_s is not None:
        found["limit_s"] = round(report.limit_s, 2)
    if report.output:
        found["output"] = lines.of(report.output, limits.output)
    return found


def _case(case: CaseResult, lines: Lines, limits: Limits) -> list[Any]:
    """Give [status, expression, expected, actual, exception, line, vacuous, opaque] without what is empty at the end."""
    texts = (case.expression or case.name, case.expected, case.actual, case.exception)
    row: list[Any] = [_SAME_CASES[case.status], *(lines.of(text, limits.value) for text in texts)]
    row += [case.line or 0, int(case.is_vacuous), int(case.is_opaque)]
    while not row[-1] and len(row) > 2:
        row.pop()
    return row


def _finding(item: Diagnostic, source: Sequence[str], lines: Lines, limits: Limits) -> dict[str, Any]:
    """Give a finding without what is empty; columns count in the line as it is shown."""
    is_inside = item.line is not None and 0 < item.line <= len(source)
    line = source[item.line - 1] if is_inside and item.line is not None else ""
    is_one_line = item.end_line in (None, item.line)
    texts = {"message": item.message, "expression": item.expression, "expected": item.expected, "actual": item.actual}
    texts |= {"exception": item.exception, "help": "\n".join((*item.notes, *(fix.message for fix in item.fixes)))}
    row: dict[str, Any] = {
        "severity": item.severity.value,
        "tool": shown(item.tool),
        "rule": shown(item.rule),
        "category": item.category.value,
        "scope": shown(item.scope),
        "line": item.line if is_inside else None,
        "place": None if is_inside else item.line,
        "column": _column(line, item.column),
        "end_column": _column(line, item.end_column) if is_one_line else None,
        **{name: lines.of(text, limits.value) for name, text in texts.items()},
    }
    return {name: value for name, value in row.items() if value not in (None, "", [])}


def _column(line: str, column: int | None) -> int | None:
    return None if column is None else len(shown(line[: max(column - 1, 0)])) + 1
