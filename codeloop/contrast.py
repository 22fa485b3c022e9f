"""Contrast: in one line, how an actual value differs from the expected one. Values come as a language's own text."""

from __future__ import annotations

import ast
from typing import Any

_MAX_CHARACTERS = 10_000
_NAMES = {"true": True, "false": False, "null": None, "nil": None, "undefined": None}


def contrast(expected: str, actual: str) -> str:
    """Say the first thing that differs: the kind, the length, the first item; empty where nothing can be said.

    Reads literals as Python, JavaScript and Java, Go and Rust print them where they are alike: numbers, quoted text, lists
    in square brackets. Both are the candidate's business and may be anything; what cannot be read is not spoken of.
    """
    try:
        wanted, got = _value(expected), _value(actual)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return ""
    return _said(wanted, got)


def _value(text: str) -> Any:
    if len(text) > _MAX_CHARACTERS:
        raise ValueError("too long to be worth it")
    return _NAMES[text] if text in _NAMES else ast.literal_eval(text)


def _said(wanted: Any, got: Any) -> str:
    if isinstance(wanted, bool) or isinstance(got, bool) or wanted is None or got is None:
        return ""
    if _kind(wanted) != _kind(got):
        return f"The answer is {_kind(got)} where {_kind(wanted)} is expected."
    if isinstance(wanted, str | list | tuple):
        return _of_sequences(wanted, got)
    if isinstance(wanted, int | float) and wanted == -got and wanted:
        return "The answer has the wrong sign."
    return ""


def _kind(value: Any) -> str:
    kinds = (((str,), "a text"), ((list, tuple), "a list"), ((dict,), "a mapping"), ((set,), "a set"))
    return next((name for types, name in kinds if isinstance(value, types)), "a number")


def _of_sequences(wanted: Any, got: Any) -> str:
    unit = "characters" if isinstance(wanted, str) else "items"
    place = next((i for i, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), None)
    if len(wanted) == len(got):
        if place is None:
            return ""
        if not isinstance(wanted, str) and sorted(map(repr, wanted)) == sorted(map(repr, got)):
            return "The answer has the right items in another order."
        return f"They differ first at index {place}: {_short(got[place])} where {_short(wanted[place])} is expected."
    said = f"The answer has {len(got)} {unit} where {len(wanted)} are expected"
    return (
        f"{said}; up to the shorter one's end they are alike."
        if place is None
        else f"{said}; they differ first at index {place}."
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:40] + "…"
