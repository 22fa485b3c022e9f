"""Translations from C to Rust: a program in Rust whose tests are its C original and a fuzzer that gives both the same inputs.

The tests of such a task are a JSON object (``DifferentialTests``): the texts that stand between the two, written by ``bridge`` when the
suite is loaded, and how long is searched for a difference. Everything else is Rust's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from codeloop.attempts import COMPARED, CaseResult, CaseStatus, Note, StageReport, Status
from codeloop.commands import Command, CommandResult
from codeloop.diagnostics import Diagnostic, Severity, unparsed
from codeloop.languages import analysed, harness
from codeloop.languages import c_rust_user_tests as user_tests
from codeloop.languages.analysed import Analyser
from codeloop.languages.c_rust_comparison import Comparison, Difference, How, Reached, ranges, read_comparison
from codeloop.languages.c_rust_tests import (
    IMAGE,
    DifferentialTests,
    NotBuilt,
    build_command,
    fuzz_command,
    read_build,
    read_faults,
)
from codeloop.languages.port import Compiled, Constant, Stub
from codeloop.languages.rust import RustLanguage, compiler_outcome, compiler_says
from codeloop.languages.rust_analysers import CLIPPY, SOURCE, shown
from codeloop.languages.rust_audit import audit, diagnostics, within
from codeloop.languages.rust_cases import items_of, published
from codeloop.tasks import Task

_TOOL = "differential"


class CRustLanguage(RustLanguage):
    """Rust in the ``c-rust`` image, tested against C."""

    name = IMAGE
    memory_bytes = 2 * 1024**3
    """The linker and rustc side by side; ASan's shadow is not touched where no memory is."""
    analysers: tuple[Analyser, ...] = (
        replace(
            CLIPPY, argv=tuple(word for word in CLIPPY.argv if word not in ("--extern", "-L") and "=/opt" not in word)
        ),
    )

    def compile(self, task: Task, code: str, tests: str) -> Command:
        """Compile the translation, its original and the fuzzer; tests that are none are those that score."""
        chosen = DifferentialTests.read(tests or task.hidden.code)
        own = user_tests.texts_of(chosen.user_tests, chosen.declared) if chosen.user_tests else None
        return build_command(chosen.files, code, own)

    def read_compile(self, result: CommandResult, code: str, tests: str) -> Compiled:
        """Read rustc's JSON; what is not safe Rust and not allowed by the tests is refused, whether or not it compiles."""
        try:
            failed = read_build(result)
        except (ValueError, KeyError, TypeError):
            said = unparsed("compile", "rustc", harness.text_of_process(result))
            return Compiled(report=harness.report("compile", Status.ERRORED, "machine", (said,)))
        asked = DifferentialTests.read(tests) if tests else None
        places, allowed = audit(code), asked.allow_unsafe if asked else 0
        refused = diagnostics(places, allowed)
        # What is refused for the symbols that it exports may keep the linker from its work.
        if failed and not failed.is_candidates and not (refused and failed.step == "link"):
            return Compiled(report=_not_the_candidates(failed, asked))
        if refused:
            return Compiled(report=harness.report("compile", Status.FAILED, "refused", refused))
        if failed is None:
            return Compiled(report=harness.report("compile", Status.PASSED, "ok", within(places, allowed)))
        found = compiler_says(failed.output, code)
        if failed.step != "candidate":
            first = next((each.message for each in found if each.severity is Severity.ERROR), failed.output[:500])
            text = f"the declarations are not those that the task asks for: {first}"
            said = harness.said("compile", "rustc", "signature", text)
            return Compiled(report=harness.report("compile", Status.FAILED, "signature", (said,)))
        found = found or (unparsed("compile", "rustc", failed.output),)
        return Compiled(report=harness.report("compile", Status.FAILED, compiler_outcome(failed.output), found))

    def test(self, task: Task, code: str, tests: str, artifact: bytes, nonce: str, cpu_s: float) -> Command:
        """Fuzz for the tests' budget; ``cpu_s`` is for programs that end by themselves."""
        searched = DifferentialTests.read(tests)
        corpus = tuple(map(bytes.fromhex, searched.corpus))
        tests_s = user_tests.SECONDS if searched.user_tests else 0.0
        return fuzz_command(searched.budget, corpus, tests_s, searched.functions, searched.entry_points)

    def with_corpus(self, tests: str, corpus: Sequence[str]) -> str:
        """Give the tests that begin with these inputs."""
        return replace(DifferentialTests.read(tests), corpus=tuple(corpus)).as_text()

    def read_test(self, result: CommandResult, nonce: str, code: str) -> StageReport:
        """Read the user's tests, a case each, then the counterexamples; without any, one case says how much was compared."""
        text = result.stdout.decode("utf-8", "replace")
        try:
            tested = json.loads(text)["user_tests"]
            if outcome := user_tests.outcome_of(tested):
                cases = user_tests.read_cases(tested)
                return harness.report("test", Status.FAILED, outcome, user_tests.findings(tested), cases)
            found = read_comparison(text)
        except (ValueError, KeyError, TypeError):
            said = unparsed("test", _TOOL, harness.text_of_process(result))
            return harness.report("test", Status.ERRORED, "machine", (said,))
        if found.trouble:
            said = unparsed("test", _TOOL, found.trouble)
            return harness.report("test", Status.ERRORED, "machine", (said,))
        if not found.differences and (found.uncompared or not found.n_compared):
            return harness.report("test", Status.ERRORED, "tests", (_nothing_compared(found), *_notes(found)))
        notes, passed = tuple(_notes(found)), user_tests.read_cases(tested)
        if found.differences:
            cases = tuple(_case(number, each) for number, each in enumerate(found.differences, 1))
            told = tuple(_finding(case, each) for case, each in zip(cases, found.differences, strict=True))
            outcome = _OUTCOMES[found.differences[0].how]
            report = harness.report("test", Status.FAILED, outcome, (*told, *notes), (*passed, *cases))
        else:
            report = harness.report("test", Status.PASSED, "ok", notes, (*passed, _agreement(found)))
        return replace(report, agreement=found.agreement, corpus=_kept(found))

    def lint(self, task: Task, code: str) -> Command:
        """Build the command of clippy, which no attribute of the program silences."""
        return analysed.command(SOURCE, shown(code, ()), self.analysers)

    def stub(self, task: Task) -> Stub:
        """Give the translation that is known to be wrong; without one, what the task asks for, without bodies."""
        tests = DifferentialTests.read(task.hidden.code)
        return Stub(code=tests.known_bad or tests.declared, constants=(Constant(text="", kind="value"),))

    def may_be_vacuous(self, task: Task) -> bool:
        """Say no: what is compared is everything that a call leaves."""
        return False

    def completed(self, task: Task, code: str) -> tuple[str, tuple[str, ...]]:
        """Let other crates see every item, and add types and constants of the contract that are used and not declared."""
        there = items_of(code)
        words = set(re.findall(r"\w+", code))
        missing = [
            text
            for name, text in items_of(DifferentialTests.read(task.hidden.code).declared).items()
            if name not in there and name in words and _BODY not in text
        ]
        code = code.rstrip("\n") + "\n" + "".join(f"\n{text}\n" for text in missing) if missing else code
        text, places = published(code)
        return text, ((Note.ADDED_HELPER,) if missing else ()) + ((Note.ADDED_PUB,) if places else ())


