"""C++: the pure parts, and the traps in the real sandbox."""

from __future__ import annotations

import json
import os
from pathlib import Path

import anyio
import pytest

from codeloop import load_suite
from codeloop.attempts import Candidate, CaseStatus, Completion, Note, StageReport, Status, Verdict
from codeloop.commands import CommandResult, End
from codeloop.extract import extract
from codeloop.languages import get_language
from codeloop.languages.cpp_cases import make_cases, server_of
from codeloop.languages.cpp_signature import Parameter, signature_of
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.tasks import HiddenTests, Task, VisibleTests

DATA = Path(os.environ.get("CODELOOP_DATA_DIR", "/nowhere"))
CPP = get_language("cpp")
HAS_DATA = (DATA / "humaneval-x" / "humaneval_cpp.jsonl.gz").is_file()
needs_data = pytest.mark.skipif(not HAS_DATA, reason="HumanEval-X is not here")
TASKS = load_suite("humaneval-x", ("cpp",), data_dir=DATA).tasks if HAS_DATA else ()

PROMPT = (
    "#include<vector>\n#include<math.h>\nusing namespace std;\ndouble half(double x) { return x / 2; }\n"
    "/*\nGive twice the numbers.\n*/\nvector<double> twice(vector<double> xs) {\n"
)
SMALL = Task(
    id="CPP/x1",
    language="cpp",
    statement="Give twice the numbers.",
    prompt=PROMPT,
    entry_point="twice",
    visible=VisibleTests(code="#include<assert.h>\nint main() {\n    assert (twice({1}) == vector<double>{2});\n}\n"),
    hidden=HiddenTests(
        code="#undef NDEBUG\n#include<assert.h>\nbool issame(vector<double> a, vector<double> b) { return a == b; }\n"
        "int main() {\n    assert (issame(twice({1, 2}), {2, 4}));\n    assert (half(twice({3})[0]) == 3);\n"
        "    for (int i = 0; i < 3; i++)\n        assert (abs(twice({0.25 * i})[0] - 0.5 * i) < 1e-9);\n}\n"
    ),
    reference="    for (double& x : xs) x *= 2;\n    return xs;\n}\n",
)


def extracted(text: str) -> Candidate:
    return extract(SMALL, Completion(text=text, finish_reason="stop"))


# --- pure ---


@needs_data
def test_nearly_every_visible_assertion_is_a_case_of_its_own() -> None:
    cases = [case for task in TASKS for case in make_cases(task.prompt, task.visible.code, task.entry_point).cases]
    split = sum(not case.is_opaque for case in cases)
    print(f"visible: {split} of {len(cases)} split")
    assert split / len(cases) >= 0.95


@needs_data
def test_the_signature_of_every_task_is_read() -> None:
    assert [task.id for task in TASKS if not server_of(task.prompt, task.entry_point)] == []


def test_a_signature_tells_what_comes_back_by_reference() -> None:
    prompt = "#include <map>\nvoid f(const std::map<int, int>& a, vector<int> &b, unsigned long c = 3) {\n"
    found = signature_of(prompt, "f")
    assert found is not None
    assert found.type == "void"
    assert found.parameters == (
        Parameter(name="a", type="std::map<int, int>", is_returned=False),
        Parameter(name="b", type="vector<int>", is_returned=True),
        Parameter(name="c", type="unsigned long", is_returned=False),
    )


def test_the_judges_program_holds_no_line_of_the_candidate_and_keeps_line_numbers() -> None:
    made = make_cases(PROMPT, SMALL.hidden.code, "twice")
    tests = made.source.partition('#line 1 "tests.cpp"\n')[2].partition('\n#line 1 "plan.cpp"')[0]
    assert tests.count("\n") == SMALL.hidden.code.count("\n")
    assert "double half(double x) { return x / 2; }" in made.source
    assert [(case.line, case.is_opaque) for case in made.cases] == [(5, False), (6, False), (8, False)]
    assert "#define twice codeloop_entry_point" in made.source


