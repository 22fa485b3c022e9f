"""mutmut and cosmic-ray on a project of many modules, each with one test file: for ``mutation_peers.py``."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import venv
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutation_programs import Reference

PACKAGES = ("mutmut==3.8.1", "cosmic-ray==8.7.0", "pytest==9.2.0")
_STARTS = "Running mutation testing"
_MAX_S = 60.0  # of an original's tests

_TEST = """\
import subjects.{name} as _subject

globals().update({{name: value for name, value in vars(_subject).items() if not name.startswith("__")}})

{tests}

def test_{name}():
    {call}


if __name__ == "__main__":
    test_{name}()
"""

_SETUP = """\
[mutmut]
source_paths=subjects
pytest_add_cli_args_test_selection=tests
timeout_multiplier=10.0
timeout_constant=0.1
"""
# 10 * (0.1 + seconds of the original): one second and ten times the original, codeloop's own rule

_SESSION = """\
[cosmic-ray]
module-path = "subjects/{name}.py"
timeout = {timeout:.2f}
excluded-modules = []
test-command = "{python} tests/test_{name}.py"

[cosmic-ray.distributor]
name = "local"
"""


def make_environment(folder: Path) -> Path:
    """Make a virtual environment with the tools, once for these versions; its folder of programs."""
    home = folder / "-".join(PACKAGES).replace("==", "-")
    if not (home / "ready").exists():
        venv.create(home, with_pip=True, clear=True)
        done = subprocess.run(
            [home / "bin/python", "-m", "pip", "install", "--quiet", *PACKAGES],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"pip: {done.stderr[-1500:]}")
        (home / "ready").touch()
    return home / "bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with ``subjects`` and ``tests``; ``seconds``: task id to what its tests take, of those that pass."""

    folder: Path
    programs: Path
    seconds: Mapping[str, float]
    names: Mapping[str, str]

    @staticmethod
    def made(folder: Path, references: list[Reference], programs: Path) -> Project:
        """Write the files, time each test, and remove what fails without a mutant."""
        (folder / "subjects").mkdir(parents=True)
        (folder / "tests").mkdir()
        (folder / "subjects/__init__.py").write_text("")
        (folder / "setup.cfg").write_text(_SETUP)
        names = {each.task.id: f"m{each.task.number}" for each in references}
        seconds: dict[str, float] = {}
        for each in references:
            name = names[each.task.id]
            (folder / f"subjects/{name}.py").write_text(each.code)
            (folder / f"tests/test_{name}.py").write_text(test_text(name, each.task.hidden.code))
            took = _seconds(folder, programs, name)
            if took is None:
                (folder / f"subjects/{name}.py").unlink()
                (folder / f"tests/test_{name}.py").unlink()
            else:
                seconds[each.task.id] = took
        return Project(folder=folder, programs=programs, seconds=seconds, names=names)

    def copied(self, folder: Path) -> Project:
        """Give the same project, untouched, elsewhere."""
        shutil.copytree(self.folder, folder)
        return Project(folder=folder, programs=self.programs, seconds=self.seconds, names=self.names)

    def call(self, program: str, *arguments: str) -> str:
        """Run one of the tools in the project."""
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=_environment(self.folder), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program} {arguments[0]}: {done.stdout[-500:]}{done.stderr[-1500:]}")
        return done.stdout


def test_text(name: str, tests: str) -> str:
    """Put the call at the end of a test program into a test function. Raises ValueError where there is none."""
    calls = list(re.finditer(r"^check\(.*\)[ \t]*$", tests, re.M))
    if not calls or tests[calls[-1].end() :].strip():
        raise ValueError(f"{name}: the tests do not end with a call of check")
    return _TEST.format(name=name, tests=tests[: calls[-1].start()].rstrip() + "\n", call=calls[-1].group().strip())


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def _seconds(folder: Path, programs: Path, name: str) -> float | None:
    began = time.monotonic()
    try:
        done = subprocess.run(
            [programs / "python", f"tests/test_{name}.py"],
            cwd=folder,
            env=_environment(folder),
            capture_output=True,
            check=False,
            timeout=_MAX_S,
        )
    except subprocess.TimeoutExpired:
        return None
    return time.monotonic() - began if done.returncode == 0 else None


def mutmut_run(project: Project, workers: int) -> dict[str, Any]:
    """Run mutmut on the whole project."""
    command = [str(project.programs / "mutmut"), "run", "--max-children", str(workers)]
    environment = {
        key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    }
    began, worked, tail = time.monotonic(), 0.0, ""
    with subprocess.Popen(
        command, cwd=project.folder, env={**environment, "PYTHONUNBUFFERED": "1"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            tail = (tail + line)[-2000:]
            if _STARTS in line and not worked:
                worked = time.monotonic()
    ended = time.monotonic()
    if process.returncode or not worked:
        raise RuntimeError(f"mutmut: {tail}")
    project.call("mutmut", "export-cicd-stats")
    return {
        "whole_s": ended - began,
        "work_s": ended - worked,
        "counts": mutmut_counts(json.loads((project.folder / "mutants/mutmut-cicd-stats.json").read_text())),
    }


def mutmut_counts(stats: Mapping[str, int]) -> dict[str, int]:
    """Name mutmut's figures as ours are; what is neither is ``other``."""
    counts = {
        "killed": stats["killed"],
        "timed out": stats["timeout"],
        "survived": stats["survived"],
        "unreached": stats["no_tests"],
    }
    return {**counts, "other": stats["total"] - sum(counts.values())}


def cosmic_ray_run(project: Project, workers: int) -> dict[str, Any]:
    """Run a session for each module, and then all of it again without a mutant left to run."""
    names = [project.names[task_id] for task_id in project.seconds]
    for task_id, seconds in project.seconds.items():
        name = project.names[task_id]
        text = _SESSION.format(name=name, timeout=1.0 + 10.0 * seconds, python=project.programs / "python")
        (project.folder / f"{name}.toml").write_text(text)

    def session(name: str) -> None:
        project.call("cosmic-ray", "init", f"{name}.toml", f"{name}.sqlite")
        project.call("cosmic-ray", "exec", f"{name}.toml", f"{name}.sqlite")

    def nothing(name: str) -> None:
        project.call("cosmic-ray", "init", f"{name}.toml", f"{name}-again.sqlite")
        project.call("cosmic-ray", "exec", f"{name}.toml", f"{name}.sqlite")

    whole_s = _all(session, names, workers)
    counts: Counter[str] = Counter()
    for name in names:
        counts.update(cosmic_ray_counts(project.call("cosmic-ray", "dump", f"{name}.sqlite")))
    return {"whole_s": whole_s, "work_s": whole_s - _all(nothing, names, workers), "counts": dict(counts)}


def _all(one: Callable[[str], None], names: list[str], workers: int) -> float:
    began = time.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, names))
    return time.monotonic() - began


def cosmic_ray_counts(dump: str) -> dict[str, int]:
    """Count the outcomes of a dump, a line for each mutant; a time-out is killed with ``timeout`` as its output."""
    counts: Counter[str] = Counter()
    for line in dump.splitlines():
        _, result = json.loads(line)
        outcome = (result or {}).get("test_outcome")
        if outcome == "killed":
            counts["timed out" if result["output"] == "timeout" else "killed"] += 1
        else:
            counts["survived" if outcome == "survived" else "other"] += 1
    return dict(counts)


__all__ = ["PACKAGES", "Project", "cosmic_ray_run", "make_environment", "mutmut_run"]
