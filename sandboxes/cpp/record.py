"""Note, when the image is built, the programs that g++ would start: compilers that wait, assembler, linker.

Adds to ``warm.json``, for the agent, and to ``tools.json``, for ``compile.py``: in its commands ``{unit}`` stands for the
object of a text, ``{own}`` for ours, ``{libraries}`` for more words, ``{program}`` for the result.
"""

import json
import shlex
import subprocess

from compile import FLAGS, HOME, LINK, REPORT, tools

DROPPED = "--build-id"


def commands(*arguments):
    """What g++ would run for these arguments, one list of words per program."""
    done = subprocess.run(["g++", "-###", *arguments], capture_output=True, text=True, check=True)
    return [shlex.split(line) for line in done.stderr.splitlines() if line.startswith(" ")]


def waiting(header, *extra):
    """The compiler that reads a header, then waits."""
    words = [f"-fplugin={HOME}/preload.so", *extra, "-include", f"{HOME}/{header}"]
    return commands(*FLAGS, REPORT, *words, "-S", f"{HOME}/preload.cpp", "-o", "/dev/null")[0]


def linker():
    words = commands("-fno-use-linker-plugin", "{unit}", "{own}", *LINK, "{libraries}", "-o", "{program}")[-1][1:]
    kept = [word for word in words if not word.startswith(DROPPED) and word != "-lgcc"]  # libgcc_s has nearly all of it
    return ["mold", "--no-fork", "--thread-count=1", *kept]


def main():
    lazy = "-fplugin-arg-preload-lazy"
    preloaded = {"base.h": waiting("base.h"), "full.h": waiting("full.h", lazy)}
    with open("warm.json", encoding="utf-8") as file:
        config = json.load(file)
    with open("warm.json", "w", encoding="utf-8") as file:
        json.dump(config | {"preloaded": preloaded}, file)
    assembler = [word for word in commands("-c", "-x", "assembler", "-", "-o", "{unit}")[0] if word != "-"]
    noted = tools() | {"assembler": assembler, "linker": linker()}
    with open("tools.json", "w", encoding="utf-8") as file:
        json.dump(noted, file)


if __name__ == "__main__":
    main()
