"""A circuit breaker: when an engine fails again and again, stop asking it for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from codeloop.errors import SandboxUnavailable

THRESHOLD = 5
"""Failures in a row: with each start tried three times, fifteen."""
PAUSE_S = 30.0


@dataclass(slots=True)
class Breaker:
    """Counts failures in a row. Open, it refuses for ``PAUSE_S`` seconds; then one attempt may show that all is well."""

    clock: Callable[[], float] = time.monotonic
    failures: int = 0
    opened_at: float = 0.0
    reason: str = ""

    def check(self) -> None:
        """Raise SandboxUnavailable while it is open."""
        if self.failures >= THRESHOLD and self.clock() - self.opened_at < PAUSE_S:
            raise SandboxUnavailable(f"the engine failed {self.failures} times in a row, last: {self.reason}")

    def failed(self, reason: str) -> None:
        """Note a failure."""
        self.failures, self.reason, self.opened_at = self.failures + 1, reason, self.clock()

    def succeeded(self) -> None:
        """Forget the failures."""
        self.failures = 0