@pytest.mark.parametrize(
    ("assertion", "is_plain", "is_opaque"),
    [
        ("twice({1}) == a", True, False),
        ("issame(twice({1}), {2})", True, False),
        ("not twice({})", True, False),
        ('twice({1}) == a && "one"', True, False),
        ("boost::any_cast<int>(twice(1)) == 2", True, False),
        ("abs(twice({1})[0] - 2) < 1e-6", False, False),
        ("twice({1})[0] + 0.5 < 1e-4", False, False),
        ("twice({1}) == a || twice({2}) == a", False, True),
    ],
)
def test_assertions_are_read_by_their_form(assertion: str, is_plain: bool, is_opaque: bool) -> None:
    (case,) = make_cases(PROMPT, f"int main() {{ assert({assertion}); }}", "twice").cases
    assert (case.expression, case.is_plain, case.is_opaque) == (assertion, is_plain, is_opaque)


def test_an_answer_gets_the_prompts_includes_and_helpers() -> None:
    made = extracted("```cpp\nvector<double> twice(vector<double> xs) {\n    return xs;\n}\n```\n")
    assert made.code.startswith("#include <vector>\n#include <math.h>\nusing namespace std;\ndouble half(")
    assert {Note.ADDED_IMPORT, Note.ADDED_HELPER} <= set(made.notes)


def test_an_answer_of_its_own_kind_is_left_alone() -> None:
    code = "#include <bits/stdc++.h>\nstd::vector<double> twice(std::vector<double> xs) { return xs; }\n"
    assert extracted(f"```c++\ndouble half(double x) {{ return x; }}\n{code}```\n").code.endswith(code)


def test_a_main_and_its_tests_are_cut() -> None:
    code = "#include <vector>\nusing namespace std;\nvector<double> twice(vector<double> xs) {\n    return xs;\n}\n"
    made = extracted(
        f"```cpp\n{code}\nvoid testTwice() {{ twice({{}}); }}\n\nint main() {{\n    testTwice();\n}}\n```\n"
    )
    assert "main" not in made.code and "testTwice" not in made.code
    assert {Note.DROPPED_MAIN, Note.DROPPED_TESTS} <= set(made.notes)


@needs_data
def test_references_as_completions_and_as_answers_stay_as_they_are() -> None:
    for task in TASKS:
        whole = task.prompt + task.reference
        for text in (task.reference, whole, f"Sure:\n```cpp\n{whole}\n```\n"):
            made = extract(task, Completion(text=text, finish_reason="stop"))
            assert made.code.split() == whole.split(), (task.id, made.notes)


def test_no_channel_at_all_is_the_machines_fault() -> None:
    broken = CommandResult(end=End.EXITED, code=127, stderr=b"no python3")
    assert CPP.read_test(broken, "n", "").status is Status.ERRORED
    assert CPP.read_compile(broken, "", "").report.status is Status.ERRORED


def compiled(*findings: dict[str, object], has_entry_point: bool = True) -> StageReport:
    lines = [{"begin": True, "has_entry_point": has_entry_point, "entry_point": "twice"}]
    lines += [{"candidate": {"kind": "error", "file": ["solution.cpp"], **finding}} for finding in findings]
    channel = "".join(json.dumps(line) + "\n" for line in [*lines, {"done": False}])
    return CPP.read_compile(
        CommandResult(end=End.EXITED, code=0, channel=channel.encode()), "\nint é = x;\n", ""
    ).report


def test_places_of_gcc_count_bytes_and_ours_count_characters() -> None:
    place = {"file": "solution.cpp", "line": 2, "byte-column": 10}
    found = compiled({"message": "'x' was not declared in this scope", "caret": place}).diagnostics[0]
    assert (found.line, found.column, found.source_line) == (2, 9, "int é = x;")


@pytest.mark.parametrize(
    ("file", "message", "has_entry_point", "outcome"),
    [
        ("solution.cpp", "expected ';' before 'return'", True, "syntax"),
        ("solution.cpp", "'x' was not declared in this scope", True, "types"),
        ("/usr/include/c++/14/bits/stl_algo.h", "no match for 'operator<'", True, "types"),
        ("codeloop_server", "could not convert 'codeloop_0'", True, "signature"),
        ("/opt/codeloop/wire.h", "static assertion failed", True, "signature"),
        ("codeloop_server", "'::twice' has not been declared", False, "missing_entry_point"),
    ],
)
def test_what_gcc_says_has_a_name(file: str, message: str, has_entry_point: bool, outcome: str) -> None:
    assert compiled({"file": [file], "message": message}, has_entry_point=has_entry_point).outcome == outcome


