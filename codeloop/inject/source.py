"""A right program as the kinds of faults read it: its tree, its names, and where a fault may stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from codeloop.languages import Language, get_language
from codeloop.languages.shapes import SHAPES, Shapes
from codeloop.languages.syntax import Syntax, parse, text_of, to_bytes, walk

if TYPE_CHECKING:
    from tree_sitter import Node

    from codeloop.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Bytes ``start`` to ``end`` of a program, and what shall stand there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A name that is bound at a byte, seen from ``scope`` on; ``type`` is the type as written, empty where none is."""

    name: str
    at: int
    scope: tuple[int, int]
    type: str


class Source:
    """``prompt + reference`` of a task. Nodes are those of the reference: what the task gives is never at fault."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.language: Language = get_language(task.language)
        self.syntax: Syntax = self.language.syntax
        self.shapes: Shapes = SHAPES[task.language]
        self.code = to_bytes(task.prompt + task.reference)
        self.start = len(to_bytes(task.prompt))
        self.root = parse(self.syntax, task.prompt + task.reference)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Every node that begins in the reference, outermost first; comments are left out."""
        found = walk(self.root, stops=self.syntax.comments)
        return tuple(n for n in found if n.start_byte >= self.start and n.type not in self.syntax.comments)

    def of(self, types: object) -> Iterator[Node]:
        """Give the nodes of these types (anything that ``in`` works on)."""
        return (node for node in self.nodes if node.type in types)  # type: ignore[operator]  # a set or a mapping

    def text(self, start: int, end: int) -> str:
        """Give the text between two bytes."""
        return self.code[start:end].decode("utf-8", "surrogatepass")

    @cached_property
    def names(self) -> frozenset[str]:
        """Every word of the program that names something."""
        leaves = (node for node in walk(self.root) if node.child_count == 0 and "identifier" in node.type)
        return frozenset(text_of(leaf) for leaf in leaves)

    @cached_property
    def imported(self) -> frozenset[str]:
        """The names that imports bring."""
        imports = (node for node in walk(self.root) if node.type in self.syntax.imports)
        return frozenset(name for node in imports for name in self.language.bound(node))

    @cached_property
    def bindings(self) -> tuple[Binding, ...]:
        """The local names: parameters and variables, without the entry point."""
        found = (_binding(self, node, leaf) for node, leaf in self._bound)
        return tuple(b for b in found if b.name not in {"_", self.task.entry_point})

    @cached_property
    def binders(self) -> frozenset[int]:
        """Ids of the leaves that bind a name."""
        return frozenset(leaf.id for _, leaf in self._bound)

    @cached_property
    def _bound(self) -> tuple[tuple[Node, Node], ...]:
        """(what binds, the leaf that is bound) over the whole program: parameters stand in what the task gives."""
        pairs: list[tuple[Node, Node]] = []
        for node in walk(self.root):
            for kind, name in self.syntax.binders:
                if node.type == kind:
                    parts = node.children_by_field_name(name) if name else node.named_children
                    pairs += [(node, leaf) for part in parts for leaf in _leaves(self.syntax, part)]
        return tuple(pairs)


def _leaves(syntax: Syntax, part: Node) -> Iterator[Node]:
    """Give the names in a pattern; ``a.b`` and ``a[b]`` on the left bind nothing, and a nested binder sees to itself."""
    if part.type in syntax.names:
        yield part
    elif part.type.endswith(("pattern", "pattern_list", "expression_list", "reference_declarator")):
        for inner in part.named_children:
            yield from _leaves(syntax, inner)


def _binding(source: Source, node: Node, leaf: Node) -> Binding:
    typed = node.child_by_field_name("type") or (node.parent.child_by_field_name("type") if node.parent else None)
    scope = node.parent
    while scope is not None and scope.type not in source.shapes.scopes:
        scope = scope.parent
    reach = (leaf.start_byte, len(source.code)) if scope is None else (leaf.start_byte, scope.end_byte)
    return Binding(name=text_of(leaf), at=leaf.start_byte, scope=reach, type=text_of(typed))


def without(source: Source, node: Node) -> Edit:
    """Take a node out: with its line where it stands alone, and with what a block must hold where it was all of it."""
    start, end, holder = node.start_byte, node.end_byte, node.parent
    is_in_block = holder is not None and holder.type in source.shapes.holders
    if source.shapes.empty and is_in_block and holder is not None and holder.named_child_count == 1:
        return Edit(start=start, end=end, text=source.shapes.empty)
    line_start, line_end = source.code.rfind(b"\n", 0, start) + 1, source.code.find(b"\n", end)
    is_alone = line_end >= 0 and not (source.code[line_start:start] + source.code[end:line_end]).strip()
    if is_alone and line_start >= source.start:
        return Edit(start=line_start, end=line_end + 1, text="")
    return Edit(start=start, end=end, text="")


def returned(node: Node) -> Node | None:
    """Give what a ``return`` gives; a list in braces is no value that could stand alone."""
    value = node.named_children[0] if node.type.startswith("return") and node.named_child_count else None
    return None if value is not None and value.type == "initializer_list" else value
