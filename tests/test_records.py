"""Records: what is kept of a trajectory, what is not, and shards that must belong together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from arms import HEADER, trajectory
from hypothesis import given
from hypothesis import strategies as st

from codeloop.attempts import Ending, Status
from codeloop.error_classes import ErrorClass
from codeloop.errors import ConfigError
from codeloop.metrics import hidden_only
from codeloop.records import Header, Record, records_of
from codeloop.shards import Records, join, read, sorted_rows, write

texts = st.sampled_from(["++", "+-", "--", "-+", "syntax", "types", "lint", "no_code"])
hidden_texts = st.one_of(st.none(), st.sampled_from(["+++", "++-", "+--", "syntax"]))
endings = st.sampled_from([None, None, Ending.ERRORED, Ending.STALLED])
trajectories = st.lists(st.tuples(texts, hidden_texts), max_size=4).flatmap(
    lambda steps: st.builds(
        trajectory,
        st.sampled_from(["Python/1", "Python/2"]),
        st.just([visible for visible, _ in steps]),
        st.just([hidden for _, hidden in steps]),
        ending=endings,
        tokens=st.sampled_from([(10, 5), (None, 5), (10, None)]),
        has_diagnosis=st.booleans(),
    )
)


def record(*arguments: object, **changes: object) -> Record:
    return records_of([("default", [trajectory(*arguments, **changes)])])[0]  # type: ignore[arg-type]


def test_a_record_holds_the_figures_of_each_attempt() -> None:
    row = record("Python/1", ["+-", "-+", "syntax", "++"], ["++-", "+--", "syntax", "+++"], repairs=[None, 0, 0, 1])
    assert [attempt.regressions for attempt in row.attempts] == [0, 1, 1, 0]  # what no longer runs is broken, too
    assert [attempt.handed_over for attempt in row.attempts] == [0, 0, 0, 3]
    assert [attempt.error_class for attempt in row.attempts] == [
        ErrorClass.ASSERTION,
        ErrorClass.ASSERTION,
        ErrorClass.SYNTAX,
        None,
    ]
    last = row.attempts[-1]
    assert (last.status, last.stage, last.outcome, last.cases_passed, last.cases) == (Status.PASSED, "test", "ok", 2, 2)
    assert (last.prompt_tokens, last.completion_tokens, last.model_s, last.check_s) == (10, 5, 2.0, 1.25)
    assert (last.template, last.temperature, last.repairs, last.hidden) == ("repair@1", 0.8, 1, Status.PASSED)
    assert row.tokens == 60


def test_a_diagnosis_before_the_fix_is_paid_for() -> None:
    row = record("Python/1", ["+-", "++"], ["+++", "+++"], has_diagnosis=True)
    assert [attempt.prompt_tokens for attempt in row.attempts] == [10, 20]
    assert [attempt.model_s for attempt in row.attempts] == [2.0, 4.0]


def test_rules_of_the_lint_stage_are_kept_and_their_words_are_not() -> None:
    row = record("Python/1", ["lint"], ["+++"])
    assert row.attempts[0].lint_rules == ("F841",)
    assert row.attempts[0].error_class is ErrorClass.LINT


@given(st.lists(trajectories, max_size=3))
def test_a_record_answers_as_its_trajectory_does(made: list) -> None:  # type: ignore[type-arg]
    unseen = hidden_only(made)
    for row, source in zip(records_of([("default", made)]), made, strict=True):
        for iteration in range(6):
            assert row.passed_by(iteration) == source.passed_by(iteration)
            if source.passed_by(iteration) is not None:
                assert row.hidden_only_by(iteration) == unseen(source, iteration)


@given(st.lists(trajectories, max_size=3))
def test_a_file_gives_back_what_was_written_and_holds_no_text_of_programs_or_tests(made: list) -> None:  # type: ignore[type-arg]
    rows = records_of([("default", [replace(t, draw=i) for i, t in enumerate(made)])])
    header = replace(HEADER, arms=HEADER.arms[:1], draws=max(1, len(made)))
    text = write(header, rows)
    assert "secret" not in text
    wanted = {(task_id, draw) for task_id in header.task_ids for draw in range(header.draws)}
    if {row.pair for row in rows} == wanted:
        assert read("f", text) == Records(name="f", header=header, rows=rows)
    else:
        with pytest.raises(ConfigError, match="f lacks"):
            read("f", text)


def rows_of(header: Header) -> tuple[Record, ...]:
    made = [trajectory(task_id, ["+-", "++"], ["++-", "+++"]) for task_id in header.task_ids]
    return sorted_rows(header, records_of([(arm.spec, made) for arm in header.arms]))


def shard(number: int, shards: int, *task_ids: str, **changes: object) -> Records:
    header = replace(HEADER, shard=number, shards=shards, task_ids=task_ids, command=f"part {number}", **changes)  # type: ignore[arg-type]
    return Records(name=f"{number}.jsonl", header=header, rows=rows_of(header))


def test_shards_make_the_whole_in_any_order() -> None:
    parts = [shard(1, 3, "Python/1", "Python/10"), shard(2, 3, "Python/2"), shard(3, 3)]
    whole = shard(1, 1, "Python/1", "Python/2", "Python/10")
    for order in (parts, parts[::-1]):
        joined = join(order)
        assert joined.rows == whole.rows
        assert replace(joined.header, command="") == replace(whole.header, command="")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "give every shard's"),
        ([shard(1, 2, "Python/1")], "of 2 shards, 2 are missing"),
        ([shard(1, 2, "Python/1"), shard(1, 2, "Python/1")], "both shard 1"),
        ([shard(1, 2, "Python/1"), shard(2, 2, "Python/1")], "holds twice"),
        ([shard(1, 2, "Python/1"), shard(2, 2, "Python/2", model="another")], "differ in model: another, not fake"),
        ([shard(1, 2, "Python/1"), shard(2, 2, "Python/2", suite_sha256="cd" * 32)], "differ in suite_sha256"),
        ([shard(1, 2, "Python/1"), shard(2, 2, "Python/2", seed=1)], "differ in seed: 1, not 0"),
        ([shard(1, 2, "Python/1"), shard(2, 3, "Python/2")], "differ in shards"),
        ([shard(1, 2, "Python/1"), shard(2, 2, "Python/2", arms=HEADER.arms[::-1])], "differ in arms"),
    ],
)
def test_what_does_not_belong_together_is_refused_in_one_line(parts: list[Records], words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        join(parts)
    assert "\n" not in str(caught.value)


def test_shards_that_were_asked_by_another_text_are_refused() -> None:
    first, second = shard(1, 2, "Python/1"), shard(2, 2, "Python/2")
    row = second.rows[0]
    other = replace(row, attempts=tuple(replace(attempt, template="first@2") for attempt in row.attempts))
    with pytest.raises(ConfigError, match="first@2"):
        join([first, replace(second, rows=(other, *second.rows[1:]))])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: "", "is no file of codeloop ablate"),
        (lambda text: '{"format": "something"}\n', "is no file of codeloop ablate"),
        (lambda text: text[:-40], "is damaged"),
        (lambda text: text.replace('"draws":1', '"draws":true'), "is damaged"),
        (lambda text: text.replace('"handed_over":1', '"handed_over":7'), "is damaged"),
        (lambda text: text.replace('"shard":1', '"shard":2'), "is damaged"),
        (lambda text: text[: text[:-1].rindex("\n") + 1], "lacks 1 trajectories, such as single Python/2 draw 0"),
        (lambda text: text + text[text[:-1].rindex("\n") + 1 :], "holds twice 1"),
        (lambda text: text.replace('"task_ids":["Python/1",', '"task_ids":['), "beside what its header says"),
    ],
)
def test_a_spoilt_file_is_refused_in_one_line(spoil: object, words: str) -> None:
    text = spoil(write(HEADER, rows_of(HEADER)))  # type: ignore[operator]
    with pytest.raises(ConfigError, match=words) as caught:
        read("f.jsonl", text)
    assert "\n" not in str(caught.value)
