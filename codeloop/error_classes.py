"""Error classes: the one place that says of which kind a failure is, the same kinds in every language.

Derived from the deciding report: its stage and outcome, then the rule of the first error (javac's keys, rustc's codes, Go's
rules), GCC's words, or the type of the first exception. The kinds are those by which repair rates are told (Olausson et
al., arXiv:2306.09896, and field studies of loops: names are repaired most often, assertions least).
"""

from __future__ import annotations

import re
from enum import StrEnum

from codeloop.attempts import CaseStatus, StageReport, Status, Verdict
from codeloop.diagnostics import Severity


class ErrorClass(StrEnum):
    """Kinds of failure, in the order of tables."""

    SYNTAX = "syntax"
    NAME = "name"
    """A name, import, member or entry point that does not exist."""
    TYPE = "type"
    """What else a compiler refuses, or a type error at run time."""
    ASSERTION = "assertion"
    """It ran, and the answer is wrong."""
    EXCEPTION = "exception"
    """It raised, panicked or was ended by a signal."""
    TIMEOUT = "time-out"
    LINT = "lint"
    OTHER = "other"
    """No code, refused, out of memory, too much output, ended early, forged, the machine's fault."""


_BY_OUTCOME = {
    "syntax": ErrorClass.SYNTAX,
    "missing_entry_point": ErrorClass.NAME,
    "signature": ErrorClass.TYPE,
    "wrong_answer": ErrorClass.ASSERTION,
    "crashed": ErrorClass.EXCEPTION,
    "timeout": ErrorClass.TIMEOUT,
    "wall_timeout": ErrorClass.TIMEOUT,
}
_NAME_RULES = re.compile(
    r"compiler\.err\.(?:cant\.resolve.*|doesnt\.exist)"  # javac: symbols, packages
    r"|E0(?:405|407|412|422|423|424|425|432|433|437|438|531|560|576|599|609)"  # rustc: names, paths, imports, methods, fields
    r"|undefined"  # Go's rules: codeloop.languages.go
)
_NAME_WORDS = re.compile(
    r"was not declared in this scope|has not been declared|is not a member of|has no member named"
    r"|does not name a type|: No such file or directory"  # GCC: 'm' was not declared in this scope
    r"|^could not import |^cannot find (?:macro|attribute|derive macro) "  # Go; rustc, which gives these no code
)
_NAME_EXCEPTIONS = frozenset({"NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError", "ReferenceError"})
_TYPE_EXCEPTIONS = frozenset({"TypeError", "ClassCastException"})


def error_class(verdict: Verdict) -> ErrorClass | None:
    """Give the kind of failure; ``None`` for a pass."""
    if verdict.status is Status.PASSED:
        return None
    if verdict.status is Status.ERRORED:
        return ErrorClass.OTHER
    report = verdict.last
    if report.stage == "lint":
        return ErrorClass.LINT
    if report.outcome == "types":
        return _of_compiler(report)
    return _of_exception(report) if report.outcome == "exception" else _BY_OUTCOME.get(report.outcome, ErrorClass.OTHER)


def _of_compiler(report: StageReport) -> ErrorClass:
    first = next((item for item in report.diagnostics if item.severity is Severity.ERROR), None)
    is_name = first is not None and (_NAME_RULES.fullmatch(first.rule) or _NAME_WORDS.search(first.message))
    return ErrorClass.NAME if is_name else ErrorClass.TYPE


def _of_exception(report: StageReport) -> ErrorClass:
    """Read ``NameError: name 'm' is not defined``, ``java.lang.ClassCastException: class …``, ``panic: …``."""
    raised = [case.exception for case in report.cases if case.status is CaseStatus.RAISED]
    text = next(filter(None, [*raised, *(item.exception for item in report.diagnostics)]), "")
    name, _, said = text.partition(":")
    kind = name.strip().rpartition(".")[2]
    if kind in _NAME_EXCEPTIONS or said.startswith(" Cannot find module "):
        return ErrorClass.NAME
    if kind == "AttributeError":  # a member that does not exist, as a compiler would say; of None it is no one's member
        return ErrorClass.TYPE if said.startswith(" 'NoneType'") else ErrorClass.NAME
    return ErrorClass.TYPE if kind in _TYPE_EXCEPTIONS else ErrorClass.EXCEPTION
