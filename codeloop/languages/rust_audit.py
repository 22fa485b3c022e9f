"""Audit of a Rust translation: every place where it leaves safe Rust, keeps state that nobody sees, or acts on the outside.

By syntax alone, so macros' arguments are read as tokens. The layer is not audited: it is written by `bridge.layer`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from codeloop.diagnostics import Diagnostic, Severity
from codeloop.languages.syntax import parse, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

GRAMMAR = "tree_sitter_rust"
STAGE = "unsafe"
ALLOWED = "allowed-unsafe"
"""The rule of a note on what a budget covers."""


class Kind(StrEnum):
    """What a place is."""

    UNSAFE = "unsafe"
    """The word itself: blocks, functions, impls, traits, attributes."""
    RAW_POINTER = "raw_pointer"
    STATIC_MUT = "static_mut"
    FOREIGN = "foreign"
    """Functions of another language, declared or exported."""
    HIDDEN_STATE = "hidden_state"
    """State that outlives a call and is not the contract's ``State``."""
    OUTSIDE = "outside"
    """Files, processes, threads, clocks, the environment."""


BUDGETED = frozenset({Kind.UNSAFE, Kind.RAW_POINTER, Kind.STATIC_MUT})
"""What a user may allow; all else a translation never needs."""
_OUTSIDE = frozenset(["fs", "process", "net", "env", "thread", "io", "os", "time", "arch", "intrinsics"])
_PRINTING = frozenset({"print", "println", "eprint", "eprintln", "dbg"})
_KEEPING = ("Mutex", "RwLock", "Atomic", "Cell", "OnceLock", "LazyLock", "Once")
_EXPORTS = frozenset({"no_mangle", "export_name", "link_section", "link"})
_MESSAGES = {
    Kind.UNSAFE: "the translation must be safe Rust",
    Kind.RAW_POINTER: "raw pointers are the layer's affair: take slices and references",
    Kind.STATIC_MUT: "variables of the file are fields of State",
    Kind.FOREIGN: "the layer that C calls is written by codeloop",
    Kind.HIDDEN_STATE: "what lasts from call to call stands in State",
    Kind.OUTSIDE: "a translation computes: it has no files, processes, threads, clocks or output",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One finding; ``line`` and ``column`` are 1-based."""

    kind: Kind
    line: int
    column: int
    text: str
    """The source line, without its margin."""


def audit(rust: str) -> tuple[Place, ...]:
    """Find every place, in the order of the text, one of a kind a line."""
    lines = rust.split("\n")
    found: dict[tuple[int, Kind], Place] = {}
    root = parse(GRAMMAR, rust)
    for node, kind in (*_nodes(root), *_paths(root)):
        row, column = node.start_point
        place = Place(kind=kind, line=row + 1, column=column + 1, text=lines[row].strip() if row < len(lines) else "")
        found.setdefault((row, kind), place)
    return tuple(sorted(found.values(), key=lambda each: (each.line, each.column, each.kind)))


def over_budget(places: Sequence[Place], budget: int = 0) -> tuple[Place, ...]:
    """Give the places that are not allowed: all that no budget covers, and those it covers when they are too many."""
    covered = [each for each in places if each.kind in BUDGETED]
    return tuple(each for each in places if each.kind not in BUDGETED or len(covered) > budget)


def diagnostics(places: Sequence[Place], budget: int = 0) -> tuple[Diagnostic, ...]:
    """Say what is over the budget, as findings."""
    n_covered = sum(each.kind in BUDGETED for each in places)
    allowed = f" but for {budget} places at most: there are {n_covered}" if budget else ""
    return tuple(
        Diagnostic(
            stage=STAGE,
            tool="codeloop",
            rule=str(each.kind),
            message=_MESSAGES[each.kind] + (allowed if each.kind in BUDGETED else ""),
            line=each.line,
            column=each.column,
            source_line=each.text,
        )
        for each in over_budget(places, budget)
    )


def within(places: Sequence[Place], budget: int) -> tuple[Diagnostic, ...]:
    """Count what the budget covers, by kind and with its lines, in one note; nothing where the translation is safe."""
    lines = {kind: [each.line for each in places if each.kind is kind] for kind in Kind if kind in BUDGETED}
    told = [f"{kind} {len(found)} (line {', '.join(map(str, found))})" for kind, found in lines.items() if found]
    n_places = sum(map(len, lines.values()))
    message = f"{n_places} of {budget} places allowed that are not safe Rust: {'; '.join(told)}"
    note = Diagnostic(stage=STAGE, tool="codeloop", rule=ALLOWED, message=message, severity=Severity.NOTE)
    return (note,) if told else ()


def _nodes(root: Node) -> Iterator[tuple[Node, Kind]]:
    for node in walk(root):
        kind = _kind_of(node)
        if kind is not None:
            yield node, kind


_BY_TYPE = {
    "unsafe": Kind.UNSAFE,
    "pointer_type": Kind.RAW_POINTER,
    "foreign_mod_item": Kind.FOREIGN,
    "extern_modifier": Kind.FOREIGN,
    "extern_crate_declaration": Kind.FOREIGN,
}


def _kind_of(node: Node) -> Kind | None:
    if node.type == "identifier":
        return _by_name(node)
    if node.type == "reference_expression":
        return Kind.RAW_POINTER if text_of(node).startswith(("&raw const", "&raw mut")) else None
    if node.type == "static_item":
        if any(child.type == "mutable_specifier" for child in node.children):
            return Kind.STATIC_MUT
        return (
            Kind.HIDDEN_STATE if any(word in text_of(node.child_by_field_name("type")) for word in _KEEPING) else None
        )
    return _BY_TYPE.get(node.type)


def _by_name(node: Node) -> Kind | None:
    """Judge a name by itself: attributes and macros are tokens to the grammar."""
    name, parent = text_of(node), node.parent
    if name == "unsafe":
        return Kind.UNSAFE
    if parent is None or parent.type not in ("attribute", "macro_invocation", "token_tree"):
        return None
    if parent.type == "macro_invocation":
        if name == "thread_local":
            return Kind.HIDDEN_STATE
        return Kind.OUTSIDE if name in _PRINTING else None
    return Kind.FOREIGN if name in _EXPORTS and _is_attribute(parent) else None


def _is_attribute(node: Node | None) -> bool:
    while node is not None and node.type == "token_tree":
        node = node.parent
    return node is not None and node.type == "attribute"


def _paths(root: Node) -> Iterator[tuple[Node, Kind]]:
    """Find paths into parts of the standard library that act on the outside, in code, imports and macros alike."""
    leaves = [
        node
        for node in walk(root)
        if not node.children and "comment" not in node.type and node.type != "string_content"
    ]
    words = [text_of(node) for node in leaves]
    for at, word in enumerate(words):
        if word not in ("std", "core") or words[at + 1 : at + 2] != ["::"]:
            continue
        for place in _heads(words, at + 2):
            if words[place] in _OUTSIDE or words[place] == "*":
                yield leaves[place], Kind.OUTSIDE


def _heads(words: Sequence[str], at: int) -> Iterator[int]:
    """Give the places of the names right below a path's root: one, or each of those in braces."""
    if at >= len(words) or words[at] != "{":
        yield from [at] if at < len(words) else []
        return
    depth, is_head = 1, True
    for place in range(at + 1, len(words)):
        word = words[place]
        depth += (word == "{") - (word == "}")
        if depth == 0:
            return
        if is_head and word not in ("{", "}", ","):
            yield place
        is_head = depth == 1 and word == ","
