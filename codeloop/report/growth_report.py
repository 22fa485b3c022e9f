"""Grown tests as tables and plain data: mutation scores as the suites grew, and how far written tests can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from codeloop.report import mutation_report
from codeloop.report.terminal import TableRows
from codeloop.testgen.agreement import TestVerdict
from codeloop.testgen.results import Fate, Growth, Origin, WrittenTest

_STAGES = (Origin.VISIBLE.value, Origin.GENERATED.value, Origin.MUTATION.value)
"""Instances of properties count in the second."""
_SOURCES = {
    Origin.GENERATED: "tests written from the statement",
    Origin.PROPERTY: "instances of properties",
    Origin.MUTATION: "tests written against surviving mutants",
}


def rows(growths: Sequence[Growth]) -> Iterator[TableRows]:
    """Give the tables."""
    whole = [growth for growth in growths if not growth.error]
    languages = tuple(dict.fromkeys(growth.language for growth in growths))
    by_language = {name: [each for each in whole if each.language == name] for name in languages}
    has_properties = any(growth.n_properties for growth in growths)
    lines = [
        (
            f"mutation score, {_named(stage, has_properties)}",
            *(_percent(mean_score(by_language[name], stage)) for name in languages),
        )
        for stage in _STAGES
    ]
    equivalent = {name: sum(len(each.probable_equivalents()) for each in by_language[name]) for name in languages}
    lines.append(("probable equivalents", *(str(equivalent[name]) for name in languages)))
    lines.append(("programs", *(str(len(by_language[name])) for name in languages)))
    lines.append(("errored", *(str(sum(g.error != "" and g.language == name for g in growths)) for name in languages)))
    yield "mutation score, mean over programs", ("", *languages), lines
    if has_properties:
        figures = {name: _property_figures(by_language[name]) for name in languages}
        yield "properties written from the statement", ("", *languages), _lines(_property_figures([]), figures)
    for origin, source in _SOURCES.items():
        if origin is not Origin.PROPERTY or has_properties:
            figures = {name: _figures(by_language[name], origin) for name in languages}
            yield source, ("", *languages), _lines(_figures([], origin), figures)


def as_json(growths: Sequence[Growth]) -> dict[str, Any]:
    """Give the same figures, and each program's."""
    languages = tuple(dict.fromkeys(growth.language for growth in growths))
    whole = {name: [each for each in growths if each.language == name and not each.error] for name in languages}
    return {
        "schema_version": 1,
        "languages": {
            name: {
                "programs": len(mine),
                "mutation_score": {stage: mean_score(mine, stage) for stage in _STAGES},
                "generated": _figures(mine, Origin.GENERATED),
                "properties": _property_figures(mine),
                "property": _figures(mine, Origin.PROPERTY),
                "mutation": _figures(mine, Origin.MUTATION),
            }
            for name, mine in whole.items()
        },
        "programs": [_program(growth) for growth in growths],
    }


def mutants_document(growth: Growth) -> dict[str, Any]:
    """Give a program's mutants as mutation-testing-elements JSON, each with the tests that notice it."""
    if growth.mutation is None:
        raise ValueError(growth.error or "no mutants were judged")
    kept = {test.condition: frozenset(test.kills) for test in growth.kept}
    results = tuple(
        replace(result, killed_by=tuple(name for name, kills in kept.items() if result.mutant.id in kills))
        for result in growth.mutation.results
    )
    report = replace(growth.mutation, results=results)
    return mutation_report.document(
        growth.task_id, growth.language, growth.code, report, kept, growth.probable_equivalents()
    )


def mean_score(growths: Sequence[Growth], stage: str) -> float | None:
    """Give the mean over programs that have mutants: 0..1; ``None`` of none."""
    found = [score for growth in growths for name, score in growth.scores if name == stage and score is not None]
    return fmean(found) if found else None


