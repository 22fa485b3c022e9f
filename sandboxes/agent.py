"""The agent: runs commands inside a cell on behalf of codeloop, and trusts nothing that they do.

It reads frames (four bytes of length, big-endian, then JSON) from stdin, one per command, and answers each with one
frame on stdout; at end of file it exits. It is root with six capabilities, and every process that it starts is one of
three user ids (see ``ROLES``) without any. Standard library only; the same file serves every language's image.

A request: argv, role, files [[path, base64]], env [[name, value]], channel (base64 or null), limits, peer (a request or
null). A reply: end, code, stdout, stderr, channel (base64), cpu_s, wall_s, peer; or only ``error``: the cell is broken.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import errno
import fcntl
import json
import os
import resource
import selectors
import signal
import socket
import struct
import sys
import time

ROLES = ("candidate", "judge", "compiler")
UIDS: dict[str, int] = {}
"""Chosen by the driver at random: RLIMIT_NPROC counts by the *host's* user id, so cells must not share any."""
ROOT = "/cell/w"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
POLL_S = 0.025
PEER_GRACE_S = 0.5
"""How long a peer may go on after the main process ended: it reads end of file and says its verdict."""
KILL_S = 20.0
REAPS = 500
TICKS = os.sysconf("SC_CLK_TCK")
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP, CAP_SETPCAP = 36, 38, 24, 8
LIBC = ctypes.CDLL(None, use_errno=True)


class Broken(Exception):
    """The cell can no longer be trusted to give a verdict."""


def home(role: str) -> str:
    return f"{ROOT}/{role}"


def prepare() -> None:
    """Make the role directories; become the parent of every orphan, so that all CPU time is accounted for."""
    base = int(os.environ["CODELOOP_UID_BASE"])
    os.umask(0o022)
    with contextlib.suppress(FileExistsError):
        os.mkdir(ROOT, 0o711)
    os.chmod(ROOT, 0o711)
    for offset, role in enumerate(ROLES):
        UIDS[role] = base + offset
        with contextlib.suppress(FileExistsError):
            os.mkdir(home(role), 0o700)
        os.chmod(home(role), 0o711 if role == "compiler" else 0o700)
        os.chown(home(role), UIDS[role], UIDS[role])
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    drop_bounding_set()


def drop_bounding_set() -> None:
    """Empty the bounding set, which every child inherits, then give up SETPCAP, which was there for this alone.

    The agent keeps its other six: they are recomputed at exec only, and it never execs itself (capabilities(7)).
    """
    for capability in range(64):
        if LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # the first number that the kernel does not know
    header = struct.pack("=Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    sets = ctypes.create_string_buffer(24)  # two words each of effective, permitted, inheritable
    if LIBC.capget(header, sets) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    words = list(struct.unpack("=6I", sets.raw))
    for index in (0, 1):
        words[index] &= ~(1 << CAP_SETPCAP)
    if LIBC.capset(header, struct.pack("=6I", *words)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


# --- processes of the roles ------------------------------------------------------------------------------------------


def uid_of(pid: int | str) -> int:
    """The user id, also of a zombie. The owner of ``/proc/<pid>`` will not do: it is root for an undumpable process."""
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            return int(file.read().split(b"\nUid:", 1)[1].split(None, 1)[0])
    except (OSError, IndexError, ValueError):
        return -1


def role_processes() -> list[tuple[int, int, int, float, float]]:
    """(pid, start tick, uid, own CPU, CPU of its waited-for children) of every process of a role."""
    found, uids = [], set(UIDS.values())
    for name in os.listdir("/proc"):
        if not name.isdigit() or (uid := uid_of(name)) not in uids:
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                rest = [int(word) for word in file.read().rpartition(b")")[2].split()[1:]]
        except (OSError, ValueError):
            continue
        own, waited = rest[10] + rest[11], rest[12] + rest[13]
        found.append((int(name), rest[18], uid, own / TICKS, waited / TICKS))
    return found


class Cpu:
    """CPU seconds by user id, whatever a process does to hide some.

    Two sums, of which the larger counts: what the kernel says of the living (with their waited-for children) and of
    those this agent reaped; and the last seen own time of every process ever seen, because the time of a child whose
    parent ignores SIGCHLD is in nobody's total.
    """

    def __init__(self) -> None:
        self.reaped: dict[int, float] = {}
        self.live: dict[int, float] = {}
        self.seen: dict[tuple[int, int, int], float] = {}
        self.status: dict[int, int] = {}

    def poll(self) -> int:
        """Reap the dead, then look at the rest: in this order nothing is counted twice. How many are left."""
        self.reap()
        self.live = {}
        processes = role_processes()
        for pid, start, uid, own, waited in processes:
            self.live[uid] = self.live.get(uid, 0.0) + own + waited
            self.seen[(pid, start, uid)] = own
        return len(processes)

    def reap(self) -> None:
        """Bounded, so that a program that makes orphans faster than they are reaped cannot hold its limits off."""
        with contextlib.suppress(ChildProcessError):
            for _ in range(REAPS):
                if not (peeked := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)):
                    return
                uid = uid_of(peeked.si_pid)
                pid, status, usage = os.wait4(peeked.si_pid, 0)
                self.status[pid] = status
                self.reaped[uid] = self.reaped.get(uid, 0.0) + usage.ru_utime + usage.ru_stime

    def total(self, uid: int) -> float:
        tree = self.reaped.get(uid, 0.0) + self.live.get(uid, 0.0)
        return max(tree, sum(spent for (_, _, owner), spent in self.seen.items() if owner == uid))


def kill_roles(roles: tuple[str, ...]) -> None:
    """SIGKILL every process of these roles, at one stroke each: kill(-1) as that user, which no fork can outrun."""
    for role in roles:
        try:
            pid = os.fork()
        except OSError:
            continue
        if pid == 0:
            try:
                os.setgroups([])
                os.setresgid(UIDS[role], UIDS[role], UIDS[role])
                os.setresuid(UIDS[role], UIDS[role], UIDS[role])
                os.kill(-1, signal.SIGKILL)
            except OSError:
                pass
            finally:
                os._exit(0)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    uids = {UIDS[role] for role in roles}
    for pid, _, uid, *_ in role_processes():
        if uid in uids:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


def kill_all(cpu: Cpu) -> None:
    """End every process of every role; nothing outlives a command."""
    deadline = time.monotonic() + KILL_S
    while cpu.poll():
        kill_roles(ROLES)
        if time.monotonic() > deadline:
            raise Broken("processes survive SIGKILL")
        time.sleep(0.002)


def oom_kills() -> int:
    """The cgroup's count of processes killed for memory (version 2, then 1)."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        with contextlib.suppress(OSError), open(path, encoding="ascii") as file:
            for line in file:
                if line.startswith("oom_kill "):
                    return int(line.split()[1])
    return 0


# --- the child's side ------------------------------------------------------------------------------------------------


def become(role: str) -> None:
    """Drop to the role's user id, for good: no groups, no capabilities, no new privileges."""
    uid = UIDS[role]
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def write_files(role: str, files: list[list[str]]) -> str:
    """Write the files as the role itself, so that no link which a program left can lead root astray; what failed."""
    if not files:
        return ""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            become(role)
            os.umask(0o077)
            for path, content in files:
                write_file(os.path.join(home(role), path), base64.b64decode(content))
        except BaseException as error:
            os.write(write_end, (str(error) or repr(error)).encode("utf-8", "replace")[:2000])
        finally:
            os._exit(0)
    os.close(write_end)
    with open(read_end, "rb") as file:
        failure = file.read().decode("utf-8", "replace")
    _, status = os.waitpid(pid, 0)
    return failure or ("" if status == 0 else f"the file writer ended with status {status}")


def write_file(path: str, content: bytes) -> None:
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o400)
    with open(descriptor, "wb") as file:
        file.write(content)


