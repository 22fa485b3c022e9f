"""Policies by name: presets, the controls, and ``NAME:field=value:…`` for what lies between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from codeloop.errors import ConfigError, UnknownName
from codeloop.ladders import ByIteration, OnStagnation
from codeloop.moves import Alternate, ByCause, DrawAfresh, Plan, RepairBest, RestartWhenStalled, StopWhenStalled
from codeloop.policy import STAGE_ORDER, Gate, Policy, StageRule
from codeloop.tellers import Conversational, DiagnoseFirst, Hint, Stateless, Teller

_T = TypeVar("_T")

PLANS: Mapping[str, Plan] = {
    "repair": StopWhenStalled(RepairBest()),
    "persist": RepairBest(),
    "restart": RestartWhenStalled(RepairBest()),
    "search": RestartWhenStalled(RepairBest(), most_repairs=3),
    "fresh": DrawAfresh(),
    "alternate": Alternate(),
    "by_cause": RestartWhenStalled(ByCause()),
}
"""``repair`` ends at a repeated error, ``persist`` goes on, ``restart`` draws afresh then, ``search`` also after three repairs.

``by_cause`` draws afresh where the answer is wrong, and repairs what does not compile or raises, once, then draws afresh."""

TELLERS: Mapping[str, Teller] = {
    "stateless": Stateless(),
    "placebo": Stateless(has_findings=False),
    "first_finding": Stateless(n_findings=1),
    "chat": Conversational(),
    "diagnose": DiagnoseFirst(),
    "hint": Hint(),
}

_SLOW = ByIteration((0.2, 0.4, 0.6, 0.8))
_LINTED = (StageRule(name="compile"), StageRule(name="test"), StageRule(name="lint"))

PRESETS: Mapping[str, tuple[Policy, str]] = {
    "default": (
        Policy(),
        "a wrong answer is drawn afresh, what does not compile or raises is repaired first; three times",
    ),
    "repair": (
        Policy(name="repair", plan=PLANS["repair"], ladder=_SLOW),
        "repair the best program by its findings until it fails as before, up to three times",
    ),
    "minimal": (
        Policy(name="minimal", plan=PLANS["repair"], max_repairs=1, teller=TELLERS["first_finding"]),
        "one repair, told the first finding only",
    ),
    "thorough": (
        Policy(
            name="thorough",
            stages=_LINTED,
            plan=PLANS["restart"],
            ladder=_SLOW,
            teller=TELLERS["diagnose"],
            max_repairs=6,
        ),
        "static analysis gates, a diagnosis before each of six repairs, a fresh draw after a stall",
    ),
    "llmloop": (
        Policy(name="llmloop", stages=_LINTED, plan=PLANS["persist"], ladder=OnStagnation(), max_repairs=5),
        "the order and ladder of LLMLOOP: static analysis gates what passes, warmer on stagnation",
    ),
    "single": (Policy(name="single", max_repairs=0), "control: the first answer"),
    "resample": (
        Policy(name="resample", plan=PLANS["fresh"], max_repairs=31),
        "control: independent draws, the first that passes the visible tests; ablate gives it the tokens of the loop",
    ),
    "placebo": (
        Policy(name="placebo", teller=TELLERS["placebo"]),
        'control: the default told "the code is wrong" only',
    ),
    "search": (
        Policy(name="search", plan=PLANS["search"], ladder=_SLOW, max_repairs=15),
        "rounds of a draw and up to three repairs, sixteen attempts in all, each round of the next wording (--perturb)",
    ),
    "mixed": (Policy(name="mixed", plan=PLANS["alternate"]), "a repair and a fresh draw in turns"),
}
"""Name to policy and what the help says of it."""


def get_policy(spec: str) -> Policy:
    """Give the policy of ``NAME`` or ``NAME:field=value:…``, named by its whole spec.

    Fields: ``plan`` (a key of ``PLANS``), ``teller`` (of ``TELLERS``), ``repairs``, ``max_tokens``, ``temperatures``
    (``0.2+0.4``), ``lint`` (``off``, ``inform``, ``gate``), ``mutate`` (``off``, ``inform``), ``mend`` (``off``, ``on``).
    Raises UnknownName, ConfigError.
    """
    name, _, rest = spec.strip().partition(":")
    if name not in PRESETS:
        raise UnknownName("policy", name, PRESETS)
    policy = PRESETS[name][0]
    for part in filter(None, rest.split(":")):
        field, _, value = part.partition("=")
        if field.strip() not in _FIELDS:
            raise UnknownName("field of a policy", field.strip(), _FIELDS)
        policy = _FIELDS[field.strip()](policy, value.strip())
    return replace(policy, name=spec.strip())


def _plan(policy: Policy, value: str) -> Policy:
    return replace(policy, plan=_known("plan", value, PLANS))


def _teller(policy: Policy, value: str) -> Policy:
    return replace(policy, teller=_known("teller", value, TELLERS))


def _known(kind: str, value: str, known: Mapping[str, _T]) -> _T:
    if value not in known:
        raise UnknownName(kind, value, known)
    return known[value]


def _repairs(policy: Policy, value: str) -> Policy:
    return replace(policy, max_repairs=_whole("repairs", value, 0))


def _max_tokens(policy: Policy, value: str) -> Policy:
    return replace(policy, max_tokens=_whole("max_tokens", value, 1))


def _whole(field: str, value: str, least: int) -> int:
    if not value.isdecimal() or int(value) < least:
        raise ConfigError(f"policy: {field}={value!r}: give a whole number from {least}")
    return int(value)


def _temperatures(policy: Policy, value: str) -> Policy:
    try:
        rungs = tuple(float(part) for part in value.split("+"))
    except ValueError:
        rungs = ()
    if not rungs or not all(0 <= rung <= 2 for rung in rungs):
        raise ConfigError(f"policy: temperatures={value!r}: give numbers from 0 to 2, such as 0.2+0.4")
    kind = OnStagnation if isinstance(policy.ladder, OnStagnation) else ByIteration
    return replace(policy, ladder=kind(rungs))


def _lint(policy: Policy, value: str) -> Policy:
    return _with_stage(policy, "lint", value, tuple(Gate))


def _mutate(policy: Policy, value: str) -> Policy:
    return _with_stage(policy, "mutate", value, (Gate.INFORMS,))


def _mend(policy: Policy, value: str) -> Policy:
    return replace(policy, mend=_known("mend", value, {"off": False, "on": True}))


def _with_stage(policy: Policy, name: str, value: str, gates: tuple[Gate, ...]) -> Policy:
    stages = {rule.name: rule for rule in policy.stages if rule.name != name}
    if value != "off":
        known = {gate.value: gate for gate in gates}
        stages[name] = StageRule(name=name, gate=_known(f"gate of {name}", value, known))
    return replace(policy, stages=tuple(stages[each] for each in STAGE_ORDER if each in stages))


_FIELDS: Mapping[str, Callable[[Policy, str], Policy]] = {
    "plan": _plan,
    "teller": _teller,
    "repairs": _repairs,
    "max_tokens": _max_tokens,
    "temperatures": _temperatures,
    "lint": _lint,
    "mutate": _mutate,
    "mend": _mend,
}
