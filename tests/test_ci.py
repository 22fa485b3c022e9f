"""CI: which runs a project plans, what its gates make of them, and the one exit code."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from junitparser import JUnitXml
from runs import FACTS, draw, outcomes, run

from codeloop import baselines
from codeloop.attempts import Ending, Trajectory
from codeloop.ci.judging import assign, compare_runs, gate_of, judge_runs
from codeloop.ci.plan import Planned, plan
from codeloop.ci.results import CiResult, CiRun, Judged, Unrecorded
from codeloop.cli import ci, github
from codeloop.errors import InvalidProject
from codeloop.gates import Outcome, judge, parse_gate
from codeloop.project.gate import Gate as ProjectGate
from codeloop.project.load import Loaded, load
from codeloop.report.ci.files import CiReport
from codeloop.report.ci.summary import MAX_CHARS, as_markdown, as_text
from codeloop.report.ci.tests import as_junit
from codeloop.report.ci.warnings import as_sarif
from codeloop.report.run_report import RunReport
from codeloop.snapshots import Snapshot, write
from codeloop.store import Store

PROJECT = """
version: 1
suites:
  - {name: basics, languages: [python], tags: [small]}
  - {name: humaneval-x, languages: [python, java]}
models: [{model: local}, {model: "local:1.5b"}]
"""
RIGHT = outcomes("now", [True] * 164)


def loaded(folder: Path, text: str = PROJECT) -> Loaded:
    (folder / "codeloop.yaml").write_text(text, "utf-8")
    return load(folder / "codeloop.yaml")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(str(tmp_path / "codeloop.db"))
    yield opened
    opened.close()


def a_run(label: str = "basics", snapshot: Snapshot | None = RIGHT, **changes: object) -> CiRun:
    usual = {"suite": label, "model": "local", "run_id": "r-1", "n_expected": len(snapshot.draws) if snapshot else None}
    return CiRun(label=label, snapshot=snapshot, **(usual | changes))  # type: ignore[arg-type]


def a_result(*runs: CiRun, gates: tuple[Judged, ...] = (), **rest: object) -> CiResult:
    return CiResult(project="codeloop.yaml", session="s", created_s=0.0, runs=runs, gates=gates, **rest)  # type: ignore[arg-type]


def judged(
    planned: tuple[Planned, ...], project: Loaded, store: Store, *runs: CiRun
) -> list[tuple[str, str, str, int | None]]:
    found = judge_runs(assign(project, planned, store), runs, project.gate_lines)
    return [(each.label, str(each.result.outcome), each.result.why, each.line) for each in found]


def test_every_suite_is_run_by_every_model_with_every_prompt_under_a_label_that_stays(tmp_path: Path) -> None:
    assert [each.label for each in plan(loaded(tmp_path))] == [
        "basics.local",
        "basics.local-1.5b",
        "humaneval-x.local",
        "humaneval-x.local-1.5b",
    ]
    one = PROJECT.replace('models: [{model: local}, {model: "local:1.5b"}]', "models: [{model: local}]")
    assert [each.label for each in plan(loaded(tmp_path, one))] == ["basics", "humaneval-x"]
    alike = PROJECT.replace("{model: local}", "{model: 'local-1.5b'}")
    assert [each.label for each in plan(loaded(tmp_path, alike))][:2] == ["basics.local-1.5b", "basics.local-1.5b-2"]


def test_no_two_runs_have_one_label(tmp_path: Path) -> None:
    (tmp_path / "tasks.yaml").write_text("tasks: []\n", "utf-8")
    names = ("a/b", "a-b", "a-b-2", "a-b-2-2", "A-B")
    suites = "".join(f"  - {{name: {name}, file: tasks.yaml}}\n" for name in names)
    labels = [each.label for each in plan(loaded(tmp_path, f"version: 1\nsuites:\n{suites}"))]
    assert labels == ["a-b", "a-b-2", "a-b-2-2", "a-b-2-2-2", "A-B-3"]
    assert len({label.lower() for label in labels}) == len(labels), "folders of some disks know no case"


def test_a_gate_is_about_the_runs_of_its_tag_and_language_only(tmp_path: Path, store: Store) -> None:
    text = PROJECT + "gates: [{metric: pass@1, min: 0.5, tag: small}, {metric: errored, max: 0.1, language: java}]\n"
    project = loaded(tmp_path, text)
    labels = [(each.number, each.label) for each in assign(project, plan(project), store)]
    assert labels == [
        (0, "basics.local"),
        (0, "basics.local-1.5b"),
        (1, "humaneval-x.local"),
        (1, "humaneval-x.local-1.5b"),
    ]


TASK = {"statement": "s", "prompt": "p", "entry_point": "f", "visible": [], "hidden": ["f(1) == 2"]}


def tasks_file(path: Path, *tasks: dict[str, object]) -> None:
    path.write_text("".join(json.dumps(TASK | {"id": f"T/{i}"} | task) + "\n" for i, task in enumerate(tasks)), "utf-8")


OWN = """
version: 1
suites:
  - {name: py, file: py.jsonl}
  - {name: go, file: go.jsonl, tags: [slow]}
  - {name: basics}
  - {name: c-basics}
