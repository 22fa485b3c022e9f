"""Variables that functions keep from call to call are part of the file's state."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from c_rust_cells import in_cell

from codeloop.bridge import read_constraints
from codeloop.csource import read_unit
from codeloop.languages.c_rust_comparison import Comparison
from codeloop.languages.c_rust_tests import Budget
from codeloop.stages.differential import compare

C = """\
#include <stdint.h>
static int n = 5;
uint32_t next_random(void) {
    static uint32_t seed = 2463534242u; /* xorshift */
    seed ^= seed << 13; seed ^= seed >> 17; seed ^= seed << 5;
    return seed;
}
unsigned count(unsigned by) {
    static unsigned n = 1,
        last[2] = {1, 2};
    n += by; last[n & 1] = n;
    return n + last[0];
}
int other(int seed) { n ^= seed; return n; }
const char *name(int k) { static const char *names[] = {"a", "b"}; return names[k & 1]; }
"""
MAIN = """
int printf(const char *, ...);
int main(void) {
    for (unsigned k = 0; k < 9; k++) printf("%u %u %d %s\\n", next_random(), count(k), other((int)k), name((int)k));
}
"""
RUST = """\
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State { pub n: i32, pub next_random_seed: u32, pub count_n: u32, pub last: [u32; 2] }
pub fn next_random(state: &mut State) -> u32 {
    let seed = &mut state.next_random_seed;
    *seed ^= *seed << 13; *seed ^= *seed >> 17; *seed ^= *seed << 5;
    *seed
}
pub fn count(state: &mut State, by: u32) -> u32 {
    state.count_n = state.count_n.wrapping_add(by);
    state.last[(state.count_n & 1) as usize] = state.count_n;
    state.count_n.wrapping_add(state.last[0])
}
pub fn other(state: &mut State, seed: i32) -> i32 { state.n ^= seed; state.n }
pub fn name(k: i32) -> &'static [u8] { if k & 1 == 0 { b"a" } else { b"b" } }
"""


def test_they_are_variables_of_the_file_by_names_that_nothing_else_has() -> None:
    unit = read_unit(C)
    assert not unit.refusals
    assert [each.name for each in unit.globals] == ["n", "next_random_seed", "count_n", "last"]
    assert {each.name: each.globals for each in unit.functions} == {
        "next_random": ("next_random_seed",),
        "count": ("count_n", "last"),
        "other": ("n",),
        "name": (),
    }


def test_every_line_keeps_its_number() -> None:
    unit = read_unit(C)
    assert [each.line for each in unit.functions] == [3, 8, 14, 15]
    assert unit.text.count("\n") == C.count("\n")
    assert unit.text.split("\n")[2] == "static uint32_t next_random_seed = 2463534242u; uint32_t next_random(void) {"


def test_what_does_not_change_stays_where_it_is() -> None:
    text = 'int f(int k) { static const int t[] = {1, 2}; static const char *const w = "x"; return t[k & 1] + w[0]; }\n'
    assert read_unit(text).text == text


@pytest.mark.parametrize(
    "body",
    [
        "static int n; if (a) { int n = 3; return n; } return n += a;",
        "typedef int whole; static whole n; return n += a;",
        "static int n; /* why */ { static int n; n++; } return n += a;",
        "static int m /* kept */; return m += a;",
        "static int used; return NEXT(a);",
    ],
)
def test_what_cannot_be_moved_is_refused_where_it_stands(body: str) -> None:
    unit = read_unit(f"#define NEXT(a) (used += (a))\n\nint f(int a) {{ {body} }}\n")
    assert not unit.functions
    assert {str(each) for each in unit.refusals} == {
        "line 3: static local in f: it is state that nobody sees: make it a global"
    }


def test_a_place_that_a_function_keeps_is_named_as_a_global_is() -> None:
    unit = read_unit("int f(int *p) { static int *kept; int old = kept ? *kept : 0; kept = p; return old; }")
    assert [each.reason for each in unit.refusals] == ["state that points somewhere is not made explicit"]


def test_the_text_does_what_the_file_does(tmp_path: Path) -> None:
    gcc = shutil.which("gcc")
    assert gcc
    said = []
    for text in (C, read_unit(C).text):
        (tmp_path / "a.c").write_text(text + MAIN)
        subprocess.run([gcc, "-w", tmp_path / "a.c", "-o", tmp_path / "a"], check=True)
        said.append(subprocess.run([tmp_path / "a"], check=True, capture_output=True).stdout)
    assert said[0] == said[1] != b""


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("wrong", "agrees"), [("", True), ("state.count_n.wrapping_add(by)", False)])
def test_translations_are_compared_over_calls(wrong: str, agrees: bool) -> None:
    unit = read_unit(C)
    rust = RUST.replace(wrong, "1u32.wrapping_add(by)") if wrong else RUST

    entries = [read_constraints(each, {}) for each in unit.functions]
    found = in_cell(lambda cell: compare(cell, unit, entries, rust, Budget(runs=20_000)))
    assert isinstance(found, Comparison), found.output
    assert found.agrees is agrees
    assert bool(found.differences) is not agrees
