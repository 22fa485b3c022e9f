"""``codeloop cache``: what is listed, what goes, and what stays because somebody uses it."""

from __future__ import annotations

import io
import mmap
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from codeloop import host, images, toolchains
from codeloop.attempts import Completion, Prompt
from codeloop.sandbox import bubblewrap
from codeloop.store import RunStatus, Store


def cache(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "CODELOOP_CACHE_DIR": str(folder / "cache"),
        "CODELOOP_TOOLCHAINS_DIR": str(folder / "cache/toolchains"),  # never root's, which are the machine's own
        "CODELOOP_RUNS_DIR": str(folder / "runs"),
    }
    return subprocess.run(
        [sys.executable, "-m", "codeloop", "cache", *arguments],
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


WHOLE, PART = (f"qwen2.5-coder-{size}-instruct-q4_k_m.gguf" for size in ("0.5b", "1.5b"))
PART += ".partial"
OLD, HALF = (f"toolchains/python/{name}" for name in ("0123456789abcdef", "making-k_3x"))
NO_ENGINE = {"DOCKER_HOST": "unix:///nonexistent.sock"}


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    sizes = {f"models/{WHOLE}": 5000, f"models/{PART}": 70, "humaneval-x/c.jsonl.gz": 300}
    sizes |= {f"{OLD}/codeloop/old": 100, f"{HALF}/made/half": 60}
    sizes |= {
        "models/mine.gguf": 1,
        "holiday/photo": 1,
        "toolchains/python/notes/photo": 1,
    }  # a user's own: never listed, never removed
    for name, size in sizes.items():
        path = tmp_path / "cache" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
    (tmp_path / f"cache/models/{WHOLE}.lock").touch()
    return tmp_path


def files(folder: Path) -> set[str]:
    found = {path.name for path in (folder / "cache").rglob("*") if path.is_file() and not path.name.endswith("lock")}
    assert {"mine.gguf", "photo"} <= found
    return found - {"mine.gguf", "photo"}


def test_info_shows_sizes_and_counts_replies(filled: Path) -> None:
    with Store.open(filled / "runs" / "codeloop.db") as store:
        for draw in range(3):
            store.record_reply("m", Prompt(messages=(), template="t", draw=draw), Completion(text="", finish_reason=""))
    done = cache(filled, "info", **NO_ENGINE)
    assert done.returncode == 0, done.stderr
    for words in (
        "5.1 kB",
        WHOLE,
        PART,
        "300 B",
        "160 B in 2, of these superseded 2",
        "no Docker engine",
        "3 recorded replies",
    ):
        assert words in done.stdout


def test_info_of_nothing_makes_nothing(tmp_path: Path) -> None:
    done = cache(tmp_path, "info", **NO_ENGINE)
    assert done.returncode == 0, done.stderr
    assert "none yet" in done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("flags", "left", "freed"),
    [
        (["--weights"], {"c.jsonl.gz", "old", "half"}, "freed 5.1 kB"),
        (["--suites"], {WHOLE, PART, "old", "half"}, "freed 300 B"),
        (["--toolchains"], {WHOLE, PART, "c.jsonl.gz"}, "freed 160 B"),
        (["--superseded"], {WHOLE, PART, "c.jsonl.gz"}, "freed 160 B"),
        (["--all"], set(), "freed 5.5 kB"),
        (["--all", "--dry-run"], {WHOLE, PART, "c.jsonl.gz", "old", "half"}, "would free up to 5.5 kB"),
    ],
)
def test_clear_removes_what_is_named_and_says_so(filled: Path, flags: list[str], left: set[str], freed: str) -> None:
    gone = {WHOLE, PART, "humaneval-x", OLD, HALF} if "--all" in flags else set()
    done = cache(filled, "clear", *flags, **NO_ENGINE)
    assert done.returncode == 0, done.stderr
    assert files(filled) == left
    assert freed in done.stdout
    assert all(name in done.stdout for name in gone)
    assert cache(filled, "clear", *flags, **NO_ENGINE).returncode == 0  # again, on what is left


