"""Go: the pure parts, and the traps of the data in the real sandbox."""

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
from codeloop.languages.go_cases import make_cases
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.suites import load_suite
from codeloop.tasks import HiddenTests, Task, VisibleTests

DATA = Path(os.environ.get("CODELOOP_DATA_DIR", "/nowhere"))
GO = get_language("go")
NONCE = "5f0c" * 8
HEAD = 'package main\n\nimport (\n\t"testing"\n\t"github.com/stretchr/testify/assert"\n)\n\n'

SMALL = Task(
    id="Go/x1",
    language="go",
    statement="Twice.",
    prompt='package main\n\nimport (\n    "math"\n)\n\n// Twice.\nfunc Twice(xs []int) []int {\n',
    entry_point="Twice",
    visible=VisibleTests(
        code=f"{HEAD}func TestTwice(t *testing.T) {{\n    assert := assert.New(t)\n"
        "    assert.Equal([]int{2, 4}, Twice([]int{1, 2}))\n    assert.Equal(Twice([]int{7}), []int{14})\n"
        "    for i := 0; i < 3; i++ {\n        assert.Equal([]int{2 * i}, Twice([]int{i}))\n    }\n}\n"
    ),
    hidden=HiddenTests(code=""),
    reference="    found := []int{}\n    for _, x := range xs {\n        found = append(found, 2*x)\n    }\n    return found\n}\n",
)


def load() -> tuple[Task, ...]:
    if not (DATA / "humaneval-x" / "humaneval_go.jsonl.gz").is_file():
        return ()
    return load_suite("humaneval-x", ["go"], data_dir=DATA, cache_dir=Path("/nowhere"), say=lambda _: None).tasks


TASKS = load()
needs_data = pytest.mark.skipif(not TASKS, reason="HumanEval-X is not here")


# --- pure ---


@needs_data
def test_nearly_every_visible_assertion_is_a_case_of_its_own() -> None:
    found = [make_cases(t.prompt, t.entry_point, t.visible.code).expressions for t in TASKS if not t.visible.is_empty]
    split, total = sum(bool(e) for es in found for e in es), sum(len(es) for es in found)
    print(f"visible: {split} of {total} split")
    assert split / total >= 0.95


def test_assertions_become_cases_and_loops_one_opaque_case() -> None:
    cases = make_cases(SMALL.prompt, "Twice", SMALL.visible.code)
    assert cases.expressions == (
        "assert.Equal([]int{2, 4}, Twice([]int{1, 2}))",
        "assert.Equal(Twice([]int{7}), []int{14})",
        "",
    )
    assert (
        "assert.Equal([]int{14}, codeloopCandidate.Twice([]int{7}))" in cases.source
    )  # the answer is the actual value


def test_a_test_that_returns_early_is_one_opaque_case() -> None:
    tests = f"{HEAD}func TestTwice(t *testing.T) {{\n    if Twice(nil) != nil {{\n        return\n    }}\n}}\n"
    cases = make_cases(SMALL.prompt, "Twice", tests)
    assert cases.expressions == ("",)
    assert "codeloopVerdict.Case(0, func() {\nTestTwice(codeloopT)\n})" in cases.source


def test_missing_imports_of_tests_are_added_and_unused_ones_left_out() -> None:
    tests = SMALL.visible.code.replace("[]int{2, 4},", "[]int{len(strings.Fields(`a b`)), 4},").replace(
        '"testing"', '"testing"\n\t"os"'
    )
    source = make_cases(SMALL.prompt, "Twice", tests).source
    assert 'import strings "strings"' in source
    assert '"os"' not in source and '"math"' not in source


def test_helpers_of_the_prompt_are_the_tests_own() -> None:
    prompt = "package main\n\nfunc Help(x int) int {\n    return x\n}\n\nfunc twice(x int) int {\n"
    cases = make_cases(
        prompt, "twice", f"{HEAD}func TestTwice(t *testing.T) {{\n    assert.Equal(t, Help(2), twice(1))\n}}\n"
    )
    assert "func Help(x int) int {" in cases.source
    assert "assert.Equal(t, Help(2), codeloopCandidate.Codeloop_twice(1))" in cases.source
    assert cases.alias == "package candidate\nvar Codeloop_twice = twice\n"


