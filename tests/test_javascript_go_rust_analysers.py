"""Readers of oxlint, go vet, staticcheck and clippy, on what the real tools said; and what none of them is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from saved_output import findings, program, saved

from codeloop.diagnostics import Category, Diagnostic, Severity
from codeloop.findings import matters
from codeloop.languages import get_language, rules
from codeloop.languages.analysed import Analyser, Output, read_output
from codeloop.languages.go_analysers import STATICCHECK, VET, unsilenced
from codeloop.languages.javascript_analysers import OXLINT
from codeloop.languages.rust_analysers import CLIPPY, shown

TOOLS = ((OXLINT, "javascript"), (VET, "go"), (STATICCHECK, "go"), (CLIPPY, "rust"))


def places(tool: Analyser, language: str, case: str) -> set[tuple[int | None, str]]:
    return {(item.line, item.rule) for item in findings(tool, language, case)}


def marked(item: Diagnostic, language: str, case: str) -> str:
    """The text that a finding marks."""
    assert item.line is not None and item.column is not None
    return program(language, case).split("\n")[item.line - 1][item.column - 1 : item.end_column and item.end_column - 1]


def test_oxlint_finds_planted_faults() -> None:
    planted = {
        (1, "no-unused-vars"), (2, "no-dupe-keys"), (4, "no-unused-vars"), (10, "use-isnan"), (11, "no-cond-assign"),
        (11, "no-undef"), (14, "no-duplicate-case"), (15, "no-self-compare"), (17, "valid-typeof"), (17, "no-eval"),
        (18, "array-callback-return"), (19, "no-unused-expressions"), (21, "no-unreachable"),
    }  # fmt: skip
    assert planted <= places(OXLINT, "javascript", "bugs")
    found = next(item for item in findings(OXLINT, "javascript", "bugs") if item.rule == "no-undef")
    assert (found.severity, marked(found, "javascript", "bugs"), found.notes[0][:6]) == (
        Severity.ERROR,
        "missing",
        "help: ",
    )


def test_vet_finds_planted_faults() -> None:
    planted = {(15, "printf"), (18, "assign"), (21, "copylocks"), (29, "unreachable")}
    assert planted <= places(VET, "go", "bugs")


def test_staticcheck_finds_planted_faults_and_what_the_standard_library_does() -> None:
    planted = {
        (10, "U1000"), (13, "SA4006"), (16, "SA4017"), (17, "SA4000"), (23, "SA1000"), (34, "SA5000"), (37, "SA5004"),
        (43, "SA4003"),
    }  # fmt: skip
    assert planted <= places(STATICCHECK, "go", "bugs")


def test_clippy_finds_planted_faults() -> None:
    planted = {
        (1, "unused_imports"), (3, "dead_code"), (8, "unused_variables"), (13, "unused_comparisons"), (13, "clippy::eq_op"),
        (14, "unused_must_use"), (17, "unused_assignments"), (20, "clippy::erasing_op"), (26, "clippy::reversed_empty_ranges"),
        (32, "unreachable_code"), (35, "unconditional_recursion"),
    }  # fmt: skip
    assert planted <= places(CLIPPY, "rust", "bugs")


def test_each_unused_name_of_a_use_is_a_finding_of_its_own() -> None:
    found = [item for item in findings(CLIPPY, "rust", "bugs") if item.rule == "unused_imports"]
    assert [(item.message, marked(item, "rust", "bugs")) for item in found] == [
        ("unused import: `HashMap`", "HashMap"),
        ("unused import: `HashSet`", "HashSet"),
    ]


def test_clippys_suggestions_are_fixes_and_its_asides_are_no_notes() -> None:
    found = findings(CLIPPY, "rust", "bugs")
    assert any(fix.is_safe and fix.replacement for item in found for fix in item.fixes)
    unused = next(item for item in found if item.rule == "unused_variables")
    (fix,) = unused.fixes
    assert (fix.replacement, fix.is_safe, fix.line, fix.column, fix.end_column) == ("_unused", False, 8, 9, 15)
    notes = [note for item in found for note in item.notes]
    assert not [note for note in notes if "force-warn" in note or "further information" in note]


@pytest.mark.parametrize(("tool", "language"), TOOLS)
def test_a_sound_program_has_no_finding_that_matters(tool: Analyser, language: str) -> None:
    sorted_ = rules.of_language(language).sort(findings(tool, language, "clean"))
    assert [item for item in sorted_ if matters(item)] == []


def test_no_comment_or_attribute_silences_them() -> None:
    assert {(6, "no-unused-vars"), (8, "no-self-compare"), (8, "no-undef"), (12, "no-unused-vars")} <= places(
        OXLINT, "javascript", "silenced"
    )
    assert (16, "printf") in places(VET, "go", "silenced")
    assert {(9, "U1000"), (14, "SA4006"), (18, "SA4000")} <= places(STATICCHECK, "go", "silenced")
    assert {(6, "unused_variables"), (15, "dead_code"), (19, "clippy::eq_op"), (19, "unconditional_panic")} <= places(
        CLIPPY, "rust", "silenced"
    )


def test_words_of_silence_lose_nothing_else() -> None:
    code = program("go", "silenced")
    blanked = unsilenced(code, get_language("go").syntax)
    assert [len(line) for line in blanked.split("\n")] == [len(line) for line in code.split("\n")]
    assert 'fmt.Printf("%d\\n", "text")' in blanked


def test_a_go_program_is_not_generated_by_what_it_quotes() -> None:
    code = "package p\n\nvar text = `\n// Code generated by hand. DO NOT EDIT.\n`\n"
    assert "\n//-Code generated" in unsilenced(code, get_language("go").syntax)


def test_rust_is_shown_what_it_runs() -> None:
    code = '#![clippy::msrv = "1.0"]\n#[cfg(not(clippy))]\nfn add() {}\npub fn main() {}\nfn other() {}\n'
    lines = shown(code, ("add", "main")).split("\n")
    assert lines == [" " * 24, "#[cfg(not(cl1ppy))]", "pub fn add() {}", "pub fn main() {}", "fn other() {}", ""]
    assert "#[allow(clippy::all)]" in shown("#[allow(clippy::all)]\nfn add() {}\n", ())


@pytest.mark.parametrize(
    ("tool", "language", "rule", "text"),
    [
        (OXLINT, "javascript", "no-undef", "fehlt"),
        (OXLINT, "javascript", "no-unused-vars", "länge"),
        (CLIPPY, "rust", "unused_variables", "länge"),
    ],
)
def test_columns_count_code_points(tool: Analyser, language: str, rule: str, text: str) -> None:
    item = next(item for item in findings(tool, language, "unicode") if item.rule == rule)
    assert marked(item, language, "unicode") == text


def test_columns_of_go_count_code_points_too() -> None:
    item = next(item for item in findings(STATICCHECK, "go", "unicode") if item.rule == "SA4000")
    assert marked(item, "go", "unicode").startswith("länge == länge")


def test_a_program_that_oxlint_does_not_read_is_a_note() -> None:
    (note,) = findings(OXLINT, "javascript", "syntax")
    assert (note.rule, note.severity) == ("unparsed", Severity.NOTE)


@pytest.mark.parametrize(("tool", "language"), TOOLS)
@pytest.mark.parametrize(
    "text",
    ["", "thread 'rustc' panicked", "[]", '{"diagnostics": 3}', '{"candidate": {"SA4000": {"error": "no"}}}', '"\\u'],
)
def test_an_unknown_format_is_one_note(tool: Analyser, language: str, text: str) -> None:
    found = read_output(tool, Output(stdout=text, stderr=text or "?"), program(language, "clean"))
    assert [(item.rule, item.severity) for item in found] == [("unparsed", Severity.NOTE)]


@pytest.mark.parametrize(("tool", "language"), TOOLS)
def test_output_that_was_cut_is_not_taken_for_all(tool: Analyser, language: str) -> None:
    output = saved(tool, "bugs")
    half = replace(
        output, stdout=output.stdout[: len(output.stdout) // 2], stderr=output.stderr[: len(output.stderr) // 2 - 20]
    )
    found = read_output(tool, replace(half, is_cut=True), program(language, "bugs"))
    assert found[-1].rule == "unparsed"


@pytest.mark.parametrize(("tool", "language"), TOOLS)
def test_bugs_and_dead_code_are_apart_from_taste(tool: Analyser, language: str) -> None:
    sorted_ = rules.of_language(language).sort(findings(tool, language, "bugs"))
    assert {Category.BUG, Category.DEAD_CODE} <= {item.category for item in sorted_}
