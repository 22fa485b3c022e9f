"""Gates: the rule on figures that can be checked by hand, and that missing data never pass."""

from __future__ import annotations

from dataclasses import replace

import pytest
from runs import FACTS, draw, outcomes, run

from codeloop.errors import ConfigError, UnknownName
from codeloop.gates import Gate, GateResult, Metric, Outcome, judge, judge_all, overall, parse_gate

ALL_RIGHT = outcomes("base", [True] * 164)


def after(n_lost: int, n_won: int = 0, n: int = 164) -> tuple[GateResult, ...]:
    """Judge a run that lost and won so many of ``n`` tasks by gates that tolerate 0, 2 and 5 points."""
    before = [True] * (n - n_won) + [False] * n_won
    now = [False] * n_lost + [True] * (n - n_lost)
    gates = [parse_gate(f"max_regression={points}") for points in (0, 2, 5)]
    return tuple(judge(gate, outcomes("now", now), outcomes("base", before)) for gate in gates)


def test_the_rule_of_relative_gates() -> None:
    def words(*counts: int) -> list[str]:
        return [result.outcome.value for result in after(*counts)]

    assert words(0) == ["cannot tell", "not shown to regress", "not shown to regress"]  # 164 exclude 1.9 points
    assert words(20) == ["regressed"] * 3  # 12.2 points
    assert words(6) == ["regressed", "regressed", "cannot tell"]  # 3.7 points: shown, and maybe more than 5
    assert words(4, 3) == ["cannot tell", "cannot tell", "not shown to regress"]
    assert words(0, 9) == ["not shown to regress"] * 3  # an improvement shown excludes any drop
    assert words(3, 3, 20) == ["cannot tell"] * 3  # 20 tasks say next to nothing


def test_a_relative_gate_says_why_in_a_sentence() -> None:
    _, lost, _ = after(20)
    assert lost.why.startswith("pass@1 fell by 12.2 points ([")
    assert "0 won, 20 lost, p < 0.001, exact McNemar" in lost.why
    assert lost.why.endswith("a drop is shown, and it is larger than the 2 points tolerated")
    assert (lost.value, lost.n_tasks, lost.n_draws, lost.baseline) == (pytest.approx(-100 * 20 / 164), 164, 164, "base")
    _, unknown, _ = after(3, 3, 20)
    assert "20 tasks with 20 pairs neither show a drop nor exclude a drop of 2 points or more" in unknown.why
    assert unknown.smallest is not None
    assert unknown.smallest > 25
    assert f"they would show one of {unknown.smallest:.3g} points" in unknown.why
    small = after(6)[2]
    assert small.why.endswith("a drop is shown, which may be smaller or larger than 5 points")


def test_so_few_problems_that_nothing_could_be_shown_say_so() -> None:
    gate = parse_gate("max_regression=2")
    found = judge(gate, outcomes("now", [False, True]), outcomes("base", [True, True]))
    assert (found.outcome, found.smallest) == (Outcome.CANNOT_TELL, None)
    assert found.why.endswith("; 2 problems can show none, however large: at least 5 are needed")


def test_a_small_p_that_shows_no_drop_comes_with_the_level_that_gates_share() -> None:
    gates = [parse_gate(f"max_regression={points}") for points in (0, 2, 3)]
    now, base = outcomes("now", [False] * 5 + [True] * 15), outcomes("base", [True] * 20)
    for found in judge_all(gates, now, base):
        assert found.outcome is Outcome.CANNOT_TELL
        assert "p = 0.031" in found.why
        assert "neither show a drop (p <= 0.017, this gate's part of 0.05, would) nor exclude" in found.why
    assert judge(gates[0], now, base).outcome is Outcome.REGRESSED, "alone it has all of the level"


def test_the_same_programs_are_no_regression_however_few() -> None:
    base = run("base", [draw(i, i > 0, program=f"{i}") for i in range(3)])
    gate = parse_gate("max_regression=0")
    same = judge(gate, replace(base, name="now"), base)
    assert (same.outcome, same.why) == (
        Outcome.NOT_SHOWN_TO_REGRESS,
        "all 3 programs handed over are the same in both runs",
    )
    other = replace(base, draws=(*base.draws[:2], replace(base.draws[2], program="x")))
    assert judge(gate, other, base).outcome is Outcome.CANNOT_TELL


