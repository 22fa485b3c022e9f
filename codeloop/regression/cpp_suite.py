"""doctest: a header and one test program (``doctest/doctest.h``, one header file)."""

from __future__ import annotations

from codeloop.regression.names import names_of, sentence
from codeloop.regression.suite import RegressionSuite


def files(suite: RegressionSuite) -> dict[str, str]:
    """Give ``solution.hpp`` and ``test_solution.cpp``: compile the latter with C++17 and run it."""
    names = names_of(suite.subjects, suite.entry_point)
    tests = "".join(
        f'\nDOCTEST_TEST_CASE("{sentence(name)}") {{\n    DOCTEST_CHECK(bool({test.condition.rstrip("; ")}));\n}}\n'
        for name, test in zip(names, suite.tests, strict=True)
    )
    head = f"// {suite.source}\n" if suite.source else ""
    return {
        "solution.hpp": "#pragma once\n" + suite.code.rstrip() + "\n",
        "test_solution.cpp": f"{head}#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN\n"
        "#define DOCTEST_CONFIG_NO_SHORT_MACRO_NAMES  // the program may have a CHECK or an INFO of its own\n#include <doctest/doctest.h>\n\n"
        f'#include "solution.hpp"\n{tests}',
    }


__all__ = ["files"]
