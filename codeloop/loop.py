"""The loop: one trajectory, from the first prompt to its ending. It sees visible tests only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from codeloop import prompts
from codeloop.attempts import Attempt, Candidate, Completion, Ending, Exchange, Prompt, Trajectory, Usage
from codeloop.extract import extract
from codeloop.languages import KeepsCorpus, get_language
from codeloop.mends import mended
from codeloop.moves import Move, Repair, best
from codeloop.policy import Policy
from codeloop.stages.check import Check
from codeloop.tasks import Task, VisibleTests

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
    while not isinstance(move := policy.next(attempts), Ending):
        if len(attempts) < len(recorded):
            attempts.append(recorded[len(attempts)])
            continue
        attempt = await _attempt(task, draw, move, attempts, complete, check, policy)
        await record(attempt)
        attempts.append(attempt)
    return Trajectory(
        task_id=task.id,
        language=task.language,
        draw=draw,
        ending=move,
        attempts=tuple(attempts),
        has_visible_tests=has_evidence(task, attempts),
    )


def has_evidence(task: Task, attempts: Sequence[Attempt]) -> bool:
    """Say whether the loop had a visible test that says anything: not where there is none, or all are vacuous."""
    tested = [attempt.verdict.report("test") for attempt in attempts]
    ran = [report for report in tested if report is not None and report.cases]
    return not task.visible.is_empty and (not ran or any(report.has_evidence for report in ran))


async def _attempt(
    task: Task, draw: int, move: Move, attempts: list[Attempt], complete: Complete, check: Check, policy: Policy
) -> Attempt:
    wording = _wording(task, draw, move, attempts)
    asked = task.worded(wording)
    question, sampling = replace(question_of(asked), first=policy.first), _sampling(draw, attempts, policy)
    before: tuple[Exchange, ...] = ()
    inquiry = policy.teller.inquiry(question, move, attempts, sampling)
    if inquiry is not None:
        before = (Exchange(prompt=inquiry, completion=await complete(inquiry)),)
    prompt = policy.teller.prompt(question, move, attempts, sampling, before)
    is_given = bool(task.start) and not attempts
    completion = _given(task) if is_given else await complete(prompt)
    visible = _visible(task, attempts)
    candidate = Candidate(code=task.start) if is_given else extract(asked, completion)
    attempt = Attempt(
        iteration=len(attempts),
        prompt=prompt,
        completion=completion,
        candidate=candidate,
        verdict=await check(task, candidate, visible),
        handed_over=len(attempts),
        repairs=move.base.iteration if isinstance(move, Repair) else None,
        before=before,
        wording=wording,
    )
    if policy.mend and not is_given:
        attempt = await mended(task, attempt, check, visible)
    return replace(attempt, handed_over=best([*attempts, attempt]).iteration)


def _wording(task: Task, draw: int, move: Move, attempts: Sequence[Attempt]) -> int:
    """Say how the task is put: a repair goes on as its base was asked; draws, and restarts within one, go round the wordings."""
    if isinstance(move, Repair):
        return move.base.wording
    n_fresh = sum(attempt.repairs is None for attempt in attempts)
    return (draw + n_fresh) % (1 + len(task.wordings))


def _visible(task: Task, attempts: Sequence[Attempt]) -> VisibleTests:
    """Give the visible tests, with what searches found so far to be tried first: the last one kept what it was given."""
    language = get_language(task.language)
    reports = [report for attempt in attempts for report in attempt.verdict.reports if report.corpus]
    if not reports or not isinstance(language, KeepsCorpus):
        return task.visible
    return replace(task.visible, code=language.with_corpus(task.visible.code, reports[-1].corpus))


def _given(task: Task) -> Completion:
    """Give the task's start as if a model had answered it. It is no answer: extraction must not mend its faults."""
    text = f"```{get_language(task.language).fences[0]}\n{task.start.rstrip()}\n```"
    usage = Usage(prompt_tokens=0, completion_tokens=0)
    return Completion(text=text, finish_reason="given", usage=usage, cost_usd=0.0)


def question_of(task: Task) -> prompts.Question:
    """Say what a prompt may know of a task."""
    language = get_language(task.language)
    return prompts.Question(
        language=task.language if task.language in language.fences else language.fences[0],
        title=language.title,
        entry_point=task.entry_point,
        given=task.prompt.strip("\n"),
        statement=task.statement,
        origin=task.origin,
    )


def _sampling(draw: int, attempts: list[Attempt], policy: Policy) -> prompts.Sampling:
    return prompts.Sampling(
        temperature=policy.ladder.temperature(attempts),
        max_tokens=policy.max_tokens,
        seed=policy.seed + 1000 * draw + len(attempts),
        draw=draw,
        iteration=len(attempts),
    )
