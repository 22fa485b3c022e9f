"""Java answers: what extraction must know of Java, and the shape that the tests need: a class Solution in no package."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from codeloop.attempts import Note
from codeloop.languages.java_cases import imports_of
from codeloop.languages.syntax import Syntax, parse, text_of, to_bytes, to_text, walk
from codeloop.tasks import Task

if TYPE_CHECKING:
    from tree_sitter import Node

TYPES = frozenset({"class_declaration", "interface_declaration", "enum_declaration", "record_declaration"})
SYNTAX = Syntax(
    grammar="tree_sitter_java",
    comments=frozenset({"line_comment", "block_comment"}),
    imports=frozenset({"import_declaration"}),
    functions=frozenset({"method_declaration", "constructor_declaration"}),
    types=TYPES,
    nested=TYPES | {"method_declaration", "lambda_expression", "class_body"},
    returns=frozenset({"return_statement"}),
    assertions=frozenset({"assert_statement"}),
    loose=frozenset(
        {"expression_statement", "for_statement", "enhanced_for_statement", "while_statement", "if_statement"}
        | {"try_statement", "local_variable_declaration", "block"}
    ),
    names=frozenset({"identifier", "type_identifier"}),
    fillers=frozenset(),
    starts=re.compile(
        r"^[ \t]*(?:import[ \t]+(?:static[ \t]+)?[\w.*]+[ \t]*;|package[ \t]+[\w.]+[ \t]*;|/\*\*|@\w+"
        r"|(?:(?:public|private|protected|static|final|abstract)[ \t]+)+[\w<]|(?:class|interface|enum|record)[ \t]+[A-Z]\w*)",
        re.M,
    ),
    declares=r"[\w>\]][ \t]+NAME[ \t]*\([^;(){}]*\)?[^;(){}]*\{",
    binders=(
        ("formal_parameter", "name"),
        ("variable_declarator", "name"),
        ("enhanced_for_statement", "name"),
        ("lambda_expression", "parameters"),
        ("inferred_parameters", ""),
    ),
    selectors=(("field_access", "field"),),
    shows=frozenset({"println", "printf", "print"}),
    tests=re.compile(r"Tests?[A-Z]\w*|\w*Tests?|test[A-Z]\w*|test"),
    packages=frozenset({"package_declaration"}),
    holder="Solution",
    has_overloads=True,
)


def completed(task: Task, code: str) -> tuple[str, tuple[str, ...]]:
    """Give the program in that shape, with the prompt's imports and helpers, and a note of each change."""
    notes: list[Note] = []
    code = _without_package(code, notes)
    code = _unnested(task, code, notes)
    code = _wrapped(task, code, notes)
    code = _renamed(task, code, notes)
    code = _one_public(code, notes)
    code = _with_helpers(task, code, notes)
    return _with_imports(task, code, notes), tuple(notes)


def _without_package(code: str, notes: list[Note]) -> str:
    """Drop a package line: the tests are in the unnamed package, and only from there can they name the class."""
    for node in parse(SYNTAX, code).children:
        if node.type in SYNTAX.packages:
            notes.append(Note.DROPPED_PACKAGE)
            return _edited(code, [(node.start_byte, node.end_byte, "")]).lstrip("\n")
    return code


def _edited(code: str, changes: list[tuple[int, int, str]]) -> str:
    """Replace byte ranges, which must not overlap."""
    data = to_bytes(code)
    for start, end, text in sorted(changes, reverse=True):
        data = data[:start] + to_bytes(text) + data[end:]
    return to_text(data)


def _types(code: str) -> list[Node]:
    return [node for node in parse(SYNTAX, code).children if node.type in TYPES]


def members_of(node: Node) -> list[Node]:
    """Give what a type declares, without comments; nothing when it has no body."""
    body = node.child_by_field_name("body")
    return [] if body is None else [child for child in body.named_children if child.type not in SYNTAX.comments]


def name_of(node: Node) -> str:
    """Give the declared name."""
    return text_of(node.child_by_field_name("name"))


def _has_method(node: Node, name: str) -> bool:
    return any(member.type == "method_declaration" and name_of(member) == name for member in members_of(node))


def _unnested(task: Task, code: str, notes: list[Note]) -> str:
    """Take the types out of a class that only holds them and, among them, the one with the entry point."""
    for outer in _types(code):
        inner = [member for member in members_of(outer) if member.type in TYPES]
        if not _has_method(outer, task.entry_point) and any(_has_method(node, task.entry_point) for node in inner):
            notes.append(Note.UNNESTED_CLASS)
            texts = [_dedented(re.sub(r"^(?:(?:public|private|protected|static)\s+)+", "", text_of(n))) for n in inner]
            return _edited(code, [(outer.start_byte, outer.end_byte, "\n\n".join(texts))])
    return code


