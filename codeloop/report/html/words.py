"""Words: the fixed values that fields of the page have, and what each means; keys are ``KIND.VALUE``."""

from __future__ import annotations

from collections.abc import Mapping

from codeloop.gates import Outcome
from codeloop.gates.results import NOT_MET

_Entries = Mapping[str, tuple[str, str]]

ENDINGS: _Entries = {
    "ending.solved": ("solved", "The last attempt passed the visible tests and every gate."),
    "ending.exhausted": ("exhausted", "All attempts that the policy allows were used."),
    "ending.stalled": ("stalled", "The loop saw that it went in circles: the same program or the same failure again."),
    "ending.errored": ("errored", "The machine failed, not the program: no verdict."),
    "ending.cancelled": ("cancelled", "It was stopped from outside: no verdict."),
    "ending.out_of_budget": ("out of budget", "The run's budget ended; the attempts so far count."),
}
CLASSES: _Entries = {
    "class.passes": ("passes", "The attempt passes its visible checks."),
    "class.syntax": ("syntax", "The program cannot be read."),
    "class.name": ("name", "A name, import, member or entry point does not exist."),
    "class.type": ("type", "Something else that a compiler refuses, or a type error at run time."),
    "class.assertion": ("assertion", "It ran, and an answer is wrong."),
    "class.exception": ("exception", "It raised, panicked or was ended by a signal."),
    "class.time-out": ("time-out", "It did not end within its limit."),
    "class.lint": ("lint", "It passes its tests, and static analysis found what gates."),
    "class.other": (
        "other",
        "No code, refused, out of memory, too much output, ended early, forged, or the machine's fault.",
    ),
}
STATUSES: _Entries = {
    "status.passed": ("passed", "The stage has nothing against the program."),
    "status.failed": ("failed", "The program's fault."),
    "status.errored": ("errored", "The machine's fault; no verdict."),
    "hidden.true": ("passes", "What was handed over passes the hidden tests."),
    "hidden.false": ("fails", "What was handed over fails the hidden tests."),
    "hidden.null": ("unknown", "No hidden verdict: missing, not wrong."),
}
CASES: _Entries = {
    "case.passed": ("passed", "The case holds."),
    "case.failed": ("failed", "The value is not the expected one."),
    "case.raised": ("raised", "The program raised instead of giving a value."),
    "case.not_run": ("not run", "An earlier case ended the process."),
}
STAGES: _Entries = {
    "stage.compile": ("compile", "The program is read, and compiled where the language asks for it."),
    "stage.test": ("test", "The visible tests run."),
    "stage.lint": ("lint", "Analysers read a program that passed its tests."),
    "stage.mutate": ("mutate", "Small faults are put in, to see whether the visible tests notice."),
    "stage.hidden": ("hidden", "The hidden tests, scored afterwards on every attempt."),
}
FINDINGS: _Entries = {
    "severity.error": ("error", "A finding that gates."),
    "severity.warning": ("warning", "A finding that does not gate by itself."),
    "severity.note": ("note", "Told for information."),
    "category.bug": ("bug", "Probably wrong at run time."),
    "category.security": ("security", "A hole."),
    "category.dead_code": ("dead code", "Something that is never used or reached."),
    "category.performance": ("performance", "Slower than it need be."),
    "category.taste": ("taste", "Style and habits; kept for reports, never told to the model."),
}
OUTCOMES: _Entries = {
    "outcome.ok": ("ok", "Nothing is wrong."),
    "outcome.syntax": ("syntax", "The compiler or interpreter cannot read the program."),
    "outcome.types": ("types", "The compiler refuses the program for its names or types."),
    "outcome.missing_entry_point": ("missing entry point", "The function that was asked for is not there."),
    "outcome.signature": ("signature", "The function does not take what the tests give."),
    "outcome.wrong_answer": ("wrong answer", "A case got another value than expected."),
    "outcome.exception": ("exception", "A case ended with an exception."),
    "outcome.timeout": ("timeout", "The limit of computing time was reached."),
    "outcome.wall_timeout": ("wall timeout", "The limit by the clock was reached: it waited or slept."),
    "outcome.out_of_memory": ("out of memory", "The limit of memory was reached."),
    "outcome.output_limit": ("output limit", "It printed more than is allowed."),
    "outcome.crashed": ("crashed", "A signal ended the process."),
    "outcome.exited_early": ("exited early", "It ended the process before the tests had ended."),
    "outcome.forged": ("forged", "It tried to write the verdict itself."),
    "outcome.no_code": ("no code", "The answer held no program."),
    "outcome.refused": ("refused", "The program holds what this sandbox does not build."),
    "outcome.no_cases": ("no cases", "No case ran."),
    "outcome.errored": ("errored", "The machine failed; no verdict."),
    "outcome.survivors": ("survivors", "Some mutants are noticed by no visible test."),
    "outcome.findings": ("findings", "Static analysis found what gates."),
}
NOTES: _Entries = {
    "note.no_code": ("no code", "Nothing in the answer could be the program."),
    "note.cut": ("cut", "The program broke off; what stands was kept."),
    "note.dropped_block": ("dropped block", "A code block that the program does not need."),
    "note.dropped_second_definition": ("dropped second definition", "A second definition of the entry point."),
    "note.dropped_main": ("dropped main", "A main program."),
    "note.dropped_tests": ("dropped tests", "Assertions, test functions and test classes."),
    "note.dropped_calls": ("dropped calls", "Statements that would run on loading."),
    "note.dropped_prose": ("dropped prose", "Text that is no code, in the middle of code."),
    "note.no_fence": ("no fence", "The program stood outside any code block."),
    "note.open_fence": ("open fence", "The code block was not closed, but the program is whole."),
    "note.body_only": ("body only", "Only the body was given: it was put behind the prompt's signature."),
    "note.unescaped": ("unescaped", "HTML entities were read as what they stand for."),
    "note.joined_blocks": ("joined blocks", "Definitions of other code blocks were put in front."),
    "note.added_import": ("added import", "An import that the prompt gives was added."),
    "note.added_typing": ("added typing", "An import for annotations was added, though no prompt gives it."),
    "note.added_helper": ("added helper", "A function that the prompt gives was added."),
    "note.added_pub": ("added pub", "Items were made visible to the code that calls them."),
    "note.wrapped_in_class": ("wrapped in class", "The program was put into the class that the task asks for."),
    "note.renamed_class": ("renamed class", "The class got the name that the tests ask for."),
    "note.unnested_class": ("unnested class", "The class stood in another class."),
    "note.dropped_package": ("dropped package", "A package line."),
    "note.dropped_modifier": ("dropped modifier", "public of a second class."),
}
GROUPS: tuple[tuple[str, _Entries], ...] = (
    ("Endings", ENDINGS),
    ("Error classes", CLASSES),
    ("Verdicts", STATUSES),
    ("Cases", CASES),
    ("Stages", STAGES),
    ("Findings", FINDINGS),
    ("Outcomes", OUTCOMES),
    ("Extraction", NOTES),
)


def mood(outcome: Outcome) -> str:
    """Give ``bad``, ``doubt`` or ``good``: the colour of a gate's outcome, beside its words."""
    if outcome in NOT_MET:
        return "bad"
    return "doubt" if outcome is Outcome.CANNOT_TELL else "good"