def _not_the_candidates(failed: NotBuilt, asked: DifferentialTests | None) -> StageReport:
    """Say what does not compile whatever the translation is: the original or the user's tests, by line, or what codeloop wrote."""
    if faults := read_faults(failed.output) if failed.step in ("original", "driver", "link") else {}:
        line, message = min(faults.items())
        text = f"the original does not compile, whatever the translation is: its line {line}: {message}: put it right"
        return harness.report("compile", Status.ERRORED, "tests", (harness.said("compile", "clang", "tests", text),))
    if failed.step != "tests" or asked is None or asked.user_tests is None:
        what = "inputs or requires are no C, or the driver" if failed.step == "driver" else failed.step
        said = unparsed("compile", "clang", f"{what}: {failed.output}")
        return harness.report("compile", Status.ERRORED, "machine", (said,))
    name = asked.user_tests.name
    places = user_tests.mistakes(failed.output, name) or (f"{name}: {failed.output[-500:]}",)
    text = f"the tests do not compile, whatever the translation is: {'; '.join(places[:3])}: put them right"
    return harness.report("compile", Status.ERRORED, "tests", (harness.said("compile", "rustc", "tests", text),))


_BODY = "todo!()"
_KEPT, _KEPT_BYTES = 64, 16_000


def _kept(found: Comparison) -> tuple[str, ...]:
    """Choose what the next attempt is given first: counterexamples, then short inputs, as far as a record should grow."""
    kept: list[str] = []
    n = 0
    for each in dict.fromkeys((*(difference.input for difference in found.differences), *found.corpus)):
        n += len(each)
        if len(kept) == _KEPT or n > _KEPT_BYTES:
            break
        kept.append(each.hex())
    return tuple(kept)


