"""Cells of the image for translations, for tests that compare a translation with its original without a task."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio

from codeloop import images
from codeloop.languages.c_rust import LANGUAGE
from codeloop.languages.c_rust_tests import IMAGE
from codeloop.sandbox.docker import DockerSandbox
from codeloop.sandbox.port import Cell

T = TypeVar("T")


@asynccontextmanager
async def a_cell() -> AsyncIterator[Cell]:
    """Open a cell of its own; the image is built where it is missing."""
    images.ensure_images([IMAGE], print)
    sandbox = DockerSandbox(run_id="test-c-rust")
    try:
        async with sandbox.open(IMAGE, memory_bytes=LANGUAGE.memory_bytes) as cell:
            yield cell
    finally:
        await sandbox.aclose()


def in_cell(use: Callable[[Cell], Awaitable[T]]) -> T:
    """Give what comes of using a cell."""

    async def body() -> T:
        async with a_cell() as cell:
            return await use(cell)

    return anyio.run(body)
