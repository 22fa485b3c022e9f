"""C++ tests as cases: each ``assert`` becomes a block that records it, and the rest of the tests stays as it is.

The tests are compiled against the signature in the prompt alone: the entry point in their program asks the candidate's
process. The judge's side of what stands here is in ``sandboxes/cpp/judge.h``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeloop.languages.cpp_signature import GRAMMAR, Signature, name_of, prompt_nodes, signature_of
from codeloop.languages.syntax import parse, text_of, to_bytes, to_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_CAP = 1000  # characters of an expression shown
_ORDER = frozenset({"==", "!=", "<", "<=", ">", ">="})
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LITERALS = frozenset({"number_literal", "string_literal", "char_literal", "true", "false"})
_A, _B, _VALUE = "codeloop_a", "codeloop_b", "codeloop_value"
# A side is kept by value: what it refers to may be part of a temporary, as in ``f(1)[0]``.
_HELPERS = (
    "template <class T> std::decay_t<T> codeloop_value(T&& value) { return std::forward<T>(value); }\n"
    "inline bool codeloop_value(std::vector<bool>::reference value) { return value; }"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One assertion. ``is_plain``: it compares the entry point's answer for equality, or asks for its truth."""

    line: int
    expression: str
    is_opaque: bool
    is_plain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """The judge's program, and its cases."""

    source: str
    cases: tuple[Case, ...]


def make_cases(prompt: str, tests: str, entry_point: str) -> Cases:
    """Make the judge's program of ``tests``. Blank tests, or a prompt without the entry point: none."""
    signature = signature_of(prompt, entry_point)
    if not tests.strip() or signature is None:
        return Cases(source="", cases=())
    root = parse(GRAMMAR, tests)
    builder = _Builder(entry_point, _tainted(root, entry_point))
    changes = [*builder.changes(root), *_main(root)]
    given = "\n".join(text_of(node) for node in given_nodes(prompt, entry_point))
    lines = [
        *includes_of(prompt),
        given,
        "using namespace std;",
        *(['#include "/opt/codeloop/any.h"'] if "boost/any" in prompt else []),
        _HELPERS,
        # A name of its own: of HumanEval-X's strlen(string), tests with a literal would call the C library's.
        f"#define {entry_point} codeloop_entry_point",
        _stub(signature),
        '#line 1 "tests.cpp"',
        _edited(tests, changes),
        '#line 1 "plan.cpp"',
        _plan(builder.cases),
    ]
    return Cases(source="\n".join(lines) + "\n", cases=tuple(builder.cases))


def server_of(prompt: str, entry_point: str) -> str:
    """Make the end of the candidate's program, which calls the entry point for the judge."""
    signature = signature_of(prompt, entry_point)
    if signature is None:
        return ""
    names = [f"codeloop_{number}" for number in range(len(signature.parameters))]
    call = f"::{signature.name}({', '.join(names)})"
    declared = "".join(
        f"    {each.type} {name}{{}}; codeloop_wire::get(codeloop_in, {name});\n"
        for each, name in zip(signature.parameters, names, strict=True)
    )
    returned = "".join(
        f"    codeloop_wire::put(codeloop_out, {name});\n"
        for each, name in zip(signature.parameters, names, strict=True)
        if each.is_returned
    )
    answer = f"codeloop_wire::answer<{signature.type}>(codeloop_out, codeloop_answer)"
    made = f"{call};" if signature.type == "void" else f"auto codeloop_answer = {call}; {answer};"
    with_any = '#include "/opt/codeloop/any.h"\n' if "boost/any" in prompt else ""
    return (
        f"{with_any}namespace codeloop_server {{\nusing namespace std;\n"
        f"static void call(codeloop_wire::reader& codeloop_in, codeloop_wire::writer& codeloop_out) {{\n"
        f"{declared}    {made}\n{returned}}}\n}}\n"
        "void codeloop_dispatch(long long, codeloop_wire::reader& in, codeloop_wire::writer& out) "
        "{ codeloop_server::call(in, out); }\n"
    )


def given_nodes(prompt: str, entry_point: str) -> list[Node]:
    """Give the prompt's helpers and types: all before the entry point that is no include, comment or using."""
    kept = (
        "function_definition",
        "type_definition",
        "alias_declaration",
        "struct_specifier",
        "class_specifier",
        "declaration",
    )
    found: list[Node] = []
    for node in prompt_nodes(prompt):
        if node.type == "function_definition" and name_of(node) == entry_point:
            break
        if node.type in kept or text_of(node) == "using namespace std;":
            found.append(node)
    return found


def includes_of(code: str) -> list[str]:
    """Give the include lines, blanks normalised."""
    found = re.findall(r'^[ \t]*#[ \t]*include[ \t]*(<[^>\n]+>|"[^"\n]+")', code, re.M)
    return [f"#include {name}" for name in found]


