"""Comparisons of arms: figures that were worked out by hand, and what must hold of any records."""

from __future__ import annotations

import pytest
from arms import trajectory
from hypothesis import given, settings
from hypothesis import strategies as st

from codeloop.attempts import Ending, Trajectory
from codeloop.comparison import ArmResult, Comparison, compare, control_of, loop_of
from codeloop.error_classes import ErrorClass
from codeloop.records import records_of

PASS, FAIL = "+++", "+--"
BROKEN = {"visible": ["+-"], "hidden": [FAIL]}
RIGHT = {"visible": ["++"], "hidden": [PASS]}


def first_only(task: int, is_right: bool, **changes: object) -> Trajectory:
    steps = RIGHT if is_right else BROKEN
    return trajectory(f"Python/{task}", steps["visible"], steps["hidden"], **changes)  # type: ignore[arg-type]


def example() -> tuple[ArmResult, ArmResult, ArmResult, Comparison]:
    """Ten tasks of which three pass at once. The loop repairs six of the others, draws afresh repairs one."""
    single = [first_only(i, i < 3) for i in range(10)]
    repaired = [trajectory(f"Python/{i}", ["+-", "++"], [FAIL, PASS]) for i in range(3, 9)]
    stuck = trajectory("Python/9", ["+-", "-+", "syntax"], [FAIL, FAIL, "syntax"], repairs=[None, 0, 0])
    resampled = [
        trajectory(
            f"Python/{i}",
            ["+-", "++" if i == 3 else "types"],
            [FAIL, PASS if i == 3 else "types"],
            repairs=[None, None],
            tokens=(10, 15),
        )
        for i in range(3, 10)
    ]
    rows = records_of(
        [
            ("default", [*single[:3], *repaired, stuck]),
            ("single", single),
            ("resample", [*single[:3], *resampled]),
        ]
    )
    (found,) = compare(rows, arms=("default", "single", "resample"), ks=(1,))
    default, one, resample = found.arms
    return default, one, resample, found


def test_pass_at_1_by_attempt() -> None:
    default, single, resample, found = example()
    assert (found.language, found.pairs, found.tasks, found.left_out) == ("python", 10, 10, 0)
    assert [row.iteration for row in default.rows] == [0, 1, 2, None]  # of the longest loop
    assert [row.headline.value for row in default.rows] == pytest.approx([0.3, 0.9, 0.9, 0.9])
    assert [row.headline.value for row in single.rows] == pytest.approx([0.3] * 4)
    assert [row.headline.value for row in resample.rows] == pytest.approx([0.3, 0.4, 0.4, 0.4])
    assert len(found.failed_first) == 7


def test_gains_over_the_controls() -> None:
    *_, found = example()
    gains = {(gain.arm, gain.over): gain.difference for gain in found.gains}
    assert list(gains) == [("default", "single"), ("default", "resample"), ("resample", "single")]
    assert gains["default", "single"].value == pytest.approx(0.6)
    assert gains["default", "single"].p_value == pytest.approx(2 / 2**6)
    assert gains["default", "single"].is_shown
    net = gains["default", "resample"]
    assert (net.value, net.p_value) == (pytest.approx(0.5), pytest.approx(2 / 2**5))
    assert not net.is_shown  # five tasks, all one way, are not enough
    assert gains["resample", "single"].value == pytest.approx(0.1)


def test_costs_and_what_a_solved_task_costs() -> None:
    default, single, resample, _ = example()
    assert (default.attempts, default.repairs, default.solved, default.solved_visible) == (18, 8, 9, 9)
    assert (default.tokens, default.completion_tokens, default.model_s) == (18 * 15, 18 * 5, 36.0)
    assert default.per_solved(default.tokens) == pytest.approx(30)
    assert (single.tokens, resample.tokens) == (150, 3 * 15 + 14 * 25)
    assert resample.repairs == 0
    assert default.own_first == resample.own_first == 0
    assert ArmResult.per_solved(single, None) is None


def test_fix_rates_transitions_and_regressions() -> None:
    default, _, resample, _ = example()
    (fixes,) = default.fixes
    assert (fixes.error_class, fixes.draws, fixes.solved) == (ErrorClass.ASSERTION, 7, 6)
    assert (fixes.repairs, fixes.repaired) == (8, 6)
    steps = {(step.before, step.after): step.repairs for step in default.transitions}
    assert steps == {
        (ErrorClass.ASSERTION, "passes"): 6,
        (ErrorClass.ASSERTION, "assertion"): 1,
        (ErrorClass.ASSERTION, "syntax"): 1,
    }
    assert (default.regressed, default.broken_cases) == (2, 2)  # the second repair of ``+-`` does not even compile
    (drawn,) = resample.fixes
    assert (drawn.draws, drawn.solved, drawn.repairs) == (7, 1, 0)
    assert resample.transitions == ()


