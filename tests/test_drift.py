"""Drift: which runs make a series, what is said of it, and what others are told once and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from schemas import validated

from codeloop.drift import Judgement, Point, TaskOutcome, judge, series_id
from codeloop.records import Setting
from codeloop.report.drift_report import FORMAT, NEEDED, DriftReport

BASIS = (Setting(name="policy", value="a"), Setting(name="suite", value="b"))
GOOD, BAD = "1" * 10, "0" * 10


def point(number: int, outcomes: str = GOOD, **changes: object) -> Point:
    """Make a point of one draw per task: ``1`` passed, ``0`` failed, ``-`` errored."""
    usual = {
        "run_id": f"r{number}",
        "created_s": float(number),
        "suite": "own",
        "model": "m",
        "prompt": "",
        "basis": BASIS,
        "tasks": tuple(
            TaskOutcome(task_id=f"Python/{i}", n_passed=int(c == "1"), n_known=int(c != "-"), n_draws=1)
            for i, c in enumerate(outcomes)
        ),
    }
    return Point(**(usual | changes))  # type: ignore[arg-type]


def series(*outcomes: str) -> list[Point]:
    return [point(number, each) for number, each in enumerate(outcomes)]


def report(found: Judgement | None, *known: str, problem: str = "") -> DriftReport:
    run_id = found.newest.run_id if found else "r0"
    return DriftReport(
        suite="own", model="m", prompt="v1", run_id=run_id, problem=problem, judgement=found, known=frozenset(known)
    )


def as_json(*reports: DriftReport) -> list[dict[str, object]]:
    data = {"format": FORMAT, "evidence_needed": NEEDED, "series": [each.as_json() for each in reports], "exit_code": 0}
    return list(validated("watch-1", data)["series"])


def test_the_same_problem_in_two_languages_is_one() -> None:
    tasks = tuple(TaskOutcome(task_id=f"{name}/7", n_passed=1, n_known=2, n_draws=2) for name in ("Python", "Java"))
    found = point(0, tasks=tasks)
    assert (found.outcomes, found.sizes) == ({"7": (2, 4)}, {"7": 4})
    assert (found.pass_rate, found.n_missing) == (0.5, 0)


def test_an_unchanged_series_has_no_drift() -> None:
    found = judge(series(*[GOOD] * 30))
    assert not found.is_drift
    told = report(found, *(f"r{i}" for i in range(29)))
    assert told.news == ()
    assert told.text.startswith("own by m with prompt v1: no drift seen: 30 runs, pass rate 100.0 % (before 100.0 %)")
    assert (
        as_json(told)[0] | {"is_drift": False, "n_runs": 30, "evidence": found.looks[-1].evidence} == as_json(told)[0]
    )


def test_a_first_run_is_said_to_be_one() -> None:
    told = report(judge(series("1100")))
    assert told.text == "own by m with prompt v1: no drift seen: the first run of the series, pass rate 50.0 %"
    assert not told.is_drift


def test_drift_is_told_when_it_is_found_and_stands_afterwards() -> None:
    points = series(*[GOOD] * 6, BAD, BAD)
    found = judge(points)
    known = [each.run_id for each in points[:-1]]
    assert found.is_drift
    assert (found.direction, found.since, found.first_alarm, found.rates) == ("down", 6, 6, (1.0, 0.0))
    later = report(found, *known)
    assert later.is_drift
    assert later.news == ()
    at_once = report(judge(points[:-1]), *known[:-1])
    (line,) = at_once.news
    assert (line.kind, line.run, line.since, line.direction) == ("pass_rate", "r6", "r6", "down")
    assert line.evidence is not None
    assert line.evidence > 20
    assert "DRIFT FOUND: the pass rate fell from 100.0 % to 0.0 %, most probably since run r6 (7 of 7)" in at_once.text
    assert "codeloop watch --restart" in at_once.text
    assert as_json(later)[0]["since"] == "r6"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_restart": True}, "as asked"),
        ({"basis": (BASIS[0], Setting(name="suite", value="c"))}, "other suite"),
        ({"basis": (Setting(name="policy", value="x"), Setting(name="suite", value="c"))}, "other policy, suite"),
    ],
)
def test_a_series_begins_anew_with_a_reason(change: dict[str, object], reason: str) -> None:
    points = [*series(*[GOOD] * 6), point(6, BAD, **change)]
    found = judge(points)
    assert found.restarted == reason
    assert len(found.points) == 1
    assert not found.is_drift
    assert f"begins anew with this run ({reason})" in report(found).text
    after = judge([*points, point(7, BAD, basis=points[-1].basis)])
    assert after.restarted == ""
    assert len(after.points) == 2


def test_a_name_that_only_one_run_has_is_no_break() -> None:
    template = Setting(name="template repair", value="1")
    points = [point(0), point(1, basis=(*BASIS, template)), point(2)]
    assert len(judge(points).points) == 3


def test_drift_before_a_restart_is_forgotten() -> None:
    points = [*series(*[GOOD] * 6, BAD), point(7, BAD, is_restart=True)]
    assert judge(points[:-1]).is_drift
    assert not judge(points).is_drift


def test_another_version_is_told_at_once_and_only_once() -> None:
    points = [point(0, versions=("m-1",)), point(1, versions=("m-2",)), point(2, versions=("m-2",))]
    told = report(judge(points[:2]), "r0")
    assert told.is_drift
    assert [line.kind for line in told.news] == ["version"]
    assert "ANOTHER MODEL: the provider names m-2, before m-1" in told.text
    assert as_json(told)[0]["versions_before"] == ["m-1"]
    assert not report(judge(points), "r0", "r1").is_drift
    failed = report(judge(points[:2]), "r0", "r1", problem="the model does not answer")
    assert not failed.is_drift
    assert failed.text == "own by m with prompt v1: nothing new: the model does not answer"


def test_a_provider_that_names_nothing_changes_nothing() -> None:
    points = [point(0, versions=("m-1",)), point(1), point(2, versions=("m-1",))]
    assert not any(report(judge(points[:n])).is_drift for n in (1, 2, 3))


def test_new_back_ends_are_said_and_raise_no_alarm() -> None:
    points = [point(0, fingerprints=("fp_a",)), point(1, fingerprints=("fp_a", "fp_b"))]
    told = report(judge(points), "r0")
    assert not told.is_drift
    assert "back ends not seen before: fp_b" in told.text


def test_missing_draws_are_counted_and_said() -> None:
    told = report(judge([point(0), point(1, "11111111--")]), "r0")
    assert "2 of 10 draws have no verdict and are left out" in told.text
    assert as_json(told)[0]["n_missing"] == 2


def test_a_series_without_a_point_has_figures_all_the_same() -> None:
    told = report(None, problem="the model does not answer")
    assert told.text == "own by m with prompt v1: nothing new: the model does not answer"
    assert as_json(told)[0]["evidence"] is None
    assert told.figures.pass_at_1 is None


def test_a_providers_words_cannot_act_in_the_terminal() -> None:
    points = [point(0, versions=("m-1",)), point(1, versions=("\x1b[2Jm",))]
    assert "\x1b" not in report(judge(points), "r0").text


def test_series_are_told_apart_by_their_names() -> None:
    assert (
        len({series_id("a", "b", "c"), series_id("ab", "", "c"), series_id("a", "bc", ""), series_id("a", "b", "d")})
        == 4
    )
    assert replace(point(0), run_id="x").pass_rate == 1.0
