"""Names of C in Rust: words that Rust takes, none twice in one place. And the names that an original must leave to codeloop."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from codeloop.csource import Function, Unit

_WORDS = frozenset(
    [
        "as",
        "async",
        "await",
        "box",
        "break",
        "const",
        "continue",
        "crate",
        "dyn",
        "else",
        "enum",
        "extern",
        "false",
        "fn",
        "for",
        "gen",
        "if",
        "impl",
        "in",
        "let",
        "loop",
        "match",
        "mod",
        "move",
        "mut",
        "pub",
        "ref",
        "return",
        "self",
        "static",
        "struct",
        "super",
        "trait",
        "true",
        "try",
        "type",
        "unsafe",
        "use",
        "where",
        "while",
        "yield",
        "abstract",
        "become",
        "do",
        "final",
        "macro",
        "override",
        "priv",
        "typeof",
        "unsized",
        "virtual",
        "Self",
        "_",
        # Not reserved, but a pattern that is called so is no new name, and a constant would hide Rust's.
        "Some",
        "None",
        "Ok",
        "Err",
    ]
)
_OURS = re.compile(r"\b(?:(?:cl|codeloop)_\w*|CL_(?:C|C_AGAIN|RUST|SIDES|SHIM|ONLY_C|DRIVER_H)\b)")
_SAID = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def rust_word(name: str) -> str:
    """Spell a C name so that Rust takes it."""
    return f"{name}_" if name in _WORDS else name


def rust_words(names: Iterable[str], taken: Collection[str] = ()) -> Mapping[str, str]:
    """Spell names of one place, each differently, and none as ``taken``: they go on with ``_``."""
    given, found = tuple(dict.fromkeys(names)), dict[str, str]()
    for name in given:
        word = rust_word(name)
        while word in taken or word in found.values() or (word != name and word in given):
            word += "_"
        found[name] = word
    return found


def constant_values(unit: Unit) -> Mapping[str, int]:
    """Give constants and members of enums by C's names; what has two values at different places is none."""
    pairs = [(each.name, each.value) for each in unit.constants]
    pairs += [pair for enum in unit.enums for pair in enum.members]
    unclear = {name for name, value in pairs if any(name == other and value != its for other, its in pairs)}
    return {name: value for name, value in pairs if name not in unclear}


def constant_words(unit: Unit) -> Mapping[str, str]:
    """Spell the constants; in Rust they share their names' place with functions."""
    return rust_words(constant_values(unit), {rust_word(each.name) for each in unit.functions})


def parameter_words(unit: Unit, function: Function) -> Mapping[str, str]:
    """Spell the parameters; in Rust, one that is called as a constant would be a pattern."""
    return rust_words((each.name for each in function.parameters), set(constant_words(unit).values()))


def state_type(unit: Unit) -> str:
    """Name the struct of the file's variables."""
    return _free(("State", "FileState"), {each.name for each in unit.structs})


def state_word(unit: Unit, function: Function) -> str:
    """Name the parameter that is the file's variables."""
    taken = {*parameter_words(unit, function).values(), *constant_words(unit).values()}
    return _free(("state", "file_state"), taken)


def _free(wanted: tuple[str, str], taken: Collection[str]) -> str:
    first, word = wanted
    if first not in taken:
        return first
    while word in taken:
        word += "_"
    return word


def without_text(c: str) -> str:
    """Blank comments and literals; lines stay."""
    return _SAID.sub(lambda match: "\n" * match[0].count("\n") or " ", c)


def name_of_ours(c: str) -> tuple[int, str] | None:
    """Find the first name that codeloop's own texts may use: its line and itself."""
    code = without_text(c)
    found = _OURS.search(code)
    return (code.count("\n", 0, found.start()) + 1, found[0]) if found else None
