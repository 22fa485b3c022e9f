"""The driver in C: bytes to arguments, the same arguments for C and for Rust, what both made of them compared and shown.

Three texts: ``calls.h`` (arguments and state as structs), the shim (one for each way in which the original is compiled; it
includes the original, so that static functions and variables can be reached), and the driver itself.

All include the original first, and it keeps every name that it has: no header of libc's stands before or behind it, and what
is written here begins with ``cl_``, as no name of an original does (``names.name_of_ours``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codeloop.bridge import ctext
from codeloop.bridge.constraints import Entry
from codeloop.bridge.ctext import declared, pointer
from codeloop.bridge.decoding import Decoding
from codeloop.bridge.definitions import definitions
from codeloop.bridge.returned import declared_returned, same_returned, shown_returned, value_of_call
from codeloop.csource import Argument, Array, Named, Role, Unit, arguments_of

MAX_CALLS = 8
"""Functions with state are called so often, at most, before the state is the initial one again."""
_KEPT = "__builtin_memcpy(&cl_a->cl_returned, &cl_value, sizeof cl_value);"
"""By its bytes: a struct with a member that is const takes no assignment."""
_SHIM_HEAD = """\
/* Where lines are counted, they are the original's: branches of libc's macros, tolower's for constants, stand in none. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define cl_original "{sanitized}"
#elif !__has_feature(memory_sanitizer)
#define __NO_CTYPE
#endif
#endif
#ifndef cl_original
#define cl_original "{original}"
#endif
#define main cl_original_main
#include cl_original
#undef main
#include "calls.h\""""
_NUMBER = re.compile(r"(?<![\w.])(?:0[xX][0-9a-fA-F]+|\d+)(?=[uUlL]*(?![\w.]))")


def _has_state(entries: Sequence[Entry]) -> bool:
    return any(entry.function.globals for entry in entries)


def calls_header(unit: Unit, entries: Sequence[Entry]) -> str:
    """Write the structs that hold a call's arguments, and the state."""
    lines = ["/* Written by codeloop: the arguments of each call, and the state. */", *_undefined(unit, entries)]
    if _has_state(entries):
        fields = "".join(f"    {declared(each.type, each.name)};\n" for each in unit.globals)
        lines.append(f"struct cl_state {{\n{fields}}};")
    for entry in entries:
        fields = "".join(f"    {_field(each)};\n" for each in arguments_of(entry.function, entry.roles))
        returns = entry.function.returns
        fields += f"    {declared_returned(returns, 'cl_returned')};\n" if returns is not None else ""
        lines.append(f"struct cl_args_{entry.function.name} {{\n{fields}    char cl_none;\n}};")
    return "\n".join(lines) + "\n"


def _undefined(unit: Unit, entries: Sequence[Entry]) -> Iterator[str]:
    """Take back macros that are called as parameters are: they may have been defined after the function."""
    for name in dict.fromkeys(each.name for entry in entries for each in entry.function.parameters):
        if re.search(rf"^[ \t]*#[ \t]*define[ \t]+{name}(?![\w(])", unit.text, re.MULTILINE):
            yield f"#undef {name}"


def _field(argument: Argument) -> str:
    if argument.role in (Role.VALUE, Role.LENGTH):
        return declared(argument.type, argument.name)
    return pointer(argument, argument.name)