def test_clear_of_nothing_named_is_a_users_mistake(filled: Path) -> None:
    done = cache(filled, "clear", "--dry-run")
    assert done.returncode == 2
    assert "--superseded" in done.stderr
    assert len(files(filled)) == 5


def test_weights_that_a_process_uses_or_downloads_stay_with_a_line(filled: Path) -> None:
    models = filled / "cache" / "models"
    with (models / WHOLE).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ):
        done = cache(filled, "clear", "--weights")
        assert f"{WHOLE}: process {os.getpid()} uses it" in done.stderr
        assert files(filled) == {WHOLE, "c.jsonl.gz", "old", "half"}
    with FileLock(models / f"{WHOLE}.lock"):
        done = cache(filled, "clear", "--weights")
        assert f"{WHOLE}: another process is downloading" in done.stderr
    assert "freed 0 B" in done.stdout
    assert files(filled) == {WHOLE, "c.jsonl.gz", "old", "half"}
    assert cache(filled, "clear", "--weights").returncode == 0
    assert files(filled) == {"c.jsonl.gz", "old", "half"}


# --- toolchains


def current_of(folder: Path) -> Path:
    """Make a folder where the prepared toolchain of Python would be."""
    current = toolchains.folder_of(folder / "cache/toolchains", "python")
    (current / "codeloop").mkdir(parents=True)
    return current


def test_the_current_toolchain_is_not_superseded(filled: Path) -> None:
    current = current_of(filled)
    shown = cache(filled, "info", **NO_ENGINE).stdout
    assert f"python/{current.name}\n" in shown
    assert f"{OLD.partition('/')[2]}  superseded\n" in shown
    assert cache(filled, "clear", "--superseded", **NO_ENGINE).returncode == 0
    assert (current.is_dir(), (filled / "cache" / OLD).exists()) == (True, False)
    assert cache(filled, "clear", "--toolchains", **NO_ENGINE).returncode == 0
    assert not current.exists()


def test_the_current_toolchain_of_a_live_run_stays(filled: Path) -> None:
    current = current_of(filled)
    with Store.open(filled / "runs" / "codeloop.db") as store:
        store.new_run("r1", {})
        store.claim("r1")
        done = cache(filled, "clear", "--toolchains")
        store.release("r1", RunStatus.FINISHED)
    assert f"{current}: run r1 is live" in done.stderr
    assert [path.name for path in current.parent.iterdir() if path.name not in {"lock", "notes"}] == [current.name]


def test_toolchains_that_are_being_prepared_stay_with_a_line(filled: Path) -> None:
    with FileLock(filled / "cache/toolchains/python/lock"):
        done = cache(filled, "clear", "--toolchains")
    assert f"{HALF}: another process is preparing" in done.stderr
    assert {"old", "half"} < files(filled)


