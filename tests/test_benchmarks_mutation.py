"""The mutation benchmarks: what they compare and count, without running anything."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from codeloop.mutation.mutants import find_mutants
from codeloop.mutation.results import MutantResult, MutantStatus, MutationReport

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import mutation_agreement
import mutation_peer_tools
import mutation_references
import mutation_speed

CODE = "def f(a, b):\n    return a < b\n"
MUTANTS = find_mutants("python", CODE).all


def report(*statuses: MutantStatus, is_alone: bool = False) -> MutationReport:
    results = tuple(
        MutantResult(mutant=mutant, status=status, is_alone=is_alone)
        for mutant, status in zip(MUTANTS, statuses, strict=False)
    )
    return MutationReport(results=results, n_found=len(results), run_s=1.0)


@pytest.mark.parametrize(
    ("together", "alone", "kind"),
    [
        (MutantStatus.KILLED, MutantStatus.KILLED, "same"),
        (MutantStatus.WITHDRAWN, MutantStatus.WITHDRAWN, "same"),
        (MutantStatus.NO_COVERAGE, MutantStatus.SURVIVED, "same"),
        (MutantStatus.NO_COVERAGE, MutantStatus.KILLED, "different"),
        (MutantStatus.SURVIVED, MutantStatus.NO_COVERAGE, "different"),
        (MutantStatus.SURVIVED, MutantStatus.KILLED, "different"),
        (MutantStatus.WITHDRAWN, MutantStatus.KILLED, "different"),
        (MutantStatus.KILLED, MutantStatus.WITHDRAWN, "refused"),
        (MutantStatus.TIMED_OUT, MutantStatus.KILLED, "noticed"),
        (MutantStatus.ERRORED, MutantStatus.KILLED, "unknown"),
        (MutantStatus.KILLED, MutantStatus.NOT_RUN, "unknown"),
    ],
)
def test_two_verdicts_are_the_same_only_where_they_say_the_same(
    together: MutantStatus, alone: MutantStatus, kind: str
) -> None:
    (pair,) = mutation_agreement.paired("t/1", report(together), report(alone, is_alone=True))
    assert pair.kind == kind


def test_a_difference_names_the_mutant_and_both_outcomes_but_not_the_program() -> None:
    (pair,) = mutation_agreement.paired("t/1", report(MutantStatus.SURVIVED), report(MutantStatus.KILLED))
    assert str(pair).startswith(f"t/1 mutant 1 {MUTANTS[0].operator} line 2: survived")
    assert MUTANTS[0].original not in str(pair)


def test_different_mutants_are_not_compared() -> None:
    other = MutationReport(results=(MutantResult(mutant=MUTANTS[1], status=MutantStatus.KILLED),))
    with pytest.raises(ValueError, match="not judged in schemata"):
        mutation_agreement.paired("t/1", report(MutantStatus.KILLED), other)


def test_tasks_lie_evenly_over_the_suite_and_are_as_few_as_hold_the_mutants() -> None:
    assert mutation_agreement.spread([4] * 10, 8) == [0, 5]
    assert mutation_agreement.spread([0, 4, 4, 4], 8) == [0, 1, 2]
    assert mutation_agreement.spread([1, 1], 50) == [0, 1]


def test_schemata_may_hold_more_mutants_than_were_judged_alone() -> None:
    whole = report(MutantStatus.SURVIVED, MutantStatus.KILLED)
    alone = MutationReport(results=(MutantResult(mutant=MUTANTS[1], status=MutantStatus.KILLED, is_alone=True),))
    assert [pair.kind for pair in mutation_agreement.paired("t/1", whole, alone)] == ["same"]


def test_the_table_of_agreement_counts_by_both_statuses() -> None:
    pairs = mutation_agreement.paired(
        "t/1", report(MutantStatus.KILLED, MutantStatus.KILLED), report(MutantStatus.KILLED, MutantStatus.TIMED_OUT)
    )
    head, row = mutation_agreement.table_of(pairs)
    assert head.split() == ["schemata,", "alone:", "killed", "timed_out"]
    assert row.split() == ["killed", "1", "1"]


def test_a_language_without_mutants_has_a_line() -> None:
    assert "-" in mutation_references.line_of("python", [("t/1", MutationReport())], 1.0)


def test_what_the_compiler_said_of_a_program_is_not_printed() -> None:
    found = MutationReport(notes=("the compiler refuses the schemata: cannot find `secret`",))
    assert mutation_references.notes_of([("t/1", found)]) == ["t/1: the compiler refuses the schemata:"]


def test_the_speed_of_both_ways_is_a_ratio_of_medians() -> None:
    line = mutation_speed.line_of(
        "cpp",
        1,
        [(wall, [report(MutantStatus.KILLED)]) for wall in (1.0, 2.0, 9.0)],
        [(wall, [report(MutantStatus.KILLED)]) for wall in (10.0, 20.0, 30.0)],
    )
    assert "10.0x" in line
    assert "10.0 10.0 3.3" in line


def test_the_call_at_the_end_of_a_test_program_becomes_a_test_function() -> None:
    text = mutation_peer_tools.test_text("m1", "def check(f):\n    assert f(1) == 1\n\ncheck(same)\n")
    assert "def test_m1():\n    check(same)\n" in text
    assert "\ncheck(same)" not in text
    with pytest.raises(ValueError, match="do not end with a call"):
        mutation_peer_tools.test_text("m1", "assert True\n")  # input of the script: a program that ends with no call


def test_outcomes_of_cosmic_ray_are_counted_with_its_time_outs_apart() -> None:
    dump = "\n".join(
        json.dumps([{"job_id": "1"}, result])
        for result in (
            {"test_outcome": "killed", "output": "timeout"},
            {"test_outcome": "killed", "output": "AssertionError"},
            {"test_outcome": "survived", "output": ""},
            None,
        )
    )
    assert mutation_peer_tools.cosmic_ray_counts(dump) == {"timed out": 1, "killed": 1, "survived": 1, "other": 1}
