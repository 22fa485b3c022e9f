"""No model: for runs that only check what they begin with."""

from __future__ import annotations

from codeloop.attempts import Completion, Prompt
from codeloop.errors import ModelRejected

NAME = "none"


class NoModel:
    """Answers nothing."""

    identity = NAME
    details: tuple[tuple[str, str], ...] = ()

    async def complete(self, prompt: Prompt) -> Completion:
        """Raise ModelRejected."""
        raise ModelRejected(f"no model was asked for ({prompt.template}): name one with --model")

    async def aclose(self) -> None:
        """Release nothing."""
