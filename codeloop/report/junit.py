"""JUnit XML: a failure is wrong code, an error is the machine's fault. Valid by the schema of Jenkins' xunit plugin (junit-10.xsd).

- ``testsuites``: one run. Its first ``testsuite``, ``run``, has no cases: its properties say what was run.
- ``testsuite``: one attempt, ``TASK draw D iteration I``, with the stages that ran on visible tests. Its properties are
  ``prompt`` (the template's name and hash), ``seed``, ``image`` (the id of the image that it was checked in),
  ``answered_by`` (the version that the provider reports) and ``tools``
  (those that found something, with their versions).
- ``testcase``: one case of a stage, or the stage itself where it has none; ``classname`` is the task, and ``time`` (seconds, of
  the stage as a whole) stands at its last case.
- ``failure``: the program's fault; ``type`` is the case's status (``failed``, ``raised``) or the stage's outcome (``timeout``,
  ``syntax``, …), the text says expression, expected and actual. ``error``: the machine's or the model's fault, no verdict.
  ``skipped``: not run, since an earlier case ended the process, or since the budget was used up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from codeloop.attempts import CaseResult, CaseStatus, Ending, StageReport, Status, Verdict
from codeloop.report.text import escape

Row = tuple[str, int, int, Verdict | None, Ending | None, str]
"""(task id, draw, iteration, verdict or ``None``, how the trajectory ended, error in one line)."""
Properties = Iterable[tuple[str, str]]
"""Names and values; those without a value are left out."""
_NONE: Mapping[tuple[str, int, int], Properties] = MappingProxyType({})
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def verdicts(
    rows: Iterable[Row], *, run: Properties = (), of: Mapping[tuple[str, int, int], Properties] = _NONE
) -> str:
    """Give the XML of many checks, one test suite each; a row without a verdict is one error, or skipped for want of budget.

    ``run`` are the properties of them all, ``of`` those of one by task id, draw and iteration.
    """
    document = JUnitXml("codeloop")
    told = with_properties(TestSuite("run"), run)
    if told is not None:  # a suite without cases is false
        document.add_testsuite(told)
    for task_id, draw, iteration, verdict, ending, error in rows:
        reports = verdict.reports if verdict else ()
        suite = _suite(task_id, draw, iteration, reports)
        with_properties(suite, of.get((task_id, draw, iteration), ()))
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


def with_properties(suite: Any, properties: Properties) -> Any:
    """Add the properties; give the suite, or ``None`` where there are none."""
    known = [(name, value) for name, value in properties if value]
    for name, value in known:
        suite.add_property(clean(name), clean(value))
    return suite if known else None


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
    element._elem.attrib.pop("skipped", None)  # the schema has it for a testsuite only
    data = element.tostring()
    return data.decode("utf-8") if isinstance(data, bytes) else str(data)
