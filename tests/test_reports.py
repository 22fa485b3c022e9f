"""Reports: other programs read them, and hostile text stays text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from tried import attempts

from codeloop.attempts import (
    Attempt,
    CallCounts,
    Candidate,
    CaseResult,
    CaseStatus,
    Completion,
    Ending,
    Note,
    Prompt,
    StageReport,
    Status,
    Trajectory,
    Verdict,
)
from codeloop.diagnostics import Diagnostic
from codeloop.metrics import summarise
from codeloop.report import json_report, junit, markdown, terminal
from codeloop.report.run_report import RunReport
from codeloop.report.text import escape
from codeloop.report.trajectory_text import trajectory_text

HOSTILE = "\x1b[31m]]></failure>&<x a='\"'>\x00\x07\u202e\ud800\uffff[bold]:smile:\r\n\x9b2J"


def report(status: Status, outcome: str, **changes: Any) -> StageReport:
    return StageReport(stage="test", status=status, outcome=outcome, **changes)


def case(status: CaseStatus, text: str = "f(1)") -> CaseResult:
    return CaseResult(name=text, status=status, expression=text, expected="1", actual=text, exception=text)


def trajectory(error: str = "", cost: float | None = None) -> Trajectory:
    verdict = Verdict(reports=(report(Status.PASSED, "ok", cases=(case(CaseStatus.PASSED),)),))
    attempt = Attempt(
        iteration=0,
        prompt=Prompt(messages=(), template=HOSTILE),
        completion=Completion(text=HOSTILE, finish_reason=HOSTILE, cost_usd=cost),
        candidate=Candidate(code=HOSTILE, notes=(HOSTILE,)),
        verdict=verdict,
        handed_over=0,
    )
    ending = Ending.ERRORED if error else Ending.SOLVED
    hidden = () if error else (verdict,)
    return Trajectory(
        task_id="p/1", language="p[bold]\x1b", draw=0, ending=ending, attempts=(attempt,), hidden=hidden, error=error
    )


def read(xml: str) -> list[tuple[str, Any]]:
    return [(c.name, c.result[0] if c.result else None) for suite in JUnitXml.fromstring(xml.encode()) for c in suite]


def test_failure_is_wrong_code_and_error_is_the_machine() -> None:
    cases = (case(CaseStatus.PASSED), case(CaseStatus.FAILED), case(CaseStatus.RAISED), case(CaseStatus.NOT_RUN))
    wrong = Verdict(reports=(report(Status.FAILED, "wrong_answer", cases=cases),))
    broken = Verdict(reports=(report(Status.ERRORED, "errored"),))
    xml = junit.verdicts(
        [
            ("p/1", 2, 3, wrong, None, ""),
            ("p/2", 0, 0, None, Ending.ERRORED, "engine died"),
            ("p/3", 0, 0, broken, None, ""),
        ]
    )
    found = read(xml)
    kinds = [type(result) for _, result in found]
    assert kinds == [type(None), Failure, Failure, Skipped, Error, Error]
    assert "p/1 draw 2 iteration 3" in found[0][0]
    assert found[4][1].message == "engine died"
    document = JUnitXml.fromstring(xml.encode())
    assert (document.tests, document.failures, document.errors) == (6, 2, 2)
    assert sum(suite.skipped for suite in document) == 1


@pytest.mark.parametrize("outcome", ["timeout", "forged", "syntax"])
def test_a_failed_stage_is_a_failure_whatever_its_cases_say(outcome: str) -> None:
    for cases in ((), (case(CaseStatus.PASSED),)):
        xml = junit.stage_report(report(Status.FAILED, outcome, cases=cases), task_id="p/1", draw=0, iteration=1)
        results = [result for _, result in read(xml) if result]
        assert [(type(r), r.type) for r in results] == [(Failure, outcome)]


def test_hostile_text_stays_text_in_xml() -> None:
    finding = Diagnostic(stage="test", tool=HOSTILE, rule=HOSTILE, message=HOSTILE, line=3)
    bad = report(Status.FAILED, HOSTILE, cases=(case(CaseStatus.NOT_RUN, HOSTILE),), diagnostics=(finding,))
    xml = junit.verdicts(
        [(HOSTILE, 0, 0, Verdict(reports=(bad,)), None, ""), ("p", 0, 0, None, Ending.ERRORED, HOSTILE)]
    )
    assert not set(xml) & set("\x00\x07\x1b\ud800\uffff")
    assert len(read(xml)) == 3
    assert "]]></failure>" in read(xml)[1][1].text


@given(st.text(st.characters()))
def test_any_text_gives_xml_that_can_be_read(text: str) -> None:
    xml = junit.verdicts([(text, 0, 0, None, Ending.ERRORED, text)])
    assert len(read(xml)) == 1


@given(st.text(st.characters()))
def test_escaped_text_is_printable_and_printable_text_is_unchanged(text: str) -> None:
    assert escape(text).isprintable()
    assert escape(escape(text)) == escape(text)
    assert not set(escape(text, keep_newlines=True)) & set("\x1b\r\x9b\u202e")


def test_escape_shows_what_would_act() -> None:
    assert escape("\x1b[31mü\u202e\n\U000e0001") == r"\x1b[31mü\u202e\n\U000e0001"
    assert escape("a\n\tb", keep_newlines=True) == "a\n\tb"


def test_the_table_shows_numbers_unknowns_and_no_markup() -> None:
    summaries = summarise([trajectory()], ks=[1, 5], max_iterations=1, errata=())
    text = terminal.table(summaries, width=160)
    assert "pass@1" in text
    assert "100.0 [20.7, 100.0]" in text
    assert "pass@5" in text
    assert "–" in text
    assert "unknown" in text
    assert r"p[bold]\x1b" in text
    assert "\x1b" not in text
    assert "0.2500" in terminal.table(summarise([trajectory(cost=0.25)], ks=[1], max_iterations=0, errata=()))


def test_a_reader_can_tell_an_extraction_loss_from_a_wrong_model() -> None:
    lost, wrong = (Note.CUT, Note.ADDED_IMPORT), Verdict(reports=(report(Status.FAILED, "syntax"),))
    failed = trajectory().attempts[0]
    failed = replace(failed, candidate=Candidate(code="x", notes=lost), verdict=wrong)
    draws = [replace(trajectory(), language="go", attempts=(failed, failed, trajectory().attempts[0]))]
    summaries = summarise(draws, ks=[1], max_iterations=0)
    counts = [(c.note, c.attempts, c.failed, c.is_loss) for c in summaries[0].extraction]
    assert counts == [("cut", 2, 2, True), ("added_import", 2, 2, False), (HOSTILE, 1, 0, False)]
    text = terminal.table(summaries)
    assert re.search(r"lost: cut +2 \(2\) +2 \(2\)", text)
    assert re.search(r"changed: added_import +2 \(2\)", text)
    data = json_report.results(run_id="r", settings={}, summaries=summaries, trajectories=draws, max_iterations=0)
    assert json.loads(json.dumps(data))["summaries"][0]["extraction"][0] == {
        "note": "cut",
        "attempts": 2,
        "failed": 2,
        "is_loss": True,
    }
    assert data["trajectories"][0]["attempts"][0]["losses"] == ["cut"]
    untouched = replace(failed, candidate=Candidate(code="x"))
    draws = [replace(trajectory(), attempts=(untouched,))]
    assert "every answer was taken as it was" in terminal.table(summarise(draws, ks=[1], max_iterations=0))


def test_seven_columns_of_large_numbers_are_not_cut() -> None:
    names = ("python", "java", "cpp", "javascript", "go", "rust")
    draws = [replace(trajectory(cost=1234.5678), language=name, task_id=f"{name}/1") for name in names]
    text = terminal.table(summarise(draws, ks=[1], max_iterations=0))
    assert "…" not in text
    assert all(name in text for name in names)
    assert "7407.4068" in text


def test_model_calls_are_told_in_text_and_json() -> None:
    counts = CallCounts(made=13, from_store=2, failed=1, lost=3, repeated=1)
    told = RunReport(run_id="r", settings={"ks": (1,), "max_iterations": 0}, trajectories=(trajectory(),), calls=counts)
    line = "model calls: 13 made, 2 answered from the store, 3 lost to a kill or Ctrl-C (1 made again), 1 failed"
    assert line in told.as_text().splitlines()
    assert markdown.cell(line) in told.as_markdown()
    assert told.as_json()["model_calls"] == {"made": 13, "from_store": 2, "failed": 1, "lost": 3, "repeated": 1}
    nothing = "model calls: 0 made, 0 answered from the store, 0 lost to a kill or Ctrl-C"
    assert terminal.calls(CallCounts()) == nothing


def test_results_are_json_with_missing_as_null() -> None:
    draws = [trajectory(), trajectory(error=HOSTILE)]
    made = json_report.results(
        run_id="r",
        settings={"ks": (1,)},
        summaries=summarise(draws, ks=[1], max_iterations=1, errata=()),
        trajectories=draws,
        max_iterations=1,
        extra={"wall_s": 1.0, "schema_version": 99},
    )
    data = json.loads(json.dumps(made, allow_nan=False))
    assert (data["schema_version"], data["wall_s"]) == (1, 1.0)
    assert [row["passed_by"] for row in data["trajectories"]] == [[True, True], [None, None]]
    assert [row["hidden_only_passed_by"] for row in data["trajectories"]] == [[None, None], [None, None]]
    assert data["summaries"][0]["cost_usd"] is None
    assert data["trajectories"][1]["error"] == HOSTILE
    assert data["trajectories"][0]["attempts"][0]["hidden"]["outcome"] == "ok"


def test_markdown_shows_hostile_text_as_text() -> None:
    told = markdown.cell("<script>|`x`[a](http://b) @someone **b** \x1b[31m\nrow")
    assert not set(told.replace("\\|", "").replace("\\`", "")) & set("<>|`\n\x1b")
    assert "://" not in told
    assert "@s" not in told
    page = markdown.run(title=HOSTILE, summaries=(), trajectories=[trajectory(error=HOSTILE)], notes=[HOSTILE])
    assert "\x1b" not in page
    assert "</failure>" not in page
    assert page.count("<details>") == page.count("</details>") == 1


def test_a_trajectory_story_escapes_what_a_model_wrote() -> None:
    told = trajectory_text(trajectory(), with_prompts=True)
    assert "\x1b" not in told
    assert "== attempt 0" in told
    assert "-- visible tests: passed (test: ok, 1 of 1 cases pass)" in told


def test_a_trajectory_story_says_what_a_repair_changed_and_broke() -> None:
    tried = attempts("++ a", "+ b")
    told = trajectory_text(replace(trajectory(), attempts=tried, hidden=()))
    assert "== attempt 0, independent draw" in told
    assert "== attempt 1, repair of attempt 0" in told
    assert "regression, passed before: f(1)" in told
    assert "against the program repaired: 0 fixed, 1 persisting, 1 new" in told


def test_a_run_report_holds_what_shaped_the_replies() -> None:
    report_ = RunReport(
        run_id="r",
        settings={"ks": (1,), "max_iterations": 0},
        facts={"model": "m", "model_details": {"slots": "4", "weights_sha256": "ab\x1b"}},
        trajectories=(trajectory(),),
    )
    assert report_.as_json()["model_details"] == {"slots": "4", "weights_sha256": "ab\x1b"}
    assert "model m (slots 4; weights sha256 ab\\x1b)\n" in report_.as_text()
