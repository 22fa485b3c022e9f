"""Written tests: taken apart per case, refused where they would do more than test; and who is believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeloop.languages import NAMES
from codeloop.suites import load_suite
from codeloop.testgen.agreement import Ballot, TestVerdict, arbitrate
from codeloop.testgen.conditions import MAX_CHARACTERS, conditions, is_condition
from codeloop.testgen.words import helpers_of

ANSWERS = {
    "python": (
        "Here you are:\n```python\nimport unittest\n\ndef test_f():\n    assert f(1) == 2, 'one'\n    result = f(3)\n    assert result == 4\n\n"
        "class T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(f([1,\n            2]), 3)\n        self.assertTrue(f(0))\n"
        "        self.assertFalse(f(5))\n```\n",
        ("f(1) == 2", "f([1, 2]) == 3", "f(0)", "not (f(5))"),
    ),
    "java": (
        "```java\n@Test\nvoid t() {\n  assertEquals(2, new Solution().f(1));\n  assertEquals(Arrays.asList(1, 2), solution.f(3));\n  assertTrue(s.f(4) > 0);\n"
        "  int x = s.f(9);\n}\n```",
        ("s.f(1) == 2", "s.f(3).equals(Arrays.asList(1, 2))", "s.f(4) > 0"),
    ),
    "cpp": (
        "```cpp\nint main() {\n    assert(f({1, 2}) == 3);\n    EXPECT_EQ(f({}), 0);\n    if (f({9}) != 9) return 1;\n}\n```",
        ("f({1, 2}) == 3", "f({}) == 0"),
    ),
    "javascript": (
        "```js\ntest('a', () => { expect(f([1])).toEqual([2]); expect(f(2)).toBe(3) });\nconsole.assert(f(0) === 1);\nassert.strictEqual(f('a'), 'b');\n```",
        ("JSON.stringify(f([1])) === JSON.stringify([2])", "f(2) === 3", "f(0) === 1", "f('a') === 'b'"),
    ),
    "go": (
        '```go\nfunc TestF(t *testing.T) {\n\tassert.Equal(t, 2, F(1))\n\tif F(3) != 4 {\n\t\tt.Error("no")\n\t}\n\tassert.True(t, F(5) == 6)\n}\n```',
        ("assert.Equal(t, 2, F(1))", "assert.True(t, F(5) == 6)"),
    ),
    "rust": (
        "```rust\n#[test]\nfn t() {\n    assert_eq!(f(vec![1, 2]), 3);\n    assert!(f(vec![]) == 0, \"empty\");\n    let x = f(vec![9]);\n    assert_eq!(x, 9);\n}\n```",
        ("assert_eq!(f(vec![1, 2]), 3)", "assert!(f(vec![]) == 0)"),
    ),
}  # fmt: skip
"""Answers as models write them, and the tests in them."""

HOSTILE = {
    "python": ("__import__('os').system('x') or f(1) == 2", "f(1) == 2; import os", "(f := 1) == 1 and f", "[f(x) for x in open('/etc/passwd')]"),
    "java": ('s.f("\\u0022) == 1 && s.size() > 0 && s.f(\\u0022") == 1', "s.f(1) == 2); Runtime.getRuntime().halt(0", "s.f(System.exit(0)) == 1", "s.f(new Object() { int x = 1; }) == 2"),
    "cpp": ("f(1) == 2); system(\"x\"", "[]{ return f(1); }() == 2", "(f(1), exit(0), 1)", "f(1) == 2; }\nint g() { return 0"),
    "javascript": ("f(process.exit(0)) === 1", "(() => f(1))() === 2", "f(1) === 2); process.exit(0", "f(f = 1) === 1"),
    "go": ("assert.True(t, F(1) == 2); os.Exit(0)", "func() bool { return F(1) == 2 }()", "assert.True(t, F(1) == 2) }\nfunc init() { panic(1)"),
    "rust": ("assert!(f(1) == 2); std::process::exit(0)", "assert!({ loop {} f(1) == 2 })", "assert!((|| f(1))() == 2)"),
}  # fmt: skip
"""What would do more than test."""


@pytest.mark.parametrize("language", ANSWERS)
def test_tests_are_taken_out_of_an_answer_one_by_one(language: str) -> None:
    answer, expected = ANSWERS[language]
    assert conditions(language, "F" if language == "go" else "f", answer) == expected


@pytest.mark.parametrize(("language", "line"), [(name, line) for name, lines in HOSTILE.items() for line in lines])
def test_what_does_more_than_test_is_no_test(language: str, line: str) -> None:
    entry_point = "F" if language == "go" else "f"
    assert not is_condition(language, entry_point, line)
    for found in conditions(language, entry_point, f"```\n{line}\n```"):
        assert is_condition(language, entry_point, found)


@pytest.mark.parametrize("language", NAMES)
def test_every_case_of_the_shipped_suite_is_a_condition(language: str) -> None:
    for task in load_suite("basics", (language,)).tasks:
        for tests in (task.visible.code, task.hidden.code):
            found = conditions(language, task.entry_point, tests, helpers_of(task))
            assert len(found) == tests.count(f"{task.entry_point}("), (task.id, found)


@pytest.mark.parametrize("text", ["f(1) == 2", "- f(1) == 2", "1. `f(1) == 2`", "* assert f(1) == 2"])
def test_bare_lines_and_lists_are_read(text: str) -> None:
    assert conditions("python", "f", text) == ("f(1) == 2",)


def test_a_number_and_a_bracket_within_a_line_are_no_mark_of_a_list() -> None:
    text = "s.f(Arrays.asList(5, 5, 5), 5) == 0\ns.f(Arrays.asList(1, 2, 3), 10) == 3"
    assert conditions("java", "f", text) == tuple(text.split("\n"))


def test_the_same_test_is_given_once_and_a_flood_not_at_all() -> None:
    assert conditions("python", "f", "f(1) == 2\nf(1) == 2") == ("f(1) == 2",)
    assert conditions("python", "f", f"f({'1' * MAX_CHARACTERS}) == 2") == ()


@pytest.mark.parametrize("language", NAMES)
@given(text=st.text(max_size=200))
def test_any_text_gives_conditions_only(language: str, text: str) -> None:
    for found in conditions(language, "f", text):
        assert is_condition(language, "f", found)


def ballot(*passes: str, examples: bool | None = True) -> Ballot:
    return Ballot(passes=frozenset(passes), passes_examples=examples)


@pytest.mark.parametrize(
    ("program", "others", "verdict"),
    [
        (ballot("t", "u"), [], TestVerdict.RIGHT),
        (ballot("u"), [ballot("t", "u"), ballot("t", "u")], TestVerdict.CODE_WRONG),
        (ballot("u"), [ballot("u"), ballot("t", "u")], TestVerdict.TEST_WRONG),
        (ballot("u"), [], TestVerdict.UNCLEAR),
        (ballot("u"), [ballot("t", "u", examples=False), ballot("t", "u", examples=False)], TestVerdict.UNCLEAR),
        (ballot("u", examples=None), [ballot("t", examples=None), ballot("t", examples=None)], TestVerdict.CODE_WRONG),
        (ballot("u"), [ballot("t"), ballot("t", "u")], TestVerdict.UNCLEAR),
    ],
    ids=["passes", "two against it", "one with it", "nobody asked", "voters without sense", "no examples", "no two agree"],
)  # fmt: skip
def test_who_is_believed(program: Ballot, others: list[Ballot], verdict: TestVerdict) -> None:
    assert arbitrate(["t"], program, others)["t"] is verdict


def test_equal_weights_decide_nothing() -> None:
    others = [ballot("t", "u"), ballot("t", "u"), ballot("u", "v")]
    assert arbitrate(["t"], ballot("u", "v"), others)["t"] is TestVerdict.UNCLEAR
