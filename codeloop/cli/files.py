"""Files that a command writes for people and programs: whole or not at all, whatever becomes of the disk."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from codeloop.errors import ConfigError, DiskFull


def write_whole(path: Path, content: str) -> None:
    """Put ``content`` at ``path``, durably: a file beside it is written, synced and renamed; missing folders are made.

    On failure an earlier file stays as it was. Raises DiskFull, ConfigError for any other reason.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # /dev/stdout, a pipe: nothing to keep, and it must stay what it is
            path.write_text(content, "utf-8", "backslashreplace")
        else:
            _replace(path.resolve(), content)  # a link stays a link: the file that it names is replaced
    except OSError as exc:
        if DiskFull.is_cause(exc):
            raise DiskFull(path) from exc
        raise ConfigError(f"{path} cannot be written: {exc.strerror or exc}: name another file") from exc


def _replace(path: Path, content: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # so that the rename survives the power going, too
    finally:
        os.close(folder)