gates:
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    tasks_file(tmp_path / "py.jsonl", {"language": "python", "tags": ["lists"]}, {"language": "python"})
    tasks_file(tmp_path / "go.jsonl", {"language": "go"})
    return tmp_path


@pytest.mark.parametrize(
    ("gate", "labels"),
    [
        ("language: python", ["py", "basics"]),
        ("language: java", ["basics"]),
        ("language: go", ["go"]),
        ("language: rust", ["c-basics"]),
        ("tag: lists", ["py"]),
        ("tag: slow", ["go"]),
    ],
)
def test_a_gate_is_about_the_runs_whose_tasks_have_its_language_or_tag(
    gate: str, labels: list[str], own: Path, store: Store
) -> None:
    project = loaded(own, f"{OWN}  - {{metric: pass@1, min: 0.5, {gate}}}\n")
    assert [each.label for each in assign(project, plan(project), store)] == labels


def test_a_gate_on_what_no_task_has_is_refused(own: Path) -> None:
    with pytest.raises(InvalidProject, match="no suite is run in cpp"):
        loaded(own, f"{OWN}  - {{metric: pass@1, min: 0.5, language: cpp}}\n")
    with pytest.raises(InvalidProject, match="no suite has the tag 'list'; did you mean 'lists'"):
        loaded(own, f"{OWN}  - {{metric: pass@1, min: 0.5, tag: list}}\n")
    with pytest.raises(InvalidProject, match="no suite has the tag 'lists'"):
        text = OWN.replace("py.jsonl}", "py.jsonl, tasks: [T/1]}")
        loaded(own, f"{text}  - {{metric: pass@1, min: 0.5, tag: lists}}\n")


def test_a_gate_of_the_project_is_the_gate_that_compare_takes() -> None:
    assert gate_of(ProjectGate(min=0.8, metric="pass@10", iteration=1, strict=True)) == parse_gate(
        "pass@10>=0.8:iteration=1:strict"
    )
    assert gate_of(ProjectGate(max_regression=2, baseline="main")) == parse_gate("max_regression=2")
    assert gate_of(ProjectGate(metric="cost_usd", max=2, language="java")) == parse_gate("cost_usd<=2:language=java")


RELATIVE = """
version: 1
suites: [{name: basics, languages: [python]}]
gates:
  - baseline: main
    max_regression: 2
"""


def test_a_baseline_is_that_of_the_run_else_that_of_the_project_and_none_is_no_pass(
    tmp_path: Path, store: Store
) -> None:
    project = loaded(tmp_path, RELATIVE)
    planned, now = plan(project), a_run()
    [(_, outcome, why, line)] = judged(planned, project, store, now)
    assert (outcome, why) == ("cannot tell", "there is no baseline main yet: codeloop baseline set main r-1")
    assert line == 5
    baselines.set_baseline(store, "main", outcomes("main", [True] * 164))
    assert judged(planned, project, store, now)[0][1] == "not shown to regress"
    baselines.set_baseline(store, "main/basics", outcomes("main/basics", [False] * 164))
    assert "rose by 100.0 points" in judged(planned, project, store, now)[0][2]
    other = a_run(snapshot=replace(RIGHT, facts=replace(FACTS, suite_sha256="cd" * 32)))
    assert "is of another suite" in judged(planned, project, store, other)[0][2]
    assert compare_runs(assign(project, planned, store), [other]) == ()


