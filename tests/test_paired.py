"""Paired differences: hand-computed figures, scipy, and what must hold of any two arms."""

from __future__ import annotations

import math
from itertools import product
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from codeloop.metrics import pass_at_k
from codeloop.paired import MCNEMAR, PERMUTATION, difference, mcnemar, sign_flips

one_draw = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=12)
many_draws = st.lists(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.tuples(st.booleans(), st.booleans()), min_size=n, max_size=n)),
    min_size=1,
    max_size=8,
)


def arms(*tasks: list[tuple[bool, bool]], prefix: str = "Python") -> tuple[dict[str, list[bool]], ...]:
    return tuple({f"{prefix}/{i}": [pair[arm] for pair in task] for i, task in enumerate(tasks)} for arm in (0, 1))


def binary(n_both: int, n_better: int, n_worse: int) -> tuple[dict[str, list[bool]], ...]:
    pairs = [(True, True)] * n_both + [(True, False)] * n_better + [(False, True)] * n_worse
    return arms(*[[pair] for pair in pairs])


@pytest.mark.parametrize(("b", "c", "p"), [(0, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (1, 1, 1.0), (8, 1, 20 / 512)])
def test_mcnemar_by_hand(b: int, c: int, p: float) -> None:
    assert mcnemar(b, c) == pytest.approx(p)
    assert mcnemar(c, b) == pytest.approx(p)


def test_six_discordant_tasks_all_one_way_are_the_fewest_that_show() -> None:
    five, six = difference(*binary(14, 5, 0), 1), difference(*binary(14, 6, 0), 1)
    assert (six.value, six.n_better, six.n_worse, six.test) == (0.3, 6, 0, MCNEMAR)
    assert five.low is not None
    assert five.low > 0  # the bootstrap alone would call it shown
    assert (five.is_shown, six.is_shown) == (False, True)


def test_the_smallest_difference_by_hand() -> None:
    found = difference(*binary(60, 20, 20), 1)
    error = math.sqrt(40 / 99 / 100)  # the standard error of 100 differences with mean 0, of which 40 are +-1
    assert found.smallest == pytest.approx((norm.ppf(0.975) + norm.ppf(0.8)) * error)
    assert difference(*binary(100, 0, 0), 1).smallest == pytest.approx(0.06)  # never less than six tasks


def test_arms_alike_in_all_tasks_have_a_width_and_show_nothing() -> None:
    found = difference(*binary(20, 0, 0), 1)
    assert (found.value, found.p_value, found.is_shown) == (0.0, 1.0, False)
    upper = binomtest(0, 20).proportion_ci(method="wilson").high
    assert (found.low, found.high) == (pytest.approx(-upper), pytest.approx(upper))


def test_languages_of_one_problem_are_one_cluster() -> None:
    first = {f"{language}/{i}": [i < 3] for language in ("Python", "Java") for i in range(10)}
    second = {task_id: [False] for task_id in first}
    found = difference(first, second, 1)
    assert (found.test, found.n_tasks, found.n_better) == (PERMUTATION, 20, 6)
    assert found.p_value == pytest.approx(0.25)  # three clusters that differ, not six tasks
    assert not found.is_shown


def test_pairs_only() -> None:
    assert difference({"Python/1": [True]}, {"Python/2": [True]}, 1).value is None
    assert difference({"Python/1": [True]}, {"Python/1": [True]}, 2).value is None  # one draw has no pass@2
    lone = difference({"Python/1": [True]}, {"Python/1": [False]}, 1)
    assert (lone.value, lone.low, lone.smallest, lone.is_shown) == (1.0, None, None, False)
    with pytest.raises(ValueError, match="no pairs"):
        difference({"Python/1": [True, True]}, {"Python/1": [True]}, 1)


@given(st.lists(st.integers(-3, 3), max_size=9))
def test_sign_flips_are_all_tried(gains: list[int]) -> None:
    flipped = [
        abs(sum(s * g for s, g in zip(signs, gains, strict=True))) for signs in product((1, -1), repeat=len(gains))
    ]
    expected = fmean(total >= abs(sum(gains)) for total in flipped)
    assert sign_flips(gains, 0) == pytest.approx(expected)


@given(one_draw)
def test_one_draw_with_mcnemar_and_sign_flips_agree(pairs: list[tuple[bool, bool]]) -> None:
    found = difference(*arms(*[[pair] for pair in pairs]), 1, n_resamples=50)
    assert found.p_value == pytest.approx(sign_flips([a - b for a, b in pairs], 0))


@settings(max_examples=50)
@given(many_draws, st.integers(1, 2))
def test_a_difference_is_that_of_the_means_and_turns_its_sign_with_the_arms(
    tasks: list[list[tuple[bool, bool]]], k: int
) -> None:
    first, second = arms(*tasks)
    found, back = difference(first, second, k, n_resamples=200), difference(second, first, k, n_resamples=200)
    scores = [(pass_at_k(len(first[t]), sum(first[t]), k), pass_at_k(len(second[t]), sum(second[t]), k)) for t in first]
    known = [(a, b) for a, b in scores if a is not None and b is not None]
    assert found.n_tasks == len(known)
    if not known:
        assert found.value is None
        return
    assert found.value == pytest.approx(fmean(a for a, _ in known) - fmean(b for _, b in known))
    assert back.value == pytest.approx(-found.value)
    assert (back.n_better, back.n_worse) == (found.n_worse, found.n_better)
    assert back.p_value == pytest.approx(found.p_value, abs=0.02)
    assert back.smallest == pytest.approx(found.smallest) if found.smallest is not None else back.smallest is None
    if found.low is not None and found.high is not None:
        assert -1 <= found.low <= found.high <= 1
        assert (back.low, back.high) == (pytest.approx(-found.high), pytest.approx(-found.low))


@given(many_draws, st.randoms())
def test_the_order_of_tasks_changes_nothing(tasks: list[list[tuple[bool, bool]]], random: object) -> None:
    first, second = arms(*tasks)
    names = list(first)
    random.shuffle(names)  # type: ignore[attr-defined]
    again = difference({n: first[n] for n in names}, {n: second[n] for n in reversed(names)}, 1, n_resamples=50)
    assert again == difference(first, second, 1, n_resamples=50)


def test_nominal_coverage_is_near_the_truth() -> None:
    import numpy as np

    rng, hits = np.random.default_rng(5), 0
    for trial in range(200):
        base = rng.random(80)
        first = {f"Python/{i}": [bool(rng.random() < min(1, p + 0.1))] for i, p in enumerate(base)}
        second = {f"Python/{i}": [bool(rng.random() < p)] for i, p in enumerate(base)}
        truth = fmean(min(1, p + 0.1) - p for p in base)
        found = difference(first, second, 1, seed=trial, n_resamples=400)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    assert 180 <= hits <= 199  # 95 % of 200 is 190, and three standard errors are 9
