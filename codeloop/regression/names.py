"""Names of tests: what they say, in words that every language takes as a name.

A condition is a model's text; nothing of it but ASCII letters and digits gets into a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MAX = 60  # characters: longer names are cut at a word
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_WORDS = (
    (r"===?", " is "),
    (r"!==?", " is not "),
    (r"<=", " at most "),
    (r">=", " at least "),
    (r"<", " below "),
    (r">", " above "),
    (r"&&", " and "),
    (r"\|\|", " or "),
    (r"(?<![\w)\]])-(?=[\d.])", " minus "),
    (r"(?<=\d)\.(?=\d)", " point "),
    (r"\[\s*\](?![\w\[])|\{\s*\}", " empty "),
)
_NOISE = frozenset(
    [
        "assert",
        "assert_eq",
        "assert_ne",
        "equal",
        "true",
        "t",
        "s",
        "vec",
        "string",
        "vector",
        "new",
        "arrays",
        "aslist",
        "list",
        "of",
        "std",
        "json",
        "stringify",
        "int",
        "int64",
        "float64",
        "double",
        "long",
        "bool",
        "reflect",
        "deepequal",
    ]
)


def names_of(conditions: Sequence[str], entry_point: str) -> tuple[str, ...]:
    """Give a name for each condition: words in lower case joined by ``_``, distinct, beginning with a letter."""
    found: list[str] = []
    for condition in conditions:
        base = _name(condition, entry_point)
        name, number = base, 2
        while name in found:
            name, number = f"{base}_{number}", number + 1
        found.append(name)
    return tuple(found)


def _name(condition: str, entry_point: str) -> str:
    condition = re.sub(r"\bassert(?:_\w+)?!?(?:\.\w+)?", " ", condition)
    text = re.sub(rf"\b{re.escape(entry_point)}\s*\(", " of ", condition)
    text = _STRING.sub(lambda match: _quoted(match[0]), text)
    for pattern, word in _WORDS:
        text = re.sub(pattern, word, text)
    words = [word for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in _NOISE or word == "of"]
    name = "_".join(words)
    if len(name) > _MAX:
        name = name[: _MAX + 1].rpartition("_")[0] or name[:_MAX]
    plain = "_".join(re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", entry_point).lower())) or "f"
    return f"{plain}_{name}" if name else plain


def _quoted(text: str) -> str:
    """Give the letters and digits of a string; one without any is told apart by its emptiness."""
    inner = " ".join(re.findall(r"[A-Za-z0-9]+", text))
    return f" {inner} " if inner else (" empty " if len(text) == 2 else " text ")


def camel(name: str, *, is_upper: bool = False) -> str:
    """Give ``a_b`` as ``aB``, or ``AB``; numbers stay apart by ``_``."""
    head, *rest = name.split("_")
    words = (f"_{word}" if word[0].isdigit() else word.capitalize() for word in rest)
    return (head.capitalize() if is_upper else head) + "".join(words)


def sentence(name: str) -> str:
    """Give ``a_b`` as ``a b``."""
    return name.replace("_", " ")


__all__ = ["camel", "names_of", "sentence"]
