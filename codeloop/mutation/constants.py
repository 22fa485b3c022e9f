"""Mutants of constants: a number and one, zero for one, the other truth value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of
from codeloop.mutation.operators import Operator
from codeloop.mutation.program import Draft, Program

if TYPE_CHECKING:
    from tree_sitter import Node

_NUMBER = re.compile(r"(\d[\d_]*)(\.\d*)?((?:[eE][+-]?\d+)?[a-zA-Z]\w*|)")


def constant_mutants(program: Program, node: Node) -> Iterator[Draft]:
    """Change a decimal number by one, and turn a truth value round; other literals are left alone."""
    if node.type in program.grammar.constants and node.child_count == 0:
        yield Draft(operator=Operator.CRP, node=node, text=program.grammar.constants[node.type])
    if node.type == "boolean_literal":
        text = {"true": "false", "false": "true"}.get(text_of(node), "")
        yield Draft(operator=Operator.CRP, node=node, text=text)
    match = _NUMBER.fullmatch(text_of(node)) if node.type in program.shapes.numbers else None
    if match is None or (len(match[1]) > 1 and match[1].startswith("0")):
        return
    number = int(match[1].replace("_", ""))
    other = 0 if number == 1 and not match[2] and not _divides(node) else number + 1
    yield Draft(operator=Operator.CRP, node=node, text=f"{other}{match[2] or ''}{match[3]}")


def _divides(node: Node) -> bool:
    """Say whether a number stands after a division: zero there is an error of compilers."""
    before = node.prev_sibling
    return before is not None and before.type in {"/", "%", "//", "/=", "%=", "//="}
