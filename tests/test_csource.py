"""C files as translation sees them: what is read, what is refused by line, what each parameter is for."""

from __future__ import annotations

import pytest

from codeloop.csource import Argument, Array, Named, Role, arguments_of, read_unit
from codeloop.csource.conditionals import resolved
from codeloop.csource.modifiers import readable
from codeloop.csource.roles import BadRole
from codeloop.csource.scalars import BYTE
from codeloop.csource.words import Scalar
from codeloop.languages.syntax import parse
from codeloop.suites.c_functions import load_basics


def roles(declaration: str, **given: str) -> dict[str, tuple[Role, bool, str]]:
    unit = read_unit(f"{declaration} {{ }}")
    assert not unit.refusals
    found = arguments_of(unit.functions[0], given)
    return {each.name: (each.role, each.is_mutable, each.length) for each in found}


def refusals(text: str) -> list[str]:
    return [str(each) for each in read_unit(text).refusals]


def test_pointers_before_a_length_are_slices_of_it() -> None:
    assert roles("void f(const int *a, unsigned char *b, size_t n, int *out)") == {
        "a": (Role.SLICE, False, "n"),
        "b": (Role.SLICE, True, "n"),
        "n": (Role.LENGTH, False, ""),
        "out": (Role.REFERENCE, True, ""),
    }


def test_a_whole_number_is_a_length_by_its_name_alone() -> None:
    assert roles("int f(const int *a, int len)")["a"] == (Role.SLICE, False, "len")
    assert roles("int f(const int *a, int wanted)")["a"] == (Role.REFERENCE, False, "")
    assert roles("int f(int *sum, const int *a, int n)", sum="out") == {
        "sum": (Role.REFERENCE, True, ""),
        "a": (Role.SLICE, False, "n"),
        "n": (Role.LENGTH, False, ""),
    }


def test_chars_without_a_length_are_text() -> None:
    assert roles("void f(const char *s, char *t, char c)") == {
        "s": (Role.TEXT, False, ""),
        "t": (Role.TEXT, True, ""),
        "c": (Role.VALUE, False, ""),
    }


def test_a_word_of_the_users_must_fit() -> None:
    for given in ({"b": "out"}, {"a": "somewhere"}, {"a": "text"}):
        with pytest.raises(BadRole):
            roles("void f(int *a)", **given)


def test_arrays_keep_their_dimensions_in_order() -> None:
    argument = arguments_of(read_unit("#define N 3\nvoid f(const short m[N][N * 2 - 1]) {}").functions[0])[0]
    assert isinstance(argument.type, Array)
    assert isinstance(argument.type.element, Array)
    assert (argument.type.length, argument.type.element.length) == (3, 5)
    assert not argument.is_mutable


@pytest.mark.parametrize(
    ("c", "rust"),
    [
        ("unsigned", "u32"),
        ("long unsigned int", "u64"),
        ("long long", "i64"),
        ("signed char", "i8"),
        ("char", "u8"),
        ("uint16_t", "u16"),
        ("size_t", "usize"),
        ("_Bool", "bool"),
        ("const volatile double", "f64"),
        ("short int", "i16"),
        ("enum color", "i32"),
        ("word", "u32"),
        ("uintmax_t", "u64"),
        ("int_fast8_t", "i8"),
        ("uint_fast16_t", "u64"),
        ("uint_least16_t", "u16"),
        ("u16", "u16"),
        ("number", "u64"),
    ],
)
def test_every_spelling_of_a_number_has_one_type(c: str, rust: str) -> None:
    unit = read_unit(
        "#include <stdint.h>\n#define u16  unsigned  short\ntypedef unsigned long big;\n#define number big\n"
        f"enum color {{ RED }};\ntypedef uint32_t word;\nvoid f({c} a) {{ }}"
    )
    kind = unit.functions[0].parameters[0].type
    assert isinstance(kind, Scalar)
    assert kind.rust == rust


