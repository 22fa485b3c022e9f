"""Suites by name or path, and the fixed choice of tasks out of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib.resources import as_file
from importlib.resources import files as resources
from itertools import pairwise
from pathlib import Path

from codeloop.errors import SuiteError, UnknownName
from codeloop.languages import NAMES as LANGUAGES
from codeloop.suites import c_functions, files, humaneval, humaneval_x, injected, siblings, translations
from codeloop.suites.translations import AS_THE_SUITE_SAYS, Demands
from codeloop.tasks import Suite, Task, natural_key

BASICS = "basics"
_DATA_SETS = {humaneval_x.NAME: humaneval_x.load, humaneval.NAME: humaneval.load}
_MADE = {injected.PREFIX: injected.load, siblings.PREFIX: siblings.load}
"""Suites that are made of others, by how their names begin."""
NAMES = (*_DATA_SETS, BASICS, c_functions.NAME, *(f"{injected.PREFIX}{language}" for language in LANGUAGES))
_PATH_LIKE = (".yaml", ".yml", ".jsonl", ".gz", ".c")


def load_suite(
    name_or_path: str,
    languages: Sequence[str],
    *,
    data_dir: Path | None = None,
    cache_dir: Path = Path(".codeloop"),
    say: Callable[[str], None] = print,
    demands: Demands = AS_THE_SUITE_SAYS,
) -> Suite:
    """Load a suite's tasks in the asked languages. Raises SuiteError or UnknownName.

    ``data_dir`` is looked in first and ``cache_dir`` takes downloads; shipped suites and files need neither.
    Names of suites that are made of others say their languages, and C files (one, or a folder of them) are translated into
    Rust: ``languages`` is not asked then. ``demands`` are of those only.
    """
    if demands.named and not translations.is_source(name_or_path):
        raise SuiteError(f"{name_or_path} is no C to be translated into Rust: leave {', '.join(demands.named)} out")
    made = next((load for prefix, load in _MADE.items() if name_or_path.startswith(prefix)), None)
    if made:
        return made(name_or_path, partial(load_suite, data_dir=data_dir, cache_dir=cache_dir, say=say))
    if name_or_path in _DATA_SETS:
        return _DATA_SETS[name_or_path](languages, data_dir=data_dir, cache_dir=cache_dir, say=say)
    if name_or_path == c_functions.NAME:
        return translations.basics(demands)
    if name_or_path == BASICS:
        with as_file(resources(__name__).joinpath("basics.yaml")) as path:
            return _only(files.load(path), languages)
    path = Path(name_or_path)
    if suite := translations.of_path(path, demands):
        return suite
    if path.exists():
        return _only(files.load(path), languages)
    if path.suffix in _PATH_LIKE or len(path.parts) > 1:
        raise SuiteError(f"{path}: no such file; give an existing suite file or one of {', '.join(NAMES)}")
    raise UnknownName("suite", name_or_path, NAMES)


def choose(suite: Suite, limit: int | None, seed: int) -> tuple[Task, ...]:
    """Choose at most ``limit`` tasks per language, the same ones every time; ``None`` is all.

    The tasks of a language are sorted by the length of their references and cut into ``limit`` equal strata, of which
    each gives one task: a small choice holds easy and hard tasks alike. The seed shifts the place within each stratum.
    """
    if limit is None:
        return suite.tasks
    if limit < 1:
        raise SuiteError(f"a limit of {limit} leaves no tasks; use 1 or more, or leave it out")
    chosen: set[str] = set()
    for language in dict.fromkeys(task.language for task in suite.tasks):
        pool = [task for task in suite.tasks if task.language == language]
        pool.sort(key=lambda task: (len(task.reference), natural_key(task.id)))
        chosen.update(task.id for task in _one_per_stratum(pool, limit, seed))
    return tuple(task for task in suite.tasks if task.id in chosen)


def select(suite: Suite, ids: Sequence[str]) -> tuple[Task, ...]:
    """Give the tasks with these ids in suite order. Raises UnknownName for an id the suite lacks."""
    known = {task.id for task in suite.tasks}
    for task_id in ids:
        if task_id not in known:
            raise UnknownName("task", task_id, (task.id for task in suite.tasks))
    return tuple(task for task in suite.tasks if task.id in set(ids))


def _one_per_stratum(pool: Sequence[Task], limit: int, seed: int) -> list[Task]:
    count = min(limit, len(pool))
    edges = [len(pool) * i // count for i in range(count + 1)]
    return [pool[low + ((high - low) // 2 + seed) % (high - low)] for low, high in pairwise(edges)]


def _only(suite: Suite, languages: Sequence[str]) -> Suite:
    tasks = tuple(task for task in suite.tasks if task.language in languages)
    if not tasks:
        held = ", ".join(dict.fromkeys(task.language for task in suite.tasks))
        raise SuiteError(f"suite {suite.name!r} has no task in {', '.join(languages)}; it holds {held}")
    return replace(suite, tasks=tasks)


__all__ = ["BASICS", "NAMES", "choose", "load_suite", "select"]
