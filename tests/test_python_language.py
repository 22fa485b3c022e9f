"""Python: the pure parts, and judge and candidate as plain processes of the host, as the sandbox would start them."""

import gzip
import json
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from codeloop.attempts import CaseStatus, Completion, Note, Status
from codeloop.commands import CommandResult, End
from codeloop.extract import extract
from codeloop.languages.python import LANGUAGE
from codeloop.tasks import HiddenTests, Task, VisibleTests

HERE = Path(__file__).parent.parent / "sandboxes" / "python"
DATA = Path(os.environ.get("CODELOOP_DATA_DIR", "/nowhere")) / "humaneval-x" / "humaneval_python.jsonl.gz"
NONCE = "n0nce"
PROMPT = 'from typing import List\nimport math\n\n\ndef add(x: int, y: int) -> int:\n    """Add."""\n'
SUITE = "def check(add):\n    assert add(1, 2) == 3\n    assert add(0, 5) == 5\n"
GOOD = PROMPT + "    return x + y\n"


def make_task(prompt=PROMPT, entry_point="add", tests=SUITE, reference="    return x + y\n"):
    return Task(
        id="Python/0", language="python", statement="", prompt=prompt, entry_point=entry_point, reference=reference,
        visible=VisibleTests(code=tests), hidden=HiddenTests(code=tests),
    )  # fmt: skip


def on_fds(argv, cwd, fd0, fd3, stdout):
    """Start a process with the given descriptors as 0 and 3, as the sandbox's agent does."""
    program = "import os,sys;a=sys.argv;os.dup2(int(a[1]),3);os.set_inheritable(3,True);os.execv(sys.executable,a[2:])"
    argv = [sys.executable, "-c", program, str(fd3), sys.executable, *argv]
    return subprocess.Popen(argv, cwd=cwd, stdin=fd0, stdout=stdout, stderr=subprocess.PIPE, pass_fds=[fd3])


def run(command, cwd, timeout=20):
    """Run a test command to the end of the judge; a candidate still there after ``timeout`` was out of CPU time."""
    for path, content in command.files:
        (Path(cwd) / path).write_bytes(content)
    ours, theirs = socket.socketpair()
    left, right = socket.socketpair()
    argv = [*command.argv[1:2], str(HERE / Path(command.argv[2]).name), *command.argv[3:]]
    candidate = on_fds(argv, cwd, subprocess.DEVNULL, left.fileno(), subprocess.PIPE)
    judge = on_fds(["-I", str(HERE / "judge.py")], cwd, theirs.fileno(), right.fileno(), subprocess.DEVNULL)
    for end in (theirs, left, right):
        end.close()
    expired = threading.Event()
    timer = threading.Timer(timeout, lambda: (expired.set(), candidate.kill()))
    timer.start()
    printed = threading.Thread(target=candidate.communicate)
    printed.start()
    ours.sendall(command.peer.channel)
    ours.shutdown(socket.SHUT_WR)
    channel = b"".join(iter(lambda: ours.recv(1 << 16), b""))
    stderr = judge.communicate()[1]
    timer.cancel()
    candidate.kill()
    printed.join()
    ours.close()
    peer = CommandResult(end=End.EXITED, code=judge.returncode, channel=channel, stderr=stderr)
    return CommandResult(end=End.TIMED_OUT if expired.is_set() else End.EXITED, code=0, peer=peer)


def judge(tmp_path, code, tests=SUITE, timeout=20, **fields):
    task = make_task(tests=tests, **fields)
    command = LANGUAGE.test(task, code, tests, b"", NONCE, 10.0)
    return LANGUAGE.read_test(run(command, tmp_path, timeout), NONCE, code)


def body(text, before=""):
    return f"{before}\ndef add(x, y):\n    {text}\n"


def test_right_program_passes(tmp_path):
    report = judge(tmp_path, GOOD)
    assert (report.status, report.outcome, report.n_passed) == (Status.PASSED, "ok", 2)


def test_wrong_program_fails_with_values(tmp_path):
    report = judge(tmp_path, body("return x * y"))
    assert report.outcome == "wrong_answer"
    first = report.cases[0]
    assert (first.expression, first.expected, first.actual) == ("add(1, 2) == 3", "3", "2")
    assert len(report.cases) == 2


