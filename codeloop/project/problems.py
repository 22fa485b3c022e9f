"""From pydantic's errors to lines for a person: where it stands, what is wrong, what the nearest right thing is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import ValidationError

from codeloop.project import fields
from codeloop.project.marked import Document, Path, Problem, shown
from codeloop.project.schema import Project

_KINDS: Mapping[str, str] = {
    "string_type": "must be text: quote it",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list, such as [a, b]",
    "dict_type": "must be a mapping of keys to values",
    "missing": "is missing: add it",
}


def problems_of(error: ValidationError, document: Document) -> tuple[Problem, ...]:
    """Give every mistake that pydantic found, in the order of the file."""
    found = [problem for item in error.errors(include_url=False) for problem in _of(item, document)]
    return tuple(sorted(found, key=lambda problem: problem.line or 0))


def _of(item: Any, document: Document) -> Iterator[Problem]:
    """Make one or more problems of one error; a place of pydantic's may name a validator, which no file holds."""
    path: Path = tuple(part for part in item["loc"] if part != "[key]")
    context = item.get("ctx", {})
    if item["type"] == "too_short" and item["input"]:
        return  # its items were refused, which is said already
    if item["type"] == "usage_at":
        for key, message in context["mistakes"]:
            yield _problem((*path, key), message, document)
    else:
        yield _problem(path, _message(item["type"], path, item, context), document)


def _problem(path: Path, message: str, document: Document) -> Problem:
    return Problem(path=path, line=document.line_of(path), message=message)


def _message(kind: str, path: Path, item: Any, context: Mapping[str, Any]) -> str:
    if kind == "extra_forbidden":
        return f"unknown key{nearest(str(path[-1]), keys_at(path[:-1]))}"
    if kind == "unknown_name":
        return f"unknown {context['kind']} {shown(context['value'])!r}{nearest(context['value'], context['known'])}"
    if kind == "literal_error":
        known = _choices_at(path)
        return f"{shown(item['input'])!r} is not known here{nearest(str(item['input']), known)}"
    if kind == "model_type":
        return f"must be a mapping, such as {{{keys_at(path)[0]}: …}}"
    bound = _BOUNDS.get(kind)
    said = _KINDS.get(kind) or (bound(context) if bound else str(item["msg"]))
    is_value = kind not in ("missing", "usage", "tuple_type", "dict_type", "too_short", "string_too_short")
    return (
        f"{said}, not {shown(repr(item['input']))}"
        if is_value and not isinstance(item["input"], dict | tuple)
        else said
    )


_PATTERNS: Mapping[str, str] = {
    fields.WORD: "must be a word of at most 60 letters, digits, '.', '_' and '-'",
    fields.SUITE_NAME: "must be a name of at most 100 letters, digits and ._/:=,+-",
    fields.VARIABLE: "must be a variable's name in upper case",
}
_BOUNDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda context: f"must be at least {context['ge']:g}",
    "less_than_equal": lambda context: f"must be at most {context['le']:g}",
    "less_than": lambda context: f"must be below {context['lt']:g}",
    "string_pattern_mismatch": lambda context: _PATTERNS[context["pattern"]],
    "string_too_long": lambda context: f"must have no more than {context['max_length']} characters",
    "string_too_short": lambda _: "must not be empty",
    "too_short": lambda _: "must not be empty",
}


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant, and which there are."""
    names = [str(each) for each in known]
    close = get_close_matches(name[:100], names, n=1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else ":"
    return f"{hint} known: {', '.join(names)}" if names else ": leave it out"


def keys_at(path: Path) -> tuple[str, ...]:
    """Give the keys that a mapping of the file may have, empty where it may have any, or where it is none."""
    return tuple(_schema_at(path).get("properties", {}))


def _choices_at(path: Path) -> tuple[str, ...]:
    found = _schema_at(path)
    options = [found, *found.get("anyOf", [])]
    return tuple(str(each) for option in options for each in option.get("enum", [option.get("const")]) if each)


def _schema_at(path: Path) -> dict[str, Any]:
    """Follow a path of the file through the JSON Schema; empty where that says nothing."""
    current = schema()
    for part in path:
        found = [_entered(option, part) for option in (current, *current.get("anyOf", []))]
        current = _resolved(next((each for each in found if each), {}))
    return current


def _entered(current: dict[str, Any], part: str | int) -> dict[str, Any]:
    current = _resolved(current)
    if isinstance(part, int):
        items = current.get("items", {})
    else:
        items = current.get("properties", {}).get(part) or current.get("additionalProperties", {})
    return items if isinstance(items, dict) else {}


def _resolved(current: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference, also one beside which only null is taken."""
    references = [each["$ref"] for each in (current, *current.get("anyOf", [])) if "$ref" in each]
    return schema()["$defs"][references[0].removeprefix("#/$defs/")] if references else current


@cache
def schema() -> dict[str, Any]:
    """Give the JSON Schema of ``codeloop.yaml``, as ``load`` reads it: a key without a value is as if it were not there."""
    found = Project.model_json_schema()
    for part in (found, *found["$defs"].values()):
        fields = part.get("properties", {})
        part["properties"] = {
            name: field if name in part.get("required", ()) else _or_null(field) for name, field in fields.items()
        }
    return found


_NOTES = ("title", "description", "default", "examples")
"""Keywords that say something of a field, and take or refuse nothing."""


def _or_null(field: dict[str, Any]) -> dict[str, Any]:
    field = dict(field)
    if isinstance(field.get("additionalProperties"), dict):  # a mapping whose values may be left out, too
        field["additionalProperties"] = _or_null(field["additionalProperties"])
    options = field.get("anyOf")
    if not field.keys() - set(_NOTES) or (options and {"type": "null"} in options):
        return field
    told = {name: field.pop(name) for name in _NOTES if name in field}
    return {"anyOf": [field, {"type": "null"}], **told}
