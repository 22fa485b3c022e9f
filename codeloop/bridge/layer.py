"""The layer: Rust functions that C can call. The only place with ``unsafe``, and never a model's work.

It rebuilds slices, texts and structs from what C hands over, calls the translation, and hands back what that changed. A
panic ends here and is told to the driver; what the call would have changed is then left as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from codeloop.bridge.constraints import Entry
from codeloop.bridge.contract import rust_type
from codeloop.bridge.names import parameter_words, rust_word, rust_words, state_type
from codeloop.csource import Argument, Array, Named, Place, Returned, Role, Text, Type, Unit, arguments_of
from codeloop.csource.words import Kind, Scalar

CRATE = "candidate"
_HEAD = """\
// Written by codeloop from the C signatures: see bridge/layer.py.
#![allow(unused, non_snake_case, non_camel_case_types, clippy::all)]
extern "C" {
    fn codeloop_panicked(text: *const u8, n: usize);
}

fn cl_told(text: &str) {
    unsafe { codeloop_panicked(text.as_ptr(), text.len()) }
}

#[no_mangle]
pub extern "C" fn codeloop_start() {
    std::panic::set_hook(Box::new(|info| {
        let said = info.payload();
        let text = match (said.downcast_ref::<&str>(), said.downcast_ref::<String>()) {
            (Some(text), _) => text.to_string(),
            (_, Some(text)) => text.clone(),
            _ => String::from("panicked"),
        };
        match info.location() {
            Some(at) if at.file().ends_with("solution.rs") => cl_told(&format!("line {}: {}", at.line(), text)),
            _ => cl_told(&text),
        }
    }));
}
"""
_KEEPING = """\
thread_local! {
    static CL_KEPT: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
}

fn cl_kept(text: &[u8]) -> *const u8 {
    if text.contains(&0) {
        cl_told("a NUL inside of the text that is returned");
    }
    CL_KEPT.with_borrow_mut(|kept| {
        kept.clear();
        kept.extend_from_slice(text);
        kept.push(0);
        kept.as_ptr()
    })
}
"""
"""What is returned lives until the next call."""


def layer_source(unit: Unit, entries: Sequence[Entry]) -> str:
    """Write the layer's crate; it is linked with the translation's, which is called ``candidate``."""
    needed = _needed(unit, entries)
    parts = [_HEAD]
    parts += [_KEEPING] if any(isinstance(entry.function.returns, Text) for entry in entries) else []
    parts += [
        _mirror(struct.name, [(each.name, each.type) for each in struct.fields])
        for struct in unit.structs
        if struct.name in needed
    ]
    if any(entry.function.globals for entry in entries):
        parts.append(_mirror(state_type(unit), [(each.name, each.type) for each in unit.globals]))
    parts += [_function(unit, entry) for entry in entries]
    return "\n".join(parts)


def _needed(unit: Unit, entries: Sequence[Entry]) -> set[str]:
    """Name the structs that any entry point is handed, or hands back, inside of others too."""
    waiting: list[Type] = [each.type for entry in entries for each in arguments_of(entry.function, entry.roles)]
    waiting += [each for entry in entries if isinstance(each := entry.function.returns, Scalar | Named)]
    waiting += [each.type for each in unit.globals] if any(entry.function.globals for entry in entries) else []
    found: set[str] = set()
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, Array):
            waiting.append(kind.element)
        elif isinstance(kind, Named) and kind.name not in found:
            found.add(kind.name)
            waiting += [each.type for each in unit.struct(kind.name).fields]
    return found


def _mirror(name: str, fields: list[tuple[str, Type]]) -> str:
    """Write a struct as C lays it out, and the way to and from the translation's."""
    spelled = rust_words(field for field, _ in fields)
    words = [(spelled[field], kind) for field, kind in fields]
    declared = "".join(f"    {field}: {rust_type(kind, 'C')},\n" for field, kind in words)
    read = "".join(f"            {field}: {_read(kind, f'self.{field}')},\n" for field, kind in words)
    made = "".join(f"            {field}: {_made(kind, f'from.{field}')},\n" for field, kind in words)
    return (
        f"#[repr(C)]\n#[derive(Clone, Copy)]\npub struct C{name} {{\n{declared}}}\n\nimpl C{name} {{\n"
        f"    fn read(&self) -> {CRATE}::{name} {{\n        {CRATE}::{name} {{\n{read}        }}\n    }}\n"
        f"    fn of(from: &{CRATE}::{name}) -> Self {{\n        Self {{\n{made}        }}\n    }}\n}}\n"
    )


def _is_plain(kind: Type) -> bool:
    """Say whether C's memory is Rust's, as it is."""
    return _is_plain(kind.element) if isinstance(kind, Array) else isinstance(kind, Scalar)


def _read(kind: Type, place: str, depth: int = 0) -> str:
    if _is_plain(kind):
        return place
    if isinstance(kind, Array):
        return f"std::array::from_fn(|cl_i{depth}| {_read(kind.element, f'{place}[cl_i{depth}]', depth + 1)})"
    return f"{place}.read()"


def _made(kind: Type, place: str, depth: int = 0) -> str:
    if _is_plain(kind):
        return place
    if isinstance(kind, Array):
        return f"std::array::from_fn(|cl_i{depth}| {_made(kind.element, f'{place}[cl_i{depth}]', depth + 1)})"
    return f"{rust_type(kind, 'C')}::of(&{place})"


def _abi(kind: Type) -> str:
    """Give the type in which a value crosses: C extends the sign of a ``char``."""
    return "i8" if isinstance(kind, Scalar) and kind.kind is Kind.CHAR else rust_type(kind, "C")


