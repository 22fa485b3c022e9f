"""How often a drift watch is wrong, and how soon it sees a change: simulated series of runs.

    python benchmarks/drift_alarms.py --series 2000 --looks 100 --seed 0

A task's chance to pass is drawn from Beta(1.2, 0.8), mean 0.6; within one run each draw repeats the task's first one in three of
ten cases, as warm draws of one prompt do. The series is looked at after every run, and one alarm ever is an alarm.

- no change: all runs from the same chances. Also with one draw in ten missing, and with tasks that are the same problem in six
  languages, whose outcomes in a run are alike in half of the cases.
- everywhere: with the 15th run the odds of every task fall (or rise) alike, so that the mean moves by 10 or 20 points.
- broken: with the 15th run so many tasks break altogether.

Per cell: alarms ever in %, and of the changes, alarms within 1, 3, 7 and 14 runs of the change. ``naive`` is what is to be avoided:
the same bets on plain pairs of each run with the first one, won and lost by a fair coin. Exit status 1 where alarms at no change
exceed 5 % by more than two standard errors of the simulation.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from codeloop.sequential import ALPHA, Outcomes, Stakes, watch

SHAPE = (1.2, 0.8)
MEAN = SHAPE[0] / sum(SHAPE)
ALIKE, ALIKE_LANGUAGES, MISSING = 0.3, 0.5, 0.1
CHANGE_AT = 14
WITHIN = (1, 3, 7, 14)
NONE, EVERYWHERE, BROKEN = "no change", "everywhere", "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is simulated."""

    problems: int
    draws: int = 1
    languages: int = 1
    scenario: str = NONE
    points: int = 0
    """Of the mean's move."""
    missing: float = 0.0

    @property
    def name(self) -> str:
        """Give the columns of the table."""
        n_tasks = self.problems * self.languages
        return (
            f"{n_tasks:5} {self.languages:9} {self.draws:5}  {self.missing:7.0%}  {self.scenario:<10} {self.points:+4}"
        )


NO_CHANGE = (
    Cell(problems=20),
    Cell(problems=20, draws=3, missing=MISSING),
    Cell(problems=6, languages=6),
)
CHANGES = tuple(
    Cell(problems=problems, draws=draws, scenario=scenario, points=points)
    for problems, draws in ((20, 1), (20, 3), (100, 1))
    for scenario, points in ((EVERYWHERE, -10), (EVERYWHERE, -20), (EVERYWHERE, 10), (BROKEN, -10), (BROKEN, -20))
)
CELLS = (*NO_CHANGE, *CHANGES)


def moved(before: np.ndarray, cell: Cell, rng: np.random.Generator) -> np.ndarray:
    """Give the chances after the change."""
    if cell.scenario == BROKEN:
        return np.where(rng.random(before.shape) < -cell.points / 100 / MEAN, 0.0, before)
    odds = math.exp(shift_for(MEAN + cell.points / 100))
    return before * odds / (before * odds + 1 - before)


def shift_for(target: float, _known: dict[float, float] = {}) -> float:  # noqa: B006 - a cache
    """Give the move of all log-odds that brings the mean to ``target``, by halving over many tasks."""
    if target not in _known:
        many = np.random.default_rng(1).beta(*SHAPE, size=50_000)
        low, high = -20.0, 20.0
        for _ in range(50):
            middle = (low + high) / 2
            odds = math.exp(middle)
            low, high = (middle, high) if (many * odds / (many * odds + 1 - many)).mean() < target else (low, middle)
        _known[target] = (low + high) / 2
    return _known[target]


