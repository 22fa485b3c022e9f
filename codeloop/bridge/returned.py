"""What a function returns, in C: how it is kept, compared and written out.

A place in an argument is kept as the index of an element, and text as a copy: neither means anything on the other side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from codeloop.bridge import ctext
from codeloop.csource import Argument, Function, Place, Returned, Role, Text

_NOWHERE = "(-__LONG_LONG_MAX__ - 1)"
"""The index that stands for ``NULL``: bridge.layer says it as ``i64::MIN``."""


def declared_returned(returns: Returned, name: str) -> str:
    """Declare ``name`` with the type in which a result is kept and crosses to Rust."""
    match returns:
        case Place():
            return f"long long {name}"
        case Text():
            return f"const char *{name}"
        case _:
            return ctext.declared(returns, name)


def value_of_call(function: Function, arguments: Sequence[Argument], call: str, named: Callable[[str], str]) -> str:
    """Write statements that call C and declare ``cl_value``; of ``void``, only the call. ``named``: how an argument is called.

    A pointer out of its argument is undefined, as it is to read there.
    """
    match function.returns:
        case None:
            return f"{call};"
        case Place(parameter=name):
            argument = next(each for each in arguments if each.name == name)
            return _index(argument, call, named, function.line)
        case Text():
            return (
                f"const char *cl_text = {call}; char *cl_value = 0;\n"
                "    if (cl_text) {\n        void *cl_take(__SIZE_TYPE__);\n        __SIZE_TYPE__ cl_n = 0;\n"
                "        while (cl_text[cl_n]) cl_n++;\n        cl_value = cl_take(cl_n + 1);\n"
                "        __builtin_memcpy(cl_value, cl_text, cl_n + 1);\n    }"
            )
        case _:
            return f"{ctext.declared(function.returns, 'cl_value')} = {call};"


def _index(argument: Argument, call: str, named: Callable[[str], str], line: int) -> str:
    place = named(argument.name)
    size = f"(long long)sizeof *{place}"
    if argument.role is Role.TEXT:
        n = f"0;\n    while ({place}[cl_n]) cl_n++"
    else:
        n = f"(long long){named(argument.length) if argument.role is Role.SLICE else ctext.count(argument, '')}"
    return (
        f"long long cl_value = {_NOWHERE}, cl_n = {n};\n"
        f"    const char *cl_from = (const char *){place}, *cl_at = (const char *)({call});\n"
        "    if (cl_at) {\n        void cl_leave(const char *, const char *, unsigned, __UINTPTR_TYPE__);\n"
        f"        if (cl_at < cl_from || cl_at - cl_from > cl_n * {size})\n"
        f'            cl_leave("returns a pointer out of its argument", "original.c", {line}, 0);\n'
        f"        cl_value = (cl_at - cl_from) / {size};\n    }}"
    )


def same_returned(returns: Returned, left: str, right: str, ulps: int) -> str:
    """Give a condition: both results are the same."""
    if isinstance(returns, Place):
        return f"{left} == {right}"
    if isinstance(returns, Text):
        return f"{left} && {right} ? cl_texts_equal({left}, {right}) : {left} == {right}"
    return ctext.same(returns, left, right, ulps)


def shown_returned(returns: Returned, place: str, other: str) -> str:
    """Give statements that write a result as C would; ``other``: what it is told from."""
    if isinstance(returns, Place):
        return (
            f'    if ({place} == {_NOWHERE}) cl_say("NULL");\n    else cl_say("{returns.parameter} + %lld", {place});'
        )
    if isinstance(returns, Text):
        return f'    if ({place}) cl_say_text({place}, cl_text_size({place}));\n    else cl_say("NULL");'
    return ctext.shown(returns, place, other)
