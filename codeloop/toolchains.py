"""The host's toolchains: which a language needs, which are missing, and what cells need of them, made once and kept.

Each language's ``prepare`` script fills ``/opt/codeloop`` from its folder in ``sandboxes/``, in an image as here. Here it
runs in a namespace of its own that sees the host's programs read-only, and what it made is kept under a digest of the
sources and of the tools' versions.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from codeloop import host
from codeloop.errors import MissingTool, SandboxUnavailable
from codeloop.host import Probe
from codeloop.mirrors import npm_files

Say = Callable[[str], None]

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where programs in a cell are looked for, and so where a tool must be to count."""
PARTS = {"codeloop": "/opt/codeloop", "jre": "/opt/jre"}
"""Folders of a prepared toolchain, and where a cell has them; a script fills those that it needs."""
PREPARE_S = 600
LOCK, MAKING = "lock", "making-"
"""In each language's folder: the file that one process locks to prepare or remove, and how the names of its work begin."""
SYSTEM = ("/usr",)
LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
"""Links into /usr on a merged system, folders on others."""
SETTINGS = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d")
"""All that a cell sees of /etc, beside the Java runtime's."""
NO_BUBBLEWRAP = "install bubblewrap (Debian, Ubuntu: `apt-get install bubblewrap`), or use --sandbox docker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program, or a file, that must be there. ``version``: arguments that print the version; empty where none do.

    Where it is empty, ``name`` may be a pattern, and an absolute one.
    """

    name: str
    package: str
    """Debian's and Ubuntu's package with it."""
    version: tuple[str, ...] = ("--version",)
    least: tuple[int, int] = (0, 0)
    """The version that it must have: its output's first number, and the one behind the dot."""
    folders: tuple[str, ...] = ()
    """Patterns of folders that have it beside PATH; of those that match, the one with the highest numbers goes first."""
    elsewhere: str = ""
    """Where a distribution's package is too old, or missing: what to install instead."""
    is_optional: bool = False
    """Whether checks are only slower without it."""

    def __str__(self) -> str:
        """Say what must be there."""
        return f"{self.name} {self.least[0]}.{self.least[1]} or later" if any(self.least) else self.name


PYTHON = Tool(name="python3", package="python3", version=("-c", "import sys; print(sys.version)"), least=(3, 10))
_JDK = "default-jdk-headless"
_CRATES = "/usr/share/cargo/registry"
_QUICKJS = "Debian 12 has neither: QuickJS from source, `make install`"
TOOLS: dict[str, tuple[Tool, ...]] = {
    "python": (PYTHON,),
    "java": (
        PYTHON,
        Tool(name="javac", package=_JDK),
        Tool(name="jlink", package=_JDK),
        Tool(name="java", package=_JDK, least=(17, 0)),
    ),
    "go": (
        PYTHON,
        Tool(
            name="go",
            package="golang-go",
            version=("version",),
            least=(1, 21),
            folders=("/usr/local/go/bin", "/usr/lib/go-*/bin"),
            elsewhere="Debian 12: `golang-1.23-go` of bookworm-backports",
        ),
    ),
    "cpp": (
        PYTHON,
        Tool(name="g++", package="g++", version=("-dumpfullversion",), least=(12, 0)),
        Tool(name="ld.mold", package="mold", is_optional=True),
        Tool(name="/usr/include/boost/any.hpp", package="libboost-dev", version=()),
        Tool(name="/usr/include/openssl/md5.h", package="libssl-dev", version=()),
    ),
    "rust": (
        PYTHON,
        Tool(name="rustc", package="rustc", least=(1, 63)),
        Tool(name="cargo", package="cargo"),
        Tool(name="cc", package="gcc libc6-dev"),
        Tool(name="mold", package="mold"),
        Tool(name=f"{_CRATES}/rand-0.8.*", package="librust-rand-dev", version=()),
        Tool(name=f"{_CRATES}/regex-1.*", package="librust-regex+default-dev", version=()),
        Tool(name=f"{_CRATES}/aho-corasick-*", package="librust-regex+default-dev", version=()),
        Tool(name=f"{_CRATES}/md5-0.7.*", package="librust-md5-dev", version=()),
    ),
    "javascript": (
        PYTHON,
        Tool(name="node", package="nodejs", least=(18, 0)),
        Tool(name="gcc", package="gcc"),
        Tool(name="/usr/include/stdio.h", package="libc6-dev", version=()),
        Tool(name="qjsc", package="quickjs", version=(), elsewhere=_QUICKJS),
        Tool(
            name="libquickjs.a",
            package="libquickjs",
            version=(),
            folders=("/usr/lib/*/quickjs", "/usr/local/lib/quickjs"),
            elsewhere=_QUICKJS,
        ),
    ),
}
"""What each language needs; every agent needs Python 3.10 or later.

Java 17 is the first with the agent's options. Go 1.21 is the first that initialises packages in the order of their paths,
and a verdict rests on that (``sandboxes/go/verdict``).
Few C++ tasks need the headers; but without them g++ would find fault with the candidate, not with the host.
Rust 1.63 is the first that was tried, Debian 12's; its crates are the distribution's sources.
"""