def test_a_pair_without_a_verdict_in_one_arm_is_left_out_of_all_and_counted() -> None:
    tasks = range(8)
    default = [first_only(i, True) for i in tasks if i != 2]
    default.append(first_only(2, True, ending=Ending.ERRORED))
    single = [first_only(i, i > 3) for i in tasks if i != 5]
    single.append(trajectory("Python/5", ["++"], [None]))
    (found,) = compare(records_of([("default", default), ("single", single)]), arms=("default", "single"), ks=(1,))
    assert (found.pairs, found.left_out) == (6, 2)
    assert [arm.errored for arm in found.arms] == [1, 1]
    assert [arm.attempts for arm in found.arms] == [6, 6]
    assert found.gains[0].difference.value == pytest.approx(3 / 6)


def test_pass_at_k_over_draws() -> None:
    default = [first_only(1, draw == 0, draw=draw) for draw in range(3)]
    single = [first_only(1, False, draw=draw) for draw in range(3)]
    (found,) = compare(records_of([("default", default), ("single", single)]), arms=("default", "single"), ks=(1, 2, 4))
    assert [gain.difference.value for gain in found.gains] == [pytest.approx(1 / 3), pytest.approx(2 / 3), None]
    assert {gain.difference.test for gain in found.gains} == {"sign-flip permutation", ""}


def test_languages_apart_and_together() -> None:
    made = [trajectory(f"{name}/1", ["++"], [PASS]) for name in ("Python", "Java")]
    found = compare(records_of([("default", made), ("single", made)]), arms=("default", "single"), ks=(1,))
    assert [comparison.language for comparison in found] == ["java", "python", "total"]
    assert [comparison.pairs for comparison in found] == [1, 1, 2]


def test_an_arm_with_first_answers_of_its_own_is_found_out() -> None:
    warm = [trajectory("Python/1", ["++"], [PASS], programs=["another"])]
    (found,) = compare(
        records_of([("default", [first_only(1, True)]), ("default:temperatures=0.8", warm)]),
        arms=("default", "default:temperatures=0.8"),
        ks=(1,),
    )
    assert [arm.own_first for arm in found.arms] == [0, 1]
    assert [(gain.arm, gain.over) for gain in found.gains] == [("default:temperatures=0.8", "default")]


def test_nothing_at_all_gives_no_figure() -> None:
    (found,) = compare((), arms=("default", "single"), ks=(1,))
    assert (found.language, found.pairs) == ("total", 0)
    assert found.arms[0].rows[0].headline.value is None
    assert not found.gains[0].difference.is_shown


def test_controls_and_the_loop_are_known_by_the_first_word_of_a_spec() -> None:
    assert control_of("resample:temperatures=0.8") == "resample"
    assert control_of("resampled") == ""
    assert loop_of(("single", "minimal", "default")) == "default"
    assert loop_of(("single", "minimal", "thorough")) == "minimal"
    assert loop_of(("single", "resample")) == ""


steps = st.lists(
    st.tuples(st.sampled_from(["++", "+-", "-+", "syntax"]), st.sampled_from([PASS, FAIL, None])),
    min_size=1,
    max_size=3,
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans(), steps, steps), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_figures_do_not_depend_on_the_order_and_add_up(made: list, random: object) -> None:  # type: ignore[type-arg]
    pairs = {(f"{'Python' if is_python else 'Java'}/{i}"): (a, b) for i, is_python, a, b in made}
    arms = [
        (arm, [trajectory(task_id, *zip(*both[place], strict=True)) for task_id, both in pairs.items()])
        for place, arm in enumerate(("default", "single"))
    ]
    rows = list(records_of(arms))
    found = compare(rows, arms=("default", "single"), ks=(1,), n_resamples=20)
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert compare(rows, arms=("default", "single"), ks=(1,), n_resamples=20) == found
    for comparison in found:
        for arm in comparison.arms:
            assert sum(fixes.repairs for fixes in arm.fixes) == sum(step.repairs for step in arm.transitions)
            assert arm.regressed <= arm.repairs <= arm.attempts
        gain = comparison.gains[0].difference
        ends = [arm.rows[-1].headline.value for arm in comparison.arms]
        if gain.value is not None:
            assert gain.value == pytest.approx(ends[0] - ends[1])


def test_known_faults_are_counted_by_kind_in_each_arm() -> None:
    looped = [trajectory("Python/1", ["+-", "++"], [FAIL, PASS]), trajectory("Python/2", ["+-"], [FAIL])]
    single = [first_only(1, False), first_only(2, False)]
    kinds = {"Python/1": ("off_by_one",), "Python/2": ("off_by_one", "wrong_name")}
    rows = records_of([("default", looped), ("single", single)], kinds)
    (found,) = compare(rows, arms=("default", "single"), ks=(1,))
    counted = [[(row.kind, row.solved, row.draws) for row in arm.repaired] for arm in found.arms]
    assert counted == [
        [("off_by_one", 1, 2), ("wrong_name", 0, 1), ("total", 1, 2)],
        [("off_by_one", 0, 2), ("wrong_name", 0, 1), ("total", 0, 2)],
    ]
