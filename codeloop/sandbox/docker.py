"""The Docker adapter of the sandbox port: cells in containers, with codeloop's agent as each one's only program.

Commands and results are frames on the container's stdin and stdout; the engine is not asked anything between a cell's
start and its removal. Calls of the Docker SDK block, so each runs in a worker thread. With isolation ``cell`` a container
serves one check after another, as long as its agent proves after each that nothing is left; with ``container`` each
check has its own. The agent ends at end of input, so a container does not outlive its driver.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread

from codeloop import host
from codeloop.commands import Command, CommandResult
from codeloop.errors import ImageMissing, MissingTool, SandboxUnavailable
from codeloop.sandbox.breaker import Breaker
from codeloop.sandbox.frames import RESET, Broken, Demultiplexer, doubt_of, framed, patience, request_of, result_of
from codeloop.sandbox.owner import owner_labels
from codeloop.sandbox.pool import Pool
from codeloop.sandbox.port import Cell

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

T = TypeVar("T")

CAPABILITIES = ("SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE", "FOWNER", "SETPCAP")
"""What the agent needs to be three users and to end what they started; SETPCAP empties the bounding set, then goes."""
TMPFS = "size=128m,nr_inodes=8192,mode=711"
EXEC_LABEL = "codeloop.exec"
"""On an image whose language makes machine code: its workspace may hold programs. All others' may not."""
WARM_LABEL = "codeloop.warm-mb"
"""On an image with resident programs: the megabytes that they may use beside a check."""
PIDS = 256
ATTEMPTS = 3
CHECKS_PER_CELL = 1000
"""After as many a cell goes, whatever it proves: each check takes three user ids of its range."""
UID_RANGE = 4096
RESET_S = 30.0
ATTACHED = ("stdin", "stdout", "stderr", "stream")


class Isolation(StrEnum):
    """How far checks are kept apart."""

    CELL = "cell"
    CONTAINER = "container"


@dataclass(slots=True, kw_only=True)
class Connection:
    """A started container and the socket to its agent. The methods block."""

    container: Container
    response: Any
    socket: socket.socket
    streams: Demultiplexer = field(default_factory=Demultiplexer)
    checks: int = 0
    busy: threading.Lock = field(default_factory=threading.Lock)
    """Held by the thread that reads: the descriptor must not be closed, and its number given to another, under it."""

    def exchange(self, request: bytes, timeout: float) -> bytes:
        """Send a frame, wait for the reply; raises Broken."""
        with self.busy:
            return self._exchange(request, time.monotonic() + timeout)

    def _exchange(self, request: bytes, deadline: float) -> bytes:
        try:
            self._wait(deadline)
            self.socket.sendall(framed(request))
            while (frame := self.streams.frame()) is None:
                self._wait(deadline)
                data = self.socket.recv(1 << 18)
                if not data:
                    raise Broken(f"the agent is gone: {self.streams.stderr[-500:].decode('utf-8', 'replace').strip()}")
                self.streams.feed(data)
        except OSError as error:
            raise Broken(f"no answer from the agent: {error}") from error
        return frame

    def reset(self) -> str:
        """End a check; why the container cannot serve another, or nothing."""
        self.checks += 1
        if self.checks >= CHECKS_PER_CELL:
            return "it has served its time"
        try:
            return doubt_of(self.exchange(RESET, RESET_S))
        except Broken as error:
            return str(error) or "it broke"

    def _wait(self, deadline: float) -> None:
        self.socket.settimeout(max(0.001, deadline - time.monotonic()))

    def abort(self) -> None:
        """Wake a thread that waits in ``exchange``."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def remove(self) -> None:
        """Force the container away; a daemon that cannot is left to the next sweep."""
        from docker.errors import DockerException

        self.abort()
        with self.busy:
            self.socket.close()
            self.response.close()
        with suppress(DockerException, OSError):
            self.container.remove(force=True, v=True)


@dataclass(slots=True, kw_only=True)
class DockerCell:
    """An open container. ``restart`` gives a fresh one, as long as no command's traces would be missing from it."""

    image: str
    connection: Connection | None
    restart: Callable[[], Awaitable[Connection]]
    used: bool = False
    broken: bool = False
    turn: anyio.Lock = field(default_factory=anyio.Lock)

    async def run(self, command: Command) -> CommandResult:
        """Run one command; a first command gets another container if its own breaks."""
        request = json.dumps(request_of(command)).encode("utf-8", "surrogatepass")
        async with self.turn:
            for attempt in range(ATTEMPTS):
                try:
                    result = await self._exchange(request, patience(command))
                except Broken as error:
                    await self.discard()
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
        """Remove the container, whatever else is being cancelled."""
        connection, self.connection = self.connection, None
        if connection is not None:
            with anyio.CancelScope(shield=True):
                await in_thread(connection.remove)


