"""Asking: a model whose every answer is recorded before anything else can go wrong, and asked for once only."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import anyio
import anyio.to_thread

from codeloop.attempts import Completion, Prompt
from codeloop.budget import Meter
from codeloop.errors import StoreError
from codeloop.models.port import Model
from codeloop.models.replay import RecordingModel
from codeloop.store import Store

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedModel:
    """Asks ``model`` for a run; ``meter`` bounds and counts what is spent."""

    run_id: str
    model: Model
    store: Store
    meter: Meter

    async def __call__(self, prompt: Prompt) -> Completion:
        """Answer from the store if it can; else ask. Raises ModelError, BudgetSpent, StoreError."""
        known = await threaded(self.store.reply, self.model.identity, prompt)
        if known is not None:
            await threaded(self.store.note_answer_from_store, self.run_id, self.model.identity, prompt)
            if isinstance(self.model, RecordingModel):
                await self.model.keep(prompt, known)
            return known
        self.meter.require()
        call = await threaded(self.store.begin_call, self.run_id, self.model.identity, prompt)
        try:
            completion = await self.model.complete(prompt)
        except BaseException as exc:
            error = exc if isinstance(exc, Exception) else None  # what is no Exception is a cancellation or Ctrl-C
            with anyio.CancelScope(shield=True), suppress(StoreError):  # the model's own error says more
                await threaded(self.store.fail_call, call, error)
            raise
        with anyio.CancelScope(shield=True):  # a paid reply is recorded even while Ctrl-C is being handled
            await threaded(self.store.record_reply, self.model.identity, prompt, completion, call)
        self.meter.add(completion)
        return completion


async def threaded(function: Callable[..., _T], *args: object) -> _T:
    """Run a call of the store in a thread."""
    return await anyio.to_thread.run_sync(lambda: function(*args))


__all__ = ["RecordedModel", "threaded"]
