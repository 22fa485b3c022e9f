"""Store: everything a run has seen, on disk before anything else can go wrong."""

from codeloop.store.database import Store
from codeloop.store.owner import Owner
from codeloop.store.schema import Run, RunStatus

__all__ = ["Owner", "Run", "RunStatus", "Store"]
