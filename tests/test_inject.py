"""Faults put into right programs: what each kind does in each language, fixed by a seed, in exactly the place that is noted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeloop.inject import KINDS, Kind, inject_all, must_not_compile, repaired
from codeloop.inject.names import misspelt
from codeloop.inject.source import Source
from codeloop.languages import NAMES
from codeloop.languages.shapes import SHAPES
from codeloop.languages.syntax import parse
from codeloop.suites import load_suite
from codeloop.tasks import Fault, HiddenTests, Task, VisibleTests

PYTHON = '''\
    """Count."""
    total = 0
    size = 1
    while size < limit:
        if size % 3 == 0 and width > 2:
            total += math.gcd(size, width)
        else:
            total = total - 1
        size += width
    names = ["left", "right"]
    for i in range(total):
        names[i] = pow(total, i)
    return total
'''
JAVA = """\
        int total = 0;
        int size = 1;
        while (size < limit) {
            if (size % 3 == 0 && width > 2) {
                total += Math.floorMod(size, width);
            } else {
                total = total - 1;
            }
            size += width;
        }
        String[] names = {"left", "right"};
        for (int i = 0; i < total; i++) {
            names[i] = names[0];
        }
        return total;
    }
}
"""
CPP = """\
    int total = 0;
    int size = 1;
    while (size < limit) {
        if (size % 3 == 0 && width > 2) {
            total += std::pow(size, width);
        } else {
            total = total - 1;
        }
        size += width;
    }
    std::string names[] = {"left", "right"};
    for (int i = 0; i < total; i++) {
        names[i] = names[0];
    }
    return total;
}
"""
JAVASCRIPT = """\
  let total = 0;
  let size = 1;
  while (size < limit) {
    if (size % 3 === 0 && width > 2) {
      total += Math.pow(size, width);
    } else {
      total = total - 1;
    }
    size += width;
  }
  const names = ["left", "right"];
  for (let i = 0; i < total; i++) {
    names[i] = names[0];
  }
  return total;
}
"""
GO = """\
\ttotal := 0
\tsize := 1
\tfor size < limit {
\t\tif size%3 == 0 && width > 2 {
\t\t\ttotal += int(math.Mod(float64(size), float64(width)))
\t\t} else {
\t\t\ttotal = total - 1
\t\t}
\t\tsize += width
\t}
\tnames := []string{"left", "right"}
\tfor i := 0; i < total; i++ {
\t\tnames[i] = names[0]
\t}
\treturn total
}
"""
RUST = """\
    let mut total = 0;
    let mut size = 1;
    while size < limit {
        if size % 3 == 0 && width > 2 {
            total += i32::min(size, width);
        } else {
            total = total - 1;
        }
        size += width;
    }
    let mut names = vec!["left", "right"];
    for i in 0..names.len() {
        names[i] = names[0];
    }
    total
}
"""
PROGRAMS = {
    "python": ("import math\n\n\ndef steps(limit: int, width: int) -> int:\n", PYTHON),
    "java": ("import java.util.*;\nclass Solution {\n    public int steps(int limit, int width) {\n", JAVA),
    "cpp": ("#include <cmath>\n#include <string>\nint steps(int limit, int width) {\n", CPP),
    "javascript": ("const steps = (limit, width) => {\n", JAVASCRIPT),
    "go": ('package main\n\nimport (\n\t"math"\n)\n\nfunc steps(limit int, width int) int {\n', GO),
    "rust": ("fn steps(limit: i32, width: i32) -> i32 {\n", RUST),
}
EVERYWHERE = {
    Kind.WRONG_NAME: ("width", "wdith"),
    Kind.WRONG_VARIABLE: ("limit", "width"),
    Kind.OFF_BY_ONE: ("<", "<="),
    Kind.WRONG_OPERATOR: ("+=", "-="),
    Kind.WRONG_COMPARISON: (">", "<"),
    Kind.WRONG_CONSTANT: ("3", "4"),
    Kind.WRONG_TYPE: ("1", '"1"'),
    Kind.SWAPPED_ARGUMENTS: ("total - 1", "1 - total"),
}
"""(before, after) of one edit of these kinds in every language's program."""
IN_LANGUAGE = {
    "python": {
        Kind.MISSING_IMPORT: ("math.", ""),
        Kind.UNUSED_VARIABLE: ("size += width", "new_size = size + width"),
        Kind.OFF_BY_ONE: ("total", "total + 1"),
        Kind.NEGATED_CONDITION: ("size < limit", "not (size < limit)"),
        Kind.WRONG_TYPE: ("total", "str(total)"),
        Kind.SWAPPED_ARGUMENTS: ("total, i", "i, total"),
        Kind.MISSING_CASE: ("\n        else:\n            total = total - 1", ""),
        Kind.MISSING_RETURN: ("return ", ""),
        Kind.INFINITE_LOOP: ("        size += width\n", ""),
        Kind.SYNTAX: (":", ""),
    },
    "java": {
        Kind.MISSING_IMPORT: ("Math.", ""),
        Kind.UNUSED_VARIABLE: ("total = total - 1", "var newTotal = total - 1"),
        Kind.NEGATED_CONDITION: ("size < limit", "!(size < limit)"),
        Kind.WRONG_TYPE: ("total", "String.valueOf(total)"),
        Kind.SWAPPED_ARGUMENTS: ("size, width", "width, size"),
        Kind.MISSING_CASE: (" else {\n                total = total - 1;\n            }", ""),
        Kind.MISSING_RETURN: ("        return total;\n", ""),
        Kind.INFINITE_LOOP: (" i++", ""),
        Kind.SYNTAX: (";", ""),
    },
    "cpp": {
        Kind.MISSING_IMPORT: ("std::", ""),
        Kind.UNUSED_VARIABLE: ("size += width", "auto new_size = size + width"),
        Kind.NEGATED_CONDITION: ("size < limit", "!(size < limit)"),
        Kind.WRONG_TYPE: ("total", "std::to_string(total)"),
        Kind.MISSING_CASE: (" else {\n            total = total - 1;\n        }", ""),
        Kind.MISSING_RETURN: ("return ", ""),
        Kind.INFINITE_LOOP: ("        size += width;\n", ""),
        Kind.SYNTAX: (";", ""),
    },
    "javascript": {
        Kind.MISSING_IMPORT: ("Math.", ""),
        Kind.UNUSED_VARIABLE: ("size += width", "const newSize = size + width"),
        Kind.WRONG_COMPARISON: ("===", "!=="),
        Kind.NEGATED_CONDITION: ("size < limit", "!(size < limit)"),
        Kind.WRONG_TYPE: ("total", "String(total)"),
        Kind.MISSING_CASE: (" else {\n      total = total - 1;\n    }", ""),
        Kind.MISSING_RETURN: ("return ", ""),
        Kind.INFINITE_LOOP: (" i++", ""),
        Kind.SYNTAX: (")", ""),
    },
    "go": {
        Kind.MISSING_IMPORT: ("math.", ""),
        Kind.UNUSED_VARIABLE: ("size += width", "newSize := size + width"),
        Kind.NEGATED_CONDITION: ("size%3 == 0 && width > 2", "!(size%3 == 0 && width > 2)"),
        Kind.WRONG_TYPE: ("total", "string(total)"),
        Kind.MISSING_CASE: (" else {\n\t\t\ttotal = total - 1\n\t\t}", ""),
        Kind.MISSING_RETURN: ("\treturn total\n", ""),
        Kind.INFINITE_LOOP: ("\t\tsize += width\n", ""),
        Kind.SYNTAX: ("}", ""),
    },
    "rust": {
        Kind.MISSING_IMPORT: ("i32::", ""),
        Kind.UNUSED_VARIABLE: ("size += width", "let new_size = size + width"),
        Kind.OFF_BY_ONE: ("names.len()", "names.len() - 1"),
        Kind.NEGATED_CONDITION: ("size < limit", "!(size < limit)"),
        Kind.MISSING_CASE: (" else {\n            total = total - 1;\n        }", ""),
        Kind.MISSING_RETURN: ("", ";"),
        Kind.INFINITE_LOOP: ("        size += width;\n", ""),
        Kind.SYNTAX: ("}", ""),
    },
}


