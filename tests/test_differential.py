"""Translations of `c-basics` against their originals, in real sandboxes: right ones agree, wrong ones are refuted."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio
import pytest

from codeloop import images
from codeloop.bridge.comparison import Comparison
from codeloop.commands import Command, End, Role
from codeloop.sandbox.docker import DockerSandbox
from codeloop.sandbox.port import Cell
from codeloop.stages.differential import IMAGE, MEMORY_BYTES, Budget, NotBuilt, compare
from codeloop.suites.c_functions import Original, load_basics

T = TypeVar("T")
pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]
BASICS = {each.name: each for each in load_basics()}
CHOSEN = list(BASICS) if os.environ.get("CODELOOP_ALL_TRANSLATIONS") else list(BASICS)[::7]
"""All take a quarter of an hour: set ``CODELOOP_ALL_TRANSLATIONS`` after a change of bridge, csource or the image."""


@pytest.fixture(scope="module", autouse=True)
def _image() -> None:
    images.ensure_images([IMAGE], print)


@asynccontextmanager
async def a_cell() -> AsyncIterator[Cell]:
    sandbox = DockerSandbox(run_id="test-differential")
    try:
        async with sandbox.open(IMAGE, memory_bytes=MEMORY_BYTES) as cell:
            yield cell
    finally:
        await sandbox.aclose()


def in_cell(use: Callable[[Cell], Awaitable[T]]) -> T:
    async def body() -> T:
        async with a_cell() as cell:
            return await use(cell)

    return anyio.run(body)


def compared(original: Original, rust: str, budget: Budget | None = None) -> Comparison:
    found = in_cell(lambda cell: compare(cell, original.unit, original.entries, rust, budget))
    assert not isinstance(found, NotBuilt), f"{original.name}: {found.step}: {found.output[:3000]}"
    return found


def clippy(rust: str) -> Command:
    argv = "clippy-driver --edition 2021 --crate-type lib --emit=metadata -W clippy::all -D warnings -o x candidate.rs"
    return Command(argv=tuple(argv.split()), role=Role.COMPILER, files=(("candidate.rs", rust.encode()),))


@pytest.mark.parametrize("name", CHOSEN)
def test_the_reference_is_clean_and_agrees_with_its_original(name: str) -> None:
    original = BASICS[name]
    assert "unsafe" not in original.reference

    async def check(cell: Cell) -> None:
        linted = await cell.run(clippy(original.reference))
        assert (linted.end, linted.code) == (End.EXITED, 0), linted.stderr.decode()

    in_cell(check)
    found = compared(original, original.reference, Budget(runs=60_000))
    assert not found.differences
    assert found.agrees
    assert found.n_compared > 10_000
    assert {each.function for each in found.reached} >= {each.function.name for each in original.entries}


@pytest.mark.parametrize("name", CHOSEN)
def test_the_wrong_translation_is_refuted_by_a_counterexample(name: str) -> None:
    found = compared(BASICS[name], BASICS[name].wrong)
    assert found.differences
    first = found.differences[0]
    assert first.calls
    assert first.message or (first.expected and first.actual)
