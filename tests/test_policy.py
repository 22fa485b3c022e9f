"""Policies: what comes next, how warm, and how the model is told, as small objects that combine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tried import attempts

from codeloop.attempts import Ending
from codeloop.errors import ConfigError, UnknownName
from codeloop.ladders import ByIteration, OnStagnation
from codeloop.moves import Alternate, ByCause, DrawAfresh, Fresh, Plan, Repair, RepairBest, RestartWhenStalled, best
from codeloop.policies import PLANS, PRESETS, get_policy
from codeloop.policy import Gate, Policy, StageRule


def test_a_trajectory_begins_afresh_and_ends_when_solved_stalled_or_exhausted() -> None:
    policy = replace(get_policy("repair"), max_repairs=2)
    assert policy.next(()) == Fresh()
    assert policy.next(attempts("a", "+++")) is Ending.SOLVED
    assert policy.next(attempts("a", "a")) is Ending.STALLED
    assert policy.next(attempts("a", "b", "c")) is Ending.EXHAUSTED


def test_it_repairs_the_best_not_the_last() -> None:
    tried = attempts("+", "b broken", "c")
    assert RepairBest().next(tried) == Repair(tried[0])


def test_a_token_budget_starts_no_further_attempt_once_it_is_spent() -> None:
    policy = replace(get_policy("resample"), token_budget=200)
    assert policy.next(attempts("a")) == Fresh()
    assert policy.next(attempts("a", "b")) is Ending.EXHAUSTED


def test_independent_draws_go_on_over_repetitions() -> None:
    assert get_policy("resample").next(attempts("a alike", "a alike")) == Fresh()


def test_a_restart_after_a_stall_leaves_the_old_best_behind() -> None:
    plan: Plan = RestartWhenStalled(RepairBest())
    assert plan.next(attempts("++ alike", "++ alike too")) == Fresh()
    tried = attempts("++ alike", "++ alike too", "new", repairs=(None, 0, None))
    assert plan.next(tried) == Repair(tried[2])
    assert best(tried) is tried[0]
    assert plan.next(attempts("++ x", "y", "++ x", repairs=(None, 0, None))) == Fresh(), "a draw that was there before"


def test_turns_of_repair_and_fresh_draw() -> None:
    tried = attempts("+", "b", "c", repairs=(None, 0, None))
    assert Alternate().next(tried[:1]) == Repair(tried[0])
    assert Alternate().next(tried[:2]) == Fresh()
    assert Alternate().next(tried) == Repair(tried[0])


def test_by_cause_repairs_what_does_not_compile_and_redraws_a_wrong_answer() -> None:
    tried = attempts("a broken")
    assert ByCause().next(tried) == Repair(tried[0])
    assert ByCause().next(attempts("+")) == Fresh()


def test_the_plan_by_cause_draws_afresh_once_a_repair_fails_as_before() -> None:
    plan = PLANS["by_cause"]
    tried = attempts("a broken", "b broken", repairs=(None, 0))
    assert plan.next(tried[:1]) == Repair(tried[0])
    assert plan.next(attempts("a broken", "a broken", repairs=(None, 0))) == Fresh()
    assert plan.next(attempts("+")) == Fresh()


def test_an_answer_without_code_is_asked_for_afresh() -> None:
    assert RepairBest().next(attempts("")) == Fresh()


def test_ladders_rise_by_iteration_or_by_stagnation() -> None:
    tried = attempts("+", "b", "++", "c")
    by_iteration, on_stagnation = ByIteration((0.1, 0.5)), OnStagnation((0.1, 0.5, 0.9))
    assert [by_iteration.temperature(tried[:n]) for n in range(4)] == [0.1, 0.5, 0.5, 0.5]
    assert [on_stagnation.temperature(tried[:n]) for n in range(5)] == [0.1, 0.1, 0.5, 0.5, 0.9]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_named_as_it_is_asked_for(name: str) -> None:
    assert get_policy(name).name == name


def test_fields_of_a_preset_may_be_changed_and_stand_in_its_name() -> None:
    policy = get_policy("default:plan=fresh:temperatures=0.8:repairs=7:lint=inform:max_tokens=99")
    assert policy == Policy(
        name="default:plan=fresh:temperatures=0.8:repairs=7:lint=inform:max_tokens=99",
        plan=DrawAfresh(),
        ladder=ByIteration((0.8,)),
        max_repairs=7,
        max_tokens=99,
        stages=(StageRule(name="compile"), StageRule(name="test"), StageRule(name="lint", gate=Gate.INFORMS)),
    )
    assert get_policy("thorough:lint=off").gate("lint") is None


@pytest.mark.parametrize(
    "spec",
    ["defualt", "default:plans=x", "default:plan=x", "default:teller=", "default:lint=yes", "default:mutate=gate"],
)
def test_an_unknown_name_is_refused_with_the_known_ones(spec: str) -> None:
    with pytest.raises(UnknownName, match="known"):
        get_policy(spec)


@pytest.mark.parametrize("field", ["repairs=-1", "repairs=x", "max_tokens=0", "temperatures=3", "temperatures="])
def test_a_value_out_of_range_is_refused(field: str) -> None:
    with pytest.raises(ConfigError, match="give"):
        get_policy(f"default:{field}")


def test_stages_keep_their_order() -> None:
    with pytest.raises(ValueError, match="order"):
        Policy(stages=(StageRule(name="lint"), StageRule(name="test")))


def test_mutants_inform_in_their_place_of_the_order() -> None:
    policy = get_policy("default:mutate=inform:lint=gate")
    assert [rule.name for rule in policy.stages] == ["compile", "test", "lint", "mutate"]
    with pytest.raises(ValueError, match="only inform"):
        replace(policy, stages=(StageRule(name="test"), StageRule(name="mutate")))