def _stub(signature: Signature) -> str:
    """Define the entry point in the judge's program: send the arguments, read the answer."""
    puts = "".join(f" codeloop_wire::put(codeloop_out, {each.name});" for each in signature.parameters)
    changed = "".join(f", {each.name}" for each in signature.parameters if each.is_returned)
    return (
        f"{signature.head} {{ codeloop_wire::writer codeloop_out; codeloop_out.whole(0);{puts}"
        f" return codeloop_judge::ask<{signature.type}>(codeloop_out{changed}); }}"
    )


def _plan(cases: list[Case]) -> str:
    rows = ", ".join(
        f"{{{case.line}, {json.dumps(json.dumps(case.expression))}, {'true' if case.is_opaque else 'false'}}}"
        for case in cases
    )
    rows = rows or '{0, "\\"\\"", true}'
    return (
        f"extern const codeloop_judge::planned codeloop_plan[];\nconst codeloop_judge::planned codeloop_plan[] = {{{rows}}};\n"
        f"extern const int codeloop_n_planned;\nconst int codeloop_n_planned = {len(cases)};\n"
    )


def _main(root: Node) -> list[tuple[int, int, str]]:
    """Rename the tests' main, and let it end as a main does."""
    for node in root.named_children:
        if node.type == "function_definition" and name_of(node) == "main":
            name = next(n for n in walk(node) if n.type == "identifier" and text_of(n) == "main")
            body = node.child_by_field_name("body")
            end = body.end_byte - 1 if body is not None else node.end_byte
            return [(name.start_byte, name.end_byte, "codeloop_tests"), (end, end, " return 0; ")]
    return []


def _edited(code: str, changes: list[tuple[int, int, str]]) -> str:
    data = to_bytes(code)
    for start, end, text in sorted(changes, reverse=True):
        data = data[:start] + to_bytes(text) + data[end:]
    return to_text(data)


class _Builder:
    """Makes a change of every assertion, and the list of cases."""

    def __init__(self, entry_point: str, tainted: set[str]) -> None:
        self.cases: list[Case] = []
        self._entry_point = entry_point
        self._tainted = tainted

    def changes(self, root: Node) -> list[tuple[int, int, str]]:
        """Give (start byte, end byte, new text) of every statement ``assert(…);``."""
        found = []
        for node in walk(root):
            condition = _condition(node)
            if condition is not None:
                found.append((node.start_byte, node.end_byte, self._block(condition)))
        return found

    def _block(self, condition: Node) -> str:
        node = _meant(condition)
        number = len(self.cases)
        text = (
            self._compare(number, node)
            or self._near(number, node)
            or self._same(number, node)
            or self._truth(number, node)
        )
        self.cases.append(
            Case(
                line=condition.start_point.row + 1,
                expression=" ".join(text_of(_bare(condition)).split())[:_CAP],
                is_opaque=not text,
                is_plain=self._is_plain(node),
            )
        )
        text = text or f"codeloop_judge::end({number}, static_cast<bool>({text_of(condition)}));"
        lines = "\n" * text_of(condition).count("\n")  # so that no later line moves
        return (
            f"{{ try {{ {' '.join(text.splitlines())} }} catch (...) {{ codeloop_judge::raised({number}); }} }}{lines}"
        )

    def _compare(self, number: int, node: Node) -> str:
        sides = _sides(node, _ORDER)
        if sides is None or (_absolute(sides[0]) is not None and sides[1].startswith("<")):
            return ""
        left, operator, right = sides
        is_right = self._has_taint(right) and not self._has_taint(left)
        sign = _MIRRORED.get(operator, operator) if is_right else operator
        before = "" if sign == "==" else f"{sign} "
        expected, actual = (_A, _B) if is_right else (_B, _A)
        holds = f"{_A} {operator} {_B}"
        return f'{_held(left, right)} codeloop_judge::compared({number}, {holds}, "{before}", {expected}, {actual});'

    def _near(self, number: int, node: Node) -> str:
        """Read ``abs(a - b) < bound``; with ``+`` the expected value is ``-b``."""
        sides = _sides(node, frozenset({"<", "<="}))
        call = _absolute(sides[0]) if sides is not None else None
        if sides is None or call is None:
            return ""
        _, operator, bound = sides
        name, argument = call
        inner = _sides(argument, frozenset({"-", "+"}))
        if inner is None:
            holds = f"{_A} {operator} {_B}"
            return f'{_held(sides[0], bound)} codeloop_judge::compared({number}, {holds}, "{operator} ", {_B}, {_A});'
        left, sign, right = inner
        is_right = self._has_taint(right) and not self._has_taint(left)
        expected, actual = (_A, _B) if is_right else (_B, _A)
        meant = f"-({expected})" if sign == "+" else expected
        holds = f"{name}({_A} {sign} {_B}) {operator} {text_of(bound)}"
        return f"{_held(left, right)} codeloop_judge::near({number}, {holds}, {meant}, {text_of(bound)}, {actual});"

    def _same(self, number: int, node: Node) -> str:
        """Read ``same(f(…), {…})``: a function of the tests that compares two values of one type."""
        arguments = _arguments(node) if node.type == "call_expression" else []
        name = text_of(node.child_by_field_name("function"))
        if len(arguments) != 2 or name == self._entry_point or not re.fullmatch(r"\w+", name):
            return ""
        left, right = arguments
        if left.type == "initializer_list" or not self._has_taint(left):
            return ""
        first = f"auto {_A} = {text_of(left)};"
        kind = f"decltype({_A})" if right.type == "initializer_list" else "auto"
        held = f"{first} {kind} {_B} = {text_of(right)};"
        return f'{held} codeloop_judge::compared({number}, {name}({_A}, {_B}), "", {_B}, {_A});'

    def _truth(self, number: int, node: Node) -> str:
        inner = _negated(node)
        value = inner if inner is not None else node
        if value.type not in ("call_expression", "identifier"):
            return ""
        word, holds = ("false", f"!{_A}") if inner is not None else ("true", f"static_cast<bool>({_A})")
        return f'auto {_A} = {_copied(value)}; codeloop_judge::truth({number}, {holds}, "{word}", {_A});'

    def _has_taint(self, node: Node) -> bool:
        return any(inner.type == "identifier" and text_of(inner) in self._tainted for inner in walk(node))

    def _is_call(self, node: Node) -> bool:
        node = _bare(node)
        return node.type == "call_expression" and text_of(node.child_by_field_name("function")) == self._entry_point

    def _is_plain(self, node: Node) -> bool:
        inner = _negated(node)
        if self._is_call(inner if inner is not None else node):
            return True
        sides = _sides(node, frozenset({"=="}))
        arguments = _arguments(node) if node.type == "call_expression" else []
        pair = [sides[0], sides[2]] if sides is not None else arguments
        if len(pair) != 2:
            return False
        calls = [self._is_call(side) or _is_cast_of(side, self._entry_point) for side in pair]
        other = pair[1] if calls[0] else pair[0]
        return any(calls) and not self._has_taint(other)


