"""Texts: other people's text for the page: cut, harmless to read, each line held once; and packed for an HTML script block."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from codeloop.report.text import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of each text the page holds, in characters; the store has the whole."""

    message: int = 20_000
    """Of a message that was sent or answered; a prompt of the loop has 1,000 to 8,000."""
    code: int = 40_000
    output: int = 4_000
    value: int = 1_000
    """Of an expected or actual value, or of a finding's text."""
    n_findings: int = 40
    """Of one stage."""
    n_cases: int = 200
    """Of one stage, the failing ones first."""


LADDER = (
    Limits(),
    Limits(message=8_000, code=16_000, output=1_000, value=400, n_findings=20, n_cases=60),
    Limits(message=3_000, code=6_000, output=300, value=160, n_findings=10, n_cases=20),
    Limits(message=800, code=2_500, output=100, value=80, n_findings=5, n_cases=6),
)
"""From all to little: the first with which the page stays small is taken, and the page says so."""


@dataclass(slots=True)
class Lines:
    """The lines of many texts, each held once: prompts repeat their template, statement and program, cases their values."""

    shown: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def of(self, text: str, limit: int) -> list[int]:
        """Give a text as numbers of lines, cut after ``limit`` characters; no text is no line."""
        return [self._number(line) for line in cut(text, limit).split("\n")] if text else []

    def _number(self, line: str) -> int:
        number = self._numbers.setdefault(line, len(self.shown))
        if number == len(self.shown):
            self.shown.append(shown(line))
        return number


def shown(text: str) -> str:
    """Give one line as a person may read it: what would act (bidi controls, NUL, ESC) is shown as its escape, tabs stay."""
    return text if text.isprintable() else escape(text, keep_newlines=True)


def cut(text: str, limit: int) -> str:
    """Keep the beginning and a quarter at the end, which say most; a line between them says how much is left out."""
    if len(text) <= limit:
        return text
    tail = limit // 4
    left = len(text) - limit
    return f"{text[: limit - tail]}\n… {left:,} characters left out …\n{text[len(text) - tail :]}"


def pack(content: Any) -> str:
    """Give JSON, deflated, in base64: no character of it can end the script block that holds it, whatever is inside."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode("utf-8", "backslashreplace"), 9)).decode("ascii")
