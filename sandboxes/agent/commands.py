"""One command: start its process and its peer, watch both, say what became of them, leave nothing."""

from __future__ import annotations

import base64
import contextlib
import os
import select
import selectors
import signal
import socket
import time

import children
import kernel
import processes
from processes import Broken, Cpu
from streams import Stream, pump, readable
from warm import Warm
from workspace import Workspace

POLL_S = 0.025
PEER_GRACE_S = 0.5
"""How long a peer may go on after the main process ended: it reads end of file and says its verdict."""
ENDING_S = 1.0
"""How long a main process may take to end once the kernel has closed what it had open; a loaded machine is slow to reap."""


class Process:
    """A started program: its streams, its limits and, in time, its end."""

    def __init__(self, workspace: Workspace, warm: Warm, request: dict, pair: socket.socket | None) -> None:
        self.role, self.limits = request["role"], request["limits"]
        self.uid = workspace.uids[self.role]
        self.alone = pair is None
        """Without a peer, the memory that ran out was this one's, even if only a child of it was killed."""
        self.end, self.status, self.ended_at, self.cpu_s = "", None, 0.0, 0.0
        theirs: list = []
        out_r, out_w = os.pipe()
        err_r, err_w = os.pipe()
        descriptors = {1: out_w, 2: err_w}
        channel = None
        if request["channel"] is None:
            descriptors[0] = os.open("/dev/null", os.O_RDONLY)
            theirs.append(descriptors[0])
        else:
            ours, other = socket.socketpair()
            descriptors[0] = other.fileno()
            theirs.append(other)
            size = self.limits["channel_bytes"]
            channel = Stream(ours, size, size, base64.b64decode(request["channel"]))
        if pair is not None:
            descriptors[3] = pair.fileno()
        self.started = time.monotonic()
        self.pid = warm.fork(request, descriptors) or self._exec(workspace, request, descriptors)
        workspace.started(self.pid, self.role)
        for file in (out_w, err_w, *theirs):
            os.close(file) if isinstance(file, int) else file.close()
        keep = self.limits["output_bytes"]
        self.out, self.err = Stream(out_r, keep, 16 * keep), Stream(err_r, keep, 16 * keep)
        self.channel = channel
        self.streams = [self.out, self.err] + ([channel] if channel else [])
        try:
            self.pidfd = os.pidfd_open(self.pid)
        except (OSError, AttributeError):
            self.pidfd = -1

    @staticmethod
    def _exec(workspace: Workspace, request: dict, descriptors: dict[int, int]) -> int:
        try:
            pid = os.fork()
        except OSError as error:
            raise Broken(f"fork: {error}") from error
        if pid == 0:
            children.start(workspace, request, descriptors)
        return pid

    def flooding(self) -> bool:
        return any(stream.over() for stream in self.streams)

    def exited(self) -> bool:
        """Whether it can be reaped (without doing so: only ``Cpu`` reaps)."""
        if self.status is not None:
            return False
        with contextlib.suppress(ChildProcessError):
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        return True

    def check(self, cpu: Cpu) -> bool:
        """Note an end or a limit; whether the program is over."""
        now = time.monotonic()
        if self.status is None and self.pid in cpu.status:
            self.status, self.ended_at = cpu.status[self.pid], now
        self.cpu_s = max(self.cpu_s, cpu.total(self.uid))
        if not self.end:
            if self.flooding():
                self.end = "output_limit"
            elif self.cpu_s > self.limits["cpu_s"]:
                self.end = "timed_out"
            elif self.status is None and now - self.started > self.limits["wall_s"]:
                self.end = "wall_timed_out"
            if self.end and self.status is None:
                cpu.kill({self.uid})
        if self.end and not self.ended_at:
            self.ended_at = now
        return self.status is not None or bool(self.end)

    def close(self) -> None:
        for stream in self.streams:
            stream.close()
        if self.pidfd >= 0:
            os.close(self.pidfd)

    def verdict(self, out_of_memory: bool, culled: bool) -> tuple[str, int]:
        """The end and its code. ``culled``: killed by this agent because the command was over."""
        if self.end:
            return self.end, -1
        status = self.status if self.status is not None else signal.SIGKILL
        code = os.waitstatus_to_exitcode(status)
        if out_of_memory and not culled and (code == -signal.SIGKILL or (code != 0 and self.alone)):
            return "out_of_memory", -1
        if code == -signal.SIGXCPU:
            return "timed_out", -1
        return ("signalled", -code) if code < 0 else ("exited", code)

    def reply(self, out_of_memory: bool, culled: bool) -> dict:
        end, code = self.verdict(out_of_memory, culled)
        channel = self.channel.result(marker=False) if self.channel else ""
        wall_s = (self.ended_at or time.monotonic()) - self.started
        return answer(end, code, self.out.result(), self.err.result(), channel, self.cpu_s, wall_s)


