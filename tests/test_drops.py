"""Drops: exact chances, scipy, and figures by hand."""

from __future__ import annotations

import math
from itertools import product
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, t

from codeloop.drops import ALPHA, MCNEMAR, SIGN_FLIPS, chance_of_less, change
from codeloop.gates import Outcome, decide


def single(n_both: int, n_won: int, n_lost: int) -> tuple[dict[str, list[bool]], ...]:
    pairs = [(True, True)] * n_both + [(False, True)] * n_won + [(True, False)] * n_lost
    return tuple({f"Python/{i}": [pair[run]] for i, pair in enumerate(pairs)} for run in (0, 1))


@given(st.lists(st.integers(-3, 3), max_size=9))
def test_all_signs_are_counted(balances: list[int]) -> None:
    ways = [
        sum(s * b for s, b in zip(signs, balances, strict=True)) for signs in product((1, -1), repeat=len(balances))
    ]
    assert chance_of_less(balances) == pytest.approx(fmean(way <= sum(balances) for way in ways))


@given(st.integers(0, 30), st.integers(0, 30))
def test_one_draw_a_problem_is_mcnemar(n_won: int, n_lost: int) -> None:
    found = change(*single(5, n_won, n_lost))
    n = n_won + n_lost
    expected = binomtest(n_won, n, 0.5, alternative="less").pvalue if n else 1.0
    assert (found.p_value, found.test) == (pytest.approx(expected), MCNEMAR)
    assert (found.n_won, found.n_lost, found.n_pairs) == (n_won, n_lost, n + 5)
    assert found.value == pytest.approx((n_won - n_lost) / (n + 5))


def test_five_losses_are_the_fewest_that_show() -> None:
    assert change(*single(20, 0, 4)).p_value == pytest.approx(1 / 16)
    assert change(*single(20, 0, 5)).p_value == pytest.approx(1 / 32)
    assert 1 / 32 <= ALPHA < 1 / 16


def test_fewer_problems_than_can_show_a_drop_name_no_smallest_one() -> None:
    assert change(*single(4, 0, 0)).smallest is None  # all four lost: p = 1/16
    assert change(*single(5, 0, 0)).smallest == 1.0  # all five lost: p = 1/32
    assert change(*single(5, 0, 0), alpha=ALPHA / 2).smallest is None
    many = {str(i): [True] * 10 for i in range(4)}
    assert change(many, many).smallest is None, "ten draws of a problem are one problem"


@pytest.mark.parametrize(
    ("n", "draws", "points"), [(60, 10, 3), (20, 5, 3), (164, 5, 5), (164, 10, 5), (60, 5, 2), (60, 3, 5)]
)
def test_a_drop_just_as_large_as_what_is_tolerated_is_not_larger(n: int, draws: int, points: int) -> None:
    before = {f"Python/{i}": [True] * draws for i in range(n)}
    n_lost = points * n * draws // 100
    after = {task_id: [i >= n_lost, *rest] for i, (task_id, (_, *rest)) in enumerate(before.items())}
    found = change(before, after)
    assert (found.value, found.n_lost) == (-points / 100, n_lost)
    assert decide(found, points / 100, ALPHA) is not Outcome.REGRESSED


@pytest.mark.parametrize("n", [20, 50, 164, 984])
def test_no_change_seen_in_n_problems_leaves_open_what_a_binomial_does(n: int) -> None:
    found = change(*single(n, 0, 0))
    assert found.low is not None
    assert (found.value, found.p_value, found.high) == (0.0, 1.0, pytest.approx(-found.low))
    exact = 1 - 0.05 ** (1 / n)  # a share of problems that break, none of which was seen
    assert exact <= -found.low <= 1.2 * exact


def test_an_interval_by_hand() -> None:
    found = change(*single(60, 20, 20))
    error = math.sqrt(40 * 100 / 99 + 2.4) / 100
    assert found.high == pytest.approx(t.ppf(0.975, 99) * error)
    assert found.smallest == pytest.approx((1.6449 + 0.8416) * error, rel=1e-3)
    assert change(*single(60, 20, 20), tolerated=0.2).smallest == pytest.approx(0.2 + 0.8416 * error, rel=1e-3)


def test_languages_of_one_problem_are_one() -> None:
    before = {f"{language}/{i}": [True] for language in ("Python", "Java", "Go") for i in range(10)}
    after = {task_id: [not task_id.endswith(("/1", "/2"))] for task_id in before}
    found = change(before, after)
    assert (found.n_tasks, found.n_problems, found.n_lost, found.test) == (30, 10, 6, SIGN_FLIPS)
    assert found.p_value == pytest.approx(1 / 4)  # two problems broke, not six tasks


def test_draws_of_a_task_count_as_one_problem_too() -> None:
    found = change({"a": [True] * 10, "b": [True] * 10}, {"a": [False] * 10, "b": [True] * 10})
    assert (found.value, found.p_value, found.n_lost) == (-0.5, 0.5, 10)


def test_what_gives_no_figure() -> None:
    assert change({"a": [True]}, {"b": [True]}).value is None
    lone = change({"a": [True]}, {"a": [False]})
    assert (lone.value, lone.low, lone.smallest, lone.p_value) == (-1.0, None, None, 0.5)
    with pytest.raises(ValueError, match="no pairs"):
        change({"a": [True, True]}, {"a": [True]})


def test_984_balances_are_counted_exactly() -> None:
    balances = [1, -1] * 482 + [-3] * 20
    chance = chance_of_less(balances)
    assert 0 < chance < 0.05
    assert chance_of_less([-b for b in balances]) > 0.95


@given(st.lists(st.integers(1, 4), max_size=8))
def test_at_no_change_at_most_one_in_twenty_is_called_a_drop(sizes: list[int]) -> None:
    ways = [
        [sign * size for sign, size in zip(signs, sizes, strict=True)] for signs in product((1, -1), repeat=len(sizes))
    ]
    assert fmean(chance_of_less(balances) <= ALPHA for balances in ways) <= ALPHA
