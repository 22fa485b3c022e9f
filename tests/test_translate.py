"""Translations in the loop: a counterexample goes back to the model, a right answer ends it; ``codeloop translate``."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from test_ci_command import codeloop

from codeloop import policies, prompts
from codeloop.attempts import Attempt, CaseStatus, Completion, Ending, Note, Prompt, Status, Trajectory, Usage
from codeloop.config import RunConfig
from codeloop.errors import SuiteError
from codeloop.extract import extract
from codeloop.languages import get_language
from codeloop.languages.c_rust_comparison import ranges
from codeloop.languages.c_rust_tests import IMAGE, DifferentialTests
from codeloop.loop import question_of, run_trajectory
from codeloop.models.replay import RecordingModel
from codeloop.prompts import own
from codeloop.reference_check import check_references
from codeloop.registry import open_checker
from codeloop.report.html.steps import steps
from codeloop.report.html.texts import Limits, Lines
from codeloop.report.run_report import RunReport
from codeloop.report.trajectory_text import trajectory_text
from codeloop.store import Store
from codeloop.suites import load_suite
from codeloop.suites.c_functions import load_basics
from codeloop.suites.translations import VISIBLE, Demands, hidden_of
from codeloop.tasks import Task
from codeloop.testing import FakeModel

ORIGINAL = {each.name: each for each in load_basics()}
TASKS = {task.number: task for task in load_suite("c-basics", ()).tasks}
SUM = "int sum_to(int n) { int sum = 0; for (int i = 1; i <= n && i < 1000; i++) sum += i; return sum; }\n"
RIGHT = "pub fn sum_to(n: i32) -> i32 {\n    (1..=n.min(999)).sum()\n}\n"
WRONG = "pub fn sum_to(n: i32) -> i32 {\n    (1..n.min(999)).sum()\n}\n"

TESTS = """\
use super::*;

#[test]
fn small_sums() {
    assert_eq!(
        sum_to(4),
        10,
    );
}

#[test]
fn nothing_below_one() {
    assert_eq!(sum_to(-3), 0);
}

