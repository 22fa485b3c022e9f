"""SARIF: valid by OASIS's own schema, whatever programs and tools say, and the same rule ids for ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker
from saved_output import findings, program

from codeloop.attempts import (
    Attempt,
    Candidate,
    CaseResult,
    CaseStatus,
    Completion,
    Ending,
    Prompt,
    StageReport,
    Status,
    Trajectory,
    Verdict,
)
from codeloop.diagnostics import Category, Diagnostic, Fix, Severity
from codeloop.languages import rules
from codeloop.languages.python_analysers import RUFF, TY
from codeloop.report import lint_tables, sarif, terminal

SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = Draft4Validator(SCHEMA, format_checker=FormatChecker())
HOSTILE = "\x1b[31m</script>]]>\x00\x07\u202e\ud800\uffff\r\n"


def attempt(*reports: StageReport, code: str = "x = 1\n", iteration: int = 0, handed_over: int = 0) -> Attempt:
    return Attempt(
        iteration=iteration,
        prompt=Prompt(messages=(), template="t"),
        completion=Completion(text=code, finish_reason="stop"),
        candidate=Candidate(code=code),
        verdict=Verdict(reports=reports),
        handed_over=handed_over,
    )


def trajectory(*attempts: Attempt, task_id: str = "Own/1", language: str = "python") -> Trajectory:
    return Trajectory(task_id=task_id, language=language, draw=0, ending=Ending.SOLVED, attempts=attempts)


def lint_report(*items: Diagnostic) -> StageReport:
    return StageReport(stage="lint", status=Status.PASSED, outcome="findings", diagnostics=items)


def real() -> tuple[Diagnostic, ...]:
    found = (*findings(RUFF, "python", "bugs"), *findings(TY, "python", "bugs"))
    return rules.of_language("python").sort(found)


def read(*trajectories: Trajectory) -> dict[str, Any]:
    """Read the log as a strict reader would, and validate it."""
    text = sarif.log("r1", trajectories, "0.1.0")
    text.encode("ascii")
    document: dict[str, Any] = json.loads(text)
    VALIDATOR.validate(document)
    (run,) = document["runs"]
    return dict(run)


def test_real_findings_make_a_valid_log() -> None:
    run = read(trajectory(attempt(lint_report(*real()), code=program("python", "bugs"))))
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert {"ruff/F401", "ruff/B006", "ty/missing-attribute"} <= set(ids)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert len(result["partialFingerprints"]["codeloopFinding/v1"]) == 16
    unused = next(result for result in run["results"] if result["ruleId"] == "ruff/F401")
    assert (unused["level"], unused["properties"]["category"]) == ("warning", "dead_code")
    region = unused["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (1, 8, 10)
    assert "dead_code" in unused["properties"]["tags"]


def test_fixes_are_replacements_of_regions() -> None:
    run = read(trajectory(attempt(lint_report(*real()))))
    default = next(result for result in run["results"] if result["ruleId"] == "ruff/B006")
    (fix,) = default["fixes"]
    assert len(fix["artifactChanges"][0]["replacements"]) == 2
    assert fix["description"]["text"]


def test_the_program_that_was_handed_over_is_the_artifact() -> None:
    first = attempt(lint_report(*real()[:1]), code="first = 1\n")
    worse = attempt(lint_report(*real()[:3]), code="worse = 1\n", iteration=1, handed_over=0)
    run = read(trajectory(first, worse))
    assert [artifact["contents"]["text"] for artifact in run["artifacts"]] == ["first = 1\n"]
    assert len(run["results"]) == 1


def test_failing_cases_are_results_too() -> None:
    wrong = CaseResult(name="line 1", status=CaseStatus.FAILED, expression="f(1) == 2", expected="2", actual="3")
    tested = StageReport(stage="test", status=Status.FAILED, outcome="wrong_answer", cases=(wrong,))
    (result,) = read(trajectory(attempt(tested)))["results"]
    assert result["ruleId"] == "codeloop/wrong-answer"
    assert "expected: 2\nactual: 3" in result["message"]["text"]


def test_a_run_without_any_attempt_is_valid() -> None:
    run = read(trajectory(), trajectory(attempt()))
    assert (len(run["artifacts"]), run["results"]) == (1, [])


@pytest.mark.parametrize("task_id", ["../../etc/passwd", "..", "a b?#%", "ü/\ud800", "", "file:///x"])
def test_a_task_id_cannot_leave_the_folder_of_programs(task_id: str) -> None:
    (artifact,) = read(trajectory(attempt(), task_id=task_id))["artifacts"]
    folder, _, name = artifact["location"]["uri"].partition("/")
    assert name == "draw-0.py"
    assert "." not in folder
    assert ":" not in folder


def test_hostile_text_stays_text() -> None:
    item = Diagnostic(
        stage=HOSTILE, tool=HOSTILE, rule=HOSTILE, message=HOSTILE, line=3, source_line=HOSTILE, scope=HOSTILE,
        tool_version=HOSTILE, notes=(HOSTILE,), fixes=(Fix(message=HOSTILE, replacement=HOSTILE, line=1, end_line=1, end_column=1),),
    )  # fmt: skip
    text = sarif.log(HOSTILE, [trajectory(attempt(lint_report(item), code=HOSTILE), task_id=HOSTILE)], HOSTILE)
    document = json.loads(text)
    VALIDATOR.validate(document)
    assert not set(_texts(document)) & set("\x00\x07\x1b\u202e\ud800\uffff\r")


def _texts(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(map(_texts, [*value.keys(), *value.values()]))
    if isinstance(value, list):
        return "".join(map(_texts, value))
    return value if isinstance(value, str) else ""


places = st.none() | st.integers(-3, 9)
texts = st.text(st.characters(), max_size=8)
edits = st.builds(Fix, message=texts, replacement=texts, line=places, column=places, end_line=places, end_column=places)
items = st.builds(
    Diagnostic,
    stage=texts,
    tool=texts,
    rule=texts,
    message=texts,
    severity=st.sampled_from(Severity),
    category=st.sampled_from(Category),
    line=places,
    column=places,
    end_line=places,
    end_column=places,
    fixes=st.lists(edits, max_size=3).map(tuple),
)


@settings(deadline=None)
@given(st.lists(items, max_size=4))
def test_any_finding_gives_a_valid_log(found: list[Diagnostic]) -> None:
    run = read(trajectory(attempt(lint_report(*found))))
    assert len(run["results"]) == len(found)


def test_the_tables_count_findings_by_category_and_rule() -> None:
    linted = trajectory(attempt(lint_report(*real())))
    clean = trajectory(attempt(lint_report()), task_id="Own/2")
    text = terminal.render(lint_tables.rows([linted, clean]))
    assert "findings in the 2 programs" in text
    assert "security" in text
    assert "ruff UP035" in text
    data = lint_tables.as_json([linted, clean])["lint"]
    assert (data["programs"], data["with_findings_that_matter"]) == (2, 1)
    assert sum(row["findings"] for row in data["findings"]) == len(real())


def test_a_run_without_a_lint_stage_has_no_such_table() -> None:
    assert list(lint_tables.rows([trajectory(attempt())])) == []
    assert lint_tables.as_json([trajectory(attempt())]) == {}