def test_structs_are_read_by_tag_and_by_typedef() -> None:
    unit = read_unit(
        "typedef struct { int x; char name[4]; } point_t;\nstruct line { point_t from, to; };\n"
        "typedef struct line line_t;\nint f(const line_t *l, struct line m, point_t p) { return 0; }"
    )
    assert [(each.name, each.c) for each in unit.structs] == [("Point", "point_t"), ("Line", "struct line")]
    types = [each.type for each in arguments_of(unit.functions[0])]
    assert types == [Named(name="Line", c="struct line")] * 2 + [Named(name="Point", c="point_t")]


def test_functions_use_the_globals_of_those_they_call() -> None:
    unit = read_unit(
        "static int a, b = 2;\nstatic const int table[] = {1};\nstatic int g(void) { return a; }\n"
        "int f(void) { return g() + table[0]; }\nint h(void) { return b; }\nint k(int c) { return c; }"
    )
    assert {each.name: each.globals for each in unit.functions} == {"g": ("a",), "f": ("a",), "h": ("b",), "k": ()}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('__asm__("nop");', "inline assembly"),
        ("static int n; { int n = 2; a = n; } n++;", "static local"),
        ("again: if (a) goto again;", "goto backwards"),
        ("if (a) goto in; while (a) { in: a--; }", "goto into a block"),
        ("int (*p)(int) = 0;", "function pointer"),
        ("union { int a; float b; } u;", "union"),
        ('printf("%d", a);', "call of printf"),
        ("pthread_mutex_lock(0);", "call of pthread_mutex_lock"),
        ("_Atomic int b = a;", "_Atomic"),
        ("setjmp(0);", "call of setjmp"),
        ("\n#ifdef X\na = 1;\n#endif\n", "conditional compilation"),
    ],
)
def test_what_is_not_translated_is_named_and_the_rest_stays(body: str, said: str) -> None:
    unit = read_unit(
        f"int before(int a) {{ return a; }}\nint f(int a) {{\n{body}\nreturn a; }}\nint after(int a) {{ return a; }}"
    )
    assert [each.name for each in unit.functions] == ["before", "after"]
    refusal = unit.refusals[0]
    assert (refusal.construct, refusal.function) == (said, "f")
    assert refusal.line == (4 if "#ifdef" in body else 3)
    assert refusal.reason


def test_a_cast_to_a_type_of_the_files_own_is_no_call() -> None:
    unit = read_unit(
        "typedef int fixed;\ntypedef enum { RED, BLUE } color;\n"
        "fixed f(float a) { color c = (color)(a > 0); return (fixed)(a * 256) + ( fixed )(c); }\n"
        "int g(int (*h)(int), int a) { return (h)(a); }\n"
    )
    assert [each.name for each in unit.functions] == ["f"]
    assert {each.function for each in unit.refusals} == {"g"}


def test_a_jump_forwards_out_of_blocks_is_translated() -> None:
    unit = read_unit("int f(int a) { while (a) { if (a == 3) goto out; a--; } out: return a; }")
    assert not unit.refusals
    assert [each.name for each in unit.functions] == ["f"]


def test_who_calls_what_is_refused_is_refused_too() -> None:
    said = refusals(
        "static int g(int a) { static int n; if (a) { int n = 3; return n; } return n += a; }\nint f(int a) { return g(a); }"
    )
    assert said == [
        "line 1: static local in g: it is state that nobody sees: make it a global",
        "line 2: call of g in f: that function is not translated",
    ]


def test_a_helpers_signature_may_be_anything() -> None:
    unit = read_unit("static int g(const char **at) { return *(*at)++; }\nint f(const char *s) { return g(&s); }")
    assert not unit.refusals
    assert [each.name for each in unit.functions] == ["f"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "int f(int a, ...) { return a; }",
            "line 1: variable arguments in f: Rust functions have a fixed number of parameters",
        ),
        (
            "\nint *f(int *a) { return a; }",
            "line 2: pointer returned in f: it leads to a, which is one value",
        ),
        ("int f(int **a) { return 0; }", "line 1: pointer to a pointer in f: only pointers to values are translated"),
        (
            "int f(int (*a)[3]) { return 0; }",
            "line 1: declarator in parentheses in f: write a pointer to an array as m[][3]",
        ),
        (
            "\nint f(void *a) { return a != 0; }",
            "line 2: void pointer a in f: what lies there cannot be seen from the signature: put a length behind it for bytes",
        ),
        ("struct s { int a : 3; };", "line 1: bit-field in struct s: Rust has none"),
        ("struct s {\n    struct { int a : 3; } flags;\n};", "line 2: bit-field in s_flags: Rust has none"),
        (
            "struct s { struct s *next; };",
            "line 1: pointer next in struct s: where it leads cannot be seen: use an index",
        ),
        ("int f(FILE *a) { return 0; }", "line 1: type FILE in f: it is not known here, or not translated"),
        ("union u { int a; };", "line 1: union: its bytes have more than one meaning, which safe Rust has not"),
    ],
)
def test_signatures_and_types_are_refused_with_a_reason(text: str, said: str) -> None:
    assert refusals(text) == [said]


