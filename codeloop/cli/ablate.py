"""``codeloop ablate``: arms over the same tasks and draws, and what each won over the controls."""

from __future__ import annotations

import hashlib
import json
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import click

from codeloop import config
from codeloop.ablate import Ablation, arm_run_id, of_numbers, require_arms, shard_of
from codeloop.attempts import Trajectory
from codeloop.bench import CUT_SHORT
from codeloop.cli.bench import ks_of
from codeloop.cli.faults import kinds_of, noticed_in_all
from codeloop.cli.merge import merge, read_records, write_all
from codeloop.cli.noted import note_origin
from codeloop.cli.options import languages, option, run_options, say, words
from codeloop.cli.progress import RunProgress
from codeloop.cli.running import chosen, exit_code, facts_of, load_for, new_run_id, trust
from codeloop.comparison import failed_first
from codeloop.config import AblationConfig, RunConfig
from codeloop.errors import ConfigError, StoreError
from codeloop.models.names import check_model_name
from codeloop.policies import get_policy
from codeloop.policy import Policy
from codeloop.records import Arm, Header, Setting, records_of
from codeloop.registry import open_checker, open_model, with_rules
from codeloop.report.ablation_report import AblationReport
from codeloop.shards import Records, in_order, sorted_rows, write
from codeloop.store import RunStatus, Store
from codeloop.tasks import Suite, Task


