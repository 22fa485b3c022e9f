"""A real model's recorded answers through real containers: the run, its kill, its resumption, its secrets."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from codeloop import host
from codeloop.languages import NAMES
from codeloop.suites.humaneval_x import ERRATA

pytestmark = pytest.mark.docker
CASSETTE = Path(__file__).parent / "cassettes" / "basics.jsonl"
BENCH = (
    "bench",
    "basics",
    "--lang",
    "python,java",
    "--tasks",
    "Python/b1,Python/b2,Python/b3,Java/b1,Java/b2",
    "--policy",
    "repair",
)


@pytest.fixture(scope="module", autouse=True)
def _engine() -> None:
    """Fail, never skip, where CI demands the real parts."""
    if not host.probe_engine().ok and not os.environ.get("CODELOOP_REQUIRE_DOCKER"):
        pytest.skip("no Docker engine")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "codeloop", *arguments]


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {"CODELOOP_RUNS_DIR": str(folder)}


def bench(folder: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        command(*arguments, "--json"), env=environment(folder), capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def comparable(result: dict[str, Any]) -> list[Any]:
    """Keep what must not depend on kills: endings, attempts and verdicts."""
    return [
        [row["task_id"], row["draw"], row["ending"], row["passed_by"]]
        + [[a["candidate_sha256"], a["visible"]["outcome"], a["hidden"]["outcome"]] for a in row["attempts"]]
        for row in result["trajectories"]
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("undisturbed")


@pytest.fixture(scope="module")
def undisturbed(folder: Path) -> dict[str, Any]:
    return bench(folder, *BENCH, "--model", f"replay:{CASSETTE}")


def test_a_bench_reports_by_iteration(undisturbed: dict[str, Any]) -> None:
    assert undisturbed["schema_version"] == 1
    assert len(undisturbed["trajectories"]) == 5


def report(folder: Path, *arguments: str) -> str:
    """Run ``codeloop report`` where there is neither an engine nor a network."""
    bare = environment(folder) | {"DOCKER_HOST": "tcp://192.0.2.1:1", "CODELOOP_SYSTEM_SETUP": "never"}
    done = subprocess.run(
        command("report", *arguments), env=bare, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_store_alone_gives_the_same_report(undisturbed: dict[str, Any], folder: Path) -> None:
    run_id = undisturbed["run_id"]
    written = folder / "runs" / run_id
    assert json.loads(report(folder, run_id, "--format", "json")) == undisturbed
    assert json.loads((written / "results.json").read_text("utf-8")) == undisturbed
    assert report(folder, "--format", "markdown").strip() == (written / "report.md").read_text("utf-8").strip()
    text = report(folder)
    assert "pass@1 on hidden tests" in text
    assert "visible outcome by iteration" in text
    assert f"{undisturbed['model_calls']['made']} made, 0 answered from the store" in text


def test_a_trajectory_is_told_step_by_step(undisturbed: dict[str, Any], folder: Path) -> None:
    row = next(row for row in undisturbed["trajectories"] if len(row["attempts"]) > 1)
    told = report(folder, "--task", row["task_id"])
    assert told.count("== attempt") == len(row["attempts"])
    assert "-- visible tests: failed" in told
    assert "-- hidden tests:" in told
    assert "-- user" not in told
    assert "-- user" in report(folder, "--task", row["task_id"], "--prompts")


def test_a_killed_bench_resumes_to_the_same_result(undisturbed: dict[str, Any], tmp_path: Path) -> None:
    rng = random.Random(7)  # the delays only; any seed must do
    first = subprocess.Popen(
        command(*BENCH, "--model", f"replay:{CASSETTE}", "--json"),
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert first.stderr is not None
    lines = iter(first.stderr.readline, "")
    run_id = next(line.split()[1].rstrip(":") for line in lines if line.startswith("run "))
    next(line for line in lines if "/5 " in line)  # one trajectory has ended
    time.sleep(rng.uniform(0, 1.5))
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert comparable(bench(tmp_path, "resume", run_id)) == comparable(undisturbed)


def test_a_live_run_is_not_resumed(tmp_path: Path) -> None:
    running = subprocess.Popen(
        command(*BENCH, "--model", f"replay:{CASSETTE}"),
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stderr is not None
        run_id = next(line.split()[1].rstrip(":") for line in running.stderr if line.startswith("run "))
        again = subprocess.run(
            command("resume", run_id),
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert again.returncode == 3
        assert "Traceback" not in again.stderr
    finally:
        running.kill()
        running.communicate()


def test_ctrl_c_ends_cleanly_and_says_how_to_resume(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [
            "env",
            "--default-signal=INT",
            *command(*BENCH, "--model", f"replay:{CASSETTE}"),
        ],  # a CI in the background ignores it
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    run_id = next(line.split()[1].rstrip(":") for line in running.stderr if line.startswith("run "))
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 130, errors
    assert f"codeloop resume {run_id}" in errors
    client = host.connect()
    try:
        assert not client.containers.list(all=True, filters={"label": f"codeloop.run={run_id}"})
    finally:
        client.close()


def test_grade_tells_right_from_wrong(tmp_path: Path) -> None:
    samples = tmp_path / "samples.jsonl"
    rows = [
        {"task_id": "Python/b1", "completion": "    return None\n"},
        {"task_id": "Python/b1", "solution": "import sys; sys.exit(0)\n"},
        {"task_id": "Java/b1", "solution": "class Solution { }"},
    ]
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    out = tmp_path / "out.jsonl"
    result = bench(tmp_path, "grade", str(samples), "--suite", "basics", "--out", str(out))
    judged = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["passed"] for row in judged] == [False, False, False]
    assert result["languages"]["python"]["failed"] == ["Python/b1"]
    assert [row["draw"] for row in judged] == [0, 1, 0]


@pytest.mark.parametrize("flag", ["--reference", "--known-bad"])
def test_references_pass_and_known_bad_programs_fail(flag: str, tmp_path: Path) -> None:
    result = bench(tmp_path, "grade", flag, "--suite", "basics", "--lang", ",".join(NAMES))
    assert set(result["languages"]) == set(NAMES)
    for row in result["languages"].values():
        assert row["passed"] == (row["tasks"] if flag == "--reference" else 0), row


@pytest.mark.timeout(1500)
@pytest.mark.skipif(not os.environ.get("CODELOOP_DATA_DIR"), reason="HumanEval-X: set CODELOOP_DATA_DIR")
@pytest.mark.parametrize("flag", ["--reference", "--known-bad"])
def test_humaneval_x_in_six_languages(flag: str, tmp_path: Path) -> None:
    """Every reference passes or stands in the errata; no wrong program that compiles passes, nor fails before the tests."""
    out = tmp_path / "graded.jsonl"
    done = subprocess.run(
        command("grade", flag, "--lang", ",".join(NAMES), "--out", str(out), "--json"),
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=1400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(rows) == 6 * 164
    if flag == "--reference":
        known = {task_id for task_id, _ in ERRATA}
        assert {row["task_id"] for row in rows if not row["passed"]} <= known
    else:
        assert not [row["task_id"] for row in rows if row["passed"]]
        assert sum(row["stage"] == "test" for row in rows) >= 0.95 * len(rows)


def test_the_demo_shows_a_repair(tmp_path: Path) -> None:
    """``make demo``: its recorded answers still fit the prompts, and one wrong program is made right."""
    root = Path(__file__).parent.parent
    line = next(line for line in (root / "Makefile").read_text("utf-8").splitlines() if "codeloop bench basics" in line)
    arguments = line.replace("$(DEMO)", str(root / "benchmarks/demo/cassette.jsonl")).split()[1:]
    shown = bench(tmp_path, *arguments)
    assert {row["ending"] for row in shown["trajectories"]} <= {"solved", "stalled"}
    repaired = [row for row in shown["trajectories"] if row["passed_by"][:2] == [False, True]]
    assert {row["task_id"] for row in repaired} == {"Python/b18"}
