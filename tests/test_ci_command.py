"""``codeloop ci`` as a team meets it: real sandboxes, recorded answers of a real model, every file read by others' readers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from junitparser import JUnitXml
from schemas import validated
from test_artifacts import NU, junit_10_schema, problems
from test_disk_full import filled, small_disk

from codeloop.signing import verify

ROOT = Path(__file__).parents[1]
OUT = ("findings.sarif", "junit.xml", "report.html", "results.json", "summary.md")
pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str
    folder: Path

    @property
    def results(self) -> dict[str, Any]:
        """Read ``results.json`` against its schema."""
        return validated("ci-1", json.loads(self.file("results.json")))

    def file(self, name: str) -> str:
        return (self.folder / "codeloop-out" / name).read_text("utf-8")


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CODELOOP_STORE", "GITHUB_"))}
    return kept | {"PYTHONPATH": str(ROOT)} | more


def codeloop(folder: Path, *arguments: str, **more: str) -> Done:
    command = [sys.executable, "-m", "codeloop", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(**more), capture_output=True, text=True, timeout=240, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr, folder)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """What ``codeloop init && codeloop ci`` gives in an empty folder."""
    folder = tmp_path_factory.mktemp("example")
    assert codeloop(folder, "init").code == 0
    return codeloop(folder, "ci")


@pytest.fixture
def project(example: Done, tmp_path: Path) -> Path:
    """The example, to be changed."""
    folder = tmp_path / "project"
    shutil.copytree(example.folder, folder, ignore=shutil.ignore_patterns("codeloop-out", ".codeloop"))
    return folder


def changed(folder: Path, old: str, new: str, name: str = "codeloop.yaml") -> None:
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")


def test_the_example_is_run_from_its_recording_and_meets_its_gates(example: Done) -> None:
    assert example.code == 0, example.err
    assert example.out.startswith("codeloop: passed\n\npassed: pass@1>=0.5:tag=smoke on example: pass@1 is ")
    assert sorted(path.name for path in (example.folder / "codeloop-out").iterdir() if path.is_file()) == list(OUT)


def test_every_file_is_what_its_readers_take(example: Done) -> None:
    results = example.results
    assert (results["outcome"], results["is_partial"], results["exit_code"]) == ("passed", False, 0)
    (run,) = results["runs"]
    assert (run["label"], run["prompt"], run["trajectories_recorded"]) == ("example", "v1", 2)
    gates, trajectories = JUnitXml.fromfile(str(example.folder / "codeloop-out" / "junit.xml"))
    assert [suite.name for suite in (gates, trajectories)] == ["gates", "example"]
    assert (gates.failures, gates.errors, gates.skipped) == (0, 0, 0)
    assert len(list(trajectories)) == 2
    (failed,) = (case.result[0] for case in trajectories if case.result)
    assert "\nattempt 0: test: wrong_answer\nattempt 1: test: " in failed.text, "counted as on the page"
    junit_10_schema().validate(example.file("junit.xml"))
    log = validated("sarif-schema-2.1.0", json.loads(example.file("findings.sarif")))
    assert [part["automationDetails"]["id"] for part in log["runs"]] == ["codeloop/gates", "codeloop/example"]
    assert example.file("summary.md").startswith("# codeloop: passed\n")
    validated("baseline-1", json.loads(example.file("runs/example/baseline.json")))
    page = HTMLParser()
    page.feed(example.file("report.html"))
    page.close()
    if NU.exists() and shutil.which("java"):
        assert problems(example.folder / "codeloop-out" / "report.html") == []


def test_what_is_recorded_costs_no_call_and_a_changed_prompt_is_flagged(project: Path) -> None:
    changed(project, "No tests, no explanation.", "No tests.", "prompts/first.j2")
    done = codeloop(project, "ci")
    assert done.code == 6, done.err
    (run,) = done.results["runs"]
    assert {prompt["template"].partition("@")[0] for prompt in run["unrecorded"]} == {"v1"}
    assert len(run["unrecorded"]) == 2
    assert {prompt["task_id"] for prompt in run["unrecorded"]} == {"Python/initials", "Python/clamp_all"}
    assert "no recording: Python/initials: v1@" in done.out
    assert "the cassette lacks 2 prompts: record it again" in done.file("summary.md")
    assert done.out.count("no recording: Python/") == 2
    gates, _ = JUnitXml.fromfile(str(project / "codeloop-out" / "junit.xml"))
    assert gates.skipped == 2, "a gate without data must not pass"


def test_record_and_replay_by_flags(project: Path) -> None:
    again = codeloop(project, "ci", "--record", "again.jsonl")
    assert again.code == 0, again.err
    shutil.rmtree(project / "cassettes")
    changed(project, "replay:cassettes/example.jsonl", "local")
    assert codeloop(project, "ci", "--replay", "again.jsonl").code == 0
    both = codeloop(project, "ci", "--replay", "again.jsonl", "--record", "more.jsonl")
    assert (both.code, both.err.count("\n")) == (2, 1)
    missing = codeloop(project, "ci", "--replay", "no.jsonl")
    assert missing.code == 2
    assert "cannot read cassette no.jsonl" in missing.err


def test_a_gate_that_is_not_met_fails_the_job_at_its_line(project: Path) -> None:
    changed(project, "min: 0.5", "min: 0.99\n    strict: true")
    summary = project / "step-summary.md"
    done = codeloop(project, "ci", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert done.code in (1, 6), done.err
    lines = done.err.splitlines()
    (stop,) = [line for line in lines if line.startswith("::stop-commands::")]
    assert lines.index(stop) < lines.index(f"::{stop.removeprefix('::stop-commands::')}::")
    assert lines[-1].startswith(("::error file=codeloop.yaml,line=", "::warning file=codeloop.yaml,line="))
    assert summary.read_text("utf-8").startswith("# codeloop: ")


def test_without_trust_no_image_endpoint_or_webhook_is_believed(project: Path) -> None:
    changed(project, "\nseed: 0", "\nseed: 0\nsandbox: {images: {python: evil/python}}")
    done = codeloop(project, "ci")
    assert (done.code, done.out) == (2, "")
    assert "names an image: needs --trust" in done.err
    assert not (project / "codeloop-out").exists()


def test_webhooks_hear_of_the_run_and_of_the_gate_that_is_not_met(project: Path) -> None:
    heard: list[tuple[str, str, bytes, str]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = ("X-Codeloop-Event", "X-Codeloop-Timestamp", "X-Codeloop-Signature")
            event, timestamp, signature = (self.headers[name] for name in names)
            heard.append((event, timestamp, body, signature))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    changed(project, "metric: errored", "metric: pass@1\n    min: 1.0\n  - metric: errored")
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/hook"
        hooks = (
            f"webhooks:\n  - {{url: '{url}', secret_env: HOOK_SECRET}}\n  - {{url: '{url}/2', secret_env: NOT_SET}}\n"
        )
        changed(project, "\ngates:", f"\n{hooks}\ngates:")
        assert codeloop(project, "ci").code == 2, "a fork's file may name no webhook"
        done = codeloop(project, "ci", "--trust", HOOK_SECRET="only between us")
        server.shutdown()
    assert done.code == 1, "what was not delivered changes no exit code"
    assert [event for event, *_ in heard] == ["run_finished", "gate_failed"]
    for _, timestamp, body, signature in heard:
        assert verify("only between us", timestamp, body, signature, now_s=float(timestamp))
        assert validated("webhook-1", json.loads(body))["outcome"] == "failed: a gate is not met"
    assert all("NOT_SET is not set" in line for line in done.results["trouble"])
    assert "NOT_SET is not set" in done.file("summary.md").replace("\\", "")


def test_an_empty_suite_ends_with_5_and_says_so(project: Path) -> None:
    (project / "tasks.yaml").write_text("name: example\nversion: '1'\ntasks: []\n", "utf-8")
    done = codeloop(project, "ci")
    assert done.code == 5
    assert "no tasks" in done.err
    assert done.results["outcome"] == "nothing ran"


def test_a_killed_session_is_gone_on_with_and_asks_nothing_twice(project: Path, example: Done) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "codeloop", "ci"],
        cwd=project,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    said = []
    for line in iter(running.stderr.readline, ""):
        said.append(line)
        if line.startswith("1/2 "):
            break
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    session = said[0].split()[1].removesuffix("-1:")
    done = codeloop(project, "ci", "--resume", session)
    assert done.code == 0, done.err
    assert done.results["session"] == session
    calls, alone = (each.results["runs"][0]["results"]["model_calls"] for each in (done, example))
    assert calls["made"] - calls["lost"] == alone["made"], "no answer that was recorded is asked for again"
    assert calls["repeated"] == calls["lost"]
    changed(project, "draws: 1", "draws: 2")
    other = codeloop(project, "ci", "--resume", session)
    assert other.code == 2
    assert "begun with other settings" in other.err
    unknown = codeloop(project, "ci", "--resume", "yesterday")
    assert unknown.code == 2
    assert session in unknown.err


def test_an_interrupted_session_reports_what_it_has_as_partial(project: Path) -> None:
    for last in (
        'initials("   ") == ""',
        "clamp_all([2, 9, 4], 6, 5) == []",
    ):  # a trajectory takes longer than a signal
        changed(project, f"- {last}", f"- {last}\n      - sum(range(6 * 10**7)) > 0 and {last}", "tasks.yaml")
    done = next((found for found in map(interrupted, [project] * 5) if found is not None), None)
    assert done is not None, "five times both had ended before the signal came"
    assert done.code == 130, done.err
    assert done.results["is_partial"]
    assert done.out.startswith("codeloop: interrupted (partial results)")
    assert "1 of 2 trajectories are recorded" in done.file("junit.xml")


def interrupted(project: Path) -> Done | None:
    """Send SIGINT to a session when its first trajectory has ended; ``None``: the other one had ended, too."""
    running = subprocess.Popen(
        # a shell without job control has SIGINT ignored by what it starts in the background, CI included
        ["env", "--default-signal=INT", sys.executable, "-m", "codeloop", "ci", "--jobs", "1"],
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr is not None
    for line in iter(running.stderr.readline, ""):
        if line.startswith("1/2 "):
            break
    os.kill(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=120)
    done = Done(running.returncode, out, err, project)
    return done if done.results["runs"][0]["trajectories_recorded"] == 1 else None


def test_a_disk_that_is_full_costs_the_files_that_do_not_fit_and_no_others(project: Path) -> None:
    out = project / "codeloop-out"
    with small_disk(out), filled(out, 100_000):  # the page alone is larger
        done = codeloop(project, "ci")
        assert done.code == 3, done.err
        (line,) = [line for line in done.err.splitlines() if line.startswith("codeloop: ")]
        assert "report.html cannot be written: the disk is full: free some space" in line
        assert done.results["trouble"] == [line.removeprefix("codeloop: ")]
        assert "report.html cannot be written" in done.file("summary.md")
        assert not (out / "report.html").exists()
        JUnitXml.fromfile(str(out / "junit.xml"))
