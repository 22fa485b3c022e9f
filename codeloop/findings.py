"""Findings: failing cases and diagnostics as one list, root causes first, grouped, capped, and compared with earlier ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from codeloop.attempts import CaseResult, CaseStatus, StageReport, Verdict
from codeloop.diagnostics import Category, Diagnostic, Severity
from codeloop.languages.scopes import scope_of
from codeloop.languages.syntax import Syntax

_T = TypeVar("_T")
MATTERING = frozenset({Category.BUG, Category.SECURITY, Category.DEAD_CODE})


def matters(item: Diagnostic) -> bool:
    """Say whether an analyser's finding is worth a repair: a bug, a hole or dead code; a note never is."""
    return item.category in MATTERING and item.severity is not Severity.NOTE


class Cause(IntEnum):
    """Kinds of finding, in the order in which they cause one another."""

    SYNTAX = 0
    NAME = 1
    TYPE = 2
    OTHER = 3


# Rule ids and messages of: CPython, ruff, ty; javac, PMD; GCC, cppcheck; V8, oxlint; go, vet, staticcheck; rustc, clippy.
_CAUSES = (
    (
        Cause.SYNTAX,
        re.compile(
            r"SyntaxError|IndentationError|TabError|invalid-syntax|[Ss]yntax error|\bsyntaxError|[Uu]nexpected token"
            r"|compiler\.err\.(?:expected|illegal\.|premature|not\.stmt|unclosed|orphaned|else\.without|catch\.without"
            r"|malformed|int\.number|empty\.char|invalid\.meth\.decl)"
            r"|expected .{1,80} (?:before|at end|after|but found|found)|expected one of|stray .{1,10} in program"
            r"|missing terminating|unterminated|mismatched closing|unclosed delimiter|unmatched|this file contains an un"
        ),
    ),
    (
        Cause.NAME,
        re.compile(
            r"\bF82[123]\b|[Uu]ndefined|not defined|compiler\.err\.(?:cant\.(?:resolve|ref)|doesnt\.exist)"
            r"|cannot find|not declared|not been declared|\bE04(?:05|12|22|23|24|25|26|32|33|34|37)\b|[Uu]nresolved"
            r"|NameError|ImportError|ModuleNotFoundError|ReferenceError|UnboundLocalError|No such file"
            r"|AttributeError|is not in std|does not name a type|has no (?:member|attribute)|is not a known attribute|import-not-found"
            r"|missing-(?:union-)?attribute|missing-module-member|missing-entry-point|imported and not used|no-undef"
        ),
    ),
    (
        Cause.TYPE,
        re.compile(
            r"TypeError|compiler\.err\.(?:prob\.found|cant\.apply|incomparable|operator\.cant|incompatible|not\.def\.)"
            r"|[Ii]ncompatible type|cannot convert|invalid conversion|no matching function|no match for"
            r"|\bE0(?:061|107|277|282|283|308|369|599|600|604|605|606|614|618)\b|mismatched types|mismatched-type"
            r"|invalid-(?:argument|assignment|explicit-return|implicit-return|parameter|type)|unsupported-operator|cannot use .{1,200} as"
            r"|invalid operation|not-callable|call-non-callable|not-subscriptable|not-iterable|missing-argument"
            r"|too-many-positional|unknown-argument|no-matching-overload|not enough arguments|too many arguments"
        ),
    ),
)


def cause_of(item: Diagnostic) -> Cause:
    """Say what kind of finding it is, by its rule, its message and, of a failing case, its exception."""
    text = f"{item.rule} {item.message} {item.exception}"
    return next((cause for cause, pattern in _CAUSES if pattern.search(text)), Cause.OTHER)


def of_report(
    report: StageReport, *, code: str = "", syntax: Syntax | None = None, entry_point: str = ""
) -> tuple[Diagnostic, ...]:
    """Give a report's diagnostics and, in the same shape, its failing cases.

    With ``code`` and its ``syntax``, the function that raised is named; ``entry_point`` helps to tell a case's input.
    """
    failing = (case for case in report.cases if case.status in (CaseStatus.FAILED, CaseStatus.RAISED))
    cases = (of_case(case, code=code, syntax=syntax, entry_point=entry_point) for case in failing)
    return (*report.diagnostics, *cases)


def of_case(case: CaseResult, *, code: str = "", syntax: Syntax | None = None, entry_point: str = "") -> Diagnostic:
    """Give a failing case as a diagnostic. Its message leaves the answer out: a case that goes on failing is one finding."""
    has_raised = case.status is CaseStatus.RAISED
    name = re.match(r"[\w.:$]+", case.exception) if has_raised else None
    lines = code.split("\n")
    has_line = case.line is not None and 0 < case.line <= len(lines) and bool(code)
    return Diagnostic(
        stage="test",
        tool="codeloop",
        rule=(name[0].rstrip(":") if name else "exception") if has_raised else "wrong-answer",
        message=case.exception if has_raised else "the answer is not the expected one",
        line=case.line,
        source_line=lines[case.line - 1] if has_line and case.line is not None else "",
        expression=case.expression,
        input=arguments_of(case.expression, entry_point),
        expected=case.expected,
        actual=case.actual,
        exception=case.exception,
        frame=scope_of(code, case.line, None, syntax) if has_line and case.line is not None and syntax else "",
    )


