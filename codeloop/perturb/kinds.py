"""The kinds of rewrites, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from codeloop.perturb.comments import change_comments
from codeloop.perturb.conditions import invert_conditions
from codeloop.perturb.dead_code import add_dead_code
from codeloop.perturb.declarations import split_declarations
from codeloop.perturb.expressions import split_and_join
from codeloop.perturb.loops import change_loops
from codeloop.perturb.names import rename
from codeloop.perturb.order import reorder
from codeloop.perturb.source import Rewrite, Source


class Kind(StrEnum):
    """What a rewrite changes."""

    NAMES = "names"
    ORDER = "order"
    LOOPS = "loops"
    CONDITIONS = "conditions"
    EXPRESSIONS = "expressions"
    DECLARATIONS = "declarations"
    DEAD_CODE = "dead-code"
    COMMENTS = "comments"


KINDS: Mapping[Kind, Callable[[Source], Iterator[Rewrite]]] = {
    Kind.NAMES: rename,
    Kind.ORDER: reorder,
    Kind.LOOPS: change_loops,
    Kind.CONDITIONS: invert_conditions,
    Kind.EXPRESSIONS: split_and_join,
    Kind.DECLARATIONS: split_declarations,
    Kind.DEAD_CODE: add_dead_code,
    Kind.COMMENTS: change_comments,
}
