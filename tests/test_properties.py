"""Properties: read from an answer, tried on the task's inputs and on varied ones, in the words of each language."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeloop.codec import decode, encode
from codeloop.languages import NAMES
from codeloop.report import growth_report
from codeloop.report.terminal import render
from codeloop.suites import load_suite
from codeloop.testgen.brackets import calls_of, split
from codeloop.testgen.conditions import conditions, is_condition
from codeloop.testgen.properties import Subject, subject_of
from codeloop.testgen.results import Fate, Growth, Origin, WrittenTest
from codeloop.testgen.signatures import Parameter, parameters_of
from codeloop.testgen.variations import variations


def subject(language: str, entry_point: str, *parameters: tuple[str, str]) -> Subject:
    made = tuple(Parameter(name=name, type=kind) for name, kind in parameters)
    return Subject(language=language, entry_point=entry_point, parameters=made)


@pytest.mark.parametrize(
    ("language", "prompt", "expected"),
    [
        ("python", "def f(xs: dict[str, int], n=3):\n    '''\n    >>> f(1)\n    '''\n", [("xs", "dict[str, int]"), ("n", "")]),
        ("java", "class Solution {\n  // f(1) => 2\n  public int f(Map<String, Integer> xs, final long n) {\n", [("xs", "Map<String, Integer>"), ("n", "long")]),
        ("cpp", "// it's f(1)\n/* f({1}) == 2 */\nint f(const vector<int>& xs, long long n){\n", [("xs", "vector<int>"), ("n", "long long")]),
        ("javascript", "/* f(1) */\nconst f = (xs, n = 3) => {\n", [("xs", ""), ("n", "")]),
        ("javascript", "const f = xs => {\n", [("xs", "")]),
        ("javascript", "function f(xs) {\n", [("xs", "")]),
        ("go", "// f(1)\nfunc f(a, b int, xs map[string]int) (int, error) {\n", [("a", "int"), ("b", "int"), ("xs", "map[string]int")]),
        ("rust", "/// f(1)\nfn f<'a>(mut xs: &'a [i32], n: Vec<(i32, u8)>) -> bool {\n", [("xs", "&[i32]"), ("n", "Vec<(i32, u8)>")]),
        ("python", "def f(*xs):\n", []),
        ("go", "func f(xs ...int) int {\n", []),
        ("java", "public int f(int... xs) {\n", []),
        ("cpp", "// f(1) is 2\n", []),
    ],
)  # fmt: skip
def test_parameters_are_read_from_an_unfinished_program(
    language: str, prompt: str, expected: list[tuple[str, str]]
) -> None:
    assert [(each.name, each.type) for each in parameters_of(language, "f", prompt)] == expected


@pytest.mark.parametrize("language", NAMES)
def test_every_task_of_the_shipped_suite_has_parameters_inputs_and_variations(language: str) -> None:
    for task in load_suite("basics", (language,)).tasks:
        made = subject_of(task)
        assert made.parameters, task.id
        inputs = made.inputs(conditions(language, task.entry_point, task.visible.code, made.helpers))
        assert len(inputs) >= 2, task.id
        property_ = f"{made.call} {'===' if language == 'javascript' else '=='} {made.call}"
        assert made.properties(property_), task.id
        found = made.instances(property_, inputs, 10, 0)
        assert len(found) == 10, (task.id, found)


@pytest.mark.parametrize(
    ("language", "literal", "kind", "some", "never"),
    [
        ("python", "3", "", ["4", "2", "0", "-3", "9"], ["3"]),
        ("python", "-2.5", "", ["-1.5", "0.0", "2.5", "-2.0"], []),
        ("python", "'ab'", "", ["'a'", "'b'", "'abab'", "''"], []),
        ("python", "'a\\'b'", "", ["''", "'a\\'ba\\'b'"], ["'a\\'", "'a\\''"]),
        ("python", "[1, 'a, b']", "", ["[]", "['a, b']", "[1]", "['a, b', 1]", "[1, 1, 'a, b']", "[0, 'a, b']"], []),
        ("python", '{"a": 1, "b": 2}', "", ["{}", '{"b": 2}', '{"a": 0, "b": 2}'], ['{"a": 1, "a": 1, "b": 2}']),
        ("python", "{1, 2}", "", ["{2}"], ["{}"]),
        ("python", "(1, 2)", "", ["(2, 2)", "(1, 3)"], ["(1)", "(1, )", "()", "(2, 1)"]),
        ("python", "True", "", ["False"], []),
        ("python", "None", "", [], ["0"]),
        ("java", "Arrays.asList(1, 2)", "List<Integer>", ["Arrays.asList()", "Arrays.asList(2, 1)"], []),
        ("java", "new ArrayList<>(List.of(5))", "", ["new ArrayList<>(List.of())", "new ArrayList<>(List.of(5, 5))"], ["new ArrayList<>()"]),
        ("java", "new int[]{1, 2}", "int[]", ["new int[]{}", "new int[]{2, 1}"], []),
        ("java", "Map.of(1, 2)", "", ["Map.of(2, 2)"], ["Map.of(2)", "Map.of()"]),
        ("java", "5L", "long", ["6L", "0L"], []),
        ("java", "'a'", "char", [], ["''"]),
        ("java", "2147483647", "int", ["2147483646", "-2147483647"], ["2147483648"]),
        ("cpp", "{1, 2}", "vector<int>", ["{}", "{2, 1}", "{0, 2}"], []),
        ("cpp", "{1, 2}", "pair<int, int>", ["{2, 2}", "{1, 3}"], ["{}", "{2}", "{2, 1}"]),
        ("cpp", "{{1, 2}, {3}}", "vector<vector<int>>", ["{}", "{{3}}", "{{}, {3}}"], []),
        ("cpp", "3", "unsigned int", ["2", "0"], ["-3"]),
        ("javascript", "[[1], []]", "", ["[[1]]", "[[]]", "[]"], []),
        ("go", "[]int{1, 2}", "[]int", ["[]int{}", "[]int{2, 1}", "[]int{2}"], []),
        ("go", "[][]int{{1, 2}, {3}}", "[][]int", ["[][]int{}", "[][]int{{3}}", "[][]int{{}, {3}}"], []),
        ("go", 'map[string]int{"a": 1}', "map[string]int", ["map[string]int{}", 'map[string]int{"a": 0}'], []),
        ("go", "point{1, 2}", "point", ["point{2, 2}"], ["point{}", "point{2}"]),
        ("rust", "vec![1, 2]", "Vec<i32>", ["Vec::<i32>::new()", "vec![2, 1]", "vec![2]"], ["vec![]"]),
        ("rust", "vec![1, 2]", "Vec<u32>", ["vec![0, 2]", "vec![1, 3]"], ["vec![-1, 2]", "vec![1, -2]"]),
        ("rust", "&vec![1]", "&Vec<i32>", ["&Vec::<i32>::new()", "&vec![0]"], []),
        ("rust", '"ab".to_string()', "String", ['"a".to_string()', '"".to_string()'], []),
        ("rust", "vec![0; 5]", "Vec<i32>", [], ["vec![1; 5]"]),
        ("rust", "&3.5", "&f64", ["&4.5", "&0.0"], []),
    ],
)  # fmt: skip
def test_a_variation_keeps_the_type(language: str, literal: str, kind: str, some: list[str], never: list[str]) -> None:
    found = variations(language, literal, kind)
    assert set(some) <= set(found)
    assert not set(never) & set(found)
    assert literal not in found
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("made", "property_", "arguments", "instance"),
    [
        (subject("python", "f", ("x", "")), "f(f(x)) == x", ("-3",), "f(f(-3)) == (-3)"),
        (subject("python", "f", ("x", "")), "f(x) == 'x' + x", ("'a'",), "f('a') == 'x' + 'a'"),
        (subject("python", "f", ("list", "")), "len(f(list)) == len(list(list))", ("[1]",), "len(f([1])) == len(list([1]))"),
        (subject("python", "f", ("x", ""), ("xs", "")), "f(x, xs) in xs", ("1", "[1, 2]"), "f(1, [1, 2]) in [1, 2]"),
        (subject("java", "f", ("s", "String")), "s.f(s).length() == s.length()", ('"a"',), 's.f("a").length() == "a".length()'),
        (subject("java", "f", ("n", "long")), "s.f(n) == n * n", ("5",), "s.f(5L) == 5L * 5L"),
        (subject("java", "f", ("n", "double")), "s.f(n) <= n", ("-5",), "s.f(-5.0) <= (-5.0)"),
        (subject("cpp", "f", ("xs", "vector<int>")), "f(xs).size() == xs.size()", ("{1, 2}",), "f(vector<int>{1, 2}).size() == (vector<int>{1, 2}).size()"),
        (subject("cpp", "f", ("s", "string")), "f(s) == s + s", ('"a"',), 'f(string("a")) == string("a") + string("a")'),
        (subject("cpp", "f", ("n", "long long")), "f(n) == n * n", ("5",), "f(((long long)5)) == ((long long)5) * ((long long)5)"),
        (subject("javascript", "f", ("x", "")), "f(x).length === x.length", ("-5",), "f(-5).length === (-5).length"),
        (subject("javascript", "f", ("x", "")), "f(...x) === x.length", ('{"a": 1}',), 'f(...({"a": 1})) === ({"a": 1}).length'),
        (subject("go", "F", ("x", "float64")), "assert.Equal(t, x, F(F(x)))", ("5",), "assert.Equal(t, float64(5), F(F(float64(5))))"),
        (subject("go", "F", ("xs", "[]int")), "len(F(xs)) == len(xs)", ("[]int{1}",), "len(F([]int{1})) == len([]int{1})"),
        (subject("rust", "f", ("x", "i32")), "assert_eq!(f(x), x.abs())", ("-5",), "assert_eq!(f(-5), (-5_i32).abs())"),
        (subject("rust", "f", ("xs", "&Vec<i32>")), "f(xs) <= xs.len()", ("&vec![1]",), "f(&vec![1]) <= (&vec![1]).len()"),
    ],
)  # fmt: skip
def test_an_instance_has_values_in_the_places_of_the_parameters(
    made: Subject, property_: str, arguments: tuple[str, ...], instance: str
) -> None:
    assert made.properties(property_) == (property_,)
    assert made.instances(property_, [arguments], 10, 0)[0] == instance


@pytest.mark.parametrize("literal", ["[" * 150 + "]" * 150, "[" + "1, " * 9999 + "1]", "(" * 399, "<" * 399])
def test_a_flood_has_no_variations(literal: str) -> None:
    assert variations("python", literal) == ()


def test_instances_are_drawn_by_seed_each_once_and_at_most_half_are_of_the_tasks_own_inputs() -> None:
    made = subject("python", "f", ("xs", "list[int]"), ("n", "int"))
    inputs = made.inputs([f"f([1, 2, {number}], {number}) == 0" for number in range(20)])
    assert len(inputs) == 20
    found = made.instances("f(xs, n) <= len(xs)", inputs, 10, 7)
    assert found == made.instances("f(xs, n) <= len(xs)", inputs, 10, 7)
    assert found != made.instances("f(xs, n) <= len(xs)", inputs, 10, 8)
    assert len(set(found)) == len(found) == 10
    given_ones = [each for each in found if calls_of("f", each)[0] in inputs]
    assert len(given_ones) == 5


def test_every_argument_is_tried_at_its_emptiest() -> None:
    made = subject("python", "f", ("xs", "list[int]"), ("n", "int"), ("text", "str"))
    inputs = made.inputs(["f([1, 2, 3], 4, 'five') == 0"])
    for seed in range(20):
        found = [calls_of("f", each)[0] for each in made.instances("f(xs, n, text) == 0", inputs, 10, seed)]
        assert {"[]", "0", "''"} <= {argument for arguments in found for argument in arguments}


def test_where_there_is_one_small_input_its_variations_are_varied_again() -> None:
    made = subject("python", "f", ("text", "str"))
    assert len(made.instances("f(text) <= len(text)", [("'abc'",)], 10, 0)) == 10


def test_what_names_no_parameter_or_does_more_than_test_is_no_property() -> None:
    made = subject("python", "f", ("x", ""))
    answer = "f(1) == 2\nf(other) == x\nf(x) == open(x)\nall(f(y) for y in x)\nx == x\nf(x); import os\nf(x) >= 0"
    assert made.properties(answer) == ("f(x) >= 0",)


def test_an_argument_that_does_more_than_say_a_value_gives_no_instance() -> None:
    made = subject("python", "f", ("x", ""))
    assert made.instances("f(x) >= 0", [("__import__('os').system('x')",)], 10, 0) == ()


def test_arguments_are_split_where_no_bracket_and_no_string_holds_the_comma() -> None:
    assert calls_of("f", "f(g([1, 2], 'a, )'), new M<K, V>()) == f(2)") == (
        ("g([1, 2], 'a, )')", "new M<K, V>()"),
        ("2",),
    )
    assert calls_of("f", "'f(1)' == self_f(2)") == ()
    assert split("a, [b") is None
    assert split("a, b,") == ("a", "b")


@pytest.mark.parametrize("language", NAMES)
@given(property_=st.text(max_size=60), literal=st.text(max_size=40))
def test_any_text_gives_conditions_only(language: str, property_: str, literal: str) -> None:
    made = subject(language, "f", ("x", "int"))
    variations(language, literal)
    for found in [*made.properties(property_), f"f(x) == {property_}", "f(x) > 0"]:
        for instance in made.instances(found, [(literal,), ("1",)], 4, 0):
            assert is_condition(language, "f", instance)


def test_a_growth_that_was_stored_before_there_were_properties_is_read() -> None:
    test = WrittenTest(condition="f(1) == 2", origin=Origin.GENERATED, fate=Fate.KEPT)
    growth = Growth(task_id="t", language="python", draw=0, entry_point="f", code="", tests=(test,))
    text = encode(growth)
    old = text.replace(',"n_properties":0', "").replace(',"property":""', "")
    assert len(old) < len(text) - 20
    assert decode(Growth, old) == growth


def written(property_: str, number: int, fate: Fate, is_right: bool | None) -> WrittenTest:
    return WrittenTest(
        condition=f"{property_} {number}", origin=Origin.PROPERTY, fate=fate, is_right=is_right, property=property_
    )


def test_the_report_counts_properties_as_wholes() -> None:
    tests = (
        written("a", 1, Fate.KEPT, True),
        written("a", 2, Fate.KEPT, False),
        written("a", 3, Fate.NOT_COMPILED, None),
        written("b", 1, Fate.CONTRADICTED, False),
        written("b", 2, Fate.CONTRADICTED, True),
        written("c", 1, Fate.NOT_COMPILED, None),
        written("d", 1, Fate.KEPT, True),
    )
    growth = Growth(
        task_id="t", language="python", draw=0, entry_point="f", code="", tests=tests, n_properties=5,
        scores=(("visible", 0.5), ("generated", 0.75), ("mutation", 1.0)),
    )  # fmt: skip
    found = growth_report.as_json([growth])["languages"]["python"]["properties"]
    assert found == {
        "asked for": 5,
        "written": 4,
        "kept": 2,
        "not compiled": 1,
        "unstable": 0,
        "contradicted": 1,
        "refuted by the reference, of all": "2/3",
        "refuted by the reference, of kept": "1/2",
    }
    shown = render(growth_report.rows([growth]), 100)
    assert re.search(r"after test generation and properties +75\.0", shown)
    assert "properties written from the statement" in shown
    without = Growth(task_id="t", language="python", draw=0, entry_point="f", code="", scores=growth.scores)
    assert "propert" not in render(growth_report.rows([without]), 100)
