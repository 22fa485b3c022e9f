"""The kinds of faults that models make, each as the edits that would put it into a program.

A kind gives every place where it fits; ``program`` chooses. What a kind does in a language is told by that language's
``shapes``; a kind that finds no place in a program is not one of that program's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from codeloop.inject.expressions import (
    negated_condition,
    off_by_one,
    swapped_arguments,
    wrong_comparison,
    wrong_constant,
    wrong_operator,
    wrong_type,
)
from codeloop.inject.names import missing_import, unused_variable, wrong_name, wrong_variable
from codeloop.inject.source import Edit, Source
from codeloop.inject.statements import infinite_loop, missing_case, missing_return, syntax


class Kind(StrEnum):
    """What is wrong. Each has one value in reports and in a suite's ``kinds=``."""

    WRONG_NAME = "wrong_name"
    """A use of a name is misspelt: nothing is called so."""
    WRONG_VARIABLE = "wrong_variable"
    """A use of a variable is another one of the same type that is seen there."""
    MISSING_IMPORT = "missing_import"
    """A library's name is used without what brings it in: its import is gone, or its qualifier (``math.``)."""
    UNUSED_VARIABLE = "unused_variable"
    """A new value goes into a new name that nothing reads, so that the old one stays. (A variable that is only too
    many does no harm outside Go: no test could notice, and a repair could not be told from doing nothing.)"""
    OFF_BY_ONE = "off_by_one"
    """A bound is taken in or left out (``<`` for ``<=``), or a position is one too high or low."""
    WRONG_OPERATOR = "wrong_operator"
    """Another arithmetic or logical operator."""
    WRONG_COMPARISON = "wrong_comparison"
    """The opposite comparison."""
    NEGATED_CONDITION = "negated_condition"
    WRONG_CONSTANT = "wrong_constant"
    """Another number, truth value or text."""
    WRONG_TYPE = "wrong_type"
    """Text in place of a number, or of what is returned."""
    SWAPPED_ARGUMENTS = "swapped_arguments"
    """The first two arguments of a call, or the operands of ``-``, ``/`` or ``%``, change places."""
    MISSING_CASE = "missing_case"
    """A branch or a guard is left out."""
    MISSING_RETURN = "missing_return"
    INFINITE_LOOP = "infinite_loop"
    """The update that would end a loop is left out."""
    SYNTAX = "syntax"
    """A bracket, colon or semicolon is left out."""


_TYPED = frozenset({"java", "cpp", "go", "rust"})
_NO_COMPILE: Mapping[Kind, frozenset[str]] = {
    Kind.SYNTAX: _TYPED | {"python", "javascript"},
    Kind.WRONG_NAME: _TYPED,
    Kind.MISSING_IMPORT: _TYPED,
    Kind.MISSING_RETURN: frozenset({"java", "go", "rust"}),
    Kind.UNUSED_VARIABLE: frozenset({"go"}),
}


def must_not_compile(kind: str, language: str) -> bool:
    """Say whether a program with this fault must fail the compile stage; one that does not has another fault, or none."""
    return language in _NO_COMPILE.get(Kind(kind), frozenset())


Operator = Callable[[Source], Iterator[Edit]]

KINDS: Mapping[Kind, Operator] = {
    Kind.WRONG_NAME: wrong_name,
    Kind.WRONG_VARIABLE: wrong_variable,
    Kind.MISSING_IMPORT: missing_import,
    Kind.UNUSED_VARIABLE: unused_variable,
    Kind.OFF_BY_ONE: off_by_one,
    Kind.WRONG_OPERATOR: wrong_operator,
    Kind.WRONG_COMPARISON: wrong_comparison,
    Kind.NEGATED_CONDITION: negated_condition,
    Kind.WRONG_CONSTANT: wrong_constant,
    Kind.WRONG_TYPE: wrong_type,
    Kind.SWAPPED_ARGUMENTS: swapped_arguments,
    Kind.MISSING_CASE: missing_case,
    Kind.MISSING_RETURN: missing_return,
    Kind.INFINITE_LOOP: infinite_loop,
    Kind.SYNTAX: syntax,
}
"""What each kind does."""
