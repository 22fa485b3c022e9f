"""A second original in the place of a translation: what the driver calls as Rust, in C."""

from __future__ import annotations

from collections.abc import Sequence

from codeloop.bridge.constraints import Entry
from codeloop.bridge.ctext import declared, pointer
from codeloop.csource import Argument, Role, Unit, arguments_of


def twin_source(unit: Unit, entries: Sequence[Entry], variant: str = "variant.c") -> str:
    """Write what is compiled around a variant: it has the original's signatures and variables, and takes the state as Rust does."""
    lines = [
        f'#define main cl_original_main\n#include "{variant}"\n#undef main\n#include <string.h>\n#include "calls.h"',
        "void codeloop_rust_start(void) { }",
    ]
    return "\n".join([*lines, *(_function(unit, entry) for entry in entries)]) + "\n"


def _function(unit: Unit, entry: Entry) -> str:
    function = entry.function
    listed = ["struct cl_state *cl_s"] if function.globals else []
    listed += [_declared(each) for each in arguments_of(function, entry.roles)]
    head = f"codeloop_rust_{function.name}({', '.join(listed) or 'void'})"
    call = f"{function.name}({', '.join(each.name for each in function.parameters)});"
    lines = [declared(function.returns, "cl_returned") + ";"] if function.returns is not None else []
    # All of the state, though the function may use less: its helpers are the variant's own affair.
    moved = unit.globals if function.globals else ()
    lines += [f"memcpy(&{each.name}, &cl_s->{each.name}, sizeof cl_s->{each.name});" for each in moved]
    lines.append(call if function.returns is None else f"cl_returned = {call}")
    lines += [f"memcpy(&cl_s->{each.name}, &{each.name}, sizeof cl_s->{each.name});" for each in moved]
    lines += ["return cl_returned;"] if function.returns is not None else []
    body = "".join(f"    {line}\n" for line in lines)
    return f"{declared(function.returns, head) if function.returns is not None else f'void {head}'} {{\n{body}}}"


def _declared(argument: Argument) -> str:
    if argument.role in (Role.VALUE, Role.LENGTH):
        return declared(argument.type, argument.name)
    return pointer(argument, argument.name)
