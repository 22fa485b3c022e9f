"""Inside the benchmark's container: runs samples by the reference evaluator's command lines, two at a time, and times them.

Standard input: JSON with ``language``, ``workers`` and ``samples`` ([id, text]). Standard output: JSON with the seconds of
wall clock, the CPU seconds of all children, and the ids that did not pass. No sandbox and no limit but a generous time-out.
"""

import contextlib
import io
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

COMMANDS = json.loads(Path("/bench/commands.json").read_text())["commands"]
TIMEOUT_S = 120
FILES = {"cpp": "test.cpp", "java": "Main.java", "javascript": "test.js", "go": "main_test.go"}
RUST = Path("/bench/rust")


def in_a_folder(language, task_id, text):
    commands = COMMANDS["cpp 162"] if task_id == "CPP/162" else COMMANDS[language]
    with tempfile.TemporaryDirectory(dir="/bench") as folder:
        (Path(folder) / FILES[language]).write_text(text)
        for command in commands:
            words = [word.format(folder=folder, timeout=TIMEOUT_S) for word in command]
            done = subprocess.run(words, cwd=folder, capture_output=True, timeout=TIMEOUT_S, check=False)
            if done.returncode != 0 or (language == "javascript" and (done.stdout or done.stderr)):
                return False
    return True


def by_exec(language, task_id, text):
    """A server process for the result, a forked process for the program: how the evaluator runs a Python sample."""
    with multiprocessing.Manager() as manager:
        result = manager.list()
        process = multiprocessing.Process(target=executed, args=(text, result))
        process.start()
        process.join(timeout=TIMEOUT_S)
        process.kill()
        process.join()
        return list(result) == ["passed"]


def executed(text, result):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
                exec(text, {})  # as the evaluator does; this container is thrown away
        except BaseException as error:  # noqa: BLE001 - whatever a program raises is its failure
            result.append(f"failed: {error}")
        else:
            result.append("passed")
        finally:
            os.chdir("/")


def by_fork(language, task_id, text):
    """The least that can run a Python program at all: shown for comparison, the evaluator does more."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.dup2(os.open(os.devnull, os.O_RDWR), 1)
            exec(text, {})
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1] == 0


def by_cargo(language, task_id, text):
    name = task_id.lower().replace("/", "_")
    (RUST / "src" / "bin" / f"{name}.rs").write_text(text)
    log = RUST / "tmp" / "logs" / f"{name}.jsonl"
    return all(
        subprocess.run(
            line.format(name=name, log=log), shell=True, cwd=RUST, stderr=subprocess.DEVNULL, check=False
        ).returncode
        == 0
        for line in COMMANDS["rust"]
    )


def main():
    job = json.load(sys.stdin)
    language = job["language"]
    run = {"python": by_exec, "python, fork alone": by_fork, "rust": by_cargo}.get(language, in_a_folder)
    if job["warm"]:
        run(language, *job["samples"][0])  # Go's build cache and Rust's libraries are built before the clock runs
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with ThreadPoolExecutor(job["workers"]) as pool:
        passed = list(pool.map(lambda sample: run(language, *sample), job["samples"]))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    failed = [sample[0] for sample, ok in zip(job["samples"], passed, strict=True) if not ok]
    json.dump({"wall_s": time.monotonic() - began, "cpu_s": cpu, "failed": failed}, sys.stdout)


if __name__ == "__main__":
    main()
