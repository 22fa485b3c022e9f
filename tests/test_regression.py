"""Regression suites: minimised, named after what they say, and no text of a model's gets out of its test."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeloop.regression import EXPORTERS, RegressionSuite, RegressionTest, minimised
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
        ("assert.Empty(t, F(1))", "reflect.ValueOf(F(1)).Len() == 0"),
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
