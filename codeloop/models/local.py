"""The model that needs no key and no network: a GGUF file served by llama.cpp in a child process."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

import anyio
from anyio import to_thread

from codeloop.attempts import Completion, Prompt
from codeloop.errors import MissingTool, ModelUnavailable
from codeloop.models.litellm_model import LiteLLMModel
from codeloop.models.weights import Say, ensure_weights, find_weights
from codeloop.redact import is_secret_name

CONTEXT = 8192
"""Tokens per slot, prompt and reply together."""
_START_S = 120.0
_TRY_S = 900.0  # four slots of one core share some 30 tokens/s
_RESTARTS = 2
_LOG_CHARS = 200


def _silent(_: str) -> None:
    """Say nothing."""


class LocalModel:
    """A registered GGUF file. The server starts at the first prompt and, if it dies, again at most twice.

    Four slots are the default because one core gives 12 tokens/s in total with one slot, 22 with two and 31 with four
    (four requests of 128 tokens, Qwen2.5-Coder 0.5B Q4_K_M). Batched slots may change the last bits of a logit, so a
    reply at temperature 0 can depend on what ran beside it.
    """

    def __init__(
        self,
        name: str,
        path: Path | None = None,
        *,
        slots: int = 4,
        threads: int = 1,
        say: Say = _silent,
        cache_dir: Path | None = None,
    ) -> None:
        self._weights = find_weights(name)
        self._path, self._cache_dir, self._say = path, cache_dir, say
        self._slots, self._threads = slots, threads
        try:
            self._engine = f"xllamacpp-{version('xllamacpp')}"
        except PackageNotFoundError:
            raise MissingTool("xllamacpp", "pip install xllamacpp, or name a hosted model") from None
        self._server: _Server | None = None
        self._inner: LiteLLMModel | None = None
        self._lock: anyio.Lock | None = None
        self._starts = 0
        self._is_closed = False

    @property
    def identity(self) -> str:
        """Name the file's sum and the engine's version."""
        return f"{self._weights.name}@sha256:{self._weights.sha256}+{self._engine}"

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """Give what shaped the replies beside the prompt: slots, threads, tokens of context, engine, the file's sum."""
        values = {"slots": self._slots, "threads": self._threads, "context": CONTEXT, "engine": self._engine}
        values["weights_sha256"] = self._weights.sha256
        return tuple((name, str(value)) for name, value in values.items())

    @property
    def pid(self) -> int | None:
        """Give the server's process id while it runs."""
        return self._server.pid if self._server else None

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer one prompt; asks again only if the server died meanwhile.

        Raises ModelUnavailable (dead for good, or no answer in time), ModelRejected (prompt over the context), and what
        ``ensure_weights`` raises.
        """
        while True:
            inner = await self._ready()
            try:
                return await inner.complete(prompt)
            except ModelUnavailable:
                with anyio.move_on_after(1):  # a dying process closes its socket before it can be reaped
                    while self._inner is inner and self._server is not None and self._server.is_alive:
                        await anyio.sleep(0.05)
                if self._inner is inner and (self._server is None or self._server.is_alive):
                    raise

    async def aclose(self) -> None:
        """Stop the server for good."""
        self._is_closed = True
        await self._drop()

    async def _drop(self) -> None:
        inner, server = self._inner, self._server
        self._inner = self._server = None
        if inner is not None:
            await inner.aclose()
        if server is not None:
            server.stop()

    async def _ready(self) -> LiteLLMModel:
        """Give the client of a live server, starting one if there is none."""
        if self._lock is None:  # made here: it belongs to the event loop that runs
            self._lock = anyio.Lock()
        async with self._lock:
            if self._inner is not None and self._server is not None and self._server.is_alive:
                return self._inner
            last_words = self._server.last_words() if self._server else ""
            await self._drop()
            if self._is_closed:
                raise ModelUnavailable("the local model is closed")
            if self._starts > _RESTARTS:
                raise ModelUnavailable(f"the local model's server died {self._starts} times{last_words}")
            self._starts += 1
            return await self._start()

    async def _start(self) -> LiteLLMModel:
        path = await to_thread.run_sync(self._ensure)
        server = _Server(path, self._weights.name, self._slots, self._threads)
        try:
            port = await to_thread.run_sync(server.wait_ready, abandon_on_cancel=True)
        except BaseException:
            server.stop()
            raise
        self._server = server
        self._inner = LiteLLMModel(
            f"openai/{self._weights.name}",
            api_base=f"http://127.0.0.1:{port}/v1",
            api_key=server.api_key,
            concurrency=self._slots,
            timeout_s=_TRY_S,
            max_tries=1,  # on this host a failed request means a dead server, and that is dealt with above
            identity=self.identity,
        )
        return self._inner

    def _ensure(self) -> Path:
        return ensure_weights(self._weights.name, self._path, say=self._say, cache_dir=self._cache_dir)


def _without_keys() -> dict[str, str]:
    """Give the environment less every provider's key: this server needs none."""
    return {name: value for name, value in os.environ.items() if not is_secret_name(name)}


class _Server:
    """One child process. Made on the event loop's thread: PDEATHSIG fires when the *thread* that forked ends."""

    def __init__(self, path: Path, name: str, slots: int, threads: int) -> None:
        self.api_key = secrets.token_urlsafe(32)
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in stop()
        python_path = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "codeloop.models.local_server"],  # -P: the working folder may hold any json.py
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**_without_keys(), "PYTHONPATH": os.pathsep.join(filter(None, python_path))},
            start_new_session=True,  # Ctrl-C is the driver's to handle
        )
        self.pid = self._process.pid
        settings = {"path": str(path.resolve()), "name": name, "slots": slots, "threads": threads, "context": CONTEXT}
        settings |= {"api_key": self.api_key, "parent": os.getpid()}
        self._send(json.dumps(settings).encode() + b"\n")

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def wait_ready(self) -> int:
        """Wait for the port, then for /health; raises ModelUnavailable when late or when the child ends. Blocks."""
        deadline = time.monotonic() + _START_S
        port = self._read_port(deadline)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while self.is_alive and time.monotonic() < deadline:
            try:
                with opener.open(f"http://127.0.0.1:{port}/health", timeout=2):
                    return port
            except OSError:
                time.sleep(0.1)
        raise ModelUnavailable(f"the local model's server did not become ready{self.last_words()}")

    def _read_port(self, deadline: float) -> int:
        """Read the ready line; a child that is late is killed, which ends the read."""
        timer = threading.Timer(deadline - time.monotonic(), self._process.kill)
        timer.start()
        try:
            line = self._process.stdout.readline() if self._process.stdout else b""
        finally:
            timer.cancel()
        if not line:
            raise ModelUnavailable(f"the local model's server did not start{self.last_words()}")
        return int(json.loads(line)["port"])

    def last_words(self) -> str:
        """Give the last line the server logged, as a clause; empty when it logged nothing."""
        if self._log.closed:
            return ""
        size = os.fstat(self._log.fileno()).st_size
        tail = os.pread(self._log.fileno(), 4096, max(0, size - 4096))
        lines = tail.decode("utf-8", "replace").replace(self.api_key, "***").strip().splitlines()
        return f": {lines[-1].strip()[:_LOG_CHARS]}" if lines else ""

    def stop(self) -> None:
        """Kill and reap it; it holds nothing worth saving."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                stream.close()

    def _send(self, data: bytes) -> None:
        """Write the settings and keep stdin open: its end is the child's signal to go."""
        if self._process.stdin is None:  # pragma: no cover - a pipe was asked for
            return
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except BrokenPipeError:
            return  # wait_ready finds it dead and says why
