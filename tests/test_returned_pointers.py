"""Functions that return pointers: what C's pointer is in Rust, and how both are held against each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from c_rust_cells import in_cell

from codeloop.bridge import read_constraints, rust_head, skeleton, texts_between
from codeloop.csource import read_unit
from codeloop.languages.c_rust_comparison import Comparison
from codeloop.languages.c_rust_tests import Budget, NotBuilt
from codeloop.sandbox.port import Cell
from codeloop.stages.differential import compare, compare_originals

C = r"""
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
typedef struct { int key, value; } pair_t;
static const char *const NAMES[] = {"zero", "one", [2] = "two"};
static const char hex[] = "0123456789abcdef";
static int calls;
const char *find_char(const char *s, int c) {
    for (; *s; s++) if (*s == (char)c) return s;
    return c == 0 ? s : NULL;
}
char *skip_spaces(char *s) {
    char *p = s;
    while (*p == ' ') *p++ = '_';
    return p;
}
int *largest(int *v, size_t n) {
    if (!n) return 0;
    int *best = v;
    for (size_t i = 1; i < n; i++) if (v[i] > *best) best = &v[i];
    return best;
}
const pair_t *lookup(const pair_t *pairs, size_t count, int key) {
    for (const pair_t *p = pairs; p < pairs + count; ++p) if (p->key == key) return p;
    return NULL;
}
const char *name_of(int digit) { calls++; return digit >= 0 && digit < 3 ? NAMES[digit] : NULL; }
const char *sign(int v) {
    if (v < 0) return "negative";
    return v ? "positive" : "zero";
}
const char *digits_from(unsigned char k) { return hex + (k & 15); }
char *repeated(const char *s, unsigned char times) {
    size_t n = strlen(s);
    char *made = malloc(n * (times & 7) + 1), *to = made;
    if (made == NULL) return NULL;
    for (int i = 0; i < (times & 7); i++) { memcpy(to, s, n); to += n; }
    *to = 0;
    return made;
}
const char *after_colon(const char *line) {
    const char *at = strchr(line, ':');
    return at ? at + 1 : NULL;
}
const char *extension(const char *path) {
    const char *dot = strrchr(path, '.');
    if (!dot || dot == path) return "";
    return dot + 1;
}
const char *longer(const char *a, const char *b, int which) {
    calls++;
    if (!which) return NULL;
    return strlen(a) >= strlen(b) ? a : b;
}
const unsigned char *byte_at(const void *memory, size_t n, unsigned char b) { return memchr(memory, b, n); }
"""
HEADS = {
    "find_char": "pub fn find_char(s: &[u8], c: i32) -> Option<usize>",
    "skip_spaces": "pub fn skip_spaces(s: &mut Vec<u8>) -> usize",
    "largest": "pub fn largest(v: &mut [i32]) -> Option<usize>",
    "lookup": "pub fn lookup(pairs: &[Pair], key: i32) -> Option<usize>",
    "name_of": "pub fn name_of(state: &mut State, digit: i32) -> Option<&'static [u8]>",
    "sign": "pub fn sign(v: i32) -> &'static [u8]",
    "digits_from": "pub fn digits_from(k: u8) -> &'static [u8]",
    "repeated": "pub fn repeated(s: &[u8], times: u8) -> Option<Vec<u8>>",
    "after_colon": "pub fn after_colon(line: &[u8]) -> Option<usize>",
    "extension": "pub fn extension<'a>(path: &'a [u8]) -> &'a [u8]",
    "longer": "pub fn longer<'a>(state: &mut State, a: &'a [u8], b: &'a [u8], which: i32) -> Option<&'a [u8]>",
    "byte_at": "pub fn byte_at(memory: &[u8], b: u8) -> Option<usize>",
}
BODIES = {
    "find_char": "if c == 0 { return Some(s.len()); }\n    if c as u8 == 0 { return None; }\n    s.iter().position(|b| *b == c as u8)",
    "skip_spaces": (
        "let n = s.iter().take_while(|b| **b == b' ').count();\n    s.iter_mut().take(n).for_each(|b| *b = b'_');\n    n"
    ),
    "largest": "let top = *v.iter().max()?;\n    v.iter().position(|x| *x == top)",
    "lookup": "pairs.iter().position(|pair| pair.key == key)",
    "name_of": (
        'state.calls = state.calls.wrapping_add(1);\n    const NAMES: [&[u8]; 3] = [b"zero", b"one", b"two"];\n'
        "    NAMES.get(usize::try_from(digit).ok()?).copied()"
    ),
    "sign": 'match v { 0 => b"zero", i32::MIN..=-1 => b"negative", _ => b"positive" }',
    "digits_from": 'let hex: &[u8] = b"0123456789abcdef";\n    &hex[(k & 15) as usize..]',
    "repeated": "Some(s.repeat((times & 7) as usize))",
    "after_colon": "line.iter().position(|b| *b == b':').map(|at| at + 1)",
    "extension": (
        "match path.iter().rposition(|b| *b == b'.') {\n        None | Some(0) => b\"\",\n        Some(dot) => &path[dot + 1..],\n    }"
    ),
    "longer": (
        "state.calls = state.calls.wrapping_add(1);\n    if which == 0 { return None; }\n"
        "    Some(if a.len() >= b.len() { a } else { b })"
    ),
    "byte_at": "memory.iter().position(|each| *each == b)",
}
WRONG = {
    "find_char": "s.iter().position(|b| *b == c as u8)",
    "skip_spaces": BODIES["skip_spaces"].replace("    n", "    n.min(1)"),
    "largest": "let top = *v.iter().max()?;\n    v.iter().rposition(|x| *x == top)",
    "lookup": "pairs.iter().rposition(|pair| pair.key == key)",
    "name_of": BODIES["name_of"].replace(
        ".get(usize::try_from(digit).ok()?).copied()", ".get(digit.unsigned_abs() as usize).copied()"
    ),
    "sign": BODIES["sign"].replace('b"zero"', 'b"zero\\0"'),
    "digits_from": BODIES["digits_from"].replace("k & 15", "k & 7"),
    "repeated": "if times & 7 == 0 { return None; }\n    Some(s.repeat((times & 7) as usize))",
    "after_colon": "line.iter().rposition(|b| *b == b':').map(|at| at + 1)",
    "extension": BODIES["extension"].replace("None | Some(0)", "None"),
    "longer": BODIES["longer"].replace(">=", ">"),
    "byte_at": "memory.iter().position(|each| *each == b).or(Some(memory.len()))",
}
TYPES = "pub struct Pair { pub key: i32, pub value: i32 }\npub struct State { pub calls: i32 }\n"


def rust(wrong: str = "") -> str:
    bodies = {name: (WRONG if name == wrong else BODIES)[name] for name in HEADS}
    derived = TYPES.replace("pub struct", "#[derive(Clone, Copy, Debug, PartialEq)]\npub struct")
    return derived + "".join(f"{head} {{\n    {bodies[name]}\n}}\n" for name, head in HEADS.items())


def comparing(use: Callable[[Cell], Awaitable[Comparison | NotBuilt]]) -> Comparison:
    found = in_cell(use)
    assert isinstance(found, Comparison), found.output
    return found


def test_a_returned_pointer_is_an_index_or_a_text() -> None:
    unit = read_unit(C)
    assert not unit.refusals
    assert {each.name: rust_head(unit, each) for each in unit.functions} == HEADS


def test_what_the_types_leave_open_is_said_above_the_function() -> None:
    unit = read_unit(C)
    declared = skeleton(unit, {each.name: {} for each in unit.functions})
    assert "\n/// The index in `s` to which C's pointer leads.\npub fn skip_spaces" in declared
    assert "\n/// The index in `s` to which C's pointer leads; `None` for `NULL`.\npub fn find_char" in declared
    assert "\n/// Without the NUL; `None` for `NULL`.\npub fn name_of" in declared
    assert "\n/// Without the NUL.\npub fn sign" in declared


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        ("const char *f(const char *s) { return s + 1 - 1; }", "pub fn f(s: &[u8]) -> usize"),
        ("char *f(char *s, int k) { return (char *)(k, &s[k]); }", "pub fn f(s: &mut Vec<u8>, k: i32) -> usize"),
        ("int *f(int v[4]) { int *p; p = v; return p++; }", "pub fn f(v: &mut [i32; 4]) -> usize"),
        ("char *f(char *s) { s = strchr(s, 'a'); return s; }", "pub fn f(s: &mut Vec<u8>) -> Option<usize>"),
        (
            "static const char *g(const char *a, const char *b) { return *b ? g(a, b + 1) : b; }\n"
            "const char *f(const char *s, const char *t) { return g(s, t); }",
            "pub fn f(s: &[u8], t: &[u8]) -> usize",
        ),
        ("#define NOTHING 0\nchar *f(char *s) { return *s ? s : NOTHING; }", "pub fn f(s: &mut Vec<u8>) -> Option<usize>"),
        ("#define N 4\nchar *f(char *s) { return s + N - 4; }", "pub fn f(s: &mut Vec<u8>) -> usize"),
        (
            '#define NIL ((void *) 0)\n#define A "a"\nconst char *f(int k) { return k ? A : NIL; }',
            "pub fn f(k: i32) -> Option<&'static [u8]>",
        ),
        ("char *f(const char *s) { return strdup(s); }", "pub fn f(s: &[u8]) -> Vec<u8>"),
        ("static const char *w = \"a\" \"b\";\nconst char *f(void) { return w; }", "pub fn f() -> &'static [u8]"),
        (
            'const char *f(int k) { static const char *const t[2] = {"a", 0}; return t[k]; }',
            "pub fn f(k: i32) -> Option<&'static [u8]>",
        ),
        ('char *f(int k) { char *s = malloc(2); s[0] = 0; return k ? "" : s; }', "pub fn f(k: i32) -> Vec<u8>"),
    ],
)  # fmt: skip
def test_where_a_pointer_leads_is_read_off_the_body(c: str, rust: str) -> None:
    unit = read_unit(c)
    assert rust_head(unit, unit.functions[-1]) == rust


@pytest.mark.parametrize(
    ("c", "said"),
    [
        ("char *f(char *a, char *b, int k) { return k ? a : b; }", "it leads into a or b, and a is no text that stays as it is"),
        ("int *f(int *a, int *b, int k) { return k ? a : b; }", "it leads into a or b: only a place in one argument is translated"),
        ("char b[9];\nchar *f(void) { b[0] = 0; return b; }", "it leads to the file's variables, which others may change"),
        ("char *f(void) { char t[4] = \"abc\"; return t; }", "it leads to a variable of the function, which is gone when it returns"),
        ("int *f(void) { int k = 0; return &k; }", "it leads to a variable of the function, which is gone when it returns"),
        ("int *f(int n) { return malloc(n * sizeof(int)); }", "how long the new array is cannot be seen: only text is handed back so; write into an argument"),
        ("static const int t[] = {1, 2};\nconst int *f(int k) { return &t[k & 1]; }", "it leads to a table of the file: hand back an index"),
        ("int *f(int *a) { return a; }", "it leads to a, which is one value"),
        ("char *f(int *a, int n) { a[n - 1] = 0; return (char *)a; }", "it leads into a, which has elements of another type"),
        ("char *f(char *s, int k) { return k ? s : \"none\"; }", "it leads into s, and s is no text that stays as it is"),
        ("char *f(char *s, int k) { return k ? s : strdup(s); }", "it leads to an argument or to new memory: only one of them is translated"),
        ("struct s { int v[4]; };\nint *f(struct s *s) { return &s->v[1]; }", "it leads to a place that cannot be seen from its body"),
        ("char *f(const char *s) { return getenv2(s); }", "it leads to a place that cannot be seen from its body"),
        ("char *f(char *s) { return " + "(" * 3000 + "s" + ")" * 3000 + "; }", "its expressions are nested too deeply"),
    ],
)  # fmt: skip
def test_a_pointer_that_leads_elsewhere_is_refused_with_the_reason(c: str, said: str) -> None:
    unit = read_unit(c)
    assert not unit.functions
    line = len(c.split("\n"))
    assert [str(each) for each in unit.refusals] == [f"line {line}: pointer returned in f: {said}"]


@pytest.mark.docker
@pytest.mark.timeout(900)
class TestCompared:
    unit = read_unit(C)

    def entries(self, *names: str) -> tuple[object, ...]:
        return tuple(read_constraints(self.unit.function(name), {}) for name in names)

    def test_the_right_translation_agrees_on_every_function(self) -> None:
        entries = self.entries(*HEADS)
        found = comparing(lambda cell: compare(cell, self.unit, entries, rust(), Budget(runs=40_000)))
        assert not found.differences
        assert found.agrees
        assert {each.function for each in found.reached} >= set(HEADS)

    @pytest.mark.parametrize("name", HEADS)
    def test_a_wrong_one_is_refuted(self, name: str) -> None:
        found = comparing(lambda cell: compare(cell, self.unit, self.entries(name), rust(name), Budget(runs=40_000)))
        assert found.differences
        first = found.differences[0]
        assert first.calls
        assert first.message or (first.expected and first.actual)

    def test_a_second_original_in_the_place_of_rust_agrees_and_another_does_not(self) -> None:
        texts = texts_between(self.unit, self.entries(*HEADS))
        same = comparing(lambda cell: compare_originals(cell, texts, C.replace("best = &v[i]", "best = v + i")))
        other = comparing(lambda cell: compare_originals(cell, texts, C.replace("> *best", ">= *best")))
        assert same.agrees
        assert not same.differences
        assert other.differences

    def test_a_pointer_out_of_its_argument_is_undefined(self) -> None:
        unit = read_unit(
            "const int *end(const int *v, unsigned n) { const int *p = v; p += n; return n > 3 ? p + 1 : p; }"
        )
        entries = (read_constraints(unit.functions[0], {"roles": {"v": "n"}}),)
        code = "pub fn end(v: &[i32]) -> usize {\n    if v.len() > 3 { 99 } else { v.len() }\n}\n"
        found = comparing(lambda cell: compare(cell, unit, entries, code, Budget(runs=4_000)))
        assert not found.differences
        assert found.n_compared
        assert [(each.kind, each.line) for each in found.undefined] == [("returns a pointer out of its argument", 1)]
