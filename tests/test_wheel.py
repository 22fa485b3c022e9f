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
    wheel = next(tmp_path.glob("*.whl"))
    empty = tmp_path / "venv"
    venv.create(empty, with_pip=False)
    python = empty / "bin" / "python"
    # The libraries come from this environment (they are the locked ones already); codeloop itself only from the wheel.
    installed = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            str(tmp_path / "site"),
            str(wheel),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    environment = os.environ | {"PYTHONPATH": f"{tmp_path / 'site'}:{libraries}", "PYTHONNOUSERSITE": "1"}

    def codeloop(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(python), "-m", "codeloop", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )

    where = subprocess.run(
        [str(python), "-c", "import codeloop; print(codeloop.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(tmp_path / "site"))
    setup = codeloop("setup", "--lang", "python", "--no-model")
    assert setup.returncode == 0, setup.stderr
    doctor = codeloop("doctor", "--lang", "python")
    assert "ok      image python" in doctor.stdout
    graded = codeloop("grade", "--reference", "--suite", "basics", "--lang", "python")
    assert "12/12 tasks passed" in graded.stdout, graded.stderr


@pytest.mark.docker
def test_the_readmes_snippet_runs_one_trajectory() -> None:
    snippet = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
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
