"""The hostile programs of ``hostile/`` as data, and a sandbox that waits less long for those that sleep."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from codeloop.commands import Command, CommandResult, Role
from codeloop.sandbox.docker import DockerSandbox
from codeloop.sandbox.port import Cell
from codeloop.suites.files import load
from codeloop.tasks import Task

HERE = Path(__file__).parent / "hostile"
SUFFIXES = {".py": "python", ".java": "java", ".cpp": "cpp", ".js": "javascript", ".go": "go", ".rs": "rust"}
"""A language joins here and with its folder."""
TASKS = {task.id: task for task in load(HERE / "tasks.yaml").tasks}
CPU_S = 3.0  # a reference of Java needs a third; every second more is paid by each program that hangs
SLEEPER_S = 6.0  # wall seconds of programs that wait for ever, instead of a minute
HEADER = re.compile(r"^(?:#|//) (task|outcome|attack|controls): (.+)$", re.M)


@dataclass(frozen=True, slots=True)
class Program:
    """One file, with what its header says."""

    path: Path
    task: Task
    outcome: str
    attack: str

    @property
    def cpu_s(self) -> float:
        """CPU seconds for it: what fills the memory may need as many as it has in a real run."""
        return 10.0 if "out_of_memory" in self.outcome else CPU_S

    @property
    def waits(self) -> bool:
        """Whether the wall clock ends it."""
        return "wall_timeout" in self.outcome

    @property
    def code(self) -> str:
        return self.path.read_bytes().decode("utf-8")


def programs(folder: str) -> list[Program]:
    paths = [path for path in sorted((HERE / folder).rglob("*")) if path.suffix in SUFFIXES]
    return [program(path) for path in paths]


def program(path: Path) -> Program:
    head = dict(HEADER.findall("\n".join(path.read_text("utf-8").split("\n")[:3])))
    task = TASKS[f"{SUFFIXES[path.suffix]}/{head['task']}"]
    return Program(path=path, task=task, outcome=head["outcome"], attack=head["attack"])


CORPUS = [item for name in dict.fromkeys(SUFFIXES.values()) for item in programs(name)]
LIMITS = programs("known_limits")
CONTROLS = programs("controls")


class Hurried:
    """The sandbox with a shorter wall clock, for sleepers: the promise is the same, and they cost seconds."""

    def __init__(self, sandbox: DockerSandbox, wall_s: float) -> None:
        self._sandbox, self._wall_s = sandbox, wall_s

    @asynccontextmanager
    async def open(self, image: str, *, memory_bytes: int) -> AsyncIterator[Cell]:
        async with self._sandbox.open(image, memory_bytes=memory_bytes) as cell:
            yield HurriedCell(cell, self._wall_s)


class HurriedCell:
    def __init__(self, cell: Cell, wall_s: float) -> None:
        self._cell, self._wall_s, self.image = cell, wall_s, cell.image

    async def run(self, command: Command) -> CommandResult:
        return await self._cell.run(self._hurried(command))

    def _hurried(self, command: Command) -> Command:
        if command.role is Role.COMPILER:
            return command
        peer = self._hurried(command.peer) if command.peer else None
        return replace(command, limits=replace(command.limits, wall_s=self._wall_s), peer=peer)
