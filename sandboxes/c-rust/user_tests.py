"""Runs a user's tests of a translation, each by itself, and says as JSON what became of each. Runs as the candidate's user.

`user_tests.py FOLDER`: where build.py left the program and the user's file. A test that hangs, or takes its process along, is one
that fails; the others are run all the same.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time

PROGRAM, SOURCE = "user_tests", "user_test.rs"
MODULE = "user_tests::"
TEST_S, ALL_S = 10, 40
"""Seconds that one test has, and all of them: what is not begun by then counts as a test that does not end in time."""
SHOWN = 1200
PANICKED = re.compile(r"panicked at (\S+):(\d+):\d+:\n(.*?)(?=\nnote: run with|\Z)", re.S)
VALUES = re.compile(r"^  left: (.*)\n right: (.*)$", re.M)


def listed(folder: str, *flags: str) -> list[str]:
    argv = [f"{folder}/{PROGRAM}", "--list", "--format", "terse", *flags]
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", timeout=TEST_S, check=False)
    return [line.removesuffix(": test") for line in done.stdout.splitlines() if line.endswith(": test")]


def statement(lines: list[str], number: int) -> str:
    """The text from a line on, as far as its brackets go."""
    text = ""
    for line in lines[number - 1 : number + 19]:
        text += line.strip() + " "
        if line.rstrip().endswith(";") and sum(map(text.count, "([{")) <= sum(map(text.count, ")]}")):
            break
    return text.strip()[:SHOWN]


def function(lines: list[str], name: str) -> str:
    """The text of a test, up to the brace below its head."""
    for at, line in enumerate(lines):
        if re.search(rf"\bfn {re.escape(name)}\s*\(", line):
            margin = line[: len(line) - len(line.lstrip())]
            end = next((k for k in range(at, len(lines)) if lines[k].rstrip() == margin + "}"), at)
            return "\n".join(lines[at : end + 1])[:SHOWN]
    return ""


def ended(folder: str, name: str, seconds: float) -> tuple[str, str]:
    """How a test's process ended, empty where it passed; what it said."""
    argv = [f"{folder}/{PROGRAM}", "--exact", name, "--nocapture", "--test-threads=1"]
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, errors="replace", timeout=seconds, check=False,
            env={"RUST_BACKTRACE": "0"}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "timeout", ""
    if done.returncode == 0:
        return "", ""
    return "failed" if done.returncode > 0 else "died", done.stderr[-20_000:]


def result(name: str, how: str, said: str, lines: list[str]) -> dict:
    """One test in the words of codeloop/languages/c_rust_user_tests.py."""
    found = {"name": name.removeprefix(MODULE), "how": how}
    if not how:
        return found
    short = name.rsplit("::", 1)[-1]
    found |= {"calls": function(lines, short), "message": said.strip()[-SHOWN:]}
    panic = PANICKED.search(said)
    if not panic:
        return found
    path, line, message = panic[1], int(panic[2]), panic[3].strip()
    found["message"] = message[:SHOWN]
    if path.endswith(SOURCE):
        found["calls"] = statement(lines, line)
    elif path.endswith("solution.rs"):
        found["line"] = line
    values = VALUES.search(message)
    if values:
        found |= {"actual": values[1][:SHOWN], "expected": values[2][:SHOWN]}
    return found


def main() -> None:
    folder = sys.argv[1]
    with open(f"{folder}/{SOURCE}", encoding="utf-8") as file:
        lines = file.read().split("\n")
    left_out, until, found = set(listed(folder, "--ignored")), time.monotonic() + ALL_S, []
    for name in listed(folder):
        if name not in left_out:
            seconds = min(TEST_S, until - time.monotonic())
            how, said = ended(folder, name, seconds) if seconds > 0 else ("timeout", "")
            found.append(result(name, how, said, lines))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
