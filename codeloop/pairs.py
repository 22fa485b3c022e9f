"""Pairs: the draws of two runs put together by task and number. Pure; missing stays missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codeloop.drops import Change, change
from codeloop.paired import Draws
from codeloop.records import END
from codeloop.snapshots import Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The draws that both runs have a verdict of, in order."""

    rows: tuple[tuple[Draw, Draw], ...]
    """Before and after."""
    n_missing: int = 0
    """Pairs that one run or both have no verdict of."""
    iteration: int = END

    @property
    def before(self) -> Draws:
        """Give the first run's outcomes by task."""
        return self._outcomes(0)

    @property
    def after(self) -> Draws:
        """Give the second run's outcomes by task."""
        return self._outcomes(1)

    @property
    def has_same_programs(self) -> bool:
        """Say whether every program handed over at the end is known to be the same in both."""
        return self.iteration == END and all(was.program and was.program == now.program for was, now in self.rows)

    @property
    def is_same(self) -> bool:
        """Say whether nothing moved: the same programs, and the same verdicts on them."""
        return self.has_same_programs and all(
            was.passed_by(self.iteration) == now.passed_by(self.iteration) for was, now in self.rows
        )

    def change(self, **settings: float) -> Change:
        """Compare them."""
        return change(self.before, self.after, **settings)

    def where(self, is_wanted: Callable[[Draw, Draw], bool]) -> Pairs:
        """Give some of them; how many of those are missing is not known."""
        return Pairs(rows=tuple(row for row in self.rows if is_wanted(*row)), iteration=self.iteration)

    def _outcomes(self, run: int) -> Draws:
        found: defaultdict[str, list[bool]] = defaultdict(list)
        for row in self.rows:
            found[row[run].task_id].append(row[run].passed_by(self.iteration) is True)
        return found


def pair_up(before: Sequence[Draw], after: Sequence[Draw], iteration: int = END) -> Pairs:
    """Put the draws of both runs together; draw numbers that only one run was to make are no pairs, and not missing either."""
    first, second = ({row.pair: row for row in rows} for rows in (before, after))
    n_draws = min(max((row.draw + 1 for row in rows), default=0) for rows in (before, after))
    keys = sorted(key for key in first.keys() | second.keys() if key[1] < n_draws)
    both = [(first[key], second[key]) for key in keys if key in first and key in second]
    rows = tuple(row for row in both if all(draw.passed_by(iteration) is not None for draw in row))
    return Pairs(rows=rows, n_missing=len(keys) - len(rows), iteration=iteration)
