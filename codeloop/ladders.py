"""Ladders: how warm the next answer is sampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from codeloop.attempts import Attempt


class Ladder(Protocol):
    """Give the temperature of the attempt that follows."""

    def temperature(self, attempts: Sequence[Attempt]) -> float:
        """Give it; no attempts: of the first."""
        ...


@dataclass(frozen=True, slots=True)
class ByIteration:
    """One rung an attempt; the last one repeats."""

    temperatures: tuple[float, ...] = (0.2, 0.8)

    def temperature(self, attempts: Sequence[Attempt]) -> float:
        """Give the rung of the next iteration."""
        return self.temperatures[min(len(attempts), len(self.temperatures) - 1)]


@dataclass(frozen=True, slots=True)
class OnStagnation:
    """One rung up for each attempt that was no better than the best before it (LLMLOOP, arXiv:2603.23613)."""

    temperatures: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8)

    def temperature(self, attempts: Sequence[Attempt]) -> float:
        """Count the attempts that replaced no best."""
        n_idle = sum(earlier.handed_over == later.handed_over for earlier, later in pairwise(attempts))
        return self.temperatures[min(n_idle, len(self.temperatures) - 1)]
