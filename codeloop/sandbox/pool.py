"""Idle cells, kept for the next check."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


@dataclass(slots=True)
class Pool(Generic[K, T]):
    """At most ``size`` idle things; the one that has waited longest makes room. Not for several threads."""

    size: int
    _idle: OrderedDict[int, tuple[K, T]] = field(default_factory=OrderedDict)
    _count: int = 0

    def __len__(self) -> int:
        return len(self._idle)

    def take(self, key: K) -> T | None:
        """Take out the one that was put in last under ``key``: its caches are warmest."""
        for number in reversed(self._idle):
            if self._idle[number][0] == key:
                return self._idle.pop(number)[1]
        return None

    def put(self, key: K, thing: T) -> list[T]:
        """Put one in; give those that have to go."""
        self._count += 1
        self._idle[self._count] = (key, thing)
        gone = []
        while len(self._idle) > self.size:
            gone.append(self._idle.popitem(last=False)[1][1])
        return gone

    def clear(self) -> list[T]:
        """Take out all."""
        gone = [thing for _, thing in self._idle.values()]
        self._idle.clear()
        return gone
