"""Files that a command writes for people and programs."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from codeloop.errors import CodeloopError


def write_whole(path: Path, content: str) -> None:
    """Write a file whole or not at all, with its folder. Raises CodeloopError in one line, a full disk included."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as exc:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise CodeloopError(f"{path} cannot be written ({exc.strerror}): free space or choose another place") from exc
