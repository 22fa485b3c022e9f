"""The texts that a C signature becomes: Rust's declarations, the layer, the driver; and what the fuzzer's answer says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from c_rust_cells import in_cell

from codeloop.bridge import (
    BadConstraint,
    Range,
    calls_header,
    driver_source,
    layer_source,
    read_constraints,
    rust_head,
    shim_source,
    skeleton,
    texts_between,
)
from codeloop.csource import Unit, read_unit
from codeloop.errors import SuiteError
from codeloop.languages.c_rust_comparison import Comparison, How, Value, read_comparison
from codeloop.stages.differential import compare, compare_originals
from codeloop.suites.c_functions import load_file

RING = """
#include <stdint.h>
#define SIZE 4
enum mode { OFF, ON = 7 };
typedef struct { uint16_t items[SIZE]; enum mode mode; } ring_t;
static unsigned calls;
int push(ring_t *ring, const char *type, char c) { calls++; return ring->mode; }
double mean(const double *values, int n, double grid[2][3]) { return 0; }
"""


def head(declaration: str, **roles: str) -> str:
    unit = read_unit(f"{declaration} {{ }}")
    return rust_head(unit, unit.functions[0], roles)


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        ("void f(void)", "pub fn f()"),
        ("unsigned f(int a, unsigned char b)", "pub fn f(a: i32, b: u8) -> u32"),
        ("int f(const int *a, size_t n)", "pub fn f(a: &[i32]) -> i32"),
        ("void f(long *a, short *b, size_t n)", "pub fn f(a: &mut [i64], b: &mut [i16])"),
        ("int f(const char *s, char *t)", "pub fn f(s: &[u8], t: &mut Vec<u8>) -> i32"),
        ("int f(int *out, const double *in)", "pub fn f(out: &mut i32, in_: &f64) -> i32"),
        ("void f(const float m[2][3], float r[6])", "pub fn f(m: &[[f32; 3]; 2], r: &mut [f32; 6])"),
        ("_Bool f(char match)", "pub fn f(match_: u8) -> bool"),
        ("int f(const int a[], int count)", "pub fn f(a: &[i32]) -> i32"),
        ("int f(int m[][3], size_t rows)", "pub fn f(m: &mut [[i32; 3]]) -> i32"),
    ],
)
def test_the_contract_is_mechanical(c: str, rust: str) -> None:
    assert head(c) == rust


def test_a_user_says_what_the_signature_leaves_open() -> None:
    assert (
        head("int f(const int *a, int n, int *sum, int rest)", sum="out")
        == "pub fn f(a: &[i32], sum: &mut i32, rest: i32) -> i32"
    )
    assert head("int f(const char *s, int k)", s="k") == "pub fn f(s: &[u8]) -> i32"


def test_the_skeleton_declares_all_that_a_translation_needs() -> None:
    assert skeleton(read_unit(RING), {"push": {}}) == (
        "pub const SIZE: i32 = 4;\n\npub const OFF: i32 = 0;\n\npub const ON: i32 = 7;\n\n"
        "#[derive(Clone, Copy, Debug, PartialEq)]\npub struct Ring {\n    pub items: [u16; 4],\n    pub mode: i32,\n}\n\n"
        "#[derive(Clone, Copy, Debug, PartialEq)]\npub struct State {\n    pub calls: u32,\n}\n\n"
        "pub fn push(state: &mut State, ring: &mut Ring, type_: &[u8], c: u8) -> i32 {\n    todo!()\n}\n"
    )


def test_state_that_no_entry_point_uses_is_not_asked_for() -> None:
    unit = read_unit("static int n;\nint count(void) { return ++n; }\nint half(int a) { return a / 2; }\n")
    assert skeleton(unit, {"half": {}}) == "pub fn half(a: i32) -> i32 {\n    todo!()\n}\n"
    assert "pub struct State" in skeleton(unit, {"half": {}, "count": {}})


def entries_of(unit: Unit, **given: dict[str, Any]) -> list[Any]:
    return [read_constraints(unit.function(name), said) for name, said in given.items()]


def test_only_the_layer_is_unsafe_and_chars_cross_with_their_sign() -> None:
    unit = read_unit(RING)
    layer = layer_source(unit, entries_of(unit, push={}))
    assert (
        'pub unsafe extern "C" fn codeloop_rust_push(cl_state: *mut CState, ring: *mut CRing, type_: *mut u8, c: i8) -> i32'
        in layer
    )
    assert "c as u8" in layer
    assert "catch_unwind" in layer
    assert "CRing::of(&cl_made_ring)" in layer


def test_an_empty_slice_is_made_from_no_pointer() -> None:
    unit = read_unit(RING)
    layer = layer_source(unit, entries_of(unit, mean={}))
    assert (
        "let values: &[_] = if n as usize == 0 { &[] } else { unsafe { std::slice::from_raw_parts(values, n as usize) } };"
        in layer
    )
    assert "CRing" not in layer


def test_lengths_are_drawn_before_what_they_measure() -> None:
    unit = read_unit(RING)
    driver = driver_source(
        unit, entries_of(unit, mean={"inputs": {"n": [1, "2 * 3"], "values[]": [0, 1]}, "requires": "n != 2"})
    )
    decoder = driver[driver.index("cl_decode_mean") :]
    assert decoder.index("n = cl_length(cl_in, 1, 2 * 3);") < decoder.index(
        "double (*values) = cl_take((cl_size)n * sizeof *values);"
    )
    assert "cl_float_in(cl_in, 0, 1)" in decoder
    assert "if (!(n != 2)) return 0;" in decoder


def test_state_is_part_of_what_is_compared() -> None:
    unit = read_unit(RING)
    entries = entries_of(unit, push={})
    assert "unsigned int calls;" in calls_header(unit, entries)
    assert "__builtin_memcpy(&calls, &cl_s->calls, sizeof cl_s->calls);" in shim_source(unit, entries)
    assert "return cl_state_same(cl_left, cl_right);" in driver_source(unit, entries)
    assert "cl_max_calls = 8" in driver_source(unit, entries)
    assert "cl_max_calls = 1" in driver_source(unit, entries_of(unit, mean={}))


@pytest.mark.parametrize(
    "given",
    [
        {"inputs": {"nobody": [0, 1]}},
        {"inputs": {"n": 3}},
        {"inputs": {"n": [1, 2, 3]}},
        {"inputs": {"n": ""}},
        {"inputs": {"n": [True, False]}},
        {"inputs": ["n"]},
        {"roles": {"nobody": "in"}},
        {"roles": {"values": "sideways"}},
        {"range": {"n": [0, 1]}},
    ],
)
def test_a_constraint_that_cannot_be_read_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(BadConstraint):
        read_constraints(read_unit(RING).function("mean"), given)


def test_a_constraint_is_a_range_by_its_two_ends() -> None:
    entry = read_constraints(read_unit(RING).function("mean"), {"inputs": {"n": [0, "8 - 1"]}})
    assert entry.inputs == {"n": Range(low="0", high="8 - 1")}


RUNTIME = Path(__file__).parents[1] / "sandboxes" / "c-rust" / "runtime"
needs_compilers = pytest.mark.skipif(not (shutil.which("gcc") and shutil.which("rustc")), reason="needs gcc and rustc")


def troubles(c: str, folder: Path, **given: dict[str, Any]) -> list[str]:
    """Give what compilers say of a file that compiles alone, and of all that is written for it; Rust's bodies are left out."""
    unit = read_unit(c)
    entries = entries_of(unit, **given) if given else [read_constraints(each, {}) for each in unit.functions]
    texts = {**texts_between(unit, entries), "variant.c": c}
    texts["solution.rs"] = skeleton(unit, {each.function.name: each.roles for each in entries})
    for name, text in texts.items():
        (folder / name).write_text(text)
    gcc = ["gcc", "-std=gnu17", "-w", "-fsyntax-only", f"-I{RUNTIME}"]
    rustc = ["rustc", "--edition=2021", "--cap-lints=allow", "--crate-type=rlib", "--emit=metadata"]
    said = [
        subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False).stderr
        for argv in (
            [*gcc, "original.c"],
            [*gcc, "driver.c"],
            [*gcc, "-DCL_ONLY_C", "driver.c"],
            [*gcc, "-DCL_SHIM(name)=cl_c_##name", "shim.c"],
            [*gcc, "twin.c"],
            [*rustc, "--crate-name=candidate", "solution.rs"],
            [*rustc, "--crate-name=layer", "--extern=candidate=libcandidate.rmeta", "layer.rs"],
        )
    ]
    return [each for each in said if each]


