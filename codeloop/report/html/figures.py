"""Figures: the overview as plain data: pass@k by iteration, the funnel, transitions, cost and time, a row per trajectory."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypedDict

from codeloop.attempts import Attempt, Completion, Status, Trajectory
from codeloop.error_classes import ErrorClass, error_class
from codeloop.findings import matters
from codeloop.fixes import PASSES
from codeloop.metrics import Estimate, Summary
from codeloop.report.html.texts import shown


class Reached(TypedDict):
    """How far the attempts of one iteration got; ``stages`` are (stage, reached, passed)."""

    iteration: int
    attempts: int
    code: int
    stages: list[tuple[str, int, int]]


STAGES = ("compile", "test", "lint", "mutate")
_NO_MUTANTS = frozenset({"score", "left-out"})
"""Rules of the mutation stage that say something else than a mutant which no test notices."""


def curves(summaries: Sequence[Summary]) -> list[dict[str, Any]]:
    """Give pass@k by iteration of every language and of all."""
    return [
        {
            "language": shown(summary.language),
            "rows": [
                {
                    "k": row.k,
                    "iteration": row.iteration,
                    "headline": _estimate(row.headline),
                    "without_errata": _estimate(row.without_errata),
                    "hidden_only": _estimate(row.hidden_only),
                    "oracle": _estimate(row.oracle),
                }
                for row in summary.rows
            ],
        }
        for summary in summaries
    ]


def _estimate(found: Estimate) -> list[float | int | None]:
    """Give [value, low, high, tasks]."""
    numbers = (found.value, found.low, found.high)
    return [*(None if number is None else round(number, 5) for number in numbers), found.n_tasks]


def funnel(trajectories: Iterable[Trajectory]) -> list[Reached]:
    """Count by iteration how many attempts gave code, reached each stage, passed it, and passed the hidden tests."""
    found: dict[int, Counter[str]] = {}
    for trajectory in trajectories:
        for attempt in trajectory.attempts:
            counts = found.setdefault(attempt.iteration, Counter())
            counts["attempts"] += 1
            counts["code"] += bool(attempt.candidate.code)
            for stage in STAGES:
                counts[f"{stage} reached"] += attempt.verdict.report(stage) is not None
                counts[f"{stage} passed"] += _is_clean(attempt, stage)
            hidden = trajectory.hidden[attempt.iteration] if attempt.iteration < len(trajectory.hidden) else None
            counts["hidden reached"] += hidden is not None and hidden.status is not Status.ERRORED
            counts["hidden passed"] += hidden is not None and hidden.status is Status.PASSED
    return [
        {
            "iteration": iteration,
            "attempts": counts["attempts"],
            "code": counts["code"],
            "stages": [(stage, counts[f"{stage} reached"], counts[f"{stage} passed"]) for stage in (*STAGES, "hidden")],
        }
        for iteration, counts in sorted(found.items())
    ]


def _is_clean(attempt: Attempt, stage: str) -> bool:
    """Say whether a stage passed and, where it only informs, found nothing that matters."""
    report = attempt.verdict.report(stage)
    if report is None or report.status is not Status.PASSED:
        return False
    if stage == "lint":
        return not any(map(matters, report.diagnostics))
    return stage != "mutate" or all(item.rule in _NO_MUTANTS for item in report.diagnostics)


def transitions(trajectories: Iterable[Trajectory]) -> list[list[Any]]:
    """Count what followed what: [iteration, class, class of the next attempt, attempts], fresh draws included."""
    counts = Counter(
        (before.iteration, _class(before), _class(after))
        for trajectory in trajectories
        for before, after in pairwise(trajectory.attempts)
    )
    words = [*(kind.value for kind in ErrorClass), PASSES]
    order = sorted(counts.items(), key=lambda item: (item[0][0], words.index(item[0][1]), words.index(item[0][2])))
    return [[*key, number] for key, number in order]


def _class(attempt: Attempt) -> str:
    kind = error_class(attempt.verdict)
    return kind.value if kind else PASSES


def spending(trajectories: Iterable[Trajectory]) -> list[dict[str, Any]]:
    """Add up tokens, cost and time by iteration; ``None`` where one is unknown."""
    found: dict[int, list[Attempt]] = {}
    for trajectory in trajectories:
        for attempt in trajectory.attempts:
            found.setdefault(attempt.iteration, []).append(attempt)
    return [{"iteration": iteration, **_spent(mine)} for iteration, mine in sorted(found.items())]


def _spent(mine: Sequence[Attempt]) -> dict[str, Any]:
    answers = [completion for attempt in mine for completion in attempt.completions]
    checks = [report.duration_s for attempt in mine for report in attempt.verdict.reports]
    return {
        "attempts": len(mine),
        **_paid(answers),
        "from_store": sum(answer.is_cached for answer in answers),
        "model_s": round(math.fsum(answer.latency_s for answer in answers), 2),
        "check_s": round(math.fsum(checks), 2),
    }


def _paid(answers: Sequence[Completion]) -> dict[str, float | int | None]:
    prompts = [answer.usage.prompt_tokens for answer in answers]
    texts = [answer.usage.completion_tokens for answer in answers]
    costs = [answer.cost_usd for answer in answers]
    return {
        "prompt_tokens": None if None in prompts else sum(filter(None, prompts)),
        "completion_tokens": None if None in texts else sum(filter(None, texts)),
        "cost_usd": None if None in costs else round(math.fsum(filter(None, costs)), 6),
    }


def row(trajectory: Trajectory, max_iterations: int, tags: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Give the trajectory's row of the table; ``passes`` is the hidden verdict of what was handed over."""
    spent = _spent(trajectory.attempts)
    tokens = (spent["prompt_tokens"], spent["completion_tokens"])
    return {
        "task": shown(trajectory.task_id.replace("\n", " ")[:200]),
        "draw": trajectory.draw,
        "language": shown(trajectory.language),
        "ending": trajectory.ending.value,
        "passes": trajectory.passed_by(max_iterations),
        "path": [_class(attempt) for attempt in trajectory.attempts],
        "tokens": None if None in tokens else sum(tokens),
        "cost_usd": spent["cost_usd"],
        "model_s": spent["model_s"],
        "check_s": spent["check_s"],
        "tags": [shown(tag) for tag in tags.get(trajectory.task_id, ())],
        "error": shown(trajectory.error[:300]),
    }