def root_arguments() -> list[str]:
    """What of the host a cell sees: programs and libraries, read-only, and next to nothing else."""
    arguments = []
    for path in SYSTEM:
        arguments += ["--ro-bind", path, path]
    for path in LINKS:
        if Path(path).is_symlink():
            arguments += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).is_dir():
            arguments += ["--ro-bind", path, path]
    settings = [*SETTINGS, *(str(folder) for folder in Path("/etc").glob("java-*-openjdk"))]
    for path in settings:
        arguments += ["--ro-bind-try", path, path]
    return arguments


def languages() -> tuple[str, ...]:
    """Those that can be checked with a host's tools."""
    return tuple(sorted(TOOLS))


def missing(language: str) -> tuple[Tool, ...]:
    """The tools of a language that this host lacks, or has too old."""
    return tuple(tool for tool in TOOLS[language] if not tool.is_optional and not version_of(tool))


@cache
def version_of(tool: Tool) -> str:
    """Where a tool is and what it says of itself, or the digest of what says nothing; empty where it is missing or too old."""
    if not tool.version:
        return " ".join(f"{path} {_digest(path)}" for path in _files(tool))
    said = ((program, _said(program, tool)) for program in _programs(tool))
    return next((f"{program} {text}" for program, text in said if _number(text) >= tool.least), "")


def _files(tool: Tool) -> tuple[Path, ...]:
    """What the first folder has that matches the name: of PATH's, then the tool's; or what an absolute name matches."""
    for folder in (*PATH.split(":"), *tool.folders):
        if found := sorted(Path("/").glob(str(Path(folder, tool.name)).lstrip("/"))):
            return tuple(found)
    return ()


def _digest(path: Path) -> str:
    """A file's; of a folder the name is enough: it has the version."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "-"


def _programs(tool: Tool) -> tuple[str, ...]:
    """Every program of that name that may be meant: PATH's, then the folders', the highest numbers first."""
    folders = [str(folder) for pattern in tool.folders for folder in Path("/").glob(pattern.lstrip("/"))]
    folders.sort(key=lambda folder: [int(number) for number in re.findall(r"\d+", folder)], reverse=True)
    found = (shutil.which(tool.name, path=path) for path in (PATH, *folders))
    return tuple(program for program in found if program is not None)


def _said(program: str, tool: Tool) -> str:
    """What the program prints; nothing where it fails."""
    environment = {"PATH": PATH, "HOME": "/nonexistent", "GOTOOLCHAIN": "local"}  # no settings of a user's, no download
    done = subprocess.run([program, *tool.version], capture_output=True, text=True, check=False, env=environment)
    return done.stdout + done.stderr if done.returncode == 0 else ""


def _number(text: str) -> tuple[int, int]:
    """The first version in a text; (-1, -1) where there is none: go version go1.21.13 linux/amd64."""
    match = re.search(r"(\d+)(?:\.(\d+))?", text)
    return (int(match[1]), int(match[2] or 0)) if match else (-1, -1)


def probe(language: str) -> Probe:
    """The doctor's question: has the host what a language needs?"""
    name = f"host tools {language}"
    if language not in TOOLS:
        return Probe(name=name, ok=False, detail="not with a host's tools", remedy="use --sandbox docker")
    if lacking := missing(language):
        return Probe(name=name, ok=False, detail=f"missing: {_named(lacking)}", remedy=_remedy(lacking))
    spared = tuple(tool for tool in TOOLS[language] if not version_of(tool))
    detail = ", ".join(tool.name for tool in TOOLS[language] if tool not in spared)
    if spared:
        detail += f"; faster with {_named(spared)}: {_install(spared)}"
    return Probe(name=name, ok=True, detail=detail)


def _install(tools: Iterable[Tool]) -> str:
    return f"`apt-get install {' '.join(dict.fromkeys(tool.package for tool in tools))}`"


def _named(lacking: Iterable[Tool]) -> str:
    return ", ".join(map(str, lacking))


def _remedy(lacking: Iterable[Tool]) -> str:
    others = "".join(f" ({text})" for text in dict.fromkeys(tool.elsewhere for tool in lacking) if text)
    return f"Debian, Ubuntu: {_install(lacking)}{others}; or use --sandbox docker"


