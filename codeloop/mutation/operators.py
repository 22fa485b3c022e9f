"""Mutation operators, and what takes the place of a token.

The selection is that of Offutt et al. (1996, "An experimental determination of sufficient mutant operators") without
absolute values, with statement deletion (Deng et al. 2013) and returned values, as PIT has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Operator(StrEnum):
    """What a mutant does; the value stands in reports."""

    ROR = "ROR"
    """Relational operator: the boundary moved, the opposite side, equal for unequal."""
    AOR = "AOR"
    """Arithmetic or bitwise operator."""
    LCR = "LCR"
    """Logical connector: and for or."""
    COND = "COND"
    """A condition is always true, or always false."""
    UOD = "UOD"
    """A negation or a minus sign is left out."""
    CRP = "CRP"
    """Another constant: a number and one, zero for one, true for false."""
    SDL = "SDL"
    """A statement is left out: a call, an assignment to what has a value already, ``break`` and its like."""
    RET = "RET"
    """The type's default value is returned."""


RELATIONAL: Mapping[str, tuple[str, ...]] = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "===": ("!==",),
    "!==": ("===",),
    "is": ("is not",),
    "is not": ("is",),
    "in": ("not in",),
    "not in": ("in",),
}
"""Boundary first: it is the harder one to notice."""

ARITHMETIC: Mapping[str, str] = {
    "+": "-",
    "-": "+",
    "*": "+",
    "/": "*",
    "//": "*",
    "%": "*",
    "**": "*",
    "&": "|",
    "|": "&",
    "^": "&",
    "&^": "&",
    "<<": ">>",
    ">>": "<<",
    ">>>": "<<",
}
ASSIGNING: Mapping[str, str] = {f"{before}=": f"{after}=" for before, after in ARITHMETIC.items()}
"""Of augmented assignments; ``<=`` and ``>=`` are none: the keys are looked up in assignments only."""
LOGICAL: Mapping[str, str] = {"&&": "||", "||": "&&", "and": "or", "or": "and"}