def _declared(argument: Argument, word: str) -> str:
    if argument.role in (Role.VALUE, Role.LENGTH):
        return f"{word}: {_abi(argument.type)}"
    return f"{word}: *mut {rust_type(argument.type, 'C')}"


def _function(unit: Unit, entry: Entry) -> str:
    """Write the function of an entry point; its own locals begin with ``cl_``, as no parameter does."""
    function, state = entry.function, state_type(unit)
    arguments, words = arguments_of(function, entry.roles), parameter_words(unit, function)
    declared = [f"cl_state: *mut C{state}"] if function.globals else []
    declared += [_declared(each, words[each.name]) for each in arguments]
    before, handed, after = list[str](), list[str](), list[str]()
    if function.globals:
        before.append("let mut cl_changed = unsafe { (*cl_state).read() };")
        handed.append("&mut cl_changed")
        after.append(f"unsafe {{ *cl_state = C{state}::of(&cl_changed) }};")
    for each in arguments:
        for kept, text in zip((before, handed, after), _crossing(each, words), strict=True):
            kept.extend([text] if text else [])
    returned = function.returns
    arrow = f" -> {_abi_returned(returned)}" if returned is not None else ""
    value = _handed_back(returned) if returned is not None else "cl_value"
    call = f"{CRATE}::{rust_word(function.name)}({', '.join(handed)})"
    lines = [
        *before,
        f"let cl_done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {call}));",
        "let Ok(cl_value) = cl_done else { return unsafe { std::mem::zeroed() } };",
        *after,
        value,
    ]
    body = "".join(f"    {line}\n" for line in lines)
    return f'#[no_mangle]\npub unsafe extern "C" fn codeloop_rust_{function.name}({", ".join(declared)}){arrow} {{\n{body}}}\n'


def _abi_returned(returns: Returned) -> str:
    match returns:
        case Place():
            return "i64"
        case Text():
            return "*const u8"
        case _:
            return _abi(returns)


def _handed_back(returns: Returned) -> str:
    match returns:
        case Place(is_optional=True):
            return "cl_value.map_or(i64::MIN, |cl_at| cl_at as i64)"
        case Place():
            return "cl_value as i64"
        case Text(is_optional=True):
            return "cl_value.map_or(std::ptr::null(), |cl_text| cl_kept(&cl_text))"
        case Text():
            return "cl_kept(&cl_value)"
        case Scalar():
            return "cl_value as i8" if _abi(returns) != rust_type(returns) else "cl_value"
        case _:
            return _made(returns, "cl_value")


def _crossing(argument: Argument, words: Mapping[str, str]) -> Iterator[str]:
    """Give the line before the call, what the call is handed, and the line after it."""
    word = words[argument.name]
    mutable = "mut " if argument.is_mutable else ""
    match argument.role:
        case Role.LENGTH:
            yield from ("", "", "")
        case Role.VALUE:
            is_char = isinstance(argument.type, Scalar) and argument.type.kind is Kind.CHAR
            yield from ("", f"{word} as u8" if is_char else _read(argument.type, word), "")
        case Role.TEXT:
            yield from _text(word, argument.is_mutable)
        case Role.SLICE:
            yield from _slice(argument, word, words[argument.length])
        case Role.REFERENCE:
            if _is_plain(argument.type):
                yield from ("", f"unsafe {{ &{mutable}*{word} }}", "")
                return
            yield f"let mut cl_made_{word} = unsafe {{ {_read(argument.type, f'(*{word})')} }};"
            yield f"&{mutable}cl_made_{word}"
            made = _made(argument.type, f"cl_made_{word}")
            yield f"unsafe {{ *{word} = {made} }};" if argument.is_mutable else ""


def _slice(argument: Argument, word: str, length: str) -> Iterator[str]:
    mutable, n = "mut " if argument.is_mutable else "", f"{length} as usize"
    maker = f"std::slice::from_raw_parts{'_mut' if mutable else ''}({word}, {n})"
    raw = f"let {mutable}{word}: &{mutable}[_] = if {n} == 0 {{ &{mutable}[] }} else {{ unsafe {{ {maker} }} }};"
    if _is_plain(argument.type):
        yield from (raw, word, "")
        return
    read = _read(argument.type, "(*cl_each)")
    yield f"{raw}\n    let mut cl_made_{word}: Vec<_> = {word}.iter().map(|cl_each| {read}).collect();"
    yield f"&{mutable}cl_made_{word}"
    made = _made(argument.type, "(*cl_from)")
    yield f"for (cl_to, cl_from) in {word}.iter_mut().zip(&cl_made_{word}) {{ *cl_to = {made}; }}" if mutable else ""


def _text(word: str, is_mutable: bool) -> Iterator[str]:
    read = f"unsafe {{ std::ffi::CStr::from_ptr({word} as *const _) }}.to_bytes()"
    if not is_mutable:
        yield from (f"let {word} = {read};", word, "")
        return
    made = f"cl_made_{word}"
    yield f"let mut {made} = {read}.to_vec();\n    let cl_n_{word} = {made}.len();"
    yield f"&mut {made}"
    yield (
        f'if {made}.len() > cl_n_{word} {{ cl_told("{word} got longer than the memory that C gave"); }} else {{ unsafe {{ '
        f"std::ptr::copy_nonoverlapping({made}.as_ptr(), {word}, {made}.len()); *{word}.add({made}.len()) = 0; }} }}"
    )
