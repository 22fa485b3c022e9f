"""Run at image build: packs a sample job, which warms resident compilers up, and archives the classes that a check loads.

python3 sample.py job FOLDER OUT             the frames of a compile job, see Compile.java
python3 sample.py compiler CLASSPATH OPTION… compiles and lints the sample, in a JVM with these options besides
python3 sample.py judge JAR OPTION…          compiles the sample and judges it, in a JVM with these options besides
"""

import base64
import json
import socket
import struct
import subprocess
import sys
from pathlib import Path


def framed(*frames):
    data = [frame if isinstance(frame, bytes) else frame.encode() for frame in frames]
    return b"".join(struct.pack(">I", len(each)) + each for each in data)


def job(folder):
    source, tests = ((Path(folder) / f"sample.{name}.txt").read_text() for name in ("solution", "tests"))
    return framed("compile", source, tests, "mergeStock", "1", "Solution")


def lines_of(data):
    return [json.loads(line) for line in data.splitlines()]


def answered(argv, request, read=lines_of):
    """What a program writes to its descriptor 0, which is a socket."""
    ours, theirs = socket.socketpair()
    with subprocess.Popen(argv, stdin=theirs) as process:
        theirs.close()
        ours.sendall(request)
        ours.shutdown(socket.SHUT_WR)
        parts = list(iter(lambda: ours.recv(1 << 16), b""))
        if process.wait() != 0:
            raise SystemExit(f"{argv} ended with {process.returncode}")
    return read(b"".join(parts))


def compiler(path, options):
    """Nothing of what is said matters; what is archived does."""
    folder = Path(path.partition(":")[0]).parent / "src"
    lint = framed("lint", (folder / "sample.solution.txt").read_text())
    words = ["java", *options, "-cp", path, "Compile", "--serve"]
    said = answered(words, framed(job(folder), lint), read=lambda data: data)
    if said.count(b'"done":true') != 2:
        raise SystemExit(f"the sample was not compiled or not linted: {said[-2000:]}")


def judge(jar, options):
    lines = answered(["java", "-cp", jar, "Compile"], job(Path(jar).parent / "src"))
    frames = ["nonce", ""]
    for number in (1, 2):
        classes = [line for line in lines if line.get("round") == number]
        frames.append(str(len(classes)))
        for line in classes:
            frames += [line["class"], base64.b64decode(line["bytes"])]
    told = answered(["/opt/jre/bin/java", *options, "-cp", jar, "Judge"], framed(*frames))
    if told[-1].get("event") != "done":
        raise SystemExit(f"the sample was not judged: {told}")


if __name__ == "__main__":
    if sys.argv[1] == "job":
        Path(sys.argv[3]).write_bytes(job(sys.argv[2]))
    elif sys.argv[1] == "compiler":
        compiler(sys.argv[2], sys.argv[3:])
    else:
        judge(sys.argv[2], sys.argv[3:])