async def in_thread(function: Callable[[], T]) -> T:
    """Run a blocking call in a thread of its own count: the shared limiter's forty are for others too."""
    return await anyio.to_thread.run_sync(function, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What a language's tag stands for while one sandbox lives."""

    id: str
    may_execute: bool
    """Whether its workspace is mounted so that programs in it can run."""
    warm_bytes: int
    """Memory for resident programs, beside that of a check."""


class DockerSandbox:
    """Cells in containers: at most ``jobs`` at a time, of which at most two start at once (the engine is slower then).

    One instance serves one event loop; ``aclose`` it. ``runtime``: another one that the engine knows, such as ``runsc``.
    """

    def __init__(
        self, *, run_id: str, jobs: int = 2, isolation: Isolation = Isolation.CELL, runtime: str | None = None
    ) -> None:
        self.isolation, self.runtime = isolation, runtime
        self._labels = owner_labels(run_id)
        self._jobs = jobs
        self._images: dict[str, Image] = {}
        self._running: anyio.Semaphore | None = None
        self._starting: anyio.Semaphore | None = None
        self._client: DockerClient | None = None
        self._pool: Pool[tuple[Image, int], Connection] = Pool(size=max(8, 2 * jobs))
        self._breaker = Breaker()
        self._removals: list[threading.Thread] = []

    def open(self, image: str, *, memory_bytes: int) -> AbstractAsyncContextManager[Cell]:
        """Open a cell of ``image``, a folder under ``sandboxes/``."""
        return self._open(image, memory_bytes)

    async def aclose(self) -> None:
        """Remove every container and close the connection to the engine."""
        self._remove(*self._pool.clear())
        with anyio.CancelScope(shield=True):
            await in_thread(self._join)
            client, self._client = self._client, None
            if client is not None:
                await in_thread(client.close)

    @asynccontextmanager
    async def _open(self, image: str, memory_bytes: int) -> AsyncIterator[Cell]:
        if self._running is None or self._starting is None:
            self._running, self._starting = anyio.Semaphore(self._jobs), anyio.Semaphore(min(2, self._jobs))
        async with self._running:
            found = await in_thread(lambda: self._image(image))
            key = (found, memory_bytes)

            async def start() -> Connection:
                return await self._start(found, memory_bytes)

            cell = DockerCell(image=found.id, connection=self._pool.take(key) or await start(), restart=start)
            try:
                yield cell
            finally:
                await self._give_back(key, cell)

    async def _give_back(self, key: tuple[Image, int], cell: DockerCell) -> None:
        """Keep a cell that proves itself clean; remove any other, which the next check does not wait for."""
        connection, cell.connection = cell.connection, None
        if connection is None:
            return
        if self.isolation is Isolation.CONTAINER or cell.broken:
            with anyio.CancelScope(shield=True):
                await in_thread(connection.remove)
            return
        with anyio.CancelScope(shield=True):
            doubt = await in_thread(connection.reset)
        self._remove(*([connection] if doubt else self._pool.put(key, connection)))

    def _remove(self, *connections: Connection) -> None:
        self._removals = [thread for thread in self._removals if thread.is_alive()]
        for connection in connections:
            thread = threading.Thread(target=connection.remove, name="codeloop-removal")
            thread.start()
            self._removals.append(thread)

    def _join(self) -> None:
        for thread in self._removals:
            thread.join()

    def _engine(self) -> DockerClient:
        if self._client is None:
            try:
                self._client = host.connect()
            except MissingTool as error:
                raise SandboxUnavailable(f"no Docker engine: {error.remedy}") from error
        return self._client

    def _image(self, language: str) -> Image:
        """The image, settled once: all verdicts of one sandbox come from one image, whatever is built meanwhile."""
        if language not in self._images:
            self._images[language] = self._find_image(language)
        return self._images[language]

    def _find_image(self, language: str) -> Image:
        from docker.errors import DockerException, ImageNotFound

        tag = host.image_tag(language)
        try:
            found = self._engine().images.get(tag)
        except ImageNotFound as error:
            raise ImageMissing(language, host.REMEDY) from error
        except (DockerException, OSError) as error:
            raise SandboxUnavailable(f"the Docker engine fails: {error}") from error
        warm = int(found.labels.get(WARM_LABEL, 0)) if self.isolation is Isolation.CELL else 0
        return Image(id=str(found.id), may_execute=EXEC_LABEL in found.labels, warm_bytes=warm * 1024 * 1024)

    async def _start(self, image: Image, memory_bytes: int) -> Connection:
        """A started container; tried again, because a loaded daemon fails now and then."""
        assert self._starting is not None  # noqa: S101 - for the type checker; _open sets it
        async with self._starting:
            self._breaker.check()
            for attempt in range(ATTEMPTS):
                try:
                    connection = await self._start_once(image, memory_bytes)
                except SandboxUnavailable as error:
                    if attempt == ATTEMPTS - 1:
                        self._breaker.failed(str(error))
                        raise
                    await anyio.sleep(0.2 * (attempt + 1))
                else:
                    self._breaker.succeeded()
                    return connection
        raise AssertionError("unreachable")

    async def _start_once(self, image: Image, memory_bytes: int) -> Connection:
        """Start, shielded: a cancelled start would leave a container that nobody knows."""
        started: list[Connection] = []
        with anyio.CancelScope(shield=True):
            started.append(await in_thread(lambda: self._create(image, memory_bytes)))
        try:
            await anyio.lowlevel.checkpoint()
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                await in_thread(started[0].remove)
            raise
        return started[0]

    def _create(self, image: Image, memory_bytes: int) -> Connection:
        from docker.errors import DockerException

        client, container = self._engine(), None
        try:
            container = client.containers.create(image.id, **self._options(image, memory_bytes))
            attached = client.api.attach_socket(str(container.id), params=dict.fromkeys(ATTACHED, 1))
            raw = getattr(attached, "_sock", attached)
            connection = Connection(container=container, response=attached, socket=raw)
            try:
                container.start()
            except BaseException:
                connection.remove()
                raise
            return connection
        except (DockerException, OSError) as error:
            if container is not None:
                with suppress(DockerException, OSError):
                    container.remove(force=True, v=True)
            raise SandboxUnavailable(f"a container does not start: {error}") from error

    def _options(self, image: Image, memory_bytes: int) -> dict[str, Any]:
        """Everything a container is denied, and the little that it gets."""
        base = 100_000 + UID_RANGE * secrets.randbelow(500_000)
        is_warm = self.isolation is Isolation.CELL
        memory = memory_bytes + image.warm_bytes
        options = {
            "labels": self._labels,
            "environment": {"CODELOOP_UID_BASE": str(base), "CODELOOP_WARM": "1" if is_warm else "0"},
            "stdin_open": True,
            "tty": False,
            "network_mode": "none",
            "read_only": True,
            "cap_drop": ["ALL"],
            "cap_add": list(CAPABILITIES),
            "security_opt": ["no-new-privileges"],
            "pids_limit": PIDS,
            "mem_limit": memory,
            "memswap_limit": memory,
            "tmpfs": {"/cell": f"{TMPFS},exec" if image.may_execute else TMPFS},
            "init": True,
            "auto_remove": True,
            "ipc_mode": "none",
            "log_config": {"Type": "none", "Config": {}},
        }
        return options | ({"runtime": self.runtime} if self.runtime else {})
