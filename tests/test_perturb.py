"""Perturbations: every rewrite of every C file of `c-basics` compiles and keeps the contract; what each kind does, and does not."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from codeloop.bridge import skeleton
from codeloop.csource import read_unit
from codeloop.languages.syntax import parse
from codeloop.perturb import KINDS, Kind, Variant, perturbed
from codeloop.perturb.source import Source, apply
from codeloop.suites.c_functions import Original, load_basics

BASICS = {each.name: each for each in load_basics()}
PLAINEST = (Kind.NAMES, Kind.DEAD_CODE, Kind.COMMENTS)
"""Many, and all alike: some of them are compiled."""


def compiles(text: str) -> bool:
    argv = ["gcc", "-std=gnu17", "-fsyntax-only", "-w", "-x", "c", "-"]
    return subprocess.run(argv, input=text.encode(), capture_output=True, check=False).returncode == 0


def rewritten(text: str, kind: Kind, keep: frozenset[str] = frozenset()) -> set[str]:
    """Give every text that one rewrite of a kind makes."""
    return {apply(text, each.edits) for each in KINDS[kind](Source(text, keep))} - {text}


def contract(original: Original, text: str) -> str:
    unit = read_unit(text)
    return skeleton(unit, {each.function.name: each.roles for each in original.entries})


@pytest.mark.parametrize("name", BASICS)
def test_variants_are_read_as_the_original_is(name: str) -> None:
    original = BASICS[name]
    found = perturbed(original.unit.text, 1, 12)
    assert len({each.text for each in found} | {original.unit.text}) == 13
    for each in found:
        unit = read_unit(each.text)
        assert not parse("tree_sitter_c", each.text).has_error
        assert contract(original, each.text) == contract(original, original.unit.text)
        assert [f.name for f in unit.functions if not f.is_static] == [
            f.name for f in original.unit.functions if not f.is_static
        ]
        assert each.applied
        assert all(step.line >= 1 and step.what for step in each.applied)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
@pytest.mark.parametrize("name", BASICS)
def test_every_rewrite_compiles(name: str) -> None:
    text = BASICS[name].unit.text
    for kind in Kind:
        for each in sorted(rewritten(text, kind))[:: 4 if kind in PLAINEST else 1]:
            assert compiles(each), f"{kind}:\n{each}"
    for variant in perturbed(text, 7, 4):
        assert compiles(variant.text), variant


def test_the_same_seed_gives_the_same_variants_and_another_gives_others() -> None:
    text = BASICS["crc8"].unit.text
    assert perturbed(text, 3, 6) == perturbed(text, 3, 6)
    assert perturbed(text, 3, 6) != perturbed(text, 4, 6)
    assert perturbed(text, 3, 6)[:2] == perturbed(text, 3, 2)


def test_there_are_fewer_where_no_more_exist_and_none_of_what_does_not_parse() -> None:
    few = perturbed("int f(int a) { return a; }", 1, 500)
    assert 1 <= len(few) < 500
    assert perturbed("int f(int a { return a; }", 1, 5) == ()
    assert perturbed("int f(int a) { return a; }", 1, 0) == ()


def test_a_variant_says_which_kinds_made_it() -> None:
    found: tuple[Variant, ...] = perturbed(BASICS["rc4"].unit.text, 1, 30)
    assert {kind for each in found for kind in each.kinds} == set(Kind)
    only = perturbed(BASICS["rc4"].unit.text, 1, 3, kinds=[Kind.LOOPS])
    assert {kind for each in only for kind in each.kinds} == {Kind.LOOPS}


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (Kind.NAMES, "int f(int a) { int b = a; return b; }", "int f(int a) { int amount = a; return amount; }"),
        (
            Kind.ORDER,
            "int f(int a) { int b, c; b = a; c = 1; return b + c; }",
            "int f(int a) { int b, c; c = 1; b = a; return b + c; }",
        ),
        (
            Kind.LOOPS,
            "void f(int *a, int n) { while (n > 0) { a[n - 1] = 0; n--; } }",
            "void f(int *a, int n) { for (; n > 0; n--) { a[n - 1] = 0;\n} }",
        ),
        (
            Kind.CONDITIONS,
            "int f(int a) { if (a == 1) return 2; return 3; }",
            "int f(int a) { if (a != 1) return 3; return 2; }",
        ),
        (Kind.CONDITIONS, "int f(int a, int b) { return a < b + 1; }", "int f(int a, int b) { return b + 1 > a; }"),
        (Kind.CONDITIONS, "int f(int a) { return a ? 1 : 2; }", "int f(int a) { return !a ? 2 : 1; }"),
        (
            Kind.EXPRESSIONS,
            "int f(int a, int b) { a -= b + 1; return a; }",
            "int f(int a, int b) { a = a - (b + 1); return a; }",
        ),
        (Kind.EXPRESSIONS, "int f(int a) { a = a * 2 + 1; return a; }", "int f(int a) { return a * 2 + 1; }"),
        (Kind.EXPRESSIONS, "void f(char *p, char c) { *p++ = c; }", "void f(char *p, char c) { *p = c;\np++; }"),
        (Kind.DECLARATIONS, "int f(int a) { int b = a; return b; }", "int f(int a) { int b;\nb = a; return b; }"),
        (Kind.COMMENTS, "/* Says why. */\nint f(int a) { return a; }", "int f(int a) { return a; }"),
    ],
)
def test_a_rewrite_of_each_kind(kind: Kind, before: str, after: str) -> None:
    assert after in rewritten(before, kind)


def test_a_continue_takes_the_step_of_a_for_with_it() -> None:
    text = "int f(int n) { int s = 0; for (int i = 0; i < n; i++) { if (i % 2) continue; s += i; } return s; }"
    (found,) = rewritten(text, Kind.LOOPS)
    assert "{ i++; continue; }" in found
    assert found.count("i++;") == 2


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        # A name of the file, a parameter, a name inside of a macro.
        (Kind.NAMES, "int total;\nint f(int a) { { int total = a; a += total; } return total + a; }"),
        (Kind.NAMES, "#define TWICE(x) (x + b)\nint f(int a) { int b = a; return TWICE(a) + b; }"),
        # What one writes the other reads; memory that may be the same; calls.
        (Kind.ORDER, "int f(int a) { int b = a; int c = b; return c; }"),
        (Kind.ORDER, "void f(int *a, int *b) { *a = 1; *b = 2; }"),
        (Kind.ORDER, "int g(void);\nint f(void) { int a = g(); int b = g(); return a - b; }"),
        (Kind.ORDER, "int f(int a) { int *p = &a; *p = 2; a = 3; return a; }"),
        (Kind.ORDER, "struct s { int a[2]; };\nint f(struct s s, struct s t) { int *p = s.a; p[0] = 1; t = s; return t.a[0]; }"),
        (Kind.ORDER, "int g;\nvoid f(int *p) { { int g = 1; (void)g; } g = 1; *p = 2; }"),
        (Kind.ORDER, "int f(int a) { int b; b = (a) - 1; a = 3; return b + a; }"),
        (Kind.ORDER, "int f(int a) { return ({ int b; b = 1; a = 2; }); }"),
        (Kind.ORDER, "typedef long t;\nint f(int a, long *p) { p = (t) &a; *p = 2; a = 3; return a; }"),
        # The step would mean another variable.
        (Kind.LOOPS, "void f(int *a, int n) { for (int i = 0; i < n; i++) { int i = 1; a[i] = 0; } }"),
    ],
)  # fmt: skip
def test_what_might_not_be_the_same_is_left(kind: Kind, text: str) -> None:
    assert not rewritten(text, kind)


@pytest.mark.parametrize(
    ("kind", "text", "never"),
    [
        # Both sides of a comparison call: in another order the calls are made in another order.
        (Kind.CONDITIONS, "int g(void);\nint f(void) { return g() < g() + 1; }", ">"),
        # The opposite of < is not >= where a side is no number.
        (Kind.CONDITIONS, "int f(double a, double b) { if (a < b) return 1; return 0; }", ">="),
        # What is changed would be changed twice.
        (Kind.EXPRESSIONS, "void f(int *a, int i) { a[i++] += 2; }", "= a[i++] +"),
        # int is not what long is cut to.
        (Kind.EXPRESSIONS, "long f(int a, long b) { a = b; return a; }", "return b;"),
        # The step takes the continue's place: it must not be left out.
        (Kind.LOOPS, "int f(int n) { int s = 0; while (n > 0) { if (s) { s--; continue; } s = 2; n--; } return s; }", "; n--)"),
        # A variable of the file keeps what was put into it.
        (Kind.EXPRESSIONS, "int g;\nint f(int a) { { int g = 1; a += g; } g = a + 1; return g; }", "return a + 1;"),
    ],
)  # fmt: skip
def test_what_would_not_be_the_same_is_never_written(kind: Kind, text: str, never: str) -> None:
    assert all(never not in each for each in rewritten(text, kind))


def test_volatile_is_left_alone_and_static_entry_points_keep_their_names() -> None:
    assert not rewritten("volatile int v;\nint f(int a) { int b = a; if (b) v = 1; return b; }", Kind.CONDITIONS)
    text = "static int f(int a) { return a + 1; }\nint g(int a) { return f(a); }"
    assert rewritten(text, Kind.NAMES)
    assert not rewritten(text, Kind.NAMES, keep=frozenset({"f"}))
