"""cargo test: a library crate and its tests."""

from __future__ import annotations

import re

from codeloop.regression.names import names_of
from codeloop.regression.suite import RegressionSuite

_CRATES = {"rand": "0.8", "regex": "1", "md5": "0.7"}
"""Crates that HumanEval-X's programs may name."""


def files(suite: RegressionSuite) -> dict[str, str]:
    """Give ``src/lib.rs``, with its tests, and ``Cargo.toml``: run ``cargo test`` in their folder."""
    names = names_of(suite.subjects, suite.entry_point)
    tests = "".join(
        f"\n    #[test]\n    fn {name}() {{\n        {_assertion(test.condition)};\n    }}\n"
        for name, test in zip(names, suite.tests, strict=True)
    )
    head = f"//! {suite.source}\n" if suite.source else ""
    needed = "".join(
        f'{name} = "{version}"\n' for name, version in _CRATES.items() if re.search(rf"\b{name}(?:::|;)", suite.code)
    )
    return {
        "src/lib.rs": f"{head}{suite.code.rstrip()}\n\n#[cfg(test)]\nmod tests {{\n    use super::*;\n{tests}}}\n",
        "Cargo.toml": f'[package]\nname = "solution"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n{needed}',
    }


def _assertion(condition: str) -> str:
    line = condition.rstrip("; ")
    return line if re.match(r"assert(_eq|_ne)?!", line) else f"assert!({line})"


__all__ = ["files"]
