"""Sequential: whether a series of runs of the same tasks still comes from one and the same source, however often one looks. Pure.

If nothing changed, a problem's outcomes may stand in any order over the runs: the newest is as likely any of those seen so far.
So each run is paired with the whole past, by shuffling: the number of passes that it has is compared with all that it could have
had, each problem's outcome drawn from that problem's own (the stratified form of a conformal p-value). Such p-values are
independent from run to run although the same early runs are looked at again and again (Vovk, Gammerman and Shafer, *Algorithmic
Learning in a Random World*, 2nd edition, chapter 8; Vovk, *Testing randomness online*, arXiv:1906.09256). Plain pairs with a fixed
reference run have not got this: where the reference was lucky, every later run seems worse, and the alarm comes for certain.

Draws of one task, and one problem in several languages, hang together and are shuffled as one. That different problems do
not hang together within a run is assumed.

On the p-values capital is bet (a conformal test martingale, arXiv:2102.10439; betting: Waudby-Smith and Ramdas, arXiv:2010.09686).
The stakes are a mixture over when the change came and how large it was: for each, the likelihood ratio of a normal shift,
shrunk by the share of later runs that the past has come to hold. While nothing changes, the capital is no more than
its start, 1, on average, so that it reaches 1/α at all, ever, with a chance of α at most (Ville).

Ties count against an alarm: where nothing varies nothing is ever found, and the verdict holds no dice. That is safe, since every
stake falls as p grows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

ALPHA = 0.05
"""False alarms, in a whole series, at most."""
SIZES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Changes that are bet on, in standard deviations of a run's passes."""
_HORIZON = 20
"""Runs after which half of the changes are expected; later ones are bet on with ever less, and none with nothing."""
_AT_STAKE = 0.9
"""Share of the capital that one run may lose: one odd run must not end the game."""
_SMALLEST, _HIGHEST = 1e-300, 600.0  # a p-value of 0 has no normal score, and e⁷¹⁰ is no number
_ROUNDED_UP = 1 + 1e-9  # a sum of chances that is 1 but for rounding is 1

Outcomes = Mapping[str, tuple[int, int]]
"""Of one run: by problem, draws that passed, and draws with a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is known once a run has been looked at."""

    p_down: float
    """How often chance alone gives so few passes; 1 where nothing varies."""
    p_up: float
    evidence: float
    """The capital: the e-value of "nothing changed"."""
    is_down: bool
    """Whether it speaks for fewer passes rather than for more."""
    since: int
    """Index of the run with which the change most probably began; 0: none is in sight."""


def watch(runs: Sequence[Outcomes], sizes: Mapping[str, int]) -> tuple[Look, ...]:
    """Look at each run in order. ``sizes``: the draws of each problem that a run is to have.

    A problem with fewer than half of its draws is missing from a run; a few missing ones are filled up in proportion, and the
    test is exact where none are.
    """
    series = _Series(sizes=sizes)
    return tuple(series.look(outcomes) for outcomes in runs)


def is_alarm(looks: Sequence[Look], alpha: float = ALPHA) -> bool:
    """Say whether the evidence has ever been enough: later runs do not take it back."""
    return any(look.evidence >= 1 / alpha for look in looks)


@dataclass(slots=True)
class Stakes:
    """Bets that p-values are small from some run on: one capital on fewer passes, one on more."""

    n_runs: int = 0
    logs: np.ndarray[Any, Any] | None = None
    """Logarithms of what each bet has come to: by capital, by first run of the change (from 1), by size."""

    def bet(self, p_down: float, p_up: float) -> tuple[tuple[float, int], ...]:
        """Take a run's p-values; give of each capital its value, 1 at first, and the likeliest first run of a change.

        The first run, which has no past, is no bet.
        """
        import numpy as np
        from scipy.special import ndtri

        self.n_runs += 1
        if self.n_runs == 1:
            self.logs = np.zeros((2, 0, len(SIZES)))
            return (1.0, 0), (1.0, 0)
        scores = ndtri(np.maximum([[[p_down]], [[p_up]]], _SMALLEST))
        first = np.arange(1.0, self.n_runs)
        shift = np.outer(first, SIZES) / self.n_runs  # the past holds the changed runs as well
        ratio = np.exp(np.minimum(-shift * scores - shift**2 / 2, _HIGHEST))
        logs = np.concatenate([self.logs, np.zeros((2, 1, len(SIZES)))], axis=1)
        self.logs = logs + np.log1p(_AT_STAKE * (ratio - 1))
        prior = _HORIZON / ((first + _HORIZON - 1) * (first + _HORIZON))
        shares = prior * np.exp(np.minimum(self.logs, _HIGHEST)).mean(axis=2)
        kept = _HORIZON / (self.n_runs - 1 + _HORIZON)  # for changes yet to come
        return tuple((kept + float(each.sum()), int(each.argmax()) + 1) for each in shares)


@dataclass(slots=True, kw_only=True)
class _Series:
    """All runs so far: by problem, how often it had which number of passes; and what is bet on them."""

    sizes: Mapping[str, int]
    seen: dict[str, list[int]] = field(default_factory=dict)
    stakes: Stakes = field(default_factory=Stakes)

    def look(self, outcomes: Outcomes) -> Look:
        p_down, p_up = self._p_values(outcomes)
        (down, since_down), (up, since_up) = self.stakes.bet(p_down, p_up)
        return Look(
            p_down=p_down,
            p_up=p_up,
            evidence=(down + up) / 2,
            is_down=down >= up,
            since=since_down if down >= up else since_up,
        )

    def _p_values(self, outcomes: Outcomes) -> tuple[float, float]:
        """Give the chance of at most, and of at least, as many passes, over all ways to shuffle each problem's outcomes."""
        import numpy as np

        chances, passes = np.ones(1), 0
        for problem in sorted(outcomes):
            n_passed, n_known = outcomes[problem]
            size = self.sizes[problem]
            if 2 * n_known < size or not n_known:
                continue
            counts = self.seen.setdefault(problem, [0] * (size + 1))
            value = round(n_passed / n_known * size)
            counts[value] += 1
            if counts[value] < (n := sum(counts)):  # of one that never varied, nothing can be shuffled
                passes += value
                chances = np.convolve(chances, np.array(counts) / n)
        low, high = float(chances[: passes + 1].sum()), float(chances[passes:].sum())
        return min(1.0, low * _ROUNDED_UP), min(1.0, high * _ROUNDED_UP)
