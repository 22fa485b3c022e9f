"""How often the relative gate is wrong, and how often it sees a drop: simulated runs of suites of several sizes.

    python benchmarks/gate_power.py --runs 2000 --seed 0

A problem's chance to pass is drawn from Beta(1.2, 0.8), mean 0.6: many are nearly always or nearly never solved. Suites of 984
tasks are 164 problems in six languages, whose chances lie around their problem's (Beta with weight 4); the others have one
language. The draws of a task share its chance, and within one run each repeats the first one's outcome in three of ten cases, as
warm draws of one prompt do. Then a second run of the same tasks is drawn:

- no change: from the same chances.
- mixed: no change of the mean, but one problem in twenty breaks altogether and all others get a little better.
- everywhere: the odds of every task fall alike, so that the mean falls by 2, 5, 10 or 20 points.
- broken: so many problems break altogether that the mean falls by as much.

Per cell and tolerated drop: how often the gate says regressed, and not shown to regress (passes); the rest is cannot tell. At no change
the first is the rate of false alarms; where the true drop is as large as the tolerated one or larger, the second is the rate of
wrong passes. Exit status 1 where false alarms at no change exceed 5 % by more than two standard errors of the simulation.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from codeloop.drops import ALPHA, change
from codeloop.gates import Outcome, decide

LANGUAGES = ("python", "java", "cpp", "javascript", "go", "rust")
SHAPE = (1.2, 0.8)
MEAN = SHAPE[0] / sum(SHAPE)
WEIGHT = 4.0
ALIKE = 0.3
MIXED = 0.05
DROPS = (2, 5, 10, 20)
NO_CHANGE, MIX, EVERYWHERE, BROKEN = "no change", "mixed", "everywhere", "broken"
SCENARIOS = ((NO_CHANGE, 0), (MIX, 0), *product((EVERYWHERE, BROKEN), DROPS))
Array = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """So many problems in so many languages."""

    problems: int
    languages: int = 1

    @classmethod
    def of(cls, n_tasks: int) -> Suite:
        """Give the suite of so many tasks: in six languages where that gives at least a hundred problems."""
        many = len(LANGUAGES)
        return cls(problems=n_tasks // many, languages=many) if n_tasks >= 100 * many else cls(problems=n_tasks)

    @property
    def task_ids(self) -> list[str]:
        """Name the tasks, problem by problem."""
        return [f"{name}/{i}" for i in range(self.problems) for name in LANGUAGES[: self.languages]]


def chances(suite: Suite, rng: np.random.Generator) -> Array:
    """Draw each task's chance: problems by languages."""
    problem = np.clip(rng.beta(*SHAPE, size=(suite.problems, 1)), 1e-6, 1 - 1e-6)
    if suite.languages == 1:
        return problem
    return rng.beta(WEIGHT * problem, WEIGHT * (1 - problem), size=(suite.problems, suite.languages))


def moved(before: Array, shift: float) -> Array:
    """Move the odds of all tasks."""
    return before / (before + (1 - before) * math.exp(-shift))


def shift_for(suite: Suite, target: float) -> float:
    """Give the move of the odds that brings the mean to ``target``, by halving over many tasks."""
    many = chances(Suite(problems=50_000, languages=suite.languages), np.random.default_rng(1))
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if moved(many, middle).mean() < target else (low, middle)
    return (low + high) / 2


def later(before: Array, scenario: str, drop: float, shift: float, rng: np.random.Generator) -> Array:
    """Give the chances of the second run."""
    if scenario == NO_CHANGE:
        return before
    share = {MIX: MIXED, BROKEN: drop / MEAN, EVERYWHERE: 0.0}[scenario]
    is_broken = rng.random((len(before), 1)) < share
    return np.where(is_broken, 0.0, moved(before, shift) if shift else before)


