"""The runtime of forked Python programs: what an interpreter does between its start and a program's, and at its end.

``forked`` holds commands such as ``["python3", "-I", PATH]``. PATH is loaded once, and its ``main()`` is the program;
``imports`` are modules that solutions are likely to import.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import io
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
    gc.collect()
    immortalise()
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
