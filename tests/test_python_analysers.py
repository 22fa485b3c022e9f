"""Readers of ruff and ty, on what the real tools said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from saved_output import findings, program, saved

from codeloop.diagnostics import Severity
from codeloop.languages.analysed import Analyser, Output, read_output
from codeloop.languages.python_analysers import DIRECTIVES, RUFF, TY


def places(tool: Analyser, case: str) -> set[tuple[int | None, str]]:
    return {(item.line, item.rule) for item in findings(tool, "python", case)}


def test_ruff_finds_the_planted_bugs_dead_code_and_holes() -> None:
    planted = {(1, "F401"), (10, "B006"), (12, "F841"), (13, "F821"), (18, "S307"), (21, "S602"), (26, "F632")}
    assert planted | {(27, "B909"), (36, "F631")} <= places(RUFF, "bugs")


def test_ty_finds_what_types_tell() -> None:
    found = places(TY, "bugs")
    assert {(14, "missing-attribute"), (28, "invalid-explicit-return"), (35, "invalid-argument-type")} <= found
    assert {(35, "too-many-positional-arguments"), (39, "possibly-unresolved-reference")} <= found


def test_ruff_gives_places_and_fixes() -> None:
    unused = next(item for item in findings(RUFF, "python", "bugs") if item.rule == "F401")
    assert (unused.column, unused.end_line, unused.end_column) == (8, 1, 10)
    assert unused.fixes[0].message == "Remove unused import: `os`"
    assert (unused.fixes[0].line, unused.fixes[0].end_line, unused.fixes[0].is_safe) == (1, 2, True)


def test_a_message_of_ty_does_not_repeat_its_rule() -> None:
    first = findings(TY, "python", "bugs")[0]
    assert (first.rule, first.message) == ("unresolved-reference", "Name `amont` used when not defined")
    assert first.severity is Severity.ERROR


@pytest.mark.parametrize(("tool", "name"), [(RUFF, "F821"), (TY, "unresolved-reference")])
def test_columns_count_code_points(tool: Analyser, name: str) -> None:
    undefined = next(item for item in findings(tool, "python", "unicode") if item.rule == name)
    line = program("python", "unicode").split("\n")[1]
    assert line[(undefined.column or 0) - 1 : (undefined.end_column or 0) - 1] == "länge"


@pytest.mark.parametrize("tool", [RUFF, TY])
def test_a_program_that_does_not_parse_is_a_finding(tool: Analyser) -> None:
    found = findings(tool, "python", "syntax")
    assert [item.line for item in found] == [1, 2, 6]
    assert {(item.rule, item.severity) for item in found} == {("invalid-syntax", Severity.ERROR)}


@pytest.mark.parametrize("tool", [RUFF, TY])
def test_a_sound_program_has_no_finding(tool: Analyser) -> None:
    assert findings(tool, "python", "clean") == ()


def test_comments_that_ask_for_silence_get_none() -> None:
    assert {(4, "F401"), (8, "F841"), (9, "F821")} <= places(RUFF, "silenced")
    assert (9, "unresolved-reference") in places(TY, "silenced")


def test_settings_inside_a_program_count_for_nothing() -> None:
    assert (12, "F821") in places(RUFF, "script")
    assert (12, "unresolved-reference") in places(TY, "script")


def test_every_known_way_to_ask_for_silence_is_a_directive() -> None:
    asks = ["noqa", "NOQA: F401", "ruff: noqa", "ty: ignore", "type:ignore", "type : ignore", "mypy: ignore-errors"]
    asks += ["pyright: basic", "ruff: disable[F841]", "flake8: noqa", "isort: skip_file", "# /// script"]
    assert [text for text in asks if not DIRECTIVES.search(text)] == []
    assert not DIRECTIVES.search("the type of what follows")


@pytest.mark.parametrize("tool", [RUFF, TY])
@pytest.mark.parametrize(
    "output",
    [
        Output(stdout="All checks passed!\n"),
        Output(stdout=""),
        Output(stdout='{"findings": []}', code=1),
        Output(stdout='[{"code": "F401"}]', code=1),
        Output(stdout="[3]"),
        Output(stderr="error: unexpected argument '--preview' found", code=2),
        Output(stderr="thread panicked", code=6, ended="signalled"),
        Output(stdout="[", code=9, ended="timed_out"),
        Output(stderr="No such file", code=-1, ended="missing"),
    ],
)
def test_what_is_not_understood_is_one_note(tool: Analyser, output: Output) -> None:
    (note,) = read_output(tool, output, "")
    assert (note.rule, note.tool, note.stage, note.severity) == ("unparsed", tool.name, "lint", Severity.NOTE)
    assert (output.stdout or output.stderr).strip()[-20:] in note.message


@pytest.mark.parametrize("tool", [RUFF, TY])
def test_output_that_was_cut_is_one_note(tool: Analyser) -> None:
    whole = saved(tool, "bugs")
    (note,) = read_output(tool, replace(whole, stdout=whole.stdout[:500], is_cut=True), "")
    assert note.rule == "unparsed"
