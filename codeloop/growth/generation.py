"""Test generation: tests from the statement, and who is believed where one fails on the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codeloop import prompts
from codeloop.attempts import Attempt, Ending
from codeloop.extract import extract
from codeloop.growth.ground import FIRST_ITERATION, Ground, Write
from codeloop.ladders import ByIteration
from codeloop.loop import run_trajectory
from codeloop.moves import RepairBest
from codeloop.policy import Policy
from codeloop.stages.check import Check
from codeloop.tasks import VisibleTests
from codeloop.testgen.agreement import Ballot, TestVerdict, arbitrate
from codeloop.testgen.results import Fate, Origin, WrittenTest

_DRAWN = 100  # questions of fresh draws are counted from here
_WARM = 0.8  # programs that are to be independent must not all be the likeliest one


@dataclass(frozen=True, slots=True, kw_only=True)
class Coder:
    """The model that writes programs, and the check that its repairs must pass. ``written``: independent programs there are."""

    complete: Write
    check: Check
    written: Sequence[str] = ()


async def take_visible(ground: Ground) -> None:
    """Begin with the task's own tests, one by one; of these too, those that fail are not of the suite."""
    for condition, fate in (await ground.fates(ground.read(ground.task.visible.code))).items():
        ground.tests[condition] = WrittenTest(condition=condition, origin=Origin.VISIBLE, fate=fate)


async def generate(ground: Ground, coder: Coder) -> None:
    """Ask for tests once; keep what passes, arbitrate what fails, repair a program that is shown wrong."""
    n_tests = ground.settings.n_tests
    asked = prompts.write_tests(ground.question, ground.examples(), n_tests, ground.sampling(0))
    fates = await ground.fates(await ground.ask(asked))
    failing = [condition for condition, fate in fates.items() if fate is Fate.CONTRADICTED]
    passing = [condition for condition, fate in fates.items() if fate is Fate.KEPT]
    verdicts = await _arbitrated(ground, coder, passing, failing) if failing else {}
    for condition, fate in fates.items():
        verdict = verdicts.get(condition, TestVerdict.RIGHT)
        ground.tests[condition] = WrittenTest(condition=condition, origin=Origin.GENERATED, fate=fate, verdict=verdict)
    believed = [condition for condition in failing if verdicts[condition] is TestVerdict.CODE_WRONG]
    if believed and ground.settings.max_repairs:
        await _repair(ground, coder, believed)


async def _arbitrated(ground: Ground, coder: Coder, passing: list[str], failing: list[str]) -> dict[str, TestVerdict]:
    """Ask programs that were written independently of this one, and the statement's examples."""
    tests, examples = [*passing, *failing], ground.kept(Origin.VISIBLE)
    ballots = []
    for code in await _programs(ground, coder):
        results = await ground.trial.results(code, [*examples, *tests])
        if any(result is not None for result in results.values()):  # else it is no program
            passes = frozenset(test for test in tests if results[test])
            is_right = all(results[test] for test in examples) if examples else None
            ballots.append(Ballot(passes=passes, passes_examples=is_right))
    own = Ballot(passes=frozenset(passing), passes_examples=True if examples else None)
    return dict(arbitrate(tests, own, ballots))


async def _programs(ground: Ground, coder: Coder) -> list[str]:
    """Give the independent programs there are, and fresh draws until there are enough."""
    found = [code for code in dict.fromkeys(coder.written) if code.strip()]
    for number in range(ground.settings.n_programs - len(found)):
        sampling = replace(ground.sampling(_DRAWN + number), temperature=_WARM, max_tokens=Policy().max_tokens)
        completion = await coder.complete(prompts.first(ground.question, sampling))
        found.append(extract(ground.task, completion).code)
    return [code for code in found if code.strip()][: ground.settings.n_programs]


async def _repair(ground: Ground, coder: Coder, believed: list[str]) -> None:
    """Let the loop repair the program, with the believed tests beside those that it passes; only if all pass is it taken."""
    tests = [*ground.kept(), *believed]
    visible = VisibleTests(code=ground.program(tests), origin="generated")
    policy = Policy(
        name="repair",
        plan=RepairBest(),
        ladder=ByIteration((ground.settings.temperature,)),
        max_repairs=ground.settings.max_repairs,
        seed=ground.settings.seed + FIRST_ITERATION,
    )
    trajectory = await run_trajectory(
        replace(ground.task, visible=visible, start=ground.code),
        ground.draw,
        complete=coder.complete,
        check=coder.check,
        record=_unrecorded,
        policy=policy,
    )
    if trajectory.ending is Ending.SOLVED:
        ground.code = trajectory.attempts[trajectory.attempts[-1].handed_over].candidate.code
        for condition in believed:
            ground.tests[condition] = replace(ground.tests[condition], fate=Fate.KEPT)


async def _unrecorded(attempt: Attempt) -> None:
    """Leave an attempt to the record of the growth as a whole."""


__all__ = ["Coder", "generate", "take_visible"]
