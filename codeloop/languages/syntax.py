"""Syntax: tree-sitter, and the table by which extraction reads a language.

Answers are parsed by tree-sitter because it reads broken and unfinished text too, and because the host's own parsers may
be older than the toolchains in the images. This is the only module that imports it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """What extraction must know of a language: node types of its grammar, and a few words."""

    grammar: str
    """Module of the grammar's wheel."""
    comments: frozenset[str]
    imports: frozenset[str]
    functions: frozenset[str]
    types: frozenset[str]
    nested: frozenset[str]
    """Nodes whose inside is another function's: a ``return`` in them ends something else."""
    returns: frozenset[str]
    assertions: frozenset[str]
    loose: frozenset[str]
    """Statements that run when the program is loaded."""
    names: frozenset[str]
    """Leaves that name something."""
    fillers: frozenset[str]
    """Leaves and statements that do nothing: a function of nothing else is a stub."""
    starts: re.Pattern[str]
    """Matches a line that begins a program in running text."""
    declares: str
    """Pattern of a declaration of ``NAME``: for text that is too broken to be parsed."""
    binders: tuple[tuple[str, str], ...]
    """(node type, field) of what binds a local name; an empty field means the node's own leaves."""
    selectors: tuple[tuple[str, str], ...]
    """(node type, field) of names that are looked up in something, not in the program."""
    shows: frozenset[str]
    """Calls that only show, try or test something."""
    tests: re.Pattern[str]
    """Matches the whole name of a function or type that tests."""
    packages: frozenset[str] = frozenset()
    """Statements that place the program where the tests cannot see it."""
    holder: str = ""
    """Type that must hold the entry point; empty where functions stand alone."""
    has_braces: bool = True
    has_overloads: bool = False
    """Functions of one name with other parameter types may stand side by side."""


@cache
def parser(grammar: str) -> Parser:
    """Give the parser of a grammar's wheel; imported here because a run needs only its own languages."""
    from tree_sitter import Language, Parser

    return Parser(Language(import_module(grammar).language()))


def parse(syntax: Syntax | str, code: str) -> Node:
    """Parse ``code`` by a language's table or its grammar's name; never raises, errors are nodes."""
    return _parsed(syntax if isinstance(syntax, str) else syntax.grammar, code)


@lru_cache(maxsize=4)  # one text is asked about again and again; more would hold memory for nothing
def _parsed(grammar: str, code: str) -> Node:
    return parser(grammar).parse(to_bytes(code)).root_node


def to_bytes(text: str) -> bytes:
    """Encode as the parser reads it; lone surrogates of hostile text stay what they are."""
    return text.encode("utf-8", "surrogatepass")


def to_text(data: bytes) -> str:
    """Decode what ``to_bytes`` gave, or a part of it that ends at a node's border."""
    return data.decode("utf-8", "surrogatepass")


def text_of(node: Node | None) -> str:
    """Give the source text of a node; empty for none."""
    return "" if node is None or node.text is None else to_text(node.text)


def walk(node: Node, stops: Collection[str] = ()) -> Iterator[Node]:
    """Give a node and all below it, outermost first; what is below a node of a type in ``stops`` is left out.

    A stack of its own, because hostile text nests deeper than Python's.
    """
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current is node or current.type not in stops:
            stack.extend(reversed(current.children))


def free_names(syntax: Syntax, node: Node) -> set[str]:
    """Give the names that a statement uses and does not bind inside itself: scopes within it are taken as one."""
    used: set[str] = set()
    bound: set[str] = set()
    skipped: set[int] = set()
    for inner in walk(node):
        if inner.type in syntax.names and inner.id not in skipped:
            used.add(text_of(inner))
        for kind, name in syntax.selectors:
            child = inner.child_by_field_name(name) if inner.type == kind else None
            skipped |= {child.id} if child is not None else set()
        for kind, name in syntax.binders:
            if inner.type == kind:
                bound |= _bound_leaves(syntax, inner, name)
    return used - bound


def _bound_leaves(syntax: Syntax, node: Node, name: str) -> set[str]:
    """Name the leaves of a pattern; ``a.b`` and ``a[b]`` on the left bind nothing."""
    parts = list(node.named_children) if not name else [p for p in [node.child_by_field_name(name)] if p is not None]
    found: set[str] = set()
    while parts:
        part = parts.pop()
        if part.type in syntax.names:
            found.add(text_of(part))
        elif part.type.endswith(("pattern", "pattern_list")):
            parts += part.named_children
    return found


def in_margin(body: str, margin: str) -> str:
    """Indent a body whose first line begins at the margin: all of it, or, where the others are indented, that line alone.

    A tokenizer or a template may have eaten the first line's blanks only.
    """
    if body[:1].isspace():
        return body
    first, _, rest = body.partition("\n")
    indents = [len(line) - len(line.lstrip()) for line in rest.split("\n") if line.strip()]
    opens = first.rstrip().endswith((":", "(", "[", "{", ",", "\\"))
    is_alone = bool(indents) and min(indents) > 0 and not (opens and indents[0] == min(indents))
    return margin + body if is_alone else textwrap.indent(body, margin)


_TOKENS = re.compile(
    r'/\*.*?(?:\*/|\Z)|//[^\n]*|""".*?(?:"""|\Z)|"(?:\\.|[^"\\\n])*"?|\'(?:\\.|[^\'\\\n])*\'?|[{}]', re.S
)


def braces(code: str) -> list[tuple[int, int]]:
    """Give (place after the brace, depth after it) of every brace that is not in a comment or a literal."""
    depth, places = 0, []
    for match in _TOKENS.finditer(code):
        if match[0] in {"{", "}"}:
            depth += 1 if match[0] == "{" else -1
            places.append((match.end(), depth))
    return places


def brace_depth(code: str) -> int:
    """Give how many braces are still open at the end."""
    places = braces(code)
    return places[-1][1] if places else 0
