"""HumanEval-X: 164 problems in six languages, read from pinned files that are not part of this package."""

from __future__ import annotations

import gzip
import inspect
import json
import re
import urllib.request
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from http.client import HTTPException
from importlib.resources import files
from pathlib import Path
from textwrap import dedent
from typing import Any

import yaml

from codeloop.errors import SuiteError, UnknownName
from codeloop.suites.pinned import Pinned, Say, Unavailable, obtain, one_line
from codeloop.suites.rust_examples import rust_tests
from codeloop.tasks import HiddenTests, Suite, Task, VisibleTests, natural_key

Row = Mapping[str, str]

NAME = "humaneval-x"
COMMIT = "2838420b7b4492cf3d16bce5320e26e65960c9e2"
_URL = f"https://raw.githubusercontent.com/zai-org/CodeGeeX/{COMMIT}/codegeex/benchmark/humaneval-x"
_RELEASE = f"CodeGeeX commit {COMMIT[:12]}"
_TIMEOUT_S = 15.0

ERRATA = (
    ("JavaScript/112", "the reference solution fails the data's own tests"),
    ("JavaScript/155", "the reference solution fails the data's own tests"),
    ("Go/95", "the reference solution fails now and then: it depends on the order of a map"),
    ("Rust/32", "the data's tests stand inside a comment: nothing can pass or fail"),
    ("Rust/137", "the signature's result type is declared in the reference solution alone: no program can know it"),
)

_RUST_DIFFERS = frozenset({"Rust/33", "Rust/87", "Rust/103"})
"""Rust tasks whose reference does not do what Python's examples say: other places, another order, no ``0b``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Where a language's file is and what its bytes must be."""

    short: str
    sha256: str

    @property
    def file(self) -> str:
        return f"humaneval_{self.short}.jsonl.gz"

    @property
    def url(self) -> str:
        return f"{_URL}/{self.short}/data/{self.file}"


SOURCES: dict[str, _Source] = {
    "python": _Source(short="python", sha256="5752fb122efddb0e9b47c77907ae6ce9a15aac4dea14e44c46032c831e6b987a"),
    "java": _Source(short="java", sha256="276f36db2eb7aeb864f36a19a2f4e1bb2460fb6e22ff100f0b5bedabe3799967"),
    "cpp": _Source(short="cpp", sha256="dcf2e280a1e91bbc3c5f90edb41397e8a9ac1ccc9f5d2b70082f0b0fbfb6dbb0"),
    "javascript": _Source(short="js", sha256="fe5d467f2c1a027b3f6f18d3729aca01f6458c1de2e2d1292a019c5aa9bed424"),
    "go": _Source(short="go", sha256="09126ef64ac68f87296c5f3781186aedc5dec799b114d9df99d6de4a715a7830"),
    "rust": _Source(short="rust", sha256="ae5cabbbfc8fe25244a608b04f09ac3b324c645ac969dfc033756c12f0f9924c"),
}


def load(languages: Sequence[str], *, data_dir: Path | None, cache_dir: Path, fetch: bool = True, say: Say) -> Suite:
    """Load the asked languages; one that cannot be had is listed in ``unavailable`` and the others go on.

    Raises UnknownName for a language the data set lacks, SuiteError when none of the asked ones can be had.
    """
    tasks: list[Task] = []
    unavailable: list[tuple[str, str]] = []
    for language in dict.fromkeys(languages):
        if language not in SOURCES:
            raise UnknownName("language", language, SOURCES)
        try:
            tasks += _load_language(language, data_dir, cache_dir / NAME, fetch, say)
        except Unavailable as exc:
            unavailable.append((language, str(exc)))
    tasks = _with_rust_examples(tasks, lambda: _load_language("python", data_dir, cache_dir / NAME, fetch, say), say)
    if not tasks:
        raise SuiteError("; ".join(line for _, line in unavailable) or f"{NAME}: no language was asked for")
    tasks.sort(key=lambda task: natural_key(task.id))
    ids = {task.id for task in tasks}
    return Suite(
        name=NAME,
        version=COMMIT[:12],
        tasks=tuple(tasks),
        errata=tuple(item for item in ERRATA if item[0] in ids),
        unavailable=tuple(unavailable),
    )


def _with_rust_examples(tasks: list[Task], load_python: Callable[[], list[Task]], say: Say) -> list[Task]:
    """Give the Rust tasks visible tests made of Python's; where those cannot be had they stay without, said once."""
    if not any(task.language == "rust" for task in tasks):
        return tasks
    python = [task for task in tasks if task.language == "python"]
    try:
        siblings = {task.number: task for task in python or load_python()}
    except Unavailable as exc:
        say(f"{NAME}: Rust's visible tests are made of Python's: {exc}; its tasks have none")
        return tasks
    return [_with_rust_example(task, siblings) if task.language == "rust" else task for task in tasks]


def _with_rust_example(task: Task, siblings: Mapping[str, Task]) -> Task:
    sibling = siblings.get(task.number)
    if sibling is None or not task.visible.is_empty or task.id in _RUST_DIFFERS:
        return task
    code = rust_tests(sibling.visible.code, task.prompt, task.entry_point)
    return replace(task, visible=VisibleTests(code=code, origin="python")) if code else task