@needs_compilers
def test_every_struct_has_a_name_of_its_own_in_rust(tmp_path: Path) -> None:
    c = """
        typedef struct { int x; } point_t;
        struct Point { int y; };
        struct vec { int n; };
        struct option { struct vec v; };
        struct _2d { int z; };
        int f(point_t p, struct Point *q, struct vec v, struct option o, struct _2d d, char *s) { return p.x + v.n; }
    """
    declared = skeleton(read_unit(c), {"f": {}})
    assert (
        "f(p: Point, q: &mut PointStruct, v: VecStruct, o: OptionStruct, d: Struct2d, s: &mut Vec<u8>) -> i32"
        in declared
    )
    assert "pub struct OptionStruct {\n    pub v: VecStruct,\n}" in declared
    assert troubles(c, tmp_path) == []


OWN_NAMES = {
    "libc's functions": """
        int div(int a, int b) { return b ? a / b : 0; }
        int log2(unsigned x) { int n = 0; while (x >>= 1) n++; return n; }
        int round(double x) { return (int)(x + 0.5); }
        int getline(char s[], int lim) { int i; for (i = 0; i < lim - 1 && s[i]; i++); s[i] = 0; return i; }
        static int remove(int *v, int n) { return n ? v[0] : 0; }
        unsigned strlen(const char *s) { unsigned n = 0; while (s[n]) n++; return n; }
        int memset(char *s) { return *s; }
    """,
    "libc's variables and types": """
        static int index, y0, y1;
        struct timeval { int a; };
        typedef struct { int quot, rem; } div_t;
        div_t next(struct timeval t) { div_t r = {index, y0}; y1 = y0; y0 = t.a; index++; return r; }
    """,
    "an enum bool": "typedef enum { false, true } bool; int odd(int x) { return x & 1 ? true : false; }",
    "a char bool": "typedef unsigned char bool;\n#define true 1\nbool odd(int x) { return x & true; }",
    "a strange size": "typedef int uint8_t; typedef int isnan; int f(int x) { uint8_t y = x; return y; }",
    "what is written here": """
        static int s, l, r;
        int a(int x) { s += x; return s; }
        int g(int side, int which, int *value, int n) { l = side + which; return n ? value[0] : r; }
        int state(int left, int right) { return left + right; }
        int get_state(int in) { return in; }
        int start(void) { return 1; }
        int text(char *text, char *n_text) { return *text + *n_text; }
    """,
    "parameters like globals and functions": """
        static int word;
        int edge(int word) { return word; }
        unsigned crc(unsigned crc, const unsigned char *p, unsigned n) { word++; while (n--) crc += *p++; return crc; }
    """,
    "macros": """
        #define g 9.81
        #define k 3
        #define a 1
        #define i 2
        #define in 4
        #define n 5
        #define at 6
        #define end 7
        #define side 8
        #define value 9
        static int total[2][2];
        struct p { int x; double y[2]; };
        struct p fall(double t, struct p q, int *v, int count, char *s) {
            total[0][0] += count ? v[0] : k + a;
            q.x = (int)(g * t);
            return q;
        }
    """,
    "macros behind their namesakes": """
        int f(int *n, int k, char *value) { return *n + k + *value; }
        #define k 3
          #  define n 4
        #define value(x) x
        int g(int x, int *v, int count) { return x + k + n + value(1); }
    """,
    "members that are const": """
        struct in { const float z[2]; };
        struct v { const int x; volatile int y; struct in in; };
        static struct v last = {1, 2, {{3, 4}}};
        struct v f(struct v a, const struct v *b, struct v *c, const struct v *d, int n) { return n ? last : a; }
    """,
}


