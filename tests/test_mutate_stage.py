"""Mutants in their real cells: one program that holds all gives each the verdict that it gets compiled alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from click.testing import CliRunner
from jsonschema import validate

from codeloop.cli import cli
from codeloop.languages import NAMES, get_language
from codeloop.mutation.operators import Operator
from codeloop.mutation.results import MutantStatus, MutationReport
from codeloop.report import mutation_report
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.mutate import MutationSettings, mutate_stage
from codeloop.suites import load_suite
from codeloop.suites.single import task_of_file
from codeloop.tasks import Task

SCHEMA = json.loads((Path(__file__).parent / "data" / "mutation-testing-report-schema.json").read_text("utf-8"))
NOTICED = {MutantStatus.KILLED, MutantStatus.TIMED_OUT}


class Mutation:
    """The stage in one sandbox for all tests of the file."""

    def __init__(self, portal: BlockingPortal) -> None:
        self.portal = portal
        self.sandbox = DockerSandbox(run_id="mutation", jobs=1)

    def __call__(self, task: Task, settings: MutationSettings = MutationSettings()) -> MutationReport:  # noqa: B008
        async def body() -> MutationReport:
            language = get_language(task.language)
            code = language.completed(task, task.prompt + task.reference)[0]
            async with self.sandbox.open(language.name, memory_bytes=language.memory_bytes) as cell:
                return await mutate_stage(cell, language, task, code, task.hidden.code, 10.0, settings)

        return self.portal.call(body)


@pytest.fixture(scope="module")
def mutate() -> Iterator[Mutation]:
    with start_blocking_portal() as portal:
        mutation = Mutation(portal)
        yield mutation
        portal.call(mutation.sandbox.aclose)


def task_of(language: str, code: str, *conditions: str) -> Task:
    name = {"java": "Solution.java", "cpp": "a.cpp", "go": "a.go", "rust": "a.rs", "javascript": "a.js"}
    return task_of_file(name.get(language, "a.py"), language, code, "\n".join(conditions))


@pytest.mark.docker(*NAMES)
@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("number", [1, 13])
def test_a_mutant_gets_the_same_verdict_in_schemata_and_alone(language: str, number: int, mutate: Mutation) -> None:
    task = load_suite("basics", (language,)).tasks[number - 1]
    together = mutate(task)
    alone = mutate(task, MutationSettings(has_schemata=False))
    assert together.is_equivalent and not together.notes
    assert together.in_schemata is not None and together.in_schemata > 0.9
    assert {result.mutant.id for result in together.results} == {result.mutant.id for result in alone.results}
    for one, other in zip(together.results, alone.results, strict=True):
        if MutantStatus.WITHDRAWN not in {one.status, other.status}:
            assert (one.status in NOTICED) is (other.status in NOTICED), (one, other.status, other.outcome)


@pytest.mark.docker(*NAMES)
@pytest.mark.parametrize("language", NAMES)
def test_a_run_ends_with_its_first_failing_case_unless_all_are_to_be_named(language: str, mutate: Mutation) -> None:
    task = load_suite("basics", (language,)).tasks[0]
    first = mutate(task)
    every = mutate(task, MutationSettings(names_all=True))
    assert [result.status for result in first.results] == [result.status for result in every.results]
    killed = [pair for pair in zip(first.results, every.results, strict=True) if pair[1].killed_by]
    assert all(one.killed_by == other.killed_by[:1] for one, other in killed), killed
    assert any(len(other.killed_by) > 1 for _, other in killed)


ENDLESS = {
    "python": "def f(n):\n    while n > 0:\n        n -= 1\n    return n\n",
    "java": "class Solution { int f(int n) { while (n > 0) { n -= 1; } return n; } }",
    "cpp": "int f(int n) { while (n > 0) { n -= 1; } return n; }",
    "javascript": "function f(n) { while (n > 0) { n -= 1; } return n; }",
    "go": "package main\nfunc f(n int) int { for n > 0 { n -= 1 }; return n }",
    "rust": "fn f(mut n: i32) -> i32 { while n > 0 { n -= 1; } n }",
}


@pytest.mark.docker(*NAMES)
@pytest.mark.parametrize("language", NAMES)
def test_an_endless_mutant_runs_out_of_fuel_long_before_its_time(language: str, mutate: Mutation) -> None:
    call = "s.f(5) == 0" if language == "java" else "f(5) == 0"
    report = mutate(task_of(language, ENDLESS[language], call))
    endless = [result for result in report.results if result.mutant.operator is Operator.SDL]
    assert endless and {result.status for result in endless} == {MutantStatus.TIMED_OUT}
    assert all(result.outcome != "timeout" for result in endless), "the fuel ended them, not the clock"


KEEPS = {
    "python": "seen = []\ndef f(n):\n    seen.append(n)\n    if n > 5:\n        return 0\n    return len(seen)\n",
    "java": "class Solution { static int seen; int f(int n) { seen++; if (n > 5) { return 0; } return seen; } }",
    "go": "package main\nvar seen int\nfunc f(n int) int { seen++; if n > 5 { return 0 }; return seen }",
}


@pytest.mark.docker(*KEEPS)
@pytest.mark.parametrize("language", KEEPS)
def test_of_many_mutants_none_finds_what_another_has_left(language: str, mutate: Mutation) -> None:
    name = "s.f" if language == "java" else "f"
    report = mutate(task_of(language, KEEPS[language], f"{name}(1) == 1", f"{name}(4) == 2"))
    by_text = {result.mutant.replacement: result.status for result in report.results}
    assert by_text["n >= 5"] is by_text["6"] is MutantStatus.SURVIVED, by_text
    assert not any(result.is_alone for result in report.results)


ENDS = {
    "python": "import os, time\ndef f(n):\n    if n > 5:\n        STATEMENT\n    return n\n",
    "java": "class Solution { int f(int n) throws Exception { if (n > 5) { STATEMENT; } return n; } }",
    "go": 'package main\nimport ("os"; "time")\nvar _, _ = os.Args, time.Now\n'
    "func f(n int) int { if n > 5 { STATEMENT }; return n }",
}
SLEEPS = {
    "python": "time.sleep(n)",
    "java": "Thread.sleep(1000 * n)",
    "go": "time.Sleep(time.Duration(n) * time.Second)",
}
EXITS = {"python": "os._exit(0)", "java": "System.exit(0)", "go": "os.Exit(0)"}


@pytest.mark.docker(*ENDS)
@pytest.mark.parametrize("language", ENDS)
@pytest.mark.parametrize(("statements", "status"), [(SLEEPS, MutantStatus.SURVIVED), (EXITS, MutantStatus.KILLED)])
def test_of_many_mutants_one_that_is_late_or_ends_the_process_costs_no_other_its_verdict(
    language: str, statements: dict[str, str], status: MutantStatus, mutate: Mutation
) -> None:
    call = "s.f(5) == 5" if language == "java" else "f(5) == 5"
    report = mutate(task_of(language, ENDS[language].replace("STATEMENT", statements[language]), call))
    by_text = {result.mutant.replacement: result for result in report.results}
    assert by_text["n >= 5"].status is status, by_text
    assert not by_text["n >= 5"].is_alone
    assert by_text["6"].status is MutantStatus.SURVIVED
    assert report.results[-1].status is MutantStatus.KILLED, "the answer that is returned"


@pytest.mark.docker("java")
def test_a_name_that_a_test_binds_for_what_follows_keeps_no_other_mutant_out_of_the_schemata(mutate: Mutation) -> None:
    code = (
        "class Solution { int f(Object o) { int n = 0; for (int i = 0; i < 2; i++) {"
        " if (!(o instanceof String t)) { n = 9; break; } n += t.length(); } return n; } }"
    )
    report = mutate(task_of("java", code, 's.f("ab") == 4', "s.f(7) == 9"))
    assert report.is_equivalent and not report.notes
    alone = {result.mutant.original: result.status for result in report.results if result.is_alone}
    assert alone == {"!(o instanceof String t)": MutantStatus.WITHDRAWN, "break;": MutantStatus.WITHDRAWN}, alone
    assert report.in_schemata is not None and report.in_schemata > 0.7


@pytest.mark.docker("python")
def test_guards_that_became_constants_leave_the_programs_own_texts_alone(mutate: Mutation) -> None:
    code = "def f(n):\n    return '_codeloop_m(1)' if n > 0 else 'none'\n"
    report = mutate(task_of("python", code, "f(1) == '_codeloop_m(1)'", "f(0) == 'none'"))
    assert report.is_equivalent and not report.notes
    assert report.counts[MutantStatus.KILLED] >= 3


@pytest.mark.docker("python")
def test_one_call_that_burns_no_fuel_is_ended_by_its_cpu_time(mutate: Mutation) -> None:
    code = "def f(n):\n    if n > 5:\n        return sum(range(10**11))\n    return n\n"
    report = mutate(task_of("python", code, "f(5) == 5"))
    found = next(result for result in report.results if result.mutant.replacement == "n >= 5")
    assert (found.status, found.outcome) == (MutantStatus.TIMED_OUT, "timeout")


@pytest.mark.docker("cpp")
def test_what_the_compiler_refuses_is_withdrawn_and_the_rest_compiled_again(mutate: Mutation) -> None:
    code = (
        "#include <string>\nusing namespace std;\nstring f(string a, string b) { if (a < b) return a + b; return b; }"
    )
    report = mutate(task_of("cpp", code, 'f("a", "b") == "ab"', 'f("b", "a") == "a"'))
    by_text = {result.mutant.replacement: result.status for result in report.results}
    assert report.rounds == 2
    assert by_text["a - b"] is MutantStatus.WITHDRAWN
    assert by_text["a >= b"] is MutantStatus.KILLED
    assert report.counts[MutantStatus.WITHDRAWN] == 1


@pytest.mark.docker("python")
def test_what_no_test_gets_to_is_not_run_and_what_is_not_noticed_survives(mutate: Mutation) -> None:
    code = "def f(n):\n    if n > 10:\n        return n * 2\n    return n + 1\n"
    report = mutate(task_of("python", code, "f(1) == 2"))
    statuses = {(result.mutant.line, result.mutant.replacement): result.status for result in report.results}
    assert statuses[3, "n + 2"] is MutantStatus.NO_COVERAGE
    assert statuses[2, "n >= 10"] is MutantStatus.SURVIVED
    assert statuses[4, "n - 1"] is MutantStatus.KILLED


@pytest.mark.docker("python")
def test_a_program_that_looks_at_its_own_text_is_mutated_one_by_one(mutate: Mutation) -> None:
    code = "def f(n):\n    if len(open(__file__).read()) > 160:\n        return 0\n    return n + 1\n"
    report = mutate(task_of("python", code, "f(1) == 2", "f(5) == 6"))
    assert not report.is_equivalent
    assert any("every switch off" in note for note in report.notes)
    assert all(result.is_alone for result in report.results)
    assert any(result.status is MutantStatus.KILLED for result in report.results)


@pytest.mark.docker("python")
def test_a_budget_draws_mutants_by_seed_and_ends_by_the_clock(mutate: Mutation) -> None:
    task = load_suite("basics", ("python",)).tasks[0]
    drawn = [mutate(task, MutationSettings(max_mutants=4, seed=seed)) for seed in (1, 1, 2)]
    chosen = [[result.mutant.id for result in report.results] for report in drawn]
    assert chosen[0] == chosen[1] != chosen[2]
    assert drawn[0].n_found > 4 == len(drawn[0].results)
    late = mutate(task, MutationSettings(max_s=0.0))
    assert late.score is None or late.counts[MutantStatus.NOT_RUN] > 0


@pytest.mark.docker("python")
def test_the_report_is_of_the_schema_and_its_page_holds_nothing_that_ends_its_script(mutate: Mutation) -> None:
    code = 'def f(n):\n    name = "</script><img src=x onerror=alert(1)>"\n    return name[n + 1]\n'
    task = task_of("python", code, 'f(0) == "/"')
    found = mutation_report.document("a.py", "python", code, mutate(task))
    validate(found, SCHEMA)
    page = mutation_report.page(found, "</title><script>")
    assert "<img src=x" not in page and "</title><script>" not in page
    assert page.count("</script>") == 2


@pytest.mark.docker("python")
def test_mutate_tells_what_no_test_notices_and_gates_on_the_score(tmp_path: Path) -> None:
    (tmp_path / "clamp.py").write_text("def clamp(v, low):\n    if v < low:\n        return low\n    return v\n")
    (tmp_path / "test_clamp.py").write_text("from clamp import clamp\n\ndef test_it():\n    assert clamp(3, 1) == 3\n")
    tests, page, report = tmp_path / "test_clamp.py", tmp_path / "m.html", tmp_path / "m.json"
    command = [
        "mutate",
        str(tmp_path / "clamp.py"),
        "--tests",
        str(tests),
        "--html",
        str(page),
        "--report",
        str(report),
    ]
    done = CliRunner().invoke(cli, [*command, "--min-score", "90"], standalone_mode=False)
    assert done.return_value == 1, done.output
    assert "not noticed by any test" in done.output and "line 2: ROR v < low → v <= low" in done.output
    validate(json.loads(report.read_text("utf-8")), SCHEMA)
    assert "mutation-test-report-app" in page.read_text("utf-8")


@pytest.mark.docker("python")
def test_what_fails_its_tests_is_not_mutated(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(n):\n    return n\n")
    (tmp_path / "t.txt").write_text("f(1) == 2\n")
    done = CliRunner().invoke(cli, ["mutate", str(tmp_path / "a.py"), "--tests", str(tmp_path / "t.txt")])
    assert "does not pass the tests" in str(done.exception)
