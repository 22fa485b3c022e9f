"""Scopes: the functions and types around a place, in six languages."""

from __future__ import annotations

import pytest

from codeloop.diagnostics import Diagnostic
from codeloop.languages import get_language
from codeloop.languages.scopes import placed, scope_of

PROGRAMS = {
    "python": "class Account:\n    def deposit(self):\n        def inner():\n            HERE\n",
    "java": "class Account {\n  static class Book {\n    int deposit(int n) {\n      HERE\n    }\n  }\n}\n",
    "cpp": "struct Account {\n  int *deposit(int n) {\n    HERE;\n  }\n};\n",
    "javascript": "class Account {\n  deposit(n) {\n    HERE\n  }\n}\n",
    "go": "package p\n\nfunc (a *Account) deposit(n int) {\n\tHERE\n}\n",
    "rust": "impl<T> Account<T> {\n    fn deposit(&self) {\n        HERE\n    }\n}\n",
}
SCOPES = {
    "python": "Account.deposit.inner",
    "java": "Account.Book.deposit",
    "cpp": "Account::deposit",
    "javascript": "Account.deposit",
    "go": "Account.deposit",
    "rust": "Account::deposit",
}


def line_of(code: str) -> int:
    return code[: code.index("HERE")].count("\n") + 1


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_place_is_in_its_function_and_type(name: str) -> None:
    code = PROGRAMS[name]
    assert scope_of(code, line_of(code), None, get_language(name).syntax) == SCOPES[name]


@pytest.mark.parametrize(
    ("name", "code", "scope"),
    [
        ("cpp", "int Account::deposit(int n) {\n  HERE;\n}\n", "Account::deposit"),
        ("cpp", "std::vector<int> &total(int n) {\n  HERE;\n}\n", "total"),
        ("go", "package p\n\nfunc deposit(n int) int {\n\tHERE\n}\n", "deposit"),
        ("javascript", "const deposit = (n) => {\n  HERE\n}\n", "deposit"),
        ("javascript", "function deposit(n) {\n  HERE\n}\n", "deposit"),
        ("rust", "impl Bank for Account {\n    fn deposit(&self) {\n        HERE\n    }\n}\n", "Account::deposit"),
        ("rust", "fn deposit() {\n    HERE\n}\n", "deposit"),
        ("python", "HERE = 1\n", ""),
        ("python", "add = lambda a: a\n\n\nHERE\n", ""),
    ],
)
def test_other_shapes_of_functions(name: str, code: str, scope: str) -> None:
    assert scope_of(code, line_of(code), None, get_language(name).syntax) == scope


def test_a_column_tells_two_functions_of_a_line_apart() -> None:
    code = 'def f(ä): return "😀"\nclass A:\n    def g(self): pass; x = HERE\n'
    syntax = get_language("python").syntax
    assert scope_of(code, 3, code.split("\n")[2].index("HERE") + 1, syntax) == "A.g"
    assert scope_of(code, 3, 1, syntax) == "A"


@pytest.mark.parametrize("line", [0, -1, 99])
def test_a_line_that_is_not_there_has_no_scope(line: int) -> None:
    assert scope_of("def f():\n    pass\n", line, 1, get_language("python").syntax) == ""


def test_deep_nesting_is_no_trouble() -> None:
    code = "(" * 20000 + "1" + ")" * 20000
    assert scope_of(code, 1, 20001, get_language("python").syntax) == ""


def test_what_a_tool_said_itself_stays() -> None:
    item = Diagnostic(stage="lint", tool="t", rule="r", message="m", line=2, source_line="theirs", scope="theirs")
    assert placed([item], "def f():\n    x\n", get_language("python").syntax) == (item,)


def test_a_finding_without_a_line_stays_as_it_is() -> None:
    item = Diagnostic(stage="lint", tool="t", rule="r", message="m")
    assert placed([item], "def f():\n    x\n", get_language("python").syntax) == (item,)
