"""Java and C++ in real cells: planted faults are found, the task's own are not told, and a program silences nobody."""

from __future__ import annotations

import anyio
import pytest

from codeloop.attempts import Candidate, Status, Verdict
from codeloop.diagnostics import Diagnostic
from codeloop.findings import matters
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.stages.lint import LintSettings
from codeloop.tasks import HiddenTests, Task, VisibleTests

JAVA = Task(
    id="Own/total-java",
    language="java",
    statement="Add.",
    prompt="import java.util.*;\n\nclass Solution {\n    private int given = 3;\n\n"
    "    public int total(List<Integer> items) {\n",
    entry_point="total",
    visible=VisibleTests(
        code="public class Main {\n  public static void main(String[] args) {\n    Solution s = new Solution();\n"
        "    List<Boolean> correct = Arrays.asList(s.total(Arrays.asList(1, 2)) == 3);\n"
        "    if (correct.contains(false)) {\n      throw new AssertionError();\n    }\n  }\n}\n"
    ),
    hidden=HiddenTests(code=""),
    reference="        int sum = 0;\n        for (int item : items) sum += item;\n        return sum;\n    }\n}\n",
)
JAVA_PLANTED = (
    JAVA.prompt
    + '        int dead = 3;\n        if (items.toString() == "[]") return 0;\n        int sum = 0;\n'
    + "        for (int item : items) sum += item;\n        if (sum > 1000) return sum / 0;\n        return sum;\n    }\n}\n"
)
JAVA_SILENCED = JAVA_PLANTED.replace("class Sol", '@SuppressWarnings({"all", "PMD"}) class Sol').replace(
    ";\n", "; // NOPMD\n"
)
CPP = Task(
    id="Own/total-cpp",
    language="cpp",
    statement="Add.",
    prompt="#include <vector>\nusing namespace std;\nstatic int given(int x) { int unread = x; return 3; }\nint total(vector<int> items) {\n",
    entry_point="total",
    visible=VisibleTests(code="#include<assert.h>\nint main() {\n    assert (total({1, 2}) == 3);\n}\n"),
    hidden=HiddenTests(code=""),
    reference="    int sum = 0;\n    for (int item : items) sum += item;\n    return sum;\n}\n",
)
CPP_PLANTED = (
    CPP.prompt
    + "    int dead;\n    int sum = 0;\n    for (int item : items) sum += item;\n    int three[3] = {1, 2, 3};\n"
    + "    if (sum > 1000) return three[3];\n    if (sum > 100) return sum / 0;\n    if (sum >= 0) return sum;\n}\n"
)
CPP_SILENCED = (
    '#pragma GCC diagnostic ignored "-Wall"\n#pragma GCC diagnostic ignored "-Wreturn-type"\n'
    '_Pragma("GCC diagnostic ignored \\"-Wdiv-by-zero\\"")\n# 1 "vector" 3\n// cppcheck-suppress-file *\n'
    + CPP_PLANTED.replace(";\n", "; // cppcheck-suppress all\n")
)
BROKEN_NAMES = {
    "java": JAVA.prompt + JAVA.reference + "class Lint { }\nclass Pmd { }\nclass Compile { }\n",
    "cpp": "#define main other\n" + CPP.prompt + CPP.reference,
}


def check(task: Task, *codes: str) -> list[Verdict]:
    async def main() -> list[Verdict]:
        sandbox = DockerSandbox(run_id="test-lint-java-cpp", jobs=1)
        try:
            checker = Checker(sandbox=sandbox, lint=LintSettings(is_gating=True))
            return [await checker(task, Candidate(code=code), task.visible) for code in codes]
        finally:
            await sandbox.aclose()

    return anyio.run(main)


def told(verdict: Verdict) -> dict[tuple[str, str], Diagnostic]:
    report = verdict.report("lint")
    assert report is not None, verdict.last
    assert [item.message for item in report.diagnostics if item.rule == "unparsed"] == []
    return {(item.tool, item.rule): item for item in report.diagnostics if matters(item)}


@pytest.mark.docker("java")
def test_java_faults_are_found_and_the_tasks_own_are_not() -> None:
    planted, silenced, sound = check(JAVA, JAVA_PLANTED, JAVA_SILENCED, JAVA.prompt + JAVA.reference)
    expected = {("javac", "divzero"), ("pmd", "UnusedLocalVariable"), ("pmd", "UseEqualsToCompareStrings")}
    assert expected <= set(told(planted))
    assert expected <= set(told(silenced))
    found = told(planted)["pmd", "UnusedLocalVariable"]
    assert (found.line, found.scope, found.source_line.strip()) == (7, "Solution.total", "int dead = 3;")
    assert (found.tool_version, found.file) == ("7.28.0", "Solution.java")
    assert told(sound) == {}, "the unused field is the task's own"
    assert (planted.status, sound.status) == (Status.FAILED, Status.PASSED)


@pytest.mark.docker("cpp")
def test_cpp_faults_are_found_and_the_tasks_own_are_not() -> None:
    planted, silenced, sound = check(CPP, CPP_PLANTED, CPP_SILENCED, CPP.prompt + CPP.reference)
    expected = {
        ("g++", "unused-variable"), ("g++", "return-type"), ("g++", "div-by-zero"), ("cppcheck", "arrayIndexOutOfBounds"),
        ("cppcheck", "zerodiv"),
    }  # fmt: skip
    assert expected <= set(told(planted))
    assert expected <= set(told(silenced))
    found = told(planted)["g++", "div-by-zero"]
    assert (found.line, found.scope, found.tool_version) == (10, "total", "14.2.0")
    assert told(planted)["cppcheck", "zerodiv"].tool_version == "2.17.1"
    assert told(sound) == {}, "what is never used there is the task's own"
    assert (planted.status, sound.status) == (Status.FAILED, Status.PASSED)


@pytest.mark.docker("java", "cpp")
@pytest.mark.parametrize("task", [JAVA, CPP], ids=["java", "cpp"])
def test_a_program_with_our_names_in_it_is_analysed(task: Task) -> None:
    (verdict,) = check(task, BROKEN_NAMES[task.language])
    assert told(verdict) == {}
    assert verdict.status is Status.PASSED


@pytest.mark.docker("java", "cpp")
@pytest.mark.parametrize("task", [JAVA, CPP], ids=["java", "cpp"])
def test_an_analyser_that_a_program_overwhelms_is_a_note_and_the_cell_goes_on(task: Task) -> None:
    deep = "(" * 3000 + "0" + ")" * 3000
    code = task.prompt + task.reference.replace("sum = 0", f"sum = {deep}")
    broken, sound = check(task, code, task.prompt + task.reference)
    report = broken.report("lint")
    assert report is None or all(not matters(item) for item in report.diagnostics)
    assert sound.status is Status.PASSED
