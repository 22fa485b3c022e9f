"""Texts of a task that stand in files beside the suite: ``hidden: {file: tests/hidden.py}``, ``parser.yaml`` of ``parser.c``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from codeloop.errors import SuiteError

FIELDS = ("statement", "prompt", "visible", "hidden", "reference")
MAX_BYTES = 1_000_000


def with_files(place: str, data: Any, folder: Path) -> Any:
    """Give a task as written with the texts of its files in their place. Raises SuiteError of one line."""
    if not isinstance(data, dict):
        return data
    return {
        key: _text(f"{place}: {key!r}", value, folder) if key in FIELDS and isinstance(value, dict) else value
        for key, value in data.items()
    }


def _text(place: str, value: dict[Any, Any], folder: Path) -> str:
    name = value.get("file")
    if set(value) != {"file"} or not isinstance(name, str):
        raise SuiteError(f"{place} is a mapping; write text, or {{file: NAME}}")
    return text_below(folder, name, place)


def text_below(folder: Path, name: str, place: str) -> str:
    """Read a file below the folder; one outside could be any of the host's, and its text is sent to a model.

    Raises SuiteError of one line, which begins with ``place``.
    """
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            raise SuiteError(f"{place}: {name} is not below {folder}; put the file there")
        if not path.is_file():
            raise SuiteError(f"{place}: {path}: no such file; its place counts from {folder}")
        if path.stat().st_size > MAX_BYTES:
            raise SuiteError(f"{place}: {path} is larger than {MAX_BYTES} bytes; cut it down")
        return path.read_text("utf-8")
    except UnicodeDecodeError as exc:
        raise SuiteError(f"{place}: {path}: not UTF-8 at byte {exc.start}; save the file as UTF-8") from exc
    except (OSError, ValueError, RuntimeError) as exc:  # ValueError: a NUL in the name; RuntimeError: links in a circle
        raise SuiteError(f"{place}: {name!r} cannot be read ({getattr(exc, 'strerror', None) or exc})") from exc
