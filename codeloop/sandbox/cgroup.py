"""A cgroup for each cell that needs one: a bound of memory without swap, a bound of processes, a count of those killed.

Where it can be made depends on the host: with version 1 root can, below its own; with version 2 whoever may write where
the own cgroup or its parent is, as long as the controllers are handed down there (a systemd user session does so).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from codeloop.sandbox.port import Guarantee

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
REMOVAL_S = 5.0
CONTROLLERS = {"memory": Guarantee.MEMORY, "pids": Guarantee.PIDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder in which cgroups can be made, and what can be bounded by them. ``version``: 1 or 2."""

    folder: Path
    version: int
    enforces: frozenset[Guarantee]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cgroup:
    """A cell's cgroup: one folder with version 2, one for each controller with version 1."""

    folders: tuple[Path, ...]
    counters: tuple[Path, Path] | None
    """The folder with the count of processes killed for memory, and where an agent looks for it."""

    @property
    def entrances(self) -> tuple[Path, ...]:
        """The files into which a process writes its number to be in it."""
        return tuple(folder / "cgroup.procs" for folder in self.folders)

    def has_run_out(self) -> bool:
        """Whether the kernel has ended a process in it for memory."""
        if self.counters is None:
            return False
        counts: dict[str, int] = {}
        for name in ("memory.events", "memory.oom_control"):  # of version 2, of version 1
            with suppress(OSError):
                lines = (self.counters[0] / name).read_text("ascii").splitlines()
                counts |= {key: int(count) for key, count in map(str.split, lines)}
        return counts.get("oom_kill", 0) > 0

    def remove(self) -> None:
        """Remove it; its last processes may be on their way out."""
        deadline = time.monotonic() + REMOVAL_S
        for folder in self.folders:
            while folder.exists():
                try:
                    folder.rmdir()
                except OSError:
                    if time.monotonic() > deadline:
                        break
                    time.sleep(0.005)


def places(root: Path = ROOT, own: Path = OWN) -> tuple[Place, ...]:
    """Where this process can make cgroups, found out by making one; empty where it cannot."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ()
    found: dict[Guarantee, Place] = {}
    for folder, version, controllers in _candidates(root, lines):
        place = Place(folder=folder, version=version, enforces=_enforced(folder, controllers, version))
        if place.enforces and not place.enforces & found.keys() and _works(place):
            found |= dict.fromkeys(place.enforces, place)
    return tuple(dict.fromkeys(found.values()))


def _candidates(root: Path, lines: Iterable[str]) -> Iterable[tuple[Path, int, frozenset[str]]]:
    """Folder, version and controllers of each hierarchy, from lines such as ``4:memory:/a/b`` and ``0::/a/b``."""
    for line in lines:
        _, names, path = line.split(":", 2)
        if names:
            for name in names.split(","):
                if name in CONTROLLERS:
                    yield root / name / path.lstrip("/"), 1, frozenset({name})
            continue
        own = root / path.lstrip("/")
        for folder in (own, own.parent):
            if folder == root or root in folder.parents:
                with suppress(OSError):
                    yield folder, 2, frozenset((folder / "cgroup.subtree_control").read_text(encoding="ascii").split())


def _enforced(folder: Path, controllers: frozenset[str], version: int) -> frozenset[Guarantee]:
    if not os.access(folder, os.W_OK) or (version == 2 and not os.access(folder / "cgroup.procs", os.W_OK)):
        return frozenset()
    return frozenset(CONTROLLERS[name] for name in controllers & CONTROLLERS.keys())


def _works(place: Place) -> bool:
    """Whether a cgroup with bounds can be made there."""
    made = None
    try:
        made = make((place,), memory_bytes=64 << 20, processes=64)
    except OSError:
        return False
    finally:
        if made is not None:
            made.remove()
    return True


def make(where: Iterable[Place], *, memory_bytes: int, processes: int) -> Cgroup:
    """Make a cell's cgroup; raises OSError, and leaves nothing then."""
    name, folders = f"codeloop-{os.getpid()}-{token_hex(4)}", []
    counters = None
    try:
        for place in where:
            folder = place.folder / name
            folder.mkdir()
            folders.append(folder)
            if Guarantee.MEMORY in place.enforces:
                _bound_memory(folder, place.version, memory_bytes)
                counters = (folder, ROOT if place.version == 2 else ROOT / "memory")
            if Guarantee.PIDS in place.enforces:
                (folder / "pids.max").write_text(str(processes), encoding="ascii")
    except OSError:
        Cgroup(folders=tuple(folders), counters=None).remove()
        raise
    return Cgroup(folders=tuple(folders), counters=counters)


def sweep(where: Iterable[Place]) -> int:
    """Remove the cgroups of drivers that are dead, which the kernel has emptied; how many."""
    count = 0
    for place in where:
        for folder in place.folder.glob("codeloop-*-*"):
            pid = folder.name.split("-")[1]
            if not Path("/proc", pid).exists():
                with suppress(OSError):  # its last processes are on their way out, or another sweep was faster
                    folder.rmdir()
                    count += 1
    return count


def _bound_memory(folder: Path, version: int, n_bytes: int) -> None:
    """Bound memory and swap together; a kernel that does not count swap has no file for it."""
    names = (
        ("memory.max", "memory.swap.max") if version == 2 else ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
    )
    (folder / names[0]).write_text(str(n_bytes), encoding="ascii")
    if (folder / names[1]).exists():
        (folder / names[1]).write_text("0" if version == 2 else str(n_bytes), encoding="ascii")
