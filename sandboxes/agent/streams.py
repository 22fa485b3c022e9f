"""What a process writes, and bytes on their way to it."""

from __future__ import annotations

import base64
import contextlib
import os
import selectors
import socket


class Stream:
    """What a process wrote: kept up to ``keep`` bytes, counted up to ``most``, after which it has to die."""

    def __init__(self, file: socket.socket | int, keep: int, most: int, outgoing: bytes | None = None) -> None:
        self.file, self.keep, self.most = file, keep, most
        self.fd = file if isinstance(file, int) else file.fileno()
        self.outgoing = memoryview(outgoing or b"")
        self.data, self.count, self.open = bytearray(), 0, True
        self.sending = outgoing is not None
        os.set_blocking(self.fd, False)

    def events(self) -> int:
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self.sending else 0)

    def write(self) -> None:
        try:
            while self.outgoing:
                self.outgoing = self.outgoing[os.write(self.fd, self.outgoing[: 1 << 16]) :]
        except BlockingIOError:
            return
        except OSError:
            pass
        self.sending = False
        with contextlib.suppress(OSError):
            self.file.shutdown(socket.SHUT_WR)

    def read(self, most: int = 1 << 22) -> bool:
        """Read what is there, a bounded amount; whether more may come."""
        while most > 0:
            try:
                chunk = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                return True
            except OSError:
                chunk = b""
            if not chunk:
                self.open = False
                return False
            most -= len(chunk)
            self.count += len(chunk)
            self.data += chunk[: max(0, self.keep - len(self.data))]
            if self.count > self.most:
                return True
        return True

    def drain(self) -> None:
        """Take what is still in it; nobody has its other end any more."""
        while not self.over() and self.open and self.read(1 << 16) and readable(self.fd):
            pass

    def over(self) -> bool:
        return self.count > self.most

    def result(self, marker: bool = True) -> str:
        data = bytes(self.data)
        if marker and self.count > self.keep:
            data += b"\n[codeloop: output cut after %d bytes]\n" % self.keep
        return base64.b64encode(data).decode("ascii")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self.file) if isinstance(self.file, int) else self.file.close()


def readable(fd: int) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(fd, selectors.EVENT_READ)
        return bool(selector.select(0))


def pump(selector: selectors.BaseSelector, timeout: float) -> None:
    """Move bytes for at most ``timeout`` seconds, or until a process ends."""
    for key, events in selector.select(timeout):
        stream = key.data
        if stream is None:
            selector.unregister(key.fileobj)
            continue
        if events & selectors.EVENT_WRITE and stream.sending:
            stream.write()
            if not stream.sending:
                selector.modify(stream.fd, selectors.EVENT_READ, stream)
        if events & selectors.EVENT_READ and not stream.read():
            selector.unregister(stream.fd)
