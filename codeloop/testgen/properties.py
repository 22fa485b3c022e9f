"""Properties: conditions over the parameters of the function under test, and their instances.

An instance is a condition as any other (``conditions``): for the parameters stand values from the task's own tests, or
such values varied. So a property needs no library in the cell, and what a suite keeps of it is plain.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from codeloop.tasks import Task
from codeloop.testgen.brackets import STRING, calls_of, closing
from codeloop.testgen.conditions import conditions, is_condition
from codeloop.testgen.dialects import DIALECTS
from codeloop.testgen.signatures import Parameter, parameters_of
from codeloop.testgen.variations import variations
from codeloop.testgen.words import helpers_of

_NAME = r"(?<![\w$])[A-Za-z_$][\w$]*"
_TOKEN = re.compile(rf"{STRING.pattern}|{_NAME}")
_INTEGER = re.compile(r"-?\s*\d[\d_]*")
_DECIMAL = re.compile(r"-?\s*\d[\d_]*\.\d+(?:[eE][-+]?\d+)?")
_ATOM = re.compile(rf"{STRING.pattern}|[\w.]+")
_HEAD = re.compile(r"(?!-)[\w.!:<>\[\],\s]*")  # of a value in brackets
_JAVA_MARKS = {("long", True): "L", ("double", True): ".0", ("float", True): "f"}
_GO_NUMBERS = re.compile(r"u?int(?:8|16|32|64)?|float(?:32|64)|byte|rune")
_CPP_NUMBERS = re.compile(r"(?:(?:unsigned|signed|long|short|int|float|double|(?:std::)?(?:size_t|u?int\d+_t))\s*)+")
_RUST_NUMBERS = re.compile(r"[iu](?:8|16|32|64|128|size)|f(?:32|64)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The function that properties are of. ``helpers``: names that tests may use (``words``)."""

    language: str
    entry_point: str
    parameters: tuple[Parameter, ...]
    helpers: frozenset[str] = frozenset()

    @property
    def call(self) -> str:
        """Its call with the parameters, as properties write it."""
        receiver = DIALECTS[self.language].receiver
        names = ", ".join(parameter.name for parameter in self.parameters)
        return f"{receiver}{'.' if receiver else ''}{self.entry_point}({names})"

    def properties(self, answer: str) -> tuple[str, ...]:
        """Give those that a text holds, as ``conditions`` does; one that names no parameter is none."""
        names = self.helpers | {parameter.name for parameter in self.parameters}
        found = conditions(self.language, self.entry_point, answer, names)
        return tuple(each for each in found if self._named(each))

    def inputs(self, tests: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Give the arguments that tests call it with, each once; calls with some left out do not count."""
        found = (call for test in tests for call in calls_of(self.entry_point, test))
        return tuple(dict.fromkeys(each for each in found if len(each) == len(self.parameters)))

    def instances(self, property_: str, inputs: Sequence[tuple[str, ...]], n_inputs: int, seed: int) -> tuple[str, ...]:
        """Give up to ``n_inputs`` conditions, each once: at most half of them of the ``inputs``, the others of varied ones.

        Both are drawn by ``seed``. Fewer where there are no more, and where one would be no condition (``conditions``).
        """
        draw = random.Random(f"{seed} {property_}")  # noqa: S311 - no secret
        given = draw.sample(inputs, len(inputs))
        half = max(1, n_inputs // 2)
        found: dict[str, None] = {}
        for arguments in (*given[:half], *self._varied(inputs, draw, n_inputs), *given[half:]):
            line = self._substituted(property_, arguments)
            if len(found) < n_inputs and is_condition(self.language, self.entry_point, line, self.helpers):
                found[line] = None
        return tuple(found)

    def _varied(self, inputs: Sequence[tuple[str, ...]], draw: random.Random, wanted: int) -> list[tuple[str, ...]]:
        """Draw inputs with one argument varied, every other one empty or zero; with two where those are too few."""
        borders, others = self._variations(inputs)
        if len(borders) + len(others) < wanted:
            others += itertools.chain(*self._variations([*borders, *others]))
        drawn = itertools.zip_longest(draw.sample(borders, len(borders)), draw.sample(others, len(others)))
        return [each for pair in drawn for each in pair if each is not None]

    def _variations(self, inputs: Sequence[tuple[str, ...]]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
        """Give inputs with one argument as empty as it can be, and those with one that is otherwise varied."""
        borders: dict[tuple[str, ...], None] = {}
        others: dict[tuple[str, ...], None] = {}
        for arguments in inputs:
            for number, parameter in enumerate(self.parameters):
                for rank, each in enumerate(variations(self.language, arguments[number], parameter.type)):
                    (others if rank else borders)[(*arguments[:number], each, *arguments[number + 1 :])] = None
        return list(borders), list(others)

    def _named(self, text: str) -> list[re.Match[str]]:
        """Give the places where a parameter is named."""
        names = {parameter.name for parameter in self.parameters}
        return [match for match in _TOKEN.finditer(text) if match[0] in names and self._is_value(text, match)]

    def _is_value(self, text: str, name: re.Match[str]) -> bool:
        """Tell a parameter from what has the same name: a member, a function, what the entry point is a method of."""
        before, after = text[: name.start()].rstrip(), text[name.end() :].lstrip()
        is_member = before.endswith(("::", "->")) or re.search(r"(?<!\.\.)\.$", before) is not None
        is_receiver = name[0] == DIALECTS[self.language].receiver and re.match(
            rf"\.\s*{re.escape(self.entry_point)}\s*\(", after
        )
        return not is_member and not is_receiver and re.match(r"\(|::|![(\[]", after) is None

    def _substituted(self, text: str, arguments: Sequence[str]) -> str:
        """Put arguments in the parameters' places."""
        values = {each.name: (each.type, value) for each, value in zip(self.parameters, arguments, strict=True)}
        made, end = "", 0
        for match in self._named(text):
            kind, value = values[match[0]]
            before, after = text[: match.start()].rstrip()[-1:], text[match.end() :].lstrip()[:1]
            value = typed(self.language, value, kind, is_asked=after == ".")
            is_apart = before in {"(", ","} and after in {")", ","}
            is_whole = _is_atom(self.language, value) and not (after == "." and value[:1].isdigit())
            made += text[end : match.start()] + (value if is_apart or is_whole else f"({value})")
            end = match.end()
        return made + text[end:]


def subject_of(task: Task) -> Subject:
    """Read a task's function; without ``parameters`` where its signature cannot be read."""
    return Subject(
        language=task.language,
        entry_point=task.entry_point,
        parameters=parameters_of(task.language, task.entry_point, task.prompt),
        helpers=helpers_of(task),
    )


def typed(language: str, value: str, kind: str, *, is_asked: bool = False) -> str:
    """Give a literal the type of its parameter, where an expression would else take another one.

    ``is_asked``: something is looked up in the value itself. As an argument of the function it would need none of this.
    """
    is_integer, is_decimal = _INTEGER.fullmatch(value) is not None, _DECIMAL.fullmatch(value) is not None
    is_plain = (kind == "int" and is_integer) or (kind in {"double", "float64"} and is_decimal)
    if language == "java":
        return value + _JAVA_MARKS.get((kind, is_integer), "")
    if language == "go" and _GO_NUMBERS.fullmatch(kind) and not is_plain:
        return f"{kind}({value})"
    if language == "rust" and is_asked and _RUST_NUMBERS.fullmatch(kind) and (is_integer or is_decimal):
        return f"{value}_{kind}"
    if language == "cpp":
        return _typed_cpp(value, kind, is_number=(is_integer or is_decimal) and not is_plain)
    return value


def _typed_cpp(value: str, kind: str, *, is_number: bool) -> str:
    if value.startswith("{"):
        return f"{kind}{value}"
    if value.startswith('"') and kind.endswith("string"):
        return f"{kind}({value})"
    return f"(({kind}){value})" if is_number and _CPP_NUMBERS.fullmatch(kind) else value


def _is_atom(language: str, value: str) -> bool:
    """Say whether a value keeps its meaning beside any operator."""
    if _ATOM.fullmatch(value):
        return True
    start = next((place for place in range(len(value)) if closing(value, place) == len(value) - 1), -1)
    is_bare = start == 0 and value[0] == "{" and language != "python"  # it would be read as a block
    # C++'s assertion is a macro: it would take the commas in braces for its own.
    is_macro = language == "cpp" and start >= 0 and value[start] == "{"
    return start >= 0 and not is_bare and not is_macro and _HEAD.fullmatch(value[:start]) is not None


__all__ = ["Subject", "subject_of"]
