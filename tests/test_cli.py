"""The command line as a user meets it: one line with a remedy for a mistake, never a traceback."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from codeloop.cli.files import write_whole
from codeloop.cli.resume import choose_unfinished
from codeloop.errors import ConfigError, DiskFull
from codeloop.store import Owner, Run, RunStatus, Store
from codeloop.store.owner import this_process


def codeloop(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codeloop", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},  # this checkout, wherever it runs
        timeout=120,
        check=False,
    )


def test_version() -> None:
    done = codeloop("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("codeloop, version ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bench", "basics", "--lang", "pyhton"], ["did you mean 'python'"]),
        (["bench", "no-such-suite"], ["no-such-suite"]),
        (["bench", "basics", "--tasks", "Python/999"], ["Python/999"]),
        (["bench", "basics", "--k", "0"], ["--k"]),
        (["bench", "basics", "--model", "local:3b"], ["0.5b, 1.5b"]),
        (["setup", "--local-size", "3b"], ["0.5b, 1.5b"]),
        (["setup", "--lang", "c-rsut"], ["did you mean 'c-rust'"]),
        (["doctor", "--lang", "c-rsut"], ["did you mean 'c-rust'"]),
        (["bench", "basics", "--lang", "c-rust"], ["known: python, java, cpp, javascript, go, rust\n"]),
        (["ablate", "basics", "--arms", "default,placeob"], ["did you mean 'placebo'"]),
        (["ablate", "basics", "--arms", "default"], ["give at least two"]),
        (["ablate", "basics", "--arms", "single,resample"], ["add one to --arms"]),
        (["ablate", "basics", "--shard", "3/2"], ["--shard '3/2'"]),
        (["ablate", "basics", "--numbers", "some"], ["--numbers"]),
        (["ablate", "merge"], ["codeloop ablate merge", "FILES"]),
        (["ablate", "merge", "missing.jsonl"], ["missing.jsonl cannot be read"]),
        (["grade"], ["--reference"]),
        (["grade", "missing.jsonl", "--suite", "basics"], ["missing.jsonl"]),
        (["resume", "no-such-run"], ["unknown run"]),
        (["frobnicate"], ["No such command"]),
    ],
)
def test_a_users_mistake_is_exit_2_and_one_line(arguments: list[str], words: list[str], tmp_path: Path) -> None:
    done = codeloop(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    "content",
    [
        b'{"task_id": "Python/b1", "solution": "x"',
        b'{"task_id": "Python/nope", "solution": "x"}',
        b'{"task_id": "Python/b1"}',
        b"[1, 2]",
        b"\xff\xfe",
        b"",
        b"[" * 200_000,
    ],
)
def test_bad_samples_name_file_and_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_bytes(content)
    done = codeloop("grade", str(path), "--suite", "basics")
    assert done.returncode == 2, done.stderr
    assert "samples.jsonl" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_truncated_gz_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl.gz"
    row = b'{"task_id": "Python/b1", "solution": "x = 1"}\n'
    path.write_bytes(gzip.compress(row * 500)[:-20])
    done = codeloop("grade", str(path), "--suite", "basics")
    assert done.returncode == 2, done.stderr
    assert "breaks off" in done.stderr


def test_a_bad_configuration_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "codeloop.yaml").write_text("bench: [", "utf-8")
    done = codeloop("grade", "--reference", cwd=tmp_path)
    assert done.returncode == 2
    assert "codeloop.yaml" in done.stderr


def test_resume_takes_the_newest_run_that_is_unfinished_and_nobodys() -> None:
    def run(run_id: str, status: RunStatus, owner: Owner | None = None) -> Run:
        return Run(run_id=run_id, status=status, created_s=0.0, owner=owner)

    dead = replace(this_process(), started="1")
    known = (
        run("new", RunStatus.NEW),
        run("killed", RunStatus.RUNNING, dead),
        run("stopped", RunStatus.INTERRUPTED),
        run("finished", RunStatus.FINISHED),
        run("live", RunStatus.RUNNING, this_process()),
    )
    assert [run.run_id for run in choose_unfinished(known)] == ["stopped", "killed", "new"]
    assert choose_unfinished(known[3:]) == ()


def test_resume_of_nothing_is_one_line(tmp_path: Path) -> None:
    none = codeloop("resume", cwd=tmp_path)
    store = Store.open(tmp_path / ".codeloop" / "codeloop.db")
    store.new_run("over", {})
    store.claim("over")
    store.release("over", RunStatus.FINISHED)
    store.close()
    finished = codeloop("resume", cwd=tmp_path)
    assert (none.returncode, finished.returncode) == (2, 2)
    assert "unknown run '(none yet)'" in none.stderr
    assert "name one, such as over" in finished.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["grade", "--reference", "--lang", "xx"]])
def test_output_that_finds_no_room_is_never_a_traceback(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "codeloop", *arguments]
        told = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
        untold = subprocess.run(command, stdout=full, stderr=full, timeout=60, check=False)
    assert told.returncode == untold.returncode == (3 if arguments == ["--version"] else 2)
    assert told.stderr.count("\n") == 1
    assert "Traceback" not in told.stderr
    if arguments == ["--version"]:
        assert "free some space" in told.stderr


def test_an_output_file_that_cannot_be_written_is_one_line_and_an_earlier_one_stays(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    write_whole(kept, "old")
    write_whole(kept, "new \u00fc")
    assert kept.read_text("utf-8") == "new \u00fc"
    link = tmp_path / "link.json"
    link.symlink_to(kept)
    write_whole(link, "linked")
    assert link.is_symlink()
    assert kept.read_text("utf-8") == "linked"
    with pytest.raises(ConfigError, match="name another file"):
        write_whole(kept / "below.json", "x")
    with pytest.raises(DiskFull, match="free some space"):
        write_whole(Path("/dev/full"), "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.json", "link.json"]


def test_import_does_nothing_heavy() -> None:
    script = (
        "import sys, codeloop; print([m for m in ('litellm','docker','sqlalchemy','tree_sitter') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("languages", "lines"),
    [("python,java", ["suite 'humaneval' instead", "suite 'basics' instead"]), ("java", ["suite 'basics' instead"])],
)
def test_without_data_the_next_suite_is_named_in_one_line_each(
    languages: str, lines: list[str], tmp_path: Path
) -> None:
    """Wrong files in the data folder stand for data that cannot be had; the model name ends it before any container."""
    for name in ("humaneval_python.jsonl.gz", "humaneval_java.jsonl.gz", "HumanEval.jsonl.gz"):
        (tmp_path / name).write_bytes(b"x")
    environment = os.environ | {"CODELOOP_DATA_DIR": str(tmp_path), "CODELOOP_RUNS_DIR": str(tmp_path / "runs")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "codeloop",
            "bench",
            "--lang",
            languages,
            "--model",
            "replay:none.jsonl",
            "--limit",
            "1",
        ],
        env=environment | {"DOCKER_HOST": "unix:///nonexistent.sock"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    said = [line for line in done.stderr.splitlines() if "instead" in line]
    assert len(said) == len(lines)
    assert all(expected in line for expected, line in zip(lines, said, strict=True))
    assert "of basics" in done.stderr