TWO_SUITES = RELATIVE.replace("languages: [python]}", "languages: [python]}, {name: humaneval-x, languages: [python]}")
OTHER_SUITE = replace(RIGHT, facts=replace(FACTS, suite="another", suite_sha256="cd" * 32))


def test_a_run_of_a_suite_that_the_baseline_is_not_of_cannot_tell(tmp_path: Path, store: Store) -> None:
    project = loaded(tmp_path, TWO_SUITES)
    baselines.set_baseline(store, "main", outcomes("main", [True] * 164))
    found = judged(plan(project), project, store, a_run(), a_run("humaneval-x", OTHER_SUITE, run_id="r-2"))
    assert [(label, outcome) for label, outcome, *_ in found] == [
        ("basics", "not shown to regress"),
        ("humaneval-x", "cannot tell"),
    ]
    assert found[1][2] == (
        "there is no baseline of suite humaneval-x: main is of basics: codeloop baseline set main/humaneval-x r-2"
    )


def followed(found: list[tuple[str, str, str, int | None]], store: Store, *runs: CiRun) -> None:
    """Do what each gate that cannot tell says: ``codeloop baseline set NAME RUN``."""
    by_id = {run.run_id: run.snapshot for run in runs}
    for _, _, why, _ in found:
        name, run_id = why.split("codeloop baseline set ")[1].split()
        snapshot = by_id[run_id]
        assert snapshot
        baselines.set_baseline(store, name, snapshot)


def test_what_is_said_of_missing_baselines_can_be_followed_for_several_suites(tmp_path: Path, store: Store) -> None:
    project = loaded(tmp_path, TWO_SUITES)
    runs = (a_run(), a_run("humaneval-x", OTHER_SUITE, run_id="r-2"))
    first = judged(plan(project), project, store, *runs)
    assert [outcome for _, outcome, *_ in first] == ["cannot tell", "cannot tell"]
    followed(first, store, *runs)
    worse = a_run(snapshot=outcomes("now", [False] * 164))
    found = judged(plan(project), project, store, worse, runs[1])
    assert [outcome for _, outcome, *_ in found] == ["regressed", "not shown to regress"]


def test_suites_of_one_name_are_told_apart_by_their_tasks(tmp_path: Path, store: Store) -> None:
    """Two files ``a/tasks.yaml`` and ``b/tasks.yaml`` are both called tasks."""
    project = loaded(tmp_path, TWO_SUITES)
    baselines.set_baseline(store, "main", outcomes("main", [True] * 164))
    alike = replace(OTHER_SUITE, facts=replace(OTHER_SUITE.facts, suite=FACTS.suite))
    found = judged(plan(project), project, store, a_run(), a_run("humaneval-x", alike, run_id="r-2"))
    assert [outcome for _, outcome, *_ in found] == ["not shown to regress", "cannot tell"]
    assert found[1][2] == (
        "there is no baseline of suite humaneval-x: main is of basics: codeloop baseline set main/humaneval-x r-2"
    )


def test_a_run_is_shown_beside_each_baseline_file_whatever_its_folder(tmp_path: Path, store: Store) -> None:
    for folder, passed in (("a", True), ("b", False)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "main.json").write_text(write(outcomes("x", [passed] * 164)), "utf-8")
    text = RELATIVE.replace("main", "a/main.json") + "  - {baseline: b/main.json, max_regression: 2}\n"
    project = loaded(tmp_path, text)
    assigned = assign(project, plan(project), store)
    compared = compare_runs(assigned, [a_run()])
    assert [changes.before.name for _, changes in compared] == ["a/main.json", "b/main.json"]
    results = judge_runs(assigned, [a_run()], project.gate_lines)
    assert [each.result.baseline for each in results] == ["a/main.json", "b/main.json"]


def of_model(model: str, passed: bool, template: str = "") -> Snapshot:
    rows = tuple(replace(row, template=template) for row in outcomes("now", [passed] * 164).draws)
    return Snapshot(name="now", facts=replace(FACTS, model=f"{model}@1"), draws=rows)


