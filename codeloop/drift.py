"""Drift: a series of runs of the same tasks, prompt and model, and whether something changed in it. Pure.

Runs are comparable while their basis is the same: suite, stages, policy, templates, images. Where it changes, the series begins
anew, and what came before is kept but not looked at.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from codeloop.metrics import cluster_of
from codeloop.records import Setting
from codeloop.sequential import ALPHA, Look, Outcomes, is_alarm, watch


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOutcome:
    """What a run made of a task."""

    task_id: str
    n_passed: int
    n_known: int
    """Draws with a verdict; errored ones are missing, not wrong."""
    n_draws: int
    """Draws that were to be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What a run adds to its series."""

    run_id: str
    created_s: float
    suite: str
    model: str
    prompt: str
    """Version of the user's own; empty: codeloop's."""
    basis: tuple[Setting, ...]
    tasks: tuple[TaskOutcome, ...]
    versions: tuple[str, ...] = ()
    """Models that the provider says answered."""
    fingerprints: tuple[str, ...] = ()
    """Of the provider's back ends."""
    is_restart: bool = False
    """Whether the user wanted a new series to begin here."""

    @property
    def pass_rate(self) -> float | None:
        """Give the share of passed draws; ``None`` where no draw has a verdict."""
        n = sum(task.n_known for task in self.tasks)
        return sum(task.n_passed for task in self.tasks) / n if n else None

    @property
    def n_missing(self) -> int:
        """Count the draws without a verdict."""
        return sum(task.n_draws - task.n_known for task in self.tasks)

    @property
    def outcomes(self) -> Outcomes:
        """Give passes and verdicts by problem: the same one in six languages is one."""
        found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for task in self.tasks:
            n_passed, n_known = found[cluster_of(task.task_id)]
            found[cluster_of(task.task_id)] = n_passed + task.n_passed, n_known + task.n_known
        return dict(found)

    @property
    def sizes(self) -> dict[str, int]:
        """Give the draws by problem that were to be made."""
        found: defaultdict[str, int] = defaultdict(int)
        for task in self.tasks:
            found[cluster_of(task.task_id)] += task.n_draws
        return dict(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A series, as it stands with its newest point."""

    points: tuple[Point, ...]
    """Those that are comparable with the newest, it included."""
    looks: tuple[Look, ...]
    """One for each of them."""
    restarted: str = ""
    """Why the series begins with the newest point; empty where it does not, or is its first."""
    new_versions: tuple[str, ...] = ()
    """What the provider names now, where the run before had other names."""
    old_versions: tuple[str, ...] = ()
    new_fingerprints: tuple[str, ...] = ()
    """Those of the newest point that no run of the series had."""

    @property
    def newest(self) -> Point:
        """Give the newest point."""
        return self.points[-1]

    @property
    def is_drift(self) -> bool:
        """Say whether the evidence has been enough, with this run or an earlier one."""
        return is_alarm(self.looks)

    @property
    def first_alarm(self) -> int | None:
        """Give the index of the run that made it enough."""
        return next((i for i, look in enumerate(self.looks) if look.evidence >= 1 / ALPHA), None)

    def is_found_after(self, run_ids: Collection[str]) -> bool:
        """Say whether it is a run beside ``run_ids`` that made it enough: what is known already need not be told again."""
        at = self.first_alarm
        return at is not None and self.points[at].run_id not in run_ids

    @property
    def since(self) -> int:
        """Give the index of the run that the change most probably began with, as was known at the alarm, or now."""
        at = self.first_alarm
        return self.looks[-1 if at is None else at].since

    @property
    def direction(self) -> str:
        """Give ``down`` or ``up``, as was known at the alarm, or now."""
        at = self.first_alarm
        return "down" if self.looks[-1 if at is None else at].is_down else "up"

    @property
    def rates(self) -> tuple[float | None, float | None]:
        """Give the pass rates before ``since`` and from there on."""
        return _rate(self.points[: self.since]), _rate(self.points[self.since :])

    @property
    def rate_before_newest(self) -> float | None:
        """Give the pass rate of all runs but the newest."""
        return _rate(self.points[:-1])


def series_id(suite: str, model: str, prompt: str) -> str:
    """Give the key of a series (64 hex digits): its suite, model and prompt by name, not by content."""
    return hashlib.sha256("\x00".join((suite, model, prompt)).encode("utf-8", "surrogatepass")).hexdigest()


def judge(points: Sequence[Point]) -> Judgement:
    """Judge a series by its newest point. Raises ValueError where there is none."""
    if not points:
        raise ValueError("a series without a point")
    begin, reason = 0, ""
    for i in range(1, len(points)):
        why = _break(points[i - 1], points[i])
        if why:
            begin, reason = i, why
    current = tuple(points[begin:])
    before = points[-2] if len(points) > 1 else None
    newest = points[-1]
    is_other = bool(before and before.versions and newest.versions and set(before.versions) != set(newest.versions))
    known = {each for point in points[:-1] for each in point.fingerprints}
    return Judgement(
        points=current,
        looks=watch([point.outcomes for point in current], newest.sizes),
        restarted=reason if begin and begin == len(points) - 1 else "",
        new_versions=newest.versions if is_other else (),
        old_versions=before.versions if before and is_other else (),
        new_fingerprints=tuple(each for each in newest.fingerprints if known and each not in known),
    )


def _break(before: Point, after: Point) -> str:
    """Say why two points cannot be compared; names that only one of them has say nothing (no repair, no such template)."""
    if after.is_restart:
        return "as asked"
    was, now = ({item.name: item.value for item in point.basis} for point in (before, after))
    changed = [name for name in now if name in was and was[name] != now[name]]
    return f"other {', '.join(changed)}" if changed else ""


def _rate(points: Sequence[Point]) -> float | None:
    tasks = [task for point in points for task in point.tasks]
    n = sum(task.n_known for task in tasks)
    return sum(task.n_passed for task in tasks) / n if n else None
