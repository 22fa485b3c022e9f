"""Macros of a C file: what a function uses by them, which its own text does not show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeloop.csource.declarations import declared_name
from codeloop.csource.refusals import call_refusal, line_of
from codeloop.csource.words import Refusal
from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_NAME = re.compile(r"[A-Za-z_]\w*")
_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
_TEXTS = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_DECLARING = ("parameter_declaration", "declaration")


@dataclass(frozen=True, slots=True)
class Macro:
    """The names in a macro's body, and those of them that are called there; those of further macros included."""

    names: frozenset[str]
    calls: frozenset[str]


Macros = Mapping[str, Macro]


def macros_of(nodes: Sequence[Node]) -> Macros:
    """Read what stands at the top of a file; of several definitions of one name, all count."""
    bodies: dict[str, Macro] = {}
    for node in nodes:
        if node.type not in ("preproc_def", "preproc_function_def"):
            continue
        body = _TEXTS.sub("", text_of(node.child_by_field_name("value")))
        name, given = (
            text_of(node.child_by_field_name("name")),
            _NAME.findall(text_of(node.child_by_field_name("parameters"))),
        )
        known = bodies.get(name, Macro(frozenset(), frozenset()))
        bodies[name] = Macro(
            known.names | {*_NAME.findall(body)} - {*given}, known.calls | {*_CALL.findall(body)} - {*given}
        )
    return {name: _closed(macro, bodies) for name, macro in bodies.items()}


def names_used(definition: Node, macros: Macros) -> frozenset[str]:
    """Give the names that a function uses, by itself and by macros; not those that are its own."""
    names = {text_of(inner) for inner in walk(definition) if inner.type == "identifier"} - set(_own(definition))
    return frozenset(names.union(*(macros[name].names for name in names if name in macros)))


def refusals_by_macros(definition: Node, function: str, macros: Macros) -> Iterator[Refusal]:
    """Find the calls that are not translated in the macros that a function uses."""
    for inner in walk(definition):
        if inner.type != "identifier" or text_of(inner) not in macros:
            continue
        for name in sorted(macros[text_of(inner)].calls):
            if said := call_refusal(name):
                yield Refusal(
                    line=line_of(inner), construct=f"{said[0]} by {text_of(inner)}", reason=said[1], function=function
                )


def _closed(macro: Macro, bodies: Macros) -> Macro:
    """Add what is reached by further macros."""
    seen, waiting, calls = set[str](), {*macro.names}, {*macro.calls}
    while waiting:
        seen |= waiting
        further = [bodies[name] for name in waiting if name in bodies]
        calls = calls.union(*(each.calls for each in further))
        waiting = set[str]().union(*(each.names for each in further)) - seen
    return Macro(frozenset(seen), frozenset(calls))


def _own(definition: Node) -> Iterator[str]:
    """Name the parameters, and the locals of the outermost block whose first mention is their declaration."""
    first: dict[str, int] = {}
    for inner in walk(definition):
        if inner.type == "identifier":
            first.setdefault(text_of(inner), inner.start_byte)
    body = definition.child_by_field_name("body")
    parameters = [inner for inner in walk(definition, ("compound_statement",)) if inner.type == "parameter_declaration"]
    for declaration in (*parameters, *(body.children if body is not None else ())):
        if declaration.type not in _DECLARING:
            continue
        for declarator in declaration.children_by_field_name("declarator"):
            name = declared_name(declarator)
            if declarator.start_byte <= first.get(name, -1) < declarator.end_byte:
                yield name
