"""Wordings: variants of C that draws and restarts go round, corpora that go along, the figure of robustness."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from schemas import validated
from test_ci_command import codeloop
from test_loop import TASK, Checks, answer
from test_translate import RIGHT, SUM, TASKS, WRONG, fenced

from codeloop.attempts import Attempt, Completion, Ending, Prompt, Trajectory
from codeloop.languages import KeepsCorpus, get_language
from codeloop.languages.c_rust_tests import IMAGE, Budget, DifferentialTests
from codeloop.loop import run_trajectory
from codeloop.models.replay import RecordingModel
from codeloop.policies import get_policy
from codeloop.registry import open_checker
from codeloop.rewording import verified_variants, with_wordings
from codeloop.robustness import robustness
from codeloop.stages.check import Check
from codeloop.suites import load_suite
from codeloop.tasks import Task, Wording
from codeloop.testing import FakeModel

WORDED = replace(
    TASK,
    wordings=tuple(
        Wording(prompt=TASK.prompt.replace("Double n", text), statement=text, source=text, changes=("names",))
        for text in "AB"
    ),
)
RUN = (IMAGE,)


def asked(task: Task, draw: int, policy: str, *answers: str, check: Check) -> tuple[Trajectory, list[str]]:
    prompts: list[str] = []

    def reply(prompt: Prompt) -> str | Completion:
        prompts.append(prompt.messages[-1].content)
        return answers[min(prompt.iteration, len(answers) - 1)]

    async def ignore(_: Attempt) -> None:
        return

    async def body() -> Trajectory:
        complete = FakeModel(reply).complete
        return await run_trajectory(
            task, draw, complete=complete, check=check, record=ignore, policy=get_policy(policy)
        )

    return anyio.run(body), prompts


def wordings_of(draw: int, policy: str, *bodies: str) -> list[int]:
    trajectory, _ = asked(WORDED, draw, policy, *map(answer, bodies), check=Checks())
    return [attempt.wording for attempt in trajectory.attempts]


def test_draws_go_round_the_wordings_and_repairs_keep_theirs() -> None:
    assert [wordings_of(draw, "single", "a") for draw in range(4)] == [[0], [1], [2], [0]]
    assert wordings_of(1, "repair", "a", "b", "c", "d") == [1, 1, 1, 1]


def test_a_restart_takes_the_next_wording() -> None:
    assert wordings_of(1, "search:repairs=9", *"abcdefghij") == [1, 1, 1, 1, 2, 2, 2, 2, 0, 0]
    assert wordings_of(0, "search:repairs=3", "a", "a", "b", "b") == [0, 0, 1, 1], "a stall restarts at once"


def test_the_wording_is_what_the_model_sees() -> None:
    _, prompts = asked(WORDED, 1, "single", answer("a"), check=Checks())
    assert '"""A."""' in prompts[0]
    assert "Double n" not in prompts[0]


def test_wordings_are_part_of_what_a_task_is() -> None:
    assert len({TASK.digest, WORDED.digest, replace(WORDED, wordings=WORDED.wordings[:1]).digest}) == 3
    assert WORDED.worded(0) == WORDED


@pytest.mark.docker
@pytest.mark.timeout(900)
def test_variants_are_held_against_their_originals_and_shown_in_their_place() -> None:
    tasks = [TASKS[name] for name in ("clamp_add", "count_words", "lcg_next")]

    async def body() -> dict[str, list[list[str]]]:
        async with open_checker("test-rewording", RUN, 2, print) as checker:
            return await verified_variants(tasks, checker.sandbox, 2, seed=7)

    found = anyio.run(body)
    assert list(found) == [task.id for task in tasks]
    for task in with_wordings(tasks, found):
        assert len(task.wordings) == 2
        shown = {task.prompt, *(each.prompt for each in task.wordings)}
        assert len(shown) == 3
        for each in task.wordings:
            assert each.changes
            assert task.origin is not None
            assert each.source != task.origin.text
            assert each.prompt.splitlines()[0] == task.prompt.splitlines()[0]
            assert each.prompt.splitlines()[-4:] == task.prompt.splitlines()[-4:]
            assert all(line.startswith("//") for line in each.prompt.splitlines() if line)


@pytest.mark.docker
@pytest.mark.timeout(900)
def test_what_one_attempt_found_is_tried_first_on_the_next(tmp_path: Path) -> None:
    """The second search is too short to find anything by itself."""
    (tmp_path / "sum.c").write_text(SUM, "utf-8")
    (task,) = load_suite(str(tmp_path / "sum.c"), ()).tasks
    language = get_language(IMAGE)
    assert isinstance(language, KeepsCorpus)
    answers = (fenced(WRONG).text, fenced(WRONG.replace("1..n", "2..n")).text, fenced(RIGHT).text)

    async def body() -> Trajectory:
        async with open_checker("test-rewording", RUN, 1, print) as check:
            model = FakeModel(lambda prompt: answers[prompt.iteration])

            async def ignore(_: Attempt) -> None:
                return

            return await run_trajectory(
                task, 0, complete=model.complete, check=check, record=ignore, policy=get_policy("repair:plan=persist")
            )

    trajectory = anyio.run(body)
    assert trajectory.ending is Ending.SOLVED
    first, second, last = (attempt.verdict.last for attempt in trajectory.attempts)
    assert first.agreement is not None
    assert second.agreement is not None
    assert 0 < first.agreement < 1
    assert last.agreement == 1
    assert set(first.corpus) & set(second.corpus), "what was found is kept"
    again = DifferentialTests.read(language.with_corpus(task.visible.code, first.corpus))
    assert again.corpus == first.corpus
    assert again.budget == Budget()


@pytest.mark.docker
@pytest.mark.timeout(900)
def test_translate_with_perturbations_draws_each_wording_and_says_how_they_differ(tmp_path: Path) -> None:
    (tmp_path / "sum.c").write_text(SUM, "utf-8")
    (task,) = load_suite(str(tmp_path / "sum.c"), ()).tasks
    variants = record(task, tmp_path / "c.jsonl")
    assert variants
    arguments = ("--perturb", "1", "--policy", "single", "--model", "replay:c.jsonl", "--json")
    done = codeloop(tmp_path, "translate", "sum.c", *arguments)
    assert done.code == 0, done.err
    report = validated("results-1", json.loads(done.out))
    assert [each["ending"] for each in report["trajectories"]] == ["solved", "exhausted"]
    assert report["robustness"]["n_tasks"] == 1
    assert report["robustness"]["first"]["shares"] == [1.0, 0.0]
    assert report["robustness"]["first"]["spread"] == 1.0
    refused = codeloop(tmp_path, "bench", "basics", "--perturb", "1", "--model", "replay:c.jsonl")
    assert refused.code == 2
    assert "--perturb rewrites C" in refused.err


def record(task: Task, cassette: Path) -> dict[str, list[list[str]]]:
    """Record answers to the two prompts of a run with one variant: right to the task as it stands, wrong to the variant."""

    async def body() -> dict[str, list[list[str]]]:
        async with open_checker("test-rewording", RUN, 1, print) as checker:
            variants = await verified_variants([task], checker.sandbox, 1, seed=0)
            (worded,) = with_wordings([task], variants)
            model = RecordingModel(FakeModel(lambda prompt: fenced((RIGHT, WRONG)[prompt.draw])), cassette)

            async def ignore(_: Attempt) -> None:
                return

            for draw in (0, 1):
                await run_trajectory(
                    worded, draw, complete=model.complete, check=checker, record=ignore, policy=get_policy("single")
                )
            return variants

    return anyio.run(body)


def test_the_figure_of_robustness_knows_what_chance_alone_gives() -> None:
    def run(outcomes: dict[str, tuple[str, ...]]) -> list[Trajectory]:
        return [scored(task, draw, word) for task, words in outcomes.items() for draw, word in enumerate(words)]

    always = robustness(run({f"C/{n}": ("good good", "a", "good good") for n in range(12)}))
    assert always is not None
    assert always.first.shares == (1.0, 0.0, 1.0)
    assert always.first.spread == 1.0
    assert always.first.p < 0.01
    assert always.first.changing == always.n_tasks == 12
    same = robustness(run({f"C/{n}": ("good good",) * 3 for n in range(4)}))
    assert same is not None
    assert (same.end.spread, same.end.by_chance, same.end.p) == (0, 0, 1)
    one = robustness(run({"C/0": ("good good", "a", "a"), "C/1": ("good good",)}))
    assert one is not None
    assert one.left_out == 1, "it was not drawn in every wording"
    assert one.first.p > 0.3
    assert robustness([]) is None
    assert robustness(run({"C/0": ("a",)})) is None


def scored(task_id: str, draw: int, body: str) -> Trajectory:
    found, _ = asked(replace(WORDED, id=task_id), draw, "single", answer(body), check=Checks())
    return replace(found, hidden=tuple(attempt.verdict for attempt in found.attempts))
