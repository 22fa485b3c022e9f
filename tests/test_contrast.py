"""How an actual value differs from the expected one, in a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeloop.contrast import contrast


@pytest.mark.parametrize(
    ("expected", "actual", "said"),
    [
        ("[1, 2, 3]", "[2, 3]", "The answer has 2 items where 3 are expected; they differ first at index 0."),
        ("[1, 2]", "[1]", "The answer has 1 items where 2 are expected; up to the shorter one's end they are alike."),
        ("[1, 2, 3]", "[3, 2, 1]", "The answer has the right items in another order."),
        ("'hELLO'", "'HELLO'", "They differ first at index 0: 'H' where 'h' is expected."),
        ("3", "-3", "The answer has the wrong sign."),
        ("'3'", "3", "The answer is a number where a text is expected."),
        ("true", "false", ""),
        ("None", "[]", ""),
        ("[1, 2]", "[1, 2]", ""),
        ("Some(3)", "None", ""),
    ],
)
def test_the_first_difference_is_said(expected: str, actual: str, said: str) -> None:
    assert contrast(expected, actual) == said


@given(st.text(), st.text())
def test_any_text_gives_one_short_line(expected: str, actual: str) -> None:
    assert "\n" not in contrast(expected, actual)
    assert len(contrast(expected, actual)) < 300


def test_what_nests_too_deep_is_not_spoken_of() -> None:
    assert contrast("[" * 5000 + "]" * 5000, "[]") == ""
