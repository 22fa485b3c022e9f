"""Error classes, on what real compilers and judges said of one faulty program a kind (``verdicts/failures.json``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codeloop.attempts import CaseResult, CaseStatus, StageReport, Status, Verdict
from codeloop.diagnostics import Diagnostic, Severity
from codeloop.error_classes import ErrorClass, error_class

SAVED: list[dict[str, Any]] = json.loads((Path(__file__).parent / "verdicts" / "failures.json").read_text("utf-8"))
"""``kind`` says what is wrong with the program; taken from the six images."""
EXPECTED = {
    ErrorClass.SYNTAX: {"syntax"},
    ErrorClass.NAME: {"name", "unbound", "import", "unimported", "attribute", "listattr", "missing", "method", "member"}
    | {"nsmember", "func", "class", "macro", "module"},
    ErrorClass.TYPE: {"type", "cast", "signature", "return", "noreturn", "uninit", "borrow", "unused", "none", "const"},
    ErrorClass.ASSERTION: {"wrong"},
    ErrorClass.EXCEPTION: {"exception", "recursion", "segv", "at", "null"},
    ErrorClass.TIMEOUT: {"timeout"},
}
UNLIKE = {"javascript null": ErrorClass.TYPE}  # JavaScript calls a member of null a TypeError


def verdict_of(saved: dict[str, Any]) -> Verdict:
    report = StageReport(
        stage=saved["stage"],
        status=Status(saved["status"]),
        outcome=saved["outcome"],
        diagnostics=tuple(
            Diagnostic(**{**item, "stage": saved["stage"], "severity": Severity(item["severity"])})
            for item in saved["diagnostics"]
        ),
        cases=tuple(CaseResult(**{**case, "status": CaseStatus(case["status"])}) for case in saved["cases"]),
    )
    return Verdict(reports=(report,))


@pytest.mark.parametrize("saved", SAVED, ids=lambda saved: f"{saved['language']} {saved['kind']}")
def test_a_faulty_program_has_the_class_of_its_fault(saved: dict[str, Any]) -> None:
    usual = next(name for name, kinds in EXPECTED.items() if saved["kind"] in kinds)
    assert error_class(verdict_of(saved)) is UNLIKE.get(f"{saved['language']} {saved['kind']}", usual)


def report(status: Status, stage: str, outcome: str) -> Verdict:
    return Verdict(reports=(StageReport(stage=stage, status=status, outcome=outcome),))


def test_what_passes_has_no_class_and_what_no_rule_knows_is_other() -> None:
    assert error_class(report(Status.PASSED, "test", "ok")) is None
    assert error_class(report(Status.FAILED, "lint", "findings")) is ErrorClass.LINT
    assert error_class(report(Status.FAILED, "test", "wall_timeout")) is ErrorClass.TIMEOUT
    assert error_class(report(Status.FAILED, "compile", "no_code")) is ErrorClass.OTHER
    assert error_class(report(Status.FAILED, "test", "a word of tomorrow")) is ErrorClass.OTHER
    assert error_class(report(Status.ERRORED, "test", "machine")) is ErrorClass.OTHER
    assert error_class(Verdict(reports=())) is ErrorClass.OTHER
