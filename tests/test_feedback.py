"""Text from candidates and tools cannot leave its place in a prompt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codeloop.feedback import clean, fenced


@given(st.text())
def test_fenced_text_cannot_end_its_fence(text: str) -> None:
    block = fenced(text)
    fence = block.split("\n", 1)[0]
    assert fence not in block.split("\n", 1)[1].rsplit("\n", 1)[0]


def test_control_characters_and_ansi_are_dropped() -> None:
    assert clean("\x1b[31mred\x1b[0m \x07 x", 100) == "red \N{REPLACEMENT CHARACTER} x"


def test_long_text_is_cut_with_a_mark() -> None:
    assert clean("a" * 300, 10) == "a" * 10 + " …[cut]"
