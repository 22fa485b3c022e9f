"""Error injection: programs with a known fault, made of right ones. Pure: the same task, seed and settings, the same fault."""

from __future__ import annotations

from codeloop.inject.operators import KINDS, Kind, must_not_compile
from codeloop.inject.program import inject_all, repaired

__all__ = ["KINDS", "Kind", "inject_all", "must_not_compile", "repaired"]
