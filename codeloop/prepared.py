"""Prepared host toolchains: which lie in the cache, which of them this codeloop uses, and how one is removed.

A toolchain's name is the digest of its sources and tools, so every change of either leaves the one before it behind.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from codeloop import toolchains
from codeloop.errors import MissingTool

_NAMES = re.compile(rf"[0-9a-f]{{16}}|{toolchains.MAKING}\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One toolchain's folder, or what a preparation that was killed left of one."""

    folder: Path
    is_current: bool
    """This codeloop would use it with the tools that the host has now; another checkout's is superseded here."""


def list_prepared(cache_dir: Path) -> tuple[Prepared, ...]:
    """Give those of all languages, the current ones first; none where nothing was ever prepared."""
    folders = [path for path in cache_dir.glob("*/*") if _NAMES.fullmatch(path.name) and path.is_dir()]
    current = {_current(cache_dir, language) for language in {folder.parent.name for folder in folders}}
    found = [Prepared(folder=folder, is_current=folder in current) for folder in folders]
    return tuple(sorted(found, key=lambda each: (not each.is_current, each.folder)))


def _current(cache_dir: Path, language: str) -> Path | None:
    try:
        return toolchains.folder_of(cache_dir, language)
    except MissingTool:
        return None


def remove_prepared(folder: Path) -> str:
    """Remove a toolchain; give why it stays, or nothing."""
    import filelock

    if pid := _used_by(folder):
        return f"process {pid} uses it"
    try:
        with (
            filelock.FileLock(folder.parent / toolchains.LOCK, timeout=0),
            tempfile.TemporaryDirectory(dir=folder.parent, prefix=toolchains.MAKING) as going,
        ):
            folder.rename(Path(going) / "gone")  # what is left of it, were this killed, must not pass for the whole
    except filelock.Timeout:
        return "another process is preparing the tools of its language"
    except OSError as exc:
        return " ".join(str(exc).split())
    return ""


def _used_by(folder: Path) -> str:
    """Give the id of a process in whose namespaces the folder is mounted, ``""`` if none that this user may look at.

    Format: mountinfo of proc(5), whose fourth field is the folder's place in its file system.
    """
    wanted = f"/{folder.parent.name}/{folder.name}/"
    for mounts in Path("/proc").glob("[0-9]*/mountinfo"):
        try:
            if any(wanted in line.split(" ", 4)[3] for line in mounts.open(encoding="utf-8", errors="replace")):
                return mounts.parent.name
        except OSError:
            continue
    return ""
