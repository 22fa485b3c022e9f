"""The loop: one trajectory, from the first prompt to its ending. It sees visible tests only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from codeloop import feedback, prompts
from codeloop.attempts import Attempt, Candidate, Completion, Ending, Prompt, Status, Trajectory, Verdict
from codeloop.extract import extract
from codeloop.languages import get_language
from codeloop.policy import Policy
from codeloop.stages.check import Check
from codeloop.tasks import Task

Complete = Callable[[Prompt], Awaitable[Completion]]
Record = Callable[[Attempt], Awaitable[None]]


async def run_trajectory(
    task: Task,
    draw: int,
    *,
    complete: Complete,
    check: Check,
    record: Record,
    policy: Policy,
    recorded: Sequence[Attempt] = (),
) -> Trajectory:
    """Run one draw on one task to its end.

    ``recorded`` are attempts of an interrupted run, in order: they are taken as they are, neither asked nor checked
    again. Raises ModelError and SandboxError: the caller makes the trajectory ``errored``.
    """
    attempts: list[Attempt] = []
    ending = Ending.EXHAUSTED
    for iteration in range(policy.max_repairs + 1):
        if iteration < len(recorded):
            attempt = recorded[iteration]
        else:
            attempt = await _attempt(task, draw, attempts, complete, check, policy)
            await record(attempt)
        attempts.append(attempt)
        if attempt.verdict.status is Status.PASSED:
            ending = Ending.SOLVED
            break
        if _repeats(attempt, attempts[:-1], policy):
            ending = Ending.STALLED
            break
    return Trajectory(
        task_id=task.id,
        language=task.language,
        draw=draw,
        ending=ending,
        attempts=tuple(attempts),
        has_visible_tests=has_evidence(task, attempts),
    )


def has_evidence(task: Task, attempts: Sequence[Attempt]) -> bool:
    """Say whether the loop had a visible test that says anything: not where there is none, or all are vacuous."""
    ran = [attempt.verdict.last for attempt in attempts if attempt.verdict.last.cases]
    return not task.visible.is_empty and (not ran or any(report.has_evidence for report in ran))


def _repeats(attempt: Attempt, earlier: Sequence[Attempt], policy: Policy) -> bool:
    """Say whether an attempt is a program that was there before, or fails just as another one did."""
    if attempt.candidate.digest in {other.candidate.digest for other in earlier}:
        return True
    return policy.stops_on_repeated_error and attempt.verdict.fingerprint in {o.verdict.fingerprint for o in earlier}


async def _attempt(
    task: Task, draw: int, attempts: list[Attempt], complete: Complete, check: Check, policy: Policy
) -> Attempt:
    iteration = len(attempts)
    prompt = _next_prompt(task, draw, attempts, policy)
    completion = await complete(prompt)
    candidate = extract(task, completion)
    verdict = await check(task, candidate, task.visible)
    best = _best(attempts)
    is_better = best is None or evidence(verdict) > evidence(best.verdict)
    return Attempt(
        iteration=iteration,
        prompt=prompt,
        completion=completion,
        candidate=candidate,
        verdict=verdict,
        handed_over=iteration if is_better or best is None else best.iteration,
    )


def evidence(verdict: Verdict) -> tuple[int, int, int]:
    """Order verdicts by visible evidence: stage reached, cases passed, fewest findings."""
    passed = sum(report.status is Status.PASSED for report in verdict.reports)
    return (passed, verdict.last.n_passed, -len(verdict.last.diagnostics))


def _best(attempts: list[Attempt]) -> Attempt | None:
    return attempts[attempts[-1].handed_over] if attempts else None


def _next_prompt(task: Task, draw: int, attempts: list[Attempt], policy: Policy) -> Prompt:
    iteration = len(attempts)
    question = prompts.Question(
        language=task.language,
        title=get_language(task.language).title,
        entry_point=task.entry_point,
        given=task.prompt.strip("\n"),
        statement=task.statement,
    )
    sampling = prompts.Sampling(
        temperature=policy.temperature(iteration),
        max_tokens=policy.max_tokens,
        seed=policy.seed + 1000 * draw + iteration,
        draw=draw,
        iteration=iteration,
    )
    best = _best(attempts)
    if best is None or not _has_code(best.candidate):
        return prompts.first(question, sampling)
    last = attempts[-1]
    worse = f"its {last.verdict.last.stage} stage ended with {last.verdict.last.outcome}"
    regressed = "" if last is best else worse
    return prompts.repair(question, best.candidate.code, feedback.build(best.verdict), sampling, regressed)


def _has_code(candidate: Candidate) -> bool:
    return bool(candidate.code.strip())
