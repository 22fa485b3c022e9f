"""``findings.sarif`` of ``codeloop ci``: gates at their lines in the configuration, then what was found in each run's programs.

SARIF 2.1.0. The ids of the parts (``automationDetails``, § 3.17) stay the same from one call to the next, so that a viewer can
tell what is new.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import PurePath
from typing import Any

from codeloop.ci.results import CiResult, Judged
from codeloop.gates import Outcome
from codeloop.report import sarif
from codeloop.report.run_report import RunReport
from codeloop.report.text import escape

_RULES = (("gate-not-met", "A gate of the project is not met."), ("gate-cannot-tell", "The data do not decide a gate."))


def as_sarif(result: CiResult, reports: Mapping[str, RunReport]) -> str:
    """Give the log: one part for the gates, one for each run that recorded something."""
    runs = [_gates(result)]
    runs += [sarif.run(label, report.trajectories, version("codeloop")) for label, report in reports.items()]
    return sarif.document(runs)


def _gates(result: CiResult) -> dict[str, Any]:
    rules = [{"id": name, "shortDescription": {"text": text}} for name, text in _RULES]
    return {
        "tool": {"driver": {"name": "codeloop", "version": version("codeloop"), "rules": rules}},
        "automationDetails": {"id": "codeloop/gates"},
        "results": [_result(judged, result.project) for judged in result.gates if not judged.result.is_met],
    }


def _result(judged: Judged, project: str) -> dict[str, Any]:
    is_doubt = judged.result.outcome is Outcome.CANNOT_TELL
    place: dict[str, Any] = {"artifactLocation": {"uri": sarif.uri_of(PurePath(project).as_posix())}}
    if judged.line:
        place["region"] = {"startLine": judged.line}
    return {
        "ruleId": _RULES[is_doubt][0],
        "ruleIndex": int(is_doubt),
        "level": "warning" if is_doubt else "error",
        "message": {"text": escape(judged.text)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"codeloopGate/v1": escape(judged.name)},
    }