def shim_source(
    unit: Unit, entries: Sequence[Entry], original: str = "original.c", sanitized: str = "original.c"
) -> str:
    """Write what is compiled around the original; ``CL_SHIM(name)`` is given by who compiles it."""
    lines = [_SHIM_HEAD.format(original=original, sanitized=sanitized)]
    for entry in entries:
        name, returns = entry.function.name, entry.function.returns
        called = f"{name}({', '.join(f'cl_a->{each.name}' for each in entry.function.parameters)})"
        arguments = arguments_of(entry.function, entry.roles)
        value = value_of_call(entry.function, arguments, called, "cl_a->{}".format)
        kept = f" {_KEPT}" if returns is not None else ""
        lines.append(f"void CL_SHIM(call_{name})(struct cl_args_{name} *cl_a) {{ {value}{kept} }}")
    if _has_state(entries):
        for verb, to, source in (("get", "&cl_s->{0}", "&{0}"), ("set", "&{0}", "&cl_s->{0}")):
            moved = "".join(
                f"    __builtin_memcpy({to.format(each.name)}, {source.format(each.name)}, sizeof cl_s->{each.name});\n"
                for each in unit.globals
            )
            lines.append(f"void CL_SHIM({verb}_state)(struct cl_state *cl_s) {{\n{moved}}}")
    return "\n".join(lines) + "\n"


def driver_source(unit: Unit, entries: Sequence[Entry], original: str = "original.c") -> str:
    """Write the driver of one or more entry points; several are called in turn, as they share the state."""
    has_state = _has_state(entries)
    words = _words(unit, entries)
    parts = [
        f'#define main cl_original_main\n#include "{original}"\n#undef main\n#include "driver.h"\n#include "calls.h"',
        *definitions(unit, entries),
        f"const int cl_n_functions = {len(entries)}, cl_max_calls = {MAX_CALLS if has_state else 1};",
        f"const long long cl_words[] = {{{', '.join([*words, '0'])}}};\nconst cl_size cl_n_words = {len(words)};",
    ]
    parts += [ctext.struct_texts(unit, struct) for struct in unit.structs]
    parts += _state(unit) if has_state else ["void cl_reset_state(int cl_side) { (void)cl_side; }"]
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
    same = " && ".join(
        f"({ctext.same(each.type, f'cl_l.{each.name}', f'cl_r.{each.name}', 0)})" for each in unit.globals
    )
    shown = "".join(
        f'    cl_say("{each.name}\\t");\n{ctext.shown(each.type, f"cl_s.{each.name}", f"cl_w.{each.name}")}    cl_say("\\n");\n'
        for each in unit.globals
    )
    copied = "__builtin_memcpy({0}, {1}, sizeof(struct cl_state));"
    return [
        "void cl_c_get_state(struct cl_state *), cl_c_set_state(struct cl_state *);\n"
        "void cl_again_get_state(struct cl_state *), cl_again_set_state(struct cl_state *);\n"
        "static struct cl_state cl_state_initial, cl_state_rust;",
        "static void cl_state_of(int cl_side, struct cl_state *cl_s) {\n    if (cl_side == CL_C) cl_c_get_state(cl_s);\n"
        "#ifndef CL_ONLY_C\n    else if (cl_side == CL_C_AGAIN) cl_again_get_state(cl_s);\n#endif\n"
        f"    else {copied.format('cl_s', '&cl_state_rust')}\n}}",
        "void cl_reset_state(int cl_side) {\n    static int cl_is_known;\n"
        "    if (!cl_is_known) cl_c_get_state(&cl_state_initial), cl_is_known = 1;\n"
        "    if (cl_side == CL_C) cl_c_set_state(&cl_state_initial);\n#ifndef CL_ONLY_C\n"
        "    else if (cl_side == CL_C_AGAIN) cl_again_set_state(&cl_state_initial);\n#endif\n"
        f"    else {copied.format('&cl_state_rust', '&cl_state_initial')}\n}}",
        "static int cl_state_same(int cl_left, int cl_right) {\n    struct cl_state cl_l, cl_r;\n"
        f"    cl_state_of(cl_left, &cl_l);\n    cl_state_of(cl_right, &cl_r);\n    return {same};\n}}",
        "static void cl_state_show(int cl_side) {\n    struct cl_state cl_s, cl_w;\n    cl_state_of(cl_side, &cl_s);\n"
        f"    cl_state_of(cl_side == CL_C ? CL_RUST : CL_C, &cl_w);\n{shown}}}",
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
        f"    struct cl_args_{name} *cl_g = &cl_given_{name}, *cl_a = &cl_sides_{name}[cl_side];",
        "    __builtin_memset(cl_a, 0, sizeof *cl_a);",
    ]
    for each in arguments:
        if each.role in (Role.VALUE, Role.LENGTH):
            lines.append(f"    __builtin_memcpy(&cl_a->{each.name}, &cl_g->{each.name}, sizeof cl_a->{each.name});")
        else:
            lines.append(f"    cl_a->{each.name} = cl_place(cl_side, cl_g->{each.name}, {n_bytes(each, 'cl_g')});")
    return f"static void cl_prepare_{name}(int cl_side) {{\n" + "\n".join(lines) + "\n}"