def test_no_model_is_judged_by_the_baseline_of_another(tmp_path: Path, store: Store) -> None:
    project = loaded(tmp_path, RELATIVE + 'models: [{model: local}, {model: "local:1.5b"}]\n')
    runs = (
        a_run("basics.local", of_model("small", True)),
        a_run("basics.local-1.5b", of_model("large", False), run_id="r-2"),
    )
    baselines.set_baseline(store, "main", of_model("large", False))
    found = judged(plan(project), project, store, *runs)
    assert found[0][2] == (
        "there is no baseline of model small: main is of large: codeloop baseline set main/basics.local r-1"
    )
    assert "stayed the same" in found[1][2]
    assert [label for label, _ in compare_runs(assign(project, plan(project), store), runs)] == ["basics.local-1.5b"]
    followed(found[:1], store, *runs)
    worse = a_run("basics.local", of_model("small", False))
    assert [outcome for _, outcome, *_ in judged(plan(project), project, store, worse, runs[1])] == [
        "regressed",
        "not shown to regress",
    ]


def test_a_model_at_two_endpoints_is_told_apart_while_neither_changes(tmp_path: Path, store: Store) -> None:
    two = "models: [{model: o/m, api_base: 'http://a/v1'}, {model: o/m, api_base: 'http://b/v1'}]\n"
    project = loaded(tmp_path, RELATIVE + two)
    at = {end: replace(RIGHT, facts=replace(FACTS, model=f"o/m@http://{end}/v1")) for end in "ab"}
    baselines.set_baseline(store, "main", at["a"])
    runs = (a_run("basics.o-m", at["a"]), a_run("basics.o-m-2", at["b"], run_id="r-2"))
    found = judged(plan(project), project, store, *runs)
    assert [outcome for _, outcome, *_ in found] == ["not shown to regress", "cannot tell"]
    assert "no baseline of model o/m@http://b/v1: main is of o/m@http://a/v1" in found[1][2]


def test_runs_that_say_the_same_of_themselves_need_a_baseline_each(tmp_path: Path, store: Store) -> None:
    """Two recordings may name one model."""
    project = loaded(tmp_path, RELATIVE + 'models: [{model: local}, {model: "local:1.5b"}]\n')
    runs = (a_run("basics.local", suite="basics"), a_run("basics.local-1.5b", suite="basics", run_id="r-2"))
    baselines.set_baseline(store, "main", RIGHT)
    found = judged(plan(project), project, store, *runs)
    assert found[0][2] == (
        "there is no baseline of basics.local alone: main may be of basics.local-1.5b: "
        "codeloop baseline set main/basics.local r-1"
    )
    followed(found, store, *runs)
    again = judged(plan(project), project, store, *runs)
    assert [outcome for _, outcome, *_ in again] == ["not shown to regress"] * 2


def test_no_prompt_is_judged_by_the_baseline_of_another(tmp_path: Path, store: Store) -> None:
    for name in ("v1", "v2"):
        (tmp_path / f"{name}.j2").write_text("{{ question.statement }}\n", "utf-8")
    project = loaded(tmp_path, RELATIVE + "prompts: [{version: v1, file: v1.j2}, {version: v2, file: v2.j2}]\n")
    baselines.set_baseline(store, "main", of_model("small", True, "v1@11"))
    runs = (
        a_run("basics.v1", of_model("small", True, "v1@22")),
        a_run("basics.v2", of_model("small", True, "v2@33"), run_id="r-2"),
    )
    found = judged(plan(project), project, store, *runs)
    assert [outcome for _, outcome, *_ in found] == ["not shown to regress", "cannot tell"]
    assert "no baseline of prompt v2: main is of v1: codeloop baseline set main/basics.v2 r-2" in found[1][2]


