"""Comparisons of two runs: figures by hand, what is refused and warned of, and the command with its exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from runs import FACTS, draw, outcomes, run
from test_baselines import record

import codeloop
from codeloop import snapshots
from codeloop.changes import Changes, changes
from codeloop.cli import run as command
from codeloop.errors import ConfigError, UnknownName
from codeloop.gates import judge_all, parse_gate
from codeloop.records import Setting
from codeloop.report.change_report import ChangeReport
from codeloop.snapshots import Draw, Snapshot
from codeloop.store import Store

SCHEMA = Draft202012Validator(
    json.loads((Path(codeloop.__file__).parent / "schemas" / "compare-1.json").read_text("utf-8"))
)


def two_steps(task: int, first: bool, last: bool, **changes: Any) -> Draw:
    return draw(
        task, last, passed=(first, last), errors=("" if first else "syntax", "" if last else "assertion"), **changes
    )


def example() -> tuple[Snapshot, Snapshot]:
    """Six tasks: one is lost, two are won, one fails otherwise, one passes in both, one errored after."""
    before = [
        two_steps(1, False, True),
        two_steps(2, False, False),
        two_steps(10, False, False),
        two_steps(4, False, False),
        two_steps(5, True, True, tags=("easy",)),
        two_steps(6, True, True),
    ]
    after = [
        two_steps(1, False, False, hidden_error="time-out"),
        two_steps(2, True, True, tags=("easy", "lists")),
        two_steps(10, False, True),
        two_steps(4, False, False, hidden_error="exception"),
        two_steps(5, True, True, tags=("easy",)),
        draw(6, None),
    ]
    return run("old", before), run("new", after)


def test_flips_curve_and_shifts_by_hand() -> None:
    found = changes(*example())
    assert found.n_missing == 1
    assert [(f.task_id, f.is_won, f.error) for f in found.flips] == [
        ("Python/1", False, "time-out"),
        ("Python/2", True, "assertion"),
        ("Python/10", True, "assertion"),
    ]
    curve = [(at.iteration, at.before.value, at.after.value) for at in found.curve]
    assert curve == [(0, 0.2, 0.4), (1, 0.4, 0.6), (None, 0.4, 0.6)]
    assert (found.end.change.n_won, found.end.change.n_lost, found.end.change.n_pairs) == (2, 1, 5)
    assert [(s.before, s.after, s.pairs) for s in found.shifts] == [
        ("assertion", "passes", 2),
        ("assertion", "exception", 1),
        ("passes", "time-out", 1),
    ]
    spent = {each.what: (each.before, each.after) for each in found.spent}
    assert spent["cost, $"] == (2.5, 2.5)  # the pair that errored is in neither
    assert spent["prompt tokens"] == (None, None)
    assert spent["attempts"] == (10, 10)


def test_slices() -> None:
    found = changes(*example(), by=("tag", "error", "language"))
    labels = [(each.by, each.label, each.change.n_pairs) for each in found.slices]
    assert labels == [
        ("tag", "(none)", 3),
        ("tag", "easy", 2),
        ("tag", "lists", 1),
        ("error", "passes", 1),
        ("error", "syntax", 4),
        ("language", "python", 5),
    ]
    with pytest.raises(UnknownName, match="did you mean 'language'"):
        changes(*example(), by=("langauge",))


def test_runs_of_other_suites_are_refused_and_other_settings_named() -> None:
    before, after = example()
    other = replace(after, facts=replace(FACTS, suite="other", suite_sha256="cd" * 32))
    with pytest.raises(
        ConfigError, match=r"not of the same suite, so nothing pairs: old: own 1 \(abababababab\); new: other"
    ):
        changes(before, other)
    unknown = replace(FACTS, suite_sha256="")
    with pytest.raises(ConfigError, match="no hash"):
        changes(replace(before, facts=unknown), replace(after, facts=unknown))
    facts = replace(
        FACTS,
        model="other",
        stages=("compile:gate", "test:gate", "lint:gate"),
        feedback="Hint(n_findings=3)",
        images=(Setting(name="go", value="sha256:9"), Setting(name="python", value="sha256:2")),
    )
    found = changes(before, replace(after, facts=facts)).otherwise
    assert [each.what for each in found] == ["stages", "feedback", "model", "image of python"]
    assert changes(*example()).otherwise == ()


def test_another_prompt_is_told_and_no_warning() -> None:
    before, after = (run(name, [draw(1, True, template=f"first@{name}")]) for name in ("old", "new"))
    one, other = (replace(FACTS, metadata=(Setting(name="commit", value=each),)) for each in ("a1", "b2"))
    report = ChangeReport(changes=changes(replace(before, facts=one), replace(after, facts=other))).as_text()
    assert "first prompt differs: first@old → first@new" in report
    assert "commit differs: a1 → b2" in report
    assert "warning" not in report


def test_a_run_of_errored_draws_only_has_no_other_prompt() -> None:
    before = run("old", [draw(1, True, template="first@old")])
    assert changes(before, run("new", [draw(1, None)])).noted == ()


def report_of(found: Changes, *gates: str) -> ChangeReport:
    return ChangeReport(changes=found, gates=judge_all([parse_gate(text) for text in gates], found.after, found.before))


def test_the_json_fits_its_schema() -> None:
    report = report_of(changes(*example(), by=("tag",)), "max_regression=2", "pass@1>=0.5", "cost_usd<=1")
    plain = json.loads(json.dumps(report.as_json()))
    SCHEMA.validate(plain)
    assert [gate["outcome"] for gate in plain["gates"]] == ["cannot tell", "cannot tell", "cannot tell"]
    assert plain["outcome"] == "cannot tell"
    none = json.loads(json.dumps(ChangeReport(changes=changes(run("a", []), run("b", []))).as_json()))
    SCHEMA.validate(none)
    assert none["outcome"] is None


def test_the_text_says_what_moved() -> None:
    text = report_of(changes(*example(), by=("tag",)), "pass@1>=0.5").as_text()
    for words in (
        "warning: 1 pairs lack a verdict",
        "pairs that flipped: 1 lost, 2 won",
        "pass@1 at the end by tag",
        "assertion → passes",
        "cannot tell: pass@1>=0.5: pass@1 is 60.0 %",
    ):
        assert words in text


def test_hostile_words_act_nowhere() -> None:
    hostile = "\x1b[31m<script>|`@x"
    before, after = run(hostile, [draw(1, True, tags=(hostile,))]), run("new", [draw(1, False, hidden_error=hostile)])
    report = ChangeReport(changes=changes(before, after, by=("tag",)))
    assert "\x1b" not in report.as_text()
    assert "\x1b" not in report.as_markdown()
    assert "<script>" not in report.as_markdown()


def test_many_flips_are_cut_in_the_table_and_whole_in_the_json() -> None:
    report = ChangeReport(changes=changes(outcomes("a", [True] * 60), outcomes("b", [False] * 60)))
    assert "60 lost, 0 won; the first 50" in report.as_text()
    assert len(report.as_json()["flips"]) == 60


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CODELOOP_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.delenv("CODELOOP_STORE", raising=False)
    with Store.open(tmp_path / "runs" / "codeloop.db") as store:
        record(store, "one")
        record(store, "two", n_right=0)
        record(store, "elsewhere", suite={"name": "other", "version": "1", "sha256": "cd" * 32})
    return tmp_path


def test_a_baseline_is_set_shown_exported_and_imported(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["baseline", "set", "main", "one"]) == 0
    assert command(["baseline", "export", "main", "main.json"]) == 0
    assert command(["baseline", "import", "main.json", "--name", "copy"]) == 0
    assert command(["baseline", "import", "main.json"]) == 0
    capsys.readouterr()
    assert command(["baseline", "list"]) == 0
    assert [line.split("\t")[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["copy", "run one"],
        ["main", "run one"],
    ]
    assert command(["baseline", "show", "copy", "--json"]) == 0
    assert capsys.readouterr().out == (stored / "main.json").read_text("utf-8")
    assert command(["baseline", "show", "main.json"]) == 0
    shown = capsys.readouterr().out
    assert "suite own 1 (abababababab); model fake" in shown
    assert "4 draws: 2 solved, 1 exhausted, 1 errored" in shown


def test_a_baseline_of_another_format_is_one_line(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (stored / "old.json").write_text('{"format": "codeloop-baseline-7"}', "utf-8")
    assert command(["baseline", "import", "old.json"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "old.json is a baseline of format 7" in said


def test_compare_takes_runs_baselines_and_files(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(["baseline", "set", "main", "one"])
    command(["baseline", "export", "main", "main.json"])
    for before in ("one", "main", "main.json"):
        assert command(["compare", before, "two", "--json"]) == 0
        plain = json.loads(capsys.readouterr().out)
        SCHEMA.validate(plain)
        assert [flip["task_id"] for flip in plain["flips"]] == ["Python/0", "Python/1"]
    assert command(["compare", "main", "two", "--by", "tag", "--format", "markdown", "--out", "out.md"]) == 0
    assert (stored / "out.md").read_text("utf-8").startswith("# Comparison\n")


def test_files_alone_need_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CODELOOP_RUNS_DIR", str(tmp_path / "runs"))
    for name, passed in (("a", [True] * 40), ("b", [False] * 40)):
        (tmp_path / f"{name}.json").write_text(snapshots.write(outcomes(name, passed)), "utf-8")
    assert command(["compare", "a.json", "b.json", "--gate", "max_regression=2"]) == 1
    assert command(["compare", "b.json", "a.json", "--gate", "max_regression=2", "--gate", "pass@1>=0.9"]) == 0
    assert (
        command(["compare", "a.json", "a.json", "--gate", "max_regression=2"]) == 6
    )  # no program is known to be the same
    (tmp_path / "none.json").write_text(snapshots.write(outcomes("none", [])), "utf-8")
    assert command(["compare", "a.json", "none.json"]) == 6
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compare", "one", "elsewhere"], "not of the same suite"),
        (["compare", "one", "tow"], "did you mean 'two'"),
        (["compare", "one", "none.json"], "none.json cannot be read"),
        (["compare", "one", "two", "--gate", "max_regression"], "give a figure and its bound"),
        (["compare", "one", "two", "--by", "tags"], "did you mean 'tag'"),
        (["baseline", "set", "two", "one"], "a run has that name"),
        (["baseline", "show", "main"], "unknown baseline 'main'"),
    ],
)
def test_a_mistake_is_one_line(
    stored: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert command(arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
