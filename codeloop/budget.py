"""Budget: how much a run may spend on model calls, and what it has spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from codeloop.attempts import Completion
from codeloop.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Bounds of a run; ``None`` = no bound. A call under way when a bound is met is finished and paid."""

    tokens: int | None = None
    """Prompt and completion tokens, as the provider counts them."""
    cost_usd: float | None = None
    seconds: float | None = None
    """Wall time of this session, set-up left out; a resumed run has it anew."""


UNBOUNDED = Budget()


class BudgetSpent(Exception):
    """No further call may be made; ``str()`` says which bound is met. Control flow inside a bench, not a user's error."""


@dataclass(slots=True, kw_only=True)
class Meter:
    """Adds up what calls cost. Answers from the store or a cassette are free."""

    budget: Budget
    clock: Callable[[], float]
    """Seconds on any monotonic scale."""
    tokens: int = 0
    cost_usd: float = 0.0
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def add(self, completion: Completion) -> None:
        """Count one answer. Raises ConfigError where a bound stands on a figure that the provider does not give."""
        if completion.is_cached:
            return
        usage = completion.usage
        if usage.prompt_tokens is not None and usage.completion_tokens is not None:
            self.tokens += usage.prompt_tokens + usage.completion_tokens
        elif self.budget.tokens is not None:
            raise ConfigError("the model's endpoint counts no tokens: use --budget-s instead of --budget-tokens")
        if completion.cost_usd is not None:
            self.cost_usd += completion.cost_usd
        elif self.budget.cost_usd is not None:
            raise ConfigError("the price of this model is unknown: use --budget-tokens instead of --budget-cost")

    def require(self) -> None:
        """Raise BudgetSpent where a bound is met; the bound itself may be reached, not passed."""
        budget, seconds = self.budget, self.clock() - self._started
        if budget.tokens is not None and self.tokens >= budget.tokens:
            raise BudgetSpent(f"budget spent: {self.tokens} of {budget.tokens} tokens")
        if budget.cost_usd is not None and self.cost_usd >= budget.cost_usd:
            raise BudgetSpent(f"budget spent: ${self.cost_usd:.4f} of ${budget.cost_usd:.4f}")
        if budget.seconds is not None and seconds >= budget.seconds:
            raise BudgetSpent(f"budget spent: {seconds:.0f} of {budget.seconds:.0f} s")

    @property
    def is_spent(self) -> bool:
        """Say whether a bound is met."""
        try:
            self.require()
        except BudgetSpent:
            return True
        return False
