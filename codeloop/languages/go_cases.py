"""Go tests as cases: every assertion of a test function runs and is reported by itself.

The tests are a package of their own, which calls the candidate's by ``codeloopCandidate.Name``, so that nothing a
candidate declares can stand for ``len``, ``true`` or ``assert`` in them. Functions that the prompt gives before the entry
point are copied into the tests: the candidate's may have been changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codeloop.languages.syntax import parse, text_of, to_bytes, to_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

GRAMMAR = "tree_sitter_go"
_CAP = 500  # characters of an expression shown
_CANDIDATE, _VERDICT, _ALIAS = "codeloopCandidate", "codeloopVerdict", "Codeloop_"
_ASSERT = "github.com/stretchr/testify/assert"
_SHIMS = {"testing": "testing", "assert": _ASSERT}
_NESTED = frozenset({"func_literal"})

# Base name to path of what programs without an import of it may mean; of several packages of one name the usual one.
PACKAGES = {
    path.rpartition("/")[2]: path
    for path in (
        *(
            "bufio",
            "bytes",
            "cmp",
            "context",
            "errors",
            "fmt",
            "html",
            "io",
            "iter",
            "log",
            "maps",
            "math",
            "os",
            "reflect",
        ),
        *("regexp", "runtime", "slices", "sort", "strconv", "strings", "sync", "time", "unicode"),
        *("container/heap", "container/list", "container/ring", "crypto/md5", "crypto/sha1", "crypto/sha256"),
        *("encoding/base64", "encoding/hex", "encoding/json", "hash/fnv", "math/big", "math/bits", "math/cmplx"),
        *("math/rand", "sync/atomic", "unicode/utf16", "unicode/utf8"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Generated Go: the tests' package, a second file of the candidate's package ("" for none), and the expressions."""

    source: str
    alias: str
    expressions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Given:
    """What the prompt declares: names by kind, and the text of the functions that the tests can have for themselves."""

    kinds: dict[str, str]
    copied: dict[str, str]


def imports_of(root: Node) -> list[tuple[str, str]]:
    """Give (local name, path) of every import; the name is the path's last part where none is written."""
    found = []
    for node in root.children:
        if node.type != "import_declaration":
            continue
        for spec in (inner for inner in walk(node) if inner.type == "import_spec"):
            path = text_of(spec.child_by_field_name("path")).strip('"`')
            name = spec.child_by_field_name("name")
            found.append((text_of(name) if name is not None else path.rpartition("/")[2], path))
    return found


def names_of(node: Node) -> set[str]:
    """Name what a declaration at the top declares; a method declares nothing there."""
    if node.type == "function_declaration":
        return {text_of(node.child_by_field_name("name"))}
    kinds = {"type_spec", "type_alias", "const_spec", "var_spec"}
    specs = [inner for inner in walk(node, {"block", "func_literal"}) if inner.type in kinds]
    if node.type in {"type_declaration", "const_declaration", "var_declaration"}:
        return {text_of(name) for spec in specs for name in spec.children_by_field_name("name") if name.is_named}
    return set()


def used_packages(node: Node) -> set[str]:
    """Give the names before the dot in selectors and qualified types: imports among them are used."""
    operands = {
        text_of(inner.child_by_field_name("operand")) for inner in walk(node) if inner.type == "selector_expression"
    }
    packages = {text_of(inner.child_by_field_name("package")) for inner in walk(node) if inner.type == "qualified_type"}
    return operands | packages


