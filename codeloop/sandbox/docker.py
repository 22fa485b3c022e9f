"""The Docker adapter of the sandbox port: cells in containers, with codeloop's agent as each one's only program.

Commands and results are frames on the container's stdin and stdout; the engine is not asked anything between a cell's
start and its removal. Calls of the Docker SDK block, so each runs in a worker thread. With isolation ``cell`` a container
serves one check after another, as long as its agent proves after each that nothing is left; with ``container`` each
check has its own. The agent ends at end of input, so a container does not outlive its driver.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import anyio

from codeloop import host
from codeloop.errors import ImageMissing, MissingTool, SandboxUnavailable
from codeloop.sandbox.cells import OpenCell, Starter, Wire, in_thread
from codeloop.sandbox.frames import RESET, Broken, Demultiplexer, Starved, doubt_of
from codeloop.sandbox.owner import owner_labels
from codeloop.sandbox.pool import Pool
from codeloop.sandbox.port import Cell, Guarantee

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

CAPABILITIES = ("SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE", "FOWNER", "SETPCAP")
"""What the agent needs to be three users and to end what they started; SETPCAP empties the bounding set, then goes."""
TMPFS = "size=128m,nr_inodes=8192,mode=711"
EXEC_LABEL = "codeloop.exec"
"""On an image whose language makes machine code: its workspace may hold programs. All others' may not."""
WARM_LABEL = "codeloop.warm-mb"
"""On an image with resident programs: the megabytes that they may use beside a check."""
PIDS = 256
CHECKS_PER_CELL = 1000
"""After as many a cell goes, whatever it proves: each check takes three user ids of its range."""
UID_RANGE = 4096
RESET_S = 30.0
ATTACHED = ("stdin", "stdout", "stderr", "stream")


class Isolation(StrEnum):
    """How far checks are kept apart."""

    CELL = "cell"
    CONTAINER = "container"


_KINDS = {
    Isolation.CELL: "warm containers, one check at a time in each",
    Isolation.CONTAINER: "one container per check",
}


@dataclass(slots=True, kw_only=True)
class Connection:
    """A started container and the socket to its agent. The methods block."""

    container: Container
    response: Any
    wire: Wire
    checks: int = 0
    is_used: bool = False
    """It has served a check that has not been ended yet: the next one's first request ends it, in one journey."""

    def exchange(self, request: bytes, timeout: float) -> bytes:
        """Send a frame, wait for the reply; raises Broken, also where the agent cannot prove that the last check is over."""
        if not self.is_used:
            try:
                return self.wire.exchange(request, timeout=timeout)[0]
            except Broken as error:
                raise (Starved if self._has_run_out() else Broken)(str(error)) from error
        said, reply = self.wire.exchange(RESET, request, timeout=timeout + RESET_S)
        if doubt := doubt_of(said):
            raise Broken(doubt)  # and the agent has refused the request
        self.is_used = False
        return reply

    def _has_run_out(self) -> bool:
        """Whether the kernel has ended a process in it for memory. The engine knows after the container is gone, too."""
        from docker.errors import DockerException

        choice = {"container": self.container.id, "event": "oom"}
        until = int(time.time()) + 2  # what the engine hears of may come a little later than the end of the stream
        client = self.container.client
        try:
            return client is not None and any(client.api.events(since=0, until=until, filters=choice))
        except (DockerException, OSError):
            return False

    def end_check(self) -> bool:
        """Note the end of a check; whether the container may serve another."""
        self.checks, self.is_used = self.checks + 1, True
        return self.checks < CHECKS_PER_CELL

    def abort(self) -> None:
        """Wake a thread that waits in ``exchange``."""
        self.wire.abort()

    def remove(self) -> None:
        """Force the container away; a daemon that cannot is left to the next sweep."""
        from docker.errors import DockerException

        self.wire.close(self.response)
        with suppress(DockerException, OSError):
            self.container.remove(force=True, v=True)


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
    ``images``: users' own by language, in place of codeloop's.
    """

    guarantees: frozenset[Guarantee] = frozenset(Guarantee)

    def __init__(
        self,
        *,
        run_id: str,
        jobs: int = 2,
        isolation: Isolation = Isolation.CELL,
        runtime: str | None = None,
        images: Mapping[str, str] | None = None,
    ) -> None:
        self.isolation, self.runtime, self._own = isolation, runtime, images or {}
        self._labels = owner_labels(run_id)
        self._jobs = jobs
        self._images: dict[str, Image] = {}
        self._running: anyio.Semaphore | None = None
        self._starter: Starter | None = None
        self._client: DockerClient | None = None
        self._pool: Pool[tuple[Image, int], Connection] = Pool(size=max(8, 2 * jobs))
        self._removals: list[threading.Thread] = []

    @property
    def description(self) -> str:
        """Adapter, isolation and runtime, as a report says it."""
        return f"docker: {_KINDS[self.isolation]}" + (f"; runtime {self.runtime}" if self.runtime else "")

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
        if self._running is None or self._starter is None:
            self._running, self._starter = anyio.Semaphore(self._jobs), Starter(min(2, self._jobs))
        starter = self._starter
        async with self._running:
            found = await self._image(image)
            key = (found, memory_bytes)

            async def start() -> Connection:
                return await starter.start(lambda: self._create(found, memory_bytes))

            cell = OpenCell(image=found.id, connection=self._pool.take(key) or await start(), restart=start)
            try:
                yield cell
            finally:
                await self._give_back(key, cell)

    async def _give_back(self, key: tuple[Image, int], cell: OpenCell) -> None:
        """Keep a cell, which has to prove itself clean before it runs anything; remove one that broke or has served its time."""
        connection, cell.connection = cell.connection, None
        if not isinstance(connection, Connection):
            return
        if self.isolation is Isolation.CONTAINER or cell.broken:
            with anyio.CancelScope(shield=True):
                await in_thread(connection.remove)
            return
        self._remove(*(self._pool.put(key, connection) if connection.end_check() else [connection]))

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

    async def _image(self, language: str) -> Image:
        """The image, settled once: all verdicts of one sandbox come from one image, whatever is built meanwhile."""
        if language not in self._images:
            found = await in_thread(lambda: self._find_image(language))
            self._images.setdefault(language, found)
        return self._images[language]

    def _find_image(self, language: str) -> Image:
        from docker.errors import DockerException, ImageNotFound

        tag = self._own.get(language) or host.image_tag(language)
        try:
            found = self._engine().images.get(tag)
        except ImageNotFound as error:
            raise ImageMissing(language, host.REMEDY) from error
        except (DockerException, OSError) as error:
            raise SandboxUnavailable(f"the Docker engine fails: {error}") from error
        warm = int(found.labels.get(WARM_LABEL, 0)) if self.isolation is Isolation.CELL else 0
        return Image(id=str(found.id), may_execute=EXEC_LABEL in found.labels, warm_bytes=warm * 1024 * 1024)

    def _create(self, image: Image, memory_bytes: int) -> Connection:
        from docker.errors import DockerException

        client, container = self._engine(), None
        try:
            container = client.containers.create(image.id, **self._options(image, memory_bytes))
            attached = client.api.attach_socket(str(container.id), params=dict.fromkeys(ATTACHED, 1))
            raw = getattr(attached, "_sock", attached)
            connection = Connection(container=container, response=attached, wire=Wire(raw, Demultiplexer()))
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
