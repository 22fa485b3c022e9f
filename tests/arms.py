"""Trajectories and records that are made up, for tests of comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codeloop.attempts import (
    Attempt,
    Candidate,
    CaseResult,
    CaseStatus,
    Completion,
    Ending,
    Exchange,
    Prompt,
    StageReport,
    Status,
    Trajectory,
    Usage,
    Verdict,
)
from codeloop.diagnostics import Diagnostic
from codeloop.moves import best
from codeloop.records import Arm, Header, Setting

HEADER = Header(
    codeloop="0.1.0",
    suite="own 1",
    suite_sha256="ab" * 32,
    model="fake",
    arms=tuple(Arm(spec=spec, settings=(Setting(name="plan", value="repair"),)) for spec in ("default", "single")),
    languages=("python",),
    choice="all numbers",
    draws=1,
    ks=(1,),
    seed=0,
    task_ids=("Python/1", "Python/2"),
    command="codeloop ablate",
)


def verdict(text: str) -> Verdict:
    """Make a verdict: ``+-`` is one case that passes and one that fails; else an outcome of the compiler, or ``lint``."""
    if text == "lint":
        found = Diagnostic(stage="lint", tool="ruff", rule="F841", message="secret text of a program")
        return Verdict(
            reports=(
                *verdict("++").reports,
                StageReport(stage="lint", status=Status.FAILED, outcome="findings", diagnostics=(found,)),
            )
        )
    if set(text) - {"+", "-"}:
        return Verdict(reports=(StageReport(stage="compile", status=Status.FAILED, outcome=text, duration_s=0.5),))
    cases = tuple(
        CaseResult(
            name=f"line {i}",
            status=CaseStatus.PASSED if mark == "+" else CaseStatus.FAILED,
            expression=f"secret({i})",
            expected="secret",
            actual="secret",
        )
        for i, mark in enumerate(text)
    )
    is_passed = "-" not in text
    status, outcome = (Status.PASSED, "ok") if is_passed else (Status.FAILED, "wrong_answer")
    compiled = StageReport(stage="compile", status=Status.PASSED, outcome="ok", duration_s=0.25)
    return Verdict(
        reports=(compiled, StageReport(stage="test", status=status, outcome=outcome, cases=cases, duration_s=1.0))
    )


def trajectory(
    task_id: str,
    visible: Sequence[str],
    hidden: Sequence[str | None],
    *,
    draw: int = 0,
    repairs: Sequence[int | None] = (),
    tokens: tuple[int | None, int | None] = (10, 5),
    programs: Sequence[str] = (),
    ending: Ending | None = None,
    has_diagnosis: bool = False,
) -> Trajectory:
    """Make a trajectory from what ``verdict`` takes; each attempt repairs the one before unless ``repairs`` says otherwise."""
    attempts: list[Attempt] = []
    answer = Completion(
        text="secret",
        finish_reason="stop",
        usage=Usage(prompt_tokens=tokens[0], completion_tokens=tokens[1]),
        latency_s=2.0,
    )
    for i, text in enumerate(visible):
        prompt = Prompt(messages=(), template="repair@1" if i else "first@1", temperature=0.2 * (i + 1), iteration=i)
        attempt = Attempt(
            iteration=i,
            prompt=prompt,
            completion=answer,
            candidate=Candidate(code=programs[i] if programs else f"secret {task_id} {draw} {i}"),
            verdict=verdict(text),
            handed_over=i,
            repairs=repairs[i] if repairs else (i - 1 if i else None),
            before=(Exchange(prompt=prompt, completion=answer),) if has_diagnosis and i else (),
        )
        attempts.append(replace(attempt, handed_over=best([*attempts, attempt]).iteration))
    is_solved = bool(attempts) and attempts[-1].verdict.status is Status.PASSED
    return Trajectory(
        task_id=task_id,
        language=task_id.partition("/")[0].lower(),
        draw=draw,
        ending=ending or (Ending.SOLVED if is_solved else Ending.EXHAUSTED),
        attempts=tuple(attempts),
        hidden=tuple(None if text is None else verdict(text) for text in hidden),
    )
