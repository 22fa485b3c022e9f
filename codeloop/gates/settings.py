"""Settings of a gate, and how one is written: ``pass@1>=0.8``, ``cost_usd<=2``, ``max_regression=2:tag=parsing``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from codeloop.errors import ConfigError, UnknownName


class Metric(StrEnum):
    """What is gated."""

    PASS = "pass"  # noqa: S105 - no password
    """pass@k on hidden tests, 0..1."""
    MUTATION_SCORE = "mutation_score"
    """Share of the mutants of all programs handed over that visible tests notice, 0..1."""
    COST_USD = "cost_usd"
    """Of all model calls."""
    SECONDS = "seconds"
    """Of models and checks, added up over draws: not wall time, which depends on how many ran at once."""
    ERRORED = "errored"
    """Share of draws that the machine or the model's provider failed, 0..1."""
    REGRESSION = "max_regression"
    """Drop of pass@1 against a baseline, in points."""


RATES = frozenset({Metric.PASS, Metric.MUTATION_SCORE})
"""Estimates with an interval, which ``strict`` gates."""
_FORM = re.compile(r"\s*(?:pass@(\d+)|([a-z_]+))\s*(>=|<=|=)\s*([0-9.eE+-]+)\s*((?::[^:]*)*)")
_EXAMPLES = "pass@1>=0.8, mutation_score>=0.7, cost_usd<=2, seconds<=600, errored<=0.05, max_regression=2"
_FIELDS = ("iteration", "language", "tag", "strict", "max_missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One bound. Raises ConfigError where its fields do not go together."""

    metric: Metric
    at_least: float | None = None
    at_most: float | None = None
    """Of ``REGRESSION``: points of pass@1 that may be lost, from 0."""
    k: int = 1
    """Of ``PASS``."""
    iteration: int | None = None
    """Of ``PASS`` and ``REGRESSION``: what would be handed over after so many repairs; ``None``: at the end."""
    language: str = ""
    tag: str = ""
    """Only draws of this language and tag; empty: all."""
    strict: bool = False
    """Of ``PASS`` and ``MUTATION_SCORE``: gate the interval's end, not the figure."""
    max_missing: float = 0.1
    """Share of draws (of pairs) without a verdict above which nothing passes: a run must not pass by what it left out."""

    def __post_init__(self) -> None:
        """Refuse what cannot be judged."""
        bounds = [bound for bound in (self.at_least, self.at_most) if bound is not None]
        if not bounds or not all(math.isfinite(bound) and bound >= 0 for bound in bounds):
            raise ConfigError(f"gate {self.metric}: give a bound from 0, such as {_EXAMPLES}")
        if self.metric is Metric.REGRESSION and (self.at_least is not None or self.k != 1):
            raise ConfigError("gate max_regression bounds a drop of pass@1 from above: give max_regression=POINTS")
        if self.metric in RATES | {Metric.ERRORED} and max(bounds) > 1:
            raise ConfigError(f"gate {self.metric}: a share lies in 0..1: write 0.8 for 80 %")
        if self.strict and self.metric not in RATES:
            raise ConfigError(
                f"gate {self.metric}: strict gates an interval, which only pass@k and mutation_score have"
            )
        if self.iteration is not None and self.metric not in (Metric.PASS, Metric.REGRESSION):
            raise ConfigError(f"gate {self.metric}: iteration goes with pass@k and max_regression only")
        if self.k < 1 or (self.iteration or 0) < 0 or not 0 <= self.max_missing <= 1:
            raise ConfigError(f"gate {self.metric}: k counts from 1, iteration from 0, max_missing is a share in 0..1")

    @property
    def is_relative(self) -> bool:
        """Say whether a baseline is needed."""
        return self.metric is Metric.REGRESSION

    @property
    def name(self) -> str:
        """Give it as it is written."""
        if self.is_relative:
            bounds = f"max_regression={self.at_most:g}"
        else:
            what = f"pass@{self.k}" if self.metric is Metric.PASS else str(self.metric)
            ends = ((">=", self.at_least), ("<=", self.at_most))
            bounds = " and ".join(f"{what}{sign}{bound:g}" for sign, bound in ends if bound is not None)
        words = [f"{name}={getattr(self, name)}" for name in ("language", "tag") if getattr(self, name)]
        words += [f"iteration={self.iteration}"] if self.iteration is not None else []
        words += ["strict"] if self.strict else []
        words += [f"max_missing={self.max_missing:g}"] if self.max_missing != 0.1 else []
        return ":".join([bounds, *words])


def parse_gate(text: str) -> Gate:
    """Read ``METRIC>=BOUND`` or ``max_regression=POINTS``, fields may follow. Raises ConfigError, UnknownName."""
    found = _FORM.fullmatch(text)
    if not found:
        raise ConfigError(f"gate {text!r}: give a figure and its bound, such as {_EXAMPLES}")
    k, name, sign, number, rest = found.groups()
    if not k and name not in set(Metric) - {Metric.PASS}:
        raise UnknownName("gate", name, ["pass@1", *(metric.value for metric in Metric if metric is not Metric.PASS)])
    metric = Metric.PASS if k else Metric(name)
    if (sign == "=") != (metric is Metric.REGRESSION):
        raise ConfigError(f"gate {text!r}: max_regression takes =, the others >= or <=")
    bound: dict[str, Any] = {"at_least" if sign == ">=" else "at_most": _number(text, number)}
    return Gate(metric=metric, k=int(k or 1), **bound, **_fields(text, rest))


def _fields(text: str, rest: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for part in filter(None, rest.split(":")):
        name, sign, value = (word.strip() for word in part.partition("="))
        if name not in _FIELDS:
            raise UnknownName("field of a gate", name, _FIELDS)
        if name in fields:
            raise ConfigError(f"gate {text!r}: {name} stands twice: keep one of them")
        fields[name] = _is_strict(text, sign) if name == "strict" else _field(text, name, value)
    return fields


def _is_strict(text: str, sign: str) -> bool:
    if sign:
        raise ConfigError(f"gate {text!r}: strict takes no value: write :strict, or leave it out")
    return True


def _field(text: str, name: str, value: str) -> int | float | str:
    if name == "max_missing":
        return _number(text, value)
    if name == "iteration":
        if not (value.isascii() and value.isdecimal() and len(value) <= 9):  # no run has a thousand millions of repairs
            raise ConfigError(f"gate {text!r}: {value!r} is no whole number from 0")
        return int(value)
    if not value:
        raise ConfigError(f"gate {text!r}: {name}: a word is missing: write {name}=WORD")
    return value


def _number(text: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ConfigError(f"gate {text!r}: {value!r} is no number") from None
