"""``results.json`` of ``codeloop ci``: the shape is ``schemas/ci-1.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from codeloop.ci.results import WORDS, CiResult, CiRun, Judged
from codeloop.report.change_report import ChangeReport, gate_json
from codeloop.report.run_report import RunReport

SCHEMA_VERSION = 1


def as_json(result: CiResult, reports: Mapping[str, RunReport]) -> dict[str, Any]:
    """Give everything that ``json.dumps`` can write; ``None``: missing or unknown."""
    return {
        "schema_version": SCHEMA_VERSION,
        "codeloop": version("codeloop"),
        "created": f"{datetime.fromtimestamp(result.created_s, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "session": result.session,
        "project": result.project,
        "exit_code": result.exit_code,
        "outcome": WORDS[result.exit_code],
        "is_partial": result.is_partial,
        "gates": [_gate(judged) for judged in result.gates],
        "runs": [_run(run, reports.get(run.label)) for run in result.runs],
        "comparisons": [
            {"run": label, "comparison": ChangeReport(changes=changes).as_json()} for label, changes in result.compared
        ],
        "trouble": list(result.trouble),
    }


def _gate(judged: Judged) -> dict[str, Any]:
    return {"run": judged.label or None, "line": judged.line, "result": gate_json(judged.result)}


def _run(run: CiRun, report: RunReport | None) -> dict[str, Any]:
    return {
        "label": run.label,
        "suite": run.suite,
        "model": run.model,
        "prompt": run.prompt or None,
        "run_id": run.run_id or None,
        "exit_code": run.exit_code,
        "problem": run.problem or None,
        "trajectories_expected": run.n_expected,
        "trajectories_recorded": run.n_recorded,
        "is_partial": run.is_partial,
        "unrecorded": [asdict(prompt) for prompt in run.unrecorded],
        "results": report.as_json() if report else None,
    }
