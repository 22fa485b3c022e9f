"""JSON report: a run's results as one plain dict, for ``results.json`` and ``--json``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from codeloop.attempts import Attempt, Trajectory, Verdict
from codeloop.metrics import Summary, hidden_only
from codeloop.report.origin import tools_of

SCHEMA_VERSION = 1


def results(
    *,
    run_id: str,
    settings: Mapping[str, Any],
    summaries: Sequence[Summary],
    trajectories: Sequence[Trajectory],
    max_iterations: int,
    extra: Mapping[str, Any] | None = None,
    tags: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """Give the results, as ``schemas/results-1.json`` describes them: everything ``json.dumps`` can write, ``None`` for what is missing or unknown.

    ``extra`` adds keys at the top (suite, model, isolation, wall time); it cannot replace the keys made here.
    ``tags`` are the words of tasks by id.
    """
    unseen = hidden_only(trajectories)
    return dict(extra or {}) | {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id,
        "settings": dict(settings),
        "summaries": [asdict(summary) for summary in summaries],
        "trajectories": [
            _row(trajectory, max_iterations, unseen, (tags or {}).get(trajectory.task_id, ()))
            for trajectory in trajectories
        ],
    }


def _row(
    trajectory: Trajectory,
    max_iterations: int,
    unseen: Callable[[Trajectory, int], bool | None],
    tags: Sequence[str],
) -> dict[str, Any]:
    iterations = range(max_iterations + 1)
    return {
        "task_id": trajectory.task_id,
        "language": trajectory.language,
        "draw": trajectory.draw,
        "ending": trajectory.ending.value,
        "error": trajectory.error or None,
        "has_visible_tests": trajectory.has_visible_tests,
        "tags": list(tags),
        "passed_by": [trajectory.passed_by(i) for i in iterations],
        "oracle_passed_by": [trajectory.oracle_by(i) for i in iterations],
        "hidden_only_passed_by": [unseen(trajectory, i) for i in iterations],
        "attempts": [_attempt(attempt, trajectory.hidden) for attempt in trajectory.attempts],
    }


def _attempt(attempt: Attempt, hidden: Sequence[Verdict | None]) -> dict[str, Any]:
    completion = attempt.completion
    return {
        "iteration": attempt.iteration,
        "handed_over": attempt.handed_over,
        "template": attempt.prompt.template,
        "seed": attempt.prompt.seed,
        "wording": attempt.wording,
        "candidate_sha256": attempt.candidate.digest,
        "notes": list(attempt.candidate.notes),
        "losses": list(attempt.candidate.losses),
        "mends": [asdict(mend) for mend in attempt.candidate.mends],
        "visible": _verdict(attempt.verdict),
        "hidden": _verdict(hidden[attempt.iteration] if attempt.iteration < len(hidden) else None),
        "finish_reason": completion.finish_reason,
        "answered_by": completion.answered_by,
        "tools": tools_of(attempt.verdict),
        "prompt_tokens": completion.usage.prompt_tokens,
        "completion_tokens": completion.usage.completion_tokens,
        "cost_usd": completion.cost_usd,
        "latency_s": completion.latency_s,
        "is_cached": completion.is_cached,
    }


def _verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None or not verdict.reports:
        return None
    last = verdict.last
    return {
        "status": verdict.status.value,
        "stage": last.stage,
        "outcome": last.outcome,
        "passed_cases": last.n_passed,
        "cases": len(last.cases),
        "vacuous_cases": sum(case.is_vacuous for case in last.cases),
        "agreement": last.agreement,
        "image": verdict.image,
        "compared": verdict.compared or None,
    }
