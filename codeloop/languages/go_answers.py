"""Go answers: what extraction must know of Go, and the shape that a candidate needs: one file of one package.

The package's name does not matter, because the candidate is compiled as a package of its own, and neither does a main,
which nothing calls. What is taken out takes its imports along, because an import that nothing uses is an error in Go.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from codeloop.attempts import Note
from codeloop.languages.go_cases import GRAMMAR, PACKAGES, imports_of, names_of, used_packages
from codeloop.languages.syntax import Syntax, parse, text_of, to_bytes, to_text
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

_DECLARATIONS = frozenset({"function_declaration", "method_declaration"})
_TESTS = re.compile(r"(?:Test|Benchmark|Example|Fuzz)(?:[A-Z_]\w*)?")

SYNTAX = Syntax(
    grammar=GRAMMAR,
    comments=frozenset({"comment"}),
    imports=frozenset({"import_declaration"}),
    functions=_DECLARATIONS,
    types=frozenset({"type_declaration"}),
    nested=_DECLARATIONS | {"func_literal"},
    returns=frozenset({"return_statement"}),
    assertions=frozenset(),
    loose=frozenset(
        {"expression_statement", "for_statement", "if_statement", "short_var_declaration", "assignment_statement"}
        | {"expression_switch_statement", "type_switch_statement", "inc_statement", "dec_statement", "block"}
    ),
    names=frozenset({"identifier", "type_identifier", "package_identifier"}),
    fillers=frozenset(),
    starts=re.compile(
        r"^[ \t]*(?:package[ \t]+\w+[ \t]*$|import[ \t]*(?:\(|\"|[\w.]+[ \t]+\")|func[ \t]*(?:\([^)\n]*\)[ \t]*)?\w+[ \t]*[\[(]"
        r"|type[ \t]+\w+[ \t\[]|(?:var|const)[ \t]+(?:\(|\w+[ \t]*(?:=|[\w\[*]+)))",
        re.M,
    ),
    declares=r"^[ \t]*func[ \t]+NAME[ \t]*[\[(]|^var[ \t]+NAME\b",
    binders=(
        ("parameter_declaration", "name"),
        ("variadic_parameter_declaration", "name"),
        ("short_var_declaration", "left"),
        ("range_clause", "left"),
        ("var_spec", "name"),
        ("const_spec", "name"),
    ),
    selectors=(("selector_expression", "field"),),
    shows=frozenset({"Println", "Printf", "Print", "println", "print", "main"}),
    tests=re.compile(r"(?!)"),  # tests are taken out here, with their imports
    packages=frozenset({"package_clause"}),
)


def bound(node: Node) -> set[str]:
    """Name what a declaration declares; an import declares the package's local name."""
    if node.type == "import_declaration":
        return {name for name, _ in _imports_in(node)}
    return names_of(node)


def _imports_in(node: Node) -> list[tuple[str, str]]:
    return imports_of(parse(GRAMMAR, text_of(node)))


def given_imports(prompt: str) -> list[str]:
    """Give the paths that the prompt imports."""
    return [path for _, path in imports_of(parse(GRAMMAR, prompt))]


def completed(task: Task, code: str) -> tuple[str, tuple[str, ...]]:
    """Give one file of one package with the prompt's imports and helpers that it uses, and a note of each change."""
    notes: list[Note] = []
    code = _without_extras(task, code, notes)
    code = _with_helpers(task, code, notes)
    return _with_head(task, code, notes), tuple(notes)


def _without_extras(task: Task, code: str, notes: list[Note]) -> str:
    """Take out main and tests; imports that only these used go too, as does what imports a test library."""
    root = parse(GRAMMAR, code)
    dropped = [node for node in root.children if _is_extra(task, node)]
    if not dropped:
        return _without_imports(code, _TEST_LIBRARIES)
    kept = _without(code, dropped)
    notes += [Note.DROPPED_MAIN if names_of(node) == {"main"} else Note.DROPPED_TESTS for node in dropped]
    lost = {name for node in dropped for name in used_packages(node)} - used_packages(parse(GRAMMAR, kept))
    return _without_imports(kept, _TEST_LIBRARIES | {path for name, path in imports_of(root) if name in lost})


