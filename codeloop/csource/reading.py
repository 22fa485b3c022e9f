"""Reads a C file: types first, then globals, then the functions that can be translated; the rest is refused by line.

The file is not preprocessed: what a header of the system declares is known by name, ``#define NAME 16`` is a constant, and
anything that a macro hides from the grammar is refused where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from codeloop.csource.conditionals import resolved
from codeloop.csource.constants import read_constant
from codeloop.csource.declarations import NotTranslated, Scope, read_enum, read_struct, typed
from codeloop.csource.functions import Roles, is_static, name_of, read_function, slices_of
from codeloop.csource.hoisting import hoisted
from codeloop.csource.indexing import LIBRARY, Slices
from codeloop.csource.macros import Macros, macros_of, names_used, refusals_by_macros
from codeloop.csource.modifiers import readable
from codeloop.csource.refusals import last_line_of, line_of, refusals_in
from codeloop.csource.salvage import broken_name, first_error, whole_nodes, without
from codeloop.csource.scalars import scalar_of
from codeloop.csource.variables import read_variables
from codeloop.csource.words import Constant, Function, Global, Refusal, Unit
from codeloop.languages.syntax import parse, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

GRAMMAR = "tree_sitter_c"
_HIDDEN = ("preproc_if", "preproc_ifdef")
_BETWEEN = ("comment", "preproc_include", "preproc_def", "preproc_function_def", "preproc_call")
COMPILER = "refused by clang"
"""What a refusal is called that a compiler gave the reason of."""
_NOT_C = "this does not parse as C"
_UNKNOWN_BRANCH = "which branch is meant is not known; preprocess the file first"


NO_ROLES: Roles = MappingProxyType({})
NO_FAULTS: Mapping[int, str] = MappingProxyType({})


@dataclass(slots=True)
class _Reading:
    faults: Mapping[int, str]
    roles: Roles
    slices: Slices = field(default_factory=lambda: LIBRARY)
    scope: Scope = field(default_factory=Scope)
    constants: list[Constant] = field(default_factory=list)
    globals: list[Global] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    lost: Mapping[str, NotTranslated] = field(default_factory=dict)
    macros: Macros = field(default_factory=dict)
    uses: dict[str, frozenset[str]] = field(default_factory=dict)
    """Function to the names that its text uses."""
    left_out: list[Node] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Functions with something inside that is not translated: who calls them cannot be either."""

    def refuse(self, node: Node, construct: str, reason: str, function: str = "") -> None:
        self.refusals.append(Refusal(line=line_of(node), construct=construct, reason=reason, function=function))


def read_unit(text: str, faults: Mapping[int, str] = NO_FAULTS, roles: Roles = NO_ROLES) -> Unit:
    """Read a C file; what cannot be translated is in ``refusals``, all else stays translatable.

    ``faults``: what a compiler said of lines; it refuses the whole definition there. ``roles``: a user's words on pointers, by
    function and parameter (``csource.roles``). The unit's text has spaces in the place of branches that are not meant, what
    does not parse, what the compiler refuses, and functions with something inside that is not translated; what functions keep from
    call to call stands before them.
    """
    text = hoisted(
        resolved(text if text.endswith("\n") else text + "\n"), GRAMMAR
    )  # the grammar wants a directive's end
    reading = _Reading(faults=faults, roles=roles)
    root = parse(GRAMMAR, readable(text))
    nodes = list(_top_level(root, reading))
    for node in nodes:
        if node.type != "function_definition":
            _declaration(node, reading)
    variables = read_variables([node for node in nodes if node.type == "declaration"], root, reading.scope)
    reading.globals, reading.lost = variables.state, variables.lost
    reading.macros = macros_of(nodes)
    definitions = [node for node in nodes if node.type == "function_definition"]
    reading.slices = slices_of(definitions, reading.scope, roles)
    for node in definitions:
        _function(node, reading)
    reading.broken -= {function.name for function in reading.functions}  # of two definitions, the one that stays
    _spread_refusals(reading)
    left_out = [node for node in definitions if name_of(node) in reading.broken]
    return Unit(
        text=without(text, [*reading.left_out, *left_out]),
        functions=tuple(_with_globals(function, reading) for function in reading.functions),
        structs=tuple(reading.scope.structs.values()),
        enums=tuple(reading.scope.enums.values()),
        constants=tuple(reading.constants),
        globals=tuple(reading.globals),
        refusals=tuple(sorted(set(reading.refusals), key=lambda each: (each.line, each.construct))),
    )