@needs_compilers
@pytest.mark.parametrize("name", OWN_NAMES)
def test_an_original_may_call_things_as_libc_or_codeloop_does(name: str, tmp_path: Path) -> None:
    assert troubles("\n".join(line.strip() for line in OWN_NAMES[name].split("\n")), tmp_path) == []


@needs_compilers
def test_a_variable_called_as_the_shims_own_is_saved_and_restored(tmp_path: Path) -> None:
    c = "static int s = 3, a[2] = {4, 5};\nint step(int x) { s += x; return s + a[1]; }\n"
    assert troubles(c, tmp_path) == []
    (tmp_path / "main.c").write_text(
        "#define CL_SHIM(name) cl_c_##name\n"
        '#include "shim.c"\n'
        "int main(void) {\n    struct cl_state before;\n    struct cl_args_step args = {.x = 7};\n"
        "    cl_c_get_state(&before);\n    cl_c_call_step(&args);\n    if (args.cl_returned != 15) return 1;\n"
        "    cl_c_set_state(&before);\n    return s == 3 && before.a[1] == 5 ? 0 : 2;\n}\n"
    )
    subprocess.run(["gcc", "-w", "main.c", "-o", "main"], cwd=tmp_path, check=True)
    subprocess.run([tmp_path / "main"], check=True)