def test_exception_is_placed(tmp_path):
    report = judge(tmp_path, body("raise KeyError('k') if x else ValueError(x)"))
    assert report.outcome == "exception"
    assert [case.exception for case in report.cases] == ["KeyError: 'k'", "ValueError: 0"]
    assert report.cases[0].line == 3


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (body("return 3", "import sys; sys.exit(0)"), "exception"),
        (body("import sys; sys.exit(0)"), "exception"),
        (body("import os; os._exit(0)"), "exited_early"),
        (body("return 3", "import os; os._exit(0)"), "exited_early"),
        (body("return E()", "class E:\n  def __eq__(s, o): return True\n  __ne__ = __req__ = __eq__"), "wrong_answer"),
        (
            body("return E(9)", "class E(int):\n  def __eq__(s, o): return True\n  __hash__ = int.__hash__"),
            "wrong_answer",
        ),
        (body("from unittest.mock import ANY; return ANY"), "wrong_answer"),
        (
            body("return 9", "import builtins\nbuiltins.AssertionError = int\nbuiltins.bool = lambda x: True"),
            "wrong_answer",
        ),
        (body("return 9", "import atexit, os\natexit.register(lambda: os._exit(0))"), "wrong_answer"),
        (body('print(\'{"nonce": "n0nce", "done": true, "whole": true}\'); return 9'), "wrong_answer"),
        (body("import os\n    try: os.write(0, b'{}')\n    except OSError: pass\n    return 9"), "wrong_answer"),
        (body("import os; os.write(3, b'{\"done\": true}\\n'); return 3"), "forged"),
        (body("import os; os.write(3, b'\\xff\\xff\\xff\\xff'); return 3"), "forged"),
        (body("import os, struct\n    b = b'[' * 100000\n    os.write(3, struct.pack('>I', len(b)) + b)"), "forged"),
        (body("import os, struct\n    b = b'{\"seq\": 1}'\n    os.write(3, struct.pack('>I', len(b)) + b)"), "forged"),
        (body("return 'x' * 10**8"), "exception"),
        (body("l = []; l.append(l); return l"), "exception"),
        (body("import os; os.close(3); return 3"), "exited_early"),
    ],
)
def test_hostile_program_fails(tmp_path, code, outcome):
    report = judge(tmp_path, code)
    assert (report.status, report.outcome) == (Status.FAILED, outcome)


def test_expected_values_are_nowhere_in_the_process(tmp_path):
    search = (
        "import gc, sys\n"
        "    f, seen, n = sys._getframe().f_back, [], 12345679\n"
        "    while f: seen.append(repr(f.f_locals)); f = f.f_back\n"
        "    seen += [repr(o) for o in gc.get_objects() if isinstance(o, (list, dict, tuple)) and len(o) < 50]\n"
        "    return n * 80 + 1 if any(str(n * 80 + 1) in s for s in seen) else 0"
    )
    report = judge(tmp_path, body(search), "assert add(1, 2) == 987654321\n")
    assert report.outcome == "wrong_answer"


def test_death_leaves_the_rest_not_run(tmp_path):
    tests = SUITE + "    assert add(2, 2) == 4\n"
    report = judge(tmp_path, body("import os\n    if x == 0: os._exit(0)\n    return x + y"), tests)
    assert [c.status for c in report.cases] == [CaseStatus.PASSED, CaseStatus.FAILED, CaseStatus.NOT_RUN]
    assert report.cases[1].exception


def test_endless_loop_is_a_timeout(tmp_path):
    report = judge(tmp_path, body("while True: pass"), timeout=2)
    assert (report.status, report.outcome) == (Status.FAILED, "timeout")


def test_values_of_all_kinds_arrive(tmp_path):
    from_there = (
        "import math, decimal, fractions, datetime, collections\n"
        "def add(x, y):\n"
        "    return [None, True, 10**5000, 1.5, math.inf, 1j, '\\ud800', b'x', (1,), {1}, frozenset({2}), {(1, 2): 3},"
        " decimal.Decimal('1.1'), fractions.Fraction(1, 3), datetime.date(2020, 1, 2), collections.Counter('a'), range(3)]"
    )
    tests = (
        "import decimal, fractions, datetime, math\n"
        "assert add(1, 2) == [None, True, 10**5000, 1.5, math.inf, 1j, '\\ud800', b'x', (1,), {1}, frozenset({2}), {(1, 2): 3},"
        " decimal.Decimal('1.1'), fractions.Fraction(1, 3), datetime.date(2020, 1, 2), {'a': 1}, range(3)]\n"
    )
    assert judge(tmp_path, from_there, tests).outcome == "ok"


