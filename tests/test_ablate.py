"""Ablations on a real store and public fakes: shared first answers, the control's budget, arms that go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeloop.ablate import Ablation, arm_run_id, budgets_of, of_numbers, require_arms, shard_of
from codeloop.attempts import (
    Attempt,
    CallCounts,
    Candidate,
    CaseResult,
    CaseStatus,
    Completion,
    Ending,
    Prompt,
    StageReport,
    Status,
    Trajectory,
    Usage,
    Verdict,
)
from codeloop.errors import ConfigError, ModelUnavailable, SuiteError
from codeloop.policies import get_policy
from codeloop.stages.check import Tests
from codeloop.store import Store
from codeloop.tasks import HiddenTests, Task, VisibleTests
from codeloop.testing import FakeModel

Done = dict[str, tuple[Trajectory, ...]]


def task(number: str, language: str = "Python") -> Task:
    return Task(
        id=f"{language}/{number}",
        language=language.lower(),
        statement="Double n.",
        prompt=f'def double_{number}(n):\n    """Double n."""\n',
        entry_point=f"double_{number}",
        visible=VisibleTests(code="assert double(1) == 2\n"),
        hidden=HiddenTests(code="assert double(5) == 10\n"),
        reference="    return n * 2\n",
    )


TASKS = (task("1"), task("2"))


class Scripted:
    """A model whose answer says how often it was asked; right when it is shown what was found, in task 1 only."""

    def __init__(self, usage: Usage = Usage(prompt_tokens=30, completion_tokens=20)) -> None:  # noqa: B008 - frozen
        self.prompts: Counter[str] = Counter()
        self.usage = usage

    def __call__(self, prompt: Prompt) -> Completion:
        self.prompts[prompt.digest] += 1
        text = prompt.messages[-1].content
        number = "1" if "double_1" in text else "2"
        is_right = number == "1" and "wanted 2" in text
        body = "return n * 2" if is_right else f"return {len(self.prompts)}"
        answer = f"```python\ndef double_{number}(n):\n    {body}\n```"
        return Completion(text=answer, finish_reason="stop", usage=self.usage, latency_s=1.0)


async def check(task: Task, candidate: Candidate, tests: Tests) -> Verdict:
    is_right = "n * 2" in candidate.code
    case = CaseResult(
        name="line 1",
        status=CaseStatus.PASSED if is_right else CaseStatus.FAILED,
        expression="double(1)",
        expected="wanted 2",
        actual="" if is_right else candidate.code.split()[-1],
    )
    status, outcome = (Status.PASSED, "ok") if is_right else (Status.FAILED, "exception")  # which the default repairs
    return Verdict(reports=(StageReport(stage="test", status=status, outcome=outcome, cases=(case,)),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "codeloop.db") as found:
        yield found


class Silent:
    async def on_end(self, trajectory: Trajectory) -> None:
        pass

    async def on_attempt(self, task_id: str, draw: int, attempt: Attempt) -> None:
        pass


def ablate(
    store: Store, answer: Callable[[Prompt], str | Completion], *arms: str, run_id: str = "a", draws: int = 2
) -> tuple[Done, list[str]]:
    """Run an ablation; give its trajectories by arm, and the arms in the order in which they ran."""
    known, told = {run.run_id for run in store.list_runs()}, []

    @contextmanager
    def watch(arm: str, total: int, ended: int) -> Iterator[Silent]:
        told.append(f"{arm} {ended}/{total}")
        yield Silent()

    for arm in arms:
        if arm_run_id(run_id, arm) not in known:
            store.new_run(arm_run_id(run_id, arm), {})
    ablation = Ablation(
        run_id=run_id,
        tasks=TASKS,
        draws=draws,
        arms=tuple(get_policy(arm) for arm in arms),
        model=FakeModel(answer),
        check_of=lambda _: check,
        store=store,
    )
    return dict(anyio.run(ablation.run, watch)), told


def calls(store: Store, *arms: str, run_id: str = "a") -> list[CallCounts]:
    return [store.count_calls(arm_run_id(run_id, arm)) for arm in arms]


def spent(trajectory: Trajectory) -> int:
    return budgets_of([trajectory])[trajectory.task_id, trajectory.draw]


def test_first_answers_are_asked_for_once_and_shared(store: Store) -> None:
    model = Scripted()
    done, order = ablate(store, model, "single", "placebo", "resample", "default")
    assert order == [f"{arm} 0/4" for arm in ("default", "single", "placebo", "resample")]  # the loop first
    assert list(done) == ["single", "placebo", "resample", "default"]
    assert set(model.prompts.values()) == {1}
    default, single, placebo, resample = calls(store, "default", "single", "placebo", "resample")
    assert (single.made, single.from_store) == (0, 4)
    assert placebo.from_store == 4
    assert resample.from_store == 4
    assert default.from_store == 0
    firsts = {arm: [t.attempts[0].candidate.code for t in mine] for arm, mine in done.items()}
    assert firsts["single"] == firsts["placebo"] == firsts["resample"] == firsts["default"]


def test_the_arms_do_what_they_say(store: Store) -> None:
    done, _ = ablate(store, Scripted(), "default", "single", "placebo")
    endings = {arm: [t.ending for t in mine] for arm, mine in done.items()}
    assert endings["default"][:2] == [Ending.SOLVED, Ending.SOLVED]  # task 1, two draws
    assert {len(t.attempts) for t in done["single"]} == {1}
    assert Ending.SOLVED not in endings["placebo"]
    assert not any("wanted 2" in m.content for t in done["placebo"] for a in t.attempts for m in a.prompt.messages)


def test_resample_spends_the_loops_tokens_on_each_task_and_draw_and_at_most_one_draw_more(store: Store) -> None:
    done, _ = ablate(store, Scripted(), "default", "resample")
    for loop, control in zip(done["default"], done["resample"], strict=True):
        assert (control.task_id, control.draw) == (loop.task_id, loop.draw)
        assert spent(loop) <= spent(control) < spent(loop) + 50
        assert all(attempt.repairs is None for attempt in control.attempts)
        assert len({a.prompt.digest for a in control.attempts}) == len(control.attempts)
        assert len({a.prompt.messages for a in control.attempts}) == 1


def test_tokens_that_nobody_counts_are_no_budget(store: Store) -> None:
    with pytest.raises(ConfigError, match="counts no tokens") as caught:
        ablate(store, Scripted(Usage(prompt_tokens=3)), "default", "resample")
    assert "leave it out of --arms" in str(caught.value)
    done, _ = ablate(store, Scripted(Usage()), "default", "single", run_id="b")
    assert {t.ending for t in done["single"]} == {Ending.EXHAUSTED}


def test_where_the_loop_errored_its_control_waits_for_a_budget(store: Store) -> None:
    model = Scripted()
    fails = True

    def fickle(prompt: Prompt) -> Completion:
        if fails and "double_2" in prompt.messages[-1].content and prompt.draw == 1 and prompt.iteration == 1:
            raise ModelUnavailable("503")
        return model(prompt)

    done, _ = ablate(store, fickle, "default", "resample")
    errored = {arm: [(t.task_id, t.draw) for t in mine if t.ending is Ending.ERRORED] for arm, mine in done.items()}
    assert errored == {"default": [("Python/2", 1)], "resample": [("Python/2", 1)]}
    fails = False
    done, order = ablate(store, fickle, "default", "resample")
    assert order == ["default 3/4", "resample 3/4"]
    assert not any(t.ending is Ending.ERRORED for mine in done.values() for t in mine)
    assert spent(done["resample"][3]) >= spent(done["default"][3])
    assert set(model.prompts.values()) == {1}


@pytest.mark.parametrize("n_calls", [0, 1, 4, 9, 15])
def test_an_ablation_that_was_stopped_goes_on_and_asks_nothing_twice(
    store: Store, n_calls: int, tmp_path: Path
) -> None:
    model, arms = Scripted(), ("default", "single", "placebo", "resample")

    def stops(prompt: Prompt) -> Completion:
        if sum(model.prompts.values()) >= n_calls:
            raise KeyboardInterrupt
        return model(prompt)

    with pytest.raises(BaseException) as caught:
        ablate(store, stops, *arms)
    assert not isinstance(caught.value, Exception)
    resumed, _ = ablate(store, model, *arms)
    assert set(model.prompts.values()) == {1}
    again, order = ablate(store, model, *arms)
    assert order == [f"{arm} 4/4" for arm in arms]
    assert again == resumed
    with Store.open(tmp_path / "undisturbed.db") as other:
        undisturbed, _ = ablate(other, Scripted(), *arms)
    for arm in arms:
        assert [(t.task_id, t.draw, t.ending, len(t.attempts)) for t in resumed[arm]] == [
            (t.task_id, t.draw, t.ending, len(t.attempts)) for t in undisturbed[arm]
        ]


def test_a_later_ablation_pays_for_its_new_arms_only(store: Store) -> None:
    model = Scripted()
    ablate(store, model, "default", "single")
    before = sum(model.prompts.values())
    ablate(store, model, "default", "single", "minimal", run_id="b")
    default, single, minimal = calls(store, "default", "single", "minimal", run_id="b")
    assert default.made == single.made == 0
    assert minimal.made == sum(model.prompts.values()) - before


@pytest.mark.parametrize("arms", [(), ("default",), ("default", "default"), ("single", "resample")])
def test_arms_that_cannot_be_compared_are_refused(arms: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="--arms"):
        require_arms(arms)


def test_even_and_odd_numbers() -> None:
    tasks = [task("0"), task("b13"), task("7", "Java"), task("10")]
    assert [t.number for t in of_numbers(tasks, "even")] == ["0", "10"]
    assert [t.number for t in of_numbers(tasks, "odd")] == ["b13", "7"]
    assert of_numbers(tasks, "all") == tuple(tasks)
    with pytest.raises(SuiteError, match="--numbers all"):
        of_numbers([replace(task("1"), id="Python/word")], "even")


@given(st.sets(st.tuples(st.integers(0, 40), st.sampled_from(["Python", "Java"]))), st.integers(1, 7))
def test_shards_are_parts_of_the_whole_and_keep_a_problem_together(chosen: set[tuple[int, str]], shards: int) -> None:
    tasks = [task(str(number), language) for number, language in sorted(chosen)]
    parts = [shard_of(tasks, shard, shards) for shard in range(1, shards + 1)]
    assert sorted(t.id for part in parts for t in part) == sorted(t.id for t in tasks)
    numbers = [{t.number for t in part} for part in parts]
    assert sum(map(len, numbers)) == len({t.number for t in tasks})
    assert max(map(len, numbers)) - min(map(len, numbers)) <= 1
