"""Regression: suites that a language's ordinary runner executes, from a checked program and its tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codeloop.regression import cpp_suite, go_suite, java_suite, javascript_suite, python_suite, rust_suite
from codeloop.regression.go_suite import condition_of
from codeloop.regression.minimise import minimised
from codeloop.regression.refusal import refusal
from codeloop.regression.suite import RegressionSuite, RegressionTest

_WRITERS: Mapping[str, Callable[[RegressionSuite], dict[str, str]]] = {
    "python": python_suite.files,
    "java": java_suite.files,
    "cpp": cpp_suite.files,
    "javascript": javascript_suite.files,
    "go": go_suite.files,
    "rust": rust_suite.files,
}


def unwritable(language: str, condition: str) -> str:
    """Say why a condition cannot stand in a suite: it is not one whole expression, or no plain one says it; else empty."""
    why = refusal(language, condition)
    if why or language != "go":
        return why
    try:
        return refusal(language, condition_of(condition))
    except ValueError:
        return "no plain condition says what it asserts"


def _exporter(language: str) -> Callable[[RegressionSuite], dict[str, str]]:
    def files(suite: RegressionSuite) -> dict[str, str]:
        for test in suite.tests:
            if why := unwritable(language, test.condition):
                raise ValueError(f"{test.condition!r}: {why}")
        return _WRITERS[language](suite)

    return files


EXPORTERS: Mapping[str, Callable[[RegressionSuite], dict[str, str]]] = {name: _exporter(name) for name in _WRITERS}
"""Language to what writes its files: relative path to text. Raises ValueError for a test that is ``unwritable``."""


__all__ = ["EXPORTERS", "RegressionSuite", "RegressionTest", "minimised", "unwritable"]
