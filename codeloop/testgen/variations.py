"""Variations: of a literal, other values of the same type, nearer to where programs go wrong.

What is read as no literal has none. A variation that does not fit after all does not compile, and costs its test alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from codeloop.testgen.brackets import closing, masked, split
from codeloop.testgen.conditions import MAX_CHARACTERS

_OPPOSITES = {"true": "false", "false": "true", "True": "False", "False": "True"}
_NUMBER = re.compile(r"(-?)\s*(\d+)(\.\d+)?(_?(?:[iuf](?:8|16|32|64|128|size)|[lLfFdDnuU]))?")
_UNSIGNED = re.compile(r"\b(?:u(?:8|16|32|64|128|size)|unsigned|size_t|uint\w*|byte)\b")
_LARGEST = 2**31 - 1  # what an int cannot hold is no variation, unless the literal itself was such a number
_QUOTED = {'"': re.compile(r'"((?:[^"\\]|\\.)*)"'), "'": re.compile(r"'((?:[^'\\]|\\.)*)'")}
_TWO_QUOTES = frozenset({"python", "javascript"})  # elsewhere the single one is a character's
_WITH_TAIL = re.compile(r"(.*?)((?:\.\w+\(\))*)", re.S)  # such as ``.to_string()``
_MAPS = frozenset({"python", "javascript", "go"})  # where ``{a: b}`` is a value
_CONTAINER = re.compile(r"(?:std::)?(?:vector|list|deque|(?:unordered_)?(?:multi)?(?:set|map))\b")
_ELEMENTS = (
    re.compile(r"(?:\[\]|map\[[^\]]*\])(.+)"),  # Go
    re.compile(r"(?:new\s+)?(.+?)\[\]"),  # Java
    re.compile(r"(?:&\s*)?(?:mut\s+)?[\w:]+\s*<(.+)>"),
    re.compile(r"(?:&\s*)?(?:mut\s+)?\[(.+)\]"),  # Rust
)


def variations(language: str, literal: str, kind: str = "") -> tuple[str, ...]:
    """Give them, each once, the emptiest first. ``kind``: the type as written, if known; it says what has no sign, and what bare braces are."""
    text = literal.strip()
    if len(text) > MAX_CHARACTERS:  # no test may be as long
        return ()
    number = _NUMBER.fullmatch(text)
    if text in _OPPOSITES:
        return (_OPPOSITES[text],)
    if language == "rust" and re.match(r"&[\s\d-]", text):  # a list keeps the mark in its head
        return tuple(f"&{each}" for each in variations(language, text[1:], kind))
    found = _numbers(number, kind) if number else [*_strings(language, text), *_of_brackets(language, text, kind)]
    return tuple(each for each in dict.fromkeys(found) if each != text)


def _numbers(number: re.Match[str], kind: str) -> list[str]:
    """Give zero, the neighbours, the opposite, and a larger one."""
    sign, whole, part, suffix = number.groups(default="")
    value, zero = Decimal(sign + whole + part), Decimal("0" + "".join("0" if c.isdigit() else c for c in part))
    largest = max(Decimal(_LARGEST), abs(value))
    is_unsigned = _UNSIGNED.search(kind) or suffix.strip("_")[:1] in {"u", "U"}
    return [
        f"{each + 0:f}{suffix}"  # adding zero takes the sign off a zero
        for each in (zero, value + 1, value - 1, -value, 2 * value + 3)
        if abs(each) <= largest and not (is_unsigned and each < 0)
    ]


def _strings(language: str, text: str) -> Iterator[str]:
    """Give the string empty, shorter, and twice."""
    body, tail = _with_tail(text)
    quote = body[:1]
    match = _QUOTED[quote].fullmatch(body) if quote == '"' or (quote == "'" and language in _TWO_QUOTES) else None
    if match:
        shorter = () if "\\" in match[1] else (match[1][:-1], match[1][1:])  # an escape must not be cut
        yield from (f"{quote}{each}{quote}{tail}" for each in ("", *shorter, match[1] * 2))


def _with_tail(text: str) -> tuple[str, str]:
    match = _WITH_TAIL.fullmatch(text)
    return (match[1], match[2]) if match else (text, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brackets:
    """A literal of several parts. ``head`` stands before its bracket, ``tail`` behind it; ``kind`` is its type."""

    language: str
    head: str
    opens: str
    items: tuple[str, ...]
    closes: str
    tail: str
    kind: str

    def holding(self, items: Sequence[str]) -> str:
        return f"{self.head}{self.opens}{', '.join(items)}{self.closes}{self.tail}"

    @property
    def is_list(self) -> bool:
        """Whether it may have any number of elements; else each part has its own meaning."""
        if self.opens == "(":
            return re.search(r"\b(?:asList|(?:List|Set)\.of)$", self.head) is not None
        if self.opens == "[":
            return re.fullmatch(r"(?:&\s*)?(?:vec!)?\s*", self.head) is not None
        if self.language in {"go", "java"}:
            return "[" in self.kind
        return not self.head if self.language != "cpp" else _CONTAINER.match(self.kind) is not None

    @property
    def is_map(self) -> bool:
        return all(self.is_pair(item) for item in self.items)

    def is_pair(self, item: str) -> bool:
        return self.opens == "{" and self.language in _MAPS and len(split(item, ":") or ()) == 2

    @property
    def element(self) -> str:
        """The type of its elements, of a map its values; empty where it is not known."""
        for pattern in _ELEMENTS:
            if match := pattern.fullmatch(self.kind):
                return (split(match[1]) or ("",))[-1]
        return ""

    def empty(self) -> list[str]:
        """Give the list without elements, where that is still of the same type."""
        if self.language == "rust" and self.element and self.head.endswith("vec!"):
            return [f"{self.head.removesuffix('vec!')}Vec::<{self.element}>::new(){self.tail}"]
        is_other = self.language == "rust" or (self.language == "python" and self.opens == "{" and not self.is_map)
        return [] if is_other else [self.holding(())]


def _of_brackets(language: str, text: str, kind: str) -> Iterator[str]:
    """Give a list with elements dropped, doubled, reversed, varied; of what is no list, its parts varied."""
    group = _read(language, text, kind)
    if group is None:
        return
    items = group.items
    if not group.is_list:
        kinds = group.kind if group.opens == "(" and len(items) == 1 else ""  # ``new ArrayList<>(Arrays.asList(1))``
        for number, item in enumerate(items):
            for each in variations(language, item, kinds):
                yield group.holding((*items[:number], each, *items[number + 1 :]))
        return
    yield from group.empty()
    if len(items) > 1:
        yield from map(group.holding, (items[1:], items[:-1], items[::-1]))
    if not group.is_map:
        yield group.holding((items[0], *items))
    for number, item in enumerate(items):
        others = _of_element(group, item)
        if others:  # one for each element: a long list must not crowd out the borders
            yield group.holding((*items[:number], others[number % len(others)], *items[number + 1 :]))


def _of_element(group: _Brackets, item: str) -> tuple[str, ...]:
    """Vary an element, of a pair the value."""
    if not group.is_pair(item):
        return variations(group.language, item, group.element)
    key, value = split(item, ":") or (item, "")
    return tuple(f"{key}: {each}" for each in variations(group.language, value, group.element))


def _read(language: str, text: str, kind: str) -> _Brackets | None:
    """Read a literal that ends with a bracket; nothing where it has no parts, or repeats one (``[0; 5]``)."""
    body, tail = _with_tail(text)
    start = next((place for place in range(len(body)) if closing(body, place) == len(body) - 1), -1)
    items = split(body[start + 1 : -1]) if start >= 0 else None
    if not items or ";" in masked(body):
        return None
    head = body[:start]
    own = head.strip() if language in {"go", "java"} and "[" in head else kind
    return _Brackets(language=language, head=head, opens=body[start], items=items, closes=body[-1], tail=tail, kind=own)


__all__ = ["variations"]
