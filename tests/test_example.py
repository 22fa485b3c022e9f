"""What ``codeloop init`` writes works in real sandboxes: its tasks are sound, and its prompt is asked and stored."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from test_cli import codeloop
from test_loop import Checks

from codeloop.attempts import Attempt, Prompt
from codeloop.loop import run_trajectory
from codeloop.models.replay import RecordingModel
from codeloop.policies import get_policy
from codeloop.project.load import Loaded, load
from codeloop.store import Store
from codeloop.suites import load_suite
from codeloop.tasks import Suite
from codeloop.testing import FakeModel


def recorded(loaded: Loaded, suite: Suite, cassette: Path) -> None:
    """Record the references as the answers to the example's prompt."""
    programs = {task.entry_point: task.prompt + task.reference for task in suite.tasks}

    def reply(prompt: Prompt) -> str:
        name = next(name for name in programs if f"`{name}`" in prompt.messages[-1].content)
        return f"```python\n{programs[name]}```\n"

    async def keep(_: Attempt) -> None: ...

    async def main() -> None:
        model = RecordingModel(FakeModel(reply), cassette)
        policy = replace(get_policy("single"), first=loaded.prompts[0])
        for task in suite.tasks:
            await run_trajectory(task, 0, complete=model.complete, check=Checks(), record=keep, policy=policy)

    anyio.run(main)


@pytest.mark.docker
def test_the_example_runs_with_its_own_prompt_which_the_run_keeps(tmp_path: Path) -> None:
    assert codeloop("init", cwd=tmp_path).returncode == 0
    loaded = load(tmp_path / "codeloop.yaml")
    suite = load_suite(str(tmp_path / "tasks.yaml"), ("python",))
    recorded(loaded, suite, tmp_path / "c.jsonl")
    arguments = ["--prompt", "prompts/first.j2", "--model", "replay:c.jsonl", "--policy", "single"]
    done = bench("tasks.yaml", "--lang", "python", *arguments, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    store = Store.open(tmp_path / ".codeloop" / "codeloop.db")
    run = store.find_run(None)
    trajectories = store.trajectories(run.run_id)
    store.close()
    assert run.config["prompt"] == ["first", (tmp_path / "prompts" / "first.j2").read_text("utf-8")]
    assert {t.attempts[0].prompt.template.split("@")[0] for t in trajectories} == {"first"}
    assert {t.attempts[0].prompt.template.split("@")[1] for t in trajectories} == {
        loaded.prompts[0].version.split("@")[1]
    }
    assert all(t.ending == "solved" for t in trajectories)


def bench(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "codeloop", "bench", *arguments]
    variables = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=250, check=False)