def test_tests_that_do_not_compile_are_no_fault_of_the_candidate() -> None:
    lines = b'{"begin": true}\n{"tests": {"kind": "error", "message": "no such function"}}\n{"done": false}\n'
    report = CPP.read_compile(CommandResult(end=End.EXITED, code=0, channel=lines), "", "").report
    assert (report.status, report.diagnostics[0].message) == (Status.ERRORED, "no such function")


# --- in the sandbox ---


def judged(code: str, task: Task = SMALL) -> Verdict:
    async def body() -> Verdict:
        sandbox = DockerSandbox(run_id="cpp")
        try:
            return await Checker(sandbox=sandbox)(task, Candidate(code=code), task.hidden)
        finally:
            await sandbox.aclose()

    return anyio.run(body)


@pytest.mark.docker("cpp")
@pytest.mark.parametrize(
    "code",
    [
        PROMPT + SMALL.reference,
        "#include <bits/stdc++.h>\nusing namespace std;\n#define ll long long\ntypedef vector<double> vd;\n"
        "vd twice(const vd& xs) { vd ys; for (auto x : xs) ys.push_back(2 * x); cout << ys.size(); return ys; }\n",
        "#include <iostream>\n#include <thread>\n#define int long long\nauto twice = [](std::vector<double> xs) {\n"
        "    for (int i = 0; i < xs.size(); i++) xs[i] *= 2;\n    return xs;\n};\nsigned main() { return 1; }\n",
        "template <class T> T twice(T xs) { for (auto& x : xs) x += x; return xs; }\n",
        "std::vector<float> twice(std::vector<float> xs) { for (auto& x : xs) x += x; return xs; }\n".replace(
            "float", "double"
        ),
    ],
)
def test_an_honest_program_passes(code: str) -> None:
    report = judged(code).last
    assert (report.status, len(report.cases)) == (Status.PASSED, 3), report


@pytest.mark.docker("cpp")
def test_every_case_is_reported_after_a_failed_one() -> None:
    body = '    if (xs[0] == 3) throw std::out_of_range("three");\n    return xs;\n}\n'
    report = judged("#include <stdexcept>\n" + PROMPT + body).last
    assert [case.status for case in report.cases] == [CaseStatus.FAILED, CaseStatus.RAISED, CaseStatus.FAILED]
    assert (report.cases[0].expected, report.cases[0].actual) == ("{2, 4}", "{1, 2}")
    assert report.cases[1].exception == "std::out_of_range: three"
    assert (report.cases[2].expected, report.cases[2].actual) == ("0.5 ± 1e-09", "0.25")
    assert report.outcome == "wrong_answer"


VALUES = {
    "char": "'\\n'",
    "bool": "true",
    "unsigned": "4294967295u",
    "long long": "-9223372036854775807ll",
    "float": "-0.5f",
    "string": 'string("a\\0\\xff", 3)',
    "vector<bool>": "{true, false}",
    "vector<vector<string>>": '{{}, {"a", ""}}',
    "map<string, vector<int>>": '{{"x", {1}}, {"", {}}}',
    "set<pair<int, char>>": "{{1, 'a'}, {2, 'b'}}",
    "tuple<int, string, double>": '{1, "x", 0.25}',
    "unordered_map<int, string>": '{{1, "a"}, {2, "b"}}',
    "optional<int>": "7",
    "array<int, 2>": "{3, 4}",
}


@pytest.mark.docker("cpp")
@pytest.mark.parametrize("kind", VALUES)
def test_values_arrive_as_they_are_in_both_directions(kind: str) -> None:
    prompt = f"using namespace std;\n{kind} same({kind} x, {kind}& y) {{\n"
    tests = (
        f"int main() {{\n    const {kind} value = {VALUES[kind]};\n    {kind} other{{}};\n"
        "    assert (same(value, other) == value);\n    assert (other == value);\n}\n"
    )
    task = Task(
        id="CPP/x2",
        language="cpp",
        statement="Give it back.",
        prompt=prompt,
        entry_point="same",
        visible=VisibleTests(code=""),
        hidden=HiddenTests(code=tests),
        reference="    y = x;\n    return x;\n}\n",
    )
    report = judged(prompt + task.reference, task).last
    assert (report.outcome, len(report.cases)) == ("ok", 2), report


@needs_data
def test_a_stub_declares_no_name_that_a_parameter_may_have() -> None:
    stub = CPP.stub(next(task for task in TASKS if task.id == "CPP/2"))
    assert "char* number" not in stub.code
    assert [constant.text for constant in stub.constants] == ["0", "2.5e6f", "-2.5e6f"]
