"""How fast ``grade`` judges, beside the reference evaluator's command lines (``make bench-grade``).

For each language, interleaved, N times: codeloop judges all reference solutions in its sandbox (two at a time, no verdict
cached), and the reference evaluator's commands run the same programs, cold and unsandboxed, two at a time, in one container
with the same toolchains. Printed: medians, ratios without and with the start of our cells (a container's own start is in
no reference figure), CPU, and what a check costs beyond its own processes. A resident javac is still warming itself up when
the clock starts: that is in our figure. Both sides want the machine alone; results are ratios within this run.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import anyio

from codeloop import host, mirrors
from codeloop.attempts import Candidate, Status, Verdict
from codeloop.languages import NAMES
from codeloop.registry import open_checker
from codeloop.stages.check import Checker
from codeloop.suites import load_suite
from codeloop.tasks import Task

HERE = Path(__file__).parent / "reference"
TAG = "codeloop/benchmark:reference"
WORKERS = 2
Row = tuple[Task, Verdict, float]
CPP = ("stdlib.h", "algorithm", "math.h", "stdio.h", "vector", "string", "climits", "cstring", "iostream")
JAVA = "import java.util.*;\nimport java.lang.*;\nimport java.util.stream.*;\n"


def text_of(task: Task) -> str:
    """Join a reference solution and its tests into the one file that the evaluator writes."""
    tests = task.hidden.code
    program = task.prompt + task.reference
    if task.language == "cpp":
        missing = [f"#include<{name}>\n" for name in CPP if f"#include<{name}>" not in program]
        return "".join(missing) + program + "\n" + tests
    if task.language == "go":
        return go_text(task)
    if task.language == "rust":
        return "fn main(){ \n } \n" + program + tests
    return program + "\n" + tests


def go_text(task: Task) -> str:
    """One package clause, one set of imports: the evaluator joins them by hand-made tables, Go's own tools need them so."""
    whole = [task.prompt + task.reference, task.hidden.code]
    paths: set[str] = set()
    bodies = []
    for text in whole:
        for block in re.findall(r"^import\s*\(([^)]*)\)", text, re.M | re.S):
            paths |= set(re.findall(r'"([^"]+)"', block))
        paths |= set(re.findall(r'^import\s+"([^"]+)"', text, re.M))
        bodies.append(re.sub(r"^import\s*\([^)]*\)|^import\s+\"[^\"]+\"|^package\s+\w+", "", text, flags=re.M | re.S))
    body = "\n".join(bodies)
    used = {path for path in paths if re.search(rf"\b{re.escape(path.rpartition('/')[2])}\.", body)}
    for path in (
        "math",
        "sort",
        "strings",
        "strconv",
        "fmt",
        "math/rand",
        "bytes",
        "unicode",
        "regexp",
        "time",
        "crypto/md5",
    ):
        if re.search(rf"(?<![\w.]){path.rpartition('/')[2]}\.[A-Z]", body):
            used.add(path)
    imports = "".join(f'\t"{path}"\n' for path in sorted(used))
    return f"package main\n\nimport (\n{imports})\n{body}\n"


def build_image() -> None:
    """The toolchains of the evaluator, once."""
    client = host.connect()
    try:
        files = {path.name: path.read_bytes() for path in (HERE / "image").iterdir()}
        files |= {name: (HERE / name).read_bytes() for name in ("runner.py", "commands.json")}
        npm = (host.sandboxes_dir() / "packages.py", host.sandboxes_dir() / "javascript/package-lock.json")
        files |= {path.name: path.read_bytes() for path in npm}
        context = [*sorted(files.items()), *mirrors.host_files(), *mirrors.npm_files()]
        base = host.ensure_base(client, print)
        stream = client.api.build(
            fileobj=io.BytesIO(host.packed(context)), custom_context=True, tag=TAG, rm=True, decode=True,
            network_mode="host", buildargs={"BASE": base} | host.proxy_arguments(),
        )  # fmt: skip
        host.follow_build("the benchmark", stream)
    finally:
        client.close()


def reference_run(method: str, tasks: list[Task]) -> dict[str, Any]:
    """Time the evaluator's way of running a language, in a fresh container; the container's start is not in it."""
    samples = [[task.id, text_of(task)] for task in tasks]
    job = {"language": method, "workers": WORKERS, "samples": samples, "warm": method in ("go", "rust")}
    command = ["docker", "run", "--rm", "-i", "--network", "none", TAG]
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


