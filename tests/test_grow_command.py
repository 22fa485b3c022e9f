"""``codeloop grow-tests`` as a user meets it: a run, its tests grown on real cells, killed in between, and gone on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import anyio
import pytest
from test_end_to_end import command, environment

from codeloop.attempts import Prompt
from codeloop.bench import Bench
from codeloop.growing import Growing
from codeloop.growth import Growth, GrowthSettings
from codeloop.models.replay import RecordingModel
from codeloop.policies import get_policy
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.store import Store
from codeloop.suites import load_suite, select
from codeloop.tasks import Task
from codeloop.testgen.conditions import conditions
from codeloop.testgen.properties import subject_of
from codeloop.testgen.results import Origin
from codeloop.testing import FakeModel

pytestmark = [pytest.mark.docker("python", "runners"), pytest.mark.timeout(600)]
IDS = ("Python/b1", "Python/b2")
BENCH = ("bench", "basics", "--lang", "python", "--tasks", ",".join(IDS), "--policy", "single")


def answer(tasks: tuple[Task, ...], prompt: Prompt) -> str:
    """Give right programs, two right tests and a wrong one, and then the other right tests against mutants."""
    text = "\n".join(message.content for message in prompt.messages)
    task = next(task for task in tasks if task.entry_point in text)
    right = conditions(task.language, task.entry_point, task.hidden.code)
    if prompt.template.startswith("write_tests"):
        return "```python\n" + "\n".join([*right[:2], f"{task.entry_point}([], 1) == 77"]) + "\n```"
    if prompt.template.startswith("write_properties"):
        call = subject_of(task).call
        return f"```python\n{call} == {call}\n{call} > 0\n```"
    if prompt.template.startswith("kill_mutants"):
        return "```python\n" + "\n".join(right[2:]) + "\n```"
    return f"```python\n{task.prompt}{task.reference}\n```"


@pytest.fixture(scope="module")
def cassette(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record what the scripted model answers to a run and to the growth of its tests."""
    folder = tmp_path_factory.mktemp("recorded")
    tasks = select(load_suite("basics", ("python",)), IDS)
    model = RecordingModel(FakeModel(lambda prompt: answer(tasks, prompt)), folder / "cassette.jsonl")

    async def nothing(_: object) -> None: ...

    async def record(store: Store, run_id: str, settings: GrowthSettings) -> None:
        sandbox = DockerSandbox(run_id="test-grow", jobs=2)
        try:
            checker, policy = Checker(sandbox=sandbox), get_policy("single")
            bench = Bench(
                run_id=run_id, tasks=tasks, draws=1, policy_of=lambda *_: policy, model=model, check=policy.checker(checker), store=store
            )  # fmt: skip
            await bench.run(nothing)
            growing = Growing(
                run_id=run_id, tasks=tasks, coder=model, writer=model, check=checker, bed=checker, store=store, settings=settings
            )  # fmt: skip
            await growing.run(nothing)
        finally:
            await sandbox.aclose()

    with Store.open(folder / "codeloop.db") as store:
        for run_id, settings in (("r", GrowthSettings()), ("p", GrowthSettings(n_properties=2))):
            store.new_run(run_id, {})
            anyio.run(record, store, run_id, settings)
    return folder / "cassette.jsonl"


def codeloop(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), env=environment(folder), capture_output=True, text=True, timeout=280, check=False
    )


