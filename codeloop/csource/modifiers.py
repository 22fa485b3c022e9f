"""Macros that stand for words before a declaration, put in their places for the grammar: ``#define EXPORT``, ``#define PUBLIC static``.

A parser that sees no definitions takes such a name for a type, and what follows for nothing. What replaces it is as long as the
name, so that every place in the text stays; a compiler is given the text as it was.
"""

from __future__ import annotations

import re

_DEFINE = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(\w+)(?!\()[ \t]*(.*?)[ \t]*(?:/\*.*\*/|//.*)?[ \t]*\r?$", re.MULTILINE
)
_ATTRIBUTE = re.compile(
    r"__attribute__\s*\(\(.*\)\)|_Noreturn|__inline(?:__)?|inline|extern|register|restrict|__restrict(?:__)?"
)
_MEANING = frozenset({"static", "const", "volatile"})
_OPAQUE = re.compile(
    r"""^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*|/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""",
    re.MULTILINE | re.DOTALL,
)
"""Directives, comments and texts."""


def readable(text: str) -> str:
    """Give the text with spaces or the words meant in the place of such macros; a meaning that is too long for that stays."""
    words: dict[str, str] = {}
    for name, body in _DEFINE.findall(text):
        meant = " ".join(_ATTRIBUTE.sub(" ", body).split())
        if set(meant.split()) <= _MEANING and len(meant) <= len(name):
            words[name] = meant.ljust(len(name))
    if not words:
        return text
    names = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
    parts, at = [], 0
    for opaque in _OPAQUE.finditer(text):
        parts += [names.sub(lambda found: words[found[0]], text[at : opaque.start()]), opaque[0]]
        at = opaque.end()
    return "".join((*parts, names.sub(lambda found: words[found[0]], text[at:])))