def test_the_same_programs_with_other_verdicts_are_judged_by_their_verdicts() -> None:
    base = run("base", [draw(i, True, program=f"{i}") for i in range(30)])
    now = run("now", [draw(i, i > 2, program=f"{i}") for i in range(30)])
    found = judge(parse_gate("max_regression=2"), now, base)
    assert found.outcome is Outcome.CANNOT_TELL
    assert found.why.endswith("; same programs, other verdicts: the checks changed")
    worse = run("now", [draw(i, i > 12, program=f"{i}") for i in range(30)])
    shown = judge(parse_gate("max_regression=2"), worse, base)
    assert shown.outcome is Outcome.REGRESSED
    assert shown.why.endswith("; same programs, other verdicts: the checks changed")


def test_missing_pairs_never_pass_but_a_shown_drop_stays_one() -> None:
    gate = parse_gate("max_regression=5")
    few = outcomes("now", [True] * 150 + [None] * 14)
    assert judge(gate, few, ALL_RIGHT).outcome is Outcome.NOT_SHOWN_TO_REGRESS
    many = judge(gate, outcomes("now", [True] * 140 + [None] * 24), ALL_RIGHT)
    assert (many.outcome, many.n_missing) == (Outcome.CANNOT_TELL, 24)
    assert "24 of 164 pairs lack a verdict" in many.why
    allowed = parse_gate("max_regression=5:max_missing=0.2")
    assert judge(allowed, outcomes("now", [True] * 140 + [None] * 24), ALL_RIGHT).is_met
    cut = judge(gate, outcomes("now", [True] * 100), ALL_RIGHT)  # tasks that were left out are missing too
    assert (cut.outcome, cut.n_missing) == (Outcome.CANNOT_TELL, 64)
    worse = judge(gate, outcomes("now", [False] * 100), ALL_RIGHT)
    assert worse.outcome is Outcome.REGRESSED


@pytest.mark.parametrize("text", ["max_regression=5", "pass@1>=0.1", "pass@1>=0.1:strict", "mutation_score>=0.1"])
def test_nothing_to_judge_cannot_tell(text: str) -> None:
    gate = parse_gate(text)
    for broken in (outcomes("now", [None] * 164), outcomes("now", [])):
        assert judge(gate, broken, ALL_RIGHT).outcome is Outcome.CANNOT_TELL
    assert judge(parse_gate(text + ":tag=none"), ALL_RIGHT, ALL_RIGHT).outcome is Outcome.CANNOT_TELL


