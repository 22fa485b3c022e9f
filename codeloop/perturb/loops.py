"""Loops: ``for`` to ``while`` and back. A ``continue`` of a ``for`` does its step first, so it is given one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeloop.languages.syntax import text_of, to_bytes, to_text, walk
from codeloop.perturb.source import (
    INDENT,
    Edit,
    Rewrite,
    Source,
    apply,
    children,
    inner_name,
    names_in,
    rewrite,
    unwrapped,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_LOOPS = ("for_statement", "while_statement", "do_statement")


def change_loops(source: Source) -> Iterator[Rewrite]:
    """Write a loop as one of the other kind."""
    for body in source.bodies:
        for node in body.nodes:
            if node.type == "for_statement" and source.is_clear(node):
                yield from _to_while(source, node)
            elif node.type == "while_statement" and source.is_clear(node):
                yield from _to_for(source, node)


def _own_continues(block: Node) -> list[Node]:
    """Find those that are the loop's own; one in a switch is."""
    inner = [each for each in walk(block) if each.type in _LOOPS]
    theirs = {each.id for loop in inner for each in walk(loop) if each.type == "continue_statement"}
    return [each for each in walk(block) if each.type == "continue_statement" and each.id not in theirs]


def _declares(block: Node) -> set[str]:
    """Name what is declared inside, however deep: there the name could mean something else."""
    found = set[str]()
    for each in walk(block):
        if each.type == "declaration":
            found |= {inner_name(one) for one in each.children_by_field_name("declarator")}
        elif each.type == "enumerator":
            found.add(text_of(each.child_by_field_name("name")))
    return found


def _indented(text: str, by: str = INDENT) -> str:
    first, *rest = text.split("\n")
    return "\n".join([first, *(by + line if line.strip() else line for line in rest)])


def _to_while(source: Source, node: Node) -> Iterator[Rewrite]:
    block, step = node.child_by_field_name("body"), node.child_by_field_name("update")
    begin, condition = node.child_by_field_name("initializer"), node.child_by_field_name("condition")
    if block is None or (step is not None and names_in(step) & _declares(block)):
        return
    margin, after = source.margin(node), f"{text_of(step)};" if step is not None else ""
    inside = _with_steps(block, after) if after else text_of(block)
    is_block = block.type == "compound_statement"
    # What comes after is one level in, whatever the body's own lines are.
    lines = inside[1:-1].strip("\n").rstrip() if is_block else f"{margin}{INDENT}{inside.lstrip()}"
    parts = [part for part in (lines, f"{margin}{INDENT}{after}" if after else "") if part.strip()]
    loop = f"while ({text_of(condition) or '1'}) {{\n" + "".join(f"{part}\n" for part in parts) + f"{margin}}}"
    if begin is None:
        yield rewrite(node, loop, "for becomes while")
    elif begin.type == "declaration":
        text = f"{{\n{margin}{INDENT}{text_of(begin)}\n{margin}{INDENT}{_indented(loop)}\n{margin}}}"
        yield rewrite(node, text, "for becomes while")
    elif node.parent is not None and node.parent.type == "compound_statement":
        yield rewrite(node, f"{text_of(begin)};\n{margin}{loop}", "for becomes while")
    else:
        text = f"{{\n{margin}{INDENT}{text_of(begin)};\n{margin}{INDENT}{_indented(loop)}\n{margin}}}"
        yield rewrite(node, text, "for becomes while")


def _with_steps(block: Node, after: str) -> str:
    edits = [
        Edit(
            start=each.start_byte - block.start_byte,
            end=each.end_byte - block.start_byte,
            text=f"{{ {after} continue; }}",
        )
        for each in _own_continues(block)
    ]
    return apply(text_of(block), edits)


def _to_for(source: Source, node: Node) -> Iterator[Rewrite]:
    condition, block = unwrapped(node.child_by_field_name("condition")), node.child_by_field_name("body")
    if condition is None or block is None:
        return
    yield rewrite(node, f"for (; {text_of(condition)};) {text_of(block)}", "while becomes for")
    inside = children(block) if block.type == "compound_statement" else []
    last = inside[-1] if len(inside) > 1 else None
    if last is None or last.type != "expression_statement" or not children(last) or _own_continues(block):
        return
    if names_in(last) & _declares(block):
        return
    code, start = to_bytes(text_of(block)), block.start_byte
    kept = to_text(code[: last.start_byte - start]).rstrip() + "\n" + source.margin(node) + to_text(code[last.end_byte - start :]).lstrip()  # fmt: skip
    step = text_of(last).rstrip().removesuffix(";")
    yield rewrite(
        node, f"for (; {text_of(condition)}; {step}) {kept}", "while becomes for, with its last statement as the step"
    )
