"""ES modules as CommonJS: every import and export is rewritten where it stands, so that no line moves.

A module's own functions can only be reached from outside where it exports them; models export them or not, as it comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codeloop.languages.javascript_cases import edited
from codeloop.languages.syntax import Syntax, parse, text_of

if TYPE_CHECKING:
    from tree_sitter import Node


def as_script(syntax: Syntax, code: str) -> str:
    """Give ``code`` without import and export statements; ``code`` itself where it has none or cannot be read."""
    if "import" not in code and "export" not in code:
        return code
    changes = []
    for node in parse(syntax, code).named_children:
        text = None
        if node.type == "import_statement":
            text = _import(node)
        elif node.type == "export_statement":
            text = _export(node)
        if text is not None:
            text += "\n" * (text_of(node).count("\n") - text.count("\n"))
            changes.append((node.start_byte, node.end_byte, text))
    return edited(code, changes) if changes else code


def _import(node: Node) -> str | None:
    """Turn ``import a, {b as c} from 'm'`` into requires."""
    source = text_of(node.child_by_field_name("source"))
    clause = next((child for child in node.named_children if child.type == "import_clause"), None)
    if node.has_error or not source:
        return None
    if clause is None:
        return f"require({source});"
    parts = []
    for child in clause.named_children:
        if child.type == "identifier":
            parts.append(f"const {text_of(child)} = require({source});")
        elif child.type == "namespace_import":
            parts.append(f"const {text_of(child.named_children[-1])} = require({source});")
        elif child.type == "named_imports":
            parts.append(f"const {{{', '.join(map(_specifier, child.named_children))}}} = require({source});")
    return " ".join(parts)


def _specifier(node: Node) -> str:
    alias = node.child_by_field_name("alias")
    name = text_of(node.child_by_field_name("name"))
    return name if alias is None else f"{name}: {text_of(alias)}"


def _export(node: Node) -> str | None:
    """Keep what is exported: a declaration as such, a default value as the module's exports."""
    if node.has_error:
        return None
    inner = node.child_by_field_name("declaration")
    if inner is not None and inner.child_by_field_name("name") is None and inner.type.endswith("function_declaration"):
        return f"module.exports = {text_of(inner)}"
    if inner is not None:
        return text_of(inner)
    value = node.child_by_field_name("value")
    if value is not None:
        return f"module.exports = {text_of(value)};"
    clause = next((child for child in node.named_children if child.type == "export_clause"), None)
    if clause is None or node.child_by_field_name("source") is not None:
        return ""
    named = [
        (text_of(s.child_by_field_name("name")), text_of(s.child_by_field_name("alias"))) for s in clause.named_children
    ]
    return " ".join(f"exports.{alias} = {name};" for name, alias in named if alias and alias != "default")
