"""Translations as tasks: C in, Rust out, with the original and a fuzzer in the place of tests.

The prompt is a comment, so that prompt and reference together are a right program, as of every task: the C text, what the
translation must declare, and the rules. Hidden tests search with other seeds and for longer than visible ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from codeloop.bridge import Entry, skeleton, texts_between
from codeloop.bridge.contract import rust_word
from codeloop.csource import Unit, read_unit
from codeloop.errors import SuiteError
from codeloop.languages.c_rust import IMAGE, Budget, DifferentialTests
from codeloop.suites import c_functions
from codeloop.tasks import HiddenTests, Suite, Task, VisibleTests, Wording

VISIBLE = Budget()
HIDDEN = replace(VISIBLE, runs=2 * VISIBLE.runs, seconds=2 * VISIBLE.seconds, seed=20_011)
_RULES = (
    "Declare exactly these items, with these names, fields and signatures; helpers of your own may be added.",
    "Safe Rust only: no unsafe, no raw pointers, no static mut, no files, no output.",
    "For every input for which the C is defined, give the same results and leave the same in what is passed by reference;",
    "C's unsigned arithmetic wraps, and Rust panics where it overflows: say wrapping_add and the like where C wraps.",
)


def basics() -> Suite:
    """Give the shipped suite ``c-basics``."""
    return Suite(name=c_functions.NAME, version="1", tasks=tuple(map(_of_original, c_functions.load_basics())))


def of_path(path: Path) -> Suite | None:
    """Give the suite of a C file, or of a folder with a ``suite.yaml``; ``None``: it is neither. Raises SuiteError."""
    if path.suffix == ".c" and path.exists():
        return of_file(path)
    return of_folder(path) if (path / c_functions.LIST).exists() else None


def of_folder(folder: Path) -> Suite:
    """Give the suite of a folder with a ``suite.yaml``. Raises SuiteError."""
    return Suite(name=folder.name, version="1", tasks=tuple(map(_of_original, c_functions.load(folder))))


def of_file(path: Path) -> Suite:
    """Give a suite of one task: the functions of a C file that others may call. Raises SuiteError, which names each that is refused."""
    try:
        unit = read_unit(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise SuiteError(f"{path} cannot be read: {exc}: give a C file in UTF-8") from exc
    entries = tuple(Entry(function=each) for each in unit.functions if not each.is_static)
    if not entries:
        reasons = "; ".join(refusals(path, unit)) or "it defines no function that others may call"
        raise SuiteError(f"{path}: nothing to translate: {reasons}")
    return Suite(name=path.stem, version="1", tasks=(_task(f"{path.stem}/{path.stem}", unit, entries),))


def refusals(path: Path, unit: Unit) -> Iterator[str]:
    """Say what of a file is not translated: file, line, what and why."""
    for each in unit.refusals:
        where = f" in {each.function}" if each.function else ""
        yield f"{path}:{each.line}: {each.construct}{where}: {each.reason}"


def reworded(task: Task, text: str, changes: Sequence[str]) -> Wording:
    """Put a task by another C text, which has the original's signatures and does the same."""
    original = DifferentialTests.read(task.hidden.code).files["original.c"]
    prompt = task.prompt.replace(_commented(original), _commented(text), 1)
    return Wording(prompt=prompt, statement=task.statement.replace(original, text, 1), changes=tuple(changes))


def _of_original(original: c_functions.Original) -> Task:
    task = _task(f"{c_functions.NAME}/{original.name}", original.unit, original.entries, original.wrong)
    return replace(task, reference=original.reference)


def _task(task_id: str, unit: Unit, entries: Sequence[Entry], known_bad: str = "") -> Task:
    declared = skeleton(unit, {each.function.name: each.roles for each in entries})
    visible = DifferentialTests(
        files=texts_between(unit, entries),
        budget=VISIBLE,
        entry_points=tuple(each.function.name for each in entries),
        declared=declared,
    )
    return Task(
        id=task_id,
        language=IMAGE,
        statement=f"Translate this C into Rust.\n\n{unit.text}",
        prompt=_prompt(unit, declared),
        entry_point=rust_word(entries[0].function.name),
        visible=VisibleTests(code=visible.as_text()),
        hidden=HiddenTests(code=replace(visible, budget=HIDDEN, known_bad=known_bad).as_text()),
        reference="",
    )


def _prompt(unit: Unit, declared: str) -> str:
    parts = ["Translate this C into Rust:", "", unit.text, "", "The translation:", "", declared, "", *_RULES]
    return _commented("\n".join(parts)) + "\n"


def _commented(text: str) -> str:
    return "".join(f"// {line}".rstrip() + "\n" for line in text.split("\n"))
