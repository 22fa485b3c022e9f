"""Chromium without a window, spoken to over its debugging pipe: for tests of pages, and for screenshots.

Source: the Chrome DevTools Protocol; ``--remote-debugging-pipe`` reads JSON with a NUL after it from descriptor 3 and
writes the same to 4, so that no port is open and no library is needed.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-extensions",
    "--mute-audio",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]
WAIT_S = 60.0


@dataclass(slots=True)
class Page:
    """One tab. ``events`` collects what the browser said by itself: exceptions, refused scripts, requests."""

    to_browser: int
    from_browser: int
    session: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    _last: int = 0
    _buffer: bytes = b""

    def call(self, method: str, **params: Any) -> Any:
        """Ask for one thing and give its result. Raises RuntimeError with the browser's words, TimeoutError."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") != self._last:
                self.events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            else:
                return answer["result"]

    def do(self, expression: str) -> Any:
        """Give what a JavaScript expression gives, awaited."""
        found = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in found:
            raise RuntimeError(f"{expression}: {found['exceptionDetails']}")
        return found["result"].get("value")

    def wait(self, expression: str) -> Any:
        """Give the first true value of an expression."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            if value := self.do(expression):
                return value
            time.sleep(0.02)
        raise TimeoutError(f"never true: {expression}")

    def open(self, path: Path, fragment: str = "") -> None:
        """Open a report from disk and wait until it is drawn."""
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=path.resolve().as_uri() + fragment)
        self.wait("document.documentElement?.dataset.ready")

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key as a person does."""
        self.call(
            "Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, text=text or ""
        )
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def size(self, width: int, height: int) -> None:
        """Set the size of the window."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme: str) -> None:
        """Say that the system is ``light`` or ``dark``."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def shoot(self, path: Path, *, is_whole: bool = False) -> None:
        """Write what is seen, or the whole page, as PNG."""
        found = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=is_whole)
        path.write_bytes(base64.b64decode(found["data"]))

    def _read(self) -> dict[str, Any]:
        end = time.monotonic() + WAIT_S
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self.from_browser], [], [], max(0.0, end - time.monotonic()))
            part = os.read(self.from_browser, 1 << 20) if ready else b""
            if not part:
                raise TimeoutError("the browser says nothing")
            self._buffer += part
        text, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(text)
        return answer


@contextmanager
def chromium() -> Iterator[Page]:
    """Start a browser with a profile of its own and give its one tab; both end with the block."""
    if PROGRAM is None:
        raise FileNotFoundError("chromium")
    with TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        ours, theirs = _pipes()
        actions = [(os.POSIX_SPAWN_DUP2, theirs[0], 3), (os.POSIX_SPAWN_DUP2, theirs[1], 4)]
        actions += [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
        command = [PROGRAM, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        child = os.posix_spawn(PROGRAM, command, os.environ | {"HOME": profile}, file_actions=actions, setsid=True)
        for descriptor in theirs:
            os.close(descriptor)
        try:
            page = Page(to_browser=ours[0], from_browser=ours[1])
            target = page.call("Target.createTarget", url="about:blank")["targetId"]
            page.session = page.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                page.call(f"{domain}.enable")
            yield page
        finally:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            for descriptor in ours:
                os.close(descriptor)


def _pipes() -> tuple[tuple[int, int], tuple[int, int]]:
    """Give (ours: write, read) and (theirs: read, write), all above 9, so that 3 and 4 are free in the child."""
    made = [*os.pipe(), *os.pipe()]
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10) for descriptor in made]
    for descriptor in made:
        os.close(descriptor)
    return (high[1], high[2]), (high[0], high[3])
