"""Trim: take out of a program what is not the solution: mains, tests, calls that run on loading, prose, second versions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from codeloop.attempts import Note
from codeloop.extract.reading import is_stub
from codeloop.languages.port import Language
from codeloop.languages.syntax import free_names, parse, text_of, to_bytes, to_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_SOFT = frozenset({Note.DROPPED_MAIN, Note.DROPPED_TESTS})
"""Reasons that do not hold for a definition that the solution uses: a helper may well be called ``check``."""


class Ending(Enum):
    """What the end of the text says of the end of the program."""

    CLOSED = "closed"
    """The program ends there: a fence was closed."""
    OPEN = "open"
    """Nothing: the text may go on with words, or break off."""
    CUT = "cut"
    """The text broke off."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Item:
    """A statement with its comments: those before it, and one on its last line."""

    node: Node
    start: int
    end: int
    names: set[str]
    used: set[str]
    fate: Note | None = None


def trimmed(
    language: Language, entry_point: str, code: str, *, is_continued: bool, ending: Ending
) -> tuple[str, tuple[Note, ...]]:
    """Give the program without what is not the solution, and a note of each kind of thing dropped.

    ``is_continued``: the text goes on from a prompt, so the first definition of the entry point counts. Otherwise the
    last one does, as it does when the program runs.
    """
    notes: dict[Note, None] = {}
    for find in (_top, _inside):
        parent = find(language, parse(language.syntax, code), entry_point)
        if parent is None or parent.type == "ERROR":
            continue
        items = _items(language, parent)
        _judge(language, entry_point, items, is_continued, ending)
        _spare_used(items)
        _drop_leftovers(language, items)
        dropped = [item for item in items if item.fate is not None]
        # A stray brace is dropped without a word.
        notes.update({item.fate: None for item in dropped if item.fate and re.search(r"\w", text_of(item.node))})
        code = _without(code, items) if dropped else code
    return code, tuple(notes)


def _top(language: Language, root: Node, entry_point: str) -> Node | None:
    del language, entry_point
    return root


def _inside(language: Language, root: Node, entry_point: str) -> Node | None:
    """Give the body of the type that defines the entry point."""
    syntax = language.syntax
    for node in root.children if syntax.holder else ():
        body = node.child_by_field_name("body")
        inner = body.named_children if body is not None and node.type in syntax.types else ()
        if any(entry_point in language.bound(member) for member in inner):
            return body
    return None


def _items(language: Language, parent: Node) -> list[_Item]:
    items: list[_Item] = []
    start: int | None = None
    for node in parent.named_children:
        is_comment = node.type in language.syntax.comments
        if is_comment and items and node.start_point.row == items[-1].node.end_point.row:
            items[-1].end = node.end_byte
        elif is_comment:
            start = node.start_byte if start is None else start
        else:
            begins = node.start_byte if start is None else start
            names, used = language.bound(node), free_names(language.syntax, node)
            items.append(_Item(node=node, start=begins, end=node.end_byte, names=names, used=used))
            start = None
    if start is not None and items:  # comments at the end go with what they follow
        items[-1].end = max(items[-1].end, parent.named_children[-1].end_byte)
    return items


def _judge(language: Language, entry_point: str, items: list[_Item], is_continued: bool, ending: Ending) -> None:
    syntax = language.syntax
    entries = {item: None for item in items if _defines(language, item, entry_point)}
    kept = _kept_entries(language, entries, is_continued)
    holds = any(item.node.type in syntax.types for item in kept)
    is_after = False
    for item in items:
        if item in entries:
            item.fate = None if item in kept else Note.DROPPED_SECOND
            is_after = is_after or item in kept
        elif item.node.type in syntax.packages:
            item.fate = None  # the language's own business
        elif item.node.type in syntax.imports or item.names & {entry_point}:
            item.fate = None
        elif is_after and item is items[-1] and _is_broken_off(language, item.node, ending):
            item.fate = Note.CUT
        elif is_after and (_is_prose(item.node) or (holds and _is_misplaced(language, item))):
            item.fate = Note.DROPPED_PROSE
        else:
            item.fate = _reason(language, entry_point, item)


def _defines(language: Language, item: _Item, entry_point: str) -> bool:
    """Say whether an item defines the entry point anew: not where it only wraps it, as in ``f = cache(f)``."""
    syntax = language.syntax
    if syntax.holder and item.node.type in syntax.types:
        functions = [n for n in walk(item.node, syntax.functions) if n.type in syntax.functions]
        return any(entry_point in language.bound(node) for node in functions)
    if entry_point not in item.names:
        return False
    return item.node.type not in syntax.loose or text_of(item.node).count(entry_point) == 1


