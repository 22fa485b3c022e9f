"""Audit of a Rust translation: every place where it leaves safe Rust, keeps state that nobody sees, or acts on the outside.

By syntax alone, so macros' arguments are read as tokens. The layer is not audited: it is written by `bridge.layer`.
"""

from __future__ import annotations

import re
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
    """State that outlives a call and is not the contract's."""
    OUTSIDE = "outside"
    """Files, processes, threads, clocks, the environment."""


BUDGETED = frozenset({Kind.UNSAFE, Kind.RAW_POINTER, Kind.STATIC_MUT})
"""What a user may allow; all else a translation never needs."""
_COMPUTING = """
any array ascii assert assert_eq assert_ne borrow boxed bool cell char clone cmp collections convert debug_assert
debug_assert_eq debug_assert_ne default error f32 f64 fmt format hash hint i8 i16 i32 i64 i128 isize iter marker matches mem
num ops option prelude primitive ptr range rc result slice str string sync todo u8 u16 u32 u64 u128 unimplemented unreachable
usize vec write writeln
"""
_INSIDE = frozenset(_COMPUTING.split())
"""Parts of the standard library that only compute. All else is refused: a list of what is bad would be found wanting."""
_PRINTING = frozenset({"print", "println", "eprint", "eprintln", "dbg"})
_READING = frozenset({"include", "include_str", "include_bytes", "env", "option_env", "asm", "global_asm"})
"""Macros that bring in what does not stand in the text."""
_KEEPING = ("Mutex", "RwLock", "Atomic", "Cell", "OnceLock", "LazyLock", "Once")
_PLAIN = frozenset({"primitive_type", "array_type", "tuple_type", "reference_type", "integer_literal", "lifetime"})
"""What a static may be made of where something in the text could keep state; a name might stand for such a thing."""
_ATTRIBUTES = frozenset({"allow", "warn", "deny", "forbid", "expect", "doc"})
"""What may stand in ``#![...]``."""
_EXPORTS = frozenset({"no_mangle", "export_name", "link_section", "link"})
_MESSAGES = {
    Kind.UNSAFE: "the translation must be safe Rust",
    Kind.RAW_POINTER: "raw pointers are the layer's affair: take slices and references",
    Kind.STATIC_MUT: "variables of the file are fields of the state that functions take",
    Kind.FOREIGN: "the layer that C calls is written by codeloop",
    Kind.HIDDEN_STATE: "what lasts from call to call stands in the state that functions take",
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
        return _of_static(node)
    if node.type == "mod_item":
        return None if node.child_by_field_name("body") else Kind.OUTSIDE
    if node.type == "inner_attribute_item":
        return None if re.match(r"#!\[\s*(\w+)", text_of(node) + " ")[1] in _ATTRIBUTES else Kind.FOREIGN  # type: ignore[index]
    return _BY_TYPE.get(node.type)


def _of_static(node: Node) -> Kind | None:
    """Say what a static is: state in the open, state that may be hidden behind its type's name, or a table."""
    if any(child.type == "mutable_specifier" for child in node.children):
        return Kind.STATIC_MUT
    kind = node.child_by_field_name("type")
    if any(word in text_of(kind) for word in _KEEPING):
        return Kind.HIDDEN_STATE
    root = node
    while root.parent is not None:
        root = root.parent
    is_plain = kind is not None and all(each.type in _PLAIN for each in walk(kind) if each.is_named)
    keeps = any(word in text_of(leaf) for leaf in _leaves(root) for word in _KEEPING)
    return None if is_plain or not keeps else Kind.HIDDEN_STATE


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
        return Kind.OUTSIDE if name in _PRINTING | _READING else None
    if _is_attribute(node.parent):
        return Kind.FOREIGN if name in _EXPORTS else Kind.OUTSIDE if name == "path" else None
    is_called = node.next_sibling is not None and text_of(node.next_sibling) == "!"
    return Kind.OUTSIDE if is_called and name in _PRINTING | _READING else None


def _is_attribute(node: Node | None) -> bool:
    while node is not None and node.type == "token_tree":
        node = node.parent
    return node is not None and node.type == "attribute"


def _paths(root: Node) -> Iterator[tuple[Node, Kind]]:
    """Find paths into parts of the standard library that do more than compute, in code, imports and macros alike.

    Its roots by another name, or pieced together by a macro, would lead anywhere: they are refused as such.
    """
    leaves = list(_leaves(root))
    words = [text_of(node).removeprefix("r#") for node in leaves]
    has_macros = "macro_rules!" in words
    for at, word in enumerate(words):
        if word not in ("std", "core"):
            continue
        if words[at + 1 : at + 2] != ["::"]:
            if _is_root(leaves[at], has_macros):
                yield leaves[at], Kind.OUTSIDE
            continue
        for place in _heads(words, at + 2):
            is_macro = words[place] == "panic" and words[place + 1 : place + 2] == ["!"]
            if words[place] not in _INSIDE and not is_macro:
                yield leaves[place], Kind.OUTSIDE


def _leaves(root: Node) -> Iterator[Node]:
    """Give the tokens, without comments and the insides of texts."""
    if "comment" in root.type or root.type in ("string_literal", "raw_string_literal", "char_literal"):
        return
    if not root.children:
        yield root
    for child in root.children:
        yield from _leaves(child)


def _is_root(leaf: Node, has_macros: bool) -> bool:
    """Say whether a name that no path follows may be a crate's: in an import, or where a macro could go on with it."""
    node: Node | None = leaf
    while node is not None:
        if node.type == "use_declaration" or (has_macros and node.type in ("token_tree", "token_tree_pattern")):
            return True
        node = node.parent
    return False


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
