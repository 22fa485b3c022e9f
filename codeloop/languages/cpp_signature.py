"""C++ signatures: what of a prompt's functions is read, for the code on both sides of the socket."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeloop.languages.syntax import brace_depth, parse, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

GRAMMAR = "tree_sitter_cpp"
_WRAPPERS = ("pointer_declarator", "reference_declarator", "array_declarator", "parenthesized_declarator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter. ``type`` is without const and reference; ``is_returned``: its changes are seen by the caller."""

    name: str
    type: str
    is_returned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A function's declaration: ``head`` is its text up to the body."""

    name: str
    head: str
    type: str
    parameters: tuple[Parameter, ...]


def prompt_nodes(prompt: str) -> list[Node]:
    """Give the prompt's statements, the entry point with an empty end."""
    return parse(GRAMMAR, prompt + "\n" + "}" * brace_depth(prompt)).named_children


def signature_of(prompt: str, name: str) -> Signature | None:
    """Read the definition of ``name`` in the prompt; nothing where it has none that can be read."""
    for node in reversed(prompt_nodes(prompt)):
        if node.type == "function_definition" and name_of(node) == name:
            declarator = _function(node)
            kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
            if declarator is None or kind is None or body is None:
                return None
            data = node.text or b""
            head = data[: body.start_byte - node.start_byte].decode("utf-8", "replace").strip()
            before = data[: declarator.start_byte - node.start_byte].decode("utf-8", "replace")
            return Signature(name=name, head=head, type=_plain(before), parameters=_parameters(declarator))
    return None


def name_of(node: Node) -> str:
    """Name what a function definition or a declaration defines; empty for anything else."""
    current: Node | None = node
    while current is not None and current.type not in ("identifier", "field_identifier", "type_identifier"):
        if current.type == "template_declaration":
            current = current.named_children[-1] if current.named_children else None
        else:
            current = current.child_by_field_name("declarator") or (
                current.named_children[-1] if current.type in _WRAPPERS and current.named_children else None
            )
    return text_of(current)


def _function(node: Node) -> Node | None:
    current = node.child_by_field_name("declarator")
    while current is not None and current.type != "function_declarator":
        current = current.child_by_field_name("declarator") or (
            current.named_children[-1] if current.named_children else None
        )
    return current


def _parameters(declarator: Node) -> tuple[Parameter, ...]:
    found = []
    parameters = declarator.child_by_field_name("parameters")
    for node in parameters.named_children if parameters is not None else ():
        if not node.type.endswith("parameter_declaration"):
            continue
        inner = node.child_by_field_name("declarator")
        data = node.text or b""
        end = inner.start_byte - node.start_byte if inner is not None else len(data)
        before = data[:end].decode("utf-8", "replace")
        is_reference = (
            inner is not None and inner.type == "reference_declarator" and not text_of(inner).startswith("&&")
        )
        name = re.findall(r"\w+", text_of(inner))
        is_constant = re.search(r"\bconst\b", before) is not None
        found.append(
            Parameter(name=name[0] if name else "", type=_plain(before), is_returned=is_reference and not is_constant)
        )
    return tuple(found)


def _plain(text: str) -> str:
    words = re.sub(r"\b(?:const|static|inline|constexpr|extern)\b|&", " ", text)
    return " ".join(words.split())
