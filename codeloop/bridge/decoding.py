"""How a fuzzer's bytes become typed arguments: the decoder of one function, in C.

Lengths come first, then values, then memory, so that ranges may speak of what was drawn before. Nothing aliases: Rust's
references could not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from codeloop.bridge import ctext
from codeloop.bridge.constraints import Alphabet, Entry, Range
from codeloop.csource import Argument, Array, Named, Role, Type, Unit
from codeloop.csource.words import Kind, Pointer, Scalar

DEFAULT_LENGTH = Range(low="0", high="32")
_ORDER = (Role.LENGTH, Role.VALUE, Role.TEXT, Role.SLICE, Role.REFERENCE)
_INDICES = ("i", "j", "k")
_MARGIN = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """Writes the decoder of one entry point."""

    unit: Unit
    entry: Entry

    def function(self, arguments: Sequence[Argument]) -> str:
        """Write the whole decoder."""
        name = self.entry.function.name
        lines = [f"    struct cl_args_{name} *cl_g = &cl_given_{name};", "    (void)cl_g;"]
        for each in sorted(arguments, key=lambda each: _ORDER.index(each.role)):
            lines += self._argument(each)
        lines += [f"    if (!({each})) return 0;" for each in self.entry.requires]
        return f"static int cl_decode_{name}(struct cl_in *cl_in) {{\n" + "\n".join(lines) + "\n    return 1;\n}"

    def _argument(self, each: Argument) -> list[str]:
        name = each.name
        if each.role in (Role.VALUE, Role.LENGTH):
            declared = [f"    {ctext.declared(each.type, name)};"]
            filled = [self._length(each)] if each.role is Role.LENGTH else self._value(each.type, name, name, 0)
            return [*declared, *filled, f"    __builtin_memcpy(&cl_g->{name}, &{name}, sizeof {name});"]
        if each.role is Role.TEXT:
            return self._text(each)
        n = f"(cl_size){each.length}" if each.role is Role.SLICE else ctext.count(each, "cl_g")
        kind = ctext.element(each)
        is_many = each.role is Role.SLICE or isinstance(each.type, Array)
        lines = [f"    {ctext.pointer(each, name)} = cl_take({n} * sizeof *{name});"]
        if is_many:
            lines += self._elements(kind, name, name, n, 0)
        else:
            lines += self._value(kind, f"(*{name})", name, 0)
        return [*lines, f"    cl_g->{name} = {name};"]

    def _length(self, each: Argument) -> str:
        bound = self.entry.inputs.get(each.name, DEFAULT_LENGTH)
        low, high = (bound.low, bound.high) if isinstance(bound, Range) else (DEFAULT_LENGTH.low, DEFAULT_LENGTH.high)
        return f"    {each.name} = cl_length(cl_in, {low}, {high});"

    def _text(self, each: Argument) -> list[str]:
        name, bound = each.name, self.entry.inputs.get(each.name, DEFAULT_LENGTH)
        low, high = (bound.low, bound.high) if isinstance(bound, Range) else (DEFAULT_LENGTH.low, DEFAULT_LENGTH.high)
        return [
            f"    cl_size cl_n_{name} = cl_length(cl_in, {low}, {high});",
            f"    char *{name} = cl_take(cl_n_{name} + 1);",
            f"    for (cl_size cl_k = 0; cl_k < cl_n_{name}; cl_k++) {name}[cl_k] = {self._letter(f'{name}[]')};",
            f"    {name}[cl_n_{name}] = 0;",
            f"    cl_g->{name} = {name};",
        ]

    def _letter(self, path: str) -> str:
        bound = self.entry.inputs.get(path)
        if not isinstance(bound, Alphabet):
            return "cl_letter(cl_in, 0, 0)"
        letters = bound.letters.encode()
        quoted = "".join(f"\\{byte:03o}" for byte in letters)
        return f'cl_letter(cl_in, "{quoted}", {len(letters)})'

    def _elements(self, kind: Type, place: str, path: str, n: str, depth: int) -> list[str]:
        """Fill an array; how its numbers are drawn is drawn once for all of it."""
        k, margin = f"cl_k{depth}", _MARGIN * (depth + 1)
        index = _INDICES[depth] if depth < len(_INDICES) and self._says(_INDICES[depth]) else ""
        named = [f"{margin}    const long long {index} = (long long){k}; (void){index};"] if index else []
        inner = self._value(kind, f"{place}[{k}]", f"{path}[]", depth + 1)
        lines = [f"{margin}for (cl_size {k} = 0; {k} < {n}; {k}++) {{", *named, *inner, f"{margin}}}"]
        if depth == 0 and _is_number(kind):
            return [f"{margin}cl_array(cl_in);", *lines, f"{margin}cl_array_end();"]
        return lines

    def _says(self, index: str) -> bool:
        """Whether a range speaks of an element's index; else the name is left to the original, whose macro it may be."""
        names = {each.name for each in self.entry.function.parameters}
        ends = [end for each in self.entry.inputs.values() if isinstance(each, Range) for end in (each.low, each.high)]
        return index not in names and any(re.search(rf"\b{index}\b", end) for end in ends)

    def _value(self, kind: Type, place: str, path: str, depth: int) -> list[str]:
        margin = _MARGIN * (depth + 1)
        match kind:
            case Scalar():
                # A member may be const: what is assigned to is not the member, but its memory.
                to = f"*({kind.c} *)&{place}" if "." in path else place
                return [f"{margin}{to} = ({kind.c}){self._scalar(kind, path)};"]
            case Named():
                fields = self.unit.struct(kind.name).fields
                return [
                    line
                    for each in fields
                    for line in self._value(each.type, f"{place}.{each.name}", f"{path}.{each.name}", depth)
                ]
            case Array():
                return self._elements(kind.element, place, path, str(kind.length), depth)
            case Pointer():
                raise TypeError("pointers have a role, not a type")

    def _scalar(self, kind: Scalar, path: str) -> str:
        bound = self.entry.inputs.get(path)
        if isinstance(bound, Alphabet):
            return self._letter(path)
        if kind.kind is Kind.BOOL:
            return "(cl_bits(cl_in, 1) & 1)"
        if kind.kind is Kind.FLOAT:
            return f"cl_float_in(cl_in, {bound.low}, {bound.high})" if bound else f"cl_float(cl_in, {kind.bits})"
        if kind.kind is Kind.UNSIGNED:
            low, high = (bound.low, bound.high) if bound else ("0", f"{2**kind.bits - 1}ull")
            return f"cl_unsigned(cl_in, {kind.bits}, {low}, {high})"
        most = 2 ** (kind.bits - 1) - 1
        low, high = (bound.low, bound.high) if bound else (f"-{most}ll - 1", f"{most}ll")
        return f"cl_signed(cl_in, {kind.bits}, {low}, {high})"


def _is_number(kind: Type) -> bool:
    return _is_number(kind.element) if isinstance(kind, Array) else isinstance(kind, Scalar)