def task_of(language: str, reference: str = "", prompt: str = "") -> Task:
    given_prompt, given_reference = PROGRAMS[language]
    return Task(
        id="Own/1",
        language=language,
        statement="Count.",
        prompt=prompt or given_prompt,
        entry_point="steps",
        visible=VisibleTests(code=""),
        hidden=HiddenTests(code=""),
        reference=reference or given_reference,
    )


def edits(kind: Kind, task: Task) -> list[tuple[str, str]]:
    source = Source(task)
    return [(source.text(edit.start, edit.end), edit.text) for edit in KINDS[kind](source)]


BASICS = {name: load_suite("basics", (name,)).tasks for name in NAMES}


def test_every_language_has_its_tables_and_every_kind_its_act() -> None:
    assert set(SHAPES) == set(NAMES)
    assert set(KINDS) == set(Kind)


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("kind", Kind)
def test_each_kind_finds_its_place_in_each_language(language: str, kind: Kind) -> None:
    found = edits(kind, task_of(language))
    for expected in (EVERYWHERE.get(kind), IN_LANGUAGE[language].get(kind)):
        assert expected is None or expected in found
    assert found


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("kind", Kind)
def test_only_the_syntax_kind_leaves_what_the_grammar_cannot_read(language: str, kind: Kind) -> None:
    source = Source(task_of(language))
    for edit in KINDS[kind](source):
        code = source.text(0, edit.start) + edit.text + source.text(edit.end, len(source.code))
        assert parse(source.syntax, code).has_error == (kind is Kind.SYNTAX), edit