def answer(
    end: str, code: int, stdout: str = "", stderr: str = "", channel: str = "", cpu_s: float = 0.0, wall_s: float = 0.0
) -> dict:
    """One process's part of a reply; the three texts are base64."""
    times = {"cpu_s": round(cpu_s, 6), "wall_s": round(wall_s, 6)}
    return {"end": end, "code": code, "stdout": stdout, "stderr": stderr, "channel": channel, **times, "peer": None}


def watch(started: list[Process], cpu: Cpu, driver: int) -> list[Process]:
    """Run until the command is over; those that had not ended by themselves.

    A driver that is gone while a command runs ends the agent, and with it the cell: nobody waits for the answer.
    """
    main, peer = started[0], started[-1]
    with selectors.DefaultSelector() as selector:
        for process in started:
            for stream in process.streams:
                selector.register(stream.fd, stream.events(), stream)
            if process.pidfd >= 0:
                selector.register(process.pidfd, selectors.EVENT_READ, None)
        looked = 0.0
        while True:
            pump(selector, POLL_S)
            now = time.monotonic()
            urgent = any(process.exited() or process.flooding() for process in started)
            if now - looked < POLL_S / 2 and not urgent:
                continue
            looked = now
            if readable(driver):  # it says nothing before it has its answer: this is the end of its input
                os._exit(0)
            cpu.poll()
            over = [process.check(cpu) for process in started]
            if over[-1]:
                break
            if over[0] and peer is not main and now - main.ended_at > PEER_GRACE_S:
                break
    return [process for process, done in zip(started, over, strict=True) if not done]


def is_hung_up(peers_end: socket.socket | None) -> bool:
    """Whether the main process has let go of its end of the channel to the peer: it has ended, or is about to."""
    if peers_end is None:
        return False
    poll = select.poll()
    poll.register(peers_end, 0)  # POLLHUP is told unasked
    return any(events & select.POLLHUP for _, events in poll.poll(0))


def settled(alive: list[Process], cpu: Cpu) -> list[Process]:
    """Let one that is just ending, by itself or for want of memory, end; those that go on.

    Its sockets close before it can be reaped. A peer is quick enough to see that and to end the command in between, and
    whatever the main process died of, it would look as if this agent had killed it.
    """
    deadline = time.monotonic() + ENDING_S
    while alive and time.monotonic() < deadline:
        cpu.poll()
        alive = [process for process in alive if not process.check(cpu)]
        time.sleep(0.002)
    return alive


def finish(started: list[Process], cpu: Cpu) -> None:
    """Kill what is left, then take what the pipes still hold: nobody has their other ends any more."""
    processes.kill_all(cpu)
    for process in started:
        for stream in process.streams:
            stream.drain()
        process.check(cpu)


def unstarted(message: str) -> dict:
    """The reply for a command whose files cannot be written (the workspace is full, or in the way)."""
    text = base64.b64encode(f"codeloop: cannot write the command's files: {message}\n".encode()).decode("ascii")
    return answer("exited", 125, stderr=text)


def served(warm: Warm, request: dict) -> dict | None:
    """The reply of a server; nothing if none does such work, or if it died over this one."""
    server = warm.server(request)
    done = server.answer(request, base64.b64decode(request["channel"])) if server else None
    if done is None:
        return None
    end, frame, cpu_s, wall_s = done
    code = 0 if end == "exited" else -1
    return answer(end, code, channel=base64.b64encode(frame).decode("ascii"), cpu_s=cpu_s, wall_s=wall_s)


def run(workspace: Workspace, warm: Warm, request: dict, driver: int) -> dict:
    """Run one command, and its peer if it has one, to the end of both. ``driver``: the descriptor that it came from."""
    if (reply := served(warm, request)) is not None:
        return reply
    requests = [request] + ([request["peer"]] if request["peer"] else [])
    cpu = workspace.cpu()
    for each in requests:
        if failure := workspace.write_files(each["role"], each["files"]):
            reply = unstarted(failure)
            return {**reply, "peer": unstarted(failure)} if len(requests) > 1 else reply
    pairs: list = list(socket.socketpair()) if len(requests) > 1 else [None]
    before = kernel.oom_kills()
    started: list[Process] = []
    is_finished = False
    try:
        for each, pair in zip(requests, pairs, strict=True):
            started.append(Process(workspace, warm, each, pair))
        for pair in pairs[:-1]:
            pair.close()
        culled = watch(started, cpu, driver)
        memory = kernel.oom_kills() > before
        culled = settled(culled, cpu) if memory or is_hung_up(pairs[-1]) else culled
        finish(started, cpu)
        is_finished = True
        replies = [process.reply(memory, process in culled) for process in started]
    finally:
        for pair in pairs:
            if pair is not None:
                pair.close()
        if not is_finished:
            processes.kill_all(cpu)
        for process in started:
            process.close()
    return {**replies[0], "peer": replies[1] if len(replies) > 1 else None}
