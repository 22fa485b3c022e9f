"""What tools vouch for is made in the program at once, checked, and kept where it is better: no call of the model."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest
from test_loop import TASK
from test_translate import SUM, fenced

from codeloop import codec, policies
from codeloop.attempts import (
    Attempt,
    Candidate,
    Completion,
    Ending,
    Mend,
    Prompt,
    StageReport,
    Status,
    Trajectory,
    Verdict,
)
from codeloop.diagnostics import Diagnostic, Fix
from codeloop.errors import UnknownName
from codeloop.languages.c_rust_tests import IMAGE
from codeloop.loop import run_trajectory
from codeloop.registry import open_checker
from codeloop.report.run_report import RunReport
from codeloop.report.trajectory_text import trajectory_text
from codeloop.stages.check import Check, Tests
from codeloop.suites import load_suite
from codeloop.tasks import Task
from codeloop.testing import FakeModel

TIDY = "pub fn sum_to(n: i32) -> i32 {\n    (1..=n.min(999)).sum()\n}\n"
UNTIDY = "use std::collections::HashMap;\n\n" + TIDY
NO_BORROW = (
    "fn total(values: &[i32]) -> i32 {\n    values.iter().sum()\n}\n\n"
    "pub fn sum_to(n: i32) -> i32 {\n    let values: Vec<i32> = (1..=n.min(999)).collect();\n    total(values)\n}\n"
)
NO_BORROW_NOR_MUT = (
    "fn total(values: &[i32]) -> i32 {\n    values.iter().sum()\n}\n\n"
    "pub fn sum_to(n: i32) -> i32 {\n    let values = Vec::new();\n    values.extend(1..=n.min(999));\n    total(values)\n}\n"
)
"""Of the missing ``mut`` rustc says nothing before the types are right."""
HALF_SEEN = """use std::cmp::min;