def _dedented(text: str) -> str:
    """Take four columns off each line but the first, which stood behind its indent."""
    return re.sub(r"\n {4}", "\n", text)


def _wrapped(task: Task, code: str, notes: list[Note]) -> str:
    """Put methods and fields that stand alone into ``class Solution``; imports and types stay outside."""
    root = parse(SYNTAX, code)
    if not any(node.type == "method_declaration" and name_of(node) == task.entry_point for node in root.children):
        return code
    groups: dict[str, list[str]] = {"imports": [], "types": [], "members": []}
    comments: list[str] = []
    for node in root.children:
        if node.type in SYNTAX.comments:
            comments.append(_at_margin(node))
        elif node.type != ";":
            kind = {**dict.fromkeys(TYPES, "types"), "import_declaration": "imports"}.get(node.type, "members")
            groups[kind].append("\n".join([*comments, _at_margin(node)]))
            comments = []
    notes.append(Note.WRAPPED)
    head = "".join(text + "\n" for text in groups["imports"]) + ("\n" if groups["imports"] else "")
    body = "\n\n".join(textwrap.indent(text, "    ") for text in [*groups["members"], *comments])
    return f"{head}class Solution {{\n{body}\n}}\n" + "".join(f"\n{text}\n" for text in groups["types"])


def _at_margin(node: Node) -> str:
    """Give a node's text with the indent of its first line taken off all of them."""
    return textwrap.dedent(" " * node.start_point.column + text_of(node))


def _renamed(task: Task, code: str, notes: list[Note]) -> str:
    """Call the class with the entry point Solution, if no class is called that."""
    types = _types(code)
    if any(name_of(node) == "Solution" for node in types):
        return code
    found = next((n for n in types if n.type == "class_declaration" and _has_method(n, task.entry_point)), None)
    if found is None:
        return code
    notes.append(Note.RENAMED_CLASS)
    old = name_of(found)
    places = [n for n in walk(parse(SYNTAX, code)) if n.type in SYNTAX.names and text_of(n) == old]
    return _edited(code, [(node.start_byte, node.end_byte, "Solution") for node in places])


def _one_public(code: str, notes: list[Note]) -> str:
    """Drop ``public`` of every top type but Solution."""
    changes = []
    for node in _types(code):
        modifiers = next((child for child in node.children if child.type == "modifiers"), None)
        words = [child for child in modifiers.children if child.type == "public"] if modifiers is not None else []
        if name_of(node) != "Solution":
            changes += [(word.start_byte, word.end_byte + 1, "") for word in words]
    if changes:
        notes.append(Note.DROPPED_MODIFIER)
    return _edited(code, changes)


def with_types(code: str, texts: list[str]) -> str:
    """Put texts behind the imports."""
    if not texts:
        return code
    end = max((n.end_byte for n in parse(SYNTAX, code).children if n.type in SYNTAX.imports), default=0)
    data = to_bytes(code)
    head = to_text(data[:end]) + ("\n\n" if end else "")
    return head + "\n\n".join(texts) + "\n\n" + to_text(data[end:]).lstrip("\n")


def with_members(code: str, texts: list[str]) -> str:
    """Put texts at the end of class Solution, or of the only class; ``code`` itself where there is none, or a broken one."""
    types = _types(code)
    found = next((n for n in types if name_of(n) == "Solution"), types[0] if len(types) == 1 else None)
    body = found.child_by_field_name("body") if found is not None else None
    if found is None or body is None or found.has_error:
        return code
    return _edited(code, [(body.end_byte - 1, body.end_byte - 1, "".join(f"\n    {text}\n" for text in texts))])


def _with_helpers(task: Task, code: str, notes: list[Note]) -> str:
    """Add the prompt's methods that stand before the entry point, where the answer left them out."""
    given = [m for t in _types(task.prompt + "\n}\n}\n") for m in members_of(t) if m.type == "method_declaration"]
    have = {
        name_of(member) for node in _types(code) for member in members_of(node) if member.type == "method_declaration"
    }
    missing = [text_of(m) for m in given if name_of(m) not in have | {task.entry_point}]
    made = with_members(code, missing) if missing else code
    if made != code:
        notes.append(Note.ADDED_HELPER)
    return made


def _with_imports(task: Task, code: str, notes: list[Note]) -> str:
    have = set(imports_of(code))
    missing = [line for line in dict.fromkeys(imports_of(task.prompt)) if line not in have]
    if not missing:
        return code
    notes.append(Note.ADDED_IMPORT)
    return "".join(line + "\n" for line in missing) + code
