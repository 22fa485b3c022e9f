"""How large the HTML report of 1,640 trajectories is, and how long a real browser takes to its first view.

``python report_first_view.py [--times N] [--shots FOLDER]``. The time is from the start of the navigation to the drawn overview
and table (``performance.now()`` of the page), once per new tab content; the median, the least and the most are printed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from chromium import Page, chromium
from made_run import made_run


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tasks", type=int, default=164)
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--shots", type=Path)
    chosen = parser.parse_args()
    run = made_run(chosen.tasks, chosen.draws)
    started = time.perf_counter()
    text = run.as_html()
    wrote_s = time.perf_counter() - started
    n_attempts = sum(len(trajectory.attempts) for trajectory in run.trajectories)
    print(
        f"{len(run.trajectories)} trajectories, {n_attempts} attempts: {len(text.encode()):,} bytes, made in {wrote_s:.1f} s"
    )
    with TemporaryDirectory() as folder, chromium() as page:
        path = Path(folder) / "report.html"
        path.write_text(text, "utf-8")
        page.size(1280, 900)
        views = [first_view(page, path) for _ in range(chosen.times)]
        steps = [open_steps(page) for _ in range(chosen.times)]
        for name, times in (("first view", views), ("a trajectory opened", steps)):
            print(
                f"{name}: median {statistics.median(times):.0f} ms, {min(times):.0f} to {max(times):.0f}, {len(times)} times"
            )
        if chosen.shots:
            chosen.shots.mkdir(parents=True, exist_ok=True)
            page.open(path)
            page.shoot(chosen.shots / "report-overview.png")


def first_view(page: Page, path: Path) -> float:
    """Give milliseconds from the navigation to the drawn page."""
    page.open(path)
    return float(page.do("Number(document.documentElement.dataset.ready)"))


def open_steps(page: Page) -> float:
    """Give milliseconds from the click on a row to its drawn timeline, its block packed."""
    return float(
        page.do(
            "(async () => { const links = document.querySelectorAll('#table a'); const start = performance.now();"
            " links[Math.floor(Math.random() * links.length)].click();"
            " while (document.querySelector('#view-steps').hidden) await new Promise(requestAnimationFrame);"
            " const took = performance.now() - start; location.hash = '#overview';"
            " while (document.querySelector('#view-run').hidden) await new Promise(requestAnimationFrame); return took; })()"
        )
    )


if __name__ == "__main__":
    main()
