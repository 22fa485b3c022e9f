"""One gate of ``codeloop.yaml``, and what of it could never fail or would fail the wrong way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from codeloop.project.fields import Frozen, Language, Word

PASS_AT = re.compile(r"pass@([1-9][0-9]{0,3})")
METRICS = ("pass@1", "mutation_score", "errored", "cost_usd", "seconds")
"""``pass@1`` stands for any k."""
BETTER_HIGHER = ("pass@", "mutation_score")
SHARES = ("pass@", "mutation_score", "errored")


def _metric(value: str) -> str:
    if value not in METRICS and not PASS_AT.fullmatch(value):
        raise PydanticCustomError("unknown_name", "{value}", {"value": value, "kind": "metric", "known": METRICS})
    return value


_METRIC_SCHEMA: dict[str, Any] = {
    "examples": list(METRICS),
    "pattern": f"^({'|'.join((*METRICS[1:], PASS_AT.pattern))})$",
}


def _given(*names: str) -> dict[str, Any]:
    """Give the schema of a mapping in which these keys have a value."""
    return {"required": list(names), "properties": {name: {"not": {"type": "null"}} for name in names}}


class Gate(Frozen):
    """One condition on a run: absolute (`min` or `max`), or relative (`max_regression` against `baseline`)."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [_given("min"), _given("max"), _given("max_regression", "baseline")]}
    )

    metric: Annotated[str, AfterValidator(_metric), Field(json_schema_extra=_METRIC_SCHEMA)] = "pass@1"
    """pass@K, mutation_score, errored (share of draws that the machine failed), cost_usd, seconds (of models and checks, summed)."""
    min: float | None = None
    """The least that will do; of pass@K and mutation_score, which are shares from 0 to 1."""
    max: float | None = None
    """The most that will do; of cost_usd, seconds and errored, which is a share from 0 to 1."""
    max_regression: Annotated[float, Field(ge=0, lt=100)] | None = None
    """Points of pass@1 that may be lost against the baseline: 2 is from 80 % to 78 %."""
    baseline: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    """Name of a baseline (`codeloop baseline set`), or an exported file: it has a slash or ends with .json."""
    iteration: Annotated[int, Field(ge=0)] | None = None
    """What would be handed over after so many repairs, 0: the first answers. None: at the end."""
    language: Language | None = None
    """Only tasks of this language."""
    tag: Word | None = None
    """Only tasks with this tag: their own, or that of their suite."""
    strict: bool = False
    """Of pass@K and mutation_score: the interval's end must reach `min`, not the figure alone."""
    max_missing: Annotated[float, Field(ge=0, le=1)] = 0.1
    """Share of draws without a verdict above which nothing passes."""

    @property
    def is_relative(self) -> bool:
        """Say whether the gate compares with a baseline."""
        return self.max_regression is not None

    @property
    def baseline_file(self) -> str | None:
        """Give the baseline where it is a file."""
        name = self.baseline or ""
        return name if "/" in name or name.endswith(".json") else None

    @property
    def k(self) -> int | None:
        """Give the k of pass@k; ``None``: another metric."""
        found = PASS_AT.fullmatch(self.metric)
        return int(found[1]) if found else None

    @model_validator(mode="after")
    def _is_whole(self) -> Gate:
        """Refuse what could never fail, or would fail the wrong way round; all mistakes in one error."""
        mistakes = [*self._mistaken_bounds(), *self._mistaken_kind(), *self._mistaken_metric()]
        if mistakes:
            text = "; ".join(f"{key}: {message}" for key, message in mistakes)
            raise PydanticCustomError("usage_at", "{text}", {"text": text, "mistakes": mistakes})
        return self

    def _mistaken_bounds(self) -> Iterator[tuple[str, str]]:
        is_share = self.metric.startswith(SHARES)
        for key, value in (("min", self.min), ("max", self.max)):
            if value is not None and is_share and not 0 <= value <= 1:
                yield key, f"{value:g} is no share: give one from 0 to 1, such as 0.8"
            elif value is not None and value < 0:
                yield key, f"{value:g} is below 0, where nothing passes: give 0 or more"
        if self.min == 0 and self.metric.startswith(BETTER_HIGHER):
            yield "min", "a bound that every run reaches: give more than 0"
        if self.min == 1 and self.strict:
            yield "min", "no interval reaches 1, whatever is run: give less, such as 0.95, or leave strict out"
        if self.max == 1 and self.metric == "errored":
            yield "max", "a bound that every run reaches: give less than 1"

    def _mistaken_kind(self) -> Iterator[tuple[str, str]]:
        is_absolute = self.min is not None or self.max is not None
        has_baseline = self.baseline is not None
        if is_absolute and (self.is_relative or has_baseline):
            key = "max_regression" if self.is_relative else "baseline"
            yield key, "min and max stand alone, max_regression takes a baseline: make two gates of it"
        elif self.is_relative and not has_baseline:
            yield "max_regression", "compares with a baseline: add baseline: NAME"
        elif has_baseline and not self.is_relative:
            yield "baseline", "nothing is compared with it: add max_regression, such as 2"
        elif not is_absolute and not self.is_relative:
            yield "metric", "no bound: add min or max, or max_regression with baseline"

    def _mistaken_metric(self) -> Iterator[tuple[str, str]]:
        is_higher_better = self.metric.startswith(BETTER_HIGHER)
        if self.min is not None and not is_higher_better:
            yield "min", f"{self.metric} is better lower: give max"
        if self.max is not None and is_higher_better:
            yield "max", f"{self.metric} is better higher: give min"
        if self.max_regression is not None and self.metric != "pass@1":
            yield "max_regression", f"only pass@1 is compared in pairs: give a bound for {self.metric}"
        if self.max_regression is not None and 0 < self.max_regression < 0.1:
            yield "max_regression", f"{self.max_regression:g} of a point: write 2 for two points of pass@1"
        if self.iteration is not None and self.k is None:
            yield "iteration", f"only pass@K is known by attempt: leave it out for {self.metric}"
        if self.strict and (self.is_relative or not is_higher_better):
            yield "strict", "goes with min, of pass@K or mutation_score: leave it out"