@needs_compilers
def test_a_constraint_may_say_what_the_original_has_no_header_for(tmp_path: Path) -> None:
    c = "int pow(int x) { return x; } double f(double x, const char *s, int k) { return x; }"
    given: dict[str, Any] = {
        "inputs": {"k": ["INT_MIN / 2", "INT16_MAX"]},
        "requires": [
            "!isnan(x) && fabs(x) < INFINITY && isdigit(k)",
            "strlen(s) != (size_t)2",
            "pow(k) > 1",
            "x != NAN || true",
        ],
    }
    assert troubles(c, tmp_path, f=given) == []
    driver = (tmp_path / "driver.c").read_text()
    assert "#define fabs __builtin_fabs" in driver
    assert "__builtin_pow" not in driver


def test_an_index_has_its_name_only_where_a_range_says_it() -> None:
    unit = read_unit(RING)
    said = driver_source(unit, entries_of(unit, mean={"inputs": {"values[]": [0, "i + 1"]}}))
    assert "const long long i = " in said
    assert "const long long i = " not in driver_source(unit, entries_of(unit, mean={"inputs": {"values[]": [0, 1]}}))


@needs_compilers
@pytest.mark.parametrize(
    ("c", "rust"),
    [
        ("struct v { int x; };\nint f(struct v *value, struct v *done, struct v *told, struct v *x, int x_)", "x_: i32"),
        ("void f(char *value, char *x, char *x_n, char *cl)", "value: &mut Vec<u8>"),
        ("int f(int type, int type_)", "f(type__: i32, type_: i32)"),
        ("int f(int Self, int _, int None, int catch_unwind)", "f(Self_: i32, __: i32, None_: i32, catch_unwind: i32)"),
        ("struct v { int type, type_; };\nint f(struct v *type, int n)", "type_: &mut V"),
        ("static int total;\nint f(int state)", "f(file_state: &mut State, state: i32)"),
        ("static int total;\ntypedef struct { int x; } state_t;\nint f(state_t s)", "f(state: &mut FileState, s: State)"),
        ("static int total;\nstruct file_state { int x; };\nint f(struct file_state s)", "f(state: &mut State, s: FileState)"),
        ("static int total;\nenum { state };\nint f(int file_state)", "f(file_state_: &mut State, file_state: i32)"),
        ("enum st { idle, run };\nint f(int run, int run_)", "f(run__: i32, run_: i32)"),
        ("enum op { in, out, match, type_ };\n#define type 5\nint f(int type_)", "pub const type__: i32 = 5;"),
        ("enum { RED, None };\n#define RED RED\n#define true 1\nint f(int x)", "pub const None_: i32 = 1;"),
    ],
)  # fmt: skip
def test_names_in_rust_are_no_words_and_none_is_given_twice(c: str, rust: str, tmp_path: Path) -> None:
    total = "total + " if "total" in c else ""
    c += f" {{ return {total}1; }}\n" if " f(" in c and "void f" not in c else " { }\n"
    assert rust in skeleton(read_unit(c), {"f": {}})
    assert troubles(c, tmp_path) == []


def test_a_constant_with_two_values_is_none() -> None:
    c = "#define N 3\n#define M 1\nint f(int a) { return a * N; }\n#undef N\n#define N 4\nint g(int a) { return a * N; }\n"
    declared = skeleton(read_unit(c), {"f": {}})
    assert "pub const M: i32 = 1;" in declared
    assert " N:" not in declared


