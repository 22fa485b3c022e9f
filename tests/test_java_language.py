"""Java: the pure parts, and both harness programs on the host's JDK over a socket pair on descriptor 0."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import socket
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codeloop.attempts import Candidate, CaseStatus, Completion, Note, StageReport, Status
from codeloop.commands import Command, CommandResult, End
from codeloop.extract import extract
from codeloop.languages import get_language
from codeloop.languages.java_cases import make_cases
from codeloop.languages.port import Compiled
from codeloop.tasks import HiddenTests, Task, VisibleTests

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("CODELOOP_DATA_DIR", "/nowhere")) / "humaneval-x" / "humaneval_java.jsonl.gz"
JAVA = get_language("java")
NONCE = "5f0c" * 8


def load() -> list[Task]:
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [task_of(row) for row in rows]


def task_of(row: dict[str, str]) -> Task:
    methods = re.findall(r"^ {4}public [^\n(]*?(\w+)\s*\(", row["prompt"], re.M)
    return Task(
        id=row["task_id"],
        language="java",
        statement=row["text"],
        prompt=row["prompt"],
        entry_point=methods[-1],
        visible=VisibleTests(code=row["example_test"]),
        hidden=HiddenTests(code=row["test"]),
        reference=row["canonical_solution"],
    )


needs_data = pytest.mark.skipif(not DATA.is_file(), reason="HumanEval-X is not here")
needs_jdk = pytest.mark.skipif(shutil.which("javac") is None, reason="no JDK on this host")
TASKS = load() if DATA.is_file() else []

SMALL = Task(
    id="Java/x1",
    language="java",
    statement="Pairs.",
    prompt="import java.util.*;\nimport java.lang.*;\n\nclass Solution {\n    /** Pairs. */\n"
    "    public List<Integer> twice(List<Integer> xs) {\n",
    entry_point="twice",
    visible=VisibleTests(
        code="public class Main {\n  public static void main(String[] args) {\n    Solution s = new Solution();\n"
        "    List<Boolean> correct = Arrays.asList(\n"
        "      s.twice(Arrays.asList(1, 2)).equals(Arrays.asList(2, 4)),\n"
        "      s.twice(Arrays.asList()).equals(Arrays.asList()),\n"
        "      s.twice(Arrays.asList(7)).equals(Arrays.asList(14))\n    );\n"
        "    if (correct.contains(false)) {\n      throw new AssertionError();\n    }\n  }\n}\n"
    ),
    hidden=HiddenTests(code=""),
    reference="        List<Integer> r = new ArrayList<>();\n        for (int x : xs) r.add(2 * x);\n        return r;\n    }\n}\n",
)


@pytest.fixture(scope="session")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("harness")
    sources = sorted(str(path) for path in (ROOT / "sandboxes" / "java").glob("*.java"))
    subprocess.run(["javac", "-d", str(home), *sources], check=True)
    return home


def run(command: Command, harness: Path) -> CommandResult:
    """As the sandbox does: a private socket on descriptor 0, both ways."""
    ours, theirs = socket.socketpair()
    places = {"/opt/codeloop/harness.jar": str(harness), "/opt/jre/bin/java": "java"}
    words = [word.removesuffix(":/opt/codeloop/lint.jar") for word in command.argv if "SharedArchiveFile" not in word]
    argv = [places.get(word, word) for word in words]
    process = subprocess.Popen(argv, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    theirs.close()
    received: list[bytes] = []
    reader = threading.Thread(target=_read, args=(ours, received))
    reader.start()
    try:
        ours.sendall(command.channel or b"")
        ours.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # it ended before it had read all
    try:
        stdout, stderr = process.communicate(timeout=command.limits.wall_s)
        end = End.EXITED if process.returncode >= 0 else End.SIGNALLED
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
        end = End.WALL_TIMED_OUT
    reader.join()
    ours.close()
    return CommandResult(
        end=end, code=abs(process.returncode), stdout=stdout, stderr=stderr, channel=b"".join(received)
    )


def _read(channel: socket.socket, received: list[bytes]) -> None:
    try:
        while data := channel.recv(65536):
            received.append(data)
    except OSError:
        pass


def compiled(task: Task, code: str, tests: str, harness: Path) -> Compiled:
    return JAVA.read_compile(run(JAVA.compile(task, code, tests), harness), code, tests)


def judged(task: Task, code: str, tests: str, harness: Path) -> StageReport:
    built = compiled(task, code, tests, harness)
    if built.report.status is not Status.PASSED:
        return built.report
    return JAVA.read_test(run(JAVA.test(task, code, tests, built.artifact, NONCE, 20.0), harness), NONCE, code)


def small(body: str, harness: Path, after: str = "", members: str = "") -> StageReport:
    code = f"{SMALL.prompt}{body}\n    }}\n{members}\n}}\n{after}"
    return judged(SMALL, code, SMALL.visible.code, harness)


# --- pure ---


@needs_data
def test_nearly_every_visible_element_is_a_case_of_its_own() -> None:
    cases = [make_cases(task.prompt, task.visible.code).expressions for task in TASKS if not task.visible.is_empty]
    split, total = sum(bool(e) for es in cases for e in es), sum(len(es) for es in cases)
    opaque = [t.id for t in TASKS if "" in make_cases(t.prompt, t.hidden.code).expressions]
    print(f"visible: {split} of {total} split; hidden tasks with an opaque case: {opaque}")
    assert split / total >= 0.95


def test_expected_and_actual_are_told_apart() -> None:
    source = make_cases(SMALL.prompt, SMALL.visible.code).source
    assert "CodeloopValues.same(codeloopB, codeloopA)" in source
    assert source.count("catch") == 3


def test_a_test_that_is_no_list_is_one_opaque_case() -> None:
    odd = "class Main { public static void main(String[] args) { if (args.length == 0) return; } }"
    cases = make_cases("", odd)
    assert cases.expressions == ("",)
    assert "Main.main(new String[0]);" in cases.source


def test_a_string_with_quotes_and_controls_survives_the_plan() -> None:
    cases = make_cases("", SMALL.visible.code.replace("Arrays.asList(7)", 'Arrays.asList("\\"\\u0041\\n".length())'))
    assert "\\042\\134\\042\\134u0041\\134n\\042" in cases.source


def extracted(task: Task, text: str, finish_reason: str = "stop") -> Candidate:
    return extract(task, Completion(text=text, finish_reason=finish_reason))


def test_a_whole_program_is_kept_and_gets_the_imports() -> None:
    made = extracted(
        SMALL, "public class Solution {\n  public List<Integer> twice(List<Integer> xs) { return xs; }\n}\n"
    )
    assert made.code.startswith("import java.util.*;\nimport java.lang.*;\npublic class Solution")
    assert made.notes == (Note.NO_FENCE, Note.ADDED_IMPORT)


def test_a_bare_method_is_wrapped() -> None:
    made = extracted(SMALL, "import java.util.*;\npublic List<Integer> twice(List<Integer> xs) {\n    return xs;\n}\n")
    assert "class Solution {\n    public List<Integer> twice" in made.code
    assert Note.WRAPPED in made.notes


def test_a_class_of_another_name_is_renamed_and_its_main_dropped() -> None:
    answer = (
        "package a.b;\npublic class Main {\n  Main() { }\n  static List<Integer> twice(List<Integer> xs) { return xs; }\n"
        "  public static void main(String[] a) { new Main(); }\n}\n"
    )
    made = extracted(SMALL, answer)
    assert "public class Solution {\n  Solution() { }\n" in made.code
    assert "Main" not in made.code and "package" not in made.code
    assert {Note.RENAMED_CLASS, Note.DROPPED_MAIN, Note.DROPPED_PACKAGE} <= set(made.notes)


def test_a_class_in_another_class_is_taken_out() -> None:
    answer = (
        "public class Main {\n    static class Solution {\n        List<Integer> twice(List<Integer> xs) { return xs; }\n"
        "    }\n    public static void main(String[] a) { }\n}\n"
    )
    made = extracted(SMALL, answer)
    assert "\nclass Solution {\n    List<Integer> twice" in made.code
    assert "main" not in made.code


def test_only_the_solution_stays_public() -> None:
    answer = (
        "public class Pair { }\npublic class Solution {\n  List<Integer> twice(List<Integer> xs) { return xs; }\n}\n"
    )
    made = extracted(SMALL, answer)
    assert "\nclass Pair" in made.code and "public class Solution" in made.code
    assert Note.DROPPED_MODIFIER in made.notes


@needs_data
@pytest.mark.parametrize("number", [32, 38, 50])
def test_given_helpers_are_added(number: int) -> None:
    task = TASKS[number]
    helper = next(m for m in re.findall(r"public \w+ (\w+)\(", task.prompt) if m != task.entry_point)
    method = task.prompt[task.prompt.rindex("    public") :] + task.reference.rstrip().removesuffix("}")
    made = extracted(task, method)
    assert {Note.WRAPPED, Note.ADDED_HELPER} <= set(made.notes)
    assert len(re.findall(rf"\w+ {helper}\((?:String|List)", made.code)) == 1


@needs_data
def test_references_as_completions_and_as_answers_stay_as_they_are() -> None:
    for task in TASKS:
        whole = task.prompt + task.reference
        for text in (task.reference, whole, f"Sure:\n```java\n{whole}\n```\n"):
            made = extracted(task, text)
            assert made.code.split() == whole.split(), (task.id, made.notes)


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ("\npublic class Main { public static void main(String[] a) { } }\n", Note.DROPPED_MAIN),
        ("\nclass Solution { public List<Integer> twice(List<Integer> ys) { return ys; } }\n", Note.DROPPED_SECOND),
        ("\nThis works because it doubles.\n", Note.DROPPED_PROSE),
        ("\n```\nThis works because it doubles.\n", None),
    ],
)
def test_text_after_the_class_is_cut(more: str, note: Note | None) -> None:
    made = extracted(SMALL, SMALL.reference + more)
    assert made.code.split() == (SMALL.prompt + SMALL.reference).split()
    assert note is None or note in made.notes


def test_helpers_after_the_class_are_kept() -> None:
    assert "class Pair" in extracted(SMALL, SMALL.reference + "\nclass Pair { int a; }\n").code


@pytest.mark.parametrize("n_braces", [1, 2])
def test_missing_closing_braces_of_the_prompt_are_added(n_braces: int) -> None:
    body = SMALL.reference
    for _ in range(n_braces):
        body = body.rstrip().removesuffix("}")
    made = extracted(SMALL, body)
    assert made.code.split() == (SMALL.prompt + SMALL.reference).split()


def test_a_body_that_broke_off_is_not_closed() -> None:
    cut = SMALL.reference[: SMALL.reference.index("r.add") + 5]
    made = extracted(SMALL, cut, "length")
    assert made.code.rstrip().endswith("r.add")
    assert Note.CUT in made.notes


def test_a_class_that_broke_off_behind_the_method_is_closed() -> None:
    cut = (
        "class Solution {\n  List<Integer> twice(List<Integer> xs) { return xs; }\n  static void main(String[] a) { Sys"
    )
    made = extracted(SMALL, f"```java\n{cut}", "length")
    assert made.code.endswith("class Solution {\n  List<Integer> twice(List<Integer> xs) { return xs; }\n}\n")
    assert Note.CUT in made.notes


def test_mains_and_second_definitions_in_the_class_are_cut() -> None:
    body = SMALL.reference.rstrip().removesuffix("}")
    more = "    public List<Integer> twice(List<Integer> ys) { return ys; }\n    public static void main(String[] a) { }\n}\n"
    made = extracted(SMALL, body + more)
    assert made.code.split() == (SMALL.prompt + SMALL.reference).split()


def test_a_whole_program_as_completion_is_one_itself() -> None:
    made = extracted(SMALL, "import java.util.*;\n\nclass Solution {\n  int twice(int x) { return x; }\n}\n")
    assert made.code.count("class Solution") == 1


def test_no_channel_at_all_is_the_machines_fault() -> None:
    broken = CommandResult(end=End.EXITED, code=1, stderr=b"Could not find or load main class Judge")
    assert JAVA.read_test(broken, NONCE, "").status is Status.ERRORED
    assert JAVA.read_compile(broken, "", "").report.status is Status.ERRORED


@pytest.mark.parametrize("end", [End.TIMED_OUT, End.WALL_TIMED_OUT, End.OUT_OF_MEMORY, End.OUTPUT_LIMIT])
def test_an_end_by_a_limit_is_the_candidates(end: End) -> None:
    assert JAVA.read_test(CommandResult(end=end, code=-1), NONCE, "").status is Status.FAILED


def test_a_line_without_the_nonce_is_forged() -> None:
    lines = b'{"nonce":"no","event":"plan","names":["x"]}\n{"nonce":"no","event":"done"}\n'
    assert JAVA.read_test(CommandResult(end=End.EXITED, code=0, channel=lines), NONCE, "").outcome == "forged"


# --- on the JDK ---


@needs_jdk
@needs_data
@pytest.mark.timeout(900)
def test_references_pass_and_known_bad_programs_fail(harness: Path) -> None:
    def check(task: Task) -> list[str]:
        whole, bad = task.prompt + task.reference, JAVA.stub(task).code
        faults = []
        for tests in (task.hidden.code, task.visible.code):
            report = judged(task, whole, tests, harness) if tests.strip() else None
            if report and report.status is not Status.PASSED:
                faults.append(f"{task.id} reference: {report.outcome} {report.diagnostics[:2]}")
        report = judged(task, bad, task.hidden.code, harness)
        if report.status is not Status.FAILED or report.stage != "test":
            faults.append(f"{task.id} known bad: {report.stage} {report.outcome} {report.diagnostics[:1]}")
        return faults

    with ThreadPoolExecutor(4) as pool:
        assert [fault for faults in pool.map(check, TASKS[::STEP]) for fault in faults] == []


STEP = 8  # every eighth task: all of them take minutes, and the sandbox's own check of references runs them all


@needs_jdk
def test_every_case_is_reported_after_a_failed_one(harness: Path) -> None:
    report = small('        if (xs.isEmpty()) throw new IllegalStateException("none");\n        return xs;', harness)
    assert [case.status for case in report.cases] == [CaseStatus.FAILED, CaseStatus.RAISED, CaseStatus.FAILED]
    assert (report.cases[0].expected, report.cases[0].actual) == ("[2, 4]", "[1, 2]")
    assert report.cases[1].exception == "java.lang.IllegalStateException: none"
    assert report.cases[1].line == 7
    assert report.outcome == "wrong_answer"


@needs_jdk
@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("class Solution { int twice( }", "syntax"),
        ("import java.util.*; class Solution { List<Integer> twice(List<Integer> x) { return y; } }", "types"),
        ("class Solution { int twice(int x) { return x; } }", "signature"),
        ("class Other { int twice(int x) { return x; } }", "missing_entry_point"),
        ("class Solution { int thrice(int x) { return x; } }", "missing_entry_point"),
        ("class Solution { int twice() { return " + "(" * 100000 + "1; } }", "syntax"),
    ],
)
def test_what_does_not_compile_says_why(code: str, outcome: str, harness: Path) -> None:
    report = compiled(SMALL, code, SMALL.visible.code, harness).report
    assert (report.status, report.outcome) == (Status.FAILED, outcome)
    assert report.diagnostics


@needs_jdk
def test_columns_count_code_points(harness: Path) -> None:
    code = 'class Solution {\n\tString s = "😀"; int twice = nope;\n}\n'
    found = compiled(SMALL, code, "", harness).report.diagnostics[0]
    assert (found.line, found.column, found.end_column) == (2, 30, 34)


@needs_jdk
def test_a_package_private_program_of_several_classes_can_be_called(harness: Path) -> None:
    members = "    static class Box { int n; }\n    Box box() { return new Box(); }"
    report = small(
        "        return new Help().go(xs);",
        harness,
        "class Help { List<Integer> go(List<Integer> xs) { "
        "List<Integer> r = new ArrayList<>(); for (int x : xs) r.add(x * 2); return r; } }",
        members,
    )
    assert report.status is Status.PASSED, report


@needs_jdk
def test_deep_recursion_is_honest_and_endless_recursion_is_raised(harness: Path) -> None:
    rest = "        List<Integer> r = new ArrayList<>();\n        for (int x : xs) r.add(2 * x);\n        return r;"
    depth = "    int down(int n) { return n == 0 ? 0 : 1 + down(n - 1); }"
    assert small(f"        down(100000);\n{rest}", harness, members=depth).status is Status.PASSED
    report = small("        return twice(xs);", harness)
    assert report.outcome == "exception"
    assert all("StackOverflowError" in case.exception for case in report.cases)


@needs_jdk
def test_memory_is_bounded(harness: Path) -> None:
    report = small("        List<int[]> r = new ArrayList<>(); while (true) r.add(new int[1 << 20]);", harness)
    assert report.outcome == "out_of_memory"


GOOD = "List<Integer> r = new ArrayList<>(); for (int x : xs) r.add(2 * x); return r;"
EQUAL = "return new ArrayList<Integer>() { public boolean equals(Object o) { return true; } };"
FORGE = (
    'String l = "{\\"event\\":\\"done\\",\\"nonce\\":\\"x\\"}\\n"; System.out.print(l); System.out.flush();'
    " try { new java.io.FileOutputStream(java.io.FileDescriptor.in).write(l.getBytes()); }"
    " catch (java.io.IOException e) { } Runtime.getRuntime().halt(0); return xs;"
)
HOOK = 'Runtime.getRuntime().addShutdownHook(new Thread(() -> { System.out.println("done"); })); System.exit(0); return xs;'
LOOK = (
    'try { Class.forName("Judge"); return twice2(xs); } catch (ClassNotFoundException e) { }'
    ' try { Class.forName("CodeloopTests"); return twice2(xs); } catch (ClassNotFoundException e) { } return xs;'
)


@needs_jdk
@pytest.mark.parametrize(
    ("body", "members", "after", "outcome"),
    [
        ("System.exit(0); return xs;", "", "", "exited_early"),
        ("return xs;", "static { System.exit(0); }", "", "exited_early"),
        ("return xs;", "static { Runtime.getRuntime().halt(0); }", "", "exited_early"),
        ("Runtime.getRuntime().halt(0); return xs;", "", "", "exited_early"),
        (HOOK, "", "", "exited_early"),
        (EQUAL, "", "", "wrong_answer"),
        (
            "return xs;",
            "",
            "class Arrays { static java.util.List asList(Object... a) { return null; } }",
            "wrong_answer",
        ),
        ("return xs;", "", "class AssertionError extends Error { }", "wrong_answer"),
        ("return xs;", "", "class Main { public static void main(String[] a) { } }", "wrong_answer"),
        ("return xs;", "", "class CodeloopTests { public static void run(Object o) { } }", "wrong_answer"),
        (
            "return xs;",
            "",
            "class Objects { static boolean equals(Object a, Object b) { return true; } }",
            "wrong_answer",
        ),
        (FORGE, "", "", "forged"),
        (LOOK, f"List<Integer> twice2(List<Integer> xs) {{ {GOOD} }}", "", "wrong_answer"),
        ("throw new AssertionError();", "", "", "exception"),
        ("throw new RuntimeException() { public String getMessage() { throw this; } };", "", "", "exception"),
        ("return xs;", "public Solution() { throw new IllegalStateException(); }", "", "exception"),
        ("for (Thread t : Thread.getAllStackTraces().keySet()) t.interrupt(); return xs;", "", "", "wrong_answer"),
    ],
)
def test_a_hostile_program_does_not_pass(body: str, members: str, after: str, outcome: str, harness: Path) -> None:
    report = small(body, harness, after, members)
    assert report.status is Status.FAILED
    assert report.outcome == outcome, report


@needs_jdk
def test_an_honest_program_may_print_read_and_leave_threads(harness: Path) -> None:
    body = (
        'new Thread(() -> { while (true) { } }).start(); System.out.println("debug");'
        f" try {{ System.in.read(); }} catch (java.io.IOException e) {{ }} {GOOD}"
    )
    assert small(body, harness).status is Status.PASSED
