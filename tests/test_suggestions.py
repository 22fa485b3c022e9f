"""Suggestions of tools, made in a program's text: whole or not at all, and none at the place of another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codeloop.attempts import Mend
from codeloop.diagnostics import Diagnostic, Fix
from codeloop.suggestions import applied

CODE = "use a;\nfn é(n: i32) { g(n) }\n"


def fix(line: int, column: int, end_line: int, end_column: int, text: str, message: str = "do so") -> Fix:
    return Fix(
        message=message,
        replacement=text,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        is_safe=True,
    )


def finding(*fixes: Fix, message: str = "not so") -> Diagnostic:
    return Diagnostic(stage="lint", tool="clippy", rule="r", message=message, fixes=fixes)


def test_a_suggestion_is_made_at_its_place_and_noted() -> None:
    code, mends = applied(CODE, [finding(fix(2, 18, 2, 19, "&n"))])
    assert code == "use a;\nfn é(n: i32) { g(&n) }\n"
    assert mends == (Mend(tool="clippy", rule="r", message="do so", line=2, before="n", after="&n"),)


def test_whole_lines_may_go_and_text_may_come_in_at_the_end() -> None:
    assert applied(CODE, [finding(fix(1, 1, 2, 1, ""))])[0] == "fn é(n: i32) { g(n) }\n"
    assert applied(CODE, [finding(fix(3, 1, 3, 1, "fn h() {}\n"))])[0] == CODE + "fn h() {}\n"


def test_parts_of_one_suggestion_are_made_together() -> None:
    both = finding(fix(2, 16, 2, 16, "h("), fix(2, 20, 2, 20, ")"))
    assert applied(CODE, [both])[0] == "use a;\nfn é(n: i32) { h(g(n)) }\n"
    half = finding(fix(2, 16, 2, 16, "h("), fix(9, 1, 9, 1, ")"))
    assert applied(CODE, [half]) == (CODE, ())


def test_of_suggestions_that_meet_the_first_stands_and_others_are_made_too() -> None:
    found = [finding(fix(2, 16, 2, 20, "one")), finding(fix(2, 18, 2, 19, "two")), finding(fix(1, 5, 1, 6, "b"))]
    code, mends = applied(CODE, found)
    assert code == "use b;\nfn é(n: i32) { one }\n"
    assert [mend.line for mend in mends] == [1, 2]
    assert applied(CODE, [found[0], found[0]])[1] == mends[1:], "said twice, made once"


def test_alternatives_and_what_no_tool_vouches_for_are_left_out() -> None:
    alternatives = finding(fix(2, 16, 2, 17, "h"), fix(2, 16, 2, 17, "k"))
    doubtful = finding(Fix(message="m", replacement="x", line=1, column=1, end_line=1, end_column=2))
    assert applied(CODE, [alternatives, doubtful, finding()]) == (CODE, ())


def test_a_change_that_changes_nothing_is_none() -> None:
    assert applied(CODE, [finding(fix(1, 1, 1, 4, "use"))]) == (CODE, ())


PLACES = st.one_of(st.none(), st.integers(-1, 6))
FIXES = st.builds(
    Fix,
    message=st.sampled_from(["a", "b"]),
    replacement=st.sampled_from(["", "x", "\n"]),
    line=PLACES,
    column=PLACES,
    end_line=PLACES,
    end_column=PLACES,
    is_safe=st.booleans(),
)


@given(st.text("ab\n", max_size=12), st.lists(st.lists(FIXES, max_size=3), max_size=4))
def test_any_places_give_a_program_of_what_was_noted(code: str, fixes: list[list[Fix]]) -> None:
    mended, mends = applied(code, [finding(*each) for each in fixes])
    assert len(mended) == len(code) + sum(len(mend.after) - len(mend.before) for mend in mends)
    assert bool(mends) == (mended != code)
