"""Metrics: estimators against brute force, and that missing never becomes 0."""

from __future__ import annotations

from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeloop.attempts import (
    Attempt,
    Candidate,
    CaseResult,
    CaseStatus,
    Completion,
    Ending,
    Prompt,
    StageReport,
    Status,
    Trajectory,
    Usage,
    Verdict,
)
from codeloop.metrics import Summary, cluster_bootstrap, cluster_of, hidden_only, pass_at_k, summarise, wilson

counts = st.integers(0, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, 9)))


def verdict(passed: bool, **cases: bool) -> Verdict:
    results = tuple(
        CaseResult(name=name, expression=name, status=CaseStatus.PASSED if ok else CaseStatus.FAILED)
        for name, ok in cases.items()
    )
    status = Status.PASSED if passed else Status.FAILED
    return Verdict(reports=(StageReport(stage="test", status=status, outcome="ok", cases=results),))


def trajectory(task_id: str, *hidden: Verdict | None, draw: int = 0, **changes: object) -> Trajectory:
    cost, visible = changes.pop("cost", 0.5), changes.pop("visible", verdict(False))
    attempts = tuple(
        Attempt(
            iteration=i,
            prompt=Prompt(messages=(), template="t", iteration=i),
            completion=Completion(text="", finish_reason="stop", usage=Usage(prompt_tokens=3), cost_usd=cost),  # type: ignore[arg-type]
            candidate=Candidate(code=str(i)),
            verdict=visible,  # type: ignore[arg-type]
            handed_over=i,
        )
        for i in range(len(hidden))
    )
    fields = {"ending": Ending.EXHAUSTED, "attempts": attempts, "hidden": hidden, "language": task_id.partition("/")[0]}
    return Trajectory(task_id=task_id, draw=draw, **{**fields, **changes})  # type: ignore[arg-type]


def rows(trajectories: list[Trajectory], *, k: int = 1, **changes: object) -> dict[str, Summary]:
    options = {"ks": [k], "max_iterations": 1, **changes}
    return {s.language: s for s in summarise(trajectories, **options)}  # type: ignore[arg-type]


@given(counts)
def test_pass_at_k_is_the_share_of_k_subsets_that_hold_a_pass(nck: tuple[int, int, int]) -> None:
    n, c, k = nck
    subsets = [any(chosen) for chosen in combinations([True] * c + [False] * (n - c), k)]
    expected = fmean(subsets) if subsets else None
    assert pass_at_k(n, c, k) == (None if expected is None else pytest.approx(expected))


def test_pass_at_k_refuses_what_cannot_be() -> None:
    for bad in ((3, 4, 1), (3, -1, 1), (3, 1, 0)):
        with pytest.raises(ValueError, match="pass@k"):
            pass_at_k(*bad)


@settings(deadline=None)  # the first call imports scipy
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_proportion_and_stays_inside(case: tuple[int, int]) -> None:
    passed, n = case
    interval = wilson(passed, n)
    assert interval is not None
    low, high = interval
    assert 0 <= low <= passed / n + 1e-12
    assert passed / n - 1e-12 <= high <= 1
    assert low < high


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("Java/12", "Python/12", True),
        ("HumanEval/12", "CPP/12", True),
        ("Java/12", "Java/13", False),
        ("auth/basic", "billing/basic", False),
        ("auth/python/basic", "auth/go/basic", True),
        ("c-basics/clamp", "mine/clamp", False),
        ("python", "java", False),
    ],
)
def test_a_problem_in_several_languages_is_one_and_two_of_one_name_are_two(
    first: str, second: str, is_one: bool
) -> None:
    assert (cluster_of(first) == cluster_of(second)) is is_one


def test_wilson_by_hand() -> None:
    assert wilson(0, 0) is None
    assert wilson(5, 10) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))


@settings(deadline=None)
@given(st.dictionaries(st.integers(), st.lists(st.floats(0, 1), min_size=1, max_size=4), min_size=2), st.integers(0, 9))
def test_bootstrap_stays_in_range_and_repeats(clusters: dict[int, list[float]], seed: int) -> None:
    first = cluster_bootstrap(clusters, seed, 200)  # type: ignore[arg-type]
    assert first == cluster_bootstrap(clusters, seed, 200)  # type: ignore[arg-type]
    assert first is not None
    values = [value for cluster in clusters.values() for value in cluster]
    assert min(values) - 1e-9 <= first[0] <= first[1] <= max(values) + 1e-9


def test_bootstrap_by_cluster_is_wider_than_by_value() -> None:
    whole = cluster_bootstrap({i: [float(i % 2)] * 6 for i in range(20)}, 0)
    alone = cluster_bootstrap({i: [float(i % 2)] for i in range(120)}, 0)
    assert whole
    assert alone
    assert whole[1] - whole[0] > 2 * (alone[1] - alone[0])
    assert cluster_bootstrap({1: [0.5, 1.0]}, 0) is None


