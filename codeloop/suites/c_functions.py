"""C files with translations into Rust: the shipped `c-basics`, or a folder of a user's.

A folder holds ``suite.yaml`` and, for each file named there, ``NAME.c``, ``NAME.rs`` (a right translation) and
``NAME.wrong.rs`` (one that is subtly wrong): in files of their own languages, so that compilers and editors read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import yaml

from codeloop.bridge import BadConstraint, Entry, read_constraints
from codeloop.csource import Unit, read_unit
from codeloop.errors import SuiteError

NAME = "c-basics"
_FOLDER = "c_basics"
LIST = "suite.yaml"
"""Of a folder: its files and what they may be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """One C file, what of it is translated, and two translations: a right and a wrong one."""

    name: str
    about: str
    trap: str
    """What a translation that is not careful gets wrong."""
    unit: Unit
    entries: tuple[Entry, ...]
    reference: str
    wrong: str


def load_basics() -> tuple[Original, ...]:
    """Load the shipped suite."""
    with as_file(resources("codeloop.suites").joinpath(_FOLDER)) as folder:
        return load(folder)


def load(folder: Path) -> tuple[Original, ...]:
    """Load a folder with a ``suite.yaml``. Raises SuiteError."""
    path = folder / LIST
    try:
        listed = yaml.safe_load(path.read_text("utf-8"))["functions"]
        return tuple(_original(folder, str(name), said) for name, said in listed.items())
    except (OSError, UnicodeDecodeError) as exc:
        raise SuiteError(f"{path}: {exc}") from exc
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, BadConstraint) as exc:
        raise SuiteError(f"{path}: {' '.join(str(exc).split())}") from exc


def _original(folder: Path, name: str, said: Mapping[str, Any]) -> Original:
    def text(suffix: str) -> str:
        return (folder / f"{name}{suffix}").read_text("utf-8")

    unit = read_unit(text(".c"))
    known = {each.name: each for each in unit.functions}
    for entry in said["entries"]:
        if entry not in known:
            reasons = "; ".join(str(each) for each in unit.refusals) or "it is not in the file"
            raise SuiteError(f"{folder / name}.c: {entry} is not translated: {reasons}")
    return Original(
        name=name,
        about=str(said["about"]),
        trap=str(said["trap"]),
        unit=unit,
        entries=tuple(read_constraints(known[entry], given or {}) for entry, given in said["entries"].items()),
        reference=text(".rs"),
        wrong=text(".wrong.rs"),
    )