def series(cell: Cell, looks: int, rng: np.random.Generator) -> tuple[list[Outcomes], dict[str, int]]:
    """Draw a series of runs; give them, and the draws of each problem."""
    before = np.clip(rng.beta(*SHAPE, size=(cell.problems, 1, 1)), 1e-9, 1 - 1e-9)
    after = moved(before, cell, rng) if cell.scenario != NONE else before
    shape = (cell.problems, cell.languages, cell.draws)
    runs: list[Outcomes] = []
    for number in range(looks):
        passed = rng.random(shape) < (after if number >= CHANGE_AT else before)
        passed = np.where(rng.random(shape) < ALIKE, passed[:, :, :1], passed)
        passed = (
            np.where(rng.random(shape) < ALIKE_LANGUAGES, passed[:, :1, :], passed) if cell.languages > 1 else passed
        )
        known = rng.random(shape) >= cell.missing
        n_passed, n_known = (passed & known).sum((1, 2)).tolist(), known.sum((1, 2)).tolist()
        runs.append({str(i): pair for i, pair in enumerate(zip(n_passed, n_known, strict=True))})
    return runs, dict.fromkeys(map(str, range(cell.problems)), cell.languages * cell.draws)


def first_alarm(cell: Cell, looks: int, rng: np.random.Generator) -> int | None:
    """Give the number of runs until the alarm; ``None``: there is none."""
    found = watch(*series(cell, looks, rng))
    return next((i + 1 for i, look in enumerate(found) if look.evidence >= 1 / ALPHA), None)


def naive_alarm(cell: Cell, looks: int, rng: np.random.Generator) -> int | None:
    """Give the same for the same bets on plain pairs with the first run."""
    runs, _ = series(cell, looks, rng)
    stakes = Stakes()
    for number, run in enumerate(runs):
        pairs = [(runs[0][key][0], run[key][0]) for key in run]
        won, lost = (sum(sign * (after - before) > 0 for before, after in pairs) for sign in (1, -1))
        capitals = stakes.bet(float(binom.cdf(won, won + lost, 0.5)), float(binom.cdf(lost, won + lost, 0.5)))
        if sum(value for value, _ in capitals) / 2 >= 1 / ALPHA:
            return number + 1
    return None


def line(task: tuple[int, bool, argparse.Namespace]) -> tuple[str, bool]:
    """Give the line of a cell, and whether its alarms are too many."""
    number, is_naive, arguments = task
    cell = CELLS[number]
    rng = np.random.default_rng([arguments.seed, number])
    is_null = cell.scenario == NONE
    looks = arguments.looks if is_null else CHANGE_AT + max(WITHIN)
    n = arguments.series if is_null and not is_naive else arguments.changes
    began = time.process_time()
    alarms = [(naive_alarm if is_naive else first_alarm)(cell, looks, rng) for _ in range(n)]
    each_ms = 1000 * (time.process_time() - began) / n / looks
    ever = sum(at is not None for at in alarms) / n
    soon = [] if is_null else [sum(at is not None and 0 < at - CHANGE_AT <= k for at in alarms) / n for k in WITHIN]
    shares = "".join(f"{100 * share:6.1f}" for share in soon)
    limit = ALPHA + 2 * math.sqrt(ALPHA * (1 - ALPHA) / n)
    is_wrong = is_null and not is_naive and ever > limit
    remark = "  naive" if is_naive else "  TOO MANY" if is_wrong else ""
    return f"{cell.name}  {n:6}  {100 * ever:5.1f}  {shares:24}  {each_ms:5.2f}{remark}", is_wrong


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--series", type=int, default=2000, help="without a change, per cell")
    parser.add_argument("--changes", type=int, default=200, help="with a change, per cell")
    parser.add_argument("--looks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    print(
        f"python benchmarks/drift_alarms.py --series {arguments.series} --changes {arguments.changes} "
        f"--looks {arguments.looks} --seed {arguments.seed}"
    )
    print(
        f"Alarms in %: ever ({arguments.looks} looks without a change, {CHANGE_AT + max(WITHIN)} with one), and within so "
        "many runs of the change. ms: of CPU, to draw a run and look at it."
    )
    print(f"tasks languages draws  missing  change     move  series   ever  {''.join(f'{k:6}' for k in WITHIN)}  ms")
    tasks = [(number, is_naive, arguments) for number in range(len(CELLS)) for is_naive in (False, True)]
    wanted = [task for task in tasks if not task[1] or CELLS[task[0]] == NO_CHANGE[0]]
    are_wrong = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for text, is_wrong in pool.map(line, wanted):
            print(text, flush=True)
            are_wrong.append(is_wrong)
    return 1 if any(are_wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
