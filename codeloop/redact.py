"""Redact: keys taken out of text that others wrote, in the spellings that error texts, headers and replies come in.

Pure: the environment comes in as a mapping. A key counts as found when it stands there plainly, percent-encoded,
escaped as JSON, Python or HTML do it, in hex, in Base64 at any alignment and in either alphabet, or with line breaks
or control sequences inside. A text that hides a key on purpose (letters added up by a program) is beyond this.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

MARK = "***"
SHORTEST = 8
"""Characters; shorter values (``1``, ``none``) would blank out ordinary words."""

_NAME = re.compile(r"(?:^|_)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?)(?:_|$)", re.IGNORECASE)
_UNIT = re.compile(
    r"%(?P<percent>[0-9A-Fa-f]{2})|\\+u(?P<u>[0-9A-Fa-f]{4})|\\+x(?P<x>[0-9A-Fa-f]{2})"
    r"|&#[xX](?P<html_hex>[0-9A-Fa-f]{1,5});|&#(?P<html>\d{1,6});|\\+(?P<escaped>[/\"'])"
    r"|(?P<skipped>\x1b\[[0-9;]*[A-Za-z]|\\+[nr]|[\x00-\x1f\x7f\u200b-\u200d\ufeff])"
)
"""What stands for one character of a key, or between two of them."""
_ALPHABETS = (bytes.maketrans(b"", b""), bytes.maketrans(b"+/", b"-_"))  # RFC 4648, sections 4 and 5


def is_secret_name(name: str) -> bool:
    """Say whether a variable of this name holds a key: one of its words is ``KEY``, ``TOKEN``, ``SECRET``…"""
    return bool(_NAME.search(name))


def secrets_in(environment: Mapping[str, str], *more: str | None) -> frozenset[str]:
    """Give the values of variables that hold keys, and ``more``, less those shorter than ``SHORTEST``."""
    named = (value for name, value in environment.items() if is_secret_name(name))
    values = (value.strip() for value in (*named, *more) if value)
    return frozenset(value for value in values if len(value) >= SHORTEST)


def redact(text: str, secrets: Iterable[str]) -> str:
    """Put ``***`` in the place of every secret, in any of its spellings, and of one that is cut off at the end."""
    known = frozenset(secrets)
    if not known or not text:
        return text
    spans = [*_found(text, known), *_cut_off(text, known)]
    spans += [*_found_within(text, known, decode=True), *_found_within(text, known, decode=False)]
    for start, end in reversed(_merged(spans)):
        text = text[:start] + MARK + text[end:]
    return text


def _found(text: str, secrets: frozenset[str]) -> Iterator[tuple[int, int]]:
    for spelling in _spellings(secrets):
        start = text.find(spelling)
        while start >= 0:
            yield start, start + len(spelling)
            start = text.find(spelling, start + 1)


def _found_within(text: str, secrets: frozenset[str], *, decode: bool) -> Iterator[tuple[int, int]]:
    """Search the text without breaks and control sequences, its escapes undone or (a key may hold ``%41``) not.

    ``places`` leads from each character of that text back to the original's.
    """
    characters: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    for unit in _UNIT.finditer(text):
        if unit["skipped"] is None and not decode:
            continue
        characters += text[at : unit.start()]
        places += [(i, i + 1) for i in range(at, unit.start())]
        if unit["skipped"] is None:
            characters.append(_character(unit))
            places.append(unit.span())
        at = unit.end()
    if at == 0:
        return  # the plain search has seen it all
    characters += text[at:]
    places += [(i, i + 1) for i in range(at, len(text))]
    for start, end in _found("".join(characters), secrets):
        yield places[start][0], places[end - 1][1]


def _character(unit: re.Match[str]) -> str:
    if unit["escaped"]:
        return unit["escaped"]
    if unit["html"]:
        return chr(int(unit["html"]))
    return chr(int(unit["percent"] or unit["u"] or unit["x"] or unit["html_hex"], 16))


def _cut_off(text: str, secrets: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Find the beginning of a secret where the text ends: a provider or a token limit may have cut it there."""
    for secret in secrets:
        lengths = range(len(secret) - 1, SHORTEST - 1, -1)
        yield from ((len(text) - n, len(text)) for n in lengths if text.endswith(secret[:n]))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=8)
def _spellings(secrets: frozenset[str]) -> tuple[str, ...]:
    found: set[str] = set()
    for secret in secrets:
        raw = secret.encode("utf-8", "surrogatepass")
        found |= {secret, raw.decode("latin-1"), raw.hex(), raw.hex().upper()}  # latin-1: percent-encoding is by byte
        found |= {_base64_core(raw, shift).translate(a).decode() for shift in range(3) for a in _ALPHABETS}
    return tuple(sorted(found))


def _base64_core(raw: bytes, shift: int) -> bytes:
    """Give the Base64 characters that depend on ``raw`` alone when ``shift`` bytes (mod 3) stand before it."""
    encoded = base64.b64encode(b"\0" * shift + raw)
    return encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
