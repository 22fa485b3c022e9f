"""Change comments: drop them, replace them by ones that say nothing, or add such."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of, walk
from codeloop.perturb.source import Edit, Rewrite, Source, replaced, rewrites

if TYPE_CHECKING:
    from tree_sitter import Node

_NEUTRAL = ("/* See the tests. */", "/* As the caller expects. */", "/* To be kept in this order. */", "/* One part of the whole. */")  # fmt: skip


def change_comments(source: Source) -> Iterator[Rewrite]:
    """Change one comment, or all of them; add one before a function."""
    found = [each for each in walk(source.root) if each.type == "comment"]
    for at, node in enumerate(found):
        neutral = _NEUTRAL[at % len(_NEUTRAL)]
        yield rewrites(node, "a comment is dropped", [_dropped(source, node)])
        if text_of(node) != neutral:
            yield rewrites(node, "a comment says nothing", [_neutral(node, neutral)])
    if len(found) > 1:
        yield rewrites(found[0], "comments are dropped", [_dropped(source, each) for each in found])
        yield rewrites(found[0], "comments say nothing", _all_neutral(found))
    for at, body in enumerate(source.bodies):
        text = f"{_NEUTRAL[(at + len(found)) % len(_NEUTRAL)]}\n{source.margin(body.node)}"
        edit = Edit(start=body.node.start_byte, end=body.node.start_byte, text=text)
        yield rewrites(body.node, "a comment is added", [edit])


def _all_neutral(found: Sequence[Node]) -> list[Edit]:
    return [_neutral(each, _NEUTRAL[(at + 1) % len(_NEUTRAL)]) for at, each in enumerate(found)]


def _neutral(node: Node, text: str) -> Edit:
    return replaced(node, text)


def _dropped(source: Source, node: Node) -> Edit:
    """Take a comment out; with its lines where nothing else stands in them, else a blank stays."""
    start = source.code.rfind(b"\n", 0, node.start_byte) + 1
    end = source.code.find(b"\n", node.end_byte)
    end = len(source.code) if end < 0 else end
    if source.code[start : node.start_byte].strip() or source.code[node.end_byte : end].strip():
        return replaced(node, " ")
    return Edit(start=start, end=min(end + 1, len(source.code)), text="")