class _OrMerge(click.Command):
    """A command of which ``merge`` is another one: a suite may stand in its place, so this is no group."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if args[:1] == ["merge"]:
            return merge.make_context(f"{info_name} merge", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(cls=_OrMerge)
@click.argument("suite", default="humaneval-x")
@option(
    "--arms",
    default="default,single,placebo,resample",
    help="Policies as of bench --policy, comma-separated. Controls: single (no loop), placebo (no findings), resample "
    "(independent draws with the tokens that the loop spent: of default, else of the first arm that is no control).",
)
@run_options
@option(
    "--failed-in",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Records of an earlier ablation: only tasks of which a first program failed there.",
    show_default=False,
)
@option("--numbers", type=click.Choice(["all", "even", "odd"]), default="all", help="Tasks of such numbers only.")
@option("--shard", default="1/1", help="Only part i of n: every n-th task number.")
@option("--run-id", default="", help="Name of the ablation; the same again goes on with it.", show_default=False)
@option("--out", default="", help="Folder of the results.  [default: one of the run's own]", show_default=False)
@click.option("--json", "as_json", is_flag=True, help="Standard output is one JSON object.")
def command(
    suite: str,
    arms: str,
    lang: str,
    tasks: str,
    ks: str,
    numbers: str,
    shard: str,
    run_id: str,
    out: str,
    as_json: bool,
    failed_in: tuple[Path, ...],
    **rest: Any,
) -> int:
    """Run several policies over the same tasks and draws of SUITE, and compare them.

    First answers are shared. Each arm is a run of its own (RUN.ARM), recorded as it goes: after a kill, `codeloop resume`, or
    the same command with the same --run-id, goes on. `codeloop ablate merge FILE…` puts the records of all shards together.
    """
    part, parts = _shard(shard)
    task_ids = words(tasks)
    if failed_in:
        if task_ids:
            raise ConfigError("--failed-in chooses the tasks: leave out --tasks")
        task_ids = failed_first(row for path in failed_in for row in read_records(path).rows)
        if not task_ids:
            say("codeloop: nothing to run: every first program passed")
            return 5
    settings = AblationConfig(
        run=RunConfig(suite=suite, languages=languages(lang), ks=ks_of(ks), task_ids=task_ids, **rest),
        arms=words(arms),
        numbers=numbers,
        shard=part,
        shards=parts,
        out=out,
    )
    return run_ablation(settings, run_id or new_run_id(), as_json=as_json)


def run_ablation(settings: AblationConfig, run_id: str, *, as_json: bool) -> int:
    """Run or go on with an ablation, and print its report."""
    require_arms(settings.arms)
    policies = tuple(replace(get_policy(spec), seed=settings.run.seed) for spec in settings.arms)
    check_model_name(settings.run.model)
    suite = load_for(settings.run)
    whole = chosen(replace(suite, tasks=of_numbers(suite.tasks, settings.numbers)), settings.run)
    tasks = shard_of(whole, settings.shard, settings.shards)
    if not tasks:
        say("codeloop: nothing to run: no task matches")
        return 5
    session = _Session(settings=settings, run_id=run_id, policies=policies, suite=suite, tasks=tasks, as_json=as_json)
    store = Store.open(config.store_url())
    try:
        session.claim(store)
        return anyio.run(session.run, store)
    except KeyboardInterrupt:
        say(f"interrupted; everything finished is recorded. Go on with: codeloop resume {run_id}")
        return 130
    finally:
        with suppress(StoreError):  # it would hide what ended the run; a dead owner's claim is taken over anyway
            session.release(store, RunStatus.INTERRUPTED)  # nothing, once released
        store.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    settings: AblationConfig
    run_id: str
    policies: tuple[Policy, ...]
    suite: Suite
    tasks: tuple[Task, ...]
    as_json: bool

    @property
    def run_ids(self) -> tuple[str, ...]:
        return tuple(arm_run_id(self.run_id, policy.name) for policy in self.policies)

    def claim(self, store: Store) -> None:
        """Make the arms' runs, all at once so that a kill leaves none to be forgotten. Raises ConfigError for other settings."""
        known = {run.run_id: run for run in store.list_runs()}
        for run_id, policy in zip(self.run_ids, self.policies, strict=True):
            if run_id not in known:
                run = replace(self.settings.run, policy=policy.name, max_iterations=policy.max_repairs)
                store.new_run(run_id, run.as_dict() | {"facts": {"ablation": self._noted()}})
            elif not self._is_mine(known[run_id].config):
                raise ConfigError(f"run {run_id} was made with other settings: name another --run-id")
            store.claim(run_id)

    def _noted(self) -> dict[str, Any]:
        return {"run_id": self.run_id, "settings": self.settings.as_dict()}

    def _is_mine(self, stored: dict[str, Any]) -> bool:
        noted = stored.get("facts", {}).get("ablation")
        return noted is not None and AblationConfig.from_dict(noted["settings"]).settled == self.settings.settled

    def release(self, store: Store, status: RunStatus) -> None:
        for run_id in self.run_ids:
            store.release(run_id, status)

    async def run(self, store: Store) -> int:
        """Run what has not ended, write and report; give the exit code."""
        run, names = self.settings.run, tuple(dict.fromkeys(task.language for task in self.tasks))
        part = f", shard {self.settings.shard} of {self.settings.shards}" if self.settings.shards > 1 else ""
        say(
            f"ablation {self.run_id}: {len(self.policies)} arms on {len(self.tasks)} tasks of {self.suite.name}{part}, "
            f"{run.draws} draw(s), model {run.model}"
        )
        lints = any(policy.gate("lint") for policy in self.policies)
        choice = replace(run.sandbox_choice, needs_analysers=lints)
        async with open_checker(self.run_id, names, run.jobs, say, choice) as checker:
            await trust(self.tasks, checker, frozenset(task_id for task_id, _ in self.suite.errata))
            tasks = await noticed_in_all(self.tasks, checker, store, self.run_ids)
            if not tasks:
                say("codeloop: nothing to run: no test notices any of the faults")
                return 5
            model = open_model(run, say)
            try:
                for run_id in self.run_ids:
                    store.note_facts(run_id, facts_of(self.suite, model, checker))
                    note_origin(store, run_id, run, tasks)
                ablation = Ablation(
                    run_id=self.run_id,
                    tasks=tasks,
                    draws=run.draws,
                    arms=self.policies,
                    model=model,
                    check_of=lambda policy: policy.checker(with_rules(checker, run.lint_rules)),
                    store=store,
                )
                done = await ablation.run(lambda *told: self._watch(store, *told))
            finally:
                with anyio.CancelScope(shield=True):
                    await model.aclose()
        self._report(done, self._header(model.identity, tasks), kinds_of(store, self.run_ids[0]))
        ended = [trajectory for _, mine in done for trajectory in mine]
        is_finished = not any(trajectory.ending in CUT_SHORT for trajectory in ended)
        self.release(store, RunStatus.FINISHED if is_finished else RunStatus.INTERRUPTED)
        return exit_code(tuple(ended))

    @contextmanager
    def _watch(self, store: Store, arm: str, total: int, ended: int) -> Iterator[RunProgress]:
        """Show an arm's progress and note how long it took."""
        say(f"arm {arm}: {total} trajectories" + (f", {ended} of them recorded" if ended else ""))
        started, run_id = time.monotonic(), arm_run_id(self.run_id, arm)
        with RunProgress(total, ended) as progress:
            yield progress
        earlier_s = store.load_run(run_id).config["facts"].get("wall_s", 0.0)
        store.note_facts(run_id, {"wall_s": round(earlier_s + time.monotonic() - started, 3)})

    def _report(
        self, done: tuple[tuple[str, tuple[Trajectory, ...]], ...], header: Header, faults: dict[str, tuple[str, ...]]
    ) -> None:
        rows = sorted_rows(header, records_of(done, faults))
        report = AblationReport.of(Records(name=self.run_id, header=header, rows=rows))
        folder = Path(self.settings.out) if self.settings.out else config.runs_dir() / "ablations" / self.run_id
        name = f"records-{header.shard}-of-{header.shards}.jsonl"
        write_all(folder, {name: write(header, rows), **report.write()})
        click.echo(json.dumps(report.as_json()) if self.as_json else report.as_text())

    def _header(self, model: str, tasks: tuple[Task, ...]) -> Header:
        run = self.settings.run
        limit = f", limit {run.limit}" if run.limit else ""
        return Header(
            codeloop=version("codeloop"),
            suite=f"{self.suite.name} {self.suite.version}",
            suite_sha256=self.suite.digest,
            model=model,
            arms=tuple(Arm(spec=policy.name, settings=_settings(policy, run)) for policy in self.policies),
            languages=run.languages,
            choice=f"tasks {','.join(run.task_ids)}" if run.task_ids else f"{self.settings.numbers} numbers{limit}",
            draws=run.draws,
            ks=run.ks,
            seed=run.seed,
            shards=self.settings.shards,
            errata=tuple(task_id for task_id, _ in self.suite.errata),
            shard=self.settings.shard,
            task_ids=in_order(task.id for task in tasks),
            command=_command(self.settings),
        )


