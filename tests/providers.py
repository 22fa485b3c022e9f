"""A real OpenAI-compatible server that answers ``add_N`` tasks, right or wrong, as a test wants, and tasks for it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_TASK = """
  - id: Python/add_{n}
    language: python
    statement: Give n plus {n}.
    prompt: |
      def add_{n}(n: int) -> int:
          \"\"\"Give n plus {n}.\"\"\"
    entry_point: add_{n}
    visible: ["add_{n}(0) == {n}"]
    hidden: ["add_{n}(5) == {n} + 5", "add_{n}(-{n}) == 0"]
    reference: |2
          return n + {n}
"""


def tasks(n: int) -> str:
    """Give a suite's file of that many tasks."""
    return 'name: adding\nversion: "1"\ntasks:\n' + "".join(_TASK.format(n=i) for i in range(1, n + 1))


@dataclass(slots=True)
class AddingProvider:
    """What the model is like now; a test changes it."""

    base: str = ""
    is_right: bool = True
    served_by: str = "adder-2026-01-01"
    fingerprint: str = "fp_a"
    status: int = 200
    seeds: list[Any] = field(default_factory=list)

    def reply(self, request: dict[str, Any]) -> dict[str, Any]:
        self.seeds.append(request.get("seed"))
        found = re.findall(r"add_(\d+)", request["messages"][-1]["content"])
        body = f"n + {found[0]}" if self.is_right else "n"
        return {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": self.served_by,
            "system_fingerprint": self.fingerprint,
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {
                        "role": "assistant",
                        "content": f"```python\ndef add_{found[0]}(n: int) -> int:\n    return {body}\n```",
                    },
                }
            ],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
        }


@contextmanager
def providing() -> Iterator[AddingProvider]:
    provider = AddingProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            is_up = provider.status == 200
            answer = provider.reply(request) if is_up else {"error": {"message": "refused"}}
            data = json.dumps(answer).encode()
            self.send_response(provider.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.base = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