def n_bytes(argument: Argument, given: str) -> str:
    """Say in C how many bytes an argument's memory has."""
    if argument.role is Role.TEXT:
        return f"cl_text_size({given}->{argument.name}) + 1"
    return f"{ctext.count(argument, given)} * sizeof *{given}->{argument.name}"


def _call(entry: Entry, arguments: Sequence[Argument]) -> str:
    name, returns = entry.function.name, entry.function.returns
    handed = ["&cl_state_rust"] if entry.function.globals else []
    handed += [f"cl_a->{each.name}" for each in arguments]
    kinds = ["struct cl_state *"] if entry.function.globals else []
    kinds += [
        declared(each.type, "") if each.role in (Role.VALUE, Role.LENGTH) else pointer(each, "") for each in arguments
    ]
    declaration = f"codeloop_rust_{name}({', '.join(kinds) or 'void'})"
    rust = f"codeloop_rust_{name}({', '.join(handed)})"
    prototype = f"extern {declared_returned(returns, declaration) if returns is not None else f'void {declaration}'};"
    kept = f"{declared_returned(returns, 'cl_value')} = {rust}; {_KEPT}" if returns is not None else f"{rust};"
    return (
        f"void cl_c_call_{name}(struct cl_args_{name} *), cl_again_call_{name}(struct cl_args_{name} *);\n{prototype}\n"
        f"static void cl_call_{name}(int cl_side) {{\n    struct cl_args_{name} *cl_a = &cl_sides_{name}[cl_side];\n"
        f"    if (cl_side == CL_C) cl_c_call_{name}(cl_a);\n#ifndef CL_ONLY_C\n    else if (cl_side == CL_C_AGAIN) cl_again_call_{name}(cl_a);\n"
        f"    else {{ {kept} }}\n#endif\n}}"
    )


def _same(entry: Entry, arguments: Sequence[Argument], *, has_state: bool) -> str:
    name, ulps = entry.function.name, entry.ulps
    lines = [f"    struct cl_args_{name} *cl_l = &cl_sides_{name}[cl_left], *cl_r = &cl_sides_{name}[cl_right];"]
    if entry.function.returns is not None:
        lines.append(
            f"    if (!({same_returned(entry.function.returns, 'cl_l->cl_returned', 'cl_r->cl_returned', ulps)})) return 0;"
        )
    for each in arguments:
        if not each.is_mutable:
            continue
        if each.role is Role.TEXT:
            lines.append(f"    if (!cl_texts_equal(cl_l->{each.name}, cl_r->{each.name})) return 0;")
            continue
        compared = ctext.same(ctext.element(each), f"cl_l->{each.name}[cl_k]", f"cl_r->{each.name}[cl_k]", ulps)
        lines.append(
            f"    for (cl_size cl_k = 0; cl_k < {ctext.count(each, 'cl_l')}; cl_k++)\n        if (!({compared})) return 0;"
        )
    lines.append("    return cl_state_same(cl_left, cl_right);" if has_state else "    return 1;")
    return f"static int cl_same_{name}(int cl_left, int cl_right) {{\n" + "\n".join(lines) + "\n}"


def _show_call(name: str, arguments: Sequence[Argument]) -> str:
    lines = [f"    struct cl_args_{name} *cl_g = &cl_given_{name};", f'    cl_say("{name}(");']
    for at, each in enumerate(arguments):
        lines += ['    cl_say(", ");'] if at else []
        lines.append(_argument(each))
    lines.append('    cl_say(")");')
    return f"static void cl_show_call_{name}(void) {{\n" + "\n".join(lines) + "\n}"


