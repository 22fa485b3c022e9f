"""A second original in the place of a translation: what the driver calls as Rust, in C."""

from __future__ import annotations

from collections.abc import Sequence

from codeloop.bridge.constraints import Entry
from codeloop.bridge.ctext import declared, pointer
from codeloop.bridge.returned import declared_returned, value_of_call
from codeloop.csource import Argument, Role, Unit, arguments_of


def twin_source(unit: Unit, entries: Sequence[Entry], variant: str = "variant.c") -> str:
    """Write what is compiled around a variant: it has the original's signatures and variables, and takes the state as Rust does."""
    lines = [
        f'#define main cl_original_main\n#include "{variant}"\n#undef main\n#include "calls.h"',
        "void codeloop_start(void) { }",
    ]
    return "\n".join([*lines, *(_function(unit, entry) for entry in entries)]) + "\n"


def _function(unit: Unit, entry: Entry) -> str:
    function, arguments = entry.function, arguments_of(entry.function, entry.roles)
    listed = ["struct cl_state *cl_s"] if function.globals else []
    listed += [_declared(each) for each in arguments]
    head = f"codeloop_rust_{function.name}({', '.join(listed) or 'void'})"
    call = f"{function.name}({', '.join(f'cl_p_{each.name}' for each in function.parameters)})"
    # All of the state, though the function may use less: its helpers are the variant's own affair.
    moved = [(f"&{each.name}", f"&cl_s->{each.name}") for each in unit.globals] if function.globals else []
    lines = [f"__builtin_memcpy({ours}, {its}, sizeof *({its}));" for ours, its in moved]
    lines.append(value_of_call(function, arguments, call, "cl_p_{}".format))
    lines += [f"__builtin_memcpy({its}, {ours}, sizeof *({its}));" for ours, its in moved]
    lines += ["return cl_value;"] if function.returns is not None else []
    body = "".join(f"    {line}\n" for line in lines)
    return (
        f"{declared_returned(function.returns, head) if function.returns is not None else f'void {head}'} {{\n{body}}}"
    )


def _declared(argument: Argument) -> str:
    name = f"cl_p_{argument.name}"
    return declared(argument.type, name) if argument.role in (Role.VALUE, Role.LENGTH) else pointer(argument, name)