def test_text_that_is_no_c_is_named_with_its_line_and_what_follows_is_still_read() -> None:
    unit = read_unit("int a(void) { return 1; }\nint broken( { \nint b(int c) { return c; }\n")
    assert [(each.line, each.construct) for each in unit.refusals] == [(2, "syntax")]
    assert [each.name for each in unit.functions] == ["a", "b"]


def test_c_basics_has_forty_files_that_are_read_whole() -> None:
    basics = load_basics()
    assert len(basics) >= 40
    for each in basics:
        assert not each.unit.refusals, each.name
        assert all(
            isinstance(argument, Argument)
            for entry in each.entries
            for argument in arguments_of(entry.function, entry.roles)
        )
        assert each.about
        assert each.trap


def test_a_void_pointer_with_a_length_behind_it_points_to_bytes() -> None:
    (function,) = read_unit("int f(const void *data, size_t len, void *out, int n) { return 0; }").functions
    found = [(each.role, each.type, each.is_mutable) for each in arguments_of(function) if each.role is Role.SLICE]
    assert found == [(Role.SLICE, BYTE, False), (Role.SLICE, BYTE, True)]


BROKEN_BETWEEN = """\
#include <stdint.h>
int first(int a) { return a + 1; }
%s
struct pair { int x; };
static int table[3] = {1, 2, 3};
int last(struct pair *p) { return table[p->x & 1]; }
"""


@pytest.mark.parametrize(
    ("broken", "line", "name"),
    [
        ("int broken(int a { return a; }", 3, "broken"),
        ("int broken(int a) { return a +; }", 3, "broken"),
        ("int broken(int a) {\n    int x = 1;\n    if (a { return 2; }\n}", 5, "broken"),
        ("int broken(int a) {\n    int x = 1;\n    if (a) { return x;\n}", 3, "broken"),
        ("int broken(int a) { return a; }}", 3, ""),
        ("int broken[3 = {1};", 3, ""),
        ("@@ this is not C @@", 3, ""),
        ("typeof(1) odd(int n) { return n; }", 3, ""),
        ("return 3;", 3, ""),
    ],
)
def test_what_does_not_parse_is_left_out_and_the_rest_is_read(broken: str, line: int, name: str) -> None:
    text = BROKEN_BETWEEN % broken
    unit = read_unit(text)
    assert [each.name for each in unit.functions if each.name != "broken"] == ["first", "last"]
    assert {(each.construct, each.line) for each in unit.refusals} == {("syntax", line)}
    assert name in ("", unit.refusals[0].function)
    assert ([each.name for each in unit.structs], [each.name for each in unit.globals]) == (["Pair"], ["table"])
    assert not parse("tree_sitter_c", unit.text).has_error
    whole = [*filter(None, (BROKEN_BETWEEN % "").split("\n"))]
    lines = unit.text.split("\n")
    assert [lines.index(each) for each in whole] == [text.split("\n").index(each) for each in whole]


def test_who_calls_what_does_not_parse_is_refused() -> None:
    unit = read_unit(
        "int broken(int a { return a; }\nint caller(int a) { return broken(a); }\nint other(void) { return 1; }\n"
    )
    assert [each.name for each in unit.functions] == ["other"]
    assert [str(each) for each in unit.refusals] == [
        "line 1: syntax in broken: this does not parse as C",
        "line 2: call of broken in caller: that function is not translated",
    ]


