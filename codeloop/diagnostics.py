"""Diagnostic: one finding of one tool, in one shape for every language and stage."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters; only ``ERROR`` gates."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding. Text fields may hold hostile text: every writer escapes for its own medium.

    ``line``, ``column``, ``end_line`` and ``end_column`` are 1-based places in the *candidate*; columns count Unicode
    code points; ``None`` where the tool gave none. ``expected``, ``actual`` and ``expression`` belong to test cases.
    """

    stage: str
    tool: str
    rule: str
    message: str
    severity: Severity = Severity.ERROR
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    source_line: str = ""
    expression: str = ""
    expected: str = ""
    actual: str = ""
    exception: str = ""

    @property
    def fingerprint(self) -> str:
        """Give 16 hex digits that stay the same when lines move: places and digits are left out."""
        words = (self.stage, self.rule, re.sub(r"\d+", "0", self.message), self.source_line.strip(), self.expression)
        return hashlib.sha256("\x00".join(words).encode("utf-8", "replace")).hexdigest()[:16]


def unparsed(stage: str, tool: str, output: str) -> Diagnostic:
    """Wrap tool output that no parser understood, so that it is never lost: the last 2,000 characters."""
    return Diagnostic(stage=stage, tool=tool, rule="unparsed", message=output.strip()[-2000:] or "no output")
