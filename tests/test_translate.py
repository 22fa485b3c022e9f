"""Translations in the loop: a counterexample goes back to the model, a right answer ends it; ``codeloop translate``."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest
from test_ci_command import codeloop

from codeloop import policies
from codeloop.attempts import Attempt, Completion, Ending, Note, Prompt, Status, Trajectory, Usage
from codeloop.extract import extract
from codeloop.languages import get_language
from codeloop.languages.c_rust import IMAGE, DifferentialTests
from codeloop.loop import run_trajectory
from codeloop.models.replay import RecordingModel
from codeloop.reference_check import check_references
from codeloop.registry import open_checker
from codeloop.suites import load_suite
from codeloop.suites.c_functions import load_basics
from codeloop.suites.translations import HIDDEN, VISIBLE
from codeloop.tasks import Task
from codeloop.testing import FakeModel

ORIGINAL = {each.name: each for each in load_basics()}
TASKS = {task.number: task for task in load_suite("c-basics", ()).tasks}
SUM = "int sum_to(int n) { int sum = 0; for (int i = 1; i <= n && i < 1000; i++) sum += i; return sum; }\n"
RIGHT = "pub fn sum_to(n: i32) -> i32 {\n    (1..=n.min(999)).sum()\n}\n"
WRONG = "pub fn sum_to(n: i32) -> i32 {\n    (1..n.min(999)).sum()\n}\n"


def fenced(code: str) -> Completion:
    return Completion(
        text=f"```rust\n{code}```", finish_reason="stop", usage=Usage(prompt_tokens=1, completion_tokens=1)
    )


def translated(task: Task, *answers: str, cassette: Path | None = None) -> tuple[Trajectory, list[Prompt]]:
    """Run one trajectory on real cells; the model gives the answers in turn."""
    prompts: list[Prompt] = []

    def answer(prompt: Prompt) -> Completion:
        prompts.append(prompt)
        return fenced(answers[min(prompt.iteration, len(answers) - 1)])

    model = RecordingModel(FakeModel(answer), cassette) if cassette else FakeModel(answer)

    async def ignore(_: Attempt) -> None:
        return

    async def run() -> Trajectory:
        async with open_checker("test-translate", (IMAGE,), 1, print) as check:
            policy = policies.get_policy("repair")
            return await run_trajectory(task, 0, complete=model.complete, check=check, record=ignore, policy=policy)

    return anyio.run(run), prompts


def test_a_task_holds_its_original_its_contract_and_no_solution() -> None:
    task, original = TASKS["lcg_next"], ORIGINAL["lcg_next"]
    assert "// pub fn lcg_next(state: &mut State, bound: u32) -> u32 {" in task.prompt
    assert "//     lcg_state = lcg_state * 1664525u + 1013904223u;" in task.prompt
    assert all(line.startswith("//") for line in task.prompt.splitlines() if line)
    visible, hidden = DifferentialTests.read(task.visible.code), DifferentialTests.read(task.hidden.code)
    assert (visible.budget, hidden.budget) == (VISIBLE, HIDDEN)
    assert visible.known_bad == ""
    assert hidden.known_bad == original.wrong
    assert get_language(IMAGE).stub(task).code == original.wrong


def test_what_an_answer_forgot_of_the_contract_is_added() -> None:
    code = "fn lcg_next(state: &mut State, bound: u32) -> u32 {\n    state.lcg_calls += 1;\n    bound\n}\n"
    made = extract(TASKS["lcg_next"], fenced(code))
    assert made.code.startswith("pub fn lcg_next")
    assert "pub struct State {\n    pub lcg_state: u32," in made.code
    assert made.code.count("lcg_seed") == 0, "what it did not write at all is its fault"
    assert {Note.ADDED_HELPER, Note.ADDED_PUB} <= set(made.notes)
    whole = ORIGINAL["lcg_next"].reference
    assert extract(TASKS["lcg_next"], fenced(whole)).code == whole


def test_suites_of_siblings_put_the_source_above_the_prompt() -> None:
    suite = load_suite("siblings/java/python:of=basics", ())
    task = suite.tasks[0]
    assert task.prompt.startswith("# Translate this Java")
    compile(task.prompt + task.reference, "task", "exec")
    assert {each.language for each in suite.tasks} == {"python"}
    assert len(suite.tasks) == 18


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_right_translations_pass_all_stages_and_wrong_ones_do_not() -> None:
    async def run() -> list[object]:
        async with open_checker("test-translate", (IMAGE,), 2, print) as check:
            chosen = [TASKS[name] for name in ("clamp_add", "lcg_next", "count_words")]
            checker = policies.get_policy("repair:lint=gate").checker(check)
            return [*await check_references(chosen, checker, errata=frozenset())]

    assert anyio.run(run) == []


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_a_counterexample_goes_back_to_the_model_as_a_call_with_both_results() -> None:
    original = ORIGINAL["clamp_add"]
    trajectory, prompts = translated(TASKS["clamp_add"], original.wrong, original.reference)
    assert trajectory.ending is Ending.SOLVED
    first, last = (attempt.verdict for attempt in trajectory.attempts)
    assert (first.last.stage, first.last.outcome) == ("test", "wrong_answer")
    case = first.cases[0]
    assert case.expression.startswith("clamp_add(")
    assert case.expected.startswith("return = ")
    assert case.expected != case.actual
    told = prompts[1].messages[-1].content
    assert "```c-rust" not in told
    shown = [each for each in first.cases if each.expression in told]
    assert len(shown) == 1, "the smallest counterexample, as a call"
    assert f"Expected:\n```\n{shown[0].expected}\n```\nActual:\n```\n{shown[0].actual}\n```" in told
    assert last.status is Status.PASSED
    assert "inputs compared" in last.last.diagnostics[0].message


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("rust", "outcome", "said"),
    [
        ("pub fn sum_to(n: i32) -> i32 { let p = &n as *const i32; unsafe { *p } }", "refused", "must be safe Rust"),
        ("pub fn sum_to(n: i32) -> i32 { let x: u8 = n; 0 }", "types", "mismatched types"),
        ("pub fn sum_to(n: i64) -> i64 { n }", "signature", "not those that the task asks for"),
        ("pub fn sum_to(n: i32) -> i32 { (1..=n.min(65_536)).sum() }", "exception", "overflow"),
    ],
)
def test_what_is_wrong_with_a_translation_is_said_by_its_stage(
    tmp_path: Path, rust: str, outcome: str, said: str
) -> None:
    (tmp_path / "sum.c").write_text(SUM, "utf-8")
    (task,) = load_suite(str(tmp_path / "sum.c"), ()).tasks
    trajectory, _ = translated(task, rust)
    report = trajectory.attempts[0].verdict.last
    assert report.outcome == outcome
    assert any(said in item.message for item in report.diagnostics), report.diagnostics


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_translate_writes_the_program_that_was_checked(tmp_path: Path) -> None:
    (tmp_path / "sum.c").write_text(SUM + "int logf2(const char *s, ...) { return 0; }\n", "utf-8")
    (task,) = load_suite(str(tmp_path / "sum.c"), ()).tasks
    translated(task, WRONG, RIGHT, cassette=tmp_path / "c.jsonl")
    done = codeloop(tmp_path, "translate", "sum.c", "--model", "replay:c.jsonl")
    assert done.code == 0, done.err
    assert done.out.startswith("sum/sum: translated: ")
    assert "not translated: sum.c:2: " in done.err
    assert (tmp_path / "translated" / "sum.rs").read_text("utf-8") == RIGHT
    failed = codeloop(tmp_path, "translate", "sum.c", "--model", "replay:c.jsonl", "--policy", "single", "--json")
    assert failed.code == 1
    assert json.loads(failed.out)["trajectories"][0]["ending"] == "exhausted"


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("int f(int n) {", (), "sum.c:1: "),
        ("int f(int (*g)(int)) { return g(1); }", (), "sum.c:1: "),
        (SUM, ("--to", "python"), "is C, which is translated into rust only"),
    ],
)
def test_what_cannot_be_translated_is_one_line_with_its_place(
    tmp_path: Path, text: str, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "sum.c").write_text(text, "utf-8")
    done = codeloop(tmp_path, "translate", "sum.c", *arguments)
    assert done.code == 2
    assert said in done.err.splitlines()[-1]


def test_a_source_that_is_none_is_one_line(tmp_path: Path) -> None:
    missing = codeloop(tmp_path, "translate", "no.c")
    assert (missing.code, missing.err.count("\n")) == (2, 1)
    suite = codeloop(tmp_path, "translate", "basics")
    assert suite.code == 2
    assert "by --from" in suite.err
