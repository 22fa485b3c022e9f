"""The audit of a translation: what is not safe, what is hidden, what acts on the outside; and nothing else."""

from __future__ import annotations

import pytest

from codeloop.diagnostics import Severity
from codeloop.languages.rust_audit import Kind, audit, diagnostics, over_budget, within
from codeloop.suites.c_functions import load_basics


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("fn f(a: &[i32]) -> i32 { unsafe { *a.get_unchecked(0) } }", Kind.UNSAFE),
        ("unsafe fn f() {}", Kind.UNSAFE),
        ("unsafe impl Send for X {}", Kind.UNSAFE),
        ("fn f() { let x = vec![unsafe { g() }]; }", Kind.UNSAFE),
        ("#[unsafe(naked)] fn f() {}", Kind.UNSAFE),
        ("fn f(p: *const i32) {}", Kind.RAW_POINTER),
        ("fn f() { let p = &raw const N; }", Kind.RAW_POINTER),
        ("static mut N: u32 = 0;", Kind.STATIC_MUT),
        ('extern "C" { fn abs(a: i32) -> i32; }', Kind.FOREIGN),
        ('pub extern "C" fn f() {}', Kind.FOREIGN),
        ("#[no_mangle] pub fn f() {}", Kind.FOREIGN),
        ("static N: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);", Kind.HIDDEN_STATE),
        ("thread_local! { static N: u32 = 0; }", Kind.HIDDEN_STATE),
        ("use std::fs;", Kind.OUTSIDE),
        ("use std::{mem, process::exit};", Kind.OUTSIDE),
        ("use std::*;", Kind.OUTSIDE),
        ("fn f() { std::process::exit(0) }", Kind.OUTSIDE),
        ("fn f() { assert!(std::env::args().count() > 0); }", Kind.OUTSIDE),
        ('fn f() { println!("ok"); }', Kind.OUTSIDE),
        ("use std as s; fn f() { s::process::exit(0) }", Kind.OUTSIDE),
        ("use std::{self as s}; fn f() { s::process::exit(0) }", Kind.OUTSIDE),
        ("use r#std as s; fn f() { s::process::exit(0) }", Kind.OUTSIDE),
        ("fn f() { std::/* here */process::exit(0) }", Kind.OUTSIDE),
        ("macro_rules! m { ($a:ident) => { std::$a::exit(0) } } fn f() { m!(process) }", Kind.OUTSIDE),
        ("macro_rules! m { ($a:ident) => { $a::process::exit(0) } } fn f() { m!(std) }", Kind.OUTSIDE),
        ("fn f() { std::panic::set_hook(Box::new(|_| {})); }", Kind.OUTSIDE),
        ('include!("layer.rs");', Kind.OUTSIDE),
        ('const TEXT: &str = include_str!("/etc/passwd");', Kind.OUTSIDE),
        ('fn f() { assert!(option_env!("A").is_none()); }', Kind.OUTSIDE),
        ("use std::println as p;", Kind.OUTSIDE),
        ("mod layer;", Kind.OUTSIDE),
        ('#[path = "layer.rs"] mod a { }', Kind.OUTSIDE),
        ("#![no_main]", Kind.FOREIGN),
        ("#[cfg_attr(all(), no_mangle)] pub fn f() {}", Kind.FOREIGN),
        ("use std::sync::Mutex as M; static N: M<u8> = M::new(0);", Kind.HIDDEN_STATE),
        ("type A = std::sync::atomic::AtomicU32; static N: A = A::new(0);", Kind.HIDDEN_STATE),
    ],
)
def test_every_way_out_of_safe_rust_is_found(code: str, kind: Kind) -> None:
    found = audit(f"// first\n{code}\n")
    assert kind in {each.kind for each in found}
    assert {each.line for each in found} == {2}
    assert found[0].text == code


@pytest.mark.parametrize(
    "code",
    [
        "// unsafe { std::process::exit(0) }",
        'const TEXT: &str = "unsafe std::fs";',
        "use std::{cmp::Ordering, collections::{HashMap, BTreeMap}, mem};",
        "static TABLE: [u8; 3] = [1, 2, 3];",
        'static TABLE: [(u8, &str); 1] = [(1, "a")]; fn f(a: &std::cell::Cell<u8>) { a.set(1) }',
        "struct P { core: u32 } fn f(core: u32) -> u32 { core + vec![core].len() as u32 }",
        '#![allow(dead_code)] fn f() { std::panic!("no") }',
        "mod inner { pub fn g() {} }",
        "macro_rules! twice { ($a:expr) => { $a + $a } } fn f(a: u8) -> u8 { twice!(a) }",
        "fn f(process: u32) -> u32 { process * 2 }",
        "#[derive(Clone)] struct A { fs: u32 }",
        "fn f(a: &mut [i32]) { let b = &mut a[0]; *b *= 2; }",
    ],
)
def test_safe_code_has_no_finding(code: str) -> None:
    assert audit(code) == ()


def test_a_budget_covers_unsafe_code_and_nothing_that_acts_on_the_outside() -> None:
    places = audit("fn f(p: *const i32) -> i32 {\n    unsafe { *p }\n}\nuse std::fs;\n")
    assert [each.kind for each in over_budget(places, 0)] == [Kind.RAW_POINTER, Kind.UNSAFE, Kind.OUTSIDE]
    assert [each.kind for each in over_budget(places, 1)] == [Kind.RAW_POINTER, Kind.UNSAFE, Kind.OUTSIDE]
    assert [each.kind for each in over_budget(places, 2)] == [Kind.OUTSIDE]
    first = diagnostics(places)[1]
    assert (first.rule, first.line, first.column, first.source_line) == ("unsafe", 2, 5, "unsafe { *p }")


def test_what_the_budget_covers_is_counted_in_one_note() -> None:
    places = audit("static mut N: u32 = 0;\nfn f(p: *const i32) -> i32 {\n    unsafe { *p }\n}\nunsafe fn g() {}\n")
    assert not diagnostics(places, 4)
    (note,) = within(places, 4)
    assert (note.severity, note.rule) == (Severity.NOTE, "allowed-unsafe")
    assert note.message == (
        "4 of 4 places allowed that are not safe Rust: unsafe 2 (line 3, 5); raw_pointer 1 (line 2); static_mut 1 (line 1)"
    )
    assert diagnostics(places, 3)[0].message.endswith("but for 3 places at most: there are 4")
    assert within(audit("fn f() {}"), 4) == ()


def test_no_translation_of_c_basics_has_any_finding() -> None:
    for each in load_basics():
        assert audit(each.reference) == (), each.name
        assert audit(each.wrong) == (), each.name
