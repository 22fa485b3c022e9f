"""Vacuous cases: found by constants, marked, and no evidence for anything."""

from __future__ import annotations

import os
from pathlib import Path

import anyio
import pytest

from codeloop.attempts import Attempt, Candidate, CaseResult, CaseStatus, StageReport, Status, Verdict
from codeloop.feedback import build
from codeloop.languages.java import LANGUAGE as JAVA
from codeloop.languages.port import Constant
from codeloop.languages.python import LANGUAGE as PYTHON
from codeloop.loop import run_trajectory
from codeloop.moves import evidence
from codeloop.policy import Policy
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.stages.vacuity import vacuous
from codeloop.suites import load_suite
from codeloop.tasks import HiddenTests, Task, VisibleTests
from codeloop.testing import FakeModel

DATA = Path(os.environ.get("CODELOOP_DATA_DIR", "/nowhere"))
PROMPT = "def root(a, b):\n"
REFERENCE = "    return -a / b\n"
MISPLACED = "assert abs(root(1, 2) + 0.5 < 1e-4)\n"  # the parenthesis closes too late: any small number will do
SOUND = "assert abs(root(2, 4) + 0.5) < 1e-4\n"


def task(visible: str, language: str = "python", prompt: str = PROMPT, entry_point: str = "root") -> Task:
    return Task(
        id="Own/root",
        language=language,
        statement="Solve a + bx = 0.",
        prompt=prompt,
        entry_point=entry_point,
        visible=VisibleTests(code=visible),
        hidden=HiddenTests(code=SOUND),
        reference=REFERENCE,
    )


def java_task(*checks: str, kind: str = "double") -> Task:
    prompt = f"import java.util.*;\n\nclass Solution {{\n    public {kind} root(int a, int b) {{\n"
    listed = ",\n".join(checks)
    visible = (
        "public class Main {\n    public static void main(String[] args) {\n        Solution s = new Solution();\n"
        f"        List<Boolean> correct = Arrays.asList(\n{listed}\n        );\n"
        "        if (correct.contains(false)) {\n            throw new AssertionError();\n        }\n    }\n}\n"
    )
    return task(visible, "java", prompt)


CONSTANTS = (
    Constant(text="0", kind="number"),
    Constant(text="7", kind="number", is_true=True),
    Constant(text="-7", kind="number", is_true=True),
    Constant(text="''", kind="text"),
    Constant(text="'x'", kind="text", is_true=True),
)


@pytest.mark.parametrize(
    ("passing", "is_vacuous"),
    [
        ((), False),
        ((1,), False),  # f() == 7
        ((1, 2, 4), False),  # assert f()
        ((0, 3), False),  # assert not f()
        ((0, 4), False),  # one of each kind
        ((1, 2), True),  # abs(f()) == 7 holds for two numbers
        ((0, 1, 2, 3, 4), True),  # what holds for every constant: a literal truth, the plainest vacuous case
    ],
)
def test_two_constants_of_a_kind_tell(passing: tuple[int, ...], is_vacuous: bool) -> None:
    passed = {number: frozenset({"case"} if number in passing else ()) for number in range(5)}
    assert ("case" in vacuous(CONSTANTS, passed)) is is_vacuous


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("root(1, 2) == -0.5", False),
        ("-0.5 == root(1, 2)", False),
        ("root(1, 2)", False),
        ("not root(1, 2)", False),
        ("root(1, 2) is None", False),
        ("root(1, 2) != 3", True),
        ("root(1, 2) == root(2, 4)", True),
        ("abs(root(1, 2)) == 1", True),
        ("root(1, 2) == 1 or True", True),
        ("root(1, 2) == 1 == 1", True),
        ("root(1, 2)[0] == 1", True),
    ],
)
def test_plain_comparisons_need_no_stub(condition: str, expected: bool) -> None:
    assert PYTHON.may_be_vacuous(task(f"def check(candidate):\n    assert {condition}\ncheck(root)\n")) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("s.root(1, 2) == -0.5", False),
        ('s.root(1, 2).equals(")(")', False),
        ("s.root(1, (2 + 3))", False),
        ("!s.root(1, 2)", False),
        ("s.root(1, 2) == 0 || true", True),
        ("Math.abs(s.root(1, 2)) < 1e-4", True),
        ("s.root(1, 2) == s.root(2, 4)", True),
        ("s.root(1, 2) != 3", True),
    ],
)
def test_plain_comparisons_need_no_stub_in_java(condition: str, expected: bool) -> None:
    assert JAVA.may_be_vacuous(java_task(condition)) is expected


