"""Mutants: every place of a program where an operator fits, as the text that would stand there.

One core for all languages; what differs is in ``Shapes`` and ``Grammar``. A mutant replaces one whole node: an expression
by another expression, a statement by nothing. So the same mutant can be compiled alone or chosen among others at run time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codeloop.languages.syntax import text_of, to_bytes, to_text
from codeloop.mutation.conditions import condition_mutants
from codeloop.mutation.constants import constant_mutants
from codeloop.mutation.expressions import operator_mutants, unary_mutants
from codeloop.mutation.forms import Form, form_of
from codeloop.mutation.left_out import reason
from codeloop.mutation.operators import Operator
from codeloop.mutation.program import Draft, Program
from codeloop.mutation.returns import return_mutants
from codeloop.mutation.statements import deletion_mutants


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One fault. ``start`` and ``end`` are bytes of the program; lines and columns count from 1, in characters.

    ``id`` counts from 1 in the order of the program's text. ``is_statement``: what is replaced is a whole statement.
    """

    id: int
    operator: Operator
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int
    original: str
    replacement: str
    is_statement: bool
    form: Form
    host: tuple[int, int]
    """Bytes of the node that its guard is put round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutants:
    """All mutants of a program, and how many were left out by which rule (``left_out``)."""

    all: tuple[Mutant, ...]
    left_out: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.all)

    def __iter__(self) -> Iterator[Mutant]:
        return iter(self.all)


_SOURCES = (
    operator_mutants,
    unary_mutants,
    condition_mutants,
    constant_mutants,
    deletion_mutants,
    return_mutants,
)


def find_mutants(language: str, code: str, operators: frozenset[Operator] = frozenset(Operator)) -> Mutants:
    """Find every mutant of ``code``; none where the text is no program. Raises UnknownName for a language without a table.

    What would behave as the original by construction is left out, by the named rules of ``left_out``; so is the second
    of two mutants with the same text at the same place.
    """
    program = Program(language, code)
    kept: dict[tuple[int, int, str], Draft] = {}
    left_out: Counter[str] = Counter()
    for node in program.nodes:
        for source in _SOURCES:
            for draft in source(program, node):
                if draft.operator not in operators:
                    continue
                why = reason(program, draft) or _again(draft, kept)
                if why:
                    left_out[why] += 1
                else:
                    kept[draft.node.start_byte, draft.node.end_byte, draft.text] = draft
    drafts = sorted(kept.values(), key=lambda draft: (draft.node.start_byte, -draft.node.end_byte))
    return Mutants(
        all=tuple(_mutant(program, number, draft) for number, draft in enumerate(drafts, 1)), left_out=dict(left_out)
    )


def _again(draft: Draft, kept: Mapping[tuple[int, int, str], Draft]) -> str:
    is_known = (draft.node.start_byte, draft.node.end_byte, draft.text) in kept
    return "same-text" if is_known or draft.text == text_of(draft.node) else ""


def _mutant(program: Program, number: int, draft: Draft) -> Mutant:
    node = draft.node
    line, column = program.place(node.start_byte)
    end_line, end_column = program.place(node.end_byte)
    form, host = form_of(program, draft)
    return Mutant(
        id=number,
        operator=draft.operator,
        start=node.start_byte,
        end=node.end_byte,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        original=text_of(node),
        replacement=draft.text,
        is_statement=draft.is_statement,
        form=form,
        host=host.byte_range,
    )


def mutated(code: str, mutant: Mutant) -> str:
    """Give the program with one mutant in it: what is compiled where schemata are not used."""
    data = to_bytes(code)
    text = mutant.replacement if mutant.is_statement or mutant.replacement.isalnum() else f"({mutant.replacement})"
    before, after = to_text(data[: mutant.start]), to_text(data[mutant.end :])
    return before + _between(before, text) + text + _between(text, after) + after


def _between(left: str, right: str) -> str:
    """Keep two words apart, as in ``if(a): …`` with ``True`` for ``(a)``."""
    return " " if re.search(r"\w$", left) and re.match(r"\w", right) else ""


__all__ = ["Mutant", "Mutants", "find_mutants", "mutated"]
