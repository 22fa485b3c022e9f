"""A user's own tests of a translation: words, and the reading of what `sandboxes/c-rust/` says of them.

{"name": "adds", "how": "failed", "calls": "assert_eq!(add(1, 1), 2);", "actual": "3", "expected": "2", "message": "…"}
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from codeloop.attempts import CaseResult, CaseStatus
from codeloop.diagnostics import Diagnostic

TOOL = "user-tests"
SECONDS = 40
"""What all of them may take: see ``sandboxes/c-rust/user_tests.py``."""
FILE = "user_test.rs"
"""What the user's file is called in the cell."""
ROOT = f"""\
// Written by codeloop: the user's tests see what is public of the translation by `use super::*`.
#[allow(unused_imports)]
use candidate::*;
#[path = "{FILE}"]
mod user_tests;
"""
_ENDS = {"timeout": "the test does not end in time", "died": "the test's process died"}
_OUTCOMES = {"timeout": "timeout", "died": "crashed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTests:
    """A file of ``#[test]`` functions; ``name`` is what the user calls it."""

    name: str
    text: str


def texts_of(tests: UserTests, declared: str) -> dict[str, str]:
    """Give what the build wants, name to text; a file that does not compile with ``declared`` is wrong for every translation."""
    return {FILE: tests.text, "tests.rs": ROOT, "skeleton.rs": declared}


def read_cases(said: Sequence[dict[str, Any]]) -> tuple[CaseResult, ...]:
    """Give a case for each test that was run."""
    return tuple(map(_case, said))


def outcome_of(said: Sequence[dict[str, Any]]) -> str:
    """Say of which kind the first failure is; empty: there is none."""
    first = next((each for each in said if each["how"]), None)
    if first is None:
        return ""
    return _OUTCOMES.get(first["how"], "wrong_answer" if "expected" in first or "line" not in first else "exception")


def findings(said: Sequence[dict[str, Any]]) -> tuple[Diagnostic, ...]:
    """Give what failed, with the test's name."""
    return tuple(
        Diagnostic(
            stage="test",
            tool=TOOL,
            rule=outcome_of([each]),
            message=f"test {case.name}: {_message(each)}",
            expression=case.expression,
            expected=case.expected,
            actual=case.actual,
            exception=case.exception,
            line=case.line,
        )
        for each, case in zip(said, read_cases(said), strict=True)
        if each["how"]
    )


def mistakes(output: str, name: str) -> tuple[str, ...]:
    """Read rustc's JSON about the user's file: each error as file, line and message; none: they lie elsewhere."""
    found = []
    for line in output.splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            continue  # not rustc's own
        spans = [span for span in said.get("spans", ()) if str(span.get("file_name", "")).endswith(FILE)]
        if said.get("level") == "error" and spans:
            place = next((span for span in spans if span.get("is_primary")), spans[0])
            found.append(f"{name}:{place['line_start']}: {said['message']}")
    return tuple(found)


def _message(said: dict[str, Any]) -> str:
    return _ENDS.get(said["how"], "") or str(said.get("message", "")) or "failed"


def _case(said: dict[str, Any]) -> CaseResult:
    if not said["how"]:
        return CaseResult(name=said["name"], status=CaseStatus.PASSED, is_opaque=True)
    has_values = "expected" in said
    return CaseResult(
        name=said["name"],
        status=CaseStatus.FAILED if outcome_of([said]) == "wrong_answer" else CaseStatus.RAISED,
        expression=said.get("calls", ""),
        expected=said.get("expected", ""),
        actual=said.get("actual", ""),
        exception="" if has_values else _message(said),
        line=said.get("line"),
        is_opaque=not has_values,
    )
