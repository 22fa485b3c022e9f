"""Policy: when the loop stops and how warm it samples."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Settings of one trajectory."""

    max_repairs: int = 3
    """Attempts after the first: two or three take most of the gain (field notes, section 2)."""
    max_tokens: int = 768
    """Of an answer: HumanEval-X solutions need under 400."""
    temperatures: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8)
    """By iteration, the last one repeating: low first, warmer as it stalls (LLMLOOP's ladder)."""
    seed: int = 0
    stops_on_repeated_error: bool = True
    """End as ``stalled`` when another program fails just as an earlier one did: the same feedback would be given again."""

    def temperature(self, iteration: int) -> float:
        """Give the temperature of an iteration."""
        return self.temperatures[min(iteration, len(self.temperatures) - 1)]
