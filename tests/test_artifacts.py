"""Artifacts are valid: what codeloop writes for other programs, held against the validators that these programs use."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from test_html_report import MARKUP
from test_reports import HOSTILE, case, report
from test_untrusted_text import report_of

from codeloop.attempts import CaseStatus, Ending, Status, Verdict
from codeloop.config import RunConfig
from codeloop.report import junit
from codeloop.report.run_report import RunReport

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from chromium import PROGRAM, chromium
from made_run import made_run

ROOT = Path(__file__).parent.parent
NU = ROOT / ".ci/npm/node_modules/vnu-jar/build/dist/vnu.jar"
SCHEMAS = [*sorted((ROOT / "codeloop/schemas").glob("*.json")), ROOT / "codeloop/project/schema.json"]
KNOWN = (
    "Inline script violates Content Security Policy",  # data blocks, which no policy is about: they are never executed
    "The “style” attribute violates Content Security Policy",  # set through the CSSOM, which the policy allows
)
checkers = [
    pytest.mark.checkers,
    pytest.mark.skipif(not NU.exists() or not shutil.which("java"), reason="no checker: sh .ci/checkers"),
]


def junit_10_schema() -> Any:
    import xmlschema

    return xmlschema.XMLSchema10(ROOT / "tests/data/junit-10.xsd")


@pytest.fixture(scope="module")
def junit_10() -> Any:
    return junit_10_schema()


def problems(path: Path) -> list[str]:
    """What the Nu Html Checker says of a page, warnings included, but for what is known to be no fault."""
    done = subprocess.run(["java", "-jar", NU, "--format", "json", path], capture_output=True, text=True, check=False)
    said = [f"{each['type']}: {each['message']}" for each in json.loads(done.stderr)["messages"]]
    return [line for line in said if not any(known in line for known in KNOWN)]


def test_junit_of_a_run_is_valid_by_the_common_schema(junit_10: Any) -> None:
    junit_10.validate(made_run(30, 2).as_junit())


@pytest.mark.parametrize("text", [HOSTILE, *MARKUP])
def test_junit_of_hostile_text_is_valid(junit_10: Any, text: str) -> None:
    junit_10.validate(report_of(text).as_junit())
    cases = tuple(case(status, text) for status in CaseStatus)
    verdicts = [Verdict(reports=(report(status, text, cases=cases),)) for status in Status]
    rows: list[junit.Row] = [(text, 0, i, verdict, None, "") for i, verdict in enumerate(verdicts)]
    rows += [(text, 1, 0, None, ending, text) for ending in Ending]
    junit_10.validate(junit.verdicts(rows, run=[(text, text)], of={(text, 0, 0): [(text, text)]}))


@settings(deadline=None)
@given(st.floats(0, 1e7))
def test_any_time_is_valid(seconds: float) -> None:
    xml = junit.stage_report(report(Status.PASSED, "ok", duration_s=seconds), task_id="p/1", draw=0, iteration=0)
    times = re.findall(r'<testsuite\w* [^>]*time="([^"]*)"', xml)
    assert len(times) == 2
    assert all(re.fullmatch(r"[0-9]*(\.[0-9]{0,3})?", time) for time in times)  # SUREFIRE_TIME


def test_a_suite_says_what_its_attempt_was_made_of(junit_10: Any) -> None:
    xml = made_run(2, 1).as_junit()
    junit_10.validate(xml)
    assert '<testsuite name="run" tests="0"' in xml
    assert '<property name="model" value="made@1"' in xml
    assert '<property name="prompt" value="first@1a2b3c4d"' in xml


@pytest.mark.checkers
@checkers[1]
@pytest.mark.parametrize("text", ["", MARKUP[0]])
def test_the_page_is_valid_html(tmp_path: Path, text: str) -> None:
    path = tmp_path / "report.html"
    path.write_text(report_of(text).as_html() if text else made_run(12, 3).as_html(), "utf-8")
    assert problems(path) == []


@pytest.mark.checkers
@pytest.mark.chromium
@checkers[1]
@pytest.mark.skipif(not PROGRAM, reason="chromium is missing: apt-get install chromium")
def test_what_the_script_draws_is_valid_html_too(tmp_path: Path) -> None:
    path, drawn, made = tmp_path / "report.html", tmp_path / "drawn.html", made_run(12, 3)
    path.write_text(made.as_html(), "utf-8")
    with chromium() as page:
        for fragment in ("#trajectories", f"#t/{made.trajectories[4].task_id}/1"):
            page.open(path, fragment)
            drawn.write_text("<!DOCTYPE html>\n" + page.do("document.documentElement.outerHTML"), "utf-8")
            assert problems(drawn) == []


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_every_schema_is_valid_and_says_what_everything_is(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    assert validator_for(schema) is Draft202012Validator
    Draft202012Validator.check_schema(schema)


RESULTS = Draft202012Validator(json.loads((ROOT / "codeloop/schemas/results-1.json").read_text("utf-8")))


@pytest.mark.parametrize(
    "report", [made_run(12, 3), replace(made_run(3, 1), by=("tag", "language")), report_of(HOSTILE)]
)
def test_results_of_a_run_are_as_their_schema_says(report: RunReport) -> None:
    RESULTS.validate(json.loads(json.dumps(report.as_json())))


@pytest.mark.docker("python", "java")
def test_results_of_a_real_run_are_as_their_schema_says(real_results: dict[str, Any]) -> None:
    RESULTS.validate(real_results)
    assert {"git_commit", "prompt_version", "seed", "codeloop"} <= set(real_results["metadata"])
    assert real_results["container_engine"].startswith("Docker")


def test_the_schema_of_results_names_every_setting_and_no_other() -> None:
    assert set(RESULTS.schema["$defs"]["settings"]["properties"]) == {field.name for field in fields(RunConfig)}


def test_results_that_are_otherwise_are_refused() -> None:
    results = json.loads(json.dumps(made_run(1, 1).as_json()))
    assert not RESULTS.is_valid(results | {"surprise": 1})
    results["trajectories"][0]["attempts"][0].pop("template")
    assert not RESULTS.is_valid(results)
