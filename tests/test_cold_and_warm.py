"""Warm cells judge as cold containers do, on every 20th task of each language; benchmarks/cold_and_warm.py takes them all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from codeloop import config, host
from codeloop.attempts import Status
from codeloop.suites import load_suite

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import cold_and_warm

EVERY = 20


@pytest.mark.docker
@pytest.mark.parametrize("language", cold_and_warm.LANGUAGES)
def test_references_and_wrong_programs_are_judged_alike(language: str) -> None:
    if not host.probe_engine().ok:
        pytest.skip("no Docker engine")
    suite = load_suite("humaneval-x", (language,), data_dir=config.data_dir(), cache_dir=config.cache_dir())
    samples = cold_and_warm.programs(suite, EVERY)
    assert len(samples) == 18
    cold, warm = cold_and_warm.both_ways(samples)
    assert [cold_and_warm.seen(each) for each in cold] == [cold_and_warm.seen(each) for each in warm]
    assert {each.status for each in warm} == {Status.PASSED, Status.FAILED}
