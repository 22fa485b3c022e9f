"""JavaScript tests as cases: each ``console.assert`` becomes a call of the judge that records it, and the rest stays.

The data set's assertions print and go on, in Node as here; what they would print decides. The judge's side of the calls
is in ``sandboxes/javascript/judge.js``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeloop.languages.syntax import Syntax, brace_depth, free_names, parse, text_of, to_bytes, to_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_CAP = 1000  # characters of an expression shown
_HOOKS = "codeloop$"
_EQUAL = frozenset({"===", "=="})
_ORDER = frozenset({"===", "!==", "==", "!=", "<", "<=", ">", ">="})
_STATEMENTS = frozenset({"await_expression", "yield_expression"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One assertion. ``is_plain``: it compares the entry point's answer for equality, or asks for its truth."""

    line: int
    expression: str
    is_opaque: bool
    is_plain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Tests for the judge: helpers that the prompt gives, the rewritten tests, and names that only the program has."""

    helpers: str
    tests: str
    foreign: tuple[str, ...]
    cases: tuple[Case, ...]


def make_cases(syntax: Syntax, prompt: str, tests: str, entry_point: str) -> Cases:
    """Rewrite ``tests``. Blank tests: no cases."""
    root = parse(syntax, tests)
    given = given_nodes(syntax, prompt, entry_point)
    builder = _Builder(entry_point, _tainted(root, entry_point))
    names = free_names(syntax, root) - {name for node in given for name in declared(node)}
    names -= _GLOBALS | {entry_point}
    called = {text_of(n) for n in walk(root) if n.type == "identifier"} & names
    idle = {name for name in called if all(_is_bare_call(n) for n in _uses(root, name))}
    changes = [*builder.changes(root), *_dropped(root, idle)]
    helpers = "\n".join(text_of(node) for node in given if "require(" not in text_of(node))
    return Cases(
        helpers=helpers, tests=edited(tests, changes), foreign=tuple(sorted(names - idle)), cases=tuple(builder.cases)
    )


def given_nodes(syntax: Syntax, prompt: str, entry_point: str) -> list[Node]:
    """Give the prompt's statements before the entry point: helpers."""
    found: list[Node] = []
    for node in parse(syntax, prompt + "\n" + "}" * brace_depth(prompt)).named_children:
        if entry_point in declared(node):
            break
        if node.type != "comment":
            found.append(node)
    return found


def declared(node: Node) -> set[str]:
    """Name what a statement declares, in exported and destructuring form too."""
    if node.type == "export_statement":
        inner = node.child_by_field_name("declaration")
        return set() if inner is None else declared(inner)
    if node.type in ("lexical_declaration", "variable_declaration"):
        targets = [d.child_by_field_name("name") for d in node.named_children if d.type == "variable_declarator"]
        return {
            text_of(leaf) for target in targets if target is not None for leaf in walk(target) if leaf.type in LEAVES
        }
    if node.type == "import_statement":
        return {text_of(leaf) for leaf in walk(node) if leaf.type == "identifier"}
    if node.type == "expression_statement" and node.named_children and node.named_children[0].type == _ASSIGNMENT:
        left = node.named_children[0].child_by_field_name("left")
        return {text_of(left)} if left is not None and left.type == "identifier" else set()
    name = node.child_by_field_name("name") if node.type.endswith("_declaration") else None
    return {text_of(name)} if name is not None else set()


_ASSIGNMENT = "assignment_expression"
LEAVES = frozenset({"identifier", "shorthand_property_identifier_pattern", "shorthand_property_identifier"})


def edited(code: str, changes: list[tuple[int, int, str]]) -> str:
    """Replace byte ranges, which must not overlap."""
    data = to_bytes(code)
    for start, end, text in sorted(changes, reverse=True):
        data = data[:start] + to_bytes(text) + data[end:]
    return to_text(data)


def bare(node: Node) -> Node:
    """Take the parentheses off an expression."""
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    return node


