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


class Category(StrEnum):
    """What a finding is about, by the rule file of its language; empty for what no rule file sorts."""

    BUG = "bug"
    SECURITY = "security"
    DEAD_CODE = "dead_code"
    PERFORMANCE = "performance"
    TASTE = "taste"
    """Style and habits: kept for reports, never told to the model."""
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A change that a tool suggests: ``replacement`` for the text between two places (1-based, end exclusive)."""

    message: str
    replacement: str = ""
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    is_safe: bool = False
    """The tool says that it keeps the meaning (ruff: safe; rustc: MachineApplicable)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding. Text fields may hold hostile text: every writer escapes for its own medium.

    ``line``, ``column``, ``end_line`` and ``end_column`` are 1-based places in the *candidate*; columns count Unicode
    code points; ``None`` where the tool gave none. ``expression``, ``input``, ``expected``, ``actual``, ``exception`` and
    ``frame`` belong to test cases.
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
    tool_version: str = ""
    category: Category = Category.NONE
    file: str = ""
    """Name of the candidate's file as the tool was given it."""
    scope: str = ""
    """Innermost function or type around ``line``: ``Account.deposit``; empty at the top of the program."""
    notes: tuple[str, ...] = ()
    """What the tool says besides: ``help:`` and ``note:`` lines, related places."""
    fixes: tuple[Fix, ...] = ()
    input: str = ""
    """Arguments of the call that a failing case makes."""
    frame: str = ""
    """Function of the candidate in which ``exception`` was raised."""

    @property
    def fingerprint(self) -> str:
        """Give 16 hex digits that stay the same when lines move: places and digits are left out."""
        words = (self.stage, self.rule, re.sub(r"\d+", "0", self.message), self.source_line.strip(), self.expression)
        return hashlib.sha256("\x00".join(words).encode("utf-8", "replace")).hexdigest()[:16]


def unparsed(stage: str, tool: str, output: str) -> Diagnostic:
    """Wrap tool output that no parser understood, so that it is never lost: the last 2,000 characters."""
    return Diagnostic(stage=stage, tool=tool, rule="unparsed", message=output.strip()[-2000:] or "no output")