def _argument(argument: Argument) -> str:
    place = f"cl_g->{argument.name}"
    if argument.role in (Role.VALUE, Role.LENGTH):
        kind = f'    cl_say("({ctext.spelled(argument.type)})");\n' if isinstance(argument.type, Named) else ""
        return kind + ctext.shown(argument.type, place, place)
    if argument.role is Role.TEXT:
        shown = f"    cl_say_text({place}, cl_text_size({place}));"
        return f'    cl_say("(char[]){{");\n{shown}\n    cl_say("}}");' if argument.is_mutable else shown
    if argument.role is Role.REFERENCE and not isinstance(argument.type, Array):
        return f'    cl_say("&({ctext.spelled(argument.type)})");\n{ctext.literal(argument.type, f"*{place}")}'
    inner = ctext.element(argument)
    return f'    cl_say("({ctext.spelled(inner, "[]")})");\n{ctext.many(inner, place, place, ctext.count(argument, "cl_g"))}'


def _show_result(entry: Entry, arguments: Sequence[Argument], *, has_state: bool) -> str:
    name, returns = entry.function.name, entry.function.returns
    sides = f"cl_sides_{name}"
    lines = [
        f"    struct cl_args_{name} *cl_a = &{sides}[cl_side], *cl_o = &{sides}[cl_side == CL_C ? CL_RUST : CL_C];",
        "#ifdef CL_ONLY_C\n    cl_o = cl_a;\n#endif\n    (void)cl_a, (void)cl_o;",
    ]
    if returns is not None:
        lines += [
            '    cl_say("return\\t");',
            shown_returned(returns, "cl_a->cl_returned", "cl_o->cl_returned"),
            '    cl_say("\\n");',
        ]
    for each in arguments:
        if not each.is_mutable:
            continue
        place, other = f"cl_a->{each.name}", f"cl_o->{each.name}"
        lines.append(f'    cl_say("{each.name}\\t");')
        if each.role is Role.TEXT:
            lines.append(f"    cl_say_text({place}, cl_text_size({place}));")
        elif each.role is Role.REFERENCE and not isinstance(each.type, Array):
            lines.append(ctext.shown(each.type, f"(*{place})", f"(*{other})"))
        else:
            lines.append(ctext.many(ctext.element(each), place, other, ctext.count(each, "cl_a")))
        lines.append('    cl_say("\\n");')
    lines += ["    cl_state_show(cl_side);"] if has_state else []
    return f"static void cl_show_result_{name}(int cl_side) {{\n" + "\n".join(lines) + "\n}"


def _tables(entries: Sequence[Entry]) -> Iterator[str]:
    """Give what the runtime calls: a function's number chooses."""
    names = [entry.function.name for entry in entries]
    for head, call in (
        ("int cl_decode(int cl_which, struct cl_in *cl_in)", "return cl_decode_{}(cl_in)"),
        ("void cl_prepare(int cl_which, int cl_side)", "cl_prepare_{}(cl_side); return"),
        ("void cl_call(int cl_which, int cl_side)", "cl_call_{}(cl_side); return"),
        ("int cl_same(int cl_which, int cl_left, int cl_right)", "return cl_same_{}(cl_left, cl_right)"),
        ("void cl_show_call(int cl_which)", "cl_show_call_{}(); return"),
        ("void cl_show_result(int cl_which, int cl_side)", "cl_show_result_{}(cl_side); return"),
    ):
        cases = "".join(f"    case {at}: {call.format(name)};\n" for at, name in enumerate(names))
        end = "    return 0;\n" if head.startswith("int") else ""
        yield f"{head} {{\n    switch (cl_which) {{\n{cases}    }}\n{end}}}"


__all__ = ["MAX_CALLS", "calls_header", "driver_source", "shim_source"]
