"""Vacuity: which visible cases hold whatever the entry point returns, and so are evidence of nothing.

A misplaced parenthesis makes such a case: ``abs(find_zero([1, 2]) + 0.5 < 1e-4)`` holds for every number below -0.4999.
The task's stub, a program that returns a constant, is run with several constants. A case that holds for two different
ones of a kind (two numbers, two texts, …) does not depend on the answer as a test should. A case that asks for truth
alone (``assert is_prime(7)``) holds for exactly the true ones, or exactly the false ones, and is sound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from codeloop.attempts import CaseStatus, Status
from codeloop.languages import Language, get_language
from codeloop.languages.port import STUB_VARIABLE, Constant
from codeloop.sandbox.port import Cell, Sandbox
from codeloop.stages.compile import compile_stage
from codeloop.tasks import Task


async def vacuous_cases(task: Task, sandbox: Sandbox, cpu_s: float) -> frozenset[str]:
    """Name the visible cases of ``task`` that two constants of a kind pass; empty where none can be, without a cell.

    Raises SandboxError. A stub that does not compile against the tests finds nothing.
    """
    language = get_language(task.language)
    if task.visible.is_empty or not language.may_be_vacuous(task):
        return frozenset()
    stub = language.stub(task)
    async with sandbox.open(language.name, memory_bytes=language.memory_bytes) as cell:
        compiled = await compile_stage(cell, language, task, stub.code, task.visible.code)
        if compiled.report.status is not Status.PASSED:
            return frozenset()
        passed = {
            number: await _passed(cell, language, task, stub.code, compiled.artifact, number, cpu_s)
            for number in range(len(stub.constants))
        }
    return vacuous(stub.constants, passed)


def vacuous(constants: tuple[Constant, ...], passed: Mapping[int, frozenset[str]]) -> frozenset[str]:
    """Choose from the cases that each constant (by its number) passes."""
    holders: defaultdict[str, set[int]] = defaultdict(set)
    for number, names in passed.items():
        for name in names:
            holders[name].add(number)
    truths = {number for number, constant in enumerate(constants) if constant.is_true}
    everything = set(range(len(constants)))
    by_truth = [part for part in (truths, everything - truths) if part != everything]
    return frozenset(
        name for name, numbers in holders.items() if numbers not in by_truth and _has_two_of_a_kind(constants, numbers)
    )


def _has_two_of_a_kind(constants: tuple[Constant, ...], numbers: set[int]) -> bool:
    kinds = [constants[number].kind for number in numbers]
    return len(set(kinds)) < len(kinds)


async def _passed(
    cell: Cell, language: Language, task: Task, code: str, artifact: bytes, number: int, cpu_s: float
) -> frozenset[str]:
    nonce = f"stub{number}"  # a stub forges nothing
    command = language.test(task, code, task.visible.code, artifact, nonce, cpu_s)
    command = replace(command, env=(*command.env, (STUB_VARIABLE, str(number))))
    report = language.read_test(await cell.run(command), nonce, code)
    return frozenset(case.name for case in report.cases if case.status is CaseStatus.PASSED)
