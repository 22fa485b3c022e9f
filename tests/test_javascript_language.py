"""JavaScript: the pure parts, and the traps in the real sandbox."""

from __future__ import annotations

import os
from pathlib import Path

import anyio
import pytest

from codeloop import load_suite
from codeloop.attempts import Candidate, CaseStatus, Completion, Note, StageReport, Status, Verdict
from codeloop.commands import CommandResult, End
from codeloop.extract import extract
from codeloop.languages import get_language
from codeloop.languages.javascript import SYNTAX
from codeloop.languages.javascript_cases import Cases, make_cases
from codeloop.languages.javascript_modules import as_script
from codeloop.sandbox.docker import DockerSandbox
from codeloop.stages.check import Checker
from codeloop.tasks import HiddenTests, Task, VisibleTests

DATA = Path(os.environ.get("CODELOOP_DATA_DIR", "/nowhere"))
JS = get_language("javascript")
HAS_DATA = (DATA / "humaneval-x" / "humaneval_js.jsonl.gz").is_file()
needs_data = pytest.mark.skipif(not HAS_DATA, reason="HumanEval-X is not here")
TASKS = load_suite("humaneval-x", ("javascript",), data_dir=DATA).tasks if HAS_DATA else ()

PROMPT = "const half = (x) => x / 2\n\n/* Give twice the number. */\nconst twice = (x) => {\n"
SMALL = Task(
    id="JavaScript/x1",
    language="javascript",
    statement="Give twice the number.",
    prompt=PROMPT,
    entry_point="twice",
    visible=VisibleTests(code="console.assert(twice(4) === 8)\n"),
    hidden=HiddenTests(
        code="const check = () => {\n  console.assert(twice(1) === 2)\n  console.assert(half(twice(3)) === 3)\n"
        "  console.assert(Math.abs(twice(0.25) - 0.5) < 1e-9, 'near')\n}\ncheck()\n"
    ),
    reference="  return 2 * x\n}\n",
)


def cases_of(tests: str, prompt: str = PROMPT) -> Cases:
    return make_cases(SYNTAX, prompt, tests, "twice")


def extracted(text: str) -> Candidate:
    return extract(SMALL, Completion(text=text, finish_reason="stop"))


# --- pure ---


@needs_data
def test_nearly_every_visible_assertion_is_a_case_of_its_own() -> None:
    cases = [
        case for task in TASKS for case in make_cases(SYNTAX, task.prompt, task.visible.code, task.entry_point).cases
    ]
    split = sum(not case.is_opaque for case in cases)
    print(f"visible: {split} of {len(cases)} split")
    assert split / len(cases) >= 0.95


def test_helpers_of_the_prompt_are_the_judges_own() -> None:
    made = cases_of(SMALL.hidden.code)
    assert made.helpers == "const half = (x) => x / 2"
    assert made.foreign == ()


def test_names_that_only_the_program_has_are_asked_of_it() -> None:
    assert cases_of("console.assert(twice(thrice(1)) === 6)").foreign == ("thrice",)


def test_a_call_of_a_function_that_is_nowhere_is_dropped() -> None:
    made = cases_of("const check = () => {\n  console.assert(twice(1) === 2)\n}\ncheck()\ncheckMore()\n")
    assert made.foreign == ()
    assert "checkMore" not in made.tests


def test_a_call_for_its_argument_alone_is_told_from_one_for_its_answer() -> None:
    made = cases_of("const a = [1]\ntwice(a)\nconst b = twice(a)\nconsole.assert(a[0] === 2)\n")
    assert "codeloop$.inPlace(() => twice(a))" in made.tests
    assert "const b = twice(a)" in made.tests


@pytest.mark.parametrize(
    ("assertion", "is_plain", "is_opaque"),
    [
        ("twice(1) === 2", True, False),
        ("2 === twice(1)", True, False),
        ("JSON.stringify(twice(1)) == JSON.stringify([2])", True, False),
        ("!twice(0)", True, False),
        ("Math.abs(twice(1) - 2) < 1e-6", False, False),
        ("Math.abs(twice(1) - 2 < 1e-6)", False, False),
        ("twice(1) === 2 && twice(2) === 4", False, True),
        ("twice(1) === twice(1)", False, False),
    ],
)
def test_assertions_are_read_by_their_form(assertion: str, is_plain: bool, is_opaque: bool) -> None:
    (case,) = cases_of(f"console.assert({assertion})").cases
    assert (case.expression, case.is_plain, case.is_opaque) == (assertion, is_plain, is_opaque)


