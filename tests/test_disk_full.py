"""A disk that fills at whatever write: one line with the remedy, exit 3, nothing recorded lost, and resumption works."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sessions import REPLAYED, Place, SessionServer

from codeloop.cli.files import write_whole
from codeloop.errors import DiskFull
from codeloop.models.replay import ReplayModel

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]
_PAGE = 4096  # tmpfs gives whole pages
_DISK = 8 * 1024 * 1024


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a disk of a few megabytes at ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk to fill: mount says {done.stderr.strip()}")  # in CI the session turns red for it
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def filled(folder: Path, free_bytes: int) -> Iterator[None]:
    """Leave ``free_bytes`` of a disk, as long as the context lasts."""
    filler, status = folder / "filler", os.statvfs(folder)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, status.f_bavail * status.f_frsize - free_bytes)
    try:
        yield
    finally:
        filler.unlink()


def what_failed(place: Place) -> str:
    """Give the one line that a session ended with."""
    text = place.output.read_text("utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("codeloop: ")]
    assert "Traceback" not in text
    assert "free some space" in line, text
    return line


@pytest.fixture(scope="module")
def undisturbed(session_server: SessionServer, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("undisturbed"))
    assert place.session(session_server) == 0, place.output.read_text("utf-8")
    return place


# From no room for an empty database to past the middle of a run, whose write-ahead log takes 4 MB at the most.
@pytest.mark.parametrize("free_kib", [0, 4, 12, 32, 40, 72, 108, 160, 224, 300, 420, 560, 720, 900])
def test_a_disk_that_fills_loses_nothing_that_was_recorded(
    free_kib: int, undisturbed: Place, session_server: SessionServer, tmp_path: Path
) -> None:
    place = Place(tmp_path)
    with small_disk(place.runs):
        with filled(place.runs, free_kib * 1024):
            status = session_server.run(place, *REPLAYED, "--record", str(place.runs / "cassette.jsonl"))
        if status:
            assert status == 3
            print(what_failed(place))
            place.disturbances.append("disk full")
        place.check_records()
        if not place.is_finished():
            assert place.session(session_server) == 0, place.output.read_text("utf-8")
        place.check_end(undisturbed)


@pytest.mark.parametrize(
    ("is_first", "expected"), [(False, {"results.json", "report.html"}), (True, {"results.json", "report.html"})]
)
def test_a_disk_that_fills_while_reports_are_written_leaves_no_part_of_one(
    is_first: bool, expected: set[str], undisturbed: Place, session_server: SessionServer, tmp_path: Path
) -> None:
    place, failed = Place(tmp_path), set()
    with small_disk(place.runs):
        assert place.session(session_server) == 0
        run = place.run()
        assert run
        reports = place.runs / "runs" / run.run_id
        before = {path.name: path.read_text("utf-8") for path in reports.iterdir()}
        status, free = 3, 0
        while status:
            for path in reports.iterdir() if is_first else ():
                path.unlink()
            with filled(place.runs, free):
                status = session_server.run(place, "resume", run.run_id, "--json")
            if status:
                assert status == 3
                name = what_failed(place).split()[1].rpartition("/")[2]
                failed.add(name)
                now = {path.name: path.read_text("utf-8") for path in reports.iterdir()}
                assert now.keys() <= before.keys() if is_first else now.keys() == before.keys()
                assert now.get(name) == (None if is_first else before.get(name)), "half a file, or an earlier one lost"
                before |= now
            free += _PAGE
        assert expected <= failed, failed
        place.check_end(undisturbed)


@pytest.mark.parametrize("free_pages", [0, 1, 3])
def test_a_cassette_that_finds_no_room(
    free_pages: int, undisturbed: Place, session_server: SessionServer, tmp_path: Path
) -> None:
    place, disk = Place(tmp_path), tmp_path / "disk"
    with small_disk(disk):
        with filled(disk, free_pages * _PAGE):
            status = session_server.run(place, *REPLAYED, "--record", str(disk / "cassette.jsonl"))
        assert status == 3
        assert "cassette.jsonl cannot be written" in what_failed(place)
        place.disturbances.append("disk full")
        place.check_records()
        assert place.session(session_server) == 0
        counts = place.check_end(undisturbed)
        assert counts.failed >= 1
        assert len(ReplayModel(disk / "cassette.jsonl")) == len(undisturbed.calls)


@pytest.mark.parametrize("file_kib", [16, 40, 100, 200, 400])
def test_a_limit_on_the_size_of_files_is_met_like_a_full_disk(
    file_kib: int, undisturbed: Place, session_server: SessionServer, tmp_path: Path
) -> None:
    place = Place(tmp_path)
    assert place.session(session_server, file_bytes=file_kib * 1024) == 3
    what_failed(place)
    assert place.session(session_server) == 0
    place.check_end(undisturbed)


def test_a_file_that_finds_no_room_leaves_the_earlier_one(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with small_disk(disk):
        write_whole(disk / "kept.json", "old")
        for free_pages in range(4):
            with filled(disk, free_pages * _PAGE), pytest.raises(DiskFull, match="free some space"):
                write_whole(disk / "kept.json", "x" * 4 * _PAGE)
            assert [path.name for path in disk.iterdir()] == ["kept.json"]
            assert (disk / "kept.json").read_text() == "old"