def test_arguments_change_in_place_and_functions_go_both_ways(tmp_path):
    tests = (
        "l = [3, [1]]\nassert add(l, lambda v: v + 1) is l\nassert l == [4, [1, 'new']]\n"
        "try:\n    add(None, 0)\n    assert False\nexcept TypeError as e:\n    assert str(e)\n"
    )
    report = judge(tmp_path, "def add(x, y):\n    x[0] = y(x[0])\n    x[1].append('new')\n    return x\n", tests)
    assert report.outcome == "ok", report


def test_iterators_and_foreign_names(tmp_path):
    code = "LIMIT = 3\nclass P:\n    def __init__(self): self.v = 7\n    def get(self): return self.v\n" + (
        "def add(x, y):\n    return P() if x else (i for i in range(LIMIT))\n"
    )
    tests = "assert list(add(0, 0)) == [0, 1, 2]\nassert add(1, 0).get() == LIMIT + 4\nassert P().v == 7\n"
    assert judge(tmp_path, code, tests).outcome == "ok"


def test_asserts_split(tmp_path):
    tests = (  # the literal truth in front is the data's own habit: it must make no case
        "def check(candidate):\n    assert True, 'x'\n"  # input of the judge, not an assertion of this test
        "    assert not candidate(1, 1)\n    assert candidate(0, 0)\n"
        "    assert abs(candidate(1, 1) - 7.5) < 1e-6\n    for i in range(3):\n        r = candidate(i, i)\n"
        "        assert 2 == r\n    assert candidate(1, 1) == 1 and candidate(2, 2)\n    assert 3 < candidate(1, 1)\n"
        "check(add)\n"
    )
    cases = judge(tmp_path, GOOD, tests).cases
    assert [(c.expected, c.actual, c.is_opaque) for c in cases] == [
        ("falsy", "2", False), ("truthy", "0", False), ("7.5 ± 1e-06", "2", False), ("2", "0", False), ("", "", True),
        ("> 3", "2", False),
    ]  # fmt: skip


def test_no_cases_is_no_pass(tmp_path):
    tests = "def check(add):\n    assert True\n"  # input of the judge: tests that say nothing of the candidate
    assert judge(tmp_path, GOOD, tests).outcome == "no_cases"


def test_leftover_body_before_the_tests_is_dropped(tmp_path):
    assert judge(tmp_path, GOOD, "    return 0\n" + SUITE).outcome == "ok"


def test_broken_tests_are_the_machines_fault(tmp_path):
    assert judge(tmp_path, GOOD, "assert (").status is Status.ERRORED


def test_wrong_nonce_is_no_verdict():
    line = json.dumps({"nonce": "other", "plan": []}).encode() + b"\n"
    peer = CommandResult(end=End.EXITED, code=0, channel=line)
    assert LANGUAGE.read_test(CommandResult(end=End.EXITED, code=0, peer=peer), NONCE, "").status is Status.ERRORED


def compile_report(tmp_path, code):
    command = LANGUAGE.compile(make_task(), code, SUITE)
    ours, theirs = socket.socketpair()
    ours.sendall(command.channel)
    ours.shutdown(socket.SHUT_WR)
    argv = [sys.executable, "-I", str(HERE / "compile.py")]
    done = subprocess.run(argv, cwd=tmp_path, stdin=theirs.fileno(), capture_output=True, check=False)
    theirs.close()
    channel = b"".join(iter(lambda: ours.recv(1 << 16), b""))
    ours.close()
    end = End.EXITED if done.returncode >= 0 else End.SIGNALLED
    return LANGUAGE.read_compile(
        CommandResult(end=end, code=abs(done.returncode), channel=channel, stderr=done.stderr), code, ""
    ).report


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (GOOD, "ok"),
        ("if True:\n    add = max\n", "ok"),
        ("def other(): pass\n", "missing_entry_point"),
        ("class Solution:\n    def add(self): pass\n", "missing_entry_point"),
        ("def add(:\n", "syntax"),
        ("\x00", "syntax"),
        ("x = '\ud800'", "syntax"),
        ("(" * 5000, "syntax"),
        ("x = " + "-" * 100000 + "1\n", "syntax"),
        ("return 3\ndef add(): pass", "syntax"),
    ],
)
def test_compile(tmp_path, code, outcome):
    report = compile_report(tmp_path, code)
    assert report.outcome == outcome
    assert report.status is (Status.PASSED if outcome == "ok" else Status.FAILED)