async def judged(check: Checker, tasks: list[Task]) -> list[Row]:
    """Check the references, as many at a time as there are workers."""
    rows: list[Row] = []
    waiting = list(reversed(tasks))

    async def work() -> None:
        while waiting:
            task = waiting.pop()
            start = time.monotonic()
            verdict = await check(task, Candidate(code=task.prompt + task.reference), task.hidden)
            rows.append((task, verdict, time.monotonic() - start))

    async with anyio.create_task_group() as group:
        for _ in range(WORKERS):
            group.start_soon(work)
    return rows


def our_run(language: str, tasks: list[Task]) -> dict[str, Any]:
    """Time codeloop's check of the same programs: the start of the cells, a check in each included, and then the rest."""

    async def body() -> dict[str, Any]:
        began = time.monotonic()
        async with open_checker("speed", (language,), WORKERS, lambda _: None) as check:
            await judged(check, tasks[:1] * WORKERS)
            ready = time.monotonic()
            rows = await judged(check, tasks)
            done = time.monotonic()
        spent = [
            (seconds, sum(r.duration_s for r in v.reports), sum(r.cpu_s for r in v.reports)) for _, v, seconds in rows
        ]
        return {
            "start_s": ready - began,
            "wall_s": done - ready,
            "cpu_s": sum(cpu for _, _, cpu in spent),
            "overhead_ms": 1000 * statistics.median(seconds - inside for seconds, inside, _ in spent),
            "check_ms": 1000 * statistics.median(seconds for seconds, _, _ in spent),
            "failed": sorted(task.id for task, v, _ in rows if v.status is not Status.PASSED),
        }

    return anyio.run(body)


def middle(runs: list[dict[str, Any]]) -> dict[str, float]:
    """The median of each figure."""
    return {key: statistics.median(run[key] for run in runs) for key in runs[0] if key != "failed"}


def measured(language: str, tasks: list[Task], runs: int, errata: set[str]) -> dict[str, float]:
    """Run both sides in turn and print a language's lines; gives the three walls for the sum."""
    ours, theirs, bare = [], [], []
    for _ in range(runs):
        ours.append(our_run(language, tasks))
        theirs.append(reference_run(language, tasks))
        if language == "python":
            bare.append(reference_run("python, fork alone", tasks))
    a, b = middle(ours), middle(theirs)
    whole = a["start_s"] + a["wall_s"]
    print(
        f"{language:11} {a['wall_s']:10.1f} {a['start_s']:7.1f} {a['cpu_s']:7.1f} {b['wall_s']:11.1f} {b['cpu_s']:7.1f}"
        f" {b['wall_s'] / a['wall_s']:7.1f}x {b['wall_s'] / whole:10.1f}x {a['check_ms']:8.1f} {a['overhead_ms']:11.1f}",
        flush=True,
    )
    if bare:
        print(f"{'':11} a bare fork and exec() of the same programs: {middle(bare)['wall_s']:.1f} s", flush=True)
    for name, results in (("codeloop", ours), ("reference", theirs)):
        failed = sorted({task_id for run in results for task_id in run["failed"]} - errata)
        if failed:
            print(f"{'':11} not passed by {name}: {', '.join(failed)}", flush=True)
    return {"ours": a["wall_s"], "whole": whole, "theirs": b["wall_s"]}


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lang", default=",".join(NAMES))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=164)
    options = parser.parse_args()
    data = os.environ.get("CODELOOP_DATA_DIR")
    build_image()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}; load before: {os.getloadavg()[0]:.1f}"
    )
    print(
        f"{'language':11} {'codeloop s':>10} {'start s':>7} {'CPU s':>7} {'reference s':>11} {'CPU s':>7}"
        f" {'faster':>8} {'with start':>11} {'check ms':>8} {'overhead ms':>11}"
    )
    walls: list[dict[str, float]] = []
    for language in options.lang.split(","):
        suite = load_suite("humaneval-x", (language,), data_dir=Path(data) if data else None)
        tasks = list(suite.tasks)[: options.limit]
        our_run(language, tasks[:4])  # images in the page cache for both sides
        walls.append(measured(language, tasks, options.runs, {task_id for task_id, _ in suite.errata}))
    total = {key: sum(wall[key] for wall in walls) for key in walls[0]}
    print(
        f"{'all':11} {total['ours']:10.1f} {total['whole'] - total['ours']:7.1f} {'':7} {total['theirs']:11.1f} {'':7}"
        f" {total['theirs'] / total['ours']:7.1f}x {total['theirs'] / total['whole']:10.1f}x"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
