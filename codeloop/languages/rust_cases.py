"""Rust tests as cases: every assertion of a ``#[test]`` function runs and is reported by itself.

The tests are a crate of their own. They call the candidate through a function of the prompt's signature, so that every
compared value has a type of the standard library (or one declared word for word as given), on which nobody else may
implement ``==``; and they import nothing by a wildcard, so that no macro or trait of a candidate's stands for theirs.
Functions that tests call and only prompt or reference define are copied into the tests.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codeloop.languages.syntax import parse, text_of, to_bytes, to_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

GRAMMAR = "tree_sitter_rust"
TYPES = frozenset({"struct_item", "enum_item", "union_item", "type_item", "trait_item"})
VALUES = frozenset({"const_item", "static_item"})
_CAP = 500  # characters of an expression shown
_ASSERTS = frozenset({"assert", "assert_eq", "assert_ne"})
_COMPARES = frozenset({"PartialEq", "Eq", "PartialOrd", "Ord", "Debug", "Deref"})
_V = "codeloop_verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A generated crate and, for each case, the expression ("" when it is opaque)."""

    source: str
    expressions: tuple[str, ...]


def name_of(node: Node) -> str:
    """Give the declared name; empty where there is none."""
    return text_of(node.child_by_field_name("name"))


def published(code: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Make every item at the top, every field and every method visible to other crates.

    Gives the text, and the (line, column) of each ``pub `` put in, 1-based in the text it was put into.
    """
    places = sorted({node.start_byte for node in _private(parse(GRAMMAR, code))})
    data, parts, at, shifts = to_bytes(code), [], 0, []
    for place in places:
        parts += [data[at:place], b"pub "]
        before = data[data.rfind(b"\n", 0, place) + 1 : place]
        shifts.append((data.count(b"\n", 0, place) + 1, len(to_text(before)) + 1))
        at = place
    return to_text(b"".join([*parts, data[at:]])), tuple(shifts)


def _private(root: Node) -> list[Node]:
    found: list[Node] = []
    for node in root.children:
        if node.has_error:
            continue
        if node.type in TYPES | VALUES | {"function_item"}:
            found.append(node)
        body = node.child_by_field_name("body")
        if node.type == "struct_item" and body is not None:
            found += [inner for inner in body.named_children if inner.type == "field_declaration"]
        if node.type == "impl_item" and body is not None and node.child_by_field_name("trait") is None:
            found += [inner for inner in body.named_children if inner.type in {"function_item", "const_item"}]
    return [node for node in found if not any(child.type == "visibility_modifier" for child in node.children)]


def items_of(code: str) -> dict[str, str]:
    """Give the text of every type, value and function at the top by its name, with its attributes, blanks normalised."""
    found: dict[str, str] = {}
    for node, attributes in _with_attributes(parse(GRAMMAR, code)):
        if node.type in TYPES | VALUES | {"function_item"} and name_of(node):
            found.setdefault(name_of(node), "\n".join([*attributes, text_of(node)]))
    return found


def _with_attributes(root: Node) -> list[tuple[Node, list[str]]]:
    found, attributes = [], []
    for node in root.named_children:
        if node.type == "attribute_item":
            attributes.append(text_of(node))
        elif not node.type.endswith("comment"):
            found.append((node, attributes))
            attributes = []
    return found


def uses_of(code: str) -> list[str]:
    """Give the ``use`` declarations at the top."""
    return [text_of(node) for node in parse(GRAMMAR, code).children if node.type == "use_declaration"]


def signature(prompt: str, entry_point: str) -> Node | None:
    """Give the entry point's unfinished function in the prompt."""
    for closing in ("\n}\n", "\n"):
        nodes = [node for node in walk(parse(GRAMMAR, prompt + closing)) if node.type == "function_item"]
        found = [node for node in nodes if name_of(node) == entry_point]
        if found:
            return found[-1]
    return None


def make_cases(prompt: str, reference: str, entry_point: str, tests: str, code: str) -> Cases:
    """Turn ``tests`` into the crate that runs them against ``code``. Blank tests: the call alone, no cases."""
    given = prompt + reference
    items = items_of(given)
    kinds = {name_of(node): node.type for node in parse(GRAMMAR, given).children if name_of(node)}
    tests = re.sub(r"\bgen_range\(([^(),]+),([^(),]+)\)", r"gen_range(\1..\2)", tests)  # rand had two arguments once
    root = parse(GRAMMAR, tests)
    builder = _Builder(entry_point=entry_point)
    body = "\n".join(builder.item(node, attributes, "") for node, attributes in _with_attributes(root))
    call = _call(prompt, entry_point)
    own = {name_of(node) for node in walk(root) if node.type == "function_item"}
    helpers = _helpers({**items, entry_point: ""}, kinds, _called(root) - own - {entry_point})
    words = set(re.findall(r"\w+", "\n".join([tests, call, *helpers])))
    types = sorted(name for name in items if kinds.get(name) in TYPES | VALUES and name in words)
    lines = [
        "#![allow(warnings)]",
        *uses_of(prompt),
        *(f"use candidate::{name};" for name in types),
        *_faults(given, code, types),
        call,
        *helpers,
        body,
        "fn codeloop_tests() {",
        f"{_V}::plan(&[{', '.join(_literal(text) for text in builder.expressions)}]);",
        *builder.calls,
        "}",
        f"fn main() {{ {_V}::run(codeloop_tests) }}" if tests.strip() else "fn main() {}",
    ]
    return Cases(source="\n".join(lines) + "\n", expressions=tuple(builder.expressions))


def _call(prompt: str, entry_point: str) -> str:
    """Write the entry point with the prompt's own signature, as a call of the candidate's."""
    node = signature(prompt, entry_point)
    if node is None:
        return f"use candidate::{entry_point};"
    parameters = node.child_by_field_name("parameters")
    names = [text_of(p.child_by_field_name("pattern")) for p in parameters.named_children] if parameters else []
    names = [re.sub(r"^(?:mut|ref)\s+", "", name) for name in names if name]
    result = text_of(node.child_by_field_name("return_type"))
    where = next((text_of(child) for child in node.children if child.type == "where_clause"), "")
    head = f"fn {entry_point}{text_of(node.child_by_field_name('type_parameters'))}{text_of(parameters)}"
    arrow = f" -> {result}" if result else ""
    return f"{head}{arrow} {where} {{ candidate::{entry_point}({', '.join(names)}) }}"


def _called(root: Node) -> set[str]:
    """Name what is called by a plain name; inside macros every name before a bracket counts."""
    found = set()
    for node in walk(root):
        following = node.next_sibling
        if node.type == "identifier" and following is not None:
            is_call = following.type == "arguments" or (
                following.type == "token_tree" and text_of(following)[:1] == "("
            )
            before = node.prev_sibling
            if is_call and (before is None or text_of(before) not in {".", "::"}):
                found.add(text_of(node))
    return found


def _helpers(items: dict[str, str], kinds: dict[str, str], wanted: set[str]) -> list[str]:
    """Give the functions by these names, and those that they call in turn."""
    found: dict[str, str] = {}
    while wanted:
        name = wanted.pop()
        if items.get(name) and kinds.get(name) == "function_item" and name not in found:
            found[name] = items[name]
            wanted |= set(re.findall(r"\b(\w+)\s*\(", items[name])) - set(found)
    return list(found.values())


def _faults(given: str, code: str, types: list[str]) -> list[str]:
    """Refuse types that the tests compare and that are not declared as given: their ``==`` could say anything."""
    theirs, ours = items_of(code), items_of(given)
    wrong = [name for name in types if "".join(theirs.get(name, "").split()) != "".join(ours[name].split())]
    wrong += [name for name in types if _impls(code, name) != _impls(given, name) and name not in wrong]
    return [f'compile_error!("{name} is not declared as given");' for name in wrong]


def _impls(code: str, name: str) -> list[str]:
    """Give the implementations of traits of comparison for a type, blanks removed."""
    found = []
    for node in parse(GRAMMAR, code).children:
        trait = re.sub(r"<.*", "", text_of(node.child_by_field_name("trait")), flags=re.S).rpartition("::")[2]
        if node.type == "impl_item" and trait in _COMPARES and name in text_of(node.child_by_field_name("type")):
            found.append("".join(text_of(node).split()))
    return sorted(found)


@dataclass(slots=True, kw_only=True)
class _Builder:
    """Collects the calls of the generated main and the plan of its cases."""

    entry_point: str
    calls: list[str] = field(default_factory=list)
    expressions: list[str] = field(default_factory=list)

    def item(self, node: Node, attributes: list[str], path: str) -> str:
        """Write one item of the tests: a test function becomes cases, a module is gone through, all else stays."""
        kept = [text for text in attributes if not re.match(r"#\[\s*(cfg\s*\(\s*test\s*\)|test\b|should_panic)", text)]
        body = node.child_by_field_name("body")
        if node.type == "mod_item" and body is not None:
            inner = [self.item(child, own, f"{path}{name_of(node)}::") for child, own in _with_attributes(body)]
            return "\n".join([*kept, f"mod {name_of(node)} {{", *inner, "}"])
        is_test = any(re.match(r"#\[\s*test\s*\]", text) for text in attributes)
        if node.type != "function_item" or not is_test or body is None:
            return "\n".join([*kept, text_of(node)])
        name = name_of(node)
        if node.has_error or any(inner.type in _LEAVES for inner in walk(body, _NESTED)):
            self.calls.append(f"{self._case('', f'{path}{name}();')}")
            return f"pub {re.sub(r'^pub ', '', text_of(node))}"
        statements = [self._statement(child) for child in body.named_children if not child.type.endswith("comment")]
        self.calls.append(f"{path}{name}();")
        return "\n".join([f"pub fn {name}() {{", f"use {_V}::{{ByDebug as _, ByName as _}};", *statements, "}"])

    def _statement(self, node: Node) -> str:
        macro = _macro(node)
        if macro is not None:
            return self._case(text_of(node).rstrip("; \n"), _assertion(macro, self.entry_point))
        is_loose = node.type in {"expression_statement", "macro_invocation"} or node.type.endswith("_expression")
        if is_loose and re.search(r"\b(?:assert|assert_eq|assert_ne|panic)!", text_of(node)):
            return self._case("", text_of(node))
        return text_of(node) + (";" if node.type == "macro_invocation" else "")

    def _case(self, expression: str, body: str) -> str:
        self.expressions.append(" ".join(expression.split())[:_CAP])
        return f"{_V}::case({len(self.expressions) - 1}, ::std::boxed::Box::new(|| {{ {body} }}));"


_LEAVES = frozenset({"return_expression", "try_expression"})
_NESTED = frozenset({"closure_expression", "function_item"})


def _macro(statement: Node) -> Node | None:
    """Give the invocation of a statement ``assert_eq!(…);``."""
    node = statement.named_child(0) if statement.type == "expression_statement" else statement
    if node is None or node.type != "macro_invocation":
        return None
    return node if text_of(node.child_by_field_name("macro")) in _ASSERTS else None


def arguments(macro: Node) -> list[Node]:
    """Read the tokens of a macro as the arguments of a call; nothing where they are none."""
    tokens = next((text_of(child) for child in macro.children if child.type == "token_tree"), "()")
    root = parse(GRAMMAR, f"fn f() {{ g({tokens[1:-1]}) }}")
    call = next((node for node in walk(root) if node.type == "call_expression"), None)
    inner = call.child_by_field_name("arguments") if call is not None and not root.has_error else None
    return [node for node in inner.named_children if not node.type.endswith("comment")] if inner is not None else []


def _assertion(macro: Node, entry_point: str) -> str:
    """Write one assertion so that it tells what it compared."""
    kind, values = text_of(macro.child_by_field_name("macro")), arguments(macro)
    if kind == "assert_eq" and len(values) == 2:
        return _compared(values[0], values[1], entry_point)
    if kind != "assert" or len(values) != 1:
        return text_of(macro) + ";"
    value = values[0]
    while value.type == "parenthesized_expression" and value.named_child_count == 1:
        value = value.named_children[0]
    if value.type == "binary_expression" and text_of(value.child_by_field_name("operator")) == "==":
        left, right = value.child_by_field_name("left"), value.child_by_field_name("right")
        if left is not None and right is not None:
            return _compared(left, right, entry_point)
    wanted, text = "true", text_of(value)
    if value.type == "unary_expression" and text.startswith("!"):
        wanted, text = "false", text[1:]
    return f"let codeloop_is: bool = {text}; {_V}::check_bool({wanted}, codeloop_is);"


def _compared(left: Node, right: Node, entry_point: str) -> str:
    """Compare two values; the one that the entry point gave is the actual one."""
    is_swapped = _calls(right, entry_point) and not _calls(left, entry_point)
    actual, expected = ("codeloop_b", "codeloop_a") if is_swapped else ("codeloop_a", "codeloop_b")
    shows = ", ".join(f"(&{_V}::Shown({name})).show()" for name in (expected, actual))
    check = f"if !(*codeloop_a == *codeloop_b) {{ {_V}::differ({shows}) }}"
    return f"match (&({text_of(left)}), &({text_of(right)})) {{ (codeloop_a, codeloop_b) => {check} }}"


def _calls(node: Node, name: str) -> bool:
    return any(inner.type == "identifier" and text_of(inner) == name for inner in walk(node))


def _literal(text: str) -> str:
    """Write a Rust string literal: JSON's, but for the escapes that Rust writes with braces."""
    plain = json.dumps(text, ensure_ascii=False)
    return re.sub(
        r"\\u([0-9a-f]{4})|\\([bf])",
        lambda m: f"\\u{{{m[1]}}}" if m[1] else {"b": "\\u{8}", "f": "\\u{c}"}[m[2]],
        plain,
    )
