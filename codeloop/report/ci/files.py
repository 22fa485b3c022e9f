"""Files of ``codeloop ci``: name to content. Each is made alone, so that one which cannot be made costs no other."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from codeloop import snapshots
from codeloop.ci.results import CiResult
from codeloop.report.ci import data, tests, warnings
from codeloop.report.ci.index import index
from codeloop.report.ci.summary import as_markdown
from codeloop.report.run_report import RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class CiReport:
    """A result, with the reports of its runs by label; a run of which nothing was recorded has none."""

    result: CiResult
    reports: Mapping[str, RunReport]

    def files(self) -> Mapping[str, Callable[[], str]]:
        """Give the names of all files, the most useful first, and what makes each.

        - ``results.json``: everything as data (``schemas/ci-1.json``)
        - ``summary.md``: for a job summary or a comment
        - ``junit.xml``: a test suite of gates, and one for each run
        - ``findings.sarif``: SARIF 2.1.0
        - ``report.html``: the page of the run, or of several an index with a page in each run's folder
        - ``runs/LABEL/baseline.json``: the run as a baseline, small enough for git
        """
        made: dict[str, Callable[[], str]] = {
            "results.json": lambda: json.dumps(self.as_json(), indent=1) + "\n",
            "summary.md": lambda: as_markdown(self.result),
            "junit.xml": lambda: tests.as_junit(self.result, self.reports),
            "findings.sarif": lambda: warnings.as_sarif(self.result, self.reports),
        }
        alone = len(self.result.runs) == 1 and len(self.reports) == 1
        pages = {label: self._with_gates(label, report).as_html for label, report in self.reports.items()}
        made["report.html"] = next(iter(pages.values())) if alone else partial(index, self.result)
        for run in self.result.runs:
            if run.snapshot:
                made[f"runs/{run.label}/baseline.json"] = partial(snapshots.write, run.snapshot)
            if run.label in pages and not alone:
                made[f"runs/{run.label}/report.html"] = pages[run.label]
        return made

    def _with_gates(self, label: str, report: RunReport) -> RunReport:
        told = tuple((each.result.outcome, each.text) for each in self.result.gates if each.label in (label, ""))
        return replace(report, gates=told)

    def with_trouble(self, lines: Sequence[str]) -> CiReport:
        """Add lines about what could not be done."""
        return replace(self, result=replace(self.result, trouble=(*self.result.trouble, *lines)))

    def as_json(self) -> dict[str, object]:
        """Give the content of ``results.json``."""
        return data.as_json(self.result, self.reports)
