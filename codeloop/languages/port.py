"""The language port: all that the pipeline needs to know of a language. Pure: commands out, results in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from codeloop.attempts import StageReport
from codeloop.commands import Command, CommandResult, End
from codeloop.languages.syntax import Syntax
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

    from codeloop.diagnostics import Diagnostic
    from codeloop.languages.analysed import Analyser


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A compile stage's report and what it made for the test stage (empty when it failed)."""

    report: StageReport
    artifact: bytes = b""


STUB_VARIABLE = "CODELOOP_STUB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """What a stub can return, as source text; no two constants of a ``kind`` are equal."""

    text: str
    kind: str
    is_true: bool = False
    """Whether a condition holds for it, in languages where any value can be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A wrong program that returns the constant whose index stands in ``$CODELOOP_STUB``; without it, the first."""

    code: str
    constants: tuple[Constant, ...]


_FAULTS = frozenset({4, 5, 6, 7, 8, 11, 31})  # SIGILL, TRAP, ABRT, BUS, FPE, SEGV, SYS: the same on every Linux


def has_crashed(result: CommandResult) -> bool:
    """Say whether the kernel or the runtime ended the process for a fault: an overrun stack, a bad pointer, an abort.

    SIGKILL and SIGTERM are none: those somebody sent.
    """
    return result.end is End.SIGNALLED and result.code in _FAULTS


MUTANT_VARIABLE = "CODELOOP_MUTANT"
"""The environment variable by which a program with many mutants learns which one is chosen."""
FUEL_EXIT = 99
"""The exit code of a mutant that has used up its steps."""
FIRST_FAILURE_VARIABLE = "CODELOOP_FIRST_FAILURE"
"""Where it is ``1``, a run of the tests ends with the first case that fails; the others were then not run."""
OUT_OF_FUEL = "out_of_fuel"
"""The outcome of such a one, in a run of many."""
MANY_CPU_S = 10.0
"""What a process that runs many mutants may use besides what each of them may."""


@runtime_checkable
class KeepsCorpus(Protocol):
    """A language whose tests search: what an attempt's search found is tried first on the next attempt."""

    def with_corpus(self, tests: str, corpus: Sequence[str]) -> str:
        """Give the tests that begin with these inputs (hex)."""
        ...


@runtime_checkable
class ManyMutants(Protocol):
    """A language whose process is dear to start: it runs the tests for many mutants of one program in one process."""

    def test_mutants(
        self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float, numbers: tuple[int, ...]
    ) -> Command:
        """Build the command that runs the tests once with each mutant chosen; ``cpu_s`` seconds are for each of them."""
        ...

    def read_mutants(self, result: CommandResult, nonce: str, code: str) -> dict[int, StageReport]:
        """Read the reports of those that were judged to their end; the others are to be run by themselves."""
        ...


class Language(Protocol):
    """One language; its image is the folder of the same name under ``sandboxes/``."""

    name: str
    title: str
    """For prompts: ``Go``. No version where a host's own tools may check; Python's and Java's stand in recorded prompts."""
    fences: tuple[str, ...]
    """Info strings of Markdown fences that mean this language, lower case."""
    memory_bytes: int
    syntax: Syntax
    analysers: tuple[Analyser, ...]
    """What the lint stage runs, in this order; empty where the image has none."""

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Build the command that checks ``code`` and prepares ``tests`` against it; it executes neither."""
        ...

    def read_compile(self, result: CommandResult, code: str, tests: str) -> Compiled:
        """Read what came of it, given what was compiled; anything not understood is an ``unparsed`` diagnostic."""
        ...

    def test(self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float) -> Command:
        """Build the command that runs ``tests`` against ``code``; every case runs, also after a failed one."""
        ...

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the cases; passed only with exit 0, the nonce after the last assertion, and every case passed."""
        ...

    def lint(self, task: Task, code: str) -> Command:
        """Build the command that runs the analysers over ``code``; it executes nothing of it."""
        ...

    def read_lint(self, result: CommandResult, code: str) -> tuple[Diagnostic, ...]:
        """Read what they found, not yet sorted by rules; an analyser that failed is one ``unparsed`` note."""
        ...

    def stub(self, task: Task) -> Stub:
        """Give a program that compiles and is wrong: the entry point returns a constant of its type."""
        ...

    def may_be_vacuous(self, task: Task) -> bool:
        """Say whether any visible case is other than a plain comparison of the entry point's answer for equality."""
        ...

    # What ``extract`` asks, beside ``syntax``:

    def bound(self, node: Node) -> set[str]:
        """Name what a statement defines where it stands."""
        ...

    def is_main(self, node: Node) -> bool:
        """Say whether a statement is only there to be run as a program of its own."""
        ...

    def with_body(self, task: Task, body: str) -> str:
        """Continue the prompt with text that is the entry point's body; its indent and closing braces are repaired."""
        ...

    def salvage(self, code: str) -> str:
        """Drop the unfinished last part of a program that was cut; ``code`` itself where nothing whole is left."""
        ...

    def joined(self, code: str, parts: tuple[str, ...]) -> str:
        """Put imports and definitions of other blocks where the program can use them."""
        ...

    def completed(self, task: Task, code: str) -> tuple[str, tuple[str, ...]]:
        """Add what the prompt gives and the program lacks, and put it in the shape the tests need; give the notes."""
        ...