@pytest.mark.bubblewrap
def test_a_toolchain_that_a_cell_uses_stays_with_a_line(filled: Path) -> None:
    found = bubblewrap.probe()
    if not found.ok:
        pytest.skip(f"no bubblewrap: {found.detail}")
    command = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", str(filled / "cache" / OLD / "codeloop"), "/tmp"]
    command += ["sh", "-c", "echo up; read line"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as cell:
        assert cell.stdout is not None
        assert cell.stdout.readline() == b"up\n"
        done = cache(filled, "clear", "--superseded", **NO_ENGINE)
        cell.communicate()
    assert re.search(rf"{OLD}: process \d+ uses it\n", done.stderr)
    assert files(filled) == {WHOLE, PART, "c.jsonl.gz", "old"}
    assert cache(filled, "clear", "--superseded", **NO_ENGINE).returncode == 0
    assert "old" not in files(filled)


# --- images: only what a test made is ever removed here; the machine's own images are looked at ---


@pytest.fixture
def client() -> Iterator[Any]:
    if not host.probe_engine().ok and not os.environ.get("CODELOOP_REQUIRE_DOCKER"):
        pytest.skip("no Docker engine")
    connected = host.connect()
    yield connected
    connected.close()


@pytest.fixture
def old_image(client: Any) -> Iterator[str]:
    """Import an image of one small file under a tag that no context hashes to."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        info = tarfile.TarInfo("old")
        info.size = 4096
        tar.addfile(info, io.BytesIO(os.urandom(4096)))
    tag = f"test-{os.getpid()}"
    client.api.import_image_from_data(data.getvalue(), repository="codeloop/python", tag=tag)
    yield f"codeloop/python:{tag}"
    if host.has_image(client, f"codeloop/python:{tag}"):
        client.images.remove(f"codeloop/python:{tag}", force=True)


@pytest.mark.docker
def test_an_old_tag_is_superseded_and_the_current_ones_are_not(client: Any, old_image: str, tmp_path: Path) -> None:
    known = {image.tag: image for image in images.list_images(client)}
    assert not known[old_image].is_current
    assert known[old_image].n_bytes >= 4096
    current = {host.image_tag(language) for language in host.languages()}
    assert all(image.is_current == (tag in current | {host.BASE_BUILT}) for tag, image in known.items())
    done = cache(tmp_path, "clear", "--superseded", "--dry-run")
    assert f"would remove image {old_image}" in done.stdout
    assert not any(tag in done.stdout for tag in current | {host.BASE_BUILT})
    shown = cache(tmp_path, "info").stdout
    assert f"{old_image}  superseded" in shown
    assert host.has_image(client, old_image)


@pytest.mark.docker
def test_an_image_in_use_stays_and_a_free_one_goes_with_its_layers(client: Any, old_image: str) -> None:
    image = next(image for image in images.list_images(client) if image.tag == old_image)
    container = client.containers.create(old_image, "/none")  # never started: it uses the image all the same
    try:
        assert images.remove_image(client, image) == "a container uses it"
        assert host.has_image(client, old_image)
    finally:
        container.remove()
    assert images.remove_image(client, image) == ""
    assert not host.has_image(client, old_image)
    assert images.remove_image(client, image) == "it is gone already"


@pytest.mark.docker
def test_room_for_a_build_is_made_by_the_oldest_superseded_images_only(
    client: Any, old_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only this test's own image is listed beside the current ones: others' superseded ones are not for a test."""
    ours = [image for image in images.list_images(client) if image.is_current or image.tag == old_image]
    monkeypatch.setattr(images, "list_images", lambda _: tuple(ours))
    said: list[str] = []
    images.make_room(client, said.append, lambda: images.NEEDED_BYTES)
    images.make_room(client, said.append, lambda: None)
    assert said == [] and host.has_image(client, old_image)
    images.make_room(client, said.append, lambda: 3 * 1024**3)
    assert [line.split(",")[0] for line in said] == [f"removed {old_image}"]
    assert {image.tag for image in ours if host.has_image(client, image.tag)} == {
        image.tag for image in ours if image.is_current
    }
    assert (images.free_bytes(client) or 0) > 0


@pytest.mark.docker
def test_the_current_images_of_a_live_run_stay(client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its guard is asked for one image that does not exist: were it to fail, nothing would be lost."""
    from codeloop.cli.cache import _image_item

    ghost = images.Image(tag="codeloop/python:no-such-tag", created="", n_bytes=1, is_current=True)
    monkeypatch.setenv("CODELOOP_RUNS_DIR", str(tmp_path))
    with Store.open(tmp_path / "codeloop.db") as store:
        store.new_run("r1", {})
        store.claim("r1")
        assert _image_item(client, ghost).remove() == "run r1 is live"
        store.release("r1", RunStatus.FINISHED)
    assert _image_item(client, ghost).remove() == "it is gone already"