def _top_level(root: Node, reading: _Reading) -> Iterator[Node]:
    """Give what stands at the top of the file, and whole definitions that text which does not parse has swallowed."""
    for node in [root] if root.type == "ERROR" else root.named_children:
        whole: Iterable[Node] = (node,)
        if node.has_error and node.type not in _HIDDEN:
            name = name_of(node) or broken_name(node)
            _leave_out(
                node, Refusal(line=line_of(_beginning(node)), construct="syntax", reason=_NOT_C, function=name), reading
            )
            whole = whole_nodes(node)
        for each in whole:
            lines = [line for line in reading.faults if line_of(each) <= line <= last_line_of(each)]
            if lines:
                name = name_of(each) if each.type == "function_definition" else ""
                said = reading.faults[min(lines)]
                _leave_out(each, Refusal(line=min(lines), construct=COMPILER, reason=said, function=name), reading)
            elif each.type.endswith("_statement") and text_of(each) != ";":
                _leave_out(each, Refusal(line=line_of(each), construct="syntax", reason=_NOT_C), reading)
            elif _is_default(each):
                yield from (child for child in each.named_children if child.type.endswith("def"))
            elif each.type in _HIDDEN:
                reading.refuse(each, "conditional compilation", _UNKNOWN_BRANCH)
            else:
                yield each


def _is_default(node: Node) -> bool:
    """Say whether nothing but a macro is defined, unless it is already: ``#ifndef N``, ``#define N 16``."""
    name = node.child_by_field_name("name")
    others = [child for child in node.named_children if child != name and child.type != "comment"]
    if (
        not node.children
        or node.children[0].type != "#ifndef"
        or len(others) != 1
        or not others[0].type.endswith("def")
    ):
        return False
    return text_of(others[0].child_by_field_name("name")) == text_of(name)


def _leave_out(node: Node, refusal: Refusal, reading: _Reading) -> None:
    """Refuse a node of which not even the text may stay."""
    reading.left_out.append(node)
    reading.refusals.append(refusal)
    reading.broken |= {refusal.function} - {""}


def _beginning(node: Node) -> Node:
    """Give the place where it stops to be C: the first error; of a file that is one error, what is left over."""
    if node.parent is not None:
        return first_error(node)
    left = {whole.start_byte for whole in whole_nodes(node)}
    strays = (child for child in node.named_children if child.start_byte not in left and child.type not in _BETWEEN)
    return next(strays, node)


def _declaration(node: Node, reading: _Reading) -> None:
    if node.type == "preproc_def":
        _macro(node, reading)
    elif node.type == "type_definition":
        _typedef(node, reading)
    elif node.type == "union_specifier":
        reading.refuse(node, "union", "its bytes have more than one meaning, which safe Rust has not")
    elif node.type in ("struct_specifier", "enum_specifier"):
        _define(node, "", reading)
    elif node.type == "declaration":
        kind = node.child_by_field_name("type")
        if kind is not None and kind.child_by_field_name("body") is not None:
            _define(kind, "", reading)
    elif node.type == "preproc_call" and text_of(node.child_by_field_name("argument")).strip().startswith("pack"):
        reading.scope.is_packed = bool(re.search(r"\d", text_of(node.child_by_field_name("argument"))))


