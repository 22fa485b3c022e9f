"""Java tests as cases: a HumanEval-X ``Main`` becomes a class that reports each element of its list by itself.

The data set folds all checks into one list and throws a bare ``AssertionError``, so a failure says nothing. Here every
element runs on its own, after failed ones too. What cannot be split runs whole, as one opaque case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeloop.languages.syntax import parse, text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

TEST_CLASS = "CodeloopTests"
_CAP = 500  # characters of an expression shown: a string literal of the class file may not be endless
_OUT = "codeloopOut"
_ONCE = "codeloopOnce"
_ENTERED, _ENTER = "codeloopEntered", "codeloopEnter"
_SAME = "CodeloopValues.same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A generated test class: its source and, for each case, the expression ("" when it is opaque)."""

    source: str
    expressions: tuple[str, ...]


def imports_of(code: str) -> list[str]:
    """Give the import lines of ``code``, blanks normalised."""
    found = re.findall(r"^[ \t]*(import\s+(?:static\s+)?[\w.]+(?:\.\*)?)\s*;", code, re.M)
    return [re.sub(r"\s+", " ", line) + ";" for line in found]


def make_cases(prompt: str, tests: str) -> Cases:
    """Turn ``tests`` into the test class, with the imports of ``prompt``. Blank tests: no source, no cases."""
    if not tests.strip():
        return Cases(source="", expressions=())
    imports = list(dict.fromkeys([*imports_of(prompt), *imports_of(tests)]))
    root = parse("tree_sitter_java", tests)
    main = _main_class(root)
    method = _main_method(main) if main is not None else None
    if root.has_error or main is None or method is None or _leaves_early(method):
        return _whole(imports, tests)
    builder = _Builder(_checkers(main))
    for statement in _body(method):
        builder.add(statement)
    members = [_compared(member) for member in _body(main) if member != method]
    others = [_compared(node) for node in root.named_children if node.type.endswith("_declaration") and node != main]
    others = [text for text in others if not text.startswith(("import", "package"))]
    return _rendered(imports, members, others, builder)


def _whole(imports: list[str], tests: str) -> Cases:
    """Keep the program as it is and call its main, which starts once: one opaque case.

    Else a candidate that walks the stack to it could run it over and over, until a guess of all its answers passes.
    """
    main = _main_class(parse("tree_sitter_java", tests))
    method = _main_method(main) if main is not None else None
    body = method.child_by_field_name("body") if method is not None else None
    if body is not None:
        data, at = tests.encode("utf-8", "replace"), body.start_byte + 1
        tests = (data[:at] + f"{TEST_CLASS}.{_ENTER}();".encode() + data[at:]).decode("utf-8", "replace")
    rest = re.sub(r"^[ \t]*(import|package)\s+[\w.* ]+;", "", _compared(parse("tree_sitter_java", tests)), flags=re.M)
    rest = re.sub(r"\bpublic\s+class\b", "class", rest)
    builder = _Builder()
    builder.opaque("Main.main(new String[0]);")
    enter = [*_latch(_ENTERED), f"static void {_ENTER}() {{", *_once(_ENTERED), "}"]
    return _rendered(imports, enter, [rest], builder)


def _latch(name: str) -> list[str]:
    return [
        f"private static final java.util.concurrent.CountDownLatch {name} = new java.util.concurrent.CountDownLatch(1);"
    ]


def _once(latch: str) -> list[str]:
    """Let control pass once. No reflection winds a latch up again: its count is in java.base, and the field is final."""
    said = 'throw new java.lang.IllegalStateException("the tests run once");'
    return [f"if ({latch}.getCount() == 0) {{ {said} }}", f"{latch}.countDown();"]


def _rendered(imports: list[str], members: list[str], others: list[str], builder: _Builder) -> Cases:
    plan = ", ".join(_literal(expression) for expression in builder.expressions)
    accept = f"java.util.function.BiConsumer<java.lang.String, java.lang.Object[]> {_OUT}"
    lines = [
        *imports,
        f"public class {TEST_CLASS} {{",
        *members,
        # A candidate that walks the stack to this class must not run it with a recorder of its own.
        *_latch(_ONCE),
        f"public static void run({accept}) throws java.lang.Throwable {{",
        *_once(_ONCE),
        f'{_OUT}.accept("plan", new java.lang.Object[] {{{plan}}});',
        *builder.lines,
        "}",
        "}",
        *others,
    ]
    return Cases(source="\n".join(lines) + "\n", expressions=tuple(builder.expressions))


