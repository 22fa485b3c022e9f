"""Reads ``codeloop.yaml`` and every file that it names, and gives all mistakes at once, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from codeloop.errors import EmptySuite, InvalidProject, SuiteError, UsageError
from codeloop.languages import NAMES as LANGUAGES
from codeloop.languages.rules import parse as parse_rules
from codeloop.models.names import file_of
from codeloop.project import reading
from codeloop.project.checks import Held, Options, check, languages_of
from codeloop.project.fields import Frozen
from codeloop.project.gate import Gate
from codeloop.project.marked import Document, Problem, shown
from codeloop.project.marked import Path as Place
from codeloop.project.problems import problems_of
from codeloop.project.schema import ModelEntry, Project, SuiteEntry
from codeloop.project.trust import files_of, untrusted
from codeloop.prompts import own
from codeloop.suites import load_suite, select


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A valid project, and what its files held when it was read."""

    path: Path
    """The configuration; what it names counts from its folder."""
    project: Project
    prompts: tuple[own.Template, ...]
    """In the order of ``project.prompts``, named by their versions."""
    lint_rules: tuple[tuple[str, str, str], ...]
    """Language, the file's name, its text."""
    n_tasks: int
    """Of the suites in files and of ``basics``; others are not read here."""
    warnings: tuple[Problem, ...]
    gate_lines: tuple[int | None, ...] = ()
    """In the configuration, in the order of ``project.gates``."""
    held: Mapping[str, Held] = field(default_factory=dict)
    """Languages and tags of suites by name: of those that are read here."""

    def file(self, name: str) -> Path:
        """Give the path of a file that the project names."""
        return self.path.parent / name

    def suite(self, entry: SuiteEntry) -> str:
        """Give what ``codeloop bench`` takes as its suite."""
        return _as_file(self.file(entry.file)) if entry.file else entry.name

    def baseline(self, gate: Gate) -> str:
        """Give the baseline's name, or the path of its file."""
        return str(self.file(gate.baseline_file)) if gate.baseline_file else gate.baseline or ""

    def languages(self, entry: SuiteEntry) -> tuple[str, ...]:
        """Give the languages to ask a suite for; a file's all, where none is named."""
        return languages_of(entry) or LANGUAGES

    def tags(self, entry: SuiteEntry) -> tuple[str, ...]:
        """Give the tags of a suite: the entry's, and those of its tasks where these are read here."""
        held = self.held.get(entry.name)
        return tuple(dict.fromkeys((*entry.tags, *(held.tags if held else ()))))

    def known_languages(self, entry: SuiteEntry) -> tuple[str, ...]:
        """Give the languages of a suite's tasks; empty where they are not known before it is loaded."""
        held = self.held.get(entry.name)
        return held.languages if held else languages_of(entry) or ()

    def model(self, entry: ModelEntry) -> str:
        """Give what ``codeloop bench`` takes as its model."""
        file = file_of(entry.model)
        return f"{entry.model.partition(':')[0]}:{self.file(file)}" if file else entry.model


_KEYS = frozenset(key for part in Frozen.__subclasses__() for key in part.model_fields)
"""Of a project and everything in it."""
_FREE = frozenset({"defaults", "images", "lint_rules"})
"""What is in them has keys of its own, which are looked at there."""


def load(path: Path, options: Options | None = None, *, is_trusted: bool = True) -> Loaded:
    """Read a project. ``options``: the commands and the names of their options, to check ``defaults`` by.

    Without trust, what only a trusted configuration may say is refused before any file that it names is opened: an
    error could quote the file. Raises InvalidProject with a line for each mistake.
    """
    if not path.exists():
        raise InvalidProject([f"{path}: no such file: name another, or begin with codeloop init"])
    if not is_trusted and path.is_symlink():  # an error would quote whatever it leads to
        raise InvalidProject([f"{path}: is a link: needs --trust"])
    try:
        document = reading.document_of(path)
    except UsageError as exc:
        raise InvalidProject([str(exc)]) from exc
    project = _project(document, path)
    _refuse([] if is_trusted else [*_untrusted(project, document, path.parent)], path)
    files = _Files(path=path, project=project, document=document)
    files.read()
    _refuse([*reading.misplaced(document), *check(project, document, options or {}, files.held), *files.problems], path)
    return Loaded(
        path=path,
        project=project,
        prompts=tuple(files.prompts),
        lint_rules=tuple(files.rules),
        n_tasks=sum(files.n_tasks),
        warnings=_in_order(files.warnings),
        gate_lines=tuple(document.line_of(("gates", i)) for i in range(len(project.gates))),
        held=files.held,
    )


def _project(document: Document, path: Path) -> Project:
    _refuse(document.problems, path)
    try:
        return Project.model_validate(_given(document.data))
    except ValidationError as exc:
        _refuse(problems_of(exc, document), path)
        raise  # it held no mistake that has a place: a bug


