"""What of a C file no compiler takes: said by line, left out, and the rest compared."""

from __future__ import annotations

import anyio
import pytest

from codeloop.csource import read_unit
from codeloop.errors import SuiteError
from codeloop.originals import faults_of, read_faults
from codeloop.sandbox.docker import DockerSandbox

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
