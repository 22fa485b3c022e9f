"""Tests that grow, on real cells in six languages; the models are scripted, what they write is run."""

from __future__ import annotations

from dataclasses import replace

import anyio
import pytest

from codeloop.attempts import Prompt
from codeloop.growth import Coder, Growth, GrowthSettings, grow
from codeloop.growth.trial import Trial
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.suites import files, load_suite, select
from codeloop.tasks import Task
from codeloop.testgen.agreement import TestVerdict
from codeloop.testgen.conditions import conditions
from codeloop.testgen.results import Fate, Origin
from codeloop.testgen.words import helpers_of
from codeloop.testing import FakeModel

pytestmark = pytest.mark.timeout(300)
IDS = {
    "python": "Python/b1",
    "java": "Java/b1",
    "cpp": "CPP/b1",
    "javascript": "JavaScript/b1",
    "go": "Go/b1",
    "rust": "Rust/b1",
}
LANGUAGES = [pytest.param(name, marks=pytest.mark.docker(name)) for name in IDS]


def task_of(language: str, number: str = "") -> Task:
    task_id = IDS[language].replace("b1", number) if number else IDS[language]
    return select(load_suite("basics", (language,)), (task_id,))[0]


def known_right(task: Task) -> tuple[str, ...]:
    """The hidden tests one by one: here they play what a good test-writer wrote."""
    return conditions(task.language, task.entry_point, task.hidden.code, helpers_of(task))


def wrong(condition: str) -> str:
    """The same with another number at its end, or at its beginning where the expected value stands there."""
    for number in ("0", "1", "2", "3"):
        for old, new in (
            (f"== {number}", f"== {number}7"),
            (f", {number})", f", {number}7)"),
            (f"(t, {number},", f"(t, {number}7,"),
        ):
            if condition.count(old) == 1 and (
                condition.endswith(old) or old.startswith("(t") or condition.endswith(old)
            ):
                return condition.replace(old, new)
    raise AssertionError(condition)


def grown(task: Task, code: str, answers: list[str], programs: list[str] | None = None, **settings: int) -> Growth:
    asked: list[Prompt] = []

    def write(prompt: Prompt) -> str:
        asked.append(prompt)
        return answers[len(asked) - 1] if len(asked) <= len(answers) else "no idea"

    def complete(prompt: Prompt) -> str:
        return f"```{task.language}\n{(programs or []).pop(0) if programs else ''}\n```"

    async def main() -> Growth:
        sandbox = DockerSandbox(run_id="test-growth", jobs=1)
        try:
            checker = Checker(sandbox=sandbox)
            return await grow(
                task,
                0,
                code,
                write=FakeModel(write).complete,
                coder=Coder(complete=FakeModel(complete).complete, check=checker),
                bed=checker,
                settings=GrowthSettings(**{"n_programs": 2, "max_stall": 1, **settings}),
            )
        finally:
            await sandbox.aclose()

    return anyio.run(main)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_suite_grows_and_every_written_test_has_its_fate(language: str) -> None:
    task = task_of(language)
    right = known_right(task)
    assert len(right) >= 5
    reference = task.prompt + task.reference
    growth = grown(
        task,
        reference,
        ["\n".join([*right[:2], wrong(right[2])]), "\n".join(right[2:])],
        programs=[reference, reference],
    )
    assert growth.error == ""
    fates = {test.condition: (test.origin, test.fate) for test in growth.tests}
    assert [fates[each] for each in right[:2]] == [(Origin.GENERATED, Fate.KEPT)] * 2
    assert fates[wrong(right[2])] == (Origin.GENERATED, Fate.CONTRADICTED)
    (refuted,) = (test for test in growth.tests if test.fate is Fate.CONTRADICTED)
    assert refuted.verdict is TestVerdict.TEST_WRONG
    assert sum(test.origin is Origin.VISIBLE for test in growth.tests) == 2
    scores = [score for _, score in growth.scores]
    assert None not in scores
    assert scores == sorted(scores)
    assert growth.mutation is not None
    assert growth.mutation.score == scores[-1]
    for test in growth.tests:
        if test.origin is Origin.MUTATION:
            assert test.fate in {Fate.KEPT, Fate.NO_KILL}
            assert bool(test.kills) == (test.fate is Fate.KEPT)


DISTANCES = {
    "python": ("def distance(n: int) -> int:\n", "    if n < 0:\n        return -n\n    return n\n"),
    "java": ("class Solution {\n    public int distance(int n) {\n", "        if (n < 0) {\n            return -n;\n        }\n        return n;\n    }\n}\n"),
    "cpp": ("int distance(int n) {\n", "    if (n < 0) {\n        return -n;\n    }\n    return n;\n}\n"),
    "javascript": ("const distance = (n) => {\n", "  if (n < 0) {\n    return -n\n  }\n  return n\n}\n"),
    "go": ("package main\n\nfunc Distance(n int) int {\n", "\tif n < 0 {\n\t\treturn -n\n\t}\n\treturn n\n}\n"),
    "rust": ("fn distance(n: i32) -> i32 {\n", "    if n < 0 {\n        return -n;\n    }\n    n\n}\n"),
}  # fmt: skip
"""How far a number is from zero: the beginning, and the rest of the program."""