@pytest.mark.parametrize(
    ("module", "script"),
    [
        ("import fs from 'fs'\n", "const fs = require('fs');\n"),
        ("import {\n  a as b,\n  c\n} from 'm'\n", "const {a: b, c} = require('m');\n\n\n\n"),
        ("import * as os from 'node:os';\n", "const os = require('node:os');\n"),
        ("export const twice = (x) => x\n", "const twice = (x) => x\n"),
        ("export default function twice(x) { return x }\n", "function twice(x) { return x }\n"),
        ("export default (x) => x\n", "module.exports = (x) => x;\n"),
        ("const twice = (x) => x\nexport { twice }\n", "const twice = (x) => x\n\n"),
        ("const x = 'import and export'\n", "const x = 'import and export'\n"),
    ],
)
def test_a_module_becomes_a_script_of_as_many_lines(module: str, script: str) -> None:
    assert as_script(SYNTAX, module) == script


@pytest.mark.parametrize(
    "answer",
    [
        "function twice(x) {\n  return 2 * x\n}\n",
        "const twice = (x) => 2 * x\n",
        "export const twice = (x) => 2 * x\n",
        "const twice = function (x) {\n  return 2 * x\n}\nmodule.exports = { twice }\n",
    ],
)
def test_every_way_to_define_the_entry_point_is_found(answer: str) -> None:
    made = extracted(f"Here:\n```javascript\n{answer}```\nIt doubles.\n")
    assert answer.strip() in made.code
    assert Note.ADDED_HELPER in made.notes


def test_examples_and_tests_of_an_answer_are_cut() -> None:
    made = extracted(
        "```js\nconst twice = (x) => {\n  return x === 0 ? 0 : 2 + twice(x - 1)\n}\nconsole.log(twice(2))\n"
        "if (require.main === module) {\n  main()\n}\nfunction testTwice() {\n  console.assert(twice(1) === 2)\n}\n```\n"
    )
    assert made.code.rstrip().endswith("2 + twice(x - 1)\n}")
    assert {Note.DROPPED_CALLS, Note.DROPPED_MAIN, Note.DROPPED_TESTS} <= set(made.notes)


@needs_data
def test_references_as_completions_and_as_answers_stay_as_they_are() -> None:
    for task in TASKS:
        whole = task.prompt + task.reference
        for text in (task.reference, whole, f"Sure:\n```javascript\n{whole}\n```\n"):
            made = extract(task, Completion(text=text, finish_reason="stop"))
            assert made.code.split() == whole.split(), (task.id, made.notes)


def test_no_channel_at_all_is_the_machines_fault() -> None:
    broken = CommandResult(end=End.EXITED, code=14, stderr=b"Failed to load the startup snapshot")
    assert JS.read_test(broken, "n", "").status is Status.ERRORED
    assert JS.read_compile(broken, "", "").report.status is Status.ERRORED


def test_columns_count_code_points() -> None:
    line = b'{"rule":"SyntaxError","message":"no","line":2,"column":9}\n{"done":true}\n'
    report = JS.read_compile(CommandResult(end=End.EXITED, code=0, channel=line), "\nlet 😀 = ;\n", "").report
    assert (report.outcome, report.diagnostics[0].line, report.diagnostics[0].column) == ("syntax", 2, 8)


# --- in the sandbox ---


def judged(code: str, tests: str = SMALL.hidden.code) -> Verdict:
    async def body() -> Verdict:
        sandbox = DockerSandbox(run_id="javascript")
        try:
            return await Checker(sandbox=sandbox)(SMALL, Candidate(code=code), HiddenTests(code=tests))
        finally:
            await sandbox.aclose()

    return anyio.run(body)


def last(code: str, tests: str = SMALL.hidden.code) -> StageReport:
    return judged(code, tests).last


@pytest.mark.docker("javascript")
@pytest.mark.parametrize(
    "code",
    [
        PROMPT + SMALL.reference,
        "function twice(x) { console.log('debug'); console.error({}); return x + x }\n",
        "export default (x) => 2 * x\n",
        "import { strict as assert } from 'node:assert'\nexport const twice = (x) => (assert(true), 2 * x)\n",
        "module.exports = { twice: (x) => require('js-md5')('').length && 2 * x }\n",
        "exports.twice = async.call ? 0 : 0\nvar async\n".replace("async.call ? 0 : 0", "(x) => 2 * x"),
        "setInterval(() => {}, 1)\nconst twice = (x) => 2 * x\n",
        "const down = (n) => (n === 0 ? 0 : 1 + down(n - 1))\nconst twice = (x) => (down(5000), 2 * x)\n",
    ],
)
def test_an_honest_program_passes(code: str) -> None:
    report = last(code)
    assert (report.status, len(report.cases)) == (Status.PASSED, 3), report


