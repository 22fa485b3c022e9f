"""``codeloop ablate`` as a user meets it: real containers, a scripted model's recorded answers, shards, a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest
from test_ablate import Silent
from test_end_to_end import command, environment

from codeloop.ablate import Ablation, arm_run_id
from codeloop.attempts import Completion, Prompt, Usage
from codeloop.models.replay import RecordingModel
from codeloop.policies import get_policy
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.store import Store
from codeloop.suites import load_suite, select
from codeloop.tasks import Task
from codeloop.testing import FakeModel

pytestmark = [pytest.mark.docker("python"), pytest.mark.timeout(900)]
PLACEBO = "placebo:plan=repair"
ARMS = ("repair", "single", PLACEBO, "resample")
TASKS = tuple(f"Python/b{number}" for number in (1, 2, 3, 4))
RUN = ("ablate", "basics", "--lang", "python", "--tasks", ",".join(TASKS), "--arms", ",".join(ARMS))


def answer(tasks: tuple[Task, ...], prompt: Prompt) -> Completion:
    """Give b1 right at once, b2 when findings are shown, b3 at the second independent draw, b4 never."""
    text = "\n".join(message.content for message in prompt.messages)
    task = next(task for task in tasks if task.entry_point in text)
    is_repair = prompt.template.startswith("repair")
    is_right = {
        "b1": True,
        "b2": is_repair and "Expected:" in text,
        "b3": not is_repair and prompt.iteration > 0,
        "b4": False,
    }[task.number]
    wrong = f"    return {prompt.iteration}\n"
    code = task.prompt + (task.reference if is_right else wrong)
    usage = Usage(prompt_tokens=len(text) // 4, completion_tokens=len(code) // 4)
    return Completion(text=f"```python\n{code}\n```", finish_reason="stop", usage=usage, latency_s=1.0)


@pytest.fixture(scope="module")
def cassette(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record what the scripted model answers in all arms."""
    folder = tmp_path_factory.mktemp("recorded")
    tasks = select(load_suite("basics", ("python",)), TASKS)

    @contextmanager
    def watch(arm: str, total: int, ended: int) -> Iterator[Silent]:
        yield Silent()

    async def record(store: Store) -> None:
        sandbox = DockerSandbox(run_id="test-ablate", jobs=2)
        try:
            checker = Checker(sandbox=sandbox)
            ablation = Ablation(
                run_id="a",
                tasks=tasks,
                draws=1,
                arms=tuple(get_policy(arm) for arm in ARMS),
                model=RecordingModel(FakeModel(lambda prompt: answer(tasks, prompt)), folder / "cassette.jsonl"),
                check_of=lambda policy: policy.checker(checker),
                store=store,
            )
            await ablation.run(watch)
        finally:
            await sandbox.aclose()

    with Store.open(folder / "codeloop.db") as store:
        for arm in ARMS:
            store.new_run(arm_run_id("a", arm), {})
        anyio.run(record, store)
    return folder / "cassette.jsonl"


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        assert self.code == 0, self.err
        found: dict[str, Any] = json.loads(self.out)
        return found


def codeloop(folder: Path, *arguments: str) -> Done:
    done = subprocess.run(
        command(*arguments), env=environment(folder), capture_output=True, text=True, timeout=280, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def whole(cassette: Path, folder: Path) -> dict[str, Any]:
    arguments = (*RUN, "--model", f"replay:{cassette}", "--run-id", "whole", "--out", str(folder / "out"), "--json")
    return codeloop(folder, *arguments).result


def figures(result: dict[str, Any]) -> list[Any]:
    """Keep what must not depend on the machine's speed."""
    comparisons = json.loads(json.dumps(result["comparisons"]))
    for comparison in comparisons:
        for arm in comparison["arms"]:
            del arm["check_s"]
    return [comparisons, {name: result["header"][name] for name in ("suite_sha256", "arms", "choice", "task_ids")}]


def test_the_loop_and_its_controls_on_real_cells(whole: dict[str, Any]) -> None:
    (comparison,) = whole["comparisons"]
    assert (comparison["language"], comparison["pairs"], comparison["left_out"]) == ("python", 4, 0)
    ends = {arm["arm"]: arm["rows"][-1]["headline"]["value"] for arm in comparison["arms"]}
    assert ends == {"repair": 0.5, "single": 0.25, PLACEBO: 0.25, "resample": 0.5}
    assert {arm["own_first"] for arm in comparison["arms"]} == {0}
    tokens = {arm["arm"]: arm["tokens"] for arm in comparison["arms"]}
    assert tokens["repair"] > tokens["single"]
    (fixes,) = comparison["arms"][0]["fixes"]
    assert (fixes["error_class"], fixes["draws"], fixes["solved"]) == ("assertion", 3, 1)
    gains = {(gain["arm"], gain["over"]): gain["difference"]["value"] for gain in comparison["gains"]}
    assert gains["repair", "single"] == 0.25
    assert gains["repair", "resample"] == 0.0
    assert comparison["failed_first"] == ["Python/b2", "Python/b3", "Python/b4"]


def test_its_files_hold_no_text_of_tasks(whole: dict[str, Any], folder: Path) -> None:
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        "ablation.json",
        "ablation.md",
        "records-1-of-1.jsonl",
    ]
    assert json.loads((folder / "out" / "ablation.json").read_text("utf-8")) == whole
    records = (folder / "out" / "records-1-of-1.jsonl").read_text("utf-8")
    for task in select(load_suite("basics", ("python",)), TASKS):
        assert task.entry_point not in records
    assert str(folder.parent) not in records
    assert "| repair | single |" in (folder / "out" / "ablation.md").read_text("utf-8")


