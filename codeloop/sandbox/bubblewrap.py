"""The bubblewrap adapter of the sandbox port: for hosts without Docker, with the host's own toolchains.

Each check has a cell of its own, and a cell is a set of namespaces that bubblewrap makes: no network, the host's programs
read-only, none of its other files, one tmpfs to write to. Inside runs the agent, which keeps the roles apart by namespaces
once more (``sandboxes/agent/namespaces.py``). No root is needed; where this process is root, each cell is another user.
What this cannot enforce on a host, it does not declare.
"""

from __future__ import annotations

import os
import platform
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import anyio

from codeloop import toolchains
from codeloop.errors import ImageMissing, MissingTool, SandboxUnavailable
from codeloop.host import Probe
from codeloop.sandbox import cgroup
from codeloop.sandbox.cells import OpenCell, Starter, Wire, in_thread
from codeloop.sandbox.frames import Broken, Plain, Starved
from codeloop.sandbox.port import Cell, Guarantee, not_enforced

PIDS = 256
END_S = 5.0
"""For an agent that has read the end of its input; then it is killed."""
EXECUTING = frozenset({"cpp", "go", "rust"})
"""Languages that make machine code: their workspace may hold programs."""
NAMESPACES_REMEDY = (
    "let users make namespaces (sysctl user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1, "
    "on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0), or use --sandbox docker"
)
ENTER = 'while [ "$1" != -- ]; do echo $$ >"$1"; shift; done; shift; exec "$@"'
"""A process is in its cgroups before it becomes anything else."""
COUNTED_SINCE = (5, 14)
"""From this version of Linux on, RLIMIT_NPROC counts within a user namespace, not all processes of the host's user."""


@dataclass(slots=True, kw_only=True)
class Connection:
    """A running bubblewrap and the socket to its agent. The methods block."""

    process: subprocess.Popen[bytes]
    wire: Wire
    errors: IO[bytes]
    cgroup: cgroup.Cgroup | None

    def exchange(self, request: bytes, timeout: float) -> bytes:
        """Send a frame, wait for the reply; raises Broken, with what bubblewrap or the agent said."""
        try:
            return self.wire.exchange(request, timeout=timeout)[0]
        except Broken as error:
            self.errors.seek(0)
            said = self.errors.read()[-500:].decode("utf-8", "replace").strip()
            kind = Starved if self.cgroup is not None and self.cgroup.has_run_out() else Broken
            raise kind(f"{error} {said}".strip()) from error

    def abort(self) -> None:
        """Wake a thread that waits in ``exchange``."""
        self.wire.abort()

    def remove(self) -> None:
        """End the agent; the kernel ends what is in its namespaces before bubblewrap can be waited for."""
        self.wire.close()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()
        if self.cgroup is not None:
            self.cgroup.remove()


class BubblewrapSandbox:
    """Cells in namespaces, one for each check, at most ``jobs`` at a time. One instance serves one event loop; ``aclose`` it.

    ``cache_dir``: where ``toolchains.ensure`` put what it prepared.
    """

    def __init__(self, *, cache_dir: Path, jobs: int = 2) -> None:
        self._cache_dir, self._jobs = cache_dir, jobs
        self._places = cgroup.places()
        cgroup.sweep(self._places)
        self._running: anyio.Semaphore | None = None
        self._starter: Starter | None = None
        # A cell dies with the *thread* that started it (PR_SET_PDEATHSIG in prctl(2)): this one lives as long as the sandbox.
        self._spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="codeloop-bubblewrap")

    @property
    def guarantees(self) -> frozenset[Guarantee]:
        """What it enforces on this host."""
        return guarantees(self._places)

    @property
    def description(self) -> str:
        """Adapter, isolation and what is not enforced, as a report says it."""
        return f"bubblewrap: one namespace per check, the host's tools{not_enforced(self.guarantees)}"

    def open(self, image: str, *, memory_bytes: int) -> AbstractAsyncContextManager[Cell]:
        """Open a cell with the prepared toolchain of ``image``, a folder under ``sandboxes/``."""
        return self._open(image, memory_bytes)

    async def aclose(self) -> None:
        """End the thread that starts cells; no cell is open any more."""
        self._spawner.shutdown(wait=False)

    @asynccontextmanager
    async def _open(self, language: str, memory_bytes: int) -> AsyncIterator[Cell]:
        if self._running is None or self._starter is None:
            self._running, self._starter = anyio.Semaphore(self._jobs), Starter(self._jobs)
        starter = self._starter
        async with self._running:
            digest, folder = await in_thread(lambda: self._toolchain(language))

            async def start() -> Connection:
                return await starter.start(lambda: self._create(language, folder, memory_bytes))

            cell = OpenCell(image=f"host-sha256:{digest}", connection=await start(), restart=start)
            try:
                yield cell
            finally:
                await cell.discard()

    def _toolchain(self, language: str) -> tuple[str, Path]:
        try:
            digest, folder = toolchains.digest_of(language), toolchains.folder_of(self._cache_dir, language)
        except MissingTool as error:
            raise ImageMissing(language, str(error)) from error
        if not folder.is_dir():
            raise ImageMissing(language, "the host's tools are not prepared: run `codeloop setup --sandbox bubblewrap`")
        return digest, folder

    def _create(self, language: str, folder: Path, memory_bytes: int) -> Connection:
        made = None
        try:
            if self._places:
                made = cgroup.make(self._places, memory_bytes=memory_bytes, processes=PIDS)
            return self._spawner.submit(self._spawn, language, folder, memory_bytes, made).result()
        except OSError as error:
            if made is not None:
                made.remove()
            raise SandboxUnavailable(f"bubblewrap does not start: {error}") from error

    def _spawn(self, language: str, folder: Path, memory_bytes: int, made: cgroup.Cgroup | None) -> Connection:
        command = cell_command(folder, made, self._environment(language, memory_bytes))
        if made is not None:
            command = ["sh", "-c", ENTER, "sh", *map(str, made.entrances), "--", *command]
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - the connection closes it
        ours, theirs = socket.socketpair()
        try:
            process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=errors, cwd="/", start_new_session=True,
                env={"PATH": toolchains.PATH},
            )  # fmt: skip
        except OSError:
            ours.close()
            errors.close()
            raise
        finally:
            theirs.close()
        return Connection(process=process, wire=Wire(ours, Plain()), errors=errors, cgroup=made)

    def _environment(self, language: str, memory_bytes: int) -> dict[str, str]:
        declared = self.guarantees
        return {
            "PATH": toolchains.PATH,
            "LANG": "C.UTF-8",
            "CODELOOP_ROLES": "namespaces",
            "CODELOOP_EXEC": "1" if language in EXECUTING else "0",
            "CODELOOP_DATA_BYTES": "0" if Guarantee.MEMORY in declared else str(memory_bytes),
            "CODELOOP_COUNTED": "1" if counts_processes() or os.geteuid() == 0 else "0",
        }


