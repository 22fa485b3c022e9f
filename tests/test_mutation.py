"""Mutants and schemata as text: what each operator does in each language, what is left out, and whose text lies where."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeloop.errors import UnknownName
from codeloop.languages import NAMES, get_language
from codeloop.languages.syntax import parse, to_bytes
from codeloop.mutation.forms import Form
from codeloop.mutation.guards import read_traces
from codeloop.mutation.mutants import Mutants, find_mutants, mutated
from codeloop.mutation.operators import Operator
from codeloop.mutation.program import Program
from codeloop.mutation.results import MutantResult, MutantStatus, MutationReport
from codeloop.mutation.schemata import render, without
from codeloop.suites import load_suite
from codeloop.tasks import Task

PROGRAMS = {
    "python": """\
def f(values, limit):
    total = 0
    while total < limit and not values:
        total += 2
        values.append(-total)
    return total if total else None
""",
    "java": """\
class Solution {
    int f(List<Integer> values, int limit) {
        int total = 0;
        while (total < limit && !values.isEmpty()) {
            total += 2;
            values.add(-total);
        }
        return total > 9 ? total : limit;
    }
}
""",
    "cpp": """\
int f(vector<int> values, int limit) {
    int total = 0;
    while (total < limit && !values.empty()) {
        total += 2;
        values.push_back(-total);
    }
    return total > 9 ? total : limit;
}
""",
    "javascript": """\
function f(values, limit) {
    let total = 0;
    while (total < limit && !values.length) {
        total += 2;
        values.push(-total);
    }
    return total > 9 ? total : limit;
}
""",
    "go": """\
package main

func f(values []int, limit int) int {
	total := 0
	for total < limit && !done(values) {
		total += 2
		use(-total)
	}
	return total + limit
}
""",
    "rust": """\
