"""Readers of GCC's warnings and of cppcheck, on what the real tools said; and what neither is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from saved_output import findings, program, saved

from codeloop.diagnostics import Category, Severity
from codeloop.findings import matters
from codeloop.languages import rules
from codeloop.languages.analysed import Analyser, Output, read_output
from codeloop.languages.cpp_analysers import CPPCHECK, GCC, unsilenced


def places(tool: Analyser, case: str) -> set[tuple[int | None, str]]:
    return {(item.line, item.rule) for item in findings(tool, "cpp", case)}


def test_gcc_warns_by_the_name_of_its_option() -> None:
    planted = {
        (6, "unused-function"), (11, "return-type"), (15, "unused-variable"), (16, "sign-compare"), (20, "address"),
        (23, "parentheses"), (25, "implicit-fallthrough="), (30, "tautological-compare"), (32, "div-by-zero"),
    }  # fmt: skip
    assert planted <= places(GCC, "bugs")
    assert {rule for line, rule in places(GCC, "bugs") if line == 18} & {"stringop-overflow=", "array-bounds="}


def test_cppcheck_finds_planted_bugs() -> None:
    planted = {
        (16, "legacyUninitvar"), (16, "containerOutOfBounds"), (18, "bufferAccessOutOfBounds"), (20, "arrayIndexOutOfBounds"),
        (22, "nullPointer"), (28, "memleak"), (32, "zerodiv"),
    }  # fmt: skip
    assert {rule for _, rule in planted} - {"memleak"} <= {rule for _, rule in places(CPPCHECK, "bugs")}


@pytest.mark.parametrize("tool", [GCC, CPPCHECK])
def test_a_sound_program_has_no_finding_that_matters(tool: Analyser) -> None:
    sorted_ = rules.of_language("cpp").sort(findings(tool, "cpp", "clean"))
    assert [item for item in sorted_ if matters(item)] == []


def test_neither_pragmas_nor_markers_nor_comments_silence_them() -> None:
    assert {(14, "unused-variable"), (18, "div-by-zero"), (22, "return-type")} <= places(GCC, "silenced")
    assert {(17, "nullPointer"), (18, "zerodiv")} <= places(CPPCHECK, "silenced")


def test_columns_count_code_points() -> None:
    item = next(item for item in findings(GCC, "cpp", "unicode") if item.rule == "unused-variable")
    assert item.line is not None and item.column is not None and item.end_column is not None
    line = program("cpp", "unicode").split("\n")[item.line - 1]
    assert line[item.column - 1 : item.end_column - 1] == "länge"
    (zero,) = findings(CPPCHECK, "cpp", "columns")
    assert (zero.rule, program("cpp", "columns").split("\n")[1][(zero.column or 0) - 1]) == ("zerodiv", "/")


def test_a_name_outside_of_ascii_is_more_than_cppcheck_reads() -> None:
    (note,) = findings(CPPCHECK, "cpp", "unicode")
    assert (note.rule, note.severity) == ("unparsed", Severity.NOTE)
    assert "unhandled character" in note.message


def test_what_matters_is_apart_from_taste() -> None:
    sorted_ = rules.of_language("cpp").sort(findings(GCC, "cpp", "bugs"))
    kinds = {item.rule: item.category for item in sorted_}
    assert kinds["return-type"] is Category.BUG
    assert kinds["unused-variable"] is Category.DEAD_CODE
    assert kinds["sign-compare"] is Category.TASTE


@pytest.mark.parametrize(
    "directive",
    [
        "#pragma GCC diagnostic ignored \"-Wall\"", "  #  pragma GCC system_header", "%:pragma a", "# 1 \"vector\" 3", "#line 7",
        "#pra\\\ngma GCC x", "/* a\n */ #pragma x \\\n more", "/* a */ # /* b */ pragma c", "/\\\n* a */ #pragma b",
    ],
)  # fmt: skip
def test_a_directive_that_could_silence_is_blanked_and_nothing_moves(directive: str) -> None:
    code = f"int a;\n{directive}\nint b;\n"
    blanked = unsilenced(code)
    assert blanked == "int a;\n" + "".join("\n" if character == "\n" else " " for character in directive) + "\nint b;\n"


@pytest.mark.parametrize(
    "code",
    [
        "#include <vector>\n#define pragma 3\n", "int a; // \\\n#pragma not one\n", "const char* s = R\"x(\n#pragma a\n)x\";\n",
        "int lines = 3;\n# define line\n", "#if 0\n#endif\n", "int a = 1'000; char c = '\"';\n", "/*\n#pragma a\n*/ int b;\n",
    ],
)  # fmt: skip
def test_what_is_no_such_directive_stays(code: str) -> None:
    assert unsilenced(code) == code


@pytest.mark.parametrize("text", ["/*\n", "#\\\n", "# pragma \\\n", 'R"(', "'", "1'", "\\ ", "/**/ ", '"'])
@pytest.mark.timeout(20)
def test_blanking_takes_time_in_proportion(text: str) -> None:
    assert len(unsilenced(text * 20_000)) == len(text) * 20_000


@pytest.mark.parametrize("tool", [GCC, CPPCHECK])
@pytest.mark.parametrize(
    "output",
    [
        Output(stderr="g++: error: unrecognized command-line option '-Wnone'", code=1),
        Output(stderr="nothing of that kind"),
        Output(stderr='[{"kind": "warning"}]'),
        Output(stderr='<results version="3"><errors/></results>'),
        Output(stderr='<results version="2"><errors><error/></errors></results>'),
        Output(stderr='<!DOCTYPE a [<!ENTITY b "c">]><results version="2"><errors/></results>'),
        Output(ended="missing", code=-1, stderr="No such file"),
        Output(ended="timed_out", code=9, stderr="[]"),
    ],
)
def test_what_is_not_understood_is_one_note(tool: Analyser, output: Output) -> None:
    (note,) = read_output(tool, output, "")
    assert (note.rule, note.tool, note.stage, note.severity) == ("unparsed", tool.name, "lint", Severity.NOTE)
    assert output.stderr.strip()[-20:] in note.message


@pytest.mark.parametrize("tool", [GCC, CPPCHECK])
def test_output_that_was_cut_is_one_note(tool: Analyser) -> None:
    whole = saved(tool, "bugs")
    (note,) = read_output(tool, replace(whole, stderr=whole.stderr[:500], is_cut=True), "")
    assert note.rule == "unparsed"


def test_a_program_that_cppcheck_gave_up_on_is_one_note() -> None:
    said = (
        '<results version="2"><errors><error id="syntaxError" severity="error" msg="syntax error"/></errors></results>'
    )
    (note,) = read_output(CPPCHECK, Output(stderr=said), "")
    assert (note.rule, note.severity) == ("unparsed", Severity.NOTE)
