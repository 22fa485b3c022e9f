"""A user's suite: one YAML or JSONL file, read strictly so that a typo is a message and not a wrong score."""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import re
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml

from codeloop.errors import EmptySuite, SuiteError
from codeloop.languages import NAMES
from codeloop.suites.beside import with_files
from codeloop.tasks import TAG, TAG_SHAPE, HiddenTests, Suite, Task, VisibleTests, natural_key

_TEXTS = ("id", "language", "statement", "prompt", "entry_point")
_REQUIRED = (*_TEXTS, "visible", "hidden")
_FIELDS = (*_REQUIRED, "reference", "tags")
_HEAD = ("name", "version", "tasks")
_FORMATS = (".yaml", ".yml", ".jsonl")

_ASSERT = re.compile(r"^assert\b\s*")

_JAVA_MAIN = """\
public class Main {
    public static void main(String[] args) {
        Solution s = new Solution();
        List<Boolean> correct = Arrays.asList(
CASES
        );
        if (correct.contains(false)) {
            throw new AssertionError();
        }
    }
}
"""

_GO_TEST = """\
package main

import (
\t"testing"

\t"github.com/stretchr/testify/assert"
)

func TestSolution(t *testing.T) {
CASES
}
"""

_RUST_TESTS = """\
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solution() {
CASES
    }
}
"""

_NEEDS = {
    "java": ("class Main", "no class Main; write a list of boolean expressions or a whole Main class"),
    "go": ("func Test", "no test function; write a list of boolean expressions or functions Test…(t *testing.T)"),
    "rust": ("#[test]", "no #[test] function; write a list of boolean expressions or a mod of #[test] functions"),
    "javascript": (
        "console.assert(",
        "no console.assert; write a list of expressions or a program with console.assert",
    ),
    "cpp": ("main", "no main; write a list of expressions or a program whose main asserts"),
}
"""What a language's tests must hold, and what to say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One task as written, and where it stands, for messages."""

    place: str
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """A parsed file before its tasks are checked."""

    name: str
    version: str
    items: tuple[_Item, ...]


def load(path: Path) -> Suite:
    """Load a suite file. Raises SuiteError with one line: the file, the place and what to do."""
    raw = _read(path)
    document = _parse(path, raw)
    tasks: dict[str, Task] = {}
    for item in document.items:
        task = _task(replace(item, data=with_files(item.place, item.data, path.parent)))
        if task.id in tasks:
            raise SuiteError(f"{item.place}: id {task.id!r} occurs twice; give every task its own id")
        tasks[task.id] = task
    if not tasks:
        raise EmptySuite(f"{path}: no tasks; write at least one with the fields {', '.join(_FIELDS)}")
    ordered = sorted(tasks.values(), key=lambda task: natural_key(task.id))
    return Suite(name=document.name, version=document.version, tasks=tuple(ordered))


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    except UnicodeDecodeError as exc:
        raise SuiteError(f"{path}: not UTF-8 at byte {exc.start}; save the file as UTF-8") from exc
    except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
        raise SuiteError(f"{path}: truncated or damaged gzip ({_one_line(exc)}); make or copy the file anew") from exc
    except OSError as exc:
        raise SuiteError(
            f"{path}: cannot be read ({exc.strerror or _one_line(exc)}); check path and permissions"
        ) from exc


def _parse(path: Path, text: str) -> _Document:
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    if plain.suffix not in _FORMATS:
        raise SuiteError(f"{path}: unknown kind of file; name it *.yaml, *.yml or *.jsonl, with or without .gz")
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    if plain.suffix == ".jsonl":
        return _Document(name=plain.stem, version=version, items=tuple(_jsonl(path, text)))
    data = _yaml(path, text)
    head: Mapping[str, Any] = data if isinstance(data, dict) else {"tasks": data}
    unknown = [key for key in head if key not in _HEAD]
    if unknown:
        raise SuiteError(f"{path}: unknown field {unknown[0]!r} at the top; known: {', '.join(_HEAD)}")
    rows = head.get("tasks") or []
    if not isinstance(rows, list):
        raise SuiteError(f"{path}: 'tasks' is not a list; write one '- id: …' per task")
    items = tuple(_Item(place=_place(path, number, row), data=row) for number, row in enumerate(rows, 1))
    return _Document(name=str(head.get("name", plain.stem)), version=str(head.get("version", version)), items=items)


