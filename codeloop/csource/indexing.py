"""Which pointers a function uses as arrays, and what its body says of how long they are.

Names alone (``csource.roles``) miss ``int sum(int rows, const int *v)``. Taken for a pointer to one value, nearly every input
would be a read outside, which is undefined and left out: a comparison of next to nothing, that passes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from codeloop.csource.words import ArrayUse
from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

Slices = Mapping[str, Mapping[int, int | None]]
"""Function to its arrays: place of the pointer among the parameters, and of its length; ``None``: it has none."""
_TWO, _ONE = MappingProxyType({0: 2, 1: 2}), MappingProxyType({0: 2})
LIBRARY: Slices = MappingProxyType(
    {"memcpy": _TWO, "memmove": _TWO, "memcmp": _TWO, "memset": _ONE, "memchr": _ONE, "qsort": MappingProxyType({0: 1})}
)
_COMPARING = frozenset({"<", "<=", ">", ">=", "!=", "=="})
_OF_OTHERS = frozenset({"subscript_expression", "call_expression", "field_expression", "pointer_expression"})
"""What is written there is compared by its value: the names in it stand for something else."""


@dataclass(slots=True)
class _Use:
    """What is done with one pointer."""

    is_array: bool = False
    offsets: list[Node] = field(default_factory=list)
    """What stands in its subscripts and is added where it is read."""
    ends: set[str] = field(default_factory=set)
    """Names that are added to it where nothing is read (``end = p + n``), handed on as its length, or in its declarator."""

    @property
    def indices(self) -> set[str]:
        return set[str]().union(*map(_names, self.offsets))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One side of a comparison against the other. ``reaches``: the bound itself is an index too (``i <= n``)."""

    bound: str
    index: set[str]
    reaches: bool


def uses_of(
    definition: Node, pointers: Collection[str], numbers: Collection[str], slices: Slices = LIBRARY
) -> Mapping[str, ArrayUse]:
    """Give the pointers that are used as arrays, with what is said of their lengths.

    ``pointers``, ``numbers``: names of parameters; only the latter can be lengths. ``slices``: what callees take.
    """
    uses = {name: _Use() for name in pointers}
    aliases = {name: name for name in pointers} | dict(_aliases(definition, pointers))
    for node in walk(definition):
        _note(node, aliases, uses)
        _note_call(node, aliases, uses, slices)
    compared, counted = list(_comparisons(definition)), set(_counted_down(definition))
    ended = {aliases[name] for name in _ended(definition) if name in aliases}
    return {
        name: replace(_judged(use, compared, counted, {*numbers}), is_ended=name in ended)
        for name, use in uses.items()
        if use.is_array
    }


def _judged(use: _Use, compared: Sequence[_Comparison], counted: Collection[str], numbers: set[str]) -> ArrayUse:
    """Choose by the best evidence that there is: an end, what the index is held against, what counts down."""
    if any(_factors(offset) & numbers for offset in use.offsets):
        return ArrayUse(is_beyond=True)  # rows of that width: what they are long together is no parameter
    indices = use.indices
    held = [each for each in compared if each.bound in numbers and each.index & (indices - {each.bound})]
    if any(each.reaches and not _is_behind(use.offsets, each.index) for each in held):
        return ArrayUse(is_beyond=True)
    for found in (
        use.ends & numbers,
        {each.bound for each in held},
        {*counted} & numbers if not indices else set[str](),
    ):
        if found:
            return ArrayUse(length=next(iter(found)) if len(found) == 1 else "", among=frozenset(found))
    return ArrayUse()


def _is_behind(offsets: Sequence[Node], names: set[str]) -> bool:
    """Say whether every offset with one of the names takes something off: ``v[i - 1]`` where ``i`` counts from 1."""
    concerned = [offset for offset in offsets if _names(offset) & names]
    return all(offset.type == "binary_expression" and _operator(offset) == "-" for offset in concerned)


def _factors(offset: Node) -> set[str]:
    """Give the names that are multiplied in an offset; what a remainder brings back below something does not count."""
    found, stack = set[str](), [offset]
    while stack:
        node = stack.pop()
        if _is_of_others(node) or (node.type == "binary_expression" and _operator(node) == "%"):
            continue
        if node.type == "binary_expression" and _operator(node) == "*":
            found |= _names(node)
        stack.extend(node.children)
    return found


def _aliases(definition: Node, pointers: Collection[str]) -> Iterator[tuple[str, str]]:
    """Find the local pointers that begin where a parameter points: ``const int *p = v;``."""
    for node in walk(definition):
        if node.type == "init_declarator":
            left, right = node.child_by_field_name("declarator"), node.child_by_field_name("value")
        elif node.type == "assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        else:
            continue
        if text_of(right) in pointers and left is not None and left.type in ("pointer_declarator", "identifier"):
            yield text_of(left).lstrip("* "), text_of(right)


