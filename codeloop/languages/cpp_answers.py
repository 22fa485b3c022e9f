"""C++ answers: what extraction must know of C++, and what a program gets that relies on the prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codeloop.attempts import Note
from codeloop.languages.cpp_cases import given_nodes, includes_of
from codeloop.languages.cpp_signature import GRAMMAR, name_of
from codeloop.languages.syntax import Syntax, parse, text_of
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

TYPES = frozenset({"class_specifier", "struct_specifier", "union_specifier", "enum_specifier"})
SYNTAX = Syntax(
    grammar=GRAMMAR,
    comments=frozenset({"comment"}),
    imports=frozenset({"preproc_include", "using_declaration", "preproc_def", "preproc_function_def"}),
    functions=frozenset({"function_definition"}),
    types=TYPES,
    nested=TYPES | {"function_definition", "lambda_expression"},
    returns=frozenset({"return_statement"}),
    assertions=frozenset({"static_assert_declaration"}),
    loose=frozenset(
        {"expression_statement", "for_statement", "for_range_loop", "while_statement", "if_statement", "do_statement"}
        | {"compound_statement", "try_statement"}
    ),
    names=frozenset({"identifier", "type_identifier", "namespace_identifier"}),
    fillers=frozenset(),
    starts=re.compile(
        r"^(?:/\*|#[ \t]*(?:include|define|pragma)\b|using[ \t]+(?:namespace[ \t]+)?[\w:]+[ \t]*[;=]|(?:class|struct)[ \t]+\w+[ \t]*[:{]"
        r"|template[ \t]*<|(?:(?:static|inline|const|constexpr|unsigned|long)[ \t]+)*[A-Za-z_][\w:]*(?:<[^;{}()]*>)?[&* \t]+\w+[ \t]*"
        r"\([^;(){}]*(?:\([^;(){}]*\)[^;(){}]*)*\)[ \t]*(?:const[ \t]*)?\{)",
        re.M,
    ),
    declares=r"[\w>&*][&* \t]+NAME[ \t]*\([^;(){}]*\)?[^;(){}]*\{",
    binders=(
        ("parameter_declaration", "declarator"),
        ("init_declarator", "declarator"),
        ("declaration", "declarator"),
        ("for_range_loop", "declarator"),
    ),
    selectors=(),
    shows=frozenset({"printf", "assert", "puts", "main", "cout", "std::cout"}),
    tests=re.compile(r"check|tests?|(?:test|run_?[tT]ests?|check)[A-Z_]\w*|test\w*|\w+Tests?"),
)


def declared(node: Node) -> set[str]:
    """Name what a statement defines: a function, a type, a variable; a prototype defines nothing."""
    if node.type in TYPES | {"type_definition", "alias_declaration", "namespace_definition"}:
        name = node.child_by_field_name("name") or node.child_by_field_name("declarator")
        return {text_of(name)} if name is not None else set()
    if node.type == "template_declaration":
        return {name for inner in node.named_children for name in declared(inner)}
    if node.type == "function_definition":
        return {name_of(node)} - {""}
    if node.type == "declaration":
        kind = node.child_by_field_name("type")
        own = declared(kind) if kind is not None and kind.type in TYPES and kind.child_by_field_name("body") else set()
        named = [d for d in node.children_by_field_name("declarator") if d.type != "function_declarator"]
        return own | {re.sub(r"\W.*", "", text_of(d), flags=re.S) for d in named} - {""}
    if node.type in ("preproc_def", "preproc_function_def"):
        return {text_of(node.child_by_field_name("name"))}
    return set()


def completed(task: Task, code: str) -> tuple[str, tuple[str, ...]]:
    """Add the prompt's includes, ``using``, types and helpers that the program lacks, in front of it."""
    notes: list[Note] = []
    have = set(includes_of(code))
    lines = (
        []
        if "#include <bits/stdc++.h>" in have
        else [line for line in dict.fromkeys(includes_of(task.prompt)) if line not in have]
    )
    lines += [line for line in includes_of(task.prompt) if "/" in line and line not in have | set(lines)]
    needs_using = "using namespace std" in task.prompt and "std::" not in code and "using namespace std" not in code
    names = {name for node in parse(SYNTAX, code).named_children for name in declared(node)}
    given = [node for node in given_nodes(task.prompt, task.entry_point) if not node.type.startswith("using")]
    helpers = [text_of(node) for node in given if not declared(node) & names]
    if needs_using:
        lines.append("using namespace std;")
    if lines:
        notes.append(Note.ADDED_IMPORT)
    if helpers:
        notes.append(Note.ADDED_HELPER)
        if "using namespace std" in task.prompt and "using namespace std;" not in lines:
            lines.append("using namespace std;")  # the helpers rely on it, and their text is the prompt's
    head = "".join(f"{line}\n" for line in lines) + "".join(f"{text}\n" for text in helpers)
    return head + code, tuple(notes)
