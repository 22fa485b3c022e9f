"""Minimisation: the tests that together notice what all of them notice, by greedy set cover.

Greedy is within ln(n) + 1 of the smallest cover (Chvátal 1979); with tens of tests it is mostly the smallest.
"""

from __future__ import annotations

from collections.abc import Sequence

from codeloop.regression.suite import RegressionTest


def minimised(tests: Sequence[RegressionTest]) -> tuple[RegressionTest, ...]:
    """Give the chosen tests in their order; the first of equals is chosen, the same condition is kept once.

    Where no test notices anything, all are kept: nothing is known that could choose.
    """
    distinct = list({" ".join(test.condition.split()): test for test in reversed(tests)}.values())[::-1]
    left = {number for test in distinct for number in test.kills}
    if not left:
        return tuple(distinct)
    chosen: list[RegressionTest] = []
    while left:
        best = max(distinct, key=lambda test: len(test.kills & left))
        chosen.append(best)
        left -= best.kills
    return tuple(test for test in distinct if test in chosen)


__all__ = ["minimised"]
