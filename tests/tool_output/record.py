"""Runs a language's analysers over ``programs/<language>/*.txt`` in its image and writes what each tool said."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import anyio

from codeloop.languages import get_language, judged
from codeloop.sandbox.docker import DockerSandbox
from codeloop.tasks import HiddenTests, Task, VisibleTests

HERE = Path(__file__).parent


def task_of(name: str) -> Task:
    """A task as far as an analyser needs one."""
    return Task(
        id=f"Own/{name}",
        language=name,
        statement="",
        prompt="",
        entry_point="Add" if name == "go" else "add",
        visible=VisibleTests(code=""),
        hidden=HiddenTests(code=""),
        reference="",
    )


async def record(name: str) -> None:
    language = get_language(name)
    sandbox = DockerSandbox(run_id="record-tool-output")
    try:
        async with sandbox.open(name, memory_bytes=language.memory_bytes) as cell:
            for program in sorted((HERE / "programs" / name).glob("*.txt")):
                result = await cell.run(language.lint(task_of(name), program.read_text()))
                for line in judged.read_lines(result.channel):
                    if "tool" in line:
                        target = HERE / line["tool"] / f"{program.stem}.json"
                        target.parent.mkdir(exist_ok=True)
                        target.write_text(json.dumps({**line, "wall_s": 0.0}, indent=1) + "\n")
    finally:
        await sandbox.aclose()


if __name__ == "__main__":
    for each in sys.argv[1:]:
        anyio.run(record, each)