@pytest.mark.parametrize(
    ("c", "name"),
    [
        ("// cl_x\nint f(int cl_g) { return cl_g; }\n", "2: cl_g"),
        ('const char *t = "cl_a";\n/* codeloop_b\n*/ static int codeloop_rust;\nint f(int x) { return x; }\n', "3: codeloop_rust"),
        ("#define CL_RUST 1\nint f(int x) { return x; }\n", "1: CL_RUST"),
    ],
)  # fmt: skip
def test_a_name_that_codeloop_uses_itself_is_refused_by_line(c: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "x.c"
    path.write_text(c)
    with pytest.raises(SuiteError, match=re.escape(f"x.c:{name}: names that begin with cl_")):
        load_file(path)


def test_names_that_only_look_like_codeloops_are_the_originals(tmp_path: Path) -> None:
    path = tmp_path / "x.c"
    path.write_text(
        "#define CL_SUCCESS 0\n// cl_a\nint clip(int incl_, char c) { return c == '\"' ? CL_SUCCESS : incl_; }\n"
    )
    assert load_file(path).entries[0].function.name == "clip"


CLASHING = """
static int s, index;
struct v { const int x; double y; };
int open(int side) { s += side; index++; return s; }
int strlen(const char *text) { int n = 0; while (text[n]) n++; return n; }
int remove(char *value, char c) { int n = 0, k = 0; for (; value[n]; n++) if (value[n] != c) value[k++] = value[n]; value[k] = 0; return n - k; }
struct v time(struct v in, struct v *value) { struct v r = {value->x, in.y}; value->y = in.x; return r; }
unsigned signal(unsigned signal, const unsigned char *getenv, unsigned n) { while (n--) signal = signal * 31 + *getenv++; return signal; }
static int word;
int edge(int word) { return word / 2; }
"""
CLASHING_IN_RUST = """
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct V { pub x: i32, pub y: f64 }
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct State { pub s: i32, pub index: i32, pub word: i32 }
pub fn open(state: &mut State, side: i32) -> i32 { state.s += side; state.index += 1; state.s }
pub fn strlen(text: &[u8]) -> i32 { text.len() as i32 }
pub fn remove(value: &mut Vec<u8>, c: u8) -> i32 { let n = value.len(); value.retain(|each| *each != c); (n - value.len()) as i32 }
pub fn time(in_: V, value: &mut V) -> V { value.y = in_.x as f64; V { x: value.x, y: in_.y } }
pub fn signal(signal: u32, getenv: &[u8]) -> u32 { getenv.iter().fold(signal, |all, each| all.wrapping_mul(31).wrapping_add(*each as u32)) }
pub fn edge(word: i32) -> i32 { word / 2 }
"""


@pytest.mark.docker("c-rust")
@pytest.mark.timeout(900)
def test_an_original_full_of_libcs_names_is_compared_and_a_wrong_translation_refuted() -> None:
    unit = read_unit(CLASHING)
    entries = [read_constraints(each, {}) for each in unit.functions]
    wrong = CLASHING_IN_RUST.replace("state.index += 1", "state.index += (state.s == 3) as i32 + 1")

    right = in_cell(lambda cell: compare(cell, unit, entries, CLASHING_IN_RUST))
    refuted = in_cell(lambda cell: compare(cell, unit, entries, wrong))
    twin = in_cell(lambda cell: compare_originals(cell, texts_between(unit, entries), CLASHING))
    assert isinstance(right, Comparison), right.output
    assert isinstance(refuted, Comparison)
    assert isinstance(twin, Comparison), twin.output
    assert not right.differences
    assert right.agrees
    assert {each.function for each in right.reached} >= {each.name for each in unit.functions}
    assert "index" in {value.name for value in refuted.differences[0].actual}
    assert twin.agrees


def answer(**event: object) -> str:
    """Give what fuzz.py says, with one finding."""
    counters = {
        "executions": 41,
        "compared": 30,
        "rejected": 1,
        "undefined": 10,
        "endless": 0,
        "different": 3,
        "deaths": 0,
    }
    said = {
        "counters": counters,
        "seconds": 0.1,
        "cpu_seconds": 0.1,
        "findings": [event] if event else [],
        "undefined": [{"event": "undefined", "line": 9, "kind": "signed addition overflows", "call": "f(1)"}],
        "reached": {"f": {"covered": 3, "all": 4, "missed_lines": [7]}},
        "uncompared": [],
        "trouble": "",
        "corpus": ["0104"],
        "agreement": {"agreed": 9, "all": 12},
    }
    return json.dumps(said)


def test_a_difference_is_told_by_what_is_not_the_same() -> None:
    found = read_comparison(
        answer(
            event="different",
            input="02",
            expected="return\t1\nout\t{0, 0}\n",
            actual="return\t1\nout\t{0, 1}\n",
            calls=["f(1)"],
        )
    )
    first = found.differences[0]
    assert (first.how, first.calls, first.input) == (How.DIFFERENT, ("f(1)",), b"\x02")
    assert first.expected == (Value(name="out", value="{0, 0}"),)
    assert first.actual == (Value(name="out", value="{0, 1}"),)
    assert not found.agrees


def test_a_panic_is_told_with_what_c_did() -> None:
    found = read_comparison(
        answer(
            event="panicked",
            input="",
            expected="return\t1\n",
            panic="line 3: attempt to add with overflow",
            calls=["f(1)"],
        )
    )
    assert found.differences[0].message == "line 3: attempt to add with overflow"
    assert found.differences[0].expected == (Value(name="return", value="1"),)


def test_what_c_does_not_define_is_no_difference() -> None:
    found = read_comparison(answer())
    assert found.agrees
    assert (found.undefined[0].kind, found.undefined[0].line) == ("signed addition overflows", 9)
    assert found.reached[0].missed_lines == (7,)
    assert found.corpus == (b"\x01\x04",)
