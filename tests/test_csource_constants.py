"""Constant expressions of C, held against what gcc makes of them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from codeloop.csource import read_unit
from codeloop.csource.constants import Whole, read_constant

EXPRESSIONS = [
    "16", "0x1F", "017", "0b101", "'a'", r"'\n'", r"'\x41'", r"'\0'", r"'\377'", "2147483647", "2147483648", "0xFFFFFFFF", "4294967296",
    "5u - 6u", "0xFFFFFFFF + 1", "1u << 31", "(1 << 4) | 3", "~0u", "~0", "!3", "-7 / 2", "-7 % 3", "7u / 2", "10 > 3 ? 4 : 5", "-1 < 0u",
    "sizeof(unsigned)", "sizeof(long) * 2", "(unsigned char)300", "(char)200", "(int8_t)-129", "(uint16_t)-1", "(_Bool)7", "1 && 0", "2 || 0",
    "0x7fffffffffffffff", "1ULL << 63", "3 ^ 5 & 6", "100L", "(10 + 2) * 3",
]  # fmt: skip


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no gcc")
def test_constants_have_the_values_and_types_that_c_gives_them(tmp_path: Path) -> None:
    lines = "\n".join(
        f'    printf("%lld %zu %d\\n", (long long)({each}), sizeof(+({each})), (__typeof__(+({each})))-1 < 1);'
        for each in EXPRESSIONS
    )
    source = tmp_path / "c.c"
    source.write_text(f"#include <stdint.h>\n#include <stdio.h>\nint main(void) {{\n{lines}\n}}\n", "utf-8")
    subprocess.run(["gcc", "-w", str(source), "-o", str(tmp_path / "c")], check=True)
    said = subprocess.run([str(tmp_path / "c")], check=True, capture_output=True, text=True).stdout.splitlines()
    found = {each: read_constant(each, {}) for each in EXPRESSIONS}
    assert [each for each, value in found.items() if value is None] == []
    ours = {
        each: ((value.value + 2**63) % 2**64 - 2**63, value.bits // 8, int(value.is_signed))
        for each, value in found.items()
        if value is not None
    }
    theirs = {each: tuple(map(int, line.split())) for each, line in zip(EXPRESSIONS, said, strict=True)}
    assert ours == theirs


@pytest.mark.parametrize(
    "text", ["", "1 << 31", "2147483647 + 1", "1 / 0", "1 << 32", "x", "f(3)", "1.5", '"a"', "1; int y = 2", "(float)3"]
)
def test_what_is_no_constant_or_undefined_has_no_value(text: str) -> None:
    assert read_constant(text, {}) is None


def test_a_macro_without_parentheses_is_no_number_inside_a_larger_expression() -> None:
    names = {"N": Whole(2, is_loose=True), "M": Whole(2)}
    assert read_constant("N", names) == Whole(2)
    assert (read_constant("N * 2", names), read_constant("M * 2", names)) == (None, Whole(4, is_loose=True))
    assert read_constant("(N) * 2", names) == Whole(4, is_loose=True)


def test_lengths_may_be_any_constant_expression() -> None:
    unit = read_unit("#define N 4\nint f(char out[2 * sizeof(unsigned) + 1], int v[N]) { return out[0] + v[1]; }\n")
    assert not unit.refusals
    unit = read_unit("int f(int v[UNKNOWN]) { return v[1]; }\n")
    assert [each.construct for each in unit.refusals] == ["array"]