@pytest.fixture(scope="module")
def folder(cassette: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run whose tests have not grown yet."""
    place = tmp_path_factory.mktemp("run")
    done = codeloop(place, *BENCH, "--model", f"replay:{cassette}")
    assert done.returncode == 0, done.stderr
    return place


def growths(folder: Path) -> tuple[Growth, ...]:
    with Store.open(folder / "codeloop.db") as store:
        return store.growths(store.find_run(None).run_id)


def calls(folder: Path) -> int:
    with Store.open(folder / "codeloop.db") as store:
        return store.count_replies()


def test_killed_in_between_it_goes_on_and_asks_nothing_twice(folder: Path) -> None:
    running = subprocess.Popen(
        command("grow-tests"), env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not growths(folder) and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert len(growths(folder)) == 1
    done = codeloop(folder, "grow-tests", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert [each["task_id"] for each in found["programs"]] == list(IDS)
    replies = calls(folder)
    again = codeloop(folder, "grow-tests", "--json")
    assert json.loads(again.stdout) == found
    assert calls(folder) == replies


def test_scores_rise_and_the_reference_judges_every_written_test(folder: Path) -> None:
    done = codeloop(folder, "grow-tests")
    assert "mutation score, mean over programs" in done.stdout
    for growth in growths(folder):
        scores = [score for _, score in growth.scores]
        assert None not in scores
        assert scores == sorted(scores)
        written = [test for test in growth.tests if test.origin is not Origin.VISIBLE]
        assert all(test.is_right is not None for test in written)
        assert {test.is_right for test in growth.kept} == {True}
        assert growth.stopped in {"target", "no survivors", "stall", "cap"}


def test_no_hidden_test_and_no_program_reaches_the_question_for_tests(folder: Path) -> None:
    tasks = {task.id: task for task in select(load_suite("basics", ("python",)), IDS)}
    for growth in growths(folder):
        task = tasks[growth.task_id]
        first = "\n".join(message.content for message in growth.exchanges[0].prompt.messages)
        assert task.reference.strip() not in first
        asked = "\n".join(m.content for exchange in growth.exchanges for m in exchange.prompt.messages)
        written = "\n".join(exchange.completion.text for exchange in growth.exchanges)
        for condition in conditions("python", task.entry_point, task.hidden.code):
            assert condition not in first
            assert (
                condition not in asked or condition in written
            )  # the scripted writer knows them: a prompt shows what it wrote


def test_a_run_without_a_program_that_passes_has_nothing_to_grow(cassette: Path, tmp_path: Path) -> None:
    done = codeloop(tmp_path, "grow-tests")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_exported_suites_are_green_and_no_longer_than_they_must_be(folder: Path) -> None:
    assert codeloop(folder, "grow-tests").returncode == 0
    done = codeloop(folder, "export-tests", "--out", str(folder / "exported"), "--html", "--run")
    assert done.returncode == 0, done.stderr
    for growth in growths(folder):
        place = folder / "exported" / growth.task_id.replace("/", "_")
        tests = (place / "test_solution.py").read_text("utf-8")
        assert f"def test_{growth.entry_point}_of_" in tests
        assert 0 < tests.count("\n    assert ") < len(growth.kept)
        assert growth.code.strip() in (place / "solution.py").read_text("utf-8")
        assert growth.kept[0].condition in (place / "mutants.html").read_text("utf-8")
    everything = codeloop(folder, "export-tests", "--out", str(folder / "all"), "--all", "--task", IDS[0])
    assert everything.returncode == 0
    (kept,) = (len(growth.kept) for growth in growths(folder) if growth.task_id == IDS[0])
    assert (folder / "all" / "Python_b1" / "test_solution.py").read_text("utf-8").count("\n    assert ") == kept


def test_a_run_without_grown_tests_is_told_the_remedy(folder: Path, tmp_path: Path) -> None:
    done = codeloop(tmp_path, "export-tests")
    assert done.returncode == 2
    unknown = codeloop(folder, "export-tests", "--task", "Python/b9")
    assert unknown.returncode == 2
    assert "Python/b1" in unknown.stderr


def test_properties_are_asked_for_counted_and_exported_by_name(cassette: Path, tmp_path: Path) -> None:
    assert codeloop(tmp_path, *BENCH, "--model", f"replay:{cassette}").returncode == 0
    done = codeloop(tmp_path, "grow-tests", "--properties", "2", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["languages"]["python"]
    assert found["properties"]["asked for"] == found["properties"]["written"] == 4
    assert found["properties"]["kept"] == found["properties"]["contradicted"] == 2
    assert found["properties"]["refuted by the reference, of kept"] == "0/2"
    assert found["property"]["kept"] == 20
    exported = codeloop(tmp_path, "export-tests", "--all", "--out", str(tmp_path / "out"), "--task", IDS[1], "--run")
    assert exported.returncode == 0, exported.stderr
    tests = (tmp_path / "out" / "Python_b2" / "test_solution.py").read_text("utf-8")
    assert tests.count("def test_basket_total_of_prices_is_of_prices") == 10


def test_a_spent_budget_begins_no_further_program(cassette: Path, tmp_path: Path) -> None:
    assert codeloop(tmp_path, *BENCH, "--model", f"replay:{cassette}").returncode == 0
    done = codeloop(tmp_path, "grow-tests", "--budget-tokens", "0")
    assert done.returncode == 0, done.stderr
    assert growths(tmp_path) == ()