class _Builder:
    """Collects the statements of the generated method and the plan of its cases."""

    def __init__(self, checkers: frozenset[str] = frozenset()) -> None:
        self.lines: list[str] = []
        self.expressions: list[str] = []
        self._solutions: set[str] = {"Solution"}
        self._checkers = checkers

    def add(self, statement: Node) -> None:
        """Take one statement of the original main: the list becomes cases, a check one opaque case, others stay."""
        text = text_of(statement)
        declared = re.match(r"Solution\s+(\w+)\s*=", text)
        if declared:
            self._solutions.add(declared[1])
        elements = _list_elements(statement)
        if elements is not None:
            for element in elements:
                self._element(element)
        elif re.match(r"if\s*\(\s*correct\s*\.\s*contains\s*\(\s*false\s*\)\s*\)", text):
            return
        elif _checks(statement) or self._calls_checker(statement):
            self.opaque(_compared(statement))
        else:
            self.lines.append(_compared(statement))

    def _calls_checker(self, statement: Node) -> bool:
        """Say whether it is a call of one of the tests' own checking methods, ``check(actual, expected);``."""
        call = statement.named_child(0) if statement.type == "expression_statement" else None
        return call is not None and text_of(call.child_by_field_name("name")) in self._checkers

    def opaque(self, statements: str) -> None:
        """Add ``statements`` as one case that passes if it does not throw."""
        index = self._plan("")
        passed = f'{_OUT}.accept("case", new java.lang.Object[] {{{index}, true}});'
        self.lines.append(_guarded(index, f"{statements}\n{passed}", is_opaque=True))

    def _plan(self, expression: str) -> int:
        self.expressions.append(" ".join(expression.split())[:_CAP])
        return len(self.expressions) - 1

    def _element(self, element: Node) -> None:
        index = self._plan(text_of(element))
        check = self._check(_bare(element))
        report = f"{index}, {check.passed}, {check.expected}, {check.actual}"
        body = f'{check.setup}\n{_OUT}.accept("case", new java.lang.Object[] {{{report}}});'
        self.lines.append(_guarded(index, body, is_opaque=False))

    def _check(self, node: Node) -> _Check:
        found = self._equality(node) or self._nearness(node)
        if found is not None:
            return found
        if node.type == "unary_expression" and text_of(node).startswith("!"):
            operand = _compared(node.child_by_field_name("operand"))
            return _Check(f"boolean codeloopA = {operand};", "!codeloopA", "false", "codeloopA")
        return _Check(f"boolean codeloopA = {_compared(node)};", "codeloopA", "true", "codeloopA")

    def _equality(self, node: Node) -> _Check | None:
        """Read ``a == b``, ``a.equals(b)``, ``Objects.equals(a, b)``, ``Arrays.equals(a, b)``."""
        if node.type == "binary_expression" and text_of(node.child_by_field_name("operator")) == "==":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            expected, actual = self._sides(left, right)
            setup = _declare("codeloopA", left, "var") + _declare("codeloopB", right, "var")
            return _Check(setup, "codeloopA == codeloopB", expected, actual)
        pair = _equals_pair(node)
        if pair is None:
            return None
        name, left, right = pair
        expected, actual = self._sides(left, right)
        kind = "var" if name == "Arrays" else "java.lang.Object"
        setup = _declare("codeloopA", left, kind) + _declare("codeloopB", right, kind)
        # The expected side decides: a hostile equals in a returned object must not.
        compare = "java.util.Arrays.equals" if name == "Arrays" else _SAME
        return _Check(setup, f"{compare}({expected}, {actual})", expected, actual)

    def _nearness(self, node: Node) -> _Check | None:
        """Read ``Math.abs(a - b) < eps``; with ``+`` the expected value is ``-b``."""
        if node.type != "binary_expression" or text_of(node.child_by_field_name("operator")) not in {"<", "<="}:
            return None
        call, bound = node.child_by_field_name("left"), node.child_by_field_name("right")
        inner = _absolute(call)
        if inner is None:
            return None
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        sign, less = text_of(inner.child_by_field_name("operator")), text_of(node.child_by_field_name("operator"))
        expected, actual = self._sides(left, right)
        setup = _declare("codeloopA", left, "var") + _declare("codeloopB", right, "var")
        passed = f"java.lang.Math.abs(codeloopA {sign} codeloopB) {less} {text_of(bound)}"
        return _Check(setup, passed, f"-{expected}" if sign == "+" else expected, actual)

    def _sides(self, left: Node | None, right: Node | None) -> tuple[str, str]:
        """Say which variable is expected and which is actual: actual is the side that calls the solution."""
        if self._calls(right) and not self._calls(left):
            return "codeloopA", "codeloopB"
        return "codeloopB", "codeloopA"

    def _calls(self, node: Node | None) -> bool:
        if node is None:
            return False
        return any(n.type in {"identifier", "type_identifier"} and text_of(n) in self._solutions for n in walk(node))


@dataclass(frozen=True, slots=True)
class _Check:
    """Java text: declarations, the condition, and the two values to show."""

    setup: str
    passed: str
    expected: str
    actual: str


