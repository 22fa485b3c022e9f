"""Where this host gets its packages: apt's mirror and proxies, npm's and PyPI's registries; what an image build may know of them.

Never a name, a password or a token. Reads files and environment; changes nothing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

SUITE = "trixie"
PUBLIC_MIRROR = "http://deb.debian.org/debian"
PUBLIC_REGISTRY = "https://registry.npmjs.org/"
PUBLIC_INDEX = "https://pypi.org/simple"
BUILD = Path("/tmp/codeloop-host")  # noqa: S108 - in the first stage of an image's build
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # with those of an inspecting proxy, where the host has one


def host_mirror() -> str:
    """The Debian mirror that this host uses; the public one if it uses none (Ubuntu, or not Debian)."""
    for uri, suite in host_sources():
        path = urlsplit(uri).path.rstrip("/")
        if path.endswith("/debian") and "-security" not in suite:
            return uri
    return PUBLIC_MIRROR


def host_sources(root: Path = Path("/etc/apt")) -> Iterator[tuple[str, str]]:
    """(URI, suite) of every package source of the host, in both of apt's formats."""
    folder = root / "sources.list.d"
    for path in (root / "sources.list", *sorted(folder.glob("*.list"))):
        for line in read_lines(path):
            if match := re.match(r"\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)", line):
                yield match[1], match[2]
    for path in sorted(folder.glob("*.sources")):
        text = "\n".join(line for line in read_lines(path) if not line.startswith("#"))
        for stanza in re.split(r"\n\s*\n", text):
            fields = dict(re.findall(r"^(\w[\w-]*):[ \t]*(.*)$", stanza, re.M))
            if fields.get("Enabled", "yes").lower() != "no":
                suites = fields.get("Suites", "").split()
                yield from ((uri, suite) for uri in fields.get("URIs", "").split() for suite in suites)


def read_lines(path: Path) -> list[str]:
    """The lines of a file that may be missing."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def host_files() -> tuple[tuple[str, bytes], ...]:
    """The ``host/`` part of a build context: for the first stage only, never in an image."""
    sources = f"deb {host_mirror()} {SUITE} main\n"
    return (("host/codeloop.list", sources.encode()), ("host/99codeloop", apt_options().encode()))


def npm_files(environment: Mapping[str, str] = os.environ, place: Path = BUILD) -> tuple[tuple[str, bytes], ...]:
    """The host's npm registry and its trusted certificates, for who uses npm; never a name, password or token.

    ``place``: where the files of ``host/`` will be read.
    """
    registry = environment.get("npm_config_registry") or environment.get("NPM_CONFIG_REGISTRY") or npm_registry()
    settings = f"registry={_nameless(registry)}\n"
    try:
        certificates = CERTIFICATES.read_bytes()
    except OSError:
        return (("host/npmrc", settings.encode()),)
    settings += f"cafile={place}/npm-ca.crt\n"
    return (("host/npm-ca.crt", certificates), ("host/npmrc", settings.encode()))


def pypi_files(environment: Mapping[str, str] = os.environ) -> tuple[tuple[str, bytes], ...]:
    """The host's Python index and its trusted certificates, for ``sandboxes/wheels.py``; never a name, password or token."""
    settings = {"index": _nameless(environment.get("PIP_INDEX_URL") or pip_index())}
    for path in (CERTIFICATES, Path(ssl.get_default_verify_paths().openssl_cafile)):
        if path.is_file():
            settings["cafile"] = f"{BUILD}/pypi-ca.crt"
            return (("host/pypi-ca.crt", path.read_bytes()), ("host/pypi.json", json.dumps(settings).encode()))
    return (("host/pypi.json", json.dumps(settings).encode()),)


def pip_index() -> str:
    """The index that this interpreter's pip uses; the public one where it has none, or is not there."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.stdout.startswith("http") else PUBLIC_INDEX


def _nameless(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def npm_registry() -> str:
    """The registry that the host's npm uses; the public one where it has none."""
    if shutil.which("npm") is not None:
        done = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True, check=False)
        if done.stdout.startswith("http"):
            return done.stdout.strip()
    return PUBLIC_REGISTRY


def apt_options() -> str:
    """The host's proxy and date settings (a frozen mirror's index has expired); nothing that could be a secret file."""
    if shutil.which("apt-config") is None:
        return ""
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    wanted = re.compile(r"Acquire::(https?::(proxy|Pipeline-Depth)\b|Check-|Retries)", re.I)
    return "".join(line + "\n" for line in dump.splitlines() if wanted.match(line) and "AutoDetect" not in line)


def apt_proxies() -> dict[str, str]:
    """Give apt's proxies as environment variables: debootstrap does not read apt's settings."""
    found = re.findall(r'^Acquire::(https?)::proxy "([^"]+)";', apt_options(), re.I | re.M)
    return {f"{scheme.lower()}_proxy": value for scheme, value in found if value.upper() != "DIRECT"}
