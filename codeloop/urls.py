"""URLs of services, as they may be stored and shown, and whether they lead away from this host. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

_LONGEST_SEGMENT = 16
"""Characters of a path's part that are shown whole; addresses that are secrets have longer ones."""


def is_loopback(url: str | None) -> bool:
    """Say whether a URL leads to this host: no proxy may stand between, and nothing is paid for."""
    host = urlsplit(url).hostname if url else None
    if host is None or host == "localhost":
        return host is not None
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def without_userinfo(url: str) -> str:
    """Drop ``user:password@``, the query and the fragment: keys stand there."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def shown(url: str) -> str:
    """Give what may stand in a log: ``without_userinfo``, and of long parts of the path their beginnings only.

    Chat services take a long random part of the path for a password.
    """
    try:
        parts = urlsplit(without_userinfo(url))
    except ValueError:
        return "(no URL)"
    segments = (part if len(part) <= _LONGEST_SEGMENT else f"{part[:4]}…" for part in parts.path.split("/"))
    return parts._replace(path="/".join(segments)).geturl()
