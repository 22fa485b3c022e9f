"""Properties: what a test-writer says of every input, tried on many; each is believed as a whole or not at all."""

from __future__ import annotations

from codeloop import prompts
from codeloop.growth.ground import Ground
from codeloop.testgen.agreement import TestVerdict
from codeloop.testgen.properties import subject_of
from codeloop.testgen.results import Fate, Origin, WrittenTest

_ASKED = 900  # its question's number: behind those about mutants and those for fresh draws
_ORDER = (Fate.CONTRADICTED, Fate.UNSTABLE, Fate.KEPT)  # what is first in it decides about all


async def generalise(ground: Ground) -> None:
    """Ask for properties once, if any are wanted; keep the instances of those that no instance contradicts.

    One that fails says nothing against the program: the input may be one that the statement does not allow.
    """
    settings, subject = ground.settings, subject_of(ground.task)
    inputs = subject.inputs(ground.kept(Origin.VISIBLE) or ground.kept())
    if not settings.n_properties or not inputs:
        return
    ground.n_properties = settings.n_properties
    names = [parameter.name for parameter in subject.parameters]
    asked = prompts.write_properties(
        ground.question, subject.call, names, settings.n_properties, ground.sampling(_ASKED)
    )
    written = subject.properties(await ground.answer(asked))[: settings.n_properties]
    found = {each: subject.instances(each, inputs, settings.n_inputs, settings.seed) for each in written}
    fates = await _fates(ground, [instances for instances in found.values() if instances])
    for property_, instances in found.items():
        _record(ground, property_, {each: fates[each] for each in instances if each in fates})


async def _fates(ground: Ground, properties: list[tuple[str, ...]]) -> dict[str, Fate]:
    """Run all instances, the first of each property before the others: one that does not compile is tried once only."""
    first = await ground.fates(list(dict.fromkeys(instances[0] for instances in properties)))
    others = [
        each
        for instances in properties
        if first[instances[0]] is not Fate.NOT_COMPILED
        for each in instances
        if each not in first
    ]
    return first | await ground.fates(list(dict.fromkeys(others)))


def _record(ground: Ground, property_: str, fates: dict[str, Fate]) -> None:
    """Give every instance the fate of the whole; one that does not compile, or was known before, is none of it."""
    whole = next((fate for fate in _ORDER if fate in fates.values()), Fate.NOT_COMPILED)
    verdict = TestVerdict.UNCLEAR if whole is Fate.CONTRADICTED else TestVerdict.RIGHT
    for condition, fate in fates.items():
        is_out = fate is Fate.NOT_COMPILED
        if condition not in ground.tests:
            ground.tests[condition] = WrittenTest(
                condition=condition,
                origin=Origin.PROPERTY,
                fate=fate if is_out else whole,
                verdict=TestVerdict.RIGHT if is_out else verdict,
                property=property_,
            )


__all__ = ["generalise"]
