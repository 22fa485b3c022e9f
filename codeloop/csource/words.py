"""The words for a C source that was read: types, functions, globals, refusals. Lines are 1-based."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a scalar's bits mean."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    FLOAT = "float"
    BOOL = "bool"
    CHAR = "char"
    """Plain ``char``: signed in the C of this platform, bytes in Rust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A number. ``c`` is a spelling that any C file understands after ``<stdint.h>``; ``rust`` its type there."""

    c: str
    rust: str
    bits: int
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A struct by its name in Rust; ``c`` is how C spells it."""

    name: str
    c: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """``length`` elements, which may be arrays again."""

    element: Type
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """A pointer, and whether what it points to is const."""

    target: Type | None
    """``None``: ``void``."""
    is_const: bool


Type = Scalar | Named | Array | Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A member of a struct."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Struct:
    """A struct that functions can be given: ``name`` in Rust, ``c`` as C spells it."""

    name: str
    c: str
    fields: tuple[Field, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum:
    """An enumeration: its members are constants, its values ints."""

    name: str
    members: tuple[tuple[str, int], ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A ``#define NAME`` of a whole number."""

    name: str
    value: int
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Global:
    """A variable of the file that may change: part of the state."""

    name: str
    type: Type
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayUse:
    """What a function's body says of how long an array is. ``length``: the parameter that tells; empty: nothing clear."""

    length: str = ""
    among: frozenset[str] = frozenset()
    """The parameters that it may be; one alone is ``length``."""
    is_ended: bool = False
    """The body looks for an element that is zero, as for the end of a text."""
    is_beyond: bool = False
    """It is longer than any parameter says: ``m[i * n + j]``, or ``v[i]`` up to ``i <= n``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter as declared; arrays are pointers unless their length is given."""

    name: str
    type: Type
    is_const: bool
    """Of a fixed array: its elements are const."""
    use: ArrayUse | None = None
    """Of a pointer that the function uses as an array."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A returned pointer into what a parameter points to."""

    parameter: str
    is_optional: bool
    """``NULL`` may be returned in its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A returned pointer to text that ends at a NUL: in new memory, in one of some arguments, or a literal of the file."""

    is_new: bool
    """It lies in memory that the function allocated."""
    borrows: tuple[str, ...] = ()
    """Parameters in whose text it may lie, where it is not new."""
    is_optional: bool
    """``NULL`` may be returned in its place."""


Returned = Scalar | Named | Place | Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that can be translated and called. ``returns``: ``None`` for ``void``."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Returned | None
    globals: tuple[str, ...]
    """Those that it, or a function that it calls, uses."""
    line: int
    end_line: int
    is_static: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something that is not translated, and why. ``function``: whose it is; empty for the file's."""

    line: int
    construct: str
    reason: str
    function: str = ""

    def __str__(self) -> str:
        where = f" in {self.function}" if self.function else ""
        return f"line {self.line}: {self.construct}{where}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One C file. ``functions`` are those that can be translated."""

    text: str
    functions: tuple[Function, ...]
    structs: tuple[Struct, ...]
    enums: tuple[Enum, ...]
    constants: tuple[Constant, ...]
    globals: tuple[Global, ...]
    refusals: tuple[Refusal, ...]

    def struct(self, name: str) -> Struct:
        """Give the struct of that name in Rust."""
        return next(struct for struct in self.structs if struct.name == name)

    def function(self, name: str) -> Function:
        """Give the function of that name. Raises KeyError."""
        for function in self.functions:
            if function.name == name:
                return function
        raise KeyError(name)
