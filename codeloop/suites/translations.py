"""Translations as tasks: C in, Rust out, with the original and a fuzzer in the place of tests.

The prompt is a comment, so that prompt and reference together are a right program, as of every task: the C text, what the
translation must declare, and the rules. Hidden tests search with other seeds and for longer than visible ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from codeloop.bridge import rust_word, skeleton, texts_between
from codeloop.csource import NO_FAULTS
from codeloop.errors import SuiteError
from codeloop.languages.c_rust_tests import IMAGE, Budget, DifferentialTests
from codeloop.languages.c_rust_user_tests import UserTests
from codeloop.suites import c_functions
from codeloop.tasks import HiddenTests, Origin, Suite, Task, VisibleTests, Wording

VISIBLE = Budget()
_SAFE = "Safe Rust only: no unsafe, no raw pointers, no static mut, no files, no output."
_RULES = (
    "Declare exactly these items, with these names, fields and signatures; helpers of your own may be added.",
    _SAFE,
    "For every input for which the C is defined, give the same results and leave the same in what is passed by reference.",
    "C's unsigned arithmetic wraps, and Rust panics where it overflows: say wrapping_add and the like where C wraps.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What a run asks of translations, which goes before what their suite says; ``None``: as it says."""

    allow_unsafe: int | None = None
    """Places that may be other than safe Rust."""
    fuzz_runs: int | None = None
    """Inputs that a visible check tries at most; hidden ones try twice as many."""
    fuzz_s: float | None = None
    """Seconds that a visible check searches at most; hidden ones search twice as long."""

    start: str | None = None
    """A whole translation that the loop begins with: of one C file only."""

    @property
    def named(self) -> tuple[str, ...]:
        """Name the options by which something was asked for."""
        return tuple(
            f"--{each.name.replace('_', '-')}" for each in fields(self) if getattr(self, each.name) is not None
        )


AS_THE_SUITE_SAYS = Demands()


def hidden_of(visible: Budget) -> Budget:
    """Give the budget of the check that scores: another seed, twice as long."""
    return replace(visible, runs=2 * visible.runs, seconds=2 * visible.seconds, seed=20_011)


def is_source(name: str) -> bool:
    """Say whether a suite's name is that of C: ``c-basics``, a C file, or a folder with a ``suite.yaml``."""
    return name == c_functions.NAME or name.endswith(".c") or (Path(name) / c_functions.LIST).exists()


def basics(demands: Demands = AS_THE_SUITE_SAYS) -> Suite:
    """Give the shipped suite ``c-basics``."""
    return _suite(c_functions.NAME, c_functions.NAME, c_functions.load_basics(), demands)


def of_path(path: Path, demands: Demands = AS_THE_SUITE_SAYS) -> Suite | None:
    """Give the suite of a C file, or of a folder with a ``suite.yaml``; ``None``: it is neither.

    Raises SuiteError, which names each function that is refused.
    """
    if path.suffix == ".c" and path.exists():
        return of_file(path, demands)
    if (path / c_functions.LIST).exists():
        return _suite(path.name, c_functions.NAME, c_functions.load(path), demands)
    return None


def of_file(path: Path, demands: Demands = AS_THE_SUITE_SAYS, faults: Mapping[int, str] = NO_FAULTS) -> Suite:
    """Give the suite of a C file, without the definitions at whose lines a compiler found ``faults``. Raises SuiteError."""
    return _suite(path.stem, path.stem, (c_functions.load_file(path, faults),), demands)


def reworded(task: Task, text: str, changes: Sequence[str]) -> Wording:
    """Put a task by another C text, which has the original's signatures and does the same."""
    original = DifferentialTests.read(task.hidden.code).files["original.c"]
    prompt = task.prompt.replace(_commented(original), _commented(text), 1)
    statement = task.statement.replace(original, text, 1)
    return Wording(prompt=prompt, statement=statement, source=text, changes=tuple(changes))


def _suite(name: str, prefix: str, originals: Sequence[c_functions.Original], demands: Demands) -> Suite:
    if demands.allow_unsafe is not None:
        originals = [replace(each, allow_unsafe=demands.allow_unsafe) for each in originals]
    if demands.start is not None and len(originals) != 1:
        raise SuiteError(f"{name}: --start begins with one translation: give the C file that it is of")
    tasks = (_task(f"{prefix}/{each.name}", each, _searching(VISIBLE, demands)) for each in originals)
    return Suite(name=name, version="1", tasks=tuple(replace(task, start=demands.start or "") for task in tasks))


def _searching(budget: Budget, demands: Demands) -> Budget:
    runs = budget.runs if demands.fuzz_runs is None else demands.fuzz_runs
    return replace(budget, runs=runs, seconds=budget.seconds if demands.fuzz_s is None else demands.fuzz_s)


def _task(task_id: str, original: c_functions.Original, budget: Budget) -> Task:
    unit, entries = original.unit, original.entries
    declared = skeleton(unit, {each.function.name: each.roles for each in entries})
    tests = DifferentialTests(
        files=texts_between(unit, entries),
        budget=budget,
        allow_unsafe=original.allow_unsafe,
        user_tests=_user_tests(original),
        entry_points=tuple(each.function.name for each in entries),
        functions=tuple(each.name for each in unit.functions),
        declared=declared,
    )
    return Task(
        id=task_id,
        language=IMAGE,
        statement=f"Translate this C into Rust.\n\n{unit.text}",
        prompt=_prompt(original, declared),
        origin=Origin(title="C", fence="c", text=unit.text, begun=declared, rules=_rules(original)),
        entry_point=rust_word(entries[0].function.name),
        visible=VisibleTests(code=tests.as_text()),
        hidden=HiddenTests(code=replace(tests, budget=hidden_of(budget), known_bad=original.wrong).as_text()),
        reference=original.reference,
    )


def _user_tests(original: c_functions.Original) -> UserTests | None:
    name, text = original.tests
    return UserTests(name=name, text=text) if text else None


def _prompt(original: c_functions.Original, declared: str) -> str:
    parts = ["Translate this C into Rust:", "", original.unit.text, "", "The translation:", "", declared, ""]
    return _commented("\n".join([*parts, *_rules(original)])) + "\n"


def _rules(original: c_functions.Original) -> tuple[str, ...]:
    return tuple(_allowing(original.allow_unsafe) if rule is _SAFE else rule for rule in _RULES)


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
