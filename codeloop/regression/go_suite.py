"""go test: a package and its tests, with nothing but Go's own library."""

from __future__ import annotations

import re

from codeloop.regression.names import camel, names_of
from codeloop.regression.suite import RegressionSuite
from codeloop.testgen.conditions import arguments_of

_IMPORTABLE = ("math", "strings", "sort", "strconv")
_FORMS = {
    "Equal": "reflect.DeepEqual({0}, {1})",
    "EqualValues": "reflect.DeepEqual({0}, {1})",
    "True": "{0}",
    "False": "!({0})",
    "Empty": "reflect.ValueOf({0}).Len() == 0",
    "NotEmpty": "reflect.ValueOf({0}).Len() != 0",
    "Len": "reflect.ValueOf({0}).Len() == {1}",
    "Nil": "reflect.ValueOf({0}).IsNil()",
    "NotNil": "!reflect.ValueOf({0}).IsNil()",
    "InDelta": "math.Abs(float64({0})-float64({1})) <= {2}",
}
"""Assertions of testify as conditions: a suite should not need a module that its user has not."""


def files(suite: RegressionSuite) -> dict[str, str]:
    """Give ``solution.go``, ``solution_test.go`` and ``go.mod``: run ``go test`` in their folder."""
    names = names_of([test.condition for test in suite.tests], suite.entry_point)
    conditions = [condition_of(test.condition) for test in suite.tests]
    tests = "".join(
        f"\nfunc Test{camel(name, is_upper=True)}(t *testing.T) {{\n\tif !({condition}) {{\n\t\tt.Error({_quoted(condition)})\n\t}}\n}}\n"
        for name, condition in zip(names, conditions, strict=True)
    )
    used = [name for name in ("reflect", *_IMPORTABLE) if re.search(rf"\b{name}\.", " ".join(conditions))]
    imports = "".join(f'\t"{name}"\n' for name in sorted([*used, "testing"]))
    head = f"// {suite.source}\n\n" if suite.source else ""
    return {
        "solution.go": suite.code.rstrip() + "\n",
        "solution_test.go": f"{head}package main\n\nimport (\n{imports})\n{tests}",
        "go.mod": "module solution\n\ngo 1.21\n",
    }


def condition_of(condition: str) -> str:
    """Give a test as a plain condition. Raises ValueError for an assertion that no condition here says."""
    match = re.match(r"(?:assert|require)\.(\w+)\(", condition)
    if match is None:
        return condition
    values = [text for text in arguments_of("go", condition) if text != "t"]
    if match[1] not in _FORMS or len(values) < _FORMS[match[1]].count("{"):
        raise ValueError(condition)
    if match[1] in {"Equal", "EqualValues"}:
        return _equal(*values[:2])
    return _FORMS[match[1]].format(*values)


def _equal(expected: str, actual: str) -> str:
    """Compare as testify does: an untyped constant takes the other's type only with ``==``."""
    is_plain = re.fullmatch(r"-?[\w.]+|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", expected)
    answer = f"({actual})" if re.search(r"[<>=&|]", actual) else actual
    return f"{answer} == {expected}" if is_plain and expected != "nil" else f"reflect.DeepEqual({expected}, {actual})"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


__all__ = ["condition_of", "files"]
