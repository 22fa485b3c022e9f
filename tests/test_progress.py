"""Progress: the pace counts this session only, and untrusted text does not act."""

from __future__ import annotations

import io

import anyio
import pytest
from rich.console import Console

from codeloop.attempts import Ending, Trajectory
from codeloop.cli.progress import RunProgress


def trajectory(task_id: str = "Python/1", error: str = "") -> Trajectory:
    ending = Ending.ERRORED if error else Ending.STALLED
    return Trajectory(task_id=task_id, language="python", draw=0, ending=ending, attempts=(), error=error)


def test_plain_lines_estimate_from_what_this_session_ended(capsys: pytest.CaptureFixture[str]) -> None:
    now = 100.0
    with RunProgress(10, ended=7, console=Console(file=io.StringIO()), clock=lambda: now) as progress:
        assert progress.left_s == float("inf")
        now = 130.0
        anyio.run(progress.on_end, trajectory())
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["8/10 Python/1 draw 0: stalled after 0 attempt(s), no hidden verdict; about 60 s left"]


def test_a_terminal_gets_a_live_display_that_ends_without_a_trace() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=120)
    with RunProgress(2, console=console) as progress:
        anyio.run(progress.on_end, trajectory("Python/\x1b[2Jx"))
    shown = out.getvalue()
    assert r"1/2 Python/\x1b[2Jx draw 0: stalled" in shown
    assert "\x1b[2Jx" not in shown
    assert "trajectories" in shown
    assert shown.endswith("\x1b[2K")  # the bar is taken off the screen


def test_a_model_error_with_control_characters_is_shown_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    with RunProgress(1, console=Console(file=io.StringIO())) as progress:
        anyio.run(progress.on_end, trajectory(error="boom \x1b]0;title\x07"))
    assert "\x1b" not in capsys.readouterr().err
