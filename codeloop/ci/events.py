"""Events of a project's runs, for webhooks: what came of them all, and that a gate is not met."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

from codeloop.ci.results import WORDS, CiResult, CiRun
from codeloop.events import Event, EventName, GateLine, RunFigures
from codeloop.gates.results import NOT_MET
from codeloop.snapshots import Draw, pass_at_1, sum_known


def events_of(result: CiResult) -> tuple[Event, ...]:
    """Give ``run_finished``, and ``gate_failed`` where a gate is not met: that one names only those gates."""
    run_ids = {run.label: run.run_id for run in result.runs}
    lines = [
        GateLine(
            gate=judged.result.gate.name,
            outcome=judged.result.outcome,
            why=judged.result.why,
            run=run_ids.get(judged.label, ""),
        )
        for judged in result.gates
    ]
    finished = Event(
        name=EventName.RUN_FINISHED,
        created_s=result.created_s,
        codeloop=version("codeloop"),
        outcome=WORDS[result.exit_code],
        runs=tuple(map(figures, result.runs)),
        gates=tuple(lines),
    )
    not_met = tuple(line for line in lines if line.outcome in NOT_MET)
    return (finished, replace(finished, name=EventName.GATE_FAILED, gates=not_met)) if not_met else (finished,)


def figures(run: CiRun) -> RunFigures:
    """Give a run in figures, as far as it came."""
    draws: tuple[Draw, ...] = run.snapshot.draws if run.snapshot else ()
    found = pass_at_1(draws)
    return RunFigures(
        run=run.run_id,
        suite=run.suite,
        model=run.model,
        prompt=run.prompt,
        n_tasks=len({draw.task_id for draw in draws}),
        n_draws=len(draws),
        n_errored=sum(draw.is_errored for draw in draws),
        pass_at_1=found.value,
        low=found.low,
        high=found.high,
        cost_usd=sum_known([draw.cost_usd for draw in draws]) if draws else None,
        seconds=round(sum(draw.model_s + draw.check_s for draw in draws), 3) if draws else None,
    )
