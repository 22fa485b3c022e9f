"""What several test files need: the data folder, and the rule that CI may not skip a real component."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).parents[2] / "shared" / "data"
if "CODELOOP_DATA_DIR" not in os.environ and _BESIDE.is_dir():
    os.environ["CODELOOP_DATA_DIR"] = str(_BESIDE)  # before the test files read it, and inherited by what they start


class _NoSkippedContainers:
    """Turns a green session red when a test that needs Docker was skipped where CI demands it."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and "docker" in report.keywords:
            self.skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and os.environ.get("CODELOOP_REQUIRE_DOCKER"):
            print(f"\nskipped although CODELOOP_REQUIRE_DOCKER is set: {', '.join(self.skipped)}")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_NoSkippedContainers())
