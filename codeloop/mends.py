"""Mends: an attempt after the changes that compilers and analysers vouch for; no model is asked.

A tool's word is not taken for it: the changed program is checked as every other one, and stands only where that is better.
"""

from __future__ import annotations

from dataclasses import replace

from codeloop.attempts import Attempt, Status, Verdict
from codeloop.diagnostics import Diagnostic, Severity
from codeloop.findings import matters
from codeloop.moves import evidence
from codeloop.stages.check import Check
from codeloop.suggestions import applied
from codeloop.tasks import Task, VisibleTests

ROUNDS = 3
"""Of one attempt: a change may bring to light what the compiler had not come to, and each costs a check."""


async def mended(task: Task, attempt: Attempt, check: Check, tests: VisibleTests) -> Attempt:
    """Give the best of ``attempt`` and what it becomes round by round; itself where nothing is suggested or better.

    A round need not be better for the next to follow: of what stands behind an error rustc says nothing before that is gone.
    Raises SandboxError.
    """
    best = current = attempt
    seen = {attempt.candidate.digest}
    for _ in range(ROUNDS):
        code, mends = applied(current.candidate.code, _suggesting(current.verdict))
        candidate = replace(current.candidate, code=code, mends=(*current.candidate.mends, *mends))
        if candidate.digest in seen:
            return best
        seen.add(candidate.digest)
        current = replace(current, candidate=candidate, verdict=await check(task, candidate, tests))
        if current.verdict.status is Status.ERRORED:
            return best
        best = max(best, current, key=lambda each: _worth(each.verdict))  # the first of equals
    return best


def _suggesting(verdict: Verdict) -> tuple[Diagnostic, ...]:
    """Give the findings whose suggestions are made: errors of the compiler, else what analysers find, taste included."""
    if verdict.last.stage == "compile":
        return tuple(item for item in verdict.last.diagnostics if item.severity is Severity.ERROR)
    report = verdict.report("lint")
    return tuple(item for item in report.diagnostics if item.severity is not Severity.NOTE) if report else ()


def _worth(verdict: Verdict) -> tuple[object, ...]:
    """Order verdicts by visible evidence, then by what analysers find: where that only informs, evidence is silent on it."""
    report = verdict.report("lint")
    found = report.diagnostics if report else ()
    return (evidence(verdict), -sum(map(matters, found)), -len(found))


__all__ = ["ROUNDS", "mended"]
