"""The sandbox port: processes go in, what became of them comes out. It knows nothing of tests, languages or models.

A cell is a workspace that nothing outlives. ``Sandbox.open`` gives one; commands run in it one after another and see the
files that earlier commands left. Nothing of a check survives it, and nothing is read across checks, however an adapter
achieves that.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import Protocol

from codeloop.commands import Command, CommandResult


class Guarantee(StrEnum):
    """What a sandbox may be unable to enforce on a host; everything else it enforces everywhere."""

    MEMORY = "memory"
    """All processes of a check together have no more than they are given, and who runs out of it is told apart."""
    PIDS = "pids"
    """The number of processes is bounded, so that no check takes them from others."""
    CPU = "cpu"
    """CPU time is counted for the whole process tree, and its limit ends a command."""
    DISK = "disk"
    """Bytes and files that a check can write are bounded."""


def not_enforced(guarantees: frozenset[Guarantee]) -> str:
    """Give the part of a description that names what is missing; empty where nothing is."""
    weak = sorted(frozenset(Guarantee) - guarantees)
    return f"; not enforced: {', '.join(weak)}" if weak else ""


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

    @property
    def guarantees(self) -> frozenset[Guarantee]:
        """What it enforces on this host."""
        ...

    @property
    def description(self) -> str:
        """Adapter, kind of isolation and what is not enforced, as a report says it."""
        ...

    def open(self, image: str, *, memory_bytes: int) -> AbstractAsyncContextManager[Cell]:
        """Open a cell of ``image`` (a folder name under ``sandboxes/``); everything in it is gone at exit.

        Raises ImageMissing, SandboxUnavailable.
        """
        ...