def _held(left: Node, right: Node) -> str:
    return f"auto {_A} = {_copied(left)}; auto {_B} = {_copied(right)};"


def _copied(node: Node) -> str:
    """Give a side's text as a value: ``auto`` alone copies what a literal or a function gives."""
    node = _bare(node)
    text = text_of(node)
    is_function = node.type == "call_expression" and text_of(node.child_by_field_name("function")).isidentifier()
    return text if is_function or node.type in _LITERALS else f"{_VALUE}({text})"


def _condition(node: Node) -> Node | None:
    """Give the condition of a statement ``assert(condition);``."""
    call = node.named_children[0] if node.type == "expression_statement" and node.named_child_count == 1 else None
    if call is None or call.type != "call_expression" or text_of(call.child_by_field_name("function")) != "assert":
        return None
    arguments = _arguments(call)
    return arguments[0] if len(arguments) == 1 else None


def _arguments(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    return [child for child in arguments.named_children if child.type != "comment"] if arguments is not None else []


def _bare(node: Node) -> Node:
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def _meant(condition: Node) -> Node:
    """Take parentheses off, and the text that some asserts carry: ``f(…) && "failure 1"``."""
    node = _bare(condition)
    sides = _sides(node, frozenset({"&&", "and"}))
    return _bare(sides[0]) if sides is not None and sides[2].type == "string_literal" else node


def _sides(node: Node, operators: frozenset[str]) -> tuple[Node, str, Node] | None:
    node = _bare(node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = text_of(node.child_by_field_name("operator"))
    if node.type != "binary_expression" or operator not in operators or left is None or right is None:
        return None
    return left, operator, right


def _absolute(node: Node) -> tuple[str, Node] | None:
    """Give the function's name and ``a - b`` of ``abs(a - b)``."""
    node = _bare(node)
    name = text_of(node.child_by_field_name("function"))
    arguments = _arguments(node) if node.type == "call_expression" else []
    return (name, arguments[0]) if name in ("abs", "fabs", "std::abs", "std::fabs") and len(arguments) == 1 else None


def _negated(node: Node) -> Node | None:
    argument = node.child_by_field_name("argument")
    is_not = node.type == "unary_expression" and text_of(node.child_by_field_name("operator")) in ("!", "not")
    return _bare(argument) if is_not and argument is not None else None


def _is_cast_of(node: Node, entry_point: str) -> bool:
    return (
        re.match(rf"(?:boost::any|std::any|any)_cast<[\w:]+>\s*\(\s*{re.escape(entry_point)}\s*\(", text_of(node))
        is not None
    )


def _tainted(root: Node, entry_point: str) -> set[str]:
    """Name the entry point and the variables made from calls of it, as far as the text shows."""
    tainted = {entry_point}
    for node in walk(root):
        if node.type in ("init_declarator", "assignment_expression"):
            value = node.child_by_field_name("value") or node.child_by_field_name("right")
            target = node.child_by_field_name("declarator") or node.child_by_field_name("left")
            if value is None or target is None:
                continue
            if any(n.type == "identifier" and text_of(n) in tainted for n in walk(value)):
                tainted |= {text_of(n) for n in walk(target) if n.type == "identifier"}
    return tainted


__all__ = ["Case", "Cases", "given_nodes", "includes_of", "make_cases", "server_of"]
