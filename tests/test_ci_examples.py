"""Three recorded examples of a gate on a real model's answers: a worse prompt, a harmless change, one too small to see.

``tests/data/ci`` holds 20 small tasks, four prompts and what the embedded 0.5B model answered to each; ``main.json`` is the run of
``v1``, exported as a baseline. Real sandboxes judge the answers again.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from test_ci_command import Done, codeloop

DATA = Path(__file__).parent / "data" / "ci"
PROJECT = """
version: 1
suites: [{{name: small, file: tasks.yaml}}]
prompts: [{{version: {prompt}, file: prompts/{prompt}.j2}}]
models: [{{model: "replay:{prompt}.jsonl"}}]
policy: single
gates:
  - {{max_regression: {tolerated}, baseline: main.json}}
"""
pytestmark = [pytest.mark.docker("python"), pytest.mark.timeout(300)]


def gated(folder: Path, prompt: str, tolerated: int) -> Done:
    shutil.copytree(DATA, folder / "project")
    (folder / "project" / "codeloop.yaml").write_text(PROJECT.format(prompt=prompt, tolerated=tolerated), "utf-8")
    return codeloop(folder / "project", "ci")


def outcome(done: Done) -> str:
    (gate,) = done.results["gates"]
    return str(gate["result"]["outcome"])


def test_a_worse_prompt_fails_and_the_report_says_which_tasks_are_lost(tmp_path: Path) -> None:
    done = gated(tmp_path, "worse", 20)
    assert (done.code, outcome(done)) == (1, "regressed")
    assert "a drop is shown, and it is larger than the 20 points tolerated" in done.out
    assert "Lost against the baseline\n  Python/" in done.out
    flips = done.results["comparisons"][0]["comparison"]["flips"]
    assert sum(not flip["is_won"] for flip in flips) >= 6
    assert "Lost against the baseline" in done.file("summary.md")


def test_a_harmless_change_passes(tmp_path: Path) -> None:
    done = gated(tmp_path, "harmless", 20)
    assert (done.code, outcome(done)) == (0, "not shown to regress")
    programs = {
        name: {draw["task_id"]: draw["program"] for draw in json.loads(text)["draws"]}
        for name, text in (
            ("before", (DATA / "main.json").read_text()),
            ("after", done.file("runs/small/baseline.json")),
        )
    }
    assert programs["before"].keys() == programs["after"].keys()


def test_a_change_too_small_to_see_says_so_and_what_could_be_seen(tmp_path: Path) -> None:
    done = gated(tmp_path, "small", 2)
    assert (done.code, outcome(done)) == (6, "cannot tell")
    assert "they would show one of" in done.out
    (gate,) = done.results["gates"]
    assert gate["result"]["smallest"] > 10