def cell_command(folder: Path, made: cgroup.Cgroup | None, environment: dict[str, str]) -> list[str]:
    """The command that makes a cell's namespaces and starts its agent."""
    prefix = []
    if os.geteuid() == 0:  # root's files and root's privileges stay outside; and no user is in two cells
        user = str(100_000 + secrets.randbelow(2_000_000_000))
        prefix = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"]
    parts = [(folder / part, place) for part, place in toolchains.PARTS.items() if (folder / part).is_dir()]
    if made is not None and made.counters is not None:
        parts.append((made.counters[0], str(made.counters[1])))
    return [
        *prefix, "bwrap", "--unshare-all", "--die-with-parent", "--hostname", "cell", *toolchains.root_arguments(),
        *(word for source, place in parts for word in ("--ro-bind", str(source), place)),
        "--proc", "/proc", "--dev", "/dev", "--dir", "/cell", "--dir", "/tmp",  # noqa: S108 - the cell's, read-only
        "--remount-ro", "/dev", "--remount-ro", "/",
        "--clearenv", *(word for pair in environment.items() for word in ("--setenv", *pair)),
        "--chdir", "/", "/usr/bin/python3", "-I", "-B", "/opt/codeloop/agent",
    ]  # fmt: skip


# --- what this host allows -------------------------------------------------------------------------------------------


def guarantees(places: tuple[cgroup.Place, ...] | None = None) -> frozenset[Guarantee]:
    """What is enforced on this host: CPU time and disk always, memory with a cgroup, processes with one or a new kernel."""
    found = {Guarantee.CPU, Guarantee.DISK}
    for place in cgroup.places() if places is None else places:
        found |= place.enforces
    if counts_processes():
        found.add(Guarantee.PIDS)
    return frozenset(found)


def counts_processes() -> bool:
    """Whether RLIMIT_NPROC counts the processes of one namespace."""
    version = re.match(r"(\d+)\.(\d+)", platform.release())
    return version is not None and (int(version[1]), int(version[2])) >= COUNTED_SINCE


def probe() -> Probe:
    """The doctor's question: is bubblewrap here, and does this host let it, and the agent inside, make namespaces?"""
    name = "bubblewrap"
    if shutil.which("bwrap") is None:
        return Probe(name=name, ok=False, detail="not installed", remedy=toolchains.NO_BUBBLEWRAP)
    inner = ["unshare", "--user", "--map-current-user", "--mount", "--pid", "--ipc", "--fork", "--mount-proc", "true"]
    outer = cell_command(Path("/nonexistent"), None, {"PATH": toolchains.PATH})
    trial = [*outer[: outer.index("/usr/bin/python3")], *inner]
    done = subprocess.run(
        trial, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env={"PATH": toolchains.PATH}
    )
    if done.returncode:
        said = " ".join(done.stderr.split()[-12:])
        return Probe(name=name, ok=False, detail=f"cannot make namespaces: {said}", remedy=NAMESPACES_REMEDY)
    declared = guarantees()
    detail = "enforces " + ", ".join(sorted(declared))
    if weak := frozenset(Guarantee) - declared:
        detail += f"; not {', '.join(sorted(weak))}: --allow-weak"
    return Probe(name=name, ok=True, detail=detail)
