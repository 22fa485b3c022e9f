"""A run as one value, read from the store alone, and its written forms."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from codeloop.attempts import CallCounts, Trajectory
from codeloop.gates import Outcome
from codeloop.metrics import Summary, summarise
from codeloop.repairs import Repairs, repair_rates
from codeloop.report import (
    fault_tables,
    json_report,
    junit,
    lint_tables,
    loop_tables,
    markdown,
    mutant_tables,
    origin,
    sarif,
    slice_tables,
    terminal,
    wording_tables,
)
from codeloop.report.html.about import RunData
from codeloop.report.html.page import page
from codeloop.report.text import escape
from codeloop.robustness import robustness
from codeloop.slices import RunSlice, of_run, tags_in
from codeloop.snapshots import draw_of, images_of
from codeloop.store import Store

KNOWN_LIMIT = (
    "a Java candidate shares its process with its tests; the known ways to their memory are closed, others may exist; "
    "a Go or Rust candidate does so too: a data race in Go and unsafe in Rust (noted as a warning) open their memory; "
    "a translation from C shares the fuzzer's (README, security)"
)
UNKNOWN = "unknown"
_SEARCH = ("fuzz_runs", "fuzz_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """Everything that a report of a run may say."""

    run_id: str
    settings: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the run noted of itself (see ``codeloop.cli.bench``); a run that was killed early may lack some."""
    trajectories: tuple[Trajectory, ...] = ()
    calls: CallCounts = field(default_factory=CallCounts)
    status: str = ""
    """How far the run has come in the store; empty where that is not known."""
    created_s: float | None = None
    """Seconds since the epoch."""
    gates: tuple[tuple[Outcome, str], ...] = ()
    """What came of each gate, in one line; of a run of ``codeloop ci``. For the page: other files of it have more."""
    by: tuple[str, ...] = ()
    """Slices that tables are added of: names of ``codeloop.slices.SLICES``, or of what the run noted."""

    @classmethod
    def from_store(cls, store: Store, run_id: str, by: tuple[str, ...] = ()) -> RunReport:
        """Read a run as far as it got. Raises StoreError, and UnknownName for a slice that there is not."""
        run = store.load_run(run_id)
        return cls(
            run_id=run_id,
            settings={name: value for name, value in run.config.items() if name != "facts"},
            facts=run.config.get("facts", {}),
            trajectories=store.trajectories(run_id),
            calls=store.count_calls(run_id),
            status=run.status.value,
            created_s=run.created_s,
            by=by,
        )

    def as_json(self) -> dict[str, Any]:
        """Give the content of ``results.json``."""
        errata = [{"task_id": task_id, "reason": reason} for task_id, reason in self._errata()]
        repairs, wordings = self._repairs(), robustness(self.trajectories)
        return json_report.results(
            run_id=self.run_id,
            settings=self.settings,
            summaries=self._summaries(),
            trajectories=self.trajectories,
            max_iterations=self._max_iterations,
            tags=tags_in(self.facts),
            extra={
                **{name: value for name, value in self.facts.items() if name != "wordings"},
                "errata": errata,
                "known_limits": [KNOWN_LIMIT],
                "visible_cases": self._visible_cases(),
                "model_calls": asdict(self.calls),
                **({"repairs": [asdict(row) for row in repairs]} if repairs else {}),
                **({"robustness": asdict(wordings)} if wordings else {}),
                **({"slices": [asdict(each) for each in self.slices()]} if self.by else {}),
                **lint_tables.as_json(self.trajectories),
                **mutant_tables.as_json(self.trajectories),
            },
        )

    def as_text(self) -> str:
        """Give the tables and the lines that say what they hold."""
        tables = [terminal.table(self._summaries()), terminal.outcomes(self.trajectories)]
        tables += [terminal.render([rows]) for rows in self._more_tables()]
        return "\n".join([*(f"{text}\n" for text in tables), *[escape(note) for note in self._notes()]])

    def as_markdown(self) -> str:
        """Give the same as GitHub-flavoured Markdown, with a table of all trajectories."""
        return markdown.run(
            title=f"Run {self.run_id}",
            summaries=self._summaries(),
            trajectories=self.trajectories,
            notes=self._notes(),
            more=self._more_tables(),
        )

    def as_junit(self) -> str:
        """Give JUnit XML of every attempt's visible check; an errored trajectory is one error, one cut by budget skipped."""
        rows: list[junit.Row] = []
        for t in self.trajectories:
            rows += [(t.task_id, t.draw, a.iteration, a.verdict, None, "") for a in t.attempts]
            if t.error:
                rows.append((t.task_id, t.draw, len(t.attempts), None, t.ending, t.error))
        of = {(t.task_id, t.draw, a.iteration): origin.of_attempt(a) for t in self.trajectories for a in t.attempts}
        return junit.verdicts(rows, run=origin.of_run(self.run_id, self.settings, self.facts), of=of)

    def as_sarif(self) -> str:
        """Give SARIF of what was found in the programs that were handed over."""
        return sarif.log(self.run_id, self.trajectories, str(self.facts.get("codeloop", "")))

    def as_html(self) -> str:
        """Give one page that opens from disk: figures, every trajectory step by step, a glossary."""
        summaries = self._summaries()
        return page(
            RunData(
                run_id=self.run_id,
                settings=self.settings,
                facts=self.facts,
                trajectories=self.trajectories,
                summaries=summaries,
                calls=self.calls,
                errata=tuple(self._errata()),
                limits_known=(KNOWN_LIMIT,),
                more_tables=(
                    *terminal.tables(summaries),
                    terminal.outcome_rows(self.trajectories),
                    *self._more_tables(),
                ),
                status=self.status,
                created_s=self.created_s,
                gates=self.gates,
            )
        )

    def write(self) -> Mapping[str, str]:
        """Give the files of a run's folder: name to content."""
        return {
            "results.json": json.dumps(self.as_json(), indent=1) + "\n",
            "junit.xml": self.as_junit(),
            "report.md": self.as_markdown(),
            "report.html": self.as_html(),
        }

    @property
    def _max_iterations(self) -> int:
        return int(self.settings["max_iterations"])

    def _notes(self) -> list[str]:
        """Say what was run on what, and how to read the figures."""
        facts, visible = self.facts, self._visible_cases()
        suite = facts.get("suite", {})
        details = "; ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in facts.get("model_details", {}).items()
        )
        notes = [
            f"suite {suite.get('name', UNKNOWN)} {suite.get('version', '')}; policy {self.settings.get('policy', 'default')}",
            f"model {facts.get('model', UNKNOWN)}" + (f" ({details})" if details else ""),
            terminal.calls(self.calls),
            "; ".join(filter(None, [f"isolation {facts.get('isolation', UNKNOWN)}", facts.get("container_engine", "")]))
            + f"; {facts.get('wall_s', 0):.0f} s",
            f"visible cases: {visible['cases']}, split {visible['split']}, vacuous (no evidence) {visible['vacuous']}",
            "By iteration t: the hidden verdict of the attempt the loop would hand over if it stopped at t.",
            "oracle@t: any attempt up to t passes; a bound for choosing among attempts, no result of the loop.",
            f"Known limit: {KNOWN_LIMIT}.",
        ]
        if (allowed := self.settings.get("allow_unsafe")) is not None:
            notes.append(f"places of a translation that may be other than safe Rust: {allowed} (--allow-unsafe)")
        searched = [
            f"--{name.replace('_', '-')} {self.settings[name]}"
            for name in _SEARCH
            if self.settings.get(name) is not None
        ]
        if searched:
            notes.append(f"search for differences: {', '.join(searched)} (hidden: twice as much)")
        if metadata := "; ".join(f"{name} {value}" for name, value in origin.metadata(facts)):
            notes.append(f"noted: {metadata}")
        if left_out := facts.get("faults_left_out", ()):
            reasons = Counter(reason for _, _, reason in left_out)
            notes.append("faults left out: " + ", ".join(f"{n} {reason}" for reason, n in reasons.items()))
        notes += [f"errata: {task_id}: {reason}" for task_id, reason in self._errata()]
        return notes + [f"{t.ending}: {t.task_id} draw {t.draw}: {t.error}" for t in self.trajectories if t.error]

    def _summaries(self) -> tuple[Summary, ...]:
        errata = [task_id for task_id, _ in self.facts.get("errata", ())]
        return tuple(
            summarise(self.trajectories, ks=self.settings["ks"], max_iterations=self._max_iterations, errata=errata)
        )

    def _repairs(self) -> tuple[Repairs, ...]:
        kinds = {task_id: [kind for kind, _ in faults] for task_id, faults in self.facts.get("faults", {}).items()}
        return repair_rates(self.trajectories, kinds, self._max_iterations)

    def _more_tables(self) -> list[terminal.TableRows]:
        """Give the tables that only some runs have."""
        return [
            *slice_tables.rows(self.slices()),
            *loop_tables.rows(self.trajectories),
            *wording_tables.rows(robustness(self.trajectories)),
            *self._fault_tables(),
            *lint_tables.rows(self.trajectories),
            *mutant_tables.rows(self.trajectories),
        ]

    def slices(self) -> tuple[RunSlice, ...]:
        """Give pass@1 by slice. Raises UnknownName."""
        tags = tags_in(self.facts)
        draws = [draw_of(trajectory, tags.get(trajectory.task_id, ())) for trajectory in self.trajectories]
        images = ", ".join(setting.value for setting in images_of(self.trajectories))
        noted = {"image": images, **dict(origin.of_run(self.run_id, self.settings, self.facts))}
        return of_run(draws, self.by, noted) if self.by else ()

    def _fault_tables(self) -> list[terminal.TableRows]:
        repairs = self._repairs()
        return [fault_tables.repair_rows(repairs)] if repairs else []

    def _errata(self) -> list[tuple[str, str]]:
        ids = {trajectory.task_id for trajectory in self.trajectories}
        return [(task_id, reason) for task_id, reason in self.facts.get("errata", ()) if task_id in ids]

    def _visible_cases(self) -> dict[str, int]:
        """Count the visible cases of the first attempt that ran any, per task, and how many were split or are vacuous."""
        seen: dict[str, tuple[int, int, int]] = {}
        for trajectory in self.trajectories:
            for attempt in trajectory.attempts:
                tested = attempt.verdict.report("test")
                cases = tested.cases if tested else ()
                if cases and trajectory.task_id not in seen:
                    split = sum(not case.is_opaque for case in cases)
                    seen[trajectory.task_id] = (len(cases), split, sum(case.is_vacuous for case in cases))
        columns = zip(*seen.values(), strict=True) if seen else ((0,), (0,), (0,))
        return dict(zip(("cases", "split", "vacuous"), map(sum, columns), strict=True))
