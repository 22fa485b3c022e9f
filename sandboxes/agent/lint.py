"""Runs a language's analysers over one program and hands over what each wrote: the same file in every image.

The job is JSON on descriptor 0: ``files`` ([[name, base64], …], the program first) and ``tools`` (name, argv, env, limit_s).
The answer is one JSON line for each tool, in order, then ``{"done": true}``:

    {"tool": …, "version": …, "ended": "exited" | "signalled" | "timed_out" | "missing", "code": 1, "stdout": …, "stderr": …,
     "is_cut": false, "wall_s": 0.05}

An analyser reads the program and executes none of it. Each runs in the folder of the files, with an empty home, so that no
settings but those of its arguments can reach it. ``{folder}`` in argv and env is that folder, ``{home}`` the empty one.
Versions are those that the image's build wrote to ``analysers.json``: asking a tool would cost as much as its work.
"""

import base64
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time

VERSIONS = "/opt/codeloop/analysers.json"
MOST_BYTES = 1 << 20  # of stdout and of stderr: a thousand findings are no finding
READ_S = 1.0  # after a tool's end: its children are dead by then, and the pipes give what they hold at once


class Kept(threading.Thread):
    """What a pipe gives, up to MOST_BYTES; the rest is read and dropped, so that nobody waits for a full pipe."""

    def __init__(self, pipe):
        super().__init__(daemon=True)
        self.pipe, self.data, self.is_cut = pipe, bytearray(), False
        self.start()

    def run(self):
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self.pipe.fileno(), 1 << 16):
                room = MOST_BYTES - len(self.data)
                self.data += chunk[:room]
                self.is_cut |= len(chunk) > room

    def text(self):
        self.join(READ_S)
        return bytes(self.data).decode("utf-8", "replace")


def limited(pid, seconds):
    cpu = int(seconds) + 1
    with contextlib.suppress(OSError):  # it may have ended already
        resource.prlimit(pid, resource.RLIMIT_CPU, (cpu, cpu))


def ran(tool, folder, home):
    """Run one tool to its end or to its limit."""
    places = {"{folder}": folder, "{home}": home}
    env = {**os.environ, "HOME": home, "TMPDIR": home, **{name: filled(value, places) for name, value in tool["env"]}}
    argv = [filled(word, places) for word in tool["argv"]]
    limit = tool["limit_s"]
    began = time.monotonic()
    try:
        process = subprocess.Popen(
            argv, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return {"ended": "missing", "code": -1, "stdout": "", "stderr": str(error), "is_cut": False, "wall_s": 0.0}
    limited(process.pid, limit)
    out, err = Kept(process.stdout), Kept(process.stderr)
    ended = ""
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        ended = "timed_out"
    finally:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    wall_s = round(time.monotonic() - began, 6)
    ended = ended or ("timed_out" if code == -signal.SIGXCPU else "signalled" if code < 0 else "exited")
    texts = {"stdout": out.text(), "stderr": err.text()}
    return {"ended": ended, "code": abs(code), **texts, "is_cut": out.is_cut or err.is_cut, "wall_s": wall_s}


def filled(word, places):
    for name, place in places.items():
        word = word.replace(name, place)
    return word


def versions():
    try:
        with open(VERSIONS, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def written(line):
    data = json.dumps(line).encode("ascii") + b"\n"
    while data:
        data = data[os.write(0, data) :]


def main():
    with open(0, "rb", closefd=False) as stream:
        job = json.load(stream)
    folder, home = (os.path.abspath(name) for name in ("lint", "lint-home"))
    for place in (folder, home):
        os.makedirs(place, 0o700, exist_ok=True)
    for name, content in job["files"]:
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))
    known = versions()
    for tool in job["tools"]:
        written({"tool": tool["name"], "version": known.get(tool["name"], ""), **ran(tool, folder, home)})
    written({"done": True})


if __name__ == "__main__":
    sys.exit(main())
