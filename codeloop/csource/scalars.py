"""C's arithmetic types on Linux with 64 bits, and what each is in Rust."""

from __future__ import annotations

from codeloop.csource.words import Kind, Scalar


def _whole(c: str, rust: str) -> Scalar:
    bits = 64 if rust.endswith("size") else int(rust[1:])
    return Scalar(c=c, rust=rust, bits=bits, kind=Kind.SIGNED if rust[0] == "i" else Kind.UNSIGNED)


_BY_WORDS = {
    ("char",): Scalar(c="char", rust="u8", bits=8, kind=Kind.CHAR),
    ("char", "signed"): _whole("signed char", "i8"),
    ("char", "unsigned"): _whole("unsigned char", "u8"),
    ("short",): _whole("short", "i16"),
    ("short", "unsigned"): _whole("unsigned short", "u16"),
    (): _whole("int", "i32"),
    ("unsigned",): _whole("unsigned int", "u32"),
    ("long",): _whole("long", "i64"),
    ("long", "unsigned"): _whole("unsigned long", "u64"),
    ("long", "long"): _whole("long long", "i64"),
    ("long", "long", "unsigned"): _whole("unsigned long long", "u64"),
    ("float",): Scalar(c="float", rust="f32", bits=32, kind=Kind.FLOAT),
    ("double",): Scalar(c="double", rust="f64", bits=64, kind=Kind.FLOAT),
    ("_Bool",): Scalar(c="_Bool", rust="bool", bits=8, kind=Kind.BOOL),
    ("bool",): Scalar(c="_Bool", rust="bool", bits=8, kind=Kind.BOOL),
}
_BY_NAME = {
    **{f"{sign}int{bits}_t": _whole(f"{sign}int{bits}_t", f"{sign or 'i'}{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **{f"{sign}int_{kind}{bits}_t": _whole(f"{sign}int_{kind}{bits}_t", f"{sign or 'i'}{wide if kind == 'fast' else bits}") for sign in ("", "u") for kind in ("least", "fast") for bits, wide in ((8, 8), (16, 64), (32, 64), (64, 64))},
    "intmax_t": _whole("intmax_t", "i64"),
    "uintmax_t": _whole("uintmax_t", "u64"),
    "size_t": _whole("size_t", "usize"),
    "uintptr_t": _whole("uintptr_t", "usize"),
    "ssize_t": _whole("ssize_t", "isize"),
    "ptrdiff_t": _whole("ptrdiff_t", "isize"),
    "intptr_t": _whole("intptr_t", "isize"),
}  # fmt: skip
INT = _BY_WORDS[()]
BYTE = _BY_WORDS["char", "unsigned"]


def scalar_of(spelling: str) -> Scalar | None:
    """Read ``unsigned long int`` or ``uint8_t``; ``None`` for anything else."""
    if spelling in _BY_NAME:
        return _BY_NAME[spelling]
    words = sorted(spelling.split())
    if "char" not in words:
        words = [word for word in words if word not in ("signed", "int")]
    return _BY_WORDS.get(tuple(words)) if spelling else None