@pytest.mark.parametrize("language", NAMES)
def test_what_the_task_gives_is_never_at_fault(language: str) -> None:
    task = task_of(language)
    for faulty in [t for kind in Kind for t in inject_all([task], seed=5, rate=1, kinds=(kind,))]:
        assert faulty.start.startswith(task.prompt.rstrip())


def test_a_program_without_a_place_for_a_kind_gets_none_of_it() -> None:
    task = task_of("python", reference="    return limit\n")
    assert inject_all([task], seed=0, rate=1, kinds=(Kind.INFINITE_LOOP, Kind.MISSING_CASE)) == ()


def test_a_docstring_is_no_constant() -> None:
    assert ("Count.", "Count") not in edits(Kind.WRONG_CONSTANT, task_of("python"))
    assert not any("." in before for before, _ in edits(Kind.WRONG_CONSTANT, task_of("python")))


def test_the_only_statement_of_a_python_block_becomes_pass() -> None:
    task = task_of("python", reference="    if limit:\n        if width:\n            return 1\n    return 0\n")
    assert ("if width:\n            return 1", "pass") in edits(Kind.MISSING_CASE, task)


def test_an_import_of_the_reference_can_go_and_one_of_the_task_cannot() -> None:
    task = task_of("python", reference="    import re\n    return re.escape(math.pi)\n")
    assert edits(Kind.MISSING_IMPORT, task) == [("    import re\n", ""), ("re.", ""), ("math.", "")]


def test_a_variable_is_not_mistaken_for_one_of_another_type_or_another_scope() -> None:
    task = task_of(
        "java",
        prompt="class Solution {\n    public int steps(int limit, String name) {\n",
        reference="        for (int i = 0; i < limit; i++) {\n        }\n        return limit;\n    }\n}\n",
    )
    assert set(edits(Kind.WRONG_VARIABLE, task)) == {("i", "limit"), ("limit", "i")}
    source = Source(task)
    outside = [e for e in KINDS[Kind.WRONG_VARIABLE](source) if e.start > source.code.index(b"return")]
    assert outside == []


def test_a_signed_operand_is_not_swapped_into_another_operator() -> None:
    task = task_of("javascript", prompt="const steps = (i) => {\n", reference="  return -i-1\n}\n")
    assert edits(Kind.SWAPPED_ARGUMENTS, task) == []


def test_a_declaration_is_not_put_where_only_a_statement_may_stand() -> None:
    task = task_of(
        "java", reference="        int total = 0;\n        if (limit > 0) total = 1;\n        return total;\n    }\n}\n"
    )
    assert edits(Kind.UNUSED_VARIABLE, task) == []


def test_text_is_not_turned_into_text() -> None:
    task = task_of("python", prompt="def steps(limit: str) -> str:\n", reference="    return limit\n")
    assert edits(Kind.WRONG_TYPE, task) == []


