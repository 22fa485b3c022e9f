"""What a run notes of where it came from: words of its tasks, metadata without keys, and slices by both."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from arms import trajectory
from runs import FACTS, draw, run

from codeloop import config, host, slices
from codeloop.changes import changes
from codeloop.checkout import checkout_of
from codeloop.cli import noted
from codeloop.config import RunConfig
from codeloop.errors import ConfigError, SuiteError, UnknownName
from codeloop.records import Setting
from codeloop.report.run_report import RunReport
from codeloop.store import Store
from codeloop.suites import load_suite

SUITE = """
name: own
tasks:
  - id: Python/1
    language: python
    statement: Double n.
    prompt: "def double(n):\\n"
    entry_point: double
    visible: [double(1) == 2]
    hidden: [double(2) == 4]
    reference: "    return 2 * n\\n"
"""
CONTEXT: Any = None  # click's, which these readers leave alone


def suite(folder: Path, tags: str = "") -> Path:
    path = folder / "own.yaml"
    path.write_text(SUITE + (f"    tags: {tags}\n" if tags else ""), "utf-8")
    return path


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", *words],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing of who and where."""
    for name in (
        *config.USER_VARIABLES,
        *config.BRANCH_VARIABLES,
        *config.COMMIT_VARIABLES,
        "GITHUB_RUN_ID",
        "CI_JOB_URL",
    ):
        monkeypatch.delenv(name, raising=False)


def test_a_task_says_by_which_words_it_is_sliced_and_no_hash_depends_on_them(tmp_path: Path) -> None:
    (plain,) = load_suite(str(suite(tmp_path)), ("python",)).tasks
    (tagged,) = load_suite(str(suite(tmp_path, "[lists, v1.2, lists]")), ("python",)).tasks
    assert (plain.tags, tagged.tags) == ((), ("lists", "v1.2"))
    assert plain.digest == tagged.digest
    assert noted.tags_of([tagged, replace(plain, id="p/2")], ("smoke", "lists")) == {
        "Python/1": ["lists", "v1.2", "smoke"],
        "p/2": ["smoke", "lists"],
    }
    assert noted.tags_of([plain]) == {}


@pytest.mark.parametrize("tags", ["lists", "[1]", "[a b]", "['']", "[{a: b}]"])
def test_tags_that_are_no_words_are_refused_in_one_line(tmp_path: Path, tags: str) -> None:
    with pytest.raises(SuiteError, match=r"task 1 \(Python/1\): 'tags' must be a list of words") as raised:
        load_suite(str(suite(tmp_path, tags)), ("python",))
    assert "\n" not in str(raised.value)


def test_the_checkout_is_named_with_whether_files_differ(tmp_path: Path) -> None:
    assert checkout_of(tmp_path) is None
    git(tmp_path, "init", "-b", "main")
    assert checkout_of(tmp_path) is None  # no commit yet
    (tmp_path / "a").write_text("1")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-m", "one")
    (tmp_path / "unknown to git").write_text("1")
    found = checkout_of(tmp_path)
    assert found is not None
    assert (len(found.commit), found.branch, found.is_dirty) == (40, "main", False)
    (tmp_path / "a").write_text("2")
    found = checkout_of(tmp_path)
    assert found is not None
    assert found.is_dirty is True


def test_a_monitor_that_a_repository_names_does_not_run(tmp_path: Path) -> None:
    git(tmp_path, "init")
    git(tmp_path, "commit", "--allow-empty", "-m", "one")
    git(tmp_path, "config", "core.fsmonitor", f"touch {tmp_path}/ran; false")
    assert checkout_of(tmp_path) is not None
    assert not (tmp_path / "ran").exists()


@pytest.mark.usefixtures("nobody")
def test_metadata_says_who_ran_what_from_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = RunConfig(seed=7, prompt=("v2", "…"), metadata=(("ticket", "ABC-12"),))
    found = noted.metadata_of(settings, tmp_path)
    assert found == {"codeloop": found["codeloop"], "prompt_version": "v2", "seed": "7", "ticket": "ABC-12"}
    for name, value in {
        "GITHUB_ACTOR": "ada", "GITHUB_SHA": "c" * 40, "GITHUB_HEAD_REF": "topic", "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "5",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    found = noted.metadata_of(RunConfig(), tmp_path)
    assert (found["user"], found["git_commit"], found["git_branch"]) == ("ada", "c" * 40, "topic")
    assert found["ci_run"] == "https://github.com/o/r/actions/runs/5"
    assert found["prompt_version"] == "codeloop"


@pytest.mark.usefixtures("nobody")
def test_gitlabs_variables_are_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"GITLAB_USER_LOGIN": "ada", "CI_COMMIT_SHA": "d" * 40, "CI_JOB_URL": "https://gl/1"}.items():
        monkeypatch.setenv(name, value)
    found = noted.metadata_of(RunConfig(), tmp_path)
    assert (found["user"], found["git_commit"], found["ci_run"]) == ("ada", "d" * 40, "https://gl/1")


