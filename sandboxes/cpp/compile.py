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
import socket
import struct
import subprocess
import sys

HOME = "/opt/codeloop"
PR_SET_DUMPABLE = 4
FLAGS = ["-std=c++17", "-O0", "-pipe", "-D_GLIBCXX_ASSERTIONS"]
REPORT = "-fdiagnostics-format=json"  # with -fmax-errors it says nothing at all
LINK = ["-Wl,-s", "-Wl,--gc-sections", "-Wl,--as-needed", f"{HOME}/support.o"]
KEYS = ("file", "line", "byte-column")
PLACES = ("caret", "finish")
LENT = 3  # the first descriptor


def emit(**fields):
    data = json.dumps(fields).encode("ascii") + b"\n"
    while data:
        data = data[os.write(0, data) :]


def built(source, header, compiler, own, output, libraries):
    """Compile and link one text; gives g++'s exit status, and GCC's report."""
    done = compiler.built(source, own, output, libraries) if compiler else None
    return done or built_by_driver(source, header, own, output, libraries)


def built_by_driver(source, header, own, output, libraries):
    """Let g++ do everything."""
    text = ["-include", f"{HOME}/{header}", "-x", "c++", "-", "-x", "none"]
    link = [f"{HOME}/{own}", *LINK, *tools()["link"], *libraries]
    command = ["g++", *FLAGS, REPORT, *text, *link, "-o", output]
    data = source.encode("utf-8", "surrogatepass")
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    return done.returncode, done.stderr


def tools():
    """What ``prepare`` noted of this system's tools: more words for the linker, and in the image what ``record.py`` did."""
    with open(f"{HOME}/tools.json", encoding="utf-8") as file:
        return json.load(file)


class Lent:
    """A compiler that has read the header and waits on a socket for a text; it is forked for each."""

    def __init__(self, waiting):
        self.waiting = waiting
        self.tools = tools()

    def built(self, source, own, output, libraries):
        """Compile and link one text; nothing where g++ has to say what is wrong."""
        try:
            with unnamed() as text, unnamed() as said:
                status = self._compiled(source, text, said)
                if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 1:
                    return read_errors(said)
                if status != 0 or not self._linked(text, said, own, output, libraries):
                    return None
                return 0, read(said)
        except OSError:
            return None

    def _compiled(self, source, text, said):
        """Hand over the source, and wait; gives how the compiler's process ended."""
        read_end, write_end = os.pipe()
        with open(write_end, "wb", buffering=0) as pipe:
            try:
                socket.send_fds(self.waiting, [b"c"], [read_end, text.fileno(), said.fileno()])
            finally:
                os.close(read_end)
            write(pipe, source.encode("utf-8", "surrogatepass"))
        return struct.unpack("=i", self.waiting.recv(4).ljust(4, b"\xff"))[0]

    def _linked(self, text, said, own, output, libraries):
        text.seek(0)
        words = {"{unit}": "unit.o", "{own}": f"{HOME}/{own}", "{program}": output}
        assembler = [words.get(word, word) for word in self.tools["assembler"]]
        if not ran(assembler, text, said):
            return False
        words = {name: [word] for name, word in words.items()} | {"{libraries}": libraries}
        linker = [word for each in self.tools["linker"] for word in words.get(each, [each])]
        is_made = ran(linker, text, said)
        os.unlink("unit.o")
        return is_made


def lent(descriptor):
    """The compiler that the agent lends; nothing where there is none."""
    try:
        waiting = socket.socket(fileno=descriptor)
    except OSError:
        return None
    waiting.set_inheritable(False)
    return Lent(waiting)


def unnamed():
    """A file in the home that no other process can open."""
    return open(os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600), "w+b", buffering=0)


def write(pipe, data):
    """Write everything, if the other side reads it."""
    view = memoryview(data)
    try:
        while view:
            view = view[pipe.write(view) :]
    except BrokenPipeError:
        pass


def ran(command, text, said):
    actions = [(os.POSIX_SPAWN_DUP2, source.fileno(), target) for source, target in ((text, 0), (said, 1), (said, 2))]
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    return os.waitpid(pid, 0)[1] == 0


def read(file):
    file.seek(0)
    return file.readall()


def read_errors(said):
    """What the compiler found wrong with a program; nothing where it says nothing."""
    data = read(said)
    return (1, data) if b'"error"' in data else None


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
    compilers = [(header, lent(LENT + number)) for number, header in enumerate(sys.argv[1:])]
    emit(begin=True, **job["about"])
    code, errors = built(job["candidate"], *compilers[-1], "server.o", "prog", job["libraries"])
    report("candidate", errors)
    if code != 0:
        emit(done=False, code=code)
        return
    os.chmod("prog", 0o711)  # run by others, read by none: so nobody else looks into its process
    if job["tests"]:
        code, errors = built(job["tests"], *compilers[0], "judge.o", "judge", job["libraries"])
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
