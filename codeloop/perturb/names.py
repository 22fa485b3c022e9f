"""Rename: locals and static helpers. Never what the contract names: entry points, parameters, fields, variables of the file."""

from __future__ import annotations

from collections.abc import Iterator

from codeloop.languages.syntax import text_of, walk
from codeloop.perturb.source import Body, Edit, Rewrite, Source, replaced, rewrites

_LOCALS = (
    "amount",
    "place",
    "item",
    "current",
    "total",
    "number",
    "part",
    "mark",
    "rest",
    "span",
    "level",
    "point",
    "entry",
    "piece",
    "share",
    "known",
    "state_now",
)
_HELPERS = ("handle_part", "work_out", "take_step", "find_out", "do_part", "see_about")
_SHIFTS = (0, 5)
"""Two choices of names for each."""


def rename(source: Source) -> Iterator[Rewrite]:
    """Rename one local, all locals of a function, or a static helper."""
    for body in source.bodies:
        names = _locals(source, body)
        for shift in _SHIFTS:
            fresh = {name: source.fresh(_LOCALS, at + shift) for at, name in enumerate(names)}
            for name in names:
                yield rewrites(body.node, f"{name} is called {fresh[name]}", list(_renamed(body, {name: fresh[name]})))
            if len(names) > 1:
                yield rewrites(body.node, f"locals of {body.name} are renamed", list(_renamed(body, fresh)))
    yield from _helpers(source)


def _locals(source: Source, body: Body) -> list[str]:
    """Name the locals whose every use in the function is one: nothing else there has the name."""
    taken = source.outside | {name for name, _ in body.parameters}
    inside = {text_of(each) for each in body.nodes if each.type == "type_identifier"}
    inside |= {text_of(each.child_by_field_name("function")) for each in body.nodes if each.type == "call_expression"}
    inside |= {text_of(each.child_by_field_name("name")) for each in body.nodes if each.type == "enumerator"}
    return list(dict.fromkeys(name for name, _, _ in body.locals if name and name not in taken | inside))


def _renamed(body: Body, names: dict[str, str]) -> Iterator[Edit]:
    for each in body.nodes:
        if each.type == "identifier" and text_of(each) in names:
            yield replaced(each, names[text_of(each)])


def _helpers(source: Source) -> Iterator[Rewrite]:
    declared = {name for body in source.bodies for name, *_ in (*body.locals, *body.parameters)}
    for at, body in enumerate(source.bodies):
        # A macro that is more than a number may put the name together.
        if not body.is_static or body.name in source.keep | declared or source.opaque:
            continue
        for shift in (0, 3):
            fresh = source.fresh(_HELPERS, at + shift)
            uses = [each for each in walk(source.root) if each.type == "identifier" and text_of(each) == body.name]
            yield rewrites(body.node, f"{body.name} is called {fresh}", [replaced(each, fresh) for each in uses])
