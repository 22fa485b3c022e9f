"""Gates: what a run must reach, and whether it did. Pure: snapshots in, outcomes out; missing data is never a pass.

An **absolute** gate bounds a figure of the run. The figure itself is gated; with ``strict`` its whole 95 % interval, and an
interval on both sides of the bound cannot tell.

A **relative** gate tolerates a drop of pass@1 of ``max_regression`` points against a baseline, on the same tasks and draws:

- *regressed*: the exact one-sided test shows a drop at level 0.05 **and** the drop seen is larger than what is tolerated. At no
  change this is a false alarm in at most 5 % of runs, whatever is tolerated. Several relative gates share the 5 % (Bonferroni).
- *not shown to regress*: the 95 % interval excludes every drop as large as what is tolerated (or, where nothing is tolerated, any); or
  every program that was handed over is the same in both runs, and so is every verdict.
- *cannot tell*: all that lies between. The data are too few, too many pairs are missing, or a drop is shown whose size may lie on either
  side of what is tolerated. A person must look; more draws or tasks help.
"""

from codeloop.gates.judge import judge, judge_all, overall, shared_alpha
from codeloop.gates.relative import decide
from codeloop.gates.results import GateResult, Outcome
from codeloop.gates.settings import Gate, Metric, parse_gate

__all__ = [
    "Gate",
    "GateResult",
    "Metric",
    "Outcome",
    "decide",
    "judge",
    "judge_all",
    "overall",
    "parse_gate",
    "shared_alpha",
]
