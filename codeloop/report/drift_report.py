"""Drift report: how the series of a drift watch stand, as text, JSON and lines for webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codeloop.drift import Judgement
from codeloop.events import DriftLine, RunFigures
from codeloop.report.text import escape
from codeloop.sequential import ALPHA

FORMAT = "codeloop-watch-1"
NEEDED = 1 / ALPHA
"""Evidence that an alarm takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """One series after a call of the watch."""

    suite: str
    model: str
    prompt: str
    run_id: str
    """Of this call; empty: it was not begun."""
    problem: str = ""
    """One line: why this call added nothing; empty where it did."""
    judgement: Judgement | None = None
    """``None``: the series has no point yet."""
    known: frozenset[str] = frozenset()
    """Runs of the series before this call."""

    @property
    def is_drift(self) -> bool:
        """Say whether something changed: by evidence, now or earlier, or by what the provider names since this run."""
        return self.judgement is not None and (self.judgement.is_drift or self._is_other_version)

    @property
    def news(self) -> tuple[DriftLine, ...]:
        """Give what this call found and no earlier one."""
        found = self.judgement
        if found is None:
            return ()
        lines = []
        if found.is_found_after(self.known):
            lines.append(
                self._news(
                    "pass_rate",
                    _drift(found),
                    direction=found.direction,
                    evidence=_evidence(found),
                    since=found.points[found.since].run_id,
                )
            )
        if self._is_other_version:
            lines.append(self._news("version", _versions(found)))
        return tuple(lines)

    @property
    def figures(self) -> RunFigures:
        """Give the run of this call in figures."""
        point = self.judgement.newest if self.judgement and not self.problem else None
        return RunFigures(
            run=self.run_id,
            suite=self.suite,
            model=self.model,
            prompt=self.prompt,
            n_tasks=len(point.tasks) if point else 0,
            n_draws=sum(task.n_draws for task in point.tasks) if point else 0,
            n_errored=point.n_missing if point else 0,
            pass_at_1=point.pass_rate if point else None,
        )

    @property
    def text(self) -> str:
        """Give lines for a person."""
        prompt = f" with prompt {self.prompt}" if self.prompt else ""
        head = f"{self.suite} by {self.model}{prompt}: "
        return "\n".join(escape(line) for line in _first_with(head, self._lines()))

    def as_json(self) -> dict[str, Any]:
        """Give plain data, as ``schemas/watch-1.json`` says."""
        found = self.judgement
        before, after = found.rates if found else (None, None)
        return {
            "suite": self.suite,
            "model": self.model,
            "prompt": self.prompt,
            "run": self.run_id,
            "problem": self.problem,
            "is_drift": self.is_drift,
            "n_runs": len(found.points) if found else 0,
            "pass_rate": found.newest.pass_rate if found else None,
            "n_missing": found.newest.n_missing if found else 0,
            "evidence": found.looks[-1].evidence if found else None,
            "highest_evidence": _evidence(found) if found else None,
            "direction": found.direction if found and found.is_drift else "",
            "since": found.points[found.since].run_id if found and found.is_drift else "",
            "pass_rate_before": before if found and found.is_drift else None,
            "pass_rate_since": after if found and found.is_drift else None,
            "restarted": found.restarted if found else "",
            "versions": list(found.newest.versions) if found else [],
            "versions_before": list(found.old_versions) if found else [],
            "new_fingerprints": list(found.new_fingerprints) if found else [],
        }

    @property
    def _is_other_version(self) -> bool:
        found = self.judgement
        return found is not None and bool(found.new_versions) and found.newest.run_id not in self.known

    def _news(self, kind: str, why: str, **figures: Any) -> DriftLine:
        assert self.judgement is not None  # noqa: S101 - news come of a judgement
        run_id = self.judgement.newest.run_id
        return DriftLine(
            suite=self.suite, model=self.model, prompt=self.prompt, run=run_id, kind=kind, why=why, **figures
        )

    def _lines(self) -> Iterator[str]:
        found = self.judgement
        if self.problem:
            yield f"nothing new: {self.problem}"
        if found is None:
            return
        if found.is_drift:
            yield f"DRIFT FOUND: {_drift(found)}"
            yield "codeloop watch --restart begins a new series"
        elif not self.problem:
            yield f"no drift seen: {_standing(found)}"
        if self._is_other_version:
            yield f"ANOTHER MODEL: {_versions(found)}"
        if found.restarted:
            yield f"the series begins anew with this run ({found.restarted}): earlier ones are not comparable"
        if found.new_fingerprints and not self.problem:
            yield f"back ends not seen before: {', '.join(found.new_fingerprints)}"
        if found.newest.n_missing and not self.problem:
            n_draws = sum(task.n_draws for task in found.newest.tasks)
            yield f"{found.newest.n_missing} of {n_draws} draws have no verdict and are left out"


def _first_with(head: str, lines: Iterator[str]) -> Iterator[str]:
    for i, line in enumerate(lines):
        yield f"{'  ' if i else head}{line}"


def _standing(found: Judgement) -> str:
    n = len(found.points)
    if n == 1:
        return f"the first run of the series, pass rate {_percent(found.newest.pass_rate)}"
    return (
        f"{n} runs, pass rate {_percent(found.newest.pass_rate)} (before {_percent(found.rate_before_newest)}), "
        f"evidence {found.looks[-1].evidence:.2g} of the {NEEDED:g} that an alarm takes"
    )


def _drift(found: Judgement) -> str:
    before, after = found.rates
    verb = "fell" if found.direction == "down" else "rose"
    return (
        f"the pass rate {verb} from {_percent(before)} to {_percent(after)}, most probably since run "
        f"{found.points[found.since].run_id} ({found.since + 1} of {len(found.points)}); "
        f"evidence {_evidence(found):.3g}, an alarm takes {NEEDED:g}"
    )


def _versions(found: Judgement) -> str:
    return f"the provider names {', '.join(found.new_versions)}, before {', '.join(found.old_versions)}"


def _evidence(found: Judgement) -> float:
    return max(look.evidence for look in found.looks)


def _percent(rate: float | None) -> str:
    return "unknown" if rate is None else f"{100 * rate:.1f} %"