def test_an_arm_is_a_run_that_report_tells(whole: dict[str, Any], folder: Path) -> None:
    told = codeloop(folder, "report", "whole.repair", "--task", "Python/b2")
    assert told.code == 0
    assert told.out.count("== attempt") == 2


def test_shards_merged_are_the_whole(whole: dict[str, Any], cassette: Path, tmp_path: Path) -> None:
    for shard in ("1/2", "2/2"):
        arguments = ("--model", f"replay:{cassette}", "--shard", shard, "--out", str(tmp_path))
        done = codeloop(tmp_path / shard[0], *RUN, *arguments)
        assert done.code == 0, done.err
        assert f"shard {shard[0]} of 2: no result by itself" in done.out
    files = [str(tmp_path / f"records-{number}-of-2.jsonl") for number in (2, 1)]
    merged = codeloop(tmp_path, "ablate", "merge", *files, "--out", str(tmp_path / "merged"), "--json").result
    assert figures(merged) == figures(whole)
    assert json.loads((tmp_path / "merged" / "ablation.json").read_text("utf-8")) == merged
    text = codeloop(tmp_path, "ablate", "merge", *files)
    assert "gain in pass@k at the end" in text.out
    half = codeloop(tmp_path, "ablate", "merge", files[0])
    assert half.code == 2
    assert "of 2 shards, 1 are missing" in half.err
    assert len(half.err.splitlines()) == 1


@pytest.mark.parametrize("line", ["2/4 ", "arm resample"])
def test_a_killed_ablation_goes_on_and_no_call_is_made_twice(
    line: str, whole: dict[str, Any], cassette: Path, tmp_path: Path
) -> None:
    running = subprocess.Popen(
        command(*RUN, "--model", f"replay:{cassette}", "--run-id", "killed"),
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    assert any(line in said for said in iter(running.stderr.readline, ""))
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    again = (*RUN, "--model", f"replay:{cassette}", "--run-id", "killed", "--json")
    resumed = codeloop(tmp_path, *(("resume", "killed", "--json") if "arm" in line else again))
    assert figures(resumed.result) == figures(whole)
    with Store.open(tmp_path / "codeloop.db") as store:
        counts = [store.count_calls(arm_run_id("killed", arm)) for arm in ARMS]
        assert sum(count.made - count.lost for count in counts) == store.count_replies()


def test_further_arms_on_the_tasks_that_failed_at_first(whole: dict[str, Any], cassette: Path, folder: Path) -> None:
    records = str(folder / "out" / "records-1-of-1.jsonl")
    arguments = ("--lang", "python", "--model", f"replay:{cassette}", "--failed-in", records, "--json")
    some = codeloop(folder, "ablate", "basics", "--arms", "repair,single", *arguments).result
    assert some["header"]["task_ids"] == ["Python/b2", "Python/b3", "Python/b4"]
    with Store.open(folder / "codeloop.db") as store:
        newest = store.list_runs()[-2:]
        assert [store.count_calls(run.run_id).made for run in newest] == [0, 0]


def test_an_ablation_of_that_name_with_other_settings_is_not_gone_on_with(
    whole: dict[str, Any], cassette: Path, folder: Path
) -> None:
    done = codeloop(folder, *RUN, "--model", f"replay:{cassette}", "--run-id", "whole", "--seed", "9")
    assert done.code == 2
    assert "made with other settings" in done.err
