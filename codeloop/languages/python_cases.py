"""Python's cases: the two processes of a run, and what each of them is told."""

from __future__ import annotations

import json
from typing import Any

from codeloop.commands import Command, Limits, Role
from codeloop.languages import judged
from codeloop.languages.python_analysers import SOURCE
from codeloop.languages.syntax import to_bytes
from codeloop.tasks import Task

HOME = "/opt/codeloop"
"""Where the image has its programs."""
GUARD = "_codeloop_m"
"""The function that a program with many mutants asks which one it is."""


def job_of(task: Task, tests: str, nonce: str) -> dict[str, Any]:
    """Give what the judge is told."""
    return {"nonce": nonce, "prompt": task.prompt, "entry_point": task.entry_point, "tests": own_tests(tests)}


def judging(job: dict[str, Any], code: str, cpu_s: float, wall_s: float, *arguments: str) -> Command:
    """Build the candidate's process with the judge as its peer; ``arguments`` are the candidate's, behind the file's name."""
    judge = Command(
        argv=("python3", "-I", f"{HOME}/judge.py"),
        role=Role.JUDGE,
        channel=json.dumps(job).encode("ascii"),
        limits=Limits(cpu_s=cpu_s + judged.EXTRA_CPU_S, wall_s=wall_s),
    )
    return Command(
        argv=("python3", "-I", f"{HOME}/candidate.py", SOURCE, *arguments),
        role=Role.CANDIDATE,
        files=((SOURCE, to_bytes(code)),),
        limits=Limits(cpu_s=cpu_s, wall_s=wall_s),
        peer=judge,
    )


def own_tests(tests: str) -> str:
    """Drop indented lines before the first statement: a suite's leftover of a body (HumanEval-X Python/119)."""
    lines = tests.splitlines(keepends=True)
    first = next((i for i, line in enumerate(lines) if line.strip() and not line[0].isspace()), 0)
    return "".join(lines[first:])


__all__ = ["GUARD", "HOME", "job_of", "judging", "own_tests"]
