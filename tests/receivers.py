"""A real HTTP server that receives webhooks, and behaves as a test wants."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request is answered with."""

    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    """Before the status line."""
    body_bytes: int = 0
    drips_s: float | None = None
    """Seconds between the bytes of an endless body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    at_s: float


@dataclass(slots=True)
class Receiver:
    """A running server; the last answer is given again and again."""

    answers: list[Answer]
    base: str = ""
    received: list[Received] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"{self.base}/hook"


@contextmanager
def receiving(*answers: Answer) -> Iterator[Receiver]:
    receiver = Receiver(list(answers or (Answer(),)))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = receiver.answers[min(len(receiver.received), len(receiver.answers) - 1)]
            receiver.received.append(
                Received(path=self.path, headers=dict(self.headers.items()), body=body, at_s=time.monotonic())
            )
            if receiver.stop.wait(answer.delay_s):
                return
            try:
                self.answer(answer)
            except OSError:
                return  # the client has gone

        def answer(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.drips_s is None:
                self.send_header("Content-Length", str(answer.body_bytes))
            self.end_headers()
            self.wfile.write(b"x" * answer.body_bytes)
            while answer.drips_s is not None and not receiver.stop.wait(answer.drips_s):
                self.wfile.write(b"x")

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()
