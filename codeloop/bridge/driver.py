"""The driver in C: bytes to arguments, the same arguments for C and for Rust, what both made of them compared and shown.

Three texts: ``calls.h`` (arguments and state as structs), the shim (one for each way in which the original is compiled; it
includes the original, so that static functions and variables can be reached), and the driver itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codeloop.bridge import ctext
from codeloop.bridge.constraints import Entry
from codeloop.bridge.ctext import declared, pointer
from codeloop.bridge.decoding import Decoding
from codeloop.csource import Argument, Array, Named, Role, Unit, arguments_of

MAX_CALLS = 8
"""Functions with state are called so often, at most, before the state is the initial one again."""
_NUMBER = re.compile(r"(?<![\w.])(?:0[xX][0-9a-fA-F]+|\d+)(?=[uUlL]*(?![\w.]))")


def _has_state(entries: Sequence[Entry]) -> bool:
    return any(entry.function.globals for entry in entries)


def calls_header(unit: Unit, entries: Sequence[Entry]) -> str:
    """Write the structs that hold a call's arguments, and the state."""
    lines = ["/* Written by codeloop: the arguments of each call, and the state. */"]
    if _has_state(entries):
        fields = "".join(f"    {declared(each.type, each.name)};\n" for each in unit.globals)
        lines.append(f"struct cl_state {{\n{fields}}};")
    for entry in entries:
        fields = "".join(f"    {_field(each)};\n" for each in arguments_of(entry.function, entry.roles))
        returns = entry.function.returns
        fields += f"    {declared(returns, 'cl_returned')};\n" if returns is not None else ""
        lines.append(f"struct cl_args_{entry.function.name} {{\n{fields}    char cl_none;\n}};")
    return "\n".join(lines) + "\n"


def _field(argument: Argument) -> str:
    if argument.role in (Role.VALUE, Role.LENGTH):
        return declared(argument.type, argument.name)
    return pointer(argument, argument.name)


def shim_source(unit: Unit, entries: Sequence[Entry], original: str = "original.c") -> str:
    """Write what is compiled around the original; ``CL_SHIM(name)`` is given by who compiles it."""
    lines = [
        f'#define main cl_original_main\n#include "{original}"\n#undef main\n#include <string.h>\n#include "calls.h"'
    ]
    for entry in entries:
        name = entry.function.name
        handed = ", ".join(f"a->{each.name}" for each in entry.function.parameters)
        kept = "a->cl_returned = " if entry.function.returns is not None else ""
        lines.append(f"void CL_SHIM({name})(struct cl_args_{name} *a) {{ {kept}{name}({handed}); }}")
    if _has_state(entries):
        for verb, to, source in (("get", "&s->{0}", "&{0}"), ("set", "&{0}", "&s->{0}")):
            moved = "".join(
                f"    memcpy({to.format(each.name)}, {source.format(each.name)}, sizeof s->{each.name});\n"
                for each in unit.globals
            )
            lines.append(f"void CL_SHIM(state_{verb})(struct cl_state *s) {{\n{moved}}}")
    return "\n".join(lines) + "\n"


def driver_source(unit: Unit, entries: Sequence[Entry], original: str = "original.c") -> str:
    """Write the driver of one or more entry points; several are called in turn, as they share the state."""
    has_state = _has_state(entries)
    words = _words(unit, entries)
    parts = [
        f'#include "codeloop.h"\n#define main cl_original_main\n#include "{original}"\n#undef main\n#include "calls.h"',
        f"const int cl_n_functions = {len(entries)}, cl_max_calls = {MAX_CALLS if has_state else 1};",
        f"const long long cl_words[] = {{{', '.join([*words, '0'])}}};\nconst size_t cl_n_words = {len(words)};",
    ]
    parts += [ctext.struct_texts(unit, struct) for struct in unit.structs]
    parts += _state(unit) if has_state else ["void cl_reset_state(int side) { (void)side; }"]
    for entry in entries:
        parts += _entry(unit, entry, has_state=has_state)
    parts += _tables(entries)
    return "\n\n".join(parts) + "\n"


def _words(unit: Unit, entries: Sequence[Entry]) -> list[str]:
    """Give the numbers that stand in the original: what decides, decides near them."""
    found = dict.fromkeys(
        int(text, 0) if not re.fullmatch(r"0\d+", text) else int(text, 8) for text in _numbers(unit.text)
    )
    found |= dict.fromkeys(value for enum in unit.enums for _, value in enum.members)
    found |= dict.fromkeys(ord(text) for text in re.findall(r"'([^'\\])'", unit.text) if ord(text) < 128)
    return [f"(long long){value}ull" for value in found if 1 < value < 2**64][:64]


def _numbers(text: str) -> Iterator[str]:
    for match in _NUMBER.finditer(text):
        if not re.fullmatch(r"0\d*[89]\d*", match[0]):
            yield match[0]