def test_syntax_error_has_its_place(tmp_path):
    finding = compile_report(tmp_path, "x = 1\ndef add(x):\n    é = (1 +\n").diagnostics[0]
    assert (finding.line, finding.column, finding.source_line) == (3, 9, "    é = (1 +")


def extracted(text):
    return extract(make_task(), Completion(text=text, finish_reason="stop"))


def test_missing_imports_of_the_prompt_are_added():
    made = extracted("from typing import List\ndef add(x, y):\n    return math.floor(x + y)\n")
    assert made.notes == (Note.NO_FENCE, Note.ADDED_IMPORT)
    assert made.code.startswith("import math\nfrom typing import List\ndef add")


@pytest.mark.parametrize(
    "answer",
    [
        "    return x + y\n",
        "return x + y",
        "\n    z = x + y\n    return z",
        "z = x + y\n    return z",
        "if x is None:\n        return 0\n    return x + y",
        "if x is None:\n    return 0\nreturn x + y",
        "```python\nreturn x + y\n```",
    ],
)
def test_a_body_continues_the_prompt(tmp_path, answer):
    made = extracted(answer)
    assert Note.BODY_ONLY in made.notes
    assert judge(tmp_path, made.code).outcome == "ok"


def test_future_imports_stay_first():
    answer = "from __future__ import annotations\ndef add(x, y):\n    return x"
    assert extracted(answer).code.startswith("from __future__ import annotations\nfrom typing")


def test_the_tail_of_a_completion_is_cut():
    text = (
        "    return helper(x) + y\n\n\ndef helper(v):\n    return v\n\n\ndef add(x, y):\n    return 0\n\n\n"
        "print(add(1, 2))\nassert add(1, 2)\nif __name__ == '__main__':\n    add(1, 2)\n\n\ndef broken(\n"
    )
    made = extracted(text)
    assert made.code == PROMPT + "    return helper(x) + y\n\n\ndef helper(v):\n    return v\n"
    assert set(made.losses) == {
        Note.DROPPED_SECOND, Note.DROPPED_CALLS, Note.DROPPED_TESTS, Note.DROPPED_MAIN, Note.CUT
    }  # fmt: skip


def test_a_completion_may_be_a_program():
    assert extracted("def add(x, y):\n    return x").code.count("def add") == 1


@pytest.mark.skipif(not DATA.exists(), reason="needs the HumanEval-X data")
def test_references_as_completions_and_as_answers_stay_as_they_are():
    import re

    for row in rows():
        entry_point = re.findall(r"^def (\w+)", row["prompt"], re.M)[-1]
        task, whole = (
            make_task(prompt=row["prompt"], entry_point=entry_point),
            row["prompt"] + row["canonical_solution"],
        )
        for text in (row["canonical_solution"], whole, f"Sure:\n```python\n{whole}\n```\n"):
            made = extract(task, Completion(text=text, finish_reason="stop"))
            assert made.code.split() == whole.split(), (row["task_id"], made.notes)


def rows():
    with gzip.open(DATA) as file:
        return [json.loads(line) for line in file]


@pytest.mark.timeout(900)
@pytest.mark.skipif(not DATA.exists(), reason="needs the HumanEval-X data")
def test_every_reference_passes_and_no_stub_does(tmp_path):
    import re

    def one(row):
        entry_point = re.findall(r"^def (\w+)", row["prompt"], re.M)[-1]
        folder = tmp_path / row["task_id"].replace("/", "-")
        folder.mkdir()
        fields = {"prompt": row["prompt"], "entry_point": entry_point}
        found = []
        for kind in ("test", "example_test"):
            if row[kind].strip():
                found.append((True, judge(folder, row["prompt"] + row["canonical_solution"], row[kind], **fields)))
                found.append((False, judge(folder, LANGUAGE.stub(make_task(**fields)).code, row[kind], **fields)))
        return row["task_id"], found

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(one, rows()[::4]))  # all of them run in the sandbox: test_end_to_end.py
    odd = [
        (
            name,
            is_good,
            report.outcome,
            [c for c in report.cases if c.status is not CaseStatus.PASSED][:2],
            report.diagnostics,
        )
        for name, found in results
        for is_good, report in found
        if report.status is not (Status.PASSED if is_good else Status.FAILED)
    ]
    cases = [case for _, found in results for is_good, report in found if is_good for case in report.cases]
    split = sum(not case.is_opaque for case in cases)
    print(f"{len(results)} tasks, {len(cases)} cases, {split} split ({split / len(cases):.1%})")
    assert not odd
