"""``codeloop validate`` and ``codeloop init`` as a user meets them, and ``defaults`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from test_cli import codeloop

from codeloop.project.problems import schema


def written(folder: Path, text: str) -> None:
    (folder / "codeloop.yaml").write_text(f"version: 1\n{text}\n", "utf-8")


def test_init_writes_an_example_that_is_valid_without_trust(tmp_path: Path) -> None:
    made = codeloop("init", "new", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    valid = codeloop("validate", "--untrusted", cwd=tmp_path / "new")
    assert (valid.returncode, valid.stderr) == (0, "")
    assert valid.stdout == "codeloop.yaml: valid: 1 suite, 1 prompt, 1 model, 2 gates, 2 tasks read\n"


def test_init_overwrites_nothing_unless_told(tmp_path: Path) -> None:
    (tmp_path / "tasks.yaml").write_text("mine", "utf-8")
    refused = codeloop("init", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "holds tasks.yaml already: name another folder, or overwrite by --force" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["tasks.yaml"]
    assert codeloop("init", "--force", cwd=tmp_path).returncode == 0
    assert (tmp_path / "tasks.yaml").read_text("utf-8").startswith("# Tasks of your own")


def test_init_where_there_is_no_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = codeloop("init", "file", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "codeloop: file is no folder: name one\n")


def test_the_workflow_reads_only_and_never_runs_with_a_forks_code_and_secrets(tmp_path: Path) -> None:
    codeloop("init", cwd=tmp_path)
    text = (tmp_path / ".github" / "workflows" / "codeloop.yml").read_text("utf-8")
    data = yaml.load(text, yaml.BaseLoader)
    assert data["permissions"] == {"contents": "read"}
    assert set(data["on"]) == {"pull_request", "push"}
    commands = [step["run"] for step in data["jobs"]["codeloop"]["steps"] if "run" in step]
    assert not any("${{" in command for command in commands), "a branch's name must not become a command"


def test_validate_lists_all_mistakes_and_exits_2(tmp_path: Path) -> None:
    written(
        tmp_path,
        'gates:\n  - metric: pass@1\n    minimum: 0.8\ndefaults: {bench: {draw: 3}}\nmodels: [{model: local, "x\\e[1my": 1}]',
    )
    done = codeloop("validate", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert first.startswith("codeloop.yaml:4: gates[0].minimum: unknown key; did you mean 'min'?")
    assert second.startswith("codeloop.yaml:6: models[0].x\\x1b[1my: unknown key")


def test_validate_knows_the_options_of_every_command(tmp_path: Path) -> None:
    written(tmp_path, "defaults: {bench: {max-iterations: 1, k: '1', json: true}, ablate: {shards: 1}}")
    done = codeloop("validate", cwd=tmp_path)
    (line,) = done.stderr.splitlines()
    assert line.startswith("codeloop.yaml:2: defaults.ablate.shards: unknown option of ablate; did you mean 'shard'?")


def test_validate_refuses_defaults_that_nothing_takes(tmp_path: Path) -> None:
    written(tmp_path, "defaults:\n  ci: {jobs: 2}\n  watch: {jobs: 2}\n  bench: {draws: abc, k: 1}")
    done = codeloop("validate", cwd=tmp_path)
    ci, watch, draws = done.stderr.splitlines()
    assert ci == "codeloop.yaml:3: defaults.ci: codeloop ci takes no defaults: give flags or variables, and remove this"
    assert watch.startswith("codeloop.yaml:4: defaults.watch: codeloop watch takes no defaults")
    assert draws == "codeloop.yaml:5: defaults.bench.draws: 'abc' is not a valid integer range"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("draws: 0", "0 is not in the range x>=1"),
        ("draws: [1]", "is not a valid integer"),
        ("json: maybe", "'maybe' is not a valid boolean"),
        ("lint: of", "'of' is not one of 'off', 'inform', 'gate'"),
    ],
)
def test_validate_tries_the_values_of_defaults(given: str, words: str, tmp_path: Path) -> None:
    written(tmp_path, f"defaults: {{bench: {{{given}}}}}")
    (line,) = codeloop("validate", cwd=tmp_path).stderr.splitlines()
    assert words in line


def test_what_validate_echoes_cannot_act_in_a_terminal(tmp_path: Path) -> None:
    written(tmp_path, 'policy: "\\e[31mred\\u202e"')
    done = codeloop("validate", cwd=tmp_path)
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr
    assert "\\x1b[31mred" in done.stderr


def test_validate_prints_the_schema() -> None:
    assert json.loads(codeloop("validate", "--schema").stdout) == schema()


def test_validate_untrusted_names_what_needs_trust(tmp_path: Path) -> None:
    written(tmp_path, "suites: [{name: basics}]\nwebhooks:\n  - url: https://example.org/x")
    assert codeloop("validate", cwd=tmp_path).returncode == 0
    done = codeloop("validate", "--untrusted", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "codeloop.yaml:4: webhooks[0].url: names a webhook: needs --trust\n")


def test_validate_without_a_file_says_how_to_begin(tmp_path: Path) -> None:
    done = codeloop("validate", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "codeloop.yaml: no such file: name another, or begin with codeloop init\n",
    )


def test_defaults_of_the_file_stand_behind_flags(tmp_path: Path) -> None:
    written(tmp_path, "defaults: {bench: {lang: pyhton, max-iterations: 0}}")
    assert "did you mean 'python'" in codeloop("bench", "basics", cwd=tmp_path).stderr
    assert "did you mean 'rust'" in codeloop("bench", "basics", "--lang", "rast", cwd=tmp_path).stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "defaults: {bench: {draw: 3}}",
            "unknown option of bench under 'defaults' of codeloop.yaml 'draw': did you mean",
        ),
        (
            "defaults: {bench: {trust: true}}",
            "codeloop.yaml:2: defaults.bench.trust: only the command line may say this",
        ),
        ("defaults: {bench: [", "codeloop.yaml:3: not YAML"),
    ],
)
def test_bad_defaults_are_one_line_of_exit_2(text: str, words: str, tmp_path: Path) -> None:
    written(tmp_path, text)
    done = codeloop("bench", "basics", cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_of_the_old_form_is_one_line_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "codeloop.yaml").write_text("grade: {lang: python}\n", "utf-8")
    for command in (["grade", "--reference"], ["validate"]):
        done = codeloop(*command, cwd=tmp_path)
        assert done.returncode == 2
        assert (
            "add 'version: 1', and put options of commands under 'defaults:', such as 'defaults: {grade: {…}}'"
            in done.stderr
        )
        assert done.stderr.count("\n") == 1


def test_a_suite_without_tasks_is_exit_5(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("tasks: []", "utf-8")
    done = codeloop("bench", "none.yaml", cwd=tmp_path)
    assert done.returncode == 5
    assert "no tasks; write at least one" in done.stderr


def test_a_bad_template_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "p.j2").write_text("{% for x in question.given %}{% endfor %}", "utf-8")
    done = codeloop("bench", "basics", "--prompt", "p.j2", cwd=tmp_path)
    assert done.returncode == 2
    assert (
        done.stderr == "codeloop: p.j2:1: a loop is not taken here: a prompt holds text, if, and fields of question\n"
    )


def test_ci_into_what_is_no_folder_is_one_line_before_anything_is_run(tmp_path: Path) -> None:
    written(tmp_path, "suites: []")
    (tmp_path / "file").write_text("mine", "utf-8")
    for out in ("file", "file/below"):
        done = codeloop("ci", "--out", out, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines()[-1].startswith(f"codeloop: --out {out}: no folder can be made there")
    assert (tmp_path / "file").read_text("utf-8") == "mine"


@pytest.mark.parametrize("link", ["codeloop-out", "codeloop-out/runs", "codeloop-out/runs/basics", "up/out"])
def test_without_trust_ci_writes_through_no_link_out_of_the_folder(link: str, tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    (project / link).parent.mkdir(parents=True)
    outside.mkdir()
    (project / link).symlink_to(outside)
    written(project, "suites: [{name: basics, file: none.yaml}]")
    (project / "none.yaml").write_text("tasks: []", "utf-8")
    out = "up/out" if link == "up/out" else "codeloop-out"
    done = codeloop("ci", "--out", out, cwd=project)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.splitlines()[-1] == f"codeloop: {link}: leads out of the folder by a link: needs --trust"
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("link", [".codeloop", ".codeloop/codeloop.db", "answers.jsonl"])
def test_without_trust_ci_keeps_its_store_and_its_cassette_in_the_folder(link: str, tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    (project / link).parent.mkdir(parents=True)
    outside.mkdir()
    (project / link).symlink_to(outside if link == ".codeloop" else outside / "file")
    written(project, "suites: [{name: basics}]")
    done = codeloop("ci", "--record", "answers.jsonl", cwd=project)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.splitlines()[-1] == f"codeloop: {link}: leads out of the folder by a link: needs --trust"
    assert list(outside.iterdir()) == []
