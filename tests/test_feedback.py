"""Text from candidates and tools cannot leave its place in a prompt."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from codeloop.attempts import Candidate, CaseResult, CaseStatus, StageReport, Status, Verdict
from codeloop.diagnostics import Category, Diagnostic
from codeloop.feedback import build, clean, fenced, without_statement
from codeloop.languages.java import LANGUAGE as JAVA
from codeloop.languages.python import LANGUAGE as PYTHON


@given(st.text())
def test_fenced_text_cannot_end_its_fence(text: str) -> None:
    block = fenced(text)
    fence = block.split("\n", 1)[0]
    assert fence not in block.split("\n", 1)[1].rsplit("\n", 1)[0]


def test_control_characters_and_ansi_are_dropped() -> None:
    assert clean("\x1b[31mred\x1b[0m \x07 x", 100) == "red \N{REPLACEMENT CHARACTER} x"


def test_long_text_is_cut_with_a_mark() -> None:
    assert clean("a" * 300, 10) == "a" * 10 + " …[cut]"


def case(name: str, status: CaseStatus, **fields: Any) -> CaseResult:
    return CaseResult(name=name, status=status, expression=name, **fields)


def ran(*cases: CaseResult, outcome: str = "wrong_answer") -> Verdict:
    compiled = StageReport(stage="compile", status=Status.PASSED, outcome="ok")
    return Verdict(reports=(compiled, StageReport(stage="test", status=Status.FAILED, outcome=outcome, cases=cases)))


def found(stage: str, *findings: Diagnostic) -> Verdict:
    return Verdict(reports=(StageReport(stage=stage, status=Status.FAILED, outcome=stage, diagnostics=findings),))


def test_the_smallest_failing_case_that_is_evidence_is_shown() -> None:
    vacuous = case("f()", CaseStatus.FAILED, is_vacuous=True)
    longer, small = case("f([1, 2, 3])", CaseStatus.FAILED), case("f([1])", CaseStatus.FAILED, actual="9")
    told = build(ran(longer, vacuous, small), Candidate(code=""))
    assert told.failing is not None
    assert (told.failing.expression, told.failing.actual, told.n_failing) == ("f([1])", "9", 3)


def test_passing_cases_are_anchors_and_those_left_out_are_counted() -> None:
    cases = [case(f"f({i})", CaseStatus.PASSED) for i in range(8)]
    told = build(ran(case("f(9)", CaseStatus.FAILED), *cases), Candidate(code=""))
    assert told.passing == tuple(f"f({i})" for i in range(5))
    assert told.n_passing == 8


def test_one_cause_at_many_lines_is_one_finding() -> None:
    items = [
        Diagnostic(stage="compile", tool="t", rule="undefined", message="undefined: 'cuont'", line=line)
        for line in (7, 3, 5)
    ]
    told = build(found("compile", *items), Candidate(code=""))
    assert [item.n_more for item in told.findings] == [2]


def test_a_missing_name_is_told_with_those_that_do_exist() -> None:
    program = "def f(count):\n    return cuont\n"
    raised = case("f(1)", CaseStatus.RAISED, exception="NameError: name 'cuont' is not defined", line=2)
    told = build(ran(raised, outcome="exception"), Candidate(code=program), PYTHON.syntax, entry_point="f")
    assert told.names == ("count",)
    assert told.failing is not None
    assert told.failing.frame == "f"


def test_lint_tells_what_matters_and_names_no_taste() -> None:
    bug = Diagnostic(stage="lint", tool="t", rule="a", message="a bug", category=Category.BUG)
    taste = Diagnostic(stage="lint", tool="t", rule="b", message="ugly", category=Category.TASTE)
    told = build(found("lint", taste, bug), Candidate(code=""))
    assert [item.message for item in told.findings] == ["a bug"]


def test_a_finding_shows_its_line_with_a_mark() -> None:
    item = Diagnostic(
        stage="compile", tool="t", rule="r", message="m", line=2, column=6, source_line="\tx = cuont", scope="f"
    )
    told = build(found("compile", item), Candidate(code=""))
    assert told.findings[0].source == "\tx = cuont\n\t    ^"


def test_a_comment_that_only_repeats_the_statement_is_left_out_of_the_program() -> None:
    given = 'def f(n):\n    """Give the number that follows n, for every whole number n."""\n'
    body = "    # our own remark, which is no part of the statement at all\n    return n + 2\n"
    assert without_statement(given + body, given, PYTHON.syntax) == "def f(n):\n" + body
    assert without_statement(given, given, PYTHON.syntax) == given, "it is all that the function holds"
    java = "class A {\n    // Give the number that follows n, for every whole number n.\n    int f(int n) { return n; }\n}\n"
    assert "//" not in without_statement(java, java, JAVA.syntax)