@pytest.mark.docker("javascript")
def test_every_case_is_reported_after_a_failed_one() -> None:
    report = last("const twice = (x) => {\n  if (x === 3) null.x\n  return x === 1 ? 2 : NaN\n}\n")
    assert [case.status for case in report.cases] == [CaseStatus.PASSED, CaseStatus.RAISED, CaseStatus.FAILED]
    assert report.cases[1].exception.startswith("TypeError: Cannot read properties of null")
    assert report.cases[1].line == 2
    assert (report.cases[2].expected, report.cases[2].actual) == ("0.5 ± 1e-9", "NaN")
    assert report.outcome == "exception"


@pytest.mark.docker("javascript")
@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("const twice = (x) => {\n", "syntax"),
        ("const twice = (x) => 1\nconst twice = 2\n", "syntax"),
        ("const thrice = (x) => 3 * x\n", "missing_entry_point"),
        ("const twice = 4\n", "missing_entry_point"),
        ("throw new Error('no')\nconst twice = (x) => 2 * x\n", "exception"),
    ],
)
def test_what_cannot_be_run_says_why(code: str, outcome: str) -> None:
    report = last(code)
    assert (report.status, report.outcome) == (Status.FAILED, outcome)
    assert report.diagnostics or report.cases


VALUES = (
    "undefined",
    "null",
    "NaN",
    "-0",
    "-Infinity",
    "12345678901234567890n",
    "'\\ud800 \\u{1f600} \\u0000'",
    "[1, , undefined, [null]]",
    "{ b: 1, a: { 2: 3, 1: undefined } }",
    "new Map([[1, new Set(['x'])], ['1', []]])",
    "new Date(86400000)",
    "new Number(3)",
    "new Float64Array([0.5, -0])",
    "Symbol('s')",
    "[[], []].map((each, at, all) => all[0])",
)


@pytest.mark.docker("javascript")
def test_values_arrive_as_they_are_in_both_directions() -> None:
    # Said by each side in its own words, so that it does not matter which engine prints them.
    say = (
        "const say = (v) => Array.isArray(v) ? `[${Array.from(v.keys(), (i) => i in v ? say(v[i]) : 'hole')}]`"
        " : v instanceof Map ? `map ${say([...v])}` : v instanceof Set ? `set ${say([...v])}` : v instanceof Date ? `date ${+v}`"
        " : ArrayBuffer.isView(v) ? `view ${say([...v])}` : v instanceof Number ? `boxed ${+v}`"
        " : v && typeof v === 'object' ? `{${Object.keys(v).map((k) => k + say(v[k]))}}`"
        " : Object.is(v, -0) ? '-0' : typeof v === 'string' ? JSON.stringify(v) : typeof v + String(v)\n"
    )
    values = f"const values = [{', '.join(VALUES)}]\n"
    back = say + values + "const twice = (at) => typeof at === 'number' ? values[at] : say(at.value)\n"
    there = [f"console.assert(twice({{ value: {v} }}) === say({v}))" for v in VALUES if v[:3] not in ("new", "Sym")]
    tests = (
        say + values + "".join(f"console.assert(say(twice({at})) === say(values[{at}]))\n" for at in range(len(VALUES)))
    )
    report = last(back, tests + "\n".join(there) + "\n")
    wrong = [case for case in report.cases if case.status is not CaseStatus.PASSED]
    assert not wrong, wrong
    assert len(report.cases) == len(VALUES) + len(there)


@pytest.mark.docker("javascript")
def test_an_argument_changed_in_place_is_seen_where_the_test_looks_at_it() -> None:
    tests = (
        "const list = [[3], { a: 1 }]\ntwice(list)\nconsole.assert(JSON.stringify(list) === '[[3,4],{\"b\":2},5]')\n"
        "const kept = [1]\nconst found = twice(kept)\nconsole.assert(kept.length === 1)\n"
    )
    code = "const twice = (x) => {\n  if (x[1]) {\n    x[0].push(4)\n    delete x[1].a\n    x[1].b = 2\n  }\n  x.push(5)\n}\n"
    assert last(code, tests).outcome == "ok"