class _Builder:
    """Makes a change of every assertion, and the list of cases."""

    def __init__(self, entry_point: str, tainted: set[str]) -> None:
        self.cases: list[Case] = []
        self._entry_point = entry_point
        self._tainted = tainted

    def changes(self, root: Node) -> Iterator[tuple[int, int, str]]:
        """Give (start byte, end byte, new text); nothing inside an assertion is changed twice."""
        stack = [root]
        while stack:
            node = stack.pop()
            condition = _condition(node)
            if condition is not None:
                yield node.start_byte, node.end_byte, self._hook(condition)
            elif self._is_for_arguments(node):
                call = node.named_children[0]
                yield call.start_byte, call.end_byte, f"{_HOOKS}.inPlace(() => {text_of(call)})"
            else:
                stack.extend(reversed(node.children))

    def _is_for_arguments(self, node: Node) -> bool:
        """See a call of the entry point whose answer is thrown away: it is made for what it does to its arguments."""
        return (
            node.type == "expression_statement"
            and node.named_child_count == 1
            and self._is_call(node.named_children[0])
        )

    def _is_call(self, node: Node) -> bool:
        return node.type == "call_expression" and text_of(node.child_by_field_name("function")) == self._entry_point

    def _hook(self, condition: Node) -> str:
        number, node = len(self.cases), bare(condition)
        text = self._compare(number, node) or self._near(number, node) or self._truth(number, node)
        is_opaque = not text or any(inner.type in _STATEMENTS for inner in walk(node))
        self.cases.append(
            Case(
                line=condition.start_point.row + 1,
                expression=" ".join(text_of(condition).split())[:_CAP],
                is_opaque=is_opaque,
                is_plain=self._is_plain(node),
            )
        )
        if any(inner.type in _STATEMENTS for inner in walk(node)):
            return f"{_HOOKS}.whole({number}, (value => () => value)({text_of(condition)}))"
        return text or f"{_HOOKS}.whole({number}, {_thunk(condition)})"

    def _compare(self, number: int, node: Node) -> str:
        operator = text_of(node.child_by_field_name("operator")) if node.type == "binary_expression" else ""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if operator not in _ORDER or left is None or right is None or (operator in {"<", "<="} and _absolute(left)):
            return ""
        actual = self._actual(left, right)
        is_json = any(_unwrapped(side) is not side for side in (left, right))
        words = [_thunk(left), f"'{operator}'", _thunk(right), str(actual), "true" if is_json else "false"]
        return f"{_HOOKS}.compare({number}, {', '.join(words)})"

    def _near(self, number: int, node: Node) -> str:
        """Read ``Math.abs(a - b) < bound``; with ``+`` the expected value is ``-b``. A sum of nothing is compared as it is."""
        operator = text_of(node.child_by_field_name("operator")) if node.type == "binary_expression" else ""
        left, bound = node.child_by_field_name("left"), node.child_by_field_name("right")
        argument = _absolute(left) if operator in {"<", "<="} and left is not None else None
        if argument is None or left is None or bound is None:
            return ""
        sign = text_of(argument.child_by_field_name("operator")) if argument.type == "binary_expression" else ""
        a, b = argument.child_by_field_name("left"), argument.child_by_field_name("right")
        if sign not in {"-", "+"} or a is None or b is None:
            return f"{_HOOKS}.compare({number}, {_thunk(left)}, '{operator}', {_thunk(bound)}, 0, false)"
        words = [_thunk(a), f"'{sign}'", _thunk(b), f"'{operator}'", _thunk(bound), str(self._actual(a, b))]
        return f"{_HOOKS}.near({number}, {', '.join(words)})"

    def _truth(self, number: int, node: Node) -> str:
        is_not = node.type == "unary_expression" and text_of(node.child_by_field_name("operator")) == "!"
        inner = bare(node.child_by_field_name("argument") or node) if is_not else node
        if inner.type in {"binary_expression", "ternary_expression"} and not is_not:
            return ""
        return f"{_HOOKS}.truth({number}, {_thunk(inner)}, {'true' if is_not else 'false'})"

    def _actual(self, left: Node, right: Node) -> int:
        """Say which side is the program's answer: 1 where the right one alone has to do with it."""
        return int(self._has_taint(right) and not self._has_taint(left))

    def _has_taint(self, node: Node) -> bool:
        return any(inner.type == "identifier" and text_of(inner) in self._tainted for inner in walk(node))

    def _is_plain(self, node: Node) -> bool:
        if node.type == "unary_expression" and text_of(node.child_by_field_name("operator")) == "!":
            return self._is_call(bare(node.child_by_field_name("argument") or node))
        if self._is_call(node):
            return True
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = text_of(node.child_by_field_name("operator")) if node.type == "binary_expression" else ""
        if operator not in _EQUAL or left is None or right is None:
            return False
        calls = [self._is_call(_unwrapped(side)) for side in (left, right)]
        other = right if calls[0] else left
        return any(calls) and not self._has_taint(other)


