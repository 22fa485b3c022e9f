"""The gate on simulated runs, a few of what ``benchmarks/gate_power.py`` does by the thousand; seeded."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codeloop.gates import Outcome

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from gate_power import BROKEN, EVERYWHERE, MEAN, MIX, NO_CHANGE, Suite, chances, later, moved, shift_of, simulate

RUNS = 300
FEW, LANGUAGES_OF_FEW = Suite(problems=20), Suite(problems=20, languages=6)


def share(suite: Suite, n_draws: int, scenario: str, points: int, outcome: Outcome, tolerated: float = 2) -> float:
    found = simulate(suite, n_draws, scenario, points, runs=RUNS, seed=7, tolerated=(tolerated,))
    return found[tolerated][outcome] / RUNS


@pytest.mark.parametrize("suite", [FEW, LANGUAGES_OF_FEW])
@pytest.mark.parametrize("n_draws", [1, 3])
@pytest.mark.parametrize("tolerated", [0, 2])
def test_no_change_is_seldom_called_a_regression(suite: Suite, n_draws: int, tolerated: float) -> None:
    alarms = share(suite, n_draws, NO_CHANGE, 0, Outcome.REGRESSED, tolerated)
    assert alarms <= 0.09  # 5 % at most in truth, and three standard errors of 300 runs are 3.8


@pytest.mark.parametrize("scenario", [EVERYWHERE, BROKEN])
def test_a_drop_of_what_is_tolerated_seldom_passes(scenario: str) -> None:
    assert share(Suite(problems=164), 3, scenario, 5, Outcome.NOT_SHOWN_TO_REGRESS, 5) <= 0.09


@pytest.mark.parametrize("scenario", [EVERYWHERE, BROKEN])
def test_a_large_drop_is_seen(scenario: str) -> None:
    assert share(Suite(problems=164), 3, scenario, 20, Outcome.REGRESSED) >= 0.9


def test_the_scenarios_move_the_mean_as_they_say() -> None:
    import numpy as np

    suite = Suite(problems=100_000)
    before = chances(suite, np.random.default_rng(0))
    assert before.mean() == pytest.approx(MEAN, abs=0.005)
    for scenario, drop in ((EVERYWHERE, 0.1), (BROKEN, 0.1), (MIX, 0.0), (NO_CHANGE, 0.0)):
        shift = shift_of(suite, scenario, drop)
        after = later(before, scenario, drop, shift, np.random.default_rng(1))
        assert before.mean() - after.mean() == pytest.approx(drop, abs=0.005), scenario
    assert moved(before, 0.0) == pytest.approx(before)
