"""The sandbox port: processes go in, what became of them comes out. It knows nothing of tests, languages or models.

A cell is a workspace that nothing outlives. ``Sandbox.open`` gives one; commands run in it one after another and see the
files that earlier commands left. Today's Docker adapter starts a container per cell; a pool of warm ones fits the same port.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from codeloop.commands import Command, CommandResult


class Cell(Protocol):
    """An open workspace."""

    @property
    def image(self) -> str:
        """The digest of what it runs in (``sha256:…``)."""
        ...

    async def run(self, command: Command) -> CommandResult:
        """Run one command to its end.

        Raises SandboxUnavailable when the *machine* failed; whatever the program did is a result.
        """
        ...


class Sandbox(Protocol):
    """A maker of cells."""

    def open(self, image: str, *, memory_bytes: int) -> AbstractAsyncContextManager[Cell]:
        """Open a cell of ``image`` (a folder name under ``sandboxes/``); everything in it is gone at exit.

        Raises ImageMissing, SandboxUnavailable.
        """
        ...
