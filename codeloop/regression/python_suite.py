"""pytest: a module and its tests."""

from __future__ import annotations

import re

from codeloop.regression.names import names_of
from codeloop.regression.suite import RegressionSuite

_PRELUDE = "import math\n"


def files(suite: RegressionSuite) -> dict[str, str]:
    """Give ``solution.py`` and ``test_solution.py``: run ``pytest`` in their folder."""
    names = names_of(suite.subjects, suite.entry_point)
    tests = "".join(
        f"\n\ndef test_{name}():\n    assert {_bare(test.condition)}\n"
        for name, test in zip(names, suite.tests, strict=True)
    )
    head = f'"""{suite.source}"""\n\n' if suite.source else ""
    prelude = _PRELUDE if any(re.search(r"\bmath\.", test.condition) for test in suite.tests) else ""
    return {
        "solution.py": suite.code.rstrip() + "\n",
        "test_solution.py": f"{head}{prelude}from solution import *  # noqa: F403\nfrom solution import {suite.entry_point}\n{tests}",
    }


def _bare(condition: str) -> str:
    return re.sub(r"^assert\b\s*", "", condition)


__all__ = ["files"]