def test_a_run_is_told_of_once_where_each_suite_has_a_file_and_a_gate(tmp_path: Path, store: Store) -> None:
    (tmp_path / "own.json").write_text(write(RIGHT), "utf-8")
    text = TWO_SUITES.replace("main", "own.json")
    runs = (a_run(), a_run("humaneval-x", OTHER_SUITE))
    project = loaded(tmp_path, text)
    [_, (_, outcome, why, _)] = judged(plan(project), project, store, *runs)
    assert outcome == "cannot tell"
    assert why.endswith("give it a gate with a file of its own, from runs/humaneval-x/baseline.json")
    (tmp_path / "another.json").write_text(write(OTHER_SUITE), "utf-8")
    project = loaded(tmp_path, text + "  - {baseline: another.json, max_regression: 2}\n")
    found = judged(plan(project), project, store, *runs)
    assert [(label, outcome) for label, outcome, *_ in found] == [
        ("basics", "not shown to regress"),
        ("humaneval-x", "not shown to regress"),
    ]


def test_a_run_of_which_trajectories_are_missing_passes_no_gate_but_can_fail_one(tmp_path: Path, store: Store) -> None:
    text = "version: 1\nsuites: [{name: basics}]\ngates: [{metric: pass@1, min: 0.5}]\n"
    project = loaded(tmp_path, text)
    partial = a_run(n_expected=200)
    [(_, outcome, why, _)] = judged(plan(project), project, store, partial)
    assert outcome == "cannot tell"
    assert why.endswith("but only 164 of 200 trajectories are recorded")
    bad = a_run(snapshot=outcomes("now", [False] * 164), n_expected=200)
    assert judged(plan(project), project, store, bad)[0][1] == "failed"
    nothing = a_run(snapshot=None, problem="docker is missing", exit_code=2)
    assert judged(plan(project), project, store, nothing)[0][2] == "nothing was recorded: docker is missing"


def gate_result(outcome: str) -> Judged:
    gates = {"passed": "pass@1>=0.5", "failed": "pass@1>=0.5", "cannot tell": "max_regression=2"}
    snapshot = RIGHT if outcome != "failed" else outcomes("now", [False] * 9)
    return Judged(label="basics", result=judge(parse_gate(gates[outcome]), snapshot), line=7)


LACKING = (Unrecorded(draw=0, iteration=1, template="t", digest="d"),)


@pytest.mark.parametrize(
    ("runs", "gates", "code"),
    [
        ([a_run()], [], 0),
        ([a_run()], ["passed"], 0),
        ([a_run()], ["passed", "failed", "cannot tell"], 1),
        ([a_run()], ["passed", "cannot tell"], 6),
        ([a_run(exit_code=3)], ["passed"], 3),
        ([a_run(exit_code=3)], ["failed"], 1),
        ([a_run(exit_code=4)], ["failed"], 4),
        ([a_run(exit_code=2, problem="no such model")], [], 2),
        ([a_run(exit_code=5)], ["cannot tell"], 5),
        ([a_run(), a_run(exit_code=130)], ["failed"], 130),
        ([a_run(n_expected=200)], ["passed"], 6),
        ([a_run(unrecorded=LACKING)], ["passed"], 6),
        ([a_run(unrecorded=LACKING, exit_code=3)], ["passed"], 6),
        ([a_run(unrecorded=LACKING, exit_code=130)], ["failed"], 130),
        ([a_run(unrecorded=LACKING, exit_code=70)], ["passed"], 70),
        ([a_run(unrecorded=LACKING, exit_code=4)], ["passed"], 4),
        ([a_run(unrecorded=LACKING, exit_code=2)], ["passed"], 2),
        ([], [], 5),
    ],
)
def test_the_exit_code_is_the_gravest_of_runs_and_gates(runs: list[CiRun], gates: list[str], code: int) -> None:
    assert a_result(*runs, gates=tuple(map(gate_result, gates))).exit_code == code


def test_junit_tells_failed_gates_from_those_that_cannot_tell(tmp_path: Path) -> None:
    result = a_result(a_run(), gates=tuple(map(gate_result, ["passed", "failed", "cannot tell"])))
    suites = list(JUnitXml.fromstring(as_junit(result, {}).encode()))
    assert [suite.name for suite in suites] == ["gates", "basics"]
    kinds = [[type(kind).__name__ for kind in case.result] for case in suites[0]]
    assert kinds == [[], ["Failure"], ["Skipped"]]


