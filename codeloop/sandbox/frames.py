"""Frames between an adapter and the agent in its cell: four bytes of length, big-endian, then JSON.

What an agent answers has passed through candidates' hands at most as base64 of their output; anything else is ``Broken``.
"""

from __future__ import annotations

import base64
import json
import struct
from typing import Any, Protocol

from codeloop.commands import Command, CommandResult, End

GRACE_S = 30.0
"""Beyond a command's own wall limit: the agent's work and a loaded machine. Past it the cell counts as broken."""
MAX_FRAME = 512 * 1024 * 1024
STDOUT, STDERR = 1, 2
RESET = json.dumps({"reset": True}).encode()
"""Ends a check: the agent removes everything of it and says whether the cell is as new."""


class Broken(Exception):
    """The container does not answer as the agent does."""


class Starved(Broken):
    """Memory ran out in the cell, and the kernel ended the agent beside what had used it."""


class Incoming(Protocol):
    """What has come from an agent and is not yet a whole frame."""

    stderr: bytearray

    def feed(self, data: bytes) -> None:
        """Add bytes as they came; raises Broken."""
        ...

    def frame(self) -> bytes | None:
        """The next whole frame, taken out; raises Broken."""
        ...


class Plain:
    """An agent's bytes as they are; its stderr goes elsewhere."""

    def __init__(self) -> None:
        self.stdout, self.stderr = bytearray(), bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes as they came."""
        self.stdout += data

    def frame(self) -> bytes | None:
        """The next whole frame, taken out; raises Broken."""
        return taken(self.stdout)


class Demultiplexer:
    """Takes Docker's attach stream apart: eight bytes of header (stream, length) before each piece, split anywhere."""

    def __init__(self) -> None:
        self._raw, self.stdout, self.stderr = bytearray(), bytearray(), bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes as they came; whole or part pieces go to ``stdout`` and ``stderr``."""
        self._raw += data
        while len(self._raw) >= 8:
            stream, length = struct.unpack(">BxxxI", self._raw[:8])
            if stream not in {0, STDOUT, STDERR}:
                raise Broken(f"garbled stream header {bytes(self._raw[:8]).hex()}")
            if len(self._raw) < 8 + length:
                return
            piece = self._raw[8 : 8 + length]
            if stream == STDERR:
                self.stderr = (self.stderr + piece)[-8192:]
            else:
                self.stdout += piece
            del self._raw[: 8 + length]

    def frame(self) -> bytes | None:
        """The next whole frame of stdout, taken out."""
        return taken(self.stdout)


def taken(buffer: bytearray) -> bytes | None:
    """Take the first frame out, if it is whole; raises Broken."""
    if len(buffer) < 4:
        return None
    (length,) = struct.unpack(">I", buffer[:4])
    if length > MAX_FRAME:
        raise Broken(f"a frame of {length} bytes")
    if len(buffer) < 4 + length:
        return None
    body = bytes(buffer[4 : 4 + length])
    del buffer[: 4 + length]
    return body


def framed(body: bytes) -> bytes:
    """A body with its length."""
    return struct.pack(">I", len(body)) + body


def request_of(command: Command) -> dict[str, Any]:
    """A command as the agent reads it."""
    limits = command.limits
    return {
        "argv": list(command.argv),
        "role": command.role.value,
        "files": [[path, encoded(content)] for path, content in command.files],
        "env": [list(pair) for pair in command.env],
        "channel": None if command.channel is None else encoded(command.channel),
        "limits": {name: getattr(limits, name) for name in limits.__slots__},
        "peer": None if command.peer is None else request_of(command.peer),
    }


def encoded(content: bytes) -> str:
    """Bytes as JSON can carry them."""
    return base64.b64encode(content).decode("ascii")


def result_of(frame: bytes) -> CommandResult:
    """The agent's reply; raises Broken."""
    try:
        reply = json.loads(frame)
        if "error" in reply:
            raise Broken(str(reply["error"]))
        return parsed(reply)
    except (ValueError, KeyError, TypeError) as error:
        raise Broken(f"garbled reply: {error}") from error


def parsed(reply: dict[str, Any]) -> CommandResult:
    """One process's part of a reply."""
    return CommandResult(
        end=End(reply["end"]),
        code=int(reply["code"]),
        stdout=base64.b64decode(reply["stdout"]),
        stderr=base64.b64decode(reply["stderr"]),
        channel=base64.b64decode(reply["channel"]),
        cpu_s=float(reply["cpu_s"]),
        wall_s=float(reply["wall_s"]),
        peer=None if reply["peer"] is None else parsed(reply["peer"]),
    )


def patience(command: Command) -> float:
    """How long the answer to a command may take."""
    peer = command.peer.limits.wall_s if command.peer else 0.0
    return max(command.limits.wall_s, peer) + GRACE_S


def doubt_of(frame: bytes) -> str:
    """Why a cell cannot be used again, in words; empty where it proved that it is as new. Raises Broken."""
    try:
        reply = json.loads(frame)
        if "error" in reply:
            raise Broken(str(reply["error"]))
        return str(reply["doubt"])
    except (ValueError, KeyError, TypeError) as error:
        raise Broken(f"garbled reply: {error}") from error