def limit(limits: dict) -> None:
    cpu = int(limits["cpu_s"]) + 1
    for which, soft, hard in (
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_NPROC, limits["processes"], limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"], limits["file_bytes"]),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, 256, 256),
    ):
        resource.setrlimit(which, (int(soft), int(hard)))


def start_child(request: dict, descriptors: dict[int, int]) -> None:
    """In the forked child: never returns."""
    try:
        role = request["role"]
        os.setsid()
        for number in range(1, signal.NSIG):
            if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
                with contextlib.suppress(OSError, ValueError):
                    signal.signal(number, signal.SIG_DFL)
        high = {target: fcntl.fcntl(source, fcntl.F_DUPFD, 64) for target, source in descriptors.items()}
        for target, source in high.items():
            os.dup2(source, target)
        os.closerange(max(high) + 1, 4096)
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")
        os.chdir(home(role))
        os.umask(0o022 if role == "compiler" else 0o077)
        become(role)
        limit(request["limits"])
        argv, env = expanded(request)
        os.execvpe(argv[0], argv, env)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.write(2, f"codeloop: cannot start {request['argv'][:1]}: {error}\n".encode("utf-8", "replace"))
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


def expanded(request: dict) -> tuple[list[str], dict[str, str]]:
    """argv and a clean environment, with ``{work}`` and ``{compiled}`` replaced."""
    work, compiled = home(request["role"]), home("compiler")

    def filled(text: str) -> str:
        return text.replace("{work}", work).replace("{compiled}", compiled)

    env = {"PATH": PATH, "HOME": work, "TMPDIR": work, "LANG": "C.UTF-8"}
    env.update((name, filled(value)) for name, value in request["env"])
    return [filled(word) for word in request["argv"]], env


# --- one process and its streams -------------------------------------------------------------------------------------


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


class Process:
    """A started program: its streams, its limits and, in time, its end."""

    def __init__(self, request: dict, pair: socket.socket | None) -> None:
        self.role, self.limits = request["role"], request["limits"]
        self.uid = UIDS[self.role]
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
        try:
            self.pid = os.fork()
        except OSError as error:
            raise Broken(f"fork: {error}") from error
        if self.pid == 0:
            start_child(request, descriptors)
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

    def flooding(self) -> bool:
        return any(stream.over() for stream in self.streams)

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
                kill_roles((self.role,))
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
        return {
            "end": end,
            "code": code,
            "stdout": self.out.result(),
            "stderr": self.err.result(),
            "channel": self.channel.result(marker=False) if self.channel else "",
            "cpu_s": round(self.cpu_s, 6),
            "wall_s": round((self.ended_at or time.monotonic()) - self.started, 6),
            "peer": None,
        }