pub fn sum_to(n: i32) -> i32 {
    #[cfg(debug_assertions)]
    let last = n.clamp(0, 999);
    #[cfg(not(debug_assertions))]
    let last = min(n, 999);
    (1..=last).sum()
}
"""
"""clippy sees the branch in which the import is not used; what is fuzzed is the other one."""


# --- with a check that says what is wrong ---


def suggestion(old: str, new: str, code: str) -> Fix:
    column = code.split("\n")[1].index(old) + 1
    return Fix(
        message=f"write {new}",
        replacement=new,
        line=2,
        column=column,
        end_line=2,
        end_column=column + len(old),
        is_safe=True,
    )


class Suggests:
    """A compiler that wants other words in place of those of ``wanted``; of ``""`` it cannot say which."""

    def __init__(self, wanted: dict[str, str], *, breaks: bool = False) -> None:
        self.wanted, self.breaks, self.programs = wanted, breaks, list[str]()

    async def __call__(self, task: Task, candidate: Candidate, tests: Tests) -> Verdict:
        self.programs.append(candidate.code)
        found = [
            Diagnostic(
                stage="compile",
                tool="rustc",
                rule="E1",
                message=f"no {old}",
                fixes=(suggestion(old, new, candidate.code),) if new else (),
            )
            for old, new in self.wanted.items()
            if old in candidate.code
        ]
        more = (Diagnostic(stage="compile", tool="rustc", rule="E2", message="worse"),) * 3
        worse = more if self.breaks and len(self.programs) > 1 else ()
        if not found and not worse:
            return Verdict(reports=(StageReport(stage="compile", status=Status.PASSED, outcome="ok"),))
        failed = StageReport(stage="compile", status=Status.FAILED, outcome="types", diagnostics=(*found, *worse))
        return Verdict(reports=(failed,))


def tried(check: Check, policy: str, *answers: str) -> tuple[Trajectory, list[Prompt], list[Attempt]]:
    prompts: list[Prompt] = []
    kept: list[Attempt] = []

    def answer(prompt: Prompt) -> str:
        prompts.append(prompt)
        return f"```python\n{answers[min(prompt.iteration, len(answers) - 1)]}```"

    async def record(attempt: Attempt) -> None:
        kept.append(attempt)

    async def main() -> Trajectory:
        return await run_trajectory(
            TASK,
            0,
            complete=FakeModel(answer).complete,
            check=check,
            record=record,
            policy=policies.get_policy(policy),
        )

    return anyio.run(main), prompts, kept


def python(body: str) -> str:
    return f"def double(n):\n    return {body}\n"


def test_round_by_round_until_nothing_is_suggested() -> None:
    check = Suggests({"aa": "bb", "bb": "cc"})
    trajectory, prompts, kept = tried(check, "single:mend=on", python("aa"))
    assert trajectory.ending is Ending.SOLVED
    assert check.programs == [python("aa"), python("bb"), python("cc")]
    assert len(prompts) == 1
    assert kept[0].candidate.code == python("cc")
    assert [(mend.before, mend.after) for mend in kept[0].candidate.mends] == [("aa", "bb"), ("bb", "cc")]
    assert "aa" in kept[0].completion.text


def test_three_rounds_at_most_and_never_to_a_program_that_was_there() -> None:
    check = Suggests({"aa": "bb", "bb": "cc", "cc": "dd", "dd": "ee"})
    tried(check, "single:mend=on", python("aa"))
    assert len(check.programs) == 1 + 3
    circle = Suggests({"aa": "bb", "bb": "aa"})
    tried(circle, "single:mend=on", python("aa"))
    assert len(circle.programs) == 2


def test_what_makes_it_worse_is_not_kept_and_off_is_the_default() -> None:
    check = Suggests({"aa": "bb"}, breaks=True)
    _, _, kept = tried(check, "single:mend=on", python("aa"))
    assert len(check.programs) == 2
    assert (kept[0].candidate.code, kept[0].candidate.mends) == (python("aa"), ())
    off = Suggests({"aa": "bb"})
    tried(off, "single", python("aa"))
    assert len(off.programs) == 1
    with pytest.raises(UnknownName, match="mend"):
        policies.get_policy("repair:mend=yes")


def test_the_next_prompt_shows_the_mended_program_and_reports_say_what_was_changed() -> None:
    check = Suggests({"aa": "bb", "cc": ""})
    trajectory, prompts, kept = tried(check, "repair:plan=persist:mend=on", python("aa + cc"))
    assert len(prompts) > 1
    assert "bb" in prompts[1].messages[-1].content
    told = trajectory_text(trajectory)
    assert "-- mended by tools' suggestions" in told
    assert "rustc E1, line 2: `aa` becomes `bb`: write bb" in told
    report = RunReport(run_id="r", settings={"ks": (1,), "max_iterations": 3}, trajectories=(trajectory,))
    (mend, *_) = report.as_json()["trajectories"][0]["attempts"][0]["mends"]
    assert mend == {"tool": "rustc", "rule": "E1", "message": "write bb", "line": 2, "before": "aa", "after": "bb"}
    assert codec.decode(Attempt, codec.encode(kept[0])) == kept[0]


def test_attempts_of_a_store_that_knew_no_mends_are_read() -> None:
    mend = Mend(tool="clippy", rule="r", message="m", line=1, before="a", after="")
    candidate = Candidate(code="x", mends=(mend,))
    old = json.loads(codec.encode(candidate))
    assert codec.decode(Candidate, json.dumps(old)) == candidate
    del old["mends"]
    assert codec.decode(Candidate, json.dumps(old)) == Candidate(code="x")


# --- in real cells ---


def translated(path: Path, policy: str, *answers: str) -> tuple[Trajectory, list[Prompt]]:
    """Translate a C function on real cells; the model gives the answers in turn."""
    (path / "sum.c").write_text(SUM, "utf-8")
    (task,) = load_suite(str(path / "sum.c"), ()).tasks

    async def checked(use: list[Trajectory], asked: list[Prompt]) -> None:
        chosen = policies.get_policy(policy)

        def answer(prompt: Prompt) -> Completion:
            asked.append(prompt)
            return fenced(answers[min(prompt.iteration, len(answers) - 1)])

        async def ignore(_: Attempt) -> None:
            return

        async with open_checker("test-mends", (IMAGE,), 1, print) as check:
            use.append(
                await run_trajectory(
                    task,
                    0,
                    complete=FakeModel(answer).complete,
                    check=chosen.checker(check),
                    record=ignore,
                    policy=chosen,
                )
            )

    found: list[Trajectory] = []
    asked: list[Prompt] = []
    anyio.run(checked, found, asked)
    return found[0], asked


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("rust", "made"),
    [
        (UNTIDY, [("clippy", "unused_imports", "")]),
        (NO_BORROW, [("rustc", "E0308", "&")]),
        (NO_BORROW_NOR_MUT, [("rustc", "E0308", "&"), ("rustc", "E0596", "mut ")]),
    ],
)
def test_what_clippy_and_rustc_vouch_for_makes_a_translation_clean_without_a_call(
    tmp_path: Path, rust: str, made: list[tuple[str, str, str]]
) -> None:
    trajectory, asked = translated(tmp_path, "repair:lint=gate:mend=on", rust)
    assert len(asked) == 1
    assert trajectory.ending is Ending.SOLVED
    (attempt,) = trajectory.attempts
    assert [(mend.tool, mend.rule, mend.after) for mend in attempt.candidate.mends] == made
    assert attempt.candidate.code != rust


ONE_LINE = """
struct Pair { left: i32, right: i32 }
fn total(pair: &Pair) -> i32 { pair.left + pair.right }
fn three() -> i32 { let pair = Pair { left: 1, right: 2 }; total(pair) }
"""
"""Each item gets a `pub` before it is compiled, so rustc's columns are others than the program's."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("language", "before", "after", "made"),
    [
        pytest.param("rust", "", ONE_LINE, [("rustc", "E0308", "", "&")], marks=pytest.mark.docker("rust")),
        pytest.param(
            "python", "import os\n", "", [("ruff", "F401", "import os\n", "")], marks=pytest.mark.docker("python")
        ),
    ],
)
def test_other_languages_are_mended_at_the_programs_own_places(
    language: str, before: str, after: str, made: list[tuple[str, str, str, str]]
) -> None:
    task = load_suite("basics", (language,)).tasks[0]
    code = f"{before}{task.prompt}{task.reference}{after}"
    policy = policies.get_policy("single:lint=gate:mend=on")

    async def ignore(_: Attempt) -> None:
        return

    async def main() -> Trajectory:
        model = FakeModel(lambda _: f"```{language}\n{code}```")
        async with open_checker("test-mends", (language,), 1, print) as check:
            return await run_trajectory(
                task, 0, complete=model.complete, check=policy.checker(check), record=ignore, policy=policy
            )

    (attempt,) = anyio.run(main).attempts
    assert [(each.tool, each.rule, each.before, each.after) for each in attempt.candidate.mends] == made
    assert attempt.verdict.report("test") is not None
    assert "total(&pair)" in attempt.candidate.code or language == "python"


@pytest.mark.docker
@pytest.mark.timeout(600)
def test_a_suggestion_that_breaks_the_program_is_not_kept(tmp_path: Path) -> None:
    trajectory, _ = translated(tmp_path, "single:lint=gate:mend=on", HALF_SEEN)
    (attempt,) = trajectory.attempts
    assert (attempt.candidate.code, attempt.candidate.mends) == (HALF_SEEN, ())
    found = attempt.verdict.last
    assert (found.stage, found.diagnostics[0].rule) == ("lint", "unused_imports")
    assert found.diagnostics[0].fixes[0].is_safe