def test_no_key_stands_in_metadata(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-1")
    monkeypatch.setenv("GITHUB_ACTOR", "sk-very-secret-1")
    pairs = noted.metadata(CONTEXT, CONTEXT, ["note=my sk-very-secret-1!"])
    assert pairs == (("note", "my ***!"),)
    monkeypatch.delenv("GITHUB_TRIGGERING_ACTOR", raising=False)
    assert "sk-very" not in str(noted.metadata_of(RunConfig(metadata=(("n", "sk-very-secret-1"),)), tmp_path))


@pytest.mark.parametrize("text", ["ticket", "=x", "a b=c", "api_key=x", "CI_TOKEN=x", "n=" + "x" * 501])
def test_what_is_no_metadata_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="--metadata"):
        noted.metadata(CONTEXT, CONTEXT, [text])


def test_a_tag_is_a_word() -> None:
    assert noted.tags(CONTEXT, CONTEXT, ["smoke", "v1", "smoke"]) == ("smoke", "v1")
    with pytest.raises(ConfigError, match="--tag 'a b'"):
        noted.tags(CONTEXT, CONTEXT, ["a b"])


@pytest.mark.usefixtures("nobody")
def test_a_run_that_goes_on_keeps_what_it_noted_first(tmp_path: Path) -> None:
    tasks = load_suite(str(suite(tmp_path, "[lists]")), ("python",)).tasks
    with Store.open(str(tmp_path / "codeloop.db")) as store:
        store.new_run("r", RunConfig().as_dict())
        noted.note_origin(store, "r", RunConfig(metadata=(("n", "1"),)), tasks)
        noted.note_origin(store, "r", RunConfig(metadata=(("n", "2"),)), ())
        facts = store.load_run("r").config["facts"]
    assert facts["tags"] == {"Python/1": ["lists"]}
    assert facts["metadata"]["n"] == "1"


def sliced(*by: str) -> RunReport:
    right, wrong = ["+-", "++"], ["--", "--"]
    return RunReport(
        run_id="r",
        settings={"ks": (1,), "max_iterations": 1},
        facts={"tags": {"Python/0": ["lists", "smoke"], "Python/1": ["lists"]}, "metadata": {"git_commit": "abc"}},
        trajectories=(
            trajectory("Python/0", right, ["+--", "+++"]),
            trajectory("Python/1", wrong, ["---", "---"]),
            trajectory("Python/2", right, ["+--", "+++"]),
        ),
        by=by,
    )


def test_a_report_slices_by_tag_in_every_form() -> None:
    report = sliced("tag", "language")
    rows = {(each.by, each.label): each for each in report.slices()}
    assert {label for by, label in rows if by == "tag"} == {"lists", "smoke", slices.NO_TAG}
    lists = rows["tag", "lists"]
    assert (lists.draws, lists.errored, lists.end.n_tasks, lists.first.value, lists.end.value) == (2, 0, 2, 0.0, 0.5)
    assert rows["language", "python"].draws == 3
    assert [each["label"] for each in report.as_json()["slices"] if each["by"] == "tag"] == sorted(
        label for by, label in rows if by == "tag"
    )
    for text in (report.as_text(), report.as_markdown().replace("\\", "")):
        assert "1 on hidden tests by tag" in text
        assert "smoke" in text


def test_a_slice_by_metadata_is_the_whole_run_and_an_unknown_one_is_refused() -> None:
    (found,) = sliced("git_commit").slices()
    assert (found.by, found.label, found.draws) == ("git_commit", "abc", 3)
    assert "slices" not in sliced().as_json()
    with pytest.raises(UnknownName, match="git_comit"):
        sliced("git_comit").slices()


def test_a_comparison_slices_by_metadata() -> None:
    runs = [
        run(name, [draw(1, is_right)], replace(FACTS, metadata=(Setting(name="user", value=name),)))
        for name, is_right in (("ada", True), ("bob", False))
    ]
    (found,) = changes(*runs, by=["user"]).slices
    assert (found.by, found.label) == ("user", "ada → bob")
    with pytest.raises(UnknownName, match="usr"):
        changes(*runs, by=["usr"])


def test_the_container_engine_is_named() -> None:
    assert host.container_engine("none: nothing ran") == ""
    if host.probe_engine().ok:
        assert host.container_engine("docker: one cell").startswith("Docker Engine ")


def test_the_options_are_on_bench() -> None:
    from codeloop.cli.bench import command

    flags = {flag for each in command.params if isinstance(each, click.Option) for flag in each.opts}
    assert {"--tag", "--metadata"} <= flags
