"""A bench that says what the visible tests would not notice: recorded answers, real cells."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from test_end_to_end import CASSETTE, command, environment


@pytest.mark.docker("python")
def test_a_program_that_passes_is_told_what_its_tests_do_not_notice(tmp_path: Path) -> None:
    arguments = (
        "bench",
        "basics",
        "--lang",
        "python",
        "--tasks",
        "Python/b1,Python/b2",
        "--policy",
        "repair",
        "--mutate",
        "inform",
    )
    done = subprocess.run(
        command(*arguments, "--model", f"replay:{CASSETTE}", "--json"),
        env=environment(tmp_path), capture_output=True, text=True, timeout=280, check=True,
    )  # fmt: skip
    results = json.loads(done.stdout)
    assert results["mutants"] == {"programs": 1, "unnoticed mutants": 7, "programs without": 0}
    told = subprocess.run(
        command("report", "--task", "Python/b1"), env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=True
    )  # fmt: skip
    assert "-- mutation score 66.7 %: 14 of 21 mutants are noticed" in told.stdout
    assert "LCR: no test notices when not values or limit < 0 becomes (not values) and (limit < 0)" in told.stdout
