"""Rule files: what a finding is about, ours and a user's."""

from __future__ import annotations

import pytest

from codeloop.diagnostics import Category, Diagnostic, Severity, unparsed
from codeloop.errors import ConfigError
from codeloop.languages import NAMES, get_language, rules
from codeloop.languages.rules import Rules, parse


def finding(rule: str, tool: str = "ruff") -> Diagnostic:
    return Diagnostic(stage="lint", tool=tool, rule=rule, message="m", severity=Severity.WARNING)


def sort(text: str, *names: str) -> list[tuple[str, Category, Severity]]:
    found = parse(text, "rules.yaml").sort(finding(name) for name in names)
    return [(item.rule, item.category, item.severity) for item in found]


def test_a_rule_gives_category_and_severity() -> None:
    assert sort("ruff: {F821: bug error}", "F821") == [("F821", Category.BUG, Severity.ERROR)]


def test_without_a_severity_the_tools_own_stays() -> None:
    assert sort("ruff: {F401: dead_code}", "F401") == [("F401", Category.DEAD_CODE, Severity.WARNING)]


def test_the_most_exact_pattern_wins_wherever_it_stands() -> None:
    text = 'ruff: {F821: security, "F*": bug, "F8*": dead_code, "*": performance}'
    found = [category for _, category, _ in sort(text, "F821", "F811", "F401", "B006")]
    assert found == [Category.SECURITY, Category.DEAD_CODE, Category.BUG, Category.PERFORMANCE]


def test_what_no_rule_names_is_taste() -> None:
    assert sort("ty: {F821: bug}", "F821")[0][1] is Category.TASTE


@pytest.mark.parametrize("word", ["off", "'off'", "no"])
def test_off_drops_a_finding(word: str) -> None:
    assert sort(f'ruff: {{"E*": {word}}}', "E501") == []


def test_a_note_of_what_was_not_understood_cannot_be_sorted_away() -> None:
    note = unparsed("lint", "ruff", "?")
    assert parse('ruff: {"*": off}', "rules.yaml").sort([note]) == (note,)


def test_a_users_rules_are_asked_before_ours() -> None:
    ours, theirs = parse("ruff: {F821: bug error, B006: bug}", "ours"), parse('ruff: {"F*": taste}', "theirs")
    found = theirs.over(ours).sort([finding("F821"), finding("B006")])
    assert [(item.category, item.severity) for item in found] == [
        (Category.TASTE, Severity.WARNING),
        (Category.BUG, Severity.WARNING),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ruff: [F401]",
        "- ruff",
        "ruff",
        "ruff: {F401: nonsense}",
        "ruff: {F401: bug fatal}",
        "ruff: {F401: bug error twice}",
        "ruff: {F401: }",
        "ruff: {F401: {category: bug}}",
        "ruff: {F401: 3}",
        "ruff: {F401: bug",
        "ruff: *nowhere",
        "!!python/object/apply:os.system [echo]",
        "a: &a [*a]",
    ],
)
def test_a_malformed_file_is_one_line_that_names_it(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "mine.yaml")
    assert "mine.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_file_changes_nothing() -> None:
    assert parse("", "rules.yaml") == Rules()


@pytest.mark.parametrize("name", NAMES)
def test_our_own_files_are_sound_and_sort_for_every_analyser(name: str) -> None:
    tools = {rule.tool for layer in rules.of_language(name).layers for rule in layer}
    assert tools == {tool.name for tool in get_language(name).analysers}


def test_pythons_rules_know_bugs_from_taste() -> None:
    found = rules.of_language("python").sort(finding(name) for name in ("F821", "S602", "F401", "PERF401", "E741"))
    assert [item.category.value for item in found] == ["bug", "security", "dead_code", "performance", "taste"]


def test_what_a_translation_owes_to_its_contract_is_no_finding_and_the_rest_is_as_in_rust() -> None:
    names = ("clippy::ptr_arg", "clippy::too_many_arguments", "clippy::eq_op", "unused_imports")
    found = rules.of_language("c-rust").sort(finding(name, "clippy") for name in names)
    assert [(item.rule, item.category) for item in found] == [
        ("clippy::eq_op", Category.BUG),
        ("unused_imports", Category.DEAD_CODE),
    ]