def _place(path: Path, number: int, row: object) -> str:
    known = isinstance(row, dict) and isinstance(row.get("id"), str)
    return f"{path}: task {number}" + (f" ({row['id']})" if known and isinstance(row, dict) else "")


def _yaml(path: Path, text: str) -> object:
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - it is a SafeLoader
    except _RepeatedKey as exc:
        raise SuiteError(
            f"{path}:{exc.line}: the key {exc.key!r} stands twice, first in line {exc.first}; keep one"
        ) from exc
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        problem = getattr(exc, "problem", None) or _one_line(exc)
        raise SuiteError(f"{path}{where}: not YAML ({problem}); quote the text or use a '|' block") from exc
    except (ValueError, RecursionError) as exc:  # such as the date 2024-99-99
        raise SuiteError(f"{path}: not YAML ({_one_line(exc)}); quote the text or use a '|' block") from exc


class _RepeatedKey(Exception):
    """A mapping with two values for one key: YAML's reader would keep the last and say nothing."""

    def __init__(self, key: str, line: int, first: int) -> None:
        super().__init__(key)
        self.key, self.line, self.first = key, line, first


class _Loader(yaml.SafeLoader):
    """Refuses repeated keys where they are written; a key that is merged (``<<``) may be said anew."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        lines: dict[str, int] = {}
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            line = key.start_mark.line + 1
            if key.value in lines:
                raise _RepeatedKey(key.value, line, lines[key.value])
            lines[key.value] = line
        return node


def _mapping(place: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON; Python's reader would keep the last of two values and say nothing."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise SuiteError(f"{place}: the key {twice!r} stands twice; keep one")
    return found


def _jsonl(path: Path, text: str) -> Iterator[_Item]:
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines(): JSON strings may hold U+2028
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            yield _Item(place=place, data=json.loads(line, object_pairs_hook=partial(_mapping, place)))
        except (ValueError, RecursionError) as exc:
            raise SuiteError(f"{path}:{number}: not JSON ({_one_line(exc)}); write one task object per line") from exc


def _task(item: _Item) -> Task:
    data = item.data
    _check_fields(item)
    language = data["language"]
    if language not in NAMES:
        raise SuiteError(f"{item.place}: unknown language {language!r}; use one of {', '.join(NAMES)}")
    hidden = _tests(item, "hidden")
    if not hidden.strip():
        raise SuiteError(f"{item.place}: 'hidden' is empty; write at least one assertion, it is what scores")
    return Task(
        **{name: data[name] for name in _TEXTS},
        visible=VisibleTests(code=_tests(item, "visible")),
        hidden=HiddenTests(code=hidden),
        reference=data.get("reference") or "",
        tags=_tags(item),
    )


def _tags(item: _Item) -> tuple[str, ...]:
    words = item.data.get("tags") or []
    if not isinstance(words, list) or not all(isinstance(word, str) and TAG.fullmatch(word) for word in words):
        raise SuiteError(f"{item.place}: 'tags' must be a list of words such as [lists, parsing]; {TAG_SHAPE}")
    return tuple(dict.fromkeys(words))


def _check_fields(item: _Item) -> None:
    data = item.data
    if not isinstance(data, dict):
        raise SuiteError(f"{item.place}: not a mapping; write the fields {', '.join(_FIELDS)}")
    unknown = [key for key in data if key not in _FIELDS]
    if unknown:
        raise SuiteError(f"{item.place}: unknown field {unknown[0]!r}; known: {', '.join(_FIELDS)}")
    missing = [key for key in _REQUIRED if data.get(key) is None]
    if missing:
        raise SuiteError(f"{item.place}: field {missing[0]!r} is missing; add it (required: {', '.join(_REQUIRED)})")
    for key in _TEXTS:
        if not isinstance(data[key], str) or not data[key].strip():
            raise SuiteError(
                f"{item.place}: {key!r} must be text that is not blank; quote it if YAML reads it otherwise"
            )
    if not isinstance(data.get("reference") or "", str):
        raise SuiteError(f"{item.place}: 'reference' must be text; use a '|' block")


def read_tests(place: str, language: str, text: str) -> str:
    """Read a file of tests as a suite holds them: a program of tests, or a condition on each line (``#``: a comment).

    Raises SuiteError with one line: what the language's tests must hold.
    """
    word, _ = _NEEDS.get(language, ("assert", ""))
    value: Any = text
    if word not in text:
        value = [
            line.strip() for line in text.split("\n") if line.strip() and not line.lstrip().startswith(("#", "//"))
        ]
    return _tests(_Item(place=place, data={"language": language, "tests": value}), "tests")


def _tests(item: _Item, field: str) -> str:
    value, language = item.data[field], item.data["language"]
    if isinstance(value, list):
        if not all(isinstance(line, str) and line.strip() for line in value):
            raise SuiteError(f"{item.place}: {field!r} must be a list of texts; quote each assertion")
        value = tests_of(language, [line.strip() for line in value])
    if not isinstance(value, str):
        raise SuiteError(f"{item.place}: {field!r} must be text or a list of assertions")
    if value.strip():
        _check_shape(item, field, value)
    return value


def tests_of(language: str, lines: list[str]) -> str:
    """Make a language's test program of a list of conditions, a case each, in order; nothing of an empty one."""
    if not lines:
        return ""
    case, joint, program = _PROGRAMS[language]
    return program.replace("CASES", joint.join(case(line) for line in lines))


def _python_case(line: str) -> str:
    return f"assert {_ASSERT.sub('', line)}"


def _java_case(line: str) -> str:
    return indent(line.rstrip("; "), " " * 16)


def _javascript_case(line: str) -> str:
    return f"console.assert({line.rstrip('; ')})"


def _cpp_case(line: str) -> str:
    return f"    assert({line.rstrip('; ')});"


def _go_case(line: str) -> str:
    """Take an assertion as it is, and a condition as one; ``reflect.DeepEqual(a, b)`` is an assertion of equality."""
    deep = re.fullmatch(r"reflect\.DeepEqual\((.*)\)", line, re.S)
    if deep:
        return f"\tassert.Equal(t, {deep[1]})"
    return f"\t{line}" if line.startswith(("assert.", "require.")) else f"\tassert.True(t, {line})"


def _rust_case(line: str) -> str:
    """Take an assertion as it is, and a condition as one."""
    line = line.rstrip("; ")
    return f"        {line};" if re.match(r"assert(_eq|_ne)?!", line) else f"        assert!({line});"


_PROGRAMS: dict[str, tuple[Callable[[str], str], str, str]] = {
    "python": (_python_case, "\n", "CASES\n"),
    "java": (_java_case, ",\n", _JAVA_MAIN),
    "cpp": (_cpp_case, "\n", "#undef NDEBUG\n#include <assert.h>\nint main() {\nCASES\n}\n"),
    "javascript": (_javascript_case, "\n", "CASES\n"),
    "go": (_go_case, "\n", _GO_TEST),
    "rust": (_rust_case, "\n", _RUST_TESTS),
}
"""For each language: what becomes of a condition, what stands between two, and the program around them."""


def _check_shape(item: _Item, field: str, code: str) -> None:
    """Find tests that could never run now: a bench would blame the candidates for them."""
    word, remedy = _NEEDS.get(item.data["language"], ("", ""))
    if word:
        if word not in code:
            raise SuiteError(f"{item.place}: {field!r} has {remedy}")
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError) as exc:
        line = f" line {exc.lineno}" if isinstance(exc, SyntaxError) else ""
        raise SuiteError(f"{item.place}: {field!r}{line} is not Python ({_one_line(exc)}); correct it") from exc
    if not any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        raise SuiteError(f"{item.place}: {field!r} holds no assert statement; write 'assert f(1) == 2'")


def _one_line(exc: Exception) -> str:
    return " ".join(str(exc).split()) or type(exc).__name__
