"""The loop with a lint stage, in real cells: what it gates, what it discards, what its reports and commands say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from codeloop.attempts import Ending, Prompt, Trajectory
from codeloop.bench import Bench
from codeloop.config import RunConfig, SandboxChoice
from codeloop.errors import ConfigError, UsageError
from codeloop.policies import get_policy
from codeloop.registry import prepare_sandbox, with_rules
from codeloop.report.run_report import RunReport
from codeloop.report.trajectory_text import trajectory_text
from codeloop.sandbox.bubblewrap import probe
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.store import Store
from codeloop.tasks import HiddenTests, Task, VisibleTests
from codeloop.testing import FakeModel

PROMPT = "def double(n: int) -> int:\n"
TASK = Task(
    id="Python/x1",
    language="python",
    statement="Double n.",
    prompt=PROMPT,
    entry_point="double",
    visible=VisibleTests(code="assert double(1) == 2\nassert double(4) == 8\n"),
    hidden=HiddenTests(code="assert double(5) == 10\n"),
    reference="    return n * 2\n",
)
SOUND = PROMPT + "    return n * 2\n"
UNTIDY = PROMPT + "    import os\n    if n > 1000:\n        return m\n    return n * 2\n"
BROKEN = PROMPT + "    return n + 1\n"


def run(tmp_path: Path, policy_spec: str, *answers: str, rules: str = "") -> tuple[Trajectory, RunReport, list[Prompt]]:
    """Run one task; the model gives the answers in turn, the last one ever after."""
    policy, asked = get_policy(policy_spec), []
    files = (("python", "mine.yaml", rules),) if rules else ()

    def answer(prompt: Prompt) -> str:
        asked.append(prompt)
        return f"```python\n{answers[min(len(asked), len(answers)) - 1]}```"

    async def main(store: Store) -> Trajectory:
        sandbox = DockerSandbox(run_id="test-lint-loop", jobs=1)
        try:
            checker = policy.checker(with_rules(Checker(sandbox=sandbox), files))
            bench = Bench(
                run_id="r", tasks=(TASK,), draws=1, policy_of=lambda *_: policy, model=FakeModel(answer), check=checker, store=store
            )  # fmt: skip
            (trajectory,) = await bench.run(_ended)
            return trajectory
        finally:
            await sandbox.aclose()

    store = Store.open(tmp_path / "codeloop.db")
    try:
        store.new_run("r", RunConfig(policy=policy_spec).as_dict() | {"facts": {}})
        trajectory = anyio.run(main, store)
        return trajectory, RunReport.from_store(store, "r"), asked
    finally:
        store.close()


async def _ended(_: Trajectory) -> None:
    pass


@pytest.mark.docker("python")
def test_a_finding_that_gates_is_told_and_repaired(tmp_path: Path) -> None:
    trajectory, report, asked = run(tmp_path, "default:lint=gate", UNTIDY, SOUND)
    assert [attempt.verdict.last.outcome for attempt in trajectory.attempts] == ["findings", "ok"]
    assert (trajectory.ending, trajectory.passed_by(3)) == (Ending.SOLVED, True)
    told = asked[1].messages[-1].content
    assert "`m`" in told
    assert "imported but unused" in told
    assert "findings in the 1 programs" in report.as_text()


@pytest.mark.docker("python")
def test_a_lint_repair_that_breaks_a_passing_test_is_discarded(tmp_path: Path) -> None:
    trajectory, _, _ = run(tmp_path, "default:lint=gate", UNTIDY, BROKEN)
    assert [attempt.handed_over for attempt in trajectory.attempts] == [0] * len(trajectory.attempts)
    assert trajectory.passed_by(3) is True


@pytest.mark.docker("python")
def test_findings_that_inform_end_nothing_and_stand_in_the_reports(tmp_path: Path) -> None:
    trajectory, report, asked = run(tmp_path, "default:lint=inform", UNTIDY)
    assert (trajectory.ending, len(asked)) == (Ending.SOLVED, 1)
    text = report.as_text()
    assert "lint: findings in the 1 programs handed over" in text
    assert "ruff F821" in text
    assert report.as_json()["lint"]["with_findings_that_matter"] == 1
    ids = [result["ruleId"] for result in json.loads(report.as_sarif())["runs"][0]["results"]]
    assert {"ruff/F401", "ruff/F821", "ty/unresolved-reference"} <= set(ids)
    assert "-- static analysis:" in trajectory_text(trajectory)
    assert "ruff F821 (bug)" in trajectory_text(trajectory)


@pytest.mark.docker("python")
def test_a_users_rules_reach_the_loop(tmp_path: Path) -> None:
    rules = 'ruff: {"*": taste}\nty: {"*": off}\n'
    trajectory, _, _ = run(tmp_path, "default:lint=gate", UNTIDY, rules=rules)
    assert (trajectory.ending, len(trajectory.attempts)) == (Ending.SOLVED, 1)


def test_rules_of_one_language_in_two_files_are_asked_last_file_first() -> None:
    checker = with_rules(
        Checker(sandbox=DockerSandbox(run_id="never-opened")),
        [("python", "a.yaml", "ruff: {F401: bug, F821: bug}"), ("python", "b.yaml", "ruff: {F401: taste}")],
    )
    assert checker.lint is not None
    ((_, rules),) = checker.lint.rules
    assert [rule.pattern for layer in rules.layers for rule in layer] == ["F401", "F401", "F821"]


def test_settings_survive_the_store() -> None:
    settings = RunConfig(lint_rules=(("python", "mine.yaml", "ruff: {}"),), policy="default:lint=gate")
    assert RunConfig.from_dict(json.loads(json.dumps(settings.as_dict()))) == settings


@pytest.mark.bubblewrap
@pytest.mark.skipif(not probe().ok, reason="bubblewrap is missing")
def test_with_a_hosts_tools_static_analysis_is_refused_with_the_remedy() -> None:
    with pytest.raises(UsageError, match=r"--sandbox docker.*--lint off"):
        prepare_sandbox(("python",), lambda _: None, SandboxChoice(kind="bubblewrap", needs_analysers=True))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "bad.yaml").write_text("ruff: {F401: nonsense}\n")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    yield tmp_path


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("python=bad.yaml", "rule file bad.yaml: ruff: F401: 'nonsense'"),
        ("python=missing.yaml", "missing.yaml"),
        ("python=binary.yaml", "binary.yaml"),
        ("pyton=bad.yaml", "did you mean 'python'?"),
        ("python", "give LANGUAGE=FILE"),
        ("=bad.yaml", "give LANGUAGE=FILE"),
    ],
)
def test_rules_that_cannot_be_used_are_one_line(folder: Path, value: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "codeloop", "bench", "basics", "--lint-rules", value, "--model", "replay:none"],
        env=os.environ | {"CODELOOP_RUNS_DIR": str(folder / "runs")},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert said in done.stderr


def test_a_policy_cannot_be_told_an_unknown_way_to_lint() -> None:
    with pytest.raises((ConfigError, UsageError)):
        get_policy("default:lint=loudly")
