"""Regression: suites that a language's ordinary runner executes, from a checked program and its tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codeloop.regression import cpp_suite, go_suite, java_suite, javascript_suite, python_suite, rust_suite
from codeloop.regression.minimise import minimised
from codeloop.regression.suite import RegressionSuite, RegressionTest

EXPORTERS: Mapping[str, Callable[[RegressionSuite], dict[str, str]]] = {
    "python": python_suite.files,
    "java": java_suite.files,
    "cpp": cpp_suite.files,
    "javascript": javascript_suite.files,
    "go": go_suite.files,
    "rust": rust_suite.files,
}
"""Language to what writes its files: relative path to text."""


__all__ = ["EXPORTERS", "RegressionSuite", "RegressionTest", "minimised"]