def _settings(policy: Policy, run: RunConfig) -> tuple[Setting, ...]:
    """Give a policy as names and values, its own name left out; users' rules of the lint stage by the sum of their text."""
    left_out = ("name", "first")  # an arm asks codeloop's own first prompt, whose version stands with each attempt
    said = {field.name: repr(getattr(policy, field.name)) for field in fields(policy) if field.name not in left_out}
    if run.lint_rules and policy.gate("lint"):
        texts = "\x00".join(f"{language}\x00{text}" for language, _, text in run.lint_rules)
        said["lint_rules"] = hashlib.sha256(texts.encode("utf-8", "surrogatepass")).hexdigest()
    return tuple(Setting(name=name, value=value) for name, value in said.items())


def _command(settings: AblationConfig) -> str:
    """Give the command line that does it again; where it ran and was written to is left out."""
    run = settings.run
    said = {
        "--arms": ",".join(settings.arms),
        "--lang": ",".join(run.languages),
        "--model": _without_folders(run.model),
        "--draws": run.draws,
        "--k": ",".join(map(str, run.ks)),
        "--limit": run.limit,
        "--tasks": ",".join(run.task_ids),
        "--lint-rules": ",".join(f"{language}={name}" for language, name, _ in run.lint_rules),
        "--seed": run.seed,
        "--numbers": settings.numbers,
        "--shard": f"{settings.shard}/{settings.shards}",
    }
    options = [word for name, value in said.items() if value not in (None, "") for word in (name, str(value))]
    return shlex.join(["codeloop", "ablate", _without_folders(run.suite), *options])


def _without_folders(name: str) -> str:
    """Take this machine's folders out of ``replay:FILE``, ``local:FILE`` and a suite's file: records go elsewhere."""
    kind, colon, rest = name.rpartition(":")
    return f"{kind}{colon}{Path(rest).name}" if Path(rest).is_absolute() else name


def _shard(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise ConfigError(f"--shard {text!r}: give i/n with i from 1 to n, such as 2/3")
    return int(part), int(parts)