@pytest.mark.parametrize("n_right", [82 * each for each in range(1, 20)])
def test_a_figure_that_is_just_the_bound_reaches_it(n_right: int) -> None:
    rows = [draw(i % 164, i < n_right, i // 164) for i in range(1640)]
    spread = [draw(i // 10, i * 7 % 1640 < n_right, i % 10) for i in range(1640)]
    for each in (rows, spread):
        found = judge(parse_gate(f"pass@1>={n_right / 1640}"), run("now", each))
        assert (found.outcome, found.value) == (Outcome.PASSED, n_right / 1640)


def test_a_figure_near_its_bound_is_shown_with_the_digits_that_tell_them_apart() -> None:
    found = judge(parse_gate("pass@1>=0.667"), outcomes("now", [True, True, False]))
    assert found.outcome is Outcome.FAILED
    assert found.why.startswith("pass@1 is 66.67 % [")
    assert found.why.endswith("wanted at least 66.70 %")


def test_a_cost_of_just_the_bound_is_within_it() -> None:
    rows = [draw(i, True, cost_usd=0.1) for i in range(20)]
    assert judge(parse_gate("cost_usd<=2"), run("now", rows)).why == "the cost is $2.0000, wanted at most $2.0000"
    assert judge(parse_gate("cost_usd<=2"), run("now", rows)).outcome is Outcome.PASSED


def test_mutants_of_draws_that_all_errored_are_not_asked_for_again() -> None:
    found = judge(parse_gate("mutation_score>=0.5"), outcomes("now", [None] * 3))
    assert (found.outcome, found.why) == (Outcome.CANNOT_TELL, "all 3 draws errored")
    without = judge(parse_gate("mutation_score>=0.5"), outcomes("now", [True, None]))
    assert without.why == "no program that was handed over has mutants: run with mutate=inform"


def test_no_baseline_or_one_of_another_suite_cannot_tell() -> None:
    gate = parse_gate("max_regression=5")
    assert judge(gate, ALL_RIGHT).why == "there is no baseline to compare with"
    other = replace(ALL_RIGHT, facts=replace(FACTS, suite_sha256="00"))
    found = judge(gate, ALL_RIGHT, other)
    assert (found.outcome, found.why) == (
        Outcome.CANNOT_TELL,
        "the baseline base is of another suite, so nothing pairs",
    )


def test_draws_that_only_one_run_made_are_not_missing() -> None:
    ten = run("base", [draw(i, True, number) for i in range(164) for number in range(10)])
    found = judge(parse_gate("max_regression=2"), ALL_RIGHT, ten)
    assert (found.outcome, found.n_draws, found.n_missing) == (Outcome.NOT_SHOWN_TO_REGRESS, 164, 0)


def test_a_gate_of_a_language_or_tag_sees_nothing_else() -> None:
    rows = [draw(i, True, tags=("easy",)) for i in range(80)] + [draw(i, True, language="java") for i in range(80)]
    now = [row if row.language == "python" else replace(row, passed=(False,)) for row in rows]
    base, later = run("base", rows), run("now", [replace(row, tags=()) for row in now])
    by = {text: judge(parse_gate(f"max_regression=4:{text}"), later, base) for text in ("language=java", "tag=easy")}
    assert by["language=java"].outcome is Outcome.REGRESSED
    assert by["tag=easy"].outcome is Outcome.CANNOT_TELL  # tasks are tagged as in the newer run
    assert judge(parse_gate("max_regression=4:tag=easy"), replace(later, draws=tuple(now)), base).is_met


def test_absolute_gates_take_the_figure_and_strict_ones_the_interval() -> None:
    now = outcomes("now", [True] * 84 + [False] * 16)  # 0.84 [0.756, 0.899]

    def outcome(text: str) -> Outcome:
        return judge(parse_gate(text), now).outcome

    assert outcome("pass@1>=0.8") is Outcome.PASSED
    assert outcome("pass@1>=0.85") is Outcome.FAILED
    assert outcome("pass@1>=0.8:strict") is Outcome.CANNOT_TELL
    assert outcome("pass@1>=0.75:strict") is Outcome.PASSED
    assert outcome("pass@1>=0.9:strict") is Outcome.FAILED
    assert outcome("pass@1<=0.9:strict") is Outcome.PASSED
    assert outcome("pass@2>=0.1") is Outcome.CANNOT_TELL
    why = judge(parse_gate("pass@1>=0.8"), now).why
    assert why == (
        "pass@1 is 84.0 % [75.6, 89.9], wanted at least 80.0 %; its interval reaches beyond that (strict would not let it pass)"
    )


def test_absolute_gates_of_the_other_figures() -> None:
    rows = [draw(i, True, killed=9, mutants=10) for i in range(9)] + [draw(9, None)]
    now = run("now", rows)

    def found(text: str) -> tuple[str, float | None]:
        result = judge(parse_gate(text), now)
        return result.outcome.value, result.value

    assert found("errored<=0.1") == ("passed", 0.1)
    assert found("errored<=0.05") == ("failed", 0.1)
    assert found("seconds<=27") == ("passed", 27.0)
    assert found("mutation_score>=0.8") == ("passed", 0.9)
    assert found("cost_usd<=10") == ("cannot tell", None)  # of the errored draw it is unknown
    assert judge(parse_gate("cost_usd<=10"), now).why == "the cost of 1 of 10 draws is unknown"
    assert judge(parse_gate("cost_usd<=4.5"), run("now", rows[:9])).outcome is Outcome.PASSED
    assert judge(parse_gate("cost_usd<=4"), run("now", rows[:9])).why == "the cost is $4.5000, wanted at most $4.0000"


def test_draws_of_tasks_with_fewer_than_k_scored_ones_are_missing() -> None:
    rows = [draw(0, True, number) for number in range(10)]
    rows += [draw(i, None if number == 9 else False, number) for i in range(1, 10) for number in range(10)]
    found = judge(parse_gate("pass@10>=0.8"), run("now", rows))
    assert (found.outcome, found.value, found.n_draws, found.n_missing) == (Outcome.CANNOT_TELL, 1.0, 10, 90)
    assert "90 of 100 draws have no verdict, or are of tasks with fewer than 10" in found.why
    assert judge(parse_gate("pass@9>=0.8"), run("now", rows)).outcome is Outcome.FAILED


@pytest.mark.parametrize("text", ["cost_usd<=10", "seconds<=100", "mutation_score>=0.8"])
def test_no_figure_passes_by_draws_that_errored(text: str) -> None:
    right = [draw(i, True, killed=9, mutants=10) for i in range(5)]
    errored = [draw(i, None, cost_usd=0.0) for i in range(5, 10)]
    found = judge(parse_gate(text), run("now", right + errored))
    assert (found.outcome, found.n_draws, found.n_missing) == (Outcome.CANNOT_TELL, 5, 5)
    assert "5 of 10 draws" in found.why
    failed = [draw(i, False) for i in range(5, 10)]
    assert judge(parse_gate(text), run("now", right + failed)).is_met, (
        "a program that failed has no mutants, and is no gap"
    )


def test_a_gate_after_n_repairs() -> None:
    rows = [draw(i, True, passed=(i < 5, True)) for i in range(10)]
    assert judge(parse_gate("pass@1>=1"), run("now", rows)).is_met
    first = judge(parse_gate("pass@1>=0.6:iteration=0"), run("now", rows))
    assert (first.outcome, first.value) == (Outcome.FAILED, 0.5)
    assert first.why.startswith("pass@1 after 0 repair(s) is 50.0 %")


def test_relative_gates_share_the_false_alarms() -> None:
    now = outcomes("now", [False] * 5 + [True] * 159)  # p = 1/32
    gate = parse_gate("max_regression=1")
    assert [result.outcome for result in judge_all([gate], now, ALL_RIGHT)] == [Outcome.REGRESSED]
    both = judge_all([gate, parse_gate("max_regression=1:language=python"), parse_gate("pass@1>=0.9")], now, ALL_RIGHT)
    assert [result.outcome.value for result in both] == ["cannot tell", "cannot tell", "passed"]


def test_the_worst_outcome_decides() -> None:
    now = outcomes("now", [True] * 10)
    passed, failed, unknown = (judge(parse_gate(t), now) for t in ("pass@1>=1", "pass@1<=0.5", "max_regression=2"))
    assert overall([]) is Outcome.PASSED
    assert overall([passed]) is Outcome.PASSED
    assert overall([passed, unknown]) is Outcome.CANNOT_TELL
    assert overall([unknown, failed]) is Outcome.FAILED


@pytest.mark.parametrize(
    "text",
    [
        "pass@1>=0.8",
        "pass@10<=0.9:language=python:tag=a b:iteration=2:strict:max_missing=0.5",
        "cost_usd<=2.5",
        "max_regression=2:tag=parsing",
    ],
)
def test_a_gate_is_named_as_it_is_written(text: str) -> None:
    assert parse_gate(text).name == text


def test_a_gate_of_two_ends() -> None:
    gate = Gate(metric=Metric.PASS, at_least=0.2, at_most=0.8)
    assert gate.name == "pass@1>=0.2 and pass@1<=0.8"
    assert judge(gate, outcomes("now", [True, False])).outcome is Outcome.PASSED
    assert judge(gate, outcomes("now", [True, True])).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "give a figure and its bound"),
        ("pass@1", "give a figure and its bound"),
        ("pas@1>=0.8", "give a figure and its bound"),
        ("costs_usd<=2", "did you mean 'cost_usd'"),
        ("pass@1>=80", "write 0.8 for 80 %"),
        ("pass@0>=0.5", "k counts from 1"),
        ("max_regression>=2", "takes ="),
        ("pass@1=0.5", "takes ="),
        ("max_regression=-1", "a bound from 0"),
        ("max_regression=1e999", "a bound from 0"),
        ("pass@1>=1.2.3", "is no number"),
        ("pass@1>=0.5:langage=java", "did you mean 'language'"),
        ("cost_usd<=2:strict", "strict gates an interval"),
        ("seconds<=2:iteration=1", "iteration goes with"),
        ("pass@1>=0.5:max_missing=2", "share in 0..1"),
        ("max_regression=2:iteration=x", "is no whole number"),
        ("pass@1>=0.5:iteration=1.9", "'1.9' is no whole number"),
        ("pass@1>=0.5:iteration=inf", "is no whole number"),
        ("pass@1>=0.5:iteration=nan", "is no whole number"),
        ("pass@1>=0.5:iteration=-1", "is no whole number"),
        ("pass@1>=0.5:iteration=", "is no whole number"),
        ("pass@1>=0.5:strict=false", "strict takes no value"),
        ("pass@1>=0.5:strict=", "strict takes no value"),
        ("pass@1>=0.5:tag=", "tag: a word is missing"),
        ("pass@1>=0.5:tag=a:tag=b", "tag stands twice"),
        ("pass@1>=0.5:max_missing=nan", "share in 0..1"),
    ],
)
def test_a_mistaken_gate_is_one_line(text: str, words: str) -> None:
    with pytest.raises((ConfigError, UnknownName), match=words):
        parse_gate(text)
