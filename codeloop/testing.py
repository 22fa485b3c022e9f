"""Public fakes: a model is a function from Prompt to Completion, a sandbox one from Command to CommandResult."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from codeloop.attempts import Completion, Prompt
from codeloop.commands import Command, CommandResult
from codeloop.sandbox.port import Cell, Guarantee


@dataclass(frozen=True, slots=True)
class FakeModel:
    """Answers by calling a function."""

    answer: Callable[[Prompt], str | Completion]
    identity: str = "fake"
    details: tuple[tuple[str, str], ...] = ()

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer; a plain text counts as finished by itself."""
        reply = self.answer(prompt)
        return reply if isinstance(reply, Completion) else Completion(text=reply, finish_reason="stop")

    async def aclose(self) -> None:
        """Hold nothing."""


@dataclass(frozen=True, slots=True)
class FakeCell:
    """Runs a command by calling a function."""

    run_command: Callable[[Command], CommandResult]
    image: str = "sha256:fake"

    async def run(self, command: Command) -> CommandResult:
        """Give the function's result."""
        return self.run_command(command)


@dataclass(frozen=True, slots=True)
class FakeSandbox:
    """Opens fake cells."""

    run_command: Callable[[Command], CommandResult]
    guarantees: frozenset[Guarantee] = frozenset(Guarantee)
    description: str = "fake"

    @asynccontextmanager
    async def open(self, image: str, *, memory_bytes: int) -> AsyncIterator[Cell]:
        """Open a cell whose image digest is the name of the image and its memory."""
        yield FakeCell(self.run_command, image=f"sha256:{image}-{memory_bytes}")
