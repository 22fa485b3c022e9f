"""Images: which of codeloop's images the engine holds, and how one is removed.

A language's tag is the hash of what it is built from, so every change leaves the image before it behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codeloop import host

if TYPE_CHECKING:
    from docker import DockerClient

_OURS = "codeloop/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One tag. ``n_bytes`` counts layers that other images may share."""

    tag: str
    n_bytes: int
    is_current: bool
    """This codeloop would use it; another checkout's current image is superseded here."""


def list_images(client: DockerClient) -> tuple[Image, ...]:
    """Give codeloop's tags, the current ones first."""
    current = {host.image_tag(language) for language in host.languages()} | {host.BASE_BUILT}
    found = [
        Image(tag=tag, n_bytes=int(image.attrs["Size"]), is_current=tag in current)
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
