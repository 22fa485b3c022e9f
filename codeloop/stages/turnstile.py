"""Turnstile: many checks at once, or one alone while all others wait outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio


class Turnstile:
    """Lets checks through together, and one that must have the machine to itself after all others have left."""

    def __init__(self) -> None:
        self._inside = 0
        self._is_reserved = False
        self._changed = anyio.Condition()

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Wait while somebody is alone inside or waits to be, then go in."""
        async with self._changed:
            while self._is_reserved:
                await self._changed.wait()
            self._inside += 1
        try:
            yield
        finally:
            await self._leave()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Keep newcomers out, wait until everybody has left, then go in."""
        async with self._changed:
            while self._is_reserved:
                await self._changed.wait()
            self._is_reserved = True
        try:
            async with self._changed:
                while self._inside:
                    await self._changed.wait()
            yield
        finally:
            await self._open()

    async def _leave(self) -> None:
        with anyio.CancelScope(shield=True):
            async with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    async def _open(self) -> None:
        with anyio.CancelScope(shield=True):
            async with self._changed:
                self._is_reserved = False
                self._changed.notify_all()