def _as_file(path: Path) -> str:
    """Write a path so that it is no name: a file may be called as a built-in suite is."""
    return str(path) if path.is_absolute() else f"./{path}"


def _given(value: Any, *, is_free: bool = False) -> Any:
    """Leave out keys without a value (all items below may be commented out); make lists tuples, as frozen data has them.

    A key that nothing has stays, to be told of.
    """
    if isinstance(value, dict):
        return {
            key: _given(part, is_free=is_free or key in _FREE)
            for key, part in value.items()
            if part is not None or not (is_free or key in _KEYS)
        }
    return tuple(_given(part, is_free=is_free) for part in value) if isinstance(value, list) else value


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.line or 0))


def _refuse(problems: Sequence[Problem], path: Path) -> None:
    if problems:
        raise InvalidProject(problem.text(str(path)) for problem in _in_order(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """Reads what a project names, noting what is wrong."""

    path: Path
    project: Project
    document: Document
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    prompts: list[own.Template] = field(default_factory=list)
    rules: list[tuple[str, str, str]] = field(default_factory=list)
    n_tasks: list[int] = field(default_factory=list)
    held: dict[str, Held] = field(default_factory=dict)

    def read(self) -> None:
        if not self.project.suites:
            self._warn((), "no suites: codeloop ci has nothing to run")
        for i, entry in enumerate(self.project.suites):
            self._try(("suites", i, "file" if entry.file else "name"), partial(self._suite, entry, i))
        for i, prompt in enumerate(self.project.prompts):
            self._try(("prompts", i, "file"), partial(self._prompt, prompt.version, prompt.file))
        for i, model in enumerate(self.project.models):
            if file := file_of(model.model):
                self._try(("models", i, "model"), partial(self._there, file))
        for i, gate in enumerate(self.project.gates):
            if gate.baseline_file:
                self._try(("gates", i, "baseline"), partial(self._there, gate.baseline_file))
        for language, name in self.project.stages.lint_rules.items():
            self._try(("stages", "lint_rules", language), partial(self._rules, language, name))

    def _try(self, place: Place, act: Callable[[], object]) -> None:
        try:
            act()
        except EmptySuite as exc:
            self._warn(place, f"{exc}; there is nothing to run")
        except UsageError as exc:
            self.problems.append(Problem(path=place, line=self.document.line_of(place), message=str(exc)))

    def _warn(self, place: Place, message: str) -> None:
        self.warnings.append(Problem(path=place, line=self.document.line_of(place), message=message))

    def _suite(self, entry: SuiteEntry, i: int) -> None:
        """Read a file's tasks, or the shipped ones; other suites may have to be downloaded."""
        if entry.file:
            self._there(entry.file)
        elif entry.name != "basics":
            return
        name = _as_file(self.path.parent / entry.file) if entry.file else entry.name
        suite = load_suite(name, languages_of(entry) or LANGUAGES)
        if entry.languages and (absent := set(entry.languages) - {task.language for task in suite.tasks}):
            self._warn(("suites", i, "languages"), f"{name} has no task in {', '.join(sorted(absent))}")
        self.n_tasks.append(len(entry.tasks or suite.tasks))
        self._try(("suites", i, "tasks"), partial(select, suite, entry.tasks))
        tasks = [task for task in suite.tasks if not entry.tasks or task.id in entry.tasks]
        self.held[entry.name] = Held(
            languages=tuple(dict.fromkeys(task.language for task in tasks)),
            tags=tuple(dict.fromkeys(tag for task in tasks for tag in task.tags)),
        )

    def _prompt(self, version: str, name: str) -> None:
        path = self.path.parent / name
        self.prompts.append(own.parse(version, reading.text_of(path), str(path)))

    def _rules(self, language: str, name: str) -> None:
        path = self.path.parent / name
        text = reading.text_of(path)
        parse_rules(text, str(path))
        self.rules.append((language, path.name, text))

    def _there(self, name: str) -> None:
        path = self.path.parent / name
        try:
            is_file = path.is_file()
        except (OSError, ValueError):  # a name that is too long, or has a NUL
            is_file = False
        if not is_file:
            raise SuiteError(f"{shown(path, 200)}: no such file: check the path, which counts from {self.path.parent}")


def _untrusted(project: Project, document: Document, folder: Path) -> Iterator[Problem]:
    """Add to what the project says what only the disk can: links that lead out of the project's folder."""
    found: dict[Place, str] = dict(untrusted(project))
    top = folder.resolve()
    for place, name in files_of(project):
        try:
            is_below = (folder / name).resolve().is_relative_to(top)
        except (OSError, RuntimeError):  # a name that is too long; links in a circle
            found.setdefault(place, "leads nowhere that can be found")
            continue
        except ValueError:  # a NUL in the name
            continue
        if not is_below:
            found.setdefault(place, "leads out of the project's folder by a link")
    for place, message in found.items():
        yield Problem(path=place, line=document.line_of(place), message=f"{message}: needs --trust")
