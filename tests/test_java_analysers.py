"""Readers of javac's warnings and of PMD, on what the real tools said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from saved_output import findings, program

from codeloop.diagnostics import Severity
from codeloop.findings import matters
from codeloop.languages import get_language, rules
from codeloop.languages.analysed import Analyser, Output, read_output
from codeloop.languages.java_analysers import JAVAC, PMD
from codeloop.tasks import HiddenTests, Task, VisibleTests

RULES = Path(__file__).parents[1] / "sandboxes/java/lint/rules.txt"
CASES = ("bugs", "clean", "silenced", "unicode")


def places(tool: Analyser, case: str) -> set[tuple[int | None, str]]:
    return {(item.line, item.rule) for item in findings(tool, "java", case)}


def test_javac_warns_by_the_name_of_its_option() -> None:
    planted = {(20, "fallthrough"), (28, "empty"), (35, "lossy-conversions"), (38, "divzero"), (41, "finally")}
    assert planted | {(49, "overrides")} <= places(JAVAC, "bugs")


def test_pmd_finds_planted_bugs_and_dead_code() -> None:
    planted = {
        (4, "UnusedPrivateField"), (7, "UnusedLocalVariable"), (8, "UseEqualsToCompareStrings"), (13, "JumbledIncrementer"),
        (20, "ImplicitSwitchFallThrough"), (25, "CompareObjectsWithEquals"), (28, "ComparisonWithNaN"),
        (28, "EmptyControlStatement"), (32, "EmptyCatchBlock"), (34, "CollectionTypeMismatch"), (40, "ReturnFromFinallyBlock"),
        (44, "UnusedPrivateMethod"), (45, "DontCallThreadRun"), (53, "OverrideBothEqualsAndHashcode"),
    }  # fmt: skip
    assert planted <= places(PMD, "bugs")


@pytest.mark.parametrize("tool", [JAVAC, PMD])
def test_a_sound_program_has_no_finding_that_matters(tool: Analyser) -> None:
    sorted_ = rules.of_language("java").sort(findings(tool, "java", "clean"))
    assert [item for item in sorted_ if matters(item)] == []


def test_neither_annotations_nor_comments_silence_them() -> None:
    assert (14, "divzero") in places(JAVAC, "silenced")
    asked = {(6, "UnusedPrivateField"), (10, "UnusedLocalVariable"), (11, "UseEqualsToCompareStrings")}
    assert asked <= places(PMD, "silenced")


@pytest.mark.parametrize(("tool", "rule", "text"), [(JAVAC, "divzero", "0"), (PMD, "UnusedLocalVariable", "länge")])
def test_columns_count_code_points(tool: Analyser, rule: str, text: str) -> None:
    item = next(item for item in findings(tool, "java", "unicode") if item.rule == rule)
    assert item.line is not None and item.column is not None and item.end_column is not None
    line = program("java", "unicode").split("\n")[item.line - 1]
    assert line[item.column - 1 : item.end_column - 1] == text


@pytest.mark.parametrize("tool", [JAVAC, PMD])
@pytest.mark.parametrize(
    "output",
    [
        Output(stdout="error: invalid flag: -Xlnt:all\n"),
        Output(stdout='{"kind": "WARNING"}\n'),
        Output(stdout='{"formatVersion": 1, "files": []}'),
        Output(stdout="[3]"),
        Output(ended="missing", code=-1, stderr="no PMD here"),
        Output(ended="signalled", code=-1, stderr="java.lang.StackOverflowError"),
        Output(ended="timed_out", code=-1, stderr="it took too long"),
    ],
)
def test_what_is_not_understood_is_one_note(tool: Analyser, output: Output) -> None:
    (note,) = read_output(tool, output, "")
    assert (note.rule, note.tool, note.stage, note.severity) == ("unparsed", tool.name, "lint", Severity.NOTE)
    assert (output.stdout or output.stderr).strip()[-20:] in note.message


def test_a_program_that_pmd_did_not_analyse_is_one_note() -> None:
    report = '{"files": [], "processingErrors": [{"filename": "Solution.java", "message": "ParseException"}], "configurationErrors": []}'
    (note,) = read_output(PMD, Output(stdout=report), "")
    assert note.rule == "unparsed"
    assert "ParseException" in note.message


@pytest.mark.parametrize("case", CASES)
def test_every_rule_that_fired_is_known_by_name(case: str) -> None:
    known = {line.strip() for line in RULES.read_text("utf-8").splitlines()}
    assert {item.rule for item in findings(PMD, "java", case)} <= {line.rpartition("/")[2] for line in known}


def test_lint_and_compile_are_jobs_of_the_resident_jvm() -> None:
    servers = json.loads((RULES.parents[1] / "warm.json").read_text("utf-8"))["servers"]
    language = get_language("java")
    task = Task(
        id="Own/none",
        language="java",
        statement="",
        prompt="",
        entry_point="f",
        visible=VisibleTests(code=""),
        hidden=HiddenTests(code=""),
        reference="",
    )
    assert {language.lint(task, "").argv, language.compile(task, "", "").argv} == {tuple(servers[0])}