@pytest.mark.parametrize(
    ("definition", "lengths"),
    [
        ("int f(int rows, const int *v) { int s = 0; for (int i = 0; i < rows; i++) s += v[i]; return s; }", {"v": "rows"}),
        ("int f(int k, int v[k]) { return v[k - 1]; }", {"v": "k"}),
        ("int f(int m[][3], int rows) { for (int i = 0; i != rows; i++) m[i][0] = 0; return 0; }", {"m": "rows"}),
        ("int f(const int *v, int total) { int s = 0; while (total-- > 0) s += *v++; return s; }", {"v": "total"}),
        ("int f(const long *v, int k) { const long *p = v; int s = 0; while (p < v + k) s += *p++; return s; }", {"v": "k"}),
        ("int f(const long *v, int k) { const long *end = v + k; for (; v < end; v++) if (*v) return 1; return 0; }", {"v": "k"}),
        ("int f(const int *v, int total) { for (int i = 0; i + 1 < total; i++) if (v[i] > v[i + 1]) return 0; return 1; }", {"v": "total"}),
        ("int f(const int *a, int n, int *out) { for (int i = 0; i < n; i++) out[i] = a[i]; return n; }", {"a": "n", "out": "n"}),
        ("int f(int n, const int *v) { return v[n / 2]; }", {"v": "n"}),
        ("int f(int k, const char *s) { int c = 0; for (int i = 0; i < k; i++) c += s[i] == 'x'; return c; }", {"s": "k"}),
        ("int f(int k, const char *s) { int c = 0; while (*s) c += *s++ == k; return c; }", {"s": ""}),
        ("void f(int *a, int *b) { int t = *a; *a = *b; *b = t; }", {"a": "", "b": ""}),
        ("void f(int *a, int mode) { if (mode == 1) a[0] = 2; }", {"a": ""}),
        ("int f(const int *v, int rows, int x) { for (int i = 0; i < rows; i++) if (v[i] == x) return i; return -1; }", {"v": "rows"}),
        ("int f(int v[], int vSize, int t) { for (int i = 0; i < vSize; i++) for (int j = i + 1; j < vSize; j++) if (v[i] + v[j] > t) return j; return 0; }", {"v": "vSize"}),
        ("int f(const int *a, const int *b, int na, int nb) { int s = 0; while (s < na && a[s] < nb) s++; return b[0] + s; }", {"a": "na", "b": "nb"}),
        ("long f(const int *v, int k) { long s = 0; for (int i = 1; i <= k; i++) s += v[i - 1]; return s; }", {"v": "k"}),
        ("int f(const int *v, int n) { int s = 0; for (int i = 0; i < n; i++) s ^= v[(i * n) % n]; return s; }", {"v": "n"}),
        ("int g(const int *v, int k) { int s = 0; for (int i = 0; i < k; i++) s += v[i]; return s; }\nint f(const int *values, int rows) { return g(values, rows); }", {"values": "rows"}),
        ("int h(const int *v, int k);\nint f(const int *values, int rows) { return h(values, rows); }\nint h(const int *v, int k) { const int *end = v + k; return end[-1]; }", {"values": "rows"}),
        ("void f(int *v, unsigned k) { memset(v, 0, k * sizeof *v); }", {"v": "k"}),
        ("int f(const int *v, size_t total) { int s = 0; for (size_t i = 0; i < total; i++) s += v[i]; return s; }", {"v": "total"}),
        ("int f(const int *v, size_t most, size_t end) { int s = 0; for (size_t i = 0; i < most && i < end; i++) s += v[i]; return s; }", {"v": "most"}),
        ("int f(const int *v, size_t n) { return v[n / 2]; }", {"v": "n"}),
        ("char f(const char *s, size_t at) { return s[at]; }", {"s": "", "at": ""}),
        ("void f(char *d, size_t size, const char *s) { size_t i = 0; for (; i + 1 < size && s[i]; i++) d[i] = s[i]; d[i] = 0; }", {"d": "size", "s": ""}),
        ("int f(int most, const char *s) { int i = 0; while (i < most && (s[i]) != '\\0') i++; return i; }", {"s": ""}),
        ("int f(int most, const char *s) { const char *p = s; int i = 0; for (; i < most; i++, p++) if (!*p) break; return s[i]; }", {"s": ""}),
        ("int f(int most, const char *s) { int i = 0; while (i < most && s[i] != '.') i++; return i; }", {"s": "most"}),
        ("int f(int most, const int *s) { int i = 0; while (i < most && s[i]) i++; return i; }", {"s": "most"}),
        ("size_t f(const char *s, size_t n) { size_t i = 0; while (i < n && s[i]) i++; return i; }", {"s": "n"}),
        ("typedef int at_t;\nint f(at_t k, const int *v) { int s = 0; for (long i = 0; (at_t)(i) < k; i++) s += v[(at_t)(i)]; return s; }", {"v": "k"}),
    ],
)  # fmt: skip
def test_what_a_body_uses_as_an_array_has_the_length_that_its_index_is_held_against(
    definition: str, lengths: dict[str, str]
) -> None:
    unit = read_unit(definition)
    assert not unit.refusals
    found = unit.function("f")
    assert {each.name: each.length for each in arguments_of(found) if each.name in lengths} == lengths