_TEST_LIBRARIES = frozenset({"testing", "github.com/stretchr/testify/assert", "github.com/stretchr/testify/require"})


def _is_extra(task: Task, node: Node) -> bool:
    if node.type != "function_declaration" or node.has_error:
        return False
    (name,) = names_of(node)
    parameters = text_of(node.child_by_field_name("parameters"))
    is_test = bool(_TESTS.fullmatch(name)) and "testing." in parameters
    return name != task.entry_point and (name == "main" or is_test)


def _without(code: str, nodes: list[Node]) -> str:
    """Cut whole nodes, with the comments that stand right before them."""
    data = to_bytes(code)
    for node in sorted(nodes, key=lambda node: -node.start_byte):
        start, above = node.start_byte, node.prev_named_sibling
        while above is not None and above.type == "comment" and above.end_point.row + 1 == _row(data, start):
            start, above = above.start_byte, above.prev_named_sibling
        data = data[:start].rstrip(b"\n") + b"\n\n" + data[node.end_byte :].lstrip(b"\n")
    return to_text(data).rstrip("\n") + "\n"


def _row(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place)


def _without_imports(code: str, paths: frozenset[str] | set[str]) -> str:
    """Drop imports of these paths, unless something uses them."""
    root = parse(GRAMMAR, code)
    used = used_packages(root)
    idle = {path for name, path in imports_of(root) if path in paths and name not in used}
    return _with_imports(code, [item for item in imports_of(root) if item[1] not in idle]) if idle else code


def _with_imports(code: str, imports: list[tuple[str, str]]) -> str:
    """Write all imports as one declaration behind the package's name."""
    root = parse(GRAMMAR, code)
    rest = _without(code, [n for n in root.children if n.type in {"import_declaration", "package_clause"}])
    clause = next((text_of(n) for n in root.children if n.type == "package_clause"), "package main")
    lines = [f"\t{_written(name, path)}\n" for name, path in dict.fromkeys(imports)]
    head = f"{clause}\n\n" + ("import (\n" + "".join(lines) + ")\n\n" if lines else "")
    return head + rest.lstrip("\n")


def _written(name: str, path: str) -> str:
    plain = path.rpartition("/")[2] == name
    return json.dumps(path) if plain else f"{name} {json.dumps(path)}"


def _with_helpers(task: Task, code: str, notes: list[Note]) -> str:
    """Add declarations of the prompt that stand before the entry point, where the answer left them out and uses them."""
    root = parse(GRAMMAR, code)
    have = {name for node in root.children for name in names_of(node)}
    given = [node for node in parse(GRAMMAR, task.prompt + "\n}\n").children if names_of(node) - {task.entry_point}]
    missing = [text_of(node) for node in given if not names_of(node) & (have | {task.entry_point})]
    if missing:
        notes.append(Note.ADDED_HELPER)
    return code.rstrip("\n") + "\n" + "".join(f"\n{text}\n" for text in missing) if missing else code


def _with_head(task: Task, code: str, notes: list[Note]) -> str:
    """Put a package's name and all imports at the top, each once; add the prompt's where they are used.

    A continuation of the prompt had no place for an import: there, what the standard library has is added.
    """
    root = parse(GRAMMAR, code)
    have, used = imports_of(root), used_packages(root)
    declared = {name for node in root.children for name in names_of(node)}
    given = dict(imports_of(parse(GRAMMAR, task.prompt)))
    offered = {**PACKAGES, **given} if code.startswith(task.prompt.rstrip()) else given
    lacking = used - {name for name, _ in have} - declared
    added = [(name, path) for name, path in offered.items() if name in lacking]
    kinds = [node.type for node in root.children if node.type not in SYNTAX.comments]
    n_imports = kinds.count("import_declaration")
    is_shaped = kinds[:1] == ["package_clause"] and kinds[1 : 1 + n_imports] == ["import_declaration"] * n_imports
    if added:
        notes.append(Note.ADDED_IMPORT)
    if not added and is_shaped and len(set(have)) == len(have):
        return code
    return _with_imports(code, [*have, *added])