# --- one command -----------------------------------------------------------------------------------------------------


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


def watch(processes: list[Process], cpu: Cpu) -> list[Process]:
    """Run until the command is over; those that had not ended by themselves."""
    main, peer = processes[0], processes[-1]
    with selectors.DefaultSelector() as selector:
        for process in processes:
            for stream in process.streams:
                selector.register(stream.fd, stream.events(), stream)
            if process.pidfd >= 0:
                selector.register(process.pidfd, selectors.EVENT_READ, None)
        looked = 0.0
        while True:
            pump(selector, POLL_S)
            now = time.monotonic()
            urgent = any(exited(process) or process.flooding() for process in processes)
            if now - looked < POLL_S / 2 and not urgent:
                continue
            looked = now
            cpu.poll()
            over = [process.check(cpu) for process in processes]
            if over[-1]:
                break
            if over[0] and peer is not main and now - main.ended_at > PEER_GRACE_S:
                break
    return [process for process, done in zip(processes, over, strict=True) if not done]


def exited(process: Process) -> bool:
    """Whether it can be reaped (without doing so: only ``Cpu`` reaps)."""
    if process.status is not None:
        return False
    with contextlib.suppress(ChildProcessError):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return True


def settled(alive: list[Process], cpu: Cpu) -> list[Process]:
    """Let one that the kernel is just ending for memory end; those that go on.

    Its sockets close before it can be reaped. A peer is quick enough to end the command in between, and what died for
    want of memory would look as if this agent had killed it.
    """
    deadline = time.monotonic() + PEER_GRACE_S
    while alive and time.monotonic() < deadline:
        cpu.poll()
        alive = [process for process in alive if not process.check(cpu)]
        time.sleep(0.002)
    return alive


def finish(processes: list[Process], cpu: Cpu) -> None:
    """Kill what is left, then take what the pipes still hold: nobody has their other ends any more."""
    kill_all(cpu)
    for process in processes:
        for stream in process.streams:
            while not stream.over() and stream.open and stream.read(1 << 16) and readable(stream):
                pass
        process.check(cpu)


def readable(stream: Stream) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(stream.fd, selectors.EVENT_READ)
        return bool(selector.select(0))


def unstarted(message: str) -> dict:
    """The reply for a command whose files cannot be written (the workspace is full, or in the way)."""
    text = base64.b64encode(f"codeloop: cannot write the command's files: {message}\n".encode()).decode("ascii")
    blank = {"channel": "", "cpu_s": 0.0, "wall_s": 0.0, "peer": None}
    return {"end": "exited", "code": 125, "stdout": "", "stderr": text, **blank}


def run(request: dict) -> dict:
    """Run one command, and its peer if it has one, to the end of both."""
    requests = [request] + ([request["peer"]] if request["peer"] else [])
    cpu = Cpu()
    for each in requests:
        if failure := write_files(each["role"], each["files"]):
            reply = unstarted(failure)
            return {**reply, "peer": unstarted(failure)} if len(requests) > 1 else reply
    pairs: list = list(socket.socketpair()) if len(requests) > 1 else [None]
    before = oom_kills()
    processes: list[Process] = []
    try:
        for each, pair in zip(requests, pairs, strict=True):
            processes.append(Process(each, pair))
        for pair in pairs:
            if pair is not None:
                pair.close()
        culled = watch(processes, cpu)
        memory = oom_kills() > before
        culled = settled(culled, cpu) if memory else culled
        finish(processes, cpu)
        replies = [process.reply(memory, process in culled) for process in processes]
    finally:
        for pair in pairs:
            if pair is not None:
                pair.close()
        kill_all(cpu)
        for process in processes:
            process.close()
    return {**replies[0], "peer": replies[1] if len(replies) > 1 else None}


# --- frames ----------------------------------------------------------------------------------------------------------


def read_exactly(fd: int, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        chunk = os.read(fd, min(1 << 20, count - len(data)))
        if not chunk:
            return None
        data += chunk
    return bytes(data)


def serve(source: int, sink: int) -> None:
    while (head := read_exactly(source, 4)) is not None:
        body = read_exactly(source, struct.unpack(">I", head)[0])
        if body is None:
            return
        try:
            reply = run(json.loads(body))
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        frame = json.dumps(reply).encode("ascii")
        view = memoryview(struct.pack(">I", len(frame)) + frame)
        while view:
            view = view[os.write(sink, view[: 1 << 16]) :]


def main() -> int:
    """Put the frames' descriptors out of any child's way, then serve."""
    source, sink = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 200) for fd in (0, 1))
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1):
        os.dup2(null, fd)
    prepare()
    try:
        serve(source, sink)
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
