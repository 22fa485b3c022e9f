"""Variants of C against their originals, in real sandboxes: rewrites agree, planted faults are refuted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from codeloop import images
from codeloop.bridge import texts_between
from codeloop.languages.c_rust import LANGUAGE
from codeloop.languages.c_rust_comparison import Comparison, How
from codeloop.languages.c_rust_tests import IMAGE, Budget, NotBuilt
from codeloop.perturb import perturbed
from codeloop.sandbox.docker import DockerSandbox
from codeloop.sandbox.port import Cell
from codeloop.stages.differential import compare_originals
from codeloop.suites.c_functions import Original, load_basics

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]
BASICS = {each.name: each for each in load_basics()}
BUDGET = Budget(runs=20_000)


@pytest.fixture(scope="module", autouse=True)
def _image() -> None:
    images.ensure_images([IMAGE], print)


@asynccontextmanager
async def a_cell() -> AsyncIterator[Cell]:
    sandbox = DockerSandbox(run_id="test-twins")
    try:
        async with sandbox.open(IMAGE, memory_bytes=LANGUAGE.memory_bytes) as cell:
            yield cell
    finally:
        await sandbox.aclose()


def compared(original: Original, *variants: str) -> list[Comparison | NotBuilt]:
    async def body() -> list[Comparison | NotBuilt]:
        async with a_cell() as cell:
            texts = texts_between(original.unit, original.entries)
            return [await compare_originals(cell, texts, each, BUDGET) for each in variants]

    return anyio.run(body)


@pytest.mark.parametrize("name", ["calculator", "overlap", "ring_buffer", "compare_versions", "median"])
def test_an_original_agrees_with_itself(name: str) -> None:
    (found,) = compared(BASICS[name], BASICS[name].unit.text)
    assert isinstance(found, Comparison)
    assert found.agrees
    assert found.n_compared > 1_000


@pytest.mark.parametrize(
    ("name", "right", "wrong", "how"),
    [
        ("lower_bound", "low = middle + 1;", "low = middle + 2;", How.DIFFERENT),
        ("calculator", "if (top == 0) {", "if (top <= 1) {", How.DIFFERENT),
        ("histogram", "i < 16", "i < 17", How.PANICKED),
        ("midpoint", "(a + b) / 2", "(b + 1 + a - 1) / 2", How.PANICKED),
        ("lower_bound", "low = middle + 1;", "low = middle;", How.DIED),
    ],
)
def test_a_wrong_variant_is_refuted_by_a_counterexample(name: str, right: str, wrong: str, how: How) -> None:
    original = BASICS[name]
    assert original.unit.text.count(right) == 1
    (found,) = compared(original, original.unit.text.replace(right, wrong))
    assert isinstance(found, Comparison)
    assert how in {each.how for each in found.differences}
    assert found.differences[0].calls


@pytest.mark.parametrize("name", ["adler32", "lcg_next", "overlap", "parse_ipv4", "rc4", "trim"])
def test_perturbations_agree_with_their_original(name: str) -> None:
    original = BASICS[name]
    variants = [each.text for each in perturbed(original.unit.text, 5, 2)]
    for text, found in zip(variants, compared(original, *variants), strict=True):
        assert isinstance(found, Comparison), found
        assert found.agrees, (found.differences, text)


def test_a_variant_that_does_not_compile_is_told() -> None:
    (found,) = compared(BASICS["midpoint"], "int midpoint(int a, int b) { return nowhere; }")
    assert isinstance(found, NotBuilt)
    assert found.is_candidates
    assert "nowhere" in found.output


def test_what_was_compared_before_in_a_cell_is_no_part_of_what_is_compared_next() -> None:
    original = BASICS["lower_bound"]
    right = original.unit.text
    wrong = right.replace("low = middle + 1;", "low = middle + 2;")
    found = compared(original, right, wrong, right)
    assert all(isinstance(each, Comparison) for each in found)
    assert [bool(each.differences) for each in found if isinstance(each, Comparison)] == [False, True, False]
    first, _, last = (each for each in found if isinstance(each, Comparison))
    assert first.n_compared == last.n_compared
