"""The built wheel works where there is no checkout; the README's snippet works as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.docker
def test_the_wheel_diagnoses_builds_and_grades_outside_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    python = empty_environment(tmp_path / "venv")
    install(python, "--require-hashes", "--no-deps", "-r", str(ROOT / "requirements.lock"))
    install(
        python, str(next(tmp_path.glob("*.whl")))
    )  # with its own dependencies: one that the lock lacks would come now

    def codeloop(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run(python, "-m", "codeloop", *arguments, cwd=tmp_path)

    where = run(python, "-c", "import codeloop; print(codeloop.__file__)", cwd=tmp_path)
    assert where.stdout.startswith(str(tmp_path / "venv"))
    setup = codeloop("setup", "--lang", "python", "--no-model")
    assert setup.returncode == 0, setup.stderr
    doctor = codeloop("doctor", "--lang", "python")
    assert "ok      image python" in doctor.stdout
    graded = codeloop("grade", "--reference", "--suite", "basics", "--lang", "python")
    assert "18/18 tasks passed" in graded.stdout, graded.stderr


def empty_environment(folder: Path) -> Path:
    """Make a virtual environment with nothing but pip; give its interpreter."""
    venv.create(folder, with_pip=True)
    return folder / "bin" / "python"


def install(python: Path, *arguments: str) -> None:
    done = run(python, "-m", "pip", "install", "--quiet", *arguments)
    assert done.returncode == 0, done.stderr


def run(python: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run an interpreter that knows nothing of this one's packages."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return subprocess.run(
        [str(python), *arguments], cwd=cwd, env=clean, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.docker
def test_the_readmes_snippet_runs_one_trajectory() -> None:
    text = (ROOT / "README.md").read_text("utf-8").partition("## As a library")[2]
    snippet = re.search(r"```python\n(.*?)```", text, re.S)
    assert snippet is not None
    lines = snippet[1].strip().splitlines()
    assert len(lines) <= 15
    script = snippet[1] + (
        "\nfrom codeloop.testing import FakeModel\n"
        "reference = codeloop.load_suite('basics', ('python',)).tasks[0]\n"
        "model = FakeModel(lambda _: '```python\\n' + reference.prompt + reference.reference + '```')\n"
        "print(anyio.run(main, model).ending)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "solved"
