"""Translations as tasks: C in, Rust out, with the original and a fuzzer in the place of tests.

The prompt is a comment, so that prompt and reference together are a right program, as of every task: the C text, what the
translation must declare, and the rules. Hidden tests search with other seeds and for longer than visible ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from codeloop.bridge import skeleton, texts_between
from codeloop.bridge.contract import rust_word
from codeloop.languages.c_rust import IMAGE, Budget, DifferentialTests
from codeloop.languages.c_rust_user_tests import UserTests
from codeloop.suites import c_functions
from codeloop.tasks import HiddenTests, Suite, Task, VisibleTests, Wording

VISIBLE = Budget()
HIDDEN = replace(VISIBLE, runs=2 * VISIBLE.runs, seconds=2 * VISIBLE.seconds, seed=20_011)
_SAFE = "Safe Rust only: no unsafe, no raw pointers, no static mut, no files, no output."
_RULES = (
    "Declare exactly these items, with these names, fields and signatures; helpers of your own may be added.",
    _SAFE,
    "For every input for which the C is defined, give the same results and leave the same in what is passed by reference;",
    "C's unsigned arithmetic wraps, and Rust panics where it overflows: say wrapping_add and the like where C wraps.",
)


def is_source(name: str) -> bool:
    """Say whether a suite's name is that of C: ``c-basics``, a C file, or a folder with a ``suite.yaml``."""
    return name == c_functions.NAME or name.endswith(".c") or (Path(name) / c_functions.LIST).exists()


def basics(allow_unsafe: int | None = None) -> Suite:
    """Give the shipped suite ``c-basics``. ``allow_unsafe`` goes before what a suite says itself; ``None``: as it says."""
    return _suite(c_functions.NAME, c_functions.NAME, c_functions.load_basics(), allow_unsafe)


def of_path(path: Path, allow_unsafe: int | None = None) -> Suite | None:
    """Give the suite of a C file, or of a folder with a ``suite.yaml``; ``None``: it is neither.

    Raises SuiteError, which names each function that is refused.
    """
    if path.suffix == ".c" and path.exists():
        return _suite(path.stem, path.stem, (c_functions.load_file(path),), allow_unsafe)
    if (path / c_functions.LIST).exists():
        return _suite(path.name, c_functions.NAME, c_functions.load(path), allow_unsafe)
    return None


def reworded(task: Task, text: str, changes: Sequence[str]) -> Wording:
    """Put a task by another C text, which has the original's signatures and does the same."""
    original = DifferentialTests.read(task.hidden.code).files["original.c"]
    prompt = task.prompt.replace(_commented(original), _commented(text), 1)
    return Wording(prompt=prompt, statement=task.statement.replace(original, text, 1), changes=tuple(changes))


def _suite(name: str, prefix: str, originals: Sequence[c_functions.Original], allow_unsafe: int | None) -> Suite:
    if allow_unsafe is not None:
        originals = [replace(each, allow_unsafe=allow_unsafe) for each in originals]
    return Suite(name=name, version="1", tasks=tuple(_task(f"{prefix}/{each.name}", each) for each in originals))


def _task(task_id: str, original: c_functions.Original) -> Task:
    unit, entries = original.unit, original.entries
    declared = skeleton(unit, {each.function.name: each.roles for each in entries})
    tests = DifferentialTests(
        files=texts_between(unit, entries),
        budget=VISIBLE,
        allow_unsafe=original.allow_unsafe,
        user_tests=_user_tests(original),
        entry_points=tuple(each.function.name for each in entries),
        declared=declared,
    )
    return Task(
        id=task_id,
        language=IMAGE,
        statement=f"Translate this C into Rust.\n\n{unit.text}",
        prompt=_prompt(original, declared),
        entry_point=rust_word(entries[0].function.name),
        visible=VisibleTests(code=tests.as_text()),
        hidden=HiddenTests(code=replace(tests, budget=HIDDEN, known_bad=original.wrong).as_text()),
        reference=original.reference,
    )


def _user_tests(original: c_functions.Original) -> UserTests | None:
    name, text = original.tests
    return UserTests(name=name, text=text) if text else None


def _prompt(original: c_functions.Original, declared: str) -> str:
    rules = [_allowing(original.allow_unsafe) if rule is _SAFE else rule for rule in _RULES]
    parts = ["Translate this C into Rust:", "", original.unit.text, "", "The translation:", "", declared, "", *rules]
    return _commented("\n".join(parts)) + "\n"


def _commented(text: str) -> str:
    return "".join(f"// {line}".rstrip() + "\n" for line in text.split("\n"))


def _allowing(budget: int) -> str:
    """Say the rule of the audit, as ``rust_audit`` counts."""
    if not budget:
        return _SAFE
    return (
        f"Safe Rust where you can: at most {budget} places with unsafe, raw pointers or static mut, where two of one kind on a "
        "line are one place; no files, no output."
    )
