"""Rust: the pure parts, visible tests made of Python's, and the traps of the data in the real sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from codeloop import host
from codeloop.attempts import Candidate, CaseStatus, Completion, Note, Status, Verdict
from codeloop.commands import CommandResult, End
from codeloop.errors import MissingTool
from codeloop.extract import extract
from codeloop.languages import get_language
from codeloop.languages.rust_answers import refusals
from codeloop.languages.rust_cases import make_cases, published
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.suites import load_suite
from codeloop.suites.rust_examples import rust_tests
from codeloop.tasks import HiddenTests, Task, VisibleTests

DATA = Path(os.environ.get("CODELOOP_DATA_DIR", "/nowhere"))
RUST = get_language("rust")
NONCE = "5f0c" * 8

SMALL = Task(
    id="Rust/x1",
    language="rust",
    statement="Twice.",
    prompt="use std::collections::HashMap;\n\n/// Twice.\nfn twice(xs: Vec<i32>) -> Vec<i32> {\n",
    entry_point="twice",
    visible=VisibleTests(
        code="#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn test_twice() {\n"
        "        assert_eq!(twice(vec![1, 2]), vec![2, 4]);\n        assert!(vec![14] == twice(vec![7]));\n"
        "        for i in 0..3 {\n            assert_eq!(twice(vec![i]), [2 * i]);\n        }\n    }\n}\n"
    ),
    hidden=HiddenTests(code=""),
    reference="    xs.into_iter().map(|x| 2 * x).collect()\n}\n",
)


def load() -> tuple[Task, ...]:
    if not (DATA / "humaneval-x" / "humaneval_rust.jsonl.gz").is_file():
        return ()
    return load_suite("humaneval-x", ["rust"], data_dir=DATA, cache_dir=Path("/nowhere"), say=lambda _: None).tasks


TASKS = load()
needs_data = pytest.mark.skipif(not TASKS, reason="HumanEval-X is not here")


def cases_of(tests: str, code: str = "") -> tuple[str, tuple[str, ...]]:
    made = make_cases(SMALL.prompt, SMALL.reference, "twice", tests, code)
    return made.source, made.expressions


# --- pure ---


@needs_data
def test_most_tasks_have_visible_tests_and_nearly_every_assertion_is_a_case_of_its_own() -> None:
    shown = [task for task in TASKS if not task.visible.is_empty]
    assert {task.visible.origin for task in shown} == {"python"}
    found = [make_cases(t.prompt, t.reference, t.entry_point, t.visible.code, "").expressions for t in shown]
    split, total = sum(bool(e) for es in found for e in es), sum(len(es) for es in found)
    print(f"visible: {len(shown)} of {len(TASKS)} tasks; {split} of {total} split")
    assert len(shown) / len(TASKS) >= 0.8
    assert split / total >= 0.95


def test_without_pythons_file_rust_has_no_visible_tests_and_says_so_once(tmp_path: Path) -> None:
    if not TASKS:
        pytest.skip("HumanEval-X is not here")
    name = "humaneval_rust.jsonl.gz"
    (tmp_path / "humaneval-x").mkdir()
    (tmp_path / "humaneval-x" / name).write_bytes((DATA / "humaneval-x" / name).read_bytes())
    (tmp_path / "humaneval-x" / "humaneval_python.jsonl.gz").mkdir()
    said: list[str] = []
    from codeloop.suites import humaneval_x

    suite = humaneval_x.load(["rust"], data_dir=tmp_path, cache_dir=tmp_path / "cache", fetch=False, say=said.append)
    assert all(task.visible.is_empty for task in suite.tasks)
    assert len(said) == 1 and said[0].startswith("humaneval-x: Rust's visible tests are made of Python's:")


def test_values_are_written_by_the_types_of_the_signature() -> None:
    prompt = "fn f(a: Vec<String>, b: &str, c: Option<f64>, d: HashMap<char, i32>, e: &Vec<(u8, bool)>) -> String {\n"
    python = "def check(f):\n    assert f(['x'], 'a\"b', None, {'k': -1}, [(1, True)]) == 'y'\n    assert f([], '', 2, {}, []) == ''\n"
    made = rust_tests(python, prompt, "f")
    assert (
        'assert_eq!(f(vec!["x".to_string()], "a\\"b", None, HashMap::from([(\'k\', -1)]), &vec![(1, true)]), "y");'
        in made
    )
    assert 'assert_eq!(f(Vec::<String>::new(), "", Some(2.0), HashMap::new(), &Vec::<(u8,bool)>::new()), "");' in made


@pytest.mark.parametrize(
    "python",
    [
        "f(1.5) == 1",
        "f(None) == 1",
        "f(1) == None",
        "f(1, 2) == 3",
        "f(g(1)) == 1",
        "f(2**40) == 1",
        "True",
        "len(f(1)) == 1",
    ],
)
def test_what_has_no_meaning_in_rust_is_left_out(python: str) -> None:
    assert rust_tests(f"assert {python}", "fn f(x: i32) -> i32 {\n", "f") == ""


def test_nearness_and_truth_are_converted() -> None:
    assert "assert!((f(1) - 2.5).abs() < 1e-06);" in rust_tests(
        "assert abs(f(1) - 2.5) < 1e-6", "fn f(x: i32) -> f64 {\n", "f"
    )
    made = rust_tests("assert f(1)\nassert not f(2)\nassert f(3) is True", "fn f(x: i32) -> bool {\n", "f")
    assert [line.strip() for line in made.split("\n") if "assert" in line] == [
        "assert_eq!(f(1), true);",
        "assert_eq!(f(2), false);",
        "assert_eq!(f(3), true);",
    ]


def test_assertions_become_cases_and_loops_one_opaque_case() -> None:
    source, expressions = cases_of(SMALL.visible.code)
    assert expressions == ("assert_eq!(twice(vec![1, 2]), vec![2, 4])", "assert!(vec![14] == twice(vec![7]))", "")
    assert "fn twice(xs: Vec<i32>) -> Vec<i32>  { candidate::twice(xs) }" in source
    second = source[source.index("case(1") : source.index("case(2")]
    assert "differ((&codeloop_verdict::Shown(codeloop_a)).show(), (&codeloop_verdict::Shown(codeloop_b))" in second


def test_functions_that_only_the_reference_has_are_the_tests_own() -> None:
    reference = (
        SMALL.reference + "\nfn half(x: i32) -> i32 {\n    helper(x) / 2\n}\n\nfn helper(x: i32) -> i32 {\n    x\n}\n"
    )
    tests = "#[test]\nfn t() {\n    assert_eq!(half(4), 2);\n}\n"
    source = make_cases(SMALL.prompt, reference, "twice", tests, "").source
    assert "fn half(x: i32)" in source and "fn helper(x: i32)" in source


def test_a_type_that_is_not_declared_as_given_is_an_error_of_the_tests() -> None:
    prompt = "#[derive(Debug, PartialEq)]\nstruct P { x: i32 }\n\nfn f(p: P) -> P {\n"
    tests = "#[test]\nfn t() {\n    assert_eq!(f(P { x: 1 }), P { x: 1 });\n}\n"
    same = prompt.replace("struct P", "struct  P") + "p }"
    assert "compile_error" not in make_cases(prompt, "p }", "f", tests, same).source
    other = same.replace(", PartialEq", "") + "impl PartialEq for P { fn eq(&self, _: &P) -> bool { true } }"
    assert 'compile_error!("P is not declared as given");' in make_cases(prompt, "p }", "f", tests, other).source


def test_items_are_made_public_and_the_columns_that_this_moves_are_known() -> None:
    text, shifts = published("struct P { x: i32 }\npub fn f() {}\n  fn g() {}\nimpl P { fn h() {} }\n")
    assert text == "pub struct P { pub x: i32 }\npub fn f() {}\n  pub fn g() {}\nimpl P { pub fn h() {} }\n"
    assert shifts == ((1, 1), (1, 12), (3, 3), (4, 10))


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ('const X: &str = include_str!("tests.rs");', 1),
        ('\nmacro_rules! m { () => { env!("HOME") } }', 2),
        ('extern "C" { fn exit(x: i32); }', 1),
        ('m! { extern "C" { } }', 1),
        ("#[global_allocator]\nstatic A: B = B;", 1),
        ('fn f() { unsafe { std::arch::asm!("nop") } }', 1),
        ('#[link(name = "x")]\nextern crate y;', 1),
    ],
)
def test_what_no_candidate_may_use_is_found_in_macros_too(code: str, line: int) -> None:
    assert [place for place, _ in refusals(code)][:1] == [line]


def test_words_in_texts_and_comments_are_not_refused() -> None:
    assert (
        refusals('// include_str! and extern "C" { }\nfn env() -> &\'static str { "asm!(x) global_allocator" }\n') == []
    )


def extracted(text: str, finish_reason: str = "stop", task: Task = SMALL) -> Candidate:
    return extract(task, Completion(text=text, finish_reason=finish_reason))


@needs_data
def test_references_as_answers_stay_what_they_are() -> None:
    for task in TASKS:
        whole = task.prompt + task.reference
        made = extracted(f"Sure:\n```rust\n{whole}\n```\n", task=task)
        assert made.code.split() == whole.split(), (task.id, made.notes)


def test_a_bare_function_gets_the_uses_of_the_prompt_that_it_needs() -> None:
    used = extracted(
        "```rust\nfn twice(xs: Vec<i32>) -> Vec<i32> {\n    let _m: HashMap<i32, i32> = HashMap::new();\n    xs\n}\n```"
    )
    assert used.code.startswith("use std::collections::HashMap;\nfn twice") and Note.ADDED_IMPORT in used.notes
    assert "HashMap" not in extracted("```rust\nfn twice(xs: Vec<i32>) -> Vec<i32> {\n    xs\n}\n```").code


def test_mains_and_tests_are_dropped() -> None:
    more = (
        '\nfn main() {\n    println!("{:?}", twice(vec![1]));\n}\n\n#[cfg(test)]\nmod tests {\n    use super::*;\n}\n'
    )
    made = extracted(f"```rust\n{SMALL.prompt}{SMALL.reference}{more}```")
    assert made.code.split() == (SMALL.prompt + SMALL.reference).split() or "#[cfg(test)]" in made.code
    assert {Note.DROPPED_MAIN, Note.DROPPED_TESTS} <= set(made.notes)


@pytest.mark.parametrize("brace", ["}\n", ""])
def test_a_body_is_put_behind_the_signature(brace: str) -> None:
    body = SMALL.reference.rstrip().removesuffix("}").replace("collect()", "collect::<Vec<i32>>()")
    made = extracted(f"{body}{brace}")
    assert made.code.split() == (SMALL.prompt + body + "}").split()
    assert Note.BODY_ONLY in made.notes


def test_no_channel_at_all_is_the_machines_fault() -> None:
    broken = CommandResult(end=End.EXITED, code=127, stderr=b"codeloop: cannot start")
    assert RUST.read_test(broken, NONCE, "").status is Status.ERRORED
    assert RUST.read_compile(broken, "", "").report.status is Status.ERRORED


# --- in the sandbox ---


@pytest.fixture(scope="module")
def sandboxed() -> Iterator[None]:
    try:
        client = host.connect(timeout=5)
    except MissingTool:
        pytest.skip("no Docker engine")
    try:
        if not host.has_image(client, host.image_tag("rust")):
            pytest.skip(f"no image for rust: {host.REMEDY}")
    finally:
        client.close()
    yield


def judged(*pairs: tuple[Task, str]) -> list[Verdict]:
    async def body() -> list[Verdict]:
        sandbox = DockerSandbox(run_id="rust-tests")
        try:
            check = Checker(sandbox=sandbox)
            return [await check(task, Candidate(code=code), task.visible) for task, code in pairs]
        finally:
            await sandbox.aclose()

    return anyio.run(body)


@pytest.mark.docker
@needs_data
@pytest.mark.usefixtures("sandboxed")
@pytest.mark.timeout(900)
def test_references_pass_the_visible_tests_made_of_pythons() -> None:
    shown = [task for task in TASKS if not task.visible.is_empty]
    verdicts = judged(*((task, task.prompt + task.reference) for task in shown))
    assert [task.id for task, verdict in zip(shown, verdicts, strict=True) if verdict.status is not Status.PASSED] == []


@pytest.mark.docker
@pytest.mark.usefixtures("sandboxed")
def test_every_case_is_reported_after_a_failed_one() -> None:
    code = f"{SMALL.prompt}    if xs[0] == 7 {{\n        return vec![xs[3]];\n    }}\n    xs\n}}\n"
    report = judged((SMALL, code))[0].last
    assert [case.status for case in report.cases] == [CaseStatus.FAILED, CaseStatus.RAISED, CaseStatus.FAILED]
    assert (report.cases[0].expected, report.cases[0].actual) == ("[2, 4]", "[1, 2]")
    assert report.cases[1].exception == "panic: index out of bounds: the len is 1 but the index is 3"
    assert report.cases[1].line == 6
    assert report.outcome == "wrong_answer"


@pytest.mark.docker
@pytest.mark.usefixtures("sandboxed")
@pytest.mark.parametrize(
    ("code", "outcome", "line", "column"),
    [
        ("fn twice(xs: Vec<i32> {\n}\n", "syntax", 2, 3),
        ('fn twice(xs: Vec<i32>) -> Vec<i32> { let _s = "é"; y }\n', "types", 1, 52),
        ("fn twice(xs: Vec<i64>) -> Vec<i64> {\n    xs\n}\n", "signature", None, None),
        ("fn thrice(xs: Vec<i32>) -> Vec<i32> {\n    xs\n}\n", "missing_entry_point", None, None),
        ('fn twice(xs: Vec<i32>) -> Vec<i32> {\n    print!(include_str!("x"));\n    xs\n}\n', "refused", 2, None),
    ],
)
def test_what_does_not_compile_says_why_and_where(
    code: str, outcome: str, line: int | None, column: int | None
) -> None:
    (verdict,) = judged((SMALL, code))
    assert (verdict.status, verdict.last.outcome) == (Status.FAILED, outcome), verdict.last
    assert (verdict.last.diagnostics[0].line, verdict.last.diagnostics[0].column) == (line, column)


@pytest.mark.docker
@pytest.mark.usefixtures("sandboxed")
def test_unsafe_is_noted_and_rand_regex_and_md5_are_there() -> None:
    head = "use rand::Rng;\nuse regex::Regex;\nuse md5;\nuse std::ascii::AsciiExt;\n"
    body = (
        '    let _n: u8 = rand::thread_rng().gen_range(0..9);\n    let _r = Regex::new("a+").unwrap();\n'
        '    let _d = md5::compute(b"x");\n    let first = xs.as_ptr();\n    let _x = unsafe { *first };\n'
    )
    (verdict,) = judged((SMALL, f"{head}{SMALL.prompt}{body}{SMALL.reference}"))
    assert verdict.status is Status.PASSED, verdict.last
    assert [(each.rule, each.line) for each in verdict.reports[0].diagnostics] == [("unsafe_code", 13)]


@pytest.mark.docker
@pytest.mark.usefixtures("sandboxed")
def test_an_honest_program_may_print_recurse_and_leave_threads() -> None:
    body = (
        "    fn down(n: u64) -> u64 {\n        if n == 0 { 0 } else { 1 + down(n - 1) }\n    }\n    down(100_000);\n"
        '    println!("debug");\n    std::thread::spawn(|| loop { std::hint::spin_loop() });\n'
    )
    (verdict,) = judged((SMALL, f"{SMALL.prompt}{body}{SMALL.reference}"))
    assert verdict.status is Status.PASSED, verdict.last
