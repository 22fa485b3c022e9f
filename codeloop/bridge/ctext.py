"""Pieces of C: a type's spelling around a name, two values compared, a value written out."""

from __future__ import annotations

from codeloop.csource import Argument, Array, Named, Role, Struct, Type, Unit
from codeloop.csource.words import Kind, Pointer, Scalar

SHOWN = 64
"""Elements of an array that are written out."""


def declared(kind: Type, name: str) -> str:
    """Declare ``name``: ``int name[3]``."""
    match kind:
        case Scalar() | Named():
            return f"{kind.c} {name}".rstrip()
        case Array():
            return declared(kind.element, f"{name}[{kind.length}]")
        case Pointer():
            raise TypeError("pointers have a role, not a type")


def element(argument: Argument) -> Type:
    """Give the type of what a pointer points to: a fixed array's is its element's."""
    is_array = argument.role is Role.REFERENCE and isinstance(argument.type, Array)
    return argument.type.element if is_array and isinstance(argument.type, Array) else argument.type


def count(argument: Argument, given: str) -> str:
    """Say in C how many elements a pointer points to; ``given`` holds the lengths."""
    if argument.role is Role.SLICE:
        return f"(cl_size){given}->{argument.length}"
    return str(argument.type.length) if isinstance(argument.type, Array) else "1"


def pointer(argument: Argument, name: str) -> str:
    """Declare a pointer to what an argument points to: a value, or the first of many."""
    return declared(element(argument), f"(*{name})")


def spelled(kind: Type, suffix: str = "") -> str:
    """Spell a type as in a cast."""
    return declared(kind, suffix).replace(" [", "[", 1)


def same(kind: Type, left: str, right: str, ulps: int | str, depth: int = 0) -> str:
    """Give a condition: both values are the same."""
    match kind:
        case Scalar():
            floats = kind.kind is Kind.FLOAT
            return f"cl_same_float({left}, {right}, {ulps}, {kind.bits})" if floats else f"{left} == {right}"
        case Named():
            return f"cl_struct_same_{kind.name}(&{left}, &{right}, {ulps})"
        case Array():
            k = f"cl_k{depth}"
            inner = same(kind.element, f"{left}[{k}]", f"{right}[{k}]", ulps, depth + 1)
            return f"({{ int cl_all{depth} = 1; for (cl_size {k} = 0; {k} < {kind.length}; {k}++) cl_all{depth} &= ({inner}); cl_all{depth}; }})"
        case Pointer():
            raise TypeError("pointers have a role, not a type")


def struct_texts(unit: Unit, struct: Struct) -> str:
    """Write how two structs are compared, and how one is written out beside another."""
    conditions = [same(each.type, f"cl_l->{each.name}", f"cl_r->{each.name}", "cl_ulps") for each in struct.fields]
    fields = " && ".join(f"({each})" for each in conditions) or "1"
    shown_fields = ""
    for at, each in enumerate(struct.fields):
        before = ", " if at else ""
        member = shown(each.type, f"cl_v->{each.name}", f"cl_w->{each.name}")
        shown_fields += f'    cl_say("{before}.{each.name} = ");\n{member}\n'
    return (
        f"static int cl_struct_same_{struct.name}(const {struct.c} *cl_l, const {struct.c} *cl_r, int cl_ulps) {{\n"
        f"    (void)cl_ulps;\n    return {fields};\n}}\n"
        f"static void cl_struct_show_{struct.name}(const {struct.c} *cl_v, const {struct.c} *cl_w) {{\n"
        f'    (void)cl_w;\n    cl_say("{{");\n{shown_fields}    cl_say("}}");\n}}'
    )


def shown(kind: Type, place: str, other: str, depth: int = 0) -> str:
    """Give statements that write a value as C would; ``other``: what it is told from, itself where there is nothing."""
    match kind:
        case Scalar():
            return "    " + _number(kind, place)
        case Named():
            return f"    cl_struct_show_{kind.name}(&{place}, &{other});"
        case Array():
            return many(kind.element, place, other, str(kind.length), depth)
        case Pointer():
            raise TypeError("pointers have a role, not a type")


def literal(kind: Type, place: str) -> str:
    """Write a value in braces, as in a compound literal; a struct has them already."""
    if isinstance(kind, Named):
        return shown(kind, f"({place})", f"({place})")
    return f'    cl_say("{{");\n{shown(kind, f"({place})", f"({place})")}\n    cl_say("}}");'


def _number(kind: Scalar, place: str) -> str:
    match kind.kind:
        case Kind.FLOAT:
            return f"cl_say_float({place}, {kind.bits});"
        case Kind.BOOL:
            return f'cl_say("%s", {place} ? "true" : "false");'
        case Kind.UNSIGNED:
            return f'cl_say("%llu", (unsigned long long){place});'
        case Kind.SIGNED:
            return f'cl_say("%lld", (long long)({kind.c}){place});'
        case Kind.CHAR:
            return f"""cl_say({place} >= ' ' && {place} < 127 && {place} != '\\'' && {place} != '\\\\' ? "'%c'" : "%d", {place});"""


def many(kind: Type, place: str, other: str, n: str, depth: int = 0) -> str:
    """Give statements that write elements in braces: the first of very many, and behind them the first that is unlike."""
    k = f"cl_k{depth}"
    here, there = f"{place}[{k}]", f"{other}[{k}]"
    one = shown(kind, here, there, depth + 1)
    return (
        f'    cl_say("{{");\n    for (cl_size {k} = 0; {k} < {n}; {k}++) {{\n        if ({k}) cl_say(", ");\n'
        f'        if ({k} == {SHOWN}) {{\n            cl_say("...");\n'
        f"            while ({k} < {n} && ({same(kind, here, there, 0, depth + 1)})) {k}++;\n"
        f'            if ({k} < {n}) {{\n    cl_say(", [%llu] = ", (unsigned long long){k});\n{one}\n'
        f'            if ({k} + 1 < {n}) cl_say(", ...");\n            }}\n            break;\n        }}\n'
        f'    {one}\n    }}\n    cl_say("}}");'
    )
