"""``injected/<language>``: tasks of another suite that start from their reference with a known fault.

Settings follow the name: ``injected/python:seed=3,rate=0.5,kinds=off_by_one+wrong_name,of=basics``. What the settings
mean stands in ``codeloop.inject``; whether a test notices a fault is found by ``codeloop.fault_check``, before a run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codeloop.errors import SuiteError, UnknownName
from codeloop.inject import Kind, inject_all
from codeloop.languages import NAMES as LANGUAGES
from codeloop.tasks import Suite

PREFIX = "injected/"
VERSION = "1"
"""Another one whenever the same settings would give other programs."""
_OF = "humaneval-x"
_SETTINGS = ("seed", "rate", "kinds", "of")
_MAX_RATE = float(len(Kind))  # a program gets no kind twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """What a name of an injected suite says."""

    language: str
    seed: int = 0
    rate: float = 1.0
    """Expected faults of a program (see ``inject_all``)."""
    kinds: tuple[Kind, ...] = tuple(Kind)
    of: str = _OF
    """The suite whose references are taken: a name or a file."""

    @property
    def name(self) -> str:
        """Give the name with every setting, whatever was left out."""
        kinds = "" if self.kinds == tuple(Kind) else f",kinds={'+'.join(self.kinds)}"
        return f"{PREFIX}{self.language}:seed={self.seed},rate={self.rate:.12g}{kinds},of={self.of}"


def is_injected(name: str) -> bool:
    """Say whether a suite's name is one of these."""
    return name.startswith(PREFIX)


def parse(name: str) -> Injection:
    """Read a suite's name. Raises SuiteError or UnknownName."""
    language, _, text = name.removeprefix(PREFIX).partition(":")
    if language not in LANGUAGES:
        raise UnknownName("language of injected/…", language, LANGUAGES)
    values: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        key, equals, value = part.partition("=")
        if key not in _SETTINGS:
            raise UnknownName(f"setting of {PREFIX}{language}", key, _SETTINGS)
        if not equals or not value or key in values:
            raise SuiteError(f"{name}: give {key} once and with a value, such as {key}={_EXAMPLES[key]}")
        values[key] = value
    return Injection(
        language=language,
        seed=_seed(name, values),
        rate=_rate(name, values),
        kinds=_kinds(values.get("kinds", "")),
        of=values.get("of", _OF),
    )


def load(name: str, load_suite: Callable[[str, Sequence[str]], Suite]) -> Suite:
    """Load the suite below and put faults in; its errata are left out, for their references are wrong already.

    Raises SuiteError or UnknownName.
    """
    injection = parse(name)
    if is_injected(injection.of):
        raise SuiteError(f"{name}: of={injection.of} holds faulty programs already; give a suite of right ones")
    suite = load_suite(injection.of, [injection.language])
    errata = {task_id for task_id, _ in suite.errata}
    sound = [task for task in suite.tasks if task.id not in errata]
    tasks = inject_all(sound, seed=injection.seed, rate=injection.rate, kinds=injection.kinds)
    if not tasks:
        raise SuiteError(
            f"{name}: no fault of these kinds fits any task of {suite.name}; ask for more kinds or a higher rate"
        )
    return Suite(name=injection.name, version=f"{suite.version}+{VERSION}", tasks=tasks, unavailable=suite.unavailable)


_EXAMPLES = {"seed": "3", "rate": "0.5", "kinds": "off_by_one+wrong_name", "of": "basics"}


def _seed(name: str, values: dict[str, str]) -> int:
    text = values.get("seed", "0")
    try:
        return int(text)
    except ValueError as exc:
        raise SuiteError(f"{name}: seed={text} is not a whole number") from exc


def _rate(name: str, values: dict[str, str]) -> float:
    text = values.get("rate", "1")
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate <= _MAX_RATE:
        raise SuiteError(f"{name}: rate={text} is no number of faults; give one above 0, at most {_MAX_RATE:g}")
    return rate


def _kinds(text: str) -> tuple[Kind, ...]:
    """Read kinds with ``+`` between them, in the order of their list; none given means all."""
    words = [word for word in text.split("+") if word]
    for word in words:
        if word not in set(Kind):
            raise UnknownName("kind of fault", word, Kind)
    return tuple(kind for kind in Kind if not words or kind in words)
