"""Suites ``injected/<language>``: their names, the check of the faults, the loop that starts from them, repairs by kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

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
from codeloop.bench import Bench
from codeloop.cli.faults import noticed
from codeloop.errors import CodeloopError, SuiteError, UnknownName
from codeloop.fault_check import LeftOut, check_faults
from codeloop.inject import Kind, inject_all, must_not_compile
from codeloop.languages import NAMES
from codeloop.metrics import wilson
from codeloop.policies import PRESETS, get_policy
from codeloop.repairs import repair_rates
from codeloop.report import fault_tables, terminal
from codeloop.report.run_report import RunReport
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker, Tests
from codeloop.store import Store
from codeloop.suites import load_suite
from codeloop.suites.injected import Injection, parse
from codeloop.tasks import Fault, HiddenTests, Task, VisibleTests
from codeloop.testing import FakeModel

RIGHT = "def double(n):\n    return n * 2\n"
WRONG = "def double(n):\n    return n + 2\n"
FAULT = Fault(kind="wrong_operator", line=2, at=28, before="*", after="+")
TASK = Task(
    id="Python/x1",
    language="python",
    statement="Double n.",
    prompt="def double(n):\n",
    entry_point="double",
    visible=VisibleTests(code="assert double(1) == 2\n"),
    hidden=HiddenTests(code="assert double(5) == 10\n"),
    reference="    return n * 2\n",
    start=WRONG,
    faults=(FAULT,),
)


# Names


def test_a_name_says_every_setting() -> None:
    injection = parse("injected/rust:seed=-3,rate=0.5,kinds=wrong_name+off_by_one,of=basics")
    assert injection == Injection(
        language="rust", seed=-3, rate=0.5, kinds=(Kind.WRONG_NAME, Kind.OFF_BY_ONE), of="basics"
    )
    assert parse(injection.name) == injection
    assert injection.name == "injected/rust:seed=-3,rate=0.5,kinds=wrong_name+off_by_one,of=basics"


def test_a_bare_name_is_one_fault_in_every_task_of_humaneval_x() -> None:
    assert parse("injected/go") == Injection(language="go")
    assert parse("injected/go").name == "injected/go:seed=0,rate=1,of=humaneval-x"


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("injected/pyhton", UnknownName, "did you mean 'python'"),
        ("injected/", UnknownName, "python"),
        ("injected/python:sead=1", UnknownName, "seed"),
        ("injected/python:kinds=of_by_one", UnknownName, "off_by_one"),
        ("injected/python:seed=x", SuiteError, "seed=x"),
        ("injected/python:seed", SuiteError, "seed=3"),
        ("injected/python:seed=1,seed=2", SuiteError, "once"),
        ("injected/python:rate=0", SuiteError, "rate=0"),
        ("injected/python:rate=nan", SuiteError, "rate=nan"),
        ("injected/python:rate=1e9", SuiteError, "rate=1e9"),
        ("injected/python:of=injected/python", SuiteError, "right ones"),
        ("injected/python:of=no-such", UnknownName, "no-such"),
        ("injected/python:of=basics,kinds=infinite_loop", SuiteError, "no fault of these kinds"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_what_can(name: str, error: type[CodeloopError], words: str) -> None:
    with pytest.raises(error) as caught:
        load_suite(name, ())
    assert words in str(caught.value)


def test_the_suite_holds_the_tasks_below_with_a_fault_each() -> None:
    suite = load_suite("injected/java:of=basics", ("python",))  # the name says the language
    below = load_suite("basics", ("java",))
    assert [task.id for task in suite.tasks] == [task.id for task in below.tasks]
    assert [replace(task, start="", faults=()) for task in suite.tasks] == list(below.tasks)
    assert all(task.start and task.faults for task in suite.tasks)
    assert suite.digest != load_suite("injected/java:of=basics,seed=1", ()).digest
    assert suite.digest == load_suite("injected/java:of=basics", ()).digest


def test_a_file_can_be_below(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    row = {
        "id": "Own/1",
        "language": "python",
        "statement": "Double n.",
        "prompt": "def double(n):\n",
        "entry_point": "double",
        "visible": ["double(1) == 2"],
        "hidden": ["double(5) == 10"],
        "reference": "    return n * 2\n",
    }
    path.write_text(json.dumps(row), encoding="utf-8")
    suite = load_suite(f"injected/python:kinds=wrong_operator,of={path}", ())
    assert suite.tasks[0].start == WRONG
    assert suite.tasks[0].faults == (FAULT,)


# The check of faults


class Judge:
    """Judges by the text: ``n * 2`` is right, and what it is told passes visible tests or does not compile."""

    def __init__(self, *, blind: bool = False, compiles: bool = True, passes: bool = False) -> None:
        self.blind, self.compiles, self.passes = blind, compiles, passes

    async def __call__(self, task: Task, candidate: Candidate, tests: Tests) -> Verdict:
        is_right = "n * 2" in candidate.code or self.passes or (self.blind and isinstance(tests, VisibleTests))
        if not self.compiles and not is_right:
            return Verdict(reports=(StageReport(stage="compile", status=Status.FAILED, outcome="types"),))
        case = CaseResult(name="1", status=CaseStatus.PASSED if is_right else CaseStatus.FAILED, expression="double(1)")
        status = Status.PASSED if is_right else Status.FAILED
        outcome = "ok" if is_right else "wrong_answer"
        compiled = StageReport(stage="compile", status=Status.PASSED, outcome="ok")
        return Verdict(reports=(compiled, StageReport(stage="test", status=status, outcome=outcome, cases=(case,))))


def as_kind(kind: Kind, language: str = "python") -> Task:
    return replace(TASK, language=language, faults=(replace(FAULT, kind=kind.value),))


@pytest.mark.parametrize(
    ("task", "tester", "left_out"),
    [
        (TASK, Judge(), None),
        (TASK, Judge(blind=True), None),
        (TASK, Judge(passes=True), LeftOut.PASSES),
        (as_kind(Kind.SYNTAX), Judge(), LeftOut.COMPILES),
        (as_kind(Kind.SYNTAX), Judge(compiles=False), None),
        (as_kind(Kind.WRONG_NAME), Judge(), None),
        (as_kind(Kind.WRONG_NAME, "java"), Judge(), LeftOut.COMPILES),
    ],
)
def test_a_fault_that_is_not_what_it_should_be_is_left_out(task: Task, tester: Judge, left_out: LeftOut | None) -> None:
    (judged,) = anyio.run(check_faults, (task,), tester)
    assert judged.left_out is left_out


def test_the_table_says_where_visible_tests_find_the_faults_and_which_they_do_not() -> None:
    async def main() -> list[Any]:
        judged = [
            *await check_faults((TASK, replace(as_kind(Kind.SYNTAX), id="Python/x2")), Judge()),
            *await check_faults((replace(TASK, id="Python/x3"),), Judge(blind=True)),
            *await check_faults((replace(TASK, id="Python/x4"),), Judge(passes=True)),
            *await check_faults((replace(TASK, id="Python/x5"),), Judge(compiles=False)),
        ]
        return [fault_tables.found_rows(judged), fault_tables.found(judged)]

    (_, columns, rows), plain = anyio.run(main)
    table = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
    expected = {"n": "4", "passes": "1", "compile": "1", "wrong answer": "1", "none": "1"}
    assert table["wrong_operator"].items() >= expected.items()
    assert table["syntax"].items() >= {"n": "1", "compiles": "1", "wrong answer": ""}.items()
    assert table["total"].items() >= {"n": "5", "passes": "1", "compiles": "1"}.items()
    assert [row["left_out"] for row in plain] == [None, LeftOut.COMPILES, None, LeftOut.PASSES, None]
    assert [row["visible"]["outcome"] for row in plain] == ["wrong_answer", "wrong_answer", "ok", "ok", "types"]
    assert plain[0]["faults"] == [{"kind": "wrong_operator", "line": 2}]


def test_no_visible_tests_are_not_visible_tests_that_pass() -> None:
    bare = replace(TASK, visible=VisibleTests(code=""))
    judged = anyio.run(check_faults, (bare,), Judge(blind=True))
    assert fault_tables.place(judged[0]) == fault_tables.NO_TESTS


# The loop and the run


def run_bench(
    store: Store, tasks: tuple[Task, ...], answers: list[str], prompts: list[Prompt], policy: str = "default"
) -> tuple[Trajectory, ...]:
    def answer(prompt: Prompt) -> str:
        prompts.append(prompt)
        return f"```python\n{answers[prompt.iteration - 1]}```"

    async def ended(_: Trajectory) -> None:
        pass

    async def main() -> tuple[Trajectory, ...]:
        chosen = await noticed(tasks, Judge(), store, "r")
        model = FakeModel(answer)
        bench = Bench(
            run_id="r",
            tasks=chosen,
            draws=1,
            policy_of=lambda *_: get_policy(policy),
            model=model,
            check=Judge(),
            store=store,
        )
        return await bench.run(ended)

    return anyio.run(main)


@pytest.fixture
def store(tmp_path: Path):
    found = Store.open(tmp_path / "codeloop.db")
    found.new_run("r", {"max_iterations": 3, "ks": [1]})
    yield found
    found.close()


def test_the_loop_starts_from_the_faulty_program_without_asking(store: Store) -> None:
    prompts: list[Prompt] = []
    (trajectory,) = run_bench(store, (TASK,), [RIGHT], prompts, "repair")
    first = trajectory.attempts[0]
    assert first.candidate == Candidate(code=WRONG)
    assert first.completion.finish_reason == "given"
    assert (first.completion.usage.prompt_tokens, first.completion.usage.completion_tokens) == (0, 0)
    assert first.completion.cost_usd == 0.0
    assert [prompt.iteration for prompt in prompts] == [1]
    assert WRONG.strip() in prompts[0].messages[-1].content
    assert trajectory.ending is Ending.SOLVED
    assert [trajectory.passed_by(i) for i in range(2)] == [False, True]


@pytest.mark.parametrize("preset", PRESETS)
def test_under_every_policy_the_first_program_is_the_given_one(preset: str, store: Store) -> None:
    prompts: list[Prompt] = []
    (trajectory,) = run_bench(store, (TASK,), [RIGHT] * 20, prompts, preset)
    assert trajectory.attempts[0].candidate == Candidate(code=WRONG)
    assert all(prompt.iteration > 0 for prompt in prompts)
    assert bool(prompts) == (preset != "single")


def test_extraction_does_not_mend_a_given_program(store: Store) -> None:
    broken = "import os\nprint('on loading')\n" + WRONG.replace(":", "")
    (trajectory,) = run_bench(store, (replace(TASK, start=broken),), [RIGHT], [])
    assert trajectory.attempts[0].candidate == Candidate(code=broken)


def test_no_prompt_names_the_fault(store: Store) -> None:
    prompts: list[Prompt] = []
    run_bench(store, (TASK,), [WRONG + "# a\n", WRONG + "# b\n", RIGHT], prompts)
    text = "\n".join(message.content for prompt in prompts for message in prompt.messages)
    assert prompts
    assert "wrong_operator" not in text
    assert "n * 2" not in text


def test_a_run_leaves_out_faults_that_nothing_notices_and_keeps_its_choice(store: Store) -> None:
    unnoticed = replace(TASK, id="Python/x2", start=RIGHT + "\n")
    run_bench(store, (TASK, unnoticed), [RIGHT], [])
    facts = store.load_run("r").config["facts"]
    assert facts["faults"] == {"Python/x1": [["wrong_operator", 2]]}
    assert facts["faults_left_out"] == [["Python/x2", "wrong_operator", "passes the hidden tests"]]

    async def refuses(*_: Any) -> Verdict:
        raise AssertionError("judged again")

    assert anyio.run(noticed, (TASK, unnoticed), refuses, store, "r") == (TASK,)


def test_a_run_without_faulty_programs_notes_none(store: Store) -> None:
    plain = replace(TASK, start="", faults=())
    assert anyio.run(noticed, (plain,), Judge(), store, "r") == (plain,)
    assert "facts" not in store.load_run("r").config


def test_every_report_of_the_run_tells_repairs_by_kind(store: Store) -> None:
    other = replace(TASK, id="Python/x2", faults=(replace(FAULT, kind="off_by_one"),))
    run_bench(store, (TASK, other), [RIGHT], [])
    report = RunReport.from_store(store, "r")
    repairs = {row["kind"]: [rate["value"] for rate in row["rates"]] for row in report.as_json()["repairs"]}
    assert repairs == {"off_by_one": [0, 1, 1, 1], "wrong_operator": [0, 1, 1, 1], "total": [0, 1, 1, 1]}
    for text in (report.as_text(), report.as_markdown().replace("\\", "")):
        assert "repairs by kind of fault" in text
        assert "wrong_operator" in text
        assert "100.0 [34.2, 100.0]" in text
    stored = json.dumps(store.load_run("r").config)
    assert "n * 2" not in stored  # kinds and lines, no text of a task


# Repairs


def trajectory(task_id: str, *passed: bool | None) -> Trajectory:
    def verdict(is_right: bool) -> Verdict:
        status = Status.PASSED if is_right else Status.FAILED
        return Verdict(reports=(StageReport(stage="test", status=status, outcome="ok"),))

    prompt = Prompt(messages=(), template="t")
    attempts = tuple(
        Attempt(
            iteration=i,
            prompt=prompt,
            completion=Completion(text="", finish_reason="stop"),
            candidate=Candidate(code=str(i)),
            verdict=verdict(False),
            handed_over=i,
        )
        for i, _ in enumerate(passed)
    )
    hidden = tuple(None if is_right is None else verdict(is_right) for is_right in passed)
    return Trajectory(
        task_id=task_id, language="python", draw=0, ending=Ending.EXHAUSTED, attempts=attempts, hidden=hidden
    )


def test_repairs_count_by_kind_with_wilson_intervals_and_n() -> None:
    trajectories = [
        trajectory("a", False, True),
        trajectory("b", False, False, True),
        trajectory("c", False, None),
        trajectory("d", False, False),
        trajectory("plain", True),
    ]
    kinds = {"a": ["syntax"], "b": ["syntax", "wrong_name"], "c": ["syntax"], "d": ["wrong_name"]}
    rows = {row.kind: row.rates for row in repair_rates(trajectories, kinds, 2)}
    assert list(rows) == ["syntax", "wrong_name", "total"]
    assert [(rate.value, rate.n_tasks) for rate in rows["syntax"]] == [(0, 3), (0.5, 2), (1, 2)]
    assert [(rate.value, rate.n_tasks) for rate in rows["total"]] == [(0, 4), (1 / 3, 3), (2 / 3, 3)]
    assert (rows["total"][2].low, rows["total"][2].high) == wilson(2, 3)
    assert repair_rates(trajectories, {}, 2) == ()


def test_a_missing_rate_is_missing_and_not_none_repaired() -> None:
    rows = repair_rates([trajectory("a", None)], {"a": ["syntax"]}, 1)
    assert rows[0].rates[0].value is None
    assert "–" in terminal.render([fault_tables.repair_rows(rows)])


# Real cells


@pytest.mark.parametrize("language", [pytest.param(name, marks=pytest.mark.docker(name)) for name in NAMES])
def test_real_tests_notice_the_faults_of_basics(language: str) -> None:
    kinds = tuple(kind for kind in Kind if kind is not Kind.INFINITE_LOOP)  # each takes the whole time limit twice
    tasks = inject_all(load_suite("basics", (language,)).tasks, seed=0, rate=1, kinds=kinds)

    async def main() -> list[Any]:
        sandbox = DockerSandbox(run_id=f"test-faults-{language}", jobs=2)
        try:
            return list(await check_faults(tasks, Checker(sandbox=sandbox)))
        finally:
            await sandbox.aclose()

    judged = anyio.run(main)
    wrong = [(j.task.id, j.kinds, j.left_out) for j in judged if j.left_out not in {None, LeftOut.PASSES}]
    assert wrong == []
    assert sum(j.left_out is None for j in judged) >= 15  # of 18: now and then a fault changes nothing
    assert any(must_not_compile(kind, language) for j in judged for kind in j.kinds)


@pytest.mark.docker("python")
def test_the_command_line_grades_faults_and_benches_from_them(tmp_path: Path) -> None:
    def codeloop(*arguments: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "codeloop", *arguments, "--json"],
            env=os.environ | {"CODELOOP_RUNS_DIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[1])},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    name = "injected/python:of=basics,kinds=syntax+wrong_operator"
    graded = codeloop("grade", name)
    assert {row["faults"][0]["kind"] for row in graded["programs"]} == {"syntax", "wrong_operator"}
    assert {row["visible"]["stage"] for row in graded["programs"] if row["faults"][0]["kind"] == "syntax"} == {
        "compile"
    }
    cassette = (
        Path(__file__).parent / "cassettes" / "basics.jsonl"
    )  # it holds no answer to these prompts: none is asked
    benched = codeloop(
        "bench", name, "--tasks", "Python/b1,Python/b2", "--max-iterations", "0", "--model", f"replay:{cassette}"
    )
    assert benched["suite"]["name"] == "injected/python:seed=0,rate=1,kinds=wrong_operator+syntax,of=basics"
    assert set(benched["faults"]) == {"Python/b1", "Python/b2"}
    assert benched["repairs"][-1]["rates"][0]["value"] == 0
    assert benched["model_calls"]["made"] == 0
