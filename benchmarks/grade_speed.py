"""How fast ``grade`` judges, beside the reference evaluator's command lines (``make bench-grade``).

For each language, interleaved, N times: codeloop judges all reference solutions in its sandbox (cells started within the
clock, two at a time, no verdict cached), and the reference evaluator's commands run the same programs, cold and
unsandboxed, two at a time, in one container with the same toolchains. Printed: medians, ratios, CPU, and what a check costs
beyond its own processes. Both sides use the machine alone; results are ratios within this run.
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
from codeloop.attempts import Candidate, Status
from codeloop.languages import NAMES
from codeloop.registry import open_checker
from codeloop.suites import load_suite
from codeloop.tasks import Task

HERE = Path(__file__).parent / "reference"
TAG = "codeloop/benchmark:reference"
WORKERS = 2
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
        javascript = host.sandboxes_dir() / "javascript"
        files |= {name: (javascript / name).read_bytes() for name in ("package-lock.json", "packages.py")}
        context = [*sorted(files.items()), *mirrors.host_files(), *mirrors.npm_files()]
        base = host.ensure_base(client, print)
        stream = client.api.build(
            fileobj=io.BytesIO(host.packed(context)), custom_context=True, tag=TAG, rm=True, decode=True,
            network_mode="host", buildargs={"BASE": base} | host.proxy_arguments(),
        )  # fmt: skip
        host.follow_build("the benchmark", stream)
    finally:
        client.close()


def reference_run(language: str, tasks: list[Task]) -> dict[str, Any]:
    """Time the evaluator's commands in a fresh container."""
    samples = [[task.id, text_of(task)] for task in tasks]
    job = {"language": language, "workers": WORKERS, "samples": samples, "warm": language in ("go", "rust")}
    command = ["docker", "run", "--rm", "-i", "--network", "none", TAG]
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def our_run(language: str, tasks: list[Task]) -> dict[str, Any]:
    """Time codeloop's check of the same programs, cells started and removed within the clock."""

    async def body() -> dict[str, Any]:
        began = time.monotonic()
        rows: list[tuple[Task, Any, float]] = []
        async with open_checker("speed", (language,), WORKERS, lambda _: None) as check:
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
        spent = [
            (seconds, sum(r.duration_s for r in v.reports), sum(r.cpu_s for r in v.reports)) for _, v, seconds in rows
        ]
        return {
            "wall_s": time.monotonic() - began,
            "cpu_s": sum(cpu for _, _, cpu in spent),
            "overhead_ms": 1000 * statistics.median(seconds - inside for seconds, inside, _ in spent),
            "check_ms": 1000 * statistics.median(seconds for seconds, _, _ in spent),
            "failed": sorted(task.id for task, v, _ in rows if v.status is not Status.PASSED),
        }

    return anyio.run(body)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lang", default=",".join(NAMES))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=164)
    options = parser.parse_args()
    data = os.environ.get("CODELOOP_DATA_DIR")
    build_image()
    total = {"ours": 0.0, "theirs": 0.0}
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}; load before: {os.getloadavg()[0]:.1f}"
    )
    print(
        f"{'language':11} {'codeloop s':>10} {'CPU s':>7} {'reference s':>11} {'CPU s':>7} {'faster':>7} {'check ms':>8} {'overhead ms':>11}"
    )
    for language in options.lang.split(","):
        suite = load_suite("humaneval-x", (language,), data_dir=Path(data) if data else None)
        errata = {task_id for task_id, _ in suite.errata}
        tasks = list(suite.tasks)[: options.limit]
        our_run(language, tasks[:4])  # images in the page cache for both sides
        ours, theirs = [], []
        for _ in range(options.runs):
            ours.append(our_run(language, tasks))
            theirs.append(reference_run(language, tasks))
        a, b = (statistics.median(run["wall_s"] for run in runs) for runs in (ours, theirs))
        total["ours"] += a
        total["theirs"] += b
        middle = {key: statistics.median(run[key] for run in ours) for key in ("cpu_s", "check_ms", "overhead_ms")}
        cpu = statistics.median(run["cpu_s"] for run in theirs)
        print(
            f"{language:11} {a:10.1f} {middle['cpu_s']:7.1f} {b:11.1f} {cpu:7.1f} {b / a:6.1f}x {middle['check_ms']:8.1f} {middle['overhead_ms']:11.1f}",
            flush=True,
        )
        for name, runs in (("codeloop", ours), ("reference", theirs)):
            failed = sorted({task_id for run in runs for task_id in run["failed"]} - errata)
            if failed:
                print(f"            not passed by {name}: {', '.join(failed)}", flush=True)
    print(
        f"{'all':11} {total['ours']:10.1f} {'':7} {total['theirs']:11.1f} {'':7} {total['theirs'] / total['ours']:6.1f}x"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
