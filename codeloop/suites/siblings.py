"""``siblings/FROM/TO``: a problem's solution in one language, to be translated into another, and tested by that one's tests.

The tasks are those of TO, with the reference of the same problem in FROM above the prompt, as a comment: prompt and reference
together stay a right program, and first prompt and repairs both show what is to be translated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from codeloop.errors import SuiteError, UnknownName
from codeloop.languages import NAMES as LANGUAGES
from codeloop.languages import get_language
from codeloop.tasks import Origin, Suite, Task

PREFIX = "siblings/"
VERSION = "1"
_OF = "humaneval-x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What a name of such a suite says."""

    source: str
    target: str
    of: str = _OF
    """A suite that holds the problems in both languages: a name or a file."""

    @property
    def name(self) -> str:
        """Give the name, whatever was left out."""
        return f"{PREFIX}{self.source}/{self.target}:of={self.of}"


def is_siblings(name: str) -> bool:
    """Say whether a suite's name is one of these."""
    return name.startswith(PREFIX)


def parse(name: str) -> Pair:
    """Read a suite's name, ``siblings/java/python`` or ``siblings/java/python:of=basics``. Raises SuiteError, UnknownName."""
    languages, _, setting = name.removeprefix(PREFIX).partition(":")
    source, _, target = languages.partition("/")
    for language in (source, target):
        if language not in LANGUAGES:
            raise UnknownName(f"language of {PREFIX}FROM/TO", language, LANGUAGES)
    key, _, of = setting.partition("=")
    if source == target or (setting and (key != "of" or not of)):
        raise SuiteError(f"{name}: give two languages, and at most the suite: {PREFIX}java/python:of={_OF}")
    return Pair(source=source, target=target, of=of or _OF)


def load(name: str, load_suite: Callable[[str, Sequence[str]], Suite]) -> Suite:
    """Load the suite below in both languages and put sources above prompts; problems that one of them lacks are left out.

    Errata of either language are left out: what is to be translated, or what judges it, is wrong. Raises SuiteError, UnknownName.
    """
    pair = parse(name)
    if is_siblings(pair.of):
        raise SuiteError(f"{name}: of={pair.of} is such a suite itself; give one of single problems")
    suite = load_suite(pair.of, [pair.source, pair.target])
    errata = {task_id for task_id, _ in suite.errata}
    sound = [task for task in suite.tasks if task.id not in errata]
    sources = {task.number: task for task in sound if task.language == pair.source and task.reference.strip()}
    tasks = tuple(
        _translated(task, sources[task.number])
        for task in sound
        if task.language == pair.target and task.number in sources
    )
    if not tasks:
        raise SuiteError(
            f"{name}: {suite.name} has no problem with a reference in {pair.source} and tests in {pair.target}"
        )
    return Suite(name=pair.name, version=f"{suite.version}+{VERSION}", tasks=tasks)


def _translated(task: Task, source: Task) -> Task:
    mark = "#" if task.language == "python" else "//"
    said = f"Translate this {get_language(source.language).title} program:"
    program = (source.prompt + source.reference).strip()
    text = f"{said}\n\n{program}\n"
    comment = "".join(f"{mark} {line}".rstrip() + "\n" for line in text.split("\n"))
    language = get_language(source.language)
    origin = Origin(title=language.title, fence=language.fences[0], text=program + "\n", begun=task.prompt)
    return replace(task, prompt=f"{comment}\n{task.prompt}", statement=f"{text}\n{task.statement}", origin=origin)
