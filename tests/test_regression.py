"""Regression suites: minimised, named after what they say, and no text of a model's gets out of its test."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeloop.regression import EXPORTERS, RegressionSuite, RegressionTest, minimised, unwritable
from codeloop.regression.go_suite import condition_of
from codeloop.regression.names import camel, names_of

KILLS = st.lists(st.frozensets(st.integers(min_value=0, max_value=20), max_size=6), max_size=12)


@given(kills=KILLS)
def test_the_minimised_suite_notices_all_that_the_whole_one_does(kills: list[frozenset[int]]) -> None:
    tests = [RegressionTest(condition=f"f({number}) == 1", kills=each) for number, each in enumerate(kills)]
    chosen = minimised(tests)
    assert frozenset().union(*(test.kills for test in chosen)) == frozenset().union(*kills)
    assert [test for test in tests if test in chosen] == list(chosen)
    if any(kills):
        for left_out in chosen:  # greedy leaves no test that another one makes needless before it was chosen
            assert left_out.kills
    else:
        assert len(chosen) == len(tests)


def test_the_same_condition_is_kept_once() -> None:
    tests = [RegressionTest(condition="f(1) == 2"), RegressionTest(condition="f(1)  ==  2")]
    assert minimised(tests) == (tests[0],)


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        ("clamp(9, 1, 5) == 5", "clamp_of_9_1_5_is_5"),
        ("clamp(-9, 1, 5) == 1", "clamp_of_minus_9_1_5_is_1"),
        ("clamp([]) != None", "clamp_of_empty_is_not_none"),
        ("s.clamp('a b') >= 1.5", "clamp_of_a_b_at_least_1_point_5"),
        ("assert_eq!(clamp(vec![1, 2]), 3)", "clamp_of_1_2_3"),
        ("clamp('') == ''", "clamp_of_empty_is_empty"),
    ],
)  # fmt: skip
def test_a_test_is_named_after_what_it_says(condition: str, name: str) -> None:
    assert names_of([condition], "clamp") == (name,)


def test_instances_are_named_after_their_property() -> None:
    says = "f(xs) <= len(xs)"
    tests = tuple(RegressionTest(condition=f"f([{n}]) <= len([{n}])", property=says) for n in (1, 2))
    files = EXPORTERS["python"](RegressionSuite(language="python", entry_point="f", code="P", tests=tests))
    named = re.findall(r"def (\w+)\(\):\n    assert (.*)", files["test_solution.py"])
    assert named == [
        ("test_f_of_xs_at_most_len_xs", "f([1]) <= len([1])"),
        ("test_f_of_xs_at_most_len_xs_2", "f([2]) <= len([2])"),
    ]


@given(texts=st.lists(st.text(max_size=120), max_size=8))
def test_any_text_gives_distinct_names(texts: list[str]) -> None:
    names = names_of(texts, "clampAll")
    assert len(set(names)) == len(texts)
    for name in names:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,90}", name)
    assert len({camel(name) for name in names}) == len({camel(name, is_upper=True) for name in names})


@pytest.mark.parametrize(
    ("assertion", "condition"),
    [
        ("assert.Equal(t, 2, F(1))", "F(1) == 2"),
        ("assert.Equal(t, []int{1}, F(1))", "reflect.DeepEqual([]int{1}, F(1))"),
        ("assert.Equal(t, true, F(1) < 2)", "(F(1) < 2) == true"),
        ("assert.True(t, F(1))", "F(1)"),
        ("assert.Empty(t, F(1))", "codeloopIsEmpty(F(1))"),
        ("F(1) == 2", "F(1) == 2"),
    ],
)  # fmt: skip
def test_assertions_of_testify_become_conditions(assertion: str, condition: str) -> None:
    assert condition_of(assertion) == condition


@pytest.mark.parametrize("language", EXPORTERS)
def test_every_language_writes_its_program_and_a_test_for_each_condition(language: str) -> None:
    tests = tuple(RegressionTest(condition=f"f({number}) == {number}") for number in range(3))
    files = EXPORTERS[language](RegressionSuite(language=language, entry_point="f", code="PROGRAM", tests=tests))
    assert any("PROGRAM" in text for text in files.values())
    whole = "\n".join(files.values())
    for number in range(3):
        assert f"f({number}) == {number}" in whole
    assert all(not path.startswith("/") and ".." not in path for path in files)


BREAK_OUT = {
    "python": ("f(1) == 2\nimport os", "f(1) == 2; g()", "f(1) == 2 # x", "f(1) == 2)", "f(1", "x = 1", '(f(1) == 2, "m")', "import os", "return f(1)", ""),
    "java": ("s.f(1) == 2); g(); h(true", "s.f(1) == 2; g()", "s.f(1) == 2; } void n() { s.f(1)", "s.f(1) == 2 // x", 's.f(1) == 2, "m"', "int x = s.f(1)", 's.f("\\u0022); g(); h(\\u0022") == 1'),
    "cpp": ("f(1) == 2)); g(); h((1", "f(1) == 2; } int g() { return 1", "f(1), 2", "f(1) == 2 // x", "int x = 3", "return f(1)", "#define X", 'f("??/") == 1'),
    "javascript": ("f(1) === 2) }); g(); test('x', () => { h(1", "f(1) === 2; g()", "f(1), 2", "f(1) === 2 // x", "f(1) === 2 <!-- x", "let x = f(1)", "{ f(1) }"),
    "go": ("F(1) == 2) { }; if (true", "F(1) == 2 }; func G() { F(1)", "x := F(1)", "F(1); G(2)", "F(1), 2", "F(1) // x", "assert.Panics(t, F)"),
    "rust": ("f(1) == 2); g(); assert!(true", "f(1) == 2 } fn g() { f(1)", "let x = f(1)", "f(1) // x", "{ f(1); }", "f(1), 2", "assert_eq!(f(1), 2); f(1)"),
}  # fmt: skip
WHOLE = {
    "python": ("assert f(1) == 2", "not f(1)", "f(1) is True", "f(1)", 'f("#;)") == {}'),
    "java": ("!s.f(1)", 's.f("a;b").equals("}")', "s.f(1) == 2;"),
    "cpp": ("!f(1)", "f({1, 2}) == vector<int>{1}", 'f("// x")'),
    "javascript": ("f(1)", "!f(1)", "f({a: 1})[0] === 2"),
    "go": ("!F(1)", "assert.Nil(t, F(1))", "F([]int{1}) == 2", 'assert.Equal(t, "}", F(1))'),
    "rust": ("assert!(!f(1));", "f(1)", "assert_eq!(f(vec![1]), 2)", 'f("}") == "{"'),
}


@pytest.mark.parametrize(("language", "condition"), [(name, each) for name, all_ in BREAK_OUT.items() for each in all_])
def test_a_condition_that_is_more_than_one_expression_is_not_written(language: str, condition: str) -> None:
    assert unwritable(language, condition)
    tests = (RegressionTest(condition=condition),)
    with pytest.raises(ValueError, match=":"):
        EXPORTERS[language](RegressionSuite(language=language, entry_point="f", code="PROGRAM", tests=tests))


@pytest.mark.parametrize(("language", "condition"), [(name, each) for name, all_ in WHOLE.items() for each in all_])
def test_one_whole_expression_is_written(language: str, condition: str) -> None:
    assert not unwritable(language, condition)


@given(text=st.text(max_size=60), language=st.sampled_from(sorted(EXPORTERS)))
def test_any_text_is_written_or_refused(text: str, language: str) -> None:
    suite = RegressionSuite(language=language, entry_point="f", code="P", tests=(RegressionTest(condition=text),))
    if not unwritable(language, text):
        assert any(text.rstrip("; ") in file for file in EXPORTERS[language](suite).values()) or language in "python go"


def test_what_a_script_defines_and_its_tests_call_is_given_to_them() -> None:
    code = "const same = x => x\nfunction f(x) { return x }\nconst other = 1\n"
    tests = (RegressionTest(condition="same(f(1)) === 1"),)
    files = EXPORTERS["javascript"](RegressionSuite(language="javascript", entry_point="f", code=code, tests=tests))
    assert "module.exports = { f, same }" in files["solution.cjs"]
    assert "const { f, same } = require('./solution.cjs')" in files["solution.test.cjs"]


def test_go_imports_what_is_used_and_not_what_stands_in_a_string() -> None:
    tests = (RegressionTest(condition='F("sort. math.") == strings.Repeat("a", 2)'),)
    files = EXPORTERS["go"](RegressionSuite(language="go", entry_point="F", code="package main\n", tests=tests))
    assert 'import (\n\t"strings"\n\t"testing"\n)' in files["solution_test.go"]
