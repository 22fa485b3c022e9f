"""What of a C file no compiler takes: said by line, left out, and the rest compared."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from codeloop.attempts import Candidate, Status, Verdict
from codeloop.csource import read_unit
from codeloop.errors import SuiteError
from codeloop.languages.c_rust_tests import read_faults
from codeloop.originals import faults_of
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.suites import load_suite

SOUND = "int first(int a) { return a + 1; }\n%s\nint last(int a) { return a - 1; }\n"


def refused(text: str) -> list[str]:
    async def body() -> dict[int, str]:
        sandbox = DockerSandbox(run_id="test")
        try:
            return await faults_of("f.c", text, sandbox)
        finally:
            await sandbox.aclose()

    faults = anyio.run(body)
    unit = read_unit(text, faults)
    assert [each.name for each in unit.functions if each.name in ("first", "last")] == ["first", "last"]
    return [str(each) for each in unit.refusals]


@pytest.mark.docker("c-rust")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("int f(int a) { retrun a; }", ["line 2: refused by clang in f: use of undeclared identifier 'retrun'; did you mean 'return'?"]),
        ("int f(int a) {\n    int b = a;\n    int b = 2;\n    return b;\n}", ["line 4: refused by clang in f: redefinition of 'b'"]),
        (
            '#include "util.h"\nint f(int a) { return helped(a); }\nint g(int a) { return f(a); }',
            [
                "line 2: refused by clang: 'util.h' file not found",
                "line 3: refused by clang in f: call to undeclared function 'helped'; ISO C99 and later do not support implicit function declarations",
                "line 4: call of f in g: that function is not translated",
            ],
        ),
        (
            "int elsewhere(int);\nint f(int a) { return elsewhere(a); }",
            ["line 3: refused by clang in f: elsewhere is declared and defined nowhere in the file"],
        ),
        ("int first(int a) { return a + 2; }", ["line 2: refused by clang in first: redefinition of 'first'"]),
        ("#error not here", ["line 2: refused by clang: not here"]),
        ("int f(int a { return a; }\nint g(int a) { return b; }", [
            "line 2: syntax in f: this does not parse as C",
            "line 3: refused by clang in g: use of undeclared identifier 'b'",
        ]),
        ("#define TWICE(x) ((x) + (y))\nint f(int a) { return TWICE(a); }", ["line 3: refused by clang in f: use of undeclared identifier 'y'"]),
    ],
)  # fmt: skip
def test_what_no_compiler_takes_is_left_out_by_line(text: str, expected: list[str]) -> None:
    assert refused(SOUND % text) == expected


@pytest.mark.docker("c-rust")
def test_a_mistake_without_a_line_of_the_file_is_the_files() -> None:
    with pytest.raises(SuiteError, match=r"^f\.c: clang refuses it: "):
        refused("#include <stdio.h>\n#line 100\nint f(int a) { return b; }\n")


def test_the_first_that_is_said_of_a_line_stands_for_it() -> None:
    output = (
        "original.c:2:10: error: first [-Wsome-thing]\noriginal.c:2:20: error: second\noriginal.c:3:1: warning: nothing\n"
        "/usr/include/x.h:9:1: error: not the file's\nld.lld: error: undefined symbol: g\n>>> referenced by original.c:7 (/w/original.c:7)\n"
        ">>>               whole.o:(f)\n>>> referenced by original.c:8 (/w/original.c:8)\n>>>               whole.o:(h)\n\n"
    )
    nowhere = "g is declared and defined nowhere in the file"
    assert read_faults(output) == {2: "first", 7: nowhere, 8: nowhere}


@pytest.mark.docker("c-rust")
def test_an_original_of_a_suite_that_does_not_compile_is_named_by_line(tmp_path: Path) -> None:
    said = "functions:\n  two: {about: adds, trap: none, entries: {two: {}}}\n"
    for name, text in (
        ("suite.yaml", said),
        ("two.c", '#include "x.h"\nint two(int a) { return a + 2; }\n'),
        ("two.rs", "pub fn two(a: i32) -> i32 { a + 2 }\n"),
        ("two.wrong.rs", "pub fn two(a: i32) -> i32 { a + 3 }\n"),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    (task,) = load_suite(str(tmp_path), ()).tasks

    async def body() -> Verdict:
        sandbox = DockerSandbox(run_id="test")
        try:
            return await Checker(sandbox=sandbox)(task, Candidate(code=task.reference), task.visible)
        finally:
            await sandbox.aclose()

    verdict = anyio.run(body)
    assert (verdict.status, verdict.last.outcome) == (Status.ERRORED, "tests")
    assert "its line 1: 'x.h' file not found: put it right" in verdict.last.diagnostics[0].message
