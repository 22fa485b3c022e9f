"""JUnit XML: a failure is wrong code, an error is the machine's fault."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from codeloop.attempts import CaseResult, CaseStatus, Ending, StageReport, Status, Verdict
from codeloop.report.text import escape

Row = tuple[str, int, int, Verdict | None, Ending | None, str]
"""(task id, draw, iteration, verdict or ``None``, how the trajectory ended, error in one line)."""
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def verdicts(rows: Iterable[Row]) -> str:
    """Give the XML of many checks, one test suite each; a row without a verdict is one error, or skipped for want of budget."""
    document = JUnitXml("codeloop")
    for task_id, draw, iteration, verdict, ending, error in rows:
        reports = verdict.reports if verdict else ()
        suite = _suite(task_id, draw, iteration, reports)
        if not reports:
            kind, word = (Skipped, "out_of_budget") if ending is Ending.OUT_OF_BUDGET else (Error, "errored")
            suite.add_testcase(_case("check", suite.name, [_result(kind, error or "no verdict", word)]))
        document.add_testsuite(suite)
    return text_of(document)


def stage_report(report: StageReport, *, task_id: str, draw: int, iteration: int) -> str:
    """Give the XML of one stage's report: one test suite, with one test case per case, or one for the stage."""
    return text_of(_suite(task_id, draw, iteration, [report]))


def clean(text: str) -> str:
    """Drop ANSI sequences; show every other character that XML 1.0 cannot hold, or that would act where it is read."""
    return escape(_ANSI.sub("", text), keep_newlines=True)


def _suite(task_id: str, draw: int, iteration: int, reports: Iterable[StageReport]) -> Any:
    suite = TestSuite(clean(f"{task_id} draw {draw} iteration {iteration}"))
    for report in reports:
        for case in _cases(report, suite.name):
            suite.add_testcase(case)
    return suite


def _cases(report: StageReport, place: str) -> list[Any]:
    """Give the cases; a stage whose outcome its cases do not explain (syntax, time-out, forged) gets one of its own."""
    cases = [_case(f"{report.stage}: {case.name}", place, _case_results(case)) for case in report.cases]
    wrong = any(case.status in (CaseStatus.FAILED, CaseStatus.RAISED) for case in report.cases)
    if report.status is Status.ERRORED:
        cases.append(_case(report.stage, place, [_result(Error, _findings(report), report.outcome)]))
    elif report.status is Status.FAILED and not wrong:
        cases.append(_case(report.stage, place, [_result(Failure, _findings(report), report.outcome)]))
    elif not cases:
        cases.append(_case(report.stage, place, []))
    cases[-1].time = report.duration_s  # a stage is timed as a whole
    return cases


def _case(name: str, place: str, results: list[Any]) -> Any:
    case = TestCase(clean(f"{place} {name}"), classname=clean(place.split(" draw ", maxsplit=1)[0]))
    if results:
        case.result = results
    return case


def _case_results(case: CaseResult) -> list[Any]:
    if case.status is CaseStatus.PASSED:
        return []
    if case.status is CaseStatus.NOT_RUN:
        return [_result(Skipped, "not run: an earlier case ended the process", "not_run")]
    lines = [("expression", case.expression), ("expected", case.expected), ("actual", case.actual)]
    text = "\n".join(f"{name}: {value}" for name, value in [*lines, ("exception", case.exception)] if value)
    return [_result(Failure, text or case.status.value, case.status.value)]


def _findings(report: StageReport) -> str:
    lines = [f"line {d.line}: {d.message}" if d.line else d.message for d in report.diagnostics]
    return "\n".join(lines) or report.outcome


def _result(kind: Any, text: str, type_: str) -> Any:
    text = clean(text)
    result = kind(text.splitlines()[0][:200] if text.strip() else type_, clean(type_))
    result.text = text
    return result


def text_of(element: Any) -> str:
    """Give a document, or one test suite in a document, with its counts."""
    if isinstance(element, TestSuite):
        document = JUnitXml("codeloop")
        document.add_testsuite(element)
        element = document
    element.update_statistics()
    data = element.tostring()
    return data.decode("utf-8") if isinstance(data, bytes) else str(data)