def _kept_entries(language: Language, entries: Iterable[_Item], is_continued: bool) -> set[_Item]:
    """Choose among definitions: overloads all stay; of equal ones the first of a continuation, else the last sound one."""
    kept: dict[str, _Item] = {}
    for item in entries:
        key = _key(item.node) if language.syntax.has_overloads else ""
        is_better = not is_continued and not item.node.has_error and not is_stub(language, item.node)
        if key not in kept or is_better:
            kept[key] = item
    return set(kept.values())


def _key(node: Node) -> str:
    """Tell overloads apart by their parameter types."""
    parameters = node.child_by_field_name("parameters")
    types = [text_of(p.child_by_field_name("type")) for p in parameters.named_children] if parameters else []
    return ",".join(types)


def _is_prose(node: Node) -> bool:
    """Say whether the parser made nothing of it, or made a statement of words by putting the end in itself."""
    return node.type == "ERROR" or any(child.is_missing for child in node.children)


def _is_misplaced(language: Language, item: _Item) -> bool:
    """Say whether a statement stands beside the type that holds the program: words that happen to parse."""
    syntax = language.syntax
    return item.node.type not in syntax.types | syntax.functions


def _is_broken_off(language: Language, node: Node, ending: Ending) -> bool:
    """Say whether the last statement is faulty for want of its end: where words may follow, only if it begins code."""
    if not (node.type == "ERROR" or node.has_error) or ending is Ending.CLOSED:
        return False
    return ending is Ending.CUT or not _is_prose(node) or bool(language.syntax.starts.match(text_of(node)))


def _reason(language: Language, entry_point: str, item: _Item) -> Note | None:
    syntax = language.syntax
    if language.is_main(item.node):
        return Note.DROPPED_MAIN
    is_definition = item.node.type in syntax.functions | syntax.types or bool(item.names)
    if item.node.type in syntax.assertions or (item.names and all(syntax.tests.fullmatch(n) for n in item.names)):
        return Note.DROPPED_TESTS
    if item.node.type not in syntax.loose:
        return None
    calls = _called(language, item.node)
    if is_definition and not calls & {entry_point, "input"}:
        return None
    if calls & (syntax.shows | {entry_point}) or any(syntax.tests.fullmatch(name) for name in calls):
        return Note.DROPPED_CALLS
    return None


def _called(language: Language, node: Node) -> set[str]:
    """Name what is called when a statement runs: not inside functions that it defines."""
    found = set()
    for inner in walk(node, language.syntax.nested):
        callee = inner.child_by_field_name("function") or inner.child_by_field_name("name")
        if "call" in inner.type or "invocation" in inner.type:
            found.update({text_of(callee), text_of(callee).rpartition(".")[2]})
    return found


def _spare_used(items: list[_Item]) -> None:
    """Keep mains and tests that something kept uses, as long as that makes more of them kept."""
    changed = True
    while changed:
        used = {name for item in items if item.fate is None for name in item.used}
        spared = [item for item in items if item.fate in _SOFT and item.names & used]
        for item in spared:
            item.fate = None
        changed = bool(spared)


def _drop_leftovers(language: Language, items: list[_Item]) -> None:
    """Drop assignments that only dropped statements use: the data of an example."""
    n_kept = Counter(name for item in items if item.fate is None for name in item.used)
    reasons = {name: item.fate for item in items if item.fate is not None for name in item.used}
    for item in items:
        is_assignment = item.names and item.node.type in language.syntax.loose
        if item.fate is None and is_assignment and not any(n_kept[name] for name in item.names):
            item.fate = next((reasons[name] for name in sorted(item.names) if name in reasons), None)


def _without(code: str, items: list[_Item]) -> str:
    data = to_bytes(code)
    parts, place = [], 0
    for index, item in enumerate(items):
        if item.fate is None:
            continue
        following = items[index + 1].start if index + 1 < len(items) else None
        parts.append(data[place : item.start])
        place = item.end if following is None else following
    rest = data[place:]
    kept = b"".join(parts)
    if not rest.strip():
        return to_text(kept).rstrip() + "\n"
    if rest.lstrip().startswith(b"}"):  # the type's own end
        return to_text(kept).rstrip() + "\n" + to_text(rest).lstrip("\n")
    return to_text(kept + rest)


__all__ = ["trimmed"]