@pytest.mark.docker
@pytest.mark.parametrize(
    ("owned", "marked"),
    [
        (task(MISPLACED + SOUND), [True, False]),
        (java_task("Math.abs(s.root(1, 2)) >= 0", "Math.abs(s.root(2, 4) + 0.5) < 1e-4"), [True, False]),
        (java_task("s.root(1, 2) != null", 's.root(2, 4).contains("-")', kind="String"), [True, False]),
    ],
)
def test_the_misplaced_parenthesis_is_marked_in_real_sandboxes(owned: Task, marked: list[bool]) -> None:
    async def main() -> Verdict:
        sandbox = DockerSandbox(run_id="test-vacuity")
        language = {"python": PYTHON, "java": JAVA}[owned.language]
        verdict = await Checker(sandbox=sandbox)(owned, Candidate(code=language.stub(owned).code), owned.visible)
        await sandbox.aclose()
        return verdict

    verdict = anyio.run(main)
    assert [case.is_vacuous for case in verdict.last.cases] == marked


@pytest.mark.docker
@pytest.mark.skipif(not DATA.is_dir(), reason="needs HumanEval-X")
def test_humaneval_32_of_python_has_vacuous_cases_only_and_java_none() -> None:
    suite = load_suite("humaneval-x", ("python", "java"), data_dir=DATA)
    by_id = {item.id: item for item in suite.tasks}

    async def main() -> list[list[bool]]:
        sandbox = DockerSandbox(run_id="test-vacuity")
        check = Checker(sandbox=sandbox)
        marks = []
        for name in ("Python/32", "Java/32"):
            right = Candidate(code=by_id[name].prompt + by_id[name].reference)
            marks.append([c.is_vacuous for c in (await check(by_id[name], right, by_id[name].visible)).last.cases])
        await sandbox.aclose()
        return marks

    assert anyio.run(main) == [[True, True], [False, False]]


def report(*marks: bool, status: Status = Status.PASSED) -> StageReport:
    cases = tuple(
        CaseResult(name=str(i), expression=f"f({i})", status=CaseStatus.PASSED, is_vacuous=mark)
        for i, mark in enumerate(marks)
    )
    return StageReport(stage="test", status=status, outcome="ok", cases=cases)


def test_a_vacuous_pass_is_no_evidence_and_no_anchor() -> None:
    with_sound = Verdict(reports=(report(True, False, status=Status.FAILED),))
    without = Verdict(reports=(report(True, True, status=Status.FAILED),))
    assert evidence(with_sound) > evidence(without)
    assert build(with_sound, Candidate(code="")).passing == ("f(1)",)


def test_a_task_with_vacuous_cases_only_has_no_visible_tests() -> None:
    async def check(*_: object) -> Verdict:
        return Verdict(reports=(report(True, True),))

    async def record(_: Attempt) -> None:
        pass

    async def main() -> bool:
        model = FakeModel(lambda _: f"```python\n{PROMPT}    return -1e9\n```")
        owned = task(MISPLACED)
        trajectory = await run_trajectory(
            owned, 0, complete=model.complete, check=check, record=record, policy=Policy()
        )
        return trajectory.has_visible_tests

    assert anyio.run(main) is False
