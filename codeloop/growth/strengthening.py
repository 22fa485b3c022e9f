"""The mutation loop: tests against the mutants that survived, until they die or nothing more is gained."""

from __future__ import annotations

from codeloop import prompts
from codeloop.growth.ground import Ground
from codeloop.mutation.mutants import Mutant
from codeloop.testgen.agreement import TestVerdict
from codeloop.testgen.results import Fate, Origin, WrittenTest

_SHOWN = 3  # changes of one line: more are more than a model answers to
_TESTS = 3  # asked for at once


async def strengthen(ground: Ground) -> None:
    """Ask about surviving mutants, the smallest first, those of a line together, until one of four ends is met."""
    settings, stalled, asked = ground.settings, 0, 0
    while not ground.stopped:
        score, group = ground.score(), _next_group(ground)
        if score is not None and score >= settings.target:
            ground.stopped = "target"
        elif not ground.survivors():
            ground.stopped = "no survivors"
        elif not group or stalled >= settings.max_stall:
            ground.stopped = "stall"
        elif asked >= settings.max_questions:
            ground.stopped = "cap"
        else:
            asked += 1
            stalled = 0 if await _attack(ground, group, asked) else stalled + 1


def _next_group(ground: Ground) -> list[Mutant]:
    """Give survivors of one line: of the least asked about, the line with the smallest one; none where all were asked about."""
    by_line: dict[int, list[Mutant]] = {}
    for mutant in ground.survivors():
        if ground.tried.get(mutant.id, 0) < ground.settings.asked_at_most:
            by_line.setdefault(mutant.line, []).append(mutant)

    def rank(line: int) -> tuple[int, int, int]:
        group = by_line[line]
        return min(ground.tried.get(each.id, 0) for each in group), min(map(_size, group)), line

    return sorted(by_line[min(by_line, key=rank)], key=_size) if by_line else []


def _size(mutant: Mutant) -> int:
    return mutant.end - mutant.start


async def _attack(ground: Ground, group: list[Mutant], number: int) -> bool:
    """Ask for tests that a line's survivors fail; keep those that kill any; say whether there were such."""
    asked = prompts.kill_mutants(
        ground.question,
        ground.code,
        line=group[0].line,
        changes="\n".join(map(_diff, group[:_SHOWN])),
        tests=ground.examples(),
        n_tests=_TESTS,
        sampling=ground.sampling(number),
    )
    fates = await ground.fates(await ground.ask(asked))
    kills = await ground.kills([condition for condition, fate in fates.items() if fate is Fate.KEPT])
    for condition, fate in fates.items():
        is_idle = fate is Fate.KEPT and not kills.get(condition)
        ground.tests[condition] = WrittenTest(
            condition=condition,
            origin=Origin.MUTATION,
            fate=Fate.NO_KILL if is_idle else fate,
            verdict=TestVerdict.UNCLEAR if fate is Fate.CONTRADICTED else TestVerdict.RIGHT,
            kills=kills.get(condition, ()),
        )
    killed = {each for numbers in kills.values() for each in numbers}
    for mutant in group[:_SHOWN]:
        if mutant.id not in killed:
            ground.tried[mutant.id] = ground.tried.get(mutant.id, 0) + 1
    return bool(killed)


def _diff(mutant: Mutant) -> str:
    """Show a mutant as a change of its line."""
    removed = "\n".join(f"- {line}" for line in mutant.original.splitlines())
    added = "\n".join(f"+ {line}" for line in mutant.replacement.splitlines())
    return f"{removed}\n{added or '+ (nothing)'}"


__all__ = ["strengthen"]
