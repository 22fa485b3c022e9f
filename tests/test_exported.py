"""Exported suites under their languages' own runners: green on the program, red on planted mutants."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from codeloop.languages import get_language
from codeloop.mutation.mutants import find_mutants, mutated
from codeloop.regression import EXPORTERS, RegressionSuite, RegressionTest
from codeloop.regression.names import camel, names_of, sentence
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.exported import ExportedRun, run_exported
from codeloop.suites import load_suite, select
from codeloop.tasks import Task
from codeloop.testgen.conditions import conditions
from codeloop.testgen.words import helpers_of

pytestmark = [pytest.mark.docker("runners"), pytest.mark.timeout(600)]
PREFIXES = {"python": "Python", "java": "Java", "cpp": "CPP", "javascript": "JavaScript", "go": "Go", "rust": "Rust"}
NUMBERS = ("b1", "b13")


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as opened:
        yield opened


@pytest.fixture(scope="module")
def sandbox(portal: BlockingPortal) -> Iterator[DockerSandbox]:
    made = DockerSandbox(run_id="test-exported", jobs=1)
    yield made
    portal.call(made.aclose)


def suite_of(task: Task) -> RegressionSuite:
    code, _ = get_language(task.language).completed(task, task.prompt + task.reference)
    found = conditions(task.language, task.entry_point, task.visible.code + "\n" + task.hidden.code, helpers_of(task))
    tests = tuple(RegressionTest(condition=each) for each in found)
    return RegressionSuite(
        language=task.language, entry_point=task.entry_point, code=code, tests=tests, source="made by a test"
    )


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("language", PREFIXES)
def test_a_suite_is_green_on_the_program_and_red_on_its_mutants(
    language: str, number: str, portal: BlockingPortal, sandbox: DockerSandbox
) -> None:
    (task,) = select(load_suite("basics", (language,)), (f"{PREFIXES[language]}/{number}",))
    suite = suite_of(task)
    assert len(suite.tests) >= 6

    def run(code: str) -> ExportedRun:
        files = EXPORTERS[language](replace(suite, code=code))
        return portal.call(run_exported, sandbox, language, files)

    right = run(suite.code)
    assert right.is_green, right.output
    assert len(right.tests) == len(suite.tests), right.output
    found = list(find_mutants(language, suite.code))
    planted = [
        mutant for kind in ("RET", "AOR", "ROR") for mutant in [m for m in found if m.operator.value == kind][:2]
    ]
    runs = [run(mutated(suite.code, mutant)) for mutant in planted]
    red = [
        wrong for wrong in runs if wrong.tests and not wrong.is_green
    ]  # Go refuses some: a variable that nothing reads
    assert red
    for wrong in red:
        assert set(wrong.tests) == set(right.tests), wrong.output
        assert not all(wrong.tests.values())


FAULTS = {"b1": ("value <= limit", "value < limit", (2, 5)), "b13": ("1", "return 0", (2,))}
"""A mutant of each problem (what it puts, what its line holds), and which of the tests, counted from 0, must notice it."""
SHOWN: Mapping[str, Callable[[str], str]] = {
    "python": lambda name: f"test_{name}",
    "java": camel,
    "cpp": sentence,
    "javascript": sentence,
    "go": lambda name: f"Test{camel(name, is_upper=True)}",
    "rust": str,
}
"""How each runner shows a test's name."""


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("language", PREFIXES)
def test_the_runner_names_exactly_the_tests_that_notice_a_mutant(
    language: str, number: str, portal: BlockingPortal, sandbox: DockerSandbox
) -> None:
    (task,) = select(load_suite("basics", (language,)), (f"{PREFIXES[language]}/{number}",))
    suite = suite_of(task)
    text, on_line, noticed_by = FAULTS[number]
    lines = suite.code.split("\n")
    mutant = next(
        each
        for each in find_mutants(language, suite.code)
        if each.replacement == text and on_line in lines[each.line - 1]
    )
    files = EXPORTERS[language](replace(suite, code=mutated(suite.code, mutant)))
    wrong = portal.call(run_exported, sandbox, language, files)
    names = [SHOWN[language](name) for name in names_of([test.condition for test in suite.tests], suite.entry_point)]
    assert wrong.tests == {name: place not in noticed_by for place, name in enumerate(names)}, wrong.output
    assert not wrong.is_green


ECHO = {
    "python": ("def echo(text):\n    return text\n", "echo({0}) == {0}"),
    "java": ("class Solution {\n    String echo(String text) { return text; }\n}\n", "s.echo({0}).equals({0})"),
    "cpp": ("#include <string>\ninline int CHECK(int x) { return x; }\nstd::string echo(std::string text) { return text; }\n", "echo({0}) == {0}"),
    "javascript": ("const same = text => text\nconst echo = text => text\n", "same(echo({0})) === {0}"),
    "go": ("package main\n\nfunc echo(text string) string { return text }\n", "assert.Equal(t, {0}, echo({0}))"),
    "rust": ("fn echo(text: &str) -> String { text.to_string() }\n", "assert_eq!(echo({0}), {0})"),
}  # fmt: skip
TEXTS = (
    "%d %s %",
    "}); {",
    'a "b" c',
    "sort. reflect. strings.",
    "// /* # <!--",
    "</TestCase> ok 1 - x",
    "\\",
    "{} {x}",
)


@pytest.mark.parametrize("language", ECHO)
def test_whatever_stands_in_a_string_stays_there(language: str, portal: BlockingPortal, sandbox: DockerSandbox) -> None:
    code, form = ECHO[language]
    tests = tuple(RegressionTest(condition=form.format(json.dumps(text))) for text in TEXTS)
    suite = RegressionSuite(language=language, entry_point="echo", code=code, tests=tests)
    right = portal.call(run_exported, sandbox, language, EXPORTERS[language](suite))
    assert right.is_green, right.output
    assert len(right.tests) == len(TEXTS), right.output


def test_assertions_of_testify_keep_their_meaning(portal: BlockingPortal, sandbox: DockerSandbox) -> None:
    code = "package main\n\nfunc Maybe(n int) any {\n\tif n == 0 {\n\t\treturn nil\n\t}\n\treturn []int{n, 2}\n}\n"
    held = ("Nil(t, Maybe(0))", "NotNil(t, Maybe(1))", "Empty(t, Maybe(0))", "NotEmpty(t, Maybe(1))", "Equal(t, nil, Maybe(0))",
            "ElementsMatch(t, []int{2, 1}, Maybe(1))", "Len(t, Maybe(1), 2)")  # fmt: skip
    broken = (
        "Nil(t, Maybe(3))",
        "NotNil(t, Maybe(0))",
        "Empty(t, Maybe(4))",
        "ElementsMatch(t, []int{2, 2}, Maybe(1))",
    )
    tests = tuple(RegressionTest(condition=f"assert.{each}") for each in (*held, *broken))
    suite = RegressionSuite(language="go", entry_point="Maybe", code=code, tests=tests)
    run = portal.call(run_exported, sandbox, "go", EXPORTERS["go"](suite))
    names = [SHOWN["go"](name) for name in names_of([test.condition for test in tests], "Maybe")]
    assert run.tests == {name: place < len(held) for place, name in enumerate(names)}, run.output
