"""Attempts whose programs say how they fare: for tests of what comes after them."""

from __future__ import annotations

from dataclasses import replace

from codeloop.attempts import (
    Attempt,
    Candidate,
    CaseResult,
    CaseStatus,
    Completion,
    Prompt,
    StageReport,
    Status,
    Usage,
    Verdict,
)
from codeloop.moves import best


def attempts(*codes: str, repairs: tuple[int | None, ...] = ()) -> tuple[Attempt, ...]:
    """Make attempts whose programs say how many of three cases they pass, and how they fail."""
    made: list[Attempt] = []
    for iteration, code in enumerate(codes):
        base = repairs[iteration] if repairs else (iteration - 1 if iteration else None)
        attempt = Attempt(
            iteration=iteration,
            prompt=Prompt(messages=(), template="t"),
            completion=Completion(text=code, finish_reason="stop", usage=Usage(prompt_tokens=70, completion_tokens=30)),
            candidate=Candidate(code=code),
            verdict=verdict(code),
            handed_over=iteration,
            repairs=base,
        )
        made.append(replace(attempt, handed_over=best([*made, attempt]).iteration))
    return tuple(made)


def verdict(code: str) -> Verdict:
    if "broken" in code:
        return Verdict(reports=(StageReport(stage="compile", status=Status.FAILED, outcome="syntax"),))
    n_passed = code.count("+")
    cases = tuple(
        CaseResult(
            name=str(i),
            status=CaseStatus.PASSED if i < n_passed else CaseStatus.FAILED,
            expression=f"f({i})",
            actual="alike" if "alike" in code else code,
        )
        for i in range(3)
    )
    status, outcome = (Status.PASSED, "ok") if n_passed == 3 else (Status.FAILED, "wrong_answer")
    compiled = StageReport(stage="compile", status=Status.PASSED, outcome="ok")
    return Verdict(reports=(compiled, StageReport(stage="test", status=status, outcome=outcome, cases=cases)))
