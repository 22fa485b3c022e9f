"""Translations of `c-basics` against their originals, in real sandboxes: right ones agree, wrong ones are refuted."""

from __future__ import annotations

import os

import pytest
from c_rust_cells import in_cell

from codeloop.bridge import read_constraints
from codeloop.commands import Command, End, Role
from codeloop.csource import read_unit
from codeloop.languages.c_rust_comparison import Comparison, How
from codeloop.languages.c_rust_tests import Budget, NotBuilt
from codeloop.sandbox.port import Cell
from codeloop.stages.differential import compare
from codeloop.suites.c_functions import Original, load_basics

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]
BASICS = {each.name: each for each in load_basics()}
CHOSEN = list(BASICS) if os.environ.get("CODELOOP_ALL_TRANSLATIONS") else list(BASICS)[::7]
"""All take a quarter of an hour: set ``CODELOOP_ALL_TRANSLATIONS`` after a change of bridge, csource or the image."""


def compared(original: Original, rust: str, budget: Budget | None = None) -> Comparison:
    found = in_cell(lambda cell: compare(cell, original.unit, original.entries, rust, budget))
    assert not isinstance(found, NotBuilt), f"{original.name}: {found.step}: {found.output[:3000]}"
    return found


def clippy(rust: str) -> Command:
    argv = "clippy-driver --edition 2021 --crate-type lib --emit=metadata -W clippy::all -D warnings -o x candidate.rs"
    return Command(argv=tuple(argv.split()), role=Role.COMPILER, files=(("candidate.rs", rust.encode()),))


@pytest.mark.parametrize("name", CHOSEN)
def test_the_reference_is_clean_and_agrees_with_its_original(name: str) -> None:
    original = BASICS[name]
    assert "unsafe" not in original.reference

    async def check(cell: Cell) -> None:
        linted = await cell.run(clippy(original.reference))
        assert (linted.end, linted.code) == (End.EXITED, 0), linted.stderr.decode()

    in_cell(check)
    found = compared(original, original.reference, Budget(runs=60_000))
    assert not found.differences
    assert found.agrees
    assert found.n_compared > 10_000
    assert {each.function for each in found.reached} >= {each.function.name for each in original.entries}


@pytest.mark.parametrize("name", CHOSEN)
def test_the_wrong_translation_is_refuted_by_a_counterexample(name: str) -> None:
    found = compared(BASICS[name], BASICS[name].wrong)
    assert found.differences
    first = found.differences[0]
    assert first.calls
    assert first.message or (first.expected and first.actual)


SQUARES = BASICS["sum_squares"]
_FOLD = "values.iter().fold(0i32, |sum, value| sum.wrapping_add(value.wrapping_mul(*value)))"


def squares(before: str, outside: str = "") -> str:
    """Give a right translation that does something else first."""
    return f"{outside}\npub fn sum_squares(values: &[i32]) -> i32 {{\n{before}\n{_FOLD}\n}}\n"


@pytest.mark.parametrize(
    ("rust", "how", "said"),
    [
        (squares('if values.len() == 3 { panic!("three") }'), How.PANICKED, "line 3: three"),
        (squares("if values.len() == 3 { std::process::abort() }"), How.DIED, "the process died"),
        (squares("if values.len() == 3 { std::process::exit(0) }"), How.DIED, "the process died"),
        (squares("if values.len() == 3 { std::process::exit(77) }"), How.DIED, "the process died"),
        (squares("if values.len() == 3 { loop { std::hint::black_box(0); } }"), How.DIED, "does not end in time"),
        (
            squares(
                "if N.fetch_add(1, Ordering::Relaxed) % 3000 == 2999 { return 7; }",
                "use std::sync::atomic::*; static N: AtomicU32 = AtomicU32::new(0);",
            ),
            How.UNSTABLE,
            "the same call does not do the same each time",
        ),
    ],
)
def test_whatever_rust_does_to_the_process_is_a_finding_with_its_call(rust: str, how: How, said: str) -> None:
    first = compared(SQUARES, rust).differences[0]
    assert first.how is how
    assert said in first.message
    assert first.calls[-1].startswith("sum_squares((int[]){")


