"""What leaves an array for its neighbours in the same struct is undefined in C, though the memory is there."""

from __future__ import annotations

import pytest
from c_rust_cells import in_cell

from codeloop.bridge import read_constraints
from codeloop.bridge.checked import HEAD, checked_source
from codeloop.csource import read_unit
from codeloop.languages.c_rust_comparison import Comparison
from codeloop.languages.c_rust_tests import Budget
from codeloop.stages.differential import compare

TYPES = """#include <math.h>
#include <string.h>
struct node { int value, next; };
struct pool { struct node nodes[4]; int head; char name[8]; unsigned char tail[8]; void *none; };
"""
IN_RUST = """
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node { pub value: i32, pub next: i32 }
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool { pub nodes: [Node; 4], pub head: i32, pub name: [u8; 8], pub tail: [u8; 8] }
"""


@pytest.mark.parametrize(
    ("body", "checked"),
    [
        ("struct node *n = &p->nodes[i]; n->next = n->value;", "struct node *n = &p->nodes[i], *cl_end_n = (void *)cl_end(p->nodes); cl_held(n)->next = cl_held(n)->value;"),
        ("struct node n = p->nodes[i + 1];", "struct node n = p->nodes[cl_at(p->nodes, i + 1)];"),
        ("p->nodes[i] = p->nodes[0];", "p->nodes[cl_at(p->nodes, i)] = p->nodes[0];"),
        ("memcpy(p->name + i, p->tail, k);", "memcpy(cl_within(p->name, i, (k)), cl_within(p->tail, 0, (k)), k);"),
        ("strcpy(&p->name[i], s);", "strcpy(cl_within(p->name, i, (__builtin_strlen(s) + 1)), s);"),
        ("i = strcmp(p->name, s) + (int)strlen(p->name);", "i = strcmp(cl_ending(p->name), s) + (int)strlen(cl_ending(p->name));"),
    ],
)  # fmt: skip
def test_what_no_sanitizer_sees_is_checked_at_its_place(body: str, checked: str) -> None:
    text = f"{TYPES}void f(struct pool *p, int i, unsigned k, const char *s) {{ {body} }}\n"
    assert checked_source(text) == HEAD + text.replace(body, checked)


SWAP = "static void swap(struct node *a, struct node *b) { struct node t = *a; *a = *b; *b = t; }\n"
MAY_SWAP = "static void swap(struct node *a, struct node *b) { if (a == b) return; a->next = b->next; }\n"


def test_a_place_is_checked_where_it_goes_to_a_function_that_follows_it_whatever_happens() -> None:
    call = "void f(struct pool *p, int i, int k) { swap(&p->nodes[i], p->nodes + k); }\n"
    held = "void f(struct pool *p, int i, int k) { swap(cl_within(p->nodes, i, 1), cl_within(p->nodes, k, 1)); }\n"
    assert checked_source(TYPES + SWAP + call) == HEAD + TYPES + SWAP + held
    assert not checked_source(TYPES + MAY_SWAP + call)


@pytest.mark.parametrize(
    "body",
    [
        "struct node *n = &p->nodes[i]; for (; n->value; n++) i++;",
        "const struct node *end = &p->nodes[i]; if (end != p->nodes) i = 0;",
        "p->nodes[i].value = p->tail[i] + 1;",
        "memcpy(s, t, k);",
        "memcpy(p->name, t, k--);",
        "i = sizeof p->nodes[i];",
    ],
)
def test_what_is_defined_or_seen_by_others_is_left_as_it_is(body: str) -> None:
    text = f"{TYPES}void f(struct pool *p, int i, unsigned k, char *s, const char *t) {{ {body} }}\n"
    assert "cl_held(" not in checked_source(text).removeprefix(HEAD)
    assert "cl_at(" not in checked_source(text).removeprefix(HEAD)
    assert "cl_within(" not in checked_source(text).removeprefix(HEAD)


def test_a_file_with_an_array_of_any_length_is_left_as_it_is() -> None:
    assert not checked_source("struct s { int n; char d[]; };\nvoid f(struct s *s, int n) { memset(s->d, 0, n); }\n")


CASES = {
    "kept": (
        "int f(const struct pool *p, unsigned i) { const struct node *n = &p->nodes[i]; return n->value; }",
        "pub fn f(p: &Pool, i: u32) -> i32 { p.nodes[i as usize].value }",
    ),
    "whole": (
        "struct node f(const struct pool *p, unsigned i) { return p->nodes[i]; }",
        "pub fn f(p: &Pool, i: u32) -> Node { p.nodes[i as usize] }",
    ),
    "filled": (
        "void f(struct pool *p, unsigned at, unsigned n) { memset(p->name + at, 'x', n); }",
        "pub fn f(p: &mut Pool, at: u32, n: u32) { p.name[at as usize..][..n as usize].fill(b'x'); }",
    ),
    "copied": (
        "void f(struct pool *p, const char *s) { strcpy(p->name, s); }",
        "pub fn f(p: &mut Pool, s: &[u8]) { p.name[s.len()] = 0; p.name[..s.len()].copy_from_slice(s); }",
    ),
    "swapped": (
        "static void swap(struct node *a, struct node *b) { struct node t = *a; *a = *b; *b = t; } "
        "void f(struct pool *p, unsigned i, unsigned k) { swap(&p->nodes[i], &p->nodes[k]); }",
        "pub fn f(p: &mut Pool, i: u32, k: u32) { p.nodes.swap(i as usize, k as usize); }",
    ),
    "rounded": (
        "long f(double x) { return lround(x); }",
        "pub fn f(x: f64) -> i64 { x.round() as i64 }",
    ),
    "text": (
        "size_t f(const struct pool *p) { return strlen(p->name); }",
        "pub fn f(p: &Pool) -> usize { p.name.iter().position(|c| *c == 0).unwrap() }",
    ),
}


@pytest.mark.docker("c-rust")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", CASES)
def test_a_right_translation_is_not_asked_for_what_lies_behind_an_array(name: str) -> None:
    c, rust = CASES[name]
    unit = read_unit(TYPES.replace(" void *none;", "") + c + "\n")
    entries = [
        read_constraints(each, {"inputs": {"n": [0, 9]} if name == "filled" else {}}) for each in unit.functions[-1:]
    ]

    found = in_cell(lambda cell: compare(cell, unit, entries, IN_RUST + rust, Budget(runs=60_000)))
    assert isinstance(found, Comparison), found.output
    assert found.differences == ()
    assert found.n_compared > 100
    assert found.n_undefined > 100
    assert {each.line for each in found.undefined} == {5}