def _compared(node: Node | None) -> str:
    """Give the source text with every ``a.equals(b)`` made ``CodeloopValues.same(a, b)``: the candidate's may lie."""
    if node is None:
        return ""
    pair = _equals_pair(node)
    if pair is not None and pair[0] != "Arrays" and pair[1].type not in {"super", "this"}:
        return f"{_SAME}({_compared(pair[1])}, {_compared(pair[2])})"
    data, start, parts = node.text or b"", node.start_byte, []
    at = 0
    for child in node.children:
        parts += [data[at : child.start_byte - start].decode("utf-8", "replace"), _compared(child)]
        at = child.end_byte - start
    return "".join([*parts, data[at:].decode("utf-8", "replace")])


def _declare(name: str, value: Node | None, kind: str) -> str:
    text = text_of(value)
    return f"{'java.lang.Object' if text == 'null' else kind} {name} = {text};\n"


def _guarded(index: int, body: str, *, is_opaque: bool) -> str:
    raised = f"new java.lang.Object[] {{{index}, codeloopRaised, {'true' if is_opaque else 'false'}}}"
    return f'try {{\n{body}\n}} catch (java.lang.Throwable codeloopRaised) {{\n{_OUT}.accept("raised", {raised});\n}}'


def _literal(text: str) -> str:
    """Write a Java string literal in ASCII."""
    units = text.encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2)]
    # Octal for controls, quotes and backslashes: a \u escape of those would be read before the literal is.
    plain = [
        f"\\{code:03o}" if code < 32 or code in {34, 92} else chr(code) if code < 127 else f"\\u{code:04x}"
        for code in codes
    ]
    return '"' + "".join(plain) + '"'


def _body(node: Node) -> list[Node]:
    body = node.child_by_field_name("body")
    return [] if body is None else [child for child in body.named_children if not child.type.endswith("comment")]


def _main_class(root: Node) -> Node | None:
    for node in root.named_children:
        if node.type == "class_declaration" and text_of(node.child_by_field_name("name")) == "Main":
            return node
    return None


def _main_method(main: Node) -> Node | None:
    for node in _body(main):
        if node.type == "method_declaration" and text_of(node.child_by_field_name("name")) == "main":
            return node
    return None


def _leaves_early(method: Node) -> bool:
    """Say whether main returns or reads its arguments: then its statements cannot stand elsewhere."""
    uses_args = any(n.type == "identifier" and text_of(n) == "args" for s in _body(method) for n in walk(s))
    return uses_args or any(n.type == "return_statement" for n in walk(method))


def _checkers(main: Node) -> frozenset[str]:
    """Name the methods of the test class that throw or assert."""
    methods = [node for node in _body(main) if node.type == "method_declaration" and _checks(node)]
    return frozenset(text_of(node.child_by_field_name("name")) for node in methods)


def _checks(statement: Node) -> bool:
    return any(node.type in {"throw_statement", "assert_statement"} for node in walk(statement))


def _list_elements(statement: Node) -> list[Node] | None:
    """Give the elements of ``List<Boolean> correct = Arrays.asList(…)``."""
    if statement.type != "local_variable_declaration":
        return None
    if "".join(text_of(statement.child_by_field_name("type")).split()) != "List<Boolean>":
        return None
    declarator = statement.child_by_field_name("declarator")
    call = declarator.child_by_field_name("value") if declarator is not None else None
    if call is None or call.type != "method_invocation" or text_of(call.child_by_field_name("name")) != "asList":
        return None
    return _arguments(call)


def _arguments(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    if arguments is None:
        return []
    return [node for node in arguments.named_children if not node.type.endswith("comment")]


def _bare(node: Node) -> Node:
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        inner = node.named_child(0)
        if inner is None:
            break
        node = inner
    return node


def _equals_pair(node: Node) -> tuple[str, Node, Node] | None:
    if node.type != "method_invocation" or text_of(node.child_by_field_name("name")) != "equals":
        return None
    receiver, arguments = node.child_by_field_name("object"), _arguments(node)
    if receiver is None:
        return None
    if text_of(receiver) in {"Objects", "Arrays"} and len(arguments) == 2:
        return text_of(receiver), arguments[0], arguments[1]
    return ("", receiver, arguments[0]) if len(arguments) == 1 else None


def _absolute(call: Node | None) -> Node | None:
    """Give ``a - b`` of ``Math.abs(a - b)``."""
    if call is None or call.type != "method_invocation" or len(_arguments(call)) != 1:
        return None
    if (text_of(call.child_by_field_name("object")), text_of(call.child_by_field_name("name"))) != ("Math", "abs"):
        return None
    inner = _bare(_arguments(call)[0])
    is_sum = inner.type == "binary_expression" and text_of(inner.child_by_field_name("operator")) in {"-", "+"}
    return inner if is_sum else None
