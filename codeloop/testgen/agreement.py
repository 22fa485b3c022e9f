"""Agreement: who is believed where a written test fails on a program.

After CodeT's dual execution agreement (Chen et al. 2022, arXiv:2207.10397): programs that were written apart and pass the
same tests form a group; a group weighs as many programs as it has, times the tests that they pass. Nobody has seen a
right answer here, so a group of one proves nothing, and the statement's own examples decide what agreement leaves open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class TestVerdict(StrEnum):
    """What a written test that fails on the program says. Only ``code_wrong`` may drive a repair."""

    __test__ = False  # no test class: pytest goes by the name

    RIGHT = "right"
    """It passes on the program."""
    CODE_WRONG = "code_wrong"
    TEST_WRONG = "test_wrong"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One program's results: the tests it passes, and whether it passes the statement's examples (``None``: there are none)."""

    passes: frozenset[str]
    passes_examples: bool | None = None


def arbitrate(tests: Sequence[str], program: Ballot, others: Sequence[Ballot]) -> Mapping[str, TestVerdict]:
    """Judge every test by the program and the ``others``, which were written independently of it and of one another.

    A test that fails on the program is believed when it belongs to what the heaviest group of at least two passes and the
    program is not of that group; it is wrong when the program is of that group. Where no group outweighs all others,
    examples speak: if only one side of the test has programs that pass them, that side is right. Else it is unclear.
    """
    groups = _groups([program, *others])
    heaviest = _heaviest(groups)
    verdicts = {}
    for test in tests:
        if test in program.passes:
            verdicts[test] = TestVerdict.RIGHT
        elif heaviest is not None and test in heaviest and program.passes != heaviest:
            verdicts[test] = TestVerdict.CODE_WRONG
        elif heaviest is not None and test not in heaviest and program.passes == heaviest:
            verdicts[test] = TestVerdict.TEST_WRONG
        else:
            verdicts[test] = _by_examples(test, program, others)
    return verdicts


def _groups(ballots: Sequence[Ballot]) -> Mapping[frozenset[str], int]:
    """Count the programs behind each set of tests passed; one that fails an example of the statement has no vote."""
    found: dict[frozenset[str], int] = {}
    for ballot in ballots:
        if ballot.passes_examples is not False:
            found[ballot.passes] = found.get(ballot.passes, 0) + 1
    return found


def _heaviest(groups: Mapping[frozenset[str], int]) -> frozenset[str] | None:
    """Give the tests of the one group that outweighs all others; ``None`` where none of two programs does."""
    weights = {passes: count * len(passes) for passes, count in groups.items() if count > 1}
    heaviest = [passes for passes, weight in weights.items() if weight == max(weights.values())]
    return heaviest[0] if len(heaviest) == 1 else None


def _by_examples(test: str, program: Ballot, others: Sequence[Ballot]) -> TestVerdict:
    for_test = [ballot for ballot in others if test in ballot.passes and ballot.passes_examples]
    against = [ballot for ballot in (program, *others) if test not in ballot.passes and ballot.passes_examples]
    if for_test and not against:
        return TestVerdict.CODE_WRONG
    if len(against) > 1 and not for_test:
        return TestVerdict.TEST_WRONG
    return TestVerdict.UNCLEAR


__all__ = ["Ballot", "TestVerdict", "arbitrate"]