fn f(values: &mut Vec<i32>, limit: i32) -> i32 {
    let mut total = 0;
    while total < limit && !values.is_empty() {
        total += 2;
        values.push(-total);
    }
    total + limit
}
""",
}

BASICS = {task.id: task for name in NAMES for task in load_suite("basics", (name,)).tasks}


def pairs(found: Mutants) -> set[tuple[str, str, str]]:
    return {(mutant.operator.value, mutant.original, mutant.replacement) for mutant in found}


@pytest.mark.parametrize("language", NAMES)
def test_every_operator_finds_its_places(language: str) -> None:
    found = pairs(find_mutants(language, PROGRAMS[language]))
    joined, other = ("and", "or") if language == "python" else ("&&", "||")
    assert {("ROR", "total < limit", "total <= limit"), ("ROR", "total < limit", "total >= limit")} <= found
    assert {("CRP", "0", "1"), ("CRP", "2", "3"), ("UOD", "-total", "total")} <= found
    assert any(op == "LCR" and joined in old and other in new for op, old, new in found)
    assert any(op == "COND" and joined in old and new.lower() == "false" for op, old, new in found)
    assert any(op == "AOR" and old.startswith("total += 2") and new.startswith("total -= 2") for op, old, new in found)
    assert sum(op == "SDL" for op, _, _ in found) == 2
    assert any(op == "RET" for op, _, _ in found)


@pytest.mark.parametrize("language", NAMES)
def test_an_endless_condition_is_no_mutant(language: str) -> None:
    found = find_mutants(language, PROGRAMS[language], frozenset({Operator.COND}))
    true = "True" if language == "python" else "true"
    joined = "and" if language == "python" else "&&"
    assert not [mutant for mutant in found if mutant.replacement == true and joined in mutant.original]


@pytest.mark.parametrize("language", NAMES)
def test_a_mutant_says_where_it_is_and_every_text_is_a_program(language: str) -> None:
    code = PROGRAMS[language]
    lines = code.split("\n")
    found = find_mutants(language, code)
    assert [mutant.id for mutant in found] == list(range(1, len(found) + 1))
    for mutant in found:
        assert to_bytes(code)[mutant.start : mutant.end].decode() == mutant.original
        assert lines[mutant.line - 1][mutant.column - 1 :].startswith(mutant.original.split("\n")[0])
        assert not parse(get_language(language).syntax, mutated(code, mutant)).has_error, mutant


@pytest.mark.parametrize("task", BASICS.values(), ids=BASICS)
def test_the_schemata_of_a_reference_are_a_program_that_holds_its_mutants(task: Task) -> None:
    code = task.prompt + task.reference
    program, found = Program(task.language, code), find_mutants(task.language, code)
    schemata = render(program, found)
    assert not parse(program.syntax, schemata.code).has_error
    assert {mutant.id for mutant in found} == {*schemata.mutants} | {m.id for m in found if m.form is Form.ALONE}
    arms = {span.mutants for span in schemata.spans if span.is_arm}
    assert all(len(numbers) == 1 for numbers in arms)
    assert len(schemata.code) < len(code) * 12 + 6000, "one mutant is chosen at a time, so the text grows in a line"


@pytest.mark.parametrize("language", NAMES)
def test_without_mutants_the_program_has_guards_alone(language: str) -> None:
    code = PROGRAMS[language]
    schemata = render(Program(language, code), ())
    assert schemata.mutants == () == schemata.spans
    assert not parse(get_language(language).syntax, schemata.code).has_error


@pytest.mark.parametrize("language", NAMES)
def test_a_compilers_finding_blames_the_mutant_whose_text_it_points_at(language: str) -> None:
    code = PROGRAMS[language]
    found = find_mutants(language, code)
    schemata = render(Program(language, code), found)
    data = to_bytes(schemata.code)
    for span in schemata.spans:
        if span.is_arm and data[span.start : span.end].strip():
            line = data.count(b"\n", 0, span.start) + 1
            column = span.start - (data.rfind(b"\n", 0, span.start) + 1) + 1
            assert set(span.mutants) == schemata.blamed(line, column)
    assert schemata.blamed(10_000, 1) == frozenset()
    first = schemata.spans[0]
    assert set(first.mutants) <= schemata.blamed(data.count(b"\n", 0, first.start) + 1, None)


def test_what_is_blamed_is_rendered_no_more() -> None:
    code = PROGRAMS["python"]
    found = find_mutants("python", code)
    left = without(found, {1, 2})
    assert {mutant.id for mutant in found} - set(render(Program("python", code), left).mutants) == {1, 2}


LEFT_OUT = [
    ("python", "def f(x):\n    return x + 0\n", "neutral-operand"),
    ("python", "def f(x, best):\n    if x > best:\n        best = x\n    return best\n", "extremum"),
    ("cpp", "int f(int x, int best) { if (x > best) best = x; return best; }", "extremum"),
    ("java", "class S { int f(int x, int best) { if (x > best) { best = x; } return best; } }", "extremum"),
    ("go", "package p\nfunc f(x, best int) int { if x > best { best = x }; return best }", "extremum"),
    ("python", "def f(x):\n    return abs(-x)\n", "absolute-minus"),
    ("javascript", "function f(x) { return Math.abs(-x); }", "absolute-minus"),
    ("java", "class S { void f() { while (true) { g(); } } }", "endless-loop"),
    ("rust", "fn f() { while true { g(); } }", "endless-loop"),
    ("python", "def f(x):\n    for i in x:\n        g(i)\n        continue\n", "last-continue"),
    ("rust", "fn f() -> String { return String::new(); }", "already-default"),
    ("python", "def f(x):\n    x[0] = x[0]\n", "self-assignment"),
]


@pytest.mark.parametrize(("language", "code", "rule"), LEFT_OUT)
def test_what_does_the_same_by_construction_is_left_out_by_a_named_rule(language: str, code: str, rule: str) -> None:
    assert find_mutants(language, code).left_out.get(rule, 0) >= 1


NO_FAULTS = [
    ("python", 'def f(x):\n    """Add 1 < 2."""\n    print(x + 1)\n    raise ValueError(x < 1)\n'),
    ("java", 'class S { void f(int x) { System.out.println(x + 1); throw new Error("" + x); } }'),
    ("cpp", 'void f(int x) { std::printf("%d", x + 1); }\ntemplate <int N = 3> struct A { int a[N + 1]; };'),
    ("javascript", "function f(x) { console.log(x + 1); throw new Error(x < 1); }"),
    ("go", "package p\nconst N = 1 + 2\nfunc f(x int) { fmt.Println(x + 1) }"),
    ("rust", 'const N: usize = 1 + 2;\nfn f(x: i32) { println!("{}", x + 1); }'),
]


@pytest.mark.parametrize(("language", "code"), NO_FAULTS)
def test_text_types_and_what_is_only_shown_have_no_mutants(language: str, code: str) -> None:
    assert pairs(find_mutants(language, code)) == set()


def test_operands_keep_their_meaning_beside_an_operator_that_binds_tighter() -> None:
    assert ("AOR", "a - b % c", "a + (b % c)") in pairs(find_mutants("python", "x = a - b % c\n"))
    rust = pairs(find_mutants("rust", "fn f() { let b = x as usize == 3; }"))
    assert ("ROR", "x as usize == 3", "(x as usize) != 3") in rust


def test_a_word_that_takes_the_place_of_brackets_stays_a_word_of_its_own() -> None:
    code = "def f(a):\n    if(a > 1)and a != 3:\n        return(a)\n    return 0\n"
    for mutant in find_mutants("python", code).all:
        compile(mutated(code, mutant), "mutant", "exec")
    assert any("if True:" in mutated(code, mutant) for mutant in find_mutants("python", code).all)


def test_a_chain_of_comparisons_is_mutated_link_by_link() -> None:
    found = pairs(find_mutants("python", "x = a < b <= c\n"))
    assert ("ROR", "a < b <= c", "a <= b <= c") in found
    assert ("ROR", "a < b <= c", "a < b < c") in found


def test_what_has_no_value_before_keeps_its_first_assignment() -> None:
    code = "def f(n):\n    a = 1\n    n = 2\n    if n:\n        b = 1\n    b = 2\n    a = 3\n    return a + b + n\n"
    deleted = {m.original for m in find_mutants("python", code, frozenset({Operator.SDL}))}
    assert deleted == {"n = 2", "a = 3"}


def test_text_that_is_no_program_has_no_mutants_and_an_unknown_language_is_named() -> None:
    assert len(find_mutants("python", "def f(:\n  )(")) == 0
    assert len(find_mutants("go", "")) == 0
    with pytest.raises(UnknownName, match="cobol"):
        find_mutants("cobol", "")


@settings(max_examples=60, deadline=None)
@given(
    language=st.sampled_from(NAMES),
    parts=st.lists(
        st.sampled_from(["(", ")", "{", "}", "a", " < ", "1", "+", "if ", ":", "\n", "for ", "é", "\udc80"])
    ),
)
def test_any_text_is_read_without_an_error(language: str, parts: list[str]) -> None:
    code = "".join(parts)
    render(Program(language, code), find_mutants(language, code))


def test_the_score_counts_what_could_have_been_noticed() -> None:
    mutant = next(iter(find_mutants("python", "x = a < b\n")))

    def report(*statuses: MutantStatus) -> MutationReport:
        return MutationReport(results=tuple(MutantResult(mutant=mutant, status=status) for status in statuses))

    of = MutantStatus
    assert report().score is None
    assert report(of.WITHDRAWN, of.NOT_RUN).score is None
    assert report(of.KILLED, of.TIMED_OUT, of.SURVIVED, of.NO_COVERAGE, of.WITHDRAWN).score == 0.5
    assert report(of.KILLED, of.WITHDRAWN).in_schemata == 0.5


def test_traces_are_read_from_among_what_a_program_prints() -> None:
    text = b"hello\ncodeloop-mutation reached 3\n\xff codeloop-mutation steps 2048\ncodeloop-mutation reached 11\n"
    traces = read_traces(text)
    assert (traces.reached, traces.steps, traces.is_out_of_fuel) == (frozenset({3, 11}), 2048, False)
    assert read_traces(b"codeloop-mutation fuel\n").is_out_of_fuel
    assert read_traces(b"x\n[codeloop: output cut after 262144 bytes]\n").is_cut and not traces.is_cut
