"""The Docker adapter of the sandbox port: one fresh container per cell, with codeloop's agent as its only program.

Commands and results are frames on the container's stdin and stdout; the engine is not asked anything between a cell's
start and its removal. Calls of the Docker SDK block, so each runs in a worker thread.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread

from codeloop import host
from codeloop.commands import Command, CommandResult, End
from codeloop.errors import ImageMissing, MissingTool, SandboxUnavailable
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
PIDS = 256
RUN_LABEL, PID_LABEL, START_LABEL, BOOT_LABEL = "codeloop.run", "codeloop.pid", "codeloop.start", "codeloop.boot"
GRACE_S = 30.0
"""Beyond a command's own wall limit: the agent's work and a loaded machine. Past it the cell counts as broken."""
ATTEMPTS = 3
MAX_FRAME = 512 * 1024 * 1024
STDOUT, STDERR = 1, 2
ATTACHED = ("stdin", "stdout", "stderr", "stream")


# --- who owns a container --------------------------------------------------------------------------------------------


def boot_id() -> str:
    """The name of the machine's current boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def start_of(pid: int) -> str:
    """When a process started, in ticks since boot; empty if there is none. With the pid, it names one process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def owner_labels(run_id: str) -> dict[str, str]:
    """Labels by which a later process tells whether this one still lives."""
    pid = os.getpid()
    return {RUN_LABEL: run_id, PID_LABEL: str(pid), START_LABEL: start_of(pid), BOOT_LABEL: boot_id()}


def owner_lives(labels: dict[str, str]) -> bool:
    """Whether the process that made the container is still there."""
    pid, start = labels.get(PID_LABEL, ""), labels.get(START_LABEL, "")
    return labels.get(BOOT_LABEL) == boot_id() and pid.isdigit() and bool(start) and start_of(int(pid)) == start


def clean() -> int:
    """Remove the containers whose owners are dead, and only those; how many. Blocks; raises MissingTool."""
    from docker.errors import APIError

    client, count = host.connect(), 0
    try:
        for container in client.containers.list(all=True, filters={"label": RUN_LABEL}, ignore_removed=True):
            if not owner_lives(container.labels):
                with suppress(APIError):
                    container.remove(force=True, v=True)
                    count += 1
    finally:
        client.close()
    return count


async def sweep() -> int:
    """``clean`` off the event loop; without an engine there is nothing to sweep."""
    try:
        return await anyio.to_thread.run_sync(clean)
    except MissingTool:
        return 0


# --- frames ----------------------------------------------------------------------------------------------------------


class Broken(Exception):
    """The container does not answer as the agent does."""


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
        if len(self.stdout) < 4:
            return None
        (length,) = struct.unpack(">I", self.stdout[:4])
        if length > MAX_FRAME:
            raise Broken(f"a frame of {length} bytes")
        if len(self.stdout) < 4 + length:
            return None
        body = bytes(self.stdout[4 : 4 + length])
        del self.stdout[: 4 + length]
        return body


@dataclass(slots=True, kw_only=True)
class Connection:
    """A started container and the socket to its agent. The methods block."""

    container: Container
    response: Any
    socket: socket.socket
    streams: Demultiplexer = field(default_factory=Demultiplexer)

    def exchange(self, request: bytes, timeout: float) -> bytes:
        """Send a frame, wait for the reply; raises Broken."""
        deadline = time.monotonic() + timeout
        try:
            self._wait(deadline)
            self.socket.sendall(struct.pack(">I", len(request)) + request)
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
        """Wake a thread that waits in ``exchange``."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def remove(self) -> None:
        """Force the container away; a daemon that cannot is left to the next sweep."""
        from docker.errors import DockerException

        self.abort()
        self.socket.close()
        self.response.close()
        with suppress(DockerException, OSError):
            self.container.remove(force=True, v=True)


# --- requests and replies --------------------------------------------------------------------------------------------


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


# --- the adapter -----------------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class DockerCell:
    """An open container. ``restart`` gives a fresh one, as long as no command's traces would be missing from it."""

    image: str
    connection: Connection | None
    restart: Callable[[], Awaitable[Connection]]
    used: bool = False
    turn: anyio.Lock = field(default_factory=anyio.Lock)

    async def run(self, command: Command) -> CommandResult:
        """Run one command; a first command gets another container if its own breaks."""
        request = json.dumps(request_of(command)).encode("utf-8", "surrogatepass")
        async with self.turn:
            for attempt in range(ATTEMPTS):
                try:
                    result = await self._exchange(request, patience(command))
                except Broken as error:
                    await self.close()
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
            connection.abort()
            raise

    async def close(self) -> None:
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


class DockerSandbox:
    """Cells in containers: at most ``jobs`` at a time, of which at most two start at once (the engine is slower then).

    One instance serves one event loop; ``aclose`` it.
    """

    def __init__(self, *, run_id: str, jobs: int = 2) -> None:
        self._labels = owner_labels(run_id)
        self._jobs = jobs
        self._images: dict[str, Image] = {}
        self._running: anyio.Semaphore | None = None
        self._starting: anyio.Semaphore | None = None
        self._client: DockerClient | None = None

    def open(self, image: str, *, memory_bytes: int) -> AbstractAsyncContextManager[Cell]:
        """Open a cell of ``image``, a folder under ``sandboxes/``."""
        return self._open(image, memory_bytes)

    async def aclose(self) -> None:
        """Close the connection to the engine."""
        client, self._client = self._client, None
        if client is not None:
            await in_thread(client.close)

    @asynccontextmanager
    async def _open(self, image: str, memory_bytes: int) -> AsyncIterator[Cell]:
        if self._running is None or self._starting is None:
            self._running, self._starting = anyio.Semaphore(self._jobs), anyio.Semaphore(min(2, self._jobs))
        async with self._running:
            found = await in_thread(lambda: self._image(image))

            async def start() -> Connection:
                return await self._start(found, memory_bytes)

            cell = DockerCell(image=found.id, connection=await start(), restart=start)
            try:
                yield cell
            finally:
                await cell.close()

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
            return Image(id=str(found.id), may_execute=EXEC_LABEL in found.labels)
        except ImageNotFound as error:
            raise ImageMissing(language, host.REMEDY) from error
        except (DockerException, OSError) as error:
            raise SandboxUnavailable(f"the Docker engine fails: {error}") from error

    async def _start(self, image: Image, memory_bytes: int) -> Connection:
        """A started container; tried again, because a loaded daemon fails now and then."""
        assert self._starting is not None  # noqa: S101 - for the type checker; _open sets it
        async with self._starting:
            for attempt in range(ATTEMPTS):
                try:
                    return await self._start_once(image, memory_bytes)
                except SandboxUnavailable:
                    if attempt == ATTEMPTS - 1:
                        raise
                    await anyio.sleep(0.2 * (attempt + 1))
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
        base = 100_000 + 4 * secrets.randbelow(500_000_000)
        return {
            "labels": self._labels,
            "environment": {"CODELOOP_UID_BASE": str(base)},
            "stdin_open": True,
            "tty": False,
            "network_mode": "none",
            "read_only": True,
            "cap_drop": ["ALL"],
            "cap_add": list(CAPABILITIES),
            "security_opt": ["no-new-privileges"],
            "pids_limit": PIDS,
            "mem_limit": memory_bytes,
            "memswap_limit": memory_bytes,
            "tmpfs": {"/cell": f"{TMPFS},exec" if image.may_execute else TMPFS},
            "init": True,
            "ipc_mode": "none",
            "log_config": {"Type": "none", "Config": {}},
        }
