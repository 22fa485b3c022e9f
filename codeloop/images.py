"""Images: which of codeloop's images the engine holds, which are missing, and how one is removed.

A language's tag is the hash of what it is built from, so every change leaves the image before it behind.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codeloop import host
from codeloop.errors import ConfigError

if TYPE_CHECKING:
    from docker import DockerClient

NEEDED_BYTES = 6 * 1024**3
"""What six languages take while they are built: the stages, and the images that are copied from them."""

_OURS = "codeloop/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One tag. ``n_bytes`` counts layers that other images may share; ``created`` sorts as time does."""

    tag: str
    created: str
    n_bytes: int
    is_current: bool
    """This codeloop would use it; another checkout's current image is superseded here."""


def ensure_images(names: Iterable[str], say: host.Say) -> dict[str, str]:
    """Build what is missing, and make room for it first; language to image tag."""
    client = host.ensure_engine(say)
    try:
        tags = {language: host.image_tag(language) for language in names}
        missing = [language for language, tag in tags.items() if not host.has_image(client, tag)]
        if missing:
            make_room(client, say)
        for language in missing:
            host.build_image(client, language, say)
        return tags
    finally:
        client.close()


def require_own(own: Iterable[tuple[str, str]]) -> None:
    """Find users' images (language, name) that stand in for codeloop's, which must be there; pull what is missing.

    Each must begin with the layers of codeloop's image and start the same program: an agent of another version would
    fail at every check, or judge otherwise. Raises ConfigError.
    """
    client = host.connect()
    try:
        for language, name in own:
            if not host.has_image(client, name) and not host.pull(name):
                raise ConfigError(
                    f"image {name} of {language} is not here and cannot be pulled: build it, or pull it yourself"
                )
            tag = host.image_tag(language)
            if not _is_built_from(client.images.get(name).attrs, client.images.get(tag).attrs):
                raise ConfigError(
                    f"image {name} is not built on codeloop's of {language}: begin its Dockerfile with FROM {tag}"
                )
    finally:
        client.close()


def _is_built_from(own: Mapping[str, Any], base: Mapping[str, Any]) -> bool:
    """Compare what the engine says of two images: layers, bottom first, and what a container of them runs."""
    below = base["RootFS"]["Layers"]
    starts = [[image["Config"].get(key) or None for key in ("Cmd", "Entrypoint", "User")] for image in (own, base)]
    return own["RootFS"]["Layers"][: len(below)] == below and starts[0] == starts[1]


def make_room(client: DockerClient, say: host.Say, free: Callable[[], int | None] | None = None) -> None:
    """Remove superseded images, the oldest first, until a build fits; each is named. Nothing where there is room.

    ``free`` gives the bytes that the engine's disk has left, ``None`` when that cannot be known (an engine elsewhere).
    """
    free = free or (lambda: free_bytes(client))
    for image in sorted(list_images(client), key=lambda image: image.created):
        left = free()
        if left is None or left >= NEEDED_BYTES:
            return
        if not image.is_current and not remove_image(client, image):
            say(f"removed {image.tag}, which is superseded: {left / 1024**3:.1f} GiB were free on the engine's disk")


def free_bytes(client: DockerClient) -> int | None:
    """Bytes left on the disk that the engine keeps images on; ``None`` when it is not a disk of this machine."""
    root = Path(client.info()["DockerRootDir"])
    return shutil.disk_usage(root).free if root.is_dir() else None


def list_images(client: DockerClient) -> tuple[Image, ...]:
    """Give codeloop's tags, the current ones first."""
    current = {host.image_tag(language) for language in host.languages()} | {host.BASE_BUILT}
    found = [
        Image(tag=tag, created=image.attrs["Created"], n_bytes=int(image.attrs["Size"]), is_current=tag in current)
        for image in client.images.list()
        for tag in image.tags
        if tag.startswith(_OURS)
    ]
    return tuple(sorted(found, key=lambda image: (not image.is_current, image.tag)))


def remove_image(client: DockerClient, image: Image) -> str:
    """Remove a tag and the layers that only it has; give ``""``, or why it is kept. Never forced."""
    from docker.errors import APIError, ImageNotFound

    try:
        if client.containers.list(all=True, filters={"ancestor": image.tag}, ignore_removed=True):
            return "a container uses it"
        client.images.remove(image.tag)
    except ImageNotFound:
        return "it is gone already"
    except APIError as exc:
        return " ".join(str(exc.explanation or exc).split())
    return ""


def layer_bytes(client: DockerClient) -> int:
    """Count the bytes of all layers of all images, each once."""
    return int(client.df()["LayersSize"])
