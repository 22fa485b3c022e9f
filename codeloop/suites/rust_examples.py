"""Rust examples: visible tests for Rust tasks, converted from those of the same problem in Python.

HumanEval-X has no visible tests in Rust. Calls and values are written by the types of the Rust signature; what has no
one meaning there (``None`` for a number, a list of numbers and texts) is left out, never guessed.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING, Any

from codeloop.languages.rust_cases import signature
from codeloop.languages.syntax import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_INTEGERS = {f"{sign}{bits}" for sign in "iu" for bits in ("8", "16", "32", "64", "128", "size")}
_MAX_INTEGER = {"i32": 2**31, "u32": 2**32, "i64": 2**63, "u64": 2**64}


class _NoMeaning(Exception):
    """A value has no meaning in a type."""


def rust_tests(python: str, prompt: str, entry_point: str) -> str:
    """Give a module of one ``#[test]`` with every example of ``python`` that has a meaning in Rust; blank for none."""
    function = signature(prompt, entry_point)
    if function is None:
        return ""
    kinds, result = _types(function)
    lines = dict.fromkeys(_lines(_asserts(python), entry_point, kinds, result))
    if not lines:
        return ""
    body = "".join(f"        {line}\n" for line in lines)
    name = f"test_{entry_point.lower()}"
    return f"\n#[cfg(test)]\nmod tests {{\n    use super::*;\n\n    #[test]\n    fn {name}() {{\n{body}    }}\n}}\n"


def _types(function: Node) -> tuple[list[str], str]:
    """Give the types of the parameters and of the result, blanks removed."""
    parameters = function.child_by_field_name("parameters")
    nodes = [node for node in parameters.named_children if node.type == "parameter"] if parameters else []
    kinds = [_normal(text_of(node.child_by_field_name("type"))) for node in nodes]
    return kinds, _normal(text_of(function.child_by_field_name("return_type")))


def _normal(kind: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"&\s*'\w+\s*", "&", kind)).replace("dynAny", "dyn Any")


def _asserts(python: str) -> Iterator[ast.expr]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(python)
    except SyntaxError:
        return
    yield from (node.test for node in ast.walk(tree) if isinstance(node, ast.Assert))


def _lines(asserts: Iterator[ast.expr], name: str, kinds: list[str], result: str) -> Iterator[str]:
    for test in asserts:
        try:
            yield _line(test, name, kinds, result)
        except (_NoMeaning, ValueError, TypeError, SyntaxError):
            continue


def _line(test: ast.expr, name: str, kinds: list[str], result: str) -> str:
    """Write one assertion: ``f(…) == v``, ``f(…) is v``, ``f(…)``, ``not f(…)`` or ``abs(f(…) - v) < e``."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        if isinstance(test.ops[0], ast.Eq | ast.Is):
            value = ast.literal_eval(right)
            return f"assert_eq!({_call(left, name, kinds)}, {_expected(value, result)});"
        if isinstance(test.ops[0], ast.Lt) and isinstance(left, ast.Call) and ast.unparse(left.func) == "abs":
            return _near(left.args[0], ast.literal_eval(right), name, kinds, result)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and result == "bool":
        return f"assert_eq!({_call(test.operand, name, kinds)}, false);"
    if result == "bool":
        return f"assert_eq!({_call(test, name, kinds)}, true);"
    raise _NoMeaning


def _near(difference: ast.expr, bound: float, name: str, kinds: list[str], result: str) -> str:
    if not isinstance(difference, ast.BinOp) or not isinstance(difference.op, ast.Sub | ast.Add):
        raise _NoMeaning
    sign = "-" if isinstance(difference.op, ast.Sub) else "+"
    value = rust_value(ast.literal_eval(difference.right), result)
    return f"assert!(({_call(difference.left, name, kinds)} {sign} {value}).abs() < {bound!r});"


def _call(node: ast.expr, name: str, kinds: list[str]) -> str:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.keywords:
        raise _NoMeaning
    if len(node.args) != len(kinds) or node.func.id in {"abs", "len", "sorted", "str", "tuple", "list", "set"}:
        raise _NoMeaning
    values = [rust_value(ast.literal_eval(each), kind) for each, kind in zip(node.args, kinds, strict=True)]
    return f"{name}({', '.join(values)})"


def _expected(value: Any, kind: str) -> str:
    return _text(value) if kind == "String" and isinstance(value, str) else rust_value(value, kind)


def rust_value(value: Any, kind: str) -> str:
    """Write a Python value in a Rust type. Raises _NoMeaning."""
    if kind in _INTEGERS:
        return _integer(value, kind)
    if kind in {"f32", "f64"} and isinstance(value, int | float) and not isinstance(value, bool):
        return repr(float(value))
    if kind == "bool" and isinstance(value, bool):
        return str(value).lower()
    if kind in {"String", "&str"} and isinstance(value, str):
        return _text(value) + (".to_string()" if kind == "String" else "")
    if kind == "char" and isinstance(value, str) and len(value) == 1:
        return "'" + _text(value)[1:-1].replace("'", "\\'").replace('\\"', '"') + "'"
    return _compound(value, kind)


def _compound(value: Any, kind: str) -> str:
    if kind in {"Box<dyn Any>", "&dyn Any"}:
        return f"Box::new({_any(value)}) as Box<dyn Any>" if kind[0] == "B" else f"&{_any(value)}"
    outer, inner = re.match(r"\w*", kind), re.fullmatch(r"\w+<(.*)>", kind)
    name, parts = outer[0] if outer else "", _split(inner[1]) if inner else []
    if name == "Vec" and len(parts) == 1 and isinstance(value, list | tuple):
        texts = [rust_value(each, parts[0]) for each in value]
        return f"vec![{', '.join(texts)}]" if texts else f"Vec::<{parts[0]}>::new()"
    if name == "Option" and len(parts) == 1:
        return "None" if value is None else f"Some({rust_value(value, parts[0])})"
    if name == "HashMap" and len(parts) == 2 and isinstance(value, dict):
        pairs = [f"({rust_value(k, parts[0])}, {rust_value(v, parts[1])})" for k, v in value.items()]
        return f"HashMap::from([{', '.join(pairs)}])" if pairs else "HashMap::new()"
    if kind.startswith("(") and isinstance(value, list | tuple):
        fields = _split(kind[1:-1])
        if len(fields) == len(value):
            return f"({', '.join(rust_value(each, part) for each, part in zip(value, fields, strict=True))})"
    if kind.startswith("&") and not kind.startswith("&mut"):
        return "&" + rust_value(value, kind[1:])
    raise _NoMeaning


def _split(kinds: str) -> list[str]:
    """Split at the commas that stand in no bracket."""
    parts, depth = [""], 0
    for character in kinds:
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part for part in parts if part]


def _integer(value: Any, kind: str) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or (kind[0] == "u" and value < 0):
        raise _NoMeaning
    if abs(value) >= _MAX_INTEGER.get(kind, 2**31):
        raise _NoMeaning
    return str(value)


def _any(value: Any) -> str:
    """Write a value as the type that Rust gives its literal."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _NoMeaning
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    plain = "".join(
        {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(
            c, c if c.isprintable() else f"\\u{{{ord(c):x}}}"
        )
        for c in value
    )
    return f'"{plain}"'
