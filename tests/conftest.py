"""What several test files need: the data folder, and the rule that CI may not skip a real component."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def _data_dir() -> None:
    beside = Path(__file__).parents[2] / "shared" / "data"
    if "CODELOOP_DATA_DIR" not in os.environ and beside.is_dir():
        os.environ["CODELOOP_DATA_DIR"] = str(beside)
