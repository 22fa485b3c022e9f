"""The HTML report as a text: it holds what was run, nothing of it is markup, nothing in it may ask a network, and it is small."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_untrusted_text import ACTS, hostile, report_of
from tried import attempts

from codeloop.attempts import CaseStatus, Ending, Note, Status, Trajectory, Verdict
from codeloop.cli import run
from codeloop.diagnostics import Category, Diagnostic, Severity
from codeloop.error_classes import ErrorClass
from codeloop.report.html import figures, glossary, page, steps, texts
from codeloop.report.html.texts import LADDER, Lines, cut, pack
from codeloop.report.run_report import RunReport
from codeloop.store import Store

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from made_run import made_run

ASSETS = files("codeloop.report.html").joinpath("assets")
OURS = {name: ASSETS.joinpath(name).read_text("utf-8") for name in page._SCRIPTS}
MARKUP = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "-->]]></style><base href=//x>",
    "'\"><svg onload=alert(1)>&lt;&#0;",
    "\u202e\u2066\x00\x1b[2J\ud800\udfff\ufffe\u2028",
)


class Read(HTMLParser):
    """What a browser sees: every element, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[dict[str, str | None], str]] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))
        self._open = tag if tag in ("script", "style", "title") else ""
        if self._open:
            self.inside.append(({"": tag, **dict(attributes)}, ""))

    def handle_data(self, data: str) -> None:
        if self._open:
            attributes, text = self.inside[-1]
            self.inside[-1] = attributes, text + data

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def texts(self, tag: str) -> list[str]:
        return [text for attributes, text in self.inside if attributes[""] == tag and "type" not in attributes]

    def data(self) -> dict[str, Any]:
        blocks = {attributes["id"]: text for attributes, text in self.inside if "type" in attributes}
        return {str(name): json.loads(zlib.decompress(base64.b64decode(text))) for name, text in blocks.items()}


def told(report: RunReport) -> str:
    """Every text of the run that the page holds, a line each."""
    return "\n".join(strings(Read(report.as_html()).data()))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings([*value, *value.values()])
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def run_of(*trajectories: Trajectory, **changes: Any) -> RunReport:
    settings = {"ks": (1,), "max_iterations": 3}
    return RunReport(run_id="r", settings=settings, trajectories=trajectories, **changes)


def tried(*codes: str, ending: Ending = Ending.EXHAUSTED, **changes: Any) -> Trajectory:
    made = attempts(*codes)
    hidden = tuple(attempt.verdict for attempt in made)
    given_ = {"task_id": "p/1", "language": "python", "draw": 0, "ending": ending, "attempts": made, "hidden": hidden}
    return Trajectory(**(given_ | changes))


# --- nothing of the run acts ---


@hostile
def test_hostile_text_is_shown_as_what_it_is(text: str) -> None:
    found = told(report_of(text))
    assert "PWNED" in found
    assert not ACTS.search(found)


@pytest.mark.parametrize("text", MARKUP)
def test_no_text_of_a_run_is_markup(text: str) -> None:
    made = replace(report_of(text), run_id=text, status=text)
    plain = replace(report_of("plain"), run_id="plain", status="plain")
    mine, other = Read(made.as_html()), Read(plain.as_html())
    assert [tag for tag, _ in mine.elements] == [tag for tag, _ in other.elements]
    assert not any(name.startswith("on") for _, attributes in mine.elements for name in attributes)
    assert mine.texts("script") == other.texts("script")
    assert not ACTS.search(made.as_html())


@given(st.text(st.characters()))
def test_packed_text_cannot_end_its_block_and_comes_back(text: str) -> None:
    packed = pack([text])
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", packed)
    if text.isprintable():
        assert json.loads(zlib.decompress(base64.b64decode(packed))) == [text]


def test_only_the_scripts_and_the_style_of_the_page_may_run() -> None:
    read = Read(run_of(tried("+++")).as_html())
    policy = next(a["content"] for tag, a in read.elements if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in str(policy).split(";"))
    assert rules["default-src"] == "'none'"

    def sums(tag: str) -> str:
        digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in read.texts(tag))
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    assert rules["script-src"] == sums("script")
    assert rules["style-src"] == sums("style")


def test_the_page_names_no_other_place() -> None:
    read = Read(run_of(tried("+++")).as_html())
    places = {a[name] for _, a in read.elements for name in ("src", "href", "action", "data") if name in a}
    assert places
    assert all(str(place).startswith("#") for place in places)


def test_no_script_of_ours_makes_markup_out_of_text() -> None:
    for name, text in OURS.items():
        words = (
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|srcdoc|</script"
        )
        assert not re.search(words, text), name