def _thunk(node: Node) -> str:
    return f"() => ({text_of(node)})"


def _condition(node: Node) -> Node | None:
    """Give the condition of ``console.assert(condition, …)``."""
    if node.type != "call_expression" or text_of(node.child_by_field_name("function")) != "console.assert":
        return None
    arguments = node.child_by_field_name("arguments")
    named = [child for child in arguments.named_children if child.type != "comment"] if arguments is not None else []
    return named[0] if named and named[0].type != "spread_element" else None


def _argument_of(node: Node, name: str) -> Node | None:
    if node.type != "call_expression" or text_of(node.child_by_field_name("function")) != name:
        return None
    arguments = node.child_by_field_name("arguments")
    return bare(arguments.named_children[0]) if arguments is not None and arguments.named_child_count == 1 else None


def _unwrapped(node: Node) -> Node:
    """Give what is inside ``JSON.stringify( )``, else the node itself."""
    return _argument_of(bare(node), "JSON.stringify") or node


def _absolute(node: Node) -> Node | None:
    return _argument_of(bare(node), "Math.abs")


def _tainted(root: Node, entry_point: str) -> set[str]:
    """Name the entry point and the variables made from calls of it, as far as the text shows."""
    tainted = {entry_point}
    for node in walk(root):
        if node.type in ("variable_declarator", _ASSIGNMENT):
            value = node.child_by_field_name("value") or node.child_by_field_name("right")
            target = node.child_by_field_name("name") or node.child_by_field_name("left")
            is_function = value is not None and value.type in ("arrow_function", "function_expression")
            if value is None or target is None or is_function:
                continue
            if any(n.type == "identifier" and text_of(n) in tainted for n in walk(value)):
                tainted |= {text_of(leaf) for leaf in walk(target) if leaf.type in LEAVES}
    return tainted


def _uses(root: Node, name: str) -> Iterator[Node]:
    return (node for node in walk(root) if node.type == "identifier" and text_of(node) == name)


def _is_bare_call(name: Node) -> bool:
    """Say whether a name is used as a statement ``name()`` at the top."""
    call = name.parent
    statement = call.parent if call is not None else None
    is_top = statement is not None and statement.parent is not None and statement.parent.type == "program"
    return is_top and text_of(call) == f"{text_of(name)}()" and statement is not None and "_statement" in statement.type


def _dropped(root: Node, idle: set[str]) -> list[tuple[int, int, str]]:
    """Drop calls of functions that are nowhere: HumanEval-X JavaScript/32 calls one that its visible tests lack."""
    calls = [node.parent for name in idle for node in _uses(root, name)]
    return [(call.start_byte, call.end_byte, "0") for call in calls if call is not None]


_GLOBALS = frozenset(
    [
        "Array",
        "ArrayBuffer",
        "Atomics",
        "BigInt",
        "BigInt64Array",
        "BigUint64Array",
        "Boolean",
        "DataView",
        "Date",
        "Error",
        "EvalError",
        "Float32Array",
        "Float64Array",
        "Function",
        "Infinity",
        "Int16Array",
        "Int32Array",
        "Int8Array",
        "Intl",
        "JSON",
        "Map",
        "Math",
        "NaN",
        "Number",
        "Object",
        "Promise",
        "Proxy",
        "RangeError",
        "ReferenceError",
        "Reflect",
        "RegExp",
        "Set",
        "String",
        "Symbol",
        "SyntaxError",
        "TypeError",
        "URIError",
        "Uint16Array",
        "Uint32Array",
        "Uint8Array",
        "Uint8ClampedArray",
        "WeakMap",
        "WeakSet",
        "console",
        "decodeURI",
        "decodeURIComponent",
        "encodeURI",
        "encodeURIComponent",
        "eval",
        "globalThis",
        "isFinite",
        "isNaN",
        "parseFloat",
        "parseInt",
        "undefined",
        "arguments",
        "require",
        "module",
        "exports",
        "process",
    ]
)


__all__ = ["LEAVES", "Case", "Cases", "bare", "declared", "edited", "given_nodes", "make_cases"]
