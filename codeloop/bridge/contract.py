"""The contract: what a C declaration is in Rust. Prompts, the layer and the suite's references all follow this one place.

| C | Rust |
|---|---|
| `int`, `unsigned char`, `uint16_t`, `long`, `size_t`, `double`, `bool` | `i32`, `u8`, `u16`, `i64`, `usize`, `f64`, `bool` |
| `char` | `u8`; where C's sign matters, `as i8` |
| `enum e` | `i32`; its members are constants |
| `const T *p, size_t n` | `p: &[T]`; there is no `n` |
| `T *p, size_t n` | `p: &mut [T]`; there is no `n` |
| `const char *s` | `s: &[u8]`, without the NUL |
| `char *s` | `s: &mut Vec<u8>`, without the NUL; it may not get longer |
| `const T *p`, `T *p` | `p: &T`, `p: &mut T` |
| `const T a[9]`, `T a[9]` | `a: &[T; 9]`, `a: &mut [T; 9]` |
| `struct ring_buffer`, `ring_buffer_t` | `pub struct RingBuffer` with the same public fields |
| variables of the file that change, `static` ones of functions too | `pub struct State`; functions that use any take `state: &mut State` first |
| tables that are `const` | the translation's own affair |
| a pointer returned into `s` or `p` | `usize`: the index; `Option` of it where C also returns `NULL` |
| a text returned: a literal, new memory, or in one of several arguments | `&'static [u8]`, `Vec<u8>`, or `&'a [u8]`; `Option` of it where C also returns `NULL` |

Names of functions, parameters and fields stay; one that is a word of Rust's, or another's in the same place, gets a `_` at its
end (see bridge.names). Where C itself has a `State` or a `state`, the file's are `FileState` and `file_state`. Arguments do not
overlap.
"""

from __future__ import annotations

from collections.abc import Mapping

from codeloop.bridge.names import (
    constant_values,
    constant_words,
    parameter_words,
    rust_word,
    rust_words,
    state_type,
    state_word,
)
from codeloop.csource import Argument, Array, Function, Named, Place, Returned, Role, Text, Type, Unit, arguments_of
from codeloop.csource.words import Pointer, Scalar

_OR_NONE = "; `None` for `NULL`"


def rust_type(kind: Type, prefix: str = "") -> str:
    """Give a type in Rust; ``prefix`` stands before the names of structs."""
    match kind:
        case Scalar():
            return kind.rust
        case Named():
            return prefix + kind.name
        case Array():
            return f"[{rust_type(kind.element, prefix)}; {kind.length}]"
        case Pointer():
            raise TypeError("pointers have a role, not a type")


def argument_type(argument: Argument) -> str:
    """Give the type of a parameter of the Rust function; empty for a length."""
    inner = rust_type(argument.type)
    borrowed = "&mut " if argument.is_mutable else "&"
    match argument.role:
        case Role.VALUE:
            return inner
        case Role.LENGTH:
            return ""
        case Role.SLICE:
            return f"{borrowed}[{inner}]"
        case Role.REFERENCE:
            return f"{borrowed}{inner}"
        case Role.TEXT:
            return "&mut Vec<u8>" if argument.is_mutable else "&[u8]"


def returned_type(returns: Returned) -> str:
    """Give the type of what the Rust function returns."""
    match returns:
        case Place():
            return "Option<usize>" if returns.is_optional else "usize"
        case Text():
            inner = "Vec<u8>" if returns.is_new else f"&'{'a' if returns.borrows else 'static'} [u8]"
            return f"Option<{inner}>" if returns.is_optional else inner
        case _:
            return rust_type(returns)


def _said(unit: Unit, function: Function) -> str:
    """Say what a type leaves open: a line of documentation above the function."""
    match function.returns:
        case Place(parameter=name, is_optional=is_optional):
            word = parameter_words(unit, function)[name]
            return f"/// The index in `{word}` to which C's pointer leads{_OR_NONE if is_optional else ''}.\n"
        case Text(is_optional=is_optional):
            return f"/// Without the NUL{_OR_NONE if is_optional else ''}.\n"
        case _:
            return ""


def rust_head(unit: Unit, function: Function, roles: Mapping[str, str] | None = None) -> str:
    """Give the Rust function's declaration, up to its body."""
    words = parameter_words(unit, function)
    borrowed = function.returns.borrows if isinstance(function.returns, Text) else ()
    listed = [f"{state_word(unit, function)}: &mut {state_type(unit)}"] if function.globals else []
    for argument in arguments_of(function, roles):
        if kind := argument_type(argument):
            lent = kind.replace("&", "&'a ", 1) if argument.name in borrowed else kind
            listed.append(f"{words[argument.name]}: {lent}")
    returns = f" -> {returned_type(function.returns)}" if function.returns is not None else ""
    lifetime = "<'a>" if borrowed else ""
    return f"pub fn {rust_word(function.name)}{lifetime}({', '.join(listed)}){returns}"


def skeleton(unit: Unit, entries: Mapping[str, Mapping[str, str]]) -> str:
    """Write what a translation must declare, bodies left out. ``entries``: functions with the roles a user gave."""
    words = constant_words(unit)
    parts = [
        f"pub const {words[name]}: {_whole_type(value)} = {value};" for name, value in constant_values(unit).items()
    ]
    for struct in unit.structs:
        parts.append(_struct(struct.name, {field.name: field.type for field in struct.fields}))
    if any(unit.function(name).globals for name in entries):
        parts.append(_struct(state_type(unit), {each.name: each.type for each in unit.globals}))
    for name, roles in entries.items():
        function = unit.function(name)
        parts.append(f"{_said(unit, function)}{rust_head(unit, function, roles)} {{\n    todo!()\n}}")
    return "\n\n".join(parts) + "\n"


def _whole_type(value: int) -> str:
    for name, bits in (("i32", 31), ("u32", 32), ("i64", 63)):
        if (0 if name[0] == "u" else -(2**bits)) <= value < 2**bits:
            return name
    return "u64"


def _struct(name: str, fields: Mapping[str, Type]) -> str:
    words = rust_words(fields)
    lines = [f"    pub {words[field]}: {rust_type(kind)}," for field, kind in fields.items()]
    return "\n".join(["#[derive(Clone, Copy, Debug, PartialEq)]", f"pub struct {name} {{", *lines, "}"])
