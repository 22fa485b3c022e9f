"""Run before ``prepare``, which has no network: fetches the wheels that wheels.txt pins, each checked against its sums, without pip.

    python3 wheels.py WHEELS_TXT SETTINGS FOLDER     FOLDER/<name>/ for every wheel, its programs in FOLDER/<name>/bin/

It prints a JSON object, name to version: an image's build adds it to /opt/codeloop/analysers.json.
Formats: pip's requirements with ``--hash`` (what ``pip-compile --generate-hashes`` writes), the simple index (PEP 503) and
wheels (PEP 427). Of a release's wheels the one for this machine's glibc is taken, or one that is for any machine.
"""

import hashlib
import html
import io
import json
import os
import platform
import re
import ssl
import sys
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path


def pinned(text):
    """(name, version, sums) of each requirement; a backslash at a line's end goes on in the next."""
    for line in text.replace("\\\n", " ").splitlines():
        if match := re.match(r"\s*([\w.-]+)==([\w.+!]+)", line):
            yield match[1], match[2], frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))


def links(page, url):
    """(file name, absolute URL without its fragment) of everything on an index page."""
    for link in re.findall(r"""<a\s[^>]*?href\s*=\s*["']([^"']+)["']""", page, re.I):
        address = urllib.parse.urldefrag(urllib.parse.urljoin(url, html.unescape(link))).url
        yield urllib.parse.unquote(address.rpartition("/")[2]), address


def fits(file, name, version, machine):
    """Whether a file is a wheel of that release which runs here."""
    normal = re.sub(r"[-_.]+", "_", name).lower()
    parts = file.removesuffix(".whl").split("-")
    if not file.endswith(".whl") or len(parts) < 5 or [parts[0].lower(), parts[1]] != [normal, version]:
        return False
    tags = parts[-1].split(".")
    return parts[-3].startswith("py3") and any(t == "any" or re.fullmatch(rf"manylinux.*_{machine}", t) for t in tags)


def fetch(url, cafile):
    with urllib.request.urlopen(url, timeout=120, context=ssl.create_default_context(cafile=cafile)) as reply:
        return reply.read()


def unpack(data, folder):
    """The files of a wheel; what it calls scripts becomes programs in ``bin``."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            script = re.fullmatch(r"[^/]+\.data/scripts/([^/]+)", info.filename)
            target = folder / "bin" / script[1] if script else folder / info.filename
            if info.is_dir() or not target.resolve().is_relative_to(folder.resolve()):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(info))
            target.chmod(0o755 if script or info.external_attr >> 16 & 0o111 else 0o644)


def main(wheels_txt, settings, folder):
    found = json.loads(Path(settings).read_text())
    cafile = found.get("cafile")
    versions = {}
    for name, version, sums in pinned(Path(wheels_txt).read_text()):
        page = f"{found['index'].rstrip('/')}/{re.sub(r'[-_.]+', '-', name).lower()}/"
        files = [
            link
            for link in links(fetch(page, cafile).decode(), page)
            if fits(link[0], name, version, platform.machine())
        ]
        if not files:
            raise SystemExit(f"{name} {version}: the index has no wheel for {platform.machine()}")
        data = fetch(files[0][1], cafile)
        if hashlib.sha256(data).hexdigest() not in sums:
            raise SystemExit(f"{files[0][0]} is not what {os.path.basename(wheels_txt)} says")
        unpack(data, Path(folder) / name)
        versions[name] = version
    print(json.dumps(versions))


if __name__ == "__main__":
    main(*sys.argv[1:])