@pytest.mark.parametrize("error", ["\x1b[0m", "\n", "\x1b[31m\x1b[0m"])
def test_an_error_without_a_first_line_is_named_by_its_kind(error: str) -> None:
    cut = Trajectory(task_id="Python/1", language="python", draw=0, ending=Ending.ERRORED, error=error)
    report = RunReport(run_id="r-1", settings={}, facts={}, trajectories=(cut,))
    result = a_result(a_run(problem=error))
    (suite,) = JUnitXml.fromstring(as_junit(result, {"basics": report}).encode())
    assert [case.result[0].message for case in suite] == ["errored", "partial"]


def test_a_file_that_cannot_be_made_costs_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Broken(CiReport):
        def files(self) -> Mapping[str, Callable[[], str]]:
            return {"junit.xml": lambda: str(int("no number")), "summary.md": lambda: "text"}

    bugs: list[Exception] = []
    lines = ci._write(Broken(result=a_result(a_run()), reports={}), tmp_path, bugs)
    assert lines == (f"{tmp_path}/junit.xml cannot be made: a bug of codeloop: ValueError",)
    assert lines[0] in capsys.readouterr().err
    assert [type(bug) for bug in bugs] == [ValueError]
    assert (tmp_path / "summary.md").read_text("utf-8") == "text"


def test_sarif_points_at_the_gates_line() -> None:
    result = a_result(a_run(), gates=tuple(map(gate_result, ["passed", "failed", "cannot tell"])))
    part = json.loads(as_sarif(result, {}))["runs"][0]
    assert [(each["ruleId"], each["level"]) for each in part["results"]] == [
        ("gate-not-met", "error"),
        ("gate-cannot-tell", "warning"),
    ]
    place = part["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "codeloop.yaml"}, "region": {"startLine": 7}}


def test_the_summary_fits_a_comment_and_shows_what_matters_first() -> None:
    long = tuple(replace(gate_result("failed"), label=f"run-{i} | <b> @me") for i in range(2000))
    text = as_markdown(a_result(a_run(), gates=long))
    assert text.startswith("# codeloop: failed: a gate is not met\n")
    assert len(text) <= MAX_CHARS
    assert "characters more are in results.json" in text
    assert "<b>" not in text
    assert "@me" not in text
    assert "cannot tell" in as_text(a_result(a_run(), gates=(gate_result("cannot tell"),)))


@pytest.mark.parametrize("length", [*range(59_900, 60_010), 60_100])
def test_the_summary_is_never_longer_than_it_says(length: int) -> None:
    text = as_markdown(a_result(a_run(problem="x" * length)))
    assert len(text) <= MAX_CHARS


def test_annotations_stay_within_githubs_limits_and_cannot_be_broken_out_of() -> None:
    bad = replace(gate_result("failed"), label="a\n::error::forged%0A")
    lines = github.annotated(a_result(a_run(), gates=(bad,) * 25 + (gate_result("cannot tell"),)))
    errors = [line for line in lines if line.startswith("::error ")]
    assert len(errors) == github.MOST
    assert errors[-1].endswith("16 more: the job's summary lists all")
    assert errors[0].startswith(
        "::error file=codeloop.yaml,line=7,title=codeloop gate::failed: pass@1>=0.5 on a\\n::error"
    )
    assert "%250A" in errors[0]
    assert all("\n" not in line for line in lines)
    assert sum(line.startswith("::warning ") for line in lines) == 1


def test_nothing_that_is_printed_meanwhile_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    with github.commands_stopped():
        pass
    first, last = capsys.readouterr().err.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert len(token) == 32
    assert last == f"::{token}::"


def test_a_baseline_file_that_cannot_be_read_costs_no_run(tmp_path: Path, store: Store) -> None:
    (tmp_path / "main.json").write_text("{}", "utf-8")
    project = loaded(tmp_path, RELATIVE.replace("main", "main.json"))
    with pytest.raises(baselines.ConfigError, match="is no baseline"):
        assign(project, plan(project), store)
    (tmp_path / "main.json").write_text(write(run("x", [draw(0, True)])), "utf-8")
    assert assign(project, plan(project), store)[0].baseline is not None


def test_an_outcome_is_told_in_one_line() -> None:
    assert gate_result("failed").text.startswith("failed: pass@1>=0.5 on basics: pass@1 is 0.0 %")
    assert gate_result("cannot tell").result.outcome is Outcome.CANNOT_TELL
