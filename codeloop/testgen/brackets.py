"""Brackets: the arguments of calls, as text.

Brackets and strings are written alike in all six languages, and a grammar would not do: arguments stand in Rust's macros,
which are not parsed, and signatures in prompts, which end before the program does.
"""

from __future__ import annotations

import re

STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`')
_DEEPEST = 20  # brackets nested deeper are no value that anybody wrote
_OPENS = {")": "(", "]": "[", "}": "{", ">": "<"}


def calls_of(name: str, text: str) -> tuple[tuple[str, ...], ...]:
    """Give the arguments of every call of a function in a line, in order; calls within calls are among them."""
    found = []
    for match in re.finditer(rf"(?<![\w$]){re.escape(name)}\s*\(", masked(text)):
        end = closing(text, match.end() - 1)
        arguments = split(text[match.end() : end]) if end > 0 else None
        if arguments is not None:
            found.append(arguments)
    return tuple(found)


def masked(text: str) -> str:
    """Blank out what stands in strings; every place stays where it was."""
    return STRING.sub(lambda match: f'"{"_" * (len(match[0]) - 2)}"', text)


def closing(text: str, start: int) -> int:
    """Give the place of the bracket that closes the one at ``start``; -1 where none does, or none stands there."""
    plain, stack = masked(text), list[str]()
    for place in range(start, len(plain)):
        nested = _stacked(stack, plain, place)
        if not nested:
            return place if stack and nested is not None else -1
        stack = nested
    return -1


def split(text: str, separator: str = ",") -> tuple[str, ...] | None:
    """Split at what is in no bracket and no string, blanks stripped; ``None`` where brackets do not match or a part is empty."""
    plain, parts, begin, stack = masked(text), list[str](), 0, list[str]()
    for place, character in enumerate(plain):
        nested = _stacked(stack, plain, place)
        if nested is None:
            return None
        stack = nested
        if character == separator and not stack:
            parts.append(text[begin:place].strip())
            begin = place + 1
    parts += [text[begin:].strip()] if text[begin:].strip() else []  # a last separator may have nothing behind it
    return None if stack or "" in parts else tuple(parts)


def _stacked(stack: list[str], plain: str, place: int) -> list[str] | None:
    """Give the brackets that are open behind a place; ``None`` where one closes what is not open. ``<`` is one of types only."""
    character, before, after = plain[place], plain[:place][-1:], plain[place + 1 : place + 2]
    is_type = character == "<" and re.match(r"[\w:]", before) and not re.match(r"[\s=<]|$", after)
    if character in "([{" or is_type:
        return [*stack, character] if len(stack) < _DEEPEST else None
    if character not in _OPENS or (character == ">" and (before in {"-", "="} or stack[-1:] != ["<"])):
        return stack
    return stack[:-1] if stack[-1:] == [_OPENS[character]] else None


__all__ = ["STRING", "calls_of", "closing", "masked", "split"]
