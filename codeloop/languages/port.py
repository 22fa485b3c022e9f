"""The language port: all that the pipeline needs to know of a language. Pure: commands out, results in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from codeloop.attempts import Candidate, StageReport
from codeloop.sandbox.port import Command, CommandResult, End
from codeloop.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A compile stage's report and what it made for the test stage (empty when it failed)."""

    report: StageReport
    artifact: bytes = b""


_FAULTS = frozenset({4, 5, 6, 7, 8, 11, 31})  # SIGILL, TRAP, ABRT, BUS, FPE, SEGV, SYS: the same on every Linux


def has_crashed(result: CommandResult) -> bool:
    """Say whether the kernel or the runtime ended the process for a fault: an overrun stack, a bad pointer, an abort.

    SIGKILL and SIGTERM are none: those somebody sent.
    """
    return result.end is End.SIGNALLED and result.code in _FAULTS


class Language(Protocol):
    """One language; its image is the folder of the same name under ``sandboxes/``."""

    name: str
    title: str
    """For prompts and tables: ``Python 3.13``."""
    fences: tuple[str, ...]
    """Info strings of Markdown fences that mean this language, lower case."""
    memory_bytes: int

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Build the command that checks ``code`` and prepares ``tests`` against it; it executes neither."""
        ...

    def read_compile(self, result: CommandResult, code: str) -> Compiled:
        """Read what came of it; anything not understood is an ``unparsed`` diagnostic."""
        ...

    def test(self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float) -> Command:
        """Build the command that runs ``tests`` against ``code``; every case runs, also after a failed one."""
        ...

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the cases; passed only with exit 0, the nonce after the last assertion, and every case passed."""
        ...

    def assemble(self, task: Task, answer: str) -> Candidate:
        """Make a whole program of the code block of an answer: given imports and helpers added where missing."""
        ...

    def continuation(self, task: Task, text: str) -> Candidate:
        """Make a whole program of text that continues ``task.prompt``; a text that defines the entry point is one itself.

        Text after the entry function is kept unless it is a second definition of it, a main or test code.
        """
        ...

    def known_bad(self, task: Task) -> str:
        """Give a program that compiles and is wrong: the entry point returns a typed default."""
        ...
