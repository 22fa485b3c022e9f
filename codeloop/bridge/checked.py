"""The original with checks that no sanitizer makes: what leaves an array for the members behind it in the same struct.

Clang lets ``&a[n]`` stand for an array's end, and does not look at a struct that is read or written whole; nobody looks at how
much of an array inside a struct ``memcpy`` fills, or whether a text ends there. What lies behind is memory of the same object,
so C seems to be defined there, and a right translation, which stops, would be wrong. So it is with ``lround`` of a number that
no ``long`` holds. Only the sanitized program is compiled from this text; its lines are the original's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from codeloop.csource.declarations import declared_name, parameter_list
from codeloop.csource.functions import name_of
from codeloop.csource.modifiers import readable
from codeloop.languages.syntax import parse, text_of, to_bytes, to_text, walk

if TYPE_CHECKING:
    from tree_sitter import Node

GRAMMAR = "tree_sitter_c"
HEAD = """\
static const char cl_none[1];
#define cl_is_pointer(x) __builtin_types_compatible_p(__typeof__(x), __typeof__(&(x)[0]))
#define cl_count(x) (sizeof(x) / (sizeof(x)[0] ? sizeof(x)[0] : 1))
#define cl_stop(is_past) ({ int cl_past = cl_none[!!(is_past)]; (void)cl_past; })
#define cl_end(x) (cl_is_pointer(x) ? (const void *)0 : (const void *)((const char *)(x) + sizeof(x)))
#define cl_held(p) ({ cl_stop((const void *)(p) == (const void *)cl_end_##p); (p); })
#define cl_at(x, i) ({ __typeof__(i) cl_i = (i); \\
    cl_stop(__builtin_classify_type((x)[0]) == 12 && !cl_is_pointer(x) && (unsigned long long)cl_i == cl_count(x)); cl_i; })
#define cl_within(x, k, n) ({ cl_stop(!cl_is_pointer(x) && ((unsigned long long)(k) > cl_count(x) \\
    || (unsigned long long)(n) > sizeof(x) - (unsigned long long)(k) * sizeof(x)[0])); (x) + (k); })
#define cl_ending(x) ({ cl_stop(!cl_is_pointer(x) && !__builtin_memchr((x), 0, sizeof(x))); (x); })
#define cl_fitting(x) ({ __typeof__(x) cl_x = (x); \\
    cl_stop(!(cl_x >= -0x1p63 && cl_x < 0x1p63)); cl_x; })
#line 1 "original.c"
"""
"""A struct is 12 to ``__builtin_classify_type``; an array inside a larger one is a pointer to it, whose end may be named."""
_BYTES: Mapping[str, tuple[str | None, str | None]] = MappingProxyType(
    {
        **dict.fromkeys(("memcpy", "memmove", "memcmp"), ("{2}", "{2}")),
        **dict.fromkeys(("memset", "memchr", "strncpy"), ("{2}", None)),
        "strcpy": ("__builtin_strlen({1}) + 1", ""),
        "strcat": ("__builtin_strlen({0}) + __builtin_strlen({1}) + 1", ""),
        **dict.fromkeys(("strcmp", "strstr"), ("", "")),
        **dict.fromkeys(("strlen", "strchr", "strrchr", "atoi"), ("", None)),
    }
)
"""Of the first two arguments: how many bytes are wanted there; empty: a text, which ends there; ``None``: no matter."""
_ROUNDING = frozenset(f"{way}{kind}" for way in ("lround", "llround", "lrint", "llrint") for kind in ("", "f"))
"""What they give for a number that their type has no place for is not specified (C17, 7.12.9)."""
_ACTS = frozenset({"call_expression", "update_expression", "assignment_expression"})
_WHOLE = frozenset(
    {"argument_list", "assignment_expression", "init_declarator", "return_statement", "initializer_list"}
)
_NOT_RUN = frozenset(
    {"sizeof_expression", "alignof_expression", "offsetof_expression", "preproc_def", "preproc_function_def"}
)

_MAYBE = frozenset({"conditional_expression", "binary_expression", "sizeof_expression"})
"""What may be run in part only; of a sum nothing is lost by saying so."""

Edit = tuple[int, int, str]
Own = Mapping[str, frozenset[int]]
"""The file's functions, each with the places of the pointers that it follows at once."""