def test_types_of_the_prompt_are_the_candidates() -> None:
    prompt = "package main\n\ntype pair struct{ A, B int }\n\nfunc Swap(p pair) pair {\n"
    cases = make_cases(
        prompt,
        "Swap",
        f"{HEAD}func TestSwap(t *testing.T) {{\n    assert.Equal(t, pair{{1, 2}}, Swap(pair{{2, 1}}))\n}}\n",
    )
    assert "codeloopCandidate.Codeloop_pair{1, 2}" in cases.source
    assert cases.alias == "package candidate\ntype Codeloop_pair = pair\n"


def extracted(text: str, finish_reason: str = "stop", task: Task = SMALL) -> Candidate:
    return extract(task, Completion(text=text, finish_reason=finish_reason))


@needs_data
def test_references_as_completions_and_as_answers_stay_what_they_are() -> None:
    for task in TASKS:
        whole = task.prompt + task.reference
        for text in (task.reference, f"Sure:\n```go\n{whole}\n```\n"):
            made = extracted(text, task=task)
            assert "".join(made.code.split()).endswith("".join(task.reference.split())), (task.id, made.notes)
            assert set(made.notes) <= {Note.BODY_ONLY, Note.ADDED_IMPORT}, (task.id, made.notes)


def test_main_and_tests_go_with_the_imports_that_only_they_used() -> None:
    made = extracted(
        '```go\npackage main\n\nimport (\n\t"fmt"\n\t"sort"\n\t"testing"\n)\n\nfunc Twice(xs []int) []int {\n\tsort.Ints(xs)\n'
        "\treturn xs\n}\n\n// TestTwice tests.\nfunc TestTwice(t *testing.T) {}\n\nfunc main() {\n\tfmt.Println(Twice(nil))\n}\n```\n"
    )
    assert (
        made.code
        == 'package main\n\nimport (\n\t"sort"\n)\n\nfunc Twice(xs []int) []int {\n\tsort.Ints(xs)\n\treturn xs\n}\n'
    )
    assert {Note.DROPPED_MAIN, Note.DROPPED_TESTS} <= set(made.notes)


def test_a_bare_function_gets_a_package_and_the_prompts_imports() -> None:
    made = extracted("```go\nfunc Twice(xs []int) []int {\n\treturn xs[:int(math.Abs(0))]\n}\n```")
    assert made.code.startswith('package main\n\nimport (\n\t"math"\n)\n\nfunc Twice')
    assert Note.ADDED_IMPORT in made.notes


def test_imports_in_the_middle_and_doubled_ones_come_to_the_top_once() -> None:
    made = extracted(SMALL.reference + '\nimport "math"\n\nimport "sort"\n\nfunc help() { sort.Ints(nil) }\n')
    assert made.code.count('"math"') == 1
    assert made.code.index('"sort"') < made.code.index("func Twice")


def test_an_import_that_a_whole_program_lacks_is_its_own_fault() -> None:
    made = extracted("```go\npackage main\n\nfunc Twice(xs []int) []int {\n\tsort.Ints(xs)\n\treturn xs\n}\n```")
    assert '"sort"' not in made.code


@pytest.mark.parametrize("brace", ["}\n", ""])
def test_a_body_is_put_behind_the_signature(brace: str) -> None:
    made = extracted(SMALL.reference.rstrip().removesuffix("}") + brace)
    assert made.code.split() == (SMALL.prompt + SMALL.reference).split()
    assert Note.BODY_ONLY in made.notes


def test_a_body_that_broke_off_is_cut() -> None:
    made = extracted(SMALL.reference[: SMALL.reference.index("append") + 3], "length")
    assert Note.CUT in made.notes


def test_no_channel_at_all_is_the_machines_fault() -> None:
    broken = CommandResult(end=End.EXITED, code=127, stderr=b"codeloop: cannot start")
    assert GO.read_test(broken, NONCE, "").status is Status.ERRORED
    assert GO.read_compile(broken, "", "").report.status is Status.ERRORED


def test_what_the_runtime_said_is_the_finding() -> None:
    lines = f'{{"nonce":"{NONCE}","event":"plan","names":["x"]}}\n'.encode()
    for said, outcome in (
        (b"fatal error: all goroutines are asleep - deadlock!\n", "crashed"),
        (b"panic: no\n", "exception"),
    ):
        report = GO.read_test(CommandResult(end=End.EXITED, code=2, stderr=said, channel=lines), NONCE, "")
        assert (report.outcome, report.diagnostics[0].message) == (outcome, said.decode().strip())