def test_the_chart_library_is_the_one_that_was_pinned() -> None:
    """uPlot 1.6.32 of the npm registry, ``dist/uPlot.iife.min.js`` and ``dist/uPlot.min.css``, as they came."""
    sums = {name: hashlib.sha256(ASSETS.joinpath(name).read_bytes()).hexdigest() for name in ("uPlot.js", "uPlot.css")}
    assert sums == {
        "uPlot.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
        "uPlot.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    }
    assert "MIT" in ASSETS.joinpath("uPlot.LICENSE").read_text("utf-8")


# --- it is small ---


def test_1640_trajectories_are_less_than_three_megabytes_and_nothing_is_cut() -> None:
    text = made_run(164, 10).as_html()
    assert len(text.encode()) < 3_000_000
    assert "left out" not in json.dumps(Read(text).data()["data"]["warnings"])


def test_a_megabyte_of_output_is_cut_and_says_so() -> None:
    trajectory = tried("broken" + "x" * 1_000_000)
    attempt = trajectory.attempts[0]
    report = replace(attempt.verdict.reports[0], output="".join(map(str, range(200_000))))
    loud = replace(attempt, verdict=Verdict(reports=(report,)))
    made = run_of(replace(trajectory, attempts=(loud,)))
    assert len(made.as_html()) < 300_000
    assert "960,006 characters left out" in told(made)
    assert "1,084,890 characters left out" in told(made)


def test_a_page_that_would_be_too_large_is_cut_further_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    made = made_run(20, 2)
    monkeypatch.setattr(page, "MAX_BYTES", 1)
    warned = Read(made.as_html()).data()["data"]["warnings"]
    assert any(key == "cut_texts" and f"{LADDER[-1].message:,} characters" in text for key, text in warned)


@given(st.text(), st.integers(4, 50))
def test_cutting_keeps_the_beginning_and_the_end(text: str, limit: int) -> None:
    found = cut(text, limit)
    assert found == text or (
        found.startswith(text[: limit - limit // 4]) and found.endswith(text[len(text) - limit // 4 :])
    )


def test_a_line_that_many_texts_share_is_held_once() -> None:
    lines = Lines()
    assert [lines.of(text, 100) for text in ("a\nb", "b\na\nb", "")] == [[0, 1], [1, 0, 1], []]
    assert lines.shown == ["a", "b"]


# --- what it says ---


@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)))
def test_what_two_programs_share_is_in_both_and_in_order(before: list[int], after: list[int]) -> None:
    a = b = 0
    for start_a, start_b, size in steps.changes(before, after):
        assert start_a >= a
        assert start_b >= b
        assert before[start_a : start_a + size] == after[start_b : start_b + size]
        a, b = start_a + size, start_b + size
    assert a <= len(before)
    assert b <= len(after)


def test_a_program_too_long_to_compare_is_all_new_and_takes_no_time() -> None:
    assert steps.changes([1] * 20_000, [2] * 20_000) == []
    assert steps.changes([1] * 20_000, [1] * 20_000) == [[0, 0, 20_000]]


def test_a_column_counts_in_the_line_as_it_is_shown() -> None:
    code = "\u202eab"
    finding = Diagnostic(stage="compile", tool="t", rule="r", message="m", line=1, column=2, end_column=3)
    trajectory = tried(code)
    attempt = trajectory.attempts[0]
    report = replace(attempt.verdict.reports[0], diagnostics=(finding, replace(finding, line=9)))
    loud = replace(attempt, candidate=replace(attempt.candidate, code=code), verdict=Verdict(reports=(report,)))
    lines = Lines()
    found = steps.steps(replace(trajectory, attempts=(loud,)), lines, texts.Limits())["attempts"][0]
    first, outside = found["visible"]["stages"][0]["findings"]
    assert lines.shown[found["code"][0]][first["column"] - 1 : first["end_column"] - 1] == "a"
    assert "line" not in outside


@pytest.mark.parametrize(
    ("trajectory", "said"),
    [
        (tried("+++", ending=Ending.SOLVED), "Attempt 0 passed its visible tests"),
        (tried("+", "++", ending=Ending.EXHAUSTED), "All 2 attempts"),
        (tried("+", "+", ending=Ending.STALLED), "the same program as attempt 0"),
        (tried("alike+", "+ alike", ending=Ending.STALLED), "failed exactly as attempt 0"),
        (tried("+", ending=Ending.OUT_OF_BUDGET, error="tokens: 3 spent"), "tokens: 3 spent"),
        (tried("+", ending=Ending.ERRORED, error="engine died"), "engine died"),
        (tried(ending=Ending.ERRORED), "before its first attempt"),
    ],
)
def test_it_says_why_a_trajectory_stopped(trajectory: Trajectory, said: str) -> None:
    assert said in " ".join(steps.why(trajectory))


def test_the_funnel_counts_what_reached_and_what_passed_by_iteration() -> None:
    first, second = figures.funnel([tried("broken", "+++"), tried("+"), tried("+++")])
    assert (first["attempts"], first["code"]) == (3, 3)
    assert first["stages"][:2] == [("compile", 3, 2), ("test", 2, 1)]
    assert second["stages"][1] == ("test", 1, 1)
    assert first["stages"][4] == ("hidden", 3, 1)


