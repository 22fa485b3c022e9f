"""``codeloop resume``: go on with a run that was interrupted or killed."""

from __future__ import annotations

import click

from codeloop import config
from codeloop.cli.ablate import run_ablation
from codeloop.cli.bench import run_bench
from codeloop.cli.options import budget_options, say
from codeloop.config import AblationConfig, RunConfig
from codeloop.errors import ConfigError
from codeloop.store import Run, Store


@click.command()
@click.argument("run_id", required=False)
@budget_options
@click.option("--json", "as_json", is_flag=True, help="Standard output is one JSON object.")
def command(run_id: str | None, as_json: bool, **budgets: float | None) -> int:
    """Go on with RUN_ID (default: the newest unfinished run); nothing recorded is asked or checked again.

    A budget given here takes the place of the run's own. An ablation, named by itself or by an arm, goes on as a whole.
    """
    store = Store.open(config.store_url())
    try:
        run = _named(store, run_id) if run_id else _newest_unfinished(store)
    finally:
        store.close()
    if ablation := run.config.get("facts", {}).get("ablation"):
        if any(bound is not None for bound in budgets.values()):
            raise ConfigError(f"{run.run_id} is an arm of an ablation, which takes no budget: leave it out")
        settings = AblationConfig.from_dict(ablation["settings"])
        return run_ablation(settings, ablation["run_id"], as_json=as_json)
    data = {name: value for name, value in run.config.items() if name != "facts"}
    data |= {name: bound for name, bound in budgets.items() if bound is not None}
    return run_bench(RunConfig.from_dict(data), run.run_id, is_new=False, as_json=as_json)


def _named(store: Store, run_id: str) -> Run:
    """Give the run of that id, or an arm of the ablation of that id. Raises UnknownName."""
    arms = [run for run in store.list_runs() if run_id == _whole(run)]
    return arms[0] if arms else store.find_run(run_id)


def _newest_unfinished(store: Store) -> Run:
    newest = store.find_run(None)
    chosen = choose_unfinished(store.list_runs())
    if not chosen:
        raise ConfigError(f"no run to go on with: all are finished or running; name one, such as {newest.run_id}")
    for name in [name for name in dict.fromkeys(map(_whole, chosen)) if name != _whole(chosen[0])]:
        say(f"also unfinished: {name}")
    return chosen[0]


def _whole(run: Run) -> str:
    """Name what goes on with a run: the ablation that it is an arm of, or itself."""
    ablation: dict[str, str] = run.config.get("facts", {}).get("ablation", {})
    return ablation.get("run_id", run.run_id)


def choose_unfinished(known: tuple[Run, ...]) -> tuple[Run, ...]:
    """Give the runs that are unfinished and that no living process is at, the newest first."""
    return tuple(run for run in reversed(known) if run.is_resumable)
