"""What a user's ranges and conditions say and the original does not declare: defined behind it, so that it clashes with nothing.

The driver includes no header of libc's: a file may have a ``div``, a ``getline`` or a ``bool`` of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codeloop.bridge.constraints import Entry, Range
from codeloop.bridge.names import without_text
from codeloop.csource import Unit

_LIMITS = {
    "SCHAR": ("__SCHAR_MAX__", ""),
    "SHRT": ("__SHRT_MAX__", ""),
    "INT": ("__INT_MAX__", ""),
    "LONG": ("__LONG_MAX__", ""),
    "LLONG": ("__LONG_LONG_MAX__", ""),
    "UCHAR": ("", "255"),
    "USHRT": ("", "65535"),
    "UINT": ("", "(__INT_MAX__ * 2u + 1)"),
    "ULONG": ("", "(__LONG_MAX__ * 2ul + 1)"),
    "ULLONG": ("", "(__LONG_LONG_MAX__ * 2ull + 1)"),
    "CHAR": ("__SCHAR_MAX__", ""),
    "SIZE": ("", "__SIZE_MAX__"),
    "SSIZE": ("", "__PTRDIFF_MAX__"),
    "PTRDIFF": ("__PTRDIFF_MAX__", ""),
    "INTPTR": ("__INTPTR_MAX__", ""),
    "UINTPTR": ("", "__UINTPTR_MAX__"),
    "INTMAX": ("__INTMAX_MAX__", ""),
    "UINTMAX": ("", "__UINTMAX_MAX__"),
    **{f"INT{bits}": (f"__INT{bits}_MAX__", "") for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": ("", f"__UINT{bits}_MAX__") for bits in (8, 16, 32, 64)},
}
_FUNCTIONS = (
    "abs", "labs", "llabs", "memchr", "memcmp", "strchr", "strcmp", "strcspn", "strlen", "strncmp", "strpbrk",
    "strrchr", "strspn", "strstr", "isfinite", "isinf", "isnan", "isnormal", "signbit",
)  # fmt: skip
_OF_FLOATS = (
    "acos", "asin", "atan", "atan2", "cbrt", "ceil", "copysign", "cos", "cosh", "erf", "exp", "exp2", "expm1", "fabs",
    "fdim", "floor", "fma", "fmax", "fmin", "fmod", "hypot", "ldexp", "log", "log10", "log1p", "log2", "lrint",
    "lround", "nearbyint", "pow", "remainder", "rint", "round", "sin", "sinh", "sqrt", "tan", "tanh", "tgamma",
    "trunc",
)  # fmt: skip
_OF_LETTERS = (
    "isalnum", "isalpha", "isdigit", "islower", "isprint", "ispunct", "isspace", "isupper", "isxdigit", "tolower",
    "toupper",
)  # fmt: skip
"""Not all compilers have them built in."""
_MEANT = {
    **{f"{name}_MAX": signed or unsigned for name, (signed, unsigned) in _LIMITS.items()},
    **{f"{name}_MIN": f"(-{signed} - 1)" for name, (signed, _) in _LIMITS.items() if signed},
    **{f"{kind}_{what}": f"__{kind}_{what}__" for kind in ("FLT", "DBL") for what in ("MAX", "MIN", "EPSILON", "DIG")},
    **{name: f"__builtin_{name}" for name in (*_FUNCTIONS, *_OF_FLOATS, *(f"{each}f" for each in _OF_FLOATS))},
    **{f"{u}int{bits}_t": f"__{u.upper()}INT{bits}_TYPE__" for u in ("", "u") for bits in (8, 16, 32, 64)},
    "size_t": "__SIZE_TYPE__",
    "ssize_t": "__PTRDIFF_TYPE__",
    "ptrdiff_t": "__PTRDIFF_TYPE__",
    "intptr_t": "__INTPTR_TYPE__",
    "uintptr_t": "__UINTPTR_TYPE__",
    "bool": "_Bool",
    "true": "1",
    "false": "0",
    "NULL": "((void *)0)",
    "CHAR_BIT": "8",
    "NAN": '__builtin_nanf("")',
    "INFINITY": "__builtin_inff()",
    "HUGE_VAL": "__builtin_huge_val()",
    "M_E": "2.71828182845904523536",
    "M_PI": "3.14159265358979323846",
    "M_PI_2": "1.57079632679489661923",
}
_WORD = re.compile(r"\b[A-Za-z_]\w*\b")


def definitions(unit: Unit, entries: Sequence[Entry]) -> Iterator[str]:
    """Define what stands in libc's headers; a word that the original says is the original's."""
    said = {word for entry in entries for text in _expressions(entry) for word in _WORD.findall(text)}
    for name in sorted(said - set(_WORD.findall(without_text(unit.text)))):
        if name in _MEANT:
            yield f"#undef {name}\n#define {name} {_MEANT[name]}"
        elif name in _OF_LETTERS:
            yield f"#undef {name}\nint {name}(int);"


def _expressions(entry: Entry) -> Iterator[str]:
    yield from entry.requires
    for bound in entry.inputs.values():
        if isinstance(bound, Range):
            yield from (bound.low, bound.high)
