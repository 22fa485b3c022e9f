"""Progress of a run: a live display on a terminal, plain lines with the time that is left anywhere else."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from codeloop.attempts import Attempt, Trajectory
from codeloop.cli.options import say
from codeloop.report.text import escape


class RunProgress:
    """Tells what became of every attempt and trajectory; use it as a context manager.

    ``ended`` trajectories of an earlier session count as done, but not towards the pace: they took no time in this one.
    """

    def __init__(
        self, total: int, ended: int = 0, *, console: Console | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total, self._before, self._done = total, ended, 0
        self._clock = clock
        self._started = clock()
        self._endings: Counter[str] = Counter()
        self._console = console or Console(stderr=True)
        self._live: Progress | None = None
        self._bar: TaskID | None = None

    def __enter__(self) -> RunProgress:
        if self._console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[left]}"),
                TextColumn("{task.fields[news]}"),
            )
            self._live = Progress(*columns, console=self._console, transient=True)
            self._bar = self._live.add_task("trajectories", total=self._total, completed=self._before, left="", news="")
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    async def on_attempt(self, task_id: str, draw: int, attempt: Attempt) -> None:
        """Show the attempt on the live display; plain output has one line per trajectory only."""
        if self._live is not None and self._bar is not None:
            last = attempt.verdict.last
            news = f"{task_id} draw {draw} attempt {attempt.iteration + 1}: {last.stage} {last.outcome}"
            self._live.update(self._bar, news=escape(news))

    async def on_end(self, trajectory: Trajectory) -> None:
        """Write one line about an ended trajectory, above the live display if there is one."""
        self._done += 1
        self._endings[trajectory.ending] += 1
        count = self._before + self._done
        line = f"{count}/{self._total} {trajectory.task_id} draw {trajectory.draw}: {_note(trajectory)}"
        if self._live is None or self._bar is None:
            say(f"{line}; about {self.left_s:.0f} s left")
            return
        self._live.print(escape(line), markup=False, highlight=False)
        endings = ", ".join(f"{n} {ending}" for ending, n in self._endings.most_common())
        self._live.update(self._bar, completed=count, left=f"about {_clock_face(self.left_s)} left", news=endings)

    @property
    def left_s(self) -> float:
        """Seconds left at this session's pace; infinite before its first trajectory has ended."""
        if not self._done:
            return float("inf")
        return (self._clock() - self._started) / self._done * max(0, self._total - self._before - self._done)


def _note(trajectory: Trajectory) -> str:
    if trajectory.error:
        return trajectory.error
    passed = trajectory.passed_by(len(trajectory.attempts))
    hidden = {True: "hidden tests pass", False: "hidden tests fail", None: "no hidden verdict"}[passed]
    return f"{trajectory.ending} after {len(trajectory.attempts)} attempt(s), {hidden}"


def _clock_face(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
