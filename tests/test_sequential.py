"""The sequential test: right at every look, whatever hangs together, and quick where something changed."""

from __future__ import annotations

import math
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeloop.sequential import Outcomes, Stakes, is_alarm, watch

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from drift_alarms import BROKEN, CHANGE_AT, EVERYWHERE, MEAN, Cell, first_alarm, moved, naive_alarm, series


def runs_of(*rows: str) -> list[Outcomes]:
    """Read runs from rows such as ``101-``: passed, failed, missing, one draw per problem."""
    return [{str(i): (int(c == "1"), int(c != "-")) for i, c in enumerate(row)} for row in rows]


def looks(*rows: str):
    return watch(runs_of(*rows), {str(i): 1 for i in range(len(rows[0]))})


def test_one_run_says_nothing() -> None:
    (look,) = looks("0110")
    assert (look.p_down, look.p_up, look.evidence, look.since) == (1.0, 1.0, 1.0, 0)


def test_a_series_that_never_varies_never_gathers_evidence() -> None:
    found = looks(*["1101"] * 200)
    assert all((look.p_down, look.p_up) == (1.0, 1.0) for look in found)
    assert all(look.evidence <= 1 for look in found)
    assert found[-1].evidence > 0.05  # and a change that comes late has still something to be bet with


def test_the_p_value_counts_all_ways_to_shuffle_each_problem() -> None:
    rows = ("1101", "1110", "0111", "0010")
    n_passed = rows[-1].count("1")
    columns = [[int(row[i]) for row in rows] for i in range(4)]
    ways = [sum(each) for each in product(*columns)]
    newest = looks(*rows)[-1]
    assert newest.p_down == pytest.approx(sum(way <= n_passed for way in ways) / len(ways))
    assert newest.p_up == pytest.approx(sum(way >= n_passed for way in ways) / len(ways))


def test_a_stable_suite_that_breaks_is_seen_at_once() -> None:
    found = looks(*["1" * 10] * 5, "0" * 10)
    assert not is_alarm(found[:-1])
    assert is_alarm(found)
    assert found[-1].is_down
    assert found[-1].since == 5


def test_a_rise_is_seen_as_well() -> None:
    found = looks(*["0" * 10] * 5, "1" * 10)
    assert is_alarm(found)
    assert not found[-1].is_down


def test_an_alarm_is_not_taken_back() -> None:
    found = looks(*["1" * 10] * 5, "0" * 10, *["1" * 10] * 60)
    assert found[-1].evidence < 20
    assert is_alarm(found)


def test_one_odd_run_does_not_end_the_game() -> None:
    found = looks(*["1" * 10] * 8, "0" * 10, "1" * 10, *["0" * 10] * 3)
    assert found[-1].evidence > 1e3


def test_missing_outcomes_are_neither_passed_nor_failed() -> None:
    with_gaps = looks("11110000", "1111----", "----0000", "--------", "11--00--")
    assert all((look.p_down, look.p_up) == (1.0, 1.0) for look in with_gaps)
    assert looks("1100", "1010", "0-10")[-1].p_down == looks("1-00", "1-10", "0-10")[-1].p_down


def test_a_problem_without_half_of_its_draws_is_missing_and_others_are_filled_up() -> None:
    sizes = {"a": 4}
    assert watch([{"a": (4, 4)}, {"a": (0, 1)}], sizes)[-1].p_down == 1.0
    assert watch([{"a": (4, 4)}, {"a": (0, 2)}], sizes)[-1].p_down == pytest.approx(0.5)
    assert watch([{"a": (2, 4)}, {"a": (1, 2)}], sizes)[-1].p_down == 1.0


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), max_size=40))
def test_capitals_stay_numbers_and_never_fall_below_nothing(p_values: list[tuple[float, float]]) -> None:
    stakes = Stakes()
    for number, pair in enumerate(p_values):
        for value, since in stakes.bet(*pair):
            assert 0 < value < math.inf
            assert 0 <= since <= number


@given(st.lists(st.floats(0.001, 1.0), min_size=2, max_size=15), st.data())
def test_a_larger_p_value_never_gives_more_capital(p_values: list[float], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(p_values) - 1))
    larger = data.draw(st.floats(p_values[at], 1.0))

    def end(values: list[float]) -> float:
        stakes = Stakes()
        return [stakes.bet(p, 1.0)[0][0] for p in values][-1]

    assert end([*p_values[:at], larger, *p_values[at + 1 :]]) <= end(p_values) * (1 + 1e-9)


def test_the_capital_is_one_on_average_at_any_time() -> None:
    rng = np.random.default_rng(0)
    for n_runs in (2, 5, 12):
        capitals = []
        for _ in range(1500):
            stakes = Stakes()
            for p in rng.random(n_runs):
                found = stakes.bet(p, 1 - p)
            capitals.append((found[0][0] + found[1][0]) / 2)
        assert np.mean(np.minimum(capitals, 1e3)) == pytest.approx(1.0, abs=0.2)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("01-", min_size=5, max_size=5), min_size=1, max_size=12))
def test_what_is_seen_does_not_depend_on_what_comes_later(rows: list[str]) -> None:
    whole = looks(*rows)
    for n in range(1, len(rows) + 1):
        assert looks(*rows[:n]) == whole[:n]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("01", min_size=4, max_size=4), min_size=1, max_size=10))
def test_up_and_down_mirror_each_other(rows: list[str]) -> None:
    mirrored = [row.translate(str.maketrans("01", "10")) for row in rows]
    for look, other in zip(looks(*rows), looks(*mirrored), strict=True):
        assert look.p_down == pytest.approx(other.p_up)
        assert look.evidence == pytest.approx(other.evidence)


@pytest.mark.parametrize(
    "cell", [Cell(problems=12, draws=3), Cell(problems=12, draws=3, missing=0.1), Cell(problems=6, languages=6)]
)
def test_no_change_seldom_raises_an_alarm_in_thirty_looks(cell: Cell) -> None:
    rng = np.random.default_rng(3)
    alarms = sum(first_alarm(cell, 30, rng) is not None for _ in range(150)) / 150
    assert alarms <= 0.1  # 5 % at most in truth, and three standard errors of 150 series are 5.3


def test_plain_pairs_with_one_reference_would_cry_wolf() -> None:
    rng = np.random.default_rng(3)
    assert sum(naive_alarm(Cell(problems=40), 60, rng) is not None for _ in range(60)) / 60 > 0.1


@pytest.mark.parametrize("scenario", [EVERYWHERE, BROKEN])
def test_a_large_change_is_seen_within_two_weeks_of_daily_runs(scenario: str) -> None:
    rng = np.random.default_rng(3)
    cell = Cell(problems=60, scenario=scenario, points=-25)
    alarms = [first_alarm(cell, CHANGE_AT + 14, rng) for _ in range(20)]
    assert sum(at is not None and at > CHANGE_AT for at in alarms) >= 18


def test_the_scenarios_move_the_mean_as_they_say() -> None:
    rng = np.random.default_rng(0)
    before = rng.beta(1.2, 0.8, size=(100_000, 1, 1))
    for scenario, points in ((EVERYWHERE, -20), (EVERYWHERE, 10), (BROKEN, -10)):
        after = moved(before, Cell(problems=100_000, scenario=scenario, points=points), rng)
        assert after.mean() - MEAN == pytest.approx(points / 100, abs=0.006)
    runs, sizes = series(Cell(problems=3, languages=2, draws=2), 4, rng)
    assert len(runs) == 4
    assert sizes == {"0": 4, "1": 4, "2": 4}