@pytest.mark.parametrize(
    "definition",
    [
        "int f(const int *v, int at) { return v[at]; }",
        "int f(const int *v, size_t at) { return v[at]; }",
        "int f(const unsigned *v, size_t i) { return v[i / 32] >> i % 32 & 1; }",
        "int f(const int *v, size_t lo, size_t hi) { while (lo < hi) { size_t m = lo + (hi - lo) / 2; if (v[m] < 3) lo = m + 1; else hi = m; } return lo; }",
        "int f(const int *m, int rows, int cols) { int s = 0; for (int i = 0; i < rows; i++) for (int j = 0; j < cols; j++) s += m[i * cols + j]; return s; }",
        "int f(const int *v) { int s = 0; while (*v) s += *v++; return s; }",
        "int f(const int *v, int lo, int hi) { while (lo < hi) { int m = lo + (hi - lo) / 2; if (v[m] < 3) lo = m + 1; else hi = m; } return lo; }",
        "double f(const double *m, int n) { double s = 0; for (int i = 0; i < n; i++) s += m[i * n + i]; return s; }",
        "int f(const int *v, int n, int x) { int r = 0; for (int i = 0; i <= n; i++) r = r * x + v[i]; return r; }",
        "int f(const int *v, int lo, int hi, int key) { while (lo <= hi) { int m = lo + (hi - lo) / 2; if (v[m] < key) lo = m + 1; else hi = m - 1; } return lo; }",
        "void f(const unsigned char *p, unsigned n, unsigned char *v) { unsigned o = 0; for (unsigned i = 0; i < n; i++) { v[o++] = p[i] >> 4; v[o++] = p[i] & 15; } }",
        "void f(int *v, const unsigned char *p, int n) { for (int i = 0; i < n; i++) v[p[i]]++; }",
        "int f(int side, const int *m) { int s = 0; for (int i = 0; i < side; i++) s += m[i * side + i]; return s; }",
    ],
)
def test_an_array_of_no_clear_length_is_refused_until_a_user_names_it(definition: str) -> None:
    (said,) = read_unit(definition).refusals
    assert (said.construct, said.function) == (f"array {'m' if '*m' in definition else 'v'}", "f")
    assert "by roles: {" in said.reason
    name = said.construct.split()[1]
    unit = read_unit(definition, roles={"f": {name: "in"}})
    assert (len(unit.functions), unit.refusals) == (1, ())


