"""Compare codeloop's verdicts with a plain script that runs the same programs bare, with nothing of codeloop's harness.

    python benchmarks/reference/compare.py export STORE… > samples.jsonl     # every candidate of the runs kept in these stores
    codeloop grade samples.jsonl --lang python,java --out graded.jsonl
    python benchmarks/reference/compare.py run samples.jsonl > bare.jsonl    # one plain container per language, exit status only
    python benchmarks/reference/compare.py diff graded.jsonl bare.jsonl

"Bare": the program and the data set's own test file, as text, joined as the data set's authors do; passed means exit status 0.
It runs in the same image (same compilers), without network, but without codeloop's agent, judge, limits or protocol. A
program can fool it (an early exit passes); such differences are what codeloop's harness is for, and are to be explained.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOOP = {
    "python": 'for d in /tmp/w/*/; do cd "$d"; timeout 30 python3 main.py >/dev/null 2>&1 </dev/null; r=$?; echo "$(basename "$d") $r"; done',
    "java": 'for d in /tmp/w/*/; do cd "$d"; (javac -nowarn -d . Solution.java Main.java && timeout 60 java -cp . Main) '
    '>/dev/null 2>&1 </dev/null; r=$?; echo "$(basename "$d") $r"; done',
}


def main() -> int:
    command, *arguments = sys.argv[1:]
    return {"export": export, "run": run, "diff": diff}[command](*arguments)


def export(*stores: str) -> int:
    """Write each distinct candidate of each task once, in the order of the runs."""
    from codeloop.store import Store

    seen: set[tuple[str, str]] = set()
    for place in stores:
        store = Store.open(place)
        for known in store.list_runs():
            for trajectory in store.trajectories(known.run_id):
                for attempt in trajectory.attempts:
                    key = (trajectory.task_id, attempt.candidate.digest)
                    is_of_data = trajectory.task_id.rpartition("/")[2].isdigit()  # not of ``basics``
                    if is_of_data and attempt.candidate.code.strip() and key not in seen:
                        seen.add(key)
                        print(json.dumps({"task_id": trajectory.task_id, "solution": attempt.candidate.code}))
        store.close()
    return 0


def run(samples: str) -> int:
    """Run every sample bare; write task id, draw and whether the exit status was 0."""
    from codeloop import host
    from codeloop.suites import load_suite

    data = os.environ.get("CODELOOP_DATA_DIR")
    tasks = {
        t.id: t for t in load_suite("humaneval-x", ("python", "java"), data_dir=Path(data) if data else None).tasks
    }
    rows = [json.loads(line) for line in Path(samples).read_text("utf-8").splitlines()]
    draws: dict[str, int] = {}
    for language in ("python", "java"):
        mine = {}
        for row in rows:
            task = tasks[row["task_id"]]
            if task.language == language:
                draw = draws.get(task.id, 0)
                draws[task.id] = draw + 1
                mine[f"{len(mine):05d}"] = (task, draw, row["solution"])
        folders = {name: _files(task, code) for name, (task, _, code) in mine.items()}
        for name, status in _bare(host.image_tag(language), folders, LOOP[language]):
            task, draw, _ = mine[name]
            print(json.dumps({"task_id": task.id, "draw": draw, "passed": status == "0", "status": status}))
    return 0


def _files(task: Any, code: str) -> dict[str, str]:
    if task.language == "python":
        tests = task.hidden.code
        return {"main.py": f"{code}\n\n{tests[tests.index('def check') :] if 'def check' in tests else tests}\n"}
    imports = "import java.util.*;\nimport java.lang.*;\nimport java.util.stream.*;\n"
    return {"Solution.java": code, "Main.java": imports + task.hidden.code}


def _bare(image: str, folders: dict[str, dict[str, str]], loop: str) -> Iterator[tuple[str, str]]:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for folder, files in folders.items():
            for name, text in files.items():
                content = text.encode("utf-8", "replace")
                entry = tarfile.TarInfo(f"{folder}/{name}")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    script = f"mkdir -p /tmp/w && tar -C /tmp/w -xf - && {loop}"
    options = ["--rm", "-i", "--network", "none", "--memory", "2g", "--pids-limit", "256", "--entrypoint", "bash"]
    done = subprocess.run(
        ["docker", "run", *options, image, "-c", script], input=packed.getvalue(), capture_output=True, check=True
    )
    for line in done.stdout.decode().splitlines():
        name, _, status = line.partition(" ")
        yield name, status


def diff(graded: str, bare: str) -> int:
    """Say how many verdicts agree, and show those that do not."""
    ours = {(r["task_id"], r["draw"]): r for r in map(json.loads, Path(graded).read_text("utf-8").splitlines())}
    theirs = {(r["task_id"], r["draw"]): r for r in map(json.loads, Path(bare).read_text("utf-8").splitlines())}
    assert ours.keys() == theirs.keys(), "not the same samples"
    differing = [key for key in ours if ours[key]["passed"] != theirs[key]["passed"]]
    passed = sum(row["passed"] for row in ours.values())
    print(f"{len(ours)} programs, {passed} pass; {len(ours) - len(differing)} verdicts equal, {len(differing)} differ")
    for key in differing:
        print(f"  {key[0]} draw {key[1]}: codeloop {ours[key]['outcome']}, bare exit status {theirs[key]['status']}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
