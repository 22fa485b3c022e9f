"""What the host brings for sandboxes: an engine, a base image, the languages' images.

A running engine is used as it is. Everything that changes the system is printed before it is done, and is done only for
root on Debian or a derivative, and never with ``CODELOOP_SYSTEM_SETUP=never``.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import subprocess
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codeloop.errors import ImageMissing, MissingTool, SandboxUnavailable
from codeloop.mirrors import PUBLIC_MIRROR, SUITE, apt_proxies, host_files, host_mirror, npm_files, pypi_files

if TYPE_CHECKING:
    from docker import DockerClient

Say = Callable[[str], None]

BASE_PULLED = "debian:trixie-slim"
BASE_BUILT = "codeloop/base:trixie"
STAGE_LABEL = "codeloop.stage"
IMAGE_LABEL = "codeloop.language"
ENGINE_WAIT_S = 60
PULL_WAIT_S = 30
REMEDY = "run `codeloop setup`"
ENGINE_REMEDY = (
    "install and start Docker (Debian, Ubuntu: `apt-get install docker.io`, `systemctl start docker`), "
    "or point DOCKER_HOST at a running engine"
)
PROXY_NAMES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def description() -> str:
    """Give what a report says of this machine: system, processors, interpreter; never its name."""
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return f"{system}, {os.cpu_count()} processors, Python {platform.python_version()}"


def container_engine(isolation: str) -> str:
    """Name what runs the cells of that isolation (a sandbox's description), and its version; empty where it does not say."""
    kind = isolation.partition(":")[0]
    if kind == "bubblewrap":
        return _said("bwrap", "--version")
    if kind != "docker":
        return ""
    from docker.errors import DockerException

    try:
        with closing(connect(timeout=5)) as client:
            info = client.version()
    except (MissingTool, DockerException, OSError):  # an engine that is busy: no run ends for want of its name
        return ""
    parts = {str(part.get("Name", "")): str(part.get("Version", "")) for part in info.get("Components") or ()}
    named = "Docker Engine" if "Engine" in parts else next(iter(parts), "engine")
    return f"{named} {info.get('Version', '?')}" + (f", runc {parts['runc']}" if "runc" in parts else "")


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return " ".join(done.stdout.split())[:100]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One line of ``codeloop doctor``."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


# --- where the images come from --------------------------------------------------------------------------------------


def sandboxes_dir() -> Path:
    """The folder with the agent and a folder per language: in the wheel, or in the checkout."""
    here = Path(__file__).resolve().parent
    packed = here / "_sandboxes"
    return packed if packed.is_dir() else here.parent / "sandboxes"


def languages() -> tuple[str, ...]:
    """Those that have an image to build."""
    return tuple(sorted(folder.parent.name for folder in sandboxes_dir().glob("*/Dockerfile")))


def context_files(language: str) -> tuple[tuple[str, bytes], ...]:
    """The build context without the host's part, as sorted (path, content)."""
    folder = sandboxes_dir() / language
    if not (folder / "Dockerfile").is_file():
        raise ImageMissing(language, f"there is no {folder / 'Dockerfile'}; known: {', '.join(languages())}")
    found = {f"agent/{path.name}": path.read_bytes() for path in (sandboxes_dir() / "agent").glob("*.py")}
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if path.is_file() and "__pycache__" not in relative.parts and path.suffix not in {".pyc", ".class"}:
            found[relative.as_posix()] = path.read_bytes()
    if uses_pypi(found):
        found["wheels.py"] = (sandboxes_dir() / "wheels.py").read_bytes()
    if uses_npm(found):
        found["packages.py"] = (sandboxes_dir() / "packages.py").read_bytes()
    return tuple(sorted(found.items()))


def uses_pypi(paths: Iterable[str]) -> bool:
    """Say whether a build context names wheels of PyPI's."""
    return "wheels.txt" in paths


def uses_npm(paths: Iterable[str]) -> bool:
    """Say whether a build context names packages of npm's."""
    return any(Path(path).name == "package-lock.json" for path in paths)


def image_tag(language: str) -> str:
    """The tag that this very context builds: another agent or Dockerfile is another image."""
    digest = hashlib.sha256()
    for path, content in context_files(language):
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return f"codeloop/{language}:{digest.hexdigest()[:16]}"


# --- the engine ------------------------------------------------------------------------------------------------------


def connect(*, timeout: float = 60) -> DockerClient:
    """A client of a running engine; raises MissingTool."""
    import docker
    from docker.errors import DockerException

    try:
        client = docker.from_env(timeout=int(timeout), max_pool_size=32)
    except DockerException as error:
        raise MissingTool("a Docker engine", ENGINE_REMEDY) from error
    try:
        client.ping()
    except Exception as error:  # requests, urllib3 and docker each raise their own
        client.close()
        raise MissingTool("a Docker engine", ENGINE_REMEDY) from error
    return client


def may_change_system() -> bool:
    """Whether this process can and may install packages."""
    forbidden = os.environ.get("CODELOOP_SYSTEM_SETUP", "").lower() == "never"
    return not forbidden and os.geteuid() == 0 and shutil.which("apt-get") is not None


def ensure_engine(say: Say) -> DockerClient:
    """A client of the engine that runs, or of one installed and started here; raises MissingTool."""
    try:
        return connect()
    except MissingTool:
        if not may_change_system() or "DOCKER_HOST" in os.environ:
            raise
    if shutil.which("dockerd") is None:
        apt_install(("docker.io", "iptables"), say)
    daemon = start_engine(say)
    deadline = time.monotonic() + ENGINE_WAIT_S
    while True:
        try:
            return connect()
        except MissingTool:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
            if daemon.poll() is not None:  # it met the remains of an engine that was still going down
                time.sleep(2)
                daemon = start_engine(say)


PID_FILES = (("/var/run/docker.pid", "dockerd"), ("/var/run/docker/containerd/containerd.pid", "containerd"))


def forget_dead_engine(say: Say) -> None:
    """Remove pid files that a killed engine left: dockerd believes them if the number belongs to any process today."""
    for name, program in PID_FILES:
        path = Path(name)
        try:
            pid = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if not is_running(pid, program):
            say(f"removing {name}: its {program} is gone")
            path.unlink(missing_ok=True)


def is_running(pid: str, program: str) -> bool:
    """Say whether a process number is a live ``program``; one that is dead but not yet reaped counts as gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    name, _, rest = stat.partition("(")[2].rpartition(")")
    return name == program and rest.split()[0] not in ("Z", "X")


def start_engine(say: Say) -> subprocess.Popen[bytes]:
    """Start the daemon detached, so that it outlives this command."""
    forget_dead_engine(say)
    log = Path(os.environ.get("CODELOOP_DOCKERD_LOG", "/var/log/codeloop-dockerd.log"))
    say(f"starting dockerd (log: {log})")
    with log.open("ab") as output:
        return subprocess.Popen(
            ["dockerd"], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )


def apt_install(packages: tuple[str, ...], say: Say) -> None:
    """Install Debian packages, saying so first."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", *packages]):
        say("running: " + " ".join(command))
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            tail = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise MissingTool(packages[0], f"`{' '.join(command)}` failed: {''.join(tail)}")


