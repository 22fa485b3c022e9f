"""C files to be translated into Rust: the shipped `c-basics`, a folder of a user's, or one file.

A folder holds ``suite.yaml`` and, for each file named there, ``NAME.c``, ``NAME.rs`` (a right translation) and
``NAME.wrong.rs`` (one that is subtly wrong): in files of their own languages, so that compilers and editors read them.
Beside a file by itself, ``NAME.c``, may lie ``NAME.yaml``: what stands in ``suite.yaml`` about one file. A user's own tests
in Rust are ``NAME_test.rs`` beside one file, and ``NAME.test.rs`` in a folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import as_file
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import yaml

from codeloop.bridge import BadConstraint, Entry, mapping_of, name_of_ours, read_constraints, roles_of
from codeloop.csource import NO_FAULTS, Function, Unit, read_unit
from codeloop.errors import SuiteError
from codeloop.suites.beside import text_below

NAME = "c-basics"
_FOLDER = "c_basics"
LIST = "suite.yaml"
"""Of a folder: its files and what they may be given."""
_KEYS = frozenset({"entries", "allow_unsafe"})
"""What may be said of a file by itself."""
_BESIDE = "say entries: {NAME: {inputs: ..., requires: ..., roles: ..., ulps: ...}} or allow_unsafe: N"
_LISTED = (
    "say functions: {NAME: {about: ..., trap: ..., entries: ...}}, and put NAME.c, NAME.rs and NAME.wrong.rs beside it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """One C file, what of it is translated, and two translations, a right and a wrong one; of a file by itself neither."""

    name: str
    about: str = ""
    trap: str = ""
    """What a translation that is not careful gets wrong."""
    unit: Unit
    entries: tuple[Entry, ...]
    allow_unsafe: int = 0
    """How many places of a translation may be other than safe Rust."""
    tests: tuple[str, str] = ("", "")
    """A user's file of Rust tests: its name and its text; empty: there is none."""
    reference: str = ""
    wrong: str = ""


def load_basics() -> tuple[Original, ...]:
    """Load the shipped suite."""
    with as_file(resources("codeloop.suites").joinpath(_FOLDER)) as folder:
        return load(folder)


def load(folder: Path) -> tuple[Original, ...]:
    """Load a folder with a ``suite.yaml``. Raises SuiteError."""
    path = folder / LIST
    with _named(path, _LISTED):
        listed = yaml.safe_load(path.read_text("utf-8"))["functions"]
        return tuple(_original(folder, str(name), said) for name, said in listed.items())


def load_file(path: Path, faults: Mapping[int, str] = NO_FAULTS) -> Original:
    """Load a C file by itself: what ``NAME.yaml`` beside it names, else every function that others may call. Raises SuiteError.

    ``faults``: lines of which a compiler said something; what is defined there is left out.
    """
    with _named(path, "give a C file in UTF-8"):
        text = path.read_text("utf-8")
    beside = path.with_suffix(".yaml")
    if beside.exists():
        with _named(beside, _BESIDE):
            said = text_below(path.parent, beside.name, f"{path}: what lies beside it")
            original = _asked(path, text, mapping_of("the file", yaml.safe_load(said)), faults)
    else:
        original = _asked(path, text, {}, faults)
    return replace(original, tests=_tests(path.parent, f"{path.stem}_test.rs"))


def refusals(path: Path, unit: Unit) -> Iterator[str]:
    """Say what of a file is not translated: file, line, what and why."""
    for each in unit.refusals:
        where = f" in {each.function}" if each.function else ""
        yield f"{path}:{each.line}: {each.construct}{where}: {each.reason}"


def _original(folder: Path, name: str, said: Mapping[str, Any]) -> Original:
    def text(suffix: str) -> str:
        return (folder / f"{name}{suffix}").read_text("utf-8")

    asked = {"entries": said["entries"]} | {key: value for key, value in said.items() if key not in ("about", "trap")}
    return replace(
        _asked(folder / f"{name}.c", text(".c"), asked),
        about=str(said["about"]),
        trap=str(said["trap"]),
        tests=_tests(folder, f"{name}.test.rs"),
        reference=text(".rs"),
        wrong=text(".wrong.rs"),
    )


def _tests(folder: Path, name: str) -> tuple[str, str]:
    if not (folder / name).exists():
        return "", ""
    text = text_below(folder, name, "the tests beside it")
    if "#[test]" not in text:
        raise SuiteError(f"{folder / name}: it has no #[test] function: write one, or take the file away")
    return name, text


def _asked(path: Path, text: str, said: Mapping[str, Any], faults: Mapping[int, str] = NO_FAULTS) -> Original:
    """Read what is asked of a file. Raises SuiteError and BadConstraint."""
    if unknown := sorted(set(map(str, said)) - _KEYS):
        raise BadConstraint(f"{unknown[0]!r} is none of {', '.join(sorted(_KEYS))}")
    given = {
        str(name): mapping_of(str(name), each) for name, each in mapping_of("entries", said.get("entries")).items()
    }
    if found := name_of_ours(text):
        raise SuiteError(
            f"{path}:{found[0]}: {found[1]}: names that begin with cl_ or codeloop_ are those of codeloop: rename it"
        )
    unit = read_unit(text, faults, {name: roles_of(name, each) for name, each in given.items()})
    names = [*given] or [each.name for each in unit.functions if not each.is_static]
    if not names:
        reasons = "; ".join(refusals(path, unit)) or "it defines no function that others may call"
        raise SuiteError(f"{path}: nothing to translate: {reasons}")
    entries = tuple(read_constraints(_function(path, unit, name), given.get(name, {})) for name in names)
    return Original(name=path.stem, unit=unit, entries=entries, allow_unsafe=_allowed(said.get("allow_unsafe", 0)))


def _allowed(said: object) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or said < 0:
        raise BadConstraint(f"allow_unsafe: {said!r} is no whole number from 0")
    return said


def _function(path: Path, unit: Unit, name: str) -> Function:
    known = {each.name: each for each in unit.functions}
    if name not in known:
        reasons = [
            text for text, each in zip(refusals(path, unit), unit.refusals, strict=True) if each.function in (name, "")
        ]
        others = ", ".join(each for each in known if not known[each].is_static) or "none"
        reason = "; ".join(reasons) or f"the file does not define it; it defines {others}"
        raise SuiteError(f"{path}: {name} is not translated: {reason}")
    if known[name].is_static:
        raise SuiteError(f"{path}: {name} is static: name a function that others may call, or take static away")
    return known[name]


@contextmanager
def _named(path: Path, remedy: str) -> Iterator[None]:
    """Turn what goes wrong with a file into one line that names it, and says what would help."""
    try:
        yield
    except KeyError as exc:
        raise SuiteError(f"{path}: it lacks the key {exc}: {remedy}") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise SuiteError(f"{path} cannot be read: {exc}: {remedy}") from exc
    except (yaml.YAMLError, TypeError, AttributeError, ValueError, BadConstraint) as exc:
        raise SuiteError(f"{path}: {' '.join(str(exc).split())}: {remedy}") from exc