@given(
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True),
    st.frozensets(st.from_regex(r"[a-z]{1,3}", fullmatch=True)),
)
def test_a_misspelt_name_is_another_one_and_nobodys(name: str, taken: frozenset[str]) -> None:
    wrong = misspelt(name, taken | {name})
    assert wrong not in taken | {name}
    assert wrong.isidentifier()


SETTINGS = st.fixed_dictionaries(
    {
        "seed": st.integers(min_value=-(2**40), max_value=2**40),
        "rate": st.floats(min_value=0.05, max_value=6),
        "kinds": st.lists(st.sampled_from(list(Kind)), min_size=1, unique=True).map(tuple),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), SETTINGS)
def test_the_same_seed_gives_the_same_faults_in_exactly_the_noted_places(language: str, chosen: dict) -> None:
    tasks = BASICS[language][:6]
    faulty = inject_all(tasks, **chosen)
    assert inject_all(tasks, **chosen) == faulty
    for task in faulty:
        right = task.prompt + task.reference
        assert repaired(task.start, task.faults) == right
        assert task.start != right
        kinds = [fault.kind for fault in task.faults]
        assert len(set(kinds)) == len(kinds)
        assert set(kinds) <= set(chosen["kinds"])
        _stand_where_they_say(task, right)


def _stand_where_they_say(task: Task, right: str) -> None:
    """Build the faulty program anew from what is noted, from the front."""
    built, end = "", 0
    for fault in task.faults:
        built += right[end : fault.at]
        assert built.count("\n") + 1 == fault.line
        assert right.startswith(fault.before, fault.at)
        built, end = built + fault.after, fault.at + len(fault.before)
    assert built + right[end:] == task.start


def test_another_seed_gives_other_faults() -> None:
    starts = {tuple(t.start for t in inject_all(BASICS["go"], seed=seed, rate=1)) for seed in range(5)}
    assert len(starts) == 5


@pytest.mark.parametrize(("rate", "faults"), [(1, {1}), (2, {2}), (2.5, {2, 3})])
def test_rate_is_the_expected_number_of_faults_of_a_program(rate: float, faults: set[int]) -> None:
    faulty = inject_all(BASICS["python"], seed=0, rate=rate)
    assert len(faulty) == len(BASICS["python"])
    assert {len(task.faults) for task in faulty} == faults


def test_a_rate_below_one_leaves_programs_out() -> None:
    tasks = [replace(task, id=f"{task.id}/{i}") for i in range(10) for task in BASICS["python"]]
    share = len(inject_all(tasks, seed=0, rate=0.25)) / len(tasks)
    assert 0.15 < share < 0.35


@pytest.mark.parametrize("language", NAMES)
def test_no_kind_is_chosen_while_a_rarer_one_would_fit(language: str) -> None:
    counts: Counter[str] = Counter()
    for task in inject_all(BASICS[language], seed=3, rate=1):
        kind = task.faults[0].kind
        fitting = [other for other in Kind if edits(other, task)]
        assert counts[kind] == min(counts[other] for other in fitting)
        counts[kind] += 1


def test_a_task_without_a_reference_gets_no_fault() -> None:
    assert inject_all([replace(task_of("python"), reference="  \n")], seed=0, rate=1) == ()


def test_faults_change_a_tasks_digest_and_their_lack_does_not() -> None:
    plain = replace(
        task_of("python", prompt="def double(n):\n", reference="    return n * 2\n"),
        id="Python/x1",
        entry_point="double",
        visible=VisibleTests(code="assert double(1) == 2\n"),
        hidden=HiddenTests(code="assert double(5) == 10\n"),
    )
    assert plain.digest == "bd106de1f87dac9c5fd3694b1b7b7367aca865b5d1c882d1253c2c9f76f3d46e"  # as before faults were
    fault = Fault(kind="syntax", line=1, at=0, before="", after="(")
    assert len({plain.digest, replace(plain, start="x").digest, replace(plain, start="x", faults=(fault,)).digest}) == 3


def test_what_must_not_compile_is_known_for_compiled_languages_only_but_for_syntax() -> None:
    assert all(must_not_compile("syntax", language) for language in NAMES)
    assert not any(must_not_compile(kind, "python") for kind in Kind if kind is not Kind.SYNTAX)
    assert must_not_compile("unused_variable", "go")
    assert not must_not_compile("unused_variable", "rust")
