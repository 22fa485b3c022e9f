"""Suite and Task: what is asked, and the two kinds of tests, which are apart by type."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleTests:
    """Test code that the loop may run and show to the model. Blank code: the task has no visible case."""

    code: str
    origin: str = "suite"
    """Where it comes from: ``suite``, ``supplement`` (written by us from the statement's own examples), or ``python``
    (converted from the visible tests of the same problem in Python)."""

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to run."""
        return not self.code.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenTests:
    """Test code that only scores a finished trajectory. No function that builds a prompt accepts this type."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One known fault in ``Task.start``: a place of the right program that was written otherwise."""

    kind: str
    """A word of ``inject.operators.Kind``."""
    line: int
    """1-based line of the faulty program."""
    at: int
    """Where ``before`` stood, in characters of ``prompt + reference``."""
    before: str
    """What the right program has there; empty where something was put in."""
    after: str
    """What stands there instead; empty where something was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a task's program is a translation of. ``Task.prompt`` says all of it too, in a comment."""

    title: str
    """The language's name and version."""
    fence: str
    """The word of its code blocks."""
    text: str
    begun: str
    """What is given of the translation: its beginning, or what it declares."""
    rules: tuple[str, ...] = ()
    """What the translation must keep to, a sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Another way to put a task, which asks for the same: what the model sees changes, what its answer is judged by does not."""

    prompt: str
    statement: str
    source: str
    """In place of ``Origin.text``."""
    changes: tuple[str, ...]
    """The kinds of rewrites in it: words of ``perturb.Kind``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One problem in one language.

    ``prompt`` is the program text up to the point where the entry point's body begins (imports, helpers, signature,
    statement as a comment); ``prompt + reference`` is a whole correct program. ``language`` is a codeloop name:
    ``python``, ``java``, ``cpp``, ``javascript``, ``go``, ``rust``.
    """

    id: str
    language: str
    statement: str
    prompt: str
    entry_point: str
    visible: VisibleTests
    hidden: HiddenTests
    reference: str
    """Continues ``prompt``; empty when the suite has none."""
    start: str = ""
    """A whole program that the loop begins with, in place of a model's first answer; empty: the model writes the first."""
    faults: tuple[Fault, ...] = ()
    """What is known to be wrong with ``start``, by place; never part of a prompt."""
    tags: tuple[str, ...] = ()
    """Words by which reports and gates slice; no verdict depends on them, so they are in no hash."""

    origin: Origin | None = None
    """Of a translation: what is translated."""
    wordings: tuple[Wording, ...] = ()
    """Other ways to put it; draws and restarts go round them and the task's own."""

    def worded(self, number: int) -> Task:
        """Give the task as wording ``number`` puts it: 0 as it stands, else the place in ``wordings``, from 1."""
        if number == 0:
            return self
        chosen = self.wordings[number - 1]
        origin = replace(self.origin, text=chosen.source) if self.origin else None
        return replace(self, prompt=chosen.prompt, statement=chosen.statement, origin=origin)

    @property
    def number(self) -> str:
        """Give the part of the id after the last slash: the same problem in six languages is one cluster."""
        return self.id.rsplit("/", 1)[-1]

    @property
    def digest(self) -> str:
        """Hash everything a verdict depends on (64 hex digits)."""
        parts = [self.id, self.prompt, self.entry_point, self.visible.code, self.hidden.code, self.reference]
        if self.start:  # only then: the digests of other tasks stand in recorded runs
            parts += [self.start, *(f"{f.kind}\x01{f.line}\x01{f.at}\x01{f.before}\x01{f.after}" for f in self.faults)]
        parts += [wording.prompt for wording in self.wordings]
        return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A named, versioned list of tasks in a fixed order."""

    name: str
    version: str
    tasks: tuple[Task, ...]
    errata: tuple[tuple[str, str], ...] = ()
    """(task id, reason) of tasks whose own data is wrong; they stay in the headline denominator."""
    unavailable: tuple[tuple[str, str], ...] = ()
    """(language, one line with the remedy) of languages whose data could not be had."""

    @property
    def digest(self) -> str:
        """Hash name, version and every task (64 hex digits)."""
        parts = (self.name, self.version, *(task.digest for task in self.tasks))
        return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
TAG_SHAPE = "letters, digits, '.', '_' and '-', at most 60 of them"


def natural_key(task_id: str) -> tuple[str | int, ...]:
    """Sort ``Python/2`` before ``Python/10``."""
    return tuple(int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", task_id))
