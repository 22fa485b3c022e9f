"""The compiler's driver: the candidate into a program that the tests' side may run, then the tests into one that it may not.

One JSON job on descriptor 0; JSON lines on the same: ``begin``, what GCC found (its own JSON, one line per finding), the
judge's program in base64, ``done``. Executes nothing that it made.

The candidate is compiled first and alone, and the tests are never a file: ``#include`` and ``.incbin`` read whatever this
user can read, other processes of it included (``/proc/<pid>/fd``, ``/proc/<pid>/mem``). For that reason this process makes
itself undumpable, which closes its own.
"""

import base64
import ctypes
import json
import os
import subprocess
import sys

HOME = "/opt/codeloop"
PR_SET_DUMPABLE = 4
REPORT = ["-fno-diagnostics-json-formatting", "-fdiagnostics-format=json"]  # with -fmax-errors it says nothing at all
FLAGS = ["-std=c++17", "-O0", "-pipe", "-D_GLIBCXX_ASSERTIONS", *REPORT]
LINK = ["-fuse-ld=mold", "-Wl,-s", "-Wl,--gc-sections", "-Wl,--as-needed", f"{HOME}/support.o"]
KEYS = ("file", "line", "byte-column")
PLACES = ("caret", "finish")


def emit(**fields):
    data = json.dumps(fields).encode("ascii") + b"\n"
    while data:
        data = data[os.write(0, data) :]


def built(source, header, own, output, extra):
    """Compile and link one text; gives whether that went well, and GCC's report."""
    command = ["g++-14", *FLAGS, "-include", f"{HOME}/{header}", "-x", "c++", "-", "-x", "none", f"{HOME}/{own}", *LINK]
    data = source.encode("utf-8", "surrogatepass")
    done = subprocess.run([*command, *extra, "-o", output], input=data, capture_output=True, check=False)
    return done.returncode, done.stderr


def report(kind, stderr):
    """Pass on what GCC says: an array in JSON, and text by others (the linker, or a compiler that crashed)."""
    text = stderr.decode("utf-8", "replace")
    start = 0 if text.startswith("[") else text.find("\n[") + 1
    try:
        found, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        found, end = None, start
    if isinstance(found, list):
        text = text[:start] + text[end:]
        for item in found[:50]:
            emit(**{kind: small(item)})
    if text.strip():
        emit(**{kind: {"kind": "text", "message": text.strip()[-2000:]}})


def small(item):
    """Keep what is read of a finding: its kind, its first thousand characters, and one place, in the candidate if any is."""
    places = [place for each in (item, *item.get("children", [])[:20]) for place in each.get("locations", [])[:1]]
    places.sort(
        key=lambda place: place.get("caret", {}).get("file") != "solution.cpp"
    )  # stable: else the finding's own
    carets = {name: {k: place[name].get(k) for k in KEYS} for place in places[:1] for name in PLACES if name in place}
    own = [place.get("caret", {}).get("file", "") for place in item.get("locations", [])[:1]]
    message = str(item.get("message", ""))[:1000]
    return {"kind": item.get("kind"), "option": item.get("option", ""), "message": message, "file": own, **carets}


def main():
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    parts = []
    while part := os.read(0, 1 << 20):
        parts.append(part)
    job = json.loads(b"".join(parts))
    os.umask(0o077)
    os.environ["LC_ALL"] = "C"
    emit(begin=True, **job["about"])
    code, errors = built(job["candidate"], job["header"], "server.o", "prog", job["libraries"])
    report("candidate", errors)
    if code != 0:
        emit(done=False, code=code)
        return
    os.chmod("prog", 0o711)  # run by others, read by none: so nobody else looks into its process
    if job["tests"]:
        code, errors = built(job["tests"], "base.h", "judge.o", "judge", job["libraries"])
        report("tests", errors)
        if code != 0:
            emit(done=False)
            return
        with open("judge", "rb") as file:
            emit(judge=base64.b64encode(file.read()).decode("ascii"))
        os.unlink("judge")
    emit(done=True)


if __name__ == "__main__":
    sys.exit(main())
