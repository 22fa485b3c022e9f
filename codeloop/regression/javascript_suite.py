"""node:test: a script and its tests, with nothing but Node."""

from __future__ import annotations

import json

from codeloop.regression.names import names_of, sentence
from codeloop.regression.suite import RegressionSuite


def files(suite: RegressionSuite) -> dict[str, str]:
    """Give ``solution.cjs`` and ``solution.test.cjs``: run ``node --test`` in their folder."""
    names = names_of([test.condition for test in suite.tests], suite.entry_point)
    tests = "".join(
        f"\ntest({json.dumps(sentence(name))}, () => {{\n  assert.ok({test.condition.rstrip('; ')})\n}})\n"
        for name, test in zip(names, suite.tests, strict=True)
    )
    head = f"// {suite.source}\n" if suite.source else ""
    return {
        "solution.cjs": f"{suite.code.rstrip()}\n\nmodule.exports = {{ {suite.entry_point} }}\n",
        "solution.test.cjs": f"{head}const test = require('node:test')\nconst assert = require('node:assert')\n\n"
        f"const {{ {suite.entry_point} }} = require('./solution.cjs')\n{tests}",
    }


__all__ = ["files"]
