"""Open cells: commands and results as frames to an agent, cells that break and are replaced, starts that are tried again.

What adapters share: they differ in how an agent comes to life, and in what is done with it after a check.
"""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread

from codeloop.commands import Command, CommandResult, End, Role
from codeloop.errors import SandboxUnavailable
from codeloop.sandbox.breaker import Breaker
from codeloop.sandbox.frames import Broken, Incoming, Starved, framed, patience, request_of, result_of

T = TypeVar("T")

ATTEMPTS = 3


async def in_thread(function: Callable[[], T]) -> T:
    """Run a blocking call in a thread of its own count: the shared limiter's forty are for others too."""
    return await anyio.to_thread.run_sync(function, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1))


class Link(Protocol):
    """A started agent. The methods block."""

    def exchange(self, request: bytes, timeout: float) -> bytes:
        """Send a frame, wait for the reply; raises Broken."""
        ...

    def abort(self) -> None:
        """Wake a thread that waits in ``exchange``."""
        ...

    def remove(self) -> None:
        """End the agent and everything that it started."""
        ...


class Closeable(Protocol):
    """What can be closed."""

    def close(self) -> None:
        """Close it."""
        ...


@dataclass(slots=True)
class Wire:
    """A socket to an agent, and what has come from it. ``streams`` also holds what the agent said on its stderr."""

    socket: socket.socket
    streams: Incoming
    busy: threading.Lock = field(default_factory=threading.Lock)
    """Held by the thread that reads: the descriptor must not be closed, and its number given to another, under it."""

    def exchange(self, *requests: bytes, timeout: float) -> list[bytes]:
        """Send frames together, wait for a reply to each; raises Broken."""
        deadline = time.monotonic() + timeout
        with self.busy:
            try:
                self._wait(deadline)
                self.socket.sendall(b"".join(map(framed, requests)))
            except OSError as error:
                raise Broken(f"the agent takes no request: {error}") from error
            return [self._frame(deadline) for _ in requests]

    def _frame(self, deadline: float) -> bytes:
        try:
            while (frame := self.streams.frame()) is None:
                self._wait(deadline)
                data = self.socket.recv(1 << 18)
                if not data:
                    raise Broken(f"the agent is gone: {self.streams.stderr[-500:].decode('utf-8', 'replace').strip()}")
                self.streams.feed(data)
        except OSError as error:
            raise Broken(f"no answer from the agent: {error}") from error
        return frame

    def _wait(self, deadline: float) -> None:
        self.socket.settimeout(max(0.001, deadline - time.monotonic()))

    def abort(self) -> None:
        """Wake a thread that waits in ``exchange``; at the other end the agent reads the end of its input."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def close(self, *sharers: Closeable) -> None:
        """Close the socket and what else holds its descriptor, once the thread that reads is awake and gone."""
        self.abort()
        with self.busy:
            self.socket.close()
            for sharer in sharers:
                sharer.close()


L = TypeVar("L", bound=Link)


@dataclass(slots=True, kw_only=True)
class OpenCell:
    """An open cell. ``restart`` gives a fresh agent, as long as no command's traces would be missing from it."""

    image: str
    connection: Link | None
    restart: Callable[[], Awaitable[Link]]
    used: bool = False
    broken: bool = False
    turn: anyio.Lock = field(default_factory=anyio.Lock)

    async def run(self, command: Command) -> CommandResult:
        """Run one command; a first command gets another cell if its own breaks."""
        request = json.dumps(request_of(command)).encode("utf-8", "surrogatepass")
        async with self.turn:
            for attempt in range(ATTEMPTS):
                try:
                    result = await self._exchange(request, patience(command))
                except Broken as error:
                    await self.discard()
                    if isinstance(error, Starved) and command.role is Role.CANDIDATE:
                        return _starved(command)
                    if self.used or attempt == ATTEMPTS - 1:
                        raise SandboxUnavailable(f"the cell broke: {error}") from error
                    self.connection = await self.restart()
                else:
                    self.used = True
                    return result
        raise AssertionError("unreachable")

    async def _exchange(self, request: bytes, timeout: float) -> CommandResult:
        connection = self.connection
        if connection is None:
            raise SandboxUnavailable("the cell is closed")
        try:
            return result_of(await in_thread(lambda: connection.exchange(request, timeout)))
        except anyio.get_cancelled_exc_class():
            self.broken = True  # an answer is on its way that nobody will read
            connection.abort()
            raise

    async def discard(self) -> None:
        """Remove what it runs in, whatever else is being cancelled."""
        connection, self.connection = self.connection, None
        if connection is not None:
            with anyio.CancelScope(shield=True):
                await in_thread(connection.remove)


def _starved(command: Command) -> CommandResult:
    """What became of a command that took its cell with it.

    The kernel ends the greatest process first. Where that one cannot give its memory back at once it takes the next, down
    to the agent: what used the memory is the same.
    """
    peer = None if command.peer is None else CommandResult(end=End.SIGNALLED, code=signal.SIGKILL)
    return CommandResult(end=End.OUT_OF_MEMORY, code=-1, peer=peer)


class Starter:
    """Starts agents: at most ``at_once`` at a time, each tried again, and none for a while after many failures."""

    def __init__(self, at_once: int) -> None:
        self._turns = anyio.Semaphore(at_once)
        self._breaker = Breaker()

    async def start(self, create: Callable[[], L]) -> L:
        """A started agent; tried again, because a loaded machine fails now and then. Raises SandboxUnavailable."""
        async with self._turns:
            self._breaker.check()
            for attempt in range(ATTEMPTS):
                try:
                    connection = await _start_once(create)
                except SandboxUnavailable as error:
                    if attempt == ATTEMPTS - 1:
                        self._breaker.failed(str(error))
                        raise
                    await anyio.sleep(0.2 * (attempt + 1))
                else:
                    self._breaker.succeeded()
                    return connection
        raise AssertionError("unreachable")


async def _start_once(create: Callable[[], L]) -> L:
    """Start, shielded: a cancelled start would leave a cell that nobody knows."""
    with anyio.CancelScope(shield=True):
        started = await in_thread(create)
    try:
        await anyio.lowlevel.checkpoint()
    except anyio.get_cancelled_exc_class():
        with anyio.CancelScope(shield=True):
            await in_thread(started.remove)
        raise
    return started
