"""node:test: a script and its tests, with nothing but Node."""

from __future__ import annotations

import json
import re

from codeloop.languages import get_language
from codeloop.languages.syntax import parse
from codeloop.regression.names import names_of, sentence
from codeloop.regression.suite import RegressionSuite


def files(suite: RegressionSuite) -> dict[str, str]:
    """Give ``solution.cjs`` and ``solution.test.cjs``: run ``node --test`` in their folder."""
    names = names_of(suite.subjects, suite.entry_point)
    tests = "".join(
        f"\ntest({json.dumps(sentence(name))}, () => {{\n  assert.ok({test.condition.rstrip('; ')})\n}})\n"
        for name, test in zip(names, suite.tests, strict=True)
    )
    given = _given(suite)
    head = f"// {suite.source}\n" if suite.source else ""
    return {
        "solution.cjs": f"{suite.code.rstrip()}\n\nmodule.exports = {{ {given} }}\n",
        "solution.test.cjs": f"{head}const test = require('node:test')\nconst assert = require('node:assert')\n\n"
        f"const {{ {given} }} = require('./solution.cjs')\n{tests}",
    }


def _given(suite: RegressionSuite) -> str:
    """Name what the tests call: the entry point, and helpers that the program defines beside it."""
    language = get_language("javascript")
    defined = {name for node in parse(language.syntax, suite.code).named_children for name in language.bound(node)}
    called = {word for test in suite.tests for word in re.findall(r"[\w$]+", test.condition)}
    return ", ".join([suite.entry_point, *sorted((defined & called) - {suite.entry_point, "assert", "test"})])


__all__ = ["files"]
