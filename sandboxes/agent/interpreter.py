"""The runtime of forked Python programs: what an interpreter does between its start and a program's, and at its end.

``forked`` holds commands such as ``["python3", "-I", PATH]``. PATH is loaded once, and its ``main()`` is the program;
``imports`` are modules that solutions are likely to import. ``rehearsal`` is a module whose ``rehearse`` is handed the
programs, by name, and runs what every command will run: see there.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import io
import os
import re
import signal
import sys
import types
from collections.abc import Callable

from zygote import loaded

OWN_MODULES = {
    "children",
    "commands",
    "interpreter",
    "kernel",
    "namespaces",
    "preloaded",
    "processes",
    "streams",
    "warm",
    "workspace",
    "zygote",
}


def serve(config: dict, born: Callable[[], list[str]]) -> int:
    """In the zygote: load the programs and wait. In a forked process: run one, to its exit status."""
    programs = {argv[-1]: loaded(argv[-1]) for argv in config["forked"]}
    for name in config.get("imports", ()):
        importlib.import_module(name)
    if path := config.get("rehearsal"):
        loaded(path).rehearse(**{program.__name__: program for program in programs.values()})
        sys.modules.pop("rehearsal")
    gc.collect()
    immortalise()
    fill_holes()
    gc.freeze()  # so that the collector of a child does not touch, and so copy, every page
    sys.argv = born()[2:]
    return as_started(programs)


def as_started(programs: dict) -> int:
    """Make good what exec and the interpreter's start do, so that no program can tell the difference, and run it.

    Python ignores two signals, which then come as errors of the calls.
    """
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    program = programs[sys.argv[0]]
    for name in OWN_MODULES | {module.__name__ for module in programs.values()}:
        sys.modules.pop(name, None)  # what an exec would not have loaded
    sys.modules["__main__"] = program
    sys.stdout, sys.stderr = text_stream(1, "surrogateescape"), text_stream(2, "backslashreplace")
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
    return ended(program.main)


def immortalise() -> None:
    """Let nobody count references to what is here now, as nobody does to None (PEP 683, since Python 3.12).

    Every count is a write, and the first write to a page copies it: without them a test stage took 10.2 ms of CPU, not 11.7.
    None of these objects is freed before the process ends. Where None itself is counted, nothing is changed.
    """
    eternal = ctypes.c_uint32.from_address(id(None)).value
    if sys.getrefcount(None) != eternal or ctypes.c_uint32.from_address(id(True)).value != eternal:
        return
    seen: set[int] = set()
    waiting = gc.get_objects()
    while waiting:
        found = waiting.pop()
        if id(found) in seen or isinstance(found, types.FrameType):
            continue
        seen.add(id(found))
        waiting += gc.get_referents(found)
        if isinstance(found, types.CodeType):  # which the collector does not look into
            waiting += found.co_consts
    for address in seen - {id(seen), id(waiting)}:
        ctypes.c_uint32.from_address(address).value = eternal


def fill_holes() -> None:
    """Take every free block between objects that are here now, so that a child's objects lie together on pages of its own.

    Python's allocator tells how many there are of each size (``sys._debugmallocstats``; Objects/obmalloc.c); nothing is
    done where it tells something else.
    """
    read_end, write_end = os.pipe()
    kept = os.dup(2)
    os.dup2(write_end, 2)
    try:
        sys._debugmallocstats()
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(write_end)
    with open(read_end, "rb") as file:
        told = file.read()
    allocate = ctypes.pythonapi.PyObject_Malloc
    allocate.argtypes, allocate.restype = [ctypes.c_size_t], ctypes.c_void_p
    for _, size, _, _, free in re.findall(rb"^ *(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", told, re.M):
        for _ in range(int(free)):
            allocate(int(size))


def text_stream(descriptor: int, errors: str) -> io.TextIOWrapper:
    raw = io.BufferedWriter(io.FileIO(descriptor, "wb", closefd=False))
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, line_buffering=descriptor == 2)


def ended(main: Callable[[], object]) -> int:
    """Run a main function as an interpreter would run the program, to the exit status; threads and exit handlers included."""
    try:
        main()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        if isinstance(error.code, str):
            sys.stderr.write(error.code + "\n")
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    import atexit
    import threading

    with contextlib.suppress(BaseException):
        threading._shutdown()
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    return code & 0xFF
