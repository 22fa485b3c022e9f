"""Plan: the runs that a project asks for, each with a label that stays the same from one call to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count

from codeloop.project.load import Loaded
from codeloop.project.schema import ModelEntry, SuiteEntry
from codeloop.prompts import own

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One run to be: a suite by a model with a prompt."""

    label: str
    """Names its folder, its baseline and its lines in reports: letters, digits, ``.``, ``_`` and ``-``."""
    suite: SuiteEntry
    model: ModelEntry
    prompt: own.Template | None = None
    """``None``: codeloop's own."""
    languages: tuple[str, ...] = ()
    """Of its tasks; empty: not known before the suite is loaded."""
    tags: tuple[str, ...] = ()
    """Of the suite, and of its tasks where they are known."""


def plan(loaded: Loaded) -> tuple[Planned, ...]:
    """Give every suite by every model with every prompt, suites first; none where the project has no suite.

    A label is the suite's name, with the model's and the prompt's only where there are several of them: a recorded model
    in the place of a real one changes no label.
    """
    project = loaded.project
    prompts = loaded.prompts or (None,)
    planned = [
        Planned(
            label=_label(
                suite.name,
                model.model if len(project.models) > 1 else "",
                prompt.name if prompt and len(prompts) > 1 else "",
            ),
            suite=suite,
            model=model,
            prompt=prompt,
            languages=loaded.known_languages(suite),
            tags=loaded.tags(suite),
        )
        for suite in project.suites
        for model in project.models
        for prompt in prompts
    ]
    return tuple(_distinct(planned))


def _label(*names: str) -> str:
    return ".".join(_UNFIT.sub("-", name).strip("-.") for name in names if name)


def _distinct(planned: Sequence[Planned]) -> Iterator[Planned]:
    """Number labels that came out alike, such as those of two models whose names differ in a colon.

    Upper and lower case count as alike: labels name folders, and not every disk tells them apart.
    """
    taken: set[str] = set()
    for each in planned:
        numbered = (f"{each.label}-{number}" for number in count(2))
        label = next(label for label in chain([each.label], numbered) if label.lower() not in taken)
        taken.add(label.lower())
        yield replace(each, label=label)
