"""What of C is not translated: each construct with the reason that a user is told."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from codeloop.csource.storage import is_state
from codeloop.csource.words import Refusal
from codeloop.languages.syntax import text_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_NODES = {
    "gnu_asm_expression": ("inline assembly", "it has no counterpart in safe Rust"),
    "variadic_parameter": ("variable arguments", "Rust functions have a fixed number of parameters"),
    "preproc_if": ("conditional compilation", "which branch is meant is not known; preprocess the file first"),
    "preproc_ifdef": ("conditional compilation", "which branch is meant is not known; preprocess the file first"),
    "seh_try_statement": ("__try", "it is not C"),
}
_CALLS = {
    **dict.fromkeys(("setjmp", "longjmp", "sigsetjmp", "siglongjmp"), "jumps between functions have no counterpart"),
    **dict.fromkeys(("va_start", "va_arg", "va_end"), "variable arguments have no counterpart"),
    **dict.fromkeys(("signal", "raise", "sigaction"), "signals are not compared"),
    **dict.fromkeys(("alloca",), "its memory has no counterpart; use an array of fixed length"),
    **dict.fromkeys(("rand", "srand", "random", "time", "clock", "getenv"), "its result is not a function of the arguments"),
    **dict.fromkeys(
        ["printf", "fprintf", "puts", "putchar", "putc", "fputs", "fputc", "scanf", "fscanf", "getchar", "getc", "fgets", "gets", "fopen", "fclose", "fread", "fwrite", "perror"],
        "input and output are not compared",
    ),
}  # fmt: skip
_THREADS = ("pthread_", "thrd_", "mtx_", "cnd_", "tss_", "atomic_", "__atomic_", "__sync_")
_THREAD_WORDS = frozenset({"_Atomic", "_Thread_local", "thread_local", "__thread"})


def refusals_in(node: Node, function: str, types: Collection[str] = ()) -> Iterator[Refusal]:
    """Find what a function's text holds that is not translated, in the order of the text; ``types``: the file's typedefs."""
    for inner in walk(node):
        said = _NODES.get(inner.type) or _by_text(inner, types)
        if said:
            yield Refusal(line=line_of(inner), construct=said[0], reason=said[1], function=function)


def call_refusal(name: str) -> tuple[str, str] | None:
    """Say why a call of a function by that name is not translated; ``None``: it may be."""
    if name in _CALLS:
        return f"call of {name}", _CALLS[name]
    return (f"call of {name}", "threads are not compared") if name.startswith(_THREADS) else None


def line_of(node: Node) -> int:
    """Give the line where a node begins."""
    return int(node.start_point[0]) + 1


def last_line_of(node: Node) -> int:
    """Give the line where a node ends; the end of a line is not yet the next one."""
    row, column = node.end_point
    return int(row) + (column > 0 or row == node.start_point[0])


def _by_text(node: Node, types: Collection[str]) -> tuple[str, str] | None:
    said: tuple[str, str] | None = None
    match node.type:
        case "call_expression":
            said = _call(node, types)
        case "goto_statement":
            said = _goto(node)
        case "type_qualifier" | "storage_class_specifier" if text_of(node) in _THREAD_WORDS:
            said = text_of(node), "threads are not compared"
        case "union_specifier":
            said = "union", "its bytes have more than one meaning, which safe Rust has not"
        case "function_declarator" if _is_pointer(node.child_by_field_name("declarator")):
            said = "function pointer", "the other side could not call it"
        case "declaration" if is_state(node):
            said = "static local", "it is state that nobody sees: make it a global"
        case _:
            pass
    return said


def _call(node: Node, types: Collection[str]) -> tuple[str, str] | None:
    """Judge what is called; a cast to a type of the file's own, ``(fixed)(x + 1)``, is a call to the grammar."""
    called = node.child_by_field_name("function")
    name = text_of(called)
    if called is not None and called.type == "parenthesized_expression" and name.strip("() \t") in types:
        return None
    if called is not None and called.type != "identifier":
        return "call through a pointer", "which function is called is not known"
    return call_refusal(name)


def _goto(node: Node) -> tuple[str, str] | None:
    """Let pass what leaves blocks forwards, to a label of the function's outermost block: Rust says that with labels."""
    if node.child_by_field_name("label") is None:
        return "computed goto", "it has no counterpart"
    label = text_of(node.child_by_field_name("label"))
    body = node
    while body.parent is not None and body.parent.type != "function_definition":
        body = body.parent
    for child in body.children:
        if child.type == "labeled_statement" and text_of(child.child_by_field_name("label")) == label:
            if child.start_byte > node.start_byte:
                return None
            return (
                "goto backwards",
                "only a jump forwards to a label of the outermost block is translated: write it as a loop",
            )
    return "goto into a block", "only a jump forwards to a label of the outermost block is translated"


def _is_pointer(node: Node | None) -> bool:
    return (
        node is not None
        and node.type == "parenthesized_declarator"
        and any(child.type == "pointer_declarator" for child in node.children)
    )