def _state(unit: Unit) -> list[str]:
    same = " && ".join(f"({ctext.same(each.type, f'l->{each.name}', f'r->{each.name}', 0)})" for each in unit.globals)
    shown = "".join(
        f'    cl_say("{each.name}\\t");\n{ctext.shown(each.type, f"s->{each.name}")}    cl_say("\\n");\n'
        for each in unit.globals
    )
    return [
        "void cl_c_state_get(struct cl_state *), cl_c_state_set(struct cl_state *);\n"
        "void cl_again_state_get(struct cl_state *), cl_again_state_set(struct cl_state *);\n"
        "static struct cl_state cl_state_initial, cl_state_rust;",
        "static void cl_state_of(int side, struct cl_state *s) {\n    if (side == CL_C) cl_c_state_get(s);\n#ifndef CL_ONLY_C\n"
        "    else if (side == CL_C_AGAIN) cl_again_state_get(s);\n#endif\n    else *s = cl_state_rust;\n}",
        "void cl_reset_state(int side) {\n    static int is_known;\n    if (!is_known) cl_c_state_get(&cl_state_initial), is_known = 1;\n"
        "    if (side == CL_C) cl_c_state_set(&cl_state_initial);\n#ifndef CL_ONLY_C\n"
        "    else if (side == CL_C_AGAIN) cl_again_state_set(&cl_state_initial);\n#endif\n    else cl_state_rust = cl_state_initial;\n}",
        "static int cl_same_state(int left, int right) {\n    struct cl_state cl_l, cl_r, *l = &cl_l, *r = &cl_r;\n"
        f"    cl_state_of(left, l);\n    cl_state_of(right, r);\n    return {same};\n}}",
        "static void cl_show_state(int side) {\n    struct cl_state cl_s, *s = &cl_s;\n    cl_state_of(side, s);\n"
        + shown
        + "}",
    ]


def _entry(unit: Unit, entry: Entry, *, has_state: bool) -> list[str]:
    name = entry.function.name
    arguments = arguments_of(entry.function, entry.roles)
    decoding = Decoding(unit=unit, entry=entry)
    return [
        f"static struct cl_args_{name} cl_given_{name}, cl_sides_{name}[CL_SIDES];",
        decoding.function(arguments),
        _prepare(name, arguments),
        _call(entry, arguments),
        _same(entry, arguments, has_state=has_state),
        _show_call(name, arguments),
        _show_result(entry, arguments, has_state=has_state),
    ]


def _prepare(name: str, arguments: Sequence[Argument]) -> str:
    lines = [
        f"    struct cl_args_{name} *g = &cl_given_{name}, *a = &cl_sides_{name}[side];",
        "    memset(a, 0, sizeof *a);",
    ]
    for each in arguments:
        if each.role in (Role.VALUE, Role.LENGTH):
            lines.append(f"    memcpy(&a->{each.name}, &g->{each.name}, sizeof a->{each.name});")
        else:
            lines.append(f"    a->{each.name} = cl_place(side, g->{each.name}, {n_bytes(each, 'g')});")
    return f"static void cl_prepare_{name}(int side) {{\n" + "\n".join(lines) + "\n}"


def n_bytes(argument: Argument, given: str) -> str:
    """Say in C how many bytes an argument's memory has."""
    if argument.role is Role.TEXT:
        return f"strlen({given}->{argument.name}) + 1"
    return f"{ctext.count(argument, given)} * sizeof *{given}->{argument.name}"


def _call(entry: Entry, arguments: Sequence[Argument]) -> str:
    name, returns = entry.function.name, entry.function.returns
    handed = ["&cl_state_rust"] if entry.function.globals else []
    handed += [f"a->{each.name}" for each in arguments]
    kinds = ["struct cl_state *"] if entry.function.globals else []
    kinds += [
        declared(each.type, "") if each.role in (Role.VALUE, Role.LENGTH) else pointer(each, "") for each in arguments
    ]
    declaration = f"codeloop_rust_{name}({', '.join(kinds) or 'void'})"
    prototype = f"extern {declared(returns, declaration) if returns is not None else f'void {declaration}'};"
    kept = "a->cl_returned = " if returns is not None else ""
    return (
        f"void cl_c_{name}(struct cl_args_{name} *), cl_again_{name}(struct cl_args_{name} *);\n{prototype}\n"
        f"static void cl_call_{name}(int side) {{\n    struct cl_args_{name} *a = &cl_sides_{name}[side];\n"
        f"    if (side == CL_C) cl_c_{name}(a);\n#ifndef CL_ONLY_C\n    else if (side == CL_C_AGAIN) cl_again_{name}(a);\n"
        f"    else {kept}codeloop_rust_{name}({', '.join(handed)});\n#endif\n}}"
    )