# --- the base image --------------------------------------------------------------------------------------------------


def ensure_base(client: DockerClient, say: Say) -> str:
    """The name of a Debian 13 image: one that is there, pulled, or built from packages."""
    for name in (BASE_PULLED, BASE_BUILT):
        if has_image(client, name):
            return name
    say(f"pulling {BASE_PULLED}")
    if pull(BASE_PULLED):
        return BASE_PULLED
    say("the registry cannot be reached: building the base with debootstrap")
    build_base(client, say)
    return BASE_BUILT


def has_image(client: DockerClient, name: str) -> bool:
    """Whether the engine has it."""
    from docker.errors import ImageNotFound

    try:
        client.images.get(name)
    except ImageNotFound:
        return False
    return True


def pull(name: str) -> bool:
    """Whether it came in time. A thread of its own: the SDK's pull has no deadline."""
    done: list[str] = []

    def attempt() -> None:
        from docker.errors import DockerException

        try:
            client = connect(timeout=PULL_WAIT_S)
        except MissingTool:
            return
        try:
            client.images.pull(name)
            done.append(name)
        except (DockerException, OSError):
            pass
        finally:
            client.close()

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(PULL_WAIT_S)
    return bool(done)


def build_base(client: DockerClient, say: Say) -> None:
    """Import debootstrap's smallest Debian; its apt points at the public mirror, not at the host's."""
    if shutil.which("debootstrap") is None:
        if not may_change_system():
            raise MissingTool("debootstrap", f"install it as root, or give the engine the image {BASE_PULLED}")
        apt_install(("debootstrap",), say)
    with tempfile.TemporaryDirectory(prefix="codeloop-base-") as folder:
        root = Path(folder) / "root"
        command = ["debootstrap", "--variant=minbase", SUITE, str(root), host_mirror()]
        say("running: " + " ".join(command))
        environment = apt_proxies() | dict(os.environ)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MissingTool(BASE_PULLED, f"debootstrap failed: {''.join(done.stdout.strip().splitlines()[-1:])}")
        clean_root(root)
        import_root(client, root)