def test_iteration_0_is_the_single_shot_and_a_draw_that_ended_keeps_its_result() -> None:
    found = rows([trajectory("p/1", verdict(False), verdict(True)), trajectory("p/2", verdict(True))])["p"]
    assert [row.headline.value for row in found.rows] == [0.5, 1.0]
    assert {row.headline.method for row in found.rows} == {"wilson"}


def test_too_few_draws_are_missing_not_zero() -> None:
    found = rows([trajectory("p/1", verdict(True))], k=2)["p"]
    assert found.rows[0].headline.value is None
    assert found.rows[0].headline.n_tasks == 0


def test_errored_draws_are_left_out_and_counted() -> None:
    errored = trajectory("p/2", verdict(False), ending=Ending.ERRORED)
    found = rows([trajectory("p/1", verdict(True)), errored, trajectory("p/3", None)])["p"]
    assert (found.draws, found.errored, found.unscored, found.rows[0].headline.n_tasks) == (3, 1, 1, 1)
    assert found.rows[0].headline.value == 1.0


def test_errata_stay_in_the_headline_only() -> None:
    row = rows([trajectory("p/1", verdict(True)), trajectory("p/2", verdict(False))], errata={"p/2"})["p"].rows[0]
    assert (row.headline.value, row.without_errata.value) == (0.5, 1.0)


def test_several_draws_and_the_total_are_clustered() -> None:
    found = rows([trajectory(f"{lang}/{i}", verdict(i < 2), draw=d) for lang in "pj" for i in range(4) for d in (0, 1)])
    assert found["p"].rows[0].headline.method == "cluster_bootstrap"
    single = rows([trajectory(f"{lang}/{i}", verdict(i < 2)) for lang in "pj" for i in range(4)])
    assert single["p"].rows[0].headline.method == "wilson"
    assert single["total"].rows[0].headline.method == "cluster_bootstrap"
    assert single["total"].rows[0].headline.n_tasks == 8


def test_unknown_is_not_zero() -> None:
    found = rows([trajectory("p/1", verdict(True)), trajectory("p/2", verdict(True), cost=None)])
    assert found["p"].cost_usd is None
    assert found["p"].completion_tokens is None
    assert found["p"].prompt_tokens == 6
    assert rows([trajectory("p/1", verdict(True))])["p"].cost_usd == 0.5


def test_nothing_gives_an_empty_total() -> None:
    (total,) = summarise([], ks=[1], max_iterations=0, errata=())
    assert (total.language, total.draws, total.rows[0].headline.value) == ("total", 0, None)


@pytest.mark.parametrize(
    ("seen", "scored", "expected"),
    [
        (verdict(False, a=False), verdict(False, a=False, b=True), True),  # only a seen case fails
        (verdict(True, a=True), verdict(False, a=True, b=False), False),
        (verdict(True, a=True), verdict(True, a=True, b=True), True),
        (verdict(True, a=True), verdict(True, a=True), None),  # no unseen case
        (verdict(True, a=True), verdict(False, a=True, b=True), False),  # forged, or killed after the last case
        (verdict(False), verdict(False), False),  # never compiled
    ],
)
def test_hidden_only(seen: Verdict, scored: Verdict, expected: bool | None) -> None:
    draw = trajectory("p/1", scored, visible=seen)
    assert hidden_only([draw])(draw, 0) is expected


def test_a_draw_without_cases_fails_the_cases_that_another_draw_shows() -> None:
    broken = trajectory("p/1", verdict(False))
    other = trajectory("p/1", verdict(True, a=True, b=True), draw=1, visible=verdict(True, a=True))
    assert hidden_only([broken, other])(broken, 0) is False
    only_seen = trajectory("p/1", verdict(True, a=True), draw=1, visible=verdict(True, a=True))
    assert hidden_only([broken, only_seen])(broken, 0) is None


def test_oracle_takes_any_attempt_up_to_t_and_a_missing_verdict_stays_missing() -> None:
    passing, failing = verdict(True), verdict(False)
    draw = trajectory("python/1", failing, passing, failing)
    assert [draw.oracle_by(i) for i in range(4)] == [False, True, True, True]
    assert [draw.passed_by(i) for i in range(4)] == [False, True, False, False]
    assert trajectory("python/1", failing, None).oracle_by(1) is None
    assert trajectory("python/1", None, passing).oracle_by(1) is True
    assert trajectory("python/1", failing, ending=Ending.ERRORED).oracle_by(0) is None
    estimate = rows([draw, trajectory("python/2", failing)])["python"].rows[1]
    assert (estimate.oracle.value, estimate.headline.value) == (0.5, 0.5)


def test_clusters_that_are_all_alike_still_have_an_interval() -> None:
    draws = [trajectory(f"python/{n}", verdict(False), draw=d) for n in range(8) for d in range(2)]
    estimate = rows(draws)["total"].rows[0].headline
    assert (estimate.value, estimate.low, estimate.method) == (0.0, 0.0, "wilson_clusters")
    assert estimate.high is not None
    assert estimate.high > 0.2
