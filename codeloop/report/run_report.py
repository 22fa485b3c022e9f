"""A finished run as one value, and its three written forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeloop.attempts import Trajectory
from codeloop.metrics import Summary, summarise
from codeloop.report import json_report, junit, terminal
from codeloop.report.text import escape
from codeloop.tasks import Suite

KNOWN_LIMIT = "a Java candidate that reads its own process's memory could forge a verdict (README, security)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """Everything that a report of a run may say."""

    run_id: str
    settings: Mapping[str, Any]
    suite: Suite
    model_identity: str
    isolation: str
    trajectories: tuple[Trajectory, ...]
    wall_s: float
    """Of this session only: a resumed run's earlier sessions are not in it."""

    def as_json(self) -> dict[str, Any]:
        """Give the content of ``results.json``."""
        return json_report.results(
            run_id=self.run_id,
            settings=self.settings,
            summaries=self._summaries(),
            trajectories=self.trajectories,
            max_iterations=self._max_iterations,
            extra={
                "suite": {"name": self.suite.name, "version": self.suite.version, "sha256": self.suite.digest},
                "errata": [{"task_id": task_id, "reason": reason} for task_id, reason in self._errata()],
                "model": self.model_identity,
                "isolation": self.isolation,
                "feedback": "visible tests: diagnostics, smallest failing case",
                "known_limits": [KNOWN_LIMIT],
                "visible_cases": self._visible_cases(),
                "wall_s": round(self.wall_s, 3),
            },
        )

    def as_text(self) -> str:
        """Give the tables and the lines that say what they hold."""
        split, cases = self._visible_cases()["split"], self._visible_cases()["cases"]
        lines = [
            terminal.table(self._summaries()),
            "",
            f"suite {escape(self.suite.name)} {escape(self.suite.version)}; feedback: diagnostics and the smallest failing visible case",
            f"model {escape(self.model_identity)}",
            f"isolation {self.isolation}; {self.wall_s:.0f} s; visible cases split: {split}/{cases}",
            "By iteration t: the hidden verdict of the attempt the loop would hand over if it stopped at t.",
            f"Known limit: {KNOWN_LIMIT}.",
        ]
        errored = [t for t in self.trajectories if t.error]
        lines += [f"errored: {escape(t.task_id)} draw {t.draw}: {escape(t.error)}" for t in errored]
        return "\n".join(lines)

    def as_junit(self) -> str:
        """Give JUnit XML of every attempt's visible check; an errored trajectory is one error."""
        rows: list[junit.Row] = []
        for t in self.trajectories:
            rows += [(t.task_id, t.draw, a.iteration, a.verdict, "") for a in t.attempts]
            if t.error:
                rows.append((t.task_id, t.draw, len(t.attempts), None, t.error))
        return junit.verdicts(rows)

    @property
    def _max_iterations(self) -> int:
        return int(self.settings["max_iterations"])

    def _summaries(self) -> tuple[Summary, ...]:
        errata = [task_id for task_id, _ in self.suite.errata]
        return tuple(
            summarise(self.trajectories, ks=self.settings["ks"], max_iterations=self._max_iterations, errata=errata)
        )

    def _errata(self) -> list[tuple[str, str]]:
        ids = {trajectory.task_id for trajectory in self.trajectories}
        return [(task_id, reason) for task_id, reason in self.suite.errata if task_id in ids]

    def _visible_cases(self) -> dict[str, int]:
        """Count the visible cases of the first attempt that ran any, per task, and how many were split."""
        seen: dict[str, tuple[int, int]] = {}
        for trajectory in self.trajectories:
            for attempt in trajectory.attempts:
                cases = attempt.verdict.last.cases
                if cases and trajectory.task_id not in seen:
                    seen[trajectory.task_id] = (len(cases), sum(not case.is_opaque for case in cases))
        return {"cases": sum(n for n, _ in seen.values()), "split": sum(n for _, n in seen.values())}
