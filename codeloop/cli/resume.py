"""``codeloop resume``: go on with a run that was interrupted or killed."""

from __future__ import annotations

import click

from codeloop import config
from codeloop.cli.bench import run_bench
from codeloop.cli.options import budget_options
from codeloop.config import RunConfig
from codeloop.store import Store


@click.command()
@click.argument("run_id", required=False)
@budget_options
@click.option("--json", "as_json", is_flag=True, help="Standard output is one JSON object.")
def command(run_id: str | None, as_json: bool, **budgets: float | None) -> int:
    """Go on with RUN_ID (default: the newest run); nothing recorded is asked or checked again.

    A budget given here takes the place of the run's own.
    """
    store = Store.open(config.store_url())
    try:
        run = store.find_run(run_id)
    finally:
        store.close()
    data = {name: value for name, value in run.config.items() if name != "facts"}
    data |= {name: bound for name, bound in budgets.items() if bound is not None}
    return run_bench(RunConfig.from_dict(data), run.run_id, is_new=False, as_json=as_json)
