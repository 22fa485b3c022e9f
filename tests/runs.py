"""Snapshots that are made up: for tests of gates, baselines and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codeloop.attempts import Ending
from codeloop.records import Setting
from codeloop.snapshots import Draw, Facts, Snapshot

FACTS = Facts(
    suite="own",
    suite_version="1",
    suite_sha256="ab" * 32,
    stages=("compile:gate", "test:gate"),
    feedback="Stateless(has_findings=True, n_findings=5)",
    model="fake",
    images=(Setting(name="python", value="sha256:1"),),
    policy="default",
    max_iterations=1,
)


def draw(task: object, is_right: bool | None, number: int = 0, *, language: str = "python", **changes: Any) -> Draw:
    """Make a draw of one attempt; ``None``: errored."""
    if is_right is None:
        usual: dict[str, Any] = {"ending": Ending.ERRORED}
    else:
        usual = {
            "ending": Ending.SOLVED if is_right else Ending.EXHAUSTED,
            "passed": (is_right,),
            "errors": ("" if is_right else "assertion",),
            "hidden_error": "" if is_right else "assertion",
            "cost_usd": 0.5,
            "model_s": 2.0,
            "check_s": 1.0,
        }
    task_id = task if isinstance(task, str) else f"{language.capitalize()}/{task}"
    return Draw(task_id=task_id, draw=number, language=language, **(usual | changes))


def run(name: str, draws: Sequence[Draw], facts: Facts = FACTS) -> Snapshot:
    return Snapshot(name=name, facts=facts, draws=tuple(draws))


def outcomes(name: str, passed: Sequence[bool | None], **changes: Any) -> Snapshot:
    """Make a run of one draw on each of so many tasks."""
    return run(name, [draw(i, is_right, **changes) for i, is_right in enumerate(passed)])
