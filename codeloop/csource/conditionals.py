"""Conditional compilation whose branch is known without knowing how the file is compiled; all else stays as it stands.

Known are ``#if 0`` and ``#if 1``, what is for C++, and include guards: ``#ifndef FILE_H`` right before ``#define FILE_H``.
Spaces take the place of the directives and of the branch that is not meant, so that every line keeps its number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_COMMENTS_AND_TEXTS = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)
_DIRECTIVE = re.compile(r"\s*#\s*(ifdef|ifndef|if|elif|else|endif|define)\b\s*(.*?)\s*$")
_CPLUSPLUS = "__cplusplus"


@dataclass(slots=True)
class _Conditional:
    """An ``#if`` that is open. ``is_active``: ``None`` where its branch is not known, and it is left as it stands."""

    is_active: bool | None


def resolved(text: str) -> str:
    """Give the text with its known conditionals resolved."""
    lines = text.split("\n")
    seen = _COMMENTS_AND_TEXTS.sub(_spaces, text).split("\n")
    directives = [_DIRECTIVE.match(line) for line in seen]
    said = [(each[1], each[2]) if each else ("", "") for each in directives]
    is_continued = any(
        name and line.endswith("\\") and name != "define" for (name, _), line in zip(said, seen, strict=True)
    )
    if is_continued or not _is_balanced(said):
        return text
    branching = _with_elif(said)
    open_ones: list[_Conditional] = []
    for number, (name, rest) in enumerate(said):
        is_known = False
        if name in ("if", "ifdef", "ifndef"):
            decided = None if number in branching else _decided(name, rest, _following(said, seen, number))
            open_ones.append(_Conditional(is_active=decided))
            is_known = open_ones[-1].is_active is not None
        elif name in ("elif", "else", "endif"):
            current = open_ones[-1]
            is_known = current.is_active is not None
            if name == "endif":
                open_ones.pop()
            elif is_known:
                current.is_active = not current.is_active
        if is_known or any(each.is_active is False for each in open_ones):
            lines[number] = " " * len(lines[number])
    return "\n".join(lines)


def _decided(name: str, rest: str, following: tuple[str, str]) -> bool | None:
    if name == "if":
        return {"0": False, "1": True, f"defined({_CPLUSPLUS})": False, f"defined {_CPLUSPLUS}": False}.get(rest)
    if rest == _CPLUSPLUS:
        return name == "ifndef"
    return True if name == "ifndef" and following == ("define", rest) else None


def _following(said: list[tuple[str, str]], seen: list[str], number: int) -> tuple[str, str]:
    """Give the directive on the next line that is not blank; of any other line none."""
    for (name, rest), line in zip(said[number + 1 :], seen[number + 1 :], strict=True):
        if name or line.strip():
            return name, rest
    return "", ""


def _with_elif(said: list[tuple[str, str]]) -> set[int]:
    """Find the lines of conditionals with more conditions than one; ``said`` is balanced."""
    open_ones, found = list[int](), set[int]()
    for number, (name, _) in enumerate(said):
        if name in ("if", "ifdef", "ifndef"):
            open_ones.append(number)
        elif name == "endif":
            open_ones.pop()
        elif name == "elif":
            found.add(open_ones[-1])
    return found


def _is_balanced(said: list[tuple[str, str]]) -> bool:
    depth = 0
    for name, _ in said:
        depth += (name in ("if", "ifdef", "ifndef")) - (name == "endif")
        if depth < 0 or (name in ("elif", "else") and not depth):
            return False
    return depth == 0


def _spaces(found: re.Match[str]) -> str:
    return "".join("\n" if letter == "\n" else " " for letter in found[0])
