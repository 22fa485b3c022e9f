"""Run before ``prepare``, which has no network: fetches what package-lock.json names, each archive checked against its sum, without npm.

    python3 packages.py LOCK NPMRC FOLDER        FOLDER/<name> for every package; npm itself would bring 400 Debian packages

Packages for another processor (``cpu``) are left out.
Formats: package-lock.json version 3 (``packages``: place → version, integrity, cpu) and Subresource Integrity sums.
"""

import base64
import hashlib
import io
import json
import platform
import ssl
import sys
import tarfile
import urllib.request
from pathlib import Path


def settings(path):
    pairs = (line.partition("=") for line in Path(path).read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def fetch(url, integrity, cafile):
    kind, _, expected = integrity.partition("-")
    with urllib.request.urlopen(url, timeout=60, context=ssl.create_default_context(cafile=cafile)) as reply:
        data = reply.read()
    if hashlib.new(kind, data).digest() != base64.b64decode(expected):
        raise SystemExit(f"{url} is not what package-lock.json says")
    return data


def unpack(data, folder):
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive.getmembers():
            member.name = member.name.partition("/")[2]  # an npm archive has one folder at its top
        # Python before 3.11.4 knows no filter; the sum has said already that these are the files which we have looked at.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
        archive.extractall(folder, [m for m in archive.getmembers() if m.name])


CPUS = {"x86_64": "x64", "aarch64": "arm64"}


def main(lock, npmrc, folder):
    found = settings(npmrc)
    cpu = CPUS.get(platform.machine(), platform.machine())
    for place, package in json.loads(Path(lock).read_text())["packages"].items():
        if place and cpu in package.get("cpu", [cpu]):
            name = place.rpartition("node_modules/")[2]
            file = f"{name.rpartition('/')[2]}-{package['version']}.tgz"
            url = f"{found['registry'].rstrip('/')}/{name}/-/{file}"
            unpack(fetch(url, package["integrity"], found.get("cafile")), Path(folder) / name)


if __name__ == "__main__":
    main(*sys.argv[1:])