def make_cases(prompt: str, entry_point: str, tests: str) -> Cases:
    """Turn ``tests`` into the package that runs them. Blank tests: no source; an alias where the entry point is unexported."""
    given = _given(prompt, entry_point)
    root = parse(GRAMMAR, tests)
    renamed = _renamed(given, entry_point)
    if not tests.strip():
        return Cases(source="", alias="", expressions=())
    builder = _Builder(entry_point=entry_point, names=renamed)
    for node in root.named_children:
        if node.type not in {"package_clause", "import_declaration", "comment"}:
            builder.top(node)
    body = "\n".join([*(_replaced(parse(GRAMMAR, text), renamed) for text in given.copied.values()), *builder.tops])
    imports = _imports(prompt, tests, body)
    plan = ", ".join(json.dumps(" ".join(text.split())[:_CAP]) for text in builder.expressions)
    lines = [
        "package main",
        f'import {_VERDICT} "codeloop/verdict"',
        f'import {_CANDIDATE} "zz/candidate"',
        'import codeloopTesting "testing"',
        *(f"import {name} {json.dumps(path)}" for name, path in imports),
        body,
        "func main() {",
        "codeloopT := &codeloopTesting.T{}",
        "_ = codeloopT",
        f"{_VERDICT}.Plan({plan})",
        *builder.calls,
        f"{_VERDICT}.Done()",
        "}",
    ]
    source = "\n".join(lines) + "\n"
    if _CANDIDATE + "." not in source:
        source = source.replace(f'import {_CANDIDATE} "zz', '//import _ "zz')
    return Cases(source=source, alias=_aliases(given, renamed, source), expressions=tuple(builder.expressions))


def _given(prompt: str, entry_point: str) -> _Given:
    """Read the prompt, whose last function is not finished."""
    root = parse(GRAMMAR, prompt + "\n}\n")
    kinds: dict[str, str] = {}
    functions: dict[str, Node] = {}
    for node in root.children:
        for name in names_of(node):
            kinds[name] = node.type.partition("_")[0]
        if node.type == "function_declaration" and not node.has_error:
            functions[text_of(node.child_by_field_name("name"))] = node
    functions.pop(entry_point, None)
    own = {name for name, kind in kinds.items() if kind != "function"}
    copied = {name: text_of(node) for name, node in functions.items() if not _leaves(node) & own}
    return _Given(kinds={name: kind for name, kind in kinds.items() if name not in copied}, copied=copied)


def _leaves(node: Node) -> set[str]:
    return {text_of(inner) for inner in walk(node) if inner.type in {"identifier", "type_identifier"}}


def _renamed(given: _Given, entry_point: str) -> dict[str, str]:
    """Say how the tests write the candidate's names."""
    names = {*given.kinds, entry_point} - {"main", "_"}
    return {name: f"{_CANDIDATE}.{name if name[:1].isupper() else _ALIAS + name}" for name in names}


def _aliases(given: _Given, renamed: dict[str, str], source: str) -> str:
    """Export what the tests use and the candidate cannot: names in lower case."""
    words = {"type": "type {0}{1} = {1}", "const": "const {0}{1} = {1}"}
    used = [
        name for name, ours in sorted(renamed.items()) if _ALIAS in ours and re.search(rf"{re.escape(ours)}\b", source)
    ]
    lines = [words.get(given.kinds.get(name, ""), "var {0}{1} = {1}").format(_ALIAS, name) for name in used]
    return "\n".join(["package candidate", *lines, ""]) if lines else ""


def _replaced(node: Node, names: dict[str, str]) -> str:
    """Give a node's text with the candidate's names written as the tests must write them."""
    data, start = node.text or b"", node.start_byte
    skipped = {inner.child_by_field_name("name").id for inner in walk(node) if inner.type in _DEFINES}  # type: ignore[union-attr]  # these have one
    parts, at = [], 0
    for leaf in walk(node):
        if leaf.type in {"identifier", "type_identifier"} and leaf.id not in skipped and text_of(leaf) in names:
            parts += [data[at : leaf.start_byte - start], to_bytes(names[text_of(leaf)])]
            at = leaf.end_byte - start
    return to_text(b"".join([*parts, data[at:]]))


_DEFINES = frozenset({"function_declaration", "type_spec"})


def _imports(prompt: str, tests: str, body: str) -> list[tuple[str, str]]:
    """Choose the imports that the tests use: their own, the prompt's, and those of the standard library that lack."""
    used = used_packages(parse(GRAMMAR, "package main\n" + body))
    offered = {
        **PACKAGES,
        **_SHIMS,
        **dict(imports_of(parse(GRAMMAR, prompt))),
        **dict(imports_of(parse(GRAMMAR, tests))),
    }
    local = {_CANDIDATE, _VERDICT}
    return [(name, path) for name, path in sorted(offered.items()) if name in used - local and name not in {"_", "."}]