def checked_source(text: str) -> str:
    """Give the original with its checks; empty where there is nothing to check."""
    root = parse(GRAMMAR, readable(text))
    definitions = [node for node in root.named_children if node.type == "function_definition"]
    own = {name_of(node): _followed_at_once(node) for node in definitions}
    edits = [edit for node in definitions for edit in _edits(node, own)]
    if not edits or _has_open_array(root):
        return ""
    data, parts, at = to_bytes(text), [], 0
    for start, end, new in sorted(edits, key=lambda each: each[:2]):
        if start < at:
            continue  # inside of what was put anew
        parts += [data[at:start], to_bytes(new)]
        at = end
    return HEAD + to_text(b"".join([*parts, data[at:]]))


def _has_open_array(root: Node) -> bool:
    """Say whether a struct ends in an array of any length, which has no size that could be asked for."""
    members = (node for node in walk(root) if node.type == "array_declarator" and _is_member(node))
    return any(node.child_by_field_name("size") is None for node in members)


def _is_member(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "field_declaration"


def _followed_at_once(definition: Node) -> frozenset[int]:
    """Give the places of the parameters by which something is read or written whatever else happens: as in ``swap``."""
    body, listed = definition.child_by_field_name("body"), parameter_list(definition)
    given = [child for child in listed.named_children if child.type != "comment"] if listed is not None else []
    names = [declared_name(each.child_by_field_name("declarator")) for each in given]
    found = set[str]()
    for statement in body.named_children if body is not None else ():
        kinds = {inner.type for inner in walk(statement)}
        if statement.type not in ("comment", "declaration", "expression_statement") or "call_expression" in kinds:
            break  # what follows may never be run
        if not kinds & _MAYBE:
            found |= {text_of(inner) for inner in walk(statement) if _is_followed(inner)}
    return frozenset(at for at, name in enumerate(names) if name in found and not _may_move(name, definition))


def _edits(definition: Node, own: Own) -> Iterator[Edit]:
    for node in walk(definition):
        if node.type == "subscript_expression":
            yield from _of_whole(node)
        elif node.type == "call_expression":
            yield from _of_call(node, own)
        elif node.type == "declaration":
            yield from _of_pointers(node, definition)


def _of_whole(node: Node) -> Iterator[Edit]:
    """Hold the index of a struct that is read or written whole against its array's length."""
    array, index = node.child_by_field_name("argument"), node.child_by_field_name("index")
    if array is None or index is None or node.parent is None or node.parent.type not in _WHOLE:
        return
    if _is_inside(array) and index.type != "number_literal" and not _is_set_apart(node):
        yield index.start_byte, index.start_byte, f"cl_at({text_of(array)}, "
        yield index.end_byte, index.end_byte, ")"


def _of_call(node: Node, own: Own) -> Iterator[Edit]:
    """Hold what a function of libc's reads and writes against the array that it is given."""
    name, listed = text_of(node.child_by_field_name("function")), node.child_by_field_name("arguments")
    given = [child for child in listed.named_children if child.type != "comment"] if listed is not None else []
    if name in _ROUNDING - {*own} and len(given) == 1 and not _is_set_apart(node):
        yield given[0].start_byte, given[0].start_byte, "cl_fitting("
        yield given[0].end_byte, given[0].end_byte, ")"
    for at, argument in enumerate(given) if name in own and not _is_set_apart(node) else ():
        array, offset = _place(argument)
        if at in own[name] and offset != "0" and array is not None and _is_inside(array) and not _acts(argument):
            yield argument.start_byte, argument.end_byte, f"cl_within({text_of(array)}, {offset}, 1)"
    if name not in _BYTES or name in own or any(map(_acts, given)) or _is_set_apart(node):
        return
    for argument, size in zip(given, _BYTES[name], strict=False):
        array, offset = _place(argument)
        if size is None or array is None or not _is_inside(array) or (not size and offset != "0"):
            continue
        n_bytes = size.format(*(text_of(each) for each in given), "", "")
        new = f"cl_within({text_of(array)}, {offset}, ({n_bytes}))" if size else f"cl_ending({text_of(array)})"
        yield argument.start_byte, argument.end_byte, new


def _place(node: Node) -> tuple[Node | None, str]:
    """Give the array and the offset of ``a``, ``a + k`` and ``&a[k]``."""
    operator = text_of(node.child_by_field_name("operator"))
    if node.type == "binary_expression" and operator == "+":
        return node.child_by_field_name("left"), text_of(node.child_by_field_name("right"))
    inner = node.child_by_field_name("argument")
    if (
        node.type == "pointer_expression"
        and operator == "&"
        and inner is not None
        and inner.type == "subscript_expression"
    ):
        return inner.child_by_field_name("argument"), text_of(inner.child_by_field_name("index"))
    return node, "0"


def _of_pointers(node: Node, definition: Node) -> Iterator[Edit]:
    """Hold a pointer that keeps the place of an element against the array's end, wherever something is read by it."""
    if _is_set_apart(node) or node.parent is None:
        return
    for each in node.children_by_field_name("declarator"):
        value, declarator = each.child_by_field_name("value"), each.child_by_field_name("declarator")
        if value is None or declarator is None or declarator.type != "pointer_declarator":
            continue
        array, offset = _place(value)
        name = declared_name(declarator)
        is_kept = value.type == "pointer_expression" and array is not None and not offset.isdigit()
        if array is None or not is_kept or not _is_inside(array) or _may_move(name, definition):
            continue
        yield each.end_byte, each.end_byte, f", *cl_end_{name} = (void *)cl_end({text_of(array)})"
        for use in walk(node.parent):
            if use.start_byte >= each.end_byte and text_of(use) == name and _is_followed(use):
                yield use.start_byte, use.end_byte, f"cl_held({name})"


def _is_followed(use: Node) -> bool:
    """Say whether a name is that of a pointer whose value is wanted: ``*p``, ``p->x``."""
    around = use.parent
    if use.type != "identifier" or around is None or around.child_by_field_name("argument") != use:
        return False
    operator = text_of(around.child_by_field_name("operator"))
    return (around.type, operator) in (("pointer_expression", "*"), ("field_expression", "->"))


def _may_move(name: str, definition: Node) -> bool:
    """Say whether a pointer may come to point elsewhere, or its name mean something else."""
    n_declared = 0
    for node in walk(definition):
        if node.type in ("parameter_declaration", "declaration"):
            n_declared += sum(declared_name(each) == name for each in node.children_by_field_name("declarator"))
        target = node.child_by_field_name("left" if node.type == "assignment_expression" else "argument")
        operator = text_of(node.child_by_field_name("operator"))
        is_changed = node.type in ("assignment_expression", "update_expression")
        if text_of(target) == name and (is_changed or (node.type == "pointer_expression" and operator == "&")):
            return True
    return n_declared != 1


def _is_inside(array: Node) -> bool:
    """Say whether this names an array that may lie inside of something, without doing anything."""
    return array.type in ("field_expression", "subscript_expression") and not _acts(array)


def _acts(node: Node) -> bool:
    return any(inner.type in _ACTS for inner in walk(node))


def _is_set_apart(node: Node) -> bool:
    """Say whether something is not run where it stands, or before everything else."""
    around: Node | None = node
    while around is not None and around.type != "function_definition":
        if around.type in _NOT_RUN or (around.type == "declaration" and "static" in map(text_of, around.children)):
            return True
        around = around.parent
    return False


__all__ = ["checked_source"]