def test_transitions_count_what_followed_what() -> None:
    found = figures.transitions([tried("broken", "+", "+++"), tried("broken", "+")])
    assert found == [[0, "syntax", "assertion", 2], [1, "assertion", "passes", 1]]


def test_the_terminal_and_markdown_tell_funnel_and_transitions_too() -> None:
    made = run_of(tried("broken", "+++"), tried("+"))
    for text in (made.as_text(), made.as_markdown()):
        assert "stages passed of reached, by iteration" in text
        assert "1 of 2" in text
        assert "error class of an attempt" in text


def test_cost_and_time_are_unknown_where_one_is_unknown() -> None:
    row = figures.spending([tried("+", "++")])[0]
    assert (row["prompt_tokens"], row["completion_tokens"], row["cost_usd"]) == (70, 30, None)


def test_the_page_states_what_was_run_and_how_far_it_can_be_trusted() -> None:
    facts = {
        "model": "m@sha256:1",
        "model_details": {"engine": "e-1.2"},
        "host": "h, 2 CPUs",
        "isolation": "docker: cold",
        "suite": {"name": "humaneval-x", "version": "3", "sha256": "ab"},
        "errata": [["p/1", "wrong test"]],
    }
    broken = tried("+", ending=Ending.ERRORED, error="engine died", draw=1)
    data = Read(run_of(tried("+"), broken, facts=facts, status="interrupted").as_html()).data()["data"]
    about = dict(data["about"])
    assert (about["model"], about["engine"], about["host"]) == (["m@sha256:1"], ["e-1.2"], ["h, 2 CPUs"])
    assert about["isolation"] == ["docker: cold"]
    assert about["feedback_mode"][0].startswith("stateless: one message")
    assert data["errata"] == [["p/1", "wrong test"]]
    warned = dict(data["warnings"])
    assert warned["errored"].startswith("1 of 2 draws errored")
    assert "training data" in warned["contamination"]
    assert "interrupted" in warned["partial"]
    assert data["rows"][0]["tags"] == ["erratum"]


def test_other_suites_are_not_said_to_be_in_the_training_data() -> None:
    data = Read(run_of(tried("+")).as_html()).data()["data"]
    assert "contamination" not in dict(data["warnings"])
    assert dict(data["about"])["host"] == ["not recorded"]


def test_a_run_without_a_trajectory_gives_a_page() -> None:
    assert Read(run_of().as_html()).data()["data"]["rows"] == []


# --- every label is explained ---

_TERMS = re.compile(r'(?:\bterm|\bchoice|\bfolded|\bchecks\([\w.]+, text,|\bpick|\bpanel\("[^"]*",)\(?\s*"([a-z_]+)"')


def test_every_label_of_the_page_is_in_the_glossary() -> None:
    used = {key for text in OURS.values() for key in _TERMS.findall(text)}
    used |= {
        key
        for text in OURS.values()
        for key in re.findall(r'TERMS\.(\w+)|data-term": "(\w+)"', text)
        for key in key
        if key
    }
    used |= set(re.findall(r"^  (\w+)(?:: \(row\)|,$)", OURS["table.js"], re.M))  # columns
    data = Read(run_of(tried("+")).as_html()).data()["data"]
    used |= {key for key, _ in (*data["about"], *data["warnings"])}
    assert len(used) > 50
    assert not used - set(glossary.TERMS)


def test_every_fixed_value_is_in_the_glossary() -> None:
    kinds = {
        "ending": Ending, "class": ErrorClass, "status": Status, "case": CaseStatus, "severity": Severity, "note": Note,
    }  # fmt: skip
    values = {f"{kind}.{member.value}" for kind, members in kinds.items() for member in members}
    values |= {f"category.{member.value}" for member in Category if member.value}
    assert not values - set(glossary.TERMS)


def test_the_glossary_stands_on_the_page_and_names_each_label_once() -> None:
    text = run_of(tried("+")).as_html()
    keys = [key for _, terms in glossary.GROUPS for key in terms]
    assert len(keys) == len(set(keys))
    for key in keys:
        assert f'id="g-{key}"' in text


# --- the command ---


def test_the_command_writes_the_page_from_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODELOOP_STORE", str(tmp_path / "store.db"))
    trajectory = tried("+", "+++", ending=Ending.SOLVED)
    with Store.open(tmp_path / "store.db") as store:
        store.new_run("r1", {"ks": [1], "max_iterations": 3})
        for attempt in trajectory.attempts:
            store.record_attempt("r1", trajectory.task_id, 0, attempt)
        for number, verdict in enumerate(trajectory.hidden):
            assert verdict is not None
            store.record_hidden("r1", trajectory.task_id, 0, number, verdict)
        store.end_trajectory("r1", trajectory)
    out = tmp_path / "report.html"
    assert run(["report", "r1", "--format", "html", "--out", str(out)]) == 0
    data = Read(out.read_text("utf-8")).data()["data"]
    assert data["rows"][0]["path"] == ["assertion", "passes"]
    assert dict(data["about"])["started"][0].endswith("UTC")