def path_of(language: str) -> str:
    """The PATH on which a language's tools are found."""
    programs = [tool for tool in TOOLS[language] if tool.folders and tool.version]
    found = [version_of(tool).partition(" ")[0] for tool in programs]
    return ":".join([*dict.fromkeys(str(Path(program).parent) for program in found), PATH])


def digest_of(language: str) -> str:
    """The name of what a language's sources and this host's tools make together. Raises MissingTool."""
    if language not in TOOLS:
        raise MissingTool(f"a host's toolchain for {language}", "use --sandbox docker")
    if lacking := missing(language):
        raise MissingTool(f"{language}: {_named(lacking)}", _remedy(lacking))
    digest = hashlib.sha256()
    for path, content in _sources(language):
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    for tool in TOOLS[language]:
        digest.update(f"{version_of(tool)}\0".encode())
    return digest.hexdigest()


def _sources(language: str) -> tuple[tuple[str, bytes], ...]:
    return tuple((path, content) for path, content in host.context_files(language) if path != "Dockerfile")


def folder_of(cache_dir: Path, language: str) -> Path:
    """Where the prepared toolchain is, or will be. Raises MissingTool."""
    return cache_dir / language / digest_of(language)[:16]


def ensure(names: Iterable[str], cache_dir: Path, say: Say) -> None:
    """Prepare what is not yet prepared. Raises MissingTool, SandboxUnavailable."""
    import filelock

    for language in names:
        folder = folder_of(cache_dir, language)
        if folder.is_dir():
            continue
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        with filelock.FileLock(folder.parent / LOCK):
            if not folder.is_dir():
                say(f"preparing the host's tools for {language} in {folder}")
                _prepare(language, folder)


def _prepare(language: str, folder: Path) -> None:
    """Run the script in a namespace; what it made appears under its name only when it is whole."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=MAKING) as name:
        work = Path(name)
        work.chmod(0o755)
        for path, content in _sources(language):
            target = work / "sources" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        made = work / "made"
        for part in PARTS:
            (made / part).mkdir(parents=True)
        _fetch(language, work)
        _run_script(language, work)
        for part in PARTS:
            with suppress(OSError):
                (made / part).rmdir()  # one that the script left empty
        _close(made)
        made.rename(folder)


def _fetch(language: str, work: Path) -> None:
    """Get what ``package-lock.json`` names, as an image's build does: the script that comes next has no network."""
    lock = work / "sources/package-lock.json"
    if not lock.is_file():
        return
    settings = work / "host"
    settings.mkdir()
    for path, content in npm_files(place=settings):
        (work / path).write_bytes(content)
    program, target = lock.with_name("packages.py"), lock.with_name("node_modules")
    command = [sys.executable, "-I", "-B", *map(str, (program, lock, settings / "npmrc", target))]
    _run(f"fetching the packages for {language}", command)


def _run_script(language: str, work: Path) -> None:
    bubblewrap = shutil.which("bwrap")
    if bubblewrap is None:
        raise MissingTool("bubblewrap", NO_BUBBLEWRAP)
    binds = [word for part, place in PARTS.items() for word in ("--bind", str(work / "made" / part), place)]
    command = [
        bubblewrap, "--unshare-all", "--die-with-parent", *root_arguments(), "--proc", "/proc", "--dev", "/dev",
        "--tmpfs", "/tmp", *binds, "--ro-bind", str(work / "sources"), "/sources",  # noqa: S108 - the namespace's own
        "--clearenv", "--setenv", "PATH", path_of(language), "--setenv", "HOME", "/tmp", "--setenv", "LANG", "C.UTF-8",  # noqa: S108
        "--chdir", "/opt/codeloop", "sh", "/sources/prepare", "/sources",
    ]  # fmt: skip
    _run(f"preparing the host's tools for {language}", command)


def _run(what: str, command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PREPARE_S)
    except subprocess.TimeoutExpired as exc:
        raise SandboxUnavailable(f"{what} took over {PREPARE_S} s") from exc
    if done.returncode:
        tail = " ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-3:])
        raise SandboxUnavailable(f"{what} failed: {tail}")


def _close(made: Path) -> None:
    """Make everything readable as the script said. Where owner and candidate are one user, the owner has others' rights.

    A cell sees the folder read-only, so that no candidate can give itself more.
    """
    made.chmod(0o755)
    for folder, _, files in os.walk(made):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if path.is_symlink() or os.geteuid() == 0:
                continue
            mode = path.stat().st_mode & 0o777
            if not mode & 0o004:
                path.chmod(mode & 0o077 | (mode & 0o007) << 6)
