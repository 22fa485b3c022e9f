"""What is wrong with a project although each of its fields is right: names twice, gates on what is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codeloop.errors import UsageError
from codeloop.policies import get_policy
from codeloop.project import WITHOUT_DEFAULTS
from codeloop.project.gate import Gate
from codeloop.project.marked import Document, Path, Problem, dotted, shown
from codeloop.project.problems import nearest
from codeloop.project.reading import NEVER_DEFAULTS
from codeloop.project.schema import Project, SuiteEntry
from codeloop.suites import NAMES as SUITES
from codeloop.suites import c_functions, humaneval, injected

Found = tuple[Path, str]
Options = Mapping[str, Mapping[str, Callable[[Any], str]]]
"""Commands, the names of their options, and what says why an option takes no such value."""
_ONLY: Mapping[str, tuple[str, ...]] = {c_functions.NAME: ("rust",), humaneval.NAME: ("python",)}
"""Built-in suites of one language, whatever is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the tasks of a suite are, as far as that is known before anything is downloaded."""

    languages: tuple[str, ...]
    tags: tuple[str, ...] = ()
    """Of the tasks themselves; those of the entry are added to each."""


def check(
    project: Project, document: Document, options: Options, held: Mapping[str, Held] | None = None
) -> tuple[Problem, ...]:
    """Give what contradicts itself.

    ``options``: the commands and their options, empty: not known. ``held``: what the suites that could be read
    hold, by name.
    """
    found = [*_suites(project), *_twice(project), *_ks(project), *_gates(project, held or {}), *_sandbox(project)]
    found += _defaults(project, options)
    return tuple(
        sorted(
            (Problem(path=path, line=document.line_of(path), message=message) for path, message in found),
            key=lambda problem: problem.line or 0,
        )
    )


def languages_of(entry: SuiteEntry) -> tuple[str, ...] | None:
    """Give the languages that an entry says it has; ``None``: those of its file."""
    if entry.languages or entry.file:
        return entry.languages or None
    if entry.name in _ONLY:
        return _ONLY[entry.name]
    if not injected.is_injected(entry.name):
        return ("python", "java")
    try:
        return (injected.parse(entry.name).language,)
    except UsageError:  # said of its name
        return None


def _suites(project: Project) -> Iterator[Found]:
    for i, entry in enumerate(project.suites):
        if not entry.file:
            for message in _unknown_suite(entry.name):
                yield ("suites", i, "name"), message
        if entry.limit and entry.tasks:
            yield ("suites", i, "limit"), "tasks are named already: leave one of limit and tasks out"


def _unknown_suite(name: str) -> Iterator[str]:
    if injected.is_injected(name):
        try:
            of = injected.parse(name).of
        except UsageError as exc:
            yield str(exc)
            return
        if of not in SUITES:
            yield f"faults are put into built-in suites{nearest(of, SUITES)}"
    elif name not in SUITES:
        yield f"no built-in suite{nearest(name, SUITES)}; tasks of your own need file: tasks.yaml"


def _twice(project: Project) -> Iterator[Found]:
    """Find entries that reports could not tell apart."""
    named: dict[Path, tuple[object, ...]] = {
        ("suites", "name"): tuple(entry.name for entry in project.suites),
        ("prompts", "version"): tuple(entry.version for entry in project.prompts),
        ("models", "model"): tuple((entry.model, entry.api_base) for entry in project.models),
        ("gates", "metric"): project.gates,
        ("webhooks", "url"): tuple(entry.url for entry in project.webhooks),
    }
    for (group, key), values in named.items():
        first: dict[object, int] = {}
        for i, value in enumerate(values):
            if value in first:
                place = dotted((group, first[value]))
                yield (group, i, key), f"the same as {place}: give it another {key}, or remove it"
            first.setdefault(value, i)


def _ks(project: Project) -> Iterator[Found]:
    for i, k in enumerate(project.k):
        if k > project.draws:
            yield ("k", i), _too_few(k, project)


def _too_few(k: int, project: Project) -> str:
    return f"pass@{k} needs at least {k} draws: there are {project.draws} (draws: {k})"


def _gates(project: Project, held: Mapping[str, Held]) -> Iterator[Found]:
    for i, gate in enumerate(project.gates):
        for key, message in (*_gate(gate, project), *_slice(gate, project, held)):
            yield ("gates", i, key), message


def _gate(gate: Gate, project: Project) -> Iterator[tuple[str, str]]:
    if gate.k and gate.k > project.draws:
        yield "metric", _too_few(gate.k, project)
    if gate.metric == "mutation_score" and get_policy(project.full_policy).gate("mutate") is None:
        yield "metric", "no mutants are made: add stages: {mutate: inform}"
    if gate.iteration is not None and gate.iteration > project.max_repairs:
        yield "iteration", f"there are {project.max_repairs} attempts after the first: give a number up to that"


def _slice(gate: Gate, project: Project, held: Mapping[str, Held]) -> Iterator[tuple[str, str]]:
    """Find a gate on a language or a tag that no task has."""
    known = [held.get(entry.name) for entry in project.suites]
    given = [
        *(tag for entry in project.suites for tag in entry.tags),
        *(tag for each in known if each for tag in each.tags),
    ]
    tags = tuple(dict.fromkeys(given))
    if gate.tag and gate.tag not in tags:
        yield "tag", f"no suite has the tag {gate.tag!r}{nearest(gate.tag, tags) if tags else ': give it to one'}"
    asked = [each.languages if each else languages_of(entry) for each, entry in zip(known, project.suites, strict=True)]
    if gate.language and all(found is not None and gate.language not in found for found in asked):
        yield "language", f"no suite is run in {gate.language}: add it to languages, or remove the gate"


def _sandbox(project: Project) -> Iterator[Found]:
    """Find what a host's own tools cannot give; with kind auto that shows only where it runs."""
    if project.sandbox.kind != "bubblewrap":
        return
    dockers = {
        "isolation": project.sandbox.isolation != "cell",
        "runtime": project.sandbox.runtime,
        "images": project.sandbox.images,
    }
    for key in (key for key, is_set in dockers.items() if is_set):
        yield ("sandbox", key), "is Docker's: leave it out, or say kind: docker"
    if get_policy(project.full_policy).gate("lint"):
        yield (
            ("sandbox", "kind"),
            "static analysis needs the tools of codeloop's images: say docker, or stages: {lint: off}",
        )


def _defaults(project: Project, options: Options) -> Iterator[Found]:
    for command, given in project.defaults.items() if options else ():
        if command in WITHOUT_DEFAULTS:
            message = f"codeloop {command} takes no defaults: give flags or variables, and remove this"
            yield ("defaults", command), message
        elif command not in options:
            yield ("defaults", command), f"unknown command{nearest(command, options)}"
        else:
            for name, message in _mistaken_options(command, given, options[command]):
                yield ("defaults", command, name), message


def _mistaken_options(
    command: str, given: Mapping[str, Any], known: Mapping[str, Callable[[Any], str]]
) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        refuse = known.get(name.replace("-", "_"))
        if refuse is None:
            yield name, f"unknown option of {shown(command)}{nearest(name, sorted(known))}"
        elif name not in NEVER_DEFAULTS and (message := refuse(value)):
            yield name, shown(message, 200)
