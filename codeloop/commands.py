"""The words between languages and sandboxes: a command goes in, what became of its process comes out.

A language builds commands and reads results; a sandbox runs them. Neither knows the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """As whom a process runs: three user ids that cannot touch each other's processes; none is root."""

    CANDIDATE = "candidate"
    JUDGE = "judge"
    COMPILER = "compiler"


class End(StrEnum):
    """What became of a process."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    TIMED_OUT = "timed_out"
    """CPU time over ``Limits.cpu_s``: the verdict limit."""
    WALL_TIMED_OUT = "wall_timed_out"
    """Wall time over ``Limits.wall_s``: the backstop."""
    OUT_OF_MEMORY = "out_of_memory"
    OUTPUT_LIMIT = "output_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one command. Times in seconds, sizes in bytes."""

    cpu_s: float = 10.0
    wall_s: float = 60.0
    output_bytes: int = 256 * 1024
    """Of stdout and stderr each; past it, output is dropped, marked, and the process goes on until 16 times as much."""
    channel_bytes: int = 16 * 1024 * 1024
    file_bytes: int = 32 * 1024 * 1024
    processes: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One process. ``files`` (path relative to the workspace, content) are written before it starts, readable by it.

    ``channel``: if not ``None``, the process gets a private socket as file descriptor 0; these bytes are sent to it, then
    the sending side is closed; what it writes there is ``CommandResult.channel``. If ``None``, descriptor 0 is /dev/null.
    ``peer``: a second process started at the same time; descriptor 3 of both is one socket pair between them. The
    command is over when the peer ends; whatever is left is killed.
    ``{work}`` in argv and env values stands for the workspace's path, ``{compiled}`` for the compiler's: other roles may
    run what they know the name of there, and read it where its mode says so, but not list it.
    """

    argv: tuple[str, ...]
    role: Role = Role.CANDIDATE
    files: tuple[tuple[str, bytes], ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    channel: bytes | None = None
    limits: Limits = field(default_factory=Limits)
    peer: Command | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    """What became of one process. ``code``: exit status, or the signal's number when ``SIGNALLED``; else -1.

    ``stdout`` and ``stderr`` end with a marker line when they were cut. ``cpu_s`` is the whole process tree's.
    """

    end: End
    code: int
    stdout: bytes = b""
    stderr: bytes = b""
    channel: bytes = b""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peer: CommandResult | None = None