def arguments_of(expression: str, entry_point: str = "") -> str:
    """Give the text between the parentheses of the entry point's first call in an expression; empty where there is none.

    Brackets in quoted text do not count. Without a known name it is the first call that is no ``abs``, ``assert`` and such.
    """
    names = "|".join(re.escape(name) for name in (entry_point, "candidate") if name)
    found = re.search(rf"\b(?:{names})\s*\(", expression) or re.search(
        r"\b(?!(?:abs|assert\w*|len|sorted|not|str|int|float|list|set|round|if|fabs|equals|eq)\b)[A-Za-z_]\w*\s*\(",
        expression,
    )
    return _inside(expression, found.end()) if found else ""


def _inside(text: str, start: int) -> str:
    """Give what follows up to the bracket that closes; nothing if none does."""
    depth, quote, place = 1, "", start
    while place < len(text):
        character = text[place]
        if quote:
            place += character == "\\"
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if not depth:
                return text[start:place].strip()
        place += 1
    return ""


def regressions(before: Verdict, after: Verdict) -> tuple[str, ...]:
    """Give the expressions of visible cases that passed before and do not now, be it that they fail or do not run any more.

    Vacuous cases are none: passing them was evidence of nothing.
    """
    passes = {case.name for case in after.cases if case.status is CaseStatus.PASSED}
    sound = (case for case in before.cases if case.status is CaseStatus.PASSED and not case.is_vacuous)
    return tuple(case.expression or case.name for case in sound if case.name not in passes)


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_LAST = 1 << 30


def by_cause(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Order findings: those that cause others first, errors before warnings, then by place, then the smaller input."""
    return tuple(sorted(findings, key=_order))


def _order(item: Diagnostic) -> tuple[int, int, int, int, int]:
    place = (item.line or _LAST, item.column or 0) if not item.expression else (_LAST, 0)
    return (cause_of(item), _RANKS[item.severity], *place, len(item.expression))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A root cause and what most likely follows from it, or is the same elsewhere."""

    cause: Diagnostic
    symptoms: tuple[Diagnostic, ...] = ()

    @property
    def lines(self) -> tuple[int, ...]:
        """Give the lines of all of them, in order, each once."""
        return tuple(sorted({item.line for item in (self.cause, *self.symptoms) if item.line is not None}))


def group(findings: Iterable[Diagnostic]) -> tuple[Group, ...]:
    """Group findings by root cause, in the order of ``by_cause``.

    One group are: what one name that is missing causes at any line and by any tool; one rule with one message (numbers
    aside); a place that two tools speak of as the same kind; a syntax error and what its tool says from that line on.
    """
    ordered = by_cause(findings)
    broken: dict[tuple[str, str], Diagnostic] = {}
    for item in ordered:
        if cause_of(item) is Cause.SYNTAX and item.severity is Severity.ERROR:
            broken.setdefault((item.stage, item.tool), item)
    groups: dict[tuple[object, ...], list[Diagnostic]] = {}
    for item in ordered:
        root = broken.get((item.stage, item.tool))
        follows = root is not None and (item.line or _LAST) >= (root.line or 0)
        groups.setdefault(_key(root if follows and root is not None else item), []).append(item)
    return tuple(Group(cause=items[0], symptoms=tuple(items[1:])) for items in groups.values())


def _key(item: Diagnostic) -> tuple[object, ...]:
    cause = cause_of(item)
    quoted = re.search(r"[`'\"‘“]([\w.$]+)[`'\"’”]", item.message)
    if cause is Cause.NAME and item.stage != "test":
        return (item.stage, cause, quoted[1] if quoted else re.sub(r"\d+", "0", item.message))
    if cause is Cause.SYNTAX or (cause is Cause.TYPE and item.line is not None and item.stage != "test"):
        return (item.stage, cause, item.line)
    return (item.stage, item.rule, re.sub(r"\d+", "0", item.message))


@dataclass(frozen=True, slots=True, kw_only=True)
class Capped(Generic[_T]):
    """The first of a list, and how many more there are."""

    shown: tuple[_T, ...]
    n_left_out: int


def capped(findings: Sequence[_T], n: int) -> Capped[_T]:
    """Keep the first ``n`` findings or groups."""
    return Capped(shown=tuple(findings[:n]), n_left_out=max(0, len(findings) - n))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What became of findings from one attempt to the next; ``persisting`` and ``new`` are the later attempt's."""

    fixed: tuple[Diagnostic, ...] = ()
    persisting: tuple[Diagnostic, ...] = ()
    new: tuple[Diagnostic, ...] = ()


def difference(before: Iterable[Diagnostic], after: Iterable[Diagnostic]) -> Difference:
    """Compare by fingerprint; of equal ones as many persist as both have."""
    left = list(before)
    persisting, new = [], []
    for item in after:
        match = next((old for old in left if old.fingerprint == item.fingerprint), None)
        if match is None:
            new.append(item)
        else:
            left.remove(match)
            persisting.append(item)
    return Difference(fixed=tuple(left), persisting=tuple(persisting), new=tuple(new))


__all__ = [
    "MATTERING", "Capped", "Cause", "Difference", "Group", "arguments_of", "by_cause", "capped", "cause_of", "difference",
    "group", "matters", "of_case", "of_report", "regressions",
]  # fmt: skip