def _load_language(language: str, data_dir: Path | None, cache: Path, fetch: bool, say: Say) -> list[Task]:
    source = SOURCES[language]
    pinned = Pinned(
        suite=NAME,
        file=source.file,
        sha256=source.sha256,
        origin=source.url,
        remedy=f"download it elsewhere and set CODELOOP_DATA_DIR to its folder (files of {_RELEASE})",
        release=_RELEASE,
    )
    download = (lambda: _fetch(source.url)) if fetch else None
    raw, origin = obtain(pinned, download, data_dir=data_dir, cache=cache, say=say)
    return read_rows(raw, lambda row: task_of(language, row), f"{NAME} {language}: {origin}")


def read_rows(raw: bytes, make: Callable[[Row], Task], place: str) -> list[Task]:
    """Make a task of every line of gzipped JSON Lines. Raises Unavailable, naming ``place``."""
    try:
        lines = gzip.decompress(raw).decode("utf-8").splitlines()
        return [make(json.loads(line)) for line in lines if line.strip()]
    except (OSError, EOFError, zlib.error, ValueError, LookupError, TypeError) as exc:
        raise Unavailable(f"{place} cannot be read ({one_line(exc)}); delete it and fetch it anew") from exc


def _fetch(url: str) -> bytes:
    """Read a constant https address. Raises OSError."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as reply:  # noqa: S310  # a constant https address
            raw: bytes = reply.read()
            return raw
    except HTTPException as exc:
        raise OSError(one_line(exc)) from exc


def task_of(language: str, row: Row) -> Task:
    """Make the task of one row of the data set."""
    task_id = row["task_id"]
    return Task(
        id=task_id,
        language=language,
        statement=_statement(language, row),
        prompt=_prompt(language, row),
        entry_point=_entry_point(language, row),
        visible=_visible(language, row),
        hidden=HiddenTests(code=_tests(language, row, row["test"])),
        reference=row["canonical_solution"],
    )


def _prompt(language: str, row: Row) -> str:
    """Make ``prompt + reference`` a whole program, which only Python's, Java's and JavaScript's own prompts do."""
    prompt = row["prompt"]
    if language == "rust":
        return prompt + row["declaration"]
    if language == "go":
        imports = "" if row["import"].strip() in prompt else row["import"]
        return f"package main\n\n{imports}{prompt}"
    if language == "cpp":  # references use headers that only the declaration includes
        wanted = re.findall(r"^\s*(#\s*include.*?)\s*$", row["declaration"], re.M)
        return "".join(f"{line}\n" for line in wanted if line not in prompt) + prompt
    return prompt


_ENTRY = {
    "python": r"^def\s+(\w+)\s*\(",
    "java": r"^ {4}(?:(?:public|protected|private|static|final)\s+)+[^=;(]*?(\w+)\s*\(",
    "cpp": r"^[A-Za-z_][\w<>:,&*\s]*?(\w+)\s*\([^;{]*\)\s*\{",
    "javascript": r"^(?:const|let|var|function)\s+(\w+)\s*[=(]",
    "go": r"^func\s+(\w+)\s*\(",
    "rust": r"^(?:pub\s+)?fn\s+(\w+)",
}


def _entry_point(language: str, row: Row) -> str:
    """Take the last definition: earlier ones are helpers that the prompt gives."""
    text: str = re.findall(_ENTRY[language], _prompt(language, row), re.M)[-1]
    return text


def _statement(language: str, row: Row) -> str:
    text = row.get("text")
    if text is None:
        text = _last_comment(language, row["prompt"])
    return inspect.cleandoc(text.strip("\n"))


def _last_comment(language: str, prompt: str) -> str:
    """Give the comment nearest to the entry point: an earlier one belongs to a helper."""
    blocks = [] if language == "go" else re.findall(r"/\*+(.*?)\*/", prompt, re.S)
    if blocks:
        return str(blocks[-1])
    lines = re.findall(r"(?:^[ \t]*//.*\n)+", prompt, re.M)[-1]  # Go, and C++/50
    return re.sub(r"^[ \t]*// ?", "", lines, flags=re.M)


def _visible(language: str, row: Row) -> VisibleTests:
    """Take the examples, else our supplement, else nothing; the hidden tests are never a substitute."""
    code = row["example_test"]
    if language == "rust" and code.strip() == "None":
        code = ""
    if not code.strip():
        ours = _supplement().get(row["task_id"], "")
        return VisibleTests(code=ours, origin="supplement") if ours else VisibleTests(code="")
    return VisibleTests(code=_tests(language, row, _without_leak(code) if language == "python" else code))


def _without_leak(code: str) -> str:
    """Start at ``def check(``: before it, Python/119 gives away its solution."""
    start = re.search(r"^def check\(", code, re.M)
    return code[start.start() :] if start else dedent(code)


def _tests(language: str, row: Row, code: str) -> str:
    return f"{row['test_setup']}\n{code}" if language == "go" else code


@cache
def _supplement() -> dict[str, str]:
    data: Any = yaml.safe_load(files(__package__).joinpath("supplement.yaml").read_text("utf-8"))
    return dict(data)
