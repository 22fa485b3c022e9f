"""Wheels of analysers in an image's build: pinned, checked, unpacked without pip; the host's index without its secrets."""

from __future__ import annotations

import functools
import hashlib
import http.server
import importlib.util
import io
import json
import platform
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from codeloop import host, mirrors

MACHINE = platform.machine()
NAME = f"tool_x-1.2.0-py3-none-manylinux_2_17_{MACHINE}.manylinux2014_{MACHINE}.whl"


@pytest.fixture(scope="module")
def wheels() -> ModuleType:
    path = host.sandboxes_dir() / "wheels.py"
    spec = importlib.util.spec_from_file_location("wheels_of_an_image", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wheel() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("tool_x/__init__.py", "")
        archive.writestr("tool_x-1.2.0.data/scripts/tool", "#!/bin/sh\n")
        archive.writestr("../outside", "no")
    return buffer.getvalue()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """A simple index that has one release for this machine and some that do not fit."""
    folder = tmp_path / "index"
    page = folder / "simple" / "tool-x"
    page.mkdir(parents=True)
    (folder / NAME).write_bytes(wheel())
    others = [
        "tool_x-1.2.0.tar.gz",
        "tool_x-1.2.0-py3-none-win_amd64.whl",
        f"tool_x-1.2.1-py3-none-manylinux_2_17_{MACHINE}.whl",
    ]
    links = "".join(f'<a href="../../{name}#sha256=0">{name}</a>\n' for name in [*others, NAME])
    (page / "index.html").write_text(f"<html><body>{links}</body></html>")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    server.server_close()
    thread.join()


def fetched(wheels: ModuleType, index: str, tmp_path: Path, sum_: str) -> Path:
    (tmp_path / "wheels.txt").write_text(
        f"# ours\ntool-x==1.2.0 \\\n    --hash=sha256:{'0' * 64} \\\n    --hash=sha256:{sum_}\n"
    )
    (tmp_path / "pypi.json").write_text(json.dumps({"index": index}))
    wheels.main(tmp_path / "wheels.txt", tmp_path / "pypi.json", tmp_path / "out")
    return tmp_path / "out" / "tool-x"


def test_a_wheel_that_fits_is_unpacked_and_its_version_said(
    wheels: ModuleType, index: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = fetched(wheels, index, tmp_path, hashlib.sha256(wheel()).hexdigest())
    assert (folder / "bin" / "tool").stat().st_mode & 0o111
    assert (folder / "tool_x" / "__init__.py").is_file()
    assert not (folder.parent / "outside").exists()
    assert json.loads(capsys.readouterr().out) == {"tool-x": "1.2.0"}


def test_a_wheel_of_another_sum_is_refused(wheels: ModuleType, index: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"is not what wheels\.txt says"):
        fetched(wheels, index, tmp_path, "1" * 64)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("file", "does_fit"),
    [
        ("ruff-0.17.6-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", True),
        ("ruff-0.17.6-py3-none-any.whl", True),
        ("ruff-0.17.6-py3-none-musllinux_1_2_x86_64.whl", False),
        ("ruff-0.17.6-py3-none-manylinux_2_17_aarch64.whl", False),
        ("ruff-0.17.6-py3-none-macosx_10_12_x86_64.whl", False),
        ("ruff-0.17.60-py3-none-any.whl", False),
        ("ruff_lsp-0.17.6-py3-none-any.whl", False),
        ("ruff-0.17.6.tar.gz", False),
    ],
)
def test_only_a_wheel_of_that_release_for_this_machine_fits(wheels: ModuleType, file: str, does_fit: bool) -> None:
    assert wheels.fits(file, "ruff", "0.17.6", "x86_64") is does_fit


def test_every_pin_has_sums(wheels: ModuleType) -> None:
    pins = [pin for path in host.sandboxes_dir().glob("*/wheels.txt") for pin in wheels.pinned(path.read_text("utf-8"))]
    assert {name for name, _, _ in pins} >= {"ruff", "ty"}
    assert all(sums for _, _, sums in pins)


def test_the_hosts_index_is_passed_on_without_credentials() -> None:
    files = dict(mirrors.pypi_files({"PIP_INDEX_URL": "https://user:secret@pypi.example/simple/"}))
    assert json.loads(files["host/pypi.json"])["index"] == "https://pypi.example/simple/"
    assert b"secret" not in b"".join(files.values())


def test_only_a_build_that_uses_wheels_gets_what_fetches_them() -> None:
    for name in host.languages():
        paths = {path for path, _ in host.context_files(name)}
        assert ("wheels.py" in paths) == ("wheels.txt" in paths)