def _figures(growths: Sequence[Growth], origin: Origin) -> dict[str, Any]:
    """Count written tests by fate; ``refuted``: the reference fails it; the share is of all whose truth is known."""
    tests = [test for growth in growths for test in growth.tests if test.origin is origin]
    fates, verdicts = Counter(test.fate for test in tests), Counter(test.verdict for test in tests)
    known = [test for test in tests if test.is_right is not None and test.fate is not Fate.NOT_COMPILED]
    kept = [test for test in known if test.fate is Fate.KEPT]
    return {
        "written": len(tests),
        "kept": fates[Fate.KEPT],
        "not compiled": fates[Fate.NOT_COMPILED],
        "unstable": fates[Fate.UNSTABLE],
        "contradicted": fates[Fate.CONTRADICTED],
        "no kill": fates[Fate.NO_KILL],
        "code wrong": verdicts[TestVerdict.CODE_WRONG],
        "test wrong": verdicts[TestVerdict.TEST_WRONG],
        "unclear": verdicts[TestVerdict.UNCLEAR],
        "refuted by the reference, of all": _share(sum(not test.is_right for test in known), len(known)),
        "refuted by the reference, of kept": _share(sum(not test.is_right for test in kept), len(kept)),
    }


def _property_figures(growths: Sequence[Growth]) -> dict[str, Any]:
    """Count properties by the fate of the whole; the reference refutes one when it fails an instance."""
    found = [tests for growth in growths for tests in _by_property(growth).values()]
    wholes = Counter(_whole(tests) for tests in found)
    known = [tests for tests in found if any(test.is_right is not None for test in tests)]
    kept = [tests for tests in known if _whole(tests) is Fate.KEPT]
    return {
        "asked for": sum(growth.n_properties for growth in growths),
        "written": len(found),
        "kept": wholes[Fate.KEPT],
        "not compiled": wholes[Fate.NOT_COMPILED],
        "unstable": wholes[Fate.UNSTABLE],
        "contradicted": wholes[Fate.CONTRADICTED],
        "refuted by the reference, of all": _share(sum(map(_is_refuted, known)), len(known)),
        "refuted by the reference, of kept": _share(sum(map(_is_refuted, kept)), len(kept)),
    }


def _by_property(growth: Growth) -> dict[str, list[WrittenTest]]:
    found: dict[str, list[WrittenTest]] = {}
    for test in growth.tests:
        if test.property:
            found.setdefault(test.property, []).append(test)
    return found


def _whole(tests: Sequence[WrittenTest]) -> Fate:
    """Give the fate of a property: that of its instances, which is one but for those that do not compile."""
    return next((test.fate for test in tests if test.fate is not Fate.NOT_COMPILED), Fate.NOT_COMPILED)


def _is_refuted(tests: Sequence[WrittenTest]) -> bool:
    return any(test.is_right is False and test.fate is not Fate.NOT_COMPILED for test in tests)


def _lines(names: Iterable[str], figures: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Give a line for each figure, a column for each language."""
    return [(name, *(str(each[name]) for each in figures.values())) for name in names]


def _program(growth: Growth) -> dict[str, Any]:
    return {
        "task_id": growth.task_id,
        "language": growth.language,
        "draw": growth.draw,
        "mutation_score": dict(growth.scores),
        "stopped": growth.stopped,
        "error": growth.error,
        "probable_equivalents": list(growth.probable_equivalents()),
        "tests": [
            {
                "condition": test.condition,
                "origin": test.origin.value,
                "property": test.property,
                "fate": test.fate.value,
                "verdict": test.verdict.value,
                "kills": list(test.kills),
                "is_right": test.is_right,
            }
            for test in growth.tests
        ],
    }


def _named(stage: str, has_properties: bool) -> str:
    generated = "after test generation and properties" if has_properties else "after test generation"
    return {"visible": "visible tests", "generated": generated, "mutation": "after the mutation loop"}[stage]


def _percent(value: float | None) -> str:
    return "none" if value is None else f"{100 * value:.1f}"


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}"


__all__ = ["as_json", "mean_score", "mutants_document", "rows"]
