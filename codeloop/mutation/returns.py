"""Mutants of returned values: the default of the declared type, both truth values of a bool."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of
from codeloop.mutation.operators import Operator
from codeloop.mutation.program import Draft, Program

if TYPE_CHECKING:
    from tree_sitter import Node


def return_mutants(program: Program, node: Node) -> Iterator[Draft]:
    """Return something else; a number or truth value as it stands has mutants of its own (CRP)."""
    if program.language == "go":
        yield from _gos(program, node)
        return
    value = _returned(program, node)
    function = program.function(node)
    if value is None or function is None or function.type in program.grammar.lambdas:
        return
    if value.type in program.shapes.numbers | frozenset(program.grammar.constants) | {"boolean_literal"}:
        return
    for text in DEFAULTS[program.language](_type_of(function)):
        if value.type == "initializer_list":  # C++: no expression, so the whole statement is another one
            yield Draft(operator=Operator.RET, node=node, text=f"return {text};", is_statement=True)
        else:
            yield Draft(operator=Operator.RET, node=value, text=text)


def _returned(program: Program, node: Node) -> Node | None:
    """Give what a ``return`` gives, or Rust's last expression of a function."""
    if node.type in program.syntax.returns and node.type.startswith("return") and node.named_child_count == 1:
        return node.named_children[0]
    if program.language != "rust" or node.type != "block" or node.parent is None or not node.named_child_count:
        return None
    last = node.named_children[-1]
    is_tail = node.parent.type == "function_item" and not last.type.endswith(("_statement", "_declaration", "_item"))
    return last if is_tail and last.type not in program.syntax.comments | {"return_expression"} else None


def _type_of(function: Node) -> str:
    """Give the declared type of a function's result, without blanks; empty where none is written."""
    for field in ("return_type", "type", "result"):
        found = function.child_by_field_name(field)
        if found is not None:
            declarator = function.child_by_field_name("declarator")
            marks = text_of(declarator)[:1] if declarator is not None else ""
            return re.sub(r"\s+", " ", text_of(found)) + (marks if marks in "*&" else "")
    return ""


def _of_python(kind: str) -> tuple[str, ...]:
    return ("True", "False") if kind == "bool" else ("None",)


def _of_java(kind: str) -> tuple[str, ...]:
    if kind in {"boolean", "Boolean"}:
        return "true", "false"
    if kind in {"int", "long", "short", "byte", "char", "float", "double"}:
        return ("0",)
    return ('""',) if kind == "String" else ("null",)


def _of_cpp(kind: str) -> tuple[str, ...]:
    if kind == "bool":
        return "true", "false"
    if not kind or re.search(r"\bauto\b|\bvoid\b|\bdecltype\b|&", kind):
        return ()
    return ("nullptr",) if kind.endswith("*") else (f"{kind.removeprefix('const ')}()",)


def _of_javascript(kind: str) -> tuple[str, ...]:
    del kind
    return ("undefined",)


def _of_rust(kind: str) -> tuple[str, ...]:
    if kind == "bool":
        return "true", "false"
    if not kind or kind.startswith(("Result", "impl", "Box", "&mut", "!")) or (kind[0] == "&" and "str" not in kind):
        return ()
    return ("None",) if kind.startswith("Option") else ("Default::default()",)


DEFAULTS: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "python": _of_python,
    "java": _of_java,
    "cpp": _of_cpp,
    "javascript": _of_javascript,
    "rust": _of_rust,
}
"""Language → declared type → what may be returned instead."""


def _gos(program: Program, node: Node) -> Iterator[Draft]:
    """Return the zero values of all results: Go has no expression for several."""
    if node.type != "return_statement" or node.named_child_count != 1:
        return
    function = program.function(node)
    result = function.child_by_field_name("result") if function is not None else None
    values = node.named_children[0]
    constants = program.shapes.numbers | frozenset(program.grammar.constants)
    if result is None or all(value.type in constants for value in values.named_children):
        return
    kinds = (
        [_gos_type(part) for part in result.named_children] if result.type == "parameter_list" else [text_of(result)]
    )
    if len(kinds) == 1 and kinds[0] == "bool":
        texts = ["true", "false"]
    else:
        texts = [", ".join(_zero(kind) for kind in kinds)] if len(kinds) >= values.named_child_count else []
    for text in texts:
        yield Draft(operator=Operator.RET, node=node, text=f"return {text}", is_statement=True)


def _gos_type(parameter: Node) -> str:
    return text_of(parameter.child_by_field_name("type"))


def _zero(kind: str) -> str:
    if re.fullmatch(r"u?int\d*|float\d\d|rune|byte", kind):
        return "0"
    if kind.startswith(("[]", "map[", "*", "func")) or kind in {"error", "any", "interface{}"}:
        return "nil"
    return {"bool": "false", "string": '""'}.get(kind, f"*new({kind})")