def _macro(node: Node, reading: _Reading) -> None:
    """Enter a macro that is a constant, or a type's other name: ``#define u32 unsigned int``."""
    name, body = text_of(node.child_by_field_name("name")), text_of(node.child_by_field_name("value")).strip()
    found = read_constant(body, reading.scope.values)
    if found is not None:
        reading.scope.values[name] = found
        reading.constants.append(Constant(name=name, value=found.value, line=line_of(node)))
    elif (kind := reading.scope.typedefs.get(body) or scalar_of(" ".join(body.split()))) is not None:
        reading.scope.typedefs.setdefault(name, kind)


def _define(node: Node, alias: str, reading: _Reading) -> None:
    """Read a struct or an enum that is defined here; one that cannot be had is refused once, and by name ever after."""
    try:
        if node.type == "enum_specifier":
            read_enum(node, alias, reading.scope)
        elif node.type == "struct_specifier" and node.child_by_field_name("body") is not None:
            read_struct(node, alias, reading.scope)
    except NotTranslated as error:
        reading.refusals.append(Refusal(line=error.line, construct=error.construct, reason=error.reason))


def _typedef(node: Node, reading: _Reading) -> None:
    kind = node.child_by_field_name("type")
    if kind is None:
        return
    for declarator in node.children_by_field_name("declarator"):
        if declarator.type in ("type_identifier", "primitive_type"):
            _define(kind, text_of(declarator), reading)
        spelled = f"struct {text_of(kind.child_by_field_name('name'))}"
        is_defined = kind.child_by_field_name("body") is not None
        is_promised = kind.type == "struct_specifier" and not is_defined and spelled not in reading.scope.structs
        if is_promised and declarator.type == "type_identifier":
            reading.scope.pending.setdefault(spelled, []).append(text_of(declarator))
            continue
        try:
            name, found, _ = typed(node, declarator, reading.scope)
            if found is not None:
                reading.scope.typedefs[name] = found
        except NotTranslated as error:
            if not is_defined:
                reading.refusals.append(Refusal(line=error.line, construct=error.construct, reason=error.reason))


def _function(node: Node, reading: _Reading) -> None:
    name = name_of(node)
    reading.uses[name] = names_used(node, reading.macros)
    found = [*refusals_in(node, name, reading.scope.typedefs), *refusals_by_macros(node, name, reading.macros)]
    found += [
        Refusal(line=line_of(node), construct=error.construct, reason=error.reason, function=name)
        for variable, error in reading.lost.items()
        if variable in reading.uses[name]
    ]
    if name == "main" and not found:
        found = [Refusal(line=line_of(node), construct="main", reason="a program's start is called by nobody")]
    if not found:
        try:
            reading.functions.append(read_function(node, reading.scope, reading.roles, reading.slices))
        except NotTranslated as error:
            if not is_static(node):  # a helper's signature is nobody's affair but the file's
                refusal = Refusal(line=error.line, construct=error.construct, reason=error.reason, function=name)
                reading.refusals.append(refusal)
    reading.refusals += found
    reading.broken |= {name} if found else set()


def _spread_refusals(reading: _Reading) -> None:
    """Refuse who calls a refused function: there would be nothing to translate the call to."""
    refused = reading.broken
    while True:
        hit = [f for f in reading.functions if reading.uses[f.name] & refused]
        if not hit:
            return
        for function in hit:
            callee = sorted(reading.uses[function.name] & refused)[0]
            reading.refusals.append(
                Refusal(line=function.line, construct=f"call of {callee}", reason="that function is not translated", function=function.name)
            )  # fmt: skip
            reading.functions.remove(function)
            refused.add(function.name)


def _with_globals(function: Function, reading: _Reading) -> Function:
    """Fill in the globals that a function or one that it calls uses, in the file's order."""
    seen, waiting = set[str](), [function.name]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [other for other in reading.uses.get(name, ()) if other in reading.uses]
    used = frozenset[str]().union(*(reading.uses[name] for name in seen))
    return replace(function, globals=tuple(each.name for each in reading.globals if each.name in used))