@dataclass(slots=True, kw_only=True)
class _Builder:
    """Collects the declarations of the tests' package, the calls of its main, and the plan of its cases."""

    entry_point: str
    names: dict[str, str]
    tops: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    expressions: list[str] = field(default_factory=list)

    def top(self, node: Node) -> None:
        """Take one declaration: a test function becomes cases, all else stays."""
        name = text_of(node.child_by_field_name("name"))
        parameters = node.child_by_field_name("parameters")
        is_test = node.type == "function_declaration" and name.startswith("Test") and parameters is not None
        if not is_test or parameters is None or parameters.named_child_count != 1:
            if name != "main" or node.type != "function_declaration":
                self.tops.append(_replaced(node, self.names))
            return
        call = f"{name}(codeloopT)"
        body = node.child_by_field_name("body")
        if body is None or node.has_error or any(n.type == "return_statement" for n in walk(body, _NESTED)):
            self.calls.append(self._case("", call))
            self.tops.append(_replaced(node, self.names))
            return
        statements = [self._statement(statement) for statement in _statements(body)]
        self.tops.append("\n".join([f"func {name}{_replaced(parameters, self.names)} {{", *statements, "}"]))
        self.calls.append(call)

    def _statement(self, node: Node) -> str:
        call = _assertion(node)
        if call is not None:
            return self._case(text_of(node), self._told_apart(call))
        if _checks(node):
            return self._case("", _replaced(node, self.names))
        return _replaced(node, self.names) + "".join(f"\n_ = {name}" for name in _declared(node))

    def _told_apart(self, call: Node) -> str:
        """Write an assertion with the value of the entry point as the actual one: the second."""
        text = _replaced(call, self.names)
        arguments = call.child_by_field_name("arguments")
        values = list(arguments.named_children) if arguments is not None else []
        name = text_of(call.child_by_field_name("function"))
        skip = len(values) - 2 if text_of(values[0] if values else None) == "t" else 0
        if name.rpartition(".")[2] != "Equal" or len(values) != 2 + skip or skip not in {0, 1}:
            return text
        first, second = values[skip:]
        if calls(first, self.entry_point) and not calls(second, self.entry_point):
            inner = [*(["t"] * skip), _replaced(second, self.names), _replaced(first, self.names)]
            return f"{name}({', '.join(inner)})"
        return text

    def _case(self, expression: str, body: str) -> str:
        self.expressions.append(expression)
        return f"{_VERDICT}.Case({len(self.expressions) - 1}, func() {{\n{body}\n}})"


def calls(node: Node, name: str) -> bool:
    """Say whether ``name`` is used anywhere in a node."""
    return any(inner.type == "identifier" and text_of(inner) == name for inner in walk(node))


def _statements(body: Node) -> list[Node]:
    nodes = [node for node in body.named_children if node.type != "comment"]
    if len(nodes) == 1 and nodes[0].type == "statement_list":
        nodes = [node for node in nodes[0].named_children if node.type != "comment"]
    return nodes


def _assertion(statement: Node) -> Node | None:
    """Give the call of a statement ``assert.Equal(…)``."""
    call = statement.named_child(0) if statement.type == "expression_statement" else None
    if call is None or call.type != "call_expression":
        return None
    return call if text_of(call.child_by_field_name("function")).startswith(("assert.", "require.")) else None


def _checks(statement: Node) -> bool:
    """Say whether a statement asserts or fails somewhere inside; a function that does so only when called counts too."""
    receivers = ("assert", "require", "t")
    fails: Collection[str] = {"Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow", "Run"}
    for node in walk(statement):
        if node.type == "selector_expression" and text_of(node.child_by_field_name("operand")) in receivers:
            name = text_of(node.child_by_field_name("field"))
            if name in fails or (text_of(node.child_by_field_name("operand")) != "t" and name != "New"):
                return statement.type not in {"short_var_declaration", "var_declaration"}
    return False


def _declared(statement: Node) -> list[str]:
    """Name the variables of a statement, which may be used in no case."""
    if statement.type == "short_var_declaration":
        left = statement.child_by_field_name("left")
        return [text_of(n) for n in left.named_children if text_of(n) != "_"] if left is not None else []
    if statement.type == "var_declaration":
        return sorted(names_of(statement) - {"_"})
    return []