# --- in the sandbox ---


@pytest.fixture(scope="module")
def sandboxed() -> Iterator[None]:
    try:
        client = host.connect(timeout=5)
    except MissingTool:
        pytest.skip("no Docker engine")
    try:
        if not host.has_image(client, host.image_tag("go")):
            pytest.skip(f"no image for go: {host.REMEDY}")
    finally:
        client.close()
    yield


def judged(task: Task, code: str) -> Verdict:
    async def body() -> Verdict:
        sandbox = DockerSandbox(run_id="go-tests")
        try:
            return await Checker(sandbox=sandbox)(task, Candidate(code=code), task.visible)
        finally:
            await sandbox.aclose()

    return anyio.run(body)


@pytest.mark.docker
@pytest.mark.usefixtures("sandboxed")
def test_every_case_is_reported_after_a_failed_one() -> None:
    code = "package main\n\nfunc Twice(xs []int) []int {\n\tif xs[0] == 7 {\n\t\treturn xs[3:]\n\t}\n\treturn xs\n}\n"
    report = judged(SMALL, code).last
    assert [case.status for case in report.cases] == [CaseStatus.FAILED, CaseStatus.RAISED, CaseStatus.FAILED]
    assert (report.cases[0].expected, report.cases[0].actual) == ("[]int{2, 4}", "[]int{1, 2}")
    assert report.cases[1].exception == "panic: runtime error: slice bounds out of range [3:1]"
    assert report.cases[1].line == 5
    assert report.outcome == "wrong_answer"


@pytest.mark.docker
@pytest.mark.usefixtures("sandboxed")
@pytest.mark.parametrize(
    ("code", "outcome", "place"),
    [
        ("func Twice(xs []int []int {\n}\n", "syntax", 3),
        ('func Twice(xs []int) []int {\n\treturn "é" + y\n}\n', "types", 4),
        ('import "os"\n\nfunc Twice(xs []int) []int {\n\treturn xs\n}\n', "types", 3),
        ("func Twice(xs []int) int {\n\treturn len(xs)\n}\n", "wrong_answer", None),
        ("func Twice(xs ...string) []int {\n\treturn nil\n}\n", "signature", None),
        ("func Thrice(xs []int) []int {\n\treturn xs\n}\n", "missing_entry_point", None),
        ('import "unsafe"\n\nfunc Twice(xs []int) []int {\n\treturn xs[unsafe.Sizeof(1):]\n}\n', "refused", 3),
    ],
)
def test_what_does_not_compile_says_why_and_where(code: str, outcome: str, place: int | None) -> None:
    verdict = judged(SMALL, f"package main\n\n{code}")
    assert (verdict.status, verdict.last.outcome) == (Status.FAILED, outcome), verdict.last
    assert verdict.last.diagnostics[0].line == place


@pytest.mark.docker
@pytest.mark.usefixtures("sandboxed")
def test_columns_count_code_points() -> None:
    code = 'package main\n\nfunc Twice(xs []int) []int {\n\ts := "😀é"; return nope + s\n}\n'
    found = judged(SMALL, code).last.diagnostics[0]
    assert (found.line, found.column, found.rule) == (4, 20, "undefined")


@pytest.mark.docker
@pytest.mark.usefixtures("sandboxed")
def test_imports_of_the_prompt_may_stay_unused_and_a_continuation_may_need_others() -> None:
    body = "\tsort.Ints(xs)\n" + SMALL.reference
    assert judged(SMALL, SMALL.prompt + body).status is Status.PASSED


@pytest.mark.docker
@pytest.mark.usefixtures("sandboxed")
def test_an_honest_program_may_print_recurse_and_leave_goroutines() -> None:
    body = (
        "var down func(n int) int\n\tdown = func(n int) int {\n\t\tif n == 0 {\n\t\t\treturn 0\n\t\t}\n\t\treturn 1 + down(n-1)\n\t}\n"
        '\tdown(100000)\n\tprintln("debug")\n\tgo func() {\n\t\tfor {\n\t\t}\n\t}()\n'
    )
    assert judged(SMALL, f"{SMALL.prompt}\t{body}{SMALL.reference}").status is Status.PASSED