LETTERS = """#include <ctype.h>
int same_letter(char a, char b) {
    if (!isalpha((unsigned char)a))
        return 0;
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}
"""


def test_lines_with_macros_of_libcs_are_reached_when_they_are_run() -> None:
    unit = read_unit(LETTERS)
    entries = (read_constraints(unit.function("same_letter"), {}),)
    rust = "pub fn same_letter(a: u8, b: u8) -> i32 { (a.is_ascii_alphabetic() && a.eq_ignore_ascii_case(&b)) as i32 }"
    found = in_cell(lambda cell: compare(cell, unit, entries, rust, Budget(runs=20_000)))
    assert not isinstance(found, NotBuilt), found.output
    assert found.agrees
    assert [(each.n_covered, each.missed_lines) for each in found.reached] == [(found.reached[0].n_all, ())]


def test_the_value_of_an_enumeration_is_shown_as_the_int_that_it_is_in_rust() -> None:
    unit = read_unit("enum mode { OFF, ON };\nstruct t { enum mode mode; };\nvoid f(struct t *t) { t->mode ^= 1; }\n")
    entries = (read_constraints(unit.function("f"), {"inputs": {"t.mode": [-1, -1]}}),)
    rust = (
        "#[derive(Clone, Copy, Debug, PartialEq)] pub struct T { pub mode: i32 } pub fn f(t: &mut T) { t.mode ^= 3; }"
    )
    found = in_cell(lambda cell: compare(cell, unit, entries, rust, Budget(runs=1000)))
    assert not isinstance(found, NotBuilt), found.output
    first = found.differences[0]
    assert first.calls == ("f(&(struct t){.mode = -1})",)
    assert (first.expected[0].value, first.actual[0].value) == ("{.mode = -2}", "{.mode = -4}")


LONG = """static unsigned table[256];
struct page { char name[2]; double rows[3][70]; };
void fill(struct page *page, long at[100]) {
    for (int i = 0; i < 256; i++) table[i] = i * 3u;
    page->rows[2][69] = 5;
    page->rows[1][3] = 4;
    at[98] = 7;
}
"""
LONG_IN_RUST = """
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Page { pub name: [u8; 2], pub rows: [[f64; 70]; 3] }
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State { pub table: [u32; 256] }
pub fn fill(state: &mut State, page: &mut Page, at: &mut [i64; 100]) {
    for i in 0..LENGTH { state.table[i] = i as u32 * 3; }
    page.rows[2][COLUMN] = 5.0;
    page.rows[1][3] = 4.0;
    at[PLACE] = 7;
}
"""


@pytest.mark.parametrize(
    ("length", "column", "place", "name", "expected", "actual"),
    [
        (255, 69, 98, "table", ", 189, ..., [255] = 765}", ", 189, ..., [255] = 0}"),
        (255, 69, 98, "table", "{0, 3, 6, ", "{0, 3, 6, "),
        (256, 68, 98, "page", ", ..., [68] = 0.0, ...}}}", ", ..., [68] = 5.0, ...}}}"),
        (256, 69, 99, "at", ", ..., [98] = 7, ...}", ", ..., [98] = 0, ...}"),
    ],
)
def test_what_is_unlike_far_behind_in_an_array_is_shown(
    length: int, column: int, place: int, name: str, expected: str, actual: str
) -> None:
    unit = read_unit(LONG)
    entries = (read_constraints(unit.function("fill"), {"inputs": {"page.rows[][]": [0, 0], "at[]": [0, 0]}}),)
    rust = LONG_IN_RUST.replace("LENGTH", str(length)).replace("COLUMN", str(column)).replace("PLACE", str(place))
    found = in_cell(lambda cell: compare(cell, unit, entries, rust, Budget(runs=2000)))
    assert not isinstance(found, NotBuilt), found.output
    first = found.differences[0]
    assert [value.name for value in first.expected] == [name]
    assert expected in first.expected[0].value
    assert actual in first.actual[0].value


