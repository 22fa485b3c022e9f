"""Findings: one list of cases and diagnostics, root causes first, grouped, capped and compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeloop.attempts import CaseResult, CaseStatus, StageReport, Status
from codeloop.diagnostics import Category, Diagnostic, Severity
from codeloop.findings import (
    Cause,
    arguments_of,
    by_cause,
    capped,
    cause_of,
    difference,
    group,
    matters,
    of_report,
)
from codeloop.languages import get_language


def finding(rule: str, message: str = "m", line: int | None = None, **more: object) -> Diagnostic:
    fields: dict[str, object] = {"stage": "compile", "tool": "tool", **more}
    return Diagnostic(rule=rule, message=message, line=line, **fields)  # type: ignore[arg-type]  # a keyword bundle


def case(expression: str, **more: object) -> CaseResult:
    fields: dict[str, object] = {"status": CaseStatus.FAILED, **more}
    return CaseResult(name=expression, expression=expression, **fields)  # type: ignore[arg-type]  # a keyword bundle


@pytest.mark.parametrize(
    ("rule", "message", "cause"),
    [
        ("SyntaxError", "invalid syntax", Cause.SYNTAX),
        ("IndentationError", "unexpected indent", Cause.SYNTAX),
        ("compiler.err.expected", "';' expected", Cause.SYNTAX),
        ("error", "expected ';' before 'return'", Cause.SYNTAX),
        ("go", "syntax error: unexpected newline, expected comma", Cause.SYNTAX),
        ("error", "expected one of `.`, `;`, or an operator, found `}`", Cause.SYNTAX),
        ("F821", "Undefined name `x`", Cause.NAME),
        ("unresolved-reference", "Name `x` used when not defined", Cause.NAME),
        ("compiler.err.cant.resolve.location", "cannot find symbol", Cause.NAME),
        ("error", "'x' was not declared in this scope", Cause.NAME),
        ("go", "undefined: x", Cause.NAME),
        ("E0425", "cannot find value `x` in this scope", Cause.NAME),
        ("NameError", "name 'x' is not defined", Cause.NAME),
        ("ReferenceError", "x is not defined", Cause.NAME),
        ("compiler.err.prob.found.req", "incompatible types: String cannot be converted to int", Cause.TYPE),
        ("error", "invalid conversion from 'int' to 'const char*'", Cause.TYPE),
        ("E0308", "mismatched types", Cause.TYPE),
        ("go", 'cannot use "a" (untyped string constant) as int value in return statement', Cause.TYPE),
        ("TypeError", "unsupported operand type(s) for +: 'int' and 'str'", Cause.TYPE),
        ("invalid-argument-type", "Expected `int`, found `str`", Cause.TYPE),
        ("F841", "Local variable `x` is assigned to but never used", Cause.OTHER),
        ("ZeroDivisionError", "division by zero", Cause.OTHER),
        ("wrong-answer", "the answer is not the expected one", Cause.OTHER),
    ],
)
def test_the_kind_of_a_finding_is_told_by_rule_and_message(rule: str, message: str, cause: Cause) -> None:
    assert cause_of(finding(rule, message)) is cause


def test_causes_come_before_what_they_cause_errors_before_warnings_then_by_place() -> None:
    warning = finding("TypeError", line=1, severity=Severity.WARNING)
    mixed = [finding("x", line=1), warning, finding("TypeError", line=9), finding("NameError", line=5)]
    ordered = by_cause([*mixed, finding("NameError", line=2), finding("SyntaxError", line=40)])
    assert [(item.rule, item.line) for item in ordered] == [
        ("SyntaxError", 40),
        ("NameError", 2),
        ("NameError", 5),
        ("TypeError", 9),
        ("TypeError", 1),
        ("x", 1),
    ]


def test_one_missing_name_is_one_group_with_all_its_lines() -> None:
    found = [finding("E0425", "cannot find value `total` in this scope", line) for line in (9, 3, 7)]
    (only,) = group(found)
    assert (only.cause.line, len(only.symptoms), only.lines) == (3, 2, (3, 7, 9))


def test_two_missing_names_are_two_groups() -> None:
    assert len(group([finding("F821", "Undefined name `a`", 1), finding("F821", "Undefined name `b`", 2)])) == 2


def test_what_two_tools_say_of_one_name_is_one_group() -> None:
    first = finding("F821", "Undefined name `x`", 4, tool="ruff", stage="lint")
    second = finding("unresolved-reference", "Name `x` used when not defined", 4, tool="ty", stage="lint")
    assert len(group([first, second])) == 1


def test_what_follows_a_syntax_error_is_its_symptom() -> None:
    found = [
        finding("E0425", "cannot find value `a` in this scope", 2),
        finding("error", "expected one of `;`, found `}`", 5),
        finding("E0425", "cannot find value `b` in this scope", 8),
        finding("error", "unexpected closing delimiter: unmatched", 12),
    ]
    cascade, before = group(found)
    assert (cascade.cause.line, [item.line for item in cascade.symptoms]) == (5, [12, 8])
    assert before.cause.line == 2


def test_a_warning_of_syntax_causes_nothing() -> None:
    found = [finding("SyntaxWarning", "invalid escape", 1, severity=Severity.WARNING), finding("F841", "`x` unused", 3)]
    assert len(group(found)) == 2


def test_the_same_exception_in_many_cases_is_one_group_and_the_smallest_case_speaks() -> None:
    cases = tuple(
        case(f"f({'9' * n})", status=CaseStatus.RAISED, exception="NameError: name 'y' is not defined")
        for n in (5, 1, 3)
    )
    (only,) = group(of_report(StageReport(stage="test", status=Status.FAILED, outcome="exception", cases=cases)))
    assert (only.cause.expression, len(only.symptoms)) == ("f(9)", 2)


def test_a_failing_case_is_a_finding_with_input_expected_and_actual() -> None:
    failing = case("candidate([1, ')'], 2) == 3", expected="3", actual="4")
    report = StageReport(
        stage="test",
        status=Status.FAILED,
        outcome="wrong_answer",
        cases=(failing, case("f(1)", status=CaseStatus.PASSED), case("f(2)", status=CaseStatus.NOT_RUN)),
    )
    (item,) = of_report(report)
    assert (item.stage, item.rule, item.input, item.expected, item.actual) == (
        "test", "wrong-answer", "[1, ')'], 2", "3", "4",
    )  # fmt: skip


def test_a_case_that_raised_names_the_exception_and_its_frame() -> None:
    code = "def add(a):\n    return 1 / a\n"
    raised = case("add(0) == 1", status=CaseStatus.RAISED, exception="ZeroDivisionError: division by zero", line=2)
    report = StageReport(stage="test", status=Status.FAILED, outcome="exception", cases=(raised,))
    (item,) = of_report(report, code=code, syntax=get_language("python").syntax, entry_point="add")
    assert (item.rule, item.frame, item.source_line) == ("ZeroDivisionError", "add", "    return 1 / a")


def test_a_case_that_goes_on_failing_with_another_answer_is_the_same_finding() -> None:
    first, second = (
        of_report(
            StageReport(
                stage="test", status=Status.FAILED, outcome="wrong_answer", cases=(case("f(1) == 2", actual=answer),)
            )
        )
        for answer in ("3", "4")
    )
    assert len(difference(first, second).persisting) == 1


@pytest.mark.parametrize(
    ("expression", "entry_point", "inside"),
    [
        ("candidate([1, 2]) == 3", "", "[1, 2]"),
        ("abs(find_zero([1, 2]) + 0.5) < 1e-4", "find_zero", "[1, 2]"),
        ("abs(find_zero([1, 2]) + 0.5) < 1e-4", "", "[1, 2]"),
        ("s.f(Arrays.asList(1, 2)) == 3", "f", "Arrays.asList(1, 2)"),
        ('f(")(") == 1', "f", '")("'),
        ("f('it\\'s )') == 1", "f", "'it\\'s )'"),
        ("f(", "f", ""),
        ("f(]", "f", ""),
        ("x == 3", "f", ""),
        ("", "f", ""),
    ],
)
def test_a_cases_input_is_what_the_entry_point_is_called_with(expression: str, entry_point: str, inside: str) -> None:
    assert arguments_of(expression, entry_point) == inside


@given(st.text(max_size=200), st.text(max_size=10))
def test_any_expression_can_be_asked_for_its_input(expression: str, entry_point: str) -> None:
    assert arguments_of(expression, entry_point) in expression


def test_a_cap_counts_what_it_leaves_out() -> None:
    found = capped((1, 2, 3), 2)
    assert (found.shown, found.n_left_out) == ((1, 2), 1)
    assert capped((1,), 2).n_left_out == 0


def test_fixed_persisting_and_new_findings_are_told_apart_when_lines_move() -> None:
    stays = finding("F821", "Undefined name `a`", 3, source_line="  return a")
    gone = finding("F821", "Undefined name `b`", 4, source_line="  b")
    moved = replace(stays, line=9, source_line="    return a")
    new = finding("F841", "`c` unused", 1)
    found = difference([stays, gone], [new, moved])
    assert (found.fixed, found.persisting, found.new) == ((gone,), (moved,), (new,))


def test_of_equal_findings_as_many_persist_as_both_have() -> None:
    item = finding("F821")
    found = difference([item, item], [item])
    assert (len(found.fixed), len(found.persisting), len(found.new)) == (1, 1, 0)


rows = st.builds(
    finding,
    st.sampled_from(["SyntaxError", "NameError", "F841", "E0308"]),
    st.sampled_from(["name `x` is not defined", "m", "expected ';' before 3"]),
    st.none() | st.integers(1, 9),
    severity=st.sampled_from(Severity),
)


@given(st.lists(rows, max_size=12), st.lists(rows, max_size=12))
def test_grouping_and_comparing_lose_nothing(before: list[Diagnostic], after: list[Diagnostic]) -> None:
    grouped = [item for each in group(after) for item in (each.cause, *each.symptoms)]
    assert sorted(map(repr, grouped)) == sorted(map(repr, after))
    found = difference(before, after)
    assert len(found.fixed) + len(found.persisting) == len(before)
    assert sorted(map(repr, (*found.persisting, *found.new))) == sorted(map(repr, after))


@pytest.mark.parametrize(
    ("category", "severity", "is_mattering"),
    [
        (Category.BUG, Severity.WARNING, True),
        (Category.SECURITY, Severity.ERROR, True),
        (Category.DEAD_CODE, Severity.WARNING, True),
        (Category.BUG, Severity.NOTE, False),
        (Category.TASTE, Severity.ERROR, False),
        (Category.PERFORMANCE, Severity.ERROR, False),
        (Category.NONE, Severity.ERROR, False),
    ],
)
def test_bugs_holes_and_dead_code_matter_and_notes_never(
    category: Category, severity: Severity, is_mattering: bool
) -> None:
    assert matters(finding("r", category=category, severity=severity)) is is_mattering
