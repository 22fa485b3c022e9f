"""go test: a package and its tests, with nothing but Go's own library."""

from __future__ import annotations

import re

from codeloop.regression.names import camel, names_of
from codeloop.regression.suite import RegressionSuite
from codeloop.testgen.conditions import arguments_of

_IMPORTABLE = ("math", "reflect", "sort", "strconv", "strings")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\'(?:[^\'\\]|\\.)*\'')
_FORMS = {
    "Equal": "reflect.DeepEqual({0}, {1})",
    "EqualValues": "reflect.DeepEqual({0}, {1})",
    "True": "{0}",
    "False": "!({0})",
    "Empty": "codeloopIsEmpty({0})",
    "NotEmpty": "!codeloopIsEmpty({0})",
    "Len": "reflect.ValueOf({0}).Len() == {1}",
    "Nil": "codeloopIsNil({0})",
    "NotNil": "!codeloopIsNil({0})",
    "InDelta": "math.Abs(float64({0})-float64({1})) <= {2}",
    "ElementsMatch": "codeloopElementsMatch({0}, {1})",
}
"""Assertions of testify as conditions: a suite should not need a module that its user has not."""
_HELPERS = {
    "codeloopIsNil": """
func codeloopIsNil(value any) bool {
	if value == nil {
		return true
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Chan, reflect.Func, reflect.Map, reflect.Pointer, reflect.Slice:
		return v.IsNil()
	}
	return false
}
""",
    "codeloopIsEmpty": """
func codeloopIsEmpty(value any) bool {
	if value == nil {
		return true
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Array, reflect.Chan, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	default:
		return v.IsZero()
	}
}
""",
    "codeloopElementsMatch": """
func codeloopElementsMatch(left, right any) bool {
	a, b := reflect.ValueOf(left), reflect.ValueOf(right)
	if a.Len() != b.Len() {
		return false
	}
	taken := make([]bool, b.Len())
next:
	for i := 0; i < a.Len(); i++ {
		for j := range taken {
			if !taken[j] && reflect.DeepEqual(a.Index(i).Interface(), b.Index(j).Interface()) {
				taken[j] = true
				continue next
			}
		}
		return false
	}
	return true
}
""",
}
"""What these conditions call, with testify's meaning: nothing, an empty value and nil are told apart as there."""


def files(suite: RegressionSuite) -> dict[str, str]:
    """Give ``solution.go``, ``solution_test.go`` and ``go.mod``: run ``go test`` in their folder."""
    names = names_of(suite.subjects, suite.entry_point)
    conditions = [condition_of(test.condition) for test in suite.tests]
    tests = "".join(_test(camel(name, is_upper=True), each) for name, each in zip(names, conditions, strict=True))
    tests += "".join(text for name, text in _HELPERS.items() if f"{name}(" in tests)
    bare = _STRING.sub('""', tests)
    used = [name for name in _IMPORTABLE if re.search(rf"(?<![\w.]){name}\.", bare)]
    imports = "".join(f'\t"{name}"\n' for name in sorted([*used, "testing"]))
    head = f"// {suite.source}\n\n" if suite.source else ""
    return {
        "solution.go": suite.code.rstrip() + "\n",
        "solution_test.go": f"{head}package main\n\nimport (\n{imports})\n{tests}",
        "go.mod": "module solution\n\ngo 1.21\n",
    }


def _test(name: str, condition: str) -> str:
    quoted = '"' + condition.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'\nfunc Test{name}(t *testing.T) {{\n\tif !({condition}) {{\n\t\tt.Errorf("%s", {quoted})\n\t}}\n}}\n'


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


__all__ = ["condition_of", "files"]