def shift_of(suite: Suite, scenario: str, drop: float) -> float:
    """Give the move of the odds in a scenario: of ``mixed``, what makes up for the broken ones."""
    targets = {EVERYWHERE: MEAN - drop, MIX: MEAN / (1 - MIXED)}
    return shift_for(suite, targets[scenario]) if scenario in targets else 0.0


def outcomes(given: Array, n_draws: int, rng: np.random.Generator) -> list[list[bool]]:
    """Draw one run, task by task."""
    passed = rng.random((given.size, n_draws)) < given.reshape(-1, 1)
    is_alike = rng.random(passed.shape) < ALIKE
    return np.where(is_alike, passed[:, :1], passed).tolist()


def simulate(
    suite: Suite, n_draws: int, scenario: str, points: float, *, runs: int, seed: int, tolerated: tuple[float, ...]
) -> dict[float, Counter[Outcome]]:
    """Judge so many pairs of runs; count the outcomes by tolerated points."""
    rng = np.random.default_rng([seed, suite.problems, suite.languages, n_draws, SCENARIOS.index((scenario, points))])
    drop, task_ids = points / 100, suite.task_ids
    shift = shift_of(suite, scenario, drop)
    found: dict[float, Counter[Outcome]] = {each: Counter() for each in tolerated}
    for _ in range(runs):
        before = chances(suite, rng)
        after = later(before, scenario, drop, shift, rng)
        first, second = (outcomes(given, n_draws, rng) for given in (before, after))
        figures = change(dict(zip(task_ids, first, strict=True)), dict(zip(task_ids, second, strict=True)))
        for each in tolerated:
            found[each][decide(figures, each / 100, ALPHA)] += 1
    return found


def lines(arguments: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    """Give a line for each cell, and whether its false alarms are too many."""
    limit = ALPHA + 2 * math.sqrt(ALPHA * (1 - ALPHA) / arguments.runs)
    for n_tasks, n_draws in product(arguments.sizes, arguments.draws):
        for scenario, points in SCENARIOS:
            began = time.monotonic()
            found = simulate(
                Suite.of(n_tasks),
                n_draws,
                scenario,
                points,
                runs=arguments.runs,
                seed=arguments.seed,
                tolerated=arguments.tolerated,
            )
            each_ms = 1000 * (time.monotonic() - began) / arguments.runs
            shares = [
                f"{100 * counts[outcome] / arguments.runs:6.1f}"
                for counts in found.values()
                for outcome in (Outcome.REGRESSED, Outcome.NOT_SHOWN_TO_REGRESS)
            ]
            alarms = max(counts[Outcome.REGRESSED] / arguments.runs for counts in found.values())
            is_wrong = scenario == NO_CHANGE and alarms > limit
            cell = f"{n_tasks:5} {n_draws:5}  {scenario:<10} {points:4}"
            yield f"{cell}  {'  '.join(shares)}  {each_ms:6.1f}" + ("  TOO MANY" if is_wrong else ""), is_wrong


def numbers(text: str) -> tuple[int, ...]:
    """Read whole numbers, comma-separated."""
    return tuple(int(part) for part in text.split(","))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sizes", type=numbers, default=(20, 50, 164, 984))
    parser.add_argument("--draws", type=numbers, default=(1, 3, 10))
    parser.add_argument("--tolerated", type=numbers, default=(0, 2, 5))
    arguments = parser.parse_args()
    heads = "  ".join(f"{f'reg {each}':>6}  {f'pass {each}':>6}" for each in arguments.tolerated)
    print(f"python benchmarks/gate_power.py --runs {arguments.runs} --seed {arguments.seed}")
    print(
        "Shares of runs in %: called regressed, and passed, by tolerated points; the rest cannot tell. ms: drawing and judging one."
    )
    print(f"tasks draws  change     drop  {heads}      ms")
    are_wrong = []
    for line, is_wrong in lines(arguments):
        print(line, flush=True)
        are_wrong.append(is_wrong)
    return 1 if any(are_wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
