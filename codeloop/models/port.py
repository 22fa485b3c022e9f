"""The model port: a prompt goes in, a completion comes out."""

from __future__ import annotations

from typing import Protocol

from codeloop.attempts import Completion, Prompt


class Model(Protocol):
    """Something that completes prompts."""

    @property
    def identity(self) -> str:
        """What a recorded reply is valid for: model string and endpoint, or file sum and engine version."""
        ...

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """What else shaped the replies, as (name, value); empty where a provider tells nothing."""
        ...

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer one prompt.

        Raises ModelUnavailable after its own retries, ModelRejected at once.
        """
        ...

    async def aclose(self) -> None:
        """Release what it holds; calling it twice is fine."""
        ...
