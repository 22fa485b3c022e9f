"""Watching: what a stored run adds to the series of a drift watch, recorded once, and how the series stands then.

Each run has a seed of its own. Recorded answers are kept by seed, so that a run that was killed can be gone on with and yet
nothing recorded ever takes the place of a call; and a model that honours seeds gives new draws, not the same ones for ever: a
change that spares those would never show, and a harmless one of the provider's kernels would look like a change of all.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from codeloop import baselines
from codeloop.attempts import Completion, Trajectory
from codeloop.drift import Judgement, Point, TaskOutcome, judge, series_id
from codeloop.errors import ConfigError
from codeloop.policies import get_policy
from codeloop.records import Setting
from codeloop.snapshots import Draw, Facts
from codeloop.store import Run, RunStatus, Store

NOTED = "watch"
"""Under this name a run's facts say which series it is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What is watched."""

    suite: str
    model: str
    prompt: str = ""
    """Version of the user's own; empty: codeloop's."""

    @property
    def id(self) -> str:
        """Give its key in the store."""
        return series_id(self.suite, self.model, self.prompt)

    def noted(self, *, is_restart: bool = False) -> dict[str, Any]:
        """Give the facts for a run to note, so that it can be recorded whatever became of the watch."""
        return {NOTED: {"series": self.id, "is_restart": is_restart}}


def seed_of(run_id: str) -> int:
    """Give a run's own seed, in 0..2³⁰: those of its draws, some thousands above, fit 32 bits."""
    return int(hashlib.sha256(run_id.encode("utf-8", "surrogatepass")).hexdigest(), 16) % 2**30


def record(store: Store, series: Series, run_id: str) -> bool:
    """Add a run to its series; ``False`` where it has been, or where no draw has a verdict: missing, not wrong."""
    point = _point(store, series, store.load_run(run_id))
    return point is not None and store.record_point(series.id, point)


def catch_up(store: Store, series: Series) -> tuple[str, ...]:
    """Record the finished runs that no point was made of, since the watch was killed; give their ids, the oldest first."""
    recorded = {point.run_id for point in store.points(series.id)}
    mine = [run for run in store.list_runs() if _watch_facts(run).get("series") == series.id]
    left = [run.run_id for run in mine if run.status is RunStatus.FINISHED and run.run_id not in recorded]
    return tuple(run_id for run_id in left if record(store, series, run_id))


def standing(store: Store, series: Series) -> Judgement | None:
    """Judge a series as it is; ``None`` before its first point."""
    points = store.points(series.id)
    return judge(points) if points else None


def _watch_facts(run: Run) -> Mapping[str, Any]:
    facts: Mapping[str, Any] = run.config.get("facts", {}).get(NOTED, {})
    return facts


def _point(store: Store, series: Series, run: Run) -> Point | None:
    try:
        snapshot = baselines.snapshot_of(store, run.run_id)
    except ConfigError:  # it recorded nothing
        return None
    tasks = tuple(_outcomes(run, snapshot.draws))
    if not any(task.n_known for task in tasks):
        return None
    trajectories = store.trajectories(run.run_id)
    completions = [answer for t in trajectories for attempt in t.attempts for answer in attempt.completions]
    return Point(
        run_id=run.run_id,
        created_s=run.created_s,
        suite=series.suite,
        model=series.model,
        prompt=series.prompt,
        basis=tuple(_basis(run, snapshot.facts, trajectories)),
        tasks=tasks,
        versions=_words(_named(answer)[0] for answer in completions),
        fingerprints=_words(_named(answer)[1] for answer in completions),
        is_restart=bool(_watch_facts(run).get("is_restart")),
    )


def _outcomes(run: Run, draws: Sequence[Draw]) -> Iterator[TaskOutcome]:
    found: defaultdict[str, list[bool]] = defaultdict(list)
    for draw in draws:
        passed = draw.passed_by()
        if passed is not None:
            found[draw.task_id].append(passed)
    for task_id in sorted({*run.config["task_ids"], *(draw.task_id for draw in draws)}):
        known = found[task_id]
        yield TaskOutcome(
            task_id=task_id, n_passed=sum(known), n_known=len(known), n_draws=max(run.config["draws"], len(known))
        )


def _basis(run: Run, facts: Facts, trajectories: Sequence[Trajectory]) -> Iterator[Setting]:
    """Give what must be the same in comparable runs; names as a person is told them."""
    settings = run.config
    policy = replace(get_policy(settings["policy"]), max_repairs=settings["max_iterations"])
    budgets = [settings.get(name) for name in ("budget_tokens", "budget_cost", "budget_s")]
    values = {
        "suite": facts.suite_sha256,
        "tasks": _digest(sorted(settings["task_ids"])),
        "draws": str(settings["draws"]),
        "stages": ", ".join(facts.stages),
        "policy": repr(policy),
        "lint rules": _digest(map(repr, settings["lint_rules"])),
        "budgets": repr(budgets),
        **{f"image of {image.name}": image.value for image in facts.images},
    }
    templates = {attempt.prompt.template for t in trajectories for attempt in t.attempts}
    for template in templates:
        name, _, digest = template.partition("@")
        values[f"template {name}"] = digest
    return (Setting(name=name, value=value) for name, value in sorted(values.items()))


def _named(completion: Completion) -> tuple[str, str]:
    """Give model and system as the provider names them.

    Hosted models run on several systems at once (``fp_…``): those come and go, and are no other model.
    """
    model, sign, system = completion.answered_by.rpartition("@")
    return (model, system) if sign and system.startswith("fp") else (completion.answered_by, "")


def _words(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(found) - {""}))


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\x00".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
