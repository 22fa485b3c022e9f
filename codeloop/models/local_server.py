"""The child process that serves a model file over HTTP: ``python -m codeloop.models.local_server``.

It lives apart from the driver because native code that dies takes its process along. Its settings, with the API key in
them, come as one JSON line on stdin: arguments and environments can be read by others. It answers with one JSON line
that names the port, and ends when stdin does, so it cannot outlive its driver.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from typing import Any
from urllib.parse import urlsplit

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until stdin ends."""
    settings = json.loads(sys.stdin.buffer.readline())
    _die_with(settings["parent"])
    ready = _take_stdout()
    server = _serve(settings)
    port = urlsplit(server.listening_address).port
    os.write(ready, json.dumps({"port": port}).encode() + b"\n")
    os.close(ready)
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)  # native threads may be generating; nothing here needs saving


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when the parent dies, and look once whether it did before that."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _take_stdout() -> int:
    """Keep stdout for the ready line and send whatever native code prints to stderr."""
    ready = os.dup(1)
    os.dup2(2, 1)
    return ready


def _serve(settings: dict[str, Any]) -> Any:
    """Load the file and listen on a port of the system's choice. ``n_ctx`` counts tokens of all slots together."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings["path"]
    params.model_alias = {settings["name"]}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [settings["api_key"]]
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["slots"] * settings["context"]
    params.n_threads_http = settings["slots"] + 2  # one over for /health
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings["threads"]
    params.n_gpu_layers = 0  # the same replies on every host
    params.cache_ram_mib = 0  # the default takes up to 8 GiB
    params.verbosity = 1
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
