"""Add dead code: what is declared and never asked for, and what is never run."""

from __future__ import annotations

from collections.abc import Iterator

from codeloop.languages.syntax import to_bytes
from codeloop.perturb.source import INDENT, Edit, Rewrite, Source, rewrites

_NAMES = ("spare", "unused_part", "leftover", "not_needed")


def add_dead_code(source: Source) -> Iterator[Rewrite]:
    """Put a piece of it before a statement of a block."""
    for body in source.bodies:
        for block in (each for each in body.nodes if each.type == "compound_statement"):
            is_switch = block.parent is not None and block.parent.type == "switch_statement"
            for at, node in enumerate([] if is_switch else block.named_children[:6]):
                pieces = list(_pieces(source.fresh(_NAMES, at % 2), at))
                lines, what = pieces[(at + node.start_byte) % len(pieces)]
                margin = source.margin(node)
                is_first = source.code[: node.start_byte].endswith(to_bytes(f"\n{margin}"))
                if not is_first:  # it stands beside other code
                    continue
                text = "".join(f"{line}\n{margin}" for line in lines)
                yield rewrites(node, what, [Edit(start=node.start_byte, end=node.start_byte, text=text)])


def _pieces(name: str, n: int) -> Iterator[tuple[tuple[str, ...], str]]:
    yield (f"int {name} = {n};", f"(void){name};"), "a local that nobody uses"
    yield ("if (0) {", f"{INDENT}int {name} = {n + 1};", f"{INDENT}(void){name};", "}"), "a branch that is never taken"
    yield ("while (0) {", f"{INDENT}break;", "}"), "a loop that never runs"
    yield (
        (f"unsigned {name} = {n + 2}u;", f"if ({name} == 0u)", f"{INDENT}{name} = 1u;"),
        "a condition that never holds",
    )