def _note(node: Node, aliases: Mapping[str, str], uses: Mapping[str, _Use]) -> None:
    """Note what one node does with a pointer."""
    pointer, offset = _access(node, aliases)
    use = uses.get(aliases.get(text_of(pointer), ""))
    if use is None or text_of(offset) == "0":
        return
    is_name = offset is not None and offset.type == "identifier"
    if node.type == "array_declarator":
        use.ends |= _names(offset) if is_name else set()
        return
    use.is_array = True
    if node.type == "binary_expression" and is_name and not _is_read(node):
        use.ends |= _names(offset)
    elif offset is not None:
        use.offsets.append(offset)


def _note_call(node: Node, aliases: Mapping[str, str], uses: Mapping[str, _Use], slices: Slices) -> None:
    """Note a pointer that is handed on to a function which takes an array."""
    listed = node.child_by_field_name("arguments") if node.type == "call_expression" else None
    taken = slices.get(text_of(node.child_by_field_name("function")), {}) if listed is not None else {}
    given = [child for child in listed.named_children if child.type != "comment"] if listed is not None else []
    for at, length in taken.items():
        use = uses.get(aliases.get(text_of(given[at]), "")) if at < len(given) else None
        if use is not None:
            use.is_array = True
            if length is not None and length < len(given):
                use.ends |= _names(given[length])


def _access(node: Node, aliases: Collection[str]) -> tuple[Node | None, Node | None]:
    """Give the pointer and the offset of ``p[i]``, ``p + i``, ``p += i``, ``p++`` and the declarator ``p[n]``; else nothing."""
    operator = _operator(node)
    match node.type:
        case "subscript_expression":
            return node.child_by_field_name("argument"), node.child_by_field_name("index")
        case "binary_expression" if operator in ("+", "-"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            return (left, right) if text_of(left) in aliases else (right, left)
        case "assignment_expression" if operator in ("+=", "-="):
            return node.child_by_field_name("left"), node.child_by_field_name("right")
        case "update_expression":
            return node.child_by_field_name("argument"), None
        case "array_declarator":
            return node.child_by_field_name("declarator"), node.child_by_field_name("size")
        case _:
            return None, None


def _is_read(node: Node) -> bool:
    """Say whether what stands at an address is wanted: ``*(p + i)``, ``(p + i)->x``; also what is handed on."""
    around = node.parent
    while around is not None and around.type == "parenthesized_expression":
        around = around.parent
    return around is None or around.type in (
        "pointer_expression",
        "field_expression",
        "subscript_expression",
        "argument_list",
    )


def _comparisons(definition: Node) -> Iterator[_Comparison]:
    """Give each name on a side of a comparison, with those on the other side."""
    for node in walk(definition):
        operator = _operator(node)
        if node.type != "binary_expression" or operator not in _COMPARING:
            continue
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        for bound, index, inclusive in ((right, left, "<="), (left, right, ">=")):
            reaches = operator == inclusive and bound is not None and bound.type == "identifier"
            yield from (_Comparison(name, _names(index), reaches) for name in _names(bound))


def _ended(definition: Node) -> Iterator[str]:
    """Name the pointers of which an element is held against zero: ``while (*s)``, ``i < n && s[i]``."""
    for node in walk(definition):
        if node.type != "subscript_expression" and (node.type, _operator(node)) != ("pointer_expression", "*"):
            continue
        inner, around = node, node.parent
        while around is not None and around.type == "parenthesized_expression":
            inner, around = around, around.parent
        pointer = node.child_by_field_name("argument")
        if pointer is not None and around is not None and _asks_for_zero(around, inner):
            yield from (text_of(each) for each in walk(pointer) if each.type == "identifier")


def _asks_for_zero(around: Node, node: Node) -> bool:
    if around.type == "binary_expression":
        sides = [text_of(side) for side in around.named_children if side != node]
        return _operator(around) in ("&&", "||") or (_operator(around) in ("==", "!=") and sides in (["0"], ["'\\0'"]))
    return around.child_by_field_name("condition") == node or _operator(around) == "!"


def _counted_down(definition: Node) -> Iterator[str]:
    for node in walk(definition):
        if node.type == "update_expression" and _operator(node) == "--":
            yield from _names(node)


def _operator(node: Node) -> str:
    return text_of(node.child_by_field_name("operator"))


def _names(node: Node | None) -> set[str]:
    """Give the names that stand for their own values."""
    found, stack = set[str](), [node] if node is not None else []
    while stack:
        inner = stack.pop()
        if inner.type == "identifier":
            found.add(text_of(inner))
        stack.extend(() if _is_of_others(inner) else _parts(inner))
    return found


def _is_of_others(node: Node) -> bool:
    return node.type in _OF_OTHERS and not _is_cast(node)


def _parts(node: Node) -> Sequence[Node]:
    """Give what an expression is made of; of a cast, what is cast."""
    return node.children_by_field_name("arguments") if _is_cast(node) else node.children


def _is_cast(node: Node) -> bool:
    """Say whether a call is a cast to a type of the file's own: a call through a pointer is refused elsewhere."""
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    return called is not None and called.type == "parenthesized_expression"