@pytest.mark.parametrize(
    ("signature", "body", "roles"),
    [
        ("void f(struct ring *r, size_t n)", "r->head = n;", "reference value"),
        ("int f(const struct ring *r, size_t index)", "return r->items[index % 4];", "reference value"),
        ("void f(struct ring *r, const int *data, size_t len)", "while (len--) put(r, *data++);", "reference slice length"),
        ("void f(struct ring *r, const int *a, int *b, int na, int nb)", "r->head = a[na - 1]; b[nb - 1] = 0;", "reference slice slice length length"),
        ("int f(const struct ring *r, size_t n)", "int s = 0; while (n--) s += r++->head; return s;", "slice length"),
        ("int f(const struct ring *r, size_t n)", "const struct ring *p = r; return p[n - 1].head;", "slice length"),
        ("int f(struct ring *r, size_t n)", "return all(r, n);", "slice length"),
        ("void f(struct ring *r, size_t n)", "qsort(r, n, sizeof *r, 0);", "slice length"),
    ],
)  # fmt: skip
def test_a_struct_is_one_unless_the_body_uses_it_as_an_array(signature: str, body: str, roles: str) -> None:
    text = (
        "struct ring { int items[4]; unsigned head; };\nstatic void put(struct ring *r, int v) { r->items[r->head++ % 4] = v; }\n"
        "static int all(struct ring *r, size_t n) { int s = 0; for (size_t i = 0; i < n; i++) s += r[i].items[0]; return s; }\n"
    )
    found = read_unit(f"{text}{signature} {{ {body} }}\n").function("f")
    assert [str(each.role) for each in arguments_of(found)] == roles.split()


def test_a_refused_array_keeps_nobody_from_calling_the_function() -> None:
    text = "void part(int *v, int lo, int hi) { v[lo] = v[hi]; }\nvoid f(int *v, int n) { if (n > 1) part(v, 0, n - 1); }\n"
    unit = read_unit(text)
    assert ([each.name for each in unit.functions], [each.function for each in unit.refusals]) == (["f"], ["part"])
    assert unit.text == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("#if 0\nnot {{ C\n#endif\nint a;", "int a;"),
        ("#if 0\nint a;\n#else\nint b;\n#endif", "int b;"),
        ("#if 1 /* on */\nint a;\n# else\nint b;\n#endif", "int a;"),
        ('#ifdef __cplusplus\nextern "C" {\n#endif\nint a;\n#ifdef __cplusplus\n}\n#endif', "int a;"),
        ("#ifndef F_H\n\n#define F_H\nint a;\n#endif", "#define F_H int a;"),
        ("#if 0\n#ifdef X\nint a;\n#else\nint b;\n#endif\n#endif\nint c;", "int c;"),
        ("#ifdef X\n#if 0\nint a;\n#endif\nint b;\n#endif", "#ifdef X int b; #endif"),
        ("#if 0\nint a;\n#elif X\nint b;\n#else\nint c;\n#endif", "#if 0 int a; #elif X int b; #else int c; #endif"),
        ("#ifndef N\n#define N 16\n#endif", "#ifndef N #define N 16 #endif"),
        ("/*\n#if 0\n*/\nint a;", "/* #if 0 */ int a;"),
        ("#if 0\nint a;", "#if 0 int a;"),
        ("#if X && \\\n0\nint a;\n#endif", "#if X && \\ 0 int a; #endif"),
        ("#endif\n#if 0\nint a;\n#endif", "#endif #if 0 int a; #endif"),
    ],
)
def test_conditionals_whose_branch_is_known_are_resolved_in_place(text: str, left: str) -> None:
    found = resolved(text)
    assert " ".join(found.split()) == left
    assert [len(line) for line in found.split("\n")] == [len(line) for line in text.split("\n")]


def test_a_guarded_file_with_defaults_is_read() -> None:
    unit = read_unit(
        "#ifndef F_H\n#define F_H\n#ifndef N\n#define N 4\n#endif\nint f(int a[N]) { return a[N - 1]; }\n"
        "#ifdef DEBUG\nint g(void) { return 1; }\n#endif\n#endif\n"
    )
    assert ([each.name for each in unit.functions], [each.name for each in unit.constants]) == (["f"], ["N"])
    assert [(each.line, each.construct) for each in unit.refusals] == [(7, "conditional compilation")]


def test_a_programs_start_is_not_translated() -> None:
    unit = read_unit("int f(int a) { return a; }\nint main(void) { return f(3); }\n")
    assert [each.name for each in unit.functions] == ["f"]
    assert [str(each) for each in unit.refusals] == ["line 2: main: a program's start is called by nobody"]


def read(text: str) -> tuple[dict[str, list[str]], list[str], list[str]]:
    """Give the functions with the state that they use, the names of the state, and the refusals."""
    unit = read_unit(text)
    used = {each.name: [*each.globals] for each in unit.functions}
    return used, [each.name for each in unit.globals], [str(each) for each in unit.refusals]


