"""A regression suite: a program that was checked, and tests that would notice a fault of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionTest:
    """One test: ``condition`` is a line as suites take it (``suites.files``), ``kills`` the mutants of the program that it notices."""

    condition: str
    origin: str = ""
    """``visible``, ``generated``, ``property``, ``mutation``."""
    property: str = ""
    """What it is an instance of."""
    kills: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionSuite:
    """What is exported. ``code`` is the whole program."""

    language: str
    entry_point: str
    code: str
    tests: tuple[RegressionTest, ...]
    source: str = ""
    """Where it comes from, one line for the head of each file."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """What each test is named after (``names``): its property, if it is of one, else itself."""
        return tuple(test.property or test.condition for test in self.tests)

    @property
    def digest(self) -> str:
        """Hash program and tests (64 hex digits)."""
        parts = [self.language, self.code, *(test.condition for test in self.tests)]
        return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


__all__ = ["RegressionSuite", "RegressionTest"]