def distance(language: str) -> Task:
    """A task whose visible tests never ask about a number below one."""
    prompt, rest = DISTANCES[language]
    name = "Distance" if language == "go" else "distance"
    call, equal = ("s." if language == "java" else "") + name, "===" if language == "javascript" else "=="
    visible = files.tests_of(language, [f"{call}(3) {equal} 3", f"{call}(8) {equal} 8"])
    given = replace(task_of(language), id=f"{language}/distance", entry_point=name, prompt=prompt, reference=rest)
    return replace(given, statement="Say how far a number is from zero.", visible=replace(given.visible, code=visible))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_right_property_kills_what_the_visible_tests_do_not_and_a_wrong_one_is_refused(language: str) -> None:
    task = distance(language)
    name, equal = ("s." if language == "java" else "") + task.entry_point, "===" if language == "javascript" else "=="
    right, wrong_at_zero = f"{name}(-n) {equal} {name}(n)", f"{name}(n) > 0"
    code = task.prompt + task.reference
    answers = ["no tests", f"```{language}\n{right}\n{wrong_at_zero}\n```"]
    growth = grown(task, code, answers, n_properties=3, max_questions=0)
    assert growth.error == ""
    assert growth.code == code
    assert (growth.n_properties, len(growth.exchanges)) == (3, 2)
    of_right, of_wrong = ([test for test in growth.tests if test.property == each] for each in (right, wrong_at_zero))
    assert (len(of_right), len(of_wrong)) == (10, 10)
    assert {(test.fate, test.verdict) for test in of_right} == {(Fate.KEPT, TestVerdict.RIGHT)}
    assert {(test.fate, test.verdict) for test in of_wrong} == {(Fate.CONTRADICTED, TestVerdict.UNCLEAR)}
    scores = dict(growth.scores)
    assert (scores["visible"] or 0) < (scores["generated"] or 0)
    seen = {kill for test in growth.tests if test.origin is Origin.VISIBLE for kill in test.kills}
    assert {kill for test in of_right for kill in test.kills} - seen


@pytest.mark.docker("cpp")
def test_a_property_that_does_not_compile_is_tried_once_and_takes_no_other_along() -> None:
    task = task_of("cpp", "b7")
    answers = ["no tests", "digit_steps(number) == number.size()\ndigit_steps(number) >= 0"]
    growth = grown(task, task.prompt + task.reference, answers, n_properties=3, max_questions=0)
    fates = [(test.property[-1], test.fate) for test in growth.tests if test.origin is Origin.PROPERTY]
    assert fates == [(")", Fate.NOT_COMPILED)] + [("0", Fate.KEPT)] * 10


@pytest.mark.docker("python")
def test_a_program_that_independent_ones_show_wrong_is_repaired() -> None:
    task = task_of("python")
    reference = task.prompt + task.reference
    faulty = reference.replace("value < limit", "value < limit and value >= 0")
    telling = "longest_quiet([-3, 7, -2, -1, 0, 7, -9], 0) == 2"
    growth = grown(task, faulty, [telling], programs=[reference, reference, reference])
    assert growth.code.strip() == reference.strip()
    (test,) = (test for test in growth.tests if test.origin is Origin.GENERATED)
    assert (test.verdict, test.fate) == (TestVerdict.CODE_WRONG, Fate.KEPT)


@pytest.mark.docker("python")
def test_what_is_unclear_drives_no_repair() -> None:
    task = task_of("python")
    reference = task.prompt + task.reference
    growth = grown(task, reference, ["longest_quiet([1, 9], 2) == 5"], programs=[], n_programs=0)
    (test,) = (test for test in growth.tests if test.origin is Origin.GENERATED)
    assert (test.verdict, test.fate) == (TestVerdict.UNCLEAR, Fate.CONTRADICTED)
    assert growth.code == reference
    assert len(growth.exchanges) == 2  # its own question, and one about mutants: none for a repair


@pytest.mark.docker("python")
def test_a_test_that_does_not_end_alike_twice_is_not_kept() -> None:
    task = task_of("python")
    unsteady = task.reference.replace("return best", "return best if best < 4 else random.getrandbits(64)")
    even = [f"longest_quiet([1] * {n}, 4) % 2 == 0" for n in range(4, 24)]
    growth = grown(task, "import random\n" + task.prompt + unsteady, ["\n".join(even)])
    fates = [test.fate for test in growth.tests if test.origin is Origin.GENERATED]
    assert Fate.UNSTABLE in fates  # that none of 20 is seen to change has a chance of 2 ** -20
    assert len(fates) == 20


@pytest.mark.docker("cpp")
def test_one_test_that_does_not_compile_takes_no_other_along() -> None:
    task = task_of("cpp")
    right = known_right(task)
    mixed = [*right[:2], f'{task.entry_point}("no list", 5) == 2', right[2]]
    verdicts = {}

    async def main() -> None:
        sandbox = DockerSandbox(run_id="test-trial", jobs=1)
        try:
            trial = Trial(task=task, bed=Checker(sandbox=sandbox))
            verdicts.update(await trial.results(task.prompt + task.reference, mixed))
        finally:
            await sandbox.aclose()

    anyio.run(main)
    assert [verdicts[each] for each in mixed] == [True, True, None, True]


@pytest.mark.docker("python")
def test_a_test_that_ends_the_process_does_not_hide_those_behind_it() -> None:
    task = replace(task_of("python"), visible=replace(task_of("python").visible, code=""))
    code = "import os\n" + task.prompt + "    os._exit(0) if limit == 99 else None\n" + task.reference
    tests = ["longest_quiet([], 5) == 0", "longest_quiet([], 99) == 0", "longest_quiet([1], 5) == 1"]
    found = {}

    async def main() -> None:
        sandbox = DockerSandbox(run_id="test-trial", jobs=1)
        try:
            found.update(await Trial(task=task, bed=Checker(sandbox=sandbox)).results(code, tests))
        finally:
            await sandbox.aclose()

    anyio.run(main)
    assert [found[each] for each in tests] == [True, False, True]