#[test]
#[ignore]
fn left_out() {
    assert_eq!(sum_to(1), 2);
}
"""


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
    assert (visible.budget, hidden.budget) == (VISIBLE, hidden_of(VISIBLE))
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


def test_a_run_may_say_how_long_is_searched(tmp_path: Path) -> None:
    (tmp_path / "sum.c").write_text(SUM, "utf-8")
    demands = RunConfig(fuzz_runs=500, fuzz_s=3).demands
    (task,) = load_suite(str(tmp_path / "sum.c"), (), demands=demands).tasks
    visible, hidden = (DifferentialTests.read(each.code).budget for each in (task.visible, task.hidden))
    assert (visible.runs, visible.seconds) == (500, 3)
    assert (hidden.runs, hidden.seconds) == (1000, 6)
    assert visible.seed != hidden.seed
    with pytest.raises(SuiteError, match="basics is no C to be translated into Rust: leave --fuzz-runs, --fuzz-s out"):
        load_suite("basics", (), demands=demands)


def test_a_prompt_shows_the_source_in_its_own_language_and_an_own_template_in_a_comment() -> None:
    sampling = prompts.Sampling(temperature=0, max_tokens=9, seed=0, draw=0, iteration=0)
    question = question_of(TASKS["lcg_next"])
    asked = prompts.first(question, sampling).messages[-1].content
    assert asked.startswith("Translate this C program into Rust (edition 2021):\n\n```c\n/* A generator")
    assert "```rust\n#[derive(Clone, Copy, Debug, PartialEq)]\npub struct State {" in asked
    assert "\n- Safe Rust only: " in asked
    again = prompts.repair(question, "fn x() {}", None, sampling).messages[-1].content
    assert "Task:\nTranslate this C program into Rust (edition 2021):\n\n```c\n" in again
    mine = own.parse("mine", "{{ question.given }}", "mine.j2")
    said = prompts.first(replace(question, first=mine), sampling).messages[-1].content
    assert "// static uint32_t lcg_state = 12345u;" in said
    assert "// Safe Rust only: " in said


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
    assert "inputs compared" in last.compared


RARE = """int rare(unsigned int a, unsigned int b) {
    if (a * 2654435761u == 77u && b * 40503u == 99u) {
        return 2;
    }
    if (a == b) {
        volatile unsigned int never = 0;
        if (never) {
            return 3;
        }
    }
    return 0;
}
"""


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_every_report_says_how_much_of_the_c_was_looked_at_and_which_lines_were_not(tmp_path: Path) -> None:
    (tmp_path / "rare.c").write_text(RARE, "utf-8")
    (task,) = load_suite(str(tmp_path / "rare.c"), ()).tasks
    trajectory, _ = translated(task, "pub fn rare(_a: u32, _b: u32) -> i32 {\n    0\n}\n")
    said = trajectory.attempts[0].verdict.compared
    found = re.search(r"regions of C reached: rare (\d+) of (\d+) \(not lines? (?:[\d, -]+, )?8\)$", said)
    assert found, said
    assert 0 < int(found[1]) < int(found[2])
    scored = replace(trajectory, hidden=(trajectory.attempts[0].verdict,))
    assert trajectory_text(scored).count(said) == 2
    report = RunReport(run_id="r", settings={"ks": (1,), "max_iterations": 3}, trajectories=(scored,))
    (attempt,) = report.as_json()["trajectories"][0]["attempts"]
    assert attempt["visible"]["compared"] == attempt["hidden"]["compared"] == said
    (drawn,) = steps(scored, Lines(), Limits())["attempts"]
    assert drawn["visible"]["compared"] == drawn["hidden"]["compared"] == said
    assert not any(item["rule"] == "compared" for stage in drawn["visible"]["stages"] for item in stage["findings"])


def test_lines_that_follow_each_other_are_a_range() -> None:
    assert ranges([9, 4, 5, 6, 12, 11]) == ("4-6", "9", "11-12")
    assert ranges([]) == ()


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("rust", "outcome", "said"),
    [
        ("pub fn sum_to(n: i32) -> i32 { let p = &n as *const i32; unsafe { *p } }", "refused", "must be safe Rust"),
        (
            '#[no_mangle]\npub extern "C" fn cl_same(_: i32, _: i32, _: i32) -> i32 { 1 }\npub fn sum_to(n: i32) -> i32 { n }',
            "refused",
            "the layer that C calls is written by codeloop",
        ),
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
def test_setup_makes_the_image_ready_and_doctor_finds_it(tmp_path: Path) -> None:
    assert codeloop(tmp_path, "setup", "--lang", "c-rust", "--no-model").code == 0
    found = codeloop(tmp_path, "doctor", "--lang", "c-rust", "--sandbox", "docker").out
    assert "ok      image c-rust: " in found
    assert "ok      data c-rust: 56 tasks" in found


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
    assert "logf2" not in done.out, "what is not translated is not looked at either"
    assert (tmp_path / "translated" / "sum.rs").read_text("utf-8") == RIGHT
    failed = codeloop(tmp_path, "translate", "sum.c", "--model", "replay:c.jsonl", "--policy", "single", "--json")
    assert failed.code == 1
    assert json.loads(failed.out)["trajectories"][0]["ending"] == "exhausted"


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_translate_asks_clippy_and_mends_what_it_vouches_for_unless_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "sum.c").write_text(SUM, "utf-8")
    (task,) = load_suite(str(tmp_path / "sum.c"), ()).tasks
    translated(task, f"use std::collections::HashMap;\n{RIGHT}", cassette=tmp_path / "c.jsonl")
    done = codeloop(tmp_path, "translate", "sum.c", "--model", "replay:c.jsonl")
    assert done.code == 0, done.err
    assert (tmp_path / "translated" / "sum.rs").read_text("utf-8") == RIGHT
    assert done.out.startswith("sum/sum: translated, mended as suggested by clippy: ")
    assert re.search(r"regions of C reached: sum_to \d+ of \d+$", done.out.strip())
    told = codeloop(tmp_path, "report", "--task", "sum/sum").out
    assert "clippy unused_imports, line 1: `use std::collections::HashMap;\\n` goes: " in told
    plain = codeloop(tmp_path, "translate", "sum.c", "--model", "replay:c.jsonl", "--policy", "repair")
    assert plain.code == 0, plain.err
    assert "HashMap" in (tmp_path / "translated" / "sum.rs").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("int f(int n) {", (), "sum.c:1: "),
        ("int f(int (*g)(int)) { return g(1); }", (), "sum.c:1: "),
        (SUM, ("--to", "python"), "is C, which is translated into rust only"),
        (SUM, ("--allow-unsafe", "-1"), "--allow-unsafe"),
    ],
)
def test_what_cannot_be_translated_is_one_line_with_its_place(
    tmp_path: Path, text: str, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "sum.c").write_text(text, "utf-8")
    done = codeloop(tmp_path, "translate", "sum.c", *arguments)
    assert done.code == 2
    assert said in done.err.splitlines()[-1]


def test_what_lies_beside_a_c_file_says_what_is_translated_and_from_which_inputs(tmp_path: Path) -> None:
    path = tmp_path / "two.c"
    path.write_text(f"{SUM}int half(int n) {{ return n / 2; }}\n", "utf-8")
    both = load_suite(str(path), ()).tasks[0]
    (tmp_path / "two.yaml").write_text("entries: {half: {inputs: {n: [3, 9]}, requires: n % 2}}\n", "utf-8")
    (task,) = load_suite(str(path), ()).tasks
    assert (both.entry_point, task.entry_point) == ("sum_to", "half")
    assert "// pub fn half(n: i32) -> i32 {" in task.prompt
    assert "// pub fn sum_to" not in task.prompt
    driver = DifferentialTests.read(task.visible.code).files["driver.c"]
    assert "n % 2" in driver
    assert task.digest != both.digest
    (tmp_path / "two.yaml").write_text("", "utf-8")
    assert load_suite(str(path), ()).tasks[0].digest == both.digest, "an empty file asks for nothing else"


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        ("entries: {g: {}}", "sum.c: g is not translated: the file does not define it; it defines sum_to"),
        ("entries: {many: {}}", "sum.c: many is not translated: "),
        ("entries: {own: {}}", "sum.c: own is static: "),
        ("entries: [sum_to]", "sum.yaml: entries: ['sum_to'] is no mapping: say entries: "),
        ("entries: {sum_to: {inputs: {m: [0, 1]}}}", "sum.yaml: sum_to: inputs: m is no parameter's: say entries: "),
        ("entries: {sum_to: {roles: {n: text, m: in}}}", "sum.yaml: sum_to: roles: m: sum_to has no such parameter: "),
        ("entries: {sum_to: {ulps: few}}", "sum.yaml: invalid literal for int() with base 10: 'few': say entries: "),
        ("entry: {sum_to: {}}", "sum.yaml: 'entry' is none of allow_unsafe, entries: say entries: "),
        ("entries: {sum_to: [}", "sum.yaml: while parsing "),
        ("allow_unsafe: some", "sum.yaml: allow_unsafe: 'some' is no whole number from 0: say entries: "),
        ("allow_unsafe: true", "sum.yaml: allow_unsafe: True is no whole number from 0: say entries: "),
        ("\udcff", "sum.c: what lies beside it: "),
    ],
)
def test_a_mistake_beside_a_c_file_is_one_line_with_its_remedy(tmp_path: Path, beside: str, said: str) -> None:
    more = "int many(int n, ...) { return n; }\nstatic int own(int n) { return n; }\n"
    (tmp_path / "sum.c").write_text(SUM + more, "utf-8")
    (tmp_path / "sum.yaml").write_bytes(beside.encode("utf-8", "surrogateescape"))
    with pytest.raises(SuiteError) as raised:
        load_suite(str(tmp_path / "sum.c"), ())
    assert str(raised.value).startswith(f"{tmp_path}/{said}")
    assert "\n" not in str(raised.value)


def test_the_budget_of_the_audit_is_in_the_tests_and_in_the_prompt(tmp_path: Path) -> None:
    (tmp_path / "sum.c").write_text(SUM, "utf-8")
    strict = load_suite(str(tmp_path / "sum.c"), ()).tasks[0]
    (tmp_path / "sum.yaml").write_text("allow_unsafe: 3\n", "utf-8")
    (loose,) = load_suite(str(tmp_path / "sum.c"), ()).tasks
    assert [DifferentialTests.read(tests.code).allow_unsafe for tests in (loose.visible, loose.hidden)] == [3, 3]
    assert "// Safe Rust only: " in strict.prompt
    assert "// Safe Rust where you can: at most 3 places " in loose.prompt
    assert strict.digest != loose.digest
    assert load_suite(str(tmp_path / "sum.c"), (), demands=Demands(allow_unsafe=0)).tasks[0].digest == strict.digest, (
        "options go first"
    )
    with pytest.raises(SuiteError, match="basics is no C to be translated into Rust: leave --allow-unsafe out"):
        load_suite("basics", (), demands=Demands(allow_unsafe=0))


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_unsafe_code_within_the_budget_is_noted_and_above_it_refused(tmp_path: Path) -> None:
    (tmp_path / "sum.c").write_text(SUM, "utf-8")
    rust = (
        "pub fn sum_to(n: i32) -> i32 {\n    let p = &n as *const i32;\n    unsafe { (1..=(*p).min(999)).sum() }\n}\n"
    )
    (task,) = load_suite(str(tmp_path / "sum.c"), (), demands=Demands(allow_unsafe=2)).tasks
    trajectory, _ = translated(task, rust, cassette=tmp_path / "c.jsonl")
    assert trajectory.ending is Ending.SOLVED
    assert [each.rule for each in trajectory.attempts[0].verdict.reports[0].diagnostics] == ["allowed-unsafe"]
    done = codeloop(tmp_path, "translate", "sum.c", "--model", "replay:c.jsonl", "--allow-unsafe", "2")
    assert done.code == 0, done.err
    assert "2 of 2 places allowed that are not safe Rust: unsafe 1 (line 3); raw_pointer 1 (line 2)" in done.out
    assert "may be other than safe Rust: 2 (--allow-unsafe)" in codeloop(tmp_path, "report").out
    store = Store.open(str(tmp_path / ".codeloop" / "codeloop.db"))
    stored = {name: value for name, value in store.find_run(None).config.items() if name != "facts"}
    store.close()
    assert RunConfig.from_dict(stored).allow_unsafe == 2, "what resume goes on with"
    (task,) = load_suite(str(tmp_path / "sum.c"), (), demands=Demands(allow_unsafe=1)).tasks
    report = translated(task, rust)[0].attempts[0].verdict.last
    assert report.outcome == "refused"
    assert report.diagnostics[0].message.endswith("but for 1 places at most: there are 2")


def with_tests(folder: Path, c: str, tests: str) -> Task:
    (folder / "sum.c").write_text(c, "utf-8")
    (folder / "sum_test.rs").write_text(tests, "utf-8")
    (task,) = load_suite(str(folder / "sum.c"), ()).tasks
    return task


def test_a_users_tests_are_part_of_visible_and_hidden_ones_and_not_of_the_prompt(tmp_path: Path) -> None:
    task = with_tests(tmp_path, SUM, TESTS)
    for tests in (task.visible, task.hidden):
        found = DifferentialTests.read(tests.code).user_tests
        assert found is not None
        assert (found.name, found.text) == ("sum_test.rs", TESTS)
    assert "small_sums" not in task.prompt
    (tmp_path / "sum_test.rs").write_text("// none yet\n", "utf-8")
    with pytest.raises(
        SuiteError, match=r"sum_test.rs: it has no #\[test\] function: write one, or take the file away"
    ):
        load_suite(str(tmp_path / "sum.c"), ())


def test_a_folder_says_the_same_of_each_of_its_files(tmp_path: Path) -> None:
    said = "about: sums, trap: none, entries: {sum_to: {inputs: {n: [0, 9]}}}"
    (tmp_path / "suite.yaml").write_text(f"functions: {{sum: {{{said}, allow_unsafe: 2}}}}\n", "utf-8")
    for name, text in (("sum.c", SUM), ("sum.rs", RIGHT), ("sum.wrong.rs", WRONG), ("sum.test.rs", TESTS)):
        (tmp_path / name).write_text(text, "utf-8")
    (task,) = load_suite(str(tmp_path), ()).tasks
    tests = DifferentialTests.read(task.visible.code)
    assert tests.user_tests is not None
    assert (tests.user_tests.name, tests.allow_unsafe, task.reference) == ("sum.test.rs", 2, RIGHT)
    (tmp_path / "suite.yaml").write_text(f"functions: {{sum: {{{said}, unsafe: 2}}}}\n", "utf-8")
    with pytest.raises(SuiteError, match=r"suite.yaml: 'unsafe' is none of allow_unsafe, entries: say functions: "):
        load_suite(str(tmp_path), ())


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_a_failing_test_of_the_users_is_a_case_with_its_values_and_goes_back_to_the_model(tmp_path: Path) -> None:
    task = with_tests(tmp_path, SUM, TESTS)
    trajectory, prompts = translated(task, WRONG, RIGHT)
    assert trajectory.ending is Ending.SOLVED
    first, last = (attempt.verdict.last for attempt in trajectory.attempts)
    assert (first.stage, first.outcome) == ("test", "wrong_answer")
    assert {case.name: case.status for case in first.cases} == {
        "small_sums": CaseStatus.FAILED,
        "nothing_below_one": CaseStatus.PASSED,
    }
    case = next(case for case in first.cases if case.name == "small_sums")
    assert case.expression == "assert_eq!( sum_to(4), 10, );"
    assert (case.expected, case.actual) == ("10", "6")
    assert "test small_sums: assertion `left == right` failed" in first.diagnostics[0].message
    told = prompts[1].messages[-1].content
    assert "assert_eq!( sum_to(4), 10, );" in told
    assert "Expected:\n```\n10\n```\nActual:\n```\n6\n```" in told
    assert [case.name for case in last.cases] == ["nothing_below_one", "small_sums", "comparison"]


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("rust", "outcome", "said"),
    [
        (
            "pub fn sum_to(n: i32) -> i32 {\n    let a = [0; 4];\n    a[n as usize]\n}\n",
            "exception",
            "index out of bounds",
        ),
        (
            "pub fn sum_to(n: i32) -> i32 {\n    loop { std::hint::black_box(n); }\n}\n",
            "timeout",
            "does not end in time",
        ),
        (
            "fn deep(n: i32) -> i32 { std::hint::black_box(deep(n) + n) }\npub fn sum_to(n: i32) -> i32 { deep(n) }\n",
            "crashed",
            "the test's process died",
        ),
    ],
)
def test_a_translation_that_ends_a_users_test_otherwise_is_told_by_its_name(
    tmp_path: Path, rust: str, outcome: str, said: str
) -> None:
    task = with_tests(tmp_path, SUM, "use super::*;\n\n#[test]\nfn sums() {\n    assert_eq!(sum_to(4), 10);\n}\n")
    report = translated(task, rust)[0].attempts[0].verdict.last
    assert report.outcome == outcome
    assert "test sums: " in report.diagnostics[0].message
    assert said in report.diagnostics[0].message
    assert "sum_to(4)" in report.cases[0].expression
    assert report.cases[0].line == (3 if outcome == "exception" else None)


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_whose_fault_a_test_that_does_not_compile_is_is_told_by_what_the_task_asks_for(tmp_path: Path) -> None:
    c = "struct pair { int a; int b; };\nstruct pair swap(struct pair p) { struct pair q = {p.b, p.a}; return q; }\n"
    tests = "use super::*;\n#[test]\nfn swaps() {\n    assert_eq!(swap(Pair { a: 1, b: 2 }), Pair { a: 2, b: 1 });\n}\n"
    body = "pub struct Pair { pub a: i32, pub b: i32 }\npub fn swap(p: Pair) -> Pair { Pair { a: p.b, b: p.a } }\n"
    task = with_tests(tmp_path, c, tests)
    bare = translated(task, body)[0].attempts[0].verdict.last
    assert (bare.status, bare.outcome) == (Status.FAILED, "signature")
    assert "not those that the task asks for: binary operation `==` cannot be applied" in bare.diagnostics[0].message
    right = f"#[derive(Clone, Copy, Debug, PartialEq)]\n{body}"
    assert translated(task, right)[0].ending is Ending.SOLVED
    wrong = with_tests(tmp_path, c, tests.replace("a: 2", "c: 2"))
    report = translated(wrong, right)[0].attempts[0].verdict.last
    assert (report.status, report.outcome) == (Status.ERRORED, "tests")
    assert "sum_test.rs:4: struct `" in report.diagnostics[0].message
    assert report.diagnostics[0].message.endswith(": put them right")


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "sum_test.rs",
            "use super::*;\n#[test]\nfn sums() { assert_eq!(sum(4), 10); }\n",
            "sum_test.rs:3: cannot find",
        ),
        ("sum.yaml", "entries: {sum_to: {requires: n %% 2}}\n", "inputs or requires are no C, or the driver: "),
    ],
)
def test_what_a_user_wrote_beside_a_c_file_is_built_before_a_model_is_asked(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / "sum.c").write_text(SUM, "utf-8")
    (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "c.jsonl").write_text("", "utf-8")
    done = codeloop(tmp_path, "translate", "sum.c", "--model", "replay:c.jsonl")
    assert done.code == 4, done.err
    told = done.err.splitlines()[-1]
    assert "sum/sum: its tests cannot be built: compile: " in told
    assert said in told


def test_a_source_that_is_none_is_one_line(tmp_path: Path) -> None:
    missing = codeloop(tmp_path, "translate", "no.c")
    assert (missing.code, missing.err.count("\n")) == (2, 1)
    suite = codeloop(tmp_path, "translate", "basics")
    assert suite.code == 2
    assert "by --from" in suite.err


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_a_translation_that_is_there_is_checked_without_a_model_and_repaired_with_one(tmp_path: Path) -> None:
    (tmp_path / "sum.c").write_text(SUM, "utf-8")
    (tmp_path / "right.rs").write_text(RIGHT, "utf-8")
    (tmp_path / "wrong.rs").write_text(WRONG, "utf-8")
    right = codeloop(tmp_path, "translate", "sum.c", "--start", "right.rs", "--model", "none")
    assert right.code == 0, right.err
    assert right.out.startswith("sum/sum: translated: ")
    wrong = codeloop(tmp_path, "translate", "sum.c", "--start", "wrong.rs", "--model", "none")
    assert wrong.code == 1
    assert "sum/sum: not translated (exhausted): test: wrong_answer: sum_to(" in wrong.out
    (task,) = load_suite(str(tmp_path / "sum.c"), (), demands=Demands(start=WRONG)).tasks
    trajectory, prompts_sent = translated(task, "not asked for", RIGHT)
    assert [each.completion.finish_reason for each in trajectory.attempts] == ["given", "stop"]
    assert trajectory.ending is Ending.SOLVED
    assert len(prompts_sent) == 1


@pytest.mark.parametrize(
    ("source", "arguments", "said"),
    [
        ("sum.c", ("--model", "none"), "give the translation as --start FILE"),
        ("c-basics", ("--start", "sum.rs"), "--start begins with one translation: give the C file that it is of"),
        ("sum.c", ("--start", "missing.rs"), "missing.rs"),
    ],
)
def test_a_start_that_is_none_is_one_line(tmp_path: Path, source: str, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "sum.c").write_text(SUM, "utf-8")
    (tmp_path / "sum.rs").write_text(RIGHT, "utf-8")
    done = codeloop(tmp_path, "translate", source, *arguments)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_a_function_of_which_nothing_can_be_compared_is_named_beside_others_that_agree(tmp_path: Path) -> None:
    c = "int never(int a) { return a / 0; }\nint always(int a) { return a & 7; }\n"
    (tmp_path / "some.c").write_text(c, "utf-8")
    rust = "pub fn never(a: i32) -> i32 { a }\npub fn always(a: i32) -> i32 { a & 7 }\n"
    (tmp_path / "some.rs").write_text(rust, "utf-8")
    done = codeloop(tmp_path, "translate", "some.c", "--model", "none", "--start", "some.rs")
    assert done.code != 0
    assert "nothing of never could be compared: of 300000 inputs the C is undefined on" in done.out + done.err
    assert "its line 1: division by zero" in done.out + done.err


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_a_c_file_on_which_nothing_can_be_compared_is_named_before_a_model_is_asked(tmp_path: Path) -> None:
    (tmp_path / "never.c").write_text("int never(int a) { return a / 0; }\n", "utf-8")
    (tmp_path / "never.rs").write_text("pub fn never(a: i32) -> i32 { a }\n", "utf-8")
    done = codeloop(tmp_path, "translate", "never.c", "--model", "none", "--start", "never.rs")
    assert done.code == 4
    assert "nothing could be compared: of 300000 inputs the C is undefined on 300000" in done.err
    assert "its line 1: division by zero" in done.err
