"""The loop on fakes: when it stops, what it keeps, and what a prompt may hold."""

from __future__ import annotations

from dataclasses import replace

import anyio

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
from codeloop.loop import run_trajectory
from codeloop.moves import RepairBest, StopWhenStalled
from codeloop.policies import get_policy
from codeloop.policy import Policy
from codeloop.stages.check import Tests
from codeloop.tasks import HiddenTests, Task, VisibleTests
from codeloop.testing import FakeModel

SENTINEL = "hidden_sentinel_5417"
REPAIR = get_policy("repair")
TASK = Task(
    id="Python/x1",
    language="python",
    statement="Double n.",
    prompt='def double(n):\n    """Double n."""\n',
    entry_point="double",
    visible=VisibleTests(code="assert double(1) == 2\nassert double(2) == 4\n"),
    hidden=HiddenTests(code=f"assert double(5) == 10, '{SENTINEL}'\n"),
    reference="    return n * 2\n",
)


def answer(body: str) -> str:
    return f"```python\ndef double(n):\n    {body}\n```"


class Checks:
    """Gives the verdict that a candidate's text asks for and keeps what it was given."""

    def __init__(self) -> None:
        self.tests: list[Tests] = []

    async def __call__(self, task: Task, candidate: Candidate, tests: Tests) -> Verdict:
        self.tests.append(tests)
        if "syntax" in candidate.code:
            return Verdict(reports=(StageReport(stage="compile", status=Status.FAILED, outcome="syntax"),))
        n_passed = candidate.code.count("good")
        cases = tuple(
            CaseResult(
                name=str(i),
                status=CaseStatus.PASSED if i < n_passed else CaseStatus.FAILED,
                expression=f"double({i})",
                expected="1",
                actual="same" if "same" in candidate.code else candidate.code,
            )
            for i in range(2)
        )
        status = Status.PASSED if n_passed == 2 else Status.FAILED
        compiled = StageReport(stage="compile", status=Status.PASSED, outcome="ok")
        return Verdict(
            reports=(compiled, StageReport(stage="test", status=status, outcome="wrong_answer", cases=cases))
        )


def trajectory_of(
    *bodies: str,
    recorded: tuple[Attempt, ...] = (),
    policy: Policy = REPAIR,
) -> tuple[Trajectory, list[Prompt], list[Attempt], Checks]:
    prompts: list[Prompt] = []
    kept: list[Attempt] = []
    checks = Checks()

    def reply(prompt: Prompt) -> str:
        prompts.append(prompt)
        return answer(bodies[prompt.iteration])

    async def record(attempt: Attempt) -> None:
        kept.append(attempt)

    async def main() -> Trajectory:
        model = FakeModel(reply)
        return await run_trajectory(
            TASK, 0, complete=model.complete, check=checks, record=record, policy=policy, recorded=recorded
        )

    return anyio.run(main), prompts, kept, checks


def test_it_stops_on_success() -> None:
    trajectory, prompts, kept, _ = trajectory_of("good", "good good")
    assert trajectory.ending is Ending.SOLVED
    assert len(prompts) == len(kept) == 2


def test_it_stops_at_the_cap() -> None:
    trajectory, *_ = trajectory_of("a", "b", "c", "d", "e")
    assert trajectory.ending is Ending.EXHAUSTED
    assert len(trajectory.attempts) == 4


def test_a_repeated_candidate_stalls() -> None:
    trajectory, *_ = trajectory_of("a", "b", "a")
    assert trajectory.ending is Ending.STALLED
    assert len(trajectory.attempts) == 3


def test_another_program_that_fails_alike_stalls_and_a_policy_may_go_on() -> None:
    trajectory, *_ = trajectory_of("same", "same # reworded", "good good")
    assert trajectory.ending is Ending.STALLED
    assert len(trajectory.attempts) == 2
    patient, *_ = trajectory_of(
        "same",
        "same # reworded",
        "good good",
        policy=replace(REPAIR, plan=StopWhenStalled(RepairBest(), also_on_repeated_error=False)),
    )
    assert patient.ending is Ending.SOLVED


def test_failing_at_another_case_is_no_repetition() -> None:
    trajectory, *_ = trajectory_of("same", "same good", "good good")
    assert trajectory.ending is Ending.SOLVED


def test_a_worse_later_attempt_never_replaces_the_best() -> None:
    trajectory, prompts, *_ = trajectory_of("good", "syntax", "b", "c")
    assert [attempt.handed_over for attempt in trajectory.attempts] == [0, 0, 0, 0]
    assert "good" in prompts[2].messages[1].content
    assert "was no better and was dropped" in prompts[2].messages[1].content


def test_recorded_attempts_are_neither_asked_nor_checked_again() -> None:
    _, _, kept, _ = trajectory_of("a", "good good")
    trajectory, prompts, again, checks = trajectory_of("a", "good good", recorded=tuple(kept[:1]))
    assert [prompt.iteration for prompt in prompts] == [1]
    assert len(again) == len(checks.tests) == 1
    assert trajectory.ending is Ending.SOLVED


def test_hidden_tests_reach_neither_prompt_nor_check() -> None:
    _, prompts, _, checks = trajectory_of("a", "b", "c", "d")
    assert all(isinstance(tests, VisibleTests) for tests in checks.tests)
    assert all(SENTINEL not in message.content for prompt in prompts for message in prompt.messages)


def test_feedback_shows_the_failing_case_and_the_passing_ones() -> None:
    _, prompts, *_ = trajectory_of("good", "good good")
    text = prompts[1].messages[1].content
    assert "double(1)" in text
    assert "must stay so" in text
    assert "Expected:" in text


def test_an_answer_without_code_is_data() -> None:
    kept: list[Attempt] = []

    async def record(attempt: Attempt) -> None:
        kept.append(attempt)

    async def check(task: Task, candidate: Candidate, tests: Tests) -> Verdict:
        from codeloop.stages.check import Checker
        from codeloop.testing import FakeSandbox

        return await Checker(sandbox=FakeSandbox(lambda _: 1 / 0))(task, candidate, tests)  # type: ignore[arg-type,return-value]

    async def main() -> Trajectory:
        model = FakeModel(lambda _: Completion(text="I cannot help with that.", finish_reason="stop"))
        return await run_trajectory(TASK, 0, complete=model.complete, check=check, record=record, policy=REPAIR)

    trajectory = anyio.run(main)
    assert trajectory.attempts[0].verdict.last.outcome == "no_code"
    assert trajectory.ending is Ending.STALLED