@pytest.mark.parametrize(
    ("text", "used", "state", "refused"),
    [
        ("static int c[] = {0, 1};\nint f(void) { return c[0]++; }", {"f": ["c"]}, ["c"], []),
        ('char word[] = "abc";\nint f(int i) { word[0] = 1; return word[i & 3]; }', {"f": ["word"]}, ["word"], []),
        ("extern int n;\nint n = 0;\nint f(void) { return ++n; }", {"f": ["n"]}, ["n"], []),
        ("static int n;\nstatic int n = 3;\nint f(void) { return ++n; }", {"f": ["n"]}, ["n"], []),
        ("extern int unused;\nint f(int a) { return a; }", {"f": []}, [], []),
        ("static struct { int head; int buf[8]; } q;\nint f(int v) { q.buf[q.head++ & 7] = v; return q.head; }", {"f": ["q"]}, ["q"], []),
        ("static const int N = 5;\nint f(int a[N]) { return a[4]; }", {"f": []}, [], []),
        ('static const char *names[] = {"a", "b"};\nint f(int i) { return names[i & 1][0]; }', {"f": []}, [], []),
        ("int table[2] = {1, 2};\n#define AT(i) table[(i) & 1]\nint f(int i) { return AT(i); }", {"f": ["table"]}, ["table"], []),
        ("static int n;\n#define BUMP() (++n)\n#define TWICE() (BUMP(), BUMP())\nint f(void) { return TWICE(); }", {"f": ["n"]}, ["n"], []),
        ("static int count;\nint f(int x) { int count = 0; count += x; return count; }", {"f": []}, ["count"], []),
        ("static int count;\nint f(int count) { return count; }\nint g(void) { return count; }", {"f": [], "g": ["count"]}, ["count"], []),
        ("static int count;\nint f(int x) { if (x) { int count = 1; x += count; } return x; }", {"f": ["count"]}, ["count"], []),
    ],
)  # fmt: skip
def test_state_is_what_changes_between_calls(
    text: str, used: dict[str, list[str]], state: list[str], refused: list[str]
) -> None:
    assert read(text) == (used, state, refused)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extern int n;\nint f(void) { return ++n; }", "line 2: global n in f: it is defined elsewhere"),
        ("static const int *cur;\nint f(const int *v, int n) { cur = v; return n; }", "line 2: global cur in f: state that points somewhere is not made explicit"),
        ("static int heap[1 << 17];\nint f(int v) { return heap[0] = v; }", "line 2: array in f: its length is not a constant that can be read here"),
        ("static int (*handler)(int);\nvoid f(void) { handler = 0; }", "line 2: function pointer in f: the other side could not call it"),
        ('#include <stdio.h>\n#define LOG(x) printf("%d", x)\nint f(int a) { LOG(a); return a; }', "line 3: call of printf by LOG in f: input and output are not compared"),
        ("#include <stdlib.h>\n#define RND() rand()\n#define R RND\nint f(int a) { return R() + a; }", "line 4: call of rand by R in f: its result is not a function of the arguments"),
    ],
)  # fmt: skip
def test_who_uses_state_that_cannot_be_had_is_refused(text: str, said: str) -> None:
    used, _, refused = read(f"{text}\nint other(int a) {{ return a; }}\n")
    assert (list(used), refused) == (["other"], [said])


@pytest.mark.parametrize(
    ("text", "structs"),
    [
        ("typedef struct stack stack;\nstruct stack { int top; };\nint f(stack *s) { return s->top; }", ["Stack"]),
        ("typedef struct node { int v; } node_t;\nint f(const node_t *n) { return n->v; }", ["Node"]),
        ("typedef struct { int a; } A; typedef struct { int b; int c; } B; int f(B x) { return x.b; }", ["A", "B"]),
        ("struct outer { struct inner { int a; } in; int b; };\nint f(struct outer o) { return o.in.a; }", ["Inner", "Outer"]),
        ("struct outer { struct { int a; } pos; enum { OFF, ON } on; };\nint f(struct outer o) { return o.pos.a + ON; }", ["OuterPos", "Outer"]),
        ("typedef unsigned char bool;\ntypedef struct { bool b; } S;\nint f(S s) { return s.b; }", ["S"]),
    ],
)  # fmt: skip
def test_structs_are_found_wherever_they_are_defined(text: str, structs: list[str]) -> None:
    unit = read_unit(text)
    assert ([each.name for each in unit.structs], [each.name for each in unit.functions], unit.refusals) == (
        structs,
        ["f"],
        (),
    )


