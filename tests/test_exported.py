"""Exported suites under their languages' own runners: green on the program, red on planted mutants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from codeloop.languages import get_language
from codeloop.mutation.mutants import find_mutants, mutated
from codeloop.regression import EXPORTERS, RegressionSuite, RegressionTest
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
