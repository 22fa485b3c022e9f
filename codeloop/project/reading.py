"""Files that settings name, read with one line for what may go wrong. Free of pydantic: every command may need it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from codeloop.errors import ConfigError
from codeloop.project import NAME
from codeloop.project.marked import MAX_BYTES, Document, Problem, read

VERSION = 1
NEVER_DEFAULTS = ("trust",)
"""Options that only the command line may give: a file that could say that it is to be trusted needs no trust."""


def text_of(path: Path) -> str:
    """Give a text file's content. Raises ConfigError, also of what is no file (a pipe would never end) or huge."""
    try:
        if not path.exists():
            raise ConfigError(f"{path}: no such file: check the path")
        if not path.is_file():
            raise ConfigError(f"{path}: is no file: name one")
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_BYTES} bytes: that is no text for this")
        return path.read_text("utf-8")
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path}: not UTF-8 at byte {exc.start}: save the file as UTF-8") from exc
    except (OSError, ValueError) as exc:  # ValueError: a NUL in the name
        raise ConfigError(f"{path}: cannot be read ({getattr(exc, 'strerror', None) or exc}): check the path") from exc


def document_of(path: Path) -> Document:
    """Read a configuration, its version included. Raises ConfigError where there is no text to read."""
    document = read(text_of(path))
    if document.problems:
        return document
    problem = _foreign(document.data)
    return Document(data=None, lines=document.lines, problems=(problem,)) if problem else document


def _foreign(data: Any) -> Problem | None:
    """Say why a file is no configuration of this version; until version 1 it held options of commands at the top."""
    if not isinstance(data, dict):
        return Problem(line=1 if data else None, message=f"holds no keys: begin with 'version: {VERSION}'")
    if "version" not in data:
        options = [name for name, value in data.items() if isinstance(value, dict)]
        example = options[0] if options else "bench"
        return Problem(
            message=f"no version: add 'version: {VERSION}', and put options of commands under 'defaults:', "
            f"such as 'defaults: {{{example}: {{…}}}}'"
        )
    if data["version"] != VERSION or isinstance(data["version"], bool):
        return Problem(
            path=("version",), message=f"this codeloop reads 'version: {VERSION}': install another, or change it"
        )
    return None


def defaults_of(document: Document, file: str = NAME) -> dict[str, Any]:
    """Give the options of commands: command, option, value. Raises ConfigError."""
    for problem in (*document.problems, *misplaced(document)):
        raise ConfigError(problem.text(file))
    return {name: options or {} for name, options in ((document.data or {}).get("defaults") or {}).items()}


def misplaced(document: Document) -> tuple[Problem, ...]:
    """Give what cannot stand under ``defaults``."""
    defaults = (document.data or {}).get("defaults") or {}
    found: list[tuple[tuple[str | int, ...], str]] = []
    if not isinstance(defaults, dict):
        return (Problem(path=("defaults",), line=document.line_of(("defaults",)), message=_SHAPE),)
    for command, options in defaults.items():
        if not isinstance(options or {}, dict):
            found.append((("defaults", command), _SHAPE))
            continue
        given = [name for name in options or {} if name.replace("-", "_") in NEVER_DEFAULTS]
        found += [(("defaults", command, name), "only the command line may say this: remove it") for name in given]
    return tuple(Problem(path=path, line=document.line_of(path), message=message) for path, message in found)


_SHAPE = "must map options to values, such as 'bench: {draws: 3}'"