_OUTCOMES: Mapping[How, str] = {
    How.DIFFERENT: "wrong_answer",
    How.PANICKED: "exception",
    How.DIED: "crashed",
    How.UNSTABLE: "wrong_answer",
}


def _case(number: int, found: Difference) -> CaseResult:
    is_raised = found.how in (How.PANICKED, How.DIED)
    return CaseResult(
        name=f"counterexample {number}",
        status=CaseStatus.RAISED if is_raised else CaseStatus.FAILED,
        expression="; ".join(found.calls),
        expected="; ".join(f"{each.name} = {each.value}" for each in found.expected),
        actual="; ".join(f"{each.name} = {each.value}" for each in found.actual) or found.message,
        exception=found.message if is_raised else "",
    )


def _finding(case: CaseResult, found: Difference) -> Diagnostic:
    said = found.message or f"C leaves {case.expected}, the translation {case.actual}"
    return Diagnostic(
        stage="test",
        tool=_TOOL,
        rule=_OUTCOMES[found.how],
        message=said,
        expression=case.expression,
        expected=case.expected,
        actual=case.actual,
        exception=case.exception,
    )


def _agreement(found: Comparison) -> CaseResult:
    """Say how much was compared."""
    return CaseResult(
        name="comparison",
        status=CaseStatus.PASSED,
        expression=f"{found.n_compared} inputs give the same in C and in Rust",
        is_opaque=True,
    )


def _nothing_compared(found: Comparison) -> Diagnostic:
    """Say that there is no verdict: no input means anything to the C, or to one of its functions, whatever the translation is."""
    of = f"of {', '.join(found.uncompared)} " if found.n_compared else ""
    where = "; ".join(f"its line {each.line}: {each.kind}" for each in found.undefined[:3])
    text = (
        f"nothing {of}could be compared: of {found.n_executions} inputs the C is undefined on {found.n_undefined}, does not end on "
        f"{found.n_endless}, and {found.n_rejected} are not allowed{f' ({where})' if where else ''}: say by inputs: in a .yaml "
        "beside the C what a call may be given"
    )
    return harness.said("test", _TOOL, "tests", text)


_LITTLE = 0.1
"""Share of the inputs below which a user is told how to get more: most calls mean nothing to such a function."""
_MOST_RANGES = 20
"""Of lines that were not reached, in one function's line: who misses more has not looked at it."""


def _share(reached: Reached) -> str:
    """Say how much of a function ran, and which of its lines did not: ``f 9 of 12 (not lines 4-6, 9)``."""
    said = f"{reached.function} {reached.n_covered} of {reached.n_all}"
    runs = ranges(reached.missed_lines)
    if not runs:
        return said
    more = f" and {len(runs) - _MOST_RANGES} more places" if len(runs) > _MOST_RANGES else ""
    return f"{said} (not line{'s' * (len(reached.missed_lines) > 1)} {', '.join(runs[:_MOST_RANGES])}{more})"


def _notes(found: Comparison) -> list[Diagnostic]:
    """Say what was reached of the C, and where C itself is undefined: never the translation's fault."""
    reached = ", ".join(map(_share, found.reached))
    text = (
        f"{found.n_compared} inputs compared, {found.n_undefined} left out where C is undefined, {found.n_rejected} not "
        f"allowed, in {found.seconds:.1f} s ({found.speed:,.0f} a second); regions of C reached: {reached or 'none'}"
    )
    if found.n_compared < _LITTLE * found.n_executions and not found.differences:
        text += "; little was compared: say by inputs: in a .yaml beside the C what a call may be given"
    notes = [Diagnostic(stage="test", tool=_TOOL, rule=COMPARED, message=text, severity=Severity.NOTE)]
    return notes + [
        Diagnostic(
            stage="test",
            tool=_TOOL,
            rule="undefined-in-c",
            message=f"C is undefined at its line {each.line}: {each.kind}: {each.call}",
            severity=Severity.NOTE,
        )
        for each in found.undefined
    ]


LANGUAGE = CRustLanguage()
