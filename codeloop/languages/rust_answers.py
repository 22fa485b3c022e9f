"""Rust answers: what extraction must know of Rust, the shape that a candidate needs, and what no candidate may use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codeloop.attempts import Note
from codeloop.languages.rust_cases import GRAMMAR, TYPES, VALUES, items_of, name_of, uses_of
from codeloop.languages.syntax import Syntax, parse, text_of, to_bytes, walk
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

SYNTAX = Syntax(
    grammar=GRAMMAR,
    comments=frozenset({"line_comment", "block_comment"}),
    imports=frozenset({"use_declaration", "extern_crate_declaration"}),
    functions=frozenset({"function_item"}),
    types=TYPES | {"impl_item", "mod_item"},
    nested=frozenset({"function_item", "closure_expression", "impl_item"}),
    returns=frozenset({"return_expression"}),
    assertions=frozenset(),
    loose=frozenset({"expression_statement", "let_declaration", "macro_invocation"}),
    names=frozenset({"identifier", "type_identifier"}),
    fillers=frozenset(),
    starts=re.compile(
        r"^[ \t]*(?:(?:pub(?:\([^)]*\))?[ \t]+)?(?:(?:async|const|unsafe)[ \t]+)?fn[ \t]+\w+[ \t]*[<(]"
        r"|(?:pub[ \t]+)?(?:use|extern[ \t]+crate)[ \t]+[\w:{]+|#!?\[\w+|impl\b[ \t]*[<A-Z]|(?:pub[ \t]+)?mod[ \t]+\w+[ \t]*\{"
        r"|(?:pub[ \t]+)?(?:struct|enum|trait|union|type)[ \t]+[A-Z]\w*|(?:pub[ \t]+)?(?:const|static)[ \t]+[A-Z_]+[ \t]*:)",
        re.M,
    ),
    declares=r"^[ \t]*(?:pub[ \t]+)?fn[ \t]+NAME[ \t]*[<(]",
    binders=(
        ("parameter", "pattern"),
        ("let_declaration", "pattern"),
        ("for_expression", "pattern"),
        ("closure_parameters", ""),
    ),
    selectors=(("field_expression", "field"),),
    shows=frozenset({"println", "print", "dbg", "main"}),
    tests=re.compile(r"tests?|test_\w*|\w+_tests?"),
)


def bound(node: Node) -> set[str]:
    """Name what an item declares; of a ``use``, the names that it brings."""
    if node.type in SYNTAX.imports:
        text = re.sub(r"^\s*(?:pub\s+)?(?:use|extern\s+crate)\s+|;\s*$", "", text_of(node))
        leaves = re.findall(r"(?:\bas\s+)?(\w+)\s*(?=[,}\s]|$)", text)
        return set(leaves) - {"self", "as"}
    if node.type in TYPES | VALUES | {"function_item", "mod_item", "macro_definition"}:
        return {name_of(node)} - {""}
    return set()


_REFUSED_WORDS = {
    "global_allocator": "an allocator of its own",
    "link_section": "a section of its own",
    "proc_macro": "a procedural macro",
    **{name: f"{name}!" for name in ("include_str", "include_bytes", "option_env", "asm", "global_asm", "naked_asm")},
}
_REFUSED_MACROS = frozenset({"include", "env"})
"""Words that are honest, as of a variable or of the module ``std::env``, unless they are called as macros."""


def refusals(code: str) -> list[tuple[int, str]]:
    """Give (line, what) of everything that no honest solution uses and that runs early, links, or reads other files.

    Macros cannot make a word of parts, so a word that is nowhere in the text is nowhere in the program.
    """
    data, found = to_bytes(code), []
    for node in walk(parse(GRAMMAR, code)):
        line, word = node.start_point.row + 1, text_of(node).removeprefix("r#") if node.child_count == 0 else ""
        if node.type in SYNTAX.comments or node.type == "string_content":
            continue
        if node.type == "foreign_mod_item" or (word == "extern" and _is_in_macro(node)):
            found.append((line, "an extern block"))
        elif word in _REFUSED_WORDS:
            found.append((line, _REFUSED_WORDS[word]))
        elif word in _REFUSED_MACROS and re.match(rb"\s*!(?!=)", data[node.end_byte : node.end_byte + 200]):
            found.append((line, f"{word}!"))
        elif node.type == "attribute" and re.match(r"(?:unsafe\s*\(\s*)?(?:link|path)\b", text_of(node)):
            found.append((line, f"#[{text_of(node)[:40]}]"))
    return list(dict.fromkeys(found))


def _is_in_macro(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "token_tree"


def completed(task: Task, code: str) -> tuple[str, tuple[str, ...]]:
    """Add the prompt's ``use`` lines and helpers that the program lacks, each where its names are not declared already."""
    notes: list[Note] = []
    root = parse(GRAMMAR, code)
    declared = {name for node in root.children for name in bound(node)}
    used = {text_of(node) for node in walk(root) if node.type in {"identifier", "type_identifier"}}
    helpers = [
        text
        for name, text in items_of(task.prompt + "\n}\n").items()
        if name not in declared | {task.entry_point} and name in used
    ]
    if helpers:
        notes.append(Note.ADDED_HELPER)
        code = code.rstrip("\n") + "\n" + "".join(f"\n{text}\n" for text in helpers)
        used |= set(re.findall(r"\w+", "\n".join(helpers)))
    have = {"".join(line.split()) for line in uses_of(code)}
    lines = [line for line in uses_of(task.prompt) if "".join(line.split()) not in have]
    lines = [line for line in lines if not _names(line) & declared and _names(line) & used | _traits(line)]
    if lines:
        notes.append(Note.ADDED_IMPORT)
        head = re.match(r"(?:\s*#!\[[^\]]*\]\s*)*", code)
        end = head.end() if head else 0
        code = code[:end] + "".join(line + "\n" for line in lines) + code[end:]
    return code, tuple(notes)


def _names(line: str) -> set[str]:
    return {name for node in parse(GRAMMAR, line).children for name in bound(node)}


def _traits(line: str) -> set[str]:
    """Name what a line brings that is used without being named: traits for their methods."""
    return _names(line) & {"Rng", "Read", "Write", "BufRead", "FromStr", "Hash", "Hasher"}