def test_a_type_of_the_files_own_hides_the_languages() -> None:
    unit = read_unit("typedef unsigned char bool;\nint f(bool b) { return b; }\n")
    assert unit.functions[0].parameters[0].type == BYTE


@pytest.mark.parametrize(
    "text",
    [
        "struct __attribute__((packed)) h { char t; int n; };\nint f(struct h x) { return x.n; }",
        "typedef struct { char t; int n; } __attribute__((packed)) h;\nint f(h x) { return x.n; }",
        "#pragma pack(push, 1)\nstruct h { char t; int n; };\n#pragma pack(pop)\nint f(struct h x) { return x.n; }",
        "struct h { _Alignas(16) char t; int n; };\nint f(struct h x) { return x.n; }",
    ],
)
def test_structs_that_are_laid_out_otherwise_are_refused(text: str) -> None:
    unit = read_unit(f"{text}\nstruct plain {{ char t; int n; }};\nint g(struct plain x) {{ return x.n; }}\n")
    assert [each.name for each in unit.functions] == ["g"]
    assert "it is packed or aligned" in unit.refusals[0].reason


def test_a_directive_may_end_the_file_and_a_default_may_be_a_macro() -> None:
    unit = read_unit(
        "#ifndef MIN\n#define MIN(a, b) ((a) < (b) ? (a) : (b))\n#endif\nint f(int a) { return MIN(a, N); }\n#define N 3"
    )
    assert ([each.name for each in unit.constants], unit.refusals) == (["N"], ())


def test_a_user_may_say_how_many_elements_an_array_has() -> None:
    text = (
        "void f(const unsigned char *p, unsigned n, unsigned char *v) { unsigned o = 0; while (o < 8) v[o++] = p[0]; }"
    )
    assert roles_in(text, v="64")["v"] == (Role.REFERENCE, Array(element=BYTE, length=64))
    for number in ("0", "70000"):
        with pytest.raises(BadRole, match=r"^v: an array has 1 to 65,536 elements"):
            roles_in(text, v=number)


def roles_in(text: str, **given: str) -> dict[str, tuple[Role, object]]:
    unit = read_unit(text, roles={"f": {"v": "in"}})
    return {each.name: (each.role, each.type) for each in arguments_of(unit.functions[0], given)}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("#define EXPORT\nEXPORT int f(void);", "#define EXPORT\n       int f(void);"),
        ("#define PUBLIC static\nPUBLIC int f(void);", "#define PUBLIC static\nstatic int f(void);"),
        ("#define CONST const /* old */\nint f(CONST char *s);", "#define CONST const /* old */\nint f(const char *s);"),
        ("#define API __attribute__((visibility(\"default\")))\nAPI int f(void);", "#define API __attribute__((visibility(\"default\")))\n    int f(void);"),
        ("#define IN const\nint f(IN char *s);", "#define IN const\nint f(IN char *s);"),
        ("#define X\n// X\nint a /* X */ = 'X'; char *s = \"X\";\n#define Y X\\\nX\nX int b;", "#define X\n// X\nint a /* X */ = 'X'; char *s = \"X\";\n#define Y X\\\nX\n  int b;"),
        ("#define N 3\n#define F() 2\nint a = N + F();", "#define N 3\n#define F() 2\nint a = N + F();"),
    ],
)  # fmt: skip
def test_macros_for_words_before_declarations_are_read_as_these(text: str, seen: str) -> None:
    assert readable(text) == seen


def test_a_compiler_is_given_the_macros_as_they_were() -> None:
    text = "#define PUBLIC static\n#define EXPORT\nPUBLIC int helper(int a) { return a; }\nEXPORT int f(int a) { return helper(a); }\n"
    unit = read_unit(text)
    assert (unit.text, [(each.name, each.is_static) for each in unit.functions]) == (
        text,
        [("helper", True), ("f", False)],
    )