def clean_root(root: Path) -> None:
    """Take out what is the host's, and what only a booted system needs."""
    (root / "etc/apt/sources.list").write_text(f"deb {PUBLIC_MIRROR} {SUITE} main\n")
    for name in ("etc/resolv.conf", "etc/hostname", "var/log/bootstrap.log"):
        (root / name).unlink(missing_ok=True)
    for pattern in ("var/cache/apt/archives/*.deb", "var/lib/apt/lists/*_*", "var/cache/apt/*.bin"):
        for path in root.glob(pattern):
            path.unlink()


def import_root(client: DockerClient, root: Path) -> None:
    """Import a root file system as ``BASE_BUILT``."""
    packed = root.parent / "root.tar"
    omitted = [f"--exclude=./{name}/*" for name in ("proc", "sys", "dev")]
    subprocess.run(["tar", "--numeric-owner", *omitted, "-C", str(root), "-cf", str(packed), "."], check=True)
    repository, _, tag = BASE_BUILT.partition(":")
    with packed.open("rb") as file:
        client.api.import_image_from_data(file, repository=repository, tag=tag)


# --- the languages' images -------------------------------------------------------------------------------------------


def build_image(client: DockerClient, language: str, say: Say) -> str:
    """Build a language's image, tag it, and drop the stages that saw the host's settings; the tag."""
    tag, files = image_tag(language), context_files(language) + host_files()
    if uses_npm(path for path, _ in files):
        files += npm_files()
    if uses_pypi(path for path, _ in files):
        files += pypi_files()
    base = ensure_base(client, say)
    say(f"building {tag} from {base}")
    began = time.monotonic()
    stream = client.api.build(
        fileobj=io.BytesIO(packed(files)), custom_context=True, tag=tag, rm=True, forcerm=True, decode=True,
        network_mode="host", buildargs={"BASE": base} | proxy_arguments(), labels={IMAGE_LABEL: language},
    )  # fmt: skip
    try:
        follow_build(language, stream)
    finally:
        prune_stages(client)
    say(f"built {tag} in {time.monotonic() - began:.0f} s")
    return tag


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A tar of them; the same files give the same bytes, so that the engine's build cache works."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, content in files:
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(content), 0o644
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def proxy_arguments() -> dict[str, str]:
    """The proxy variables, as build arguments that Docker predefines and keeps out of an image's history."""
    return {name: os.environ[name] for name in PROXY_NAMES if name in os.environ}


def follow_build(language: str, stream: Iterable[dict[str, Any]]) -> None:
    """Wait for the build; raises SandboxUnavailable with the end of its log."""
    log: list[str] = []
    for event in stream:
        log += str(event.get("stream", "")).splitlines()
        if "error" in event:
            tail = "\n".join(line for line in log[-30:] if line.strip())
            raise SandboxUnavailable(f"building the image for {language} failed: {event['error']}\n{tail}")


def prune_stages(client: DockerClient) -> None:
    """Remove the dangling build stages, known by their label."""
    from docker.errors import APIError

    try:
        client.images.prune(filters={"dangling": True, "label": [STAGE_LABEL]})
    except APIError:
        return  # in use by a build that runs beside this one; the next build prunes them


# --- the doctor's questions ------------------------------------------------------------------------------------------


def probe_engine() -> Probe:
    """Is there an engine?"""
    try:
        client = connect(timeout=5)
    except MissingTool as error:
        return Probe(name="Docker engine", ok=False, detail="not running", remedy=error.remedy)
    try:
        info = client.version()
        return Probe(name="Docker engine", ok=True, detail=f"version {info.get('Version', '?')}")
    finally:
        client.close()


def probe_images(names: Iterable[str]) -> tuple[Probe, ...]:
    """Is each language's image built, from what its folder holds now?"""
    try:
        client = connect(timeout=5)
    except MissingTool as error:
        return tuple(Probe(name=f"image {each}", ok=False, detail="no engine", remedy=error.remedy) for each in names)
    try:
        return tuple(probe_image(client, each) for each in names)
    finally:
        client.close()


def probe_image(client: DockerClient, language: str) -> Probe:
    """One language's image."""
    tag = image_tag(language)
    if has_image(client, tag):
        return Probe(name=f"image {language}", ok=True, detail=tag)
    return Probe(
        name=f"image {language}",
        ok=False,
        detail=f"{tag} is not built",
        remedy=f"run `codeloop setup --lang {language}`",
    )