@pytest.mark.parametrize(
    ("name", "kind", "line"),
    [
        ("sum_squares", "signed multiplication overflows", 9),
        ("rotate_left", "shift of or by a value out of range", 6),
        ("last_index", "reads outside of its memory", 6),
        ("floor_div", "division by zero, or it overflows", 3),
        ("first_negative", "result depends on memory that was never written", 0),
    ],
)
def test_where_c_is_undefined_nothing_counts_against_rust_and_the_place_is_named(
    name: str, kind: str, line: int
) -> None:
    found = compared(BASICS[name], BASICS[name].reference, Budget(runs=30_000))
    assert found.agrees
    assert found.n_undefined > 0
    place = next(each for each in found.undefined if each.kind == kind)
    assert place.line == line
    assert place.call


def test_c_that_does_not_end_or_dies_is_left_aside() -> None:
    unit = read_unit(
        "int f(unsigned char a) { volatile int n = 1; if (a == 77) while (n) { } return a; }\n"
        "static int deep(int n) { volatile char room[4096]; room[0] = 1; return n ? deep(n - 1) + room[0] : 0; }\n"
        "int g(unsigned char a) { return a == 78 ? deep(1 << 30) : a; }"
    )
    entries = [read_constraints(each, {}) for each in unit.functions if each.name in ("f", "g")]
    rust = "pub fn f(a: u8) -> i32 { i32::from(a) }\npub fn g(a: u8) -> i32 { i32::from(a) }\n"
    found = in_cell(lambda cell: compare(cell, unit, entries, rust, Budget(runs=3_000)))
    assert isinstance(found, Comparison)
    assert not found.differences
    assert found.n_compared > 2_500
    assert found.n_endless > 0
    assert "overruns its stack" in [each.kind for each in found.undefined]
    assert len({(each.kind, each.line) for each in found.undefined}) == len(found.undefined)
    assert not found.n_deaths


def test_c_that_takes_its_process_along_is_left_aside_too() -> None:
    unit = read_unit("#include <stdlib.h>\nint f(unsigned char a) { if (a == 77) abort(); return a; }\n")
    entries = [read_constraints(each, {}) for each in unit.functions]
    rust = "pub fn f(a: u8) -> i32 { i32::from(a) }\n"
    found = in_cell(lambda cell: compare(cell, unit, entries, rust, Budget(runs=3_000)))
    assert isinstance(found, Comparison)
    assert not found.differences
    assert found.n_deaths > 0
    assert found.n_compared > 100


@pytest.mark.parametrize(
    ("rust", "step"),
    [
        ("pub fn sum_squares(values: &[i32]) -> i32 { 0u8 }", "candidate"),
        ("pub fn sum_squares(values: &[i64]) -> i32 { 0 }", "layer"),
        ("fn sum_squares(values: &[i32]) -> i32 { 0 }", "layer"),
    ],
)
def test_a_translation_that_is_not_the_contracts_is_not_built(rust: str, step: str) -> None:
    found = in_cell(lambda cell: compare(cell, SQUARES.unit, SQUARES.entries, rust))
    assert isinstance(found, NotBuilt)
    assert found.step == step
    assert found.is_candidates
    assert "error" in found.output


def test_the_corpus_of_one_check_is_replayed_first_in_the_next() -> None:
    counterexample = compared(SQUARES, SQUARES.wrong).differences[0].input
    again = in_cell(
        lambda cell: compare(cell, SQUARES.unit, SQUARES.entries, SQUARES.wrong, Budget(runs=3), [counterexample])
    )
    assert isinstance(again, Comparison)
    assert again.differences