def _same(entry: Entry, arguments: Sequence[Argument], *, has_state: bool) -> str:
    name, ulps = entry.function.name, entry.ulps
    lines = [f"    struct cl_args_{name} *l = &cl_sides_{name}[left], *r = &cl_sides_{name}[right];"]
    if entry.function.returns is not None:
        lines.append(
            f"    if (!({ctext.same(entry.function.returns, 'l->cl_returned', 'r->cl_returned', ulps)})) return 0;"
        )
    for each in arguments:
        if not each.is_mutable:
            continue
        if each.role is Role.TEXT:
            lines.append(f"    if (strcmp(l->{each.name}, r->{each.name})) return 0;")
            continue
        compared = ctext.same(ctext.element(each), f"l->{each.name}[k]", f"r->{each.name}[k]", ulps)
        lines.append(f"    for (size_t k = 0; k < {ctext.count(each, 'l')}; k++)\n        if (!({compared})) return 0;")
    lines.append("    return cl_same_state(left, right);" if has_state else "    return 1;")
    return f"static int cl_same_{name}(int left, int right) {{\n" + "\n".join(lines) + "\n}"


def _show_call(name: str, arguments: Sequence[Argument]) -> str:
    lines = [f"    struct cl_args_{name} *g = &cl_given_{name};", f'    cl_say("{name}(");']
    for at, each in enumerate(arguments):
        lines += ['    cl_say(", ");'] if at else []
        lines.append(_argument(each))
    lines.append('    cl_say(")");')
    return f"static void cl_show_call_{name}(void) {{\n" + "\n".join(lines) + "\n}"


def _argument(argument: Argument) -> str:
    place = f"g->{argument.name}"
    if argument.role in (Role.VALUE, Role.LENGTH):
        kind = f'    cl_say("({ctext.spelled(argument.type)})");\n' if isinstance(argument.type, Named) else ""
        return kind + ctext.shown(argument.type, place)
    if argument.role is Role.TEXT:
        shown = f"    cl_say_text({place}, strlen({place}));"
        return f'    cl_say("(char[]){{");\n{shown}\n    cl_say("}}");' if argument.is_mutable else shown
    if argument.role is Role.REFERENCE and not isinstance(argument.type, Array):
        return f'    cl_say("&({ctext.spelled(argument.type)})");\n{ctext.literal(argument.type, f"*{place}")}'
    inner = ctext.element(argument)
    return f'    cl_say("({ctext.spelled(inner, "[]")})");\n{ctext.many(inner, place, ctext.count(argument, "g"))}'


def _show_result(entry: Entry, arguments: Sequence[Argument], *, has_state: bool) -> str:
    name, returns = entry.function.name, entry.function.returns
    lines = [f"    struct cl_args_{name} *a = &cl_sides_{name}[side];", "    (void)a;"]
    if returns is not None:
        lines += ['    cl_say("return\\t");', ctext.shown(returns, "a->cl_returned"), '    cl_say("\\n");']
    for each in arguments:
        if not each.is_mutable:
            continue
        place = f"a->{each.name}"
        lines.append(f'    cl_say("{each.name}\\t");')
        if each.role is Role.TEXT:
            lines.append(f"    cl_say_text({place}, strlen({place}));")
        elif each.role is Role.REFERENCE and not isinstance(each.type, Array):
            lines.append(ctext.shown(each.type, f"(*{place})"))
        else:
            lines.append(ctext.many(ctext.element(each), place, ctext.count(each, "a")))
        lines.append('    cl_say("\\n");')
    lines += ["    cl_show_state(side);"] if has_state else []
    return f"static void cl_show_result_{name}(int side) {{\n" + "\n".join(lines) + "\n}"


def _tables(entries: Sequence[Entry]) -> Iterator[str]:
    """Give what the runtime calls: a function's number chooses."""
    names = [entry.function.name for entry in entries]
    for head, call in (
        ("int cl_decode(int which, struct cl_in *in)", "return cl_decode_{}(in)"),
        ("void cl_prepare(int which, int side)", "cl_prepare_{}(side); return"),
        ("void cl_call(int which, int side)", "cl_call_{}(side); return"),
        ("int cl_same(int which, int left, int right)", "return cl_same_{}(left, right)"),
        ("void cl_show_call(int which)", "cl_show_call_{}(); return"),
        ("void cl_show_result(int which, int side)", "cl_show_result_{}(side); return"),
    ):
        cases = "".join(f"    case {at}: {call.format(name)};\n" for at, name in enumerate(names))
        end = "    return 0;\n" if head.startswith("int") else ""
        yield f"{head} {{\n    switch (which) {{\n{cases}    }}\n{end}}}"


__all__ = ["MAX_CALLS", "calls_header", "driver_source", "shim_source"]
