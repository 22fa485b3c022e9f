"""Bench on a real store and public fakes: what becomes of a call that gives no reply."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from codeloop.attempts import (
    CallCounts,
    Candidate,
    Completion,
    Ending,
    Prompt,
    StageReport,
    Status,
    Trajectory,
    Verdict,
)
from codeloop.bench import Bench
from codeloop.errors import ModelUnavailable
from codeloop.models.port import Model
from codeloop.policy import Policy
from codeloop.stages.check import Tests
from codeloop.store import Store
from codeloop.tasks import HiddenTests, Task, VisibleTests
from codeloop.testing import FakeModel

TASK = Task(
    id="Python/x1",
    language="python",
    statement="Double n.",
    prompt='def double(n):\n    """Double n."""\n',
    entry_point="double",
    visible=VisibleTests(code="assert double(1) == 2\n"),
    hidden=HiddenTests(code="assert double(5) == 10\n"),
    reference="    return n * 2\n",
)
ANSWER = "```python\ndef double(n):\n    return n * 2\n```"


class Hanging:
    """A model that never answers and says when it has been asked."""

    identity = "fake"

    def __init__(self) -> None:
        self.asked = anyio.Event()

    async def complete(self, prompt: Prompt) -> Completion:
        self.asked.set()
        await anyio.sleep_forever()
        raise AssertionError("unreachable")

    async def aclose(self) -> None:
        pass


@pytest.fixture
def store(tmp_path: Path):
    found = Store.open(tmp_path / "codeloop.db")
    found.new_run("r", {})
    yield found
    found.close()


async def passes(task: Task, candidate: Candidate, tests: Tests) -> Verdict:
    return Verdict(reports=(StageReport(stage="test", status=Status.PASSED, outcome="ok"),))


async def ended(_: Trajectory) -> None:
    pass


def bench(store: Store, model: Model) -> Bench:
    return Bench(
        run_id="r", tasks=(TASK,), draws=1, policy_of=lambda *_: Policy(), model=model, check=passes, store=store
    )


def test_a_call_that_raised_is_closed_and_made_again_on_resumption(store: Store) -> None:
    def fails(_: Prompt) -> str:
        raise ModelUnavailable("503")

    first = anyio.run(bench(store, FakeModel(fails)).run, ended)
    assert first[0].ending is Ending.ERRORED
    assert store.count_calls("r") == CallCounts(made=1, failed=1)
    second = anyio.run(bench(store, FakeModel(lambda _: ANSWER)).run, ended)
    assert second[0].ending is Ending.SOLVED
    assert store.count_calls("r") == CallCounts(made=2, failed=1)


def test_a_cancelled_call_counts_as_lost(store: Store) -> None:
    async def main() -> None:
        model = Hanging()
        async with anyio.create_task_group() as group:
            group.start_soon(bench(store, model).run, ended)
            await model.asked.wait()
            group.cancel_scope.cancel()

    anyio.run(main)
    assert store.count_calls("r") == CallCounts(made=1, lost=1)
    anyio.run(bench(store, FakeModel(lambda _: ANSWER)).run, ended)
    assert store.count_calls("r") == CallCounts(made=2, lost=1, repeated=1)


def test_a_recorded_reply_is_not_asked_for_again(store: Store) -> None:
    anyio.run(bench(store, FakeModel(lambda _: ANSWER)).run, ended)
    store.new_run("s", {})

    def refuses(_: Prompt) -> str:
        raise AssertionError("asked again")

    again = Bench(
        run_id="s",
        tasks=(TASK,),
        draws=1,
        policy_of=lambda *_: Policy(),
        model=FakeModel(refuses),
        check=passes,
        store=store,
    )
    assert anyio.run(again.run, ended)[0].ending is Ending.SOLVED
    assert store.count_calls("s") == CallCounts(from_store=1)
