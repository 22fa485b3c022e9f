"""Store: everything a run has seen, on disk before anything else can go wrong."""

from codeloop.store.database import Store
from codeloop.store.owner import Owner
from codeloop.store.schema import Baseline, Run, RunStatus

__all__ = ["Baseline", "Owner", "Run", "RunStatus", "Store"]
